"""What people typed, in the letters and digits that a claim can carry."""

import re
import unicodedata

from apothecary.wires.telecom import cut

# A letter, a digit, a third sign, and up to four more behind the point.
ICD_10_CM = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")


def wire_text(text: str) -> str:
    """Letters a claim can carry: ``Núñez-O’Brien`` becomes ``NUNEZ-O'BRIEN``."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return "".join(char if " " <= char <= "~" else " " for char in letters).upper()


def folded(field_id: str, text: str) -> str:
    """A name or an address, folded and cut to the length of its field, as payers expect it."""
    return cut(field_id, wire_text(text)).strip()


def phone_digits(text: str) -> str:
    """``+1 (512) 555-0100`` as ``5125550100``; what is no such number keeps its digits."""
    digits = "".join(char for char in text if char.isascii() and char.isdigit())
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def icd_code(text: str) -> str:
    """A diagnosis without its point, as claims carry it: ``E11.9`` becomes ``E119``.

    Empty for words: what no code was given for cannot be said in a claim.
    """
    code = wire_text(text).strip()
    return code.replace(".", "") if ICD_10_CM.fullmatch(code) else ""
