"""Doses: the most in a day, summed over all products, by age, weight and what goes with it."""

from collections.abc import Iterator
from decimal import Decimal

from apothecary.screening.limits import DoseLimit
from apothecary.screening.rules.amounts import Amount, amounts, plain
from apothecary.screening.rules.facts import SWALLOWED, Case, DrugFacts
from apothecary.screening.rules.found import (
    NOTE,
    PHARMACIST,
    RANK,
    STOP,
    Found,
    fingerprint,
    not_screened,
)
from apothecary.screening.rules.interactions import spoken
from apothecary.screening.rules.people import conditions_of
from apothecary.screening.rules.tables import tables

ADULT = 18
# More than twice the limit is no judgement any more but a slip to be stopped (house rule).
SLIP = 2
A_WEEK = "day of use a week"
TO_MG = {"mg": Decimal(1), "mcg": Decimal("0.001")}


def dose_findings(case: Case) -> Iterator[Found]:
    """Each ingredient of the new drug against the limits that hold for this patient."""
    for key in sorted(set(case.new.ingredients)):
        rows = [row for row in tables().doses.get(key, ()) if holds(row, case)]
        for row in rows:
            if row.unit == A_WEEK:
                yield from too_often(case, key, row)
            if row.max_days is not None:
                yield from too_long(case, key, row)
        by_day = [row for row in rows if row.unit != A_WEEK]
        weights = [row for row in tables().weights.get(key, ()) if young(case, row.age_under)]
        if by_day or (weights and systemic(case.new)):
            yield from one_ingredient(case, key, by_day)


def young(case: Case, age_under: int) -> bool:
    """Whether the patient is known to be under an age."""
    return case.age is not None and case.age < age_under


def systemic(drug: DrugFacts) -> bool:
    """Whether it is swallowed."""
    return drug.form_group in SWALLOWED


def holds(row: DoseLimit, case: Case) -> bool:
    """Whether a limit speaks about this drug and this patient."""
    new, patient = case.new, case.patient
    return (
        new.form_group in (row.forms | {""} if row.forms else SWALLOWED)
        and row.release in {"", new.release}
        and (row.age_from is None or (case.age is not None and case.age >= row.age_from))
        and row.sex in {"", patient.sex}
        and (not row.together or takes(case, row.together))
        and (not row.condition or row.condition in conditions_of(patient))
    )


def takes(case: Case, ingredients: frozenset[str]) -> bool:
    """Whether the patient takes one of these."""
    return any(not ingredients.isdisjoint(other.ingredients) for other in case.patient.current)


def one_ingredient(case: Case, key: str, rows: list[DoseLimit]) -> Iterator[Found]:
    """The loudest thing to say about the daily amount of one ingredient."""
    if not case.new.ordered:
        return
    total, parts, missing = summed(case, key, rows)
    if missing:
        yield not_screened(
            case.new,
            f"The daily dose of {spoken(key)} is not known: not screened against its limit"
            f" ({missing}).",
            f"no dose of: {missing}",
        )
    if total is None:
        return
    over = [row for row in rows if total.a_day > in_the_units_of(total, row)]
    over.sort(key=lambda row: (RANK[row.grade], row.most))
    if over:
        yield too_much(case, key, over[0], total, parts)
    elif case.age is not None and case.age < ADULT:
        yield from child(case, key, total)


def in_the_units_of(total: Amount, row: DoseLimit) -> Decimal:
    """The limit in the unit of the sum."""
    return row.most * TO_MG.get(row.unit, Decimal(1))


def summed(case: Case, key: str, rows: list[DoseLimit]) -> tuple[Amount | None, list[str], str]:
    """The daily sum over the new and every current product, its parts, and what is missing."""
    if any(row.unit == "puff" for row in rows):
        use = case.new.use
        known = use.a_day is not None and use.unit == "puff"
        return (Amount(use.a_day or Decimal(0), "puff", use.unit) if known else None), [], ""
    a_day, parts, missing = Decimal(0), [], []
    forms = SWALLOWED.union(*(row.forms for row in rows))
    for drug in (case.new, *case.patient.current):
        if key not in drug.ingredients or drug.form_group not in forms:
            continue
        amount = amounts(drug).get(key)
        if amount is None or amount.unit != "mg":
            missing.append(drug.name)
        else:
            a_day += amount.a_day
            parts.append(f"{drug.name}: {plain(amount.a_day)} mg a day ({amount.by})")
    told = amounts(case.new).get(key) is not None
    return (Amount(a_day, "mg", "") if told else None), parts, ", ".join(missing)


def too_much(case: Case, key: str, row: DoseLimit, total: Amount, parts: list[str]) -> Found:
    """More in a day than the limit."""
    most = in_the_units_of(total, row)
    grade = STOP if row.grade != NOTE and total.a_day > most * SLIP else row.grade
    unit = "puffs" if row.unit == "puff" else row.unit
    taken = total.a_day / TO_MG.get(row.unit, Decimal(1))
    note = f" ({row.note})" if row.note else ""
    says = (
        f"{plain(taken)} {unit} of {spoken(key)} a day: more than the "
        f"{plain(row.most)} {unit} on file{note}."
    )
    because = [f"new: {case.new.name}", *parts]
    if grade != row.grade:
        because.append("more than twice the limit (house rule: stop)")
    return Found(
        kind="dose",
        severity=grade,
        says=says,
        because=tuple(because),
        origin=row.origin,
        clears="A smaller dose, or the prescriber's word that it is meant.",
        fingerprint=fingerprint("dose", case.new, key, plain(total.a_day), row.note),
    )


def child(case: Case, key: str, total: Amount) -> Iterator[Found]:
    """A child: by weight where a limit is on file, else said that none is."""
    rows = [row for row in tables().weights.get(key, ()) if young(case, row.age_under)]
    weight = case.patient.weight_kg
    if not rows:
        says = f"Only a limit of adults is on file for {spoken(key)}: not screened for a child."
        yield not_screened(case.new, says, f"age: {case.age} years")
    elif weight is None:
        says = (
            f"No weight is on file: {spoken(key)} goes by weight and its dose is not screened."
        )
        yield not_screened(case.new, says, "weight: not on file", grade=PHARMACIST)
    else:
        for row in rows:
            most = row.most_mg_per_kg * weight
            if total.a_day > most:
                yield over_weight(case, key, total, most, row.grade, f"{plain(weight)} kg")


def over_weight(
    case: Case, key: str, total: Amount, most: Decimal, grade: str, weight: str
) -> Found:
    """More in a day than the weight allows."""
    (row,) = (one for one in tables().weights[key] if young(case, one.age_under))
    loud = STOP if total.a_day > most * SLIP else grade
    says = (
        f"{plain(total.a_day)} mg of {spoken(key)} a day for {weight}: more than "
        f"{plain(row.most_mg_per_kg)} mg/kg ({plain(most)} mg)."
    )
    return Found(
        kind="dose",
        severity=loud,
        says=says,
        because=(f"new: {case.new.name}", f"weight: {weight}", f"age: {case.age} years"),
        origin=row.origin,
        clears="A smaller dose, a new weight, or the prescriber's word that it is meant.",
        fingerprint=fingerprint("dose", case.new, key, weight),
    )


def too_often(case: Case, key: str, row: DoseLimit) -> Iterator[Found]:
    """What is used on one day of the week and was ordered for more."""
    days = case.new.use.days_a_week
    if days is None:
        says = (
            f"{spoken(key).capitalize()} is for one day of the week; the directions do not say."
        )
        grade = PHARMACIST if case.new.use.asked else NOTE
        yield not_screened(case.new, says, "days a week: not known", grade=grade)
    elif days > row.most:
        yield Found(
            kind="dose",
            severity=row.grade,
            says=f"{case.new.name} on {days} days of the week: {row.note}.",
            because=(f"new: {case.new.name}", f"directions: {days} days a week"),
            origin=row.origin,
            clears="One day of the week in the directions, or a cancer as the diagnosis.",
            fingerprint=fingerprint("dose", case.new, key, f"{days} days a week"),
        )


def too_long(case: Case, key: str, row: DoseLimit) -> Iterator[Found]:
    """For more days than it may be taken."""
    days = case.new.days_supply
    if row.max_days is not None and days > row.max_days:
        yield Found(
            kind="duration",
            severity=row.grade,
            says=f"{days} days of {spoken(key)}: {row.note}.",
            because=(f"new: {case.new.name}", f"days' supply: {days}"),
            origin=row.origin,
            clears="A shorter supply, or the prescriber's word that it is meant.",
            fingerprint=fingerprint("duration", case.new, key, str(days)),
        )
