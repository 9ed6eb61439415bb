"""A server's folder with all tables of the code and no row: made once, copied for each server.

The migrations one after another take seconds of a processor, and every process of every
run of tests wants their tables. A pattern is kept beside the interpreter under the sum of all
that makes the tables; whoever copies it migrates all the same, and finds nothing to do.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apothecary
from apothecary.config.binaries import choose
from apothecary.config.postgres import DATABASE, serving

PACKAGE = Path(apothecary.__file__).parent
SHELF = Path(sys.prefix) / "tables"
# Several checkouts may share an interpreter, and each may stand at another migration.
KEPT = 12
# What a server needs of a stopped one; its socket and lock are its own.
PARTS = ("cluster", "passwords")


def furnish(data: Path, *, shelf: Path = SHELF) -> str:
    """Put a stopped server that has every table into an empty data folder.

    The name of its database: the template for others. It is as `migrate` leaves it.
    """
    with made(shelf) as pattern:
        _copy(pattern, data / "postgres")
    return DATABASE


@contextmanager
def made(shelf: Path) -> Iterator[Path]:
    """The pattern of the tables as they are now, which nobody clears away meanwhile."""
    with _turn(shelf):
        pattern = shelf / sum_of_tables()
        if not pattern.exists():
            _make(pattern)
            _clear(shelf)
        os.utime(pattern)
        yield pattern


def sum_of_tables(package: Path = PACKAGE) -> str:
    """What the tables are made of, as one number: migrations, SQL, settings, server."""
    said = hashlib.sha256()
    pinned = package.parents[1] / "requirements" / "run.txt"
    made_of = [*package.rglob("migrations/*.py"), *package.rglob("*.sql")]
    for path in [*sorted(made_of), package / "config" / "settings.py", pinned]:
        said.update(f"{path.relative_to(package.parents[1])}\0".encode())
        said.update(path.read_bytes() if path.exists() else b"")
    server = choose(only=os.environ.get("APOTHECARY_POSTGRES", ""))
    said.update(f"{server.folder} {server.major} {os.getuid()}".encode())
    return said.hexdigest()[:24]


@contextmanager
def _turn(shelf: Path) -> Iterator[None]:
    """Who comes second waits for what the first makes, instead of making it too."""
    shelf.mkdir(exist_ok=True)
    with (shelf / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _make(pattern: Path) -> None:
    # Not on the shelf: the account of root's server could not come through to it.
    data = Path(tempfile.mkdtemp(prefix="apothecary-test-"))
    data.chmod(0o711)
    try:
        with serving(data, durable=False) as server:
            made = subprocess.run(
                [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
                env=os.environ
                | {
                    "DATA": str(data),
                    "DATABASE_URL": server.url,
                    "DJANGO_SETTINGS_MODULE": "apothecary.config.settings",
                    "PYTHONPATH": str(PACKAGE.parent),
                },
                capture_output=True,
                text=True,
                check=False,
            )
            assert made.returncode == 0, made.stderr
        half = pattern.with_suffix(".new")
        shutil.rmtree(half, ignore_errors=True)
        _copy(data / "postgres", half)
        # Somebody may have edited a migration meanwhile: then it is under a wrong number.
        assert sum_of_tables() == pattern.name, "migrations changed while they were run"
        half.rename(pattern)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _copy(there: Path, to: Path) -> None:
    """The parts of a stopped server, with owners and modes."""
    to.mkdir(mode=0o700)
    stat = there.stat()
    os.chown(to, stat.st_uid, stat.st_gid)
    parts = [there / part for part in PARTS]
    subprocess.run(["cp", "-a", *parts, to], check=True)


def _clear(shelf: Path) -> None:
    """Leave what was used last."""
    found = [path for path in shelf.iterdir() if path.is_dir()]
    found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[KEPT:]:
        shutil.rmtree(path)


if __name__ == "__main__":
    with made(SHELF):
        pass
