"""Finding a product by the code on its bottle or the marks pressed into its tablet."""

import re
from collections.abc import Sequence
from typing import Any

from apothecary.drugs.ndc import BadNdc, ndc10_in_barcode
from apothecary.drugs.search_hits import Given, Hit, asked, drug
from apothecary.drugs.search_statements import DRUG

FEWEST_DIGITS = 4
MOST_DIGITS = 12
# Digits as they stand on a bottle, in a claim or under a barcode, with hyphens or spaces.
CODE = re.compile(r"[0-9][0-9 -]*[0-9]")
# A labeler has at most some hundreds of packages: so many are looked at, in order of the code.
LOOKED_AT = 300
FEWEST_OF_AN_IMPRINT = 2
MOST_OF_AN_IMPRINT = 20
NOT_PRESSED = re.compile(r"[^A-Z0-9]")
# Each form of a code is one range of one index, in that index's own order.
OF_FORM = """
(SELECT product_id, ndc, ndc11, ndc12, {form} = %(digits)s AS whole FROM drugs_package
 WHERE in_use AND {form} ~>=~ %(digits)s AND {form} ~<~ %(after)s
 ORDER BY {form} USING ~<~ LIMIT %(most)s)"""
BY_CODE = " UNION ALL ".join(OF_FORM.format(form=form) for form in ("ndc10", "ndc11", "ndc12"))
BY_IMPRINT = """
SELECT product_id FROM drugs_searchproduct
WHERE imprint <> '' AND imprint >= %(pressed)s AND imprint < %(after)s
ORDER BY imprint, product_id LIMIT %(most)s
"""
# Products in the order given, each as the drug it is.
THESE = f"""
SELECT {DRUG}, g.product_id, p.labeler, coalesce(f.fills, 0), coalesce(f.on_shelf, false)
FROM unnest(%(products)s::bigint[]) WITH ORDINALITY AS g (product_id, n)
JOIN drugs_searchproduct s ON s.product_id = g.product_id
JOIN drugs_searchdrug d ON d.id = s.drug_id JOIN drugs_product p ON p.id = g.product_id
LEFT JOIN drugs_searchfirst f ON f.drug_id = d.id AND f.pharmacy_id = %(pharmacy)s
  AND f.product_id = g.product_id
ORDER BY g.n
"""  # noqa: S608 our own words


def coded(typed: str, *, pharmacy_id: int, limit: int) -> list[Hit]:
    """The products whose code begins with what was typed, in full first (2 queries).

    From four digits on; hyphens as typed decide, in the labeler's form and in the billing form.
    """
    text = typed.strip()
    digits = re.sub(r"[ -]", "", text)
    if not CODE.fullmatch(text) or not len(digits) >= FEWEST_DIGITS:
        return []
    forms = [digits] if len(digits) <= MOST_DIGITS else []
    forms += barcode(digits)
    codes = {product: ndc for form in reversed(forms) for product, ndc in packages(form, text)}
    return these(codes, pharmacy_id=pharmacy_id, limit=limit)


def barcode(digits: str) -> list[str]:
    """The ten digits inside a linear or two-dimensional barcode, when it is one of a drug."""
    try:
        return [ndc10_in_barcode(digits)]
    except BadNdc:
        return []


def packages(digits: str, typed: str) -> list[tuple[int, str]]:
    """Products and the code of a package that begins so (1 query), a whole code first."""
    given: Given = {"digits": digits, "after": digits + ":", "most": LOOKED_AT}
    rows = asked(BY_CODE, given)
    hyphens = "-".join(typed.split()) if "-" not in typed else typed
    fits = [row for row in rows if "-" not in hyphens or begins(row, hyphens)]
    fits.sort(key=lambda row: (not row[4], row[1]))
    found: dict[int, str] = {}
    for product, ndc, *_ in fits:
        found.setdefault(product, ndc)
    return list(found.items())


def begins(row: Sequence[Any], hyphens: str) -> bool:
    """Whether one of the hyphenated forms of a code begins as it was typed."""
    _, ndc, eleven, twelve, _ = row
    billing = f"{eleven[:5]}-{eleven[5:9]}-{eleven[9:]}"
    padded = f"{twelve[:6]}-{twelve[6:10]}-{twelve[10:]}"
    return any(form.startswith(hyphens) for form in (ndc, billing, padded))


def imprinted(typed: str, *, pharmacy_id: int, limit: int) -> list[Hit]:
    """The products whose imprint begins with what was typed (2 queries; 1 when none does).

    Letters and digits alone count: IP 190 is IP190. Without a digit nothing is asked for.
    """
    pressed = NOT_PRESSED.sub("", typed.upper())
    long_enough = FEWEST_OF_AN_IMPRINT <= len(pressed) <= MOST_OF_AN_IMPRINT
    if not long_enough or not any(map(str.isdigit, pressed)):
        return []
    given: Given = {"pressed": pressed, "after": pressed + "~", "most": limit}
    products = [product for (product,) in asked(BY_IMPRINT, given)]
    why = ("by its imprint",)
    return these(dict.fromkeys(products, ""), pharmacy_id=pharmacy_id, limit=limit, why=why)


def these(
    codes: dict[int, str], *, pharmacy_id: int, limit: int, why: tuple[str, ...] = ()
) -> list[Hit]:
    """Products in this order as what answers (1 query, or none)."""
    if not codes:
        return []
    given: Given = {
        "products": list(codes)[:limit],
        "pharmacy": pharmacy_id,
        "reasons": False,
    }
    found = []
    for row in asked(THESE, given):
        product, labeler, fills, on_shelf = row[13:]
        ndc, here = codes[product], (fills, on_shelf)
        says = (f"NDC {ndc}",) if ndc else why
        found.append(
            drug(row, product_id=product, labeler=labeler, why=says, here=here, ndc=ndc)
        )
    return found
