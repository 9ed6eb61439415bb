"""A purchase order (850) as a strict order desk reads it: an order, or every flaw.

Flaws are told in the terms of a 997: AK3 names the segment and its place in the set (ST is 1),
AK4 the element, its number in the data dictionary and why.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from simulators.wholesaler.catalogue import Catalogue, Item
from simulators.wholesaler.houses import Account, House
from simulators.wholesaler.x12 import Segment, Set, element

ABSENT, CONDITIONAL, BAD_CHARACTER, BAD_CODE, BAD_DATE = "1", "2", "6", "7", "8"
UNRECOGNIZED, MISSING, BAD_ELEMENTS = "1", "3", "8"
_HEAD = {"ST", "BEG", "CUR", "REF", "PER", "FOB", "ITD", "DTM", "TD5", "NTE", "N9", "MSG"}
_REST = {"N1", "N2", "N3", "N4", "PO1", "PID", "PO4", "CTT", "SE"}
KNOWN = frozenset(_HEAD | _REST)
UNITS = frozenset({"EA", "BX", "CA", "PK", "UN"})
MOST_PACKAGES = 9999
PO_CHARACTERS = 22
# Elements of the data dictionary by segment and place.
REFERENCES = {
    ("BEG", 1): "353", ("BEG", 2): "92", ("BEG", 3): "324", ("BEG", 5): "373",
    ("REF", 2): "127", ("N1", 3): "66", ("N1", 4): "67", ("DTM", 2): "373",
    ("PO1", 1): "350", ("PO1", 2): "330", ("PO1", 3): "355", ("PO1", 4): "212",
    ("CTT", 1): "354", ("CTT", 2): "347",
}  # fmt: skip


@dataclass(frozen=True)
class Flaw:
    """One AK3 with, for a bad element, its AK4; place 0 is the segment as a whole."""

    segment: str
    position: int
    code: str
    place: int = 0
    why: str = ""
    value: str = ""

    @property
    def reference(self) -> str:
        """AK402: pairs of product ids alternate 235 and 234."""
        if self.segment == "PO1" and self.place >= 6:
            return "235" if self.place % 2 == 0 else "234"
        return REFERENCES.get((self.segment, self.place), "")


@dataclass(frozen=True)
class Line:
    """One PO1: what is wanted, by either number; `price_usd` is what the buyer expects."""

    number: str
    quantity: int
    unit: str
    ndc11: str
    item: str
    price_usd: Decimal | None


@dataclass(frozen=True)
class Order:
    """An order that can be worked on."""

    po: str
    ordered_on: date
    account: Account
    lines: tuple[Line, ...]


@dataclass
class Examination:
    """Walks one 850 and collects its flaws."""

    house: House
    catalogue: Catalogue
    known_orders: Collection[str]
    flaws: list[Flaw] = field(default_factory=list)
    po: str = ""
    ordered_on: date | None = None
    account: Account | None = None
    dea: str = ""
    parties: dict[str, tuple[int, Segment]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def result(self, one: Set) -> Order | None:
        """The order, or None with `flaws` filled."""
        for position, segment in enumerate(one.segments, start=1):
            self._look(position, segment)
        self._look_whole(len(one.segments))
        if self.flaws or self.account is None or self.ordered_on is None:
            return None
        return Order(self.po, self.ordered_on, self.account, tuple(self.lines))

    def _look(self, position: int, segment: Segment) -> None:
        name = segment[0]
        if name not in KNOWN:
            self.flaws.append(Flaw(name, position, UNRECOGNIZED))
        elif name == "BEG":
            self._beginning(position, segment)
        elif name == "REF" and element(segment, 1) == (self.house.dialect.account or None):
            self._account(position, segment, 2)
        elif name == "N1":
            self._party(position, segment)
        elif name == "DTM":
            self._day(position, segment, 2)
        elif name == "PO1":
            self._line(position, segment)
        elif name == "CTT":
            self._totals(position, segment)

    def _bad(self, position: int, segment: Segment, place: int, why: str) -> None:
        value = element(segment, place)
        self.flaws.append(Flaw(segment[0], position, BAD_ELEMENTS, place, why, value))

    def _beginning(self, position: int, segment: Segment) -> None:
        if element(segment, 1) != "00":
            self._bad(position, segment, 1, BAD_CODE)
        if element(segment, 2) not in {"NE", "SA"}:
            self._bad(position, segment, 2, BAD_CODE)
        self.po = element(segment, 3)
        if not self.po or len(self.po) > PO_CHARACTERS:
            self._bad(position, segment, 3, BAD_CODE if self.po else ABSENT)
        elif self.po in self.known_orders:
            self._bad(position, segment, 3, BAD_CODE)
        self.ordered_on = self._day(position, segment, 5)

    def _account(self, position: int, segment: Segment, place: int) -> None:
        self.account = self.house.account(element(segment, place))
        if self.account is None:
            self._bad(position, segment, place, BAD_CODE)

    def _party(self, position: int, segment: Segment) -> None:
        self.parties[element(segment, 1)] = (position, segment)
        if element(segment, 1) == "ST" and not self.house.dialect.account:
            self._account(position, segment, 4)

    def _day(self, position: int, segment: Segment, place: int) -> date | None:
        text = element(segment, place)
        try:
            if len(text) == 8 and text.isdigit():
                return date.fromisoformat(text)
        except ValueError:
            pass
        self._bad(position, segment, place, BAD_DATE if text else ABSENT)
        return None

    def _line(self, position: int, segment: Segment) -> None:
        before = len(self.flaws)
        number = element(segment, 1)
        if not number or number in {line.number for line in self.lines}:
            self._bad(position, segment, 1, BAD_CODE if number else ABSENT)
        quantity = self._quantity(position, segment)
        if element(segment, 3) not in UNITS:
            self._bad(position, segment, 3, BAD_CODE)
        price = self._price(position, segment)
        ndc, item = self._product(position, segment)
        if len(self.flaws) == before:
            self.lines.append(Line(number, quantity, segment[3], ndc, item, price))

    def _quantity(self, position: int, segment: Segment) -> int:
        text = element(segment, 2)
        good = text.isdigit() and 0 < int(text) <= MOST_PACKAGES
        if not good:
            self._bad(position, segment, 2, BAD_CHARACTER if text else ABSENT)
        return int(text) if good else 0

    def _price(self, position: int, segment: Segment) -> Decimal | None:
        text = element(segment, 4)
        if not text:
            return None
        try:
            usd = Decimal(text)
        except InvalidOperation:
            usd = Decimal("NaN")
        if not usd.is_finite() or usd < 0:
            self._bad(position, segment, 4, BAD_CHARACTER)
        return usd

    def _product(self, position: int, segment: Segment) -> tuple[str, str]:
        dialect, ndc, item = self.house.dialect, "", ""
        for place in range(6, max(len(segment), 7), 2):
            qualifier, value = element(segment, place), element(segment, place + 1)
            if qualifier == dialect.ndc_qualifier:
                ndc = dialect.ndc11(value)
                if not ndc:
                    self._bad(position, segment, place + 1, BAD_CHARACTER)
            elif qualifier == dialect.item_qualifier:
                item = value
            elif qualifier != "UP":
                self._bad(position, segment, place, BAD_CODE if qualifier else ABSENT)
        return ndc, item

    def _totals(self, position: int, segment: Segment) -> None:
        seen = len(self.lines)
        if element(segment, 1).lstrip("0") != str(seen):
            self._bad(position, segment, 1, BAD_CODE)
        hash_total = element(segment, 2)
        if hash_total and hash_total != str(sum(line.quantity for line in self.lines)):
            self._bad(position, segment, 2, BAD_CODE)

    def _look_whole(self, end: int) -> None:
        if not self.po and not any(flaw.segment == "BEG" for flaw in self.flaws):
            self.flaws.append(Flaw("BEG", 2, MISSING))
        named = self.house.dialect.account
        if named and self.account is None and not any(f.segment == "REF" for f in self.flaws):
            self.flaws.append(Flaw("REF", 3, MISSING))
        if not self.lines and not any(flaw.segment == "PO1" for flaw in self.flaws):
            self.flaws.append(Flaw("PO1", end, MISSING))
        self._look_ship_to(end)
        if self.account is not None:
            self._look_licence(self.account, end)

    def _look_ship_to(self, end: int) -> None:
        position, party = self.parties.get("ST", (end, ("N1",)))
        if "ST" not in self.parties:
            self.flaws.append(Flaw("N1", position, MISSING))
        elif element(party, 3) not in {"91", "92"}:
            self._bad(position, party, 3, BAD_CODE)
        elif self.account is not None and element(party, 4) != self.account.number:
            self._bad(position, party, 4, BAD_CODE)

    def _look_licence(self, account: Account, end: int) -> None:
        """A controlled line needs the buyer's DEA number, and it must be the account's."""
        position, party = self.parties.get("BY", (end, ("N1", "BY")))
        said = element(party, 4) if element(party, 3) == "11" else ""
        if said and said != account.buyer.dea:
            self._bad(position, party, 4, BAD_CODE)
        elif not said and any(self._is_controlled(line) for line in self.lines):
            self.flaws.append(Flaw("N1", position, BAD_ELEMENTS, 4, CONDITIONAL))

    def _is_controlled(self, line: Line) -> bool:
        item = wanted(self.house, self.catalogue, line)
        return item is not None and item.schedule != "0"


def wanted(house: House, catalogue: Catalogue, line: Line) -> Item | None:
    """The item of a line; None when unknown, or when its two numbers name different things."""
    by_ndc = catalogue.by_ndc(line.ndc11) if line.ndc11 else None
    by_number = catalogue.by_number(house, line.item) if line.item else None
    if by_ndc and by_number and by_ndc is not by_number:
        return None
    return by_ndc or by_number
