from dataclasses import fields
from datetime import date, time
from decimal import Decimal
from typing import get_type_hints

import pytest

from apothecary.wires.asap.records import CLASSES, Dispensed, Status
from apothecary.wires.asap.tables import (
    SEGMENT_NAMES,
    VERSIONS,
    Element,
    known_places,
    needed,
    version,
)
from apothecary.wires.asap.values import READERS, WRITERS
from apothecary.wires.errors import Malformed

TYPES = {
    "text": str,
    "digits": str,
    "code": str,
    "number": int | None,
    "part": int | None,
    "decimal": Decimal | None,
    "date": date | None,
    "time": time | None,
    "utc": time | None,
}
EVERY = [
    (code, one)
    for code in VERSIONS
    for row in version(code).elements.values()
    for one in row
    if one is not None
]


def element(name: str, code: str) -> Element:
    found = version(code).element(name)
    assert found is not None
    return found


@pytest.mark.parametrize("segment", CLASSES)
def test_a_record_has_a_field_for_each_element_in_order(segment: str) -> None:
    keys = [one.name for one in fields(CLASSES[segment])]
    for code in VERSIONS:
        row = version(code).elements[segment]
        assert len(row) == len(keys) - 1
        for place, one in enumerate(row):
            assert one is None or (one.key, one.place) == (keys[place], place + 1)
    assert keys[-1] == "more"


@pytest.mark.parametrize("segment", CLASSES)
def test_a_field_has_the_type_its_element_is_read_as(segment: str) -> None:
    hints = get_type_hints(CLASSES[segment])
    for code, one in EVERY:
        if one.segment == segment:
            assert hints[one.key] == TYPES[one.kind], (code, one.id)


def test_every_element_can_be_read_and_written() -> None:
    assert len(EVERY) == 448
    for code, one in EVERY:
        assert one.kind in READERS, (code, one)
        assert one.kind in WRITERS, (code, one)
        assert one.length > 0, (code, one)
        assert (one.kind == "code") == bool(one.codes), (code, one)


def test_every_code_fits_its_element_and_means_something() -> None:
    for code, one in EVERY:
        for each, means in version(code).codes.get(one.codes, {}).items():
            assert 0 < len(each) <= one.length, (code, one, each)
            assert means.strip(), (code, one, each)


@pytest.mark.parametrize(
    ("name", "lengths"),
    [
        ("PHA05", (30, 30, 55, 55)),
        ("PHA09", (9, 9, 9, 10)),
        ("PHA13", (None, 20, 20, 20)),
        ("PHA14", (None, None, None, 2)),
        ("PAT12", (35, 35, 55, 55)),
        ("PAT14", (20, 20, 35, 35)),
        ("PAT15", (10, 10, 10, 2)),
        ("PAT16", (9, 9, 9, 10)),
        ("PAT24", (None, None, None, 50)),
        ("DSP04", (2, 2, 2, 4)),
        ("DSP06", (2, 2, 2, 4)),
        ("DSP15", (10, 10, 10, 20)),
        ("DSP20", (35, 35, 35, 35)),
        ("DSP22", (None, 100, 15, 11)),
        ("DSP23", (None, 200, 200, 200)),
        ("DSP26", (None, None, None, 7)),
        ("DSP36", (None, None, None, 50)),
        ("DSP37", (None, None, None, None)),
        ("PRE08", (10, 10, 10, 10)),
        ("PRE10", (None, None, 2, 2)),
        ("PRE15", (None, None, None, 10)),
        ("CDI06", (None, None, None, 2)),
        ("AIR11", (2, 2, 2, None)),
        ("AIR19", (None, None, None, 2)),
        ("AIR32", (None, None, None, 10)),
        ("IS04", (None, None, None, 60)),
        ("TH06", (6, 6, 6, 7)),
        ("TT02", (10, 10, 10, 12)),
    ],
)
def test_a_version_knows_how_long_each_of_its_elements_may_be(
    name: str, lengths: tuple[int | None, ...]
) -> None:
    found = [version(code).element(name) for code in VERSIONS]
    assert tuple(one.length if one else None for one in found) == lengths


@pytest.mark.parametrize(
    ("segment", "places"),
    [
        ("TH", (9, 9, 9, 9)),
        ("IS", (3, 3, 3, 5)),
        ("PHA", (12, 13, 13, 15)),
        ("PAT", (23, 23, 23, 29)),
        ("DSP", (21, 25, 25, 36)),
        ("PRE", (9, 9, 10, 15)),
        ("CDI", (5, 5, 5, 6)),
        ("AIR", (11, 11, 11, 32)),
        ("TP", (1, 1, 1, 1)),
        ("TT", (2, 2, 2, 2)),
    ],
)
def test_a_version_knows_how_many_elements_each_segment_has(
    segment: str, places: tuple[int, ...]
) -> None:
    assert tuple(known_places(code, segment) for code in VERSIONS) == places


@pytest.mark.parametrize(
    ("name", "code", "means"),
    [
        ("AIR06", "01", ("patient", "patient", "patient", "parent or guardian")),
        ("AIR06", "02", ("parent or guardian",) * 3 + ("spouse",)),
        ("AIR06", "03", ("spouse",) * 3 + ("caregiver",)),
        ("AIR06", "04", ("caregiver",) * 3 + ("",)),
        ("AIR06", "99", ("another person",) * 4),
        ("AIR19", "02", (None, None, None, "mailed or shipped")),
        ("PAT02", "11", ("", "", "", "Medicaid number")),
        ("PAT02", "06", ("driver's license",) * 4),
        ("PAT19", "X", ("", "", "", "not specified or another")),
        ("PAT21", "12", ("", "", "", "without a home")),
        ("DSP01", "02", ("void",) * 4),
        ("DSP01", "03", ("",) * 4),
        ("DSP07", "06", ("compound",) * 4),
        ("DSP07", "07", ("", "", "", "cannabis")),
        ("CDI02", "06", ("",) * 4),
        ("DSP12", "09", ("", "", "", "standing order or protocol")),
        ("DSP16", "01", ("cash",) * 4),
        ("DSP18", "02", ("branded drug (SBD)",) * 4),
        ("DSP24", "09", (None, *("under a pain contract",) * 3)),
        ("DSP24", "10", (None, "", "acute opioid therapy", "acute opioid therapy")),
        ("DSP34", "02", (None, None, None, "schedule II")),
        ("DSP34", "99", (None, None, None, "not controlled")),
        ("TH03", "04", ("file taken back",) * 4),
        ("TH07", "T", ("test",) * 4),
    ],
)
def test_a_code_means_what_its_version_says(
    name: str, code: str, means: tuple[str | None, ...]
) -> None:
    found = []
    for of in map(version, VERSIONS):
        one = of.element(name)
        found.append(of.meaning(one, code) if one else None)
    assert tuple(found) == means


def test_the_relationship_of_who_takes_the_drug_shifted_in_5_0() -> None:
    old, new = version("4.2B"), version("5.0")
    for code in ("01", "02", "03"):
        assert old.meaning(element("AIR06", "4.2B"), code) != new.meaning(
            element("AIR06", "5.0"), code
        )


def test_a_time_of_day_is_universal_from_5_0_on() -> None:
    assert [element("TH06", code).kind for code in VERSIONS] == ["time"] * 3 + ["utc"]


@pytest.mark.parametrize("name", ["DSP00", "DSP99", "DSPXX", "ZZ01", "DSP", "", "DSP²²"])
def test_what_is_no_element_is_none(name: str) -> None:
    assert version("5.0").element(name) is None


def test_an_element_names_itself() -> None:
    one = element("DSP09", "4.2")
    assert (one.id, one.name) == ("DSP09", "DSP09 (quantity)")


def test_a_blank_status_may_mean_new_in_4_2_alone() -> None:
    assert [one.id for one in needed("4.2", "DSP")] == []
    for code in VERSIONS[1:]:
        assert [one.id for one in needed(code, "DSP")] == ["DSP01"]


@pytest.mark.parametrize("code", VERSIONS)
def test_a_header_and_the_trailers_have_what_no_receiver_can_do_without(code: str) -> None:
    wanted = [one.id for name in ("TH", "TP", "TT") for one in needed(code, name)]
    assert wanted == ["TH01", "TH02", "TH05", "TH06", "TH07", "TH09", "TP01", "TT01", "TT02"]


def test_an_unknown_version_is_refused_naming_those_we_know() -> None:
    with pytest.raises(Malformed, match=r"must be one of 4\.2, 4\.2A, 4\.2B, 5\.0, is '6\.0'"):
        version("6.0")


def test_segments_stand_in_the_order_they_follow_each_other() -> None:
    assert list(SEGMENT_NAMES) == [
        "TH",
        "IS",
        "PHA",
        "PAT",
        "DSP",
        "PRE",
        "CDI",
        "AIR",
        "TP",
        "TT",
    ]


@pytest.mark.parametrize(
    ("raw", "status"),
    [("", Status.NEW), ("00", Status.NEW), ("01", Status.REVISED), ("02", Status.VOID)],
)
def test_a_record_is_new_revised_or_void(raw: str, status: Status) -> None:
    assert Dispensed(reporting_status=raw).status is status


def test_another_status_is_none_we_know() -> None:
    with pytest.raises(ValueError, match="03"):
        _ = Dispensed(reporting_status="03").status


def test_a_compound_is_known_by_its_kind() -> None:
    assert Dispensed(product_kind="06").is_compound
    assert not Dispensed(product_kind="01").is_compound
