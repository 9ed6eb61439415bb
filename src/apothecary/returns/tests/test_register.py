"""An inspector asks what was destroyed: every lot of a period, before whom, and how."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import PIN
from apothecary.law.problem import Refused
from apothecary.returns.disposal import register
from apothecary.returns.disposal.destroying import How, Item, destroy
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.vault.inspection import printed

METHOD = "chemical digestion, then burnt at a permitted unit"


def asked(room, role=Role.PHARMACIST, **said):
    by = room.world.workers[role]
    return printed(by=by, key="destructions", kind="csv", said=said).decode()


@pytest.fixture
def destroyed(room):
    """Ninety expired tablets, destroyed before two."""
    lot = room.pulled("oxycodone")
    how = How(place="pharmacy", method=METHOD, destroyed_on=room.by.today, key="d1")
    return destroy(
        by=room.world.pharmacist,
        items=[Item(lot.pk, room.quarantine.pk, Decimal(90))],
        how=how,
        initials=room.world.technician.initials,
        pin=PIN,
    )


def test_the_register_names_what_was_destroyed_before_whom_and_how(room, destroyed):
    paper = asked(room)
    for words in ("D0001", "oxycodone", "90 tablets", METHOD, room.world.pharmacist.name,
                  room.world.technician.name):  # fmt: skip
        assert words in paper


@pytest.mark.parametrize(("days", "there"), [(-1, False), (0, True), (1, True)])
def test_a_destruction_stands_in_the_period_of_its_day(room, destroyed, days, there):
    last = (room.by.today + timedelta(days=days)).isoformat()
    first = (room.by.today - timedelta(days=30)).isoformat()
    assert ("D0001" in asked(room, first=first, last=last)) is there


def test_a_period_that_cannot_be_is_refused_by_its_field(room):
    with pytest.raises(Refused) as refused:
        asked(room, first="2026-11-30", last="2026-11-01")
    assert [problem.field for problem in refused.value.problems] == ["last"]


def test_an_administrator_prints_no_records(room):
    with pytest.raises(NotAllowed):
        asked(room, Role.ADMINISTRATOR)


def test_where_nothing_was_destroyed_the_paper_says_so(room):
    paper = register.destructions_paper(room.world.pharmacist, {})
    assert (list(paper.rows), list(paper.below)) == (
        [],
        ["None was destroyed in this period."],
    )
