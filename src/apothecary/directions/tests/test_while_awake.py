"""Every so many hours while awake: the hours are certain, the times of a day are not."""

from decimal import Decimal

import pytest

from apothecary.directions.reading import read_directions
from apothecary.directions.supply import days_supply

DROPS = "Instill 1 drop into the left eye every 2 hours while awake"


@pytest.mark.parametrize(
    ("sig", "english"),
    [
        (DROPS, "Put 1 drop into the left eye every 2 hours while awake."),
        ("1 tab po q4h wa", "Take 1 tablet by mouth every 4 hours while awake."),
        ("1 tab po q4-6h while awake prn pain",
         "Take 1 tablet by mouth every 4 to 6 hours while awake as needed for pain."),
        ("Take 1 tablet during waking hours every 6 hours",
         "Take 1 tablet by mouth every 6 hours while awake."),
    ],
)  # fmt: skip
def test_it_is_dispensed_as_it_was_said_and_no_number_of_a_day_is_given(
    sig: str, english: str
) -> None:
    found = read_directions(sig)
    assert found.questions == ()
    assert found.english() == english
    assert found.quantity_per_day() is None
    assert found.max_quantity_per_day() is None
    assert read_directions(found.english()).steps == found.steps
    assert read_directions(found.spanish()).steps == found.steps


def test_a_number_of_times_while_awake_is_that_number() -> None:
    found = read_directions("Take 1 tablet by mouth 4 times daily while awake")
    assert found.quantity_per_day() == 4


def test_a_maximum_that_was_stated_is_the_most_of_a_day() -> None:
    found = read_directions("1 tab po q4h wa, max 4 tablets per day")
    assert (found.certain, found.max_quantity_per_day()) == (True, 4)


@pytest.mark.parametrize(
    ("sig", "quantity", "days"),
    [
        ("1 tab po q4h wa", "8", 2),
        ("1 tab po q4h wa", "7", 1),
        ("2 tabs po q8h while awake", "8", 2),
        ("1 tab po q4-6h wa", "8", 2),
        ("1 tab po q4h wa, max 2 tablets per day", "8", 4),
        (DROPS, "1", 2),
    ],
)
def test_the_days_are_reckoned_with_the_hours_of_a_day_that_are_usual(
    sig: str, quantity: str, days: int
) -> None:
    form = "ophthalmic solution" if sig is DROPS else "tablet"
    unit = "ML" if sig is DROPS else ""
    proof = days_supply(Decimal(quantity), read_directions(sig), unit=unit, form=form)
    assert proof.days == days
    reckoned = any("DS-AWAKE" in line.source for line in proof.working)
    assert reckoned == ("max" not in sig)
    assert any("waking" in doubt or "awake" in doubt for doubt in proof.doubts) == reckoned
