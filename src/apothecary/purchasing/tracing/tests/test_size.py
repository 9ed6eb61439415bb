"""How large the owner is, and from when that makes transaction information needed."""

from datetime import date, timedelta

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tracing.models import DispenserSize
from apothecary.purchasing.tracing.size import LONGEST, STRICTER, say_size, size_of
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed


@pytest.fixture
def pic(pharmacy):
    return pharmacy.workers[Role.IN_CHARGE]


def test_the_pharmacist_in_charge_says_the_size_with_its_evidence(pic):
    row = say_size(by=pic, size="larger", evidence="28 full-time by payroll of 2024-11-27")
    assert size_of(pharmacy_id=pic.pharmacy_id) == "larger"
    (line,) = history(pharmacy_id=pic.pharmacy_id, about=[("dispensersize", row.pk)])
    assert line.deed == Deed.SIZE_SAID


def test_the_last_word_counts_and_the_earlier_stay(pic):
    later = pic.at_time(pic.at + timedelta(hours=1), pic.today)
    say_size(by=pic, size="larger", evidence="bought two stores")
    say_size(by=later, size="small", evidence="sold them")
    assert size_of(pharmacy_id=pic.pharmacy_id) == "small"
    assert DispenserSize.objects.filter(pharmacy=pic.pharmacy_id).count() == 3


def test_of_a_pharmacy_that_has_said_nothing_the_stricter_is_taken(db):
    assert STRICTER == "larger"
    assert size_of(pharmacy_id=999_999) == "larger"


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.PHARMACIST, Role.ADMINISTRATOR])
def test_nobody_else_sets_this_policy(pharmacy, role):
    with pytest.raises(NotAllowed):
        say_size(by=pharmacy.workers[role], size="small", evidence="payroll")


@pytest.mark.parametrize(
    ("size", "evidence", "field"),
    [
        ("", "payroll", "size"),
        ("tiny", "payroll", "size"),
        ("small", " ", "evidence"),
        ("small", "x" * (LONGEST + 1), "evidence"),
    ],
)
def test_a_size_without_name_or_evidence_is_refused_by_field(pic, size, evidence, field):
    before = DispenserSize.objects.count()
    with pytest.raises(Refused) as refusal:
        say_size(by=pic, size=size, evidence=evidence)
    assert [one.field for one in refusal.value.problems] == [field]
    assert DispenserSize.objects.count() == before


@pytest.mark.parametrize(
    ("size", "on", "goes_in"),
    [
        ("small", date(2026, 11, 26), True),
        ("small", date(2026, 11, 27), False),
        ("larger", date(2026, 11, 23), False),
        ("larger", date(2025, 11, 26), True),
    ],
)
def test_at_the_door_the_size_decides_from_which_day_a_document_is_needed(
    yard, pic, size, on, goes_in
):
    say_size(by=pic, size=size, evidence="payroll")
    receipt = yard.begun(yard.sent(lisinopril=2))
    by = yard.by.at_time(yard.by.at + (on - yard.by.today), on)
    came = yard.came(serial="S9")
    if goes_in:
        assert yard.takes_in(receipt, came, by=by).is_good
        return
    with pytest.raises(Refused) as refusal:
        yard.takes_in(receipt, came, by=by)
    assert {one.code for one in refusal.value.problems} == {Condition.NO_INFORMATION.value}
    row = yard.takes_in(receipt, came, condition=Condition.NO_INFORMATION, by=by)
    assert (row.condition, row.place.kind) == ("no information", "quarantine")
