import json
from collections.abc import Iterator
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.config.wired import wired
from apothecary.wires.asap.tests.reports import (
    ACKNOWLEDGED,
    COMPOUND,
    FAILED,
    SINGLE,
    TAKEN_BACK,
    ZERO,
    raw,
)
from apothecary.wires.command import decode, encode, split_stream
from apothecary.wires.errors import Malformed

EVERY = [SINGLE, COMPOUND, ZERO, TAKEN_BACK, ACKNOWLEDGED, FAILED]


def through_json(text: bytes) -> dict[str, object]:
    loaded = json.loads(json.dumps(decode("asap", text)))
    assert isinstance(loaded, dict)
    return loaded


def first(shown: dict[str, object]) -> dict[str, object]:
    told = shown["transmissions"]
    assert isinstance(told, list)
    found = told[0]
    assert isinstance(found, dict)
    return found


def segment(shown: dict[str, object], number: int) -> dict[str, object]:
    told = first(shown)["segments"]
    assert isinstance(told, list)
    found = told[number - 1]
    assert isinstance(found, dict)
    return found


ODD = [
    SINGLE + "\x1a",
    SINGLE.rstrip("\r\n")[:-1],
    SINGLE.replace("\r\nPRE", "\nPRE"),
    SINGLE.replace("\r\n", ""),
    "\xef\xbb\xbf\n" + SINGLE,
    SINGLE.replace("~~", "~"),
    SINGLE.replace("*", "|").replace("~", "\n"),
    SINGLE.replace("PAT*MN", "~~PAT*MN"),
    SINGLE.replace("TH*4.2*", "TH*4.1*"),
    SINGLE.replace("DOE", "DO\xcb\xff\x00"),
    SINGLE.replace("AIR***MN", "\r\nAIR***MN"),
    SINGLE.replace("ORD-0001~", "ORD-0001*****~"),
    "".join(EVERY),
]


@pytest.mark.parametrize("text", EVERY + ODD)
def test_every_report_comes_back_from_json_byte_for_byte(text: str) -> None:
    assert encode("asap", through_json(raw(text))) == raw(text)


def test_a_report_shows_what_it_says_beside_how_it_says_it() -> None:
    shown = through_json(raw(SINGLE))
    told = first(shown)
    assert told["version"] == "4.2"
    assert told["control"] == "CTL420001"
    assert told["test"] is True
    assert told["separators"] == {"element": "*", "segment": "~"}
    assert told["newline"] == "\r\n"
    assert told["faults"] == []
    dispensed = segment(shown, 5)
    assert (dispensed["id"], dispensed["name"]) == ("DSP", "Dispensed")
    values, means = dispensed["values"], dispensed["means"]
    assert isinstance(values, dict)
    assert isinstance(means, dict)
    assert values["filled_on"] == "2026-01-12"
    assert values["quantity"] == "30"
    assert values["days_supply"] == 7
    assert means["rx_origin"] == "electronic"
    assert means["reporting_status"] == "new"
    assert "text" not in dispensed


def test_a_code_is_shown_with_what_it_means_in_its_version() -> None:
    old = segment(through_json(raw(SINGLE)), 7)["means"]
    new = segment(through_json(raw(SINGLE.replace("TH*4.2*", "TH*5.0*"))), 7)["means"]
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    assert (old["relationship"], new["relationship"]) == ("spouse", "caregiver")


def test_an_ill_typed_value_is_shown_raw_and_named() -> None:
    shown = through_json(raw(SINGLE.replace("*30*7*", "*3O*7*")))
    values = segment(shown, 5)["values"]
    assert isinstance(values, dict)
    assert "quantity" not in values
    assert first(shown)["faults"] == [
        {
            "field": "segment 5 DSP09 (quantity)",
            "reason": "must be digits with at most one point, is '3O'",
        }
    ]


def test_a_version_we_do_not_know_is_shown_without_meanings() -> None:
    shown = through_json(raw(SINGLE.replace("TH*4.2*", "TH*3.0*")))
    assert "values" not in segment(shown, 5)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (ACKNOWLEDGED, {"received": True, "responds_to": "CTL9", "said": "ALL RECEIVED"}),
        (FAILED, {"received": False, "responds_to": "CTL9", "said": "NO TT"}),
        (SINGLE, None),
        (ACKNOWLEDGED.replace("20260116", "2026"), None),
    ],
)
def test_an_answer_is_shown_as_one(text: str, answer: dict[str, object] | None) -> None:
    assert first(through_json(raw(text))).get("answer") == answer


def test_a_change_of_an_element_reaches_the_wire() -> None:
    shown = through_json(raw(SINGLE))
    changed = json.loads(json.dumps(shown).replace('"2001234"', '"2001999"'))
    assert encode("asap", changed) == raw(SINGLE.replace("2001234", "2001999"))


def test_a_change_of_an_element_wins_over_the_exact_text() -> None:
    shown = through_json(raw(SINGLE.replace("\r\nPRE", "\nPRE")))
    assert "text" in segment(shown, 6)
    changed = json.loads(json.dumps(shown).replace('"SMITH"', '"SMYTH"'))
    assert b"*SMYTH*ALEX" in encode("asap", changed)


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (["transmissions"], "x", "transmissions: must be a list"),
        (["transmissions", 0], 5, r"transmissions\[0\]: must be an object"),
        (["transmissions", 0, "separators"], None, r"\[0\].separators: must be an object"),
        (["transmissions", 0, "separators", "element"], 5, "separators.element: must be text"),
        (["transmissions", 0, "separators", "segment"], "A", "the segment terminator is 'A'"),
        (["transmissions", 0, "newline"], "x", r"newline: must be blank, is 'x'"),
        (["transmissions", 0, "segments"], 1, r"\[0\].segments: must be a list"),
        (["transmissions", 0, "segments", 4], "DSP", r"segments\[4\]: must be an object"),
        (["transmissions", 0, "segments", 4, "id"], None, r"segments\[4\].id: must be text"),
        (
            ["transmissions", 0, "segments", 4, "elements"],
            {},
            r"\[4\].elements: must be a list",
        ),
        (["transmissions", 0, "segments", 4, "elements", 1], 7, r"elements\[1\]: must be text"),
        (["transmissions", 0, "segments", 4, "elements", 1], "a*b", "holds a separator"),
        (["transmissions", 0, "segments", 4, "elements", 1], "a~b", "holds a separator"),
        (["transmissions", 0, "segments", 4, "elements", 8], "~", r"\[8\]: holds a separator"),
        (["transmissions", 0, "segments", 0, "elements", 1], "~", r"\[1\]: holds a separator"),
        (["transmissions", 0, "segments", 4, "elements", 1], "€", "cannot carry the character"),
        (["tail"], 5, "tail: must be text"),
    ],
)
def test_json_that_is_no_report_is_refused_naming_the_key(
    path: list[str | int], value: object, fault: str
) -> None:
    place = deepcopy(through_json(raw(SINGLE)))
    inner: object = place
    for key in path[:-1]:
        assert isinstance(inner, dict | list)
        inner = inner[key]  # type: ignore[index]  # keys follow the example
    assert isinstance(inner, dict | list)
    inner[path[-1]] = value  # type: ignore[index]  # keys follow the example
    with pytest.raises(Malformed, match=fault):
        encode("asap", place)


def test_a_file_of_many_comes_one_transmission_at_a_time_and_back() -> None:
    whole = raw("".join(EVERY))
    pieces = list(split_stream("asap", whole))
    assert [encode("asap", through_json(one)) for one in pieces] == pieces
    assert b"".join(pieces) == whole


def streamed(way: str, text: bytes) -> Iterator[bytes]:
    return wired("asap", way, text, stream=True)


def test_the_command_reads_a_stream_and_goes_on_behind_a_bad_transmission() -> None:
    whole = raw(SINGLE.rstrip()) + b"TH*4.2*C*"
    shown, bad = [json.loads(one) for one in streamed("decode", whole)]
    assert shown["transmissions"][0]["control"] == "CTL420001"
    assert bad["error"].startswith("transmission 1 TH: is cut short")
    assert bad["number"] == 2


def test_the_command_writes_back_what_it_read_of_a_stream() -> None:
    whole = raw("".join(EVERY))
    lines = b"".join(streamed("decode", whole))
    assert b"".join(streamed("encode", lines)) == whole


@given(st.sampled_from(EVERY), st.data())
def test_any_accident_that_can_be_read_comes_back(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    size = data.draw(st.integers(0, 9))
    new = data.draw(st.text(st.characters(max_codepoint=255), max_size=5))
    damaged = raw(text[:place] + new + text[place + size :])
    try:
        shown = through_json(damaged)
    except Malformed:
        return
    assert encode("asap", shown) == damaged
