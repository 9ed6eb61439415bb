"""What the law leaves to a pharmacist waits at review as a finding, and is settled there."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from apothecary.law.problem import Refused
from apothecary.patients.models import Coverage, CoverageKind, Patient
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.carried import Carried
from apothecary.prescriptions.models import Fill, Judgement, Origin, PayKind, Prescriber
from apothecary.prescriptions.states import FillState
from apothecary.screening.actions import resolve_finding, review_data, screen_waiting
from apothecary.screening.lawful import lawful as judged
from apothecary.screening.models import Finding
from apothecary.screening.page import card
from apothecary.screening.taking import cases
from apothecary.screening.tests.test_screen_fill import DONE, asked_about_allergies
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import NotAllowed

SILENT = "No longest supply of a controlled drug is on file for TX."


def screened(world, drug="alprazolam", *, carried=None, **order) -> Fill:
    asked_about_allergies(world)
    order = {"refills": 0} | order
    asked = replace(world.order(drug, **order), carried=carried or Carried())
    fill = enter_prescription(by=world.technician, order=asked)
    screen_waiting(world.pharmacy, world.technician.at)
    return Fill.objects.get(pk=fill.pk)


def lawful(fill: Fill) -> list[Finding]:
    return list(Finding.objects.filter(fill=fill, kind="law").order_by("pk"))


def asking(fill: Fill) -> list[tuple[str, str]]:
    """How loud and in which words the law speaks, the remarks left out."""
    return [(one.severity, one.says) for one in lawful(fill) if one.severity != "note"]


def test_a_plain_electronic_controlled_prescription_carries_a_remark_and_goes_on(pharmacy):
    pharmacy.receive("alprazolam", "100")
    fill = screened(pharmacy)
    (remark,) = lawful(fill)
    assert (remark.severity, remark.says, remark.verified) == ("note", SILENT, "C")
    assert fill.state == FillState.WAITING


def test_a_drug_that_is_not_controlled_hears_nothing_of_it(pharmacy):
    assert lawful(screened(pharmacy, "lisinopril", origin=Origin.WRITTEN)) == []


@pytest.mark.parametrize("origin", [Origin.WRITTEN, Origin.FAX])
def test_a_controlled_prescription_that_was_not_sent_electronically_waits(pharmacy, origin):
    fill = screened(pharmacy, origin=origin)
    ((severity, says),) = asking(fill)
    assert severity == "pharmacist"
    assert "sent electronically" in says
    assert fill.state == FillState.REVIEW
    mandate = lawful(fill)[0]
    assert mandate.verified == "V2"
    assert "exception of the state" in mandate.clears
    assert "second-hand" in card(mandate).source


@pytest.mark.parametrize(
    ("exception", "waits"),
    [("outage", False), ("veterinarian", False), ("because", True), ("", True)],
)
def test_an_exception_the_state_names_settles_the_mandate_and_no_other(
    pharmacy, exception, waits
):
    carried = Carried(mandate_exception=exception)
    fill = screened(pharmacy, origin=Origin.WRITTEN, carried=carried)
    assert bool(asking(fill)) == waits
    assert (fill.state == FillState.REVIEW) == waits
    if exception and waits:
        assert "exception named: because" in lawful(fill)[0].because


def test_the_pharmacist_settles_it_with_a_reason_and_it_stays_silent_when_screened_again(
    pharmacy,
):
    fill = screened(pharmacy, origin=Origin.WRITTEN)
    with pytest.raises(Refused, match="Not resolved yet"):
        review_data(by=pharmacy.pharmacist, fill_id=fill.pk)
    mandate = lawful(fill)[0]
    with pytest.raises(NotAllowed):
        resolve_finding(by=pharmacy.technician, finding_id=mandate.pk, resolution=DONE)
    resolve_finding(by=pharmacy.pharmacist, finding_id=mandate.pk, resolution=DONE)
    # No payer knows a word for it: nothing of it goes on the claim.
    assert not Judgement.objects.filter(fill=fill).exists()
    assert review_data(by=pharmacy.pharmacist, fill_id=fill.pk).state != FillState.REVIEW


def test_the_next_prescription_on_paper_asks_again(pharmacy):
    first = screened(pharmacy, origin=Origin.WRITTEN)
    resolve_finding(by=pharmacy.pharmacist, finding_id=lawful(first)[0].pk, resolution=DONE)
    second = screened(pharmacy, origin=Origin.WRITTEN)
    assert len(asking(second)) == 1
    assert lawful(second)[0].silenced_by_id is None


def test_a_doubt_waits_until_the_pharmacist_says_what_was_found(pharmacy):
    fill = screened(pharmacy, carried=Carried(doubt="Two prescribers for the same."))
    ((severity, says),) = asking(fill)
    assert (severity, says.endswith("Two prescribers for the same.")) == ("pharmacist", True)
    assert lawful(fill)[0].cite.startswith("21 CFR 1306.04")


@pytest.mark.parametrize(
    ("credential", "drug", "expected"),
    [
        ("MD", "oxycodone", []),
        ("NP", "oxycodone", ["stop"]),
        ("PA-C", "oxycodone", ["stop"]),
        ("NP", "alprazolam", []),
        ("OD", "alprazolam", ["pharmacist"]),
        ("", "oxycodone", []),
    ],
)
def test_who_signed_is_judged_by_kind_schedule_and_state(pharmacy, credential, drug, expected):
    Prescriber.objects.update(credential=credential)
    pharmacy.prescriber.credential = credential
    fill = screened(pharmacy, drug)
    assert [severity for severity, _ in asking(fill)] == expected


@pytest.mark.parametrize(("days", "expected"), [(89, []), (90, []), (91, ["signer-days"])])
def test_a_texas_nurse_prescribes_for_ninety_days(pharmacy, days, expected):
    pharmacy.prescriber.credential = "APRN, FNP-C"
    pharmacy.prescriber.save()
    fill = screened(pharmacy, quantity="91", days=days)
    assert len(asking(fill)) == len(expected)


def test_a_mid_level_number_without_letters_is_a_question(pharmacy):
    pharmacy.prescriber.dea = "MS1234563"
    pharmacy.prescriber.save()
    ((severity, says),) = asking(screened(pharmacy))
    assert (severity, "Nobody has said" in says) == ("pharmacist", True)


def in_state(world, state: str) -> Patient:
    Pharmacy.objects.filter(pk=world.pharmacy.pk).update(state=state)
    Prescriber.objects.update(state=state)
    return Patient.objects.select_related("pharmacy").get(pk=world.patient.pk)


@pytest.mark.parametrize(
    ("days", "acute", "stopped"),
    [
        (3, "acute", False),
        (4, "acute", True),
        (7, "exception", False),
        (8, "exception", True),
        (30, "", False),
    ],
)
def test_florida_limits_an_opioid_for_acute_pain(pharmacy, days, acute, stopped):
    # Florida has no row on how long a C-II is valid: the act of entry is told its state later.
    fill_of = replace(
        pharmacy.order("oxycodone", refills=0, quantity="30", days=days),
        carried=Carried(acute_pain=acute),
    )
    asked_about_allergies(pharmacy)
    fill = enter_prescription(by=pharmacy.technician, order=fill_of)
    in_state(pharmacy, "FL")
    screen_waiting(Pharmacy.objects.get(pk=pharmacy.pharmacy.pk), pharmacy.technician.at)
    stops = [says for severity, says in asking(fill) if severity == "stop"]
    assert bool(stops) == stopped
    assert all("at most" in says for says in stops)


@pytest.mark.parametrize(
    ("days", "acute", "loud"), [(90, "", 0), (91, "", 1), (5, "acute", 1), (5, "", 0)]
)
def test_where_texas_is_silent_a_pharmacist_decides_the_unusual(pharmacy, days, acute, loud):
    order = {"quantity": "91", "days": days, "carried": Carried(acute_pain=acute)}
    fill = screened(pharmacy, "oxycodone", **order)
    assert [severity for severity, _ in asking(fill)] == ["pharmacist"] * loud


@pytest.mark.parametrize(("left", "stopped"), [(6, False), (7, False), (8, True)])
def test_new_york_wants_the_earlier_supply_used_up_but_for_seven_days(pharmacy, left, stopped):
    pharmacy.receive("alprazolam", "100")
    patient = in_state(pharmacy, "NY")
    first = screened(pharmacy, patient=patient)
    handed_out = pharmacy.technician.at - timedelta(days=30 - left)
    Fill.objects.filter(pk=first.pk).update(
        state="sold", state_since=handed_out, created_at=handed_out
    )
    again = screened(pharmacy, patient=patient)
    stops = [says for severity, says in asking(again) if severity == "stop"]
    assert [says.startswith(f"The patient has {left} days") for says in stops] == [
        True
    ] * stopped


@pytest.mark.parametrize(
    ("kind", "expected"), [(CoverageKind.MEDICARE_D, 2), (CoverageKind.COMMERCIAL, 1)]
)
def test_medicare_part_d_wants_it_sent_electronically_too(pharmacy, kind, expected):
    Coverage.objects.create(
        pharmacy=pharmacy.pharmacy,
        patient=pharmacy.patient,
        kind=kind,
        plan_name="Plan",
        bin="999999",
        cardholder_id="1",
    )
    fill = screened(pharmacy, origin=Origin.WRITTEN, pay=PayKind.PLAN)
    assert len({one.cite for one in lawful(fill) if one.severity != "note"}) == expected


def test_a_state_nobody_has_rows_of_is_named_and_waits(pharmacy):
    fill = enter_prescription(
        by=pharmacy.technician, order=pharmacy.order("alprazolam", refills=0)
    )
    in_state(pharmacy, "OH")
    screen_waiting(Pharmacy.objects.get(pk=pharmacy.pharmacy.pk), pharmacy.technician.at)
    ((severity, says),) = asking(fill)
    assert severity == "pharmacist"
    assert "'OH'" in says


@pytest.mark.parametrize(
    ("on", "asks"),
    [(date(2020, 12, 31), False), (date(2021, 1, 1), True), (date(2021, 1, 2), True)],
)
def test_before_the_mandate_of_texas_began_nothing_is_asked(pharmacy, on, asks):
    fill = enter_prescription(
        by=pharmacy.technician,
        order=pharmacy.order("alprazolam", refills=0, origin=Origin.WRITTEN),
    )
    by = pharmacy.system.at_time(pharmacy.system.at, on)
    (case,) = cases([fill], by=by)
    assert any("sent electronically" in one.says for one in judged(fill, case, by=by)) == asks
