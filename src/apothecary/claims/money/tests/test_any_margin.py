"""What is left of any fill, to the cent: plan pays + patient pays − what the goods cost."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.money.costs import OURS
from apothecary.claims.money.margins import FillMargin
from apothecary.drugs.pricing import UnitPrice, cost_usd

CENTS = st.integers(-100_000, 1_000_000).map(lambda cents: Decimal(cents) / 100)
OWED = st.integers(0, 1_000_000).map(lambda cents: Decimal(cents) / 100)
PRICE = UnitPrice(Decimal("0.2"), "EA", date(2026, 11, 20), OURS)
UNITS = st.integers(1, 999_999).map(lambda units: Decimal(units) / 1000)
EACH = st.integers(0, 99_999_999).map(lambda parts: Decimal(parts) / 100_000)


@given(OWED, CENTS, OWED)
def test_what_is_left_is_even_with_its_parts_and_under_water_below_nothing(cost, plan, patient):
    found = FillMargin(cost, plan, patient, PRICE)
    assert found.left_usd is not None
    assert found.left_usd + cost == plan + patient
    assert found.is_under_water == (plan + patient < cost)
    assert found.left_usd == found.left_usd.quantize(Decimal("0.01"))


@given(OWED, CENTS, OWED)
def test_the_sentence_names_each_amount_the_source_and_its_day(cost, plan, patient):
    found = FillMargin(cost, plan, patient, PRICE)
    assert f"plan ${plan} + patient ${patient} − cost ${cost}" in found.says
    assert "our invoice 11/20/2026" in found.says
    assert found.says.startswith("Below cost" if plan + patient < cost else "Leaves")
    assert "$-" not in found.says.rpartition("=")[2]


@given(CENTS, st.none() | OWED)
def test_without_a_cost_nothing_is_known_whoever_pays(plan, patient):
    found = FillMargin(None, plan, patient, None)
    assert (found.left_usd, found.is_under_water) == (None, False)
    assert "not known" in found.says


@given(OWED, CENTS)
def test_while_the_patients_share_is_open_no_loss_is_told(cost, plan):
    found = FillMargin(cost, plan, None, PRICE)
    assert (found.left_usd, found.is_under_water) == (None, False)
    assert f"It costs ${cost}" in found.says


@given(EACH, UNITS)
def test_a_cost_is_rounded_once_to_the_nearest_cent(each, units):
    cost = cost_usd(UnitPrice(each, "EA", date(2026, 11, 20), OURS), units, "EA")
    assert cost is not None
    assert abs(cost - each * units) <= Decimal("0.005")
    assert cost == cost.quantize(Decimal("0.01"))


@given(EACH, UNITS, st.sampled_from(["ML", "GM", ""]))
def test_a_cost_by_another_unit_is_none(each, units, unit):
    assert cost_usd(UnitPrice(each, "EA", date(2026, 11, 20)), units, unit) is None
