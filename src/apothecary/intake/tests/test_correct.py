"""A fill sent back to entry: mended with before and after, and screened anew."""

from datetime import date

import pytest

from apothecary.config.tests.world import NOON, make_patient
from apothecary.intake.actions.correct import correct_entry
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.worker import NotAllowed
from apothecary.stock.queries import book_faults

WAY = ("waiting", "filling", "check")


@pytest.fixture
def sent_back(pharmacy) -> Fill:
    """A fill that the pharmacist sent from the check back to entry."""
    pharmacy.receive("lisinopril", "100")
    fill: Fill = pharmacy.enter()
    by = {"waiting": pharmacy.system}
    for step in WAY:
        worker = by.get(step, pharmacy.technician)
        advance(fill, FillState(step), by=worker, did=Deed.FILL_MOVED)
    Prescription.objects.update(reviewed_at=NOON, reviewed_by=1)
    Fill.objects.update(data_reviewed=True)
    fill.refresh_from_db()
    return advance(
        fill,
        FillState.ENTRY,
        by=pharmacy.pharmacist,
        did=Deed.FILL_SENT_BACK,
        because="quantity",
    )


def test_what_was_wrong_is_mended_written_down_and_screened_anew(pharmacy, sent_back, form):
    form |= {"quantity": "60", "directions": "1 tab po bid"}
    fill = correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)
    fill = Fill.objects.select_related("prescription").get(pk=fill.pk)
    assert (fill.state, fill.quantity, fill.prescription.quantity) == ("screening", 60, 60)
    assert fill.prescription.number == sent_back.prescription.number
    line = next(
        line
        for line in history(
            pharmacy_id=pharmacy.pharmacy.pk, about=[("prescription", fill.prescription_id)]
        )
        if line.deed == Deed.PRESCRIPTION_CORRECTED
    )
    changed = line.details["changed"]
    assert isinstance(changed, dict)
    assert changed["quantity"] == ["30.000", "60.000"]
    assert changed["directions"][1] == "Take 1 tablet by mouth twice daily."
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_mended_data_is_reviewed_again(pharmacy, sent_back, form):
    correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)
    fill = Fill.objects.select_related("prescription").get(pk=sent_back.pk)
    assert not fill.data_reviewed
    assert fill.prescription.reviewed_at is None


def test_another_quantity_is_another_price(pharmacy, sent_back, form):
    before = sent_back.price_usd
    form |= {"quantity": "90", "days_supply": "90"}
    correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)
    assert Fill.objects.get(pk=sent_back.pk).price_usd > before


def test_a_typed_price_of_nothing_is_a_price(pharmacy, sent_back, form):
    assert sent_back.price_usd > 0
    correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form | {"price_usd": "0"})
    assert Fill.objects.get(pk=sent_back.pk).price_usd == 0


def test_the_wrong_patient_is_mended_while_nothing_has_been_given_out(
    pharmacy, sent_back, form
):
    form |= {"patient_id": str(pharmacy.insured.pk)}
    correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)
    fill = Fill.objects.select_related("prescription").get(pk=sent_back.pk)
    assert fill.patient_id == fill.prescription.patient_id == pharmacy.insured.pk


def test_once_a_fill_was_given_out_patient_and_drug_stand(pharmacy, sent_back, form):
    Fill.objects.create(
        pharmacy=pharmacy.pharmacy, prescription=sent_back.prescription,
        patient=pharmacy.patient,
        number=9, package=sent_back.package, quantity=30, days_supply=30, pay="cash",
        price_usd=1, state="sold", state_since=NOON, promised_at=NOON, created_at=NOON,
    )  # fmt: skip
    other = make_patient(pharmacy.pharmacy, "Roe", "Ann", date(1990, 1, 1))
    form |= {"patient_id": str(other.pk), "package_id": str(pharmacy.drugs["warfarin"].pk)}
    with pytest.raises(Refused, match="given out") as refusal:
        correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)
    assert {p.field for p in refusal.value.problems} == {"patient_id", "package_id"}
    assert Fill.objects.get(pk=sent_back.pk).state == FillState.ENTRY


def test_the_law_judges_mended_values_like_new_ones_and_nothing_changed(
    pharmacy, sent_back, form
):
    form |= {"package_id": str(pharmacy.drugs["oxycodone"].pk)}
    with pytest.raises(Refused) as refusal:
        correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)
    assert "1306.12(a)" in " ".join(problem.cite for problem in refusal.value.problems)
    fill = Fill.objects.get(pk=sent_back.pk)
    assert (fill.state, fill.package_id) == ("entry", pharmacy.drugs["lisinopril"].pk)


def test_what_is_not_in_entry_is_not_corrected(pharmacy, form):
    fill = pharmacy.enter()
    with pytest.raises(Refused, match="not in entry"):
        correct_entry(by=pharmacy.technician, fill_id=fill.pk, typed=form)


def test_correcting_twice_is_refused(pharmacy, sent_back, form):
    correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)
    with pytest.raises(Refused, match="not in entry"):
        correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)


def test_a_clerk_may_not_correct(pharmacy, sent_back, form):
    with pytest.raises(NotAllowed):
        correct_entry(by=pharmacy.clerk, fill_id=sent_back.pk, typed=form)
    assert Fill.objects.get(pk=sent_back.pk).state == FillState.ENTRY


def corrections(pharmacy, fill):
    about = [("prescription", fill.prescription_id)]
    lines = history(pharmacy_id=pharmacy.pharmacy.pk, about=about)
    return [line for line in lines if line.deed == Deed.PRESCRIPTION_CORRECTED]


def test_the_same_correction_again_is_screened_anew_and_writes_no_second_change(
    pharmacy, sent_back, form
):
    fill = correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)
    first = len(corrections(pharmacy, fill))
    advance(fill, FillState.REVIEW, by=pharmacy.system, did=Deed.FILL_MOVED)
    advance(fill, FillState.ENTRY, by=pharmacy.pharmacist, did=Deed.FILL_SENT_BACK, because="?")
    again = correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)
    assert again.state == FillState.SCREENING
    assert len(corrections(pharmacy, fill)) == first


def test_a_question_left_open_at_the_correction_goes_on_with_the_fill(
    pharmacy, sent_back, form
):
    form |= {"directions": "1 tab po zz", "directions_source": "guessed"}
    fill = correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)
    assert "zz" in fill.because


@pytest.mark.parametrize("field", ["patient", "prescriber", "package"])
def test_a_name_typed_over_a_choice_mends_nothing(pharmacy, sent_back, form, field):
    before = Prescription.objects.values().get()
    with pytest.raises(Refused, match="choose one") as refusal:
        correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form | {field: "smi"})
    assert [problem.field for problem in refusal.value.problems] == [f"{field}_id"]
    assert Prescription.objects.values().get() == before
    assert Fill.objects.get().state == FillState.ENTRY


def test_the_fill_follows_its_mended_prescription_in_every_part(pharmacy, sent_back, form):
    form |= {"quantity": "60", "days_supply": "60", "daw": "1", "waiter": "yes"}
    form |= {"promised": "11/23/2026 13:30", "price_usd": "12.34"}
    correct_entry(by=pharmacy.technician, fill_id=sent_back.pk, typed=form)
    fill = Fill.objects.get(pk=sent_back.pk)
    assert (fill.quantity, fill.days_supply, fill.daw, fill.waiter) == (60, 60, "1", True)
    assert str(fill.price_usd) == "12.34"
    assert fill.promised_at.isoformat() == "2026-11-23T19:30:00+00:00"


def test_another_pharmacy_corrects_nothing_of_ours(pharmacy, sent_back, form):
    with pytest.raises(Refused):
        correct_entry(by=pharmacy.stranger, fill_id=sent_back.pk, typed=form)
    assert Fill.objects.get(pk=sent_back.pk).state == FillState.ENTRY
