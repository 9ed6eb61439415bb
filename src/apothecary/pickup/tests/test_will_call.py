"""Will-call: what waits, where it lies, how it is found, and what goes back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apothecary.pickup.tests.counter import (
    BUDGET,
    HX,
    asked,
    controlled,
    label,
    signed_in,
    stored,
)
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role

CHICAGO = ZoneInfo("America/Chicago")


def test_will_call_says_whose_bag_which_bin_what_day_and_what_is_to_pay(pharmacy, tech, ready):
    week = timedelta(days=6)
    at = datetime.now(UTC) - week
    Fill.objects.filter(pk=ready.pk).update(bin="B-14", copay_usd="4.00", state_since=at)
    page, statements = asked(tech, "/pickup/")
    for said in ("Doe, Jane", "02/29/1980", "B-14", "day 7 of 10", "$4.00", ">New<"):
        assert said in page
    assert statements <= BUDGET


def test_a_bag_that_must_be_kept_cold_or_shown_identification_for_says_so(pharmacy, tech):
    controlled(pharmacy)
    pharmacy.stocked("insulin", until=FillState.READY)
    page, _ = asked(tech, "/pickup/")
    assert "Fridge" in page
    assert "C-II · ID" in page


@pytest.mark.parametrize(("days", "late"), [(9, False), (10, True)])
def test_the_last_day_of_a_bag_is_its_tenth(tech, ready, days, late):
    at = datetime.now(UTC) - timedelta(days=days)
    Fill.objects.filter(pk=ready.pk).update(state_since=at, bin="A1")
    page, _ = asked(tech, "/pickup/")
    assert f"day {days + 1} of 10" in page
    assert ('class="chip look"' in page) is late


def test_the_day_begins_when_it_begins_at_the_pharmacy(pharmacy, tech, ready):
    """Half past eleven at night in Chicago is tomorrow in UTC, and still that day here."""
    today = datetime.now(UTC).astimezone(CHICAGO)
    late = (today - timedelta(days=3)).replace(hour=23, minute=30)
    Fill.objects.filter(pk=ready.pk).update(state_since=late)
    assert late.astimezone(UTC).date() != late.date()
    assert "day 4 of 10" in asked(tech, "/pickup/")[0]


def test_a_bag_is_found_by_name_and_birth_date_and_nobody_elses_is(pharmacy, tech, ready):
    assert "Doe, Jane" in asked(tech, "/pickup/?q=doe,j 2/29/80")[0]
    assert "No ready bag answers" in asked(tech, "/pickup/?q=doe,j 3/1/80")[0]


@pytest.mark.parametrize("code", [label, lambda fill: f"BAG{fill.pk}"])
def test_a_scanned_bag_without_a_bin_is_binned_first(tech, ready, code):
    answer = tech.post("/pickup/scan", {"code": code(ready)}, headers=HX)
    assert answer.headers["HX-Redirect"] == f"/pickup/bag/{ready.pk}/bin"


def test_a_scanned_bag_in_its_bin_opens_the_register(tech, ready):
    Fill.objects.filter(pk=ready.pk).update(bin="D7")
    answer = tech.post("/pickup/scan", {"code": label(ready)}, headers=HX)
    assert answer.headers["HX-Redirect"] == f"/pickup/bag/{ready.pk}/"
    assert tech.post("/pickup/scan", {"code": label(ready)}).url == f"/pickup/bag/{ready.pk}/"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("RX7099999-0-1", "No bag of this pharmacy"),
        ("BAG12X", "No bag of this pharmacy"),
        ("BAG99999999999999999999", "No bag of this pharmacy"),
        ("0093-1713-01", "not a bag"),
        ("", "That is no bag"),
        ("hello", "That is no bag"),
    ],
)
def test_a_scan_that_is_no_bag_is_told_apart(tech, ready, code, says):
    answer = tech.post("/pickup/scan", {"code": code}, headers=HX)
    assert answer.status_code == 409
    assert says in answer.content.decode()


def test_a_bag_then_its_bin_and_the_list_says_where_it_is(tech, ready):
    page, statements = asked(tech, f"/pickup/bag/{ready.pk}/bin")
    assert "Scan the bin" in page
    assert statements <= BUDGET
    answer = tech.post(f"/pickup/bag/{ready.pk}/bin", {"code": "]A0d7"}, headers=HX)
    assert stored(ready).bin == "D7"
    page, _ = asked(tech, answer.headers["HX-Redirect"])
    assert "is in bin D7" in page


def test_the_bin_of_the_patients_other_bag_is_offered(pharmacy, tech, ready):
    Fill.objects.filter(pk=ready.pk).update(bin="D7")
    other = pharmacy.stocked("metformin", until=FillState.READY)
    page, _ = asked(tech, f"/pickup/bag/{other.pk}/bin")
    assert "Beside the other bag: D7" in page
    assert '<input id="f-bin" name="bin"' in page
    assert 'type="text" value=""' in page


@pytest.mark.parametrize("code", ["BAG5", "RX7000001-0-1", "", "]d20100368180980010", "-"])
def test_what_is_no_bin_is_refused_and_the_bag_has_none(tech, ready, code):
    answer = tech.post(f"/pickup/bag/{ready.pk}/bin", {"code": code}, headers=HX)
    assert answer.status_code == 409
    assert stored(ready).bin == ""


def overdue(fill: Fill) -> Fill:
    at = datetime.now(UTC) - timedelta(days=12)
    Fill.objects.filter(pk=fill.pk).update(state_since=at)
    return fill


def test_what_waited_too_long_is_listed_and_nothing_is_ticked_yet(pharmacy, tech, ready):
    assert "Nothing is due" in asked(tech, "/pickup/returns")[0]
    overdue(ready)
    page, statements = asked(tech, "/pickup/returns")
    assert "day 13 of 10" in page
    assert f'value="{ready.pk}" aria-label' in page
    assert f'value="{ready.pk}" checked' in asked(tech, "/pickup/returns?all")[0]
    assert statements <= BUDGET


def test_a_scanned_bag_is_ticked_and_then_goes_back_on_its_shelf(pharmacy, tech, ready):
    overdue(ready)
    page = tech.post("/pickup/returns/bags", {"code": label(ready)}, headers=HX)
    assert f'value="{ready.pk}" checked' in page.content.decode()
    done = tech.post("/pickup/returns/send", {"fill_ids": [str(ready.pk)]}, headers=HX)
    assert done.headers["HX-Redirect"] == "/pickup/returns"
    assert stored(ready).state == FillState.RETURNED


def test_a_bag_that_is_not_due_is_not_taken_back_by_its_scan(tech, ready):
    answer = tech.post("/pickup/returns/bags", {"code": label(ready)}, headers=HX)
    assert answer.status_code == 409
    assert "not due to go back" in answer.content.decode()


def test_bags_go_back_all_together_or_none(pharmacy, tech, ready):
    gone = pharmacy.stocked("metformin", until=FillState.SOLD)
    sent = {"fill_ids": [str(ready.pk), str(gone.pk)]}
    assert tech.post("/pickup/returns/send", sent, headers=HX).status_code == 409
    assert stored(ready).state == FillState.READY
    nothing = tech.post("/pickup/returns/send", {}, headers=HX)
    assert "Tick the bags" in nothing.content.decode()


def test_a_clerk_of_this_state_returns_nothing(pharmacy, ready):
    client = signed_in(pharmacy.people[Role.CLERK])
    assert client.get("/pickup/returns").status_code == 403
