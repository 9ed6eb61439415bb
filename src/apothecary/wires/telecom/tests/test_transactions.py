"""Every transaction code, out and back: nothing lost, nothing merged, nothing guessed."""

import json
from contextlib import suppress
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apothecary.wires.command import decode, encode
from apothecary.wires.errors import Malformed
from apothecary.wires.telecom import (
    Draft,
    RequestHeader,
    ResponseHeader,
    answers,
    build_request,
    build_response,
    conformance,
    read,
    read_strictly,
)
from apothecary.wires.telecom.message import Kind, Message
from apothecary.wires.telecom.tables import (
    REQUEST_PLACES,
    RESPONSE_PLACES,
    RUNNING_COUNTERS,
    TRANSACTION_NAMES,
    VERSIONS,
)
from apothecary.wires.telecom.tests.generated import EVERY, FIRST_DAY, drawn
from apothecary.wires.telecom.tests.messages import (
    BILLING,
    COORDINATED,
    PAID,
    REJECTED,
    REQUEST_HEADER,
    RESPONSE_HEADER,
    wire,
)

CODES = [
    "B1",
    "B2",
    "B3",
    "E1",
    "P1",
    "P2",
    "P3",
    "P4",
    "S1",
    "S2",
    "S3",
    "N1",
    "N2",
    "N3",
    "C1",
    "C2",
    "C3",
    "D1",
]
DICE = st.randoms(use_true_random=False)

# Which field counts which, as the public field tables have it: segment → counter → members.
GROUPS = {
    "05": {
        "4C": "5C 6C 7C E8 A7 HB 5E NR MU",
        "HB": "HC DV",
        "5E": "6E",
        "NR": "NP NQ",
        "MU": "MV MW",
    },
    "07": {"SE": "ER", "NX": "DK"},
    "08": {"7E": "E4 E5 E6 8E J9 H6"},
    "10": {"EC": "RE TE ED EE UE 2G", "2G": "2H"},
    "11": {"H7": "H8 H9"},
    "13": {"VE": "WE DO", "XE": "ZE H1 H2 H3 H4"},
    "14": {"2Z": "4B 4D 4G 4H 4J 4K"},
    "21": {"FA": "FB 4F", "5F": "6F", "UF": "UH FQ UG"},
    "22": {"9F": "AP AR AS AT AU"},
    "23": {"J2": "J3 J4", "MU": "MV MW"},
    "24": {"J6": "E4 FS FT FU FV FW FX FY NS"},
    "28": {"NT": "5C 6C 7C MH NU MJ UV UB UW UX UY"},
}
WIDTHS = (
    "01:17 02:2 03:12 04:19 05:17 06:20 07:42 08:7 09:3 10:10 11:16 12:13 13:9 14:15 15:6 16:1 "
    "20:1 21:16 22:9 23:45 24:10 25:8 26:8 27:7 28:12 29:3"
)


def test_every_transaction_code_has_its_places_and_its_name() -> None:
    assert set(REQUEST_PLACES) == set(RESPONSE_PLACES) == set(CODES)
    assert list(TRANSACTION_NAMES) == CODES
    assert all(TRANSACTION_NAMES.values())


@pytest.mark.parametrize("code", VERSIONS)
def test_each_segment_has_all_its_fields_in_both_versions(code: str) -> None:
    found = {segment: len(table) for segment, table in VERSIONS[code].by_segment.items()}
    said = {one[:2]: int(one[3:]) for one in WIDTHS.split()}
    assert found == said
    assert sum(found.values()) == 328


@pytest.mark.parametrize("code", VERSIONS)
def test_each_repeating_field_stands_under_its_counter_and_no_other(code: str) -> None:
    found: dict[str, dict[str, str]] = {}
    for segment, table in VERSIONS[code].by_segment.items():
        for field in table.values():
            if field.group:
                groups = found.setdefault(segment, {})
                so_far = groups.get(field.group[-1], "")
                groups[field.group[-1]] = f"{so_far} {field.id}".strip()
    assert found == GROUPS
    assert {"7E", "XE", "J6"} == RUNNING_COUNTERS


@pytest.mark.parametrize(("kind", "code", "version"), EVERY)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(dice=DICE)
def test_every_generated_transmission_comes_back_value_by_value_and_byte_for_byte(
    kind: Kind, code: str, version: str, dice: Random
) -> None:
    made = drawn(dice, kind, code, version)
    message = read_strictly(made.raw)
    assert (message.kind, message.transaction_code) == (kind, code)
    assert message.version.code == version
    assert [[one.typed() for one in group] for group in message.groups] == made.groups
    assert message.to_bytes() == made.raw
    shown = json.loads(json.dumps(decode("telecom", made.raw)))
    assert encode("telecom", shown) == made.raw
    again = Message.of(kind, message.version, message.header_text, message.groups)
    assert again.to_bytes() == made.raw


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(dice=DICE, which=st.sampled_from(EVERY))
def test_a_generated_transmission_cut_at_any_byte_is_refused_as_malformed_or_kept(
    dice: Random, which: tuple[Kind, str, str]
) -> None:
    raw = drawn(dice, *which).raw
    for length in range(len(raw)):
        with suppress(Malformed):
            message = read(raw[:length])
            assert message.to_bytes() == raw[:length]
            conformance(message)
            if message.kind == "response":
                answers(message)


@pytest.mark.parametrize("raw", [BILLING, PAID, REJECTED, COORDINATED])
def test_a_strict_reader_refuses_every_cut_that_breaks_the_message(raw: bytes) -> None:
    whole = len(raw.rstrip(b"\x03\r\n"))
    refused = 0
    for length in range(whole):
        with suppress(Malformed):
            assert read_strictly(raw[:length]).to_bytes() == raw[:length]
            continue
        refused += 1
    assert refused > 15


# --- counts -------------------------------------------------------------------------------


def reasons(body: str, *, header: str = REQUEST_HEADER) -> list[str]:
    return [str(one) for one in conformance(read(wire(header, body)))]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("|NX1|DK42", None),
        ("|NX2|DK42|DK7", None),
        ("|NX2|DK42", "NX (Submission clarification code count): says 2, 1 follow"),
        ("|NX1|DK42|DK7", "NX (Submission clarification code count): says 1, 2 follow"),
        ("|NX0", None),
        ("|DK42", "NX (Submission clarification code count): is missing before 1 repeats"),
        ("|NX1|NX1|DK42", "NX (Submission clarification code count): stands 2 times"),
        ("|NX1|DK42|NX1|DK7", "NX (Submission clarification code count): stands 2 times"),
    ],
)
def test_a_count_that_does_not_hold_is_named(body: str, fault: str | None) -> None:
    found = [one for one in reasons(f"^~|AM07|EM1{body}") if "field NX" in one]
    assert found[:1] == ([f"segment 07 field {fault}"] if fault else [])


def nested(*counts: str) -> str:
    return "^~|AM05|4C2|5C01|" + "|5C02|".join(counts)


@pytest.mark.parametrize(
    ("counts", "fault"),
    [
        (("HB1|HC07|DV1{", "HB2|HC07|DV1{|HC10|DV2{"), None),
        (
            ("HB1|HC07|DV1{", "HB1|HC07|DV1{|HC10|DV2{"),
            "segment 05 field HB (Other payer amount paid count): says 1, 2 follow",
        ),
        (
            ("HB3|HC07|DV1{", "HB2|HC07|DV1{|HC10|DV2{"),
            "segment 05 field HB (Other payer amount paid count): says 3, 1 follow",
        ),
        (
            ("HC07|DV1{", "5E1|6E70"),
            "segment 05 field HB (Other payer amount paid count): is missing before 1 repeats",
        ),
        (
            ("5E1|6E70|5E1|6E75", "5E1|6E70"),
            "segment 05 field 4C (Coordination of benefits/other payments count): "
            "says 2, 3 follow",
        ),
    ],
)
def test_a_count_within_each_other_payer_is_checked_for_that_payer(
    counts: tuple[str, ...], fault: str | None
) -> None:
    assert reasons(nested(*counts)) == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("|7E1|E4DD|7E2|E4TD", None),
        ("|7E1|E4DD|7E1|E4TD", "numbers its repeats 1, 1"),
        ("|7E2|E4DD|7E1|E4TD", "numbers its repeats 2, 1"),
        ("|7E0|E4DD", "numbers its repeats 0"),
        ("|7E1" * 10, f"numbers its repeats {'1, ' * 8}1 …"),
    ],
)
def test_a_running_counter_runs_from_one_upwards(body: str, fault: str | None) -> None:
    found = reasons(f"^~|AM08{body}")
    where = "segment 08 field 7E (DUR/PPS code counter): "
    assert found == ([where + fault] if fault else [])


@pytest.mark.parametrize("counter", ["07|NX", "08|7E", "05|4C", "21|FA", "21|FA01|FB79|4F"])
def test_a_count_of_thousands_of_digits_is_named_and_stops_nothing(counter: str) -> None:
    message = read(wire(RESPONSE_HEADER, f"^~|AM{counter}{'9' * 5000}"))
    assert any("characters, has 5000" in str(one) for one in conformance(message))
    with pytest.raises(Malformed):
        read_strictly(message.to_bytes())


# --- responses ----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_each_claim_of_a_transmission_is_answered_by_itself(count: int) -> None:
    head = ResponseHeader("B1", "A", "1234567893", FIRST_DAY)
    letters = "PRDC"[:count]
    claims = [
        [Draft("21", {"AN": letter}), Draft("22", {"EM": "1", "D2": f"700{place}"})]
        for place, letter in enumerate(letters)
    ]
    raw = build_response(head, transmission=[Draft("20", {"F4": "HI"})], transactions=claims)
    found = answers(read_strictly(raw))
    assert [one.status for one in found] == list(letters)
    assert [one.rx_number for one in found] == [f"700{place}" for place in range(count)]
    assert all(one.messages == ("HI",) for one in found)


def test_a_refused_transmission_may_answer_no_claim_at_all() -> None:
    refused = RESPONSE_HEADER.replace("11A", "11R")
    assert refused != RESPONSE_HEADER
    for body in ("", "~|AM20|F4NO SUCH PCN", "~|AM21|ANR|FA01|FB04"):
        message = read(wire(refused, body))
        (answer,) = answers(message)
        assert answer.rejected
        assert [one for one in conformance(message) if "count" in one.field] == []
    (answer,) = answers(read(wire(refused, "~|AM21|ANR|FA01|FB04")))
    assert [one.code for one in answer.rejects] == ["04"]
    accepted = conformance(read(wire(RESPONSE_HEADER)))
    assert [one.reason for one in accepted] == ["says 1, the message holds 0"]


def test_a_header_says_accepted_or_refused_and_nothing_else() -> None:
    head = ResponseHeader("B1", "X", "1234567893", FIRST_DAY)
    with pytest.raises(Malformed, match="header_response_status: must be A or R, is 'X'"):
        build_response(head, transactions=[[Draft("21", {"AN": "P"})]])
    found = conformance(read(wire(RESPONSE_HEADER.replace("11A", "11X"), "^~|AM21|ANP")))
    assert [str(one) for one in found] == [
        "header header_response_status: must be A or R, is 'X'"
    ]


def test_a_code_of_no_transaction_is_read_and_named() -> None:
    message = read(wire(REQUEST_HEADER.replace("D0B1", "D0X9"), "^~|AM07|EM1"))
    assert message.transaction_code == "X9"
    assert [str(one) for one in conformance(message)] == [
        "header transaction_code: is not known: 'X9'"
    ]


def test_a_compound_travels_alone() -> None:
    body = "^~|AM07|EM1~|AM10|EF10^~|AM07|EM1"
    two = REQUEST_HEADER.replace("TESTPCN   1", "TESTPCN   2")
    found = [str(one) for one in conformance(read(wire(two, body)))]
    assert found == ["header transaction_count: is 2, a compound travels alone"]
    assert conformance(read(wire(REQUEST_HEADER, "^~|AM07|EM1~|AM10|EF10"))) == []
    claims = [[Draft("07", {"EM": "1"}), Draft("10", {"EF": "10"})], [Draft("07", {"EM": "1"})]]
    head = RequestHeader("999999", "P1", "P", "1", FIRST_DAY)
    with pytest.raises(Malformed, match="are 2, a compound travels alone"):
        build_request(head, transmission=[], transactions=claims)
    assert build_request(head, transmission=[], transactions=claims[:1])


# --- what the standard does not know ------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_private_fields_and_segments_are_kept_in_place_and_are_no_fault(code: str) -> None:
    places = REQUEST_PLACES[code]
    segment = (*places.transactions, *places.transmission)[0]
    group = "^" if places.transactions else ""
    head = REQUEST_HEADER.replace("D0B1", f"D0{code}")
    private = f"{group}~|AM{segment}|?!odd|#9\xe9~|AMZ7|ZZown|ZZagain~|AM99|Q1"
    raw = wire(head, private)
    message = read_strictly(raw)
    assert message.to_bytes() == raw
    pairs = [pair for part in message.groups for one in part for pair in one.fields]
    assert [pair for pair in pairs if pair[0] != "AM"] == [
        ("?!", "odd"),
        ("#9", "\xe9"),
        ("ZZ", "own"),
        ("ZZ", "again"),
        ("Q1", ""),
    ]
    assert encode("telecom", json.loads(json.dumps(decode("telecom", raw)))) == raw


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("code", CODES)
def test_a_segment_of_another_transaction_is_refused_in_writing(
    code: str, version: str
) -> None:
    places = REQUEST_PLACES[code]
    head = RequestHeader("9" * (6 if version == "D0" else 8), code, "P", "1", FIRST_DAY)
    with pytest.raises(Malformed) as refused:
        build_request(head, transmission=[Draft("21", {"AN": "P"})], transactions=[])
    said = [str(one) for one in refused.value.faults]
    assert f"segment 21: does not stand before the claims of {code}" in said
    assert "21" not in places.transmission + places.transactions
