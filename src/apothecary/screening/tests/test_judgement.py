"""What a pharmacist resolves is left for who bills it, and falls when the facts do."""

import pytest

from apothecary.law.problem import Refused
from apothecary.patients.models import Allergy
from apothecary.prescriptions.judgements import judged
from apothecary.prescriptions.models import Fill, Judgement
from apothecary.prescriptions.states import FillState
from apothecary.screening.actions import (
    Resolution,
    resolve_finding,
    screen_waiting,
    send_back_to_entry,
)
from apothecary.screening.queries import unresolved
from apothecary.screening.tests.test_screen_fill import DONE, screened


def resolved(world, fill, resolution=DONE):
    for finding in unresolved(fill):
        resolve_finding(by=world.pharmacist, finding_id=finding.pk, resolution=resolution)


def screened_again(world, fill):
    """Sent back to entry, entered as it was and screened once more."""
    send_back_to_entry(by=world.pharmacist, fill_id=fill.pk, because="look again")
    Fill.objects.filter(pk=fill.pk).update(state=FillState.SCREENING.value)
    screen_waiting(world.pharmacy, world.technician.at)
    return Fill.objects.get(pk=fill.pk)


@pytest.fixture
def fill(pharmacy):
    """A fill of somebody allergic to penicillins, with the pharmacist."""
    return screened(pharmacy, "amoxicillin", patient=pharmacy.insured)


def test_a_resolution_leaves_its_three_codes(pharmacy, fill):
    assert judged(fill) == []
    resolved(pharmacy, fill)
    assert judged(fill) == [("DA", "M0", "1G")]


def test_a_refused_resolution_leaves_nothing(pharmacy, fill):
    half = Resolution(service_code="M0", result_code="", text="asked")
    with pytest.raises(Refused):
        resolved(pharmacy, fill, half)
    assert Judgement.objects.count() == 0


def test_a_note_nobody_has_to_resolve_is_no_judgement(pharmacy):
    pharmacy.receive("lisinopril", "100")
    screened(pharmacy)
    assert Judgement.objects.count() == 0


def test_screened_again_on_the_same_facts_it_still_stands(pharmacy, fill):
    resolved(pharmacy, fill)
    again = screened_again(pharmacy, fill)
    assert judged(again) == [("DA", "M0", "1G")]


def test_screened_again_on_other_facts_it_falls(pharmacy, fill):
    resolved(pharmacy, fill)
    Allergy.objects.filter(patient=pharmacy.insured).update(active=False)
    again = screened_again(pharmacy, fill)
    assert judged(again) == []


def test_what_was_judged_for_an_earlier_fill_is_not_said_of_the_next(pharmacy, fill):
    resolved(pharmacy, fill)
    pharmacy.receive("amoxicillin", "500")
    Fill.objects.filter(pk=fill.pk).update(state=FillState.CANCELLED.value)
    again = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    # The finding stays silent, but nobody did anything about it this time.
    assert unresolved(again) == []
    assert judged(again) == []
