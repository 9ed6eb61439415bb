"""The record of destroyed controlled drugs: what DEA Form 41 asks for, and what is missing.

Pure: the same facts serve whoever destroys stock, in returns or in the vault. The form itself
belongs to the agency; this is the record a registrant keeps (21 CFR 1304.21(e), 1317.95).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.law.calendar_days import months_after
from apothecary.law.identifiers import dea_problems
from apothecary.law.problem import Problem
from apothecary.law.waste import MONTHS, waste_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """One line: units of a lot in the package's billing unit; ``schedule`` 2 to 5."""

    ndc: str
    drug: str
    form: str
    schedule: int
    lot: str
    expires_on: date
    quantity: Decimal
    unit: str
    package: Decimal

    @property
    def full_packages(self) -> int:
        """How many whole packages that is."""
        return int(self.quantity // self.package)

    @property
    def loose(self) -> Decimal:
        """What is left beside whole packages."""
        return self.quantity % self.package


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Somebody who saw it: ``id`` tells two people of one name apart."""

    id: int | None
    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form41:
    """A destruction as it is written down."""

    registrant: str
    dea: str
    address: str
    destroyed_on: date
    place: str
    method: str
    witnesses: Sequence[Witness]
    lines: Sequence[Destroyed]


def form41_problems(form: Form41, *, on: date) -> list[Problem]:
    """Why the record may not stand; none means it may.

    Source: 21 CFR 1304.21(e), 1317.90, 1317.95. ``on`` is today: nothing is destroyed tomorrow.
    """
    problems = [*dea_problems(form.dea, on=on), *method_problems(form.method, on=on)]
    if not form.place.strip():
        problems.append(Problem("Say where it was destroyed.", code="no-place", field="place"))
    if form.destroyed_on > on:
        says = f"{form.destroyed_on} is not here yet: it is written down when it is done."
        problems.append(Problem(says, code="not-yet", field="destroyed_on"))
    problems += witness_problems(form.witnesses, on=on)
    if not form.lines:
        problems.append(Problem("Nothing is on the form.", code="no-lines", field="lines"))
    for line in form.lines:
        problems += line_problems(line)
    return problems


def method_problems(method: str, *, on: date) -> list[Problem]:
    """Why a way of destroying is not enough: what is left could be a drug again."""
    row = waste_row("form41_method", on=on)
    said = method.lower()
    if not said.strip():
        return [row.problem("Say how it was destroyed.", code="no-method", field="method")]
    weak = [word for word in row.names() if word in said]
    if not weak:
        return []
    says = f"{weak[0].capitalize()} is no such way: {row.says[0].lower()}{row.says[1:]}"
    return [row.problem(says, code="retrievable", field="method")]


def witness_problems(witnesses: Sequence[Witness], *, on: date) -> list[Problem]:
    """Why it was not seen by as many people of the house as the rule wants."""
    row = waste_row("form41_witnesses", on=on)
    people = {one.id for one in witnesses if one.id is not None}
    if len(people) >= row.number():
        return []
    says = f"{row.number()} people see it and sign: so far {len(people)}."
    return [row.problem(says, code="too-few-witnesses", field="initials")]


def line_problems(line: Destroyed) -> list[Problem]:
    """Why a line is none of this form."""
    problems = []
    if not line.schedule:
        says = f"{line.drug} is not controlled: it goes into a waste container."
        problems.append(Problem(says, code="not-controlled", field="lines"))
    if line.quantity <= 0:
        says = f"{line.drug}: {line.quantity} is no quantity."
        problems.append(Problem(says, code="no-quantity", field="quantity"))
    return problems


def kept_until(destroyed_on: date, *, on: date) -> date:
    """The last day the record must be at hand."""
    years = waste_row("form41_years", on=on).number()
    return months_after(destroyed_on, MONTHS * years)
