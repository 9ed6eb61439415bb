from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.gs1 import (
    FNC1,
    LONGEST_SCAN,
    ScanKind,
    bag_code,
    label_code,
    read_scan,
)

GTIN = "00368180980018"
PRODUCT = "01" + GTIN


def check_digit(payload: str) -> str:
    """The GS1 check digit, computed here once more so that the codec is not its own judge."""
    weighted = [int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(payload))]
    return str(-sum(weighted) % 10)


def refusal(raw: str) -> str:
    with pytest.raises(Malformed) as refused:
        read_scan(raw)
    return str(refused.value)


def test_the_check_digit_of_our_examples_is_right() -> None:
    assert check_digit(GTIN[:-1]) == GTIN[-1]


def test_a_data_matrix_gives_product_expiry_lot_and_serial() -> None:
    scan = read_scan(f"]d2{PRODUCT}1726113010LOT12A{FNC1}21SN0001234567")
    assert scan.kind is ScanKind.PRODUCT
    assert scan.symbology == "GS1 DataMatrix"
    assert scan.gtin14 == GTIN
    assert scan.ndc10 == "6818098001"
    assert scan.expires_on == date(2026, 11, 30)
    assert (scan.lot, scan.serial) == ("LOT12A", "SN0001234567")
    assert scan.problems == ()


@pytest.mark.parametrize(
    ("raw", "symbology"),
    [
        (f"]C1{PRODUCT}17261130", "GS1-128"),
        (f"]C1{FNC1}{PRODUCT}17261130", "GS1-128"),
        (f"]e0{PRODUCT}17261130", "GS1 DataBar"),
        (f"]Q3{PRODUCT}17261130", "GS1 QR"),
        (f"{PRODUCT}17261130", "GS1 without symbology prefix"),
        (f"{PRODUCT}17261130{FNC1}", "GS1 without symbology prefix"),
        (f"{PRODUCT}17261130\r\n", "GS1 without symbology prefix"),
    ],
)
def test_the_symbology_is_told_by_its_prefix(raw: str, symbology: str) -> None:
    scan = read_scan(raw)
    assert (scan.symbology, scan.gtin14) == (symbology, GTIN)
    assert scan.expires_on == date(2026, 11, 30)
    assert scan.raw == raw


@pytest.mark.parametrize(
    ("yymmdd", "day"),
    [
        ("260228", date(2026, 2, 28)),
        ("260200", date(2026, 2, 28)),
        ("280200", date(2028, 2, 29)),
        ("261200", date(2026, 12, 31)),
        ("990131", date(2099, 1, 31)),
        ("000101", date(2000, 1, 1)),
    ],
)
def test_day_zero_means_the_end_of_the_month(yymmdd: str, day: date) -> None:
    assert read_scan(f"{PRODUCT}17{yymmdd}").expires_on == day


@pytest.mark.parametrize("yymmdd", ["260229", "260431", "261301", "260001", "260132"])
def test_an_impossible_expiry_is_refused(yymmdd: str) -> None:
    assert yymmdd in refusal(f"{PRODUCT}17{yymmdd}")


@pytest.mark.parametrize(
    ("raw", "symbology"),
    [
        ("368180980018", "UPC-A"),
        ("0368180980018", "EAN-13"),
        ("]E00368180980018", "EAN-13"),
        (GTIN, "GTIN-14"),
    ],
)
def test_the_number_under_the_bars_gives_the_same_drug(raw: str, symbology: str) -> None:
    scan = read_scan(raw)
    assert (scan.gtin14, scan.ndc10, scan.symbology) == (GTIN, "6818098001", symbology)
    assert scan.expires_on is None


@pytest.mark.parametrize("raw", ["368180980014", "0368180980010", "00368180980016"])
def test_a_wrong_check_digit_is_refused(raw: str) -> None:
    assert "check digit" in refusal(raw)
    padded = raw.zfill(14)
    assert "check digit" in refusal(f"]d201{padded}17261130")


def test_a_case_gives_the_same_ndc_as_its_bottle() -> None:
    case = "5" + GTIN[1:13]
    assert read_scan(case + check_digit(case)).ndc10 == "6818098001"


def test_a_product_that_is_no_us_drug_has_no_ndc() -> None:
    payload = "0400638133393"
    scan = read_scan(payload + check_digit(payload))
    assert scan.kind is ScanKind.PRODUCT
    assert scan.gtin14.startswith("04006381")
    assert scan.ndc10 == ""


@pytest.mark.parametrize(
    "typed",
    [
        "68180-980-01",
        "0093-3105-01",
        "60575-4112-1",
        "68180-0980-01",
        "6818098001",
        "68180098001",
    ],
)
def test_an_ndc_typed_by_hand_is_kept_as_typed(typed: str) -> None:
    scan = read_scan(f" {typed} ")
    assert scan.kind is ScanKind.PRODUCT
    assert scan.symbology == "typed"
    assert scan.ndc == typed
    assert scan.ndc10 == ""
    assert scan.gtin14 == ""


@pytest.mark.parametrize("typed", ["68180-98-01", "6818-980-01", "68180-980-1", "68180-9801"])
def test_an_ndc_of_no_known_shape_is_refused(typed: str) -> None:
    assert "ndc" in refusal(typed) or "no product" in refusal(typed)


@pytest.mark.parametrize(
    "raw",
    [
        f"{PRODUCT}1726113010LOT12A21SN01",
        f"{PRODUCT}1726113010LOT12A21SN0001234567",
        f"{PRODUCT}10LOT12A17261130{FNC1}21SN1",
        f"{PRODUCT}21SN0117261130{FNC1}10LOT",
        f"{PRODUCT}1726113021SN0110LOT",
    ],
)
def test_a_lost_separator_is_flagged_and_nothing_is_guessed(raw: str) -> None:
    scan = read_scan(raw)
    (problem,) = scan.problems
    assert problem.field in ("lot", "serial")
    assert getattr(scan, problem.field) == ""
    assert "separator (FNC1) may be lost" in problem.reason
    assert scan.gtin14 == GTIN


def test_a_lot_that_fills_its_room_and_runs_on_is_flagged() -> None:
    scan = read_scan(f"{PRODUCT}10ABCDEFGHIJKLMNOPQRST21SN1")
    (problem,) = scan.problems
    assert problem.field == "lot"
    assert scan.lot == ""


@pytest.mark.parametrize(
    ("lot", "serial"), [("A21B", "S10X"), ("2110", "1021"), ("L", "S"), ("X" * 20, "Y" * 20)]
)
def test_with_separators_a_lot_may_look_like_anything(lot: str, serial: str) -> None:
    scan = read_scan(f"{PRODUCT}1726113010{lot}{FNC1}21{serial}")
    assert (scan.lot, scan.serial) == (lot, serial)
    assert scan.problems == ()


def test_a_lot_without_doubt_needs_no_serial() -> None:
    scan = read_scan(f"{PRODUCT}1726113010AB34C")
    assert (scan.lot, scan.serial, scan.problems) == ("AB34C", "", ())


def test_the_same_element_twice_must_agree() -> None:
    assert read_scan(f"{PRODUCT}10A{FNC1}10A{FNC1}21S").lot == "A"
    assert "AI 10: stands twice: 'A' and 'B'" in refusal(f"{PRODUCT}10A{FNC1}10B{FNC1}21S")


def test_other_elements_are_kept() -> None:
    scan = read_scan(f"{PRODUCT}17261130240X9{FNC1}21S")
    assert scan.others == (("240", "X9"),)


def test_a_logistic_label_is_no_product() -> None:
    payload = "00361414100000001"
    sscc = payload + check_digit(payload)
    scan = read_scan(f"]C100{sscc}")
    assert scan.kind is ScanKind.LOGISTIC
    assert (scan.sscc, scan.gtin14) == (sscc, "")
    wrong = payload + str((int(sscc[-1]) + 1) % 10)
    assert "check digit" in refusal(f"]C100{wrong}")


@pytest.mark.parametrize(
    ("raw", "number", "fill", "part"),
    [
        ("RX7001234-0-1", "7001234", 0, 1),
        ("rx7001234-11-2", "7001234", 11, 2),
        ("]C0RX0042-3-1\r", "0042", 3, 1),
    ],
)
def test_our_own_label_is_read(raw: str, number: str, fill: int, part: int) -> None:
    scan = read_scan(raw)
    assert scan.kind is ScanKind.LABEL
    assert (scan.rx_number, scan.fill_number, scan.part) == (number, fill, part)
    assert (scan.gtin14, scan.ndc10, scan.ndc) == ("", "", "")


def test_our_own_bag_is_read() -> None:
    scan = read_scan("]Q1bag00017\n")
    assert (scan.kind, scan.bag_id) == (ScanKind.BAG, "00017")


@pytest.mark.parametrize(
    "raw", ["RX-0-1", "RX12-0", "RX12-0-", "RX12-0-1-2", "RX12A-0-1", "BAG", "BAG-1", "BAG1 2"]
)
def test_a_damaged_label_or_bag_code_is_refused(raw: str) -> None:
    assert "is no product, label or bag code" in refusal(raw)


@pytest.mark.parametrize(
    "raw", ["", "  ", "]d2", "]d2   ", "HELLO", "(01)00368180980018", "12345", "1" * 15, "ü"]
)
def test_what_is_no_code_is_refused(raw: str) -> None:
    assert refusal(raw)


def test_a_scan_without_end_is_refused() -> None:
    assert "at most 200 are read" in refusal("9" * (LONGEST_SCAN + 1))


def test_an_element_string_must_name_something() -> None:
    assert "names neither a product (01) nor a logistic unit" in refusal("]d21726113010L")


@pytest.mark.parametrize(("number", "fill", "part"), [("", 0, 1), ("12A", 0, 1), ("1", 100, 1)])
def test_a_label_that_could_not_be_read_back_is_not_written(
    number: str, fill: int, part: int
) -> None:
    with pytest.raises(Malformed, match="cannot be written as a barcode"):
        label_code(number, fill, part)


def test_a_bag_that_could_not_be_read_back_is_not_written() -> None:
    with pytest.raises(Malformed, match="cannot be written as a barcode"):
        bag_code("A-1")


@given(st.text("0123456789", min_size=1, max_size=12), st.integers(0, 99), st.integers(0, 99))
def test_every_label_is_read_back_as_written(number: str, fill: int, part: int) -> None:
    scan = read_scan(label_code(number, fill, part))
    assert scan.kind is ScanKind.LABEL
    assert (scan.rx_number, scan.fill_number, scan.part) == (number, fill, part)


@given(st.text("0123456789ABCXYZ", min_size=1, max_size=20))
def test_every_bag_is_read_back_as_written(bag: str) -> None:
    scan = read_scan(bag_code(bag))
    assert (scan.kind, scan.bag_id) == (ScanKind.BAG, bag)


_VALUE = st.text(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-/.", min_size=1, max_size=20
)


@given(
    st.integers(0, 9_999_999_999),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    _VALUE,
    _VALUE,
)
def test_every_separated_symbol_is_read_as_printed(
    ndc: int, expires_on: date, lot: str, serial: str
) -> None:
    payload = f"003{ndc:010d}"
    symbol = f"01{payload}{check_digit(payload)}17{expires_on:%y%m%d}10{lot}{FNC1}21{serial}"
    scan = read_scan("]d2" + symbol)
    assert scan.ndc10 == f"{ndc:010d}"
    assert scan.expires_on == expires_on
    assert (scan.lot, scan.serial) == (lot, serial)
    assert scan.problems == ()


@given(_VALUE, _VALUE)
def test_without_its_separator_no_symbol_gives_a_wrong_lot_in_silence(
    lot: str, serial: str
) -> None:
    try:
        scan = read_scan(f"]d2{PRODUCT}1726113010{lot}21{serial}")
    except Malformed:
        return
    assert scan.lot == ""
    assert scan.problems != ()


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(raw: str) -> None:
    try:
        scan = read_scan(raw)
    except Malformed:
        return
    assert scan.raw == raw


@pytest.mark.parametrize("raw", [f"]d2{PRODUCT}1726113010LOT12A{FNC1}21SN0001234567"])
def test_a_symbol_cut_at_any_character_is_read_or_refused(raw: str) -> None:
    read = 0
    for length in range(len(raw)):
        try:
            read += read_scan(raw[:length]).gtin14 == GTIN
        except Malformed:
            continue
    assert read > 10


def test_a_short_code_in_a_long_field_carries_no_drug_number() -> None:
    payload = "0000001234567"
    assert "a short code carries no drug number" in refusal(
        f"]d201{payload}{check_digit(payload)}17261130"
    )


@pytest.mark.parametrize("typed", ["123456-789-01", "123456-7890-1", "123456-7890-12"])
def test_the_six_digit_labelers_of_2033_are_taken_already(typed: str) -> None:
    assert read_scan(typed).ndc == typed


def test_a_scan_of_two_hundred_characters_is_still_read() -> None:
    assert read_scan("RX12-0-1".ljust(200)).rx_number == "12"


@pytest.mark.parametrize("raw", ["]d2", "  ", "]E0 "])
def test_a_scanner_that_sent_nothing_but_its_prefix_is_told_so(raw: str) -> None:
    with pytest.raises(Malformed, match="scan"):
        read_scan(raw)


@pytest.mark.parametrize("digits", [9, 15, 17])
def test_a_number_of_any_other_length_is_refused_with_its_length(digits: int) -> None:
    with pytest.raises(Malformed, match=f"scan: has {digits} digits"):
        read_scan("9" * digits)


def test_ten_digits_off_a_symbol_are_no_ndc_that_somebody_typed() -> None:
    assert read_scan("6818098001").ndc == "6818098001"
    with pytest.raises(Malformed, match="has 10 digits"):
        read_scan("]E06818098001")


def test_a_product_without_symbology_is_read_from_sixteen_digits_on() -> None:
    found = read_scan(f"01{GTIN}")
    assert (found.gtin14, found.symbology) == (GTIN, "GS1 without symbology prefix")


def test_a_symbol_without_prefix_may_begin_with_its_lot() -> None:
    found = read_scan(f"10LOT{FNC1}01{GTIN}")
    assert (found.gtin14, found.lot) == (GTIN, "LOT")
