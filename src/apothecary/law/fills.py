"""All reasons at once, for the two moments at which a fill begins."""

from datetime import date

from apothecary.law.authority import authority_problems
from apothecary.law.elements import prescription_problems
from apothecary.law.expiry import expiry_problems
from apothecary.law.facts import PrescriberFacts, RxFacts
from apothecary.law.multiple import earliest_fill_problems
from apothecary.law.origin import origin_problems
from apothecary.law.problem import Problem
from apothecary.law.refills import authorized_refills_problems, refill_problems


def first_fill_problems(
    rx: RxFacts, prescriber: PrescriberFacts, *, on: date, house_months: int | None = None
) -> list[Problem]:
    """Every reason a new prescription may not be filled on that day; none means go ahead."""
    problems = [
        *prescription_problems(rx, on=on),
        *authority_problems(rx, prescriber, on=on),
        *authorized_refills_problems(rx, on=on),
        *origin_problems(rx, on=on),
        *earliest_fill_problems(rx, on=on),
    ]
    if rx.written_on is not None and rx.schedule != 1:
        problems.extend(expiry_problems(rx, on=on, house_months=house_months))
    return problems


def next_fill_problems(
    rx: RxFacts, prescriber: PrescriberFacts, *, on: date, house_months: int | None = None
) -> list[Problem]:
    """Every reason the next fill, first or refill, may not begin on that day."""
    if not rx.fills_made:
        return first_fill_problems(rx, prescriber, on=on, house_months=house_months)
    return [
        *authority_problems(rx, prescriber, on=on),
        *refill_problems(rx, on=on, house_months=house_months),
    ]
