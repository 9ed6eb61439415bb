"""House policy about authorizations: whose answer it is, what may be sent, what is due."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.claims.authorization.rules import (
    FLAG_DAYS,
    RECORDS,
    Decision,
    Given,
    answers_in,
    basis_of,
    decision_problems,
    is_ours,
    misfits,
    next_key,
    period_of,
    prefilled,
    record_of,
    renewal_flag,
    request_type,
    unanswered,
    usable_on,
    wait_for_inquiry,
    ways_of,
)
from apothecary.claims.authorization.states import AuthorizationState, Kind, Way
from apothecary.claims.building import sheet_for
from apothecary.wires.script.authorization_model import (
    DAY,
    NUMBER,
    SELECT,
    TEXT,
    Choice,
    Question,
    QuestionSet,
)

S = AuthorizationState
TODAY = date(2026, 11, 23)
ASKED = QuestionSet(
    "Q",
    "",
    (
        Question("1", "Quantity for each fill?", NUMBER),
        Question("2", "Has the drug of first choice failed?", SELECT, choices=(
            Choice("2Y", "Yes"), Choice("2N", "No", "4"),
        )),
        Question("3", "When did it fail?", DAY),
        Question("4", "Anything else?", TEXT, required=False),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("What quantity is needed?", "quantity"),
        ("Days supply requested", "days"),
        ("Day’s supply", ""),
        ("Days' supply", "days"),
        ("Patient's date of birth", "born"),
        ("Prescriber's NPI", "prescriber_npi"),
        ("Physician fax number", "prescriber_fax"),
        ("Pharmacy telephone", "pharmacy_phone"),
        ("ICD-10 code", "diagnosis"),
        ("What is the diagnosis code?", "diagnosis"),
        ("Directions for use", "directions"),
        ("What is the diagnosis?", ""),
        ("Has the patient tried metformin?", ""),
        ("Date of the last A1c", ""),
        ("NPI", ""),
    ],
)
def test_only_what_stands_in_a_pharmacys_records_is_the_pharmacys_to_answer(text, fact):
    assert record_of(Question("1", text, TEXT)) == fact


def test_a_choice_is_always_the_prescribers():
    one = Question("1", "Quantity limit", SELECT, choices=(Choice("a", "Yes"),))
    assert record_of(one) == ""


def test_records_fill_in_what_fits_and_nothing_else():
    assert prefilled(ASKED, {"quantity": "60"}) == {"1": Given(("60",), RECORDS)}
    assert prefilled(ASKED, {"quantity": "sixty"}) == {}
    assert prefilled(ASKED, {"quantity": ""}) == {}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"1": Given(("60",), RECORDS)}, []),
        ({"2": Given(("2Y",), "Dana")}, []),
        ({"2": Given(("2Y",), RECORDS)}, ["told_by"]),
        ({"2": Given(("9",), "Dana")}, ["q-2"]),
        ({"3": Given(("May",), "Dana")}, ["q-3"]),
        ({"7": Given(("x",), "Dana")}, ["7"]),
        ({"2": Given(("9",), RECORDS), "3": Given(("x",), "Dana")}, ["q-2", "told_by", "q-3"]),
    ],
)
def test_every_answer_that_is_none_is_named_at_once(given, fields):
    assert [one.field for one in misfits(ASKED, given)] == fields


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({}, ["q-1", "q-2"]),
        ({"1": ("60",)}, ["q-2"]),
        ({"1": ("60",), "2": ("2Y",)}, ["q-3"]),
        ({"1": ("60",), "2": ("2N",)}, []),
        ({"1": ("60",), "2": ("2Y",), "3": ("2026-05-04",)}, []),
    ],
)
def test_what_must_be_answered_depends_on_what_was_chosen(given, left):
    typed = {name: Given(values, "Dana") for name, values in given.items()}
    assert [one.field for one in unanswered(ASKED, typed)] == left


def test_answers_as_the_row_keeps_them_read_back():
    stored: dict[str, dict[str, object]] = {
        "1": {"values": ["60"], "source": "records"},
        "2": {"values": "broken"},
    }
    assert answers_in(stored) == {"1": Given(("60",), "records")}


@pytest.mark.parametrize(
    ("bin_number", "epa", "ways"),
    [
        ("999996", True, (Way.EPA, Way.LINE, Way.FAX)),
        ("999996", False, (Way.LINE, Way.FAX)),
        ("111111", False, (Way.FAX,)),
        ("111111", True, (Way.EPA, Way.FAX)),
    ],
)
def test_the_payers_sheet_says_how_it_is_asked_and_paper_always_works(bin_number, epa, ways):
    assert ways_of(sheet_for(bin_number, ""), has_epa=epa) == ways


@pytest.mark.parametrize(
    ("codes", "basis"), [(["75"], "PR"), ([], "PR"), (["76"], "PL"), (["75", "7X"], "PL")]
)
def test_more_than_the_limit_is_asked_for_as_such(codes, basis):
    assert basis_of(codes) == basis


@pytest.mark.parametrize(
    ("days", "refills", "ends"),
    [(30, 0, date(2026, 12, 23)), (30, 2, date(2027, 2, 21)), (90, 3, date(2027, 11, 18))],
)
def test_consent_is_asked_for_as_long_as_the_prescription_lasts(days, refills, ends):
    assert period_of(on=TODAY, days_supply=days, refills=refills) == (TODAY, ends)


def test_inquiries_come_slower_and_slower_but_never_stop():
    waits = [wait_for_inquiry(n) for n in range(8)]
    assert waits[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert waits == sorted(waits)
    assert set(waits[4:]) == {timedelta(hours=4)}


@pytest.mark.parametrize(
    ("on", "left", "why"),
    [
        (date(2026, 10, 31), None, "it begins November 1"),
        (date(2026, 11, 1), None, ""),
        (date(2026, 12, 31), None, ""),
        (date(2027, 1, 1), None, "it ended December 31"),
        (date(2026, 12, 1), Decimal("60.000"), ""),
        (date(2026, 12, 1), Decimal("59.999"), "59.999 are left of it, 60 are needed"),
        (date(2026, 12, 1), Decimal(0), "0 are left of it, 60 are needed"),
    ],
)
def test_a_number_is_sent_from_its_first_to_its_last_day_while_something_is_left(on, left, why):
    first, last, need = date(2026, 11, 1), date(2026, 12, 31), Decimal("60.000")
    assert usable_on(on=on, from_on=first, until_on=last, left=left, need=need) == why


@pytest.mark.parametrize(
    ("days", "flag"),
    [
        (31, None),
        (30, 30),
        (15, 30),
        (14, 14),
        (8, 14),
        (7, 7),
        (1, 7),
        (0, 7),
        (-1, 7),
    ],
)
def test_a_renewal_is_flagged_thirty_fourteen_and_seven_days_ahead(days, flag):
    until = TODAY + timedelta(days=days)
    found, says = renewal_flag(on=TODAY, until_on=until, left=None, need=Decimal(30))
    assert found == flag
    assert bool(says) is (flag is not None)


@pytest.mark.parametrize(
    ("left", "flag"), [("29.999", 0), ("30", 30), ("59.999", 30), ("60", None), (None, None)]
)
def test_a_renewal_is_flagged_when_one_fill_or_none_is_left(left, flag):
    units = None if left is None else Decimal(left)
    need, far = Decimal(30), TODAY + timedelta(days=300)
    assert renewal_flag(on=TODAY, until_on=far, left=units, need=need)[0] == flag
    assert renewal_flag(on=TODAY, until_on=None, left=None, need=need) == (None, "")


def test_the_words_of_a_last_day_are_a_sentence():
    tomorrow = TODAY + timedelta(days=1)
    need = Decimal(1)
    assert renewal_flag(on=TODAY, until_on=tomorrow, left=None, need=need)[1] == "ends in 1 day"
    assert FLAG_DAYS == (30, 14, 7)


@pytest.mark.parametrize(
    ("state", "way", "ready", "key"),
    [
        (S.DRAFT, "", False, "F10"),
        (S.QUESTIONED, "epa", True, "F10"),
        (S.UNANSWERED, "line", False, "F10"),
        (S.DENIED, "line", False, "Alt+A"),
        (S.ASKED, "fax", False, "Alt+D"),
        (S.ASKED, "line", False, ""),
        (S.DEFERRED, "line", False, ""),
        (S.CANCELLED, "line", False, ""),
    ],
)
def test_what_is_ours_has_a_key_and_what_is_the_payers_has_none(state, way, ready, key):
    assert next_key(state, way=way, ready=ready)[0] == key
    assert is_ours(state, way=way) is bool(key)


def test_the_key_of_the_questions_says_whether_all_are_answered():
    told = {ready: next_key(S.QUESTIONED, way="epa", ready=ready)[1] for ready in (True, False)}
    assert told == {True: "send the answers", False: "answer the payer’s questions"}


@pytest.mark.parametrize(
    ("kind", "deferred", "code"),
    [
        (Kind.FIRST, False, "1"),
        (Kind.RENEWAL, False, "2"),
        (Kind.APPEAL, False, "1"),
        (Kind.FIRST, True, "3"),
        (Kind.RENEWAL, True, "3"),
    ],
)
def test_a_request_says_whether_it_is_a_first_one_a_renewal_or_deferred(kind, deferred, code):
    assert request_type(kind, deferred=deferred) == code


def decided(**changed: object) -> Decision:
    values: dict[str, object] = {"approved": True, "number": "PA1", "because": "by phone"}
    return Decision(**(values | changed))  # type: ignore[arg-type]  # values by field name


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        (decided(), []),
        (decided(approved=False, number=""), []),
        (decided(number="A" * 11), []),
        (decided(number="A" * 12), ["number"]),
        (decided(number="PA 1"), ["number"]),
        (decided(number=""), ["number"]),
        (decided(because=" "), ["because"]),
        (decided(because="x" * 1001), ["because"]),
        (decided(from_on=TODAY, until_on=TODAY), []),
        (decided(from_on=TODAY, until_on=TODAY - timedelta(days=1)), ["until_on"]),
        (decided(quantity=Decimal(0)), ["quantity"]),
        (
            decided(number="", because="", quantity=Decimal(-1)),
            ["because", "number", "quantity"],
        ),
    ],
)
def test_a_decision_that_no_claim_could_carry_is_refused_with_every_reason(said, fields):
    assert [one.field for one in decision_problems(said)] == fields


@pytest.mark.parametrize(
    ("text", "may"),
    [("metformin\n1 g", True), ("Ω𝔘é\t", True), ("a\x1bb", False), ("\x07", False),
     ("\ufffe", False), ("\x00", False), ("\ud800", False)],
)  # fmt: skip
def test_an_answer_that_no_message_can_carry_is_refused(text, may):
    asked = QuestionSet("Q", "", (Question("1", "What was tried?", "FreeText"),))
    assert (misfits(asked, {"1": Given((text,), "Dr. Grey")}) == []) == may
