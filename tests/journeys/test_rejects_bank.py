"""A bank of two hundred refused claims and more: what the house mends alone and explains."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from apothecary.claims.tests.counter import Payer, Till
from journeys.reject_bank import Bank
from journeys.reject_rows import Scenario, scenarios

if TYPE_CHECKING:
    from apothecary.config.tests.world import World

ALONE_PERCENT, EXACT_PERCENT, SECONDS = 40, 90, 60
QUEUES = {
    *("entry", "eligibility", "coverage", "authorization", "limits", "safety", "duplicate"),
    *("other payer", "prescriber", "pharmacy", "switch"),
}


@pytest.fixture(autouse=True, scope="module")
def _books_and_journal_prove() -> None:
    """Nothing here runs in the house of the other stories."""


@pytest.fixture
def payer() -> Iterator[Payer]:
    process = Payer()
    yield process
    process.stop()


def percent(part: int, whole: int) -> float:
    return 100 * part / whole


def told(title: str, rows: list[Scenario]) -> str:
    return "\n".join([title, *map(str, rows)])


def test_four_in_ten_rejects_need_nobody_and_nine_in_ten_are_explained_exactly(
    pharmacy: "World", payer: Payer
) -> None:
    rows = scenarios()
    assert len(rows) >= 200
    assert {one.queue for one in rows} == QUEUES
    began = time.process_time()
    Bank(Till(pharmacy, payer, at=pharmacy.system.at)).work(rows)
    took = time.process_time() - began
    alone = [one for one in rows if one.alone]
    exact = [one for one in rows if one.exact]
    missed = [one for one in rows if not one.exact]
    shares = percent(len(alone), len(rows)), percent(len(exact), len(rows))
    print(  # noqa: T201 the figures are what this test is for
        f"\n{len(rows)} rejects in {took:.0f} s of processor: {len(alone)} resolved without a "
        f"person ({shares[0]:.1f} %), {len(exact)} with exact cause and field "
        f"({shares[1]:.1f} %). Alone by queue: {dict(Counter(one.queue for one in alone))}"
    )
    otherwise = [one for one in rows if one.ended != one.ends]
    assert not otherwise, told("ended otherwise:", otherwise)
    assert shares[0] >= ALONE_PERCENT
    assert shares[1] >= EXACT_PERCENT, told("not exact:", missed)
    assert took < SECONDS
