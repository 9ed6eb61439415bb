"""How facts are written: the boundary of every rule of writing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apothecary.workbench import filters

CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 6, 10, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_the_pharmacy():
    with timezone.override(CHICAGO):
        yield


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (Decimal("30.000"), "tablet", "30 tablets"),
        (Decimal("1.000"), "tablet", "1 tablet"),
        (Decimal("0.500"), "tablet", "0.5 tablets"),
        (Decimal(".5"), "ML", "0.5 mL"),
        (Decimal("8.500"), "GM", "8.5 g"),
        (Decimal("2.000"), "EA", "2 ea"),
        (Decimal("1000"), "tablet", "1,000 tablets"),
        (Decimal("10.00"), "", "10"),
        (Decimal("0.000"), "ML", "0 mL"),
        (Decimal("-3.0"), "tablet", "−3 tablets"),
        (100, "capsule", "100 capsules"),
        (2, "patch", "2 patches"),
        (2, "suppository", "2 suppositories"),
        (2, "tray", "2 trays"),
        (2, "box", "2 boxes"),
    ],
)
def test_a_quantity_has_its_unit_a_leading_zero_and_no_trailing_zero(value, unit, written):
    assert filters.quantity(value, unit) == written


@pytest.mark.parametrize("value", [1.5, True, "30", None])
def test_a_quantity_is_never_a_float_nor_anything_but_a_number(value):
    with pytest.raises(TypeError, match="a quantity is"):
        filters.quantity(value, "tablet")


@given(st.decimals(min_value=0, max_value=10**8, places=3))
def test_what_a_quantity_says_is_the_quantity(value):
    written = filters.quantity(value)
    assert Decimal(written.replace(",", "")) == value
    assert not written.startswith(".")
    assert not ("." in written and written.endswith("0"))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("84.1"), "$84.10"),
        (Decimal("0"), "$0.00"),
        (Decimal("-5"), "−$5.00"),
        (Decimal("1234.5"), "$1,234.50"),
        (None, "—"),
    ],
)
def test_money_has_cents_and_the_unknown_is_a_dash_and_not_zero(value, written):
    assert filters.money(value) == written


@pytest.mark.parametrize("value", [4.0, 4, "4.00"])
def test_money_is_never_a_float_nor_a_bare_number(value):
    with pytest.raises(TypeError, match="money is a Decimal"):
        filters.money(value)


def test_a_moment_is_written_in_the_time_of_the_pharmacy():
    assert filters.instant(NOON) == "06/10/2026 12:00 PM"
    assert filters.clock(NOON - timedelta(hours=3)) == "9:00 AM"
    assert filters.stamp(NOON) == "2026-06-10T12:00:00-05:00"


def test_a_moment_before_midnight_utc_is_still_the_day_at_the_pharmacy():
    late = datetime(2026, 6, 11, 4, 59, tzinfo=UTC)
    assert filters.day(late) == "06/10/2026"
    assert filters.day(late + timedelta(minutes=1)) == "06/11/2026"
    assert filters.day(date(2026, 6, 11)) == "06/11/2026"


def test_what_is_not_known_is_a_dash():
    assert [filters.day(None), filters.instant(None), filters.clock(None)] == ["—"] * 3


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        (12, "in 12 min"),
        (0, "in 0 min"),
        (-1, "1 min late"),
        (59, "in 59 min"),
        (60, "in 1 h"),
        (95, "in 1 h 35 min"),
        (185, "in 3 h"),
        (-1440, "1 day late"),
        (2880, "in 2 days"),
    ],
)
def test_a_promise_says_how_far_off_it_is(minutes, says):
    assert filters.due(NOON + timedelta(minutes=minutes), NOON) == says


@pytest.mark.parametrize(
    ("given_", "written"),
    [
        ("5125550142", "(512) 555-0142"),
        ("+1 512-555-0142", "(512) 555-0142"),
        ("555-0142", "555-0142"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
    ],
)
def test_a_phone_number_is_grouped_only_when_it_is_a_whole_one(given_, written):
    assert filters.phone(given_) == written


@pytest.mark.parametrize(
    ("born", "says"),
    [
        (date(2026, 6, 10), "0 d"),
        (date(2026, 4, 12), "59 d"),
        (date(2026, 4, 11), "1 mo"),
        (date(2024, 6, 11), "23 mo"),
        (date(2024, 6, 10), "2 y"),
        (date(1961, 6, 11), "64 y"),
        (date(1961, 6, 10), "65 y"),
    ],
)
def test_age_is_in_the_unit_that_matters_for_a_dose(born, says):
    assert filters.age(born, date(2026, 6, 10)) == says


def test_nobody_is_born_tomorrow():
    with pytest.raises(ValueError, match="after"):
        filters.age(date(2026, 6, 11), date(2026, 6, 10))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("hydrOXYzine HCl", 'hydr<b class="tall">OXY</b>zine <b class="tall">HC</b>l'),
        ("HumaLOG", 'Huma<b class="tall">LOG</b>'),
        ("Lisinopril", "Lisinopril"),
        ("metoprolol ER", "metoprolol ER"),
        ("A&D <ointment>", "A&amp;D &lt;ointment&gt;"),
    ],
)
def test_tall_letters_stand_out_and_nothing_is_let_through_as_markup(name, written):
    assert filters.tallman(name) == written
