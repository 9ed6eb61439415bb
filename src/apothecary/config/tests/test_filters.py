import json
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.config.filters import LONGEST_LINE, answers


def echo(asked: dict[str, object]) -> Mapping[str, object]:
    return {"id": asked.get("id"), "heard": asked.get("sig")}


def said(*lines: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in answers(lines, echo)]


def test_every_line_is_answered_in_its_place() -> None:
    lines = [json.dumps({"id": n, "sig": f"{n} tab"}).encode() + b"\n" for n in range(50)]
    assert [answer["id"] for answer in said(*lines)] == list(range(50))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "no JSON"),
        (b"1 tab po bid", "no JSON"),
        (b"[1, 2]", "no JSON object"),
        (b'"sig"', "no JSON object"),
        (b"null", "no JSON object"),
        (b'{"sig": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "no JSON"),
        (b'{"sig": "' + b"x" * LONGEST_LINE + b'"}', "longer than"),
    ],
)
def test_a_bad_line_is_told_its_reason_and_the_next_is_answered(line: bytes, says: str) -> None:
    bad, good = said(line, b'{"id": "next", "sig": "1 tab"}')
    assert bad["id"] is None
    assert says in str(bad["error"])
    assert good == {"id": "next", "heard": "1 tab"}


@pytest.mark.parametrize("length", [LONGEST_LINE - 1, LONGEST_LINE, LONGEST_LINE + 1])
def test_the_longest_line_is_still_answered(length: int) -> None:
    frame = b'{"sig": ""}'
    line = frame.replace(b'""', b'"' + b"x" * (length - len(frame)) + b'"')
    assert len(line) == length
    (answer,) = said(line)
    assert ("error" in answer) is (length > LONGEST_LINE)


def test_an_empty_line_asks_nothing() -> None:
    assert said(b"\n", b"  \n") == []


def test_letters_of_every_script_come_back_as_they_are() -> None:
    (line,) = answers(['{"id": 1, "sig": "Tome después"}'.encode()], echo)
    assert "después" in line


def test_a_quantity_reaches_the_rule_as_a_decimal() -> None:
    heard: list[object] = []

    def listen(asked: dict[str, object]) -> Mapping[str, object]:
        heard.append(asked["quantity"])
        return {"id": None}

    list(answers([b'{"quantity": 2.675}', b'{"quantity": 60}'], listen))
    assert heard == [Decimal("2.675"), 60]
    assert type(heard[0]) is Decimal


@given(st.lists(st.binary(max_size=40)))
def test_whatever_comes_there_is_one_answer_for_each_line(lines: list[bytes]) -> None:
    asked = [line for line in lines if line.strip()]
    assert len(said(*lines)) == len(asked)


@pytest.mark.parametrize("number", ["9" * 5_000, "-" + "9" * 5_000, "1.5e" + "9" * 30])
def test_a_number_too_long_to_be_read_is_a_bad_line_and_the_next_one_is_answered(
    number: str,
) -> None:
    lines = [b'{"id": "long", "n": %s}' % number.encode(), b'{"id": "next"}']
    first, second = said(*lines)
    assert "too long to be read" in str(first["error"])
    assert second["id"] == "next"
