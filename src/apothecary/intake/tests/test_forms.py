"""Typed text becomes typed values or a refusal that names the field."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.intake.forms import MOST_TEXT, Reader, kept, read_entry, settled, unsettled
from apothecary.law.problem import Refused

CHICAGO = ZoneInfo("America/Chicago")
ASKS = {"days_supply": "30 or 25 days?", "package_id": "This product?"}


def fields(refusal):
    return {problem.field for problem in refusal.value.problems}


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_a_day_is_read_as_it_is_shown_and_as_it_is_kept(day):
    for text in (f"{day:%m/%d/%Y}", day.isoformat(), f"{day.month}/{day.day}/{day.year}"):
        read = Reader({"on": text})
        assert (read.day("on", "Day"), read.problems) == (day, [])


@pytest.mark.parametrize("text", ["02/29/2025", "13/01/2026", "2026-02-30", "1/1/26", "soon"])
def test_what_is_no_day_of_the_calendar_is_refused(text):
    read = Reader({"on": text})
    assert read.day("on", "Day") is None
    assert [problem.field for problem in read.problems] == ["on"]


@given(st.decimals(min_value=0, max_value=99999, places=3, allow_nan=False))
def test_a_quantity_is_read_exactly_as_typed(value):
    read = Reader({"quantity": str(value)})
    assert read.number("quantity", "Quantity", places=3) == value
    assert not read.problems


@pytest.mark.parametrize(
    ("text", "places", "value"),
    [("30", 3, "30"), ("1,000", 3, "1000"), (".5", 3, "0.5"), ("7.125", 3, "7.125")],
)
def test_a_number_is_read_as_people_write_it(text, places, value):
    read = Reader({"n": text})
    assert read.number("n", "Number", places=places) == Decimal(value)


@pytest.mark.parametrize("text", ["", "abc", "1e5", "NaN", "Infinity", "1.2345", "--3", "٣"])
def test_what_is_no_number_is_refused(text):
    read = Reader({"n": text})
    read.number("n", "Number", places=3)
    assert [problem.field for problem in read.problems] == ["n"]


@pytest.mark.parametrize(("length", "fits"), [(999, True), (MOST_TEXT, True), (1001, False)])
def test_a_text_is_never_cut(length, fits):
    read = Reader({"note": "x" * length})
    assert len(read.text("note")) == (length if fits else 0)
    assert bool(read.problems) is not fits


def test_a_promise_is_told_by_the_counters_clock():
    read = Reader({"promised": "07/04/2026 13:30"})
    at = read.instant("promised", CHICAGO)
    assert at == datetime(2026, 7, 4, 13, 30, tzinfo=CHICAGO)
    assert Reader({"promised": ""}).instant("promised", CHICAGO) is None


@pytest.mark.parametrize(
    ("year", "stands"),
    [(1899, False), (1900, True), (2199, True), (2200, False), (9999, False)],
)
def test_a_day_or_promise_of_no_time_in_which_anybody_fills_is_refused(year, stands):
    """Months added to the last year of the calendar would leave it."""
    read = Reader({"on": f"12/31/{year}", "promised": f"12/31/{year} 23:59"})
    assert (read.day("on", "Day") is not None) == stands
    assert (read.instant("promised", CHICAGO) is not None) == stands
    at_fault = [problem.field for problem in read.problems]
    assert at_fault == ([] if stands else ["on", "promised"])


def test_an_empty_form_is_refused_with_every_field_at_once():
    with pytest.raises(Refused) as refusal:
        read_entry({}, zone=CHICAGO)
    wanted = {"patient_id", "prescriber_id", "package_id", "quantity", "days_supply", "refills"}
    assert wanted | {"daw", "written_on", "origin", "pay"} <= fields(refusal)


def test_a_whole_form_is_read(form):
    entry = read_entry(form | {"price_usd": "12.50", "waiter": "yes"}, zone=CHICAGO)
    assert (entry.quantity, entry.written_on) == (30, date(2026, 11, 20))
    assert (entry.price_usd, entry.waiter) == (Decimal("12.50"), True)


@pytest.mark.parametrize(
    ("name", "source", "answered"),
    [
        ("days_supply", "accepted", True),
        ("days_supply", "typed", False),
        ("days_supply", "sent", False),
        ("days_supply", "matched", False),
        ("days_supply", "guessed", False),
        ("days_supply", "", False),
        ("package_id", "accepted", True),
        ("package_id", "typed", True),
        ("package_id", "guessed", False),
    ],
)
def test_a_question_is_answered_by_a_person_alone(name, source, answered):
    values = {f"{name.removesuffix('_id')}_source": source}
    assert settled(values, name) is answered
    assert (ASKS[name] in unsettled(values, ASKS)) is not answered


def test_a_draft_keeps_the_fields_of_the_form_and_nothing_else():
    posted = {"quantity": "3", "quantity_source": "typed", "new_last_name": "X", "because": "y"}
    assert kept(posted) == {"quantity": "3", "quantity_source": "typed"}


def test_a_draft_too_long_to_keep_is_refused():
    with pytest.raises(Refused) as refusal:
        kept({"note": "x" * 1001})
    assert fields(refusal) == {"note"}


@pytest.mark.parametrize("source", ["-1", "scanned", "Sent"])
def test_a_draft_says_only_sources_that_can_be_shown_again(source):
    with pytest.raises(Refused) as refusal:
        kept({"daw": "0", "daw_source": source})
    assert fields(refusal) == {"daw_source"}
