"""Children that never outlive their parent, and the account a database server runs under."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not search for libraries.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """Who a child runs as; `uid` is None where it keeps the account of its parent."""

    uid: int | None = None
    gid: int | None = None

    @property
    def owner_uid(self) -> int:
        return os.getuid() if self.uid is None else self.uid

    def give(self, path: Path) -> None:
        """Make the account the owner of that file or folder."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def unprivileged(preferred: Sequence[str] = ("apothecary", "postgres", "nobody")) -> Account:
    """The account for a server that refuses to run as root: our own unless we are root.

    A numeric uid without a name would not do: initdb looks its user up by name.
    """
    if os.getuid() != 0:
        return Account()
    for name in preferred:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise LookupError(f"no unprivileged account found; create one of {', '.join(preferred)}")


def can_reach(account: Account, path: Path) -> bool:
    """Whether that account may enter the folder or run the file, parents included."""
    if account.uid is None:
        return os.access(path, os.X_OK)
    asked = subprocess.run(
        ["test", "-x", str(path)],
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        check=False,
    )
    return asked.returncode == 0


def _tied_to(parent: int, sent: signal.Signals) -> Callable[[], None]:
    def tie() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(sent))
        if os.getppid() != parent:  # the parent died before the tie was made
            os._exit(1)

    return tie


def die_with_parent(sent: signal.Signals = signal.SIGKILL) -> None:
    """Tie this very process to its parent: for workers that a server of others forks."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(sent))


def spawn(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path,
    output: IO[bytes] | None,
    on_parent_death: signal.Signals = signal.SIGTERM,
    account: Account | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own that is signalled when this process dies.

    Call it from the main thread: Linux sends the signal when the *thread* that forked ends.
    """
    account = account or Account()
    return subprocess.Popen(
        [str(part) for part in argv],
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        # Ctrl-C reaches a whole session at once; ours stops its children in order instead.
        start_new_session=True,
        user=account.uid,
        group=account.gid,
        extra_groups=None if account.uid is None else [],
        # Runs after the change of uid, which would have cleared the tie.
        preexec_fn=_tied_to(os.getpid(), on_parent_death),  # noqa: PLW1509
    )


def stop(child: subprocess.Popen[bytes], *, asked: signal.Signals, patience_s: int) -> None:
    """Ask a child to end, and end it when it does not listen."""
    if child.poll() is None:
        child.send_signal(asked)
    try:
        child.wait(patience_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
