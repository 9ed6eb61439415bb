"""Handing out less than the whole quantity, and the balance later."""

from datetime import UTC, date, datetime

from apothecary.law.calendar_days import days_after, hours_after, months_after
from apothecary.law.facts import PartialFacts, PartialReason, RxFacts
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal

_BY_DAYS = {
    PartialReason.REQUESTED: "DEA-031",
    PartialReason.LONG_TERM_CARE: "DEA-033",
    PartialReason.TERMINALLY_ILL: "DEA-033",
}


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
    if part.reason is PartialReason.SHORT:
        row = federal("DEA-030", on=on)
        return _too_late(row, part.first_part_at, at, "the first part")
    if part.reason is PartialReason.REQUESTED and rx.emergency:
        row = federal("DEA-032", on=on)
        if part.oral_order_at is None:
            return [
                row.problem(
                    "The time of the emergency oral order is not known.",
                    code="part-no-order-time",
                    field="oral_order_at",
                )
            ]
        return _too_late(row, part.oral_order_at, at, "the oral order")
    row = federal(_BY_DAYS[part.reason], on=on)
    if rx.written_on is None:
        return [
            row.problem(
                "Without the date it was written nobody can tell until when parts may be "
                "filled.",
                code="part-no-date",
                field="written_on",
            )
        ]
    return _late(row, on, days_after(rx.written_on, row.number()))


def _too_late(row: Row, start: datetime | None, at: datetime, what: str) -> list[Problem]:
    # No start yet: this is the first part, the clock begins with it.
    if start is None or at.astimezone(UTC) <= hours_after(start, row.number()):
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
