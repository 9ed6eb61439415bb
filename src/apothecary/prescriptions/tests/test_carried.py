"""What a prescription carries, asked by the law when it is entered."""

from dataclasses import replace
from datetime import date

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.facts import FaxCase
from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.carried import CARRIED, Carried, MadeAs
from apothecary.prescriptions.lawful import carried_facts
from apothecary.prescriptions.models import Fill, Origin, Prescriber, Prescription
from apothecary.staff.models import Pharmacy


def entered(world, drug="alprazolam", *, carried=None, **order) -> Fill:
    order = {"refills": 0} | order
    asked = replace(world.order(drug, **order), carried=carried or Carried())
    return enter_prescription(by=world.technician, order=asked)


def refused(world, drug="alprazolam", **order) -> list[tuple[str, str]]:
    """Code and field of each reason; nothing was entered."""
    with pytest.raises(Refused) as refusal:
        entered(world, drug, **order)
    assert not Prescription.objects.exists()
    assert all(problem.cite for problem in refusal.value.problems)
    return [(problem.code, problem.field) for problem in refusal.value.problems]


def in_new_york(world) -> Patient:
    Pharmacy.objects.filter(pk=world.pharmacy.pk).update(state="NY")
    return Patient.objects.select_related("pharmacy").get(pk=world.patient.pk)


@pytest.mark.parametrize(("days", "fits"), [(29, True), (30, True), (31, False)])
def test_new_york_takes_thirty_days_of_a_controlled_drug(pharmacy, days, fits):
    order = {"patient": in_new_york(pharmacy), "quantity": "31", "days": days}
    if fits:
        assert entered(pharmacy, **order).days_supply == days
    else:
        assert refused(pharmacy, **order) == [("supply-too-long", "days_supply")]


# Written on 20 November 2026: three months later it is 20 February, 92 days.
@pytest.mark.parametrize(
    ("days", "code", "fits"),
    [(91, "B", True), (92, "B", True), (93, "B", False), (31, "G", False), (31, "", False)],
)
def test_a_condition_code_lets_new_york_take_three_months(pharmacy, days, code, fits):
    order = {
        "patient": in_new_york(pharmacy),
        "quantity": "93",
        "days": days,
        "written_on": date(2026, 11, 20),
        "carried": Carried(condition_code=code),
    }
    if fits:
        assert entered(pharmacy, **order).prescription.condition_code == code
    else:
        assert refused(pharmacy, **order) == [("supply-too-long", "days_supply")]


@pytest.mark.parametrize(
    ("made_as", "code"),
    [
        (MadeAs.AGENT, "purpose-signer"),
        (MadeAs.OFFICE, "purpose-office-stock"),
        (MadeAs.PRINTOUT, "purpose-printout"),
        (MadeAs.REISSUED_SILENT, "purpose-reissue"),
    ],
)
@pytest.mark.parametrize("drug", ["oxycodone", "alprazolam", "pregabalin"])
def test_what_is_no_prescription_for_a_patient_is_refused(pharmacy, made_as, code, drug):
    carried = Carried(made_as=made_as)
    assert refused(pharmacy, drug, carried=carried) == [(code, "made_as")]


@pytest.mark.parametrize("made_as", [MadeAs.PLAIN, MadeAs.REISSUED, MadeAs.TELEMEDICINE])
def test_the_others_are_entered_and_a_pharmacist_looks_where_the_law_is_in_doubt(
    pharmacy, made_as
):
    assert entered(pharmacy, carried=Carried(made_as=made_as)).prescription.made_as == made_as


def test_none_of_this_is_asked_of_a_drug_that_is_not_controlled(pharmacy):
    assert entered(pharmacy, "lisinopril", carried=Carried(made_as=MadeAs.OFFICE))


def test_gamma_hydroxybutyric_acid_needs_the_medical_need_on_it(pharmacy):
    package = pharmacy.drugs["alprazolam"]
    package.product.name = "sodium oxybate"
    assert refused(pharmacy) == [("purpose-no-medical-need", "diagnosis")]
    order = replace(pharmacy.order("alprazolam", refills=0), diagnosis="G47.411")
    assert enter_prescription(by=pharmacy.technician, order=order).pk


@pytest.mark.parametrize(
    ("carried", "expected"),
    [
        (Carried(), [("origin-cii-fax", "original_seen")]),
        (Carried(original_seen=True), None),
        (Carried(fax_case=FaxCase.INFUSION.value), None),
        (Carried(fax_case=FaxCase.LONG_TERM_CARE.value), None),
        (Carried(fax_case=FaxCase.HOSPICE.value), None),
    ],
)
def test_a_faxed_c_ii_needs_the_original_or_one_of_the_three_cases(pharmacy, carried, expected):
    order = {"origin": Origin.FAX, "carried": carried}
    if expected is None:
        assert entered(pharmacy, "oxycodone", **order).prescription.carried == carried
    else:
        assert refused(pharmacy, "oxycodone", **order) == expected


def test_a_faxed_c_iv_needs_neither(pharmacy):
    assert entered(pharmacy, origin=Origin.FAX)


def test_a_c_ii_by_telephone_is_refused_whatever_else_is_said(pharmacy):
    carried = Carried(original_seen=True, fax_case="hospice", mandate_exception="outage")
    order = {"origin": Origin.TELEPHONE, "carried": carried}
    assert refused(pharmacy, "oxycodone", **order) == [("origin-cii-phone", "origin")]


def test_what_it_carried_is_kept_and_journalled_and_nothing_where_nothing_was_said(pharmacy):
    said = Carried(doubt="The signature looks copied.", mandate_exception="outage")
    for carried, expected in ((said, True), (Carried(), False)):
        rx = entered(pharmacy, origin=Origin.WRITTEN, carried=carried).prescription
        rx.refresh_from_db()
        assert rx.carried == carried
        lines = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("prescription", rx.pk)])
        (line,) = [one for one in lines if one.deed == Deed.PRESCRIPTION_ENTERED]
        assert ("doubt" in line.details) == expected
        assert not {"emergency", "fax_case", "made_as"} & set(line.details)


def test_every_field_of_what_is_carried_is_a_column_of_the_prescription(pharmacy):
    columns = {field.name for field in Prescription._meta.get_fields()}
    assert set(CARRIED) <= columns


@pytest.mark.parametrize(
    ("state", "licence_state", "expected"),
    [("NM", "TX", "NM"), ("", "OK", "OK"), ("", "", "TX")],
)
def test_the_prescriber_is_judged_where_they_practise(pharmacy, state, licence_state, expected):
    Prescriber.objects.update(state=state, licence_state=licence_state, credential="NP")
    rx = Prescription.objects.select_related("prescriber").get(
        pk=entered(pharmacy).prescription_id
    )
    signer = carried_facts(rx, state="TX", drug="alprazolam").signer
    assert (signer.kind, signer.state) == ("nurse_practitioner", expected)
