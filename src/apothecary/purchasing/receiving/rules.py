"""What is looked at when a package stands at the door, and why it may not simply go in. Pure.

The house's conventions (mark C) follow the field: what expires within 90 days is short-dated,
and Schedule II is received by two people. Temperatures are those of the places.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from apothecary.law.problem import Problem
from apothecary.purchasing.states import Condition
from apothecary.stock.kinds import Storage
from apothecary.stock.places.rules import degrees, temperatures

SCHEDULE_II = 2
SHORT_DATED_DAYS = 90
MOST_PACKAGES = 10_000
COLD = frozenset({Storage.COOL, Storage.REFRIGERATOR})
FROZEN = frozenset({Storage.FREEZER, Storage.ULTRA_COLD})
COLDEST_C, WARMEST_C = Decimal(-100), Decimal(60)
CITE_RECEIVED, MARK_RECEIVED = "21 CFR 1305.13(e), 1305.22(g)", "K"
CITE_TWO = "house policy: two people receive Schedule II"
# What a signature answers: that of a second person, and why it was none.
SIGNING = frozenset(
    {"two-people", "no-dea-order", "sign-in", "locked-out", "station-not-trusted"}
)
# For each of these a package can be set aside by name instead.
ASIDE = frozenset(
    {
        Condition.WRONG_ITEM,
        Condition.OVER,
        Condition.EXPIRED,
        Condition.SHORT_DATED,
        Condition.WARM,
        Condition.RECALLED,
        Condition.SUSPECT,
        Condition.NO_INFORMATION,
    }
)


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """A package as it stands at the door, with everything the rules need to know of it.

    ``room`` is how many packages may still come on the line it is for; None when no line wants
    it. ``recalled`` says why its lot may not be used. Temperatures are those on arrival.
    """

    drug: str
    lot: str
    expires_on: date | None
    packages: int
    schedule: int
    storage: Storage | None
    room: int | None
    today: date
    cold_c: Decimal | None = None
    frozen_c: Decimal | None = None
    cold_waits: bool = False
    two_people: bool = False
    dea_order: str = ""
    recalled: str = ""
    serial: str = ""


def must_problems(door: AtTheDoor) -> list[Problem]:
    """What must be said or done before anything can be decided about the package."""
    problems = []
    if not door.lot.strip():
        problems.append(Problem("The lot number is missing.", field="lot", code="no-lot"))
    if door.expires_on is None:
        says = "The expiry is missing."
        problems.append(Problem(says, field="expires_on", code="no-expiry"))
    if not 0 < door.packages <= MOST_PACKAGES:
        says = f"{door.packages} packages are not possible: 1 to {MOST_PACKAGES:,}."
        problems.append(Problem(says, field="packages", code="bad-quantity"))
    if door.serial and door.packages > 1:
        says = f"Serial number {door.serial} is on one package: scan each of them."
        problems.append(Problem(says, field="packages", code="one-of-a-kind"))
    if door.schedule == SCHEDULE_II:
        problems += schedule_ii_problems(door)
    return problems + temperature_problems(door)


def schedule_ii_problems(door: AtTheDoor) -> list[Problem]:
    """Two people, and the number of the order it came on."""
    problems = []
    if not door.two_people:
        says = f"{door.drug} is Schedule II: a second person signs that it came."
        problems.append(Problem(says, CITE_TWO, "two-people", "C", "initials"))
    if not door.dea_order.strip():
        says = f"{door.drug} is Schedule II: type the number of the Form 222 or CSOS order."
        problems.append(
            Problem(says, CITE_RECEIVED, "no-dea-order", MARK_RECEIVED, "dea_order")
        )
    return problems


def temperature_problems(door: AtTheDoor) -> list[Problem]:
    """What is cold comes first, and its temperature before it."""
    if door.storage in COLD and door.cold_c is None:
        says = f"{door.drug} is kept cold: take the temperature of the cold items first."
        return [Problem(says, code="take-temperature", field="temperature_c")]
    if door.storage in FROZEN and door.frozen_c is None:
        says = f"{door.drug} is kept frozen: take the temperature of the frozen items first."
        return [Problem(says, code="take-temperature", field="frozen_c")]
    if door.cold_waits and door.storage not in COLD | FROZEN:
        says = "Cold items came with this delivery: take their temperature first."
        return [Problem(says, code="cold-first", field="temperature_c")]
    return []


def aside_problems(door: AtTheDoor) -> list[Problem]:
    """Why the package does not go to the shelves; the code of each is a ``Condition``."""
    problems = []
    if door.room is None:
        says = f"{door.drug} is on no open order of this wholesaler."
        problems.append(Problem(says, code=Condition.WRONG_ITEM.value))
    elif door.packages > door.room:
        left = f"{door.room} more" if door.room > 0 else "no more"
        says = f"More of {door.drug} than was ordered: {left} would have been right."
        problems.append(Problem(says, code=Condition.OVER.value))
    if door.expires_on is not None:
        problems += dating_problems(door.expires_on, today=door.today)
    problems += warm_problems(door)
    if door.recalled:
        problems.append(Problem(door.recalled, code=Condition.RECALLED.value))
    return problems


def dating_problems(expires_on: date, *, today: date) -> list[Problem]:
    """Why the expiry is not good enough to buy."""
    if expires_on < today:
        says = f"It expired on {expires_on:%m/%d/%Y}."
        return [Problem(says, code=Condition.EXPIRED.value, field="expires_on")]
    if expires_on < today + timedelta(days=SHORT_DATED_DAYS):
        says = f"It expires on {expires_on:%m/%d/%Y}, within {SHORT_DATED_DAYS} days."
        return [
            Problem(
                says,
                code=Condition.SHORT_DATED.value,
                field="expires_on",
                cite="house policy: no short-dated stock is bought",
                verified="C",
            )
        ]
    return []


def warm_problems(door: AtTheDoor) -> list[Problem]:
    """Why it was not kept cold on the way."""
    if door.storage in COLD:
        came = door.cold_c
    elif door.storage in FROZEN:
        came = door.frozen_c
    else:
        return []
    row = temperatures()[door.storage]
    # What may be refrigerated is not spoiled by it: a cool item may come at 2 °C.
    lowest = temperatures()[Storage.REFRIGERATOR].low_c if door.storage in COLD else row.low_c
    if came is None or lowest <= came <= row.high_c:
        return []
    says = f"{door.drug} came at {came} °C and is kept at {degrees(row)}."
    return [Problem(says, row.cite, Condition.WARM.value, row.verified)]


def measured_problems(temperature_c: Decimal) -> list[Problem]:
    """Why this is no temperature of a delivery."""
    if COLDEST_C <= temperature_c <= WARMEST_C:
        return []
    says = f"{temperature_c} °C is no temperature a delivery can have."
    return [Problem(says, field="temperature_c", code="bad-temperature")]


def conditions_of(problems: Sequence[Problem]) -> list[Condition]:
    """The names under which a package with these problems may be set aside."""
    codes = {condition.value for condition in ASIDE}
    return [Condition(one.code) for one in problems if one.code in codes]


def wants_signature(problems: Sequence[Problem]) -> bool:
    """Whether nothing but a second person, and the number of the order, is missing.

    That is no fault of the package: it is the way Schedule II comes in. A PIN or a number that
    was wrong is asked for again in the same place.
    """
    return bool(problems) and all(
        one.code in SIGNING or one.field == "dea_order" for one in problems
    )


def amount_usd(packages: int, price_usd: Decimal | None) -> Decimal:
    """What packages cost, to the cent; nothing where no price was agreed."""
    return (packages * (price_usd or Decimal(0))).quantize(Decimal("0.01"), ROUND_HALF_UP)
