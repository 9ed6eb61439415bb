import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.wires.command import decode, encode, split_stream
from apothecary.wires.errors import Malformed
from apothecary.wires.json_keys import Json
from apothecary.wires.x12.tests.papers import (
    ADVICES,
    DIALECTS,
    Advice,
    Dialect,
    group,
    interchange,
    isa,
    order,
    paper,
    simple_claim,
    written,
)


def through_json(raw: bytes) -> Json:
    loaded = json.loads(json.dumps(decode("x12", raw)))
    assert isinstance(loaded, dict)
    return loaded


def first(shown: Json) -> Json:
    interchanges = shown["interchanges"]
    assert isinstance(interchanges, list)
    one = interchanges[0]
    assert isinstance(one, dict)
    return one


def only_set(shown: Json) -> Json:
    sets = first(shown)["sets"]
    assert isinstance(sets, list)
    (one,) = sets
    assert isinstance(one, dict)
    return one


ODD = [
    b"\xef\xbb\xbf" + order(),
    b"\r\n\r\n" + order() + b"\n\x1a",
    order(Dialect(segment="\n", newline="")) * 2,
    order()[:-1],
    order()[:-2],
    order()[:200],
    order().rstrip(b"~\n") + b"\n" + order(control="000000902"),
    order().replace(b"REF*IA", b"\t REF*IA"),
    order().replace(b"REF*IA*0012345", b"REF*IA*001\r\n2345"),
    order().replace(b"REF*IA", b"~\n~REF*IA"),
    order().replace(b"SAMPLE", b"S\xc3\x84MPLE\xff"),
    order().replace(b"REF*IA*0012345", b"REF*****"),
    written([isa()]).encode(),
    written([isa()]).encode() + b"~",
]


@pytest.mark.parametrize("raw", [*(order(one) for one in DIALECTS), *ODD])
def test_a_file_comes_back_from_json_byte_for_byte(raw: bytes) -> None:
    assert encode("x12", through_json(raw)) == raw


def test_a_file_of_all_dialects_comes_back_byte_for_byte() -> None:
    raw = b"".join(order(one) for one in DIALECTS)
    assert encode("x12", through_json(raw)) == raw
    pieces = list(split_stream("x12", raw))
    assert len(pieces) == len(DIALECTS)
    assert b"".join(encode("x12", through_json(one)) for one in pieces) == raw


def test_an_order_shows_its_segments_sets_and_partners() -> None:
    shown = first(through_json(order()))
    segments = shown["segments"]
    assert isinstance(segments, list)
    assert segments[3] == ["BEG", "00", "NE", "PO-1", "", "20260115"]
    assert (shown["sender"], shown["receiver"], shown["control"]) == (
        "ZZ:SENDER",
        "ZZ:RECEIVER",
        "000000901",
    )
    assert shown["delimiters"] == {
        "element": "*",
        "component": ":",
        "segment": "~",
        "repetition": "^",
    }
    assert (shown["newline"], shown["faults"]) == ("\n", [])
    one = only_set(through_json(order()))
    paper = one.pop("paper")
    assert isinstance(paper, dict)
    assert (paper["number"], paper["account"]) == ("PO-1", "0012345")
    assert one == {
        "kind": "850",
        "control": "0001",
        "version": "004010",
        "first_segment": 3,
        "segments": 7,
    }


def test_what_is_wrong_with_an_envelope_is_shown() -> None:
    shown = first(through_json(order().replace(b"SE*7", b"SE*8")))
    assert shown["faults"] == [
        {"field": "segment 9 SE01", "reason": "says '8' segments, counted were 7"}
    ]


def test_a_remittance_shows_claims_amounts_and_that_it_balances() -> None:
    one = only_set(through_json(Advice([simple_claim()], [("CS", "FEE1", 25)]).raw()))
    assert one["imbalances"] == []
    remittance = one["remittance"]
    assert isinstance(remittance, dict)
    assert remittance["payment"]["amount"] == "34.75"
    assert remittance["payment"]["on"] == "2026-01-20"
    assert remittance["trace"]["number"] == "EFT4711"
    (claim,) = remittance["claims"]
    assert (claim["id"], claim["status"], claim["charge"], claim["paid"]) == (
        "RX100",
        "1",
        "50",
        "35",
    )
    assert claim["lines"][0]["product"] == {"qualifier": "N4", "code": "00093310501"}
    assert claim["lines"][0]["adjustments"][1] == {
        "group": "PR",
        "reason": "3",
        "amount": "5",
        "segment": 20,
    }
    assert remittance["provider_adjustments"][0]["reference"] == "FEE1"


def test_a_remittance_that_does_not_balance_shows_by_how_much() -> None:
    raw = Advice([simple_claim()]).raw().replace(b"BPR*I*35", b"BPR*I*36")
    imbalances = only_set(through_json(raw))["imbalances"]
    assert isinstance(imbalances, list)
    (one,) = imbalances
    assert one.pop("says").startswith("The payment is 36, but claims of 35 less")
    assert one == {"kind": "payment", "segment": 4, "stated": "36", "reckoned": "35"}


def test_a_remittance_that_cannot_be_read_is_shown_by_its_segments_with_the_fault() -> None:
    raw = Advice([simple_claim()]).raw().replace(b"BPR*I*35", b"BPR*I*??")
    one = only_set(through_json(raw))
    assert "remittance" not in one
    assert one["faults"] == [
        {
            "field": "segment 4 BPR02",
            "reason": "must be a decimal number of at most 18 digits, is '??'",
        }
    ]
    assert encode("x12", through_json(raw)) == raw


def test_a_receipt_shows_its_verdict() -> None:
    body = [["AK1", "PO", "901"], ["AK2", "850", "0001"], ["AK5", "R", "4"]]
    body.append(["AK9", "R", "1", "1", "0"])
    raw = interchange([group([paper("997", body)], functional="FA")])
    said = only_set(through_json(raw))["acknowledgement"]
    assert isinstance(said, dict)
    assert (said["control"], said["status"], said["accepted"]) == ("901", "R", 0)
    assert said["sets"] == [{"kind": "850", "control": "0001", "status": "R", "codes": ["4"]}]


def test_a_change_of_an_element_reaches_the_wire() -> None:
    for raw in (order(), order().replace(b"REF*IA", b"\t REF*IA")):
        text = json.dumps(through_json(raw)).replace('"0012345"', '"0099999"')
        changed = encode("x12", json.loads(text))
        assert b"REF*IA*0099999~" in changed


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (["interchanges"], None, "interchanges: must be a list"),
        (["interchanges", 0], 5, r"interchanges\[0\]: must be an object"),
        (["interchanges", 0, "delimiters"], "x", r"interchanges\[0\].delimiters: must be an"),
        (
            ["interchanges", 0, "delimiters"],
            {"element": "*"},
            r"interchanges\[0\].delimiters.component: is missing",
        ),
        (
            ["interchanges", 0, "delimiters", "component"],
            "*",
            r"interchanges\[0\].delimiters: two separators are the same",
        ),
        (["interchanges", 0, "newline"], 7, r"interchanges\[0\].newline: must be text"),
        (["interchanges", 0, "segments"], {}, r"interchanges\[0\].segments: must be a list"),
        (["interchanges", 0, "segments", 2], 7, r"segments\[2\]: must be a list"),
        (["interchanges", 0, "segments", 2, 1], 7, r"segments\[2\]\[1\]: must be text"),
        (["interchanges", 0, "segments", 2, 1], "A*B", r"segments\[2\]\[1\]: holds a sep"),
        (["interchanges", 0, "segments", 2, 1], "A~B", r"segments\[2\]\[1\]: holds a sep"),
        (["interchanges", 0, "segments", 2, 1], "€", "cannot carry the character '€'"),
        (
            ["interchanges", 0, "segments", 2],
            {"text": "A~B", "elements": ["A"]},
            r"segments\[2\].text: holds a segment terminator",
        ),
        (
            ["interchanges", 0, "segments", 2],
            {"elements": ["A"]},
            r"segments\[2\].text: is missing",
        ),
        (["tail"], 7, "tail: must be text"),
    ],
)
def test_json_that_is_no_file_is_refused_naming_the_key(
    path: list[str | int], value: object, fault: str
) -> None:
    obj = deepcopy(through_json(order()))
    inner: object = obj
    for key in path[:-1]:
        assert isinstance(inner, dict | list)
        inner = inner[key]  # type: ignore[index]  # keys follow the example
    assert isinstance(inner, dict | list)
    inner[path[-1]] = value  # type: ignore[index]  # keys follow the example
    with pytest.raises(Malformed, match=fault):
        encode("x12", obj)


@given(ADVICES, st.sampled_from(DIALECTS))
@settings(max_examples=25)
def test_every_remittance_comes_back_byte_for_byte(advice: Advice, dialect: Dialect) -> None:
    rows = [[one.replace(":", dialect.component) for one in row] for row in advice.rows()]
    raw = interchange([rows], dialect)
    assert encode("x12", through_json(raw)) == raw


@given(st.binary(max_size=150))
def test_whatever_follows_a_good_header_comes_back_byte_for_byte(rest: bytes) -> None:
    raw = written([isa()]).encode() + rest
    try:
        shown = through_json(raw)
    except Malformed:
        return
    assert encode("x12", shown) == raw
