"""From a prescription message to the strings an arrival keeps, and what is odd about it. Pure.

Which fault is answered with an Error and which is left to a person:

- what the standard forbids (missing or over-long fields, impossible dates, quantities that are
  zero, negative or absurd, refills above 99) is an Error, found by ``wires.script``;
- a number with a wrong check digit (NPI, DEA) and a date still to come were mistyped and can
  only be mended by the sender: Error, found here;
- everything the law or the clinic decides (refills of a C-II, an expired prescription, days'
  supply that cannot be, an unknown drug, two patients) arrives and is a question at entry.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from apothecary.intake.composed import compound_values
from apothecary.intake.matching import SentDrug, SentPatient
from apothecary.law.identifiers import dea_problems, npi_problems
from apothecary.wires import Fault
from apothecary.wires.script import Address, NewRx
from apothecary.wires.script.model import (
    CompoundOrder,
    Coverage,
    DrugUse,
    Leaf,
    Medication,
    PostalAddress,
    Prescriber,
)

LANGUAGES = {"SPA": "es", "ES": "es"}
UNIT_OF = {"C28254": "ML", "C48155": "GM"}
SHOWN_DAY = "%m/%d/%Y"
# The sender's calendar may be a day ahead of the pharmacy's.
CLOCK_SLACK = timedelta(days=1)
HELD = {
    "Y": "The prescriber says: do not fill.",
    "H": "The prescriber says: hold it until the patient asks.",
    "E": "The prescriber says: already filled elsewhere.",
}


def sent_values(rx: NewRx, *, order_number: str, signature: str) -> dict[str, str]:
    """What the message says, each value under the name of its field; absent is empty."""
    return {
        **patient_values(rx),
        **prescriber_values(rx.prescriber),
        **drug_values(rx),
        **coverage_values(first_coverage(rx)),
        "allergies": "\n".join(one.substance for one in rx.allergies if one.substance),
        "no_known_allergies": "yes" if rx.no_known_allergies else "",
        "order_number": order_number,
        "signature": signature,
        "urgency": rx.urgency,
    }


def patient_values(rx: NewRx) -> dict[str, str]:
    """The patient's name, birth date, address and so on."""
    who = rx.patient
    return {
        "patient_last_name": who.name.last,
        "patient_first_name": who.name.first,
        "patient_middle_name": who.name.middle,
        "patient_born_on": iso(who.born_on),
        "patient_sex": who.gender,
        "patient_language": LANGUAGES.get(who.language.upper(), "en"),
        "patient_phone": who.phone,
        "patient_weight_kg": plain(rx.weight_kg),
        "patient_species": who.species,
        **address_values("patient", who.address),
    }


def prescriber_values(who: Prescriber) -> dict[str, str]:
    """The prescriber's names and numbers."""
    fax = next((one.value for one in who.contacts if one.kind == "Fax"), "")
    return {
        "prescriber_last_name": who.name.last,
        "prescriber_first_name": who.name.first,
        "prescriber_npi": who.npi,
        "prescriber_dea": who.dea,
        "prescriber_licence_number": who.state_license,
        "prescriber_practice": who.practice,
        "prescriber_phone": who.phone,
        "prescriber_fax": fax,
        **address_values("prescriber", who.address),
    }


def address_values(of: str, address: PostalAddress | None) -> dict[str, str]:
    """An address as flat fields."""
    if address is None:
        return {f"{of}_{part}": "" for part in ("street", "city", "state", "postal_code")}
    street = " ".join(part for part in (address.line1, address.line2) if part)
    return {
        f"{of}_street": street,
        f"{of}_city": address.city,
        f"{of}_state": address.state.upper()[:2],
        f"{of}_postal_code": address.postal_code,
    }


def drug_values(rx: NewRx) -> dict[str, str]:
    """The drug, how much, how it is taken, until when."""
    drug = rx.medication
    ndc = drug.product.code if drug.product and drug.product.qualifier == "ND" else ""
    rxnorm = [one for one in drug.drug_codes if one.qualifier in {"SCD", "SBD", "GPK", "BPK"}]
    quantity = drug.quantity
    diagnosis = next((one for one in drug.diagnoses), None)
    return {
        "drug": drug.description,
        "ndc": ndc,
        "rxcui": rxnorm[0].code if rxnorm else "",
        "drug_schedule": drug.dea_schedule,
        "quantity": plain(quantity.value if quantity else None),
        "quantity_unit": UNIT_OF.get(quantity.unit_code, "EA") if quantity else "",
        "days_supply": str(drug.days_supply or ""),
        "refills": str(drug.refills if drug.refills is not None else ""),
        "daw": "0" if drug.substitution_allowed else "1",
        "written_on": iso(drug.written_on),
        "earliest_fill_on": iso(drug.effective_on),
        "directions": drug.sig_text,
        "structured_sig": _leaves(drug.structured_sig),
        "diagnosis": diagnosis.code if diagnosis else "",
        "note": drug.note,
        "compound": compound_values(drug.compound),
    }


def _leaves(found: Iterable[Leaf]) -> str:
    """The coded directions as JSON, path and text of each value; none is empty."""
    pairs = [[leaf.path, leaf.text] for leaf in found]
    return json.dumps(pairs, ensure_ascii=False) if pairs else ""


def first_coverage(rx: NewRx) -> Coverage | None:
    """The card to bill first: the one marked primary, else the first sent."""
    primary = [one for one in rx.coverages if one.responsibility == "P"]
    return next(iter(primary or rx.coverages), None)


def coverage_values(card: Coverage | None) -> dict[str, str]:
    """The insurance card as flat fields."""
    return {
        "card_plan_name": card.payer_name if card else "",
        "card_bin": card.bin if card else "",
        "card_pcn": card.pcn if card else "",
        "card_group": card.group_id if card else "",
        "card_cardholder_id": card.cardholder_id if card else "",
        "card_person_code": card.person_code if card else "",
        "card_relationship": card.relationship if card else "",
    }


def iso(day: date | None) -> str:
    """A day as it is kept: 2026-06-14; none is empty."""
    return day.isoformat() if day else ""


def plain(value: Decimal | None) -> str:
    """A number without trailing zeros; none is empty."""
    return f"{value.normalize():f}" if value is not None else ""


def shown_day(text: str) -> str:
    """A kept day as it is shown: 06/14/2026."""
    return f"{date.fromisoformat(text):{SHOWN_DAY}}" if text else ""


def sent_patient(values: dict[str, str]) -> SentPatient:
    """The patient of kept values, for a match."""
    born_on = values["patient_born_on"]
    return SentPatient(
        last_name=values["patient_last_name"],
        first_name=values["patient_first_name"],
        born_on=date.fromisoformat(born_on) if born_on else None,
        sex=values["patient_sex"],
        street=values["patient_street"],
        postal_code=values["patient_postal_code"],
        phone=values["patient_phone"],
    )


def sent_drug(values: dict[str, str]) -> SentDrug:
    """The drug of kept values, for a match."""
    return SentDrug(
        description=values["drug"],
        ndc11=values["ndc"],
        rxcui=values["rxcui"],
        quantity=Decimal(values["quantity"] or 0),
        substitution=values["daw"] == "0",
    )


def mistyped(rx: NewRx, *, today: date) -> list[Fault]:
    """What only the sender can mend: check digits, and a day that is still to come."""
    faults = [
        Fault("NPI", problem.says)
        for problem in (npi_problems(rx.prescriber.npi, on=today) if rx.prescriber.npi else [])
    ]
    if rx.prescriber.dea:
        faults += [
            Fault("DEANumber", problem.says)
            for problem in dea_problems(rx.prescriber.dea, on=today)
        ]
    written_on = rx.medication.written_on
    if written_on and written_on > today + CLOCK_SLACK:
        faults.append(Fault("WrittenDate", f"{written_on} is still to come"))
    return faults


def oddities(rx: NewRx, *, sent_to: Address, ncpdp_id: str) -> list[str]:
    """What a person must look at although the message is in order."""
    found = []
    if sent_to.value != ncpdp_id:
        found.append(f"It is addressed to {sent_to.value}, not to this pharmacy ({ncpdp_id}).")
    if rx.medication.compound is not None:
        found.append(compound_said(rx.medication.compound))
    if rx.medication.do_not_fill:
        found.append(HELD[rx.medication.do_not_fill])
    if rx.patient.species:
        found.append(f"The patient is an animal ({rx.patient.species}).")
    if any(use_of(rx.medication)):
        found.append("The prescriber has answered a drug-use alert: see the message.")
    return found


def compound_said(order: CompoundOrder) -> str:
    """That it is a compound, and where its ingredients stand."""
    if not order.parts:
        return "It is a compound, and the message names no ingredient: read the directions."
    return f"It is a compound of {len(order.parts)}: its ingredients stand in the message."


def use_of(drug: Medication) -> Iterator[DrugUse]:
    """What the prescriber has answered to alerts, about the drug or one of its ingredients."""
    yield from drug.drug_use
    for part in drug.compound.parts if drug.compound else ():
        yield from part.drug_use


def shown_amount(sent: dict[str, str]) -> Decimal | None:
    """The quantity that was sent; none where nothing was."""
    return Decimal(sent["quantity"]) if sent.get("quantity") else None
