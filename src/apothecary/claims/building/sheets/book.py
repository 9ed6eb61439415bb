"""All payer sheets: the house's own, and the site's, which win."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from apothecary.claims.building.sheets.reading import BLANK, read_sheet, same_payer
from apothecary.claims.building.sheets.sheet import Sheet
from apothecary.wires.errors import Fault, Malformed, malformed

DEFAULT_FILE = "default.toml"


@dataclass(frozen=True, slots=True)
class SheetBook:
    """The sheets of one folder; ``default`` is what every payer takes."""

    default: Sheet
    sheets: tuple[Sheet, ...]

    def named(self, bin_number: str, pcn: str) -> Sheet | None:
        """The sheet that names both, else the one of all PCNs of that BIN."""
        return self._one(lambda s: bin_number in s.bins and pcn in s.pcns) or self._one(
            lambda s: bin_number in s.bins and not s.pcns
        )

    def only(self, bin_number: str) -> Sheet | None:
        """The sheet of that BIN when there is but one: a wrong PCN does not hide the payer."""
        behind = [sheet for sheet in self.sheets if bin_number in sheet.bins]
        return behind[0] if len(behind) == 1 else None

    def _one(self, fits: Callable[[Sheet], bool]) -> Sheet | None:
        return next((sheet for sheet in self.sheets if fits(sheet)), None)


def sheet_for(bin_number: str, pcn: str, *, own: Path | None = None) -> Sheet:
    """The sheet of the payer behind BIN and PCN; of an unknown one, what every payer takes.

    ``own``: the site's folder of sheets, which win over the house's. Raises Malformed when a
    sheet there is bad, with file, key and reason.
    """
    books = [book_of(own), house_book()] if own else [house_book()]
    for found in (
        *(book.named(bin_number, pcn) for book in books),
        *(book.only(bin_number) for book in books),
    ):
        if found:
            return found
    return books[0].default


@lru_cache(maxsize=1)
def house_book() -> SheetBook:
    """The sheets that come with the house."""
    return _read_all(files(__package__).iterdir(), base=BLANK)


@lru_cache(maxsize=8)
def book_of(folder: Path) -> SheetBook:
    """The sheets of a site, read once: call it at the start, so that a bad one is told then."""
    if not folder.is_dir():
        raise Malformed(str(folder), "is no folder of payer sheets")
    return _read_all(folder.iterdir(), base=house_book().default)


def _read_all(entries: Iterable[Traversable], *, base: Sheet) -> SheetBook:
    texts = {one.name: one for one in entries if one.name.endswith(".toml")}
    faults: list[Fault] = []
    default = base
    if given := texts.pop(DEFAULT_FILE, None):
        default = _read(given, base, faults) or base
        if default.bins or default.pcns:
            faults.append(Fault(f"{DEFAULT_FILE} bins", "must not be: it is for any payer"))
    sheets = [_read(texts[name], default, faults) for name in sorted(texts)]
    found = [sheet for sheet in sheets if sheet]
    faults += _nobodys(found) + same_payer(found)
    if faults:
        raise malformed(faults)
    return SheetBook(default, tuple(found))


def _read(file: Traversable, base: Sheet, faults: list[Fault]) -> Sheet | None:
    try:
        return read_sheet(file.name, file.read_text(encoding="utf-8"), base=base)
    except UnicodeDecodeError:
        faults.append(Fault(file.name, "is not UTF-8"))
    except Malformed as error:
        faults += error.faults
    return None


def _nobodys(sheets: Sequence[Sheet]) -> list[Fault]:
    return [Fault(f"{one.key}.toml bins", "is missing") for one in sheets if not one.bins]
