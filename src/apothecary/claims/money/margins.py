"""What a fill leaves before it is sold: plan pays + patient pays − its goods (`costs`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from apothecary.claims.models import Claim
from apothecary.claims.money.costs import unit_costs
from apothecary.claims.states import ClaimState, Kind
from apothecary.drugs.pricing import UnitPrice, cost_usd, margin
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import FillState

PAID = (ClaimState.PAID.value,)
CASH = "paid by the patient"
TO_BE_SOLD = tuple(
    state.value
    for state in (FillState.WAITING, FillState.FILLING, FillState.CHECK, FillState.READY)
)
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class FillMargin:
    """What is left of one fill, in dollars; none where a part of it is not known."""

    cost_usd: Decimal | None
    plan_usd: Decimal
    patient_usd: Decimal | None
    price: UnitPrice | None

    @property
    def left_usd(self) -> Decimal | None:
        """Plan pays + patient pays − cost."""
        if self.cost_usd is None or self.patient_usd is None:
            return None
        return margin(sale_usd=self.plan_usd + self.patient_usd, cost_usd=self.cost_usd).usd

    @property
    def is_under_water(self) -> bool:
        """Whether it is sold below cost, as far as is known."""
        return self.left_usd is not None and self.left_usd < 0

    @property
    def says(self) -> str:
        """The line of the claim page, with the source of its cost."""
        if self.price is None:
            return "No invoice and no reference price: what it leaves is not known."
        if self.left_usd is None:
            return f"It costs ${self.cost_usd}; what the patient pays is not known yet."
        parts = f"plan ${self.plan_usd} + patient ${self.patient_usd} − cost ${self.cost_usd}"
        source = f"{self.price.source} {self.price.since:%m/%d/%Y}"
        word = "Below cost" if self.is_under_water else "Leaves"
        sign = "−" if self.left_usd < 0 else ""
        return f"{word}: {parts} ({source}) = {sign}${abs(self.left_usd)}"


def margin_of(fill: Fill) -> FillMargin:
    """What this fill leaves (3 queries; its package is loaded)."""
    plan = {fill.pk: NOTHING}
    rows = paid_claims(fill.pharmacy_id).filter(fill=fill)
    for paid in rows.exclude(paid_usd=None).values_list("paid_usd", flat=True):
        plan[fill.pk] += paid or NOTHING
    return margins([fill], plan, on={fill.pk: fill.created_at.date()})[fill.pk]


def margins(
    fills: Iterable[Fill], plan: dict[int, Decimal], *, on: dict[int, date]
) -> dict[int, FillMargin]:
    """What each fill leaves, given what its plans pay and its day of service (2 queries)."""
    fills = list(fills)
    prices = unit_costs(fills, on=on)
    found = {}
    for fill in fills:
        price = prices.get(fill.pk)
        cost = cost_usd(price, fill.quantity, fill.package.unit)
        patient = fill.price_usd if fill.pay == PayKind.CASH else fill.copay_usd
        known = price if cost is not None else None
        found[fill.pk] = FillMargin(cost, plan.get(fill.pk, NOTHING), patient, known)
    return found


def margins_of(*, pharmacy_id: int, fill_ids: Iterable[int]) -> list[tuple[Fill, FillMargin]]:
    """What each of these fills leaves, in the order of their ids (4 queries)."""
    rows = Fill.objects.filter(pharmacy_id=pharmacy_id, pk__in=list(fill_ids))
    fills = list(rows.select_related("prescription", "package__product").order_by("pk"))
    plan: dict[int, Decimal] = {}
    on = {fill.pk: fill.created_at.date() for fill in fills}
    for pk, usd, day in (
        paid_claims(pharmacy_id)
        .filter(fill__in=fills)
        .values_list("fill_id", "paid_usd", "service_on")
    ):
        plan[pk], on[pk] = plan.get(pk, NOTHING) + (usd or NOTHING), day
    found = margins(fills, plan, on=on)
    return [(fill, found[fill.pk]) for fill in fills]


def paid_claims(pharmacy_id: int) -> QuerySet[Claim]:
    """Billings that stand as paid."""
    return Claim.objects.filter(
        pharmacy_id=pharmacy_id, kind=Kind.BILLING.value, state__in=PAID
    )


@dataclass(frozen=True, slots=True)
class UnderWater:
    """A fill in the house that is paid below its cost."""

    fill: Fill
    plan: str
    margin: FillMargin

    @property
    def is_billed(self) -> bool:
        """Whether a plan pays for it: then it has a page among the claims."""
        return self.plan != CASH


def under_water(*, pharmacy_id: int) -> list[UnderWater]:
    """Fills that are paid and not sold yet, and cost more than they bring; worst first.

    What plans pay for and what the patient pays alone (4 queries).
    """
    claims = (
        paid_claims(pharmacy_id)
        .filter(sold_as_billed=False, closed_at=None)
        .select_related("fill__prescription", "fill__patient", "fill__package__product")
        .order_by("payer")
    )
    fills: dict[int, Fill] = {}
    plan: dict[int, Decimal] = {}
    names: dict[int, str] = {}
    on: dict[int, date] = {}
    for claim in claims:
        pk = claim.fill_id
        fills.setdefault(pk, claim.fill)
        plan[pk] = plan.get(pk, NOTHING) + (claim.paid_usd or NOTHING)
        names.setdefault(pk, claim.plan_name)
        on[pk] = claim.service_on
    for fill in cash_in_the_house(pharmacy_id):
        if fills.setdefault(fill.pk, fill) is fill:
            names[fill.pk], on[fill.pk] = CASH, fill.created_at.date()
    found = margins(fills.values(), plan, on=on)
    rows = [
        UnderWater(fill, names[pk], found[pk])
        for pk, fill in fills.items()
        if found[pk].is_under_water
    ]
    return sorted(rows, key=lambda row: row.margin.left_usd or NOTHING)


def cash_in_the_house(pharmacy_id: int) -> QuerySet[Fill]:
    """What the patient pays alone, priced and not sold yet."""
    rows = Fill.objects.select_related("prescription", "patient", "package__product")
    return rows.filter(pharmacy_id=pharmacy_id, pay=PayKind.CASH, state__in=TO_BE_SOLD)


def losses_by(rows: Iterable[UnderWater], *, product: bool) -> list[tuple[str, Decimal]]:
    """What is lost by payer or by product, the most first; amounts above zero."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        name = row.fill.package.product.name if product else row.plan
        sums[name] = sums.get(name, NOTHING) - (row.margin.left_usd or NOTHING)
    return sorted(sums.items(), key=lambda one: (-one[1], one[0]))
