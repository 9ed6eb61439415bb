"""Two people, one fill, one bottle: on the real database only one of them gets it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from apothecary.filling.actions import scan_bottle, start_filling
from apothecary.filling.models import BottleScan
from apothecary.filling.tests.bench import deeds, filling, now, outcomes, symbol, waiting
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.staff.signon import stand_in

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(world, *acts: Callable[[], object]) -> list[object]:
    """What each act gave, or the refusal it met, all let go at the same instant."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        stand_in(world.pharmacy.pk)
        gate.wait()
        try:
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_of_two_who_start_the_same_fill_one_is_refused(pharmacy):
    fill = waiting(pharmacy)
    hands = [pharmacy.technician, pharmacy.pharmacist, pharmacy.technician, pharmacy.trainee]
    got = at_once(
        pharmacy, *(lambda by=by: start_filling(by=by, fill_id=fill.pk) for by in hands)
    )
    assert sum(isinstance(each, Refused) for each in got) == len(hands) - 1
    assert deeds(pharmacy, fill).count(Deed.FILLING_STARTED) == 1
    assert now(fill).owner_id in {by.person_id for by in hands}


def test_one_bottle_scanned_four_times_at_once_counts_once(pharmacy):
    fill = filling(pharmacy)
    raw = symbol(pharmacy, "lisinopril")
    got = at_once(
        pharmacy,
        *[lambda: scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=raw)] * 4,
    )
    assert len({each.pk for each in got if isinstance(each, BottleScan)}) == 1
    assert not [each for each in got if isinstance(each, Refused)]
    assert outcomes(fill) == ["right"]
