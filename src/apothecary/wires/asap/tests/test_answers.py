from datetime import date, time

import pytest

from apothecary.wires.asap import is_answer, read, read_answer
from apothecary.wires.asap.answers import Answer
from apothecary.wires.asap.tests.reports import (
    ACKNOWLEDGED,
    FAILED,
    SINGLE,
    TAKEN_BACK,
    ZERO,
    raw,
)
from apothecary.wires.errors import Malformed


def answer(text: str) -> Answer:
    (one,) = read(raw(text)).transmissions
    return read_answer(one)


def test_an_acknowledgement_says_which_file_was_received() -> None:
    found = answer(ACKNOWLEDGED)
    assert found.received
    assert (found.control, found.responds_to) == ("ANS1", "CTL9")
    assert (found.created_on, found.created_at) == (date(2026, 1, 16), time(1, 2, 3))
    assert found.said == "ALL RECEIVED"
    assert found.rest == ()


def test_an_error_in_receiving_is_no_acknowledgement() -> None:
    found = answer(FAILED)
    assert not found.received
    assert found.said == "NO TT"


@pytest.mark.parametrize(
    ("responds_to", "control", "about"),
    [("CTL9", "CTL9", True), ("CTL9", "CTL8", False), ("", "CTL9", False), ("", "", False),
     ("CTL9", "", False), ("ctl9", "CTL9", False)],
)  # fmt: skip
def test_an_answer_is_about_the_file_it_names_and_no_other(
    responds_to: str, control: str, about: bool
) -> None:
    found = answer(ACKNOWLEDGED.replace("*02*CTL9*", f"*02*{responds_to}*"))
    assert found.is_about(control) is about


def test_segments_we_do_not_know_of_an_answer_are_kept() -> None:
    found = answer(ACKNOWLEDGED.replace("TT*", "ERR*5*DSP09*TOO LARGE~TT*"))
    assert found.rest == (("ERR", "5", "DSP09", "TOO LARGE"),)


def test_an_answer_without_a_source_says_nothing() -> None:
    assert answer("TH*4.2B*A*03*CTL9*20260116*010203*P**~~TT*A*2~").said == ""


@pytest.mark.parametrize(("text", "kind"), [(SINGLE, "01"), (ZERO, "01"), (TAKEN_BACK, "04")])
def test_what_is_no_answer_is_refused(text: str, kind: str) -> None:
    (one,) = read(raw(text)).transmissions
    assert not is_answer(one)
    with pytest.raises(
        Malformed, match=rf"TH03 \(transaction type\): must be 02 or 03.*'{kind}'"
    ):
        read_answer(one)


@pytest.mark.parametrize("text", [ACKNOWLEDGED, FAILED])
def test_an_answer_is_told_from_a_report(text: str) -> None:
    (one,) = read(raw(text)).transmissions
    assert is_answer(one)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("20260116", "20261616", r"TH05 \(created on\): is not a day of the calendar"),
        ("010203", "999999", r"TH06 \(created at\): is not a time of day"),
        ("TH*4.2B", "TH*9.9", r"TH01 \(version\): must be one of"),
    ],
)
def test_an_answer_whose_header_is_ill_typed_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(Malformed, match=fault):
        answer(ACKNOWLEDGED.replace(old, new))
