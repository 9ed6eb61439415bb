"""From the refused claim to the paid one, over each way a payer can be asked."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.claims.authorization.actions import (
    answer_questions,
    appeal,
    ask,
    note_decision,
    start_authorization,
    withdraw,
)
from apothecary.claims.authorization.consent import consent_for
from apothecary.claims.authorization.rules import Decision
from apothecary.claims.authorization.states import AuthorizationState, Way
from apothecary.claims.authorization.tests.desk import (
    BIN,
    DRUG,
    PLAN,
    claims_of,
    deeds_about,
    fill_now,
    now,
    sent_of,
)
from apothecary.claims.authorization.writing import questions_of
from apothecary.journal.deeds import Deed
from apothecary.prescriptions.actions import start_refill
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.wires.models import Incoming, Outgoing

S = AuthorizationState
RIGHT = {"1": ("1Y",), "2": ("2A", "2B"), "3": ("2026-05-04",), "5": ("60",)}
OFFICE = "Alex Smith’s office, Dana"


def asked(desk, way):
    row = desk.started()
    ask(by=desk.technician, authorization_id=row.pk, way=way)
    return row


def number_on(claim) -> tuple[str, str]:
    return claim.authorization_type, claim.prior_authorization


def test_a_75_is_asked_about_deferred_approved_and_the_claim_is_paid_with_the_number(desk):
    row = asked(desk, Way.LINE)
    desk.goes_by(seconds=1)
    row = now(row)
    assert row.state == S.DEFERRED
    assert row.reference.startswith("REQ")
    desk.payer.decide(row.reference, "approved")
    desk.goes_by(minutes=15)
    row = now(row)
    assert (row.state, row.quantity) == (S.APPROVED, Decimal("180.000"))
    assert row.until_on is not None
    first, paid = claims_of(row.fill_id)
    assert (first.closing, paid.state) == ("resubmitted", "paid")
    assert number_on(paid) == ("1", row.number)
    assert fill_now(row.fill_id).state == FillState.WAITING
    assert deeds_about(row) == [
        Deed.AUTHORIZATION_STARTED,
        Deed.AUTHORIZATION_ASKED,
        Deed.AUTHORIZATION_DECIDED,
        Deed.AUTHORIZATION_DECIDED,
    ]


def test_a_refill_carries_the_number_by_itself(desk):
    row = approved(desk)
    fill = fill_now(row.fill_id)
    for state, by, did in (
        (FillState.FILLING, desk.world.technician, Deed.FILLING_STARTED),
        (FillState.CHECK, desk.world.technician, Deed.SENT_TO_CHECK),
        (FillState.READY, desk.world.pharmacist, Deed.FILL_APPROVED),
        (FillState.SOLD, desk.world.technician, Deed.SOLD),
    ):
        advance(fill_now(fill.pk), state, by=by, did=did)
    desk.at += timedelta(days=29)
    desk.payer.admin("POST", "/today", {"today": desk.at.date().isoformat()})
    desk.world.receive(DRUG, "100", lot="LATER")
    refill = start_refill(by=desk.technician, prescription_id=fill.prescription_id)
    advance(fill_now(refill.pk), FillState.CLAIM, by=desk.world.system, did=Deed.FILL_SCREENED)
    desk.goes_by(seconds=1)
    (claim,) = claims_of(refill.pk)
    assert (claim.state, claim.prior_authorization) == ("paid", row.number)


def approved(desk):
    """An authorization that the payer has given over the claims line."""
    row = asked(desk, Way.LINE)
    desk.goes_by(seconds=1)
    desk.payer.decide(now(row).reference, "approved")
    desk.goes_by(minutes=15)
    row = now(row)
    assert row.state == S.APPROVED
    return row


def test_a_denial_over_the_line_is_appealed_on_paper_and_won_by_letter(desk):
    row = asked(desk, Way.LINE)
    desk.goes_by(seconds=1)
    desk.payer.decide(now(row).reference, "denied")
    desk.goes_by(minutes=15)
    row = now(row)
    assert (row.state, row.codes) == (S.DENIED, ["3Y"])
    assert fill_now(row.fill_id).state == FillState.REJECTED
    appeal(by=desk.technician, authorization_id=row.pk, because="Gabapentin failed, says Smith")
    assert (now(row).state, now(row).way) == (S.ASKED, Way.FAX)
    said = Decision(approved=True, number="LETTER77", because="letter of November 23")
    note_decision(by=desk.technician, authorization_id=row.pk, said=said)
    desk.payer.admin(
        "POST",
        "/authorizations",
        {
            "plan": PLAN,
            "number": "LETTER77",
            "cardholder": row.coverage.cardholder_id,
            "ingredient": DRUG,
        },
    )
    desk.goes_by(seconds=1)
    assert claims_of(row.fill_id)[-1].state == "paid"
    assert now(row).state == S.APPROVED


def test_the_payers_questions_are_answered_and_the_claim_is_paid(desk):
    row = asked(desk, Way.EPA)
    desk.goes_by(seconds=1)
    row = now(row)
    assert row.state == S.QUESTIONED
    assert row.deadline_at is not None
    # The quantity stands in our own records; everything else is the prescriber's.
    assert row.answers == {"5": {"values": ["60"], "source": "records"}}
    answer_questions(
        by=desk.technician, authorization_id=row.pk, given=RIGHT, told_by=OFFICE, send=True
    )
    desk.goes_by(seconds=1)
    row = now(row)
    assert (row.state, row.quantity) == (S.APPROVED, Decimal("180.000"))
    assert row.answers["2"] == {"values": ["2A", "2B"], "source": OFFICE}
    assert row.answers["5"]["source"] == "records"
    paid = claims_of(row.fill_id)[-1]
    assert (paid.state, paid.prior_authorization) == ("paid", row.number)


def test_an_electronic_denial_is_appealed_electronically(desk):
    row = asked(desk, Way.EPA)
    desk.goes_by(seconds=1)
    wrong = RIGHT | {"2": ("2C",)}
    answer_questions(
        by=desk.technician, authorization_id=row.pk, given=wrong, told_by=OFFICE, send=True
    )
    desk.goes_by(seconds=1)
    row = now(row)
    assert (row.state, row.appeals) == (S.DENIED, True)
    assert "Criteria not met" in row.said
    because = "Gabapentin was stopped in May for swelling; the plan has the chart notes of it."
    appeal(by=desk.technician, authorization_id=row.pk, because=because)
    desk.goes_by(seconds=1)
    assert now(row).state == S.APPROVED
    assert claims_of(row.fill_id)[-1].state == "paid"


def test_questions_left_open_at_the_payer_come_back(desk):
    row = asked(desk, Way.EPA)
    desk.goes_by(seconds=1)
    other = {"1": ("1N",), "4": ("The dose",)}
    answer_questions(
        by=desk.technician, authorization_id=row.pk, given=other, told_by=OFFICE, send=True
    )
    desk.goes_by(seconds=1)
    assert now(row).state == S.APPROVED


def test_what_needs_no_consent_is_closed_and_said(desk):
    claim = desk.refused()
    row = start_authorization(by=desk.technician, claim_id=claim.pk)
    Fill.objects.filter(pk=row.fill_id).update(package=desk.world.drugs["metformin"])
    ask(by=desk.technician, authorization_id=row.pk, way=Way.EPA)
    desk.goes_by(seconds=1)
    row = now(row)
    assert row.state == S.CANCELLED
    assert "needs no authorization" in row.said
    assert row.closed_at is not None


@pytest.mark.parametrize("way", [Way.LINE, Way.EPA])
def test_a_request_can_be_taken_back_from_the_payer(desk, way):
    row = asked(desk, way)
    desk.goes_by(seconds=1)
    withdraw(by=desk.technician, authorization_id=row.pk, because="another drug")
    assert now(row).state == S.WITHDRAWING
    desk.goes_by(seconds=1)
    assert now(row).state == S.CANCELLED
    assert deeds_about(row)[-1] == Deed.AUTHORIZATION_DECIDED


@pytest.mark.parametrize("way", [Way.LINE, Way.EPA])
@pytest.mark.parametrize("kind", ["drop", "garbage"])
def test_a_lost_answer_is_asked_for_again_with_the_same_bytes(desk, way, kind):
    row = desk.started()
    desk.payer.misbehave(kind, count=1)
    ask(by=desk.technician, authorization_id=row.pk, way=way)
    desk.goes_by(seconds=1)
    assert (now(row).state, now(row).doubts) == (S.ASKED, 1)
    desk.goes_by(seconds=10)
    row = now(row)
    assert row.state == (S.DEFERRED if way is Way.LINE else S.QUESTIONED)
    sent = Outgoing.objects.filter(about="authorization", about_id=row.pk)
    assert [one.tries for one in sent] == [2]
    if way is Way.LINE:
        assert row.reference.startswith("REQ")
        desk.payer.decide(row.reference, "approved")
        desk.goes_by(minutes=15)
        assert now(row).state == S.APPROVED
    else:
        assert questions_of(row) is not None


@pytest.mark.parametrize("way", [Way.LINE, Way.EPA])
def test_while_the_line_is_dead_the_request_waits_and_costs_nothing(desk, way):
    row = desk.started()
    if way is Way.LINE:
        desk.payer.misbehave("down")
    else:
        desk.post.urls = {BIN: "http://127.0.0.1:9/epa"}
    ask(by=desk.technician, authorization_id=row.pk, way=way)
    desk.goes_by(seconds=1)
    assert (now(row).state, now(row).doubts) == (S.ASKED, 0)
    assert sent_of(now(row)).problem.startswith("no line")


def test_five_lost_answers_are_given_up_and_asked_again_by_a_person(desk):
    row = desk.started()
    desk.payer.misbehave("garbage", count=5)
    ask(by=desk.technician, authorization_id=row.pk, way=Way.EPA)
    for _ in range(5):
        desk.goes_by(minutes=10)
    assert now(row).state == S.UNANSWERED
    ask(by=desk.technician, authorization_id=row.pk, way=Way.EPA)
    desk.goes_by(seconds=1)
    assert now(row).state == S.QUESTIONED
    assert Outgoing.objects.filter(about="authorization", about_id=row.pk).count() == 1


def test_an_answer_that_comes_twice_counts_once_and_both_are_kept(desk):
    row = asked(desk, Way.LINE)
    desk.goes_by(seconds=1)
    desk.payer.decide(now(row).reference, "approved")
    desk.goes_by(minutes=15)
    row = now(row)
    before, entries = claims_of(row.fill_id), deeds_about(row)
    answer = bytes(sent_of(row).answer or b"")
    desk.take_again(row, answer)
    desk.take_again(row, answer[:-1])
    assert claims_of(row.fill_id) == before
    assert deeds_about(row) == entries
    assert Incoming.objects.filter(message_id__startswith=f"{row.outgoing_id}-").count() == 2


def test_an_expired_number_is_ended_and_not_sent(desk):
    row = approved(desk)
    asks = {
        "prescription_id": row.prescription_id,
        "coverage_id": row.coverage_id,
        "quantity": Decimal(60),
    }
    assert consent_for(on=row.until_on, **asks) == row.number
    assert consent_for(on=row.until_on + timedelta(days=1), **asks) == ""
    desk.at += timedelta(days=(row.until_on - desk.at.date()).days + 2)
    desk.goes_by(seconds=1)
    assert now(row).state == S.EXPIRED
    assert consent_for(on=row.until_on, **asks) == ""
