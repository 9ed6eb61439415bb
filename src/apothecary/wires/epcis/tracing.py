"""What a document says of each package: who sold it to whom, which lot, in which box.

The transaction information (TI) and transaction statement (TS) of FDCA 581(26) and (27), one
row a package, with a named problem for everything that is not there. Nothing is guessed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from apothecary.wires.epcis import words
from apothecary.wires.epcis.epc import Epc, read_epc
from apothecary.wires.epcis.model import Document, Event, Item, Kind, Place, Statement, Typed
from apothecary.wires.errors import Fault, Malformed
from apothecary.wires.ndc import candidates, eleven

DEEPEST = 10  # boxes inside each other


@dataclass(frozen=True, slots=True)
class TransactionInformation:
    """One package of a shipment, or ``containers`` of a lot without serial numbers.

    ``ndc`` has eleven digits and is empty when the document leaves it in doubt; ``containers``
    counts all packages of this product and lot in the shipment; ``boxes`` are what it lies in,
    outermost first; ``event`` is the number of the shipping event, ``shipped_at`` on the clock
    that it names as its own.
    """

    epc: str
    gtin: str
    serial: str
    ndc: str
    lot: str
    expires_on: date | None
    item: Item | None
    containers: Decimal
    boxes: tuple[str, ...]
    shipped_at: datetime
    seller: Place | None
    buyer: Place | None
    ship_from: Place | None
    ship_to: Place | None
    orders: tuple[str, ...]
    despatches: tuple[str, ...]
    invoices: tuple[str, ...]
    statement: Statement | None
    event: int


@dataclass(slots=True)
class Trace:
    """What the events up to a moment say: the lot of each thing, and what lies in what."""

    lots: dict[str, tuple[str, date | None]] = field(default_factory=dict)
    inside: dict[str, dict[str, None]] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)
    problems: list[Fault] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Follow one event."""
        if event.kind is Kind.OBJECT and (event.lot or event.expires_on):
            for epc in event.epcs:
                self.lots[epc] = (event.lot, event.expires_on)
        if event.kind is not Kind.AGGREGATION or event.action == "OBSERVE":
            return
        if event.action == "ADD":
            self._put(event)
        else:
            held = self.inside.get(event.parent, {})
            for epc in event.epcs or tuple(held):
                held.pop(epc, None)
                if self.holders.get(epc) == event.parent:
                    del self.holders[epc]

    def _put(self, event: Event) -> None:
        """Put things into a box; a thing lies in one box only, the last it was put into."""
        held = self.inside.setdefault(event.parent, {})
        for epc in event.epcs:
            before = self.holders.get(epc, event.parent)
            if before != event.parent:
                self.inside[before].pop(epc, None)
                reason = f"{epc} was still in {before} when it was put into {event.parent}"
                self.problems.append(Fault(f"{event.path} childEPCs", reason))
            held[epc] = None
            self.holders[epc] = event.parent

    def packages(self, epc: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The innermost things in this one, each with the boxes around it. Raises Malformed
        when a box lies in itself.
        """
        pending: list[tuple[str, tuple[str, ...]]] = [(epc, ())]
        while pending:
            one, boxes = pending.pop()
            held = self.inside.get(one)
            if not held:
                yield one, boxes
                continue
            if one in boxes or len(boxes) >= DEEPEST:
                raise Malformed(
                    "childEPCs", f"{one} lies in itself, or in over {DEEPEST} boxes"
                )
            pending += [(child, (*boxes, one)) for child in reversed(held)]


def in_time(events: Iterable[Event]) -> list[Event]:
    """Events as they happened, without those their sender has taken back."""
    return sorted((one for one in events if one.error is None), key=lambda one: one.at)


def hierarchy(events: Iterable[Event]) -> dict[str, tuple[str, ...]]:
    """What lies in what after all these events: each parent with its children."""
    trace = Trace()
    for event in in_time(events):
        trace.take(event)
    return {parent: tuple(held) for parent, held in trace.inside.items() if held}


def ndc_of(item: Item | None, epc: Epc) -> str:
    """The eleven digits of a product: from what its seller states, checked against its GTIN,
    else from the GTIN and its company prefix where only one code is possible.

    Empty when nobody can say. Raises ValueError when statement and GTIN are of two products.
    """
    possible: tuple[str, ...] = ()
    if epc.ndc10:
        possible = candidates(epc.ndc10, labeler_digits=epc.labeler_digits)
    stated = _stated(item.ndc_sent if item else "", possible)
    if stated and possible and stated not in possible:
        found = ", ".join(possible)
        raise ValueError(f"NDC {stated} is stated, but GTIN {epc.key} carries {found}")
    return stated or (possible[0] if len(possible) == 1 else "")


def _stated(sent: str, possible: tuple[str, ...]) -> str:
    """The code a seller states, where its digits leave no doubt."""
    digits = sent.strip()
    if "-" in digits:
        try:
            return eleven(digits)
        except ValueError:
            return ""
    if len(digits) == 11 and digits.isascii() and digits.isdigit():
        return digits
    if len(digits) == 10 and digits.isascii() and digits.isdigit():
        found = [one for one in candidates(digits) if one in possible]
        return found[0] if len(found) == 1 else ""
    return ""


def transaction_information(
    document: Document,
) -> tuple[list[TransactionInformation], list[Fault]]:
    """Every package that the document ships, and what it leaves unsaid about them.

    What was packed before the shipment is unpacked; a package is followed to its own serial
    number. Events that their sender has taken back do not count.
    """
    rows: list[TransactionInformation] = []
    problems: list[Fault] = []
    trace, known = Trace(), _Known(document)
    for event in in_time(document.events):
        trace.take(event)
        if event.step == "shipping" and event.kind is Kind.OBJECT and event.action != "DELETE":
            rows += _Shipment(event, trace, known, problems).rows()
    problems += trace.problems
    if not rows and not problems:
        problems.append(Fault("document", "ships nothing: it has no shipping event"))
    return rows, problems


class _Known:
    """Master data by identifier: products by GTIN, places by GLN."""

    def __init__(self, document: Document) -> None:
        self.statement = document.statement
        self.items: dict[str, Item] = {}
        self.places: dict[str, Place] = {}
        for item in document.items:
            self.items[_key(item.id)] = item
        for place in document.places:
            self.places.setdefault(place.id, place)
            self.places.setdefault(_key(place.id), place)

    def place(self, pairs: Typed, kind: str) -> Place | None:
        """The party or location of that kind; only its id when nothing else is known."""
        found = next((one for name, one in pairs if name == kind), "")
        if not found:
            return None
        return self.places.get(found) or self.places.get(_key(found)) or Place(found)


def _key(uri: str) -> str:
    """By which an identifier is found again whatever way it was written."""
    try:
        return read_epc(uri).key
    except Malformed:
        return uri


class _Shipment:
    """One shipping event, its packages and their problems."""

    def __init__(
        self, event: Event, trace: Trace, known: _Known, problems: list[Fault]
    ) -> None:
        self._event = event
        self._trace = trace
        self._known = known
        self._problems = problems
        self._statement = event.statement or known.statement
        self._named: set[tuple[str, str]] = set()

    def rows(self) -> list[TransactionInformation]:
        self._check()
        rows = [*self._packages(), *self._uncounted()]
        counted: dict[tuple[str, str], Decimal] = {}
        for row in rows:
            key = (row.gtin, row.lot)
            counted[key] = counted.get(key, Decimal(0)) + row.containers
        return [_with_count(row, counted) for row in rows]

    def _say(self, name: str, reason: str) -> None:
        if (name, reason) not in self._named:
            self._named.add((name, reason))
            self._problems.append(Fault(f"{self._event.path} {name}", reason))

    def _check(self) -> None:
        event = self._event
        for name, pairs in (
            ("sourceList", event.sources),
            ("destinationList", event.destinations),
        ):
            place = self._known.place(pairs, "owning_party")
            if place is None:
                self._say(name, "names no owning party")
            elif not place.name or not (place.street and place.city and place.state):
                self._say(name, f"has no name and address of {place.id}")
        if self._statement is None:
            self._say("statement", "no transaction statement was sent")
        elif not self._statement.affirmed:
            self._say("statement", "the transaction statement is not affirmed")

    def _packages(self) -> Iterator[TransactionInformation]:
        for top in self._event.epcs:
            try:
                found = list(self._trace.packages(top))
            except Malformed as fault:
                self._say("epcList", fault.reason)
                continue
            for uri, boxes in found:
                try:
                    epc = read_epc(uri)
                except Malformed as fault:
                    self._say("epcList", fault.reason)
                    continue
                if epc.scheme != "sgtin":
                    self._say("epcList", f"does not say what lies in {uri}")
                    continue
                lot, expires_on = self._trace.lots.get(uri, ("", None))
                yield self._row(uri, epc, lot, expires_on, Decimal(1), boxes)

    def _uncounted(self) -> Iterator[TransactionInformation]:
        """Packages without serial numbers: so many of a product, or of its lot."""
        for one in self._event.quantities:
            try:
                epc = read_epc(one.epc_class)
            except Malformed as fault:
                self._say("quantityList", fault.reason)
                continue
            if one.quantity is None:
                self._say("quantityList", f"does not say how many of {one.epc_class}")
            else:
                yield self._row(one.epc_class, epc, epc.lot, None, one.quantity, ())

    def _row(
        self,
        uri: str,
        epc: Epc,
        lot: str,
        expires_on: date | None,
        count: Decimal,
        boxes: tuple[str, ...],
    ) -> TransactionInformation:
        event, known = self._event, self._known
        item = known.items.get(epc.key)
        self._check_package(uri, epc, lot, expires_on, item)
        ndc = ""
        try:
            ndc = ndc_of(item, epc)
            if not ndc:
                self._say("ndc", f"of GTIN {epc.key} is not certain")
        except ValueError as error:
            self._say("ndc", str(error))
        sources, destinations = event.sources, event.destinations
        return TransactionInformation(
            epc=uri,
            gtin=epc.key,
            serial=epc.serial,
            ndc=ndc,
            lot=lot,
            expires_on=expires_on,
            item=item,
            containers=count,
            boxes=boxes,
            shipped_at=words.local(event.at, event.zone),
            seller=known.place(sources, "owning_party"),
            buyer=known.place(destinations, "owning_party"),
            ship_from=known.place(sources, "location"),
            ship_to=known.place(destinations, "location"),
            orders=_numbers(event.transactions, "po"),
            despatches=_numbers(event.transactions, "desadv"),
            invoices=_numbers(event.transactions, "inv"),
            statement=self._statement,
            event=event.number,
        )

    def _check_package(
        self, uri: str, epc: Epc, lot: str, expires_on: date | None, item: Item | None
    ) -> None:
        if not lot:
            self._say("lot", f"of {uri} is not said")
        if expires_on is None and epc.serial:
            self._say("expiry", f"of {uri} is not said")
        if item is None:
            self._say("product", f"GTIN {epc.key} is not described")
            return
        missing = [name for name in ("name", "strength", "form", "container")
                   if not getattr(item, name)]  # fmt: skip
        if missing:
            self._say("product", f"GTIN {epc.key} has no {', '.join(missing)}")


def _with_count(
    row: TransactionInformation, counted: Mapping[tuple[str, str], Decimal]
) -> TransactionInformation:
    return replace(row, containers=counted[row.gtin, row.lot])


def _numbers(pairs: Typed, kind: str) -> tuple[str, ...]:
    """The partner's own numbers of papers; ``urn:epcglobal:cbv:bt:GLN:NUMBER`` ends with it."""
    found = [value for name, value in pairs if name == kind]
    return tuple(
        [
            value.split(":", 5)[-1] if value.startswith("urn:epcglobal:cbv:bt:") else value
            for value in found
        ]
    )
