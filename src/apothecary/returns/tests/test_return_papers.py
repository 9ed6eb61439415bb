"""The manifest and the credit on the wire: what is written, what is believed, what is not."""

import json
from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.returns.shipments.writing import (
    Sent,
    is_memo,
    manifest_bytes,
    read_answer,
    read_memo,
)
from apothecary.wires import Malformed

ANSWER = {
    "authorization": "RA000001",
    "lines": [
        {"line": "1", "approved": True, "because": ""},
        {"line": "2", "approved": False, "because": "is no product we know"},
    ],
}
MEMO = {
    "credit": "CM000001",
    "authorization": "RA000001",
    "reference": "R00001-1",
    "on": "2026-11-30",
    "lines": [
        {"line": "1", "ndc": "1", "counted": "90", "state": "full", "because": "",
         "credited_usd": "9.00"},
        {"line": "2", "ndc": "2", "counted": "45", "state": "short", "because": "counted less",
         "credited_usd": "4.50"},
    ],
    "total_usd": "13.50",
}  # fmt: skip


def spoiled(body, path, value):
    found = deepcopy(body)
    *way, last = path
    there = found
    for step in way:
        there = there[step]
    if value is KeyError:
        del there[last]
    else:
        there[last] = value
    return json.dumps(found).encode()


def test_a_manifest_says_each_line_with_its_numbers_as_text():
    line = Sent(
        line=1, ndc="00093416173", lot="L1", expires_on=date(2026, 10, 31),
        quantity=Decimal("4.500"), reason="expired", serial="S1", form_222="23",
    )  # fmt: skip
    raw = manifest_bytes(who="dea", account="FP9000011", reference="R00001-1", lines=[line])
    assert json.loads(raw) == {
        "dea": "FP9000011",
        "reference": "R00001-1",
        "lines": [
            {"line": "1", "ndc": "00093416173", "lot": "L1", "expires_on": "2026-10-31",
             "quantity": "4.500", "reason": "expired", "serial": "S1", "form_222": "23"}
        ],
    }  # fmt: skip


def test_without_serial_or_form_neither_is_named():
    line = Sent(
        line=1, ndc="1", lot="L", expires_on=date(2026, 1, 1), quantity=Decimal(1), reason="x"
    )
    (said,) = json.loads(
        manifest_bytes(who="account", account="1", reference="r", lines=[line])
    )["lines"]
    assert not {"serial", "form_222"} & set(said)


def test_an_answer_is_read_line_by_line():
    found = read_answer(json.dumps(ANSWER).encode())
    assert found.authorization == "RA000001"
    assert [(one.line, one.approved, one.because) for one in found.lines] == [
        (1, True, ""),
        (2, False, "is no product we know"),
    ]


def test_who_takes_nothing_needs_no_authorization():
    lines = [{"line": 1, "approved": False, "because": "no"}]
    assert read_answer(json.dumps({"lines": lines}).encode()).authorization == ""


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["lines"], KeyError, "lines"),
        (["lines"], [], "lines"),
        (["lines"], "two", "lines"),
        (["lines"], [{"line": "1", "approved": True, "because": ""}] * 501, "lines"),
        (["lines", 0], "one", r"lines\[1\]"),
        (["lines", 0, "line"], "x", r"lines\[1\]\.line"),
        (["lines", 0, "line"], "\u0661", r"lines\[1\]\.line"),
        (["lines", 0, "line"], True, r"lines\[1\]\.line"),
        (["lines", 0, "line"], "123456", r"lines\[1\]\.line"),
        (["lines", 0, "line"], "2", "lines: name one line twice"),
        (["lines", 1, "approved"], "yes", r"lines\[2\]\.approved"),
        (["lines", 1, "approved"], KeyError, r"lines\[2\]\.approved"),
        (["lines", 1, "because"], 7, r"lines\[2\]\.because"),
        (["lines", 1, "because"], "x" * 201, r"lines\[2\]\.because"),
        (["lines", 1, "because"], "a\0b", r"lines\[2\]\.because"),
        (["authorization"], KeyError, "authorization"),
        (["authorization"], " ", "authorization"),
        (["authorization"], 7, "authorization"),
    ],
)
def test_an_answer_that_is_none_is_refused_by_its_field(path, value, field):
    with pytest.raises(Malformed, match=field):
        read_answer(spoiled(ANSWER, path, value))


@pytest.mark.parametrize("raw", [b"", b"\xff", b"{", b"[]", b"7", b"[" * 100_000])
def test_bytes_that_are_no_object_are_refused(raw):
    for read in (read_answer, read_memo):
        with pytest.raises(Malformed, match="body"):
            read(raw)


def test_a_credit_is_read_to_the_cent():
    found = read_memo(json.dumps(MEMO).encode())
    assert (found.number, found.authorization, found.reference) == (
        "CM000001",
        "RA000001",
        "R00001-1",
    )
    assert (found.on, found.total_usd) == (date(2026, 11, 30), Decimal("13.50"))
    assert [(one.line, one.said, one.counted, one.usd) for one in found.lines] == [
        (1, "full", Decimal(90), Decimal("9.00")),
        (2, "short", Decimal(45), Decimal("4.50")),
    ]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["total_usd"], "13.51", "total_usd"),
        (["total_usd"], 13.5, "total_usd"),
        (["total_usd"], "13.500001", "finer than a cent"),
        (["total_usd"], "-13.50", "total_usd"),
        (["lines", 0, "credited_usd"], "9.001", "finer than a cent"),
        (["lines", 0, "credited_usd"], "-9.00", r"lines\[1\]\.credited_usd"),
        (["lines", 0, "credited_usd"], "1_0", r"lines\[1\]\.credited_usd"),
        (["lines", 0, "credited_usd"], "NaN", r"lines\[1\]\.credited_usd"),
        (["lines", 0, "credited_usd"], "1e3", r"lines\[1\]\.credited_usd"),
        (["lines", 0, "credited_usd"], "\u0669", r"lines\[1\]\.credited_usd"),
        (["lines", 0, "credited_usd"], "10000000", r"lines\[1\]\.credited_usd"),
        (["lines", 0, "counted"], "some", r"lines\[1\]\.counted"),
        (["lines", 0, "counted"], KeyError, r"lines\[1\]\.counted"),
        (["lines", 0, "counted"], "1000000", r"lines\[1\]\.counted"),
        (["lines", 0, "state"], "perhaps", r"lines\[1\]\.state"),
        (["lines", 0, "state"], "", r"lines\[1\]\.state"),
        (["lines", 0, "line"], "2", "lines"),
        (["on"], "30 Nov", "on"),
        (["on"], KeyError, "on"),
        (["on"], 20261130, "on"),
        (["credit"], "", "credit"),
        (["authorization"], "", "authorization"),
        (["reference"], "", "reference"),
    ],
)
def test_a_credit_that_is_none_is_refused_by_its_field(path, value, field):
    with pytest.raises(Malformed, match=field):
        read_memo(spoiled(MEMO, path, value))


@pytest.mark.parametrize(
    ("raw", "is_one"),
    [
        (json.dumps(MEMO).encode(), True),
        (b'{"credit": 1, "authorization": 2}', True),
        (b'{"credit": 1}', False),
        (b'{"recall": 1, "authorization": 2}', False),
        (b"[]", False),
        (b"ISA*00*", False),
        (b"\xff", False),
    ],
)
def test_a_credit_is_known_from_other_papers_well_made_or_not(raw, is_one):
    assert is_memo(raw) is is_one


@given(st.lists(st.integers(min_value=0, max_value=99_999), min_size=1, max_size=30))
def test_lines_of_any_cents_add_up_and_one_cent_more_does_not(cents):
    lines = [
        {"line": str(place), "counted": "1", "state": "full", "because": "",
         "credited_usd": f"{one // 100}.{one % 100:02}"}
        for place, one in enumerate(cents, start=1)
    ]  # fmt: skip
    total = sum(cents)
    good = MEMO | {"lines": lines, "total_usd": f"{total // 100}.{total % 100:02}"}
    assert sum(one.usd for one in read_memo(json.dumps(good).encode()).lines) * 100 == total
    bad = good | {"total_usd": f"{(total + 1) // 100}.{(total + 1) % 100:02}"}
    with pytest.raises(Malformed, match="total_usd"):
        read_memo(json.dumps(bad).encode())


@given(st.binary(max_size=200))
def test_no_bytes_make_the_readers_stumble(raw):
    for read in (read_answer, read_memo):
        with pytest.raises(Malformed):
            read(raw)
