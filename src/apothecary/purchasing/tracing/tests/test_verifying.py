"""Asking whether packages were really made: asked once, answered, late, refused, unclear."""

from datetime import timedelta

import pytest
from django.db import Error, transaction

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.states import Source, Verdict, Why
from apothecary.purchasing.tracing.tests.cases import (
    NO,
    Talking,
    asks,
    at_the_door,
    identifier,
    shelved,
    told,
    units,
)
from apothecary.purchasing.tracing.verifying.asking import (
    GOOD_FOR,
    MOST_AT_ONCE,
    ask,
    is_answered,
    is_late,
    seller_of,
    verify_for_return,
)
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.purchasing.tracing.verifying.rules import ANSWER_WITHIN
from apothecary.purchasing.tracing.verifying.sending import take_answer
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Lot
from apothecary.wires.models import Outgoing, OutgoingState

A_SECOND, AN_HOUR = timedelta(seconds=1), timedelta(hours=1)


def row() -> Verification:
    return Verification.objects.get()


def outbox() -> Outgoing:
    return Outgoing.objects.get(about="verification")


def codes(refusal) -> list[str]:
    return [one.code for one in refusal.value.problems]


def test_the_question_waits_in_the_outbox_and_goes_to_whoever_sold_the_package(yard):
    told(yard, "S1")
    asked = ask(by=yard.by, asked=identifier())
    waits = outbox()
    assert (waits.party, waits.lane, waits.state) == ("verifier", "plains", "waiting")
    assert asked.due_at == yard.by.at + ANSWER_WITHIN
    assert not is_answered(asked)
    (line,) = history(pharmacy_id=asked.pharmacy_id, about=[("verification", asked.pk)])
    assert line.deed == Deed.VERIFICATION_ASKED


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, Talking().body, Verdict.VERIFIED),
        (200, NO, Verdict.NOT_VERIFIED),
        (422, b"no", Verdict.REFUSED),
        (200, b"?", Verdict.UNCLEAR),
    ],
)
def test_the_answer_is_kept_raw_with_what_it_says(yard, status, body, verdict):
    told(yard, "S1")
    ask(by=yard.by, asked=identifier())
    assert asks(yard, Talking(status, body), after=A_SECOND) == 1
    found = row()
    assert found.verdict == verdict
    assert found.answered_at == yard.by.at + A_SECOND
    assert (bytes(outbox().answer or b""), outbox().state) == (body, OutgoingState.ANSWERED)
    assert found.says


def test_the_same_question_is_asked_once_while_it_waits(yard):
    told(yard, "S1")
    first = ask(by=yard.by, asked=identifier())
    assert ask(by=yard.by, asked=identifier()).pk == first.pk
    assert Outgoing.objects.filter(about="verification").count() == 1
    asks(yard, Talking())
    assert ask(by=yard.by, asked=identifier()).pk != first.pk


@pytest.mark.parametrize("trouble", [{"dead": True}, {"cut": True}])
def test_no_answer_is_no_verdict_and_is_asked_again(yard, trouble):
    told(yard, "S1")
    ask(by=yard.by, asked=identifier())
    assert asks(yard, Talking(**trouble)) == 1
    assert row().verdict == Verdict.ASKED
    waits = outbox()
    assert (waits.state, bool(waits.problem), waits.held_by) == ("sent", True, None)
    assert asks(yard, Talking(), after=AN_HOUR) == 1
    assert row().verdict == Verdict.VERIFIED


def test_without_a_line_to_that_responder_it_waits_and_says_so(yard):
    told(yard, "S1")
    ask(by=yard.by, asked=identifier())
    yard.wholesaler.code = "others"
    assert asks(yard, Talking()) == 1
    assert "no responder of plains" in outbox().problem


def test_an_answer_that_does_not_come_within_its_time_is_late_and_still_no_answer(yard):
    told(yard, "S1")
    ask(by=yard.by, asked=identifier())
    for after, late in ((ANSWER_WITHIN, False), (ANSWER_WITHIN + A_SECOND, True)):
        by = yard.by.at_time(yard.by.at + after, yard.by.today)
        assert is_late(row(), by=by) is late
        (answer,) = verify_for_return(by=by, packages=[identifier()])
        assert (answer.late, answer.may_return) == (late, False)
    assert "late" in answer.says
    asks(yard, Talking(), after=ANSWER_WITHIN + AN_HOUR)
    assert not is_late(row(), by=by)


def test_an_answer_that_comes_twice_changes_nothing(yard):
    told(yard, "S1")
    ask(by=yard.by, asked=identifier())
    asks(yard, Talking())
    by = yard.world.system
    take_answer(by=by, outgoing_id=outbox().pk, status=200, body=NO)
    assert row().verdict == Verdict.VERIFIED
    assert not SuspectCase.objects.exists()


def test_of_a_package_nobody_is_known_to_have_sold_one_says_whom_to_ask(yard):
    with pytest.raises(Refused) as refusal:
        ask(by=yard.by, asked=identifier())
    assert codes(refusal) == ["no-seller"]
    found = ask(by=yard.by, asked=identifier(wholesaler_id=yard.wholesaler.pk))
    assert found.wholesaler == yard.wholesaler


def test_the_seller_is_who_told_of_it_else_on_whose_delivery_it_came(yard):
    of = yard.world.pharmacy.pk
    gtin = identifier().gtin
    assert seller_of(pharmacy_id=of, gtin=gtin, serial="S5") is None
    yard.takes_in(yard.begun(yard.sent(lisinopril=1)), yard.came(serial="S5"))
    assert seller_of(pharmacy_id=of, gtin=gtin, serial="S5") == yard.wholesaler.pk
    told(yard, "S1")
    assert seller_of(pharmacy_id=of, gtin=gtin, serial="S1") == yard.wholesaler.pk
    assert seller_of(pharmacy_id=of + 99, gtin=gtin, serial="S1") is None


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR])
def test_who_does_not_keep_stock_asks_nobody(yard, role):
    with pytest.raises(NotAllowed):
        ask(by=yard.world.workers[role], asked=identifier())
    with pytest.raises(NotAllowed):
        verify_for_return(by=yard.world.workers[role], packages=[identifier()])


def test_the_wholesaler_of_the_other_pharmacy_is_none_of_ours(yard):
    with pytest.raises(Refused) as refusal:
        ask(by=yard.world.stranger, asked=identifier(wholesaler_id=yard.wholesaler.pk))
    assert codes(refusal) == ["no-seller"]


def test_what_was_asked_and_answered_is_kept(yard):
    told(yard, "S1")
    asked = ask(by=yard.by, asked=identifier())
    with pytest.raises(Error, match="six years"), transaction.atomic():
        Verification.objects.filter(pk=asked.pk).delete()


# What is to go back as saleable


def test_a_saleable_return_is_asked_about_and_goes_back_when_it_is_verified(yard):
    told(yard, "S1", "S2")
    packages = [identifier("S1"), identifier("S2")]
    waiting = verify_for_return(by=yard.by, packages=packages)
    assert [(one.verdict, one.may_return) for one in waiting] == [(Verdict.ASKED, False)] * 2
    assert {one.why for one in Verification.objects.all()} == {Why.RETURN}
    asks(yard, Talking())
    answers = verify_for_return(by=yard.by, packages=packages)
    assert [one.may_return for one in answers] == [True, True]
    assert [one.identifier.serial for one in answers] == ["S1", "S2"]
    assert Verification.objects.count() == 2


@pytest.mark.parametrize(("after", "anew"), [(GOOD_FOR - A_SECOND, 1), (GOOD_FOR, 2)])
def test_an_answer_is_good_for_a_return_some_days_and_then_asked_anew(yard, after, anew):
    told(yard, "S1")
    verify_for_return(by=yard.by, packages=[identifier()])
    asks(yard, Talking())
    later = yard.by.at_time(yard.by.at + after, yard.by.today)
    verify_for_return(by=later, packages=[identifier()])
    assert Verification.objects.count() == anew


@pytest.mark.parametrize(
    ("change", "code"),
    [({"lot": "L8"}, "suspect"), ({"serial": ""}, "bad-serial")],
)
def test_a_package_that_is_not_as_it_was_told_is_not_asked_about(yard, change, code):
    told(yard, "S1")
    good, bad = identifier("S1"), identifier(**{"serial": "S1", **change})
    with pytest.raises(Refused) as refusal:
        verify_for_return(by=yard.by, packages=[good, bad])
    assert code in codes(refusal)
    assert not Verification.objects.exists()


def test_a_package_that_is_held_as_suspect_does_not_go_back(yard):
    case = at_the_door(yard)
    with pytest.raises(Refused) as refusal:
        verify_for_return(by=yard.by, packages=[identifier(lot="X9")])
    assert "held-suspect" in codes(refusal)
    assert str(case.pk) in str(refusal.value)


@pytest.mark.parametrize("many", [0, MOST_AT_ONCE + 1])
def test_none_or_too_many_at_once_are_refused(yard, many):
    with pytest.raises(Refused) as refusal:
        verify_for_return(by=yard.by, packages=[identifier()] * many)
    assert codes(refusal) == ["bad-packages"]


# What is not verified is suspect the same moment


def test_a_package_on_the_shelf_that_is_not_verified_takes_its_lot_out_of_use(yard):
    told(yard, "S1", "S2")
    shelved(yard, "S1", "S2")
    verify_for_return(by=yard.by, packages=[identifier()])
    asks(yard, Talking(body=NO))
    case = SuspectCase.objects.get()
    assert (case.source, case.state) == (Source.RESPONDER, "held")
    assert case.packages.get().took_lot
    assert Lot.objects.get(number="L7").state == "quarantined"
    assert row().case == case
    assert units(yard, PlaceKind.SHELF) == 200


def test_one_in_quarantine_already_gets_a_case_of_its_own(yard):
    at_the_door(yard)
    asked = ask(by=yard.by, asked=identifier(lot="X9"))
    asks(yard, Talking(body=NO))
    assert SuspectCase.objects.count() == 1
    assert Verification.objects.get(pk=asked.pk).verdict == Verdict.NOT_VERIFIED


def test_one_that_is_not_in_our_books_holds_nothing(yard):
    ask(by=yard.by, asked=identifier("TYPED", wholesaler_id=yard.wholesaler.pk))
    asks(yard, Talking(body=NO))
    assert row().verdict == Verdict.NOT_VERIFIED
    assert not SuspectCase.objects.exists()
