"""After a fill is counted, the counter asks what is left where a count is worth most."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client

from apothecary.drugs.models import Package
from apothecary.filling.left import touched_by
from apothecary.filling.queries import counter, reservations
from apothecary.filling.tests.bench import filling, labelled, scanned, waiting
from apothecary.prescriptions.models import Fill
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.stock.counting.models import Assertion, CountLine
from apothecary.stock.counting.rules import LineState
from apothecary.stock.kinds import Programme
from apothecary.stock.models import Place

HTMX = {"HX-Request": "true"}
ASKS = re.compile(r'hx-get="(/stock/left[^"]*)"')


@pytest.fixture
def technician(pharmacy) -> Client:
    person = pharmacy.people[Role.TECHNICIAN]
    client = Client()
    client.cookies["apothecary_session"] = worker_token(
        person=person, station="counter 1", at=datetime.now(UTC)
    )
    return client


def asked(client: Client, fill: Fill) -> str:
    """Where the page of a fill asks what is left, or nothing."""
    found = ASKS.search(client.get(f"/filling/{fill.pk}/").content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def dear(world, drug="lisinopril") -> None:
    """A drug of which it is worth asking."""
    package = world.drugs[drug]
    Package.objects.filter(pk=package.pk).update(price_usd=Decimal(90))


def answer(client: Client, fill: Fill, left: str):
    (held,) = reservations(fill)
    said = {"place": held.place_id, "lot": held.lot_id, "in_vials": "30", "left": left}
    return client.post("/stock/left", said, headers=HTMX)


@pytest.mark.parametrize("prepared", [waiting, filling, scanned])
def test_nothing_is_asked_before_the_tablets_are_counted(pharmacy, technician, prepared):
    assert asked(technician, prepared(pharmacy)) == ""


def test_with_the_count_done_the_counter_asks_what_is_left_of_its_lot(pharmacy, technician):
    fill = labelled(pharmacy)
    (held,) = reservations(fill)
    there = asked(technician, fill)
    assert f"place={held.place_id}&lot={held.lot_id}&in_vials=30" in there


def test_the_question_is_shown_only_where_a_count_is_worth_it(pharmacy, technician):
    fill = labelled(pharmacy)
    assert "How many are left" not in technician.get(asked(technician, fill)).content.decode()
    dear(pharmacy)
    piece = technician.get(asked(technician, fill)).content.decode()
    assert "How many are left in lot L1?" in piece
    assert "970" not in piece  # blind: what the books say is nowhere


def test_what_lies_in_the_vial_is_not_missing_from_the_bottle(pharmacy, technician):
    fill = labelled(pharmacy)
    assert "Counted" in answer(technician, fill, "970").content.decode()
    made = Assertion.objects.get()
    assert (made.book, made.counted, made.in_vials) == (970, 970, 30)
    assert not CountLine.objects.exists()


def test_another_fill_in_its_vial_is_not_missing_either(pharmacy, technician):
    first, second = labelled(pharmacy), labelled(pharmacy)
    assert first.quantity + second.quantity == 60
    assert "in_vials=60" in asked(technician, second)


def test_what_does_not_agree_waits_for_a_second_person(pharmacy, technician):
    fill = labelled(pharmacy)
    assert "second look" in answer(technician, fill, "900").content.decode()
    assert CountLine.objects.get().state == LineState.RECOUNT


def test_schedule_ii_is_counted_back_and_not_asked_once_more(pharmacy):
    fill = labelled(pharmacy, "oxycodone")
    assert touched_by(fill, reservations(fill)) is None
    assert reservations(fill) != []


def test_of_two_lots_nobody_is_asked(pharmacy):
    pharmacy.receive("lisinopril", "20")
    pharmacy.receive("lisinopril", "20", lot="L2")
    fill = waiting(pharmacy, stock="0")
    held = reservations(fill)
    assert len(held) == 2
    assert touched_by(fill, held) is None


def test_what_stands_in_340b_places_is_not_on_hand_for_a_fill(pharmacy):
    fill = waiting(pharmacy)
    at = counter(pharmacy_id=fill.pharmacy_id, fill_id=fill.pk)
    Place.objects.filter(name="Shelf").update(programme=Programme.DISCOUNT_340B)
    then = counter(pharmacy_id=fill.pharmacy_id, fill_id=fill.pk)
    assert at is not None
    assert then is not None
    assert (at.on_hand, then.on_hand or 0) == (1000, 0)
