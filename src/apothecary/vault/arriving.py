"""Controlled packages at the door, on whichever order they came: a Form 222 or an electronic
one. Their numbers cannot be taken for each other: nine digits, or a year, X and six characters.
"""

from apothecary.law.problem import Problem
from apothecary.staff.worker import Worker
from apothecary.vault.csos.receiving import (
    is_order_number,
    link_to_order,
    order_arrival_problems,
    unlink_from_order,
)
from apothecary.vault.orders import arriving as forms
from apothecary.vault.orders.arriving import Arrived

__all__ = [
    "Arrived",
    "arrival_problems",
    "is_order_number",
    "link_arrival",
    "undo_arrival",
]


def arrival_problems(*, by: Worker, arrived: Arrived) -> list[Problem]:
    """Why these packages may not come in on that number; none means they may (4 queries)."""
    if is_order_number(arrived.number):
        return order_arrival_problems(by=by, arrived=arrived)
    return forms.arrival_problems(by=by, arrived=arrived)


def link_arrival(*, by: Worker, arrived: Arrived, key: str, witness_id: int | None) -> None:
    """Write packages and day beside their line, in the act that puts them on the books."""
    if is_order_number(arrived.number):
        link_to_order(by=by, arrived=arrived, key=key, witness_id=witness_id)
    else:
        forms.link_arrival(by=by, arrived=arrived, key=key, witness_id=witness_id)


def undo_arrival(*, by: Worker, key: str, because: str) -> None:
    """Take packages off their order again, where their receipt is taken back."""
    if unlink_from_order(by=by, key=key, because=because) is None:
        forms.undo_arrival(by=by, key=key, because=because)
