"""A scan on the entry form names the product; it never types, never leaves, never decides."""

import re

import pytest

from apothecary.filling.tests.bench import upc
from apothecary.intake.models import Arrival, Source
from apothecary.intake.tests.messages import Rx
from apothecary.intake.tests.test_views import FRESH, Desk, shown
from apothecary.journal.deeds import Deed
from apothecary.prescriptions.models import Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.duties import Role


@pytest.fixture
def desk(pharmacy) -> Desk:
    return Desk(pharmacy)


@pytest.fixture
def walk_in(pharmacy, desk) -> Arrival:
    """A prescription of which nothing is chosen yet."""
    desk.client.post("/intake/new", {"source": "walk_in"})
    desk.back()
    return Arrival.objects.get(source=Source.WALK_IN)


@pytest.fixture
def sent_back(pharmacy):
    """A fill that the pharmacist sent back to entry."""
    pharmacy.receive("lisinopril", "100")
    fill = pharmacy.enter()
    for step, by in [("waiting", "system"), ("filling", "technician"), ("check", "technician")]:
        advance(fill, FillState(step), by=getattr(pharmacy, by), did=Deed.FILL_MOVED)
    return advance(
        fill, FillState.ENTRY, by=pharmacy.pharmacist, did=Deed.FILL_SENT_BACK, because="drug"
    )


def form_of(desk: Desk, path: str) -> dict[str, str]:
    return shown(desk.get(path).content.decode())


def scanned(desk: Desk, path: str, code: str, typed: dict[str, str]):
    return desk.post(f"{path}scan", typed | {"code": code})


def test_the_bottle_in_the_hand_is_the_product_where_none_is_chosen(pharmacy, desk, walk_in):
    path = f"/intake/{walk_in.pk}/"
    typed = form_of(desk, path) | {"quantity": "30", "note": "after dinner"}
    answer = scanned(desk, path, upc(pharmacy, "lisinopril"), typed)
    form = shown(answer.content.decode())
    assert answer.status_code == 200
    assert form["package_id"] == str(pharmacy.drugs["lisinopril"].pk)
    assert form["package_source"] == "accepted"
    assert "lisinopril 10 mg" in form["package"]
    assert (form["quantity"], form["note"]) == ("30", "after dinner")


def test_a_name_half_typed_is_still_there_after_the_scan(pharmacy, desk, walk_in):
    path = f"/intake/{walk_in.pk}/"
    typed = form_of(desk, path) | {"patient": "doe,ja", "prescriber": "smi"}
    form = shown(scanned(desk, path, upc(pharmacy, "lisinopril"), typed).content.decode())
    assert (form["patient"], form["prescriber"]) == ("doe,ja", "smi")


def test_the_same_bottle_as_chosen_is_a_yes_to_the_question_on_the_drug(pharmacy, desk, arrive):
    pharmacy.receive("lisinopril", "100")
    arrival = arrive(Rx(**FRESH))
    path = f"/intake/{arrival.pk}/"
    typed = form_of(desk, path) | {"package_source": "guessed"}
    form = shown(scanned(desk, path, upc(pharmacy, "lisinopril"), typed).content.decode())
    assert form["package_source"] == "accepted"


def test_another_bottle_than_chosen_is_offered_and_changes_nothing_by_itself(
    pharmacy, desk, arrive
):
    arrival = arrive(Rx(**FRESH))
    path = f"/intake/{arrival.pk}/"
    typed = form_of(desk, path)
    answer = scanned(desk, path, upc(pharmacy, "lisinopril-brand"), typed)
    html = answer.content.decode()
    assert answer["HX-Retarget"] == "#choices"
    assert "Take it instead?" in html
    assert "Prinivil" in html
    assert 'data-key="Alt+1"' in html
    desk.back()
    assert Arrival.objects.get(pk=arrival.pk).draft_values == {}
    assert form_of(desk, path)["package_id"] == typed["package_id"]


CARD = "%B6014551234567890^DOE/JANE^2912?"
OTHERS = "PN-0042-XYZ"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (CARD, "no product, label or bag code"),
        (OTHERS, "no product, label or bag code"),
        ("RX7000001-0-1", "the label of a prescription of ours"),
        ("BAG7F3", "a bag of ours"),
        ("]C100106141411234567897", "a shipping carton"),
        ("4006381333931", "not of a US drug"),
        ("12345-678-90", "not in the drug file"),
        ("", "is empty"),
        ("9" * 300, "has 300 characters"),
    ],
    ids=["card", "paper", "label", "bag", "carton", "pen", "unknown", "empty", "long"],
)
def test_what_is_no_product_is_refused_by_name_and_nothing_is_kept(desk, walk_in, code, says):
    path = f"/intake/{walk_in.pk}/"
    answer = scanned(desk, path, code, form_of(desk, path) | {"note": "typed"})
    assert answer.status_code == 409
    assert says in answer.content.decode()
    desk.back()
    assert Arrival.objects.get(pk=walk_in.pk).draft_values == {}
    assert not Prescription.objects.exists()


def test_on_a_fill_that_was_sent_back_the_bottle_is_offered_as_well(pharmacy, desk, sent_back):
    path = f"/intake/fill/{sent_back.pk}/"
    typed = form_of(desk, path)
    other = scanned(desk, path, upc(pharmacy, "lisinopril-brand"), typed).content.decode()
    assert re.search(r"Prinivil.*on hand", other)
    same = scanned(desk, path, upc(pharmacy, "lisinopril"), typed | {"note": "mended"})
    assert shown(same.content.decode())["note"] == "mended"
    desk.back()
    assert sent_back.prescription.package_id == pharmacy.drugs["lisinopril"].pk


def test_a_clerk_scans_nothing_into_a_prescription(pharmacy, walk_in):
    clerk = Desk(pharmacy, Role.CLERK)
    answer = clerk.post(f"/intake/{walk_in.pk}/scan", {"code": upc(pharmacy, "lisinopril")})
    assert answer.status_code == 403
    assert Desk(pharmacy).post("/intake/999999/scan", {"code": "x"}).status_code == 404
    assert Desk(pharmacy).post("/intake/fill/999999/scan", {"code": "x"}).status_code == 404
