"""Two pharmacies in one house never see each other's rows: not by page, API, nor SQL."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from apothecary.intake.models import Arrival
from apothecary.journal.models import Entry
from apothecary.patients.models import Allergy
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in
from apothecary.stock.models import Lot
from house.doorway import NOT_MADE, knock, table

# The people, sessions and partners by which a connection finds out where it stands.
WITHOUT_A_WALL = "staff\\_%"
GUARDED = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
    SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'one_pharmacy')
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'pharmacy_id'
WHERE c.relkind IN ('r', 'p') AND NOT a.attisdropped AND c.relname NOT LIKE %s
"""
SECRET = "Whitestone-Quill"


@pytest.fixture
def ours(pharmacy) -> dict[str, object]:
    """Rows of the first pharmacy, with a name that stands nowhere else."""
    lot = pharmacy.receive("lisinopril", "100", lot=SECRET)
    pharmacy.patient.last_name = SECRET
    pharmacy.patient.folded = "whitestone quill,jane"
    pharmacy.patient.phone = "2105550177"
    pharmacy.patient.save()
    Allergy.objects.create(
        pharmacy=pharmacy.pharmacy, patient=pharmacy.patient, allergen=SECRET
    )
    fill = pharmacy.enter()
    at = pharmacy.pharmacist.at
    arrival = Arrival.objects.create(
        pharmacy=pharmacy.pharmacy,
        source="paper",
        arrived_at=at,
        promised_at=at,
        patient=pharmacy.patient,
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


def stranger(pharmacy, role: Role = Role.IN_CHARGE) -> Client:
    """Somebody of the other pharmacy, with every right there."""
    person = Person.objects.get(pharmacy=pharmacy.other, role=role.value)
    stand_in(pharmacy.other.pk)
    token = worker_token(person=person, station="x", at=pharmacy.pharmacist.at)
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def our_deeds(pharmacy) -> int:
    stand_in(pharmacy.pharmacy.pk)
    return Entry.objects.count()


def test_every_table_of_a_pharmacy_has_the_wall(db):
    with connection.cursor() as cursor:
        cursor.execute(GUARDED, [WITHOUT_A_WALL])
        walls = dict(cursor.fetchall())
    assert len(walls) >= 20
    assert [name for name, stands in walls.items() if not stands] == []


def test_a_connection_that_stands_nowhere_sees_no_row(pharmacy, ours):
    stand_in(None)
    assert not Lot.objects.exists()
    assert not Entry.objects.exists()


def test_a_row_of_another_pharmacy_cannot_even_be_written(pharmacy, ours):
    lot = Lot.objects.get(number=SECRET)
    stand_in(pharmacy.other.pk)
    assert not Lot.objects.filter(pk=lot.pk).exists()
    assert Lot.objects.filter(pk=lot.pk).update(because="mine now") == 0
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Lot.objects.create(
            pharmacy=pharmacy.pharmacy,
            package=pharmacy.drugs["lisinopril"],
            number="smuggled",
            expires_on=lot.expires_on,
        )


@pytest.mark.parametrize("role", [Role.IN_CHARGE, Role.CERTIFIED])
def test_no_door_shows_or_changes_what_is_of_another_pharmacy(pharmacy, ours, role):
    client = stranger(pharmacy, role)
    before, wrong = our_deeds(pharmacy), []
    for door in table():
        if door.duty == "open" or door.url == "signout":
            continue
        with transaction.atomic():
            answer = knock(client, door, ours)
            shown = SECRET.casefold() in answer.content.decode(errors="replace").casefold()
            if shown or answer.status_code >= 500 or our_deeds(pharmacy) != before:
                wrong.append(f"{door.method} /{door.url}: {answer.status_code}")
            transaction.set_rollback(True)
    assert wrong == []


def test_the_same_doors_show_it_to_its_own_people(pharmacy, ours):
    """Otherwise the test above would prove nothing."""
    token = worker_token(
        person=pharmacy.people[Role.IN_CHARGE], station="x", at=pharmacy.pharmacist.at
    )
    client = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    shown = {
        door.url
        for door in table()
        if door.method == "GET"
        and door.url != "lock"
        and SECRET.encode() in knock(client, door, ours).content
    }
    assert {"", "rx/<int:number>/", "stock/lot/<int:lot_id>/"} <= shown
    assert len(shown) >= 10


@pytest.mark.parametrize("asked", ["whitestone", "2105550177", "2/29/1980", "7000000"])
def test_a_search_finds_nobody_of_another_pharmacy(pharmacy, ours, asked):
    found = stranger(pharmacy).get("/search", {"q": asked}, headers={"HX-Request": "true"})
    assert found.status_code == 200
    assert SECRET.casefold() not in found.content.decode().casefold()


@pytest.mark.parametrize("code", ["RX7000000-0-1", "BAG{fill_id}"])
def test_a_scan_of_another_pharmacys_label_or_bag_leads_nowhere(pharmacy, ours, code):
    answer = stranger(pharmacy).post("/scan", {"code": code.format_map(ours)})
    assert answer.status_code == 409


def test_a_kept_connection_does_not_lend_its_eyes_to_the_next_request(pharmacy, ours):
    page = stranger(pharmacy)
    assert page.get("/").status_code == 200
    assert Client().get("/").headers["Location"] == "/signin"
    assert not Lot.objects.exists()
