"""Products and packages of the drug file, whichever source lists them."""

from collections.abc import Iterable
from operator import attrgetter

from psycopg import sql

from apothecary.drugs.lines import PackageLine, ProductLine
from apothecary.drugs.loading.frame import Loading
from apothecary.drugs.loading.merge import Table
from apothecary.drugs.loading.unhindered import unhindered
from apothecary.drugs.models import Package, Product
from apothecary.drugs.shipped import BadRow

# The listing in force goes before the one that ended, then the one certified last.
BETTER = "t.ended_on IS NOT NULL, t.certified_on DESC NULLS LAST, t.started_on DESC NULLS LAST"
PRODUCTS = Table(
    model=Product,
    code=("labeler_code", "product_code"),
    exact=("listing",),
    values=(
        *("kind", "name", "brand", "is_brand", "ingredient_key", "substances", "strength"),
        *("form", "form_group", "route", "schedule", "schedule_source", "prescription_only"),
        *("labeler", "category", "application", "classes", "storage", "auxiliary", "words"),
        *("started_on", "ended_on", "certified_on", "flag", "fingerprint"),
    ),
    about=("labeler_code", "product_code"),
    says=("name", "strength", "form"),
    derived=("words", "fingerprint"),
    alone=("labeler_code", "product_code", "fingerprint"),
    better=BETTER,
)
PACKAGES = Table(
    model=Package,
    code=("ndc",),
    exact=("listing", "description"),
    values=(
        *("product_id", "package_code", "ndc10", "ndc11", "ndc12", "quantity", "unit"),
        *("unit_word", "unit_source", "inner_count", "sample", "started_on", "ended_on"),
        "flag",
    ),
    about=("ndc",),
    says=("description",),
    derived=("ndc10", "ndc11", "ndc12"),
    alone=("ndc",),
    better="t.ended_on IS NOT NULL, t.started_on DESC NULLS LAST, t.listing, t.description",
    later=("product_id",),
)

# A package hangs on the product in use that is the same drug as its own listing. What is built
# here takes the place of the stage: on a quarter of a million rows an update costs three times
# as much.
OF_LISTING = """
CREATE TEMP TABLE stage_package_whole ON COMMIT DROP AS
SELECT {columns}, u.id AS product_id
FROM stage_package s
LEFT JOIN drugs_product p ON p.labeler_code = split_part(s.ndc, '-', 1)
 AND p.product_code = split_part(s.ndc, '-', 2) AND p.listing = s.listing
 AND p.source_id = {source}
LEFT JOIN drugs_product u ON u.in_use AND u.labeler_code = p.labeler_code
 AND u.product_code = p.product_code AND u.fingerprint = p.fingerprint
"""
# The starter file names no listing: the oldest row of the code that is in use.
OF_CODE = """
CREATE TEMP TABLE stage_package_whole ON COMMIT DROP AS
SELECT {columns}, p.id AS product_id
FROM stage_package s
LEFT JOIN (SELECT labeler_code, product_code, min(id) AS id FROM drugs_product WHERE in_use
      GROUP BY labeler_code, product_code) p
ON p.labeler_code = split_part(s.ndc, '-', 1) AND p.product_code = split_part(s.ndc, '-', 2)
"""
TAKE_PLACE = """
DROP TABLE stage_package;
ALTER TABLE stage_package_whole RENAME TO stage_package;
ANALYZE stage_package
"""
ORPHAN = "SELECT line, ndc, listing FROM stage_package WHERE product_id IS NULL ORDER BY line"
# Packages follow when another listing of the same drug is in use now.
FOLLOW = """
UPDATE drugs_package k SET product_id = u.id
FROM drugs_product p JOIN drugs_product u ON u.in_use AND u.labeler_code = p.labeler_code
 AND u.product_code = p.product_code AND u.fingerprint = p.fingerprint
WHERE k.product_id = p.id AND NOT p.in_use
"""
# A person knows the drug, not its carton.
NAME_DRUG = sql.SQL(
    """
UPDATE drugs_change c SET says = concat_ws(' ', p.name, p.strength, p.form) || ': ' || c.says
FROM drugs_package k JOIN drugs_product p ON p.id = k.product_id
WHERE c.batch_id = {} AND c."table" = 'package' AND k.id = c."row"
"""
)
STALE = sql.SQL(
    """
DELETE FROM drugs_product_ingredients l USING drugs_product p, drugs_ingredient i
WHERE p.id = l.product_id AND i.id = l.ingredient_id AND p.batch_id = {}
  AND i.key <> ALL (string_to_array(p.ingredient_key, '+'))
"""
)
JOIN = sql.SQL(
    """
INSERT INTO drugs_product_ingredients (product_id, ingredient_id)
SELECT DISTINCT p.id, i.id FROM drugs_product p
CROSS JOIN LATERAL unnest(string_to_array(p.ingredient_key, '+')) AS each (key)
JOIN drugs_ingredient i ON i.key = each.key
WHERE p.batch_id = {} ON CONFLICT DO NOTHING
"""
)


def stage_products(loading: Loading, lines: Iterable[ProductLine], table: Table) -> int:
    """Copy the listings of a source into the stage."""
    return loading.stage(table, map(attrgetter("line", *table.copied), lines))


def stage_packages(loading: Loading, lines: Iterable[PackageLine], table: Table) -> int:
    """Copy the packages of a source into the stage."""
    return loading.stage(table, map(attrgetter("line", *table.copied), lines))


def merge_products(loading: Loading, table: Table) -> None:
    """Merge the listings, choose those in use, and join them with their ingredients."""
    loading.merge(table)
    loading.settle(table)
    relate(loading)


def relate(loading: Loading) -> None:
    """Join what the batch changed with its ingredients, and move packages to what is in use.

    A join that holds no more goes: under a wrong ingredient the wrong drugs are screened.
    """
    batch = sql.Literal(loading.batch.pk)
    loading.cursor.execute(STALE.format(batch))
    with unhindered(loading.cursor, "drugs_product_ingredients"):
        loading.cursor.execute(JOIN.format(batch))
    loading.cursor.execute(FOLLOW)


def merge_packages(loading: Loading, table: Table, *, file: str, listed: bool) -> None:
    """Merge the packages, each on its product; one of no product refuses the file.

    ``listed``: the packages name the listing they are of, else their code must do.
    """
    others = ("line", *(name for name in table.columns if name != "product_id"))
    names = {
        "columns": sql.SQL(", ").join(sql.Identifier("s", name) for name in others),
        "source": sql.Literal(loading.batch.source_id),
    }
    loading.cursor.execute(sql.SQL(OF_LISTING if listed else OF_CODE).format(**names))
    loading.cursor.execute(TAKE_PLACE)
    loading.cursor.execute(ORPHAN)
    orphan = loading.cursor.fetchone()
    if orphan is not None:
        line, ndc, listing = orphan
        says = f"{ndc} is of no product" + (f" listed as {listing!r}" if listed else "")
        raise BadRow(file, line, "PRODUCTID" if listed else "product", says)
    loading.merge(table)
    loading.settle(table)
    loading.cursor.execute(NAME_DRUG.format(sql.Literal(loading.batch.pk)))
