import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.command import FORMATS, decode, encode, split_stream
from apothecary.wires.errors import Malformed
from apothecary.wires.gs1 import FNC1, read_scan
from apothecary.wires.script import canonical
from apothecary.wires.script.tests.documents import CANCEL_RX, FULL_NEW_RX, NEW_RX, envelope
from apothecary.wires.telecom.tests.messages import (
    BILLING,
    COORDINATED,
    PAID,
    REJECTED,
    REQUEST_HEADER,
    wire,
)

TELECOM = [
    BILLING,
    PAID + b"\x03",
    b"\x02" + REJECTED + b"\x03\r\n",
    COORDINATED,
    wire(REQUEST_HEADER, "|AM04|C2X~stray|AM99|zz~x||^"),
    wire("D0B11A01123456", "^~|AM21|ANP"),
    wire(REQUEST_HEADER + "LONGER", "^~|AM07|?!\xe9\xff"),
    b"D0B11A",
]
SCRIPT = [
    NEW_RX,
    FULL_NEW_RX,
    CANCEL_RX,
    NEW_RX.replace("'", '"') + "\n<!-- end -->\n",
    NEW_RX.replace("<Message ", '<Message xmlns="http://example.org/a" '),
    NEW_RX.replace("<Message ", '<s:Message xmlns:s="http://example.org/a" ').replace(
        "</Message>", "</s:Message>"
    ),
    NEW_RX.replace("<Sig>", "<!-- note --><?pi data?><Sig>").replace("Ada", "A&#100;a"),
    NEW_RX.replace("Ada", "<![CDATA[Ada]]>").replace("<Body>", "<Body\n>"),
    envelope("<Unheard/>"),
    "<Message></Message>",
]
SCANS = [
    f"]d20100368180980018172611301{'0'}LOT{FNC1}21S1",
    "368180980018\r\n",
    "RX12-0-1",
    "BAG7",
    "68180-980-01",
]


def through_json(fmt: str, raw: bytes) -> dict[str, object]:
    loaded = json.loads(json.dumps(decode(fmt, raw)))
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize("raw", TELECOM)
def test_a_claim_comes_back_from_json_byte_for_byte(raw: bytes) -> None:
    assert encode("telecom", through_json("telecom", raw)) == raw


@pytest.mark.parametrize("text", SCRIPT)
def test_a_prescription_comes_back_from_json_byte_for_byte(text: str) -> None:
    raw = text.encode()
    assert encode("script", through_json("script", raw)) == raw


@pytest.mark.parametrize("text", SCANS)
def test_a_scan_comes_back_from_json_byte_for_byte(text: str) -> None:
    assert encode("gs1", through_json("gs1", text.encode())) == text.encode()


def test_a_claim_shows_names_and_typed_values() -> None:
    shown = decode("telecom", BILLING)
    assert shown["kind"] == "request"
    assert shown["faults"] == []
    header = shown["header"]
    assert isinstance(header, dict)
    assert header["pcn"] == "TESTPCN   "
    transactions = shown["transactions"]
    assert isinstance(transactions, list)
    claim = transactions[0][0]
    assert (claim["id"], claim["name"]) == ("07", "Claim")
    by_id = {field["id"]: field for field in claim["fields"]}
    assert by_id["E7"] == {
        "id": "E7",
        "raw": "0000030000",
        "name": "Quantity dispensed",
        "value": "30.000",
    }
    assert by_id["D5"]["value"] == 30
    assert by_id["DE"]["value"] == "2026-01-15"
    assert "value" not in by_id["D7"]
    assert by_id["AM"] == {"id": "AM", "raw": "07"}


def test_a_claim_that_does_not_conform_is_shown_with_its_faults() -> None:
    shown = decode("telecom", wire(REQUEST_HEADER, "^~|AM07|E7x"))
    assert shown["faults"] == [
        {
            "field": "segment 07 field E7 (Quantity dispensed)",
            "reason": "must be digits, is 'x'",
        }
    ]


def test_a_prescription_shows_what_is_wrong_with_it() -> None:
    shown = decode("script", NEW_RX.replace("<Value>30<", "<Value>0<").encode())
    assert shown["kind"] == "NewRx"
    assert shown["faults"] == [
        {
            "field": "NewRx/MedicationPrescribed/Quantity/Value",
            "reason": "must be above zero, is 0",
        }
    ]


def test_the_plain_spelling_needs_no_second_copy_of_the_text() -> None:
    assert "exact" not in decode("script", NEW_RX.encode())
    assert "exact" in decode("script", NEW_RX.replace("Ada", "<![CDATA[Ada]]>").encode())


def test_a_change_in_the_tree_wins_over_the_exact_text() -> None:
    shown = through_json("script", NEW_RX.replace("Ada", "<![CDATA[Ada]]>").encode())
    changed = json.loads(json.dumps(shown).replace('"Ada"', '"Eve"'))
    assert b"<FirstName>Eve</FirstName>" in encode("script", changed)


def test_a_change_of_a_raw_value_reaches_the_wire() -> None:
    shown = through_json("telecom", PAID)
    changed = json.loads(json.dumps(shown).replace("0000100{", "0000150{"))
    assert encode("telecom", changed) == PAID.replace(b"0000100{", b"0000150{")


def test_a_symbol_can_be_made_from_its_parts() -> None:
    parts: dict[str, object] = {
        "gtin14": "00368180980018",
        "expires_on": "2026-11-30",
        "lot": "L1",
        "serial": "S1",
    }
    raw = encode("gs1", parts).decode()
    scan = read_scan(raw)
    assert (scan.gtin14, scan.lot, scan.serial) == ("00368180980018", "L1", "S1")
    assert str(scan.expires_on) == "2026-11-30"
    with pytest.raises(Malformed, match="check digit"):
        encode("gs1", {**parts, "gtin14": "00368180980016"})


@pytest.mark.parametrize(
    ("fmt", "path", "value", "fault"),
    [
        ("telecom", ["version"], "X9", "version: must be one of D0, F6"),
        ("telecom", ["kind"], "letter", "kind: must be request or response"),
        ("telecom", ["header"], [], "header: must be an object"),
        ("telecom", ["header", "pcn"], 5, "pcn: must be text"),
        ("telecom", ["transactions"], "x", "transactions: must be a list"),
        ("telecom", ["transactions", 0], 5, r"transactions\[0\]: must be a list"),
        ("telecom", ["transactions", 0, 0, "fields"], None, r"fields: must be a list"),
        (
            "telecom",
            ["transactions", 0, 0, "fields", 1, "raw"],
            "a\x1cb",
            r"transactions\[0\]\[0\].fields\[1\]: holds a separator",
        ),
        ("telecom", ["transactions", 0, 0, "fields", 1, "raw"], "€", "cannot carry"),
        ("script", ["message"], None, "message: must be an object"),
        ("script", ["message", "name"], "1 2", "message: cannot be written as XML"),
        ("script", ["message", "name"], 7, "message.name: must be text"),
        ("script", ["message", "text"], "\x00", "message: cannot be written as XML"),
        ("script", ["message", "attributes"], {"a": 1}, "attributes.a: must be text"),
        ("script", ["before"], "<!DOCTYPE a>", "document type declaration"),
        ("gs1", ["raw"], 5, "raw: must be text"),
    ],
)
def test_json_that_is_no_message_is_refused_naming_the_key(
    fmt: str, path: list[str | int], value: object, fault: str
) -> None:
    raw = {"telecom": BILLING, "script": NEW_RX.encode(), "gs1": b"BAG7"}[fmt]
    obj = through_json(fmt, raw)
    place = deepcopy(obj)
    inner: object = place
    for key in path[:-1]:
        assert isinstance(inner, dict | list)
        inner = inner[key]  # type: ignore[index]  # keys follow the example
    assert isinstance(inner, dict | list)
    inner[path[-1]] = value  # type: ignore[index]  # keys follow the example
    with pytest.raises(Malformed, match=fault):
        encode(fmt, place)


def test_a_missing_key_is_named() -> None:
    obj = through_json("telecom", BILLING)
    del obj["kind"]
    with pytest.raises(Malformed, match="kind: is missing"):
        encode("telecom", obj)


def test_an_unknown_format_is_refused() -> None:
    for act in (
        lambda: decode("fax", b""),
        lambda: encode("fax", {}),
        lambda: list(split_stream("fax", b"")),
    ):
        with pytest.raises(Malformed, match=r"must be one of telecom, .*gs1.*, is 'fax'"):
            act()


@pytest.mark.parametrize(
    ("fmt", "messages"),
    [
        ("telecom", [BILLING + b"\x03", PAID + b"\x03\r\n", REJECTED]),
        ("telecom", [BILLING + b"\n", PAID + b"\n"]),
        ("script", [NEW_RX.encode() + b"\n\n", CANCEL_RX.encode()]),
        ("gs1", [b"RX1-0-1\n", b"BAG7\r\n", b"368180980018"]),
    ],
)
def test_a_file_of_many_is_split_into_its_messages(fmt: str, messages: list[bytes]) -> None:
    found = list(split_stream(fmt, b"".join(messages)))
    assert found == messages
    assert [encode(fmt, through_json(fmt, one)) for one in found] == messages


@given(st.sampled_from(FORMATS), st.binary(max_size=200))
def test_a_split_file_joins_to_the_same_bytes(fmt: str, raw: bytes) -> None:
    assert b"".join(split_stream(fmt, raw)) == raw


@given(st.sampled_from(FORMATS), st.binary(max_size=120))
def test_whatever_can_be_decoded_comes_back_as_it_was(fmt: str, raw: bytes) -> None:
    try:
        shown = through_json(fmt, raw)
    except Malformed:
        return
    assert encode(fmt, shown) == raw


_TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30)


@given(_TEXT, _TEXT)
def test_any_text_in_a_prescription_comes_back_as_it_was(name: str, note: str) -> None:
    escaped = name.replace("&", "&amp;").replace("<", "&lt;")
    text = NEW_RX.replace("Ada", escaped).replace("<Sig>", f"<Note>{escaped}</Note><Sig>")
    raw = (text + f"<!--{note.replace('-', '')}-->").encode()
    shown = through_json("script", raw)
    assert encode("script", shown) == raw
    shown.pop("exact", None)
    assert canonical(encode("script", shown)) == canonical(raw)
