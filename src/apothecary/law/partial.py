"""Handing out less than the whole quantity, and the balance later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from apothecary.law.calendar_days import days_after, hours_after, in_utc, months_after
from apothecary.law.facts import PartialFacts, PartialReason, RxFacts
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal


class Since(StrEnum):
    """What the time for the parts of a fill is counted from."""

    FIRST_PART = "the first part"
    ORAL_ORDER = "the oral order"
    WRITTEN = "the date written"


@dataclass(frozen=True, slots=True)
class Clock:
    """The row that says how long, in hours or days, and from when."""

    row: str
    since: Since


# 21 CFR 1306.13: (a) short of stock, (b) asked for, (c)-(d) long-term care, terminal illness.
CLOCKS: Mapping[PartialReason, Clock] = {
    PartialReason.SHORT: Clock("DEA-030", Since.FIRST_PART),
    PartialReason.PATIENT_ASKED: Clock("DEA-031", Since.WRITTEN),
    PartialReason.PRESCRIBER_ASKED: Clock("DEA-031", Since.WRITTEN),
    PartialReason.LONG_TERM_CARE: Clock("DEA-033", Since.WRITTEN),
    PartialReason.TERMINALLY_ILL: Clock("DEA-033", Since.WRITTEN),
}
ASKED = frozenset({PartialReason.PATIENT_ASKED, PartialReason.PRESCRIBER_ASKED})
EMERGENCY_ASKED = Clock("DEA-032", Since.ORAL_ORDER)


def clock_of(reason: PartialReason, *, emergency: bool) -> Clock:
    """The clock of the parts of a C-II fill that are given for a reason."""
    return EMERGENCY_ASKED if emergency and reason in ASKED else CLOCKS[reason]


def partial_problems(
    rx: RxFacts, part: PartialFacts, *, at: datetime, on: date
) -> list[Problem]:
    """Every reason this part may not be handed out at that instant; none means go ahead.

    ``at``: aware instant of the act, ``on``: its date at the pharmacy. C-II by 21 CFR 1306.13,
    C-III to C-V by 1306.23.
    """
    problems = _quantity_problems(rx, part)
    if rx.schedule == 2:
        problems.extend(_cii_problems(rx, part, at=at, on=on))
    elif rx.controlled:
        row = federal("DEA-036", on=on)
        if rx.written_on is not None:
            last = months_after(rx.written_on, row.number())
            problems.extend(_late(row, on, last))
    return problems


def _quantity_problems(rx: RxFacts, part: PartialFacts) -> list[Problem]:
    problems = []
    if part.now <= 0:
        problems.append(
            Problem(
                f"The part to hand out is {part.now}: it must be above zero.",
                code="part-quantity",
                field="now",
            )
        )
    if part.dispensed + part.now > rx.quantity:
        problems.append(
            Problem(
                f"{part.dispensed} and {part.now} are more than the {rx.quantity} prescribed.",
                code="part-over-quantity",
                field="now",
            )
        )
    return problems


def _cii_problems(rx: RxFacts, part: PartialFacts, *, at: datetime, on: date) -> list[Problem]:
    if part.reason is None:
        recorded = federal("DEA-034", on=on)
        return [_no_reason(recorded)] if recorded.yes() else []
    clock = clock_of(part.reason, emergency=rx.emergency)
    row = federal(clock.row, on=on)
    if clock.since is Since.FIRST_PART:
        return _too_late(row, part.first_part_at, at, clock.since)
    if clock.since is Since.ORAL_ORDER:
        if part.oral_order_at is None:
            says = "The time of the emergency oral order is not known."
            return [row.problem(says, code="part-no-order-time", field="oral_order_at")]
        return _too_late(row, part.oral_order_at, at, clock.since)
    if rx.written_on is None:
        says = "Without the date it was written nobody can tell until when parts may be filled."
        return [row.problem(says, code="part-no-date", field="written_on")]
    return _late(row, on, days_after(rx.written_on, row.number()))


def _no_reason(row: Row) -> Problem:
    *others, last = (reason.words for reason in PartialReason)
    says = f"Say first why only a part of a C-II is given: {', '.join(others)} or {last}."
    return row.problem(says, code="part-no-reason", field="reason")


def _too_late(row: Row, start: datetime | None, at: datetime, what: str) -> list[Problem]:
    # No start yet: this is the first part, the clock begins with it.
    if start is None or in_utc(at) <= hours_after(start, row.number()):
        return []
    return [
        row.problem(
            f"More than {row.number()} hours have passed since {what}: the balance is void and "
            "the prescriber is to be told.",
            code="part-too-late",
            field="first_part_at",
        )
    ]


def _late(row: Row, on: date, last: date) -> list[Problem]:
    if on <= last:
        return []
    return [
        row.problem(
            f"Parts could be filled until {last}: the balance is void.",
            code="part-too-late",
            field="written_on",
        )
    ]
