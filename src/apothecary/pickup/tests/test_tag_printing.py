"""A tag on paper is written down, a tag on the screen is not; what lies in the cold says so."""

import re

import pytest

from apothecary.drugs.models import Product
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.pickup.actions import bin_bag
from apothecary.pickup.printing import print_tag
from apothecary.pickup.tag_paper import TAG_PAPERS, tag_pdf
from apothecary.pickup.tags import tag_of
from apothecary.pickup.tests.counter import asked, signed_in
from apothecary.pickup.tests.test_bag_tag import words_on
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed


def tags_printed(fill: Fill) -> list[dict[str, object]]:
    """What the journal says of each tag of a bag that went on paper."""
    lines = history(pharmacy_id=fill.pharmacy_id, about=[("fill", fill.pk)])
    return [line.details for line in lines if line.deed == Deed.TAG_PRINTED]


@pytest.mark.parametrize(
    ("kind", "media", "start"),
    [("pdf", "application/pdf", b"%PDF"), ("zpl", "application/zpl", b"^XA")],
)
def test_a_tag_is_printed_in_each_form_and_each_print_is_written_down(
    pharmacy, tech, ready, kind, media, start
):
    bin_bag(by=pharmacy.technician, fill_id=ready.pk, bin_name="B-14")
    for _ in range(2):
        answer = tech.post(f"/pickup/bag/{ready.pk}/tag/{kind}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, media)
        assert answer.content.startswith(start)
    said = {"kind": kind, "code": f"BAG{ready.pk}", "bag": 1, "of": 1, "bin": "B-14"}
    assert tags_printed(ready) == [said, said]


def test_the_picture_on_the_screen_is_no_print_and_a_link_prints_nothing(tech, ready):
    shown = tech.get(f"/pickup/bag/{ready.pk}/tag")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    for kind in TAG_PAPERS:
        assert tech.get(f"/pickup/bag/{ready.pk}/tag/{kind}").status_code == 405
    assert tags_printed(ready) == []


def test_a_tag_that_cannot_be_printed_is_not_written_down_as_printed(pharmacy, tech, ready):
    Patient.objects.filter(pk=ready.patient_id).update(last_name="W" * 200)
    assert tech.post(f"/pickup/bag/{ready.pk}/tag/pdf").status_code == 409
    with pytest.raises(Refused, match="No such bag"):
        print_tag(by=pharmacy.technician, fill_id=0, kind="pdf")
    with pytest.raises(Refused, match="not printed as 'gif'"):
        print_tag(by=pharmacy.technician, fill_id=ready.pk, kind="gif")
    with pytest.raises(NotAllowed):
        print_tag(by=pharmacy.workers[Role.ADMINISTRATOR], fill_id=ready.pk, kind="pdf")
    keeper = signed_in(pharmacy.people[Role.ADMINISTRATOR])
    assert keeper.post(f"/pickup/bag/{ready.pk}/tag/pdf").status_code == 403
    assert tags_printed(ready) == []


@pytest.mark.parametrize("until", [FillState.CHECK, FillState.SOLD])
def test_a_bag_that_is_not_ready_has_no_print(pharmacy, tech, until):
    fill = pharmacy.stocked(until=until)
    assert tech.post(f"/pickup/bag/{fill.pk}/tag/pdf").status_code == 409
    assert tags_printed(fill) == []


@pytest.mark.parametrize(
    ("storage", "cold", "said"),
    [
        ("freezer", "freezer", "Freezer"),
        ("refrigerator", "refrigerator", "Fridge"),
        ("room", "", ""),
        ("unknown", "", ""),
        ("", "", ""),
    ],
)
def test_what_lies_in_the_cold_says_where_on_the_tag_and_at_the_bin(
    pharmacy, tech, ready, storage, cold, said
):
    Product.objects.filter(pk=ready.package.product_id).update(storage=storage)
    ready.package.product.refresh_from_db()
    tag = tag_of(ready, by=pharmacy.technician)
    assert tag.cold == cold
    assert ("FREEZER" in words_on(tag_pdf(tag))) is (cold == "freezer")
    page, _ = asked(tech, f"/pickup/bag/{ready.pk}/bin")
    chips = re.findall(r'<span class="chip[^"]*">(Fridge|Freezer)</span>', page)
    assert chips == ([said] if said else [])
    assert (f"Goes in the {said.lower()}" in page) is bool(said)
