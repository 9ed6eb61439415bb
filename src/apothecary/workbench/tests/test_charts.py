"""Charts: right numbers, readable aloud, and no number that cannot be drawn."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from apothecary.workbench.charts import (
    StockLine,
    amounts,
    bars_by_hour,
    days_of_stock,
    sparkline,
)


def drawn(markup):
    return ElementTree.fromstring(str(markup))  # noqa: S314 our own output


def of(root, name, kind):
    return [each for each in root.iter(name) if kind in each.get("class", "").split()]


def test_the_tallest_bar_fills_the_plot_and_the_others_are_in_proportion():
    root = drawn(bars_by_hour([("8", 10), ("9", 20), ("10", 0)], title="By hour"))
    assert [bar.get("height") for bar in of(root, "rect", "bar")] == ["48", "96", "0"]


def test_the_capacity_is_a_line_and_lowers_the_bars_when_it_is_above_them():
    root = drawn(bars_by_hour([("8", 10)], title="By hour", capacity=20))
    assert of(root, "rect", "bar")[0].get("height") == "48"
    assert of(root, "line", "limit")[0].get("y1") == "16"


def test_the_current_hour_is_marked():
    root = drawn(bars_by_hour([("8", 1), ("9", 1)], title="By hour", now="9"))
    assert [bar.get("class") for bar in of(root, "rect", "bar")] == ["bar", "bar now"]


def test_a_chart_says_its_numbers_for_those_who_do_not_see_it():
    root = drawn(bars_by_hour([("8", 3), ("9", 5)], title="By hour"))
    assert root.get("aria-label") == "By hour. 8: 3, 9: 5"
    assert root.findtext("desc") == "8: 3, 9: 5"


def test_an_empty_day_is_drawn_and_says_so():
    assert drawn(bars_by_hour([], title="By hour")).findtext("desc") == "nothing yet"


def test_a_negative_number_is_refused_and_not_drawn_as_something_else():
    with pytest.raises(ValueError, match="negative"):
        bars_by_hour([("8", -1)], title="By hour")
    with pytest.raises(ValueError, match="negative"):
        days_of_stock([StockLine("a", Decimal(-1), Decimal(2))], title="Days")


def test_a_sparkline_runs_from_its_lowest_to_its_highest_value():
    root = drawn(sparkline([Decimal(2), Decimal(8), Decimal(5)], title="Fridge"))
    assert root.find("polyline").get("points") == "2,21 59,3 116,12"
    assert root.find("circle").get("cx") == "116"


def test_a_series_without_change_is_a_flat_line():
    root = drawn(sparkline([4, 4, 4], title="Fridge"))
    assert {point.split(",")[1] for point in root.find("polyline").get("points").split()} == {
        "21"
    }


@pytest.mark.parametrize("values", [[], [4]])
def test_one_value_is_no_line(values):
    assert "—" in sparkline(values, title="Fridge")


@pytest.mark.parametrize(
    ("days", "kind"), [(Decimal(6), "bar low"), (Decimal(7), "bar"), (Decimal(8), "bar")]
)
def test_stock_below_its_reorder_mark_is_amber_and_at_it_is_not(days, kind):
    root = drawn(days_of_stock([StockLine("insulin", days, Decimal(7))], title="Days"))
    assert of(root, "rect", "bar")[0].get("class") == kind


def test_names_are_escaped():
    markup = days_of_stock([StockLine("<b>", Decimal(1), Decimal(1))], title="Days")
    assert "<b>" not in markup
    assert drawn(markup).find("text").text == "<b>"


def test_dollars_are_drawn_to_the_largest_with_name_and_amount() -> None:
    drawn = str(amounts([("Plan", Decimal("60.00")), ("You <b>", Decimal("15.00"))], title="W"))
    assert 'width="300" height="12"' in drawn
    assert 'width="75" height="12"' in drawn
    assert ">$60.00</text>" in drawn
    assert "You &lt;b&gt;: $15.00" in drawn


def test_nothing_paid_draws_no_bar_and_says_so() -> None:
    assert "W. nothing" in str(amounts([], title="W"))
    assert 'width="0"' in str(amounts([("Plan", Decimal("0.00"))], title="W"))


def test_a_debt_is_not_drawn_as_a_bar() -> None:
    with pytest.raises(ValueError, match="negative"):
        amounts([("Plan", Decimal("-1.00"))], title="W")
