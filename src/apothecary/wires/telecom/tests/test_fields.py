"""Every field of the table, in both versions: out and back at full length, no further."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

import pytest

from apothecary.wires.errors import Fault, Malformed
from apothecary.wires.telecom import Draft, build_request, build_response, conformance, read
from apothecary.wires.telecom.build import Fields, RequestHeader, ResponseHeader
from apothecary.wires.telecom.tables import (
    BILLING_NEEDS,
    REQUEST_PLACES,
    RESPONSE_PLACES,
    RUNNING_COUNTERS,
    VERSIONS,
    Field,
)
from apothecary.wires.telecom.tests.messages import REQUEST_HEADER, RESPONSE_HEADER, wire
from apothecary.wires.telecom.values import Value

ON = date(2026, 1, 15)
SEGMENTS = [
    (code, segment) for code, version in VERSIONS.items() for segment in version.by_segment
]
COUNTERS = frozenset(
    (field.segment, field.group[-1])
    for version in VERSIONS.values()
    for table in version.by_segment.values()
    for field in table.values()
    if field.group
)
# How raw text that is not of its kind is refused.
NOT_OF_KIND = {
    "digits": ("12A", "must be digits"),
    "date": ("20260231", "is not a day of the calendar"),
    "time": ("2460", "must be HHMM"),
    "money": ("12A4{", "must be digits before its sign character"),
    "rate": ("12A4{", "must be digits before its sign character"),
    "quantity": ("12A", "must be digits"),
}
PLACES = {"money": 2, "rate": 4, "quantity": 3}
TYPE_REASON = {
    "text": "must be text",
    "digits": "must be a whole number",
    "date": "must be a date",
    "time": "must be a time of day",
    "money": "must be a finite Decimal",
    "rate": "must be a finite Decimal",
    "quantity": "must be a finite Decimal",
}


def fields_of(code: str, segment: str) -> list[Field]:
    """The fields of a segment that hold a value, not a count."""
    return [one for one in VERSIONS[code].by_segment[segment].values() if not is_counter(one)]


def is_counter(field: Field) -> bool:
    return (field.segment, field.id) in COUNTERS


def name(field: Field) -> str:
    return f"segment {field.segment} field {field.id} ({field.name})"


def largest(field: Field) -> Value:
    """The value that fills the field to its last character."""
    if field.kind == "date":
        return date(2099, 12, 31)
    if field.kind == "time":
        return time(23, 59)
    if field.kind == "digits":
        return int("9" * field.length)
    if field.kind == "text":
        return "Z" * field.length
    return Decimal("9" * field.length).scaleb(-PLACES[field.kind])


def too_large(field: Field) -> Value:
    """One character more than the field can hold."""
    if field.kind == "digits":
        return 10**field.length
    if field.kind == "text":
        return "Z" * (field.length + 1)
    return Decimal(10**field.length).scaleb(-PLACES[field.kind])


def wrapped(field: Field, value: Value | Sequence[Fields]) -> Fields:
    """The field alone, inside the groups it belongs to."""
    fields: Fields = {field.id: value}
    for counter in reversed(field.group):
        fields = {counter: [fields]}
    return fields


def nested(field: Field, value: Value) -> Draft:
    return Draft(field.segment, wrapped(field, value))


def built(code: str, draft: Draft) -> bytes:
    """The draft in a message that may carry it."""
    segment, version_bin = draft.segment, "9" * (6 if code == "D0" else 8)
    for kind, table in (("request", REQUEST_PLACES), ("response", RESPONSE_PLACES)):
        for act, places in table.items():
            if segment in (*places.transmission, *places.transactions):
                first = [draft] if segment in places.transmission else []
                later = [[]] if first else [[draft]]
                if kind == "response":
                    head = ResponseHeader(act, "A", "1", ON, version=code)
                    return build_response(head, transmission=first, transactions=later)
                if act not in ("B1", "B3"):
                    to = RequestHeader(version_bin, act, "P", "1", ON, version=code)
                    return build_request(to, transmission=first, transactions=later)
    bill = RequestHeader(version_bin, "B1", "P", "1", ON, version=code)
    needed = [
        Draft(one, {of: largest(VERSIONS[code].by_segment[one][of]) for of in ids})
        for one, ids in BILLING_NEEDS.items()
    ]
    return build_request(bill, transmission=needed[:2], transactions=[[*needed[2:], draft]])


def faults(code: str, draft: Draft) -> list[Fault]:
    with pytest.raises(Malformed) as refused:
        built(code, draft)
    return list(refused.value.faults)


@pytest.mark.parametrize(("code", "segment"), SEGMENTS)
def test_every_field_goes_out_at_its_full_length_and_comes_back_the_same(
    code: str, segment: str
) -> None:
    for field in fields_of(code, segment):
        value = largest(field)
        message = read(built(code, nested(field, value)))
        (found,) = [one for part in message.groups for one in part if one.id == segment]
        assert found.value(field.id) == value
        assert len(found.raw(field.id) or "") == field.length
        assert found.typed()[-1] == (field.id, value)
        assert [of for of, _ in found.fields] == ["AM", *field.group, field.id]
        assert conformance(message) == []


@pytest.mark.parametrize(("code", "segment"), SEGMENTS)
def test_no_field_is_written_longer_than_the_table_lets_it_be(code: str, segment: str) -> None:
    for field in fields_of(code, segment):
        if field.kind in ("date", "time"):
            continue
        (fault,) = faults(code, nested(field, too_large(field)))
        assert fault.field == name(field)
        assert fault.reason.startswith(f"may have {field.length} ")
        assert fault.reason.endswith(f", has {field.length + 1}")


@pytest.mark.parametrize(("code", "segment"), SEGMENTS)
def test_no_field_is_written_with_a_value_of_another_kind(code: str, segment: str) -> None:
    for field in fields_of(code, segment):
        wrong: Value = "1" if field.kind in PLACES else Decimal(1)
        (fault,) = faults(code, nested(field, wrong))
        assert fault.field == name(field)
        assert fault.reason.startswith(TYPE_REASON[field.kind])


@pytest.mark.parametrize(("code", "segment"), SEGMENTS)
def test_no_field_is_read_longer_or_of_another_kind_without_being_named(
    code: str, segment: str
) -> None:
    head = REQUEST_HEADER if code == "D0" else REQUEST_HEADER.replace("999999D0", "99999999F6")
    for field in fields_of(code, segment):
        most = field.length
        long = ("9" * (most + 1), f"may have {most} characters, has {most + 1}")
        for raw, says in (long, NOT_OF_KIND.get(field.kind, long)):
            found = conformance(read(wire(head, f"~|AM{segment}|{field.id}{raw}")))
            named = [one.reason for one in found if one.field == name(field)]
            assert any(one.startswith(says) for one in named), (field, named)


@pytest.mark.parametrize(("segment", "counter"), sorted(COUNTERS))
def test_a_count_is_written_for_its_repeats_and_no_more_than_its_digits_tell(
    segment: str, counter: str
) -> None:
    field = VERSIONS["D0"].by_segment[segment][counter]
    member = next(
        one
        for one in VERSIONS["D0"].by_segment[segment].values()
        if one.group and one.group[-1] == counter and not is_counter(one)
    )

    def repeated(count: int) -> Draft:
        return Draft(segment, wrapped(field, [{member.id: largest(member)}] * count))

    most = int("9" * field.length)
    message = read(built("D0", repeated(most)))
    (found,) = [one for part in message.groups for one in part if one.id == segment]
    counts = [raw for of, raw in found.fields if of == counter]
    width = field.length
    if counter in RUNNING_COUNTERS:
        assert counts == [f"{number:0{width}}" for number in range(1, most + 1)]
    else:
        assert counts == [str(most)]
    assert len(found.all(member.id)) == most
    (fault,) = faults("D0", repeated(most + 1))
    assert (fault.field, fault.reason) == (
        name(field),
        f"may have {width} digits, has {width + 1}",
    )
    (fault,) = faults("D0", Draft(segment, wrapped(field, 1)))
    assert fault.reason == "takes the list of its occurrences, not a count"
    none = read(built("D0", repeated(0)))
    assert counter not in [of for part in none.groups for one in part for of, _ in one.fields]


def test_an_instant_is_no_day_and_no_time() -> None:
    moment = datetime(2026, 1, 15, 9, 0)  # noqa: DTZ001 - refused
    dated = VERSIONS["D0"].by_id["C4"]
    (fault,) = faults("D0", nested(dated, moment))
    assert (fault.field, fault.reason) == (name(dated), "must be a date, is datetime")


COUNT = "header transaction_count"


@pytest.mark.parametrize(
    ("code", "count", "body", "says"),
    [
        ("B1", "1", "^~|AM07|EM1", []),
        ("B1", "0", "^~|AM07|EM1", ["must be 1 to 4, is '0'"]),
        ("B1", "5", "^~|AM07" * 5, ["must be 1 to 4, is '5'"]),
        ("B1", " ", "^~|AM07|EM1", ["must be 1 to 4, is ''"]),
        ("B1", "4", "^~|AM07" * 4, []),
        ("B1", "2", "^~|AM07|EM1", ["says 2, the message holds 1"]),
        ("B1", "1", "~|AM04|C2X", ["says 1, the message holds 0"]),
        ("E1", "1", "~|AM04|C2X", []),
        ("E1", "1", "^^", ["says 1, the message holds 2"]),
    ],
)
def test_the_header_counts_the_claims_behind_it(
    code: str, count: str, body: str, says: list[str]
) -> None:
    head = REQUEST_HEADER.replace("B1TESTPCN   1", f"{code}TESTPCN   {count}")
    found = conformance(read(wire(head, body)))
    assert [one.reason for one in found if one.field == COUNT] == says


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("|EM1", "segment ?: has no segment separator before it"),
        ("~stray|EM1", "segment ?: begins with stray text 'stray'"),
        ("~stray|AM07|EM1", "segment 07: begins with stray text 'stray'"),
        (
            "~|EM1",
            "segment ?: does not begin with its id (field AM), in the transmission level",
        ),
        ("^~|EM1", "segment ?: does not begin with its id (field AM), in transaction 1"),
    ],
)
def test_a_segment_without_a_name_is_still_pointed_at(body: str, fault: str) -> None:
    found = [str(one) for one in conformance(read(wire(REQUEST_HEADER, body)))]
    assert any(one.startswith(fault) for one in found)


@pytest.mark.parametrize("code", sorted(RESPONSE_PLACES))
def test_a_response_carries_each_segment_only_where_it_belongs(code: str) -> None:
    places = RESPONSE_PLACES[code]
    head = RESPONSE_HEADER.replace("D0B1", f"D0{code}")
    for above, levels in ((True, places.transmission), (False, places.transactions)):
        for segment in (*places.transmission, *places.transactions):
            body = f"~|AM{segment}^" if above else f"^~|AM{segment}"
            found = [str(one) for one in conformance(read(wire(head, body)))]
            level = "the transmission level" if above else "transaction 1"
            fault = f"segment {segment}: does not belong in {level}"
            assert (fault in found) is (segment not in levels)


@pytest.mark.parametrize(("count", "fine"), [(0, True), (1, True), (4, True), (5, False)])
def test_a_response_answers_up_to_four_claims_or_the_transmission(
    count: int, fine: bool
) -> None:
    head = ResponseHeader("B1", "A", "1", ON)
    answers = [[Draft("21", {"AN": "P"})]] * count
    if fine:
        assert len(read(build_response(head, transactions=answers)).transactions) == count
    else:
        with pytest.raises(Malformed, match=f"transactions: must be 1 to 4, are {count}"):
            build_response(head, transactions=answers)


def test_a_segment_of_no_table_and_a_field_of_another_group_are_named() -> None:
    head = ResponseHeader("B1", "A", "1", ON)
    with pytest.raises(Malformed) as refused:
        build_response(
            head, transactions=[[Draft("99", {}), Draft("21", {"FA": [{"AN": "P"}]})]]
        )
    said = [str(one) for one in refused.value.faults]
    assert "segment 99: is not in the field table" in said
    assert "segment 21 field AN: is not known here inside group FA" in said
