"""Names as they are compared: without case, accents, punctuation or doubled spaces."""

import re
import unicodedata

NOT_A_LETTER = re.compile(r"[^a-z0-9 ]+")


def fold(text: str) -> str:
    """`"Núñez-O'Brien "` becomes `"nunez obrien"`; what is searched is folded the same way."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("-", " "))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(NOT_A_LETTER.sub("", letters).split())


def folded_name(last: str, first: str) -> str:
    """How a patient's name is stored for search: last, comma, first."""
    return f"{fold(last)},{fold(first)}"
