"""The command as people run it: exit codes, one clear line for bad input."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from apothecary.config.command import AT_THE_DESK, apothecary
from apothecary.config.postgres import Server, serving
from apothecary.config.tests.pattern import furnish


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="apothecary-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def run(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"DATA": str(data)}
    return subprocess.run(
        [sys.executable, "-m", "apothecary.config.command", *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def prepared(data: Path) -> Iterator[Server]:
    """An installation that runs, with its tables and nobody in it."""
    furnish(data)
    with serving(data, durable=False) as server:
        subprocess.run(
            [sys.executable, "-m", "apothecary.config.desk", "prepare"],
            env=os.environ | {"DATA": str(data), "DATABASE_URL": server.url},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        yield server


@pytest.mark.parametrize("name", sorted(set(apothecary.commands) - {"simulate"}))
def test_every_command_explains_itself(name: str, tmp_path: Path) -> None:
    said = run(name, "--help", data=tmp_path)
    assert said.returncode == 0
    assert f"Usage: apothecary {name}" in said.stdout
    assert list(tmp_path.iterdir()) == []


def test_help_lists_every_command(tmp_path: Path) -> None:
    said = run("--help", data=tmp_path).stdout
    for name in (*AT_THE_DESK, "serve", "demo", "backup", "restore", "simulate"):
        assert name in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["fly"], "fly"),
        (["serve", "--port", "99999"], "99999"),
        (["serve", "--port", "http"], "http"),
        (["simulate", "weather"], "weather"),
        (["restore", "no-such-file"], "no-such-file"),
        (["backup"], "FILE"),
        (["backup", "x.backup"], "no installation in"),
        (["check", "all"], "no installation in"),
        (["bench", "weather"], "no benchmark weather"),
    ],
)
def test_bad_input_gets_one_line_and_exit_code_2(
    arguments: list[str], says: str, tmp_path: Path
) -> None:
    said = run(*arguments, data=tmp_path)
    assert said.returncode == 2
    assert said.stderr.startswith("apothecary: ")
    assert said.stderr.count("\n") == 1
    assert says in said.stderr


@pytest.mark.database
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "weather"], "weather"),
        (["token"], "--worker"),
        (["token", "--worker", "nobody"], "no worker called 'nobody'"),
        (["token", "--partner", "nobody"], "no partner called 'nobody'"),
        (["token", "--worker", "a", "--partner", "b"], "either"),
    ],
)
def test_bad_input_at_the_desk_gets_one_line_and_exit_code_2(
    arguments: list[str], says: str, prepared: Server, data: Path
) -> None:
    said = run(*arguments, data=data)
    assert (said.returncode, said.stderr.count("\n")) == (2, 1), said.stderr
    assert says in said.stderr
    assert said.stdout == ""


@pytest.mark.database
def test_the_books_and_the_journal_of_a_new_house_prove(prepared: Server, data: Path) -> None:
    said = run("check", "all", "--json", data=data)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout) == {"checked": ["books", "journal", "csos"], "faults": []}
    assert "nothing wrong" in run("check", "books", data=data).stdout


@pytest.mark.database
def test_a_backup_of_the_real_tables_restores_and_checks(
    prepared: Server, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run("check", "journal", data=data)  # makes the signing key
    said = run("backup", str(data / "house.backup"), "--json", data=data)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["tables"] > 10
    fresh = data / "fresh"
    restored = run("restore", str(data / "house.backup"), data=fresh)
    assert restored.returncode == 0, restored.stderr
    assert run("check", "all", data=fresh).returncode == 0
    again = run("restore", str(data / "house.backup"), data=fresh)
    assert again.returncode == 2
    assert "not empty" in again.stderr


def test_directions_are_read_line_by_line_as_they_come(tmp_path: Path) -> None:
    asked = '{"id": "a", "sig": "1 tab po bid", "quantity": 60}\nnonsense\n{"id": "b"}\n'
    said = subprocess.run(
        [sys.executable, "-m", "apothecary.config.command", "directions"],
        input=asked,
        env=os.environ | {"DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    first, second, third = (json.loads(line) for line in said.stdout.splitlines())
    assert (first["id"], first["certain"], first["days_supply"]) == ("a", True, 30)
    assert "no JSON" in second["error"]
    assert third["id"] == "b"
    assert "sig" in third["error"]


def asked_with_codes(table: bytes, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """One direction, read with a table of a site's own codes."""
    codes = tmp_path / "codes.csv"
    codes.write_bytes(table)
    return subprocess.run(
        [sys.executable, "-m", "apothecary.config.command", "directions", "--codes", codes],
        input='{"id": 1, "sig": "1TDW x 10 days"}\n',
        capture_output=True,
        text=True,
        check=False,
    )


def test_directions_are_read_with_the_codes_of_the_site(tmp_path: Path) -> None:
    done = asked_with_codes(b"\xef\xbb\xbfcode,means\n1tdw,1 tab po bid with food\n", tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["english"] == (
        "Take 1 tablet by mouth twice daily with food for 10 days."
    )


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (b"code,means\nqd,1 tab po bid\n", "row 1: code: QD is on the list of error-prone"),
        (b"code\n", "the column means is missing"),
        (b"code,means\nwfd,\xff\n", "can't decode"),
        (b"code,means\nwfd,\0\n", "row 1: means: '\\x00' is not understood"),
    ],
)
def test_a_table_of_codes_that_cannot_be_ends_with_one_line_and_exit_code_two(
    table: bytes, says: str, tmp_path: Path
) -> None:
    done = asked_with_codes(table, tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
