import csv
from importlib.resources import files

import pytest

from apothecary.wires.telecom import reject_meaning
from apothecary.wires.telecom.tables import (
    REQUEST_PLACES,
    RESPONSE_PLACES,
    RUNNING_COUNTERS,
    SEGMENT_NAMES,
    VERSIONS,
)

TABLE = files("apothecary.wires.telecom").joinpath("rejects.tsv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TABLE.splitlines(), delimiter="\t"))
DESKS = {
    "entry",
    "eligibility",
    "coverage",
    "authorization",
    "limits",
    "safety",
    "duplicate",
    "other payer",
    "prescriber",
    "pharmacy",
    "switch",
    "reversal",
}
HEADER_FIELDS = {"A1", "A2", "A3", "A4", "A9", "B1", "B2", "D1", "AK"}


@pytest.mark.parametrize(
    ("code", "field", "desk", "word"),
    [
        ("07", "C2", "entry", "cardholder"),
        ("75", "", "authorization", "prior authorization"),
        ("79", "", "limits", "soon"),
        ("88", "", "safety", "safety"),
        ("R9", "DU", "entry", "add up"),
        ("41", "", "other payer", "Another plan"),
        (" 70", "", "coverage", "does not cover"),
    ],
)
def test_a_known_code_says_what_where_and_whose_desk(
    code: str, field: str, desk: str, word: str
) -> None:
    meaning = reject_meaning(code)
    assert meaning.known
    assert (meaning.field, meaning.desk) == (field, desk)
    assert word in meaning.says
    assert meaning.cause


def test_a_code_that_is_a_field_points_at_that_field() -> None:
    meaning = reject_meaning("CB")
    assert meaning.says == "Missing or invalid: Patient last name"
    assert meaning.field == "CB"
    assert meaning.known


def test_an_unknown_code_is_still_shown() -> None:
    meaning = reject_meaning("ZZ9")
    assert not meaning.known
    assert "ZZ9" in meaning.says
    assert meaning.cause


def test_the_list_explains_at_least_eighty_codes_once_each() -> None:
    codes = [row["code"] for row in ROWS]
    assert len(codes) == len(set(codes))
    assert len(codes) >= 80


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_each_explained_code_points_at_a_real_field_and_desk(row: dict[str, str]) -> None:
    assert row["desk"] in DESKS
    assert row["says"]
    assert not row["says"].endswith(".")
    assert row["cause"].endswith((".", "?"))
    known = set(VERSIONS["D0"].by_id) | HEADER_FIELDS
    assert not row["field"] or row["field"] in known


def test_the_field_table_is_whole_and_ordered() -> None:
    version = VERSIONS["D0"]
    assert sum(len(fields) for fields in version.by_segment.values()) == 328
    assert set(version.by_segment) == set(SEGMENT_NAMES)
    for fields in version.by_segment.values():
        orders = [field.order for field in fields.values()]
        assert orders == sorted(set(orders))
        for field in fields.values():
            assert field.length > 0
            assert all(counter in fields for counter in field.group)
    assert all(counter in version.by_id for counter in RUNNING_COUNTERS)


def test_headers_have_the_widths_of_their_version() -> None:
    widths = {
        code: [
            layout[-1].start + layout[-1].length
            for layout in (version.request_header, version.response_header)
        ]
        for code, version in VERSIONS.items()
    }
    assert widths == {"D0": [56, 31], "F6": [58, 31]}


def test_every_segment_with_a_place_is_in_the_field_table() -> None:
    for table in (REQUEST_PLACES, RESPONSE_PLACES):
        for places in table.values():
            assert set(places.transmission + places.transactions) <= set(SEGMENT_NAMES)
