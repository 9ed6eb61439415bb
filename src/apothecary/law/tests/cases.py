"""A prescription, a prescriber and a hand-over in order; each test spoils one thing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from apothecary.law.facts import (
    EVERY_ELEMENT,
    Counselling,
    Element,
    HandOverFacts,
    Origin,
    PrescriberFacts,
    RxFacts,
)
from apothecary.law.problem import Problem, Refused
from apothecary.law.tables import Row, federal, policy, practice, state

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Facts = TypeVar("Facts", bound="DataclassInstance")

WRITTEN = date(2026, 3, 2)
ON = date(2026, 3, 4)


def an_rx(
    schedule: int = 0, *, state: str = "TX", origin: Origin = Origin.ELECTRONIC
) -> RxFacts:
    return RxFacts(
        schedule=schedule,
        state=state,
        origin=origin,
        written_on=WRITTEN,
        quantity=Decimal("30.000"),
        days_supply=30,
    )


def filled(rx: RxFacts, *, fills: int, authorized: int) -> RxFacts:
    return replace(
        rx,
        fills_made=fills,
        refills_authorized=authorized,
        quantity_dispensed=rx.quantity * fills,
        first_filled_on=ON if fills else None,
    )


def without(rx: RxFacts, *elements: Element) -> RxFacts:
    return replace(rx, present=EVERY_ELEMENT - set(elements))


def a_prescriber() -> PrescriberFacts:
    return PrescriberFacts(
        npi="1234567893",
        dea="AB1234563",
        dea_expires_on=date(2027, 1, 31),
        schedules_authorized=frozenset({2, 3, 4, 5}),
        licence="M1234",
        licence_state="TX",
        licence_expires_on=date(2027, 2, 28),
    )


def a_hand_over(schedule: int = 0, *, state: str = "TX") -> HandOverFacts:
    return HandOverFacts(
        schedule=schedule,
        state=state,
        new_prescription=True,
        medicaid=False,
        counselling=Counselling.ACCEPTED,
        identification_seen=True,
        dispensed_by_pharmacist=True,
    )


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def with_change(facts: Facts, change: Mapping[str, Any]) -> Facts:
    """The same facts with these fields changed, for tables that name the field."""
    return replace(facts, **change)


def fields(problems: list[Problem]) -> list[str]:
    return [problem.field for problem in problems]


def asks_for_exactly(judge: Callable[[frozenset[str]], list[Problem]], *names: str) -> None:
    """Each of these names is missed when it is not there, in this order, and no other one."""
    everything = frozenset(names)
    assert judge(everything) == []
    assert fields(judge(frozenset())) == list(names)
    for name in names:
        assert fields(judge(everything - {name})) == [name]
    assert judge(everything | {"something else"}) == []


def looked_up(table: str, row_id: str, on: date) -> Row | Problem:
    """What a rule gets that asks for this row on that day."""
    if table == "practice":
        code, _, attribute = row_id.partition("_")
        return practice(code, attribute, on=on)
    if table not in ("federal", "policy"):
        return state(table, row_id, on=on)
    try:
        return (federal if table == "federal" else policy)(row_id, on=on)
    except Refused as refused:
        return refused.problems[0]
