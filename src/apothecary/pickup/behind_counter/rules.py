"""What the counter must know of a buyer, and which refusals are kept; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from apothecary.law.problem import Problem
from apothecary.patients.rules import fold
from apothecary.pickup.behind_counter.models import IdKind
from apothecary.pickup.rules import signature_problems

# House policy: clocks of two work stations may differ by so much.
CLOCKS_DIFFER = timedelta(minutes=2)
OLDEST_YEARS = 125
LONGEST = 200
MOST_PACKAGES = 99
# What only lacks on the form is asked for again; it is no sale that was refused.
ONLY_MISSING = ("pse-log", "cv-book", "pse-state-log", "pse-nothing", "cv-nothing")
KEPT = ("pse-", "cv-", "law-", "id-", "counter-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who buys, as asked and shown at the counter."""

    name: str
    address: str
    born_on: date | None
    id_kind: str = ""
    id_number: str = ""
    id_issuer: str = ""
    id_until: date | None = None
    known: bool = False
    log_number: str = ""
    signature: str = ""

    @property
    def folded(self) -> str:
        """The name as it is compared: first and last word, so that no initial hides a sale."""
        words = fold(self.name).split()
        return " ".join([*words[:1], *words[1:][-1:]])

    @property
    def paper(self) -> str:
        """The identification as it is compared; empty where none was shown.

        Without its issuer, which people write as Texas, TX or Tex.
        """
        letters = "".join(char for char in self.id_number.upper() if char.isalnum())
        return f"{self.id_kind} {letters}" if letters else ""


def buyer_problems(buyer: Buyer, *, signs: bool, on: date) -> list[Problem]:
    """What is missing or cannot be true; ``signs`` where the law wants a signature."""
    problems = [
        Problem(f"The {what} is too long: at most {LONGEST} letters.", field=field)
        for field, what, said in (
            ("buyer", "name", buyer.name),
            ("address", "address", buyer.address),
            ("id_number", "number of the identification", buyer.id_number),
            ("id_issuer", "issuer", buyer.id_issuer),
            ("log_number", "number of the state's log", buyer.log_number),
        )
        if len(said) > LONGEST
    ]
    problems += birth_problems(buyer.born_on, on=on)
    problems += paper_problems(buyer, on=on)
    if signs:
        problems += signature_problems(buyer.signature)
    return problems


def birth_problems(born_on: date | None, *, on: date) -> list[Problem]:
    """Why this is no birth date; sales are counted by name and birth date."""
    if born_on is None:
        return [Problem("When was the buyer born?", field="born_on", code="missing")]
    if born_on >= on or born_on.year < on.year - OLDEST_YEARS:
        says = f"Nobody who buys was born on {born_on:%m/%d/%Y}."
        return [Problem(says, field="born_on", code="birth-date")]
    return []


def paper_problems(buyer: Buyer, *, on: date) -> list[Problem]:
    """Why the paper that was shown is none: it is named in full, and it has not run out."""
    if not (buyer.id_kind or buyer.id_number.strip()):
        return []
    if buyer.id_kind and buyer.id_kind not in IdKind.values:
        return [Problem("Such a paper is not taken.", field="id_kind", code="id-kind")]
    problems = [
        Problem(says, field=field, code="missing")
        for says, field, missing in (
            ("Which identification was shown?", "id_kind", not buyer.id_kind),
            ("What is its number?", "id_number", not buyer.id_number.strip()),
            ("Who issued it: which state, or which country?", "id_issuer",
             not buyer.id_issuer.strip()),
            ("Until when is it good?", "id_until", buyer.id_until is None),
        )
        if missing
    ]  # fmt: skip
    if buyer.id_until is not None and buyer.id_until < on:
        says = (
            f"The identification ended on {buyer.id_until:%m/%d/%Y}: it proves nothing today."
        )
        problems.append(
            Problem(
                says, field="id_until", code="id-expired", cite="21 CFR 1314.30", verified="K"
            )
        )
    return problems


def clock_problems(at: datetime, *, last: datetime | None) -> list[Problem]:
    """Why the log cannot go on: it runs forward, and a clock set back would hide a sale."""
    if last is None or at >= last - CLOCKS_DIFFER:
        return []
    says = (
        f"The clock says {at:%m/%d/%Y %H:%M} UTC, but the log's last sale is of "
        f"{last:%m/%d/%Y %H:%M} UTC: set the clock right first."
    )
    return [Problem(says, code="counter-clock", cite="21 CFR 1314.30", verified="K")]


def is_kept(problems: Sequence[Problem]) -> bool:
    """Whether a refusal goes into the book of refused sales: a rule stood against it."""
    return any(
        problem.code.startswith(KEPT) and not problem.code.startswith(ONLY_MISSING)
        for problem in problems
    )
