"""The payer's own books: plans, formulary, members and drug file, read from `data/`."""

import csv
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

DATA = Path(__file__).parent / "data"
COORDINATED = frozenset(["commercial", "medicaid", "part-d", "supplement"])


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
    # What only some plans have; a plan that says nothing of it does without.
    kind: str = "commercial"
    plan_type: str = "12"
    dialect: tuple[str, ...] = ()
    out_of_pocket_usd: Decimal | None = None
    benefit_usd: Decimal | None = None
    most_cost_usd: Decimal | None = None
    stages: bool = False
    mandatory_generic: bool = False
    generic_excused_daw: tuple[str, ...] = ("1", "4", "7", "8", "9")
    dur: tuple[str, ...] = ()
    dur_hard: tuple[str, ...] = ()
    dur_services: tuple[str, ...] = ("M0", "P0", "R0")
    dur_results: tuple[str, ...] = ("1A", "1B", "1C", "1D", "1F", "1G")
    refill_reject: str = "79"
    decides_after_seconds: int = 0
    cob: str = "payments"
    cob_only: bool = False
    refuses_bins: tuple[str, ...] = ()
    most_help_usd: Decimal | None = None
    coupons: tuple[str, ...] = ()
    captures: bool = False
    takes_340b: bool = True
    vaccine_fee_usd: Decimal = Decimal("0.00")
    processor_fee_usd: Decimal = Decimal("0.00")
    transaction_fee_usd: Decimal = Decimal("0.00")
    withheld_percent: Decimal = Decimal("0")
    known_products_only: bool = False
    compounds: bool = True
    child_until_age: int | None = None


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
    """A line of the formulary. An empty ingredient or prefix matches anything.

    `code` is the reject of what is not covered; `step_first` names the ingredients of which
    one must have been paid before; `pa_needs` the diagnoses (ICD-10 beginnings) that get an
    authorization at once, any when empty; `preferred` NDCs offered instead.
    """

    plan: str
    ingredient: str
    ndc_prefix: str
    covered: bool
    tier: int | None
    prior_authorization: bool
    max_quantity: Decimal | None
    per_days: int | None
    says: str
    code: str = "70"
    step_first: tuple[str, ...] = ()
    age_min: int | None = None
    age_max: int | None = None
    sex: str = ""
    most_a_day: Decimal | None = None
    pa_needs: tuple[str, ...] = ()
    pa_days: int = 365
    preferred: tuple[str, ...] = ()
    vaccine: bool = False
    brand_wanted: bool = False


@dataclass(frozen=True)
class Member:
    """Somebody on a card: person code without leading zero, coverage dates inclusive."""

    cardholder: str
    person: str
    last_name: str
    born_on: date
    covered_from: date | None
    covered_until: date | None
    plan: str = ""
    group: str = ""
    first_name: str = ""
    sex: str = ""
    postal_code: str = ""
    relationship: str = "1"
    rank: int = 1

    def is_covered(self, on: date) -> bool:
        """Whether the coverage stands on that day."""
        began = self.covered_from is None or self.covered_from <= on
        return began and (self.covered_until is None or on <= self.covered_until)

    def is_person(self, other: "Member") -> bool:
        """Whether two cards are of one human being, as far as a payer can tell."""
        mine = (self.first_name, self.last_name, self.born_on, self.postal_code)
        theirs = (other.first_name, other.last_name, other.born_on, other.postal_code)
        return bool(self.first_name) and mine == theirs


@dataclass(frozen=True)
class Books:
    """All of it, with the look-ups adjudication asks."""

    plans: tuple[Plan, ...]
    rules: tuple[Rule, ...]
    drugs: dict[str, Drug]
    members: dict[str, tuple[Member, ...]]
    classes: dict[str, str]
    therapies: dict[str, tuple[Drug, ...]]

    def plan(self, key: str) -> Plan:
        """The plan of that key; KeyError when there is none."""
        return next(iter(p for p in self.plans if p.key == key))

    def everybody(self) -> list[Member]:
        """All listed members of all plans."""
        return [member for card in self.members.values() for member in card]

    def coverages(self, member: Member, on: date) -> list[Member]:
        """All coverages of the same human being on that day, the first payer first.

        Only plans that stand in one line: an injury or a discount card has no rank there.
        """
        if self.plan(member.plan).kind not in COORDINATED:
            return [member]
        lined_up = {plan.key for plan in self.plans if plan.kind in COORDINATED}
        everybody = [m for m in self.everybody() if m.plan in lined_up]
        same = [m for m in everybody if m == member or m.is_person(member)]
        return sorted((m for m in same if m.is_covered(on)), key=lambda m: m.rank)

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

    def has_generic(self, ndc11: str) -> bool:
        """Whether this is a brand of which the drug file also holds a generic."""
        drug = self.drug(ndc11)
        if drug is None or not drug.brand:
            return False
        return bool(self.generics_of(drug))

    def generics_of(self, drug: Drug) -> list[Drug]:
        """The generics that are the same therapy, the cheapest first."""
        same = self.therapies[drug.same_therapy]
        return sorted((d for d in same if not d.brand), key=lambda d: d.unit_price_usd)

    def rule(self, plan: Plan, ndc11: str) -> Rule | None:
        """The first formulary line of that plan which fits the product."""
        drug = self.drug(ndc11)
        for rule in self._rules_of.get(plan.key, ()):
            if not ndc11.startswith(rule.ndc_prefix):
                continue
            if not rule.ingredient or (drug and rule.ingredient == drug.ingredient):
                return rule
        return None

    @cached_property
    def _rules_of(self) -> dict[str, tuple[Rule, ...]]:
        found: dict[str, tuple[Rule, ...]] = {}
        for rule in self.rules:
            found[rule.plan] = (*found.get(rule.plan, ()), rule)
        return found

    def on_card(self, plan: Plan, cardholder: str) -> tuple[Member, ...]:
        """Everybody the plan lists on that card."""
        return self.members.get(f"{plan.key}/{cardholder}", ())

    def card_is_learnable(self, plan: Plan, cardholder: str) -> bool:
        """Whether an unlisted card may enrol itself by its first claim."""
        return plan.learn and re.fullmatch(plan.card_pattern, cardholder) is not None


def read_books(folder: Path = DATA) -> Books:
    """Read the folder's plans.toml, formulary.csv, drugs.csv and members.csv."""
    with (folder / "plans.toml").open("rb") as file:
        plans = tuple(_plan(entry) for entry in _whole(tomllib.load(file)["plan"]))
    drugs = {row["ndc9"]: _drug(row) for row in _rows(folder / "drugs.csv")}
    members: dict[str, tuple[Member, ...]] = {}
    for row in _rows(folder / "members.csv"):
        card = f"{row['plan']}/{row['cardholder']}"
        members[card] = (*members.get(card, ()), _member(row))
    rules = tuple(_rule(row) for row in _rows(folder / "formulary.csv"))
    classes = {row["ingredient"]: row["class"] for row in _rows(folder / "classes.csv")}
    therapies: dict[str, tuple[Drug, ...]] = {}
    for drug in drugs.values():
        therapies[drug.same_therapy] = (*therapies.get(drug.same_therapy, ()), drug)
    return Books(plans, rules, drugs, members, classes, therapies)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _whole(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """Each plan with what it takes over from the plan it is `like`."""
    whole: dict[str, dict[str, object]] = {}
    for entry in entries:
        base = whole[str(entry["like"])] if "like" in entry else {}
        own = {name: value for name, value in entry.items() if name != "like"}
        whole[str(entry["key"])] = {**base, **own}
    return list(whole.values())


def _plan(entry: dict[str, object]) -> Plan:
    values = dict(entry)
    for name, value in values.items():
        if name.endswith(("_usd", "_percent")) and isinstance(value, str):
            values[name] = Decimal(value)
        elif isinstance(value, list):
            values[name] = tuple(_texts(value))
    for name in ("copay_usd", "coinsurance_percent"):
        table = values[name]
        if not isinstance(table, dict):
            raise ValueError(f"{entry.get('key')}: {name} must be a table of tiers")
        values[name] = {int(tier): Decimal(amount) for tier, amount in table.items()}
    for name in ("pcns", "groups", "override_codes"):
        if not isinstance(values[name], tuple):
            raise ValueError(f"{values[name]!r} must be a list")
    return Plan(**values)  # type: ignore[arg-type]  # a wrong or missing key raises TypeError here


def _texts(value: list[object]) -> list[str]:
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
        tier=_number(row["tier"]),
        prior_authorization=row["prior_authorization"] == "yes",
        max_quantity=Decimal(row["max_quantity"]) if row["max_quantity"] else None,
        per_days=_number(row["per_days"]),
        says=row["says"],
        code=row["code"] or "70",
        step_first=_listed(row["step_first"]),
        age_min=_number(row["age_min"]),
        age_max=_number(row["age_max"]),
        sex=row["sex"],
        most_a_day=Decimal(row["most_a_day"]) if row["most_a_day"] else None,
        pa_needs=_listed(row["pa_needs"]),
        pa_days=_number(row["pa_days"]) or 365,
        preferred=_listed(row["preferred"]),
        vaccine=row["vaccine"] == "yes",
        brand_wanted=row["brand_wanted"] == "yes",
    )


def _member(row: dict[str, str]) -> Member:
    return Member(
        cardholder=row["cardholder"],
        person=row["person"].lstrip("0") or "0",
        last_name=row["last_name"],
        born_on=date.fromisoformat(row["birth_date"]),
        covered_from=_day(row["covered_from"]),
        covered_until=_day(row["covered_until"]),
        plan=row["plan"],
        group=row["group"],
        first_name=row["first_name"],
        sex=row["sex"],
        postal_code=row["postal_code"],
        relationship=row["relationship"],
        rank=int(row["rank"]),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one for one in text.split("|") if one)


def _number(text: str) -> int | None:
    return int(text) if text else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
