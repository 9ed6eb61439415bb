"""A product by its numbers, as a wholesaler writes them: pairs of qualifier and number."""

from apothecary.wires.ndc import SHAPES, candidates, eleven, has_check_digit, padded
from apothecary.wires.x12.segments import Segment
from apothecary.wires.x12.supply.goods import Codes, Product
from apothecary.wires.x12.supply.parts import SupplyNotes

_SHAPE_OF = dict(zip(("N1", "N2", "N3"), SHAPES, strict=True))


def product(
    segment: Segment,
    first: int,
    notes: SupplyNotes,
    description: str = "",
    *,
    last: int = 31,
) -> tuple[Product, Codes]:
    """The product named by pairs of qualifier and number from element ``first`` on, and the
    pairs that speak of a lot or a serial number.
    """
    named: dict[str, str] = {}
    others, lots = [], []
    elements = segment.elements
    reads, dialect = notes.dialect.reads, notes.dialect
    for place in range(first, min(len(elements), last), 2):
        qualifier, value = elements[place], segment[place + 1]
        if not qualifier and not value:
            continue
        if qualifier in ("LT", "SN", dialect.lot, dialect.serial):
            lots.append((qualifier, value))
            continue
        number = reads.get(qualifier, "")
        plain = value if number in ("item", "buyer_item") else ""
        if not plain and number:
            plain = _checked(segment, place, number, notes)
        if plain and number not in named:
            named[number] = plain
        else:
            others.append((qualifier, value))
    found = Product(
        named.get("ndc", ""),
        named.get("item", ""),
        named.get("upc", ""),
        named.get("gtin", ""),
        named.get("buyer_item", ""),
        tuple(others),
        description,
    )
    return found, tuple(lots)


def _checked(segment: Segment, place: int, number: str, notes: SupplyNotes) -> str:
    """A number of a product as it should be; empty, and a note, when it may be another."""
    qualifier, value = segment[place], segment[place + 1]
    try:
        if number == "ndc":
            return ndc_of(qualifier, value)
    except ValueError as error:
        notes.strange(segment, place + 1, str(error))
        return ""
    digits = {"upc": 12, "gtin": 14}.get(number)
    if not value or (digits and (len(value) != digits or not has_check_digit(value))):
        reason = f"is no {number} of {digits} digits with its check digit: {value[:30]!r}"
        notes.strange(segment, place + 1, reason if value else "is missing")
        return ""
    return value


def ndc_of(qualifier: str, value: str) -> str:
    """The eleven digits a wholesaler means: bare, with hyphens, padded to twelve, or ten whose
    shape the qualifier tells (N1 4-4-2, N2 5-3-2, N3 5-4-1). Raises ValueError.
    """
    if "-" in value:
        return eleven(value)
    if value.isascii() and value.isdigit():
        if len(value) == 11:
            return value
        if len(value) == 12 and value[0] == "0":
            return value[1:]
        if len(value) == 10:
            if qualifier in _SHAPE_OF:
                return padded(value, _SHAPE_OF[qualifier])
            found = ", ".join(candidates(value))
            raise ValueError(f"{value} has no segments and may be {found}")
    raise ValueError(f"is no drug code: {value[:30]!r}")
