"""Compounds: segment 10, its ingredients and what is wrong with them."""

import re
from decimal import Decimal

from simulators.payer.claim import ZERO, Ingredient, Reject, money_or_none
from simulators.payer.wire import Request, Segment, read_quantity

COMPOUND = "2"
FORMS = frozenset(f"{n:02d}" for n in range(1, 19))
_PARTS = (
    ("RE", r"03", "INGREDIENT QUALIFIER MUST BE 03"),
    ("TE", r"[0-9]{11}", "INGREDIENT NDC"),
    ("ED", r"(?=.{1,10}$)0*[1-9][0-9]*", "INGREDIENT QUANTITY"),
    ("EE", r".+", "INGREDIENT COST"),
    ("UE", r"[0-9]{1,2}", "INGREDIENT BASIS OF COST"),
)


def is_compound(body: Segment | None) -> bool:
    """Whether the claim segment says compound."""
    return body is not None and body.get("D6") == COMPOUND


def _groups(segment: Segment) -> list[dict[str, str]]:
    """Ingredients as sent: each begins with its qualifier, or with the first field repeated."""
    groups: list[dict[str, str]] = []
    for field_id, value in segment.pairs:
        if field_id not in {part[0] for part in _PARTS}:
            continue
        if not groups or field_id in groups[-1] or field_id == "RE":
            groups.append({})
        groups[-1][field_id] = value.strip()
    return groups


def ingredients(segment: Segment | None) -> tuple[Ingredient, ...]:
    """The ingredients of a clean segment 10, in order."""
    if segment is None:
        return ()
    return tuple(
        Ingredient(group["TE"], read_quantity(group["ED"]), money_or_none(group["EE"]) or ZERO)
        for group in _groups(segment)
    )


def compound_rejects(request: Request, claim: int) -> list[Reject]:
    """Everything wrong between 406-D6, the product fields and segment 10 of that claim."""
    body, segment = request.segment("07", claim), request.segment("10", claim)
    if body is None:
        return []
    if not is_compound(body):
        return [Reject("8D", "COMPOUND SEGMENT, D6 IS NOT 2")] if segment else []
    if segment is None:
        return [Reject("6T", "COMPOUND SEGMENT MISSING")]
    found = []
    if body.get("E1") != "00":
        found.append(Reject("E1", "PRODUCT QUALIFIER OF A COMPOUND IS 00"))
    if body.get("D7") != "0":
        found.append(Reject("8G", "NDC OF A COMPOUND IS A SINGLE 0"))
    if len(request.claims) > 1:
        found.append(Reject("1W", "A COMPOUND GOES ALONE"))
    found += _segment_rejects(segment)
    return found + _sum_rejects(segment, request.segment("11", claim))


def _segment_rejects(segment: Segment) -> list[Reject]:
    found = []
    groups = _groups(segment)
    if segment.get("EF") not in FORMS:
        found.append(Reject("EF", "DOSAGE FORM"))
    if segment.get("EG") not in {"1", "2", "3"}:
        found.append(Reject("EG", "UNIT FORM"))
    count = segment.get("EC")
    if not re.fullmatch(r"0?[1-9]|[1-9][0-9]", count):
        found.append(Reject("EC", "COUNT OF INGREDIENTS"))
    elif int(count) != len(groups):
        found.append(Reject("P3", f"COUNT SAYS {count}, {len(groups)} FOUND"))
    if len(groups) < 2:
        found.append(Reject("7Z", "A COMPOUND HAS TWO INGREDIENTS"))
    products = [group.get("TE") for group in groups]
    if len(set(products)) != len(products):
        found.append(Reject("9Z", "ONE INGREDIENT TWICE"))
    for place, group in enumerate(groups, start=1):
        for field_id, pattern, text in _PARTS:
            if not re.fullmatch(pattern, group.get(field_id, "")):
                found.append(Reject(field_id, text, occurrence=place))
    return found


def _sum_rejects(segment: Segment, pricing: Segment | None) -> list[Reject]:
    costs = [money_or_none(group.get("EE", "")) for group in _groups(segment)]
    found = []
    total = ZERO
    for place, cost in enumerate(costs, start=1):
        if cost is None:
            found.append(Reject("EE", "INGREDIENT COST", occurrence=place))
        elif cost < 0:
            found.append(Reject("617", "NEGATIVE INGREDIENT COST", occurrence=place))
        else:
            total += cost
    asked: Decimal | None = money_or_none(pricing.get("D9")) if pricing else None
    if not found and asked is not None and asked != total:
        found.append(Reject("8M", f"INGREDIENTS {total}, D9 SAYS {asked}"))
    return found
