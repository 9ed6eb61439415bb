"""What a suspect case must say before it goes on: tables of every rule."""

from datetime import UTC, datetime, timedelta

import pytest

from apothecary.purchasing.tracing.cases.form_3911 import (
    ALWAYS,
    LABELS,
    Form3911,
    form_of,
    whole_problems,
)
from apothecary.purchasing.tracing.cases.form_3911 import (
    LONGEST as LONGEST_ITEM,
)
from apothecary.purchasing.tracing.cases.rules import (
    LONGEST,
    LONGEST_SHORT,
    MOST_LOTS,
    TELL_WITHIN,
    Findings,
    clear_problems,
    disposal_problems,
    form_problems,
    hours_left,
    notice_problems,
    says_problems,
    short_problems,
    step_problems,
)
from apothecary.purchasing.tracing.cases.words import (
    Product,
    Sender,
    told_illegitimate,
    told_over,
)
from apothecary.purchasing.tracing.rules import exemption_problems, exemptions
from apothecary.purchasing.tracing.states import CaseState, FormKind, Source, Verdict

AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
HELD = CaseState.HELD
WHOLE = {
    "kind": "initial notification", "determined_on": "2026-11-23", "grounds": "stolen",
    "name": "lisinopril", "quantity": "100 EA", "ndc": "68180-0980-1", "event": "no serial",
    "company": "A Pharmacy", "contact": "R. Ph.",
}  # fmt: skip
LATER = {"incident": "I-7", "first_told_on": "2026-11-23"}


def codes(problems) -> list[str]:
    return [one.code for one in problems]


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("", ["no-reason"]),
        (" \n", ["no-reason"]),
        ("x" * LONGEST, []),
        ("x" * (LONGEST + 1), ["too-long"]),
    ],
)
def test_a_note_is_a_sentence_of_some_length(says, code):
    assert codes(says_problems(says)) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("", ["missing"]), ("x" * LONGEST_SHORT, []), ("x" * (LONGEST_SHORT + 1), ["too-long"])],
)
def test_a_number_or_name_is_short_and_there(text, code):
    found = short_problems(text, field="how", missing="Say how.")
    assert codes(found) == code
    assert all(one.field == "how" for one in found)


@pytest.mark.parametrize("source", list(Source))
def test_a_notice_comes_from_the_fda_or_a_partner(source):
    outside = source in {Source.FDA, Source.PARTNER}
    found = notice_problems(source, "N-1", ["L7"])
    assert codes(found) == ([] if outside else ["bad-source"])
    assert all(one.cite and one.verified == "V1" for one in found)


@pytest.mark.parametrize(
    ("reference", "lots", "fields"),
    [
        ("x" * LONGEST_SHORT, ["L"] * MOST_LOTS, []),
        ("x" * (LONGEST_SHORT + 1), [], ["reference"]),
        ("", ["L"] * (MOST_LOTS + 1), ["lots"]),
        ("", ["L" * (LONGEST_SHORT + 1)], ["lots"]),
    ],
)
def test_a_notice_has_its_bounds(reference, lots, fields):
    assert [one.field for one in notice_problems(Source.FDA, reference, lots)] == fields


@pytest.mark.parametrize(
    ("notes", "verdicts", "code"),
    [
        (0, {}, ["not-investigated"]),
        (1, {}, []),
        (0, {"S1": Verdict.VERIFIED}, []),
        (0, {"S1": Verdict.ASKED}, ["not-investigated"]),
        (0, {"S1": Verdict.REFUSED}, ["not-investigated"]),
        (0, {"S1": Verdict.UNCLEAR}, ["not-investigated"]),
        (3, {"S1": Verdict.NOT_VERIFIED}, ["not-verified"]),
        (0, {"S1": Verdict.NOT_VERIFIED}, ["not-investigated", "not-verified"]),
        (0, {"S1": Verdict.VERIFIED, "S2": Verdict.NOT_VERIFIED}, ["not-verified"]),
    ],
)
def test_product_is_cleared_only_after_somebody_looked_and_nobody_said_no(
    notes, verdicts, code
):
    found = clear_problems(Findings(HELD, notes, tuple(verdicts.items())))
    assert codes(found) == code
    assert all(one.cite for one in found)


@pytest.mark.parametrize("state", [one for one in CaseState if one is not HELD])
def test_only_what_is_held_is_cleared(state):
    assert codes(clear_problems(Findings(state, 1))) == ["wrong-state"]


def test_a_refused_step_says_where_the_case_is_and_where_it_must_be():
    (one,) = step_problems(HELD, frozenset({CaseState.DISPOSED}), "it ends")
    assert "held" in one.says
    assert "disposed" in one.says


@pytest.mark.parametrize(
    ("kind", "state", "incident", "code"),
    [
        (FormKind.INITIAL, CaseState.HELD, "", ["wrong-state"]),
        (FormKind.INITIAL, CaseState.ILLEGITIMATE, "", []),
        (FormKind.INITIAL, CaseState.NOTIFIED, "I-7", ["wrong-state"]),
        (FormKind.FOLLOW_UP, CaseState.HELD, "I-7", ["wrong-state"]),
        (FormKind.FOLLOW_UP, CaseState.ILLEGITIMATE, "I-7", []),
        (FormKind.FOLLOW_UP, CaseState.NOTIFIED, "", ["no-incident"]),
        (FormKind.FOLLOW_UP, CaseState.NOTIFIED, "I-7", []),
        (FormKind.FOLLOW_UP, CaseState.TERMINATED, "I-7", ["wrong-state"]),
        (FormKind.TERMINATION, CaseState.NOTIFIED, "I-7", ["wrong-state"]),
        (FormKind.TERMINATION, CaseState.DISPOSED, "", ["no-incident"]),
        (FormKind.TERMINATION, CaseState.DISPOSED, "I-7", []),
    ],
)
def test_each_notification_has_its_time_and_the_later_ones_their_number(
    kind, state, incident, code
):
    assert codes(form_problems(kind, state, incident=incident)) == code


@pytest.mark.parametrize(
    ("left", "sample", "code"),
    [
        ("", "1 bottle, quarantine A", []),
        ("", " ", ["missing"]),
        ("Shelf 100 EA of lot L7", "1 bottle", ["still-here"]),
        ("Shelf 100 EA of lot L7", "", ["still-here", "missing"]),
    ],
)
def test_product_is_disposed_of_when_the_books_say_so_and_a_sample_is_kept(left, sample, code):
    assert codes(disposal_problems(left_units=left, sample=sample)) == code


@pytest.mark.parametrize(
    ("after", "hours"),
    [
        (timedelta(), 24),
        (timedelta(seconds=1), 23),
        (TELL_WITHIN, 0),
        (TELL_WITHIN + timedelta(seconds=1), -1),
        (timedelta(days=2), -24),
    ],
)
def test_the_clock_runs_twenty_four_hours_and_then_below_zero(after, hours):
    assert hours_left(AT + TELL_WITHIN, at=AT + after) == hours


# Form FDA 3911


def test_the_first_notification_is_whole_without_a_number_of_the_fda():
    assert whole_problems(Form3911(**WHOLE), is_first=True, is_last=False) == []


@pytest.mark.parametrize("name", ALWAYS)
def test_each_item_that_must_be_there_is_named_when_it_is_not(name):
    form = Form3911(**WHOLE | {name: " "})
    found = whole_problems(form, is_first=True, is_last=False)
    assert [one.field for one in found] == [name]
    assert LABELS[name] in found[0].says


def test_a_later_one_names_the_first_and_the_last_says_why_it_is_over():
    form = Form3911(**WHOLE)
    found = whole_problems(form, is_first=False, is_last=True)
    assert {one.field for one in found} == {"incident", "first_told_on", "why_over"}
    whole = Form3911(**WHOLE, **LATER, why_over="destroyed")
    assert whole_problems(whole, is_first=False, is_last=True) == []


def test_an_item_has_its_bound():
    form = Form3911(**WHOLE | {"event": "x" * (LONGEST_ITEM + 1)})
    assert codes(whole_problems(form, is_first=True, is_last=False)) == ["too-long"]


def test_every_item_has_a_label_and_stands_on_the_paper_once():
    lines = Form3911(**WHOLE).lines()
    assert len(lines) == len(LABELS) == len({label for label, _ in lines})
    assert set(LABELS) == set(Form3911.__dataclass_fields__)


def test_what_was_kept_is_read_back_and_anything_else_is_a_fault():
    form = Form3911(**WHOLE)
    facts = {name: getattr(form, name) for name in LABELS}
    assert form_of(facts) == form
    for bad in (facts | {"more": "x"}, facts | {"event": 7}, {}):
        with pytest.raises(ValueError, match="3911"):
            form_of(bad)


# What partners are told


def test_a_partner_is_told_what_why_since_when_and_by_whom():
    product = Product("lisinopril 10 mg", "68180-0980-1", ("L7",), ("S1", "S2"))
    sender = Sender("A Pharmacy", "100 Main St", "5125550100", "R. Ph.")
    text = told_illegitimate(
        product, case=4, grounds="stolen", because="the seal", at=AT, sender=sender
    )
    for word in ("2026-11-23 18:00 UTC", "68180-0980-1", "L7", "S1, S2", "stolen", "the seal"):
        assert word in text
    assert text.splitlines()[-4:] == ["R. Ph.", "A Pharmacy", "100 Main St", "5125550100"]
    over = told_over(product, case=4, incident="I-7", sender=sender)
    assert "I-7" in over
    assert "over" in over


def test_what_is_not_known_of_a_product_is_left_out():
    assert Product("drug", "1", (), ()).lines() == ["Product: drug, NDC 1"]


# Exemptions


@pytest.mark.parametrize("code", sorted(exemptions()))
def test_every_exemption_bears_its_source_and_says_whether_it_holds_at_our_door(code):
    row = exemptions()[code]
    assert row.says
    assert row.cite.startswith("FDCA 58")
    assert row.mark == "K"
    assert codes(exemption_problems(code)) == ([] if row.inbound else ["not-inbound"])


@pytest.mark.parametrize("code", ["", "none", "x" * 300])
def test_an_exemption_nobody_knows_is_refused_with_those_there_are(code):
    (one,) = exemption_problems(code)
    assert (one.code, one.field) == ("bad-exemption", "exemption")
    assert "grandfathered" in one.says
    assert "to-patient" not in one.says
