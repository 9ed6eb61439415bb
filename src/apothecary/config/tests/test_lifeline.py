import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from apothecary.config import lifeline
from apothecary.config.lifeline import Account

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('deaf', flush=True); time.sleep(60)",
]


def test_a_child_ends_when_it_is_asked_to() -> None:
    child = lifeline.spawn(SLEEP, env=os.environ, cwd=Path("/"), output=None)
    lifeline.stop(child, asked=signal.SIGTERM, patience_s=10)
    assert child.returncode == -signal.SIGTERM


def test_a_child_that_does_not_listen_is_ended(tmp_path: Path) -> None:
    with (tmp_path / "said").open("wb") as said:
        child = lifeline.spawn(DEAF, env=os.environ, cwd=Path("/"), output=said)
    while b"deaf" not in (tmp_path / "said").read_bytes():
        assert child.poll() is None
        time.sleep(0.02)
    lifeline.stop(child, asked=signal.SIGTERM, patience_s=1)
    assert child.returncode == -signal.SIGKILL


def test_stopping_a_child_that_has_ended_is_no_error() -> None:
    child = lifeline.spawn(
        [sys.executable, "-c", "pass"], env=os.environ, cwd=Path("/"), output=None
    )
    child.wait()
    lifeline.stop(child, asked=signal.SIGTERM, patience_s=1)
    assert child.returncode == 0


def test_ctrl_c_at_the_terminal_does_not_reach_a_child_directly() -> None:
    child = lifeline.spawn(SLEEP, env=os.environ, cwd=Path("/"), output=None)
    assert os.getsid(child.pid) == child.pid
    lifeline.stop(child, asked=signal.SIGTERM, patience_s=10)


@pytest.mark.skipif(sys.platform != "linux", reason="the tie to the parent is Linux's")
@pytest.mark.parametrize("as_other", [False, True])
def test_a_child_dies_with_its_parent_even_under_another_account(as_other: bool) -> None:
    if as_other and os.getuid() != 0:
        pytest.skip("only root can start a child as somebody else")
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, time; from pathlib import Path; from apothecary.config import lifeline;"
            f"account = lifeline.unprivileged() if {as_other} else None;"
            "child = lifeline.spawn(['sleep', '60'], env=os.environ, cwd=Path('/'),"
            " output=None, account=account);"
            "print(child.pid, flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}").exists()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    give_up_at = time.monotonic() + 10
    while Path(f"/proc/{child}/cmdline").exists() and time.monotonic() < give_up_at:
        if not Path(f"/proc/{child}/cmdline").read_bytes():  # a zombie, not yet reaped
            break
        time.sleep(0.02)
    assert time.monotonic() < give_up_at


def test_root_drops_to_an_account_and_others_stay_who_they_are() -> None:
    account = lifeline.unprivileged()
    if os.getuid() == 0:
        assert account.uid not in {0, None}
        assert account.owner_uid == account.uid
    else:
        assert account == Account()
        assert account.owner_uid == os.getuid()


@pytest.mark.skipif(os.getuid() != 0, reason="only root drops to another account")
def test_without_any_unprivileged_account_it_says_which_to_create() -> None:
    with pytest.raises(LookupError, match="nobody-of-that-name"):
        lifeline.unprivileged(["nobody-of-that-name"])


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be kept out of nothing")
def test_a_closed_parent_keeps_the_account_out(tmp_path: Path) -> None:
    inside = tmp_path / "closed" / "inside"
    inside.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    assert not lifeline.can_reach(lifeline.unprivileged(), inside)
    assert lifeline.can_reach(Account(), inside)
    assert lifeline.can_reach(lifeline.unprivileged(), Path("/usr"))
