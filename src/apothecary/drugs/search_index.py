"""Making the search index anew from the drug file: as sets, and only what has changed.

Whoever changes products calls `refresh` in the same transaction. Drugs are grouped in the
database; only those that are new or changed are read here, a few thousand at a time.
"""

from functools import cache
from hashlib import md5
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from apothecary.drugs.loading.unhindered import unhindered
from apothecary.drugs.search_errors import STARTS, neighbours
from apothecary.drugs.search_lists import keep_lists
from apothecary.drugs.search_shipped import SALTS, name_words, own_words, usage, used
from apothecary.drugs.search_words import marks_of, parts

AT_ONCE = 4_000
# A new way to read a drug's words makes every drug new: raise it with `search_words`.
READING = "2"
LONGEST_NAME = 100
MOST_PRODUCTS = 9_999
# From so many new rows on the planner must be told what is there now.
MANY = 500
DIGITS_OF_A_STRENGTH = 9

# Labelers put the generic name where a brand stands, and more beside it: "Bupropion HCl XL".
NAMES = r"""
SELECT DISTINCT name, brand FROM drugs_product WHERE in_use AND brand <> ''
  AND lower(split_part(brand, ' ', 1)) = ANY(regexp_split_to_array(lower(name), '[^a-z0-9]+'))
"""
STAGE_NAMES = """
CREATE TEMP TABLE own_name (name text, brand text, own text) ON COMMIT DROP
"""
# What makes two products one drug. Numbered ratings (AB1, AB2) part what looks the same: the
# tablet of bupropion for a day from the one for half a day.
PRODUCTS = r"""
CREATE TEMP TABLE found_product ON COMMIT DROP AS
SELECT product_id, imprint, own, md5(concat_ws(E'\x1f', ingredient_key,
  regexp_replace(lower(name), '\mhcl\M', 'hydrochloride', 'g'), own, strength, form, route,
  CASE WHEN te_code ~ '\d' THEN te_code END))::uuid AS drug_id
FROM (
  SELECT p.id AS product_id, p.ingredient_key, p.name,
    left(upper(regexp_replace(p.imprint, '[^A-Za-z0-9]', '', 'g')), 40) AS imprint,
    coalesce(o.own, lower(p.brand)) AS own, p.strength, p.form,
    p.route, p.te_code
  FROM drugs_product p LEFT JOIN own_name o ON o.name = p.name AND o.brand = p.brand
  WHERE p.in_use
) p
"""
FORGET_PRODUCTS = """
DELETE FROM drugs_searchproduct s WHERE NOT EXISTS
  (SELECT FROM found_product f WHERE f.product_id = s.product_id)
"""
KEEP_PRODUCTS = """
INSERT INTO drugs_searchproduct (product_id, drug_id, imprint)
SELECT f.product_id, f.drug_id, f.imprint FROM found_product f
LEFT JOIN drugs_searchproduct s USING (product_id)
WHERE s.product_id IS NULL OR (s.drug_id, s.imprint) <> (f.drug_id, f.imprint)
ON CONFLICT (product_id) DO UPDATE SET drug_id = excluded.drug_id, imprint = excluded.imprint
"""
# The product that stands for the drug: still listed, priced, the cheapest, the oldest row.
DRUGS = r"""
CREATE TEMP TABLE found_drug ON COMMIT DROP AS
SELECT g.*, p.ingredient_key, p.name, CASE WHEN g.own = '' THEN '' ELSE p.brand END AS brand,
  p.strength, p.form, p.route, p.labeler,
  md5(concat_ws(E'\x1f', %(edition)s::text, p.name, p.brand, g.*))::uuid AS stamp
FROM (
  SELECT f.drug_id AS id, min(f.own) AS own, count(*)::int AS products,
    coalesce(min(nullif(p.schedule, 0)), 0) AS schedule,
    array_agg(DISTINCT p.labeler) AS makers,
    (array_agg(p.id ORDER BY p.gone_on IS NOT NULL, k.price, p.id))[1] AS product_id
  FROM found_product f JOIN drugs_product p ON p.id = f.product_id
  LEFT JOIN (SELECT product_id, min(price_usd) AS price FROM drugs_package
             WHERE price_usd IS NOT NULL GROUP BY product_id) k ON k.product_id = p.id
  GROUP BY f.drug_id
) g JOIN drugs_product p ON p.id = g.product_id
"""
FORGET_DRUGS = """
DELETE FROM drugs_searchdrug d WHERE NOT EXISTS (SELECT FROM found_drug f WHERE f.id = d.id)
"""
CHANGED = """
CREATE TEMP TABLE changed_drug ON COMMIT DROP AS
SELECT row_number() OVER () AS line, f.* FROM found_drug f
LEFT JOIN drugs_searchdrug d USING (id) WHERE d.id IS NULL OR d.stamp <> f.stamp
"""
SOME = """
SELECT id, stamp, name, brand, strength, form, route, schedule, product_id, labeler, products,
  ingredient_key, makers FROM changed_drug WHERE line > %s AND line <= %s
"""
COLUMNS = (
    "id, stamp, name, brand, strength, form, route, schedule, product_id, labeler, products,"
    " labelers, used, place, marks"
)
STAGE = "CREATE TEMP TABLE read_drug (LIKE drugs_searchdrug) ON COMMIT DROP"
KEEP_DRUGS = (
    f"INSERT INTO drugs_searchdrug ({COLUMNS}) SELECT {COLUMNS} FROM read_drug"  # noqa: S608 ours
    " ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", ")[1:])
)
WORDS = """
CREATE TEMP TABLE found_word ON COMMIT DROP AS
SELECT u.lexeme COLLATE "C" AS word, count(*)::int AS drugs, max(d.used) AS used
FROM drugs_searchdrug d CROSS JOIN LATERAL unnest(d.marks) AS u GROUP BY u.lexeme
"""
FORGET_WORDS = """
DELETE FROM drugs_searchword w WHERE NOT EXISTS
  (SELECT FROM found_word f WHERE f.word = w.word)
"""
KEEP_WORDS = """
INSERT INTO drugs_searchword (word, drugs, used)
SELECT f.word, f.drugs, f.used FROM found_word f LEFT JOIN drugs_searchword w USING (word)
WHERE w.word IS NULL OR (w.drugs, w.used) <> (f.drugs, f.used)
ON CONFLICT (word) DO UPDATE SET drugs = excluded.drugs, used = excluded.used
"""
BEGINNINGS = """
CREATE TEMP TABLE found_start ON COMMIT DROP AS
SELECT DISTINCT substr(word, 1, n) AS start
FROM found_word CROSS JOIN generate_series(%s::int, %s::int) AS n
WHERE word ~ '^[a-z]+$' AND length(word) >= n
"""
FORGET_STARTS = """
DELETE FROM drugs_searchnear n USING (
  SELECT rest AS start FROM drugs_searchnear WHERE rest = start
  EXCEPT SELECT start FROM found_start) gone WHERE n.start = gone.start
"""
NEW_STARTS = """
SELECT start FROM found_start f WHERE NOT EXISTS
  (SELECT FROM drugs_searchnear n WHERE n.rest = f.start AND n.start = f.start)
"""
CLEARED = """
DROP TABLE IF EXISTS pg_temp.own_name, pg_temp.found_product, pg_temp.found_drug,
  pg_temp.changed_drug, pg_temp.read_drug, pg_temp.found_word, pg_temp.found_start,
  pg_temp.found_list
"""
TABLES = ("searchdrug", "searchproduct", "searchword", "searchnear", "searchlist")


@transaction.atomic
def refresh() -> int:
    """Bring the index in step with the drug file; returns how many drugs were new or changed.

    A second time nothing is written.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLEARED)
        keep_names(cursor)
        cursor.execute(PRODUCTS)
        cursor.execute("ANALYZE found_product")
        cursor.execute(FORGET_PRODUCTS)
        with unhindered(cursor, "drugs_searchproduct"):
            cursor.execute(KEEP_PRODUCTS)
        cursor.execute(DRUGS, {"edition": edition()})
        cursor.execute(FORGET_DRUGS)
        gone = cursor.rowcount
        changed = keep_drugs(cursor)
        if gone or changed:
            keep_words(cursor)
        if changed > MANY:
            for table in TABLES:
                cursor.execute(f"ANALYZE drugs_{table}")
    return changed


def keep_names(cursor: CursorWrapper) -> None:
    """What each brand that begins with its generic name has of its own."""
    cursor.execute(STAGE_NAMES)
    cursor.execute(NAMES)
    rows = cursor.fetchall()
    with cursor.copy("COPY own_name (name, brand, own) FROM STDIN") as copy:
        for name, brand in rows:
            copy.write_row((name, brand, own_words(name, brand)))


def keep_drugs(cursor: CursorWrapper) -> int:
    """Read what is new or changed and write it; returns how many those are."""
    cursor.execute(CHANGED)
    many = int(cursor.rowcount)
    if not many:
        return 0
    cursor.execute(STAGE)
    for first in range(0, many, AT_ONCE):
        cursor.execute(SOME, [first, first + AT_ONCE])
        rows = cursor.fetchall()
        with cursor.copy(f"COPY read_drug ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(read(row))
    with unhindered(cursor, "drugs_searchdrug"):
        cursor.execute(KEEP_DRUGS)
    # What waits outside the index would be read through by every search.
    cursor.execute("SELECT gin_clean_pending_list('searchdrug_marks')")
    return many


def read(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A drug of the file as a row of the index."""
    *kept, key, makers = row
    name, brand, strength, form, route = kept[2:7]
    marks = marks_of([name, brand], [key.replace("+", " "), strength, form, route], makers)
    called = f"{' '.join(name_words(name))} {brand.lower()}"[:LONGEST_NAME]
    # Of two forms of a strength the one more labelers make comes first.
    rarer = MOST_PRODUCTS - min(kept[10], MOST_PRODUCTS)
    place = f"{called} {by_number(strength)[:LONGEST_NAME]} {rarer:04d} {form[:LONGEST_NAME]}"
    vector = " ".join(f"'{mark}'" for mark in marks)
    return (*kept, len(makers), used(name, brand), place, vector)


def by_number(strength: str) -> str:
    """A strength that sorts as a text the way its numbers do: 5 mg before 10 mg."""
    return " ".join(
        word.partition(".")[0].rjust(DIGITS_OF_A_STRENGTH, "0") + "." + word.partition(".")[2]
        if word[0].isdigit()
        else word
        for word in parts(strength)
    )


def keep_words(cursor: CursorWrapper) -> None:
    """The vocabulary, its lists and its neighbourhoods, as the drugs now are."""
    cursor.execute(WORDS)
    cursor.execute(FORGET_WORDS)
    cursor.execute(KEEP_WORDS)
    keep_lists(cursor)
    cursor.execute(BEGINNINGS, [STARTS.start, STARTS.stop - 1])
    cursor.execute(FORGET_STARTS)
    cursor.execute(NEW_STARTS)
    new = [start for (start,) in cursor.fetchall()]
    with cursor.copy("COPY drugs_searchnear (rest, start) FROM STDIN") as copy:
        for start in new:
            copy.write(nearby(start))


def nearby(start: str) -> str:
    """The neighbours of a beginning: without two letters of the longest, one of the others.

    As lines for COPY: they hold letters alone, so that nothing in them need be escaped.
    """
    slips = 2 if len(start) == STARTS.stop - 1 else 1
    return "".join(f"{rest}\t{start}\n" for rest in neighbours(start, slips))


@cache
def edition() -> str:
    """A digest of what the reading of a drug rests on, beside the drug itself."""
    said = [
        READING,
        *sorted(SALTS),
        *sorted(f"{sorted(a)} {b} {n}" for (a, b), n in usage().items()),
    ]
    return md5("\n".join(said).encode(), usedforsecurity=False).hexdigest()
