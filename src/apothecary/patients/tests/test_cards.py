"""Cards on file: of which kind, good when, and every change written down."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from apothecary.config.tests.world import TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.cards import Card, add_coverage, card_problems, change_coverage
from apothecary.patients.models import Coverage, CoverageKind
from apothecary.staff.worker import NotAllowed

CARD = Card(plan_name="Commercial", bin="610500", pcn="PCN", cardholder_id="XYZ1")


@pytest.fixture
def card(pharmacy) -> Coverage:
    return add_coverage(by=pharmacy.technician, patient_id=pharmacy.insured.pk, card=CARD)


def changes(world) -> list[object]:
    lines = history(pharmacy_id=world.pharmacy.pk, about=[("patient", world.insured.pk)])
    return [
        line.details["changed"]
        for line in lines
        if line.deed == Deed.PATIENT_CHANGED and "changed" in line.details
    ]


@pytest.mark.parametrize("kind", CoverageKind.values)
def test_each_kind_of_card_can_be_on_file(pharmacy, kind):
    wanted = replace(CARD, kind=kind, injured_on=TODAY, claim_reference="WC-1", employer="Mill")
    found = add_coverage(by=pharmacy.technician, patient_id=pharmacy.insured.pk, card=wanted)
    row = Coverage.objects.get(pk=found.pk)
    assert (row.kind, row.injured_on, row.claim_reference) == (kind, TODAY, "WC-1")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "lottery"}, "kind"),
        ({"kind": "workers compensation"}, "injured_on"),
        ({"claim_reference": "1" * 31}, "claim_reference"),
        ({"employer": "1" * 31}, "employer"),
        ({"starts_on": TODAY, "ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"employer": "Mi\0ll"}, "employer"),
    ],
)
def test_a_card_that_no_claim_can_be_made_with_is_refused_by_field(change, field):
    assert [problem.field for problem in card_problems(replace(CARD, **change))] == [field]


def test_a_card_good_for_one_day_is_a_card():
    assert card_problems(replace(CARD, starts_on=TODAY, ends_on=TODAY)) == []


def test_the_same_card_twice_is_refused_while_it_is_good(pharmacy, card):
    last_day = replace(CARD, ends_on=TODAY)
    change_coverage(by=pharmacy.technician, coverage_id=card.pk, card=last_day)
    with pytest.raises(Refused, match="on file") as refusal:
        add_coverage(by=pharmacy.technician, patient_id=pharmacy.insured.pk, card=CARD)
    assert refusal.value.problems[0].field == "cardholder_id"
    over = replace(CARD, ends_on=TODAY - timedelta(days=1))
    change_coverage(by=pharmacy.technician, coverage_id=card.pk, card=over)
    add_coverage(by=pharmacy.technician, patient_id=pharmacy.insured.pk, card=CARD)
    assert pharmacy.insured.coverages.filter(bin="610500").count() == 2


def test_a_corrected_card_says_what_stood_there_before(pharmacy, card):
    change_coverage(
        by=pharmacy.technician,
        coverage_id=card.pk,
        card=replace(CARD, group="G7", ends_on=date(2026, 12, 31)),
    )
    row = Coverage.objects.get(pk=card.pk)
    assert (row.group, row.ends_on) == ("G7", date(2026, 12, 31))
    assert changes(pharmacy) == [{"group": ["", "G7"], "ends_on": ["None", "2026-12-31"]}]


def test_a_card_without_a_change_writes_nothing_down(pharmacy, card):
    change_coverage(by=pharmacy.technician, coverage_id=card.pk, card=CARD)
    assert changes(pharmacy) == []


def test_a_refused_correction_changes_nothing(pharmacy, card):
    with pytest.raises(Refused):
        change_coverage(
            by=pharmacy.technician, coverage_id=card.pk, card=replace(CARD, bin="61")
        )
    assert Coverage.objects.get(pk=card.pk).bin == "610500"
    assert changes(pharmacy) == []


def test_a_card_of_nobody_is_refused(pharmacy):
    with pytest.raises(Refused, match="No such card"):
        change_coverage(by=pharmacy.technician, coverage_id=10**9, card=CARD)


def test_who_may_not_edit_patients_changes_no_card(pharmacy, card):
    with pytest.raises(NotAllowed):
        change_coverage(by=pharmacy.system, coverage_id=card.pk, card=replace(CARD, group="G7"))
    assert Coverage.objects.get(pk=card.pk).group == ""
