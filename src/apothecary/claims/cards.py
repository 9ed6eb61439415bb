"""Which cards are asked for a fill, first to last."""

from collections.abc import Sequence
from datetime import date

from django.db.models import OuterRef, Q, Subquery

from apothecary.claims.models import BillTo
from apothecary.law.payers import in_order
from apothecary.patients.models import Coverage, CoverageKind
from apothecary.prescriptions.models import Fill
from apothecary.staff.worker import Worker

# An injury at work, Part B and a discount card pay for what they were made for and nothing
# else: they are asked where somebody chose them for the fill.
BY_THEMSELVES = frozenset(
    {
        CoverageKind.COMMERCIAL.value,
        CoverageKind.MEDICARE_D.value,
        CoverageKind.MEDICAID.value,
        CoverageKind.COUPON.value,
    }
)


def cards_of(fill: Fill, *, by: Worker) -> list[Coverage]:
    """The cards that are good on the day and asked for this fill, first to last (1 query).

    What somebody chose for the fill goes before the cards' own order.
    """
    chosen = BillTo.objects.filter(fill_id=fill.pk, coverage=OuterRef("pk")).values("payer")
    good = (
        Coverage.objects.filter(
            Q(starts_on=None) | Q(starts_on__lte=by.today),
            Q(ends_on=None) | Q(ends_on__gte=by.today),
            pharmacy_id=by.pharmacy_id,
            patient_id=fill.patient_id,
        )
        .annotate(chosen=Subquery(chosen[:1]))
        .order_by("chosen", "order")
    )
    rows = list(good)
    picked: list[Coverage] = [card for card in rows if card.chosen is not None]
    return picked or asked_by_themselves(rows, on=by.today)


def good_on(card: Coverage, day: date) -> bool:
    """Whether the card may be billed on that day."""
    begun = card.starts_on is None or card.starts_on <= day
    return begun and (card.ends_on is None or day <= card.ends_on)


def asked_by_themselves(cards: Sequence[Coverage], *, on: date) -> list[Coverage]:
    """The cards that need nobody's choice, in the order the law leaves."""
    usual = [card for card in cards if card.kind in BY_THEMSELVES]
    return [usual[place] for place in in_order([card.kind for card in usual], on=on)]
