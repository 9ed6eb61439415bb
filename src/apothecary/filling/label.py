"""What the label of a fill says: everything the law asks for, from the rows of the house."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from apothecary.directions.spanish_words import PLURAL, UNIT
from apothecary.drugs.auxiliary import auxiliary_says
from apothecary.drugs.models import BillingUnit, Package
from apothecary.law.discard import discard_after
from apothecary.law.labels import LabelElement, label_problems, label_statements
from apothecary.law.problem import Problem
from apothecary.prescriptions.compound_tables import CompoundIngredient
from apothecary.prescriptions.models import Fill
from apothecary.staff.models import Pharmacy
from apothecary.stock.models import Lot
from apothecary.wires.gs1 import label_code
from apothecary.workbench.label_content import Language
from apothecary.workbench.labels import LabelContent

# What of the content shows each element that the law asks for.
SHOWN_BY = {
    LabelElement.PHARMACY_NAME: "pharmacy_name",
    LabelElement.PHARMACY_ADDRESS: "pharmacy_address",
    LabelElement.RX_NUMBER: "rx_number",
    LabelElement.DATE_FILLED: "filled_on",
    LabelElement.PRESCRIBER_NAME: "prescriber_name",
    LabelElement.PATIENT_NAME: "patient_name",
    LabelElement.DIRECTIONS: "directions",
}


CONTAINS: dict[Language, str] = {"en": "Contains", "es": "Contiene"}
MEASURES = {"ML": "mL", "GM": "g", "EA": "ea"}


def label_content(
    fill: Fill, *, pharmacy: Pharmacy, lots: list[Lot], on: date, technician: str
) -> LabelContent:
    """The label of a fill filled on that day from these lots (at least one).

    ``fill`` carries prescription, patient, prescriber and product (``writer.FULL``).
    """
    rx, product = fill.prescription, fill.package.product
    patient, prescriber = rx.patient, rx.prescriber
    language = language_of(fill)
    expires_on = min(lot.expires_on for lot in lots)
    made_of = fill.made_of
    last_day = discard_after(filled_on=on, expires_on=expires_on)
    if made_of:
        last_day = min(last_day, made_of[0].compound.use_until(filled_on=on))
    return LabelContent(
        pharmacy_name=pharmacy.name,
        pharmacy_address=address(pharmacy),
        pharmacy_phone=pharmacy.phone,
        rx_number=str(rx.number),
        fill_number=fill.number,
        filled_on=on,
        written_on=rx.written_on,
        patient_name=f"{patient.first_name} {patient.last_name}",
        patient_address=address(patient) if patient.street else "",
        prescriber_name=f"{prescriber} {prescriber.credential}".strip(),
        drug_name=product.brand if product.is_brand and product.brand else product.name,
        strength=product.strength_said,
        form=form_said(product.form),
        labeler=product.labeler,
        ndc=fill.package.ndc,
        quantity=fill.quantity,
        unit=unit_said(fill.package),
        unit_word=spanish_unit(fill) if language == "es" else "",
        directions=rx.directions_spanish if language == "es" else rx.directions,
        refills_left=max(rx.refills - fill.number, 0),
        discard_after=last_day,
        payload=label_code(str(rx.number), fill.number, fill.part),
        language=language,
        generic_for=generic_for(fill),
        auxiliary=(
            *contains(made_of, language=language),
            *auxiliary_says(product, language=language),
        ),
        cautions=tuple(label_statements(product.schedule, pharmacy.state, on=on)),
        lot=", ".join(sorted({lot.number for lot in lots})),
        expires_on=expires_on,
        technician=technician,
    )


def contains(made_of: Sequence[CompoundIngredient], *, language: Language) -> tuple[str, ...]:
    """What a compound contains, on one line; nothing for other drugs."""
    if not made_of:
        return ()
    parts = [
        f"{one.package.product.name} {one.package.product.strength_said} "
        f"{amount(one.quantity, one.package.unit)}"
        for one in made_of
    ]
    return (f"{CONTAINS[language]}: {'; '.join(parts)}",)


def amount(quantity: Decimal, unit: str) -> str:
    """So much of an ingredient: pieces by their number alone."""
    return f"{quantity.normalize():f} {MEASURES[unit]}"


def language_of(fill: Fill) -> Language:
    """Spanish for who reads Spanish, where the directions are on file in Spanish."""
    spanish = fill.prescription.patient.language == "es"
    return "es" if spanish and fill.prescription.directions_spanish else "en"


def address(of: Any) -> str:
    """Street and place of a pharmacy or a patient, on one line."""
    return f"{of.street}, {of.city}, {of.state} {of.postal_code}"


def unit_said(package: Package) -> str:
    """The word for one piece, or the billing unit of what is measured."""
    if package.unit == BillingUnit.EACH and package.unit_word:
        return package.unit_word
    return package.unit


def spanish_unit(fill: Fill) -> str:
    """The unit in Spanish with its number; measures are the same in both languages."""
    unit = unit_said(fill.package)
    measures = {"ML": "mL", "GM": "g", "EA": "unidad"}
    one = UNIT.get(unit, measures.get(unit, unit))
    if fill.quantity == 1 or unit in {"ML", "GM"}:
        return one
    if one == "unidad":
        return "unidades"
    return PLURAL.get(unit, f"{one}s")


def form_said(form: str) -> str:
    """The dosage form as people write it: tablet, film coated."""
    return form.lower()


def generic_for(fill: Fill) -> str:
    """The brand that was ordered, when its generic is given."""
    if fill.prescription.package_id == fill.package_id:
        return ""
    ordered, given = fill.prescription.package.product, fill.package.product
    return ordered.brand if ordered.is_brand and not given.is_brand else ""


def legal_problems(content: LabelContent, *, schedule: int, state: str) -> list[Problem]:
    """Every element the law asks for that this label does not show."""
    shown = {element for element, name in SHOWN_BY.items() if getattr(content, name)}
    # The drug file assigns the auxiliary cautions; none assigned means none to show.
    shown |= {LabelElement.CAUTIONS}
    wanted = label_statements(schedule, state, on=content.filled_on)
    if set(wanted) <= set(content.cautions):
        shown |= {LabelElement.TRANSFER_CAUTION, LabelElement.STATE_STATEMENT}
    return label_problems(schedule, state, shown, on=content.filled_on)


def written(content: LabelContent) -> str:
    """The content as JSON text, the same for the same label."""
    return json.dumps(
        asdict(content), sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":")
    )


def read(text: str) -> LabelContent:
    """The content back from its JSON text."""
    values: dict[str, Any] = json.loads(text)
    for name in ("filled_on", "written_on", "discard_after"):
        values[name] = date.fromisoformat(values[name])
    if values["expires_on"] is not None:
        values["expires_on"] = date.fromisoformat(values["expires_on"])
    values["quantity"] = Decimal(values["quantity"])
    for name in ("auxiliary", "cautions"):
        values[name] = tuple(values[name])
    return LabelContent(**values)


def fingerprint(text: str) -> str:
    """The SHA-256 of a written content: two labels that say the same have the same."""
    return sha256(text.encode()).hexdigest()
