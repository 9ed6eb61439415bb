"""openFDA's files: an object with ``meta`` and an array ``results``, read record by record.

The array is hundreds of megabytes in one line for some data sets, so no line and no whole file
is ever held. Numbers with a point stay text.
"""

import codecs
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, cast

from apothecary.drugs.official.files import Piece, Tell, silent
from apothecary.drugs.shipped import BadRow

AT_ONCE = 1 << 18
# The meta block is a kilobyte, the longest records are some hundred.
LONGEST_META, LONGEST_RECORD = 1 << 20, 1 << 23
RESULTS = re.compile(r'"results"\s*:\s*\[')
UPDATED = re.compile(r'"last_updated"\s*:\s*"(\d{4}-\d{2}-\d{2})"')
BETWEEN = re.compile(r"[\s,]*")
DECODER = json.JSONDecoder(parse_float=str)


@dataclass(frozen=True, slots=True)
class Record:
    """One object of ``results`` with typed access to its fields; it begins in ``line``."""

    file: str
    line: int
    cells: Mapping[str, object]

    def bad(self, field: str, reason: str) -> BadRow:
        """The refusal of this record for a field, to be raised by the caller."""
        return BadRow(self.file, self.line, field, reason)

    def maybe(self, field: str) -> str:
        """A text with single blanks between its words; a missing one or null is empty."""
        value = self.cells.get(field)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.bad(field, f"expected a text, got {type(value).__name__}")
        if "\x00" in value:
            raise self.bad(field, "holds a character NUL")
        return " ".join(value.split())

    def text(self, field: str) -> str:
        """A text that must be there."""
        if not (value := self.maybe(field)):
            raise self.bad(field, "is empty")
        return value

    def one_of(self, field: str, allowed: Sequence[str]) -> str:
        """A word of a closed list."""
        value = self.maybe(field)
        if value not in allowed:
            raise self.bad(field, f"{value!r} is none of {sorted(allowed)}")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts; a missing one is empty, a text alone is a list of one."""
        value = self.cells.get(field)
        if value is None or value == "":
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self.bad(field, "expected a list of texts")
        return tuple(cast("list[str]", items))

    def block(self, field: str) -> "Record":
        """An object inside the record; a missing one is empty."""
        value = self.cells.get(field)
        if value is None:
            return Record(self.file, self.line, {})
        if not isinstance(value, dict):
            raise self.bad(field, f"expected an object, got {type(value).__name__}")
        return Record(self.file, self.line, value)


def json_records(piece: Piece, *, tell: Tell = silent) -> Iterator[Record]:
    """Every object of ``results``, in order. A file that breaks off is refused."""
    with piece.opened() as (raw, used):
        reading = _Reading(piece, raw, used, tell)
        reading.find_results()
        while (found := reading.record()) is not None:
            yield found


def updated_on(piece: Piece) -> date | None:
    """The day openFDA says the data set was last updated, where ``meta`` stands in front."""
    with piece.opened() as (raw, _):
        try:
            head = raw.read(LONGEST_META).decode("utf-8", errors="replace")
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as why:
            raise BadRow(piece.name, 1, "file", f"cannot be unpacked: {why}") from why
    start = RESULTS.search(head)
    found = UPDATED.search(head, 0, start.start() if start else len(head))
    return date.fromisoformat(found[1]) if found else None


class _Reading:
    """What is read of the file and not used yet, and the line where it begins."""

    def __init__(
        self, piece: Piece, raw: IO[bytes], used: Callable[[], int], tell: Tell
    ) -> None:
        self.piece, self.raw, self.used = piece, raw, used
        self.tell, self.told = tell, 0
        self.decode = codecs.getincrementaldecoder("utf-8-sig")()
        self.text, self.at, self.line, self.ended = "", 0, 1, False

    def find_results(self) -> None:
        while (found := RESULTS.search(self.text)) is None:
            if self.ended or len(self.text) > LONGEST_META:
                raise BadRow(self.piece.name, 1, "results", "the file has no such array")
            self.more()
        self.skip_to(found.end())

    def record(self) -> Record | None:
        while True:
            found = BETWEEN.match(self.text, self.at)
            self.skip_to(found.end() if found else self.at)
            if self.text[self.at : self.at + 1] == "]":
                self.tell(self.piece.size - self.told)
                return None
            try:
                value, end = DECODER.raw_decode(self.text, self.at)
            except (json.JSONDecodeError, RecursionError) as why:
                if self.ended or len(self.text) - self.at > LONGEST_RECORD:
                    says = "the file breaks off here" if self.ended else "is no record"
                    raise BadRow(self.piece.name, self.line, "results", says) from why
                self.more()
                continue
            if not isinstance(value, dict):
                says = f"expected an object, got {type(value).__name__}"
                raise BadRow(self.piece.name, self.line, "results", says)
            found_at = self.line
            self.skip_to(end)
            return Record(self.piece.name, found_at, value)

    def skip_to(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def more(self) -> None:
        try:
            block = self.raw.read(AT_ONCE)
            self.text = self.text[self.at :] + self.decode.decode(block, final=not block)
        except UnicodeDecodeError as why:
            raise BadRow(self.piece.name, self.line, "file", "is not UTF-8") from why
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as why:
            says = f"cannot be unpacked: {why}"
            raise BadRow(self.piece.name, self.line, "file", says) from why
        self.at, self.ended = 0, not block
        self.tell(self.used() - self.told)
        self.told = self.used()
