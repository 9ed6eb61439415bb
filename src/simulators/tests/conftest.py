"""One payer process for the tests that only talk to it, cleaned between them."""

from collections.abc import Iterator
from datetime import date

import pytest

from simulators.payer.desk import Desk
from simulators.payer.memory import Memory
from simulators.payer.plans import Books, read_books
from simulators.tests.counter import TODAY, RunningPayer


@pytest.fixture(scope="session")
def payer_process() -> Iterator[RunningPayer]:
    payer = RunningPayer("--seed", "7")
    yield payer
    payer.stop()


@pytest.fixture
def payer(payer_process: RunningPayer) -> Iterator[RunningPayer]:
    yield payer_process
    payer_process.admin("DELETE", "/faults")
    payer_process.admin("POST", "/today", {"today": TODAY})


@pytest.fixture(scope="session")
def books() -> Books:
    return read_books()


@pytest.fixture
def desk(books: Books) -> Iterator[Desk]:
    memory = Memory()
    yield Desk(books, memory, seed=7, today=lambda: date.fromisoformat(TODAY))
    memory.close()
