"""Earliest fill dates and the series of C-II prescriptions."""

from collections.abc import Sequence
from datetime import date

from apothecary.law.facts import RxFacts
from apothecary.law.problem import Problem
from apothecary.law.tables import federal, state


def earliest_fill_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    """Why it is too early for the first fill; on the earliest day itself it may be filled."""
    if rx.earliest_fill_on is None or on >= rx.earliest_fill_on:
        return []
    says = f"The prescriber asked that it not be filled before {rx.earliest_fill_on}."
    if rx.schedule == 2:
        row = federal("DEA-025", on=on)
        return [row.problem(says, code="fill-too-early", field="earliest_fill_on")]
    return [Problem(says, code="fill-too-early", field="earliest_fill_on")]


def series_problems(series: Sequence[RxFacts], *, on: date) -> list[Problem]:
    """Why these C-II prescriptions, issued together, may not stand (21 CFR 1306.12(b))."""
    if len(series) < 2:
        return []
    row = federal("DEA-025", on=on)
    problems = []
    permitted = state(series[0].state, "cii_series_permitted", on=on)
    if isinstance(permitted, Problem):
        problems.append(permitted)
    elif not permitted.yes():
        says = f"{series[0].state} does not allow a series of C-II prescriptions."
        problems.append(permitted.problem(says, code="series-state", field="state"))
    undated = sum(rx.earliest_fill_on is None for rx in series)
    if undated > 1:
        problems.append(
            row.problem(
                "Each prescription of the series after the first must carry its "
                "earliest fill date.",
                code="series-no-earliest-fill",
                field="earliest_fill_on",
            )
        )
    supplies = [rx.days_supply for rx in series if rx.days_supply is not None]
    if len(supplies) < len(series):
        problems.append(
            row.problem(
                "The days' supply of each prescription of the series must be known.",
                code="series-no-days-supply",
                field="days_supply",
            )
        )
    if sum(supplies) > row.number():
        problems.append(
            row.problem(
                f"The series covers {sum(supplies)} days; at most {row.number()} are allowed.",
                code="series-over-days",
                field="days_supply",
            )
        )
    return problems
