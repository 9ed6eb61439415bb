"""SCRIPT prior authorization: both ways, the way through questions, refusals by field."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.script.authorization import answer_faults, read_authorization
from apothecary.wires.script.authorization_model import (
    APPEAL,
    APPROVED,
    CANCEL,
    CLOSED,
    DAY,
    DENIED,
    INITIATION,
    KINDS,
    NUMBER,
    OPEN,
    REQUEST,
    SELECT,
    TEXT,
    Asking,
    Choice,
    Question,
    QuestionSet,
    Verdict,
)
from apothecary.wires.script.messages import MalformedMessage
from apothecary.wires.script.tests.authorizations import (
    ANSWERS,
    AT,
    PAYER,
    QUESTIONS,
    asked,
    asking,
    card,
    decided,
    parties,
    verdict,
)

WORDS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("C", "Z")),
    min_size=1,
    max_size=30,
)
IDS = st.text(alphabet="ABCDEFGHJK0123456789-", min_size=1, max_size=12)


@st.composite
def question_sets(draw: st.DrawFn) -> QuestionSet:
    """Any question set a payer could send: unique ids, and every lead goes somewhere."""
    ids = draw(
        st.lists(IDS.filter(lambda one: one != "END"), min_size=1, max_size=5, unique=True)
    )
    leads = st.sampled_from(["", "END", *ids])
    questions = []
    for one in ids:
        kind = draw(st.sampled_from(KINDS))
        named = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
        choices = tuple(Choice(name, draw(WORDS), draw(leads)) for name in named)
        chosen = choices if kind == SELECT else ()
        many = kind == SELECT and draw(st.booleans())
        text, required = draw(WORDS), draw(st.booleans())
        questions.append(Question(one, text, kind, required, draw(leads), chosen, many))
    return QuestionSet(draw(IDS), draw(WORDS), tuple(questions), draw(WORDS))


@st.composite
def answers_to(draw: st.DrawFn, questions: QuestionSet) -> dict[str, tuple[str, ...]]:
    """Answers that fit, to some of the questions."""
    found = {}
    for one in questions.questions:
        if one.kind == SELECT:
            ids = [choice.id for choice in one.choices]
            most = len(ids) if one.many else 1
            given_now = draw(st.lists(st.sampled_from(ids), unique=True, max_size=most))
        else:
            texts = {TEXT: WORDS, NUMBER: st.integers(0, 10**6).map(str)}
            days = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)
            given_now = draw(st.lists(texts.get(one.kind, days), max_size=1))
        if given_now:
            found[one.id] = tuple(given_now)
    return found


def refused(raw: bytes) -> set[str]:
    """The fields a message is refused for."""
    with pytest.raises(MalformedMessage) as caught:
        read_authorization(raw)
    return {fault.field for fault in caught.value.faults}


def read_request(raw: bytes) -> Asking:
    body = read_authorization(raw).body
    assert isinstance(body, Asking)
    return body


def read_response(raw: bytes) -> Verdict:
    body = read_authorization(raw).body
    assert isinstance(body, Verdict)
    return replace(body, rest=())


@pytest.mark.parametrize(
    "body",
    [
        asking(INITIATION),
        asking(INITIATION, urgent=True),
        asking(REQUEST),
        asking(APPEAL, note="Two others failed."),
        asking(CANCEL, note="The prescriber chose another drug."),
    ],
    ids=lambda body: body.step,
)
def test_a_request_reads_back_to_the_same_facts(body):
    assert read_request(asked(body)) == body


@pytest.mark.parametrize(
    "body",
    [
        verdict(OPEN, INITIATION),
        verdict(CLOSED, INITIATION, reason_codes=("CC",), note="Not required."),
        verdict(APPROVED),
        verdict(APPROVED, days_supply=30, quantity=Decimal("12.5")),
        verdict(DENIED, reason="Criteria not met", appeals=True),
        verdict(OPEN, reason="Waits for the plan", questions=None, deadline=None),
        verdict(OPEN),
        verdict(APPROVED, APPEAL),
        verdict(DENIED, CANCEL, reason_codes=("AP",)),
        Verdict(step=CANCEL, reference="PA-17", status=APPROVED),
    ],
    ids=lambda body: f"{body.step}-{body.status}",
)
def test_a_response_reads_back_to_the_same_facts(body):
    assert read_response(decided(body)) == body


# A busy machine is no defect of the codec.
@settings(deadline=None)
@given(st.data(), question_sets())
def test_any_question_set_and_fitting_answers_survive_the_wire(data, questions):
    answers = data.draw(answers_to(questions))
    body = asking(REQUEST, questions=questions, answers=answers)
    assert read_request(asked(body)) == body
    opened = verdict(OPEN, INITIATION, questions=questions)
    assert read_response(decided(opened)).questions == questions


@given(question_sets(), st.data())
def test_the_way_through_the_questions_ends_and_asks_nothing_twice(questions, data):
    path = questions.path(data.draw(answers_to(questions)))
    assert path[0] is questions.questions[0]
    assert len({one.id for one in path}) == len(path)


@pytest.mark.parametrize(
    ("answers", "asks"),
    [
        ({}, ["1"]),
        ({"1": ("1A",)}, ["1", "2", "3", "4"]),
        ({"1": ("1B",)}, ["1", "3", "4"]),
        ({"1": ("1C",)}, ["1", "5", "3", "4"]),
        (ANSWERS, ["1", "2", "3", "4"]),
    ],
)
def test_the_chosen_answer_decides_which_question_comes_next(answers, asks):
    assert [one.id for one in QUESTIONS.path(answers)] == asks


def test_yes_and_no_alone_make_a_yes_no_question():
    yes = Question("1", "?", SELECT, choices=(Choice("y", "Yes"), Choice("n", "No")))
    assert yes.yes_no
    assert not replace(yes, many=True).yes_no
    assert not QUESTIONS.questions[0].yes_no


@pytest.mark.parametrize(
    ("number", "given_text", "fits"),
    [
        (1, ("1A",), True),
        (1, ("1A", "1B"), False),
        (1, ("9Z",), False),
        (2, ("2026-02-28",), True),
        (2, ("2026-02-29",), False),
        (2, ("28.02.2026",), False),
        (2, ("20260228",), False),
        (3, ("200",), True),
        (3, ("-1.5",), True),
        (3, ("a lot",), False),
        (3, (".5",), False),
        (3, ("1e3",), False),
        (3, ("٣",), False),
        (4, ("4A", "4B"), True),
        (5, ("shift work",), True),
        (5, ("x" * 2000,), True),
        (5, ("x" * 2001,), False),
        (5, (), False),
    ],
)
def test_an_answer_fits_the_kind_of_its_question(number, given_text, fits):
    question = QUESTIONS.questions[number - 1]
    assert (not answer_faults(question, given_text)) is fits


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        (b"<PAReferenceID>PA-17</PAReferenceID>", b"", "PARequest/PAReferenceID"),
        (b"<PACaseID>CASE-9</PACaseID>", b"", "PARequest/PACaseID"),
        (b"<IINNumber>999999</IINNumber>", b"", "IINNumber"),
        (b"<CardholderID>LS1869953</CardholderID>", b"", "CardholderID"),
        (b"<Qualifier>ND</Qualifier>", b"<Qualifier>UP</Qualifier>", "ProductCode"),
        (b"<Value>2026-05-04</Value>", b"<Value>in May</Value>", "Question[2]/Answer"),
        (b"<Value>1A</Value>", b"<Value>7Q</Value>", "Question[1]/Answer"),
        (b"<QuestionID>2</QuestionID>", b"<QuestionID>1</QuestionID>", "Questions"),
        (b"<NextQuestionID>2</Next", b"<NextQuestionID>22</Next", "QuestionSet/Questions"),
        (b"<QuestionType><Date/></QuestionType>", b"", "Question[2]/QuestionType"),
        (b"<Date/>", b"<Colour/>", "Question[2]/QuestionType"),
        (b"<Gender>M</Gender>", b"<Gender>X</Gender>", "Gender"),
    ],
)
def test_a_request_with_a_flaw_is_refused_naming_the_field(before, after, field):
    raw = asked(asking(REQUEST))
    assert before in raw
    assert any(field in one for one in refused(raw.replace(before, after, 1)))


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        (b"<AuthorizationNumber>PA0000001</AuthorizationNumber>", b"", "AuthorizationNumber"),
        (b"2027-11-22", b"2026-11-22", "AuthorizationPeriod"),
        (b"2027-11-22", b"2027-11-31", "AuthorizationPeriod/ExpirationDate"),
        (b"<Quantity>90</Quantity>", b"<Quantity>0</Quantity>", "Quantity"),
        (b"<Quantity>90</Quantity>", b"<Quantity>many</Quantity>", "Quantity"),
        (b"Approved>", b"Maybe>", "Response/ResponseStatus"),
        (b"<PAReferenceID>PA-17</PAReferenceID>", b"", "PAReferenceID"),
    ],
)
def test_a_verdict_with_a_flaw_is_refused_naming_the_field(before, after, field):
    raw = decided(verdict(APPROVED))
    assert before in raw
    assert any(field in one for one in refused(raw.replace(before, after)))


def test_a_denial_says_why():
    denied = Verdict(step=REQUEST, reference="PA-17", status=DENIED, case_id="C")
    assert refused(decided(denied)) == {
        "PAResponse/Response/ResponseStatus/Denied/DenialReason"
    }


def test_an_initiation_is_never_approved_at_once_and_an_open_one_has_questions():
    raw = decided(verdict(APPROVED, INITIATION))
    assert refused(raw) == {"PAInitiationResponse/Response/ResponseStatus"}
    raw = decided(verdict(OPEN, INITIATION, questions=None))
    assert any("QuestionSet" in one for one in refused(raw))


def test_a_bad_deadline_is_refused_and_a_bare_day_is_its_end():
    raw = decided(verdict(OPEN, INITIATION))
    before = b"<DateTime>2026-11-30T00:00:00.0Z</DateTime>"
    assert before in raw
    late = read_response(raw.replace(before, b"<Date>2026-11-30</Date>"))
    assert late.deadline == datetime.fromisoformat("2026-11-30T23:59:59+00:00")
    assert any("Deadline" in one for one in refused(raw.replace(before, b"<Date>soon</Date>")))


def test_more_information_is_asked_with_a_question_set_of_its_own():
    inner = decided(verdict(OPEN, deadline=None))
    start, rest = inner.split(b"<QuestionSet>", 1)
    questions, end = rest.split(b"</QuestionSet>", 1)
    wrapped = (
        b"<Reason><MoreInformationRequired><QuestionSet>"
        + questions
        + b"</QuestionSet></MoreInformationRequired></Reason>"
    )
    assert read_response(start + wrapped + end).questions == QUESTIONS


def test_what_has_no_name_is_kept_with_its_path():
    raw = decided(verdict(APPROVED)).replace(
        b"<PACaseID>", b"<PlanCode>77</PlanCode><PACaseID>", 1
    )
    body = read_authorization(raw).body
    assert isinstance(body, Verdict)
    assert "77" in {leaf.text for leaf in body.rest}
    assert body.number == "PA0000001"


def test_another_message_is_none_of_these():
    raw = asked(asking()).replace(b"PAInitiationRequest", b"RxFill")
    assert refused(raw) == {"Message/Body"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (asking(INITIATION, reference=""), "PAReferenceID"),
        (asking(INITIATION, reference="x" * 36), "PAReferenceID"),
        (asking(REQUEST, case_id=""), "PACaseID"),
        (asking(REQUEST, questions=None), "QuestionSet"),
        (asking(INITIATION, parties=parties(ndc11="123")), "ProductCode"),
        (asking(INITIATION, parties=parties(quantity=Decimal(0))), "Quantity"),
        (asking(INITIATION, parties=parties(description="x" * 106)), "DrugDescription"),
        (asking(APPEAL, note="x" * 2001), "PANote"),
        (
            asking(INITIATION, parties=replace(parties(), coverage=card(cardholder_id=""))),
            "CardholderID",
        ),
    ],
)
def test_a_request_that_no_payer_could_read_is_not_written(body, field):
    with pytest.raises(Malformed) as caught:
        asked(body)
    assert [fault.field for fault in caught.value.faults] == [field]


def test_a_request_needs_a_time_zone_a_number_and_somebody_to_go_to():
    with pytest.raises(Malformed, match="SentTime"):
        asked(asking(), at=AT.replace(tzinfo=None))
    with pytest.raises(Malformed, match="MessageID"):
        asked(asking(), message_id="x" * 36)
    assert read_authorization(asked(asking())).header.to == PAYER


@given(st.integers(0, 5000))
def test_a_message_cut_off_anywhere_is_refused_and_never_half_read(at):
    raw = decided(verdict(APPROVED))
    with pytest.raises(MalformedMessage):
        read_authorization(raw[: min(at, len(raw) - 1)])


def test_the_kinds_of_question_are_four():
    assert set(KINDS) == {TEXT, NUMBER, DAY, SELECT}
