"""Two people at once: one loss, one judgement that moves the books, one notice, one form."""

from functools import partial

import pytest

from apothecary.config.tests.world_days import TODAY
from apothecary.staff.duties import Role
from apothecary.stock.models import Move
from apothecary.vault.book.tests.hands import on_hand
from apothecary.vault.book.tests.test_at_once import at_once, proved
from apothecary.vault.losses.filing import Filed, file_form
from apothecary.vault.losses.judging import judge_loss
from apothecary.vault.losses.models import Form106, Loss, LossNotice
from apothecary.vault.losses.noticing import give_notice
from apothecary.vault.losses.tests.hands import (
    drafted,
    judged,
    reported,
    said,
    sent,
)

pytestmark = pytest.mark.django_db(transaction=True)


def two(town, act):
    """The pharmacist and the one in charge do the same at the same instant."""
    people = (town.pharmacist, town.workers[Role.IN_CHARGE])
    return at_once(town, [partial(act, by) for by in people])


def test_two_who_find_the_same_write_it_down_once(town):
    lot = town.receive("oxycodone", "100")
    assert two(town, lambda by: reported(town, lot=lot, by=by)) == ["done", "named-twice"]
    assert Loss.objects.count() == 1


def test_two_who_judge_one_loss_take_it_out_of_the_books_once(town):
    lot = town.receive("oxycodone", "100")
    loss = reported(town, lot=lot)
    two(town, lambda by: judge_loss(by=by, loss_id=loss.pk, said=said()))
    assert on_hand(town, lot) == 88
    assert Move.objects.filter(posting__key=f"loss {loss.pk}").count() == 1
    assert proved(town) == []


def test_two_who_tell_dea_tell_it_once_and_file_one_first_report(town):
    loss = judged(town, reported(town))
    told = two(town, lambda by: give_notice(by=by, loss_id=loss.pk, sent=sent()))
    assert told == ["done", "loss-state"]
    assert LossNotice.objects.count() == 1
    drafted(town, loss)
    filed = two(town, lambda by: file_form(by=by, loss_id=loss.pk, filed=Filed(TODAY, "TL-1")))
    # The second is an amendment, and an amendment says what it changes.
    assert filed == ["done", "no-reason"]
    assert Form106.objects.count() == 1


def test_two_losses_at_once_have_two_numbers(town):
    lots = iter([town.receive("oxycodone", "100"), town.receive("alprazolam", "30")])
    taken = {by: next(lots) for by in (town.pharmacist, town.workers[Role.IN_CHARGE])}
    assert two(town, lambda by: reported(town, lot=taken[by], by=by)) == ["done", "done"]
    assert sorted(Loss.objects.values_list("number", flat=True)) == [1, 2]
