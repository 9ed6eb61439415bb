"""Screening a fill: found, written down, sent on or to the pharmacist, silent once resolved."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.config.tests.world import make_patient
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.models import Allergy, Patient
from apothecary.prescriptions.actions import cancel_fill, enter_prescription
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.screening.actions import (
    Resolution,
    resolve_finding,
    review_data,
    screen_fill,
    screen_waiting,
    send_back_to_entry,
)
from apothecary.screening.models import Finding
from apothecary.screening.queries import findings_of, unresolved
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed

DONE = Resolution(service_code="M0", result_code="1G", text="Dr Smith wants it.")


def screened(world, drug="lisinopril", **order) -> Fill:
    fill = enter_prescription(by=world.technician, order=world.order(drug, **order))
    screen_waiting(world.pharmacy, world.technician.at)
    return Fill.objects.get(pk=fill.pk)


def takes(world, drug: str) -> Fill:
    """The patient already takes this: entered and screened before."""
    world.receive(drug, "100")
    return screened(world, drug)


def asked_about_allergies(world) -> None:
    """Somebody has asked every patient, and written down what they said."""
    Patient.objects.update(allergies_reviewed_on=world.technician.today)


def test_a_quiet_fill_for_cash_goes_straight_to_the_shelf(pharmacy):
    asked_about_allergies(pharmacy)
    pharmacy.receive("lisinopril", "100")
    fill = screened(pharmacy)
    assert fill.state == FillState.WAITING
    assert fill.screened_at == pharmacy.technician.at
    assert not Finding.objects.exists()


def test_a_patient_whom_nobody_has_asked_about_allergies_was_not_screened_for_them(pharmacy):
    pharmacy.receive("lisinopril", "100")
    fill = screened(pharmacy)
    assert fill.state == FillState.WAITING
    (finding,) = findings_of(fill)
    assert (finding.kind, finding.severity) == ("not screened", "note")
    assert finding.says.startswith("Nobody has asked about allergies")


def test_a_quiet_fill_with_a_plan_goes_to_the_claim(pharmacy):
    assert screened(pharmacy, pay=PayKind.PLAN).state == FillState.CLAIM


def test_a_quiet_fill_without_stock_is_short(pharmacy):
    assert screened(pharmacy).state == FillState.SHORT


def test_an_allergy_to_the_class_stops_for_the_pharmacist(pharmacy):
    fill = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    assert fill.state == FillState.REVIEW
    finding = unresolved(fill)[0]
    assert (finding.kind, finding.severity, finding.reason_code) == ("allergy", "stop", "DA")
    assert "hives" in finding.says
    assert finding.verified == "K"


def test_the_same_ingredient_twice_stops_for_the_pharmacist(pharmacy):
    takes(pharmacy, "lisinopril")
    fill = screened(pharmacy, "lisinopril-brand")
    assert fill.state == FillState.REVIEW
    assert [finding.kind for finding in unresolved(fill)] == ["duplicate ingredient"]


def test_a_cancelled_drug_is_no_duplicate(pharmacy):
    first = takes(pharmacy, "lisinopril")
    cancel_fill(by=pharmacy.technician, fill_id=first.pk, because="wrong drug")
    pharmacy.receive("lisinopril-brand", "90")
    assert screened(pharmacy, "lisinopril-brand").state == FillState.WAITING


def test_the_same_drug_is_a_renewal_once_three_quarters_are_used_a_duplicate_before(pharmacy):
    first = takes(pharmacy, "lisinopril")
    for state, who in (
        (FillState.FILLING, pharmacy.technician),
        (FillState.CHECK, pharmacy.technician),
        (FillState.READY, pharmacy.pharmacist),
        (FillState.SOLD, pharmacy.technician),
    ):
        advance(first, state, by=who, did=Deed.FILL_MOVED)
    pharmacy.receive("lisinopril-brand", "90")
    # Thirty days were handed out: seven of them, a quarter, may be left.
    for days, state in ((22, FillState.REVIEW), (23, FillState.WAITING)):
        day = pharmacy.technician.today + timedelta(days=days)
        later = pharmacy.technician.at_time(pharmacy.technician.at + timedelta(days=days), day)
        order = pharmacy.order("lisinopril-brand")
        fill = enter_prescription(by=later, order=order)
        screen_waiting(pharmacy.pharmacy, later.at)
        assert Fill.objects.get(pk=fill.pk).state == state
        cancel_fill(by=later, fill_id=fill.pk, because="next day of the test")


def test_an_allergy_known_by_name_only_is_shown_and_not_passed_silently(pharmacy):
    Allergy.objects.create(
        pharmacy=pharmacy.pharmacy, patient=pharmacy.patient, allergen="blue dye no. 99"
    )
    pharmacy.receive("lisinopril", "100")
    fill = screened(pharmacy)
    assert fill.state == FillState.WAITING
    assert "known by name only" in findings_of(fill)[0].says


def test_a_resolved_finding_stays_silent_while_its_facts_are_the_same(pharmacy):
    first = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    resolve_finding(by=pharmacy.pharmacist, finding_id=unresolved(first)[0].pk, resolution=DONE)
    cancel_fill(by=pharmacy.technician, fill_id=first.pk, because="patient waits")
    pharmacy.receive("amoxicillin", "500")
    again = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    assert again.state == FillState.WAITING
    silent = findings_of(again)[0]
    assert silent.silenced_by is not None
    assert silent.silenced_by.resolution == DONE.text


@pytest.mark.parametrize("change", ["dose", "allergy", "time"])
def test_a_resolved_finding_speaks_again_when_its_facts_change(pharmacy, change):
    first = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    resolve_finding(by=pharmacy.pharmacist, finding_id=unresolved(first)[0].pk, resolution=DONE)
    cancel_fill(by=pharmacy.technician, fill_id=first.pk, because="patient waits")
    by, quantity = pharmacy.technician, "30"
    if change == "dose":
        quantity = "60"
    elif change == "allergy":
        Allergy.objects.filter(patient=pharmacy.insured).update(reaction="anaphylaxis")
    else:
        by = by.at_time(by.at + timedelta(days=366), by.today + timedelta(days=366))
    order = pharmacy.order(
        "amoxicillin",
        patient=pharmacy.insured,
        quantity=quantity,
        written_on=by.today - timedelta(days=1),
    )
    fill = enter_prescription(by=by, order=order)
    screen_waiting(pharmacy.pharmacy, by.at)
    assert Fill.objects.get(pk=fill.pk).state == FillState.REVIEW


def test_a_technician_sees_a_finding_and_cannot_clear_it(pharmacy):
    fill = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    finding = unresolved(fill)[0]
    for somebody in (pharmacy.technician, pharmacy.clerk, pharmacy.trainee):
        with pytest.raises(NotAllowed):
            resolve_finding(by=somebody, finding_id=finding.pk, resolution=DONE)
        with pytest.raises(NotAllowed):
            review_data(by=somebody, fill_id=fill.pk)
    assert unresolved(fill) == [finding]


def test_a_fill_does_not_go_on_while_a_finding_is_open(pharmacy):
    fill = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    with pytest.raises(Refused, match="Not resolved yet"):
        review_data(by=pharmacy.pharmacist, fill_id=fill.pk)
    resolve_finding(by=pharmacy.pharmacist, finding_id=unresolved(fill)[0].pk, resolution=DONE)
    pharmacy.receive("amoxicillin", "500")
    moved = review_data(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert moved.state == FillState.WAITING
    assert moved.prescription.__class__.objects.get(pk=moved.prescription_id).reviewed_by


@pytest.mark.parametrize(
    ("resolution", "field"),
    [
        (replace(DONE, service_code="X9"), "service_code"),
        (replace(DONE, result_code=""), "result_code"),
        (replace(DONE, text="  "), "text"),
    ],
)
def test_a_resolution_says_what_was_done_what_came_of_it_and_why(pharmacy, resolution, field):
    fill = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    with pytest.raises(Refused) as refusal:
        resolve_finding(
            by=pharmacy.pharmacist, finding_id=unresolved(fill)[0].pk, resolution=resolution
        )
    assert [problem.field for problem in refusal.value.problems] == [field]


def test_a_finding_is_resolved_once(pharmacy):
    fill = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    finding = unresolved(fill)[0]
    resolve_finding(by=pharmacy.pharmacist, finding_id=finding.pk, resolution=DONE)
    with pytest.raises(Refused, match="already"):
        resolve_finding(by=pharmacy.pharmacist, finding_id=finding.pk, resolution=DONE)
    lines = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("fill", fill.pk)])
    assert [line.deed for line in lines].count(Deed.FINDING_RESOLVED) == 1


def test_a_strict_pharmacy_reviews_every_new_prescription_before_filling(pharmacy):
    pharmacy.pharmacy.data_review = "before_filling"
    pharmacy.pharmacy.save()
    pharmacy.receive("lisinopril", "100")
    fill = screened(pharmacy)
    assert (fill.state, fill.because) == (FillState.REVIEW, "a new prescription to review")
    assert review_data(by=pharmacy.pharmacist, fill_id=fill.pk).state == FillState.WAITING


def test_what_the_technician_was_unsure_of_is_reviewed_before_filling(pharmacy):
    pharmacy.receive("lisinopril", "100")
    order = replace(pharmacy.order(), unsure="directions unclear")
    fill = enter_prescription(by=pharmacy.technician, order=order)
    screen_waiting(pharmacy.pharmacy, pharmacy.technician.at)
    fill = Fill.objects.get(pk=fill.pk)
    assert (fill.state, fill.because) == (FillState.REVIEW, "directions unclear")
    back = send_back_to_entry(
        by=pharmacy.pharmacist, fill_id=fill.pk, because="ask the prescriber"
    )
    assert (back.state, back.because) == (FillState.ENTRY, "ask the prescriber")


def test_screening_twice_does_nothing_twice(pharmacy):
    fill = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    assert screen_fill(by=pharmacy.system, fill_id=fill.pk) is None
    assert screen_waiting(pharmacy.pharmacy, pharmacy.technician.at) == 0
    assert Finding.objects.filter(fill=fill).count() == 1


def test_a_stranger_finds_no_finding_of_ours(pharmacy):
    fill = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    finding = unresolved(fill)[0]
    stand_in(pharmacy.other.pk)
    assert not Finding.objects.exists()
    with pytest.raises(Refused, match="No such finding"):
        resolve_finding(by=pharmacy.stranger, finding_id=finding.pk, resolution=DONE)


def test_a_quiet_fill_costs_at_most_nine_statements(pharmacy):
    asked_about_allergies(pharmacy)
    pharmacy.receive("lisinopril", "100")
    fill = enter_prescription(by=pharmacy.technician, order=pharmacy.order())
    with CaptureQueriesContext(connection) as seen:
        screen_fill(by=pharmacy.system, fill_id=fill.pk)
    asked = [q for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(asked) <= 9


def test_ten_fills_with_findings_cost_two_statements_more_and_one_each_to_send_on(pharmacy):
    def statements(fills: int) -> int:
        for number in range(fills):
            patient = make_patient(
                pharmacy.pharmacy, "Reyes", f"Ana{number}{fills}", date(1950, 1, 1 + number)
            )
            Allergy.objects.create(
                pharmacy=pharmacy.pharmacy, patient=patient, allergen="dust", reaction="sneezes"
            )
            order = pharmacy.order("lisinopril", patient=patient)
            enter_prescription(by=pharmacy.technician, order=order)
        with CaptureQueriesContext(connection) as seen:
            assert screen_waiting(pharmacy.pharmacy, pharmacy.technician.at) == fills
        return len([q for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]])

    pharmacy.receive("lisinopril", "1000")
    one, eleven = statements(1), statements(11)
    assert Finding.objects.count() == 12
    assert one <= 12
    # What is read and written down is read and written once; sending on is each fill's own.
    assert eleven - one <= 10 * 3


def test_what_was_sold_late_in_the_evening_was_sold_on_that_day_at_the_counter(pharmacy):
    sold = pharmacy.stocked(until=FillState.SOLD)
    # Two hours past midnight UTC is still the evening before in Texas.
    evening = pharmacy.technician.at.replace(hour=2) + timedelta(days=1)
    Fill.objects.filter(pk=sold.pk).update(state_since=evening)
    fill = enter_prescription(by=pharmacy.technician, order=pharmacy.order())
    screen_waiting(pharmacy.pharmacy, pharmacy.technician.at)
    (early,) = [each for each in findings_of(fill) if each.kind == "early refill"]
    assert early.says.startswith("30 days of")
    assert f"handed out {pharmacy.technician.today:%m/%d/%Y}" in early.because
