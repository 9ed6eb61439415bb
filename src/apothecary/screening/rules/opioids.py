"""Opioids: the morphine milligram equivalents of a day over everything, and naloxone."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from apothecary.arithmetic.reckoning import reckon
from apothecary.arithmetic.table import calculation_of
from apothecary.screening.limits import OpioidFactor
from apothecary.screening.rules.amounts import amounts, plain
from apothecary.screening.rules.facts import Case, DrugFacts
from apothecary.screening.rules.found import NOTE, Found, fingerprint, not_screened
from apothecary.screening.rules.interactions import spoken
from apothecary.screening.rules.tables import tables

OPIOIDS, NALOXONE = "opioids", "naloxone"
BY_MG, BY_PATCH = "F01", "F02"


def opioid_findings(case: Case) -> Iterator[Found]:
    """A new opioid with all others: the sum against the level of the CDC."""
    opioids = tables().classes[OPIOIDS]
    new = case.new
    if new.local or not new.ordered or opioids.isdisjoint(new.ingredients):
        return
    total, parts, left_out = Decimal(0), [], []
    for drug in (new, *case.patient.current):
        for key in sorted(opioids & set(drug.ingredients)):
            counted = mme(drug, key)
            if counted is None:
                left_out.append(f"{spoken(key)} in {drug.name}")
            else:
                total += counted
                parts.append(f"{drug.name}: {plain(counted)} MME a day")
    if left_out:
        says = f"Not in the sum of morphine equivalents: {', '.join(left_out)}."
        yield not_screened(new, says, "no factor of the CDC, or no daily dose known")
    yield from above_level(case, total, parts)


def above_level(case: Case, total: Decimal, parts: list[str]) -> Iterator[Found]:
    """The highest level that the sum has come to."""
    reached = [row for row in tables().levels if total >= row.level_mme]
    if not reached:
        return
    row = max(reached, key=lambda one: one.level_mme)
    guarded = any(NALOXONE in other.ingredients for other in case.patient.current)
    naloxone = "Naloxone is on the profile." if guarded else "No naloxone is on the profile."
    yield Found(
        kind="opioid load",
        severity=NOTE if guarded else row.grade,
        says=f"{plain(total)} MME a day over all opioids. {row.says} {naloxone}",
        because=tuple(parts),
        origin=row.origin,
        clears="A smaller dose, or naloxone offered and the reason written down.",
        fingerprint=fingerprint("opioid load", case.new, plain(total), str(guarded)),
    )


def mme(drug: DrugFacts, key: str) -> Decimal | None:
    """What one opioid of a drug counts in a day; None where that cannot be said."""
    amount = amounts(drug).get(key)
    if amount is None:
        return None
    row = factor(key, drug, amount.unit)
    return None if row is None else equivalents(amount.a_day, row.factor, amount.unit)


def factor(key: str, drug: DrugFacts, unit: str) -> OpioidFactor | None:
    """The row of the CDC for this opioid in this form."""
    return next(
        (
            row
            for row in tables().factors.get(key, ())
            if row.per == unit and (not row.forms or drug.form_group in row.forms)
        ),
        None,
    )


@lru_cache(maxsize=1024)
def equivalents(a_day: Decimal, by: Decimal, unit: str) -> Decimal:
    """Reckoned by the table of calculations, as it is shown at the counter (MME a day)."""
    name = BY_PATCH if unit == "mcg/h" else BY_MG
    calculation = calculation_of(name)
    if calculation is None:
        raise LookupError(f"no calculation {name}")
    inputs: dict[str, object] = {"mcgh": a_day} if unit == "mcg/h" else {"mg": a_day, "f": by}
    exact = reckon(calculation, inputs).exact
    return exact if isinstance(exact, Decimal) else Decimal(0)
