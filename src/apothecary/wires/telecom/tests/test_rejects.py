import csv
from importlib.resources import files

import pytest

from apothecary.wires.telecom import known_rejects, reject_meaning
from apothecary.wires.telecom.tables import (
    REQUEST_PLACES,
    RESPONSE_PLACES,
    RUNNING_COUNTERS,
    SEGMENT_NAMES,
    VERSIONS,
)


def rows_of(name: str) -> list[dict[str, str]]:
    text = files("apothecary.wires.telecom").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


ROWS = rows_of("rejects.tsv")
SERIES = rows_of("reject_series.tsv")
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
HEADER_FIELDS = {"A1", "A2", "A3", "A4", "A9", "B1", "B2", "D1", "AK", "F1", "AM"}


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


# Numbers between 201 and 999 that nobody has given out.
FREE = {626, 636, *range(931, 942), *range(947, 979), 983, *range(988, 997)}


def test_all_1540_codes_are_there_once_each() -> None:
    codes = [row["code"] for row in ROWS + SERIES]
    assert len(codes) == len(set(codes)) == 1540
    assert set(known_rejects()) == set(codes)
    by_shape = {f"{number:02}" for number in range(1, 100)}
    by_shape |= {str(number) for number in range(201, 1000) if number not in FREE}
    by_shape |= {f"D{letter}{digit}" for letter in "ABCDEFGHIJKLMNO" for digit in range(1, 10)}
    by_shape |= {"*95", "*96", "*97", "*98"}
    rest = set(codes) - by_shape
    assert by_shape <= set(codes)
    assert len(rest) == 558
    assert all(len(code) == 2 and code.isalnum() for code in rest)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_code_says_something_and_lands_on_a_desk(version: str) -> None:
    for code in known_rejects():
        meaning = reject_meaning(code, version=version)
        assert meaning.known
        assert meaning.code == code
        assert meaning.desk in DESKS, code
        assert meaning.says, code
        assert meaning.says[0].isupper(), code
        assert "{" not in meaning.says + meaning.cause, code
        assert meaning.cause.endswith((".", "?")), code
        assert len(meaning.says) < 130, code


def test_each_regular_code_names_a_field_or_says_its_subject() -> None:
    known = set(VERSIONS["D0"].by_id) | HEADER_FIELDS
    for row in SERIES:
        assert not row["field"] or row["field"] in known, row
        assert row["subject"] or row["field"] in VERSIONS["D0"].by_id, row


# Codes that are also the id of a field they do not speak of: the table goes before the rule.
@pytest.mark.parametrize(
    ("code", "field", "desk", "says"),
    [
        ("PA", "", "authorization", "The authorization is used up"),
        ("PB", "A9", "switch", "The wrong number of claims for this transaction"),
        ("PC", "", "entry", "A part of the claim is missing or invalid: Claim"),
        ("PM", "", "pharmacy", "A part of the claim is missing or invalid: Pharmacy provider"),
        ("PW", "CZ", "eligibility", "The plan does not cover this: Employer id"),
        ("PY", "E2", "coverage", None),
        ("RA", "PY", "authorization", "The authorization was taken back out of order"),
        ("RB", "HD", "limits", "One partial fill only"),
        ("7F", "C4", "entry", "The birth date lies in the future"),
    ],
)
def test_a_code_is_not_taken_for_the_field_of_the_same_name(
    code: str, field: str, desk: str, says: str | None
) -> None:
    meaning = reject_meaning(code)
    assert code in VERSIONS["D0"].by_id
    assert (meaning.field, meaning.desk) == (field, desk)
    assert says is None or meaning.says == says


@pytest.mark.parametrize(
    ("code", "says", "cause"),
    [
        ("3A", "Missing or invalid: Request type", "Correct field PA."),
        ("241", "Sent, but not used in this transaction: Eligibility", "Tell the person"),
        ("543", "The payer does not take this value: Prescriber id qualifier", "field EZ"),
        ("P4", "Count and repeats differ: Coordination of benefits", "Tell the person"),
        ("X9", "More repeats than the payer takes: Diagnosis code count", "(field VE)"),
        ("494", "Sent behind the field it belongs in front of: Diagnosis", "Tell the"),
        ("DG1", "Fields that belong together stand apart: Drug safety", "Tell the"),
        ("1Z", "The payer wants a further part of the claim: Clinical", "payer sheet"),
        ("454", "A part of the claim is not built as it should be: Prescriber", "Tell"),
        ("203", "A part was sent that this transaction does not have: Claim", "Tell"),
        ("560", "The pharmacy is not in the plan's network: Retail", "call the plan"),
        ("7D", "Not found in the payer's records: Date of birth", "field C4"),
        ("587", "The plan does not cover this: Carrier id", "field CR"),
        ("697", "Monitoring programme, missing or invalid: Patient zip", "field CP"),
        ("942", "Missing or invalid: Species", "Not a field of the version we send"),
        ("662", "REMS: the prescriber has not enrolled", "to enrol"),
        ("*97", "The payer cannot be reached", "sent again by itself"),
    ],
)
def test_each_kind_of_code_has_its_own_sentence(code: str, says: str, cause: str) -> None:
    meaning = reject_meaning(code)
    assert meaning.says.startswith(says)
    assert cause in meaning.cause


def test_a_response_field_used_as_a_reject_code_is_explained_from_the_field_table() -> None:
    assert "F5" not in known_rejects()
    meaning = reject_meaning("F5")
    assert (meaning.says, meaning.desk) == ("Missing or invalid: Patient pay amount", "entry")


def test_each_explained_code_points_at_a_real_field_and_desk() -> None:
    known = set(VERSIONS["D0"].by_id) | HEADER_FIELDS
    for row in ROWS:
        says = f"{row['code']}: {row}"
        assert row["desk"] in DESKS, says
        assert row["says"], says
        assert not row["says"].endswith("."), says
        assert row["cause"].endswith((".", "?")), says
        assert not row["field"] or row["field"] in known, says


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


@pytest.mark.parametrize(
    ("field", "d0", "f6"),
    [
        ("HA", "Flat sales tax amount submitted", "Regulatory fee amount submitted"),
        ("AW", "Flat sales tax amount paid", "Regulatory fee amount paid"),
        ("AR", "Preferred product id", "Formulary alternative id"),
        ("FU", "Previous date of fill", "Previous date of service"),
        ("CB", "Patient last name", "Patient last name"),
        ("ZZ", "Field ZZ", "Field ZZ"),
    ],
)
def test_a_field_is_called_as_its_version_calls_it(field: str, d0: str, f6: str) -> None:
    assert (VERSIONS["D0"].name_of(field), VERSIONS["F6"].name_of(field)) == (d0, f6)


def test_a_reject_is_said_in_the_words_of_the_version_it_came_in() -> None:
    assert reject_meaning("HA").says == "Missing or invalid: Flat sales tax amount submitted"
    later = reject_meaning("HA", version="F6")
    assert later.says == "Missing or invalid: Regulatory fee amount submitted"


def test_f6_widens_fields_and_narrows_none_but_a_telephone_number() -> None:
    wider, narrower = set(), set()
    for segment, table in VERSIONS["D0"].by_segment.items():
        for field_id, field in table.items():
            later = VERSIONS["F6"].by_segment[segment][field_id]
            assert (later.kind, later.group, later.order) == (
                field.kind,
                field.group,
                field.order,
            )
            if later.length > field.length:
                wider.add(field_id)
            if later.length < field.length:
                narrower.add(field_id)
    assert narrower == {"UB"}
    assert {"D7", "DB", "DK", "EV", "D9", "DU", "K5", "7C"} <= wider
    assert not wider & {"C4", "D2", "D3", "D5", "AN"}
