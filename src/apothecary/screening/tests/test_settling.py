"""What screening writes down, one by one and all at once, and what settling leaves behind."""

from dataclasses import replace
from datetime import timedelta

import pytest

from apothecary.config.tests.world import NOON
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.models import Allergy
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill, Judgement, PayKind, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.screening.actions import (
    AT_ONCE,
    Resolution,
    resolve_finding,
    review_data,
    screen_fill,
    screen_waiting,
    send_back_to_entry,
)
from apothecary.screening.models import Finding
from apothecary.screening.queries import (
    being_screened,
    current_drugs,
    facts_of,
    findings_of,
    review_list,
    unresolved,
)
from apothecary.screening.tests.test_screen_fill import (
    DONE,
    asked_about_allergies,
    screened,
)
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed

LATER = NOON + timedelta(hours=2)
TOO_LONG = 2_000_000_000  # days: no calendar reaches so far


@pytest.fixture
def fill(pharmacy) -> Fill:
    """A fill of somebody allergic to penicillins, with the pharmacist."""
    return screened(pharmacy, "amoxicillin", patient=pharmacy.insured)


def stored(fill: Fill) -> Fill:
    return Fill.objects.get(pk=fill.pk)


def last_line(world, fill: Fill):
    return history(pharmacy_id=world.pharmacy.pk, about=[("fill", fill.pk)])[-1]


def settled(world, fill: Fill) -> None:
    for finding in unresolved(fill):
        resolve_finding(by=world.pharmacist, finding_id=finding.pk, resolution=DONE)


def to_review(world, **changes) -> Fill:
    """A fill without a finding that the technician was unsure of."""
    order = replace(world.order(), unsure="directions unclear", **changes)
    fill = enter_prescription(by=world.technician, order=order)
    screen_waiting(world.pharmacy, NOON)
    return stored(fill)


def test_a_finding_is_written_with_its_facts_its_source_and_what_would_clear_it(pharmacy, fill):
    (finding,) = findings_of(fill)
    assert (finding.fill_id, finding.patient) == (fill.pk, pharmacy.insured)
    assert (finding.pharmacy_id, finding.found_at) == (pharmacy.pharmacy.pk, NOON)
    assert facts_of(finding)[0] == "allergy: penicillins (hives)"
    assert facts_of(finding)[1].startswith("new: amoxicillin")
    assert finding.cite
    assert finding.source_on is not None
    assert finding.clears.startswith("Another drug, or")
    assert (finding.resolved_at, finding.resolved_by, finding.silenced_by) == (None, None, None)
    assert (finding.service_code, finding.result_code, finding.resolution) == ("", "", "")


def test_screening_is_written_down_with_how_much_it_found_and_why_it_waits(pharmacy, fill):
    line = last_line(pharmacy, fill)
    assert (line.deed, line.by) == (Deed.FILL_SCREENED, "Screening")
    (finding,) = findings_of(fill)
    because = finding.says.rstrip(".")
    assert line.details == {
        "from": "screening",
        "to": "review",
        "findings": 1,
        "because": because,
    }
    assert stored(fill).because == because
    asked_about_allergies(pharmacy)
    quiet = screened(pharmacy, "lisinopril")
    assert last_line(pharmacy, quiet).details["findings"] == 0


def test_every_reason_to_look_is_said_at_once(pharmacy):
    pharmacy.pharmacy.data_review = "before_filling"
    pharmacy.pharmacy.save()
    order = replace(pharmacy.order("amoxicillin", patient=pharmacy.insured), unsure="which day")
    fill = enter_prescription(by=pharmacy.technician, order=order)
    screen_waiting(pharmacy.pharmacy, NOON)
    says = findings_of(fill)[0].says.rstrip(".")
    assert stored(fill).because == f"{says}; which day; a new prescription to review"


def test_a_fill_that_cannot_be_screened_holds_up_no_other(pharmacy):
    pharmacy.receive("lisinopril", "100")
    broken, sound = pharmacy.enter(), pharmacy.enter("metformin")
    Fill.objects.filter(pk=broken.pk).update(days_supply=TOO_LONG)
    with pytest.raises(ExceptionGroup, match="1 fills could not be screened") as told:
        screen_waiting(pharmacy.pharmacy, NOON)
    assert len(told.value.exceptions) == 1
    assert (stored(broken).state, stored(broken).screened_at) == (FillState.SCREENING, None)
    assert (stored(sound).state, stored(sound).screened_at) == (FillState.SHORT, NOON)
    assert last_line(pharmacy, broken).deed != Deed.FILL_SCREENED


def test_no_more_are_screened_at_once_than_a_round_holds_and_the_promised_first(pharmacy):
    order = replace(pharmacy.order("metformin"), promised_at=LATER)
    last = enter_prescription(by=pharmacy.technician, order=order)
    for _ in range(AT_ONCE):
        pharmacy.enter("metformin")
    assert screen_waiting(pharmacy.pharmacy, NOON) == AT_ONCE
    assert list(being_screened(pharmacy.pharmacy.pk)) == [last]
    assert screen_waiting(pharmacy.pharmacy, NOON) == 1
    assert screen_waiting(pharmacy.pharmacy, NOON) == 0


def test_what_is_settled_is_kept_with_who_when_what_and_why(pharmacy, fill):
    (finding,) = unresolved(fill)
    by = pharmacy.pharmacist.at_time(LATER, pharmacy.pharmacist.today)
    told = Resolution(service_code="P0", result_code="1B", text="  tolerated it twice ")
    resolve_finding(by=by, finding_id=finding.pk, resolution=told)
    finding.refresh_from_db()
    assert (finding.resolved_at, finding.resolved_by_id) == (LATER, by.person_id)
    assert (finding.service_code, finding.result_code) == ("P0", "1B")
    assert finding.resolution == "tolerated it twice"
    line = last_line(pharmacy, fill)
    assert (line.deed, line.by) == (Deed.FINDING_RESOLVED, by.name)
    assert line.details == {
        "finding": finding.says,
        "service": "P0",
        "result": "1B",
        "text": "tolerated it twice",
    }
    (judgement,) = Judgement.objects.all()
    assert (judgement.about, judgement.judged_at) == (finding.fingerprint, LATER)
    assert stored(fill).state == FillState.REVIEW


def test_a_resolution_that_says_nothing_is_refused_with_all_it_lacks_and_leaves_nothing(
    pharmacy, fill
):
    (finding,) = unresolved(fill)
    lines = Entry.objects.count()
    with pytest.raises(Refused) as refusal:
        resolve_finding(
            by=pharmacy.pharmacist, finding_id=finding.pk, resolution=Resolution("", "", "")
        )
    fields = [problem.field for problem in refusal.value.problems]
    assert fields == ["service_code", "result_code", "text"]
    assert unresolved(fill) == [finding]
    assert (Entry.objects.count(), Judgement.objects.count()) == (lines, 0)


def test_a_finding_that_is_none_or_settled_is_refused_by_its_code(pharmacy, fill):
    (finding,) = unresolved(fill)
    settled(pharmacy, fill)
    first = Finding.objects.get(pk=finding.pk)
    for finding_id, code in ((finding.pk, "finding-resolved"), (0, "no-finding")):
        with pytest.raises(Refused) as refusal:
            resolve_finding(
                by=pharmacy.workers[Role.IN_CHARGE],
                finding_id=finding_id,
                resolution=Resolution("M0", "2A", "another word"),
            )
        assert [problem.code for problem in refusal.value.problems] == [code]
    first_again = Finding.objects.get(pk=finding.pk)
    assert (first_again.resolution, first_again.resolved_by_id) == (
        first.resolution,
        first.resolved_by_id,
    )


def test_an_open_finding_keeps_the_fill_and_is_named_with_its_source(pharmacy, fill):
    (finding,) = unresolved(fill)
    with pytest.raises(Refused) as refusal:
        review_data(by=pharmacy.pharmacist, fill_id=fill.pk)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.cite) == ("finding-open", finding.cite)
    assert finding.says in problem.says
    rx = Prescription.objects.get(pk=fill.prescription_id)
    assert (stored(fill).state, rx.reviewed_at) == (FillState.REVIEW, None)


@pytest.mark.parametrize(
    ("pay", "to"), [(PayKind.PLAN, FillState.CLAIM), (PayKind.CASH, FillState.SHORT)]
)
def test_a_review_is_written_down_and_the_fill_goes_to_who_pays(pharmacy, pay, to):
    fill = to_review(pharmacy, pay=pay)
    untouched = pharmacy.enter("metformin").prescription
    review_data(by=pharmacy.pharmacist, fill_id=fill.pk)
    assert (stored(fill).state, stored(fill).data_reviewed) == (to, True)
    rx = Prescription.objects.get(pk=fill.prescription_id)
    assert (rx.reviewed_at, rx.reviewed_by) == (NOON, pharmacy.pharmacist.person_id)
    untouched.refresh_from_db()
    assert untouched.reviewed_at is None
    line = last_line(pharmacy, fill)
    assert (line.deed, line.by) == (Deed.DATA_REVIEWED, pharmacy.pharmacist.name)


def test_who_reviewed_a_prescription_first_stays_written(pharmacy):
    fill = to_review(pharmacy)
    Prescription.objects.filter(pk=fill.prescription_id).update(reviewed_at=NOON, reviewed_by=7)
    by = pharmacy.pharmacist.at_time(LATER, pharmacy.pharmacist.today)
    review_data(by=by, fill_id=fill.pk)
    rx = Prescription.objects.get(pk=fill.prescription_id)
    assert (rx.reviewed_at, rx.reviewed_by) == (NOON, 7)


def test_what_was_reviewed_once_is_not_reviewed_again(pharmacy):
    fill = to_review(pharmacy)
    review_data(by=pharmacy.pharmacist, fill_id=fill.pk)
    lines = Entry.objects.count()
    with pytest.raises(Refused, match="not in review"):
        review_data(by=pharmacy.pharmacist, fill_id=fill.pk)
    with pytest.raises(Refused, match="not in review"):
        send_back_to_entry(by=pharmacy.pharmacist, fill_id=fill.pk, because="dose")
    assert Entry.objects.count() == lines
    assert stored(fill).state == FillState.SHORT


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.CERTIFIED, Role.CLERK, Role.TRAINEE])
def test_only_whose_duty_it_is_reviews_or_sends_back_and_is_told_so_first(pharmacy, role):
    fill = to_review(pharmacy)
    for fill_id in (fill.pk, 0):
        with pytest.raises(NotAllowed):
            review_data(by=pharmacy.workers[role], fill_id=fill_id)
        with pytest.raises(NotAllowed):
            send_back_to_entry(by=pharmacy.workers[role], fill_id=fill_id, because="")
    with pytest.raises(NotAllowed):
        resolve_finding(by=pharmacy.workers[role], finding_id=0, resolution=DONE)
    assert stored(fill).state == FillState.REVIEW


@pytest.mark.parametrize("because", ["", "  "])
def test_it_goes_back_to_entry_with_what_is_to_be_corrected(pharmacy, because):
    fill = to_review(pharmacy)
    with pytest.raises(Refused, match="Say what") as refusal:
        send_back_to_entry(by=pharmacy.pharmacist, fill_id=fill.pk, because=because)
    assert [problem.field for problem in refusal.value.problems] == ["because"]
    assert stored(fill).state == FillState.REVIEW
    send_back_to_entry(by=pharmacy.pharmacist, fill_id=fill.pk, because="the dose")
    line = last_line(pharmacy, fill)
    assert (line.deed, line.details["because"]) == (Deed.FILL_SENT_BACK, "the dose")
    assert stored(fill).state == FillState.ENTRY
    assert not stored(fill).data_reviewed


def test_screened_again_a_settled_finding_stays_settled_and_the_fill_goes_on(pharmacy, fill):
    settled(pharmacy, fill)
    Fill.objects.filter(pk=fill.pk).update(state=FillState.SCREENING.value, because="")
    pharmacy.receive("amoxicillin", "500")
    again = screen_fill(by=pharmacy.system, fill_id=fill.pk)
    assert again is not None
    assert stored(fill).because == ""
    assert stored(fill).state == FillState.WAITING
    (finding,) = findings_of(fill)
    assert (finding.resolution, finding.silenced_by) == (DONE.text, None)


def test_an_allergy_that_no_longer_holds_or_is_anothers_is_not_found(pharmacy):
    asked_about_allergies(pharmacy)
    pharmacy.receive("amoxicillin", "500")
    assert screened(pharmacy, "amoxicillin").state == FillState.WAITING
    Allergy.objects.filter(patient=pharmacy.insured).update(active=False)
    fill = screened(pharmacy, "amoxicillin", patient=pharmacy.insured)
    assert (fill.state, findings_of(fill)) == (FillState.WAITING, [])


def test_beside_a_fill_stands_the_last_of_each_other_drug_of_this_patient(pharmacy):
    old = pharmacy.stocked(until=FillState.SOLD)
    mine = pharmacy.enter("metformin")
    order = pharmacy.order("warfarin", patient=pharmacy.insured)
    enter_prescription(by=pharmacy.technician, order=order)
    assert current_drugs(mine, on=pharmacy.technician.today) == [old]
    Fill.objects.filter(pk=old.pk).update(state=FillState.RETURNED.value)
    assert current_drugs(mine, on=pharmacy.technician.today) == []


@pytest.mark.parametrize(("days", "seen"), [(371, True), (372, True), (373, False)])
def test_what_was_begun_over_a_year_and_a_week_ago_is_not_asked_for(pharmacy, days, seen):
    old, mine = pharmacy.enter(), pharmacy.enter("metformin")
    Fill.objects.filter(pk=old.pk).update(created_at=NOON - timedelta(days=days))
    found = current_drugs(mine, on=pharmacy.technician.today)
    assert found == ([old] if seen else [])


def test_waiters_are_reviewed_first_then_the_earliest_promise(pharmacy):
    late, soon, waiter = (
        to_review(pharmacy, promised_at=LATER),
        to_review(pharmacy),
        to_review(pharmacy, promised_at=LATER + timedelta(days=1), waiter=True),
    )
    assert list(review_list(pharmacy.pharmacy.pk)) == [waiter, soon, late]
    assert not being_screened(pharmacy.pharmacy.pk)
