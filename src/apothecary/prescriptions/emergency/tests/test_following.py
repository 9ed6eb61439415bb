"""What follows an emergency order: the prescription that covers it, or a notice to DEA."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import cancel_prescription, enter_prescription
from apothecary.prescriptions.emergency.models import EmergencyCover, EmergencyNotice
from apothecary.prescriptions.emergency.queries import open_orders, order_page, orders_of
from apothecary.prescriptions.emergency.rules import Where
from apothecary.prescriptions.emergency.tests.orders import (
    TAKEN,
    cover,
    covering,
    day,
    last_instant,
    later,
    moment,
    ordered,
    record_of,
    take,
    tell,
)
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed

NOBODY_ELSE = [Role.CLERK, Role.TRAINEE, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN]


@pytest.fixture
def fill(pharmacy):
    """An emergency order, dispensed on its day."""
    pharmacy.receive("oxycodone", "100")
    return pharmacy.walk(take(pharmacy), until=FillState.SOLD)


def why_not(world, fill, **changed) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        cover(world, fill, **changed)
    assert not EmergencyCover.objects.exists()
    return [(one.field, one.code) for one in refusal.value.problems]


def where(fill, at):
    line = order_page(fill.pharmacy_id, record_of(fill).pk, now=moment(at))
    assert line is not None
    return line.standing


def test_the_signed_paper_of_the_sixth_day_covers_it(pharmacy, fill):
    made = cover(pharmacy, fill)
    assert (made.kind, made.received_on, made.annotation) == ("written", day(6), "")
    assert where(fill, NOON + timedelta(days=60)).where is Where.COVERED
    assert open_orders(fill.pharmacy_id, now=moment(NOON + timedelta(days=60))) == []
    lines = history(
        pharmacy_id=fill.pharmacy_id, about=[("prescription", fill.prescription_id)]
    )
    assert Deed.EMERGENCY_COVERED in [line.deed for line in lines]


@pytest.mark.parametrize(
    ("came", "stamped", "late"),
    [
        *((6, None, False), (7, None, False), (8, None, True)),
        *((12, 6, False), (12, 7, False), (12, 8, True)),
    ],
)
def test_it_comes_or_is_postmarked_within_seven_days(pharmacy, fill, came, stamped, late):
    changed: dict[str, Any] = {
        "by": later(pharmacy.pharmacist, days=12),
        "received_on": day(came),
        "postmarked_on": None if stamped is None else day(stamped),
    }
    if late:
        assert why_not(pharmacy, fill, **changed) == [("received_on", "follow-up-overdue")]
    else:
        assert cover(pharmacy, fill, **changed).received_on == day(came)


WRONG = [
    ({"words": False}, ("emergency_words", "follow-up-no-emergency-words")),
    ({"oral_order_on": None}, ("oral_order_date", "follow-up-no-oral-order-date")),
    ({"oral_order_on": day(1)}, ("oral_order_date", "follow-up-no-oral-order-date")),
    ({"written_on": day(-1)}, ("written_on", "cover-day")),
    ({"written_on": day(7)}, ("written_on", "cover-day")),
    ({"received_on": day(7)}, ("received_on", "cover-day")),
    ({"received_on": day(-1), "written_on": day(-1)}, ("received_on", "cover-day")),
    ({"postmarked_on": day(-1)}, ("postmarked_on", "cover-day")),
    ({"postmarked_on": day(7)}, ("postmarked_on", "cover-day")),
]


@pytest.mark.parametrize(("change", "reason"), WRONG)
def test_a_paper_without_its_marks_or_of_days_that_cannot_be_is_refused(
    pharmacy, fill, change, reason
):
    assert reason in why_not(pharmacy, fill, **change)


OTHERS = [
    ({"patient_id": 0}, "patient_id", "cover-differs"),
    ({"prescriber_id": 0}, "prescriber_id", "cover-differs"),
    ({"drug": ("oxycodone", "10 mg", "tablet")}, "package_id", "cover-differs"),
    ({"quantity": Decimal("12.001")}, "quantity", "cover-quantity"),
    ({"quantity": Decimal("30")}, "quantity", "cover-quantity"),
    ({"quantity": Decimal("11")}, "quantity", "cover-quantity"),
]


@pytest.mark.parametrize(("change", "field", "code"), OTHERS)
def test_another_patient_prescriber_drug_or_quantity_covers_nothing(
    pharmacy, fill, change, field, code
):
    elements = replace(covering(fill).elements, **change)
    assert why_not(pharmacy, fill, elements=elements) == [(field, code)]


def test_an_electronic_one_is_annotated_with_the_original_authorization(pharmacy, fill):
    made = cover(pharmacy, fill, electronic=True, words=False, oral_order_on=None)
    assert "Authorization for emergency dispensing" in made.annotation
    assert f"{TODAY:%m/%d/%Y}" in made.annotation
    assert str(fill.prescription.number) in made.annotation


def test_an_electronic_one_has_no_postmark_to_be_saved_by(pharmacy, fill):
    late = {"by": later(pharmacy.pharmacist, days=9), "received_on": day(9)}
    found = why_not(pharmacy, fill, electronic=True, postmarked_on=day(7), **late)
    assert ("postmarked_on", "cover-day") in found


def test_a_second_covering_paper_is_refused_and_the_first_stands(pharmacy, fill):
    first = cover(pharmacy, fill)
    with pytest.raises(Refused, match="covered on"):
        cover(pharmacy, fill)
    assert EmergencyCover.objects.get() == first


def test_a_clock_that_was_set_back_attaches_nothing_and_tells_nobody(pharmacy, fill):
    back = later(pharmacy.pharmacist, hours=-1)
    assert ("at", "clock-back") in why_not(pharmacy, fill, by=back, received_on=TODAY)
    with pytest.raises(Refused, match="clock"):
        tell(pharmacy, fill, by=back, because="the prescriber denies it")
    assert not EmergencyNotice.objects.exists()


@pytest.mark.parametrize("role", NOBODY_ELSE)
def test_nobody_but_a_pharmacist_attaches_or_tells(pharmacy, fill, role):
    by = later(pharmacy.workers[role], days=8)
    with pytest.raises(NotAllowed):
        cover(pharmacy, fill, by=by)
    with pytest.raises(NotAllowed):
        tell(pharmacy, fill, by=by)
    assert not EmergencyCover.objects.exists()
    assert not EmergencyNotice.objects.exists()


def test_a_pharmacist_elsewhere_finds_no_such_order(pharmacy, fill):
    by = later(pharmacy.stranger, days=8)
    for act in (cover, tell):
        with pytest.raises(Refused, match="No such emergency order"):
            act(pharmacy, fill, by=by)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-1, Where.WAITING), (0, Where.OVERDUE), (1, Where.OVERDUE)]
)
def test_it_waits_through_the_seventh_day_and_is_overdue_after_it(fill, seconds, expected):
    found = where(fill, last_instant() + timedelta(seconds=seconds))
    assert found.where is expected
    assert ("nearest DEA office" in found.next) == (expected is Where.OVERDUE)


def test_the_list_says_how_much_time_is_left_the_soonest_first(pharmacy, fill):
    pharmacy.receive("oxycodone", "100", lot="L2")
    earlier = replace(TAKEN, ordered_at=TAKEN.ordered_at - timedelta(hours=2))
    order = replace(ordered(pharmacy, earlier), patient=pharmacy.insured)
    second = enter_prescription(by=pharmacy.pharmacist, order=order)
    lines = open_orders(
        fill.pharmacy_id, now=moment(last_instant() - timedelta(days=1, hours=3))
    )
    assert {line.order.prescription_id for line in lines} == {
        fill.prescription_id,
        second.prescription_id,
    }
    assert [line.left for line in lines] == ["1 day 3 hours"] * 2
    near = where(fill, last_instant() - timedelta(minutes=61))
    assert near.next.startswith("Remind the prescriber")
    (line, _) = open_orders(
        fill.pharmacy_id, now=moment(last_instant() - timedelta(minutes=61))
    )
    assert line.left == "1 hour"


def test_of_what_never_came_dea_is_told_and_nothing_is_left_to_do(pharmacy, fill):
    made = tell(pharmacy, fill)
    assert (made.whom, made.office, made.because) == ("dea", "DEA Austin Resident Office", "")
    found = where(fill, NOON + timedelta(days=9))
    assert (found.where, found.next, found.owes) == (Where.TOLD, "", frozenset())
    assert open_orders(fill.pharmacy_id, now=moment(NOON + timedelta(days=9))) == []
    lines = history(
        pharmacy_id=fill.pharmacy_id, about=[("prescription", fill.prescription_id)]
    )
    (told,) = (line for line in lines if line.deed == Deed.EMERGENCY_TOLD)
    assert told.details["office"] == "DEA Austin Resident Office"


@pytest.mark.parametrize("field", ["office", "spoke_with", "how"])
def test_a_notice_says_who_was_told_where_and_how(pharmacy, fill, field: Any):
    with pytest.raises(Refused) as refusal:
        tell(pharmacy, fill, by=None, **{field: ""})
    assert [one.field for one in refusal.value.problems] == [field]
    assert refusal.value.problems[0].cite == "21 CFR 1306.11(d)(4)"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"told_at": NOON - timedelta(days=1)}, "told_at"),
        ({"told_at": NOON + timedelta(days=30)}, "told_at"),
        ({"office": "x" * 1001}, "office"),
        ({"whom": "fbi"}, "whom"),
        ({"whom": "state"}, "because"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_by_its_field(pharmacy, fill, change, field):
    with pytest.raises(Refused) as refusal:
        tell(pharmacy, fill, **change)
    assert field in [one.field for one in refusal.value.problems]
    assert not EmergencyNotice.objects.exists()


def test_before_the_time_is_over_a_notice_says_why(pharmacy, fill):
    day_seven = later(pharmacy.pharmacist, days=7)
    with pytest.raises(Refused, match="not overdue"):
        tell(pharmacy, fill, by=day_seven)
    made = tell(pharmacy, fill, by=day_seven, because="the prescriber never gave the order")
    assert made.because == "the prescriber never gave the order"


def test_the_same_office_is_told_once(pharmacy, fill):
    tell(pharmacy, fill)
    with pytest.raises(Refused, match="already"):
        tell(pharmacy, fill, by=later(pharmacy.pharmacist, days=9))
    assert EmergencyNotice.objects.count() == 1


def test_of_what_is_covered_nobody_is_told(pharmacy, fill):
    cover(pharmacy, fill)
    with pytest.raises(Refused, match="covered on"):
        tell(pharmacy, fill)


def test_paper_that_was_mailed_in_time_covers_what_dea_was_told_of(pharmacy, fill):
    tell(pharmacy, fill)
    made = cover(
        pharmacy,
        fill,
        by=later(pharmacy.pharmacist, days=10),
        received_on=day(10),
        postmarked_on=day(7),
    )
    assert made.postmarked_on == day(7)
    assert where(fill, NOON + timedelta(days=11)).where is Where.COVERED


def test_what_was_called_off_before_anything_was_given_out_waits_for_nothing(pharmacy):
    begun = take(pharmacy)
    cancel_prescription(
        by=pharmacy.pharmacist, prescription_id=begun.prescription_id, because="not needed"
    )
    at = NOON + timedelta(days=20)
    assert where(begun, at).where is Where.CALLED_OFF
    assert open_orders(begun.pharmacy_id, now=moment(at)) == []


def test_what_was_given_out_is_owed_its_paper_though_the_rest_is_called_off(pharmacy, fill):
    cancel_prescription(
        by=pharmacy.pharmacist, prescription_id=fill.prescription_id, because="no more"
    )
    at = NOON + timedelta(days=20)
    assert where(fill, at).where is Where.OVERDUE
    assert len(open_orders(fill.pharmacy_id, now=moment(at))) == 1


def test_a_period_shows_all_of_them_wherever_they_stand(pharmacy, fill):
    cover(pharmacy, fill)
    at = moment(NOON + timedelta(days=9))
    assert len(orders_of(fill.pharmacy_id, TODAY, TODAY, now=at)) == 1
    assert orders_of(fill.pharmacy_id, day(1), day(9), now=at) == []
    assert orders_of(pharmacy.other.pk, TODAY, TODAY, now=at) == []


@pytest.mark.parametrize("table", [EmergencyCover, EmergencyNotice])
def test_what_followed_stays_as_it_was_written_down(pharmacy, fill, table):
    (cover if table is EmergencyCover else tell)(pharmacy, fill)
    rows = table.objects.all()
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        rows.update(by_name="nobody")
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        rows.delete()
