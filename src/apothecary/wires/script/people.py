"""The people and places of a message: patient, prescriber, pharmacy."""

import re
from datetime import date

from apothecary.wires.script.look import Look
from apothecary.wires.script.model import (
    Contact,
    Identifier,
    Name,
    Patient,
    Pharmacy,
    PostalAddress,
    Prescriber,
)
from apothecary.wires.script.xml import local_name

_NPI = re.compile(r"\d{10}", re.ASCII)
_TELEPHONES = (
    "PrimaryTelephone",
    "Beeper",
    "Fax",
    "HomeTelephone",
    "WorkTelephone",
    "OtherTelephone",
)
OLDEST_PATIENT_YEARS = 130


def read_patient(parent: Look, *, sent_on: date | None, address_needed: bool) -> Patient:
    """The patient, human or animal; faults for what a prescription must say about them."""
    outer = parent.need("Patient")
    human, animal = outer.at("HumanPatient"), outer.at("NonHumanPatient")
    if outer and not (human or animal):
        outer.fault("HumanPatient", "is missing")
    who = animal if animal else human
    born_on = who.day("DateOfBirth", need=bool(human))
    _check_birth(who, born_on, sent_on)
    return Patient(
        name=read_name(who.need("Name"), need_first=bool(human)),
        gender=who.text("Gender", need=bool(human), of=("M", "F", "U")),
        born_on=born_on,
        address=read_address(who, need=address_needed and bool(human)),
        contacts=read_contacts(who.at("CommunicationNumbers")),
        identifiers=_identifiers(who.at("Identification")),
        language=who.text("LanguageNameCode", most=3),
        species=(animal.text("Species") or "animal") if animal else "",
    )


def _check_birth(who: Look, born_on: date | None, sent_on: date | None) -> None:
    if born_on is None or sent_on is None:
        return
    if born_on > sent_on:
        who.fault("DateOfBirth", f"{born_on} is after the day the message was sent")
    elif born_on.year < sent_on.year - OLDEST_PATIENT_YEARS:
        who.fault("DateOfBirth", f"{born_on} is more than {OLDEST_PATIENT_YEARS} years ago")


def read_prescriber(outer: Look) -> Prescriber:
    """A prescriber or supervisor below the given element."""
    person, vet = outer.at("NonVeterinarian"), outer.at("Veterinarian")
    if outer and not (person or vet):
        outer.fault("NonVeterinarian", "is missing")
    who = vet if vet else person
    identification = who.need("Identification")
    npi = identification.text("NPI", need=bool(person))
    if npi and not _NPI.fullmatch(npi):
        identification.fault("NPI", f"must be 10 digits, is {npi!r}")
    contacts = who.at("CommunicationNumbers")
    if who and not contacts:
        who.warn("CommunicationNumbers", "is missing: nobody to call back")
    return Prescriber(
        npi=npi,
        dea=identification.text("DEANumber", most=35),
        state_license=identification.text("StateLicenseNumber", most=35),
        identifiers=_identifiers(identification),
        name=read_name(who.need("Name"), need_first=True),
        specialty=who.text("Specialty", most=35),
        practice=who.at("PracticeLocation").text("BusinessName", most=70),
        address=read_address(who, need=True),
        contacts=read_contacts(contacts),
        veterinarian=bool(vet),
    )


def read_pharmacy(outer: Look) -> Pharmacy | None:
    """The pharmacy the message names, None when it names none."""
    if not outer:
        return None
    identification = outer.need("Identification")
    return Pharmacy(
        ncpdp_id=identification.text("NCPDPID", most=35, need=True),
        npi=identification.text("NPI", most=35, need=True),
        identifiers=_identifiers(identification),
        business_name=outer.text("BusinessName", most=70, need=True),
        address=read_address(outer, need=False),
        contacts=read_contacts(outer.at("CommunicationNumbers")),
    )


def read_name(look: Look, *, need_first: bool) -> Name:
    """A person's name; each part at most as long as the standard allows."""
    return Name(
        last=look.text("LastName", most=35, need=True),
        first=look.text("FirstName", most=35, need=need_first),
        middle=look.text("MiddleName", most=35),
        suffix=look.text("Suffix", most=10),
        prefix=look.text("Prefix", most=10),
    )


def read_address(parent: Look, *, need: bool) -> PostalAddress | None:
    """A postal address, None when absent; a missing one is a fault only when needed."""
    look = parent.need("Address") if need else parent.at("Address")
    if not look:
        return None
    return PostalAddress(
        line1=look.text("AddressLine1", most=40, need=True),
        line2=look.text("AddressLine2", most=40),
        city=look.text("City", most=35, need=True),
        state=look.text("StateProvince", most=9, need=True),
        postal_code=look.text("PostalCode", most=11, need=True),
        country=look.text("CountryCode", most=2),
    )


def read_contacts(look: Look) -> tuple[Contact, ...]:
    """Telephones, e-mail and direct addresses in the order of the standard."""
    found = []
    for kind in _TELEPHONES:
        for phone in look.each(kind):
            number = phone.text("Number", most=10, need=True)
            extension = phone.text("Extension", most=8)
            if number and not (number.isascii() and number.isdigit()):
                phone.fault("Number", f"must be digits, is {number!r}")
            found.append(Contact(kind, number, extension))
    for kind in ("ElectronicMail", "DirectAddress"):
        for mail in look.each(kind):
            text = mail.own_text()
            if len(text) > 254:
                mail.fault("", f"may have 254 characters, has {len(text)}")
            found.append(Contact(kind, text))
    return tuple(found)


def _identifiers(look: Look) -> tuple[Identifier, ...]:
    """Every number of an Identification, in order; what is no plain value stays unread."""
    found = []
    for child in look.children():
        if len(child) == 0:
            kind = local_name(child)
            place = Look(child, f"{look.path}/{kind}", look.notes)
            found.append(Identifier(kind, place.own_text()))
    return tuple(found)
