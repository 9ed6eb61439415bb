"""What a receipt or a count must be to be believed."""

from datetime import date
from decimal import Decimal

from apothecary.law.problem import Problem

# Above this a quantity is a slip of the finger, not a delivery.
MOST_AT_ONCE = Decimal(1_000_000)
SCHEDULE_II = 2


def receipt_problems(
    *, lot_number: str, expires_on: date, quantity: Decimal, today: date
) -> list[Problem]:
    """Why these units may not go on the shelf."""
    problems = []
    if not lot_number.strip():
        problems.append(Problem("The lot number is missing.", field="lot_number"))
    if expires_on < today:
        says = f"The lot expired on {expires_on:%m/%d/%Y}: it may not go on the shelf."
        problems.append(Problem(says, field="expires_on", code="expired"))
    if quantity <= 0 or quantity > MOST_AT_ONCE:
        says = f"A receipt of {quantity} units is not possible."
        problems.append(Problem(says, field="quantity"))
    return problems


def by_hand_problems(schedule: int, *, corrects: bool) -> list[Problem]:
    """Why a drug of that schedule (0 for none) may not come onto the books without a delivery.

    ``corrects``: whether it is somebody's who may correct controlled stock: what stood here on
    the first day comes in by them (house policy). Source: 21 CFR 1305.13.
    """
    if schedule != SCHEDULE_II or corrects:
        return []
    says = (
        "Schedule II comes in with its delivery, on its Form 222 or CSOS order, by two people."
    )
    return [Problem(says, "21 CFR 1305.13", "schedule-ii-by-hand", "K", field="ndc")]


def count_problems(*, counted: Decimal, difference: Decimal, because: str) -> list[Problem]:
    """Why this count may not stand."""
    problems = []
    if counted < 0 or counted > MOST_AT_ONCE:
        problems.append(Problem(f"A count of {counted} is not possible.", field="counted"))
    if difference and not because.strip():
        says = "The count differs from the books: say why before it is signed."
        problems.append(Problem(says, field="because"))
    return problems


def reason_problems(because: str, what: str) -> list[Problem]:
    """Nothing is moved or set aside without a reason that can be read out later."""
    if because.strip():
        return []
    return [Problem(f"Say why {what}.", field="because", code="no-reason")]
