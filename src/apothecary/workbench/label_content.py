"""What a vial label says, and what it must say before it may be printed."""

import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

import reportlab
from reportlab.pdfbase.ttfonts import TTFontFile

from apothecary.law.problem import Problem
from apothecary.workbench.filters import plain, quantity

Language = Literal["en", "es"]
LONGEST_PAYLOAD = 40
# Bitstream Vera, free to embed, comes with reportlab: one face on paper and on the printer.
FONTS = Path(reportlab.__file__).parent / "fonts"
REGULAR = "Vera"
BOLD = "VeraBd"
FILES = {REGULAR: "Vera.ttf", BOLD: "VeraBd.ttf"}
CITE = "21 USC 353(b)(2); 21 CFR 1306.24"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelContent:
    """One label. Texts are as they are to be read; ``quantity`` is in ``unit``s.

    ``unit`` is the billing unit or the English word for one piece; ``unit_word`` is the word
    in the label's language with its number (needed for other languages than English).
    ``payload`` is what the code carries: ASCII, at most 40 characters.
    """

    pharmacy_name: str
    pharmacy_address: str
    pharmacy_phone: str
    rx_number: str
    fill_number: int
    filled_on: date
    written_on: date
    patient_name: str
    patient_address: str = ""
    prescriber_name: str
    drug_name: str
    strength: str = ""
    form: str = ""
    labeler: str
    ndc: str
    quantity: Decimal
    unit: str
    directions: str
    refills_left: int
    discard_after: date
    payload: str
    language: Language = "en"
    unit_word: str = ""
    generic_for: str = ""
    auxiliary: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    lot: str = ""
    expires_on: date | None = None
    technician: str = ""
    pharmacist: str = ""

    @property
    def quantity_text(self) -> str:
        """The amount with its unit, never a bare number."""
        if self.unit_word:
            return f"{plain(self.quantity)} {self.unit_word}"
        return quantity(self.quantity, self.unit)


REQUIRED = {
    "pharmacy_name": "the name of the pharmacy",
    "pharmacy_address": "the address of the pharmacy",
    "rx_number": "the prescription number",
    "prescriber_name": "the prescriber",
    "patient_name": "the patient",
    "drug_name": "the drug",
    "labeler": "the labeler of the drug",
    "ndc": "the NDC",
    "unit": "the unit of the quantity",
    "directions": "the directions",
}


def label_problems(content: LabelContent) -> list[Problem]:
    """Every reason this label may not be printed; none means print it."""
    problems = [
        Problem(f"The label lacks {words}.", cite=CITE, code="label-lacks", field=name)
        for name, words in REQUIRED.items()
        if not getattr(content, name).strip()
    ]
    if content.quantity <= 0:
        problems.append(Problem("The quantity on a label is above zero.", field="quantity"))
    if content.refills_left < 0 or content.fill_number < 0:
        problems.append(Problem("Refills cannot be fewer than none.", field="refills_left"))
    if content.discard_after < content.filled_on:
        problems.append(
            Problem("The discard date lies before the fill.", field="discard_after")
        )
    return problems + payload_problems(content.payload) + letter_problems(content)


def payload_problems(payload: str) -> list[Problem]:
    if payload.isascii() and payload.isprintable() and 0 < len(payload) <= LONGEST_PAYLOAD:
        return []
    says = f"The code on a label carries 1 to {LONGEST_PAYLOAD} plain characters."
    return [Problem(says, code="label-payload", field="payload")]


def letter_problems(content: LabelContent) -> list[Problem]:
    """Letters the label's typeface cannot draw would print as boxes: they are refused."""
    problems = []
    for field in fields(content):
        value = getattr(content, field.name)
        texts = value if isinstance(value, tuple) else (value,)
        missing = {c for text in texts if isinstance(text, str) for c in undrawable(text)}
        if missing:
            says = f"The label cannot print “{''.join(sorted(missing))}” ({field.name})."
            problems.append(Problem(says, code="label-letters", field=field.name))
    return problems


@lru_cache(maxsize=1)
def drawable() -> frozenset[int]:
    """The code points that the label's typeface has."""
    return frozenset(TTFontFile(str(FONTS / FILES[REGULAR])).charToGlyph)


def printable(text: str) -> str:
    """The text in letters the typeface has: ễ becomes e where only the plain letter exists."""
    return "".join(plain_letter(letter) for letter in unicodedata.normalize("NFC", text))


def plain_letter(letter: str) -> str:
    if ord(letter) in drawable():
        return letter
    base = unicodedata.normalize("NFKD", letter)
    return "".join(part for part in base if not unicodedata.combining(part))


def undrawable(text: str) -> set[str]:
    """Letters that stay without a glyph even in their plainest form; line ends are spaces."""
    return {
        letter for letter in printable(text) if ord(letter) not in drawable() and letter != "\n"
    }


@dataclass(frozen=True, slots=True)
class LabelWords:
    """The fixed words of a label in one language."""

    first: str
    refill: str
    quantity: str
    refills: str
    discard: str
    prescriber: str
    written: str
    filled: str
    checked: str
    generic: str
    lot: str
    expires: str
    part: str


WORDS: dict[Language, LabelWords] = {
    "en": LabelWords(
        first="first fill",
        refill="refill {}",
        quantity="Qty:",
        refills="Refills:",
        discard="Discard after:",
        prescriber="Prescriber:",
        written="written {}",
        filled="filled {}",
        checked="checked {}",
        generic="generic for {}",
        lot="lot {}",
        expires="expires {}",
        part="Label {} of {}: read all parts",
    ),
    "es": LabelWords(
        first="primer surtido",
        refill="resurtido {}",
        quantity="Cantidad:",
        refills="Resurtidos:",
        discard="Desechar tras:",
        prescriber="Recetado por:",
        written="receta del {}",
        filled="surtido {}",
        checked="revisado {}",
        generic="genérico de {}",
        lot="lote {}",
        expires="vence {}",
        part="Etiqueta {} de {}: lea todas las partes",
    ),
}


def words_for(language: Language) -> LabelWords:
    """The fixed words of a language; one that is not here raises, never falls back."""
    return WORDS[language]
