"""What is typed or sent becomes a typed value, or a refusal that names its field."""

from decimal import Decimal

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from apothecary.filling.forms import count_form, json_values, quantity, whole
from apothecary.law.problem import Refused

REQUESTS = RequestFactory()


def as_json(body: str):
    return REQUESTS.post("/", body, content_type="application/json")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30", "30"),
        (" 30 ", "30"),
        ("1,000", "1000"),
        ("28.4", "28.4"),
        ("0.001", "0.001"),
        ("-3", "-3"),
    ],
)
def test_a_quantity_is_read_as_people_type_it(text, value):
    assert quantity(text, field="quantity") == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "many", "NaN", "sNaN", "Infinity", "-inf", "1e9", "100001", "0.0001", "3 0", "0x1e"],
)
def test_what_is_no_quantity_is_refused_by_its_field(text):
    with pytest.raises(Refused) as refusal:
        quantity(text, field="quantity_now")
    assert [problem.field for problem in refusal.value.problems] == ["quantity_now"]


@given(st.text())
def test_no_text_whatever_breaks_the_reading_of_a_quantity(text):
    try:
        value = quantity(text, field="quantity")
    except Refused:
        return
    assert value.is_finite()
    assert abs(value) <= 100_000


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("7", 7), ("007", 7), ("999999999", 999999999)]
)
def test_a_whole_number_is_digits(text, value):
    assert whole(text, field="scan") == value


@pytest.mark.parametrize("text", ["", "-1", "1.0", "one", "²", "٣", "1234567890", " 1"])
def test_anything_else_is_no_whole_number(text):
    with pytest.raises(Refused, match="no whole number"):
        whole(text, field="scan")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"quantity": 30}', ("30", "hand", 1)),
        ('{"quantity": "30", "method": "counter"}', ("30", "counter", 1)),
        ('{"quantity": 28.4, "method": "scale", "pass_number": 2}', ("28.4", "scale", 2)),
        ('{"quantity": 0.1}', ("0.1", "hand", 1)),
    ],
)
def test_a_devices_number_keeps_its_decimal_digits(body, expected):
    form = count_form(as_json(body))
    assert (str(form.quantity), form.method, form.pass_number) == expected


def test_a_form_and_a_device_say_the_same():
    typed = REQUESTS.post("/", {"quantity": "30", "method": "scale", "pass_number": "2"})
    sent = as_json('{"quantity": 30, "method": "scale", "pass_number": 2}')
    assert count_form(typed) == count_form(sent)


@pytest.mark.parametrize("body", ["", "{", "[]", "30", "null", '"30"', "\xff"])
def test_a_body_that_is_no_json_object_is_refused(body):
    with pytest.raises(Refused, match="no JSON"):
        json_values(as_json(body))


def test_values_that_are_neither_text_nor_number_are_left_out():
    assert json_values(as_json('{"a": 1, "b": [1], "c": null, "d": true, "e": "x"}')) == {
        "a": "1",
        "e": "x",
    }
