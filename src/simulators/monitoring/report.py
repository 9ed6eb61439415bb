"""A report taken apart by a reader of the programme's own, and what is wrong with it.

Written from the element tables alone: places are counted, nothing is shared with the house.
"""

from dataclasses import dataclass

HEADER_PLACES = 9
NEW, REVISED, VOID = "00", "01", "02"
# Element, place and what must stand there; of a void only what finds the record again.
NEEDED = {
    "PAT": ((7, "last name"), (8, "first name"), (12, "address"), (18, "birth date")),
    "DSP": (
        (2, "prescription number"), (3, "date written"), (5, "date filled"),
        (6, "fill number"), (8, "product"), (9, "quantity"), (10, "days of supply"),
    ),
    "PRE": ((2, "DEA number"),),
}  # fmt: skip
FINDS = ((2, "prescription number"), (5, "date filled"), (6, "fill number"))


class BadFile(Exception):
    """The file as a whole cannot be taken; says why."""


@dataclass(frozen=True)
class Row:
    """One segment: its id and its elements, counted from 1."""

    name: str
    elements: tuple[str, ...]

    def at(self, place: int) -> str:
        """The element at that place, empty where the segment ended before."""
        return self.elements[place - 1].strip() if place <= len(self.elements) else ""


@dataclass(frozen=True)
class Told:
    """One record: its segments by id, and under which pharmacy."""

    dea: str
    rows: dict[str, Row]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What the programme finds it by: DEA number, prescription, day, fill."""
        dispensed = self.rows["DSP"]
        return self.dea, dispensed.at(2), dispensed.at(5), dispensed.at(6)

    @property
    def does(self) -> str:
        return self.rows["DSP"].at(1) or NEW

    @property
    def is_zero(self) -> bool:
        who = self.rows["PAT"]
        return (who.at(7).upper(), who.at(8).upper()) == ("REPORT", "ZERO")


@dataclass(frozen=True)
class Error:
    """What is wrong with one record of a file, counted from 1."""

    position: int
    number: str
    element: str
    code: str
    says: str


@dataclass(frozen=True)
class File:
    """A file that could be taken apart."""

    control: str
    version: str
    told: tuple[Told, ...]
    period: str


def take_apart(raw: bytes) -> File:
    """The records of a file. Raises BadFile naming what does not count or fit."""
    rows = rows_of(raw)
    head, last = rows[0], rows[-1]
    if last.name != "TT" or last.at(1) != head.at(2):
        raise BadFile("no trailer TT of the same number as TH")
    if last.at(2) != str(len(rows)):
        raise BadFile(f"TT02 says {last.at(2)} segments, there are {len(rows)}")
    if head.at(3) not in ("", "01"):
        raise BadFile(f"TH03 is {head.at(3)}, not 01")
    period = next((row.at(3) for row in rows if row.name == "IS"), "")
    return File(head.at(2), head.at(1), tuple(records(rows)), period)


def rows_of(raw: bytes) -> list[Row]:
    """The segments, by the marks that the header itself shows."""
    text = raw.decode("latin-1").strip()
    if not text.startswith("TH") or len(text) < HEADER_PLACES + 3:
        raise BadFile("does not begin with TH")
    mark = text[2]
    head = text.split(mark, HEADER_PLACES)
    if len(head) <= HEADER_PLACES or not head[HEADER_PLACES]:
        raise BadFile("TH09 is missing")
    end = head[HEADER_PLACES][0]
    first, _, rest = text.partition(end + end)
    pieces = [first, *(piece.strip("\r\n ") for piece in rest.split(end))]
    split = [tuple(piece.split(mark)) for piece in pieces if piece]
    return [Row(piece[0], piece[1:]) for piece in split]


def records(rows: list[Row]) -> list[Told]:
    """Each dispensing with the patient before it. Raises BadFile where TP miscounts."""
    found: list[Told] = []
    held: dict[str, Row] = {}
    dea, since = "", 0
    for place, row in enumerate(rows):
        if row.name == "PHA":
            dea, since, held = row.at(3), place, {}
        elif row.name == "PAT":
            held = {"PAT": row}
        elif row.name == "DSP":
            held = {"PAT": held.get("PAT", Row("PAT", ())), "DSP": row}
            found.append(Told(dea, held))
        elif row.name in ("PRE", "AIR"):
            held[row.name] = row
        elif row.name == "TP" and row.at(1) != str(place - since + 1):
            raise BadFile(f"TP01 says {row.at(1)} segments, there are {place - since + 1}")
    return found


def missing(told: Told, position: int) -> list[Error]:
    """The elements that a record lacks."""
    number = told.rows["DSP"].at(2)
    if told.is_zero:
        return []
    asked = {"DSP": FINDS} if told.does == VOID else NEEDED
    return [
        Error(position, number, f"{name}{place:02}", "101", f"{says} is missing")
        for name, places in asked.items()
        for place, says in places
        if not told.rows.get(name, Row(name, ())).at(place)
    ]
