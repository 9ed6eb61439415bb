"""A compound as a prescriber ordered it: from the message to the form of a compound. Pure.

What the message does not say (route, days of use) and what this house does not hold under the
number that was sent stays open in the form; as it was sent stands beside it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from apothecary.prescriptions.compound_rules import FORMS
from apothecary.wires.script.model import CompoundOrder, CompoundPart
from apothecary.wires.script.units import quantity_unit

# NCI Thesaurus codes of dosage forms → codes of a claim (450-EF). A form that is not here has
# none of its own: a person chooses. A troche is taken as the lozenge that a claim calls it.
FORM_OF: Mapping[str, str] = MappingProxyType(
    {
        "C25158": "01",
        "C42966": "02",
        "C28944": "03",
        "C42993": "04",
        "C42972": "05",
        "C42913": "06",
        "C42953": "07",
        "C42998": "10",
        "C42986": "11",
        "C42994": "12",
        "C29167": "13",
        "C42981": "14",
        "C42912": "15",
        "C42996": "16",
        "C42955": "17",
        "C43001": "17",
        "C42915": "18",
    }
)


@dataclass(frozen=True, slots=True)
class SentPart:
    """One ingredient as sent: its words, its NDC if that is its number, how much of it."""

    says: str
    ndc: str = ""
    number: str = ""
    quantity: str = ""
    unit: str = ""
    unit_said: str = ""

    @property
    def amount(self) -> str:
        """How much of it goes in, with its unit."""
        return f"{self.quantity} {self.unit_said}".strip()


@dataclass(frozen=True, slots=True)
class SentCompound:
    """What is to be compounded, as sent; ``form`` is an NCI code, empty where none was sent."""

    form: str
    parts: tuple[SentPart, ...]

    @property
    def form_said(self) -> str:
        """The dosage form in words; its bare code where a claim has no such form."""
        return FORMS.get(FORM_OF.get(self.form, ""), self.form)


def compound_values(order: CompoundOrder | None) -> str:
    """What an arrival keeps of a compound, as JSON; empty for a finished product."""
    if order is None:
        return ""
    parts = [asdict(sent_part(part)) for part in order.parts]
    return json.dumps({"form": order.form_code, "parts": parts}, ensure_ascii=False)


def sent_part(part: CompoundPart) -> SentPart:
    """An ingredient of the message, its unit as a claim counts it where the code says so."""
    item, amount = part.item, part.quantity
    unit = quantity_unit(amount.unit_code) if amount else None
    return SentPart(
        says=" ".join(part.description.split()),
        ndc=item.code if item and item.qualifier == "ND" else "",
        number=f"{item.qualifier} {item.code}" if item and item.qualifier != "ND" else "",
        quantity=f"{amount.value.normalize():f}" if amount else "",
        unit=unit.billing if unit else "",
        unit_said=unit.name if unit else (amount.unit_code if amount else ""),
    )


def sent_compound(values: Mapping[str, str]) -> SentCompound | None:
    """The compound of kept values, or none."""
    kept = values.get("compound", "")
    if not kept:
        return None
    said = json.loads(kept)
    return SentCompound(said["form"], tuple(SentPart(**part) for part in said["parts"]))


def compound_lines(values: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The compound in the order of the paper: label, value, id of the part."""
    sent = sent_compound(values)
    if sent is None:
        return []
    lines = [("Compound", sent.form_said or "form not said", "")]
    for place, part in enumerate(sent.parts, start=1):
        told = ", ".join(said for said in (part.says, part.amount) if said)
        lines.append((f"Ingredient {place}", told, f"sent-ingredient-{place}"))
    return lines
