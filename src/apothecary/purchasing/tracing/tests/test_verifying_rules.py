"""What may be asked of a responder, and what its answer says: tables and round trips."""

import json
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.purchasing.tracing.states import Verdict
from apothecary.purchasing.tracing.tests.cases import identifier
from apothecary.purchasing.tracing.tests.seller import GTIN
from apothecary.purchasing.tracing.verifying.rules import (
    CITE_ANSWER,
    LONGEST_ELEMENT,
    LONGEST_SAID,
    REASONS,
    Identifier,
    identifier_problems,
    is_gtin,
    question,
    read_answer,
    said,
)

PLAIN = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


def data(**more: object) -> bytes:
    return json.dumps({"data": more}).encode()


def fields(asked: Identifier) -> list[str]:
    return [one.field for one in identifier_problems(asked)]


def test_a_whole_identifier_can_be_asked_about():
    assert fields(identifier()) == []
    assert question(identifier()) == f"gtin/{GTIN}/lot/L7/ser/S1?exp=280630".encode()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"gtin": ""}, ["gtin"]),
        ({"gtin": "1" * 14}, ["gtin"]),
        ({"gtin": GTIN[:-1]}, ["gtin"]),
        ({"gtin": "٠" * 14}, ["gtin"]),
        ({"serial": ""}, ["serial"]),
        ({"serial": "x" * LONGEST_ELEMENT}, []),
        ({"serial": "x" * (LONGEST_ELEMENT + 1)}, ["serial"]),
        ({"serial": "a\nb"}, ["serial"]),
        ({"serial": "é"}, ["serial"]),
        ({"lot": ""}, ["lot"]),
        ({"lot": "L" * (LONGEST_ELEMENT + 1)}, ["lot"]),
        ({"gtin": "", "serial": "", "lot": ""}, ["gtin", "serial", "lot"]),
    ],
)
def test_each_part_that_is_missing_or_impossible_is_named(change, wrong):
    asked = replace(identifier(), **change)
    assert fields(asked) == wrong
    if wrong:
        with pytest.raises(ValueError, match="cannot be asked"):
            question(asked)


@given(serial=PLAIN, lot=PLAIN, on=st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_whatever_stands_on_a_package_arrives_as_it_stands(serial, lot, on):
    parts = urlsplit(question(Identifier(GTIN, serial, lot, on)).decode("ascii"))
    words = [unquote(one) for one in parts.path.split("/")]
    assert words == ["gtin", GTIN, "lot", lot, "ser", serial]
    assert parse_qs(parts.query) == {"exp": [f"{on:%y%m%d}"]}


@given(st.text("0123456789", min_size=13, max_size=13))
def test_of_all_last_digits_one_checks(body):
    assert sum(is_gtin(body + last) for last in "0123456789") == 1


@pytest.mark.parametrize(
    ("status", "body", "verdict", "words"),
    [
        (200, data(verified=True), Verdict.VERIFIED, "verified"),
        (200, data(verified=True, additionalInfo="recalled"), Verdict.VERIFIED, "recalled"),
        (200, data(verified=False), Verdict.NOT_VERIFIED, "no reason given"),
        (200, data(verified=False, additionalInfo="suspect"), Verdict.NOT_VERIFIED, "suspect"),
        (200, data(verified=True, verificationFailureReason="x"), Verdict.UNCLEAR, "contra"),
        (200, data(verified="true"), Verdict.UNCLEAR, "cannot be read"),
        (200, data(verified=1), Verdict.UNCLEAR, "cannot be read"),
        (200, data(verified=None), Verdict.UNCLEAR, "cannot be read"),
        (200, data(verified=False, verificationFailureReason=7), Verdict.UNCLEAR, "read"),
        (200, data(), Verdict.UNCLEAR, "cannot be read"),
        (200, b"[]", Verdict.UNCLEAR, "cannot be read"),
        (200, b'{"data": []}', Verdict.UNCLEAR, "cannot be read"),
        (200, b"", Verdict.UNCLEAR, "nothing"),
        (200, b"<html>come back</html>", Verdict.UNCLEAR, "come back"),
        (200, b"\xff\xfe", Verdict.UNCLEAR, "cannot be read"),
        (200, b"[" * 100_000, Verdict.UNCLEAR, "cannot be read"),
        (302, data(verified=True), Verdict.UNCLEAR, "302"),
        (404, b"no such product", Verdict.REFUSED, "no such product"),
        (422, b'{"problem": "exp"}', Verdict.REFUSED, "exp"),
    ],
)
def test_an_answer_is_yes_no_refused_or_unclear_and_nothing_is_supposed(
    status, body, verdict, words
):
    found, says = read_answer(status, body)
    assert found is verdict
    assert words in says


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_each_reason_of_a_responder_is_said_in_words(reason):
    found, says = read_answer(200, data(verified=False, verificationFailureReason=reason))
    assert found is Verdict.NOT_VERIFIED
    assert REASONS[reason] in says


def test_a_reason_nobody_knows_is_shown_as_it_came():
    _, says = read_answer(200, data(verified=False, verificationFailureReason="Odd_one"))
    assert "Odd_one" in says


@given(st.integers(100, 599), st.binary(max_size=600))
def test_no_answer_however_odd_is_taken_for_a_yes(status, body):
    found, says = read_answer(status, body)
    assert found is not Verdict.VERIFIED
    assert says
    assert "\0" not in says


@given(st.binary(max_size=1_000))
def test_what_is_shown_of_an_answer_is_short_text_without_nul(body):
    assert 0 < len(said(body)) <= LONGEST_SAID
    assert "\0" not in said(body)


def test_the_time_for_an_answer_bears_its_source():
    assert "582" in CITE_ANSWER
