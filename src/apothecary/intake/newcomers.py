"""A patient or prescriber who is new: the typed fields as details to be taken on file. Pure."""

from collections.abc import Mapping
from datetime import date

from apothecary.intake.forms import Reader
from apothecary.law.problem import refuse_if
from apothecary.patients.actions import PatientDetails
from apothecary.patients.cards import Card
from apothecary.prescriptions.prescribers import PrescriberDetails

START = "new_"
CARD_BIN = "card_bin"


def stripped(values: Mapping[str, str]) -> dict[str, str]:
    """The posted fields of the newcomer, without their prefix."""
    return {
        name.removeprefix(START): text
        for name, text in values.items()
        if name.startswith(START)
    }


def digits(text: str) -> str:
    """A phone number as it is kept: its digits, without the country's 1."""
    found = "".join(char for char in text if char.isascii() and char.isdigit())
    return found[1:] if len(found) == 11 and found.startswith("1") else found


def read_patient(values: Mapping[str, str]) -> PatientDetails:
    """The new patient as typed, or a refusal with every field at fault."""
    read = Reader(stripped(values))
    born_on = read.day("born_on", "Birth date")
    if born_on is None and not read.problems:
        read.wrong("born_on", "The birth date is missing.")
    weight = read.text("weight_kg")
    details = PatientDetails(
        last_name=read.text("last_name", most=35),
        first_name=read.text("first_name", most=35),
        middle_name=read.text("middle_name", most=35),
        birth_date=born_on or date.min,
        sex=read.text("sex", most=1),
        language=read.text("language", most=2) or "en",
        weight_kg=read.number("weight_kg", "Weight", places=2) if weight else None,
        street=read.text("street", most=80),
        city=read.text("city", most=35),
        state=read.text("state", most=2).upper(),
        postal_code=read.text("postal_code", most=11),
        phone=digits(read.text("phone")),
    )
    refuse_if(read.problems)
    return details


def read_prescriber(values: Mapping[str, str]) -> PrescriberDetails:
    """The new prescriber as typed, or a refusal with every field at fault."""
    read = Reader(stripped(values))
    details = PrescriberDetails(
        last_name=read.text("last_name", most=35),
        first_name=read.text("first_name", most=35),
        npi=read.text("npi", most=10),
        dea=read.text("dea", most=35).upper(),
        licence_number=read.text("licence_number", most=35),
        licence_state=read.text("licence_state", most=2).upper(),
        practice=read.text("practice", most=70),
        street=read.text("street", most=80),
        city=read.text("city", most=35),
        state=read.text("state", most=2).upper(),
        postal_code=read.text("postal_code", most=11),
        phone=digits(read.text("phone")),
        fax=digits(read.text("fax")),
    )
    refuse_if(read.problems)
    return details


def sent_card(sent: Mapping[str, str]) -> Card | None:
    """The insurance card of a message; one without the numbers of a claim is none."""
    if len(sent.get(CARD_BIN, "")) != 6 or not sent.get("card_cardholder_id"):
        return None
    return Card(
        plan_name=sent.get("card_plan_name", ""),
        bin=sent[CARD_BIN],
        pcn=sent.get("card_pcn", ""),
        group=sent.get("card_group", ""),
        cardholder_id=sent["card_cardholder_id"],
        person_code=sent.get("card_person_code", ""),
        relationship=sent.get("card_relationship", "") or "1",
    )


def sent_allergies(sent: Mapping[str, str]) -> tuple[str, ...]:
    """The allergies a message names, by name."""
    return tuple(line for line in sent.get("allergies", "").split("\n") if line.strip())
