"""Papers of supply drawn at random, each such that a wholesaler's dialect can carry it."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from hypothesis import strategies as st

from apothecary.wires.ndc import check_digit
from apothecary.wires.x12.remittance import Contact, Day, Party, Reference
from apothecary.wires.x12.supply import (
    Acknowledgement,
    Answer,
    AnsweredLine,
    Carrier,
    Catalogue,
    Dialect,
    Envelope,
    Level,
    Lot,
    OrderLine,
    OrderShipped,
    Packages,
    Paper,
    Product,
    PurchaseOrder,
    ShipNotice,
    ShippedItem,
    dialect,
)
from apothecary.wires.x12.supply.ordering import OUTCOMES

DIALECTS = [dialect(name) for name in ("plain", "piped", "lined")]
SENT = Envelope(
    sender=("ZZ", "PHARMACY1"),
    receiver=("01", "WHOLESALER"),
    at=datetime(2026, 1, 15, 8, 30),  # noqa: DTZ001 - the partner's wall clock
    control=77,
    group_control=501,
    usage="T",
)

WORDS = st.from_regex(r"[A-Z0-9]([A-Z0-9 .,/#&-]{0,18}[A-Z0-9])?", fullmatch=True)
MAYBE = st.just("") | WORDS
CODE = st.from_regex(r"[A-Z0-9]{2,3}", fullmatch=True)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def number(least: str, most: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(least), Decimal(most), places=places).map(abs)


QUANTITY = number("0.001", "99999", 3).filter(bool)
MONEY = number("0", "99999", 2)
PRICE = number("0", "9999", 4)
SIGNED = st.decimals(Decimal(-99999), Decimal(99999), places=2).map(lambda one: one + 0)


def digits(count: int) -> st.SearchStrategy[str]:
    """So many digits, the last of them the check digit."""
    body = st.from_regex(rf"[0-9]{{{count - 1}}}", fullmatch=True)
    return body.map(lambda text: text + check_digit(text))


REFERENCES = st.lists(
    st.builds(Reference, st.sampled_from(["DP", "BM", "CN", "IV", "ZZ"]), WORDS, MAYBE),
    max_size=3,
).map(tuple)
DTM = st.lists(
    st.builds(Day, st.sampled_from(["002", "007", "010", "011", "017"]), DAYS), max_size=3
).map(tuple)
NOTES = st.lists(WORDS, max_size=2).map(tuple)
CONTACTS = st.lists(
    st.builds(
        Contact,
        CODE,
        MAYBE,
        st.lists(st.tuples(st.sampled_from(["TE", "EM", "FX"]), WORDS), max_size=3).map(tuple),
    ),
    max_size=2,
).map(tuple)
PARTY = st.builds(
    Party,
    role=st.sampled_from(["BY", "SU", "BT"]),
    name=WORDS,
    id_qualifier=st.sampled_from(["11", "91", "92", "UL"]),
    id=WORDS,
    address=st.lists(WORDS, max_size=2).map(tuple),
    city=MAYBE,
    state=st.sampled_from(["", "MN", "TX"]),
    postal_code=st.sampled_from(["", "55401"]),
    country=st.sampled_from(["", "US"]),
    references=REFERENCES,
    contacts=CONTACTS,
)
PRODUCT = st.builds(
    Product,
    ndc=st.just("") | st.from_regex(r"[0-9]{11}", fullmatch=True),
    item=WORDS,
    upc=st.just("") | digits(12),
    gtin=st.just("") | digits(14),
    buyer_item=MAYBE,
    others=st.lists(st.tuples(st.sampled_from(["MG", "EN", "ZZ"]), WORDS), max_size=2).map(
        tuple
    ),
    description=MAYBE,
)


def lots(how: Dialect) -> st.SearchStrategy[tuple[Lot, ...]]:
    """Lots that all have a last day, or none has; a month ends with its last day."""

    def month(day: date) -> date:
        return day.replace(day=monthrange(day.year, day.month)[1])

    day = DAYS.map(month) if how.expiry_format == "CCYYMM" else DAYS
    dated = st.lists(st.builds(Lot, WORDS, day), max_size=2)
    bare = st.lists(st.builds(Lot, WORDS, st.none()), max_size=2)
    nameless = st.builds(Lot, st.just(""), day).map(lambda one: [one])
    return (dated | bare | nameless).map(tuple)


def headed(how: Dialect, paper: Paper) -> Paper:
    """The account where this dialect has it: in a reference, or as the id of a party."""
    if isinstance(paper, ShipNotice | Catalogue) or how.account_reference:
        return paper
    party = Party(how.account_party, "SHOP", "92", paper.account)
    return replace(paper, parties=(party, *paper.parties) if paper.account else paper.parties)


def parties() -> st.SearchStrategy[tuple[Party, ...]]:
    return st.lists(PARTY, max_size=3).map(tuple)


def orders(_: Dialect) -> st.SearchStrategy[Paper]:
    line = st.builds(
        OrderLine,
        number=WORDS,
        quantity=QUANTITY,
        unit=CODE,
        product=PRODUCT,
        price=st.none() | PRICE,
        price_basis=st.sampled_from(["", "PE", "HP"]),
        references=REFERENCES,
        days=DTM,
        notes=NOTES,
    )
    return st.builds(
        PurchaseOrder,
        number=WORDS,
        ordered_on=DAYS,
        lines=st.lists(line, max_size=3).map(tuple),
        account=MAYBE,
        contract=MAYBE,
        parties=parties(),
        references=REFERENCES,
        days=DTM,
        notes=NOTES,
        control=st.just("0001"),
    )


def answers(_: Dialect) -> st.SearchStrategy[Paper]:
    answer = st.builds(
        Answer,
        status=st.sampled_from(sorted(OUTCOMES)),
        quantity=st.none() | QUANTITY,
        unit=st.sampled_from(["", "EA"]),
        day=st.none() | st.builds(Day, st.sampled_from(["068", "067"]), DAYS),
        product=st.none() | PRODUCT.map(lambda one: replace(one, description="")),
        reason=st.sampled_from(["", "A1"]),
    )
    line = st.builds(
        AnsweredLine,
        number=WORDS,
        quantity=QUANTITY,
        unit=CODE,
        product=PRODUCT,
        answers=st.lists(answer, min_size=1, max_size=3).map(tuple),
        price=st.none() | PRICE,
        price_basis=st.just(""),
        references=REFERENCES,
        days=DTM,
        notes=NOTES,
    )
    return st.builds(
        Acknowledgement,
        order_number=WORDS,
        lines=st.lists(line, max_size=3).map(tuple),
        kind=st.sampled_from(["AC", "AD", "RD"]),
        ordered_on=st.none() | DAYS,
        supplier_order=MAYBE,
        answered_on=st.none() | DAYS,
        account=MAYBE,
        contract=MAYBE,
        parties=parties(),
        references=REFERENCES,
        days=DTM,
        notes=NOTES,
        control=st.just("0001"),
    )


def notices(how: Dialect) -> st.SearchStrategy[Paper]:
    item = st.builds(
        ShippedItem,
        number=WORDS,
        product=PRODUCT.map(lambda one: replace(one, others=())),
        quantity=QUANTITY,
        unit=CODE,
        ordered=st.none() | QUANTITY,
        ordered_unit=st.sampled_from(["", "EA"]),
        status=st.sampled_from(["", "AC"]),
        lots=lots(how),
        serials=st.lists(WORDS, max_size=2).map(tuple),
    )
    marks = st.lists(
        st.tuples(st.just("GM"), digits(18)) | st.tuples(st.just("CP"), WORDS), max_size=2
    )
    items = st.builds(Level, kind=st.just("I"), item=item, references=REFERENCES, days=DTM)
    packs = st.builds(
        Level,
        kind=st.sampled_from(["P", "T"]),
        children=st.lists(items, max_size=2).map(tuple),
        marks=marks.map(tuple),
    )
    ordered = st.builds(
        Level,
        kind=st.just("O"),
        children=st.lists(packs | items, max_size=2).map(tuple),
        order=st.none() | st.builds(OrderShipped, WORDS, MAYBE, st.none() | DAYS),
        references=REFERENCES,
    )
    packages = st.builds(
        Packages,
        kind=CODE,
        count=st.none() | QUANTITY,
        weight_kind=st.just("G"),
        weight=st.none() | QUANTITY,
        weight_unit=st.just("LB"),
    )
    shipment = st.builds(
        Level,
        kind=st.just("S"),
        children=st.lists(ordered, max_size=2).map(tuple),
        packages=st.lists(packages, max_size=1).map(tuple),
        carriers=st.lists(
            st.builds(Carrier, st.just("2"), CODE, st.just("M"), MAYBE), max_size=1
        ).map(tuple),
        parties=parties(),
        references=REFERENCES,
        days=DTM,
    )
    return st.builds(
        ShipNotice,
        shipment=WORDS,
        sent_on=DAYS,
        levels=st.lists(shipment, max_size=2).map(tuple),
        sent_at=st.none() | st.times().map(lambda one: time(one.hour, one.minute, one.second)),
        references=REFERENCES,
        days=DTM,
        control=st.just("0001"),
    )
