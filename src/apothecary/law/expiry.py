"""Until when a prescription may be filled."""

from datetime import date

from apothecary.law.calendar_days import days_after, months_after
from apothecary.law.facts import LastDay, RxFacts, schedule_name
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal, policy, state

_ATTRIBUTE = {2: "cii_validity", 3: "ciii_iv_validity", 4: "ciii_iv_validity", 5: "cv_validity"}


def expires_on(rx: RxFacts, *, on: date, house_months: int | None = None) -> LastDay | Problem:
    """The last day on which the prescription may be filled, or the Problem why it is not known.

    C-II and C-V: the pharmacy's state's row. C-III and C-IV: six calendar months (21 CFR
    1306.22(a)) or the state's row when that ends sooner. Non-controlled: the state's row, else
    ``house_months`` when the caller passes the house's own policy, else unknown.
    """
    if rx.written_on is None:
        return Problem(
            "Without the date it was written nobody can tell when the prescription expires.",
            code="expiry-no-date",
            field="written_on",
        )
    if rx.schedule in (3, 4):
        return _ciii_iv(rx, rx.written_on, on=on)
    if rx.schedule == 0:
        return _noncontrolled(rx, rx.written_on, on=on, house_months=house_months)
    return _by_state(rx, rx.written_on, on=on)


def expiry_problems(rx: RxFacts, *, on: date, house_months: int | None = None) -> list[Problem]:
    """Why the prescription is too old to fill on that day; the last day itself is good."""
    last = expires_on(rx, on=on, house_months=house_months)
    if isinstance(last, Problem):
        return [last]
    if on <= last.on:
        return []
    return [
        last.row.problem(
            f"The {schedule_name(rx.schedule)} prescription of {rx.written_on} could be filled "
            f"until {last.on}: it has expired.",
            code="rx-expired",
            field="written_on",
        )
    ]


def _ciii_iv(rx: RxFacts, written_on: date, *, on: date) -> LastDay | Problem:
    row = federal("DEA-040/months", on=on)
    limit = LastDay(on=months_after(written_on, row.number()), row=row)
    own = _by_state(rx, written_on, on=on)
    if isinstance(own, Problem):
        # Federal law is complete here; only a doubtful or unknown state stands in its way.
        return limit if own.code in ("law-missing-row", "law-not-in-force") else own
    return min(own, limit, key=lambda last: last.on)


def _noncontrolled(
    rx: RxFacts, written_on: date, *, on: date, house_months: int | None
) -> LastDay | Problem:
    row = state(rx.state, "noncontrolled_validity_months", on=on)
    if isinstance(row, Row):
        return LastDay(on=months_after(written_on, row.number()), row=row)
    if house_months is None:
        return row
    house = policy("noncontrolled_validity_months", on=on)
    return LastDay(on=months_after(written_on, house_months), row=house)


def _by_state(rx: RxFacts, written_on: date, *, on: date) -> LastDay | Problem:
    # A state sets its limit in days or in calendar months, never in both.
    attribute = _ATTRIBUTE.get(rx.schedule, "ci_validity")
    in_days = state(rx.state, f"{attribute}_days", on=on)
    if isinstance(in_days, Row):
        return LastDay(
            on=days_after(_start(rx, written_on, on=on), in_days.number()), row=in_days
        )
    in_months = state(rx.state, f"{attribute}_months", on=on)
    if isinstance(in_months, Row):
        return LastDay(
            on=months_after(_start(rx, written_on, on=on), in_months.number()), row=in_months
        )
    # A doubtful row says more than a missing one: the state has a limit nobody could check.
    return in_months if in_months.code == "law-doubtful-row" else in_days


def _start(rx: RxFacts, written_on: date, *, on: date) -> date:
    """Count from the written date, or from the earliest fill date where the state says so."""
    if rx.schedule != 2 or rx.earliest_fill_on is None:
        return written_on
    row = state(rx.state, "cii_validity_counts_from_earliest_fill", on=on)
    # Without the state's word the earlier start is the stricter one.
    return rx.earliest_fill_on if isinstance(row, Row) and row.yes() else written_on
