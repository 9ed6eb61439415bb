"""Names as they are compared: without case, accents, punctuation or doubled spaces."""

import re
import unicodedata
from collections.abc import Iterable

NOT_A_LETTER = re.compile(r"[^a-z0-9 ]+")


def fold(text: str) -> str:
    """`"Núñez-O'Brien "` becomes `"nunez obrien"`; what is searched is folded the same way."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("-", " "))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(NOT_A_LETTER.sub("", letters).split())


def folded_name(last: str, first: str) -> str:
    """How a patient's name is stored for search: last, comma, first."""
    return f"{fold(last)},{fold(first)}"


def named_once(names: Iterable[str]) -> list[str]:
    """The names without stray spaces, each once however it is written, in their order."""
    found: dict[str, str] = {}
    for name in names:
        plain = " ".join(name.split())
        if plain:
            found.setdefault(plain.casefold(), plain)
    return list(found.values())
