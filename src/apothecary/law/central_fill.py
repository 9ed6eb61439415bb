"""A prescription that another pharmacy fills for this one."""

from collections.abc import Set as AbstractSet
from datetime import date

from apothecary.law.problem import Problem
from apothecary.law.recorded import missing_problems
from apothecary.law.tables import federal


def sent_to_central_fill_problems(
    shown: AbstractSet[str], *, tie: str, on: date
) -> list[Problem]:
    """Why a prescription may not go to that central fill pharmacy (21 CFR 1306.15, 1306.27).

    ``tie``: ``contract`` or ``common_ownership``; ``shown``: what the paper is marked with.
    """
    ties = federal("DEA-140/tie", on=on)
    problems = []
    if tie not in ties.names():
        says = "No contract and no common ownership ties this pharmacy to the central one."
        problems.append(ties.problem(says, code="central-fill-tie", field="tie"))
    row = federal("DEA-140", on=on)
    problems.extend(missing_problems(row, shown, what="The prescription", code="central-fill"))
    return problems


def central_fill_receipt_problems(shown: AbstractSet[str], *, on: date) -> list[Problem]:
    """What the record of a fill that came from the central pharmacy lacks."""
    row = federal("DEA-141", on=on)
    return missing_problems(row, shown, what="The receipt", code="central-fill-receipt")


def central_fill_label_problems(shown: AbstractSet[str], *, on: date) -> list[Problem]:
    """What the label of a centrally filled controlled substance lacks (1306.24(b))."""
    row = federal("DEA-141/label", on=on)
    return missing_problems(row, shown, what="The label", code="central-fill-label")
