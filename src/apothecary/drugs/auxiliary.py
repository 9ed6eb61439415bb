"""The auxiliary labels of a product, in the patient's language."""

from functools import cache

from apothecary.drugs.models import Product
from apothecary.drugs.starter import LabelRow, read_labels


@cache
def labels() -> dict[str, LabelRow]:
    """Every auxiliary label by its key."""
    return {row.key: row for row in read_labels()}


def auxiliary_says(product: Product, *, language: str) -> list[str]:
    """What the bottle's small labels say; Spanish for ``es``, English for any other."""
    rows = [labels()[key] for key in product.auxiliary.split(";") if key]
    return [row.says_es if language == "es" else row.says_en for row in rows]
