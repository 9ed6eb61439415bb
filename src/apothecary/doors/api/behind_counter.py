"""Behind the counter: what stands there, what a buyer may still have, sales, the log."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.prescriptions import REFUSALS, package_of
from apothecary.doors.api.said import Day, Id, Sent, Word
from apothecary.doors.api.schemas import ProblemOut
from apothecary.doors.asking import worker_of
from apothecary.law.problem import Problem, refuse
from apothecary.law.tables import Row
from apothecary.pickup.behind_counter import queries
from apothecary.pickup.behind_counter.certifying import Certified, certify
from apothecary.pickup.behind_counter.models import CounterRefusal, CounterSale
from apothecary.pickup.behind_counter.rules import MOST_PACKAGES, Buyer
from apothecary.pickup.behind_counter.selling import sell_behind_counter
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.vault.inspection import days_asked

router = Router(tags=["behind the counter"])
MOST_LINES = 50
MOST_ROWS = 1_000


class BuyerIn(Sent):
    """Who buys, as asked and shown; ``signature`` as the pad sends it."""

    name: Word
    address: Word = ""
    born_on: Day | None = None
    id_kind: Word = ""
    id_number: Word = ""
    id_issuer: Word = ""
    id_until: Day | None = None
    known: bool = False
    log_number: Word = ""
    signature: str = Field("", max_length=100_000)

    def buyer(self) -> Buyer:
        return Buyer(
            name=self.name,
            address=self.address,
            born_on=self.born_on,
            id_kind=self.id_kind,
            id_number=self.id_number,
            id_issuer=self.id_issuer,
            id_until=self.id_until,
            known=self.known,
            log_number=self.log_number,
            signature=self.signature,
        )


class CounterLineIn(Sent):
    """Whole packages of one product."""

    ndc: Word
    packages: int = Field(ge=1, le=MOST_PACKAGES)


class CounterSaleIn(Sent):
    """One sale to one buyer; the same ``key`` sells once."""

    key: Word
    lines: list[CounterLineIn] = Field(min_length=1, max_length=MOST_LINES)
    buyer: BuyerIn


class CertificateIn(Sent):
    """The store's certificate of itself, and what it found its state to say."""

    number: Word
    certified_on: Day
    trained_on: Day
    listed_word: str = Field("", max_length=1_000)
    exempt_word: str = Field("", max_length=1_000)


class StandsOut(Schema):
    """A product behind the counter; ``problems`` are why it is not sold."""

    package_id: int
    ndc: str
    name: str
    strength: str
    quantity: Decimal
    unit: str
    grams_base: Decimal
    exempt: bool
    packages: int
    problems: list[ProblemOut]


class CounterLineOut(Schema):
    ndc: str
    name: str
    packages: int
    quantity: Decimal
    unit: str
    grams_base: Decimal
    lots: str


class CounterSaleOut(Schema):
    """An entry of the logbook or the bound book; the signature stays in the book."""

    id: int
    kind: str
    at: datetime
    sold_on: date
    by: str
    buyer: str
    born_on: date
    address: str
    shown: str
    log_number: str
    grams_base: Decimal
    lines: list[CounterLineOut]


class RoomOut(Schema):
    """What a buyer has had, and may still have today, in grams of base."""

    today_grams: Decimal
    month_grams: Decimal
    left_grams: Decimal
    days: int
    sales: int


class CounterRefusalOut(Schema):
    id: int
    at: datetime
    by: str
    buyer: str
    born_on: date | None
    id_number: str
    asked: str
    because: str


class StateRowOut(Schema):
    says: str
    value: str
    unit: str
    cite: str
    verified: str


class StoreOut(Schema):
    """The store's certificate, why it may not sell, and what its state asks."""

    number: str
    certified_on: date | None
    trained_on: date | None
    problems: list[ProblemOut]
    state: list[StateRowOut]
    unknown: list[ProblemOut]


def problems_out(problems: Sequence[Problem]) -> list[ProblemOut]:
    """Reasons as programs read them."""
    return [
        ProblemOut(
            says=one.says, cite=one.cite, code=one.code, field=one.field, verified=one.verified
        )
        for one in problems
    ]


def stands_out(line: queries.Stands) -> StandsOut:
    """A product as programs see it."""
    package = line.package
    return StandsOut(
        package_id=package.pk,
        ndc=package.ndc,
        name=package.product.name,
        strength=package.product.strength_said,
        quantity=package.quantity,
        unit=package.unit,
        grams_base=line.grams_base,
        exempt=line.contents.exempt,
        packages=line.packages,
        problems=problems_out(line.contents.problems),
    )


def sale_out(sale: CounterSale) -> CounterSaleOut:
    """An entry as programs see it."""
    shown = ", ".join(part for part in (sale.id_kind, sale.id_number, sale.id_issuer) if part)
    lines = [
        CounterLineOut(
            ndc=line.package.ndc,
            name=f"{line.package.product.name} {line.package.product.strength_said}".strip(),
            packages=line.packages,
            quantity=line.quantity,
            unit=line.package.unit,
            grams_base=line.grams_base,
            lots=line.lots,
        )
        for line in sale.lines.all()
    ]
    return CounterSaleOut(
        id=sale.pk,
        kind=sale.kind,
        at=sale.at,
        sold_on=sale.sold_on,
        by=sale.by.name,
        buyer=sale.buyer,
        born_on=sale.born_on,
        address=sale.address,
        shown=shown,
        log_number=sale.log_number,
        grams_base=sale.grams_base,
        lines=lines,
    )


def refusal_out(row: CounterRefusal) -> CounterRefusalOut:
    """A refused sale as programs see it."""
    return CounterRefusalOut(
        id=row.pk,
        at=row.at,
        by=row.by.name,
        buyer=row.buyer,
        born_on=row.born_on,
        id_number=row.id_number,
        asked=row.asked,
        because=row.because,
    )


def row_out(row: Row) -> StateRowOut:
    """A row of state law with where it stands and how well it is known."""
    return StateRowOut(
        says=row.says,
        value=str(row.value),
        unit=row.unit,
        cite=row.cite,
        verified=row.verified,
    )


@router.get("/counter/items", response={200: list[StandsOut], **REFUSALS})
def items(request: HttpRequest) -> list[StandsOut]:
    """What stands behind the counter, with the base in each package."""
    by = worker_of(request)
    by.must(Duty.SELL_BEHIND_COUNTER)
    return [stands_out(line) for line in queries.standing(by)]


@router.get("/counter/store", response={200: StoreOut, **REFUSALS})
def store(request: HttpRequest) -> StoreOut:
    """Whether this store may sell, and what its state asks."""
    by = worker_of(request)
    by.must(Duty.SELL_BEHIND_COUNTER)
    found = queries.store(by)
    held = found.certificate
    return StoreOut(
        number=held.number if held else "",
        certified_on=held.certified_on if held else None,
        trained_on=held.trained_on if held else None,
        problems=problems_out(found.problems),
        state=[row_out(row) for row in found.rows],
        unknown=problems_out(found.unknown),
    )


@router.post("/counter/certificates", response={200: int, **REFUSALS})
def certificate(request: HttpRequest, sent: CertificateIn) -> int:
    """Put the store's self-certification on file; answers its id."""
    given = Certified(
        certified_on=sent.certified_on,
        number=sent.number,
        trained_on=sent.trained_on,
        listed_word=sent.listed_word,
        exempt_word=sent.exempt_word,
    )
    return int(certify(by=worker_of(request), given=given).pk)


@router.post("/counter/room", response={200: RoomOut, **REFUSALS})
def room(request: HttpRequest, sent: BuyerIn) -> RoomOut:
    """What a buyer has had and may still have; asked by POST, since no address names people."""
    by = worker_of(request)
    by.must(Duty.SELL_BEHIND_COUNTER)
    buyer = sent.buyer()
    if not (buyer.paper or (buyer.folded and buyer.born_on)):
        says = "Who buys? With name and birth date, or by the paper that was shown."
        raise refuse(says, field="name", code="missing")
    found = queries.room_of(buyer, by=by)
    return RoomOut(
        today_grams=found.today,
        month_grams=found.month,
        left_grams=found.left,
        days=found.days,
        sales=len(found.sales),
    )


@router.post("/counter/sales", response={200: CounterSaleOut, **REFUSALS})
def sell(request: HttpRequest, sent: CounterSaleIn) -> CounterSaleOut:
    """Sell to one buyer, once per key, or answer every reason why not."""
    by = worker_of(request)
    by.must(Duty.SELL_BEHIND_COUNTER)
    wanted: dict[int, int] = {}
    for line in sent.lines:
        package = package_of(line.ndc)
        wanted[package.pk] = wanted.get(package.pk, 0) + line.packages
    made = sell_behind_counter(by=by, wanted=wanted, buyer=sent.buyer.buyer(), key=sent.key)
    return one_sale(by.pharmacy_id, made.pk)


@router.get("/counter/sales", response={200: list[CounterSaleOut], **REFUSALS})
def sales(request: HttpRequest, first: Word = "", last: Word = "") -> list[CounterSaleOut]:
    """Both books of a period in their order; empty days are the last ninety."""
    by = worker_of(request)
    by.must(Duty.SELL_BEHIND_COUNTER)
    begins_on, ends_on = days_asked({"first": first, "last": last}, today=by.today)
    rows = queries.sales_between(by.pharmacy_id, begins_on, ends_on)
    return [sale_out(sale) for sale in rows[:MOST_ROWS]]


@router.get("/counter/sales/{sale_id}", response={200: CounterSaleOut, **REFUSALS})
def sale(request: HttpRequest, sale_id: Id) -> CounterSaleOut:
    """One entry."""
    by = worker_of(request)
    by.must(Duty.SELL_BEHIND_COUNTER)
    return one_sale(by.pharmacy_id, sale_id)


def one_sale(pharmacy_id: int, sale_id: int) -> CounterSaleOut:
    """An entry of this pharmacy (2 queries)."""
    found = queries.sale_here(pharmacy_id, sale_id)
    if found is None:
        raise refuse("No such sale here.", code="no-sale")
    return sale_out(found)


@router.get("/counter/refusals", response={200: list[CounterRefusalOut], **REFUSALS})
def refusals(
    request: HttpRequest, first: Word = "", last: Word = ""
) -> list[CounterRefusalOut]:
    """The refused sales of a period in their order."""
    by = worker_of(request)
    by.must(Duty.SELL_BEHIND_COUNTER)
    begins_on, ends_on = days_asked({"first": first, "last": last}, today=by.today)
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    rows = queries.refusals_between(pharmacy, begins_on, ends_on)
    return [refusal_out(row) for row in rows[:MOST_ROWS]]
