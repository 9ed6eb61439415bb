"""A batch as JSON and back: every byte, every fault, every key that is refused."""

import json

import pytest

from apothecary.wires.command import decode, encode, split_stream
from apothecary.wires.errors import Malformed
from apothecary.wires.telecom.tests.batches import WHOLE, faults

SPOILED = [
    WHOLE,
    WHOLE.replace(b"\x03", b"\x03\r\n"),
    WHOLE.replace(b"\x02G1A2", b"\x02A2"),
    WHOLE.replace(b"STORE1  ", b"STORE1 "),
    WHOLE.replace(b"STORE1 ", b"STORE1\xe9"),
    WHOLE.replace(b"999999D0B1", b"999999X0B1"),
    WHOLE.replace(b"\x02", b"").replace(b"\x03", b"\n"),
    WHOLE[:200],
    b"\r\n" + WHOLE,
    b"\x02\x02\x03\x03",
]


@pytest.mark.parametrize("raw", SPOILED)
def test_a_batch_comes_back_from_json_byte_for_byte(raw: bytes) -> None:
    assert encode("batch", json.loads(json.dumps(decode("batch", raw)))) == raw


def test_a_batch_shows_its_columns_its_claims_and_its_faults() -> None:
    shown = decode("batch", WHOLE.replace(b"0000000005", b"0000000009"))
    found = shown["records"]
    assert isinstance(found, list)
    assert [one["kind"] for one in found] == ["header", "detail", "detail", "detail", "trailer"]
    assert found[0]["fields"]["batch_number"] == "0000007"
    assert found[1]["reference"] == "A1        "
    assert found[1]["message"]["header"]["transaction_code"] == "B1"
    assert shown["faults"] == [
        {
            "field": "record 5 (trailer) record_count",
            "reason": "says 9, the batch has 5 with header and trailer",
        }
    ]


def test_a_change_of_a_claim_in_json_reaches_the_batch() -> None:
    shown = json.loads(json.dumps(decode("batch", WHOLE)).replace("7001234", "7009999"))
    assert encode("batch", shown) == WHOLE.replace(b"7001234", b"7009999")


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (["records"], None, "records: must be a list"),
        (["records", 0], 5, r"records\[0\]: must be an object"),
        (["records", 0, "kind"], "fax", "must be header, detail or trailer, is 'fax'"),
        (["records", 0, "fields", "sender"], 5, r"records\[0\].fields.sender: must be text"),
        (["records", 1, "reference"], "€", r"records\[1\].reference: cannot carry"),
        (["records", 1, "message"], None, r"records\[1\].message: must be an object"),
        (["records", 2, "tail"], "€", r"records\[2\].tail: cannot carry"),
    ],
)
def test_json_that_is_no_batch_is_refused_naming_the_key(
    path: list[str | int], value: object, fault: str
) -> None:
    shown = json.loads(json.dumps(decode("batch", WHOLE)))
    inner = shown
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(Malformed, match=fault):
        encode("batch", shown)


def test_an_empty_file_is_no_batch() -> None:
    with pytest.raises(Malformed, match="batch: is empty"):
        decode("batch", b"")


def test_a_file_of_several_batches_is_split_behind_each_trailer() -> None:
    lined = WHOLE.replace(b"\x03", b"\x03\r\n")
    found = list(split_stream("batch", lined + WHOLE + lined))
    assert found == [lined, WHOLE, lined]
    assert [faults(one) for one in found] == [[], [], []]
