"""The rules of recalls: what a notice must say, what a look and a call may, when one closes."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world_days import TODAY
from apothecary.returns.recalls.rules import (
    MEANINGS,
    Standing,
    call_problems,
    closing_problems,
    due_on,
    is_done,
    look_problems,
    notice_problems,
    usual_depth,
)
from apothecary.returns.recalls.states import (
    FINAL,
    OUTCOMES,
    STEPS,
    CallOutcome,
    Depth,
    Kind,
    NoSuchStep,
    RecallState,
    Way,
    next_state,
)
from apothecary.returns.recalls.tests.notices import typed

D = Decimal


def said(problems) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in problems]


@pytest.mark.parametrize(("recall_class", "days"), [("I", 0), ("II", 3), ("III", 5), ("", 0)])
def test_class_i_is_worked_the_same_day_ii_in_three_iii_in_five(recall_class, days):
    assert due_on(recall_class, TODAY) == TODAY + timedelta(days=days)
    assert MEANINGS[recall_class]


@pytest.mark.parametrize(
    ("recall_class", "depth"),
    [("I", Depth.CONSUMER), ("II", Depth.PHARMACY), ("III", Depth.PHARMACY),
     ("", Depth.PHARMACY)],
)  # fmt: skip
def test_only_class_i_goes_to_the_patients_where_the_notice_does_not_say(recall_class, depth):
    assert usual_depth(recall_class) is depth


def test_a_whole_notice_has_no_problem():
    assert notice_problems(typed(), today=TODAY) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"number": " "}, ("number", "missing")),
        ({"firm": ""}, ("firm", "missing")),
        ({"product": ""}, ("product", "missing")),
        ({"reason": "\t"}, ("reason", "missing")),
        ({"packages": 0}, ("ndc", "missing")),
        ({"lots": ()}, ("lots", "no-lots")),
        ({"every_lot": True}, ("lots", "every-and-some")),
        ({"lots": ("L1", "--")}, ("lots", "bad-lot")),
        ({"recall_class": "IV"}, ("recall_class", "bad-class")),
        ({"issued_on": TODAY + timedelta(days=1)}, ("issued_on", "future")),
        (
            {"issued_on": TODAY, "reply_by": TODAY - timedelta(days=1)},
            ("reply_by", "before-notice"),
        ),
        ({"patients_since": TODAY + timedelta(days=1)}, ("patients_since", "future")),
    ],
)
def test_a_notice_is_refused_by_the_field_that_is_wrong(changes, problem):
    assert said(notice_problems(typed(**changes), today=TODAY)) == [problem]


def test_every_reason_against_a_notice_is_told_at_once():
    problems = notice_problems(typed(number="", firm="", packages=0, lots=()), today=TODAY)
    assert [one.field for one in problems] == ["number", "firm", "ndc", "lots"]


@pytest.mark.parametrize(
    "changes",
    [
        {"every_lot": True, "lots": ()},
        {"recall_class": ""},
        {"issued_on": TODAY, "reply_by": TODAY},
        {"patients_since": TODAY},
    ],
)
def test_what_stands_at_the_bound_is_right(changes):
    assert notice_problems(typed(**changes), today=TODAY) == []


@pytest.mark.parametrize("kind", [Kind.WITHDRAWAL, Kind.RECOVERY])
def test_what_is_no_recall_has_no_class_and_reaches_no_patient(kind):
    plain = typed(kind=kind, recall_class="")
    assert notice_problems(plain, today=TODAY) == []
    both = replace(plain, recall_class="I", depth=Depth.CONSUMER)
    problems = notice_problems(both, today=TODAY)
    assert said(problems) == [("recall_class", "no-recall"), ("depth", "no-recall")]
    assert {one.cite for one in problems} == {"21 CFR 7.3(j), (k)"}


@pytest.mark.parametrize(
    ("found", "because", "code"),
    [
        ("100", "", None),
        ("0", "sold by hand", None),
        ("99.999", "one was chipped", None),
        ("99", " ", "no-reason"),
        ("0", "", "no-reason"),
        ("-1", "x", "bad-quantity"),
        ("100.001", "x", "more-than-books"),
    ],
)
def test_what_is_found_is_at_most_what_the_books_have_and_less_has_a_reason(
    found, because, code
):
    problems = look_problems(D(found), D(100), because)
    assert [one.code for one in problems] == ([code] if code else [])


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("outcome", list(CallOutcome))
def test_only_what_can_come_of_a_way_may_be_written_down(way, outcome):
    problems = call_problems(way, outcome, tries=9, has_phone=True, note="")
    assert bool(problems) == (outcome not in OUTCOMES[way])


@pytest.mark.parametrize(
    ("tries", "has_phone", "codes"),
    [(2, True, ["too-early"]), (3, True, []), (0, False, [])],
)
def test_a_letter_goes_out_after_three_calls_or_where_nobody_can_be_called(
    tries, has_phone, codes
):
    problems = call_problems(
        Way.LETTER, CallOutcome.LETTER_SENT, tries=tries, has_phone=has_phone, note=""
    )
    assert [one.code for one in problems] == codes


@pytest.mark.parametrize(("note", "codes"), [("", ["no-phone"]), ("her daughter's", [])])
def test_a_call_without_a_number_on_file_says_which_was_called(note, codes):
    problems = call_problems(
        Way.PHONE, CallOutcome.NO_ANSWER, tries=0, has_phone=False, note=note
    )
    assert [one.code for one in problems] == codes


@pytest.mark.parametrize("outcome", list(CallOutcome))
def test_who_was_spoken_to_or_written_to_is_done_and_nobody_else(outcome):
    assert is_done(outcome) == (outcome in FINAL)
    assert (outcome in {CallOutcome.MESSAGE, CallOutcome.NO_ANSWER}) <= (outcome not in FINAL)


DONE = Standing(
    state=RecallState.OPEN,
    places=2,
    places_left=0,
    patients=3,
    patients_left=0,
    fills_left=0,
    reply_by=None,
    replied=False,
)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"places": 0, "patients": 0}, []),
        ({"places_left": 1}, ["places-left"]),
        ({"patients_left": 3}, ["patients-left"]),
        ({"fills_left": 1}, ["fills-left"]),
        ({"state": RecallState.DOUBTFUL}, ["doubtful"]),
        ({"state": RecallState.CLOSED, "places_left": 1}, ["wrong-state"]),
        ({"reply_by": date(2026, 12, 1)}, ["no-reply"]),
        ({"reply_by": date(2026, 12, 1), "replied": True}, []),
        (
            {"places_left": 1, "patients_left": 1, "reply_by": date(2026, 12, 1)},
            ["places-left", "patients-left", "no-reply"],
        ),
    ],
)
def test_a_recall_closes_when_every_place_and_patient_is_accounted_for(changes, codes):
    assert [one.code for one in closing_problems(replace(DONE, **changes))] == codes


def test_how_far_a_recall_is_counts_places_and_patients():
    standing = replace(DONE, places_left=1, patients_left=1)
    assert (standing.done, standing.all) == (3, 5)


@pytest.mark.parametrize("start", list(RecallState))
@pytest.mark.parametrize("end", list(RecallState))
def test_a_step_that_is_not_in_the_table_stops_the_act(start, end):
    if (start, end) in STEPS:
        assert next_state(start, end) is end
    else:
        with pytest.raises(NoSuchStep):
            next_state(start, end)


def test_a_doubtful_recall_is_never_closed_before_somebody_decided():
    assert (RecallState.DOUBTFUL, RecallState.CLOSED) not in STEPS
