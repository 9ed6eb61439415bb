"""What was judged about a fill: kept by code, fallen with its facts, shared by the parts."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from apothecary.journal.deeds import Deed
from apothecary.prescriptions.judgements import judge_anew, judged, note_judgement
from apothecary.prescriptions.models import Judgement
from apothecary.prescriptions.parting import give_part
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.signon import stand_in

DD, TD = ("DD", "M0", "1G"), ("TD", "P0", "1B")


@pytest.fixture
def fill(pharmacy):
    pharmacy.receive("lisinopril", "100")
    return pharmacy.enter()


def note(world, fill, codes, *, about="facts"):
    note_judgement(by=world.pharmacist, fill_id=fill.pk, about=about, codes=codes)


def test_judgements_are_read_in_the_order_they_were_made(pharmacy, fill):
    note(pharmacy, fill, TD, about="b")
    note(pharmacy, fill, DD, about="a")
    assert judged(fill) == [TD, DD]
    assert judged(pharmacy.enter("metformin")) == []


def test_what_no_payer_has_a_code_for_leaves_nothing(pharmacy, fill):
    note(pharmacy, fill, ("", "M0", "1G"))
    assert Judgement.objects.count() == 0


def test_the_same_facts_are_judged_once(pharmacy, fill):
    note(pharmacy, fill, DD)
    with pytest.raises(IntegrityError, match="judgement_once"), transaction.atomic():
        note(pharmacy, fill, TD)


def test_a_judgement_falls_with_its_facts_and_stands_again_with_them(pharmacy, fill):
    note(pharmacy, fill, DD, about="interaction")
    note(pharmacy, fill, TD, about="double")
    judge_anew(fill, found=["double"])
    assert judged(fill) == [TD]
    judge_anew(fill, found=["double", "interaction"])
    assert judged(fill) == [DD, TD]
    judge_anew(fill, found=[])
    assert judged(fill) == []
    assert Judgement.objects.count() == 2


def test_judging_one_fill_anew_leaves_the_others(pharmacy, fill):
    other = pharmacy.enter("metformin")
    note(pharmacy, fill, DD)
    judge_anew(other, found=[])
    assert judged(fill) == [DD]


def test_what_was_judged_of_the_whole_holds_for_every_part(pharmacy, fill):
    note(pharmacy, fill, DD)
    advance(fill, FillState.WAITING, by=pharmacy.system, did=Deed.FILL_MOVED)
    balance = give_part(
        by=pharmacy.technician, fill_id=fill.pk, quantity_now=Decimal(12), because="short"
    )
    assert judged(balance) == [DD]


def test_another_pharmacy_sees_no_judgement_of_ours(pharmacy, fill):
    note(pharmacy, fill, DD)
    stand_in(pharmacy.other.pk)
    assert judged(fill) == []
    stand_in(pharmacy.pharmacy.pk)
