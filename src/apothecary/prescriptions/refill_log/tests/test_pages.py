"""The page of the day's refills, the start page that reminds, and the two papers."""

from datetime import timedelta

import pytest

from apothecary.config import telling  # noqa: F401 puts the papers of all rooms on the list
from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.law.problem import Refused
from apothecary.law.tables import federal
from apothecary.pickup.tests.counter import asked, signed_in
from apothecary.prescriptions.refill_log.models import DispensedRefill, RefillSignature
from apothecary.prescriptions.refill_log.signing import sign_refills
from apothecary.prescriptions.refill_log.tests.log import refilled
from apothecary.staff.duties import Role
from apothecary.vault.inspection import paper_named, printed

BUDGET = 9
PAGE = "/rx/refills"


@pytest.fixture
def tech(pharmacy):
    return signed_in(pharmacy.people[Role.TECHNICIAN])


@pytest.fixture
def rph(pharmacy):
    return signed_in(pharmacy.people[Role.PHARMACIST])


def test_the_page_shows_the_oldest_day_i_owe_and_the_key_to_sign_it(pharmacy, rph):
    fill = refilled(pharmacy)
    page, queries = asked(rph, PAGE)
    assert queries <= BUDGET
    assert str(fill.prescription.number) in page
    assert "1 of 2" in page
    assert 'data-key="F10"' in page
    assert "Sign the day" in page


def test_a_technician_reads_the_day_and_has_no_key_to_sign_it(pharmacy, tech):
    refilled(pharmacy)
    page, _ = asked(tech, f"{PAGE}?day={TODAY}")
    assert "alprazolam" in page
    assert "Sign the day" not in page


def test_another_day_is_chosen_on_the_page_and_the_trail_is_one_key_away(pharmacy, tech):
    refilled(pharmacy)
    page, _ = asked(tech, f"{PAGE}?day={TODAY - timedelta(days=1)}")
    assert 'name="day"' in page
    assert f'value="{TODAY - timedelta(days=1)}"' in page
    assert "/vault/inspection/#paper-refill-trail" in page
    assert "alprazolam" not in page


def test_signing_from_the_page(pharmacy, rph):
    refilled(pharmacy)
    sent = {"day": str(TODAY), "verified": "yes"}
    assert rph.post(f"{PAGE}/sign", sent).status_code == 302
    assert RefillSignature.objects.get().refills == 1


@pytest.mark.parametrize(
    "sent",
    [{"day": "x", "verified": "yes"}, {"day": str(TODAY)}, {}],
    ids=["day", "tick", "all"],
)
def test_what_cannot_be_signed_is_refused(pharmacy, rph, sent):
    refilled(pharmacy)
    assert rph.post(f"{PAGE}/sign", sent).status_code == 409
    assert not RefillSignature.objects.exists()


def test_a_day_without_refills_says_so(pharmacy, rph):
    page, _ = asked(rph, f"{PAGE}?day=2026-11-01")
    assert "No refill of a controlled drug on this day" in page


def test_the_start_page_reminds_the_pharmacist_and_nobody_else(pharmacy, rph, tech):
    refilled(pharmacy)
    for client, there in ((rph, True), (tech, False)):
        page, _ = asked(client, "/")
        assert ("refills to sign" in page) is there
    sign_refills(by=pharmacy.pharmacist, day=TODAY, verified=True)
    page, _ = asked(rph, "/")
    assert "refills to sign" not in page


def test_the_printout_names_each_refill_and_has_a_line_for_each_pharmacist(pharmacy):
    fill = refilled(pharmacy)
    refilled(pharmacy, "testosterone", lot="L2", who=Role.IN_CHARGE)
    sign_refills(by=pharmacy.pharmacist, day=TODAY, verified=True)
    made = paper_named("refills").make(pharmacy.pharmacist, {"last": str(TODAY)})
    assert len(made.rows) == 2
    said = " ".join(made.rows[0])
    for element in (str(fill.prescription.number), "1 of 2", "alprazolam", "C-IV", "30 EA",
                    "Doe, Jane", pharmacy.prescriber.dea, "11/23/2026 12:00"):  # fmt: skip
        assert element in said
    who = {pharmacy.people[role].name for role in (Role.PHARMACIST, Role.IN_CHARGE)}
    assert set(made.signatures) == who
    assert "verified and signed 1 of them" in made.below[0]


# What the law's row calls each column of the trail.
COLUMN = {
    "prescriber": "Prescriber",
    "patient": "Patient",
    "drug": "Drug",
    "quantity": "Quantity",
    "pharmacist": "Pharmacist",
    "rx_number": "Rx",
}


def test_the_trail_has_a_column_for_everything_the_law_asks(pharmacy):
    made = paper_named("refill-trail").make(
        pharmacy.pharmacist, {"patient": str(pharmacy.patient.pk)}
    )
    titles = {column.title for column in made.columns}
    asked_for = federal("DEA-045/shows", on=TODAY).names()
    assert {COLUMN[name] for name in asked_for} <= titles
    assert "in this period" in made.below[0]


def test_the_trail_is_of_a_drug_of_a_prescriber_or_of_a_patient(pharmacy):
    fill = refilled(pharmacy)
    refilled(pharmacy, "testosterone", lot="L2")
    trail, by = paper_named("refill-trail"), pharmacy.pharmacist
    for said, rows in (
        ({"product": str(fill.package.product_id)}, 1),
        ({"prescriber": pharmacy.prescriber.npi}, 2),
        ({"patient": str(pharmacy.patient.pk)}, 2),
        ({"patient": str(pharmacy.insured.pk)}, 0),
        ({"patient": str(pharmacy.patient.pk), "last": str(TODAY - timedelta(days=1))}, 0),
    ):
        assert len(trail.make(by, said).rows) == rows


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "product"),
        ({"product": "x"}, "product"),
        ({"prescriber": "123"}, "prescriber"),
        ({"prescriber": "9999999999"}, "prescriber"),
        ({"patient": "1", "first": "x"}, "first"),
    ],
)
def test_a_trail_of_nothing_is_refused_by_field(pharmacy, said, field):
    with pytest.raises(Refused) as refusal:
        paper_named("refill-trail").make(pharmacy.pharmacist, said)
    assert [problem.field for problem in refusal.value.problems] == [field]


@pytest.mark.parametrize("kind", ["pdf", "csv"])
def test_both_papers_print(pharmacy, kind):
    refilled(pharmacy)
    for key, said in (("refills", {}), ("refill-trail", {"patient": str(pharmacy.patient.pk)})):
        made = printed(by=pharmacy.pharmacist, key=key, kind=kind, said=said)
        assert made.startswith(b"%PDF" if kind == "pdf" else b"Dispensed")


def test_a_line_keeps_the_instant_of_the_approval(pharmacy):
    refilled(pharmacy, hours=2)
    assert DispensedRefill.objects.get().at == NOON + timedelta(hours=2)
