"""The tables of an empty house, kept between runs: to migrate takes half a minute of processor.

Kept by what makes them: every migration, the SQL it reads, Django's release, the server's. The
first process of a run that finds none makes them while the others wait for it.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import django
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

import apothecary
from apothecary.config.postgres import DATABASE, ROLE, Server

HOUSE = Path(apothecary.__path__[0])
KEPT = Path(sys.prefix) / "kept-tables"
MOST = 8
SETTINGS = "apothecary.config.settings"


def mark_of(server: Server) -> str:
    """What these tables are made of, as one name."""
    found = hashlib.sha256(f"{django.__version__} {server.binaries.major}".encode())
    for path in sorted([*HOUSE.rglob("migrations/*.py"), *HOUSE.rglob("*.sql")]):
        found.update(str(path.relative_to(HOUSE)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:24]


def put(server: Server, name: str) -> None:
    """Make the database `name` with the house's tables, made once and then copied."""
    KEPT.mkdir(exist_ok=True)
    kept = KEPT / f"{mark_of(server)}.dump"
    with kept.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _keep(server, kept)
    with psycopg.connect(server.steward_url, autocommit=True) as steward:
        made = sql.SQL("create database {} owner {}")
        steward.execute(made.format(sql.Identifier(name), sql.Identifier(ROLE)))
    _run(server, ["pg_restore", "--exit-on-error", f"--dbname={name}", str(kept)])


def _keep(server: Server, kept: Path) -> None:
    """Migrate the server's own empty database, keep its tables, and few of other days."""
    migrate = [sys.executable, "-m", "django", "migrate", "-v0"]
    settings = {"DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": SETTINGS}
    subprocess.run(migrate, env=os.environ | settings, check=True)
    half = kept.with_suffix(f".{os.getpid()}")
    _run(server, ["pg_dump", "--format=custom", f"--file={half}", f"--dbname={DATABASE}"])
    half.rename(kept)
    for old in sorted(KEPT.glob("*.dump"), key=lambda path: path.stat().st_mtime)[:-MOST]:
        old.unlink(missing_ok=True)


def _run(server: Server, argv: list[str]) -> None:
    given = conninfo_to_dict(server.steward_url)
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PGHOST": str(given["host"]),
        "PGPORT": str(given["port"]),
        "PGUSER": str(given["user"]),
        "PGPASSWORD": str(given["password"]),
    }
    program = str(server.binaries.program(argv[0]))
    subprocess.run([program, *argv[1:]], env=environment, check=True, capture_output=True)
