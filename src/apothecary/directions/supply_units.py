"""From the unit a dose is counted in to the unit a package is billed in."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apothecary.directions.english import number, unit_name
from apothecary.directions.product import Customs, Product
from apothecary.directions.step import Step
from apothecary.directions.supply_rules import product_fact
from apothecary.directions.working import Working, amount

COUNTED = frozenset(
    {
        *("tablet", "capsule", "patch", "suppository", "lozenge", "film", "packet", "vial"),
        *("ampule", "pad", "syringe", "pen", "ring", "gummy", "softgel", "piece", "kit"),
        *("pill", "wafer", "blister", "enema", "lancet", "insert", "implant", "strip"),
    }
)
# One EA of these is a thing that holds doses, not a dose.
_HOLDERS = frozenset({"kit", "inhaler", "bottle", "dose", "container", "cartridge"})
_MEASURED = {"mL": "ML", "g": "GM"}
_UNITS_PER_ML = re.compile(
    r"(?<![\d.\-/])(\d+(?:\.\d+)?)\s*(?:units?|u|\[?iu\]?)\s*/\s*(\d+(?:\.\d+)?)?\s*ml\b"
    r"|\bu-?(\d{3})\b",
    re.IGNORECASE,
)
_STRENGTH_PER_ML = re.compile(
    r"(?<![\d.\-/])(\d+(?:\.\d+)?)\s*(mg|mcg|g|meq)\s*/\s*(\d+(?:\.\d+)?)?\s*ml\b",
    re.IGNORECASE,
)
# A second strength in the name is a second ingredient: which one is dosed is not known.
_STRENGTH = re.compile(r"\d\s*(?:mg|mcg|g|meq)\b", re.IGNORECASE)
_STRIP = re.compile(r"ointment|\bgel\b", re.IGNORECASE)
_THICK = re.compile(r"suspension|emulsion", re.IGNORECASE)
_THIN = re.compile(r"solution|drops", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rate:
    """Billing units in one dose unit, and dose units lost before each dose (priming)."""

    per_unit: Fraction
    lost: Fraction = Fraction(0)


def plain_rule(unit: str) -> str:
    """The rule by which a unit is reckoned where it is billed as it is counted."""
    if unit in COUNTED:
        return "DS-PATCH" if unit == "patch" else "DS-COUNT"
    return {"mL": "DS-LIQUID", "g": "DS-WEIGHED"}.get(unit, "")


def rate_of(step: Step, product: Product, customs: Customs, work: Working) -> Rate | None:
    """How a dose of the step is billed; None when that is not known, and why in a line."""
    unit = step.dose_unit
    if unit in COUNTED and _one_each(unit, product):
        return Rate(Fraction(1))
    if unit in ("puff", "spray"):
        return _metered(unit, product, work)
    if unit == "drop":
        return _drops(product, customs, work)
    if unit == "unit":
        return _units(step, product, customs, work)
    if unit in COUNTED:
        return _contained(unit, product, work)
    if not step.counts_product(product.form):
        return _by_strength(unit, product, work)
    if unit in _MEASURED and product.unit in ("", _MEASURED[unit]):
        return Rate(Fraction(1))
    _not_known(unit, product, work)
    return None


def _one_each(unit: str, product: Product) -> bool:
    holder = product.unit_word in _HOLDERS and product.unit_word != unit
    return product.unit in ("", "EA") and not holder


def _not_known(unit: str, product: Product, work: Working) -> None:
    if product.unit_word == "kit" and unit in COUNTED:
        work.say("What one pack holds is not on file.", "DS-PILL-PACK")
    one = product.unit or "unit of the quantity"
    work.say(f"How many {unit_name(unit, Decimal(2))} one {one} holds is not known.")


def _metered(unit: str, product: Product, work: Working) -> Rate | None:
    doses = product.content.doses if product.content is not None else None
    if doses is None or product.package_quantity is None:
        _not_known(unit, product, work)
        return None
    names = unit_name(unit, Decimal(2))
    work.say(f"{amount(doses)} {names} in one package", "DS-PACKAGE")
    rule = "DS-PUFF" if unit == "puff" else "DS-SPRAY"
    work.say(f"the labelled number of {names} counts", rule)
    return Rate(Fraction(product.package_quantity) / doses)


def _drops(product: Product, customs: Customs, work: Working) -> Rate | None:
    if product.unit not in ("", "ML"):
        _not_known("drop", product, work)
        return None
    if customs.drops_per_ml is not None:
        work.say(f"{number(customs.drops_per_ml)} drops = 1 mL, set for this payer")
        return Rate(1 / Fraction(customs.drops_per_ml))
    own = product_fact("drops_per_ml", name=product.full_name)
    if own is not None and own.value is not None:
        work.say(f"{amount(own.value)} drops = 1 mL of this product", own.rule)
        return Rate(1 / own.value)
    if _STRIP.search(product.form):
        work.say("Drops of a gel or ointment cannot be reckoned.", "DS-EYE-STRIP")
        return None
    if not (_THICK.search(product.form) or _THIN.search(product.form)):
        _not_known("drop", product, work)
        return None
    rule = "DS-DROP-SUSPENSION" if _THICK.search(product.form) else "DS-DROP-SOLUTION"
    per_ml = work.value(rule)
    work.say(f"{amount(per_ml)} drops = 1 mL", rule)
    return Rate(1 / per_ml)


def _units(step: Step, product: Product, customs: Customs, work: Working) -> Rate | None:
    found = _UNITS_PER_ML.findall(product.name)
    per_ml = {_per_ml(count or short, ml) for count, ml, short in found}
    if len(per_ml) != 1 or product.unit not in ("", "ML") or not min(per_ml):
        _not_known("unit", product, work)
        return None
    strength = per_ml.pop()
    work.say(f"{amount(strength)} units = 1 mL", "DS-UNITS")
    if not _can_be_set(step, product, work):
        return None
    return Rate(1 / strength, _prime(product, customs, work))


def _can_be_set(step: Step, product: Product, work: Working) -> bool:
    """Whether a pen of that step can be set to the dose."""
    doses = [dose for dose in (step.dose_min, step.dose_max) if dose is not None]
    known = product_fact("dose_step", name=product.full_name, device=product.device)
    if known is not None and known.value is not None:
        odd = [dose for dose in doses if Fraction(dose) % known.value]
        if odd:
            says = f"The pen steps by {amount(known.value)} units: {number(odd[0])} units "
            work.say(says + "cannot be set. Ask the prescriber.", known.rule)
        return not odd
    if product.device == "pen" and any(dose % 1 for dose in doses):
        work.doubt("A dose of half units needs a pen that steps by half a unit (DS-PEN-HALF).")
    return True


def _prime(product: Product, customs: Customs, work: Working) -> Fraction:
    if product.device != "pen":
        return Fraction(0)
    if customs.prime_units is not None:
        work.say(f"{number(customs.prime_units)} units to prime before each injection, as set")
        return Fraction(customs.prime_units)
    usual = work.value("DS-PEN-PRIME")
    work.say(f"{amount(usual)} units to prime before each injection", "DS-PEN-PRIME")
    work.doubt("Priming differs by pen and payer: without it the pens last longer.")
    return usual


def _contained(unit: str, product: Product, work: Working) -> Rate | None:
    """A syringe or vial of a product that is billed by what it holds."""
    held, whole = product.content, product.package_quantity
    if held is None or whole is None or not held.is_called(unit):
        _not_known(unit, product, work)
        return None
    each = Fraction(whole) / held.containers
    billed = {"ML": "mL", "GM": "g"}.get(product.unit, product.unit)
    work.say(f"{amount(each)} {billed} in one {unit}", "DS-PACKAGE")
    return Rate(each)


def _by_strength(unit: str, product: Product, work: Working) -> Rate | None:
    """A dose of mg of a liquid whose strength says the mg in so many mL."""
    found = [
        _per_ml(drug, ml)
        for drug, of, ml in _STRENGTH_PER_ML.findall(product.name)
        if of.casefold() == unit.casefold()
    ]
    single = len(found) == 1 and len(_STRENGTH.findall(product.name)) == 1
    if not single or not found[0] or product.unit not in ("", "ML"):
        _not_known(unit, product, work)
        return None
    work.say(f"{amount(found[0])} {unit} = 1 mL", "DS-STRENGTH")
    return Rate(1 / found[0])


def _per_ml(count: str, ml: str) -> Fraction:
    """So many in one mL; zero where the name says so many in none."""
    volume = Fraction(ml or "1")
    return Fraction(count) / volume if volume else Fraction(0)
