"""Each verb: it works and is written down; wrong role; wrong state; refused; done twice."""

from decimal import Decimal

import pytest

from apothecary.claims.authorization.actions import (
    answer_questions,
    appeal,
    ask,
    note_decision,
    put_away,
    renew,
    start_authorization,
    withdraw,
)
from apothecary.claims.authorization.rules import Decision
from apothecary.claims.authorization.states import AuthorizationState, Kind, Way
from apothecary.claims.authorization.tests.desk import (
    claims_of,
    deeds_about,
    now,
    sent_of,
)
from apothecary.claims.models import PriorAuthorization
from apothecary.claims.queries import open_claims
from apothecary.claims.tests.counter import queued
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Prescriber
from apothecary.staff.worker import NotAllowed
from apothecary.wires.models import Outgoing
from apothecary.wires.telecom import read

S = AuthorizationState
YES = Decision(approved=True, number="PH1", because="Kim, by phone")
NO = Decision(approved=False, because="Kim, by phone")
VERBS = {
    "ask": lambda by, pk: ask(by=by, authorization_id=pk, way=Way.LINE),
    "answer": lambda by, pk: answer_questions(
        by=by, authorization_id=pk, given={}, told_by="Dana", send=False
    ),
    "withdraw": lambda by, pk: withdraw(by=by, authorization_id=pk, because="other drug"),
    "appeal": lambda by, pk: appeal(by=by, authorization_id=pk, because="it failed"),
    "renew": lambda by, pk: renew(by=by, authorization_id=pk),
    "decide": lambda by, pk: note_decision(by=by, authorization_id=pk, said=YES),
    "put away": lambda by, pk: put_away(by=by, authorization_id=pk),
}
# In which states each verb is refused, of those that are easily brought about.
REFUSED_IN = {
    "ask": [S.ASKED, S.APPROVED, S.DENIED, S.CANCELLED, S.EXPIRED, S.DEFERRED],
    "answer": [S.DRAFT, S.ASKED, S.APPROVED, S.DENIED, S.DEFERRED],
    "withdraw": [S.DENIED, S.CANCELLED, S.EXPIRED, S.WITHDRAWING],
    "appeal": [S.DRAFT, S.ASKED, S.APPROVED, S.CANCELLED, S.EXPIRED],
    "renew": [S.DRAFT, S.ASKED, S.DENIED, S.CANCELLED],
    "decide": [S.APPROVED, S.DENIED, S.CANCELLED, S.EXPIRED, S.WITHDRAWING],
    "put away": [S.DRAFT, S.ASKED, S.DEFERRED, S.QUESTIONED],
}
CASES = [(verb, state) for verb, states in REFUSED_IN.items() for state in states]


def put_into(row: PriorAuthorization, state: AuthorizationState) -> None:
    number = "PH1" if state in {S.APPROVED, S.EXPIRED} else ""
    PriorAuthorization.objects.filter(pk=row.pk).update(state=state.value, number=number)


def snapshot(row: PriorAuthorization) -> object:
    return PriorAuthorization.objects.filter(pk=row.pk).values().get(), deeds_about(row)


def test_it_starts_from_the_refused_claim_with_why_and_is_written_down(desk):
    row = desk.started()
    assert (row.state, row.kind) == (S.DRAFT, Kind.FIRST)
    assert row.because_codes == ["75"]
    assert "NEUROPATHY OR SEIZURES ONLY" in row.because
    assert deeds_about(row) == [Deed.AUTHORIZATION_STARTED]


def test_a_second_click_starts_no_second_one(desk):
    row = desk.started()
    again = start_authorization(by=desk.technician, claim_id=row.claim_id)
    assert again.pk == row.pk
    assert PriorAuthorization.objects.count() == 1


def test_only_a_refused_billing_starts_one(desk):
    waiting = queued(desk, desk.fill())
    assert waiting.state == "out"
    with pytest.raises(Refused, match="Only a rejected claim"):
        start_authorization(by=desk.technician, claim_id=waiting.pk)
    assert not PriorAuthorization.objects.exists()


def test_who_may_not_work_claims_starts_nothing_and_a_stranger_finds_nothing(desk):
    claim = desk.refused()
    with pytest.raises(NotAllowed):
        start_authorization(by=desk.world.clerk, claim_id=claim.pk)
    with pytest.raises(Refused, match="No such claim"):
        start_authorization(by=desk.world.stranger, claim_id=claim.pk)
    assert open_claims(desk.world.pharmacy.pk).count() == 1


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not_work_claims_changes_nothing(desk, verb):
    row = desk.started()
    before = snapshot(row)
    with pytest.raises(NotAllowed):
        VERBS[verb](desk.world.clerk, row.pk)
    with pytest.raises(Refused, match="No such authorization"):
        VERBS[verb](desk.world.stranger, row.pk)
    assert snapshot(row) == before


@pytest.mark.parametrize(("verb", "state"), CASES)
def test_a_verb_in_the_wrong_state_is_refused_and_changes_nothing(desk, verb, state):
    row = desk.started()
    put_into(row, state)
    before = snapshot(row)
    with pytest.raises(Refused):
        VERBS[verb](desk.technician, row.pk)
    assert snapshot(row) == before
    assert not Outgoing.objects.filter(about="authorization").exists()


def test_asking_over_the_line_writes_one_p4_with_what_we_know(desk):
    row = desk.started()
    ask(by=desk.technician, authorization_id=row.pk, way=Way.LINE)
    row = now(row)
    assert (row.state, row.way, row.asked_at) == (S.ASKED, Way.LINE, desk.at)
    message = read(bytes(sent_of(row).raw))
    assert message.header["transaction_code"] == "P4"
    (claim,) = message.transactions
    assert claim.raw("12", "PA") == "1"
    assert claim.raw("12", "PD") == "PR"
    assert claim.raw("12", "PB") == f"{desk.at:%Y%m%d}"
    assert claim.raw("13", "DO") == "G629"
    assert deeds_about(row)[-1] == Deed.AUTHORIZATION_ASKED


def test_a_request_that_cannot_be_written_is_refused_with_the_field_and_waits(desk):
    row = desk.started()
    Prescriber.objects.update(npi="")
    before = snapshot(row)
    with pytest.raises(Refused, match="NPI") as caught:
        ask(by=desk.technician, authorization_id=row.pk, way=Way.EPA)
    assert caught.value.problems[0].code == "claim-unwritable"
    assert snapshot(row) == before


def test_paper_goes_over_no_wire(desk):
    row = desk.started()
    ask(by=desk.technician, authorization_id=row.pk, way=Way.FAX)
    assert (now(row).state, now(row).outgoing) == (S.ASKED, None)
    assert not Outgoing.objects.filter(about="authorization").exists()


def test_a_draft_is_put_off_without_a_word_to_the_payer(desk):
    row = desk.started()
    withdraw(by=desk.technician, authorization_id=row.pk, because="another drug")
    row = now(row)
    assert (row.state, row.closed_at) == (S.CANCELLED, desk.at)
    assert not Outgoing.objects.filter(about="authorization").exists()
    assert deeds_about(row)[-1] == Deed.AUTHORIZATION_ENDED


def test_what_never_went_out_is_called_off_and_what_may_have_is_waited_for(desk):
    row = desk.started()
    ask(by=desk.technician, authorization_id=row.pk, way=Way.LINE)
    withdraw(by=desk.technician, authorization_id=row.pk, because="another drug")
    assert now(row).state == S.CANCELLED
    assert sent_of(now(row)).state == "failed"
    again = start_authorization(by=desk.technician, claim_id=row.claim_id)
    desk.payer.misbehave("drop", count=1)
    ask(by=desk.technician, authorization_id=again.pk, way=Way.LINE)
    desk.goes_by(seconds=1)
    with pytest.raises(Refused, match="wait for its answer"):
        withdraw(by=desk.technician, authorization_id=again.pk, because="another drug")
    assert now(again).state == S.ASKED


def test_a_decision_by_phone_calls_the_message_off_and_carries_the_number(desk):
    row = desk.started()
    ask(by=desk.technician, authorization_id=row.pk, way=Way.LINE)
    note_decision(by=desk.technician, authorization_id=row.pk, said=YES)
    row = now(row)
    assert (row.state, row.number, row.said) == (S.APPROVED, "PH1", "Kim, by phone")
    assert sent_of(row).state == "failed"
    sent = claims_of(row.fill_id)[-1]
    assert (sent.authorization_type, sent.prior_authorization) == ("1", "PH1")
    assert deeds_about(row)[-1] == Deed.AUTHORIZATION_TYPED


def test_a_no_by_phone_sends_nothing_and_can_be_put_away_once(desk):
    row = desk.started()
    note_decision(by=desk.technician, authorization_id=row.pk, said=NO)
    assert now(row).state == S.DENIED
    assert len(claims_of(row.fill_id)) == 1
    put_away(by=desk.technician, authorization_id=row.pk)
    put_away(by=desk.technician, authorization_id=row.pk)
    assert now(row).closed_at == desk.at
    assert deeds_about(row).count(Deed.AUTHORIZATION_ENDED) == 1


def test_a_renewal_starts_once_and_asks_as_one(desk):
    row = desk.started()
    note_decision(by=desk.technician, authorization_id=row.pk, said=YES)
    following = renew(by=desk.technician, authorization_id=row.pk)
    assert renew(by=desk.technician, authorization_id=row.pk).pk == following.pk
    assert (following.kind, following.earlier_id) == (Kind.RENEWAL, row.pk)
    ask(by=desk.technician, authorization_id=following.pk, way=Way.LINE)
    (claim,) = read(bytes(sent_of(now(following)).raw)).transactions
    assert claim.raw("12", "PA") == "2"


def test_answers_are_kept_in_part_and_sent_when_all_are_there(desk):
    row = desk.started()
    ask(by=desk.technician, authorization_id=row.pk, way=Way.EPA)
    desk.goes_by(seconds=1)

    def answered(given, told_by="", *, send=False):
        answer_questions(
            by=desk.technician, authorization_id=row.pk, given=given, told_by=told_by, send=send
        )

    with pytest.raises(Refused, match="say who told you"):
        answered({"1": ("1Y",)})
    answered({"1": ("1Y",)}, "Dana")
    with pytest.raises(Refused) as caught:
        answered({}, send=True)
    assert [one.field for one in caught.value.problems] == ["q-2", "q-3"]
    # Sent back unchanged by the form, they stay the word of whom they came from.
    answered({"1": ("1Y",), "5": ("60",)}, "Somebody else")
    assert now(row).answers["1"]["source"] == "Dana"
    assert now(row).answers["5"]["source"] == "records"
    answered({"1": ()}, "Dana")
    assert "1" not in now(row).answers
    assert now(row).state == S.QUESTIONED
    assert deeds_about(row).count(Deed.AUTHORIZATION_ANSWERED) == 3


def test_an_approval_in_hand_is_not_withdrawn_by_us_alone(desk):
    row = desk.started()
    said = Decision(approved=True, number="PH1", because="fax", quantity=Decimal(180))
    ask(by=desk.technician, authorization_id=row.pk, way=Way.FAX)
    note_decision(by=desk.technician, authorization_id=row.pk, said=said)
    with pytest.raises(Refused, match="ask it there"):
        withdraw(by=desk.technician, authorization_id=row.pk, because="other drug")
    assert now(row).state == S.APPROVED
