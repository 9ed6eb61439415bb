"""Backup and restore: the whole database, the journal's keys and the secret in one file.

The file is a tar archive of `about.json`, `database.dump` (PostgreSQL's custom format), `keys/`
and `secret`, without which no authenticator app opens again. It holds patients and what signs
for the pharmacy: keep it as closed as the pharmacy itself.
"""

import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click
import psycopg
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console
from rich.progress import Progress

from apothecary.config.binaries import Binaries, CannotStart, offered
from apothecary.vault.epcs.backups import write_backed_up

FORMAT = 1
SECRET = "secret"  # noqa: S105 the name of the file, which `serve` makes once
TABLES = (
    "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace "
    "where c.relkind in ('r', 'p') and n.nspname !~ '^pg_|^information_schema$'"
)


def backup(*, url: str, data: Path, to: Path, at: datetime) -> dict[str, object]:
    """Write the backup file and return what it says about itself. `url` must see every row.

    Refuses to overwrite. The dump is one snapshot: the house goes on working meanwhile.
    """
    if to.exists():
        raise click.UsageError(f"{to} exists already")
    if not to.parent.is_dir():
        raise click.UsageError(f"there is no folder {to.parent}")
    tables = _tables(url)
    with tempfile.TemporaryDirectory(prefix="apothecary-", dir=to.parent) as folder:
        dump = Path(folder) / "database.dump"
        argv = ["pg_dump", "--format=custom", "--verbose", f"--file={dump}"]
        _run(argv, url=url, doing="Backing up", marks="dumping contents of", steps=tables)
        about = {
            "format": FORMAT,
            "taken_at": at.isoformat(),
            "tables": tables,
            "sha256": _digest(dump),
            "keys": sorted(path.name for path in _keys(data)),
            "secret": (data / SECRET).exists(),
        }
        half = Path(folder) / "archive"
        with tarfile.open(half, "w") as archive:
            note = Path(folder) / "about.json"
            note.write_text(json.dumps(about, indent=1) + "\n")
            archive.add(note, "about.json")
            archive.add(dump, "database.dump")
            for key in _keys(data):
                archive.add(key, f"keys/{key.name}")
            if about["secret"]:
                archive.add(data / SECRET, SECRET)
        half.chmod(0o600)
        half.rename(to)
    # Who receives electronic controlled prescriptions shows a backup of each day.
    write_backed_up(data, at=at)
    return about


def restore(*, url: str, data: Path, source: Path) -> dict[str, object]:
    """Fill an empty installation from a backup file; all of it or, on any error, none."""
    if _tables(url):
        raise click.UsageError("the database is not empty: restore into a new data folder")
    if any(_keys(data)):
        raise click.UsageError(f"{data / 'keys'} is not empty: restore into a new data folder")
    with tempfile.TemporaryDirectory(prefix="apothecary-", dir=data) as folder:
        about = _unpack(source, Path(folder))
        dump, secret = Path(folder) / "database.dump", Path(folder) / SECRET
        if secret.is_file() and (data / SECRET).exists():
            raise click.UsageError(f"{data / SECRET} exists: restore into a new data folder")
        if _digest(dump) != about.get("sha256"):
            raise click.UsageError(f"{source} is damaged: its database does not match its note")
        argv = ["pg_restore", "--exit-on-error", "--single-transaction", "--verbose"]
        # A foreign server has owners of its own; ours has the very roles of the dump.
        argv += ["--no-owner"] if "DATABASE_URL" in os.environ else []
        name = conninfo_to_dict(url)["dbname"]
        steps = int(str(about["tables"]))
        _run(
            [*argv, f"--dbname={name}", str(dump)],
            url=url,
            doing="Restoring",
            marks="processing data for table",
            steps=steps,
        )
        keys = Path(folder) / "keys"
        if keys.exists():
            keys.chmod(0o700)
            keys.rename(data / "keys")
        if secret.is_file():
            secret.chmod(0o600)
            secret.rename(data / SECRET)
    return about


def _keys(data: Path) -> list[Path]:
    return sorted(path for path in (data / "keys").glob("*") if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(source: Path, folder: Path) -> dict[str, object]:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")  # refuses links and paths that lead out
        about = json.loads((folder / "about.json").read_text())
    except (tarfile.TarError, json.JSONDecodeError, FileNotFoundError) as why:
        raise click.UsageError(f"{source} is no backup of Apothecary ({why})") from None
    if about.get("format") != FORMAT:
        raise click.UsageError(f"{source} has format {about.get('format')}, not {FORMAT}")
    return dict(about)


def _tables(url: str) -> int:
    with closing(psycopg.connect(url)) as connection:
        row = connection.execute(TABLES).fetchone()
    return int(row[0]) if row else 0


def _programs(url: str) -> Binaries:
    """Programs at least as new as the server: pg_dump refuses a newer one."""
    with closing(psycopg.connect(url)) as connection:
        major = connection.info.server_version // 10_000
    fitting = sorted((b for b in offered() if b.major >= major), key=lambda b: b.major)
    if not fitting:
        raise CannotStart(f"the server is PostgreSQL {major}; install its client programs")
    return fitting[0]


def _environment(url: str) -> Mapping[str, str]:
    """libpq's variables: an address with a password must not stand in the process list."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    names |= {"dbname": "PGDATABASE", "sslmode": "PGSSLMODE"}
    given = conninfo_to_dict(url)
    found = {names[key]: str(value) for key, value in given.items() if key in names}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"} | found


def _run(argv: list[str], *, url: str, doing: str, marks: str, steps: int) -> None:
    """Run a PostgreSQL program, counting the lines that mark a step for the progress bar."""
    program = str(_programs(url).program(argv[0]))
    said: list[str] = []
    console = Console(stderr=True)
    with (
        subprocess.Popen(
            [program, *argv[1:]], env=_environment(url), stderr=subprocess.PIPE, text=True
        ) as running,
        Progress(console=console, disable=not console.is_terminal, transient=True) as progress,
    ):
        bar = progress.add_task(doing, total=steps)
        for line in _lines(running):
            said.append(line)
            if marks in line:
                progress.advance(bar)
    if running.returncode != 0:
        errors = [line for line in said if "error" in line.lower()] or said[-1:]
        raise click.ClickException(f"{argv[0]} failed: {' '.join(errors[:3])}")


def _lines(running: subprocess.Popen[str]) -> Iterator[str]:
    if running.stderr is not None:
        yield from running.stderr
