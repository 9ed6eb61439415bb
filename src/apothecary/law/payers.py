"""Who pays for a prescription, in which order, and who may not pay beside whom."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from apothecary.law.problem import Problem
from apothecary.law.tables import federal

COUPON = "coupon"
# Claims carry at most three payers; a fourth is nobody's coverage but the patient's.
MOST_PAYERS = 3


def payer_problems(kinds: Sequence[str], *, on: date) -> list[Problem]:
    """Every reason these cards may not pay for one fill together, in this order.

    ``kinds`` are the cards as they would be asked, first to last: ``commercial``,
    ``medicare d``, ``medicaid``, ``coupon`` … Nothing is assumed of a kind no row names.
    """
    problems = []
    if len(kinds) > MOST_PAYERS:
        says = f"At most {MOST_PAYERS} payers are asked for one fill; these are {len(kinds)}."
        problems.append(Problem(says, code="payers-too-many", field="payers"))
    coupons = federal("AKS-001", on=on)
    programs = [kind for kind in kinds if kind in coupons.names()]
    if COUPON in kinds and programs:
        says = f"A coupon may not pay beside {programs[0]}."
        problems.append(coupons.problem(says, code="payers-coupon", field="payers"))
    last = federal("TPL-001", on=on)
    early = [
        kind
        for kind, after in pairwise(kinds)
        if kind in last.names() and after not in last.names()
    ]
    if early:
        says = f"{early[0].capitalize()} pays last: ask the others first."
        problems.append(last.problem(says, code="payers-order", field="payers"))
    return problems


def in_order(kinds: Sequence[str], *, on: date) -> list[int]:
    """The places of the cards in ``kinds`` that are asked, in the order they are asked.

    As they stand, but who pays last goes last, a coupon after the plans it helps with and not
    at all beside a federal program; three at most.
    """
    last, programs = federal("TPL-001", on=on).names(), federal("AKS-001", on=on).names()
    federal_money = any(kind in programs for kind in kinds)
    asked = [
        place for place, kind in enumerate(kinds) if not (kind == COUPON and federal_money)
    ]
    asked.sort(key=lambda place: (kinds[place] == COUPON, kinds[place] in last))
    return asked[:MOST_PAYERS]
