"""Outdates: seen ahead, pulled in one scan, swept and signed, flagged by night; FEFO proved."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from apothecary.config.tests.world_days import TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed
from apothecary.stock import ledger
from apothecary.stock.actions import move_stock
from apothecary.stock.expiring.actions import flag_expired, pull_outdate, sign_sweep
from apothecary.stock.expiring.models import Sweep
from apothecary.stock.expiring.queries import areas, later_first, outdates, sweeps
from apothecary.stock.expiring.rules import (
    ahead_problems,
    is_due,
    pull_problems,
    reason_to_pull,
)
from apothecary.stock.models import Balance, Lot, Move, Place, Reservation
from apothecary.stock.queries import book_faults

D = Decimal
DRUG = "lisinopril"


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def named(world, name) -> Place:
    return Place.objects.get(pharmacy_id=world.pharmacy.pk, name=name)


def stand(world, lot="L1", quantity="100", *, ends_in=60, drug=DRUG) -> Lot:
    """A lot on the shelf; one that has ended was received before it did."""
    found = world.receive(drug, quantity, lot=lot, expires_on=days(max(ends_in, 0)))
    Lot.objects.filter(pk=found.pk).update(expires_on=days(ends_in))
    found.refresh_from_db()
    return found


def pull(world, lot, *, by=None, place="Shelf", key="p"):
    return pull_outdate(
        by=by or world.technician,
        place_id=named(world, place).pk,
        lot_id=lot.pk,
        key=key,
    )


def reserve(world, quantity, *, fill=1, first=None, good_until=None, by=None) -> bool:
    by = by or world.technician
    return ledger.reserve(
        by=by,
        fill_id=fill,
        package_id=world.drugs[DRUG].pk,
        quantity=D(quantity),
        good_until=good_until or by.today,
        first_lot=first.pk if first else None,
    )


def on_hand(lot, place="Shelf") -> Decimal:
    found = Balance.objects.filter(lot=lot, place__name=place).first()
    return found.on_hand if found else D(0)


def seen(world, ahead, **which) -> list[tuple[str, str]]:
    found = outdates(pharmacy_id=world.pharmacy.pk, today=TODAY, days=ahead, **which)
    return [(line.balance.lot.number, line.reason) for line in found]


# Rules


@pytest.mark.parametrize(
    ("ends_in", "reason"), [(-1, "expired"), (0, "short-dated"), (1, "short-dated")]
)
def test_a_lot_may_be_used_on_its_last_day(ends_in, reason):
    assert reason_to_pull(days(ends_in), today=TODAY) == reason


@pytest.mark.parametrize(
    ("ends_in", "free", "codes"),
    [
        (180, "1", []),
        (181, "1", ["not-short-dated"]),
        (10, "0", ["nothing-to-pull"]),
        (10, "0.001", []),
        (-5, "1", []),
        (500, "0", ["not-short-dated", "nothing-to-pull"]),
    ],
)
def test_only_what_ends_within_half_a_year_is_pulled(ends_in, free, codes):
    problems = pull_problems(expires_on=days(ends_in), free=D(free), today=TODAY)
    assert [problem.code for problem in problems] == codes


@pytest.mark.parametrize(("ahead", "taken"), [(30, True), (90, True), (180, True), (31, False)])
def test_a_sweep_looks_30_90_or_180_days_ahead(ahead, taken):
    assert (ahead_problems(ahead) == []) == taken


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, True),
        (date(2026, 10, 24), True),
        (date(2026, 10, 25), False),
    ],
)
def test_an_area_is_gone_through_every_month(last, due):
    assert is_due(last, today=TODAY) == due


# What is seen


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ahead", "lots"), [(30, ["OLD", "A30"]), (90, ["OLD", "A30", "B90"]), (180, None)]
)
def test_the_list_says_what_ends_when_and_what_it_is_worth(pharmacy, ahead, lots):
    for lot, ends_in in (("OLD", -1), ("A30", 30), ("B90", 90), ("C180", 180), ("D", 181)):
        stand(pharmacy, lot, ends_in=ends_in)
    found = seen(pharmacy, ahead)
    assert [lot for lot, _ in found] == (lots or ["OLD", "A30", "B90", "C180"])
    assert found[0] == ("OLD", "expired")
    line = outdates(pharmacy_id=pharmacy.pharmacy.pk, today=TODAY, days=ahead)[0]
    assert (line.value_usd, line.free) == (D("2.11"), 100)


@pytest.mark.django_db
def test_the_list_of_an_area_holds_that_area_alone(pharmacy):
    stand(pharmacy)
    Place.objects.filter(name="Fridge").update(area="Back")
    stand(pharmacy, drug="insulin", ends_in=20, lot="COLD")
    assert seen(pharmacy, 90, area="Back") == [("COLD", "short-dated")]
    assert seen(pharmacy, 90, area="") == [("L1", "short-dated")]


# Pull


@pytest.mark.django_db
def test_one_scan_carries_what_is_free_to_quarantine(pharmacy):
    lot = stand(pharmacy)
    pulled = pull(pharmacy, lot)
    assert (pulled.quantity, pulled.reason, pulled.stays) == (100, "short-dated", 0)
    assert (on_hand(lot), on_hand(lot, "Quarantine")) == (0, 100)
    move = Move.objects.order_by("-id")[0]
    assert move.reason == "short-dated"
    deeds = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("lot", lot.pk)])
    assert deeds[-1].deed == Deed.STOCK_PULLED
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


@pytest.mark.django_db
def test_what_is_short_dated_and_promised_stays_for_its_fill(pharmacy):
    lot = stand(pharmacy)
    assert reserve(pharmacy, "30")
    pulled = pull(pharmacy, lot)
    assert (pulled.quantity, pulled.stays, on_hand(lot)) == (70, 30, 30)
    assert Reservation.objects.get().state == "pending"


@pytest.mark.django_db
def test_what_expired_goes_as_a_whole_and_its_fills_are_given_back(pharmacy):
    lot = stand(pharmacy, ends_in=0)
    assert reserve(pharmacy, "30")
    Lot.objects.filter(pk=lot.pk).update(expires_on=days(-1))
    pulled = pull(pharmacy, lot)
    assert (pulled.quantity, pulled.reason, pulled.stays) == (100, "expired", 0)
    assert Reservation.objects.get().state == "voided"


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_pulls_and_signs_nothing(pharmacy, role):
    lot = stand(pharmacy)
    by = pharmacy.workers[role]
    with pytest.raises(NotAllowed):
        pull(pharmacy, lot, by=by)
    with pytest.raises(NotAllowed):
        sign_sweep(by=by, area="", days=90)
    assert on_hand(lot) == 100
    assert not Sweep.objects.exists()


@pytest.mark.django_db
def test_a_good_lot_is_not_pulled_as_an_outdate(pharmacy):
    lot = stand(pharmacy, ends_in=181)
    with pytest.raises(Refused, match="it is no outdate"):
        pull(pharmacy, lot)
    assert on_hand(lot) == 100


@pytest.mark.django_db
def test_the_same_scan_twice_pulls_once(pharmacy):
    lot = stand(pharmacy)
    pull(pharmacy, lot)
    with pytest.raises(Refused, match="Nothing of it is there"), transaction.atomic():
        pull(pharmacy, lot)
    with pytest.raises(Refused, match="Nothing is pulled from Quarantine"):
        pull(pharmacy, lot, place="Quarantine")
    assert on_hand(lot, "Quarantine") == 100


@pytest.mark.django_db
def test_340b_outdates_wait_in_a_quarantine_of_their_own(pharmacy):
    lot = stand(pharmacy)
    apart = Place.objects.create(
        pharmacy=pharmacy.pharmacy, kind="shelf", name="340B", programme="340b"
    )
    move_stock(
        by=pharmacy.pharmacist,
        lot_id=lot.pk,
        from_place=named(pharmacy, "Shelf").pk,
        to_place=apart.pk,
        quantity=D(40),
        because="bought for it",
        key="m",
    )
    with pytest.raises(Refused, match="no quarantine for 340b stock"):
        pull(pharmacy, lot, place="340B")
    Place.objects.create(
        pharmacy=pharmacy.pharmacy, kind="quarantine", name="340B held", programme="340b"
    )
    assert pull(pharmacy, lot, place="340B").to == "340B held"


@pytest.mark.django_db
def test_a_stranger_pulls_nothing_of_ours(pharmacy):
    lot = stand(pharmacy)
    shelf = named(pharmacy, "Shelf").pk
    stand_in(pharmacy.other.pk)
    with pytest.raises(Refused, match="No such lot"):
        pull_outdate(by=pharmacy.stranger, place_id=shelf, lot_id=lot.pk, key="x")


# Sweep


@pytest.mark.django_db
def test_a_sweep_is_signed_with_what_was_pulled_and_what_is_still_there(pharmacy):
    by = pharmacy.technician
    pull(pharmacy, stand(pharmacy, "A"))
    stand(pharmacy, "B")
    sweep = sign_sweep(by=by, area="", days=90)
    assert (sweep.pulled, sweep.missed, sweep.initials) == (1, 1, by.initials)
    later = by.at_time(by.at + timedelta(hours=1), by.today)
    again = sign_sweep(by=later, area="", days=90)
    assert (again.pulled, again.missed) == (0, 1)
    assert sweeps(pharmacy_id=by.pharmacy_id) == [again, sweep]
    deeds = history(pharmacy_id=by.pharmacy_id, about=[("sweep", sweep.pk)])
    assert [line.deed for line in deeds] == [Deed.SWEEP_SIGNED]


@pytest.mark.django_db
@pytest.mark.parametrize(("area", "ahead"), [("Moon", 90), ("", 91), ("", 0)])
def test_no_sweep_of_an_area_that_is_not_or_of_other_days(pharmacy, area, ahead):
    with pytest.raises(Refused):
        sign_sweep(by=pharmacy.technician, area=area, days=ahead)
    assert not Sweep.objects.exists()


@pytest.mark.django_db
def test_areas_are_due_until_somebody_went_through_them(pharmacy):
    Place.objects.filter(name="Fridge").update(area="Back")
    asked = {"pharmacy_id": pharmacy.pharmacy.pk, "today": TODAY}
    assert [(row.area, row.due) for row in areas(**asked)] == [("", True), ("Back", True)]
    sign_sweep(by=pharmacy.technician, area="Back", days=30)
    assert [(row.area, row.due) for row in areas(**asked)] == [("", True), ("Back", False)]


# By night


@pytest.mark.django_db
def test_the_night_flags_each_expired_lot_once(pharmacy):
    old, good = stand(pharmacy, "OLD", ends_in=-1), stand(pharmacy, "GOOD", ends_in=0)
    assert flag_expired(by=pharmacy.system) == 1
    assert flag_expired(by=pharmacy.system) == 0
    assert Lot.objects.get(pk=old.pk).flagged_on == TODAY
    assert Lot.objects.get(pk=good.pk).flagged_on is None
    deeds = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("lot", old.pk)])
    assert deeds[-1].deed == Deed.STOCK_EXPIRED


@pytest.mark.django_db
def test_what_expired_in_quarantine_is_not_flagged(pharmacy):
    lot = stand(pharmacy, ends_in=0)
    pull(pharmacy, lot)
    Lot.objects.filter(pk=lot.pk).update(expires_on=days(-1))
    assert flag_expired(by=pharmacy.system) == 0


# First expired first out


def told(world) -> list[tuple[int, str, str]]:
    since = world.technician.at - timedelta(days=30)
    found = later_first(pharmacy_id=world.pharmacy.pk, since=since)
    return [(row.fill_id, row.lot, row.earlier_lot) for row in found]


def at(world, minutes: int):
    by = world.technician
    return by.at_time(by.at + timedelta(minutes=minutes), by.today)


@pytest.mark.django_db
def test_fills_that_draw_what_expires_first_leave_nothing_to_tell(pharmacy):
    stand(pharmacy, "A", "40", ends_in=100)
    stand(pharmacy, "B", "40", ends_in=200)
    assert reserve(pharmacy, "30", fill=1, by=at(pharmacy, 1))
    # Takes the rest of A and goes on with B: both are named, neither was passed over.
    assert reserve(pharmacy, "20", fill=2, by=at(pharmacy, 2))
    assert reserve(pharmacy, "20", fill=3, by=at(pharmacy, 3))
    assert told(pharmacy) == []


@pytest.mark.django_db
def test_a_fill_that_drew_a_later_lot_past_an_earlier_one_is_told(pharmacy):
    stand(pharmacy, "A", "40", ends_in=100)
    later = stand(pharmacy, "B", "40", ends_in=200)
    assert reserve(pharmacy, "30", first=later, by=at(pharmacy, 1))
    assert told(pharmacy) == [(1, "B", "A")]
    (row,) = later_first(pharmacy_id=pharmacy.pharmacy.pk, since=pharmacy.technician.at)
    assert (row.units, row.free, row.place) == (30, 40, "Shelf")


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["too short", "promised", "340B", "quarantined"])
def test_an_earlier_lot_that_was_no_choice_is_not_told(pharmacy, why):
    early = stand(pharmacy, "A", "40", ends_in=100)
    later = stand(pharmacy, "B", "40", ends_in=200)
    until = days(120) if why == "too short" else None
    if why == "promised":
        assert reserve(pharmacy, "40", fill=9, by=at(pharmacy, 1))
    if why == "340B":
        Place.objects.create(
            pharmacy=pharmacy.pharmacy, kind="shelf", name="340B", programme="340b"
        )
        move_stock(
            by=pharmacy.pharmacist,
            lot_id=early.pk,
            from_place=named(pharmacy, "Shelf").pk,
            to_place=named(pharmacy, "340B").pk,
            quantity=D(40),
            because="bought for it",
            key="m",
        )
    if why == "quarantined":
        Lot.objects.filter(pk=early.pk).update(state="quarantined")
    assert reserve(pharmacy, "30", first=later, good_until=until, by=at(pharmacy, 2))
    assert told(pharmacy) == []


@pytest.mark.django_db
def test_an_earlier_lot_that_came_after_the_promise_is_not_told(pharmacy):
    stand(pharmacy, "B", "40", ends_in=200)
    early = at(pharmacy, -60)
    assert reserve(pharmacy, "30", by=early)
    stand(pharmacy, "A", "40", ends_in=100)
    assert told(pharmacy) == []
