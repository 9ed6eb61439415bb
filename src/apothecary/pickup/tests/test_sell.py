"""At the register: two identifiers, identification, counselling, signature; sold once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import LONG_GOOD, TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.pickup.actions import Receiver, bin_bag, return_to_stock, sell
from apothecary.pickup.models import Sale, SaleLine
from apothecary.pickup.queries import due_for_return, find_bags, still_coming
from apothecary.pickup.rules import day_in_bin, goes_back_on
from apothecary.pickup.tests.counter import SIGNED
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import Balance, Lot, LotState, PlaceKind
from apothecary.stock.queries import book_faults

JANE = Receiver(
    name="Jane Doe",
    relationship="patient",
    identifiers=("name", "birth_date"),
    counsel="refused",
    signature=SIGNED,
    method="card",
)


def state_of(fill: Fill) -> str:
    return Fill.objects.get(pk=fill.pk).state


def held(kind: str) -> Decimal:
    return sum((b.on_hand for b in Balance.objects.filter(place__kind=kind)), Decimal(0))


def test_a_sold_bag_is_the_patients_and_the_sale_says_who_took_it(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    sale = sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    assert state_of(fill) == FillState.SOLD
    assert held(PlaceKind.PATIENT) == 30
    assert (sale.receiver, sale.identifiers, sale.total_usd) == (
        "Jane Doe",
        "birth_date,name",
        fill.price_usd,
    )
    last = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("fill", fill.pk)])[-1]
    assert (last.deed, last.details["counsel"]) == (Deed.SOLD, "refused")
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_the_copay_is_what_the_patient_pays(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    Fill.objects.filter(pk=fill.pk).update(copay_usd=Decimal("5.00"))
    sale = sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    assert sale.total_usd == Decimal("5.00")


def test_a_copay_that_no_plan_has_named_goes_on_account_and_is_never_guessed(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    Fill.objects.filter(pk=fill.pk).update(pay="plan", copay_usd=None)
    for method in ("card", "cash", "nothing"):
        with pytest.raises(Refused, match="nobody knows the copay"):
            sell(
                by=pharmacy.technician,
                fill_ids=[fill.pk],
                receiver=replace(JANE, method=method),
            )
    assert state_of(fill) == FillState.READY
    on_account = replace(JANE, method="charge")
    sale = sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=on_account)
    assert (sale.method, sale.total_usd) == ("charge", fill.price_usd)


def test_all_bags_of_a_patient_are_sold_at_once(pharmacy):
    first = pharmacy.stocked(until=FillState.READY)
    second = pharmacy.stocked("metformin", until=FillState.READY)
    sale = sell(by=pharmacy.technician, fill_ids=[second.pk, first.pk], receiver=JANE)
    assert sale.lines.count() == 2
    assert sale.total_usd == first.price_usd + second.price_usd


def test_one_bag_that_is_not_ready_stops_the_whole_sale(pharmacy):
    ready = pharmacy.stocked(until=FillState.READY)
    checking = pharmacy.stocked("metformin", until=FillState.CHECK)
    with pytest.raises(Refused, match="not in ready"):
        sell(by=pharmacy.technician, fill_ids=[ready.pk, checking.pk], receiver=JANE)
    assert state_of(ready) == FillState.READY
    assert not Sale.objects.exists()


@pytest.mark.parametrize(
    ("expires_on", "state", "fine"),
    [
        (TODAY - timedelta(days=1), LotState.AVAILABLE, False),
        (TODAY, LotState.AVAILABLE, True),
        (TODAY + timedelta(days=1), LotState.AVAILABLE, True),
        (LONG_GOOD, LotState.QUARANTINED, False),
    ],
)
def test_what_expired_or_was_recalled_in_the_bag_is_not_sold(pharmacy, expires_on, state, fine):
    fill = pharmacy.stocked(until=FillState.READY)
    Lot.objects.update(expires_on=expires_on, state=state)
    if fine:
        sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    else:
        with pytest.raises(Refused, match="may not go to a patient"):
            sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    assert state_of(fill) == (FillState.SOLD if fine else FillState.READY)


def test_bags_of_two_patients_are_not_sold_together(pharmacy):
    ours = pharmacy.stocked(until=FillState.READY)
    pharmacy.receive("metformin", "100")
    order = pharmacy.order("metformin", patient=pharmacy.insured)
    theirs = pharmacy.walk(
        enter_prescription(by=pharmacy.technician, order=order), until=FillState.READY
    )
    with pytest.raises(Refused, match="different patients"):
        sell(by=pharmacy.technician, fill_ids=[ours.pk, theirs.pk], receiver=JANE)


def test_selling_twice_sells_once(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    sell(by=pharmacy.technician, fill_ids=[fill.pk, fill.pk], receiver=JANE)
    with pytest.raises(Refused, match="not in ready"):
        sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    assert SaleLine.objects.count() == 1
    assert held(PlaceKind.PATIENT) == 30


@pytest.mark.parametrize(
    ("receiver", "field"),
    [
        (replace(JANE, name=" "), "receiver"),
        (replace(JANE, identifiers=("name",)), "identifiers"),
        (replace(JANE, identifiers=("name", "name")), "identifiers"),
        (replace(JANE, identifiers=("name", "shoe size")), "identifiers"),
        (replace(JANE, signature=""), "signature"),
        (replace(JANE, id_kind="driver licence"), "id_number"),
        (replace(JANE, counsel="not_offered"), "counselling"),
        (replace(JANE, counsel="accepted"), "counselled_by"),
    ],
)
def test_what_is_missing_at_the_counter_is_named_and_nothing_is_sold(pharmacy, receiver, field):
    fill = pharmacy.stocked(until=FillState.READY)
    with pytest.raises(Refused) as refusal:
        sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=receiver)
    assert field in {problem.field for problem in refusal.value.problems}
    assert state_of(fill) == FillState.READY
    assert not Sale.objects.exists()


def test_an_accepted_offer_is_signed_by_the_pharmacist_who_counselled(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    receiver = replace(
        JANE,
        counsel="accepted",
        counsellor_initials=pharmacy.people[Role.PHARMACIST].initials,
        counsellor_pin="4711",
    )
    sale = sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=receiver)
    assert sale.counselled_by_id == pharmacy.pharmacist.person_id


def test_a_technician_cannot_counsel_with_an_own_pin(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    receiver = replace(
        JANE,
        counsel="accepted",
        counsellor_initials=pharmacy.people[Role.TECHNICIAN].initials,
        counsellor_pin="4711",
    )
    with pytest.raises(NotAllowed):
        sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=receiver)
    assert state_of(fill) == FillState.READY


def test_a_controlled_drug_leaves_only_against_identification(pharmacy):
    pharmacy.receive("oxycodone", "100")
    order = replace(pharmacy.order("oxycodone", refills=0))
    fill = pharmacy.walk(
        enter_prescription(by=pharmacy.technician, order=order), until=FillState.READY
    )
    with pytest.raises(Refused, match="identification"):
        sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    shown = replace(JANE, id_kind="driver licence", id_number="12345678", id_state="TX")
    sale = sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=shown)
    assert sale.id_number == "12345678"


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.CLERK])
def test_a_trainee_or_clerk_does_not_hand_over_a_controlled_drug(pharmacy, role):
    pharmacy.receive("oxycodone", "100")
    order = pharmacy.order("oxycodone", refills=0)
    fill = pharmacy.walk(
        enter_prescription(by=pharmacy.technician, order=order), until=FillState.READY
    )
    shown = replace(JANE, id_kind="driver licence", id_number="12345678")
    with pytest.raises(NotAllowed):
        sell(by=pharmacy.workers[role], fill_ids=[fill.pk], receiver=shown)


def test_a_bag_is_found_by_name_number_phone_and_bin(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    bin_bag(by=pharmacy.technician, fill_id=fill.pk, bin_name="d7")
    number = str(fill.prescription.number)
    born = "doe,ja 2/29/80", "2/29/1980"
    for words in ("doe", "Doe, Jane", *born, number, "512 555 0111", "D7", "d7"):
        assert list(find_bags(pharmacy.pharmacy.pk, words, today=TODAY)) == [fill], words
    assert not find_bags(pharmacy.pharmacy.pk, "roe", today=TODAY).exists()


def test_a_bag_needs_a_bin_with_a_name(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    with pytest.raises(Refused, match="Which bin"):
        bin_bag(by=pharmacy.technician, fill_id=fill.pk, bin_name=" ")


def test_only_an_approved_bag_goes_into_a_bin(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    with pytest.raises(Refused, match="not in ready"):
        bin_bag(by=pharmacy.technician, fill_id=fill.pk, bin_name="D7")


def test_what_was_not_picked_up_goes_back_on_its_shelf(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    return_to_stock(by=pharmacy.technician, fill_id=fill.pk)
    assert state_of(fill) == FillState.RETURNED
    assert held(PlaceKind.SHELF) == 100
    with pytest.raises(Refused, match="not in ready"):
        return_to_stock(by=pharmacy.technician, fill_id=fill.pk)
    with pytest.raises(Refused, match="not in ready"):
        sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_clerk_returns_nothing_to_stock(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    with pytest.raises(NotAllowed):
        return_to_stock(by=pharmacy.clerk, fill_id=fill.pk)


@pytest.mark.parametrize(("days", "due"), [(9, 0), (10, 0), (11, 1)])
def test_a_bag_is_due_to_go_back_after_the_days_the_house_keeps_it(pharmacy, days, due):
    fill = pharmacy.stocked(until=FillState.READY)
    at = fill.state_since + timedelta(days=days)
    assert due_for_return(pharmacy.pharmacy, at).count() == due


def test_what_else_is_coming_is_shown_so_that_nobody_comes_twice(pharmacy):
    pharmacy.stocked(until=FillState.READY)
    coming = pharmacy.stocked("metformin", until=FillState.CHECK)
    found = still_coming(pharmacy.pharmacy.pk, coming.patient_id)
    assert list(found) == [coming]


def test_the_day_in_the_bin_counts_from_one(pharmacy):
    at = pharmacy.technician.at
    assert day_in_bin(at, today=at.date()) == 1
    assert day_in_bin(at, today=at.date() + timedelta(days=9)) == 10
    assert goes_back_on(at, days=10) == at.date() + timedelta(days=10)


def test_a_stranger_sells_nothing_of_ours(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    with pytest.raises(Refused, match="No such fill"):
        sell(by=pharmacy.stranger, fill_ids=[fill.pk], receiver=JANE)
