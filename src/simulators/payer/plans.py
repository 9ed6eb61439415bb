"""The payer's own books: plans, formulary, members and drug file, read from `data/`."""

import csv
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Plan:
    """One plan: who is in it, what it pays. Money in dollars, percentages as whole Decimals."""

    key: str
    name: str
    bin: str
    pcns: tuple[str, ...]
    groups: tuple[str, ...]
    card_pattern: str
    learn: bool
    person_code_required: bool
    help_desk: str
    default_tier_generic: int
    default_tier_brand: int
    copay_usd: dict[int, Decimal]
    coinsurance_percent: dict[int, Decimal]
    deductible_usd: Decimal
    dispensing_fee_usd: Decimal
    price_percent: Decimal
    max_days: int
    refill_percent: int
    override_codes: tuple[str, ...]
    too_old_days: int
    reversal_days: int
    origin_required: bool


@dataclass(frozen=True)
class Drug:
    """One product of the payer's drug file; the price is for one billing unit, in dollars."""

    ingredient: str
    strength: str
    form: str
    brand: bool
    schedule: int
    unit_price_usd: Decimal

    @property
    def same_therapy(self) -> str:
        """Products that share this text count as one drug for refills, whoever made them."""
        return f"{self.ingredient}/{self.strength}/{self.form}"


@dataclass(frozen=True)
class Rule:
    """A line of the formulary. An empty ingredient or prefix matches anything."""

    plan: str
    ingredient: str
    ndc_prefix: str
    covered: bool
    tier: int | None
    prior_authorization: bool
    max_quantity: Decimal | None
    per_days: int | None
    says: str


@dataclass(frozen=True)
class Member:
    """Somebody on a card: person code without leading zero, coverage dates inclusive."""

    cardholder: str
    person: str
    last_name: str
    born_on: date
    covered_from: date | None
    covered_until: date | None


@dataclass(frozen=True)
class Books:
    """All of it, with the look-ups adjudication asks."""

    plans: tuple[Plan, ...]
    rules: tuple[Rule, ...]
    drugs: dict[str, Drug]
    members: dict[str, tuple[Member, ...]]

    def by_bin(self, bin_number: str) -> list[Plan]:
        """The plans behind one BIN."""
        return [plan for plan in self.plans if plan.bin == bin_number]

    def drug(self, ndc11: str) -> Drug | None:
        """The product of an NDC, by labeler and product segments."""
        return self.drugs.get(ndc11[:9])

    def therapy(self, ndc11: str) -> str:
        """What counts as the same drug for refills: the therapy, or the product if unknown."""
        drug = self.drug(ndc11)
        return drug.same_therapy if drug else ndc11[:9]

    def rule(self, plan: Plan, ndc11: str) -> Rule | None:
        """The first formulary line of that plan which fits the product."""
        drug = self.drug(ndc11)
        for rule in self.rules:
            if rule.plan != plan.key or not ndc11.startswith(rule.ndc_prefix):
                continue
            if not rule.ingredient or (drug and rule.ingredient == drug.ingredient):
                return rule
        return None

    def on_card(self, plan: Plan, cardholder: str) -> tuple[Member, ...]:
        """Everybody the plan lists on that card."""
        return self.members.get(f"{plan.key}/{cardholder}", ())

    def card_is_learnable(self, plan: Plan, cardholder: str) -> bool:
        """Whether an unlisted card may enrol itself by its first claim."""
        return plan.learn and re.fullmatch(plan.card_pattern, cardholder) is not None


def read_books(folder: Path = DATA) -> Books:
    """Read the folder's plans.toml, formulary.csv, drugs.csv and members.csv."""
    with (folder / "plans.toml").open("rb") as file:
        plans = tuple(_plan(entry) for entry in tomllib.load(file)["plan"])
    drugs = {row["ndc9"]: _drug(row) for row in _rows(folder / "drugs.csv")}
    members: dict[str, tuple[Member, ...]] = {}
    for row in _rows(folder / "members.csv"):
        card = f"{row['plan']}/{row['cardholder']}"
        members[card] = (*members.get(card, ()), _member(row))
    rules = tuple(_rule(row) for row in _rows(folder / "formulary.csv"))
    return Books(plans, rules, drugs, members)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _plan(entry: dict[str, object]) -> Plan:
    values = dict(entry)
    for name in ("deductible_usd", "dispensing_fee_usd", "price_percent"):
        values[name] = Decimal(str(values[name]))
    for name in ("copay_usd", "coinsurance_percent"):
        table = values[name]
        if not isinstance(table, dict):
            raise ValueError(f"{entry.get('key')}: {name} must be a table of tiers")
        values[name] = {int(tier): Decimal(amount) for tier, amount in table.items()}
    for name in ("pcns", "groups", "override_codes"):
        values[name] = tuple(_texts(values[name]))
    return Plan(**values)  # type: ignore[arg-type]  # a wrong or missing key raises TypeError here


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} must be a list")
    return [str(one) for one in value]


def _drug(row: dict[str, str]) -> Drug:
    price = Decimal(row["unit_price_usd"])
    brand = row["kind"] == "B"
    schedule = int(row["schedule"])
    return Drug(row["ingredient"], row["strength"], row["form"], brand, schedule, price)


def _rule(row: dict[str, str]) -> Rule:
    return Rule(
        plan=row["plan"],
        ingredient=row["ingredient"],
        ndc_prefix=row["ndc_prefix"],
        covered=row["covered"] == "yes",
        tier=int(row["tier"]) if row["tier"] else None,
        prior_authorization=row["prior_authorization"] == "yes",
        max_quantity=Decimal(row["max_quantity"]) if row["max_quantity"] else None,
        per_days=int(row["per_days"]) if row["per_days"] else None,
        says=row["says"],
    )


def _member(row: dict[str, str]) -> Member:
    return Member(
        cardholder=row["cardholder"],
        person=row["person"].lstrip("0") or "0",
        last_name=row["last_name"],
        born_on=date.fromisoformat(row["birth_date"]),
        covered_from=_day(row["covered_from"]),
        covered_until=_day(row["covered_until"]),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
