"""The small parts of an 835: amounts, days, references … of whatever is open, and the notes of
what could not be used.
"""

from datetime import date
from decimal import Decimal

from apothecary.wires.errors import Fault
from apothecary.wires.x12.remittance import (
    NO_MONEY,
    Adjustment,
    Amount,
    Contact,
    Count,
    Day,
    Person,
    Product,
    Reference,
    Remark,
    Rest,
)
from apothecary.wires.x12.segments import Segment
from apothecary.wires.x12.values import read_day, read_decimal

# How many elements of each segment are read, and which of these are passed over.
_READ = {
    "BPR": (16, (6, 8, 11, 12, 14)),
    "TRN": (4, ()),
    "N1": (4, ()),
    "N3": (2, ()),
    "N4": (4, ()),
    "PER": (8, ()),
    "LX": (1, ()),
    "CLP": (9, ()),
    "CAS": (19, ()),
    "NM1": (9, (6,)),
    "REF": (3, ()),
    "DTM": (2, ()),
    "AMT": (2, ()),
    "QTY": (2, ()),
    "SVC": (7, ()),
    "LQ": (2, ()),
    "PLB": (14, ()),
}
_PRODUCT_PARTS = 7


class Notes:
    """What is kept beside the values: the rest, the odd and the bad. ``path`` says where in the
    remittance the reader is.
    """

    __slots__ = ("bad", "odd", "path", "rest")

    def __init__(self) -> None:
        self.path = "header"
        self.rest: list[Rest] = []
        self.odd: list[Fault] = []
        self.bad: list[Fault] = []

    def leave(self, segment: Segment) -> None:
        """Keep a segment that has no name here."""
        self.rest.append(Rest(f"{self.path}/{segment.id}", segment.number, segment.text))

    def spare(self, segment: Segment) -> None:
        """Keep the elements of a segment that nobody reads."""
        elements = segment.elements
        most, passed = _READ[elements[0]]
        if passed or len(elements) > most + 1:
            for place in (*passed, *range(most + 1, len(elements))):
                if value := segment[place]:
                    path = f"{self.path}/{elements[0]}{place:02}"
                    self.rest.append(Rest(path, segment.number, value))

    def wrong(self, segment: Segment, place: int | None, reason: str) -> None:
        """A fault for which the whole is refused."""
        self.bad.append(Fault(segment.path(place), reason, segment.byte))

    def strange(self, segment: Segment, place: int | None, reason: str) -> None:
        """A fault that leaves no doubt about any amount."""
        self.odd.append(Fault(segment.path(place), reason, segment.byte))

    def money(self, segment: Segment, place: int) -> Decimal:
        """An amount that must be there; nothing, and a fault, when it is not."""
        text = segment[place]
        try:
            return read_decimal(text)
        except ValueError as error:
            reason = str(error) if text else "must be an amount, is missing"
            self.wrong(segment, place, reason)
            return NO_MONEY

    def number(self, segment: Segment, place: int) -> Decimal | None:
        """A number that may be left out."""
        return self.money(segment, place) if segment[place] else None

    def day(self, segment: Segment, place: int) -> date | None:
        """A day that may be left out; one that is none is kept and named."""
        text = segment[place]
        if not text:
            return None
        try:
            return read_day(text)
        except ValueError as error:
            self.strange(segment, place, str(error))
            path = f"{self.path}/{segment.id}{place:02}"
            self.rest.append(Rest(path, segment.number, text))
            return None

    def product(self, segment: Segment, place: int) -> Product:
        """What was billed: qualifier, code, up to four modifiers, description."""
        parts = segment.components(place)
        if len(parts) < 2:
            self.strange(segment, place, f"names no product: {segment[place]!r}")
        for spot, part in enumerate(parts[_PRODUCT_PARTS:], _PRODUCT_PARTS + 1):
            if part:
                path = f"{self.path}/{segment.id}{place:02}-{spot:02}"
                self.rest.append(Rest(path, segment.number, part))
        if len(parts) == 2:
            return Product(parts[0], parts[1])
        padded = (*parts, *[""] * _PRODUCT_PARTS)
        modifiers = tuple(part for part in padded[2:6] if part)
        return Product(padded[0], padded[1], modifiers, padded[6])


class Details:
    """What has been read of the header, a party, a claim or a line so far. ``where`` holds the
    segments that stand once and are read when all is there.
    """

    __slots__ = (
        "adjustments",
        "amounts",
        "contacts",
        "counts",
        "days",
        "head",
        "people",
        "references",
        "remarks",
        "where",
    )

    def __init__(self, head: Segment) -> None:
        self.head = head
        self.where: dict[str, Segment] = {}
        self.adjustments: list[Adjustment] = []
        self.amounts: list[Amount] = []
        self.contacts: list[Contact] = []
        self.counts: list[Count] = []
        self.days: list[Day] = []
        self.people: list[Person] = []
        self.references: list[Reference] = []
        self.remarks: list[Remark] = []

    def place(self, segment: Segment, notes: Notes) -> None:
        """BPR, TRN, N3, N4: kept until all is there."""
        if segment.id in self.where:
            notes.strange(segment, None, "is sent twice")
            notes.leave(segment)
            return
        self.where[segment.id] = segment
        notes.spare(segment)

    def adjustment(self, segment: Segment, notes: Notes) -> None:
        """CAS: up to six reasons of one group."""
        elements = segment.elements
        before = len(self.adjustments)
        for place in range(2, min(len(elements), 20), 3):
            if elements[place] or segment[place + 1] or segment[place + 2]:
                amount = notes.money(segment, place + 1)
                quantity = notes.number(segment, place + 2)
                self.adjustments.append(
                    Adjustment(elements[1], elements[place], amount, quantity, segment.number)
                )
        if len(self.adjustments) == before:
            notes.strange(segment, None, "adjusts nothing")
            notes.leave(segment)
        notes.spare(segment)

    def reference(self, segment: Segment, notes: Notes) -> None:
        """REF"""
        self.references.append(Reference(segment[1], segment[2], segment[3]))
        notes.spare(segment)

    def day(self, segment: Segment, notes: Notes) -> None:
        """DTM; one without a day that can be read is kept as it is."""
        try:
            self.days.append(Day(segment[1], read_day(segment[2])))
        except ValueError as error:
            notes.strange(segment, 2, str(error))
            notes.leave(segment)
            return
        notes.spare(segment)

    def amount(self, segment: Segment, notes: Notes) -> None:
        """AMT"""
        self.amounts.append(Amount(segment[1], notes.money(segment, 2)))
        notes.spare(segment)

    def count(self, segment: Segment, notes: Notes) -> None:
        """QTY"""
        self.counts.append(Count(segment[1], notes.money(segment, 2)))
        notes.spare(segment)

    def person(self, segment: Segment, notes: Notes) -> None:
        """NM1"""
        padded = (*segment.elements, *[""] * 9)
        role, entity, name, first, middle, _, suffix, qualifier, code = padded[1:10]
        self.people.append(Person(role, entity, name, first, middle, suffix, qualifier, code))
        notes.spare(segment)

    def contact(self, segment: Segment, notes: Notes) -> None:
        """PER"""
        ways = tuple(
            (segment[place], segment[place + 1])
            for place in (3, 5, 7)
            if segment[place] or segment[place + 1]
        )
        self.contacts.append(Contact(segment[1], segment[2], ways))
        notes.spare(segment)

    def remark(self, segment: Segment, notes: Notes) -> None:
        """LQ"""
        self.remarks.append(Remark(segment[1], segment[2]))
        notes.spare(segment)
