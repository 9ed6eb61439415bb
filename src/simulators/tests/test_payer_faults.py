"""Misbehaviour: reading it, striking with it, and how long it lasts."""

import pytest

from simulators.payer.faults import (
    KINDS,
    BadFault,
    Fault,
    Faults,
    read_fault,
    read_fault_text,
)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("drop", Fault("drop")),
        ("delay", Fault("delay", seconds=2.0)),
        ("late", Fault("late", seconds=60.0)),
        ("late:seconds=5", Fault("late", seconds=5.0)),
        ("drop:share=0.1", Fault("drop", share=0.1)),
        ("twice:count=3", Fault("twice", count=3)),
        ("reject:code=e7", Fault("reject", code="E7")),
        ("silent:bin=999998", Fault("silent", bin="999998")),
        ("odd:dialect=padded", Fault("odd", dialect="padded")),
        ("reject:code=79,count=2,share=0.5", Fault("reject", share=0.5, count=2, code="79")),
    ],
)
def test_a_fault_reads_from_the_command_line(text: str, fault: Fault) -> None:
    assert read_fault_text(text) == fault


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "kind"),
        ("explode", "kind"),
        ("down", "kind"),
        ("drop:share", "share"),
        ("drop:share=none", "share"),
        ("drop:share=0", "share"),
        ("drop:share=1.01", "share"),
        ("drop:share=nan", "share"),
        ("drop:count=-1", "count"),
        ("drop:count=0.5", "count"),
        ("delay:seconds=-1", "seconds"),
        ("delay:seconds=3601", "seconds"),
        ("reject", "code"),
        ("reject:code=12345", "code"),
        ("reject:code=7!", "code"),
        ("drop:whom=me", "whom"),
        ("drop:bin=12345", "bin"),
        ("drop:bin=12345A", "bin"),
        ("odd", "dialect"),
        ("odd:dialect=klingon", "dialect"),
        ("drop:dialect=padded", "dialect"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_by_name(text: str, names: str) -> None:
    with pytest.raises(BadFault, match=names):
        read_fault_text(text)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"reject", "odd"}])
def test_every_kind_reads_bare(kind: str) -> None:
    assert read_fault({"kind": kind}).as_json()["kind"] == kind


def test_a_counted_fault_is_used_up() -> None:
    faults = Faults(1)
    faults.add(Fault("drop", count=2))
    struck = [faults.strike() for _ in range(4)]
    assert [bool(one) for one in struck] == [True, True, False, False]
    assert faults.now() == []


def test_the_fault_set_first_strikes_first() -> None:
    faults = Faults(1)
    faults.add(Fault("drop", count=1))
    faults.add(Fault("twice", count=1))
    assert [one.kind for one in (faults.strike(), faults.strike()) if one] == ["drop", "twice"]


def test_a_fault_without_count_lasts_until_cleared() -> None:
    faults = Faults(1)
    faults.add(Fault("drop"))
    assert all(faults.strike() for _ in range(50))
    faults.clear()
    assert faults.strike() is None


@pytest.mark.parametrize(("share", "low", "high"), [(0.1, 60, 140), (0.5, 430, 570)])
def test_a_share_strikes_about_that_often(share: float, low: int, high: int) -> None:
    faults = Faults(4)
    faults.add(Fault("drop", share=share))
    assert low < sum(faults.strike() is not None for _ in range(1000)) < high


def test_garbage_never_holds_a_frame_mark() -> None:
    faults = Faults(2)
    for _ in range(100):
        text = faults.garbage()
        assert "\x02" not in text
        assert "\x03" not in text
        assert len(text) == 64


def test_a_fault_of_one_payer_strikes_no_other_behind_the_same_switch() -> None:
    faults = Faults(1)
    faults.add(Fault("silent", bin="999998", count=1))
    assert faults.strike("999999") is None
    struck = faults.strike("999998")
    assert struck is not None
    assert struck.kind == "silent"
    assert faults.strike("999998") is None
