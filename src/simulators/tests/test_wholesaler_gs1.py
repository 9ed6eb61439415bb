"""GTIN, SSCC, URNs and symbols, against numbers worked out by hand."""

from datetime import date

import biip
import pytest
from biip.gs1_messages import GS1Message
from hypothesis import given
from hypothesis import strategies as st

from simulators.wholesaler import gs1
from simulators.wholesaler.catalogue import read_catalogue

PREFIX = "0614141"


@pytest.mark.parametrize(
    ("ndc", "gtin", "ndc11", "upc"),
    [
        ("0001-0123-45", "00300010123455", "00001012345", "300010123455"),
        ("0093-3105-01", "00300933105019", "00093310501", "300933105019"),
        ("55111-122-05", "00355111122050", "55111012205", "355111122050"),
        ("59762-1517-1", "00359762151711", "59762151701", "359762151711"),
    ],
)
def test_the_numbers_of_a_package_follow_from_its_ndc(
    ndc: str, gtin: str, ndc11: str, upc: str
) -> None:
    assert gs1.gtin(ndc) == gtin
    assert gs1.ndc11(ndc) == ndc11
    assert gs1.upc(ndc) == upc


def test_the_worked_example_of_the_field_gives_its_urn() -> None:
    assert gs1.sgtin_urn("0001-0123-45", "9") == "urn:epc:id:sgtin:030001.0012345.9"
    assert gs1.class_urn("0001-0123-45") == "urn:epc:idpat:sgtin:030001.0012345.*"


@pytest.mark.parametrize("ndc", ["0001-0123-45", "55111-122-05", "59762-1517-1"])
def test_prefix_and_item_of_a_urn_have_thirteen_digits_together(ndc: str) -> None:
    prefix, item, _ = gs1.sgtin_urn(ndc, "1").rsplit(":", 1)[1].split(".")
    assert len(prefix + item) == 13
    # The URN's item begins with the indicator digit, which the GTIN has in front.
    assert f"{item[0]}{prefix}{item[1:]}" == gs1.gtin(ndc)[:13]


def test_a_tote_has_eighteen_digits_and_a_right_check_digit() -> None:
    number = gs1.sscc(PREFIX, 1)
    assert number == "006141410000000012"
    assert gs1.check_digit(number[:17]) == number[17]
    assert gs1.sscc_urn(number, PREFIX) == "urn:epc:id:sscc:0614141.0000000001"


def test_a_place_is_its_prefix_and_reference_without_the_check_digit() -> None:
    assert gs1.sgln_urn("0614141001019", PREFIX) == "urn:epc:id:sgln:0614141.00101.0"


def test_a_package_scan_is_read_by_a_reader_of_others() -> None:
    scan = gs1.package_scan(
        "00300933105019", lot="LOT12A", expires="261130", serial="SN0001234567"
    )
    message = biip.parse(scan).gs1_message
    assert isinstance(message, GS1Message)
    found = {one.ai.ai: one.value for one in message.element_strings}
    assert found == {
        "01": "00300933105019", "17": "261130", "10": "LOT12A", "21": "SN0001234567"
    }  # fmt: skip


def test_a_tote_label_is_read_by_a_reader_of_others() -> None:
    message = biip.parse(gs1.tote_scan(gs1.sscc(PREFIX, 77))).gs1_message
    assert isinstance(message, GS1Message)
    (one,) = message.element_strings
    assert one.ai.ai == "00"
    assert one.value == gs1.sscc(PREFIX, 77)


def test_an_expiry_without_a_day_has_00_for_it() -> None:
    assert gs1.expiry_digits(date(2027, 2, 28)) == "270228"
    assert gs1.expiry_digits(date(2027, 2, 28), day=False) == "270200"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 2), 0, date(2026, 3, 31)),
        (date(2026, 3, 2), -1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 31)),
        (date(2026, 1, 1), -1, date(2025, 12, 31)),
        (date(2026, 3, 2), 24, date(2028, 3, 31)),
    ],
)
def test_the_end_of_a_month_is_found_over_years_and_leap_days(
    day: date, months: int, expected: date
) -> None:
    assert gs1.end_of_month(day, months=months) == expected


def test_every_item_of_the_catalogue_has_a_gtin_that_others_take() -> None:
    for item in read_catalogue().items:
        assert len(item.ndc.replace("-", "")) == 10, item.ndc
        assert biip.parse(f"]d201{item.gtin}").gs1_message is not None


@given(st.from_regex(r"[0-9]{17}", fullmatch=True), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body: str, place: int, more: int) -> None:
    digit = gs1.check_digit(body)
    wrong = body[:place] + str((int(body[place]) + more) % 10) + body[place + 1 :]
    assert gs1.check_digit(wrong) != digit


@given(st.integers(1, 10**9 - 2))
def test_every_tote_number_is_its_own(number: int) -> None:
    assert gs1.sscc(PREFIX, number) != gs1.sscc(PREFIX, number + 1)
    assert len(gs1.sscc(PREFIX, number)) == 18
