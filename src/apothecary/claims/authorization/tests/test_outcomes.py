"""What each answer of a payer means, over the line and electronically."""

from datetime import date
from decimal import Decimal

import pytest

from apothecary.claims.authorization.outcomes import (
    CLOSED_AS,
    outcome_of_answer,
    outcome_of_verdict,
    outcome_of_withdrawal,
)
from apothecary.claims.authorization.states import AuthorizationState
from apothecary.wires.script.authorization_model import (
    APPEAL,
    APPROVED,
    CANCEL,
    CLOSED,
    DENIED,
    INITIATION,
    OPEN,
    REQUEST,
    Question,
    QuestionSet,
    Verdict,
)
from apothecary.wires.telecom import Answer, Consent, Reject

S = AuthorizationState
CONSENT = Consent(
    number="PA1",
    processed_on=date(2026, 11, 23),
    from_on=date(2026, 11, 23),
    until_on=date(2027, 11, 22),
    quantity=Decimal(90),
    usd=None,
    refills=2,
)
QUESTIONS = QuestionSet("Q", "", (Question("1", "?", "FreeText"),))


def answer(
    status: str,
    *codes: str,
    messages: tuple[str, ...] = (),
    authorization: str = "",
    consent: Consent | None = None,
) -> Answer:
    return Answer(
        status=status,
        rx_number="",
        authorization=authorization,
        rejects=tuple(Reject(code) for code in codes),
        messages=messages,
        next_fill_on=None,
        pricing=None,
        findings=(),
        help_desk="",
        consent=consent,
    )


def verdict(status: str, step: str = REQUEST, **more: object) -> Verdict:
    values: dict[str, object] = {"step": step, "reference": "PA-1", "status": status}
    return Verdict(**(values | more))  # type: ignore[arg-type]  # values by field name


def test_an_approval_brings_number_days_and_quantity():
    got = outcome_of_answer(answer("A", authorization="REQ1", consent=CONSENT))
    assert (got.to, got.number, got.reference) == (S.APPROVED, "PA1", "REQ1")
    assert (got.from_on, got.until_on) == (CONSENT.from_on, CONSENT.until_on)
    assert (got.quantity, got.refills) == (Decimal(90), 2)


@pytest.mark.parametrize("status", ["F", "C", "Q"])
def test_what_is_captured_or_deferred_waits_under_the_payers_reference(status):
    got = outcome_of_answer(answer(status, authorization="REQ1"))
    assert (got.to, got.reference) == (S.DEFERRED, "REQ1")
    assert got.says


def test_an_approval_without_a_number_is_none_yet():
    assert outcome_of_answer(answer("A", authorization="REQ1")).to is S.DEFERRED


@pytest.mark.parametrize(
    ("code", "to"),
    [
        ("3Y", S.DENIED),
        ("3R", S.CANCELLED),
        ("3W", S.DEFERRED),
        ("3T", S.DRAFT),
        ("3A", S.DRAFT),
    ],
)
def test_a_reject_says_how_it_stands_or_that_the_request_was_wrong(code, to):
    got = outcome_of_answer(answer("R", code, messages=("CRITERIA",)))
    assert (got.to, got.codes) == (to, (code,))
    assert code in got.says
    assert "CRITERIA" in got.says


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("IN PROCESS REQ0000017", "REQ0000017"),
        ("IN PROCESS", ""),
        # Two numbers: which of them is meant is not for us to choose.
        ("REQ0000017 OR REQ0000018", ""),
        ("REQ0000017 SEE REQ0000017", "REQ0000017"),
    ],
)
def test_the_reference_of_a_request_in_process_is_taken_when_there_is_but_one(text, reference):
    assert outcome_of_answer(answer("R", "3W", messages=(text,))).reference == reference


@pytest.mark.parametrize(
    ("status", "codes", "had", "to"),
    [
        ("A", (), False, S.CANCELLED),
        ("S", (), True, S.CANCELLED),
        ("R", ("RA",), True, S.APPROVED),
        ("R", ("3X",), False, S.DEFERRED),
    ],
)
def test_a_withdrawal_ends_it_unless_the_payer_keeps_it(status, codes, had, to):
    assert outcome_of_withdrawal(answer(status, *codes), had_number=had).to is to


def test_an_electronic_approval_brings_its_number():
    got = outcome_of_verdict(
        verdict(
            APPROVED, number="EA1", case_id="C", until_on=date(2027, 1, 1), quantity=Decimal(9)
        )
    )
    assert (got.to, got.number, got.reference) == (S.APPROVED, "EA1", "C")
    assert (got.until_on, got.quantity) == (date(2027, 1, 1), Decimal(9))


def test_an_open_case_asks_or_waits():
    asks = outcome_of_verdict(verdict(OPEN, INITIATION, case_id="C", questions=QUESTIONS))
    assert (asks.to, asks.questions, asks.reference) == (S.QUESTIONED, True, "C")
    waits = outcome_of_verdict(verdict(OPEN, case_id="C", reason="under review"))
    assert (waits.to, waits.questions, waits.says) == (S.DEFERRED, False, "under review")


@pytest.mark.parametrize("step", [REQUEST, APPEAL])
def test_a_denial_keeps_its_reason_and_whether_it_may_be_appealed(step):
    got = outcome_of_verdict(
        verdict(DENIED, step, reason="no trial", note="call", appeals=True)
    )
    assert (got.to, got.says, got.appeals) == (S.DENIED, "no trial; call", True)


@pytest.mark.parametrize(("code", "told"), sorted(CLOSED_AS.items()))
def test_a_closed_request_is_settled_by_its_reason(code, told):
    got = outcome_of_verdict(verdict(CLOSED, INITIATION, reason_codes=(code,), note="SEE"))
    assert got.to is told[0]
    assert got.says == f"{told[1]} (SEE)"


@pytest.mark.parametrize("codes", [(), ("ZZ",)])
def test_a_request_closed_for_no_known_reason_goes_back_to_us(codes):
    got = outcome_of_verdict(verdict(CLOSED, INITIATION, reason_codes=codes))
    assert got.to is S.DRAFT
    assert "another way" in got.says


@pytest.mark.parametrize(
    ("status", "had", "to"),
    [
        (APPROVED, True, S.CANCELLED),
        (DENIED, True, S.APPROVED),
        (DENIED, False, S.DEFERRED),
    ],
)
def test_a_cancellation_is_granted_or_it_stays_as_it_was(status, had, to):
    assert outcome_of_verdict(verdict(status, CANCEL), had_number=had).to is to
