"""What every paper of supply speaks of: a product by its numbers, a lot.

Money and quantities are Decimals exactly as sent, dollars and the unit named beside them.
``segment`` is the number of the segment a thing was read from, counted from ISA = 1, and plays
no part in equality. ``faults`` names what is odd and was read all the same, ``rest`` keeps what
has no name here. Qualifiers are those of X12 version 004010.
"""

from dataclasses import dataclass
from datetime import date

Codes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """What is ordered, shipped or billed. ``ndc`` has eleven digits, ``upc`` twelve, ``gtin``
    fourteen; ``item`` is the wholesaler's number, ``buyer_item`` ours. A number that could not
    be taken for certain, or of another kind, stands in ``others`` with its qualifier.
    """

    ndc: str = ""
    item: str = ""
    upc: str = ""
    gtin: str = ""
    buyer_item: str = ""
    others: Codes = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot and its last day; one without a lot number says only the day."""

    number: str
    expires_on: date | None = None
