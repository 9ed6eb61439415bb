"""Backup and restore over two real servers."""

import io
import json
import os
import shutil
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import psycopg
import pyotp
import pytest

from apothecary.config import archive
from apothecary.config.postgres import Server, serving
from apothecary.config.serve import kept_secret
from apothecary.staff import factors

pytestmark = pytest.mark.database
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TABLES = (
    "create table lot (pharmacy_id int, units numeric(12,3), name text)",
    "insert into lot select 1 + n % 2, n, 'Gänseblümchen ' || n from generate_series(1, 500) n",
    "alter table lot enable row level security",
    "alter table lot force row level security",
    "create policy own on lot using (pharmacy_id = 1)",
    "create table journal (id bigint generated always as identity, says text)",
    "insert into journal (says) values ('first'), ('second')",
    "create function refuse() returns trigger language plpgsql as "
    "$$ begin raise exception 'append only'; end $$",
    "create table factor (secret bytea)",
    "create trigger append_only before update or delete on journal "
    "for each row execute function refuse()",
)
EMPTYING = (
    "drop schema public cascade",
    "create schema public authorization pg_database_owner",
    "grant usage on schema public to public",
)
SUM = "select count(*), sum(units), min(name), max(pharmacy_id) from lot"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="apothecary-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def old(folder: Path) -> Iterator[Server]:
    """An installation with two pharmacies' lots, walls between them, and a signing key."""
    with serving(folder / "old") as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            for statement in TABLES:
                connection.execute(statement.encode())
        keys = folder / "old" / "keys"
        keys.mkdir(mode=0o700)
        (keys / "journal.ed25519").write_bytes(bytes(range(32)))
        (keys / "journal.ed25519").chmod(0o600)
        kept_secret(folder / "old")
        yield server


@pytest.fixture(scope="module")
def new(folder: Path) -> Iterator[Server]:
    with serving(folder / "new") as server:
        yield server


@pytest.fixture
def empty(new: Server, folder: Path) -> Server:
    """The second installation, emptied of what the test before restored."""
    with psycopg.connect(new.steward_url, autocommit=True) as connection:
        for statement in EMPTYING:
            connection.execute(statement.encode())
    shutil.rmtree(folder / "new" / "keys", ignore_errors=True)
    (folder / "new" / "secret").unlink(missing_ok=True)
    return new


def _rows(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


def _backup(server: Server, folder: Path, name: str) -> Path:
    to = folder / name
    to.unlink(missing_ok=True)
    archive.backup(url=server.steward_url, data=folder / "old", to=to, at=AT)
    return to


def test_what_was_backed_up_comes_back_row_for_row(
    old: Server, empty: Server, folder: Path
) -> None:
    file = _backup(old, folder, "whole.backup")
    about = archive.restore(url=empty.steward_url, data=folder / "new", source=file)
    assert about["tables"] == 3
    assert about["taken_at"] == "2026-11-20T03:00:00+00:00"
    assert _rows(empty.steward_url, SUM) == _rows(old.steward_url, SUM)
    everything = "select * from lot order by units"
    assert _rows(empty.steward_url, everything) == _rows(old.steward_url, everything)


def test_the_walls_and_the_triggers_stand_again_after_a_restore(
    old: Server, empty: Server, folder: Path
) -> None:
    file = _backup(old, folder, "walls.backup")
    archive.restore(url=empty.steward_url, data=folder / "new", source=file)
    assert _rows(empty.url, "select count(*) from lot") == [(250,)]
    with psycopg.connect(empty.url) as connection:
        with pytest.raises(psycopg.errors.RaiseException, match="append only"):
            connection.execute("delete from journal")
    owners = "select distinct tableowner from pg_tables where schemaname = 'public'"
    assert _rows(empty.steward_url, owners) == [("apothecary",)]


def test_the_signing_key_comes_back_closed(old: Server, empty: Server, folder: Path) -> None:
    file = _backup(old, folder, "key.backup")
    archive.restore(url=empty.steward_url, data=folder / "new", source=file)
    key = folder / "new" / "keys" / "journal.ed25519"
    assert key.read_bytes() == bytes(range(32))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700


def test_an_authenticator_app_still_signs_in_after_a_restore_into_a_new_folder(
    old: Server, empty: Server, folder: Path, settings
) -> None:
    settings.SECRET_KEY = kept_secret(folder / "old")
    key = factors.new_app_key()
    with psycopg.connect(old.url) as connection:
        connection.execute("insert into factor values (%s)", [factors.sealed(key)])
    file = _backup(old, folder, "app.backup")
    archive.restore(url=empty.steward_url, data=folder / "new", source=file)
    ((stored,),) = _rows(empty.steward_url, "select secret from factor")
    assert isinstance(stored, bytes)
    settings.SECRET_KEY = "the secret of another house"
    assert factors.unsealed(stored) is None
    secret = folder / "new" / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    settings.SECRET_KEY = kept_secret(folder / "new")
    opened = factors.unsealed(stored)
    assert opened == key
    code = pyotp.TOTP(key).at(AT)
    assert factors.app_step(opened, code, at=AT, after=0) == int(AT.timestamp()) // 30


def test_another_secret_is_not_restored_over(old: Server, empty: Server, folder: Path) -> None:
    file = _backup(old, folder, "secret.backup")
    mine = kept_secret(folder / "new")
    with pytest.raises(click.UsageError, match="secret exists"):
        archive.restore(url=empty.steward_url, data=folder / "new", source=file)
    assert kept_secret(folder / "new") == mine
    assert archive._tables(empty.url) == 0
    assert not (folder / "new" / "keys").exists()


def test_a_backup_from_before_the_secret_went_along_leaves_the_new_house_its_own(
    old: Server, empty: Server, folder: Path
) -> None:
    secret = folder / "old" / "secret"
    kept = secret.read_text()
    secret.unlink()
    file = _backup(old, folder, "without.backup")
    secret.write_text(kept)
    mine = kept_secret(folder / "new")
    about = archive.restore(url=empty.steward_url, data=folder / "new", source=file)
    assert about["secret"] is False
    assert kept_secret(folder / "new") == mine != kept


def test_a_backup_is_closed_to_other_accounts(old: Server, folder: Path) -> None:
    assert stat.S_IMODE(_backup(old, folder, "closed.backup").stat().st_mode) == 0o600


def test_a_backup_overwrites_nothing(old: Server, folder: Path) -> None:
    file = _backup(old, folder, "first.backup")
    before = file.read_bytes()
    with pytest.raises(click.UsageError, match="exists already"):
        archive.backup(url=old.steward_url, data=folder / "old", to=file, at=AT)
    assert file.read_bytes() == before


def test_a_role_behind_the_walls_cannot_take_half_a_backup(old: Server, folder: Path) -> None:
    to = folder / "half.backup"
    with pytest.raises(click.ClickException, match="row-level security"):
        archive.backup(url=old.url, data=folder / "old", to=to, at=AT)
    assert not to.exists()
    assert [path.name for path in folder.glob("apothecary-*")] == []


def test_a_filled_database_is_not_restored_over(old: Server, folder: Path) -> None:
    file = _backup(old, folder, "over.backup")
    before = _rows(old.steward_url, SUM)
    with pytest.raises(click.UsageError, match="not empty"):
        archive.restore(url=old.steward_url, data=folder / "old", source=file)
    assert _rows(old.steward_url, SUM) == before


def test_another_signing_key_is_not_restored_over(
    old: Server, empty: Server, folder: Path
) -> None:
    file = _backup(old, folder, "keys.backup")
    keys = folder / "new" / "keys"
    keys.mkdir()
    (keys / "journal.ed25519").write_bytes(b"mine")
    with pytest.raises(click.UsageError, match="keys"):
        archive.restore(url=empty.steward_url, data=folder / "new", source=file)
    assert (keys / "journal.ed25519").read_bytes() == b"mine"
    assert archive._tables(empty.url) == 0


def _rewritten(source: Path, to: Path, name: str, content: bytes) -> Path:
    """The same archive with one member replaced."""
    with tarfile.open(source) as whole, tarfile.open(to, "w") as changed:
        for member in whole.getmembers():
            body = whole.extractfile(member)
            data = content if member.name == name else body.read() if body else b""
            member.size = len(data)
            changed.addfile(member, io.BytesIO(data))
    return to


@pytest.mark.parametrize(
    ("member", "content", "says"),
    [
        ("database.dump", b"PGDMP something else", "damaged"),
        ("about.json", b"no json", "no backup of Apothecary"),
        ("about.json", json.dumps({"format": 99}).encode(), "format 99"),
    ],
)
def test_a_damaged_backup_is_refused_and_changes_nothing(
    old: Server, empty: Server, folder: Path, member: str, content: bytes, says: str
) -> None:
    whole = _backup(old, folder, "damaged.backup")
    bad = _rewritten(whole, folder / "bad.backup", member, content)
    with pytest.raises(click.UsageError, match=says):
        archive.restore(url=empty.steward_url, data=folder / "new", source=bad)
    assert archive._tables(empty.url) == 0
    assert not (folder / "new" / "keys").exists()


def test_a_file_that_is_no_archive_is_refused(empty: Server, folder: Path) -> None:
    file = folder / "letter.txt"
    file.write_text("Dear pharmacist")
    with pytest.raises(click.UsageError, match="no backup of Apothecary"):
        archive.restore(url=empty.steward_url, data=folder / "new", source=file)


def test_a_member_that_leads_out_of_the_folder_is_refused(empty: Server, folder: Path) -> None:
    file = folder / "evil.backup"
    with tarfile.open(file, "w") as evil:
        member = tarfile.TarInfo("../escaped")
        member.size = 1
        evil.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(click.UsageError, match="no backup of Apothecary"):
        archive.restore(url=empty.steward_url, data=folder / "new", source=file)
    assert not (folder / "new" / "escaped").exists()
    assert not (folder / "escaped").exists()


def test_a_password_is_not_in_the_command_line_of_pg_dump(old: Server) -> None:
    given = archive._environment(old.steward_url)
    assert given["PGPASSWORD"] in old.steward_url
    assert given["PGHOST"].startswith("/")
    assert set(given) <= {"PATH", "LC_ALL"} | {
        f"PG{name}" for name in ("HOST", "PORT", "USER", "PASSWORD", "DATABASE")
    }
    assert os.environ.get("PGPASSWORD") is None
