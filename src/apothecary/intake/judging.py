"""What the entry form asks: where its values stand, and what a person must confirm. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from apothecary.directions.direction import Directions
from apothecary.directions.product import Product
from apothecary.directions.reading import read_directions
from apothecary.directions.site_codes import SiteCodes
from apothecary.directions.structured_back import structured_questions
from apothecary.directions.supply import Needed, Proof, days_supply, quantity_needed

UNITS = {"EA": "counted", "ML": "measured in mL", "GM": "weighed in g"}


@dataclass(frozen=True, slots=True)
class DrugFacts:
    """The chosen product, as far as directions and quantity need it."""

    name: str = ""
    strength: str = ""
    form: str = ""
    unit: str = ""
    brand: str = ""
    route: str = ""
    unit_word: str = ""
    package_quantity: Decimal | None = None
    package_text: str = ""

    @property
    def named(self) -> str:
        """Name and strength, as directions may repeat them."""
        return f"{self.name} {self.strength}".strip()

    def product(self) -> Product:
        """The product as days' supply knows it."""
        return Product(
            name=f"{self.brand} {self.named}".strip(),
            form=self.form,
            route=self.route,
            unit=self.unit,
            unit_word=self.unit_word,
            package_quantity=self.package_quantity,
            package_text=self.package_text,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """The directions as understood, and the days' supply proved from them."""

    directions: Directions
    proof: Proof | None
    english: str
    spanish: str
    drug: DrugFacts = DrugFacts()

    def needed(self, days: str) -> Needed | None:
        """The quantity the stated days need, where it is not the one that was proved."""
        if not days.isascii() or not days.isdigit() or len(days) > 4:
            return None
        if not self.directions.certain or (self.proof and self.proof.days == int(days)):
            return None
        found = quantity_needed(int(days), self.directions, self.drug.product())
        return found if found.quantity is not None else None

    @property
    def label(self) -> str:
        """What goes on the label: plain English where all is understood, else as typed."""
        return self.english or self.directions.text.strip()


def read_sig(
    text: str, quantity: str, drug: DrugFacts, codes: SiteCodes | None = None
) -> Reading:
    """Expand the directions and prove the days' supply of the quantity as typed."""
    directions = read_directions(text, form=drug.form, drug=drug.named, codes=codes)
    amount = number(quantity)
    proof = None
    if text.strip() and amount is not None and amount > 0:
        proof = days_supply(amount, directions, product=drug.product())
    certain = directions.certain
    return Reading(
        directions=directions,
        proof=proof,
        english=directions.english() if certain else "",
        spanish=directions.spanish() if certain else "",
        drug=drug,
    )


def number(text: str) -> Decimal | None:
    """A typed number, or none while it is none or beyond all quantities."""
    try:
        value = Decimal(text.strip() or "0")
    except InvalidOperation:
        return None
    return value if value.is_finite() and -20 < value.adjusted() < 20 else None


def asked(
    values: Mapping[str, str],
    *,
    sent: Mapping[str, str],
    why: Mapping[str, str],
    drug: DrugFacts,
    reading: Reading,
) -> dict[str, str]:
    """Field → the question on it. ``why`` holds what matching found only likely."""
    asks = {name: f"{reason} Is it right?" for name, reason in why.items() if reason}
    unit = sent.get("quantity_unit", "")
    if unit and drug.unit and unit != drug.unit:
        asks["quantity"] = (
            f"It is prescribed {UNITS[unit]}, the product is {UNITS[drug.unit]}. Convert it?"
        )
    if values.get("directions", "").strip():
        said = (*reading.directions.questions, *coded_asked(sent, reading))
        asks |= {"directions": " ".join(said)} if said else {}
    asks |= days_asked(values, reading)
    return asks


def coded_asked(sent: Mapping[str, str], reading: Reading) -> tuple[str, ...]:
    """Where the coded directions of a message contradict the directions as typed."""
    coded = sent.get("structured_sig", "")
    if not coded:
        return ()
    return structured_questions([(path, text) for path, text in json.loads(coded)],
                                reading.directions)  # fmt: skip


def days_asked(values: Mapping[str, str], reading: Reading) -> dict[str, str]:
    """The question on the days' supply: it disagrees with the proof, or there is none."""
    stated = values.get("days_supply", "").strip()
    if reading.proof is None or not stated:
        return {}
    if reading.proof.days is None:
        return {"days_supply": f"The days cannot be proved: {reading.proof.lines[-1]}"}
    if stated == str(reading.proof.days):
        return {}
    return {
        "days_supply": f"{stated} days are stated; quantity and directions come to "
        f"{reading.proof.days}."
    }
