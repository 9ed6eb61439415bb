"""One correction for every claim that one payer refuses for one cause; tries side by side."""

import pytest

from apothecary.claims.batching import resubmit_alike, shared_of
from apothecary.claims.models import Claim
from apothecary.claims.queries import claim_page, worklist
from apothecary.claims.rules import Changes
from apothecary.claims.tests.counter import Till, last_claim, states
from apothecary.law.problem import Refused
from apothecary.patients.models import Coverage
from apothecary.prescriptions.models import Fill

DRUGS = ("lisinopril", "metformin", "warfarin")


def without_a_group(till: Till) -> list[Fill]:
    """Three fills that the payer refuses, since their card has no group."""
    Coverage.objects.filter(patient=till.world.insured).update(group="")
    fills = [till.fill(drug) for drug in DRUGS]
    till.round()
    assert all(last_claim(fill).codes == ["06"] for fill in fills)
    return fills


def test_claims_of_one_payer_and_cause_stand_together_with_their_count(till):
    without_a_group(till)
    (batch,) = worklist(pharmacy_id=till.world.pharmacy.pk).batches
    assert (batch.count, batch.code, batch.label) == (3, "06", "group of the card")
    found = worklist(pharmacy_id=till.world.pharmacy.pk, batch=batch.key)
    assert found.total == 3
    assert worklist(pharmacy_id=till.world.pharmacy.pk, batch="06|999998|group|").total == 0


def test_another_value_is_another_cause(till):
    fills = without_a_group(till)
    Claim.objects.filter(fill=fills[0]).update(group="OTHER")
    (batch,) = worklist(pharmacy_id=till.world.pharmacy.pk).batches
    assert batch.count == 2


def test_one_correction_sends_them_all_and_all_are_paid(till):
    fills = without_a_group(till)
    page = claim_page(by=till.world.technician, fill_id=fills[0].pk)
    assert page is not None
    assert page.alike == [last_claim(fill).pk for fill in fills[1:]]
    sent = resubmit_alike(
        by=till.world.technician,
        claim_id=last_claim(fills[0]).pk,
        changes=Changes(group="GRP1"),
    )
    assert len(sent) == 3
    till.sends()
    assert [states(fill)[-1] for fill in fills] == [("B1", "paid")] * 3


def test_what_is_a_patients_own_is_not_carried_to_others():
    changes = Changes(group="G", pcn="P", cardholder_id="X", person_code="02", daw="1")
    assert shared_of(changes).given() == {"group": "G", "pcn": "P"}


def test_a_correction_with_nothing_of_the_plan_in_it_is_refused_for_many(till):
    fills = without_a_group(till)
    with pytest.raises(Refused, match="one by one"):
        resubmit_alike(
            by=till.world.technician,
            claim_id=last_claim(fills[0]).pk,
            changes=Changes(person_code="02"),
        )
    assert [len(states(fill)) for fill in fills] == [1, 1, 1]


def test_a_person_code_is_nobody_elses_cause(till):
    Coverage.objects.filter(patient=till.world.insured).update(person_code="")
    fills = [till.fill(drug) for drug in DRUGS[:2]]
    till.round()
    assert worklist(pharmacy_id=till.world.pharmacy.pk).batches == []
    page = claim_page(by=till.world.technician, fill_id=fills[0].pk)
    assert page is not None
    assert page.alike == []


def test_each_try_says_what_was_changed_from_the_one_before(till):
    (fill, *_) = without_a_group(till)
    claim = last_claim(fill)
    by = till.world.technician
    resubmit_alike(by=by, claim_id=claim.pk, changes=Changes(group="GRP1"))
    page = claim_page(by=by, fill_id=fill.pk)
    assert page is not None
    newest, oldest = page.tries
    assert [(one.id, one.before, one.after) for one in newest.changes] == [("C1", "", "GRP1")]
    assert (oldest.changes, oldest.corrected, newest.more) == ((), [], 0)
