"""The two names of a product: what it is, and what its labeler calls it."""

import re
from functools import lru_cache

APART = re.compile(r"[^a-z0-9]+")
# Words of a generic name that tell nothing of which drug it is.
COMMON = frozenset(
    {
        *("and", "with", "for", "the", "usp", "acid", "hydrochloride", "sodium", "potassium"),
        *("calcium", "acetate", "sulfate", "phosphate", "citrate", "maleate", "tartrate"),
        *("succinate", "injection", "oral", "solution", "tablet", "tablets", "capsules"),
        *("extended", "release"),
    }
)
SHORTEST = 4


def generic_name(listed: str) -> str:
    """The nonproprietary name in small letters with single blanks."""
    return " ".join(listed.lower().split())


@lru_cache(maxsize=32_768)
def brand_name(proprietary: str, generic: str) -> str:
    """The proprietary name where it is a brand: not the generic name, nor made of it.

    Longer names in capitals throughout are written with capital initials.
    """
    named = " ".join(proprietary.split())
    if not named or _made_of(named.lower(), generic.lower()):
        return ""
    if named.isupper() and len(named) > SHORTEST:
        return re.sub(r"[A-Z]+", lambda word: word[0].capitalize(), named)
    return named


def _made_of(named: str, generic: str) -> bool:
    if named == generic:
        return True
    own = set(APART.split(named))
    telling = [
        word for word in APART.split(generic) if len(word) >= SHORTEST and word not in COMMON
    ]
    return any(word in own for word in telling)
