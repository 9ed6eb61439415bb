"""What is known of unusual use, as typed rows; higher rooms hand theirs in on a list.

The vault sees a fill as a number. Who prescribed it and how it was paid is known above: that
room puts a reader on `READERS`, which answers for a period in a fixed number of questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Month:
    """A controlled drug in a calendar month, in its billing unit; ``day`` is the first."""

    product_id: int
    drug: str
    day: date
    received: Decimal
    dispensed: Decimal


@dataclass(frozen=True, slots=True)
class Shortages:
    """How many discrepancies of a drug were found in the period."""

    product_id: int
    drug: str
    cases: int


@dataclass(frozen=True, slots=True)
class Prescribed:
    """A prescriber's controlled fills that were sold in the period."""

    prescriber_id: int
    name: str
    fills: int
    schedule_ii: int
    cash: int


@dataclass(frozen=True, slots=True)
class Early:
    """Early fills of one drug for one patient; ``most`` days before the supply ended."""

    patient_id: int
    name: str
    product_id: int
    drug: str
    fills: int
    most: int


@dataclass(frozen=True, slots=True)
class Dispensing:
    """What a higher room knows of a period."""

    prescribed: Sequence[Prescribed] = ()
    early: Sequence[Early] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known; ``months`` oldest first within a drug."""

    months: Sequence[Month] = ()
    shortages: Sequence[Shortages] = ()
    dispensing: Dispensing = field(default_factory=Dispensing)


class Reader(Protocol):
    """Answers for the sold fills of a pharmacy since a day, by its own calendar."""

    def __call__(
        self, *, pharmacy_id: int, since: date, zone: str, early_days: int
    ) -> Dispensing: ...


READERS: dict[str, Reader] = {}


def read_with(name: str, reader: Reader) -> None:
    """Put a reader on the list; under the same name it takes the place of the one before."""
    READERS[name] = reader
