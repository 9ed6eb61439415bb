"""What a prescription must show before anyone works on it."""

from datetime import date

from apothecary.law.calendar_days import days_after
from apothecary.law.facts import Element, Origin, RxFacts, schedule_name
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal, policy


def prescription_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    """Every reason the prescription itself is not in order on that day; none means go ahead.

    Covers required elements (21 CFR 1306.05(a) for controlled drugs), schedule, dates
    and quantity.
    """
    return [
        *_schedule_problems(rx, on=on),
        *_missing(rx, on=on),
        *_date_problems(rx, on=on),
        *_quantity_problems(rx),
    ]


def _schedule_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    row = federal("DEA-001", on=on)
    if rx.schedule != row.number():
        return []
    return [
        row.problem(
            "A Schedule I drug may not be dispensed on a prescription.", code="rx-schedule-i"
        )
    ]


def _missing(rx: RxFacts, *, on: date) -> list[Problem]:
    general = policy("general_elements", on=on)
    if not rx.controlled:
        return _missing_of(rx, general, general.names())
    special = federal("DEA-010", on=on)
    # An element both lists name is reported once, with the law and not the house behind it.
    rest = [name for name in general.names() if name not in special.names()]
    return [*_missing_signed(rx, special, on=on), *_missing_of(rx, general, rest)]


def _missing_signed(rx: RxFacts, row: Row, *, on: date) -> list[Problem]:
    """Missing elements of a controlled prescription; an oral order has no signature to show."""
    names = list(row.names())
    signed = Element.SIGNATURE in rx.present or rx.origin is Origin.PHONE
    names.remove(Element.SIGNATURE)
    problems = _missing_of(rx, row, names)
    if signed:
        return problems
    if rx.origin is not Origin.ELECTRONIC:
        return [_not_shown(rx, row, Element.SIGNATURE), *problems]
    indicated = federal("DEA-166", on=on)
    missed = [_not_shown(rx, indicated, Element.SIGNATURE)] if indicated.yes() else []
    return [*missed, *problems]


def _missing_of(rx: RxFacts, row: Row, names: list[str] | tuple[str, ...]) -> list[Problem]:
    return [_not_shown(rx, row, Element(name)) for name in names if not _shown(rx, name)]


def _shown(rx: RxFacts, name: str) -> bool:
    if name == Element.WRITTEN_ON and rx.written_on is None:
        return False
    return name in rx.present


def _not_shown(rx: RxFacts, row: Row, element: Element) -> Problem:
    kind = f"{schedule_name(rx.schedule)} " if rx.controlled else ""
    return row.problem(
        f"The {kind}prescription does not show {element.words}.",
        code=f"rx-no-{element.value.replace('_', '-')}",
        field=element.value,
    )


def _date_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    if rx.written_on is None:
        return []
    problems = []
    says = f"The prescription is dated {rx.written_on}, which is still to come."
    if rx.controlled:
        row = federal("DEA-011", on=on)
        if rx.written_on > days_after(on, row.number()):
            problems.append(row.problem(says, code="rx-postdated", field="written_on"))
    elif rx.written_on > on:
        problems.append(Problem(says, code="rx-postdated", field="written_on"))
    if rx.earliest_fill_on is not None and rx.earliest_fill_on < rx.written_on:
        problems.append(
            Problem(
                f"The earliest fill date {rx.earliest_fill_on} lies before the prescription's "
                f"own date {rx.written_on}.",
                code="rx-earliest-fill-before-written",
                field="earliest_fill_on",
            )
        )
    return problems


def _quantity_problems(rx: RxFacts) -> list[Problem]:
    if rx.quantity > 0:
        return []
    return [
        Problem(
            f"The prescribed quantity is {rx.quantity}: it must be above zero.",
            code="rx-quantity",
            field="quantity",
        )
    ]
