"""The FDA's NDC Directory into the drug file, also its excluded and unfinished listings."""

from collections.abc import Iterator, Mapping

from psycopg import sql

from apothecary.drugs.derived.listed import HOMEOPATHIC, Reader
from apothecary.drugs.lines import PackageLine, ProductLine
from apothecary.drugs.loading.directory import (
    PACKAGES,
    PRODUCTS,
    merge_packages,
    merge_products,
    stage_packages,
    stage_products,
)
from apothecary.drugs.loading.frame import Kind, Loading, Publication
from apothecary.drugs.loading.ingredients import add_ingredients
from apothecary.drugs.loading.recheck import known_substances, recheck
from apothecary.drugs.models import Ingredient
from apothecary.drugs.official.fda_ndc import read_listings, read_packages
from apothecary.drugs.official.files import Piece, Wanted
from apothecary.drugs.official.heads import Head
from apothecary.drugs.shipped import BadRow

LICENCE = "US Government work, public domain"
FDA = "US Food and Drug Administration"

# A listing that left the schedule off has that of its siblings when at least half of them carry
# one: of those with the same ingredients, strength and form group, else of the form group.
# Where siblings disagree the commonest holds, of two as common the stricter.
SIBLINGS = """
WITH counted AS (
    SELECT {group}, schedule, count(*) AS n FROM stage_product
    WHERE ingredient_key <> '' AND category <> {homeopathic} GROUP BY {group}, schedule
), voted AS (
    SELECT {group}, sum(n) FILTER (WHERE schedule > 0) AS carry, sum(n) AS listed,
           (array_agg(schedule ORDER BY n DESC, schedule) FILTER (WHERE schedule > 0))[1] AS one
    FROM counted GROUP BY {group}
)
UPDATE stage_product s SET schedule = v.one, schedule_source = 'siblings' FROM voted v
WHERE s.schedule = 0 AND s.category <> {homeopathic} AND v.carry * 2 >= v.listed
  AND ROW({s_group}) = ROW({v_group})
"""
GROUPS = (("ingredient_key", "strength", "form_group"), ("ingredient_key", "form_group"))
# A kit lists no substance: what the drug file knows of its ingredients already stays.
KEEP_INGREDIENTS = """
UPDATE stage_product s SET ingredient_key = t.ingredient_key,
       fingerprint = md5(concat_ws(chr(31), t.ingredient_key, s.strength, s.form, s.route))
FROM drugs_product t
WHERE s.ingredient_key = '' AND s.substances = '' AND t.ingredient_key <> ''
  AND t.labeler_code = s.labeler_code AND t.product_code = s.product_code
  AND t.listing IN (s.listing, '')
"""
# Shelves are counted in the unit a package has: as long as its description is the same, no
# second reading turns tablets into boxes.
KEEP_UNITS = """
UPDATE stage_package s SET quantity = t.quantity, unit = t.unit, unit_word = t.unit_word,
       unit_source = t.unit_source, inner_count = t.inner_count
FROM drugs_package t
WHERE t.in_use AND t.ndc = s.ndc AND t.description = s.description
  AND ROW(t.quantity, t.unit, t.unit_word, t.unit_source, t.inner_count)
      IS DISTINCT FROM ROW(s.quantity, s.unit, s.unit_word, s.unit_source, s.inner_count)
"""


def fill(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill the drug file from one release of listings and packages."""
    forms: dict[str, str] = {}
    tall_man = dict(Ingredient.objects.exclude(tall_man="").values_list("key", "tall_man"))
    reader = Reader(found["product"].name, known=known_substances(), tall_man=tall_man)
    lines = _products(loading, found["product"], reader, forms)
    stage_products(loading, lines, PRODUCTS)
    for group in GROUPS:
        _from_siblings(loading, group)
    loading.cursor.execute(KEEP_INGREDIENTS)
    add_ingredients(loading.cursor)
    merge_products(loading, PRODUCTS)
    packages = _packages(loading, found["package"], reader, forms)
    stage_packages(loading, packages, PACKAGES)
    forms.clear()
    loading.cursor.execute(KEEP_UNITS)
    merge_packages(loading, PACKAGES, file=found["package"].name, listed=True)
    recheck(loading)


def _products(
    loading: Loading, piece: Piece, reader: Reader, forms: dict[str, str]
) -> Iterator[ProductLine]:
    for row in read_listings(piece, tell=loading.tell):
        if row.listing in forms:
            raise BadRow(piece.name, row.line, "PRODUCTID", f"{row.listing!r} is there twice")
        forms[row.listing] = row.form
        yield reader.product(row)


def _packages(
    loading: Loading, piece: Piece, reader: Reader, forms: Mapping[str, str]
) -> Iterator[PackageLine]:
    for row in read_packages(piece, tell=loading.tell):
        form = forms.get(row.listing)
        if form is None:
            says = f"{row.ndc.hyphenated} is of no product listed as {row.listing!r}"
            raise BadRow(piece.name, row.line, "PRODUCTID", says)
        yield reader.package(row, form=form)


def _from_siblings(loading: Loading, group: tuple[str, ...]) -> None:
    def each(shape: str) -> sql.Composable:
        names = (sql.SQL(shape).format(sql.Identifier(name)) for name in group)
        return sql.SQL(", ").join(names)

    loading.cursor.execute(
        sql.SQL(SIBLINGS).format(
            group=each("{}"),
            s_group=each("s.{}"),
            v_group=each("v.{}"),
            homeopathic=sql.Literal(HOMEOPATHIC),
        )
    )


# The agency's other lists have the same columns: loaded as the directory, all else were gone.
OTHER_LISTS = ("*unfinished*", "*excluded*")
DIRECTORY = Kind(
    publication=Publication(
        key="fda-ndc", name="National Drug Code Directory", publisher=FDA, licence=LICENCE
    ),
    says="FDA NDC Directory: folder or zip with product.txt and package.txt",
    files={
        "product": Wanted(
            ("product.txt", "products.txt", "*product*.txt"), Head.LISTINGS, OTHER_LISTS
        ),
        "package": Wanted(
            ("package.txt", "packages.txt", "*package*.txt"), Head.PACKAGES, OTHER_LISTS
        ),
    },
    fill=fill,
    adopts=("starter",),
)
UNFINISHED = Kind(
    publication=Publication(
        key="fda-ndc-unfinished",
        name="NDC Directory, unfinished drugs (bulk substances for compounding)",
        publisher=FDA,
        licence=LICENCE,
        rank=10,
    ),
    says="FDA list of unfinished drugs: bulk substances",
    files={
        "product": Wanted(
            ("*unfinished*product*.txt", "*product*unfinished*.txt"), Head.LISTINGS
        ),
        "package": Wanted(
            ("*unfinished*package*.txt", "*package*unfinished*.txt"), Head.PACKAGES
        ),
    },
    fill=fill,
)
EXCLUDED = Kind(
    publication=Publication(
        key="fda-ndc-excluded",
        name="NDC Directory, excluded listings",
        publisher=FDA,
        licence=LICENCE,
        rank=20,
    ),
    says="FDA list of excluded listings",
    files={
        "product": Wanted(("*product*excluded*.txt", "*excluded*product*.txt"), Head.LISTINGS),
        "package": Wanted(("*package*excluded*.txt", "*excluded*package*.txt"), Head.PACKAGES),
    },
    fill=fill,
)
