"""How often a prescription may be filled again."""

from datetime import date

from apothecary.law.expiry import expiry_problems
from apothecary.law.facts import RxFacts, schedule_name
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal, state


def refill_problems(rx: RxFacts, *, on: date, house_months: int | None = None) -> list[Problem]:
    """Every reason this prescription may not be refilled on that day; none means go ahead.

    Includes its expiry. C-II never (21 CFR 1306.12(a)); C-III and C-IV five times within six
    months (1306.22(a)); C-V as the state says; never more often or more than authorized.
    """
    problems = _first_fill_problems(rx)
    limit = _limit(rx, on=on)
    if isinstance(limit, Problem):
        problems.append(limit)
    elif isinstance(limit, Row) and rx.fills_made > limit.number():
        problems.append(_over(rx, limit))
    problems.extend(_none_left(rx))
    problems.extend(_total_problems(rx, on=on))
    problems.extend(expiry_problems(rx, on=on, house_months=house_months))
    return problems


def authorized_refills_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    """Why a prescription may not carry so many refills; judged at entry."""
    limit = _limit(rx, on=on)
    if isinstance(limit, Problem):
        # Whether the state caps C-V matters only once a refill is on the prescription.
        return [limit] if rx.refills_authorized else []
    if limit is None or rx.refills_authorized <= limit.number():
        return []
    name = schedule_name(rx.schedule)
    allowed = "no refills" if limit.number() == 0 else f"at most {limit.number()} refills"
    return [
        limit.problem(
            f"A {name} prescription may carry {allowed}; "
            f"this one carries {rx.refills_authorized}.",
            code="refills-authorized-over-limit",
            field="refills_authorized",
        )
    ]


def refills_left(rx: RxFacts, *, on: date) -> int:
    """How many refills are left by count alone: the authorized ones within the legal limit.

    Zero where the limit is not known. Expiry is judged by ``refill_problems``.
    """
    limit = _limit(rx, on=on)
    if isinstance(limit, Problem):
        return 0
    most = (
        rx.refills_authorized if limit is None else min(rx.refills_authorized, limit.number())
    )
    return max(0, most - max(0, rx.fills_made - 1))


def _limit(rx: RxFacts, *, on: date) -> Row | Problem | None:
    """The row with the most refills the law allows; None where it sets no number."""
    if rx.schedule == 0:
        return None
    if rx.schedule in (3, 4):
        return federal("DEA-040/refills", on=on)
    if rx.schedule == 5:
        return state(rx.state, "cv_refills_max", on=on)
    return federal("DEA-024", on=on)


def _first_fill_problems(rx: RxFacts) -> list[Problem]:
    if rx.fills_made:
        return []
    return [
        Problem(
            "The prescription has not been filled yet: this is its first fill, not a refill.",
            code="refill-before-first-fill",
            field="fills_made",
        )
    ]


def _over(rx: RxFacts, limit: Row) -> Problem:
    if limit.number() == 0:
        return limit.problem(
            f"A {schedule_name(rx.schedule)} prescription may not be refilled.",
            code="refill-prohibited",
            field="schedule",
        )
    return limit.problem(
        f"A {schedule_name(rx.schedule)} prescription may be refilled {limit.number()} times; "
        f"it has been refilled {rx.fills_made - 1} times.",
        code="refill-over-limit",
        field="fills_made",
    )


def _none_left(rx: RxFacts) -> list[Problem]:
    if rx.fills_made <= rx.refills_authorized:
        return []
    return [
        Problem(
            f"No refills are left: the prescriber authorized {rx.refills_authorized}.",
            code="refill-none-left",
            field="refills_authorized",
        )
    ]


def _total_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    most = rx.quantity * (1 + rx.refills_authorized)
    if rx.quantity_dispensed < most or rx.schedule == 2:
        return []
    says = f"The whole prescribed quantity of {most} has been dispensed."
    if rx.controlled:
        row = federal("DEA-036", on=on)
        return [row.problem(says, code="refill-total-quantity", field="quantity_dispensed")]
    return [Problem(says, code="refill-total-quantity", field="quantity_dispensed")]
