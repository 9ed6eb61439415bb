"""What people type about orders and deliveries: read as meant, or refused by its field."""

from datetime import time
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law.problem import Refused
from apothecary.purchasing.forms import (
    LONGEST,
    condition_of,
    decimal_of,
    phone_digits,
    programme_of,
    read_came,
    read_door_scan,
    read_particulars,
    text,
    time_or_none,
    wholesaler_or_none,
)
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tests.hands import datamatrix, linear
from apothecary.stock.kinds import Programme


def typed(**fields: str) -> QueryDict:
    """A form as it is sent."""
    return QueryDict(urlencode(fields))


def fields(act) -> list[str]:
    """The fields a refusal names, in order."""
    with pytest.raises(Refused) as refusal:
        act()
    return [one.field for one in refusal.value.problems]


# Single values


def test_a_line_is_trimmed_and_never_longer_than_its_column():
    assert text(typed(because="  crushed \n"), "because") == "crushed"
    assert len(text(typed(because="x" * 5_000), "because")) == LONGEST
    assert text(typed(), "because") == ""


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("4", "4"),
        (" 4.5 ", "4.5"),
        ("-18", "-18"),
        ("-18.5", "-18.5"),
        ("$2.5", "2.5"),
        ("0", "0"),
        ("007", "7"),
        ("99999999", "99999999"),
    ],
)
def test_a_number_is_read_exactly_as_typed(said, value):
    assert decimal_of(typed(usd=said), "usd", places=1) == Decimal(value)


@pytest.mark.parametrize(
    "said",
    [
        *("", " ", "-", ".", "$", "4,5", "1,000", "1e3", "0x1", "NaN", "Infinity", "--4"),
        *("4.55", "4.5.5", "123456789", "four", "٤", "4½", "+4", "4 5", "-.5"),
    ],
)
def test_what_is_no_number_of_so_many_decimals_is_refused_by_its_field(said):
    assert fields(lambda: decimal_of(typed(usd=said), "usd", places=1)) == ["usd"]


@given(st.decimals(min_value=-9_999_999, max_value=9_999_999, places=2))
def test_dollars_and_cents_come_back_as_they_were_typed(usd):
    assert decimal_of(typed(usd=f"{usd:f}"), "usd", places=2) == usd


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_number_or_a_refusal(said):
    try:
        value = decimal_of(typed(usd=said), "usd", places=2)
    except Refused as refusal:
        named = [one.field for one in refusal.problems]
    else:
        named = ["usd"] if value == value.quantize(Decimal("0.01")) else []
    assert named == ["usd"]


@pytest.mark.parametrize("programme", Programme)
def test_stock_is_the_houses_own_unless_it_is_said_otherwise(programme):
    assert programme_of(typed(programme=programme.value)) is programme
    assert programme_of(typed()) is Programme.OWN


@pytest.mark.parametrize("condition", Condition)
def test_a_package_is_good_unless_it_is_said_otherwise(condition):
    assert condition_of(typed(condition=condition.value)) is condition
    assert condition_of(typed()) is Condition.GOOD


@pytest.mark.parametrize("said", ["340B", "theirs", "own ", "OWN"])
def test_a_programme_nobody_has_is_refused(said):
    assert fields(lambda: programme_of(typed(programme=said))) == ["programme"]


@pytest.mark.parametrize("said", ["fine", "GOOD", "broken", "damaged "])
def test_a_condition_without_a_name_here_is_refused(said):
    assert fields(lambda: condition_of(typed(condition=said))) == ["condition"]


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("", ""),
        ("(512) 555-0142", "5125550142"),
        ("512.555.0142", "5125550142"),
        ("5125550142", "5125550142"),
    ],
)
def test_a_phone_number_is_its_ten_digits_however_it_is_written(said, digits):
    assert phone_digits(said) == digits


@pytest.mark.parametrize("said", ["555-0142", "1 512 555 0142 9", "call me", "٥١٢٥٥٥٠١٤٢"])
def test_what_has_not_ten_digits_is_no_phone_number(said):
    assert fields(lambda: phone_digits(said)) == ["phone"]


@pytest.mark.parametrize(
    ("said", "at"), [("17:30", time(17, 30)), ("", None), ("25:00", None), ("soon", None)]
)
def test_a_time_of_the_day_or_none(said, at):
    assert time_or_none(said) == at


def test_the_cheapest_is_asked_where_no_wholesaler_was_chosen():
    assert wholesaler_or_none(typed(wholesaler="")) is None
    assert wholesaler_or_none(typed(wholesaler="7")) == 7
    assert fields(lambda: wholesaler_or_none(typed(wholesaler="x"))) == ["wholesaler"]


# A wholesaler


def test_numbers_that_are_none_are_named_at_once_with_the_time_that_is_none():
    form = typed(lead_days="soon", priority="1.5", receipt_minutes="-1", order_by="25:00")
    assert fields(lambda: read_particulars(form)) == [
        *("lead_days", "priority", "receipt_minutes", "order_by")
    ]


def test_what_is_left_empty_is_what_is_usual():
    found = read_particulars(typed(code="caprock", dea="rc9001013", order_by="17:30"))
    usual = (found.lead_days, found.priority, found.receipt_minutes)
    assert usual == (1, 1, 60)
    assert (found.dea, found.order_by, found.active) == ("RC9001013", time(17, 30), True)
    assert not read_particulars(typed(active="no")).active


def test_the_code_of_a_wholesaler_on_file_is_not_taken_from_the_form():
    assert read_particulars(typed(code="other"), code="caprock").code == "caprock"


# Packages at the door


def test_a_datamatrix_says_everything_and_bars_say_the_drug_alone(yard):
    whole = read_door_scan(datamatrix(yard, "lisinopril", "S1", lot="L7"))
    bare = read_door_scan(linear(yard, "lisinopril"))
    assert whole.is_whole
    assert not bare.is_whole
    assert whole.came is not None
    assert bare.came is not None
    assert (whole.came.lot, whole.came.serial) == ("L7", "S1")
    assert whole.came.package == bare.came.package == yard.world.drugs["lisinopril"]
    assert whole.came.key != bare.came.key


def test_a_totes_label_is_no_package(yard):
    scanned = read_door_scan("]C100006141410000000012")
    assert scanned.came is None
    assert scanned.scan.sscc == "006141410000000012"


@pytest.mark.parametrize("code", ["", "nonsense", "]E00036000291452", "]d2010030"])
def test_a_code_that_is_no_drug_of_ours_is_refused_by_its_field(yard, code):
    assert set(fields(lambda: read_door_scan(code))) <= {"code", "ndc", ""}


def test_everything_that_is_missing_by_hand_is_named_at_once(yard):
    assert fields(lambda: read_came(typed(key="k"))) == ["ndc", "lot", "expires_on"]


GOOD = {"lot": "L7", "expires_on": "2028-06-30", "key": "once"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"expires_on": "2028-02-30"}, "expires_on"),
        ({"expires_on": "06/30/2028"}, "expires_on"),
        ({"packages": "two"}, "packages"),
        ({"packages": "-1"}, "packages"),
        ({"key": ""}, "key"),
        ({"key": "k" * 81}, "key"),
    ],
)
def test_a_package_by_hand_is_refused_by_the_field_that_is_wrong(yard, change, field):
    ndc = yard.world.drugs["lisinopril"].ndc
    form = typed(**(GOOD | {"ndc": ndc} | change))
    assert fields(lambda: read_came(form)) == [field]


def test_a_gtin_belongs_to_a_serial_number_and_stays_away_without_one(yard):
    ndc = yard.world.drugs["lisinopril"].ndc
    form = GOOD | {"ndc": ndc, "gtin": "00368180098014"}
    assert read_came(typed(**form)).gtin == ""
    assert read_came(typed(**form, serial="S1")).gtin == "00368180098014"
    assert read_came(typed(**form)).packages == 1
