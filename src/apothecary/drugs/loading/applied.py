"""What prices, ratings and labels say of the products and packages there, whichever came first.

It is done again after every load, because a release of listings brings products that a price
or a rating was waiting for. A package keeps a price that is newer than any on file.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from django.db.backends.utils import CursorWrapper

from apothecary.drugs.rating_match import Fit, Row, fitting

# Of prices in force the newest; one by another unit than the package is counted in says
# nothing of it, and the page shows that it is there.
PRICES = """
UPDATE drugs_package k SET price_usd = f.price_usd, price_source = 'nadac',
       price_on = f.effective_on
FROM (SELECT DISTINCT ON (ndc11) ndc11, price_usd, unit, effective_on FROM drugs_price
      WHERE effective_on <= %s AND gone_on IS NULL ORDER BY ndc11, effective_on DESC) f
WHERE k.ndc11 = f.ndc11 AND k.unit = f.unit AND k.ndc11 <> ''
  AND (k.price_on IS NULL OR k.price_on <= f.effective_on)
  AND ROW(k.price_usd, k.price_source, k.price_on)
      IS DISTINCT FROM ROW(f.price_usd, 'nadac', f.effective_on)
"""
BOOK = """
SELECT appl_type || appl_no, id, strength, form_route, te_code, marketed
FROM drugs_rating WHERE gone_on IS NULL
"""
PRODUCTS = """
SELECT DISTINCT application, strength, form, route FROM drugs_product
WHERE application ~ '^(ANDA|NDA)[0-9]{6}$' AND in_use
"""
FOUND = """
CREATE TEMP TABLE rated_found ON COMMIT DROP AS
SELECT p.id AS product_id, f.rating AS rating_id
FROM drugs_product p
JOIN unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[])
  AS f (application, strength, form, route, rating)
  ON ROW(p.application, p.strength, p.form, p.route)
   = ROW(f.application, f.strength, f.form, f.route)
WHERE p.in_use
"""
LET_GO = """
DELETE FROM drugs_rated r WHERE NOT EXISTS (
    SELECT FROM rated_found f WHERE f.product_id = r.product_id AND f.rating_id = r.rating_id)
"""
TAKE = """
INSERT INTO drugs_rated (product_id, rating_id)
SELECT product_id, rating_id FROM rated_found ON CONFLICT (product_id) DO NOTHING
"""
# The book decides for every application that it can name; what it does not rate has no rating.
CODES = """
UPDATE drugs_product p SET te_code = said.te_code, te_on = said.te_on
FROM (SELECT q.id, coalesce(b.te_code, '') AS te_code,
             CASE WHEN coalesce(b.te_code, '') <> '' THEN %s::date END AS te_on
      FROM drugs_product q LEFT JOIN drugs_rated r ON r.product_id = q.id
      LEFT JOIN drugs_rating b ON b.id = r.rating_id
      WHERE q.application ~ '^(ANDA|NDA)[0-9]{6}$' AND q.in_use) said
WHERE said.id = p.id
  AND ROW(p.te_code, p.te_on) IS DISTINCT FROM ROW(said.te_code, said.te_on)
"""
RELEASED = """
SELECT b.released_on FROM drugs_batch b JOIN drugs_source s ON s.id = b.source_id
WHERE s.key = 'orange-book' ORDER BY b.id DESC LIMIT 1
"""


# Of several labels of one product the newest speaks. A kit looks like none of its parts.
LOOKS = """
UPDATE drugs_product p SET imprint = f.imprint, colour = f.colour, shape = f.shape
FROM (SELECT DISTINCT ON (l.product_key) l.product_key, l.imprint, l.colour, l.shape
      FROM drugs_look l JOIN drugs_productlabel b ON b.set_id = l.set_id
      WHERE l.gone_on IS NULL AND l.part = 0
      ORDER BY l.product_key, b.effective_on DESC, b.version DESC, l.id DESC) f
WHERE f.product_key = lpad(p.labeler_code, 6, '0') || lpad(p.product_code, 4, '0')
  AND ROW(f.imprint, f.colour, f.shape) <> ROW('', '', '')
  AND ROW(p.imprint, p.colour, p.shape) IS DISTINCT FROM ROW(f.imprint, f.colour, f.shape)
"""
# The shipped file has prices and ratings of its day: they give way to what came later.
KEEP_PRICES = """
UPDATE stage_package s SET price_usd = t.price_usd, price_source = t.price_source,
       price_on = t.price_on
FROM drugs_package t
WHERE t.in_use AND t.ndc = s.ndc
  AND t.price_on > coalesce(s.price_on, '-infinity'::date)
"""
KEEP_RATINGS = """
UPDATE stage_product s SET te_code = t.te_code, te_on = t.te_on
FROM drugs_product t
WHERE t.labeler_code = s.labeler_code AND t.product_code = s.product_code
  AND t.in_use AND s.application ~ '^(ANDA|NDA)[0-9]{6}$'
  AND EXISTS (SELECT FROM drugs_rating)
"""


def keep_prices(cursor: CursorWrapper) -> None:
    """Let staged packages of the shipped file have the newer price that is on file."""
    cursor.execute(KEEP_PRICES)


def keep_ratings(cursor: CursorWrapper) -> None:
    """Let staged products of the shipped file have what the loaded book says of them."""
    cursor.execute(KEEP_RATINGS)


def apply_all(
    cursor: CursorWrapper, *, on: date, touched: Collection[str]
) -> Mapping[str, int]:
    """Apply prices, ratings and looks; how many rows of each table changed.

    ``touched`` are the tables that the load has changed. Prices come into force by themselves
    on their day and are applied every time.
    """
    changed: dict[str, int] = {"package": apply_prices(cursor, on=on)}
    if not {"product", "rating"}.isdisjoint(touched):
        changed["product"], _ = apply_ratings(cursor)
    if not {"product", "look"}.isdisjoint(touched):
        cursor.execute(LOOKS)
        changed["product"] = changed.get("product", 0) + int(cursor.rowcount)
    return changed


def apply_prices(cursor: CursorWrapper, *, on: date) -> int:
    """Write the price in force on that day on each package; how many changed."""
    cursor.execute(PRICES, [on])
    return int(cursor.rowcount)


def apply_ratings(cursor: CursorWrapper) -> tuple[int, Mapping[Fit, int]]:
    """Find the row of each product in the book and give it its code.

    Returns how many products changed their code, and how the search ended for each kind of
    product that has an application in the book.
    """
    book = _book(cursor)
    if not book:
        return 0, {}
    found, ended = _found(cursor, book)
    columns = [list(column) for column in zip(*found, strict=True)] or [[]] * 5
    cursor.execute(FOUND, columns)
    cursor.execute(LET_GO)
    cursor.execute(TAKE)
    cursor.execute("DROP TABLE rated_found")
    cursor.execute(RELEASED)
    cursor.execute(CODES, [cursor.fetchone()[0]])
    return int(cursor.rowcount), ended


def _book(cursor: CursorWrapper) -> dict[str, list[Row]]:
    cursor.execute(BOOK)
    book: dict[str, list[Row]] = defaultdict(list)
    for application, *row in cursor.fetchall():
        book[application].append(Row(*row))
    return book


def _found(
    cursor: CursorWrapper, book: Mapping[str, list[Row]]
) -> tuple[list[tuple[str, str, str, str, int]], Counter[Fit]]:
    cursor.execute(PRODUCTS)
    ended: Counter[Fit] = Counter()
    found = []
    for application, strength, form, route in cursor.fetchall():
        rows = book.get(application[0] + application[-6:])
        if not rows:
            continue
        fit, row = fitting(rows, strength=strength, form=form, route=route)
        ended[fit] += 1
        if row:
            found.append((application, strength, form, route, row.id))
    return found, ended
