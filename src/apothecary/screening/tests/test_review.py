"""The pharmacist's review: found, settled with few keys, sent on or back."""

import pytest

from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.screening.actions import Resolution, resolve_finding, screen_waiting
from apothecary.screening.models import Finding
from apothecary.screening.tests.browser import BUDGET, HX, asked, signed_in
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in

DONE = {"service_code": "M0", "result_code": "1G", "text": "  Dr Smith   wants it. "}


@pytest.fixture
def rph(pharmacy):
    return signed_in(pharmacy.people[Role.PHARMACIST])


@pytest.fixture
def tech(pharmacy):
    return signed_in(pharmacy.people[Role.TECHNICIAN])


def screened(world, drug="amoxicillin", **order) -> Fill:
    """A fill of somebody allergic to penicillins, screened."""
    order = {"patient": world.insured, "pay": "cash"} | order
    fill = enter_prescription(by=world.technician, order=world.order(drug, **order))
    screen_waiting(world.pharmacy, world.technician.at)
    return stored(fill)


def stored(fill: Fill) -> Fill:
    return Fill.objects.get(pk=fill.pk)


@pytest.fixture
def fill(pharmacy):
    pharmacy.receive("amoxicillin", "500")
    return screened(pharmacy)


def test_the_list_says_why_each_waits_and_whose_turn_it_is(pharmacy, tech, fill):
    pharmacy.enter()
    page, statements = asked(tech, "/screening/")
    assert "Waits for the pharmacist" in page
    assert "1 waits for the pharmacist · 1 being screened" in page
    assert f'data-open="/screening/{fill.pk}/"' in page
    assert statements <= BUDGET


def test_an_empty_list_says_so(tech):
    assert "Nothing waits for the pharmacist" in asked(tech, "/screening/")[0]


def test_a_finding_shows_its_facts_its_source_and_what_would_clear_it(rph, fill):
    page, statements = asked(rph, f"/screening/{fill.pk}/")
    finding = Finding.objects.get(fill=fill)
    for said in ("Stop", "hives", finding.cite, finding.verified, f"{finding.source_on:%Y}"):
        assert said in page
    assert "What would clear it" in page
    assert statements <= BUDGET


def test_what_else_the_patient_takes_stands_beside(pharmacy, rph, fill):
    pharmacy.receive("metformin", "100")
    screened(pharmacy, "metformin")
    page, statements = asked(rph, f"/screening/{fill.pk}/")
    assert "metformin hydrochloride" in page
    assert statements <= BUDGET


def test_a_technician_reads_it_and_settles_nothing(tech, fill):
    page, _ = asked(tech, f"/screening/{fill.pk}/")
    assert "The pharmacist’s turn" in page
    assert "Settle it" not in page
    assert "Send back" not in page
    finding = Finding.objects.get(fill=fill)
    answer = tech.post(f"/screening/finding/{finding.pk}/resolve", DONE, headers=HX)
    assert answer.status_code == 403
    finding.refresh_from_db()
    assert finding.resolved_at is None


def test_the_commit_key_settles_first_and_then_lets_it_go_on(rph, fill):
    path = f"/screening/{fill.pk}/"
    before, _ = asked(rph, path)
    assert "Settle it" in before
    assert "Reviewed, goes on" not in before
    finding = Finding.objects.get(fill=fill)
    answer = rph.post(f"/screening/finding/{finding.pk}/resolve", DONE, headers=HX)
    assert answer.url == path
    after, _ = asked(rph, path)
    assert "Asked the prescriber; filled, the prescriber agrees: Dr Smith wants it." in after
    assert "Reviewed, goes on" in after
    done = rph.post(f"{path}reviewed", headers=HX)
    assert done.headers["HX-Redirect"] == "/screening/"
    assert stored(fill).state == FillState.WAITING


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"service_code": ""}, "Say what you did about it."),
        ({"result_code": "9Z"}, "Say what came of it."),
        ({"text": " "}, "Say why, in a few words."),
    ],
)
def test_a_half_told_resolution_is_refused_with_what_is_missing(rph, fill, changed, says):
    finding = Finding.objects.get(fill=fill)
    sent = DONE | changed
    answer = rph.post(f"/screening/finding/{finding.pk}/resolve", sent, headers=HX)
    assert answer.status_code == 409
    assert says in answer.content.decode()
    finding.refresh_from_db()
    assert finding.resolved_at is None


def test_with_an_open_finding_it_does_not_go_on(rph, fill):
    answer = rph.post(f"/screening/{fill.pk}/reviewed", headers=HX)
    assert answer.status_code == 409
    assert "Not resolved yet" in answer.content.decode()
    assert stored(fill).state == FillState.REVIEW


def test_the_next_one_opens_by_itself(pharmacy, rph, fill):
    following = screened(pharmacy)
    sent = {"because": "which strength?"}
    answer = rph.post(f"/screening/{fill.pk}/back", sent, headers=HX)
    assert answer.headers["HX-Redirect"] == f"/screening/{following.pk}/"
    assert stored(fill).state == FillState.ENTRY
    assert "which strength?" in stored(fill).because
    plain = rph.post(f"/screening/{following.pk}/back", sent)
    assert plain.url == "/screening/"


def test_back_to_entry_needs_its_reason(rph, fill):
    assert rph.post(f"/screening/{fill.pk}/back", {}, headers=HX).status_code == 409
    assert stored(fill).state == FillState.REVIEW


def test_what_was_settled_on_the_same_facts_stays_folded_with_who_and_why(pharmacy, rph, fill):
    told = Resolution("M0", "1G", "Tolerates it since 2019.")
    finding = Finding.objects.get(fill=fill)
    resolve_finding(by=pharmacy.pharmacist, finding_id=finding.pk, resolution=told)
    again = screened(pharmacy, refills=0)
    page, _ = asked(rph, f"/screening/{again.pk}/")
    assert "settled before on the same facts" in page
    assert "Tolerates it since 2019." in page
    assert pharmacy.pharmacist.name in page


def test_a_quiet_fill_shows_that_nothing_was_found(pharmacy, tech):
    pharmacy.receive("lisinopril", "100")
    quiet = screened(pharmacy, "lisinopril")
    page, _ = asked(tech, f"/screening/{quiet.pk}/")
    assert "Nothing found" in page


@pytest.mark.parametrize("path", ["/screening/", "/screening/{}/"])
def test_an_administrator_reads_no_record(pharmacy, fill, path):
    client = signed_in(pharmacy.people[Role.ADMINISTRATOR])
    assert client.get(path.format(fill.pk)).status_code == 403


@pytest.mark.parametrize("verb", ["reviewed", "back"])
def test_a_technician_neither_reviews_nor_sends_back(tech, fill, verb):
    sent = {"because": "because"}
    assert tech.post(f"/screening/{fill.pk}/{verb}", sent, headers=HX).status_code == 403
    assert stored(fill).state == FillState.REVIEW


def test_another_pharmacy_neither_sees_nor_settles_ours(pharmacy, fill):
    finding = Finding.objects.get(fill=fill)
    stand_in(pharmacy.other.pk)
    stranger = signed_in(Person.objects.get(pk=pharmacy.stranger.person_id))
    assert "Nothing waits" in asked(stranger, "/screening/")[0]
    assert stranger.get(f"/screening/{fill.pk}/").status_code == 404
    for path in (f"{fill.pk}/reviewed", f"{fill.pk}/back", f"finding/{finding.pk}/resolve"):
        sent = DONE | {"because": "because"}
        answer = stranger.post(f"/screening/{path}", sent, headers=HX)
        assert answer.status_code == 409, path
    stand_in(pharmacy.pharmacy.pk)
    assert stored(fill).state == FillState.REVIEW


def test_what_was_settled_before_at_another_dose_stands_beside_the_open_finding(
    pharmacy, rph, fill
):
    finding = Finding.objects.get(fill=fill, kind="allergy")
    resolve_finding(
        by=pharmacy.pharmacist,
        finding_id=finding.pk,
        resolution=Resolution("M0", "1G", "Tolerated it last year."),
    )
    again = screened(pharmacy, quantity="60")
    page, statements = asked(rph, f"/screening/{again.pk}/")
    assert "Settled before: Asked the prescriber" in page
    assert "Tolerated it last year. · " in page
    assert pharmacy.pharmacist.name in page
    assert statements <= BUDGET


def test_notes_stand_apart_and_ask_for_nothing(pharmacy, rph):
    pharmacy.receive("lisinopril", "100")
    fill = screened(pharmacy, "lisinopril", patient=pharmacy.patient)
    assert fill.state == FillState.WAITING
    page, _ = asked(rph, f"/screening/{fill.pk}/")
    assert "Nothing found that waits for you" in page
    assert "Not screened" in page
    assert "Nobody has asked about allergies" in page
    assert "house convention (C)" in page
    assert "Settle it" not in page
