"""What one claim bills of a fill that was given in parts.

The first part is billed as P with what was intended, the rest as C, which names the part it
completes (343-HD, 344-HF, 345-HG, 456-EN, 457-EP). The first fill of the parts carries the
price of the whole; each claim asks its share, and the shares are the whole to the cent.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Exists, F, OuterRef, Q

from apothecary.claims.building import CENTS, Part, Price, price_of
from apothecary.claims.models import Claim
from apothecary.claims.rules import NO_PARTS
from apothecary.claims.states import BILLED_ANEW, COMPLETION, LIVE, PARTIAL, ClaimState, Kind
from apothecary.law.problem import refuse
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import FillState

GIVEN_UP = [FillState.CANCELLED.value, FillState.RETURNED.value]
# From here on a part is given out, or was; before, nobody knows whether it ever will be.
ON_ITS_WAY = [
    FillState.WAITING.value,
    FillState.FILLING.value,
    FillState.CHECK.value,
    FillState.READY.value,
    FillState.SOLD.value,
]
IN_THE_HOUSE = [state for state in ON_ITS_WAY if state != FillState.SOLD.value]
LIVE_STATES = sorted(state.value for state in LIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What one claim asks for: quantity in the billing unit, days, price, and which part."""

    quantity: Decimal
    days: int
    price: Price
    part: Part | None = None
    completes: Claim | None = None


def slice_of(fill: Fill, *, fee_usd: Decimal, payer: int = 1) -> Slice | None:
    """What a claim of this fill asks for, or none: it was paid for with an earlier part.

    No query for a whole fill, at most three for one in parts. Refuses what the plan wants
    whole as long as not all of it is given.
    """
    if fill.part == 1 and fill.quantity == fill.prescription.quantity:
        price = price_of(price_usd=fill.price_usd, fee_usd=fee_usd)
        return Slice(quantity=fill.quantity, days=fill.days_supply, price=price)
    parts = list(Fill.objects.filter(prescription_id=fill.prescription_id, number=fill.number))
    whole = Whole.of(parts, fee_usd=fee_usd)
    given = [part for part in parts if part.state not in GIVEN_UP and part.pk != fill.pk]
    partial = partial_of(fill, payer=payer)
    if partial is not None:
        rest = [part for part in given if part.part > partial.fill.part]
        return whole.completing(partial, [*rest, fill])
    if refused_parts(fill):
        return whole.entire([*given, fill])
    if not given:
        return whole.alone(fill) if whole.price.usual_and_customary_usd else None
    return whole.first(fill) if fill.price_usd else None


def refused_parts(fill: Fill) -> bool:
    """Whether the payer has said that it takes no parts (1 query)."""
    return Claim.objects.filter(fill_id=fill.pk, codes__contains=[NO_PARTS]).exists()


def partial_of(fill: Fill, *, payer: int) -> Claim | None:
    """The first part, paid by this payer, that a claim of this fill completes (1 query)."""
    return (
        Claim.objects.filter(
            fill__prescription_id=fill.prescription_id,
            fill__number=fill.number,
            kind=Kind.BILLING.value,
            payer=payer,
            state=ClaimState.PAID.value,
            part=PARTIAL,
        )
        .exclude(fill_id=fill.pk)
        .exclude(fill__state__in=GIVEN_UP)
        .exclude(completed_by__state__in=LIVE_STATES)
        .select_related("fill__prescription")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Whole:
    """All parts of a fill together, called off or not: what was intended and its price."""

    quantity: Decimal
    days: int
    price: Price

    @classmethod
    def of(cls, parts: list[Fill], *, fee_usd: Decimal) -> "Whole":
        """The sum of the parts."""
        price_usd = sum((part.price_usd for part in parts), Decimal(0))
        return cls(
            quantity=sum((part.quantity for part in parts), Decimal(0)),
            days=sum(part.days_supply for part in parts),
            price=price_of(price_usd=price_usd, fee_usd=fee_usd),
        )

    def share(self, quantity: Decimal, *, fee_usd: Decimal) -> Price:
        """The price of so much of the whole, in cents, with that fee."""
        cost = self.price.ingredient_cost_usd * quantity / self.quantity
        cost = cost.quantize(CENTS, ROUND_HALF_UP)
        return Price(
            ingredient_cost_usd=cost,
            dispensing_fee_usd=fee_usd,
            usual_and_customary_usd=cost + fee_usd,
        )

    def alone(self, fill: Fill) -> Slice:
        """The other parts are called off: this one is a fill of its own, with the fee."""
        price = self.share(fill.quantity, fee_usd=self.price.dispensing_fee_usd)
        return Slice(quantity=fill.quantity, days=fill.days_supply, price=price)

    def entire(self, given: list[Fill]) -> Slice:
        """The plan takes no parts: all of it at once, when all of it is on its way."""
        there = sum((part.quantity for part in given if part.state in ON_ITS_WAY), Decimal(0))
        if there < self.quantity:
            says = "The plan takes no parts: bill the whole when the rest is on its way."
            raise refuse(says, code="claim-part")
        return Slice(quantity=self.quantity, days=self.days, price=self.price)

    def first(self, fill: Fill) -> Slice:
        """The first part, with the fee of the whole."""
        return Slice(
            quantity=fill.quantity,
            days=fill.days_supply,
            price=self.share(fill.quantity, fee_usd=self.price.dispensing_fee_usd),
            part=Part(status=PARTIAL, quantity_intended=self.quantity, days_intended=self.days),
        )

    def completing(self, partial: Claim, rest: list[Fill]) -> Slice:
        """What the first part left; the last of it asks for what is left to the cent."""
        quantity = sum((part.quantity for part in rest), Decimal(0))
        first = partial.fill
        if first.quantity + quantity == self.quantity:
            left = self.price.gross_due_usd - partial.submitted_usd
            price = Price(
                ingredient_cost_usd=left,
                dispensing_fee_usd=Decimal("0.00"),
                usual_and_customary_usd=left,
            )
        else:
            price = self.share(quantity, fee_usd=Decimal("0.00"))
        return Slice(
            quantity=quantity,
            days=sum(part.days_supply for part in rest),
            price=price,
            part=Part(
                status=COMPLETION,
                quantity_intended=self.quantity,
                days_intended=self.days,
                completes_number=first.prescription.number,
                completes_on=partial.service_on,
            ),
            completes=partial,
        )


# Billed for what the fill held before it was parted, or of a part that is not given out.
NOT_AS_GIVEN = Q(quantity__isnull=False) & ~Q(quantity=F("fill__quantity"))
COMPLETES_NOTHING = (
    Q(completes__quantity__isnull=False)
    & ~Q(completes__quantity=F("completes__fill__quantity"))
) | Q(completes__fill__state__in=GIVEN_UP)


# An earlier part's claim after which the rest is billed too: it is out, or will be sent again,
# or is paid as a part, or is about to be taken back and billed as one.
TO_BE_COMPLETED = (
    Q(state__in=[ClaimState.OUT, ClaimState.UNANSWERED, ClaimState.REVERSING])
    | Q(state=ClaimState.REJECTED, closed_at=None)
    | Q(state=ClaimState.REVERSED, closing__in=sorted(one.value for one in BILLED_ANEW))
    | Q(state=ClaimState.PAID, part=PARTIAL, closed_at=None)
    | (Q(state=ClaimState.PAID) & NOT_AS_GIVEN)
)


def parted_since(pharmacy_id: int, limit: int) -> list[tuple[int, int]]:
    """Claims taken back to be billed anew beside their fills' way, with the fills (1 query).

    Of several payers the first: it is taken back last, and the others follow its answer. A
    completion waits until the part it named is back too, or it would be named again.
    """
    parted = Claim.objects.filter(
        pharmacy_id=pharmacy_id,
        payer=1,
        state=ClaimState.REVERSED.value,
        closing__in=sorted(closing.value for closing in BILLED_ANEW),
    )
    waits = Q(completes__state__in=LIVE_STATES) & COMPLETES_NOTHING
    return list(parted.exclude(waits).order_by("pk").values_list("pk", "fill_id")[:limit])


def nothing_to_bill(pharmacy_id: int) -> int:
    """Say of balances that no plan will be asked about that they cost nothing more (1 query).

    What the first part was paid for in cash, by a plan that takes no parts, or by a part given
    later: how many they were. Everything else waits for its claim, which names the copay.
    """
    earlier = Claim.objects.filter(
        fill__prescription_id=OuterRef("prescription_id"),
        fill__number=OuterRef("number"),
        fill__part__lt=OuterRef("part"),
        kind=Kind.BILLING.value,
        payer=1,
    )
    later = Fill.objects.filter(
        prescription_id=OuterRef("prescription_id"),
        number=OuterRef("number"),
        part__gt=OuterRef("part"),
    ).exclude(state__in=GIVEN_UP)
    return Fill.objects.filter(
        Exists(later) | ~Exists(earlier.filter(TO_BE_COMPLETED)),
        ~Exists(Claim.objects.filter(fill_id=OuterRef("pk"), kind=Kind.BILLING.value)),
        pharmacy_id=pharmacy_id,
        state__in=IN_THE_HOUSE,
        part__gt=1,
        pay=PayKind.PLAN.value,
        copay_usd=None,
    ).update(copay_usd=Decimal(0))


def to_complete(pharmacy_id: int, limit: int) -> list[tuple[int, int]]:
    """Paid first parts whose rest is on its way, all of it, with the last part (1 query)."""
    rest = Fill.objects.filter(
        prescription_id=OuterRef("fill__prescription_id"),
        number=OuterRef("fill__number"),
        part__gt=OuterRef("fill__part"),
        pay=PayKind.PLAN.value,
    ).exclude(state__in=GIVEN_UP)
    last = rest.filter(state__in=ON_ITS_WAY).order_by("-part").values("pk")[:1]
    open_partials = (
        Claim.objects.filter(
            Exists(rest),
            ~Exists(rest.exclude(state__in=ON_ITS_WAY)),
            pharmacy_id=pharmacy_id,
            payer=1,
            state=ClaimState.PAID.value,
            part=PARTIAL,
            closed_at=None,
        )
        .annotate(last=last)
        .order_by("pk")
    )
    return list(open_partials.values_list("pk", "last")[:limit])
