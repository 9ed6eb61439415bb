"""The counter never says how much must be left before somebody has counted it."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apothecary.filling.back_counts import (
    LeftFacts,
    counted_back_problems,
    left_problems,
    next_left,
)
from apothecary.filling.models import BackCount
from apothecary.filling.tests.bench import filling, labelled, now, scanned, waiting
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role

DRUG = "oxycodone"
HTMX, JSON = {"HX-Request": "true"}, {"Accept": "application/json"}
BUDGET = 8
# A thousand stand on the shelf, thirty go into the vial.
TELLTALE = ("970", "1000", "1,000")


@pytest.fixture
def technician(pharmacy) -> Client:
    person = pharmacy.people[Role.TECHNICIAN]
    client = Client()
    client.cookies["apothecary_session"] = worker_token(
        person=person, station="counter 1", at=datetime.now(UTC)
    )
    return client


def page(client: Client, fill: Fill) -> str:
    return client.get(f"/filling/{fill.pk}/").content.decode()


def count(client: Client, fill: Fill, counted: str, *, attempt: int = 1, headers=HTMX):
    said = {"lot": "L1", "counted": counted, "try_number": str(attempt)}
    return client.post(f"/filling/{fill.pk}/back-count", said, headers=headers)


@pytest.mark.parametrize("prepared", [waiting, filling, scanned, labelled])
def test_how_many_there_are_is_nowhere_on_the_page_until_it_was_counted(
    pharmacy, technician, prepared
):
    html = page(technician, prepared(pharmacy, DRUG))
    assert "what is left is counted blind" in html
    assert [said for said in TELLTALE if said in html] == []


def test_the_field_is_empty_and_a_first_miss_does_not_tell_the_number(pharmacy, technician):
    fill = labelled(pharmacy, DRUG)
    html = page(technician, fill)
    assert "Put the rest back and count what is left of lot L1" in html
    assert re.search(r'name="counted"[^>]* value=""', html)
    panel = count(technician, fill, "955").content.decode()
    assert "That is not what the books say. Count what is left of lot L1 again." in panel
    assert [said for said in (*TELLTALE, "955", "15 short") if said in panel] == []
    assert 'name="try_number" value="2"' in panel


def test_a_second_miss_is_told_with_both_numbers_and_goes_to_the_pharmacist(
    pharmacy, technician
):
    fill = labelled(pharmacy, DRUG)
    for attempt in (1, 2):
        panel = count(technician, fill, "955", attempt=attempt).content.decode()
    assert "counted 955, by the books 970, 15 short." in panel
    assert "The pharmacist sees it." in panel
    assert "1,000" not in panel
    technician.post(f"/filling/{fill.pk}/check", headers=HTMX)
    assert now(fill).state == FillState.CHECK
    html = technician.get(f"/verification/{fill.pk}/").content.decode()
    assert "counted 955, by the books 970, 15 short." in html


def test_one_that_agrees_is_said_so_and_the_next_key_sends_it(pharmacy, technician):
    fill = labelled(pharmacy, DRUG)
    panel = count(technician, fill, "970").content.decode()
    assert "Left of lot L1: as the books say." in panel
    assert "Stick the label on the vial." in panel
    assert "To the pharmacist" in panel
    technician.post(f"/filling/{fill.pk}/check", headers=HTMX)
    html = technician.get(f"/verification/{fill.pk}/").content.decode()
    assert "Left of lot L1: as the books say." in html


def test_a_device_is_told_which_lot_and_not_how_many(pharmacy, technician):
    fill = labelled(pharmacy, DRUG)
    facts = count(technician, fill, "955", headers=JSON).json()
    assert facts["count_left_of_lot"] == "L1"
    assert [said for said in TELLTALE if said in str(facts)] == []
    facts = count(technician, fill, "970", attempt=2, headers=JSON).json()
    assert facts["count_left_of_lot"] is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"counted": "", "lot": "L1", "try_number": "1"}, "counted"),
        ({"counted": "many", "lot": "L1", "try_number": "1"}, "counted"),
        ({"counted": "-1", "lot": "L1", "try_number": "1"}, "counted"),
        ({"counted": "970", "lot": "", "try_number": "1"}, "lot"),
        ({"counted": "970", "lot": "L1", "try_number": "first"}, "try_number"),
        ({"counted": "970", "lot": "L1"}, "try_number"),
    ],
)
def test_a_bad_count_is_refused_by_its_field_and_not_kept(pharmacy, technician, said, field):
    fill = labelled(pharmacy, DRUG)
    answer = technician.post(f"/filling/{fill.pk}/back-count", said, headers=JSON)
    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (409, field)
    assert not BackCount.objects.exists()


def test_the_page_of_a_schedule_ii_fill_stays_within_eight_queries(pharmacy, technician):
    fill = labelled(pharmacy, DRUG)
    page(technician, fill)
    with CaptureQueriesContext(connection) as asked:
        page(technician, fill)
    assert len(asked) <= BUDGET, [query["sql"][:90] for query in asked]


def test_what_is_on_hand_of_any_other_drug_is_shown_as_before(pharmacy, technician):
    html = page(technician, labelled(pharmacy))
    assert "counted blind" not in html
    assert "1,000" in html


# The rules


def lot(*counts: tuple[int, int], number: str = "L1") -> LeftFacts:
    made = tuple((Decimal(counted), Decimal(expected)) for counted, expected in counts)
    return LeftFacts(1, number, made)


@pytest.mark.parametrize(
    ("counts", "done", "difference", "says"),
    [
        ((), False, 0, ""),
        (((9, 10),), False, -1, ""),
        (((10, 10),), True, 0, "Left of lot L1: as the books say."),
        (((9, 10), (10, 10)), True, 0, "Left of lot L1: as the books say."),
        (((9, 10), (9, 10)), True, -1, "Left of lot L1: counted 9, by the books 10, 1 short."),
        (((9, 10), (12, 10)), True, 2, "Left of lot L1: counted 12, by the books 10, 2 over."),
        # Between the two somebody else took some: each count is held to its own moment.
        (((9, 10), (9, 9)), True, 0, "Left of lot L1: as the books say."),
    ],
)
def test_a_lot_is_done_when_it_agrees_or_was_counted_twice(counts, done, difference, says):
    facts = lot(*counts)
    assert (facts.done, facts.difference, facts.says) == (done, difference, says)


def test_every_lot_that_is_open_is_named_and_the_first_is_next():
    left = [lot((5, 5)), lot(number="L2"), lot((1, 2), number="L3")]
    assert next_left(left) == left[1]
    (problem,) = left_problems(left)
    assert "lot L2 and L3" in problem.says
    assert (problem.code, problem.verified) == ("not-counted-back", "C")
    assert (left_problems(left[:1]), next_left([]), left_problems([])) == ([], None, [])


@pytest.mark.parametrize(
    ("counted", "unit", "codes"),
    [
        ("0", "EA", []),
        ("0.5", "ML", []),
        ("0.5", "EA", ["count-parts"]),
        ("-0.001", "ML", ["left-impossible"]),
        ("1000000", "EA", []),
        ("1000001", "EA", ["left-impossible"]),
    ],
)
def test_what_is_left_is_nothing_or_more_and_whole_where_it_is_counted_by_piece(
    counted, unit, codes
):
    found = counted_back_problems(Decimal(counted), unit=unit)
    assert [problem.code for problem in found] == codes
