"""Whatever is lost, broken, judged and closed in whatever order: the ledger equals the book."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apothecary.config.tests.world_days import TODAY
from apothecary.law.problem import Refused
from apothecary.staff.worker import NotAllowed
from apothecary.stock.queries import book_faults
from apothecary.vault.book.perpetual import book_differences
from apothecary.vault.book.tests.hands import on_hand
from apothecary.vault.losses.ending import call_off, close_loss
from apothecary.vault.losses.judging import judge_loss
from apothecary.vault.losses.models import Loss
from apothecary.vault.losses.states import APART, Kind
from apothecary.vault.losses.tests.hands import broken, reported, said

UNITS = st.integers(1, 40).map(str)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("report"), st.sampled_from(list(Kind)), UNITS),
        st.tuples(st.just("judge"), st.booleans(), st.booleans()),
        st.tuples(st.just("break"), st.booleans(), st.booleans()),
        st.tuples(st.just("close"), st.booleans(), st.booleans()),
        st.tuples(st.just("call off"), st.booleans(), st.booleans()),
    ),
    min_size=4,
    max_size=16,
)


def attempt(act) -> bool:
    """Do it or be refused; a refusal must change nothing."""
    try:
        with transaction.atomic():
            act()
    except (Refused, NotAllowed):
        return False
    return True


def taken(loss: Loss) -> Decimal:
    """What of it left the shelf, as the loss itself says."""
    if loss.in_books_at is None:
        return Decimal(0)
    return sum((line.quantity for line in loss.lines.all()), Decimal(0))


def walk(world, lot, steps) -> None:
    """One sequence of acts on the last loss written down, by whoever is drawn."""
    for what, how, more in steps:
        last = Loss.objects.order_by("-id").first()
        by = world.pharmacist if more else world.technician
        if what == "report":
            attempt(lambda how=how, more=more: reported(world, how, lot=lot, units=more))
        elif last is None:
            continue
        elif what == "judge":
            kind = Kind.THEFT if Kind(last.kind) in APART else Kind(last.kind)
            judgement = said(kind, significant=how, in_custody=True)
            attempt(
                lambda by=by, last=last, judgement=judgement: judge_loss(
                    by=by, loss_id=last.pk, said=judgement
                )
            )
        elif what == "break":
            attempt(lambda last=last, how=how: broken(world, last, recoverable=how))
        else:
            end = close_loss if what == "close" else call_off
            attempt(lambda by=by, last=last, end=end: end(by=by, loss_id=last.pk, because="b"))


@pytest.mark.django_db
def test_the_ledger_equals_the_book_whatever_losses_are_posted(pharmacy):
    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(steps=STEPS)
    def proof(steps):
        point = transaction.savepoint()
        lot = pharmacy.receive("oxycodone", "100")
        walk(pharmacy, lot, steps)
        house = pharmacy.pharmacy.pk
        assert book_faults(pharmacy_id=house) == []
        assert book_differences(pharmacy_id=house, zone="America/Chicago", today=TODAY) == []
        losses = Loss.objects.prefetch_related("lines")
        assert on_hand(pharmacy, lot) == 100 - sum(taken(loss) for loss in losses)
        transaction.savepoint_rollback(point)

    proof()
