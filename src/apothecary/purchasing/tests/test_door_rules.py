"""What is looked at when a package stands at the door."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from apothecary.law.problem import Problem
from apothecary.purchasing.receiving.rules import (
    MOST_PACKAGES,
    SHORT_DATED_DAYS,
    AtTheDoor,
    amount_usd,
    aside_problems,
    conditions_of,
    measured_problems,
    must_problems,
    wants_signature,
)
from apothecary.purchasing.receiving.shelving import fefo_hint
from apothecary.purchasing.states import Condition
from apothecary.stock.kinds import Storage

TODAY = date(2026, 11, 23)
GOOD = AtTheDoor(
    drug="lisinopril 10 mg tablet",
    lot="L7",
    expires_on=date(2028, 6, 30),
    packages=1,
    schedule=0,
    storage=Storage.ROOM,
    room=3,
    today=TODAY,
)
COLD = replace(GOOD, storage=Storage.REFRIGERATOR, cold_c=Decimal("4.0"))
FROZEN = replace(GOOD, storage=Storage.FREEZER, frozen_c=Decimal("-18"))
SCHEDULE_II = replace(GOOD, schedule=2, two_people=True, dea_order="26X000001")


def codes(problems) -> list[str]:
    return [one.code for one in problems]


@pytest.mark.parametrize("door", [GOOD, COLD, FROZEN, SCHEDULE_II])
def test_what_is_as_it_should_be_goes_in(door):
    assert must_problems(door) == []
    assert aside_problems(door) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lot": "  "}, "no-lot"),
        ({"expires_on": None}, "no-expiry"),
        ({"packages": 0}, "bad-quantity"),
        ({"packages": -1}, "bad-quantity"),
        ({"packages": MOST_PACKAGES + 1}, "bad-quantity"),
        ({"schedule": 2, "dea_order": "26X1"}, "two-people"),
        ({"schedule": 2, "two_people": True, "dea_order": " "}, "no-dea-order"),
        ({"storage": Storage.REFRIGERATOR}, "take-temperature"),
        ({"storage": Storage.COOL}, "take-temperature"),
        ({"storage": Storage.FREEZER, "cold_c": Decimal(4)}, "take-temperature"),
        ({"storage": Storage.ULTRA_COLD}, "take-temperature"),
        ({"cold_waits": True}, "cold-first"),
        ({"cold_waits": True, "storage": None}, "cold-first"),
    ],
)
def test_what_must_be_said_or_done_first_is_named(change, code):
    assert codes(must_problems(replace(GOOD, **change))) == [code]


def test_cold_items_do_not_wait_for_themselves():
    assert must_problems(replace(COLD, cold_waits=True)) == []


def test_every_reason_is_named_at_once():
    door = replace(GOOD, lot="", schedule=2, expires_on=None)
    assert set(codes(must_problems(door))) == {
        "no-lot",
        "no-expiry",
        "two-people",
        "no-dea-order",
    }


@pytest.mark.parametrize("schedule", [0, 3, 4, 5])
def test_two_people_are_asked_for_schedule_ii_alone(schedule):
    assert must_problems(replace(GOOD, schedule=schedule)) == []


def test_the_number_of_the_form_222_is_asked_for_by_its_rule():
    (problem,) = must_problems(replace(SCHEDULE_II, dea_order=""))
    assert "21 CFR 1305.13(e)" in problem.cite


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (-1, Condition.EXPIRED),
        (0, Condition.SHORT_DATED),
        (SHORT_DATED_DAYS - 1, Condition.SHORT_DATED),
        (SHORT_DATED_DAYS, None),
        (SHORT_DATED_DAYS + 1, None),
    ],
)
def test_expired_and_short_dated_begin_on_their_day(days, code):
    door = replace(GOOD, expires_on=TODAY + timedelta(days=days))
    assert codes(aside_problems(door)) == ([code.value] if code else [])


@pytest.mark.parametrize(
    ("packages", "room", "code"),
    [
        (1, 1, None),
        (3, 3, None),
        (4, 3, Condition.OVER),
        (1, 0, Condition.OVER),
        (1, -1, Condition.OVER),
        (1, None, Condition.WRONG_ITEM),
    ],
)
def test_more_than_was_ordered_is_over_and_what_nobody_ordered_is_wrong(packages, room, code):
    door = replace(GOOD, packages=packages, room=room)
    assert codes(aside_problems(door)) == ([code.value] if code else [])


@pytest.mark.parametrize(
    ("celsius", "warm"),
    [("1.9", True), ("2.0", False), ("8.0", False), ("8.1", True), ("25", True)],
)
def test_the_refrigerated_come_at_two_to_eight_degrees(celsius, warm):
    found = codes(aside_problems(replace(COLD, cold_c=Decimal(celsius))))
    assert found == ([Condition.WARM.value] if warm else [])


@pytest.mark.parametrize(
    ("celsius", "warm"), [("2.0", False), ("8.0", False), ("15.0", False), ("15.1", True)]
)
def test_what_is_kept_cool_may_come_from_the_refrigerator(celsius, warm):
    door = replace(COLD, storage=Storage.COOL, cold_c=Decimal(celsius))
    assert bool(aside_problems(door)) is warm


@pytest.mark.parametrize(
    ("celsius", "warm"), [("-25.1", True), ("-25", False), ("-10", False), ("-9.9", True)]
)
def test_the_frozen_come_frozen(celsius, warm):
    assert bool(aside_problems(replace(FROZEN, frozen_c=Decimal(celsius)))) is warm


def test_a_recalled_lot_is_told_in_the_words_of_its_recall():
    (problem,) = aside_problems(replace(GOOD, recalled="Lot L7 is under recall D-1-2026"))
    assert problem.code == Condition.RECALLED.value
    assert "D-1-2026" in problem.says


def test_the_names_under_which_a_package_may_go_aside_are_those_of_its_problems():
    door = replace(GOOD, room=None, expires_on=TODAY - timedelta(days=1))
    problems = must_problems(door) + aside_problems(door)
    assert conditions_of(problems) == [Condition.WRONG_ITEM, Condition.EXPIRED]
    assert conditions_of(must_problems(replace(GOOD, lot=""))) == []


@pytest.mark.parametrize(
    ("celsius", "good"), [("-100.1", False), ("-100", True), ("60", True), ("60.1", False)]
)
def test_a_temperature_no_delivery_can_have_is_a_slip(celsius, good):
    assert (measured_problems(Decimal(celsius)) == []) is good


@pytest.mark.parametrize(
    ("packages", "price", "usd"), [(3, "2.1150", "6.35"), (1, "0", "0.00"), (2, None, "0.00")]
)
def test_packages_cost_to_the_cent(packages, price, usd):
    assert str(amount_usd(packages, Decimal(price) if price else None)) == usd


@pytest.mark.parametrize(
    ("there", "hint"),
    [
        ([], "nothing of it stands there"),
        ([("A", date(2027, 1, 31))], "behind lot A, which expires 01/31/2027"),
        ([("A", date(2029, 1, 31))], "in front of lot A, which expires 01/31/2029"),
        (
            [("A", date(2027, 1, 31)), ("B", date(2027, 6, 30)), ("C", date(2029, 1, 31))],
            "behind lot B, which expires 06/30/2027",
        ),
        ([("A", date(2028, 6, 30))], "behind lot A, which expires 06/30/2028"),
    ],
)
def test_what_expires_first_stands_in_front(there, hint):
    assert fefo_hint(date(2028, 6, 30), there) == hint


def test_a_serial_number_is_on_one_package_and_never_on_several():
    several = replace(GOOD, packages=2)
    assert codes(must_problems(several)) == []
    assert codes(must_problems(replace(several, serial="S1"))) == ["one-of-a-kind"]
    assert codes(must_problems(replace(GOOD, serial="S1"))) == []


# Schedule II asks for a signature before it is refused


def test_a_schedule_ii_package_that_only_lacks_its_signature_is_asked_for_it_not_refused():
    unsigned = replace(SCHEDULE_II, two_people=False, dea_order="")
    assert codes(must_problems(unsigned)) == ["two-people", "no-dea-order"]
    assert wants_signature(must_problems(unsigned))


@pytest.mark.parametrize("code", ["sign-in", "locked-out", "station-not-trusted"])
def test_a_pin_that_does_not_do_is_asked_for_again_in_the_same_place(code):
    assert wants_signature([Problem("no", code=code)])


@pytest.mark.parametrize(
    "door",
    [
        replace(SCHEDULE_II, two_people=False, lot=""),
        replace(SCHEDULE_II, two_people=False, storage=Storage.REFRIGERATOR),
        replace(GOOD, cold_waits=True),
        SCHEDULE_II,
    ],
)
def test_what_a_signature_does_not_mend_is_refused_as_ever(door):
    assert not wants_signature(must_problems(door))


@pytest.mark.parametrize(
    ("expires_on", "says"),
    [
        (date(2026, 11, 22), "expired on 11/22/2026"),
        (date(2027, 1, 31), "expires on 01/31/2027"),
    ],
)
def test_days_are_written_as_a_us_pharmacy_writes_them(expires_on, says):
    (problem,) = aside_problems(replace(GOOD, expires_on=expires_on))
    assert says in problem.says
