"""The bank of rejects: scenarios with one planted flaw each, worked by the house alone.

`reject_bank.csv`: each row is our own scenario. `plan` is a plan of the payer simulator under a
card nobody has used (`lone`, `medicaid`, `partd`, `adv`), or `member:NUMBER`, whom the payer
lists. `flaw` is what is wrong. Where the payer could not judge it by itself, `fault` makes it
refuse with that code once. `code`, `says` and `field` are what the coach has to find; `ends` is
`paid` or `dated` where no person is needed.
"""

import csv
from dataclasses import dataclass
from dataclasses import field as made
from pathlib import Path

from apothecary.claims.coach.drug_causes import npi_checks

BANK = Path(__file__).with_name("reject_bank.csv")
MEMBERS = Path(__file__).parents[2] / "src/simulators/payer/data/members.csv"


@dataclass
class Scenario:
    """One row, and what came of it."""

    id: str
    queue: str
    drug: str
    plan: str
    flaw: dict[str, str]
    fault: str
    code: str
    says: str
    field: str
    ends: str
    fill_id: int = 0
    codes: list[str] = made(default_factory=list)
    cause: str = ""
    found_field: str = ""
    ended: str = ""

    @property
    def exact(self) -> bool:
        """Whether the coach named the planted code, its cause and the field."""
        there = self.code in self.codes and self.says in self.cause
        return there and self.found_field == self.field

    @property
    def alone(self) -> bool:
        """Whether it came to be paid without a person."""
        return self.ended in {"paid", "dated"}

    def __str__(self) -> str:
        wanted = f"{self.code} {self.field} {self.ends}: {self.says}"
        found = f"{' '.join(self.codes)} {self.found_field} {self.ended}: {self.cause}"
        what = f"{self.id} {self.drug} {self.plan} {self.flaw}"
        return f"{what}\n   wanted {wanted}\n   found  {found}"


def scenarios() -> list[Scenario]:
    """The rows of the bank."""
    with BANK.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        Scenario(flaw=flaws(row.pop("flaw")), **row)  # type: ignore[arg-type]  # its columns
        for row in rows
    ]


def flaws(text: str) -> dict[str, str]:
    """``group=X;born=1960-01-01`` as names and values; an empty value is a field left out."""
    pairs = (part.partition("=") for part in text.split(";") if part)
    return {name: value for name, _, value in pairs}


def members() -> dict[str, dict[str, str]]:
    """Whom the payer lists, by card number."""
    with MEMBERS.open(newline="", encoding="utf-8") as file:
        return {row["cardholder"]: row for row in csv.DictReader(file)}


def good_npi(number: int) -> str:
    """A number nobody has, with a right check digit."""
    first = f"29{number:07d}"
    return next(f"{first}{last}" for last in range(10) if npi_checks(f"{first}{last}"))
