"""For how long a state lets a controlled substance be prescribed at one time."""

from dataclasses import dataclass
from datetime import date

from apothecary.law.calendar_days import months_after
from apothecary.law.facts import RxFacts
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal, state

_OURS = "law/states"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyFacts:
    """What the limit depends on.

    ``condition_code``: the letter on the prescription, or empty. ``acute``: for acute pain, or
    the first prescription, as the state has it; ``exception``: it carries the exception the
    state knows (in writing, or after surgery). ``days_left``: of the earlier supply.
    """

    condition_code: str = ""
    anabolic: bool = False
    opioid: bool = False
    acute: bool = False
    exception: bool = False
    days_left: int = 0


def supply_problems(rx: RxFacts, facts: SupplyFacts, *, on: date) -> list[Problem]:
    """Every reason this supply is too long or too early; none means go ahead.

    A state that is installed and says nothing of it is named (code ``supply-silent``): that
    nobody has written a limit down is no proof that there is none. Of a C-II opioid for acute
    pain, or of more than the row on series names, a pharmacist decides; the rest is a remark.
    """
    if not rx.controlled:
        return []
    return [
        *_length_problems(rx, facts, on=on),
        *_opioid_problems(rx, facts, on=on),
        *_early_problems(rx, facts, on=on),
    ]


def _length_problems(rx: RxFacts, facts: SupplyFacts, *, on: date) -> list[Problem]:
    plain = state(rx.state, "cs_days_supply_max", on=on)
    if isinstance(plain, Problem):
        return _silent_length(rx, plain, on=on)
    if rx.days_supply is None:
        says = "The days' supply must be known: the state limits it."
        return [plain.problem(says, code="supply-unknown", field="days_supply")]
    row, most = _limit(rx, facts, plain, on=on)
    if rx.days_supply <= most:
        return []
    says = f"It is prescribed for {rx.days_supply} days; {most} are the most."
    return [row.problem(says, code="supply-too-long", field="days_supply")]


def _limit(rx: RxFacts, facts: SupplyFacts, plain: Row, *, on: date) -> tuple[Row, int]:
    codes = state(rx.state, "cs_condition_codes", on=on)
    if isinstance(codes, Problem) or facts.condition_code not in codes.names():
        return plain, plain.number()
    kind = "anabolic" if facts.anabolic else "condition"
    longer = state(rx.state, f"cs_{kind}_supply_months", on=on)
    if isinstance(longer, Problem):
        return plain, plain.number()
    begins_on = rx.written_on or on
    return longer, (months_after(begins_on, longer.number()) - begins_on).days


def _opioid_problems(rx: RxFacts, facts: SupplyFacts, *, on: date) -> list[Problem]:
    if rx.schedule != 2 or not (facts.opioid and facts.acute):
        return []
    attribute = f"cii_opioid_acute{'_exception' * facts.exception}_days"
    row = state(rx.state, attribute, on=on)
    if isinstance(row, Problem):
        says = (
            f"How long a C-II opioid for acute pain may be prescribed in {rx.state} is not on "
            "file: a pharmacist decides."
        )
        return [_silent(row, says, code="supply-silent-opioid")]
    if rx.days_supply is not None and rx.days_supply <= row.number():
        return []
    given = "an unknown time" if rx.days_supply is None else f"{rx.days_supply} days"
    says = f"A C-II opioid like this is for at most {row.number()} days, not for {given}."
    return [row.problem(says, code="supply-opioid", field="days_supply")]


def _early_problems(rx: RxFacts, facts: SupplyFacts, *, on: date) -> list[Problem]:
    row = state(rx.state, "cs_early_refill_days", on=on)
    if isinstance(row, Problem):
        # How early is too early is judged by the house's own rows where the state has none.
        return [] if row.code == "law-missing-row" else [row]
    if facts.days_left <= row.number():
        return []
    says = (
        f"The patient has {facts.days_left} days of it left; "
        f"no more until {row.number()} are left."
    )
    return [row.problem(says, code="supply-early", field="days_left")]


def _silent_length(rx: RxFacts, found: Problem, *, on: date) -> list[Problem]:
    """What is said where the state has no limit on file.

    More than a whole series of C-II may cover in federal law is nobody's custom: that is a
    question. Without days nobody can tell, which is a question too.
    """
    series = federal("DEA-025", on=on)
    if rx.schedule == 2 and (rx.days_supply is None or rx.days_supply > series.number()):
        given = "an unknown time" if rx.days_supply is None else f"{rx.days_supply} days"
        says = (
            f"No limit of {rx.state} is on file and {given} is more than the {series.number()} "
            "days a series of C-II prescriptions may cover: a pharmacist decides."
        )
        if found.code == "law-missing-row":
            return [series.problem(says, code="supply-silent-long", field="days_supply")]
    says = f"No longest supply of a controlled drug is on file for {rx.state}."
    return [_silent(found, says, code="supply-silent")]


def _silent(found: Problem, says: str, *, code: str) -> Problem:
    """A state that is installed and has no such row, in words; any other reason stands."""
    if found.code != "law-missing-row":
        return found
    return Problem(says, cite=f"no row of {_OURS}", code=code, field="days_supply")
