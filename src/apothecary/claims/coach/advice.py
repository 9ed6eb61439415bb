"""What a refused claim means, which one field to change, and the words to say about it. Pure.

The place of the field and the words are data: ``places.tsv`` (by reject code, by the field a
code points at, by whose desk it is) and ``words.tsv`` (by code, by desk). Codes and what they
are about: ``wires.telecom.reject_meaning``; every sentence here is the house's own.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from apothecary.claims.coach.case import Case
from apothecary.claims.coach.causes import Found, exact_cause
from apothecary.wires.telecom import RejectMeaning, reject_meaning

TOO_SOON = "79"
ON_THE_CARD = frozenset({"bin", "pcn", "group", "cardholder_id", "person_code", "relationship"})
PHONE = re.compile(
    r"(?<![0-9])1?[-. (]*([2-9][0-9]{2})[-. )]*([0-9]{3})[-. ]*([0-9]{4})(?![0-9])"
)
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
    *("septiembre", "octubre", "noviembre", "diciembre"),
)
FIRST = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}


@dataclass(frozen=True, slots=True)
class Place:
    """The one field: ``place`` is form (of the claim), entry, patient, pharmacy or system."""

    place: str
    field: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do about one reject code.

    ``fill_in`` is what belongs into the field where the answer itself says so. ``call`` names
    who else can help (payer, prescriber, pharmacist, or nobody), ``phone`` ten digits.
    """

    code: str
    says: str
    cause: str
    place: str
    field: str
    label: str
    fill_in: str
    to_patient: str
    al_paciente: str
    call: str
    phone: str
    closing: str
    desk: str


@dataclass(frozen=True, slots=True)
class Words:
    """What is said to the patient, who is called, how it usually ends."""

    english: str
    spanish: str
    call: str
    closing: str


def leading(codes: tuple[str, ...]) -> str:
    """The code that is worked first: a day that solves it goes before everything else."""
    if TOO_SOON in codes:
        return TOO_SOON
    return codes[0] if codes else ""


def advise(case: Case) -> tuple[Advice, ...]:
    """Advice on every code of the answer, the one to work first in front; never empty.

    An answer without a code, and a code nobody knows, are advised on by the payer's own text.
    """
    first = leading(case.said.codes)
    codes = dict.fromkeys([first, *case.said.codes])
    return tuple(advice_on(code, case) for code in codes)


def advice_on(code: str, case: Case) -> Advice:
    """Advice on one code of this case."""
    meaning = reject_meaning(code) if code else NO_CODE
    found = exact_cause(code, case)
    place = found_place(found, meaning)
    words = words_about(code, meaning.desk, place, case)
    return Advice(
        code=code,
        says=meaning.says,
        cause=cause_of(code, meaning, found, case),
        place=place.place,
        field=place.field,
        label=place.label,
        fill_in=found.fill_in,
        to_patient=filled(words.english, case),
        al_paciente=filled(words.spanish, case),
        call=words.call,
        phone=phone_of(meaning.desk, case),
        closing=words.closing,
        desk=meaning.desk,
    )


NO_CODE = RejectMeaning("", "The payer gave no reject code", "", "", "", known=False)


def cause_of(code: str, meaning: RejectMeaning, found: Found, case: Case) -> str:
    """The cause as exactly as it is known, with the payer's own words where they say more."""
    if found.cause:
        return found.cause + which_one(code, case)
    usual = f"{meaning.says}{which_one(code, case)}. {meaning.cause}".strip()
    return f"{usual} The payer says: {case.said.text}." if case.said.text else usual


def which_one(code: str, case: Case) -> str:
    """`` (the second of them)``, where the answer says which repeat is meant (546-4F)."""
    place = next((r.occurrence for r in case.said.rejects if r.code == code), None)
    if not place:
        return ""
    return f" (the {FIRST.get(place, f'{place}th')} of them)"


def found_place(found: Found, meaning: RejectMeaning) -> Place:
    """The field: what the facts point at, else the code's, its field's, its desk's."""
    table = places()
    if found.field:
        return Place(found.place, found.field, found.label)
    wanted = (f"code:{meaning.code}", meaning.field, f"desk:{meaning.desk}")
    return next(table[key] for key in (*wanted, "desk:") if key in table)


def words_about(code: str, desk: str, place: Place, case: Case) -> Words:
    """What to say, by the code, else about the card, else by the desk."""
    table = words()
    if code == TOO_SOON and case.said.next_fill_on is None:
        code = "79 no day"
    about_card = place.place == "form" and place.field in ON_THE_CARD
    usual = table["card"] if about_card else table[f"desk:{desk}"]
    return table.get(code, usual)


def filled(text: str, case: Case) -> str:
    """The words with this case's drug, day and plan in them."""
    on = case.said.next_fill_on
    return (
        text.replace("{drug}", case.known.drug or "…")
        .replace("{day}", f"{on:%B} {on.day}" if on else "…")
        .replace("{dia}", spanish_day(on) if on else "…")
        .replace("{other}", other_payer(case))
    )


def spanish_day(day: date) -> str:
    """``14 de junio``."""
    return f"{day.day} de {MONTHS[day.month - 1]}"


def other_payer(case: Case) -> str:
    """The plan that pays first, as the answer names it."""
    for other in case.said.other_coverages:
        return f"BIN {other.bin}" if other.bin else "another plan"
    return "another plan"


def phone_of(desk: str, case: Case) -> str:
    """Ten digits: for a consent the text's number first, else help desk or sheet."""
    in_text = phone_in(case.said.text)
    theirs = phone_in(case.said.help_desk)
    if desk == "authorization":
        return in_text or case.known.pa_phone or theirs or case.known.sheet_help_desk
    return theirs or case.known.sheet_help_desk or in_text


def phone_in(text: str) -> str:
    """The first telephone number in a text, as ten digits."""
    found = PHONE.search(text)
    return "".join(found.groups()) if found else ""


@cache
def places() -> Mapping[str, Place]:
    """Key (a field's id, ``code:…``, ``desk:…``) → where it is changed."""
    return MappingProxyType(
        {row["id"]: Place(row["place"], row["field"], row["label"]) for row in rows("places")}
    )


@cache
def words() -> Mapping[str, Words]:
    """Key (a code, ``desk:…``) → what is said and who is called."""
    return MappingProxyType(
        {
            row["about"]: Words(row["english"], row["spanish"], row["call"], row["closing"])
            for row in rows("words")
        }
    )


def rows(name: str) -> list[dict[str, str]]:
    """A table beside this file; a cell left out at the end of a line is empty."""
    text = files(__package__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    read = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [{key: value or "" for key, value in row.items()} for row in read]
