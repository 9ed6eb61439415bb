"""The rows of products and packages as every source hands them to a load."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import md5


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One listing as the drug file keeps it; the names are those of its columns."""

    line: int
    labeler_code: str
    product_code: str
    listing: str
    kind: str
    name: str
    brand: str
    is_brand: bool
    ingredient_key: str
    substances: str
    strength: str
    form: str
    form_group: str
    route: str
    schedule: int
    schedule_source: str
    prescription_only: bool
    labeler: str
    category: str
    application: str
    classes: str
    storage: str
    auxiliary: str
    words: str
    started_on: date | None
    ended_on: date | None
    certified_on: date | None
    flag: str

    @property
    def fingerprint(self) -> str:
        """Equal for listings of the same drug: ingredients, strength, form and route."""
        return fingerprint(self.ingredient_key, self.strength, self.form, self.route)


@dataclass(frozen=True, slots=True)
class PackageLine:
    """One package as the drug file keeps it; ``listing`` names the product it is of."""

    line: int
    ndc: str
    listing: str
    description: str
    package_code: str
    ndc10: str
    ndc11: str
    ndc12: str
    quantity: Decimal
    unit: str
    unit_word: str
    unit_source: str
    inner_count: int
    sample: bool
    started_on: date | None
    ended_on: date | None
    flag: str


def fingerprint(*parts: str) -> str:
    """One short mark for texts that together say which drug it is."""
    return md5("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()
