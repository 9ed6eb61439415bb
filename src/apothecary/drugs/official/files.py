"""Finding and opening the files of a release: plain, ``.gz``, in a ``.zip`` or in a folder.

What is read is counted, so that a caller can show how far it is, and digested, so that the same
release is known again.
"""

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, cast

from apothecary.drugs.official.heads import LONGEST_HEAD, Head, is_of_another
from apothecary.drugs.shipped import BadRow, Line

AT_ONCE = 1 << 20
# A line of the widest official file has some 12,000 characters; beyond this it is no line.
LONGEST_LINE = 1_000_000
Tell = Callable[[int], None]


class NotFound(ValueError):
    """A path that does not hold the files of a release; says which one is missing or double."""


def silent(_: int) -> None:
    """For a caller that shows no progress."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a release: on disk at ``path``, or the ``member`` of that archive."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """What a person knows the file by: ``product.txt``."""
        return Path(self.member).name if self.member else self.path.name

    @property
    def size(self) -> int:
        """Bytes as stored, packed where the file is packed."""
        if not self.member:
            return self.path.stat().st_size
        with zipfile.ZipFile(self.path) as archive:
            return archive.getinfo(self.member).compress_size

    @contextmanager
    def opened(self) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
        """The bytes unpacked, and a function that says how many stored bytes were used."""
        if self.member:
            with zipfile.ZipFile(self.path) as archive, self._of(archive) as inner:
                info = archive.getinfo(self.member)
                share = info.compress_size / (info.file_size or 1)
                yield inner, lambda: int(inner.tell() * share)
        elif self.path.suffix.lower() == ".gz":
            with self.path.open("rb") as packed, gzip.open(packed) as inner:
                yield cast("IO[bytes]", inner), packed.tell
        else:
            with self.path.open("rb") as plain:
                yield plain, plain.tell

    def _of(self, archive: zipfile.ZipFile) -> IO[bytes]:
        try:
            return archive.open(self.member)
        # A wanted password and an unknown method of packing are both a RuntimeError.
        except (RuntimeError, zipfile.BadZipFile) as why:
            raise BadRow(self.name, 0, "file", f"cannot be unpacked: {why}") from why


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of a release: patterns of its name in small letters, of which the first goes
    before, those of names it ``never`` has, and the columns it is known by. Without one that
    ``may_lack`` the release is still one.
    """

    names: tuple[str, ...]
    head: Head = Head.UNKNOWN
    never: tuple[str, ...] = ()
    may_lack: bool = False


def pieces(path: Path, wanted: Mapping[str, Wanted]) -> dict[str, Piece]:
    """The file of each role under a path, by its name and by the columns in its beginning.

    ``path`` is a folder, a zip, or one of the files itself; then the others lie beside it.
    Raises NotFound when a role has no file, or more than one of the pattern that fits.
    """
    if not path.exists():
        raise NotFound(f"{path} does not exist")
    if path.is_dir():
        found = _inside(path)
    elif zipfile.is_zipfile(path):
        found = _members(path)
    else:
        found = [Piece(path)]
        if len(wanted) > 1:
            found += [piece for piece in _inside(path.parent) if piece.path != path]
    each = {role: _only(role, found, file, path) for role, file in wanted.items()}
    return {role: piece for role, piece in each.items() if piece}


def _inside(folder: Path) -> list[Piece]:
    found: list[Piece] = []
    for path in sorted(folder.iterdir()):
        if path.is_file():
            found += _members(path) if path.suffix.lower() == ".zip" else [Piece(path)]
    return found


def _members(path: Path) -> list[Piece]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError) as why:
        raise NotFound(f"{path} is no zip that can be read: {why}") from why
    return [Piece(path, name) for name in names]


def _only(role: str, found: list[Piece], wanted: Wanted, path: Path) -> Piece | None:
    able = [piece for piece in found if not _named(piece, wanted.never)]
    strange: list[str] = []
    for pattern in wanted.names:
        fits = [piece for piece in able if _named(piece, (pattern,))]
        own = [piece for piece in fits if not is_of_another(_beginning(piece), wanted.head)]
        if len(own) > 1:
            names = ", ".join(piece.name for piece in own)
            raise NotFound(f"{path}: several files could be the {role} file: {names}")
        if own:
            return own[0]
        strange += [piece.name for piece in fits]
    if wanted.may_lack:
        return None
    says = f"{path}: no {role} file in it ({' or '.join(wanted.names)})"
    if strange:
        says += f"; by its columns {strange[0]} is of another source"
    raise NotFound(says)


def _named(piece: Piece, patterns: tuple[str, ...]) -> bool:
    name = piece.name.lower().removesuffix(".gz")
    return any(fnmatch(name, pattern) for pattern in patterns)


def _beginning(piece: Piece) -> str:
    """The first characters of a file; of one that cannot be unpacked, none."""
    try:
        with piece.opened() as (raw, _):
            return raw.read(LONGEST_HEAD).decode("latin-1")
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, BadRow):
        return ""


def digest(parts: Iterable[Piece]) -> str:
    """SHA-256 over the contents of the files of a release, in that order, as hex."""
    total = hashlib.sha256()
    for piece in parts:
        with piece.opened() as (raw, _):
            try:
                while block := raw.read(AT_ONCE):
                    total.update(block)
            except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as why:
                raise BadRow(piece.name, 0, "file", f"cannot be unpacked: {why}") from why
    return total.hexdigest()


def text_lines(piece: Piece, *, encoding: str, tell: Tell = silent) -> Iterator[str]:
    """The lines of a file without their ends; only CR, LF or both end a line.

    Raises BadRow with the line where the bytes are not of the encoding or cannot be unpacked.
    """
    number, told = 0, 0
    with piece.opened() as (raw, used):
        try:
            for number, line in enumerate(_of_bytes(raw), 1):
                if b"\x00" in line:
                    raise BadRow(piece.name, number, "line", "holds a character NUL")
                yield line.decode(encoding)
                if number % 2_000 == 0:
                    tell(used() - told)
                    told = used()
        except UnicodeDecodeError as why:
            says = f"is not {encoding}: byte {why.object[why.start]:#04x} at {why.start + 1}"
            raise BadRow(piece.name, number, "line", says) from why
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as why:
            says = f"cannot be unpacked: {why}"
            raise BadRow(piece.name, number + 1, "file", says) from why
    tell(piece.size - told)


def _of_bytes(raw: IO[bytes]) -> Iterator[bytes]:
    while line := raw.readline(LONGEST_LINE):
        yield line.rstrip(b"\r\n")


def table_lines(
    piece: Piece,
    *,
    encoding: str,
    separator: str,
    columns: tuple[str, ...],
    tell: Tell = silent,
) -> Iterator[Line]:
    """The rows of a file whose first line names its columns; no cell is ever quoted.

    The columns may stand in any order and more may follow them; one that is missing refuses the
    file. Every line must have as many cells as the header. Line numbers count from 1.
    """
    lines = text_lines(piece, encoding=encoding, tell=tell)
    header = [name.strip() for name in next(lines, "").lstrip("\ufeff").split(separator)]
    missing = [name for name in columns if name not in header]
    if missing:
        raise BadRow(piece.name, 1, missing[0], "the header has no such column")
    if len(set(header)) != len(header):
        double = next(name for name in header if header.count(name) > 1)
        raise BadRow(piece.name, 1, double, "the header has this column twice")
    for number, line in enumerate(lines, 2):
        cells = line.split(separator)
        if len(cells) != len(header):
            says = f"has {len(cells)} cells, the header has {len(header)}"
            raise BadRow(piece.name, number, "line", says)
        yield Line(piece.name, number, dict(zip(header, cells, strict=True)))
