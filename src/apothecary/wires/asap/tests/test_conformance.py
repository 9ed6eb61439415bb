import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.asap import Check, conformance, read, read_strictly
from apothecary.wires.asap.segments import cut
from apothecary.wires.asap.tests.reports import (
    ACKNOWLEDGED,
    COMPOUND,
    FAILED,
    SINGLE,
    TAKEN_BACK,
    ZERO,
    raw,
)
from apothecary.wires.errors import Malformed

EVERY = [SINGLE, COMPOUND, ZERO, TAKEN_BACK, ACKNOWLEDGED, FAILED]


def faults(text: str) -> list[str]:
    (one,) = read(raw(text)).transmissions
    return [f"{each.field}: {each.reason}" for each in conformance(one)]


def changed(text: str, *pairs: tuple[str, str]) -> list[str]:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return faults(text)


@pytest.mark.parametrize("text", EVERY)
def test_what_is_as_the_standard_says_has_no_fault(text: str) -> None:
    assert faults(text) == []
    read_strictly(raw(text))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("TP*6~", "TP*5~", "segment 8 TP01 (segments): says 5, 6 were counted"),
        ("TP*6~", "TP*7~", "segment 8 TP01 (segments): says 7, 6 were counted"),
        ("TP*6~", "TP*SIX~", "segment 8 TP01 (segments): must be digits, is 'SIX'"),
        ("TP*6~", "TP*~", "segment 8 TP01 (segments): is missing"),
        ("001*9~", "001*8~", "segment 9 TT02 (segments): says 8, 9 were counted"),
        ("001*9~", "001~", "segment 9 TT02 (segments): is missing"),
        (
            "TT*CTL420001*",
            "TT*CTL420002*",
            "segment 9 TT01 (control number): must be that of the header, 'CTL420001', is "
            "'CTL420002'",
        ),
    ],
)
def test_a_count_that_disagrees_is_named(old: str, new: str, fault: str) -> None:
    assert fault in changed(SINGLE, (old, new))


def test_counts_may_be_padded_with_zeros() -> None:
    assert changed(SINGLE, ("TP*6~", "TP*0000000006~"), ("1*9~", "1*0000000009~")) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("PAT*MN", "XX*1~PAT*MN", "segment 4 XX: is no segment we know: 'XX'"),
        ("PAT*MN", "~PAT*MN", "segment 4 (empty): is empty"),
        ("200 OAK AVE", "200 OAK~AVE", "segment 5 AVE: is no segment we know: 'AVE'"),
        ("PRE*123", "AIR*~PRE*123", "segment 7 PRE: must not follow AIR"),
        ("PRE*123", "PRE*~PRE*123", "segment 7 PRE: must not follow PRE"),
        ("AIR***", "CDI*~AIR*~AIR***", "segment 9 AIR: must not follow AIR"),
        ("IS*6", "IS*1~IS*6", "segment 3 IS: must not follow IS"),
        ("TP*6~", "TP*6~TP*1~", "segment 9 TP: must not follow TP"),
        ("TP*6~", "", "segment 8 TT: must not follow AIR"),
        ("TT*CTL", "PAT*MN~TT*CTL", "segment 9 PAT: must not follow TP"),
        ("PHA*1", "DSP*00~PHA*1", "segment 3 DSP: must not follow IS"),
        ("TP*6~", "DSP*00~TP*7~", "segment 8 DSP: must not follow AIR"),
        ("001*9~", "001*9~PHA***A~", "segment 10 PHA: must not follow TT"),
        ("TT*CTL420001*9~", "", "TT: is missing at the end"),
        ("*9~\r\n", "*9", "segment 9 TT: has no terminator"),
    ],
)
def test_a_segment_out_of_its_place_is_named(old: str, new: str, fault: str) -> None:
    assert fault in changed(SINGLE, (old, new))


def test_a_trailer_too_many_is_not_counted_again() -> None:
    assert changed(SINGLE, ("TP*6~", "TP*6~TP*1~"), ("001*9~", "001*10~")) == [
        "segment 9 TP: must not follow TP"
    ]


def test_what_a_zero_report_says_of_a_product_is_not_looked_at() -> None:
    assert changed(ZERO, ("DSP*****20260107", "DSP*****20260107**01")) == []
    assert changed(ZERO, ("DSP*****20260107", "DSP*****20260107**06")) == []


def test_a_header_in_the_middle_is_named() -> None:
    text = SINGLE.replace("\r\nPHA", "\n" * 65 + "TH*4.2~\r\nPHA")
    assert "segment 3 TH: must not follow IS" in faults(text)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("TH*4.2*", "TH*4.1*", "segment 1 TH01 (version): must be one of 4.2, 4.2A, 4.2B, 5.0, "
         "is '4.1'"),
        ("TH*4.2*CTL420001*", "TH*4.2**", "segment 1 TH02 (control number): is missing"),
        ("*20260115*101500", "**101500", "segment 1 TH05 (created on): is missing"),
        ("*101500*", "**", "segment 1 TH06 (created at): is missing"),
        ("*101500*", "*101500Z*", "segment 1 TH06 (created at): may have 6 characters, has 7"),
        ("*T**~~", "***~~", "segment 1 TH07 (file type): is missing"),
        ("*T**~~", "*X**~~", "segment 1 TH07 (file type): is none of its codes in 4.2: 'X'"),
        ("*T**~~", "*T**~", "segment 1 TH09 (terminator): is missing"),
        ("*01**2026", "*09**2026", "segment 1 TH03 (transaction type): is none of its codes in "
         "4.2: '09'"),
        ("MN*554010000", "MINN*554010000", "segment 3 PHA08 (state): may have 2 characters, "
         "has 4"),
        ("PAT RPH~", "PAT RPH**PERMIT~", "segment 3 PHA13: is no element of 4.2"),
        ("*19800229*", "*02291980*", "segment 4 PAT18 (born on): is not a day of the calendar: "
         "'02291980'"),
        ("*F*01*01~", "*N*01*01~", "segment 4 PAT19 (gender): is none of its codes in 4.2: "
         "'N'"),
        ("DSP*00*", "DSP*03*", "segment 5 DSP01 (reporting status): is none of its codes in "
         "4.2: '03'"),
        ("00406012501", "00406-0125-01", "segment 5 DSP08 (product id): must be an NDC of 11 "
         "digits without hyphens, is '00406-0125-01'"),
        ("00406012501", "0406012501", "segment 5 DSP08 (product id): must be an NDC of 11 "
         "digits without hyphens, is '0406012501'"),
        ("*30*7*", "*30,5*7*", "segment 5 DSP09 (quantity): must be digits with at most one "
         "point, is '30,5'"),
        ("*30*7*", "*30*7.5*", "segment 5 DSP10 (days supply): must be digits, is '7.5'"),
        ("*30*7*", "*123456789012*7*", "segment 5 DSP09 (quantity): may have 11 characters, "
         "has 12"),
        ("*7*01*05*", "*7*01*07*", "segment 5 DSP12 (rx origin): is none of its codes in 4.2: "
         "'07'"),
        ("*05*00*123", "*05*A*123", "segment 5 DSP13 (part): must be digits, is 'A'"),
        ("*ORD-0001~", "*ORD-0001*12~", "segment 5 DSP22: is no element of 4.2"),
        ("AD1234563**", "AD12345631**", "segment 6 PRE02 (dea number): may have 9 characters, "
         "has 10"),
        ("*PAT*02~", "*PAT*03~", "segment 7 AIR11 (bringing): is none of its codes in 4.2: "
         "'03'"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_its_element_is_named(old: str, new: str, fault: str) -> None:
    assert fault in changed(SINGLE, (old, new))


def test_padding_on_the_right_is_no_part_of_a_value() -> None:
    assert (
        changed(SINGLE, ("*ANYTOWN*MN*55401*6", "*ANYTOWN" + " " * 30 + "*MN   *55401*6")) == []
    )


def test_a_blank_status_is_missing_from_4_2a_on() -> None:
    assert changed(SINGLE, ("DSP*00*", "DSP**")) == []
    fault = "segment 5 DSP01 (reporting status): is missing"
    assert changed(SINGLE, ("DSP*00*", "DSP**"), ("TH*4.2*", "TH*4.2A*")) == [fault]
    assert changed(SINGLE, ("DSP*00*", "DSP**"), ("TH*4.2*", "TH*4.2B*")) == [fault]


def test_5_0_takes_longer_zip_codes_and_wants_universal_time() -> None:
    pairs = (("TH*4.2*", "TH*5.0*"), ("554010000", "55401-0000"), ("*PAT*02~", "*PAT~"))
    assert changed(SINGLE, *pairs, ("*101500*", "*101500Z*")) == []
    assert changed(SINGLE, *pairs) == [
        "segment 1 TH06 (created at): must be HHMMSSZ, is '101500'"
    ]
    assert changed(SINGLE, ("554010000", "55401-0000")) == [
        "segment 3 PHA09 (zip code): may have 9 characters, has 10"
    ]


def test_an_element_that_a_version_withdrew_is_named() -> None:
    pairs = (("TH*4.2*", "TH*5.0*"), ("*101500*", "*101500Z*"))
    assert changed(SINGLE, *pairs) == ["segment 7 AIR11: is no element of 5.0"]


def test_an_unknown_version_silences_the_checks_of_values_alone() -> None:
    found = changed(SINGLE, ("TH*4.2*", "TH*3.0*"), ("*30*7*", "*X*7*"), ("TP*6~", "TP*4~"))
    assert [one.split(":")[0] for one in found] == [
        "segment 1 TH01 (version)",
        "segment 8 TP01 (segments)",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("99999000123", "99999123", "segment 5 DSP08 (product id): must be 99999 and six "
         "characters of a compound, is '99999123'"),
        ("99999000123", "88888000123", "segment 5 DSP08 (product id): must be 99999 and six "
         "characters of a compound, is '88888000123'"),
        ("*2.4*30*03", "*3.6*30*03", "segment 5 DSP09 (quantity): must be that of the first "
         "ingredient, '2.4', is '3.6'"),
        ("CDI*2*", "CDI*3*", "segment 7 CDI01 (number): must number the ingredients from 1, is "
         "1, 3"),
        ("CDI*1*", "CDI*0*", "segment 7 CDI01 (number): must number the ingredients from 1, is "
         ", 2"),
        ("38779052408", "3877905240", "segment 7 CDI03 (product id): must be an NDC of 11 "
         "digits without hyphens, is '3877905240'"),
        ("*06*99999000123*", "*01*38779052408*", "segment 5 DSP07 (product kind): must be 06 "
         "beside ingredients, is '01'"),
        ("CDI*1*01*", "CDI*1*06*", "segment 7 CDI02 (product kind): is none of its codes in "
         "4.2A: '06'"),
    ],
)  # fmt: skip
def test_a_compound_that_disagrees_with_its_ingredients_is_named(
    old: str, new: str, fault: str
) -> None:
    assert fault in changed(COMPOUND, (old, new))


def test_a_compound_names_each_of_its_ingredients() -> None:
    text = COMPOUND.replace("CDI*1*01*38779052408*2.4*03~\n", "")
    text = text.replace("CDI*2*01*51927102000*1.2*03~\n", "")
    assert faults(text.replace("TP*10", "TP*8").replace("*13~", "*11~")) == [
        "segment 5 CDI: is missing: a compound names each reportable ingredient"
    ]


def test_equal_quantities_may_be_written_differently() -> None:
    assert changed(COMPOUND, ("*2.4*30*03", "*02.400*30*03")) == []
    assert changed(COMPOUND, ("CDI*1*", "CDI*01*"), ("CDI*2*", "CDI*02*")) == []


def test_the_last_dispensing_of_a_report_is_checked_too() -> None:
    found = changed(COMPOUND, ("*01*00406012501*", "*01*0040601250*"))
    assert found == [
        "segment 10 DSP08 (product id): must be an NDC of 11 digits without hyphens, is "
        "'0040601250'"
    ]


def test_a_diagnosis_has_no_point() -> None:
    text = SINGLE.replace("TH*4.2*", "TH*4.2A*").replace("ORD-0001~", "ORD-0001****S82.1~")
    assert faults(text) == [
        "segment 5 DSP25 (diagnosis): must be a diagnosis without its point, is 'S82.1'"
    ]
    assert faults(text.replace("S82.1", "S821")) == []


@pytest.mark.parametrize(
    ("period", "fault"),
    [
        ("#20260101#-#20260101#", None),
        ("#20260101#-20260107", "must be #CCYYMMDD#-#CCYYMMDD#, is '#20260101#-20260107'"),
        ("#20260107#-#20260101#", "ends before it begins: '#20260107#-#20260101#'"),
        ("#20260132#-#20260201#", "is not a day of the calendar: '20260132'"),
        ("CALL FIRST", None),
    ],
)
def test_the_period_of_a_zero_report_is_two_days(period: str, fault: str | None) -> None:
    found = changed(ZERO, ("#20260101#-#20260107#", period))
    assert found == ([f"segment 2 IS03 (message): {fault}"] if fault else [])


def test_a_file_taken_back_has_a_header_and_a_trailer_alone() -> None:
    assert changed(TAKEN_BACK, ("TT*CTL9*2", "IS*A*B~TT*CTL9*3")) == [
        "segment 2 IS: must not stand in a file taken back: TH and TT alone do"
    ]


def test_a_report_needs_more_than_a_header() -> None:
    assert changed(TAKEN_BACK, ("*04**", "*01**"), ("TT*", "PHA***A~TT*"), ("*2~", "*3~")) == [
        "segment 2 PHA: must not follow TH",
        "segment 3 TT: must not follow PHA",
    ]


def test_transmissions_are_checked_one_after_the_other_on_a_stream() -> None:
    check = Check()
    text = SINGLE.rstrip().replace("TT*CTL420001*9~", "") + COMPOUND.replace("TP*10", "TP*8")
    found = [str(each) for one in cut([text]) for each in check.take(one)]
    assert [one.split(" (byte")[0] for one in found + list(map(str, check.close()))] == [
        "TT: is missing at the end",
        "segment 12 TP01 (segments): says 8, 10 were counted",
    ]


def test_nothing_was_checked_nothing_is_missing() -> None:
    assert Check().close() == []


def test_a_strict_reader_tells_every_fault_at_once() -> None:
    text = SINGLE.replace("TP*6~", "TP*5~").replace("*30*7*", "*X*7*")
    with pytest.raises(Malformed) as refused:
        read_strictly(raw(text))
    assert [one.field for one in refused.value.faults] == [
        "segment 5 DSP09 (quantity)",
        "segment 8 TP01 (segments)",
    ]


def test_a_strict_reader_takes_one_transmission() -> None:
    with pytest.raises(Malformed, match="file: must hold one transmission, holds 2"):
        read_strictly(raw(SINGLE + SINGLE))


@given(st.sampled_from(EVERY), st.data())
def test_a_stream_and_a_whole_file_have_the_same_faults(text: str, data) -> None:
    place = data.draw(st.integers(46, len(text) - 1))
    text = text[:place] + data.draw(st.sampled_from("*~\\X9")) + text[place + 1 :]
    check = Check()
    found = [each for one in cut([text]) for each in check.take(one)] + check.close()
    whole = [each for one in read(raw(text)).transmissions for each in conformance(one)]
    assert found == whole
