"""Which prescriptions a state or Medicare wants to be sent electronically."""

from dataclasses import dataclass
from datetime import date

from apothecary.law.facts import Origin
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal, practice, practices


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateFacts:
    """A prescription that came in some way.

    ``exception``: the exception it names, or empty. ``accepted``: a pharmacist has taken it
    as it is. ``small_prescriber``: a dentist, a solo or a rural practice.
    """

    state: str
    schedule: int
    origin: Origin
    opioid: bool = False
    part_d: bool = False
    small_prescriber: bool = False
    exception: str = ""
    accepted: bool = False


def mandate_problems(facts: MandateFacts, *, on: date) -> list[Problem]:
    """Why a pharmacist looks at a prescription that did not come electronically.

    The duty is the prescriber's: where the common clause holds that the pharmacist need not
    verify an exception, ``accepted`` settles it; a named exception of the state settles it too.
    """
    if facts.origin is Origin.ELECTRONIC or _settled(facts, on=on):
        return []
    return [*_state_problems(facts, on=on), *_part_d_problems(facts, on=on)]


def _settled(facts: MandateFacts, *, on: date) -> bool:
    if facts.exception:
        listed = practice(facts.state, "electronic_exceptions", on=on)
        if isinstance(listed, Row) and facts.exception in listed.names():
            return True
    clause = practice("ANY", "electronic_exception_not_verified", on=on)
    return facts.accepted and isinstance(clause, Row) and clause.yes()


def _state_problems(facts: MandateFacts, *, on: date) -> list[Problem]:
    attribute = "electronic"
    if f"{facts.state}_electronic_opioids" in practices():
        if not facts.opioid:
            return []
        attribute = "electronic_opioids"
    elif facts.small_prescriber and f"{facts.state}_electronic_small" in practices():
        attribute = "electronic_small"
    row = practice(facts.state, attribute, on=on)
    if isinstance(row, Row):
        return _judged(row, facts)
    return [] if _not_yet(f"{facts.state}_{attribute}", row, on=on) else [row]


def _not_yet(row_id: str, found: Problem, *, on: date) -> bool:
    """Whether the mandate is known and its own first day is still to come."""
    if found.code != "law-not-in-force":
        return False
    return all(row.dated == "rule" and on < row.effective_from for row in practices()[row_id])


def _part_d_problems(facts: MandateFacts, *, on: date) -> list[Problem]:
    if not facts.part_d:
        return []
    return _judged(federal("PARTD-002", on=on), facts)


def _judged(row: Row, facts: MandateFacts) -> list[Problem]:
    if str(facts.schedule) not in row.names():
        return []
    says = (
        "A prescription of this kind is sent electronically: "
        "a pharmacist takes it as it is, or the prescriber sends it again."
    )
    return [row.problem(says, code="mandate-electronic", field="origin")]
