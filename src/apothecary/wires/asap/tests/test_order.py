"""What may follow what, pair by pair: the table is written out here a second time."""

from itertools import product

import pytest

from apothecary.wires.asap import conformance, read
from apothecary.wires.asap.tables import SEGMENT_NAMES
from apothecary.wires.asap.tests.reports import raw

HEAD = "TH*4.2*C*01**20260115*101500*T**~~"
# The way to each segment, so that it stands where it may stand itself.
WAYS = {
    "TH": [],
    "IS": ["IS"],
    "PHA": ["IS", "PHA"],
    "PAT": ["IS", "PHA", "PAT"],
    "DSP": ["IS", "PHA", "PAT", "DSP"],
    "PRE": ["IS", "PHA", "PAT", "DSP", "PRE"],
    "CDI": ["IS", "PHA", "PAT", "DSP", "PRE", "CDI"],
    "AIR": ["IS", "PHA", "PAT", "DSP", "PRE", "AIR"],
    "TP": ["IS", "PHA", "PAT", "DSP", "PRE", "TP"],
    "TT": ["IS", "PHA", "PAT", "DSP", "PRE", "TP", "TT"],
}
MAY = {
    ("TH", "IS"), ("TH", "TT"),
    ("IS", "PHA"), ("IS", "TT"),
    ("PHA", "PAT"), ("PHA", "TP"),
    ("PAT", "DSP"),
    ("DSP", "PRE"), ("DSP", "CDI"), ("DSP", "AIR"), ("DSP", "PAT"), ("DSP", "TP"),
    ("PRE", "CDI"), ("PRE", "AIR"), ("PRE", "PAT"), ("PRE", "TP"),
    ("CDI", "CDI"), ("CDI", "AIR"), ("CDI", "PAT"), ("CDI", "TP"),
    ("AIR", "PAT"), ("AIR", "TP"),
    ("TP", "PHA"), ("TP", "TT"),
}  # fmt: skip
PAIRS = [pair for pair in product(SEGMENT_NAMES, SEGMENT_NAMES) if pair[1] != "TH"]


def order_faults(names: list[str]) -> list[str]:
    text = HEAD + "".join(f"{name}*~" for name in names)
    (one,) = read(raw(text)).transmissions
    return [
        f"{each.field}: {each.reason}"
        for each in conformance(one)
        if "must not follow" in each.reason
    ]


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_the_way_to_each_segment_is_in_order(way: list[str]) -> None:
    assert order_faults(way) == []


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_segment_follows_only_what_it_may_follow(before: str, after: str) -> None:
    way = WAYS[before]
    found = order_faults([*way, after])
    place = len(way) + 2
    if (before, after) in MAY:
        assert found == []
    else:
        assert found == [f"segment {place} {after}: must not follow {before}"]


@pytest.mark.parametrize("after", [name for name in SEGMENT_NAMES if name != "TH"])
def test_an_unknown_segment_changes_nothing_about_the_order(after: str) -> None:
    for before, way in WAYS.items():
        found = order_faults([*way, "ZZZ", after])
        assert (found == []) is ((before, after) in MAY)


@pytest.mark.parametrize("way", [WAYS[name] for name in WAYS if name != "TT"])
def test_every_other_end_is_cut_short(way: list[str]) -> None:
    text = HEAD + "".join(f"{name}*~" for name in way)
    (one,) = read(raw(text)).transmissions
    assert str(conformance(one)[-1]) == "TT: is missing at the end"


def test_two_patients_without_a_dispensing_between_are_out_of_order() -> None:
    assert order_faults(["IS", "PHA", "PAT", "PAT", "DSP"]) == [
        "segment 5 PAT: must not follow PAT"
    ]


def test_a_pharmacy_may_report_nothing_at_all_and_another_follow_it() -> None:
    assert order_faults(["IS", "PHA", "TP", "PHA", "TP", "TT"]) == []
