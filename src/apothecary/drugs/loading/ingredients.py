"""The ingredients that listings name and the drug file did not have yet."""

from django.db.backends.utils import CursorWrapper

# What is known of a new ingredient is its key alone, until RxNorm names it.
ADD = """
INSERT INTO drugs_ingredient (key, name, tall_man, unii, rxcui)
SELECT DISTINCT each.key, replace(each.key, '-', ' '), '', '', ''
FROM stage_product s
CROSS JOIN LATERAL unnest(string_to_array(s.ingredient_key, '+')) AS each (key)
WHERE each.key <> '' ORDER BY 1 ON CONFLICT (key) DO NOTHING
"""


def add_ingredients(cursor: CursorWrapper) -> int:
    """Add what staged products name and nobody has named before; returns how many."""
    cursor.execute(ADD)
    return int(cursor.rowcount)
