"""The small parts that all papers of supply share: loops, parties, days, references, products.

A part is a run of segments with one head; what a reader takes out of it is used, what is left
goes to the rest, so that nothing can be forgotten.
"""

from calendar import monthrange
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from apothecary.wires.x12.remittance import Contact, Day, Party, Reference, Rest
from apothecary.wires.x12.remittance_parts import Notes
from apothecary.wires.x12.segments import Segment
from apothecary.wires.x12.supply.dialect import Dialect
from apothecary.wires.x12.supply.goods import Codes, Lot
from apothecary.wires.x12.values import read_day, read_decimal, read_implied

NOTHING = Decimal(0)
# How many elements of each segment are read, and which before the last are passed over.
_READ: dict[str, tuple[int, tuple[int, ...]]] = {
    "ACK": (29, (6,)),
    "BAK": (9, (5, 6, 7)),
    "BCT": (10, (5, 6, 7, 8, 9)),
    "BEG": (5, (4,)),
    "BIG": (7, (6,)),
    "BSN": (5, ()),
    "CTT": (2, ()),
    "CUR": (2, ()),
    "G53": (1, ()),
    "HL": (4, ()),
    "IT1": (25, ()),
    "ITD": (12, (9, 10, 11)),
    "LIN": (31, ()),
    "MAN": (5, (3,)),
    "MSG": (1, ()),
    "N1": (4, ()),
    "N3": (2, ()),
    "N4": (4, ()),
    "NTE": (2, ()),
    "PER": (8, ()),
    "PID": (5, (2, 3, 4)),
    "PO1": (25, ()),
    "PO4": (14, (5, 6, 7, 8, 9, 10, 11, 12, 13)),
    "PRF": (4, (3,)),
    "REF": (3, ()),
    "SAC": (15, (3, 4, 11, 13, 14)),
    "SN1": (8, (4, 7)),
    "TD1": (8, (3, 4, 5)),
    "TD5": (5, (1,)),
    "TDS": (4, ()),
    "TXI": (2, ()),
}


class SupplyNotes(Notes):
    """What is kept beside the values of a paper of supply."""

    __slots__ = ("dialect",)

    def __init__(self, dialect: Dialect) -> None:
        super().__init__()
        self.dialect = dialect

    def spare(self, segment: Segment) -> None:
        """Keep the elements of a segment that nobody reads."""
        elements = segment.elements
        most, passed = _READ[elements[0]]
        if passed or len(elements) > most + 1:
            for place in (*passed, *range(most + 1, len(elements))):
                if value := segment[place]:
                    self.keep(segment, place, value)

    def keep(self, segment: Segment, place: int, value: str) -> None:
        """Keep one element as it stands."""
        self.rest.append(Rest(f"{self.path}/{segment.id}{place:02}", segment.number, value))

    def decimal(self, segment: Segment, place: int, what: str) -> Decimal:
        """A number that must be there; zero, and a fault, when it is not."""
        text = segment[place]
        try:
            return read_decimal(text)
        except ValueError as error:
            self.wrong(segment, place, str(error) if text else f"must be {what}, is missing")
            return NOTHING

    def maybe(self, segment: Segment, place: int) -> Decimal | None:
        """A number that may be left out."""
        return self.decimal(segment, place, "a number") if segment[place] else None

    def cents(self, segment: Segment, place: int) -> Decimal | None:
        """Dollars, sent as cents without a point; None when left out."""
        text = segment[place]
        if not text:
            return None
        try:
            return read_implied(text, 2)
        except ValueError as error:
            self.wrong(segment, place, str(error))
            return None

    def count(self, segment: Segment, place: int) -> int | None:
        """A whole number that may be left out."""
        text = segment[place]
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            self.wrong(segment, place, f"must be a whole number, is {text[:30]!r}")
            return None
        return int(text)

    def required(self, segment: Segment, place: int, what: str) -> str:
        """Text that must be there."""
        if not segment[place].strip():
            self.wrong(segment, place, f"must be {what}, is missing")
        return segment[place]

    def required_day(self, segment: Segment, place: int, what: str) -> date:
        """A day that must be there."""
        text = segment[place]
        try:
            return read_day(text)
        except ValueError as error:
            self.wrong(segment, place, str(error) if text else f"must be {what}, is missing")
            return date.min


class Part:
    """One head and what belongs to it. ``all`` and ``one`` take segments out, ``close`` keeps
    what nobody took.
    """

    __slots__ = ("_held", "_notes", "_parties", "head")

    def __init__(self, segments: Sequence[Segment], notes: SupplyNotes) -> None:
        self.head = segments[0]
        self._notes = notes
        self._held: dict[str, list[Segment]] = {}
        self._parties: list[list[Segment]] = []
        party: list[Segment] | None = None
        for segment in segments[1:]:
            name = segment.elements[0]
            if name == "N1":
                party = [segment]
                self._parties.append(party)
            elif party is not None and name in _OF_PARTY:
                party.append(segment)
            else:
                party = None
                self._held.setdefault(name, []).append(segment)

    def all(self, name: str) -> list[Segment]:
        """Every segment of that id, in order; what they hold beyond is kept."""
        found = self._held.pop(name, None)
        if found is None:
            return []
        for segment in found:
            self._notes.spare(segment)
        return found

    def one(self, name: str) -> Segment | None:
        """The first segment of that id; another is kept and named."""
        found = self._held.pop(name, None)
        if found is None:
            return None
        for again in found[1:]:
            self._notes.strange(again, None, "is sent twice")
            self._notes.leave(again)
        self._notes.spare(found[0])
        return found[0]

    def close(self) -> None:
        """Keep what nobody took."""
        for segments in (*self._held.values(), *self._parties):
            for segment in segments:
                self._notes.leave(segment)

    def parties(self) -> tuple[Party, ...]:
        """Every N1 with its address, references and contacts."""
        found, self._parties = self._parties, []
        return tuple([_party(one, self._notes) for one in found])

    def references(self) -> tuple[Reference, ...]:
        return tuple([Reference(one[1], one[2], one[3]) for one in self.all("REF")])

    def days(self) -> tuple[Day, ...]:
        """Every DTM that holds a day; another is kept and named."""
        found = []
        for segment in self._held.pop("DTM", ()):
            day = day_in(segment, self._notes)
            if day is not None:
                found.append(day)
        return tuple(found)

    def lots(self, pairs: Codes) -> tuple[tuple[Lot, ...], tuple[str, ...]]:
        """The lots of an item, each with its last day, and the serial numbers.

        Lots and last days belong together in order. Where there are not as many of the one as
        of the other, nobody could say whose a day is: it is named and stays among the days.
        """
        dialect = self._notes.dialect
        numbers = [value for name, value in pairs if name in ("LT", dialect.lot)]
        serials = [value for name, value in pairs if name not in ("LT", dialect.lot)]
        for segment in self._picked("REF", (dialect.lot, dialect.serial)):
            self._notes.spare(segment)
            (numbers if segment[1] == dialect.lot else serials).append(segment[2])
        stated = self._picked("DTM", (dialect.expiry,))
        if len(stated) == 1 and not numbers:
            numbers = [""]
        if stated and len(stated) != len(numbers):
            reason = f"{len(numbers)} lots have {len(stated)} last days: nobody can say whose"
            self._notes.strange(stated[0], None, reason)
            self._held.setdefault("DTM", []).extend(stated)
            stated = []
        days = [day_in(one, self._notes, lot=True) for one in stated] or [None] * len(numbers)
        lots = [
            Lot(number, day.on if day else None)
            for number, day in zip(numbers, days, strict=True)
        ]
        return tuple([one for one in lots if one.number or one.expires_on]), tuple(serials)

    def _picked(self, name: str, qualifiers: tuple[str, ...]) -> list[Segment]:
        """Take the segments of these qualifiers only."""
        held = self._held.get(name)
        if not held:
            return []
        found = [one for one in held if one[1] in qualifiers]
        if found:
            self._held[name] = [one for one in held if one[1] not in qualifiers]
        return found

    def notes(self) -> tuple[str, ...]:
        """What a person is to read: NTE and MSG."""
        texts = []
        for segment in self.all("NTE"):
            texts.append(segment[2])
            if segment[1] not in ("", "GEN"):
                self._notes.keep(segment, 1, segment[1])
        texts += [one[1] for one in self.all("MSG")]
        return tuple([text for text in texts if text])

    def description(self) -> str:
        """The text of PID; several are joined by a space."""
        return " ".join([text for one in self.all("PID") if (text := one[5])])


_OF_PARTY = frozenset({"N2", "N3", "N4", "REF", "PER"})


def _party(segments: Sequence[Segment], notes: SupplyNotes) -> Party:
    head, street, town = segments[0], None, None
    notes.spare(head)
    references, contacts = [], []
    for segment in segments[1:]:
        name = segment.elements[0]
        if name == "N2" or (name == "N3" and street) or (name == "N4" and town):
            notes.leave(segment)
            continue
        notes.spare(segment)
        if name == "N3":
            street = segment
        elif name == "N4":
            town = segment
        elif name == "REF":
            references.append(Reference(segment[1], segment[2], segment[3]))
        else:
            contacts.append(_contact(segment))
    city, state, postal_code, country = (
        (town[1], town[2], town[3], town[4]) if town else ("", "", "", "")
    )
    return Party(
        role=head[1],
        name=head[2],
        id_qualifier=head[3],
        id=head[4],
        address=tuple(line for line in street.elements[1:3] if line) if street else (),
        city=city,
        state=state,
        postal_code=postal_code,
        country=country,
        references=tuple(references),
        contacts=tuple(contacts),
    )


def _contact(segment: Segment) -> Contact:
    ways = ((segment[place], segment[place + 1]) for place in (3, 5, 7))
    return Contact(segment[1], segment[2], tuple(way for way in ways if any(way)))


def day_in(segment: Segment, notes: SupplyNotes, *, lot: bool = False) -> Day | None:
    """The day of a DTM: DTM02, or DTM06 where DTM05 names a day; a lot's as its dialect has it.

    None where there is none that can be read: the segment is kept and named.
    """
    qualifier, text = segment[1], segment[2]
    if not text and segment[5] in ("D8", "D6", "CM"):
        text = segment[6]
    try:
        found = last_day(text, notes.dialect.expiry_format) if lot else read_day(text)
    except ValueError as error:
        notes.strange(segment, 2, str(error))
        notes.leave(segment)
        return None
    for place in range(3 if segment[2] else 7, len(segment.elements)):
        if segment[place]:
            notes.keep(segment, place, segment[place])
    return Day(qualifier, found)


def last_day(text: str, expiry_format: str) -> date:
    """The last day of a lot. A month lasts until its end; whether six digits are a day or a
    month, only the dialect says. Raises ValueError.
    """
    if len(text) == 6 and expiry_format == "CCYYMM" and text.isascii() and text.isdigit():
        year, month = int(text[:4]), int(text[4:])
        if year < 1 or not 1 <= month <= 12:
            raise ValueError(f"is no month of the calendar: {text!r}")
        return date(year, month, monthrange(year, month)[1])
    return read_day(text)


def loops(
    body: Sequence[Segment], start: str, ends: Collection[str]
) -> tuple[list[Segment], list[list[Segment]], list[Segment]]:
    """Header, lines and footer of a paper: a line begins with ``start``, the footer with the
    first of ``ends``.
    """
    header: list[Segment] = []
    lines: list[list[Segment]] = []
    footer: list[Segment] = []
    current = header
    for segment in body:
        name = segment.elements[0]
        if name == start and current is not footer:
            current = []
            lines.append(current)
        elif name in ends:
            current = footer
        current.append(segment)
    return header, lines, footer
