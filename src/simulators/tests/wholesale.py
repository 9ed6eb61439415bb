"""The pharmacy's side of the counter: orders by hand, papers split without the simulator."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from simulators.wholesaler.catalogue import read_catalogue
from simulators.wholesaler.clock import Clock
from simulators.wholesaler.desk import Receipt
from simulators.wholesaler.faults import Faults, read_fault
from simulators.wholesaler.houses import House, read_trade
from simulators.wholesaler.memory import Memory
from simulators.wholesaler.records import Package, Paper, Sold
from simulators.wholesaler.shop import Shop
from simulators.wholesaler.yard import Yard

TODAY = date(2026, 3, 2)
DEA = "FP9000011"
ISA = "PECANSTREET"
# NDCs of the catalogue by what they are good for here.
GOOD, SHORT, BACKORDERED = "65162000709", "65862000801", "00781140797"
REPLACED, REPLACEMENT = "00591398401", "59762151701"
GONE, ALLOCATED, DEARER, NO_DAY = "00143314205", "00093416173", "00378037301", "00456201001"
COLD, SCHEDULE_4, SCHEDULE_2 = "00169330312", "00228202910", "13107001901"
UNKNOWN = "99999999999"
Elements = list[str]


@dataclass
class Split:
    """An interchange cut by the bytes of its ISA; nothing is checked."""

    raw: bytes
    segments: list[Elements] = field(default_factory=list)

    def __post_init__(self) -> None:
        text = self.raw.decode()
        element, end = text[3], text[105]
        parts = [one.strip("\r\n") for one in text.split(end)]
        self.segments = [one.split(element) for one in parts if one]

    def all(self, name: str) -> list[Elements]:
        """Every segment of that id."""
        return [one for one in self.segments if one[0] == name]

    def one(self, name: str, *start: str) -> Elements:
        """The first segment that begins so."""
        wanted = [name, *start]
        return next(one for one in self.segments if one[: len(wanted)] == wanted)

    def has(self, name: str, *start: str) -> bool:
        """Whether a segment begins so."""
        wanted = [name, *start]
        return any(one[: len(wanted)] == wanted for one in self.segments)

    def loops(self, name: str) -> list[list[Elements]]:
        """From each segment of that id to before the next; the last one to the end."""
        found: list[list[Elements]] = []
        for one in self.segments:
            if one[0] == name:
                found.append([])
            if found:
                found[-1].append(one)
        return found


@dataclass
class Want:
    """A line as the pharmacy orders it."""

    ndc11: str
    quantity: int = 1
    price: str = ""


class Counter:
    """A yard on a fixed day, and the pharmacy that deals with it."""

    def __init__(
        self, *, state: str = ":memory:", seed: int = 1, ship_after: int | None = None
    ):
        clock = Clock()
        clock.begin(TODAY)
        self.shop = Shop(
            read_trade(), read_catalogue(), Memory(state), Faults(), clock, seed, ship_after
        )
        self.yard = Yard(self.shop)
        self._control = 0

    def house(self, key: str = "caprock") -> House:
        """One wholesaler."""
        found = self.shop.trade.house(key)
        assert found is not None
        return found

    def fault(self, kind: str, *, house: str = "", paper: str = "", seconds: int = -1) -> None:
        """Ask for misbehaviour, once."""
        values: dict[str, object] = {"kind": kind, "house": house, "paper": paper}
        if seconds >= 0:
            values["seconds"] = seconds
        self.shop.faults.add(read_fault(values, houses=self.shop.trade.keys))

    def body(self, key: str, wants: Iterable[Want], *, po: str = "PO-1") -> list[Elements]:
        """A good 850 between ST and SE, in the dialect of that wholesaler."""
        house = self.house(key)
        account, dialect = house.accounts[0].number, house.dialect
        lines = list(wants)
        named = {"caprock": [["REF", "IA", account]], "blanco": [["REF", "11", account]]}
        made = [["BEG", "00", "NE", po, "", "20260302"], *named.get(key, [])]
        made += [["N1", "BY", "PECAN", "11", DEA], ["N1", "ST", "PECAN", "92", account]]
        for place, one in enumerate(lines, start=1):
            ids = [dialect.ndc_qualifier, one.ndc11]
            made.append(["PO1", str(place), str(one.quantity), "EA", one.price, "", *ids])
        total = sum(one.quantity for one in lines)
        return [*made, ["CTT", str(len(lines)), str(total)]]

    def written(
        self, key: str, *bodies: list[Elements], group: str = "PO", kind: str = "850",
        sender: str = ISA, receiver: str = "", control: int = 0,
    ) -> bytes:  # fmt: skip
        """An interchange of these sets with right counts and numbers."""
        house = self.house(key)
        self._control += 1
        number = control or self._control
        marks = house.dialect.marks
        to = receiver or house.isa
        inside = [["GS", group, sender, to, "20260302", "0900", str(number), "X", "004010"]]
        for place, body in enumerate(bodies, start=1):
            inside += [["ST", kind, f"{place:04}"], *body]
            inside.append(["SE", str(len(body) + 2), f"{place:04}"])
        inside.append(["GE", str(len(bodies)), str(number)])
        isa = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{sender:15}", "ZZ", f"{to:15}",
               "260302", "0900", "U", "00401", f"{number:09}", "0", "T",
               marks.component]  # fmt: skip
        every = [isa, *inside, ["IEA", "1", f"{number:09}"]]
        return "".join(marks.element.join(one) + marks.end for one in every).encode()

    def send(self, raw: bytes, key: str = "caprock") -> Receipt:
        """Hand an interchange in."""
        return self.yard.take(self.house(key), raw, by="test")

    def order(self, *wants: Want, key: str = "caprock", po: str = "PO-1") -> Receipt:
        """Send a good order."""
        return self.send(self.written(key, self.body(key, wants, po=po)), key)

    def shipped(self, *wants: Want, key: str = "caprock", po: str = "PO-1") -> int:
        """Send a good order and have it shipped; how many bottles went out."""
        self.order(*wants, key=key, po=po)
        return self.ship(key, po)

    def ship(self, key: str = "caprock", po: str = "PO-1") -> int:
        """Ship what is ready of an order."""
        return self.yard.shipping.ship(self.sold(key, po))

    def sold(self, key: str = "caprock", po: str = "PO-1") -> Sold:
        """The order as the wholesaler has it."""
        found = self.shop.memory.one(Sold, house=key, po=po)
        assert found is not None
        return found

    def waiting(self, kind: str, key: str = "caprock") -> list[Paper]:
        """What waits in the mailbox, of one kind."""
        return [one for one in self.yard.post.waiting(key) if one.kind == kind]

    def papers(self, kind: str, key: str = "caprock") -> list[Split]:
        """The X12 papers of one kind that wait."""
        return [Split(one.body) for one in self.waiting(kind, key)]

    def paper(self, kind: str, key: str = "caprock") -> Split:
        """The only one."""
        (found,) = self.papers(kind, key)
        return found

    def bottles(self) -> list[Package]:
        """Every bottle ever packed, there or not."""
        return self.shop.memory.rows(Package)


def usd(cents: str) -> Decimal:
    """Dollars of two implied decimals."""
    return Decimal(cents) / 100
