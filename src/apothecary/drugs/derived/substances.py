"""Which ingredient a listed substance is: salts, esters and hydrates fold into their base.

First a shipped table, made of the starter file, so that a listing and the starter have the same
key; then, where RxNorm has been loaded, its ingredient of the codes that hold this substance
alone; else the name without the words of a salt. Keys are slugs of the ingredient's name.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from apothecary.drugs.derived.tables import salt_words

# Semicolons within brackets belong to a name: HYDROLYZED SOY PROTEIN (ENZYMATIC; 2000 MW).
BETWEEN = re.compile(r";\s+(?![^()]*\))")
SLUG = re.compile(r"[^a-z0-9]+")
SOLVATE = ["propylene", "glycol", "solvate"]


@lru_cache(maxsize=65_536)
def split_substances(listed: str) -> tuple[str, ...]:
    """The substances of a listing, in its order."""
    return tuple(part.strip() for part in BETWEEN.split(listed) if part.strip())


def slug(name: str) -> str:
    """The key of an ingredient's name: ``omega-3-acid ethyl esters`` is its slug."""
    return SLUG.sub("-", name.lower()).strip("-")


@lru_cache(maxsize=16_384)
def base_name(substance: str) -> str:
    """The name without the words of its salt, in small letters."""
    role = salt_words()
    words = substance.lower().replace(",", " ,").split()
    while len(words) > 1 and words[0] in role["beginning"]:
        words = words[1:]
    # Nothing is left of sodium chloride without its chloride.
    if words and words[0] in role["salt itself"]:
        return substance.lower()
    if words[-3:] == SOLVATE:
        words = words[:-3]
    while len(words) > 1 and words[-1] in role["ending"] | {","}:
        words = words[:-1]
    # Half of an ester's name is no ingredient: methyl salicylate, benzyl benzoate.
    if len(words) == 1 and words[0] in role["radical"]:
        return substance.lower()
    return " ".join(words).replace(" ,", ",")


def key_of(substance: str, table: Mapping[str, str]) -> str:
    """The ingredient's key: by the table of known substances (small letters), else its base."""
    named = substance.lower()
    return table.get(named) or slug(base_name(named))


def ingredient_key(substances: tuple[str, ...], table: Mapping[str, str]) -> str:
    """One key for the whole combination, whatever order the listing names it in."""
    return "+".join(sorted({key_of(each, table) for each in substances} - {""}))
