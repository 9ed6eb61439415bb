"""Several people at once, each with a connection of their own, and what holds afterwards."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from apothecary.config.tests.world import NOON, World
from apothecary.journal.actions import seal
from apothecary.journal.keys import signing_key
from apothecary.journal.proof import journal_faults
from apothecary.law.problem import Refused
from apothecary.prescriptions.faults import fill_faults
from apothecary.staff.signon import stand_in
from apothecary.stock.queries import book_faults

PATIENCE_S = 60
Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one person got: a value, or the refusal."""

    value: object = None
    refused: Refused | None = None
    fault: Exception | None = None

    @property
    def done(self) -> bool:
        return self.refused is None and self.fault is None


def at_once(world: World, acts: Sequence[Act]) -> list[Outcome]:
    """Do all acts at the same moment, each on its own connection; only refusals may fail.

    A lock error, a deadlock or a broken constraint is nobody's business at the counter.
    """
    outcomes: list[Outcome] = [Outcome()] * len(acts)
    start = threading.Barrier(len(acts))

    def one(number: int, act: Act) -> None:
        try:
            stand_in(world.pharmacy.pk)
            start.wait(PATIENCE_S)
            outcomes[number] = Outcome(value=act())
        except Refused as refused:
            outcomes[number] = Outcome(refused=refused)
        except Exception as fault:  # noqa: BLE001 carried to the test's own thread, see below
            outcomes[number] = Outcome(fault=fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "somebody waits for ever"
    faults = [outcome.fault for outcome in outcomes if outcome.fault is not None]
    if faults:
        raise ExceptionGroup("only refusals may fail", faults)
    return outcomes


def codes(outcomes: Sequence[Outcome]) -> list[str]:
    """The codes of the refusals, sorted."""
    return sorted(
        problem.code
        for outcome in outcomes
        if outcome.refused is not None
        for problem in outcome.refused.problems
    )


def proved(world: World, folder: Path) -> None:
    """The books, every fill and the whole journal hold; the test names what does not."""
    pharmacy_id = world.pharmacy.pk
    key = signing_key(folder)
    while seal(pharmacy_id=pharmacy_id, key=key, at=NOON):
        pass
    assert book_faults(pharmacy_id=pharmacy_id) == []
    assert fill_faults(pharmacy_id=pharmacy_id) == []
    assert journal_faults(pharmacy_id=pharmacy_id, trusted_keys=frozenset([key.public])) == []
