"""Giving a prescription away: by schedule, by how it came, once; who may; what is kept."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import NOON, TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import (
    cancel_prescription,
    start_refill,
)
from apothecary.prescriptions.models import Fill, Origin, Prescription, PrescriptionState
from apothecary.prescriptions.parting import give_part
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.transfers.models import Direction, Title, Transfer, Way
from apothecary.prescriptions.transfers.tests.partners import (
    BY_PHONE,
    ELECTRONIC,
    LAKESIDE,
    OF,
    codes,
    entered,
    fields,
    filled,
    give,
)
from apothecary.prescriptions.writer import advance
from apothecary.staff.duties import Duty, Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.queries import free_units


def unchanged(rx: Prescription) -> bool:
    """Nothing was written: it is active, and no transfer is on file."""
    rx.refresh_from_db()
    return rx.state == PrescriptionState.ACTIVE and not Transfer.objects.exists()


def test_refills_of_a_c_iv_are_given_to_another_pharmacy_and_all_is_kept(pharmacy):
    rx = filled(pharmacy, "alprazolam")
    row = give(pharmacy, rx)
    rx.refresh_from_db()
    assert rx.state == PrescriptionState.TRANSFERRED
    assert (row.direction, row.controlled, row.unfilled) == (Direction.OUT, True, False)
    assert (row.name, row.dea, row.spoke_with) == (
        "Lakeside Pharmacy",
        LAKESIDE.dea,
        "Dana Wells",
    )
    assert row.address == "9 Shore Rd, Anytown, TX 78702"
    assert (row.by_name, row.by_title) == (pharmacy.pharmacist.name, "pharmacist")
    assert (row.transferred_on, row.recorded_at) == (TODAY, NOON)
    assert (row.written_on, row.refills_originally, row.refills_left) == (rx.written_on, 2, 2)
    (past,) = row.past_fills
    assert (past.on, past.place, past.number, past.quantity) == (
        TODAY,
        "Sample Community Pharmacy",
        str(rx.number),
        Decimal(30),
    )
    assert row.kept_until == date(TODAY.year + 2, TODAY.month, TODAY.day)
    (line,) = [
        one
        for one in history(pharmacy_id=pharmacy.pharmacy.pk, about=[("prescription", rx.pk)])
        if one.deed == Deed.PRESCRIPTION_TRANSFERRED
    ]
    assert (line.details["other"], line.details["pharmacist"]) == (row.name, "Dana Wells")


# schedule, filled once, origin → the codes with which it is refused by telephone
PHONED = [
    (0, False, Origin.ELECTRONIC, []),
    (0, True, Origin.FAX, []),
    (2, False, Origin.ELECTRONIC, ["transfer-stays-electronic", "transfer-reference"]),
    (2, True, Origin.ELECTRONIC, ["transfer-c-ii-filled"]),
    (4, False, Origin.ELECTRONIC, ["transfer-stays-electronic", "transfer-reference"]),
    (
        4,
        False,
        Origin.FAX,
        ["transfer-not-electronic", "transfer-stays-electronic", "transfer-reference"],
    ),
    (4, True, Origin.FAX, []),
    (4, True, Origin.ELECTRONIC, []),
]


@pytest.mark.parametrize(("schedule", "sold", "origin", "expected"), PHONED)
def test_what_may_go_by_telephone_is_refills_of_c_iii_to_v_and_what_is_not_controlled(
    pharmacy, schedule, sold, origin, expected
):
    make = filled if sold else entered
    refills = 0 if schedule == 2 else 2
    rx = make(pharmacy, OF[schedule], refills=refills, origin=origin)
    given = replace(BY_PHONE, patient_asked=True, unaltered=True, state_allows="read today")
    if not expected:
        assert give(pharmacy, rx, given=given).unfilled is not sold
        return
    with pytest.raises(Refused) as refused:
        give(pharmacy, rx, given=given)
    assert codes(refused) == expected
    assert unchanged(rx)


@pytest.mark.parametrize("schedule", [2, 4])
def test_an_unfilled_electronic_one_goes_electronically_unaltered_and_at_the_patients_wish(
    pharmacy, schedule
):
    rx = entered(pharmacy, OF[schedule], refills=0 if schedule == 2 else 2)
    row = give(pharmacy, rx, given=ELECTRONIC)
    assert (row.unfilled, row.way, row.reference) == (True, Way.ELECTRONIC, "MSG-1")
    assert (row.patient_asked, row.unaltered) == (True, True)
    assert row.state_allows == "22 TAC 291.34, read today"
    assert row.past_fills == []
    # The refills of a C-III to C-V travel with it.
    assert row.refills_left == (0 if schedule == 2 else 2)


@pytest.mark.parametrize(
    ("lacks", "code"),
    [
        ({"way": Way.PHONE}, "transfer-stays-electronic"),
        ({"way": Way.FAX}, "transfer-stays-electronic"),
        ({"unaltered": False}, "transfer-contents-unaltered"),
        ({"patient_asked": False}, "transfer-patient-asked"),
        ({"reference": ""}, "transfer-reference"),
        ({"state_allows": ""}, "law-missing-row"),
    ],
)
def test_each_condition_of_a_first_fill_elsewhere_is_asked_for(pharmacy, lacks, code):
    rx = entered(pharmacy, "oxycodone", refills=0)
    with pytest.raises(Refused) as refused:
        give(pharmacy, rx, given=replace(ELECTRONIC, **lacks))
    assert codes(refused) == [code]
    assert unchanged(rx)


@pytest.mark.parametrize(
    ("role", "drug", "allowed"),
    [
        (Role.CLERK, "lisinopril", False),
        (Role.TRAINEE, "lisinopril", False),
        (Role.TECHNICIAN, "lisinopril", False),
        (Role.CERTIFIED, "lisinopril", False),
        (Role.INTERN, "lisinopril", True),
        (Role.PHARMACIST, "lisinopril", True),
        (Role.IN_CHARGE, "lisinopril", True),
        (Role.ADMINISTRATOR, "lisinopril", False),
        (Role.INTERN, "alprazolam", False),
        (Role.CERTIFIED, "alprazolam", False),
        (Role.IN_CHARGE, "alprazolam", True),
    ],
)
def test_who_may_give_a_prescription_away_in_texas(pharmacy, role, drug, allowed):
    rx = filled(pharmacy, drug)
    if allowed:
        assert give(pharmacy, rx, by=pharmacy.workers[role]).stands
        return
    with pytest.raises(NotAllowed):
        give(pharmacy, rx, by=pharmacy.workers[role])
    assert unchanged(rx)


def test_a_technician_is_told_the_law_that_keeps_controlled_transfers_to_pharmacists(pharmacy):
    rx = filled(pharmacy, "alprazolam")
    with pytest.raises(NotAllowed) as turned:
        give(pharmacy, rx, by=pharmacy.workers[Role.INTERN])
    (problem,) = turned.value.problems
    assert problem.cite == "21 CFR 1306.25(b)(1); 21 CFR 1306.08(f)"
    assert "may not transfer a controlled prescription" in problem.says


def test_a_certified_technician_is_told_that_no_row_says_the_state_allows_it(pharmacy):
    rx = filled(pharmacy)
    with pytest.raises(NotAllowed, match="no rule on file says that TX does"):
        give(pharmacy, rx, by=pharmacy.workers[Role.CERTIFIED])


def californian(world, role):
    """The same worker where the state's rows leave transfers to certified technicians."""
    world.pharmacy.state = "CA"
    world.pharmacy.save(update_fields=["state"])
    worker = world.workers[role]
    allows = frozenset({Duty.TRANSFER_PRESCRIPTION})
    standing = replace(worker.standing, state="CA", licence_state="CA", state_allows=allows)
    return replace(worker, standing=standing)


def test_in_california_a_certified_technician_transfers_what_is_not_controlled(pharmacy):
    rx, controlled = filled(pharmacy), filled(pharmacy, "alprazolam")
    certified = californian(pharmacy, Role.CERTIFIED)
    theirs = replace(BY_PHONE, other=replace(LAKESIDE, title=Title.CERTIFIED))
    row = give(pharmacy, rx, given=theirs, by=certified)
    assert (row.by_title, row.spoke_with_title) == ("certified technician", Title.CERTIFIED)
    with pytest.raises(NotAllowed):
        give(pharmacy, controlled, by=certified)


def test_elsewhere_a_pharmacist_speaks_with_a_pharmacist(pharmacy):
    rx = filled(pharmacy)
    theirs = replace(BY_PHONE, other=replace(LAKESIDE, title=Title.CERTIFIED))
    with pytest.raises(Refused, match="spoken between 2 pharmacists") as refused:
        give(pharmacy, rx, given=theirs)
    assert codes(refused) == ["transfer-speakers"]
    assert unchanged(rx)


def test_a_transfer_twice_is_refused_and_the_first_stands(pharmacy):
    rx = filled(pharmacy, "alprazolam")
    give(pharmacy, rx)
    with pytest.raises(Refused, match="transferred to another pharmacy") as refused:
        give(pharmacy, rx, given=replace(BY_PHONE, other=replace(LAKESIDE, name="Third")))
    assert codes(refused) == ["rx-not-active", "transfer-again"]
    assert [one.name for one in Transfer.objects.all()] == ["Lakeside Pharmacy"]


def test_a_transferred_prescription_is_neither_refilled_nor_cancelled_here(pharmacy):
    rx = filled(pharmacy)
    give(pharmacy, rx)
    for act in (
        lambda: start_refill(by=pharmacy.technician, prescription_id=rx.pk),
        lambda: cancel_prescription(
            by=pharmacy.technician, prescription_id=rx.pk, because="asked"
        ),
    ):
        with pytest.raises(Refused, match="transferred to another pharmacy"):
            act()


def free(world, rx: Prescription) -> Decimal:
    """What anybody may still be promised of the drug."""
    return free_units(
        pharmacy_id=world.pharmacy.pk,
        package_id=rx.package_id,
        good_until=TODAY + timedelta(days=30),
    )


def test_what_waits_is_called_off_and_its_units_are_free_again(pharmacy):
    rx = filled(pharmacy)
    again = start_refill(by=pharmacy.technician, prescription_id=rx.pk)
    pharmacy.walk(again, until=FillState.WAITING)
    assert free(pharmacy, rx) == 40
    give(pharmacy, rx)
    again = Fill.objects.get(pk=again.pk)
    assert (again.state, again.because) == (
        FillState.CANCELLED,
        "transferred to Lakeside Pharmacy",
    )
    assert free(pharmacy, rx) == 70


def test_what_was_sold_stays_sold(pharmacy):
    rx = filled(pharmacy)
    give(pharmacy, rx)
    assert rx.fills.get().state == FillState.SOLD


@pytest.mark.parametrize("drug", ["lisinopril", "alprazolam"])
def test_a_balance_that_is_owed_here_keeps_the_prescription_here(pharmacy, drug):
    rx = entered(pharmacy, drug)
    fill = pharmacy.walk(rx.fills.get(), until=FillState.WAITING)
    give_part(
        by=pharmacy.technician, fill_id=fill.pk, quantity_now=Decimal(10), because="short"
    )
    fill = Fill.objects.get(pk=fill.pk)
    for state, by, did in (
        (FillState.FILLING, pharmacy.technician, Deed.FILLING_STARTED),
        (FillState.CHECK, pharmacy.technician, Deed.SENT_TO_CHECK),
        (FillState.READY, pharmacy.pharmacist, Deed.FILL_APPROVED),
        (FillState.SOLD, pharmacy.technician, Deed.SOLD),
    ):
        advance(fill, state, by=by, did=did)
    with pytest.raises(Refused) as refused:
        give(pharmacy, rx)
    assert codes(refused) == ["transfer-part"]
    assert unchanged(rx)


@pytest.mark.parametrize(("refills", "expected"), [(0, ["transfer-no-refills"]), (1, [])])
@pytest.mark.parametrize("drug", ["lisinopril", "alprazolam"])
def test_without_a_refill_left_there_is_nothing_to_give(pharmacy, drug, refills, expected):
    rx = filled(pharmacy, drug, refills=refills)
    if not expected:
        assert give(pharmacy, rx).refills_left == 1
        return
    with pytest.raises(Refused) as refused:
        give(pharmacy, rx)
    assert codes(refused) == expected


@pytest.mark.parametrize(("days", "expired"), [(-1, False), (0, False), (1, True)])
def test_a_prescription_that_has_expired_is_not_passed_on(pharmacy, days, expired):
    rx = filled(pharmacy, "alprazolam")
    assert rx.expires_on is not None
    later = rx.expires_on + timedelta(days=days)
    by = pharmacy.pharmacist.at_time(NOON + (later - TODAY), later)
    if not expired:
        assert give(pharmacy, rx, by=by).transferred_on == later
        return
    with pytest.raises(Refused) as refused:
        give(pharmacy, rx, by=by)
    assert codes(refused) == ["rx-expired"]


@pytest.mark.parametrize(
    ("lacks", "field"),
    [
        ({"name": ""}, "name"),
        ({"street": ""}, "street"),
        ({"city": ""}, "street"),
        ({"postal_code": ""}, "street"),
        ({"dea": ""}, "dea"),
        ({"spoke_with": ""}, "spoke_with"),
        ({"dea": "BL7654320"}, "dea"),
        ({"dea": "AB1234563"}, "dea"),
        ({"phone": "555-0188"}, "phone"),
        ({"state": "T1"}, "state"),
        ({"name": "x" * 121}, "name"),
    ],
)
def test_what_the_record_must_show_is_refused_by_its_field(pharmacy, lacks, field):
    rx = filled(pharmacy, "alprazolam")
    with pytest.raises(Refused) as refused:
        give(pharmacy, rx, given=replace(BY_PHONE, other=replace(LAKESIDE, **lacks)))
    assert fields(refused) == [field]
    assert unchanged(rx)


def test_of_what_is_not_controlled_the_house_asks_for_name_and_pharmacist_alone(pharmacy):
    rx = filled(pharmacy)
    bare = replace(LAKESIDE, street="", city="", state="", postal_code="", dea="", phone="")
    with pytest.raises(Refused) as refused:
        give(pharmacy, rx, given=replace(BY_PHONE, other=replace(bare, name="", spoke_with="")))
    assert fields(refused) == ["name", "spoke_with"]
    assert {problem.cite for problem in refused.value.problems} == {"house policy"}
    assert give(pharmacy, rx, given=replace(BY_PHONE, other=bare)).kept_until is None


def test_another_pharmacys_prescription_is_not_there_to_give(pharmacy):
    rx = filled(pharmacy)
    with pytest.raises(Refused, match="No such"):
        give(pharmacy, rx, by=pharmacy.stranger)
    assert unchanged(rx)
