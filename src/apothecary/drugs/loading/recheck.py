"""What RxNorm says of the listings: ingredients by the codes they have, and the RxCUI.

A listing names its substances in words of its labeler's choosing. Where the codes of products
that hold one substance alone point to one RxNorm ingredient, that is the substance's; the
shipped table goes before, so that the keys of the starter file never move. A kit names no
substance: its ingredients are those of the pack that its code is.
"""

from collections.abc import Mapping

from django.db import connection

from apothecary.drugs.derived.substances import ingredient_key, slug, split_substances
from apothecary.drugs.derived.tables import substances
from apothecary.drugs.loading.directory import PRODUCTS, relate
from apothecary.drugs.loading.frame import Loading
from apothecary.drugs.loading.ingredients import add_ingredients

# Fewer votes than these, or a smaller share, and the name alone decides.
FEWEST, SHARE_PCT = 2, 67
# The ingredients of every drug with a code; packs reach theirs through what is in them.
REACHED = """
CREATE TEMP TABLE rx_reached ON COMMIT DROP AS
WITH RECURSIVE up (rxcui, above) AS (
    SELECT DISTINCT rxcui, rxcui FROM drugs_rxlink WHERE gone_on IS NULL
    UNION
    SELECT up.rxcui, part.parent FROM up JOIN drugs_rxpart part ON part.child = up.above
    WHERE part.gone_on IS NULL AND part.rel <> 'IN-MIN'
)
SELECT up.rxcui, n.rxcui AS ingredient, n.name
FROM up JOIN drugs_rxname n ON n.rxcui = up.above AND n.tty = 'IN' AND n.gone_on IS NULL
"""
VOTES = """
SELECT lower(substances), name, known, n, sum(n) OVER (PARTITION BY substances) AS of
FROM (
    SELECT p.substances, one.ingredient, one.name, coalesce(i.key, '') AS known, count(*) AS n
    FROM drugs_product p
    JOIN drugs_package k ON k.product_id = p.id
    JOIN drugs_rxlink l ON l.ndc11 = k.ndc11 AND l.gone_on IS NULL
    JOIN (SELECT rxcui, min(ingredient) AS ingredient, min(name) AS name
          FROM rx_reached GROUP BY rxcui HAVING count(*) = 1) one ON one.rxcui = l.rxcui
    LEFT JOIN drugs_ingredient i ON i.rxcui = one.ingredient AND i.rxcui <> ''
    WHERE p.substances <> '' AND p.substances NOT LIKE '%%; %%' AND p.gone_on IS NULL
    GROUP BY p.substances, one.ingredient, one.name, i.key
) counted
"""
LISTED = "SELECT DISTINCT substances, ingredient_key FROM drugs_product WHERE substances <> ''"
KITS = """
SELECT p.id, string_agg(DISTINCT coalesce(i.key, r.name), '+') FROM drugs_product p
JOIN drugs_product same ON same.labeler_code = p.labeler_code
 AND same.product_code = p.product_code AND same.substances = '' AND same.ingredient_key = ''
JOIN drugs_package k ON k.product_id = same.id
JOIN drugs_rxlink l ON l.ndc11 = k.ndc11 AND l.gone_on IS NULL
JOIN rx_reached r ON r.rxcui = l.rxcui AND r.name <> 'inert ingredients'
LEFT JOIN drugs_ingredient i ON i.rxcui = r.ingredient AND i.rxcui <> ''
WHERE p.substances = '' AND p.ingredient_key = '' GROUP BY p.id
"""
OF_SUBSTANCES = """
SELECT p.id, f.key FROM drugs_product p
JOIN unnest(%s::text[], %s::text[], %s::text[]) AS f (substances, was, key)
  ON f.substances = p.substances AND f.was = p.ingredient_key
"""
FOLD = """
CREATE TEMP TABLE stage_product ON COMMIT DROP AS
SELECT p.id, p.strength, p.form, p.route, f.key AS ingredient_key
FROM drugs_product p JOIN unnest(%s::bigint[], %s::text[]) AS f (id, key) ON f.id = p.id
"""
NOTE_FOLD = """
INSERT INTO drugs_change (batch_id, kind, "table", "row", about, says, fields, held)
SELECT %s, 'changed', 'product', p.id, concat_ws('-', p.labeler_code, p.product_code),
       concat_ws(' ', p.name, p.strength, p.form),
       jsonb_build_object(
           'ingredient_key', jsonb_build_array(p.ingredient_key, s.ingredient_key)), ''
FROM stage_product s JOIN drugs_product p ON p.id = s.id
"""
APPLY_FOLD = """
UPDATE drugs_product p SET ingredient_key = s.ingredient_key, in_use = false, batch_id = %s,
       fingerprint = md5(concat_ws(chr(31), s.ingredient_key, s.strength, s.form, s.route))
FROM stage_product s WHERE s.id = p.id
"""
NAME = r"""
UPDATE drugs_ingredient i SET rxcui = n.rxcui,
       unii = CASE WHEN i.unii = '' THEN n.unii ELSE i.unii END
FROM drugs_rxname n
WHERE i.rxcui = '' AND n.tty = 'IN' AND n.gone_on IS NULL
  AND trim(both '-' FROM regexp_replace(lower(n.name), '[^a-z0-9]+', '-', 'g')) = i.key
"""
# The generic drug goes before the branded one, the pack's generic before its brand.
CODES = """
UPDATE drugs_product p SET rxcui = found.rxcui
FROM (
    SELECT k.product_id, mode() WITHIN GROUP (ORDER BY coalesce(g.parent, l.rxcui)) AS rxcui
    FROM drugs_package k
    JOIN drugs_rxlink l ON l.ndc11 = k.ndc11 AND l.gone_on IS NULL
    LEFT JOIN drugs_rxpart g ON g.child = l.rxcui AND g.rel IN ('SCD-SBD', 'GPCK-BPCK')
      AND g.gone_on IS NULL
    WHERE k.ndc11 <> '' GROUP BY k.product_id
) found
WHERE found.product_id = p.id AND found.rxcui <> p.rxcui
"""


def known_substances() -> Mapping[str, str]:
    """The ingredient of each substance that RxNorm decides, in small letters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM drugs_rxlink)")
        if not cursor.fetchone()[0]:
            return {}
        cursor.execute(REACHED)
        cursor.execute(VOTES)
        rows = cursor.fetchall()
        cursor.execute("DROP TABLE rx_reached")
    return {
        said: known or slug(name)
        for said, name, known, votes, of in rows
        if votes >= FEWEST and votes * 100 >= of * SHARE_PCT
    }


def recheck(loading: Loading) -> None:
    """Apply what RxNorm says to the listings; each one changed names this batch."""
    loading.cursor.execute(NAME)
    table = {**known_substances(), **substances()}
    changed = {**_of_substances(loading, table), **_of_kits(loading)}
    if changed:
        _fold(loading, changed)
    loading.cursor.execute(CODES)


def _of_substances(loading: Loading, table: Mapping[str, str]) -> dict[int, str]:
    loading.cursor.execute(LISTED)
    moved = [
        (listed, was, key)
        for listed, was in loading.cursor.fetchall()
        if (key := ingredient_key(split_substances(listed), table)) != was
    ]
    if not moved:
        return {}
    columns = [list(column) for column in zip(*moved, strict=True)]
    loading.cursor.execute(OF_SUBSTANCES, columns)
    return dict(loading.cursor.fetchall())


def _of_kits(loading: Loading) -> dict[int, str]:
    loading.cursor.execute("SELECT EXISTS (SELECT FROM drugs_rxlink)")
    if not loading.cursor.fetchone()[0]:
        return {}
    loading.cursor.execute(REACHED)
    loading.cursor.execute(KITS)
    found = loading.cursor.fetchall()
    loading.cursor.execute("DROP TABLE rx_reached")
    return {row: "+".join(sorted(map(slug, names.split("+")))) for row, names in found}


def _fold(loading: Loading, keys: Mapping[int, str]) -> None:
    cursor, batch = loading.cursor, loading.batch.pk
    cursor.execute(FOLD, [list(keys), list(keys.values())])
    add_ingredients(cursor)
    cursor.execute(NOTE_FOLD, [batch])
    cursor.execute(APPLY_FOLD, [batch])
    loading.add_changed(PRODUCTS.name, int(cursor.rowcount))
    cursor.execute("DROP TABLE stage_product")
    loading.settle(PRODUCTS)
    relate(loading)
