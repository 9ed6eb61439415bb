"""A package at the door beside what its seller told of it."""

from datetime import date, timedelta

import pytest

from apothecary.law.problem import Refused
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tests.yard import FAR
from apothecary.purchasing.tracing.rules import Told as Words
from apothecary.purchasing.tracing.rules import (
    differing,
    enforced,
    missing_problems,
    sample_size,
)
from apothecary.purchasing.tracing.taking import take_document
from apothecary.purchasing.tracing.tests.seller import Told

SMALL, LARGER = date(2026, 11, 27), date(2025, 11, 27)
A_DAY = timedelta(days=1)


@pytest.fixture
def receipt(yard):
    take_document(by=yard.by, partner="plains", raw=Told().xml())
    return yard.begun(yard.sent(lisinopril=3))


def test_a_package_as_its_seller_told_it_goes_in(yard, receipt):
    assert yard.takes_in(receipt, yard.came(serial="S1")).is_good


@pytest.mark.parametrize("change", [{"lot": "L8"}, {"expires_on": FAR + A_DAY}])
def test_another_lot_or_expiry_than_was_told_is_suspect_and_quarantined(yard, receipt, change):
    came = yard.came(serial="S1", **change)
    with pytest.raises(Refused) as refusal:
        yard.takes_in(receipt, came)
    assert [(one.code, one.cite) for one in refusal.value.problems] == [
        (Condition.SUSPECT.value, "FDCA 582(d)(4)(A)")
    ]
    assert not ReceivedPackage.objects.exists()
    row = yard.takes_in(receipt, came, condition=Condition.SUSPECT, because="other lot")
    assert row.place.kind == "quarantine"


@pytest.mark.parametrize("serial", ["", "S9"])
def test_what_nobody_told_of_waits_in_quarantine_from_the_day_of_the_law(yard, serial):
    receipt = yard.begun(yard.sent(lisinopril=2))
    on = SMALL - yard.by.today
    before = yard.by.at_time(yard.by.at + on - A_DAY, SMALL - A_DAY)
    assert yard.takes_in(receipt, yard.came(serial=serial), by=before).is_good
    after = yard.by.at_time(yard.by.at + on, SMALL)
    with pytest.raises(Refused, match="No transaction information"):
        yard.takes_in(receipt, yard.came(serial=serial and "S10"), by=after)


@pytest.mark.parametrize(
    ("size", "on", "needed"),
    [
        ("small", SMALL - A_DAY, False),
        ("small", SMALL, True),
        ("small", SMALL + A_DAY, True),
        ("larger", LARGER - A_DAY, False),
        ("larger", LARGER, True),
    ],
)
def test_the_exemption_ends_on_its_day_by_size(size, on, needed):
    found = missing_problems("S1", on=on, size=size)
    assert [one.code for one in found] == ["no information"] * needed
    assert all(one.verified == "V2" and one.cite for one in found)


def test_lot_and_expiry_are_each_named():
    told = Words("L1", FAR)
    found = differing(told, lot="L2", expires_on=FAR - A_DAY)
    assert [one.field for one in found] == ["lot", "expires_on"]


@pytest.mark.parametrize("size", ["", "huge"])
def test_an_unknown_size_is_a_fault(size):
    with pytest.raises(KeyError):
        missing_problems("", on=SMALL, size=size)


def test_every_date_bears_its_source_and_mark():
    assert {row.who for row in enforced().values()} == {"small", "larger"}
    assert all(row.cite and row.mark == "V2" for row in enforced().values())


@pytest.mark.parametrize(
    ("packages", "verified"),
    [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (30, 3), (31, 4), (40, 4), (41, 5), (1000, 100)],
)
def test_three_or_a_tenth_are_verified_whichever_is_more(packages, verified):
    assert sample_size(packages) == verified


def test_less_than_nothing_is_no_sample():
    with pytest.raises(ValueError, match="-1"):
        sample_size(-1)
