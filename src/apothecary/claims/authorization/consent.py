"""The number a claim may carry, and carrying a fresh one to the claim that waits for it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from apothecary.claims.authorization.rules import usable_on
from apothecary.claims.authorization.states import AuthorizationState
from apothecary.claims.models import Claim, PriorAuthorization
from apothecary.claims.states import ClaimState
from apothecary.claims.states import Kind as ClaimKind

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Consent:
    """An authorization as a claim sees it; ``why_not`` is empty when it may be sent."""

    authorization_id: int
    number: str
    why_not: str
    left: Decimal | None


def with_used() -> Subquery:
    """The units paid under an authorization's number with its card, as a subquery."""
    paid = (
        Claim.objects.filter(
            coverage_id=OuterRef("coverage_id"),
            prior_authorization=OuterRef("number"),
            kind=ClaimKind.BILLING.value,
            state=ClaimState.PAID.value,
        )
        .exclude(prior_authorization="")
        .order_by()
        .values("coverage_id")
        .annotate(units=Sum("quantity"))
        .values("units")
    )
    return Subquery(paid)


def left_of(authorization: PriorAuthorization, used: Decimal) -> Decimal | None:
    """The units that are left of what was granted; none when no number was set to it."""
    return None if authorization.quantity is None else authorization.quantity - used


def consents_for(
    *, prescription_id: int, coverage_id: int, on: date, quantity: Decimal
) -> list[Consent]:
    """The payer's consents to a prescription on a card, usable ones first (1 query)."""
    rows = (
        PriorAuthorization.objects.filter(
            prescription_id=prescription_id,
            coverage_id=coverage_id,
            state__in=[AuthorizationState.APPROVED.value, AuthorizationState.EXPIRED.value],
        )
        .annotate(used=Coalesce(with_used(), NOTHING))
        .order_by(F("until_on").desc(nulls_first=True), "-pk")
    )
    found = []
    for row in rows:
        left = left_of(row, row.used)
        why = usable_on(
            on=on, from_on=row.from_on, until_on=row.until_on, left=left, need=quantity
        )
        if row.state == AuthorizationState.EXPIRED and not why:
            why = "it has ended"
        found.append(Consent(row.pk, row.number, why, left))
    return sorted(found, key=lambda one: bool(one.why_not))


def consent_for(
    *, prescription_id: int, coverage_id: int, on: date, quantity: Decimal
) -> str | None:
    """The number a claim of that day carries (1 query).

    None: this house knows of no authorization, and what earlier claims carried stands. Empty:
    there is one, and it may not be sent: it is past its day, used up, or not begun.
    """
    found = consents_for(
        prescription_id=prescription_id, coverage_id=coverage_id, on=on, quantity=quantity
    )
    if not found:
        return None
    return "" if found[0].why_not else found[0].number
