"""What stands in the rows of an entry, a refill and a part, and what ends them: all of it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import NOON
from apothecary.config.tests.world_people import make_prescriber
from apothecary.drugs.models import Package
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.prescriptions.actions import (
    cancel_fill,
    cancel_prescription,
    enter_prescription,
    start_refill,
)
from apothecary.prescriptions.models import Fill, NumberBlock, PayKind, Prescription
from apothecary.prescriptions.on_file import file_prescription
from apothecary.prescriptions.parting import give_part
from apothecary.prescriptions.states import FillState
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed

MOSTLY = {
    "quantity": Decimal(45),
    "days_supply": 15,
    "refills": 3,
    "daw": "1",
    "origin": "3",
    "directions": "Take 1 tablet 3 times a day.",
    "directions_spanish": "Tome 1 tableta 3 veces al día.",
    "directions_as_written": "1 tid",
    "drug_as_written": "Prinivil 10",
    "diagnosis": "I10",
    "note": "no lids",
    "written_on": date(2026, 11, 19),
    "earliest_fill_on": date(2026, 11, 22),
}
LATER = NOON + timedelta(hours=5)


def deeds(world, rx: Prescription) -> list[str]:
    about = [("prescription", rx.pk), *(("fill", fill.pk) for fill in rx.fills.all())]
    return [line.deed for line in history(pharmacy_id=world.pharmacy.pk, about=about)]


def sold(world) -> Fill:
    return world.stocked(until=FillState.SOLD)


def nothing_written() -> bool:
    return not (Prescription.objects.exists() or Fill.objects.exists())


def test_all_that_was_ordered_stands_in_the_prescription_and_in_its_first_fill(pharmacy):
    order = replace(
        pharmacy.order(), **MOSTLY, pay=PayKind.PLAN, waiter=True, promised_at=LATER
    )
    fill = Fill.objects.get(pk=enter_prescription(by=pharmacy.technician, order=order).pk)
    rx = fill.prescription
    assert {name: getattr(rx, name) for name in MOSTLY} == MOSTLY
    assert (rx.patient, rx.prescriber) == (pharmacy.patient, pharmacy.prescriber)
    assert (rx.package, fill.package) == (order.package, order.package)
    assert (rx.entered_at, rx.entered_by) == (NOON, pharmacy.technician.person_id)
    assert (rx.expires_on, rx.reviewed_at) == (date(2027, 11, 19), None)
    assert (fill.number, fill.part, fill.patient) == (0, 1, pharmacy.patient)
    assert (fill.quantity, fill.days_supply, fill.daw) == (45, 15, "1")
    assert (fill.pay, fill.waiter, fill.promised_at) == (PayKind.PLAN, True, LATER)
    assert (fill.created_at, fill.state_since, fill.data_reviewed) == (NOON, NOON, False)
    about = [("prescription", rx.pk)]
    (line,) = history(pharmacy_id=pharmacy.pharmacy.pk, about=about)
    said = {"number": rx.number, "quantity": "45", "ndc": order.package.ndc}
    assert line.details == said


def test_what_was_not_said_is_the_drug_as_entered_the_directions_and_the_houses_hour(pharmacy):
    rx = pharmacy.enter().prescription
    assert rx.drug_as_written == str(rx.package.product)
    assert rx.directions_as_written == rx.directions
    promised = rx.fills.get().promised_at - NOON
    assert promised == timedelta(minutes=pharmacy.pharmacy.promise_minutes)


def test_a_controlled_drug_is_entered_under_its_schedule(pharmacy):
    order = pharmacy.order("alprazolam", refills=1)
    rx = enter_prescription(by=pharmacy.technician, order=order).prescription
    assert Prescription.objects.get(pk=rx.pk).schedule == 4


@pytest.mark.parametrize(
    ("typed", "priced", "price"),
    [
        (None, True, "11.76"),
        ("9.99", True, "9.99"),
        ("0", True, "0"),
        ("0", False, "0"),
        ("9.99", False, "9.99"),
    ],
)
def test_a_typed_price_is_the_price_even_when_it_is_nothing(pharmacy, typed, priced, price):
    if not priced:
        pharmacy.drugs["lisinopril"].price_usd = None
    order = replace(pharmacy.order(), price_usd=None if typed is None else Decimal(typed))
    fill = enter_prescription(by=pharmacy.technician, order=order)
    assert Fill.objects.get(pk=fill.pk).price_usd == Decimal(price)


def test_without_any_price_nothing_is_entered_and_one_is_asked_for(pharmacy):
    pharmacy.drugs["lisinopril"].price_usd = None
    with pytest.raises(Refused, match="type one") as refusal:
        enter_prescription(by=pharmacy.technician, order=pharmacy.order())
    assert [problem.field for problem in refusal.value.problems] == ["price_usd"]
    assert nothing_written()


def test_nobody_elses_patient_or_prescriber_is_entered_and_both_are_named(pharmacy):
    stand_in(pharmacy.other.pk)
    patient = Patient.objects.get(pharmacy=pharmacy.other)
    prescriber = make_prescriber(pharmacy.other)
    stand_in(pharmacy.pharmacy.pk)
    order = replace(pharmacy.order(), patient=patient)
    for wrong, named in (
        (order, ["patient"]),
        (replace(pharmacy.order(), prescriber=prescriber), ["prescriber"]),
        (replace(order, prescriber=prescriber), ["patient", "prescriber"]),
    ):
        with pytest.raises(Refused, match="No such") as refusal:
            enter_prescription(by=pharmacy.technician, order=wrong)
        assert [problem.field for problem in refusal.value.problems] == named
    assert nothing_written()


def test_when_a_block_of_numbers_is_used_up_the_next_one_is_begun(pharmacy):
    here = pharmacy.pharmacy
    NumberBlock.objects.filter(pharmacy=here).update(first=500, last=501, next=501)
    NumberBlock.objects.create(pharmacy=here, first=800, last=900, next=800)
    NumberBlock.objects.create(pharmacy=here, first=100, last=199, next=200)
    numbers = [pharmacy.enter().prescription.number for _ in range(3)]
    assert numbers == [501, 800, 801]


def test_refills_below_none_are_refused_before_the_law_is_asked(pharmacy):
    with pytest.raises(Refused) as refusal:
        enter_prescription(by=pharmacy.technician, order=pharmacy.order(refills=-1))
    (problem,) = refusal.value.problems
    assert (problem.field, problem.code) == ("refills", "entry-refills")
    assert nothing_written()


def test_what_the_technician_left_unsure_goes_with_the_fill(pharmacy):
    order = replace(pharmacy.order(), unsure="which strength")
    fill = enter_prescription(by=pharmacy.technician, order=order)
    assert Fill.objects.get(pk=fill.pk).because == "which strength"


def test_a_refused_entry_takes_no_number(pharmacy):
    with pytest.raises(Refused):
        enter_prescription(by=pharmacy.technician, order=pharmacy.order(quantity="0"))
    assert pharmacy.enter().prescription.number == 7_000_000


def test_a_refill_is_the_prescription_again_in_the_package_given_last(pharmacy):
    fill = sold(pharmacy)
    rx = fill.prescription
    brand = pharmacy.drugs["lisinopril-brand"]
    Fill.objects.filter(pk=fill.pk).update(
        package=brand, quantity=10, days_supply=5, pay=PayKind.PLAN
    )
    Prescription.objects.filter(pk=rx.pk).update(reviewed_at=NOON, daw="2")
    by = pharmacy.technician.at_time(LATER, pharmacy.technician.today)
    again = start_refill(by=by, prescription_id=rx.pk, pay=PayKind.CASH, waiter=True)
    found = Fill.objects.get(pk=again.pk)
    assert (found.number, found.package, found.patient) == (1, brand, pharmacy.patient)
    assert (found.quantity, found.days_supply, found.daw) == (30, 30, "2")
    assert (found.pay, found.waiter, found.data_reviewed) == (PayKind.CASH, True, True)
    assert (found.created_at, found.state_since) == (LATER, LATER)
    assert found.promised_at == LATER + timedelta(minutes=pharmacy.pharmacy.promise_minutes)
    assert found.price_usd > 356  # thirty of the brand, not of what was ordered
    assert deeds(pharmacy, rx)[-1] == Deed.REFILL_STARTED


def test_a_refill_of_what_nobody_has_reviewed_is_not_reviewed(pharmacy):
    fill = sold(pharmacy)
    assert fill.prescription.reviewed_at is None
    again = start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)
    assert not Fill.objects.get(pk=again.pk).data_reviewed


def test_a_refill_without_a_price_on_file_costs_what_the_last_fill_did(pharmacy):
    fill = sold(pharmacy)
    Package.objects.update(price_usd=None)
    Fill.objects.filter(pk=fill.pk).update(price_usd=Decimal("3.21"))
    again = start_refill(by=pharmacy.technician, prescription_id=fill.prescription_id)
    assert again.price_usd == Decimal("3.21")


def test_the_first_fill_of_what_is_on_file_takes_todays_price_and_without_one_is_refused(
    pharmacy,
):
    priced, bare = (
        file_prescription(by=pharmacy.technician, order=pharmacy.order()) for _ in range(2)
    )
    first = start_refill(by=pharmacy.technician, prescription_id=priced.pk)
    assert (first.number, first.price_usd) == (0, Decimal("11.76"))
    Package.objects.update(price_usd=None)
    with pytest.raises(Refused, match="no price") as refusal:
        start_refill(by=pharmacy.technician, prescription_id=bare.pk)
    assert refusal.value.problems[0].field == "price_usd"
    assert list(Fill.objects.all()) == [first]


@pytest.mark.parametrize("verb", [start_refill, cancel_prescription])
def test_a_clerk_neither_refills_nor_stops_and_a_stranger_finds_nothing(pharmacy, verb):
    fill = sold(pharmacy)
    told: dict[str, object] = {"prescription_id": fill.prescription_id}
    if verb is cancel_prescription:
        told["because"] = "moved away"
    with pytest.raises(NotAllowed):
        verb(by=pharmacy.clerk, **told)
    with pytest.raises(Refused, match="No such prescription") as refusal:
        verb(by=pharmacy.stranger, **told)
    assert refusal.value.problems[0].code == "no-prescription"
    assert Fill.objects.count() == 1
    assert Prescription.objects.get().state == "active"


def test_what_is_stopped_is_written_down_with_why_and_stopped_once(pharmacy):
    gone, here = sold(pharmacy), pharmacy.enter("metformin")
    rx = gone.prescription
    again = start_refill(by=pharmacy.technician, prescription_id=rx.pk)
    why = "the prescriber called"
    cancel_prescription(by=pharmacy.technician, prescription_id=rx.pk, because=why)
    states = dict(Fill.objects.values_list("pk", "state"))
    assert states == {gone.pk: "sold", again.pk: "cancelled", here.pk: "screening"}
    assert Prescription.objects.get(pk=rx.pk).state == "cancelled"
    assert Prescription.objects.get(pk=here.prescription_id).state == "active"
    assert deeds(pharmacy, rx)[-2:] == [Deed.PRESCRIPTION_CANCELLED, Deed.FILL_CANCELLED]
    about = [("prescription", rx.pk)]
    (*_, line) = history(pharmacy_id=pharmacy.pharmacy.pk, about=about)
    assert line.details == {"because": why}
    lines = Entry.objects.count()
    with pytest.raises(Refused, match="already cancelled") as refusal:
        cancel_prescription(by=pharmacy.technician, prescription_id=rx.pk, because=why)
    assert refusal.value.problems[0].code == "rx-not-active"
    assert Entry.objects.count() == lines


@pytest.mark.parametrize("because", ["", "  ", "\n"])
def test_nothing_is_called_off_without_a_reason(pharmacy, because):
    fill = pharmacy.enter()
    by = pharmacy.technician
    for_fill = {"fill_id": fill.pk, "because": because}
    for_rx = {"prescription_id": fill.prescription_id, "because": because}
    for verb, told in ((cancel_fill, for_fill), (cancel_prescription, for_rx)):
        with pytest.raises(Refused, match="Say why") as refusal:
            verb(by=by, **told)
        assert [problem.field for problem in refusal.value.problems] == ["because"]
    assert Fill.objects.get().state == FillState.SCREENING
    assert Prescription.objects.get().state == "active"


def test_a_prescription_with_nothing_on_its_way_is_not_stopped_without_a_reason(pharmacy):
    rx_id = sold(pharmacy).prescription_id
    with pytest.raises(Refused, match="Say why"):
        cancel_prescription(by=pharmacy.technician, prescription_id=rx_id, because=" ")
    assert Prescription.objects.get().state == "active"


def test_a_cancelled_fill_says_who_called_it_off_and_why_and_only_once(pharmacy):
    fill = pharmacy.enter()
    with pytest.raises(NotAllowed):
        cancel_fill(by=pharmacy.trainee, fill_id=fill.pk, because="moved away")
    cancel_fill(by=pharmacy.technician, fill_id=fill.pk, because="moved away")
    lines = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("fill", fill.pk)])
    assert (lines[-1].deed, lines[-1].by) == (Deed.FILL_CANCELLED, pharmacy.technician.name)
    assert lines[-1].details["because"] == "moved away"
    with pytest.raises(Refused, match="in cancelled cannot go to cancelled"):
        cancel_fill(by=pharmacy.technician, fill_id=fill.pk, because="again")
    assert len(lines) == len(deeds(pharmacy, fill.prescription)) - 1


@pytest.mark.parametrize(
    ("quantity", "days", "now", "days_now", "days_owed"),
    [
        ("30", 30, "12", 12, 18),
        ("30", 10, "20", 6, 4),
        ("30", 1, "29", 1, 1),
        ("90", 30, "1", 1, 29),
    ],
)
def test_the_days_of_a_part_are_its_share_rounded_down_and_never_none(
    pharmacy, quantity, days, now, days_now, days_owed
):
    pharmacy.receive("lisinopril", "100")
    fill = pharmacy.walk(pharmacy.enter(quantity=quantity, days=days), until=FillState.WAITING)
    by = pharmacy.technician.at_time(LATER, pharmacy.technician.today)
    owed = give_part(by=by, fill_id=fill.pk, quantity_now=Decimal(now), because="short")
    part, balance = Fill.objects.order_by("part")
    rest = Decimal(quantity) - Decimal(now)
    assert (part.quantity, part.days_supply) == (Decimal(now), days_now)
    assert (balance.quantity, balance.days_supply) == (rest, days_owed)
    assert (balance.number, balance.part, owed.pk) == (0, 2, balance.pk)
    assert (balance.price_usd, balance.copay_usd) == (0, 0)
    assert (balance.pay, balance.daw, balance.package) == (fill.pay, fill.daw, fill.package)
    assert balance.because == f"owes {rest.normalize():f}"
    assert (balance.created_at, balance.state_since) == (LATER, LATER)
    assert balance.promised_at == LATER + timedelta(days=1)
