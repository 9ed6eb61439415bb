"""The filter ``apothecary directions``: one line in, one line out."""

from decimal import Decimal, InvalidOperation
from numbers import Real

from apothecary.directions.reading import read_directions
from apothecary.directions.site_codes import SiteCodes
from apothecary.directions.supply import days_supply

Answer = dict[str, object]
# No package holds so much; the exponent of 1E+999999 would also be no amount to reckon with.
_MOST = Decimal(10_000_000)
_TEXTS = ("drug", "form")


def answer(line: dict[str, object], *, codes: SiteCodes | None = None) -> Answer:
    """Answer one request ``{"id", "sig", "drug"?, "form"?, "quantity"?}``.

    ``codes`` are a site's own sig codes. Bad input gives ``{"id", "error"}`` naming the field
    and the reason; nothing is raised.
    """
    key = line.get("id")
    name = key if isinstance(key, (str, int)) else None
    sig = line.get("sig")
    if not isinstance(sig, str) or not sig.strip():
        return {"id": name, "error": "sig: the directions are missing"}
    for field in _TEXTS:
        if not isinstance(line.get(field) or "", str):
            return {"id": name, "error": f"{field}: {line[field]!r} is not text"}
    drug, form = str(line.get("drug") or ""), str(line.get("form") or "")
    directions = read_directions(sig, drug=drug, form=form, codes=codes)
    found: Answer = {"id": name, **directions.as_json()}
    quantity = line.get("quantity")
    if quantity is None:
        return found
    amount = _quantity(quantity)
    if amount is None:
        says = f"{quantity!r} is not a number above zero and below {_MOST}"
        return {"id": name, "error": f"quantity: {says}"}
    found["days_supply"] = days_supply(amount, directions, form=form, drug=drug).days
    return found


def _quantity(raw: object) -> Decimal | None:
    """An amount from JSON, through its text so that 2.5 stays 2.5."""
    if isinstance(raw, bool) or not isinstance(raw, (Real, str, Decimal)):
        return None
    try:
        amount = Decimal(str(raw).strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount < _MOST else None
