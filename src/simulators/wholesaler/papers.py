"""The X12 papers a wholesaler sends, each as the segments between ST and SE.

Written from the layouts of 997, TA1, 832, 855, 856 and 810 in version 004010, in the dialect of
the house. Nothing here decides what is sold or shipped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from simulators.wholesaler import gs1
from simulators.wholesaler.catalogue import Item, item_number, list_price_usd, price_usd
from simulators.wholesaler.houses import Account, House
from simulators.wholesaler.order import Flaw
from simulators.wholesaler.x12 import Group, Segment

ACCEPTED, REJECTED, PARTLY = "A", "R", "P"
NET_DAYS = "30"


@dataclass(frozen=True)
class Answered:
    """One line of an 855: the buyer's words, our price, each status with quantity and item."""

    number: str
    wanted: int
    unit: str
    price_usd: Decimal | None
    ndc11: str
    item: str
    parts: tuple[tuple[str, int, Item | None], ...]
    says: str = ""


@dataclass(frozen=True)
class Sent:
    """Packages of one item and lot in one tote, as the ship notice tells them."""

    sscc: str
    line: str
    item: Item
    lot: str
    expires_on: date
    count: int


@dataclass(frozen=True)
class Billed:
    """One line of an invoice."""

    line: str
    item: Item
    count: int
    unit: str
    price_usd: Decimal


@dataclass(frozen=True)
class Charge:
    """A charge or allowance beside the goods: code of SAC02, dollars, words."""

    code: str
    usd: Decimal
    says: str


def amount(usd: Decimal) -> str:
    """A number as X12 likes it: no trailing zeros, no exponent."""
    text = f"{usd:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def day(on: date) -> str:
    """CCYYMMDD."""
    return on.strftime("%Y%m%d")


def acknowledgement(
    group: Group, flaws: Sequence[tuple[list[str], list[Flaw]]]
) -> list[Segment]:
    """The inside of a 997; `flaws` holds for each set its codes of AK5 and its flaws."""
    made: list[Segment] = [("AK1", group.code, group.control)]
    for one, (codes, found) in zip(group.sets, flaws, strict=True):
        made.append(("AK2", one.kind, one.control))
        for flaw in found:
            made.append(("AK3", flaw.segment, str(flaw.position), "", flaw.code))
            if flaw.place:
                made.append(("AK4", str(flaw.place), flaw.reference, flaw.why, flaw.value[:99]))
        every = [*codes, *(["5"] if found else [])]
        made.append(("AK5", REJECTED if every else ACCEPTED, *every[:5]))
    good = sum(not codes and not found for codes, found in flaws)
    whole = len(group.sets)
    status = ACCEPTED if good == whole else PARTLY if good else REJECTED
    if group.problems:
        status, good = REJECTED, 0
    counts = (str(whole), str(whole), str(good))
    made.append(("AK9", status, *counts, *group.problems[:5]))
    return made


def interchange_refused(control: str, at: datetime, note: str) -> list[Segment]:
    """A TA1, which stands in no group."""
    return [("TA1", control, at.strftime("%y%m%d"), at.strftime("%H%M"), "R", note)]


def _parties(house: House, account: Account, *codes: str) -> Iterator[Segment]:
    buyer = account.buyer
    for code in codes:
        if code in {"SU", "SF", "DS"}:
            yield ("N1", code, house.party.name, "11", house.party.dea)
            continue
        by_licence = code == "BY"
        numbers = ("11", buyer.dea) if by_licence else ("92", account.number)
        yield ("N1", code, buyer.name, *numbers)
        yield ("N3", buyer.street)
        yield ("N4", buyer.city, buyer.state, buyer.postal_code, "US")


def _ids(house: House, ndc11: str, number: str) -> tuple[str, ...]:
    dialect = house.dialect
    drug = (dialect.ndc_qualifier, dialect.ndc(ndc11) if ndc11 else "")
    item = (dialect.item_qualifier, number)
    found = (item, drug) if dialect.is_item_first else (drug, item)
    return tuple(text for pair in found if pair[1] for text in pair)


def _account(house: House, account: Account) -> Iterator[Segment]:
    if house.dialect.account:
        yield ("REF", house.dialect.account, account.number)


def _price(house: House, kind: str, usd: Decimal, *per: str) -> Segment:
    """A CTP; the kind stands just before the price, wherever that is."""
    return ("CTP", *[""] * (house.dialect.price_at - 2), kind, amount(usd), *per)


def _ids_of(house: House, item: Item) -> tuple[str, ...]:
    return _ids(house, item.ndc11, item_number(house, item))


def order_answer(
    house: House, account: Account, *, po: str, number: str, ordered_on: date, on: date,
    lines: Sequence[Answered],
) -> list[Segment]:  # fmt: skip
    """The inside of an 855: each line as ordered, then what becomes of its packages."""
    good = {"IA", "IP"}
    taken = [status for line in lines for status, _, _ in line.parts]
    if all(status in {"IR", "R2"} for status in taken):
        kind = "RJ"
    else:
        kind = "AD" if all(status == "IA" for status in taken) else "AC"
    made: list[Segment] = [
        ("BAK", "00", kind, po, day(ordered_on), "", "", "", number, day(on)),
        *_account(house, account),
        *_parties(house, account, "ST", "SU"),
    ]
    for line in lines:
        ids = _ids(house, line.ndc11, line.item)
        price = "" if line.price_usd is None else amount(line.price_usd)
        made.append(("PO1", line.number, str(line.wanted), line.unit, price, "", *ids))
        for status, count, item in line.parts:
            when = ("068", day(on)) if status in good | {"IQ", "IS"} else ("", "")
            which = _ids_of(house, item) if item else ids
            made.append(("ACK", status, str(count), line.unit, *when, "", *which))
        if line.says:
            made += [("N9", "L1", line.number), ("MSG", line.says)]
    made.append(("CTT", str(len(lines)), str(sum(line.wanted for line in lines))))
    return made


def price_list(
    house: House, account: Account, items: Sequence[Item], *, number: str, on: date
) -> list[Segment]:
    """The inside of an 832: what that account pays for each item."""
    made: list[Segment] = [
        ("BCT", "PS", number),
        *_account(house, account),
        ("DTM", "007", day(on)),
        *_parties(house, account, "BY", "ST", "SU"),
    ]
    for place, item in enumerate(items, start=1):
        made += [
            ("LIN", str(place), *_ids_of(house, item), "UP", gs1.upc(item.ndc)),
            ("PID", "F", "", "", "", item.says),
            ("PID", "F", "MF", "", "", item.labeler),
        ]
        if item.schedule != "0":
            made.append(("REF", "ZC", item.schedule, "DEA SCHEDULE"))
        if item.is_cold:
            made.append(("REF", "ZZ", item.storage.upper(), "STORAGE"))
        made += [
            (
                "PO4",
                "1",
                amount(item.quantity),
                {"EA": "EA", "ML": "ML", "GM": "GR"}[item.unit],
            ),
            _price(house, "CON", price_usd(house, account, item), "1", "EA"),
            _price(house, "WAC", list_price_usd(item), "1", "EA"),
        ]
    made.append(("CTT", str(len(items))))
    return made


@dataclass(frozen=True)
class Trip:
    """What the papers of one shipment share."""

    po: str
    ordered_on: date
    shipment: str
    invoice: str
    at: datetime
    arrives_on: date


def ship_notice(
    house: House, account: Account, trip: Trip, sent: Sequence[Sent]
) -> list[Segment]:
    """The inside of an 856: shipment, order, a pack for each tote, an item for each lot."""
    totes = list(dict.fromkeys(one.sscc for one in sent))
    made: list[Segment] = [
        ("BSN", "00", trip.shipment, day(trip.at), trip.at.strftime("%H%M"), "0001"),
        ("HL", "1", "", "S"),
        ("TD1", "CTN", str(len(totes))),
        ("TD5", "B", "2", "OWN", "M"),
        ("REF", "BM", trip.shipment),
        ("DTM", "011", day(trip.at)),
        ("DTM", "017", day(trip.arrives_on)),
        *_parties(house, account, "SF", "ST"),
        ("HL", "2", "1", "O"),
        ("PRF", trip.po, "", "", day(trip.ordered_on)),
        ("REF", "IV", trip.invoice),
    ]
    level = 2
    for tote in totes:
        level += 1
        pack = level
        made += [("HL", str(pack), "2", "P"), ("MAN", "GM", tote)]
        for one in sent:
            if one.sscc == tote:
                level += 1
                made += _lot_sent(house, one, level, pack)
    made.append(("CTT", str(level), str(sum(one.count for one in sent))))
    return made


def _lot_sent(house: House, one: Sent, level: int, pack: int) -> Iterator[Segment]:
    dialect = house.dialect
    ids = _ids_of(house, one.item)
    in_line = (dialect.lot, one.lot) if dialect.lot_in_line else ()
    yield ("HL", str(level), str(pack), "I")
    yield ("LIN", one.line, *ids, *in_line)
    yield ("SN1", "", str(one.count), "EA")
    yield ("PID", "F", "", "", "", one.item.says)
    if not dialect.lot_in_line:
        yield ("REF", dialect.lot, one.lot)
    yield ("DTM", dialect.expiry, dialect.expiry_day(one.expires_on))


def invoice(
    house: House, account: Account, trip: Trip, lines: Sequence[Billed],
    charges: Sequence[Charge], *, total_usd: Decimal,
) -> list[Segment]:  # fmt: skip
    """The inside of an 810. `total_usd` is what TDS says, right or wrong."""
    made: list[Segment] = [
        ("BIG", day(trip.at), trip.invoice, day(trip.ordered_on), trip.po),
        *_account(house, account),
        *_parties(house, account, "BY", "ST", "DS"),
        ("ITD", "01", "3", "", "", "", "", NET_DAYS),
        ("DTM", "011", day(trip.at)),
    ]
    for line in lines:
        price = amount(line.price_usd)
        ids = (*_ids_of(house, line.item), "UP", gs1.upc(line.item.ndc))
        made.append(("IT1", line.line, str(line.count), line.unit, price, "DS", *ids))
        made.append(("PID", "F", "", "", "", line.item.says))
    made.append(("TDS", cents(total_usd)))
    for one in charges:
        made.append(
            ("SAC", "C" if one.usd >= 0 else "A", one.code, "", "", cents(abs(one.usd)),
             *[""] * 9, one.says)
        )  # fmt: skip
    made.append(("CTT", str(len(lines)), str(sum(line.count for line in lines))))
    return made


def cents(usd: Decimal) -> str:
    """Dollars with two implied decimals."""
    return str(int((usd * 100).to_integral_value()))
