"""What comes first in a pharmacy's searches: written by rooms above, read by the search.

The file of drugs knows nothing of stock. Whoever does (a job of the house) says which products
are on the shelf and how often each was given out; only the order of a list hangs on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

# The drugs of the products, each once: of two products of a drug the one on the shelf leads,
# then the one given out more, then the older row. Nothing is written that is so already.
WRITE = """
WITH said AS (
  SELECT s.drug_id, sum(g.fills)::int AS fills, bool_or(g.on_shelf) AS on_shelf,
    (array_agg(g.product_id ORDER BY NOT g.on_shelf, g.fills DESC, g.product_id))[1]
      AS product_id
  FROM unnest(%(products)s::bigint[], %(fills)s::int[], %(shelf)s::boolean[])
    AS g (product_id, fills, on_shelf)
  JOIN drugs_searchproduct s USING (product_id) GROUP BY s.drug_id
), gone AS (
  DELETE FROM drugs_searchfirst f WHERE f.pharmacy_id = %(pharmacy)s
    AND NOT EXISTS (SELECT FROM said WHERE said.drug_id = f.drug_id)
)
INSERT INTO drugs_searchfirst AS f
  (pharmacy_id, drug_id, product_id, fills, on_shelf, used, place, marks)
SELECT %(pharmacy)s, drug_id, said.product_id, fills, on_shelf, d.used, d.place, d.marks
FROM said JOIN drugs_searchdrug d ON d.id = said.drug_id
ON CONFLICT (pharmacy_id, drug_id) DO UPDATE
SET product_id = excluded.product_id, fills = excluded.fills,
  on_shelf = excluded.on_shelf, used = excluded.used, place = excluded.place,
  marks = excluded.marks
WHERE (f.product_id, f.fills, f.on_shelf, f.used, f.place, f.marks) <>
  (excluded.product_id, excluded.fills, excluded.on_shelf, excluded.used, excluded.place,
   excluded.marks)
"""


@dataclass(frozen=True, slots=True)
class First:
    """A product that is to come first: how often it was given out lately, and if it is here."""

    product_id: int
    fills: int = 0
    on_shelf: bool = False


@transaction.atomic
def put_first(*, pharmacy_id: int, these: Iterable[First]) -> None:
    """These products come first in this pharmacy from now on, and no others (1 query).

    A product named twice counts twice; one that is not in the drug file is passed over.
    """
    rows = list(these)
    given: dict[str, int | list[int] | list[bool]] = {
        "pharmacy": pharmacy_id,
        "products": [row.product_id for row in rows],
        "fills": [row.fills for row in rows],
        "shelf": [row.on_shelf for row in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, given)
