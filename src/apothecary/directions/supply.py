"""How many days a quantity lasts and how much so many days need, proved line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from math import ceil

from apothecary.directions.direction import Directions
from apothecary.directions.english import number
from apothecary.directions.product import Customs, Product
from apothecary.directions.supply_rules import product_fact
from apothecary.directions.supply_use import Stretch, stretches
from apothecary.directions.working import Line, Working, amount, rate

_USUAL = Customs()
# As fine as a billed quantity goes, and the most one may be.
_STEP = Decimal("0.001")
_MOST = Decimal(10_000_000)
_LONGEST_DAYS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The working and the days; None where they cannot be proved, the last line says why.

    ``doubts`` name what a person must look at although a number was found.
    """

    working: tuple[Line, ...]
    days: int | None
    doubts: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The working without its sources."""
        return tuple(line.says for line in self.working)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """The working and the quantity in the billing unit; None where it cannot be proved."""

    working: tuple[Line, ...]
    quantity: Decimal | None
    doubts: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The working without its sources."""
        return tuple(line.says for line in self.working)


def days_supply(
    quantity: Decimal,
    directions: Directions,
    *,
    unit: str = "",
    form: str = "",
    drug: str = "",
    product: Product | None = None,
    customs: Customs = _USUAL,
) -> Proof:
    """How many whole days the quantity lasts, rounded down, never below one billed day.

    ``quantity`` in the billing ``unit`` EA, ML or GM; without a unit it is taken to be in the
    unit the dose is counted or measured in. ``product`` says more than ``unit``, ``form`` and
    ``drug`` can: what its package holds. As needed and ranges count with the most of a day. No
    days are given for a direction with open questions, nor where a number is missing.
    """
    work = Working()
    if quantity <= 0:
        work.say(f"A quantity of {number(quantity)} lasts for no time.")
    elif not directions.certain:
        _open_questions(directions, work)
    else:
        of = product or Product(name=drug, form=form or directions.form, unit=unit)
        parts = stretches(directions, of, customs, work)
        if parts is not None:
            days = _Days(of, work).of(Fraction(quantity), parts)
            _check_whole(quantity, of, work)
            return _proof(work, days)
    return _proof(work, None)


def days_supply_problems(
    quantity: Decimal,
    directions: Directions,
    days: int,
    *,
    unit: str = "",
    form: str = "",
    drug: str = "",
    product: Product | None = None,
) -> list[str]:
    """Why the stated days' supply does not agree with quantity and directions.

    None means it does. Where the days cannot be proved, that itself is said.
    """
    proof = days_supply(quantity, directions, unit=unit, form=form, drug=drug, product=product)
    if proof.days is None:
        return [f"The days' supply cannot be proved: {proof.lines[-1]}"]
    if proof.days == days:
        return []
    return [f"{days} days are stated; quantity and directions come to {proof.days}."]


def quantity_needed(
    days: int,
    directions: Directions,
    product: Product,
    *,
    customs: Customs = _USUAL,
) -> Needed:
    """The least billed quantity that lasts so many days, or to the end of the course.

    In the product's billing unit, rounded up to whole pieces, and to whole packages where a
    package cannot be split and its size is known.
    """
    work = Working()
    if not 1 <= days <= _LONGEST_DAYS:
        work.say(f"{days} days are no supply.")
    elif not directions.certain:
        _open_questions(directions, work)
    else:
        parts = stretches(directions, product, customs, work)
        needed = None if parts is None else _need(days, parts, product, work)
        if needed is not None and not work.barred:
            billed = _billed(needed, product, work)
            return Needed(working=tuple(work.lines), quantity=billed, doubts=tuple(work.doubts))
    return Needed(working=tuple(work.lines), quantity=None, doubts=tuple(work.doubts))


def _open_questions(directions: Directions, work: Working) -> None:
    rule = "DS-CALC" if directions.as_directed else ""
    work.say("The directions leave a question open.", rule)
    for question in directions.questions:
        work.say(question)


def _proof(work: Working, days: int | None) -> Proof:
    proved = None if work.barred else days
    return Proof(working=tuple(work.lines), days=proved, doubts=tuple(work.doubts))


class _Days:
    """One pass through the stretches with the quantity that is left."""

    def __init__(self, product: Product, work: Working) -> None:
        self.product, self.work = product, work

    def of(self, quantity: Fraction, parts: Sequence[Stretch]) -> int | None:
        """The whole days, or None with the reason as the last line."""
        work, left, days = self.work, quantity, 0
        for part in parts:
            if part.days is None or part.a_day * max(part.days, 1) > left:
                more = left // part.a_day
                work.say(
                    f"{amount(left)} ÷ {rate(part.a_day)} = {more} whole days",
                    "DS-DOWN",
                )
                more = self._with_pauses(part, more)
                return self._checked(quantity, parts, days + more)
            # A dose to begin with uses up its quantity and no day of its own.
            left -= part.a_day * max(part.days, 1)
            if not part.days:
                work.say(f"{amount(part.a_day)} to begin with, on the same day")
                continue
            days += part.days
            lasting = "1 day" if part.days == 1 else f"{part.days} days"
            total = amount(part.a_day * part.days)
            work.say(f"{_each(part.a_day)} × {lasting} = {total}")
        if left:
            work.say(f"{amount(left)} is left over")
        work.say(f"{days} days", "DS-TAPER" if len(parts) > 1 else "")
        return self._checked(quantity, parts, days)

    def _with_pauses(self, part: Stretch, used: int) -> int:
        lasting = part.lasting(used)
        if part.cycle is not None:
            self.work.say(f"{used} days of use come to {lasting} days with the pauses")
        return lasting

    def _checked(self, quantity: Fraction, parts: Sequence[Stretch], days: int) -> int | None:
        if not days:
            self.work.say("less than one day", "DS-DOWN")
            return None
        limit = _open_days(self.product, self.work, days)
        if limit == 0:
            return None
        if limit is None or days <= limit:
            return days
        each = _container(self.product)
        rates = {part.a_day for part in parts if part.days != 0}
        if each is None:
            self.work.say(_how_much(limit))
            return None
        if each <= min(rates) * limit:
            return days
        if len(rates) > 1:
            self.work.say("An opened one expires while the dose changes: reckon by hand.")
            return None
        return self._within(quantity, rates.pop(), each, limit, days)

    def _within(
        self, quantity: Fraction, rate: Fraction, each: Fraction, limit: int, days: int
    ) -> int:
        """Days with containers that must be thrown away before they are empty."""
        full, rest = divmod(quantity, each)
        capped = int(
            full * min(each / rate, Fraction(limit)) + min(rest / rate, Fraction(limit))
        )
        self.work.say(
            f"{full} × {amount(each)} in use for {limit} days each at most = {capped} days"
        )
        return min(capped, days)


def _open_days(product: Product, work: Working, days: int) -> int | None:
    """Days after opening; None without a limit, 0 where it has one that is not known."""
    known = product_fact("days_after_opening", name=product.full_name, device=product.device)
    if known is None:
        return None
    if known.value is None:
        says = "How long an opened one of this product keeps is not known: see its label."
        work.say(says, known.rule)
        return 0
    if days > known.value:
        work.say(f"once opened it keeps {amount(known.value)} days", known.rule)
    return int(known.value)


def _each(a_day: Fraction) -> str:
    """The factor of a day: a bare number where it is exact."""
    return rate(a_day).removesuffix(" a day")


def _how_much(limit: int) -> str:
    return f"How much one container holds is not known; opened it keeps {limit} days."


def _container(product: Product) -> Fraction | None:
    """What is opened at one time, in billing units."""
    if product.package_quantity is None or product.content is None:
        return None
    return Fraction(product.package_quantity) / product.content.containers


def _check_whole(quantity: Decimal, product: Product, work: Working) -> None:
    whole = product.package_quantity
    if whole is None or not product.whole_only or not quantity % whole:
        return
    rule = "DS-PEN-CARTON" if product.device == "pen" else "DS-WHOLE"
    work.doubt(
        f"{number(quantity)} is no whole number of packages of {number(whole)} ({rule})."
    )


def _need(
    days: int, parts: Sequence[Stretch], product: Product, work: Working
) -> Fraction | None:
    """The quantity for these days, in billing units."""
    total, left = Fraction(0), days
    for part in parts:
        if part.days == 0:
            total += part.a_day
            work.say(f"{amount(part.a_day)} to begin with, on the same day")
            continue
        lasting = left if part.days is None else min(left, part.days)
        if not lasting:
            break
        days_of_use = part.used(lasting)
        total += part.a_day * days_of_use
        left -= lasting
        used = amount(part.a_day * days_of_use)
        work.say(f"{_each(part.a_day)} × {days_of_use} days = {used}")
    if left:
        work.say(f"The course ends after {days - left} days.")
    return _thrown_away(days - left, total, parts, product, work)


def _thrown_away(
    days: int, total: Fraction, parts: Sequence[Stretch], product: Product, work: Working
) -> Fraction | None:
    """With what is thrown away because an opened container expires."""
    limit = _open_days(product, work, days)
    if limit == 0:
        return None
    if limit is None or days <= limit:
        return total
    each = _container(product)
    rates = {part.a_day for part in parts if part.days != 0}
    if each is None:
        work.say(_how_much(limit))
        return None
    if each <= min(rates) * limit:
        return total
    if len(rates) > 1:
        work.say("An opened one expires while the dose changes: reckon by hand.")
        return None
    count = ceil(Fraction(days, limit))
    work.say(f"{count} × {amount(each)}, each in use for {limit} days at most")
    return count * each


def _billed(needed: Fraction, product: Product, work: Working) -> Decimal | None:
    """Rounded up to what can be billed."""
    whole = product.package_quantity
    if whole is not None and product.whole_only:
        packages = ceil(needed / Fraction(whole))
        rule = "DS-PEN-CARTON" if product.device == "pen" else "DS-WHOLE"
        one = "1 package" if packages == 1 else f"{packages} packages"
        work.say(f"{one} of {number(whole)} = {number(packages * whole)}", rule)
        if packages * Fraction(whole) > needed and product.device == "pen":
            work.doubt(
                "A full box instead of less needs the prescriber's word (DS-INSULIN-QTY)."
            )
        billed = packages * whole
    elif product.unit == "EA":
        billed = Decimal(ceil(needed))
    else:
        exact = Decimal(needed.numerator) / Decimal(needed.denominator)
        billed = exact.quantize(_STEP, rounding=ROUND_CEILING)
    if billed >= _MOST:
        work.say("No quantity is so large.")
        return None
    return billed
