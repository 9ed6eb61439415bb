"""The code on the bottle: every printed form, and no guessing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.ndc import (
    NATIVE_SHAPES,
    TEN_DIGIT_SHAPES,
    BadNdc,
    Ndc,
    candidates,
    check_digit,
    ndc10_in_barcode,
)


def codes(shapes: tuple[tuple[int, int, int], ...]) -> st.SearchStrategy[Ndc]:
    """Codes as the directory has them: four-digit labelers may begin with 0, longer not."""

    def build(shape: tuple[int, int, int], numbers: tuple[int, int, int]) -> Ndc:
        labeler, product, package = shape
        first = numbers[0] % 10**labeler
        if labeler > 4:
            first = 10 ** (labeler - 1) + numbers[0] % (9 * 10 ** (labeler - 1))
        return Ndc(
            f"{first:0{labeler}}",
            f"{numbers[1] % 10**product:0{product}}",
            f"{numbers[2] % 10**package:0{package}}",
        )

    number = st.integers(0, 999_999)
    return st.builds(build, st.sampled_from(shapes), st.tuples(number, number, number))


FORMS = [
    # printed, ndc11, billing, upc-a, each, case (indicator 5), 6-4-2
    (
        "0002-8215-01",
        "00002821501",
        "00002-8215-01",
        "300028215012",
        "00300028215012",
        "50300028215017",
        "000002-8215-01",
    ),
    (
        "50242-040-62",
        "50242004062",
        "50242-0040-62",
        "350242040624",
        "00350242040624",
        "50350242040629",
        "050242-0040-62",
    ),
    (
        "60575-4112-1",
        "60575411201",
        "60575-4112-01",
        "360575411213",
        "00360575411213",
        "50360575411218",
        "060575-4112-01",
    ),
]


@pytest.mark.parametrize(("printed", "ndc11", "billing", "upc", "each", "case", "new"), FORMS)
def test_one_code_has_one_reading_in_every_printed_form(
    printed: str, ndc11: str, billing: str, upc: str, each: str, case: str, new: str
) -> None:
    code = Ndc.parse(printed)
    assert code.hyphenated == printed
    assert (code.ndc11, code.billing, code.hyphenated_12) == (ndc11, billing, new)
    assert (code.upc_a, code.gtin14(), code.gtin14(5)) == (upc, each, case)
    assert Ndc.parse(billing) == Ndc.parse(new) == code
    assert candidates(ndc11) == candidates(code.ndc12) == (code,)
    assert ndc10_in_barcode(upc) == ndc10_in_barcode(each) == ndc10_in_barcode(case)
    assert code in candidates(ndc10_in_barcode(case))


def test_ten_digits_without_hyphens_are_three_possible_drugs() -> None:
    found = [code.hyphenated for code in candidates("1234567890")]
    assert found == ["1234-5678-90", "12345-678-90", "12345-6789-0"]


def test_a_billing_code_with_two_zeros_could_be_two_drugs_and_is_not_guessed() -> None:
    found = [code.hyphenated for code in candidates("12345012301")]
    assert found == ["12345-123-01", "12345-0123-1"]
    with pytest.raises(BadNdc, match=r"could be 12345-123-01 or 12345-0123-1") as refused:
        Ndc.parse("12345-0123-01")
    assert refused.value.field == "ndc"


def test_a_billing_code_without_a_padding_zero_stands_for_no_code() -> None:
    assert candidates("12345678911") == ()
    with pytest.raises(BadNdc, match="no code in use"):
        Ndc.parse("12345-6789-11")


@pytest.mark.parametrize("printed", ["123456-789-01", "123456-7890-1"])
def test_a_six_digit_labeler_has_neither_ten_nor_eleven_digits(printed: str) -> None:
    code = Ndc.parse(printed)
    assert code.hyphenated == printed
    assert len(code.ndc12) == 12
    assert code in candidates(code.ndc12)
    for form in ("ndc10", "ndc11", "billing", "upc_a"):
        with pytest.raises(BadNdc) as refused:
            getattr(code, form)
        assert refused.value.field == "labeler"


def test_a_twelve_digit_code_of_2033_is_itself() -> None:
    code = Ndc.parse("123456-7891-23")
    assert candidates("123456789123") == (code,)
    later = Ndc.parse("012345-6789-12")
    assert later.hyphenated == "012345-6789-12"
    assert later.ndc11 == "12345678912"


def test_an_older_code_padded_to_twelve_is_never_a_second_drug() -> None:
    with pytest.raises(BadNdc, match="older code"):
        Ndc("000002", "8215", "01")
    assert Ndc.parse("000002-8215-01") == Ndc("0002", "8215", "01")


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("", "ndc", "three segments"),
        ("0002821501", "ndc", "three segments"),
        ("0002-8215", "ndc", "three segments"),
        ("0002-8215-01-1", "ndc", "three segments"),
        ("OOO2-8215-01", "labeler", "must be digits"),
        ("0002-82x5-01", "product", "must be digits"),
        ("0002-8215-0l", "package", "must be digits"),
        ("0002-8215-", "package", "must be digits"),
        ("٠٠٠٢-8215-01", "labeler", "must be digits"),
        ("0002-821-01", "ndc", "4-3-2"),
        ("50242-04-062", "ndc", "5-2-3"),
        ("1234567-890-12", "ndc", "7-3-2"),
    ],
)
def test_what_is_no_ndc_is_refused_with_the_part_at_fault(
    text: str, field: str, reason: str
) -> None:
    with pytest.raises(BadNdc, match=reason) as refused:
        Ndc.parse(text)
    assert refused.value.field == field


def test_blanks_around_a_typed_code_do_not_matter() -> None:
    assert Ndc.parse(" 0002-8215-01\n") == Ndc("0002", "8215", "01")


@pytest.mark.parametrize("digits", ["", "123456789", "1234567890123", "12345 7890"])
def test_other_lengths_of_digits_are_refused(digits: str) -> None:
    with pytest.raises(BadNdc):
        candidates(digits)


@pytest.mark.parametrize(
    ("barcode", "reason"),
    [
        ("300028215011", "check digit is 1, should be 2"),
        ("00300028215013", "check digit is 3, should be 2"),
        ("036000291452", "no NDC"),
        ("00614141999996", "no NDC"),
        ("30002821501", "12 or 14"),
        ("3000282150123", "12 or 14"),
        ("30002821501X", "must be digits"),
    ],
)
def test_a_barcode_that_is_no_drug_is_refused(barcode: str, reason: str) -> None:
    with pytest.raises(BadNdc, match=reason) as refused:
        ndc10_in_barcode(barcode)
    assert refused.value.field == "barcode"


@pytest.mark.parametrize("indicator", [-1, 9, 10])
def test_a_case_indicator_lies_between_one_and_eight(indicator: int) -> None:
    with pytest.raises(BadNdc, match="0 to 8"):
        Ndc.parse("0002-8215-01").gtin14(indicator)


@pytest.mark.parametrize(("body", "digit"), [("03600029145", "2"), ("629104150021", "3")])
def test_the_check_digit_is_the_one_of_gs1(body: str, digit: str) -> None:
    assert check_digit(body) == digit


@given(codes(NATIVE_SHAPES))
def test_every_code_comes_back_from_its_printed_form(code: Ndc) -> None:
    assert Ndc.parse(code.hyphenated) == code


@given(codes(NATIVE_SHAPES))
def test_every_code_is_among_the_candidates_of_its_twelve_digits(code: Ndc) -> None:
    assert len(code.ndc12) == 12
    assert code in candidates(code.ndc12)


@given(codes(TEN_DIGIT_SHAPES))
def test_every_ten_digit_code_is_among_the_candidates_of_each_form(code: Ndc) -> None:
    assert code in candidates(code.ndc10)
    assert code in candidates(code.ndc11)
    assert code in candidates(ndc10_in_barcode(code.upc_a))
    assert all(other.ndc11 == code.ndc11 for other in candidates(code.ndc11))


@given(codes(TEN_DIGIT_SHAPES), st.integers(0, 13), st.integers(1, 9))
def test_one_misread_digit_of_a_barcode_is_always_noticed(
    code: Ndc, place: int, shift: int
) -> None:
    good = code.gtin14()
    wrong = str((int(good[place]) + shift) % 10)
    with pytest.raises(BadNdc):
        ndc10_in_barcode(good[:place] + wrong + good[place + 1 :])
