"""Every address × every role: `doors.csv` says whose it is, and what is not there fails."""

import pytest
from django.db import transaction
from django.test import Client

from apothecary.intake.models import Arrival
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Duty, Role
from house.doorway import NOT_MADE, Door, addresses, knock, table

ROLES = [role for role in Role if role is not Role.SYSTEM]
SAID = {"open", "signed on", *Duty}
# What may be written down although the door stayed shut.
REFUSALS = {Deed.REFUSED_DUTY.value, Deed.REFUSED_BY_RULE.value}


@pytest.fixture
def parts(pharmacy) -> dict[str, object]:
    """One of everything, so that an address leads somewhere."""
    lot = pharmacy.receive("lisinopril", "100")
    fill = pharmacy.enter()
    at = pharmacy.pharmacist.at
    arrival = Arrival.objects.create(
        pharmacy=pharmacy.pharmacy, source="paper", arrived_at=at, promised_at=at
    )
    return {
        "number": fill.prescription.number,
        "rx_id": fill.prescription_id,
        "fill_id": fill.pk,
        "patient_id": pharmacy.patient.pk,
        "product_id": pharmacy.drugs["lisinopril"].product_id,
        "package_id": pharmacy.drugs["lisinopril"].pk,
        "lot_id": lot.pk,
        "arrival_id": arrival.pk,
        "about": "fill",
        "about_id": fill.pk,
        "of": "patient",
        "kind": "pdf",
    } | dict.fromkeys(NOT_MADE, 1)


def client_of(pharmacy, role: Role) -> Client:
    token = worker_token(person=pharmacy.people[role], station="x", at=pharmacy.pharmacist.at)
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def test_every_address_stands_in_the_table_and_the_table_names_no_other():
    assert {url for url, _ in addresses()} == {door.url for door in table()}


def test_the_table_says_each_door_once_and_only_duties_that_exist():
    doors = table()
    assert len({(door.url, door.method) for door in doors}) == len(doors)
    assert {door.duty for door in doors} <= SAID


def test_a_view_is_open_to_all_only_where_the_table_says_so():
    marked = {url for url, view in addresses() if getattr(view, "open_to_all", False)}
    assert marked == {door.url for door in table() if door.duty == "open"}


def test_a_stranger_gets_through_no_door(pharmacy, parts):
    page, program = Client(), Client(headers={"accept": "application/json"})
    for door in table():
        if door.duty == "open":
            continue
        assert knock(program, door, parts).status_code == 401, door
        if not door.url.startswith("api/"):
            assert knock(page, door, parts).headers.get("Location") == "/signin", door


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_through_its_doors_and_no_other(pharmacy, parts, role):
    client = client_of(pharmacy, role)
    worker = pharmacy.workers[role]
    wrong = []
    for door in table():
        if door.duty == "open" or door.url == "signout":
            continue
        may = door.duty == "signed on" or worker.may(Duty(door.duty))
        with transaction.atomic():
            before = deeds()
            status = knock(client, door, parts).status_code
            if not answered_rightly(door, status, may=may, wrote=deeds() - before):
                wrong.append(f"{door.method} /{door.url}: {status}")
            transaction.set_rollback(True)
    assert wrong == []


def deeds() -> int:
    """How many deeds are written down, refusals aside."""
    return Entry.objects.exclude(deed__in=REFUSALS).count()


def answered_rightly(door: Door, status: int, *, may: bool, wrote: int) -> bool:
    """Whoever may is never told that they may not; whoever may not changes nothing.

    A body that says nothing may be refused for what it lacks before anybody asks whose it is.
    """
    if may:
        return status < 500 and status != 403
    if door.method == "GET":
        return status == 403
    return 400 <= status < 500 and wrote == 0
