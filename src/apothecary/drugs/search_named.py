"""Which drugs have a name that begins with a word, asked of the index of names."""

from collections.abc import Iterable

from apothecary.drugs.search_asking import Leaf
from apothecary.drugs.search_hits import asked
from apothecary.drugs.search_words import LONGEST_PIECE, START

# Ingredients, strength, form and route: what makes two packages the same drug.
Kind = tuple[str, str, str, str]
NAMED = """
SELECT DISTINCT p.ingredient_key, d.strength, d.form, d.route
FROM drugs_searchdrug d JOIN drugs_product p ON p.id = d.product_id
WHERE d.marks @@ %(named)s::tsquery ORDER BY 1, 2, 3, 4
"""


def kinds_named(words: Iterable[str]) -> list[Kind]:
    """Every kind of drug of which a name begins with one of the words (1 query, or none).

    Words are of small letters alone.
    """
    leaves = [Leaf(START + word[:LONGEST_PIECE], begins=True) for word in sorted(set(words))]
    if not leaves:
        return []
    rows = asked(NAMED, {"named": " | ".join(leaf.text for leaf in leaves)})
    return [(key, strength, form, route) for key, strength, form, route in rows]
