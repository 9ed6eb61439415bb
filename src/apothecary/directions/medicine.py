"""What the drug's name and form say about a dose: 25 mg of a 12.5 mg tablet is two."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

_AMOUNT = re.compile(
    r"(?<![\d.])(\d{1,3}(?:,\d{3}){1,2}|\d{1,7}(?:\.\d{1,4})?|\.\d{1,4})\s?"
    r"(mg|mcg|ug|µg|g|gm|meq|units?|iu)\b"
    r"(?:\s?(?:/|per)\s?(\d{0,4}(?:\.\d{1,3})?)\s?(ml|actuation|act|inhalation|inh|puff|spray)\b)?",
    re.IGNORECASE,
)
# "5-325 mg", "50/12.5 mg", "10 mg-20 mg": more than one drug in it.
_COMBINED = re.compile(
    r"\d\s?(?:mg|mcg|g)?\s?[-/]\s?\d{1,4}(?:\.\d{1,4})?\s?(?:mg|mcg|g)\b", re.IGNORECASE
)
_UNSPLIT = re.compile(
    r"\b(?:er|xr|xl|sr|la|cr|cd|dr|ec|extended|delayed|sustained|controlled|enteric)\b",
    re.IGNORECASE,
)
_PIECES = (
    ("chewable", "tablet"),
    ("tab", "tablet"),
    ("caplet", "tablet"),
    ("softgel", "softgel"),
    ("cap", "capsule"),
    ("suppos", "suppository"),
    ("lozenge", "lozenge"),
    ("film", "film"),
    ("packet", "packet"),
    ("gumm", "gummy"),
)
_FLUID = re.compile(r"solution|suspension|susp\b|syrup|elixir|liquid|\bsoln?\b|drops", re.I)
_NEEDLE = re.compile(r"inject|\bpen\b|syringe|vial|infus|ophth|otic|inhal|nebul", re.I)
_TO_MCG = {"mg": Decimal(1000), "mcg": Decimal(1), "g": Decimal(1_000_000)}
_NAME = {"ug": "mcg", "µg": "mcg", "gm": "g", "meq": "mEq", "units": "unit", "iu": "unit"}
_PER = {"ml": "mL", "act": "puff", "actuation": "puff", "inhalation": "puff", "inh": "puff"}
_FORM_WORD = re.compile(
    r"\b(tab(?:let)?s?|cap(?:sule)?s?|softgels?|oral (?:solution|suspension)|suspension|susp"
    r"|syrup|elixir|suppositor(?:y|ies)|patch(?:es)?|cream|ointment|lotion)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Medicine:
    """The drug of the line: its own words, its form, how much drug is in one of what."""

    names: frozenset[str]
    form: str
    # So much drug of ``strength_unit`` in ``per`` of ``counted_in``; zero when not known.
    strength: Decimal = Decimal(0)
    strength_unit: str = ""
    per: Decimal = Decimal(1)
    counted_in: str = ""
    combined: bool = False
    whole: bool = False

    def amount_of(self, dose: Decimal, unit: str) -> Fraction | None:
        """How much of ``counted_in`` holds the dose; None when it cannot be reckoned."""
        if not self.strength or not self.counted_in:
            return None
        same = in_same_unit(dose, unit, self.strength_unit)
        return None if same is None else Fraction(same) * Fraction(self.per) / Fraction(
            self.strength
        )  # fmt: skip

    def drug_in(self, amount: Decimal, counted_in: str, unit: str) -> Fraction | None:
        """How much drug, in ``unit``, that amount of the product holds; None if not known."""
        if not self.strength or counted_in != self.counted_in:
            return None
        one = in_same_unit(self.strength, self.strength_unit, unit)
        return None if one is None else Fraction(amount) * Fraction(one) / Fraction(self.per)


def in_same_unit(amount: Decimal, unit: str, wanted: str) -> Decimal | None:
    """The amount in another unit of mass, or as it is; None where the two do not compare."""
    if unit == wanted:
        return amount
    if unit in _TO_MCG and wanted in _TO_MCG:
        return amount * _TO_MCG[unit] / _TO_MCG[wanted]
    return None


@lru_cache(maxsize=1024)
def medicine_of(drug: str, form: str) -> Medicine:
    """What name and form say. A strength is only known where one alone is named."""
    names = frozenset(re.findall(r"[a-z]{4,}", drug.casefold()))
    said = _FORM_WORD.search(drug)
    form = form or (said[0] if said else "")
    whole = _UNSPLIT.search(f"{drug} {form}") is not None
    combined = _COMBINED.search(drug) is not None
    found = {match.groups() for match in _AMOUNT.finditer(drug)}
    if combined or len(found) != 1:
        return Medicine(names, form, combined=combined or len(found) > 1, whole=whole)
    amount, unit, base, what = found.pop()
    counted_in = _counted_in(form or drug, (what or "").casefold())
    return Medicine(
        names,
        form,
        strength=Decimal(amount.replace(",", "")),
        strength_unit=_NAME.get(unit.casefold(), unit.casefold()),
        per=Decimal(base or 1),
        counted_in=counted_in,
        whole=whole,
    )


def _counted_in(form: str, per: str) -> str:
    plain = form.casefold()
    if per in ("spray", "puff") or _PER.get(per) == "puff":
        return "spray" if per == "spray" else "puff"
    if _NEEDLE.search(plain):
        return ""
    if per:
        return "mL" if _FLUID.search(plain) else ""
    return next((unit for part, unit in _PIECES if part in plain), "")
