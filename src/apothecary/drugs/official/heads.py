"""Whose table a file holds, told by the columns in its beginning.

Names mislead: the Orange Book and the directory both have a ``products.txt``. A head is the
letters of columns that no other table has together.
"""

from enum import Enum

# Titles and a header; the widest header has some 500 characters.
LONGEST_HEAD = 8_192
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


class Head(Enum):
    """The columns by which a table is known; ``UNKNOWN`` has none and may be any."""

    UNKNOWN = ()
    LISTINGS = ("productid", "proprietaryname")
    PACKAGES = ("productid", "ndcpackagecode")
    RATINGS = ("dfroute", "applno", "tecode")
    PATENTS = ("applno", "patentno")
    EXCLUSIVITIES = ("applno", "exclusivitycode")
    PRICES = ("nadacperunit", "pricingunit")
    LIMITS = ("hcpcs", "paymentlimit")
    BILLING_CODES = ("hcpcs", "billunits")
    SUBSTANCES = ("nametypeunii", "displayname")
    CONCEPTS = ("rxcuittyname",)
    EDGES = ("parentrxcui", "childrxcui")
    DRUG_CODES = ("ndcrxcuitty",)
    INTERACTIONS = ("drugadrugb", "severity")
    HAZARDS = ("table", "edition", "publishedon")


def letters(name: str) -> str:
    """The letters of a text, small: ``NADAC_Per_Unit`` is ``nadacperunit``."""
    return "".join(letter for letter in name.lower() if letter in LETTERS)


def is_of_another(text: str, head: Head) -> bool:
    """Whether the beginning of a file is that of another table than the one looked for.

    A beginning that is of no known table is not: its reader says what is wrong with it.
    """
    said = letters(text)
    known = {each for each in Head if each.value and all(word in said for word in each.value)}
    return bool(known) and head is not Head.UNKNOWN and head not in known
