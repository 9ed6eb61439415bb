"""What a look at the facts found, and how facts are put into words."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.wires.telecom import explain_code


@dataclass(frozen=True, slots=True)
class Found:
    """A cause in words, and the field it points at when that differs from the code's own.

    ``fill_in`` belongs into the field where the facts say so themselves.
    """

    cause: str = ""
    place: str = ""
    field: str = ""
    label: str = ""
    fill_in: str = ""


NOTHING = Found()
DAY = re.compile(r"(?<![0-9])(20[0-9]{2})-?([01][0-9])-?([0-3][0-9])(?![0-9])")
US_DAY = re.compile(r"(?<![0-9])([01]?[0-9])/([0-3]?[0-9])/(20[0-9]{2})(?![0-9])")


def coded(field_id: str, code: str) -> str:
    """What a code of a field means, as it stands within a sentence; the code where unknown."""
    meaning = explain_code(field_id, code)
    return f"{meaning.says[:1].lower()}{meaning.says[1:]}" if meaning.known else code


def plain(quantity: Decimal) -> str:
    """``30`` or ``8.5``: no zero behind the point that says nothing."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_words(day: date) -> str:
    """``June 14, 2026``."""
    return f"{day:%B} {day.day}, {day.year}"


def day_said(text: str) -> date | None:
    """The first day in a payer's text, as 20260614, 2026-06-14 or 6/14/2026."""
    if found := DAY.search(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := US_DAY.search(text):
        month, day, year = (int(part) for part in found.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def quoted(text: str, *, before: str = " The payer says: ") -> str:
    """The payer's own words at the end of a sentence, when there are any."""
    return f"{before}{text}." if text else ""
