"""Loading the shipped drug file: one more batch of the drug file, and one that gives way.

It is a selection, so that nothing goes because it is not in it, and what an official file has
said already stays as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from apothecary.drugs import starter
from apothecary.drugs.lines import PackageLine, ProductLine
from apothecary.drugs.loading.applied import keep_prices, keep_ratings
from apothecary.drugs.loading.directory import (
    PACKAGES,
    PRODUCTS,
    merge_packages,
    merge_products,
    stage_packages,
    stage_products,
)
from apothecary.drugs.loading.frame import Kind, Loading, Publication, Report, load
from apothecary.drugs.models import Ingredient
from apothecary.drugs.official.files import Piece, Wanted
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.starter import LabelAssignmentRow, PackageRow, ProductRow

# The source whose directory the products and packages are of; the other sources fill columns.
DIRECTORY, RATINGS = "fda-ndc", "orange-book"
FILE = Path(str(starter.SHIPPED))
STARTER_PRODUCTS = replace(PRODUCTS, values=(*PRODUCTS.values, "te_code", "te_on", "rxcui"))
STARTER_PACKAGES = replace(
    PACKAGES, values=(*PACKAGES.values, "price_usd", "price_source", "price_on")
)


@dataclass(frozen=True, slots=True)
class StarterProduct(ProductLine):
    """A product of the shipped file, which holds columns of other sources too."""

    te_code: str
    te_on: date | None
    rxcui: str


@dataclass(frozen=True, slots=True)
class StarterPackage(PackageLine):
    """A package of the shipped file with its reference price."""

    price_usd: Decimal | None
    price_source: str
    price_on: date | None


def load_starter(*, at: datetime, by: str = "the shipped file") -> Report:
    """Load ingredients, products and packages; a second time changes what has changed."""
    released = {row.key: row.released_on for row in starter.read_sources()}
    return load(STARTER, FILE, by=by, at=at, released_on=released[DIRECTORY])


def fill(loading: Loading, _: Mapping[str, Piece]) -> None:
    """Fill the drug file from the shipped tables."""
    released = {row.key: row.released_on for row in starter.read_sources()}
    tall_man = load_ingredients()
    rows = list(starter.read_products())
    lines = product_lines(rows, tall_man=tall_man, te_on=released[RATINGS])
    stage_products(loading, lines, STARTER_PRODUCTS)
    keep_ratings(loading.cursor)
    merge_products(loading, STARTER_PRODUCTS)
    stage_packages(loading, package_lines(), STARTER_PACKAGES)
    keep_prices(loading.cursor)
    merge_packages(loading, STARTER_PACKAGES, file="packages.csv.gz", listed=False)


STARTER = Kind(
    publication=Publication(
        key="starter",
        name="Starter drug file, a selection of the National Drug Code Directory and others",
        publisher="Apothecary",
        licence="US Government works, public domain",
        rank=90,
    ),
    says="the drug file that ships with the house",
    files={
        "ingredients": Wanted(("ingredients.csv",)),
        "products": Wanted(("products.csv",)),
        "packages": Wanted(("packages.csv",)),
    },
    fill=fill,
    partial=True,
    yields=True,
)


def load_ingredients() -> dict[str, str]:
    """Write the ingredients by their key; returns their tall-man letters."""
    rows = list(starter.read_ingredients())
    Ingredient.objects.bulk_create(
        [
            Ingredient(
                key=row.key,
                name=row.name,
                tall_man=row.tall_man,
                unii=row.unii,
                rxcui=row.rxcui,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["name", "tall_man", "unii", "rxcui"],
    )
    return {row.key: row.tall_man for row in rows}


def product_lines(
    rows: list[ProductRow], *, tall_man: Mapping[str, str], te_on: date | None
) -> Iterator[StarterProduct]:
    """The shipped products as rows of the drug file.

    Raises BadRow at the first product of an ingredient that the file does not have.
    """
    assignments = tuple(starter.read_label_assignments())
    for row in rows:
        for key in row.ingredients:
            if key not in tall_man:
                raise BadRow(
                    "products.csv.gz",
                    row.line,
                    "ingredients",
                    f"{key!r} of {row.name} ({row.labeler}-{row.product}) is not in"
                    " ingredients.csv",
                )
        yield product_line(row, tall_man=tall_man, te_on=te_on, assignments=assignments)


def product_line(
    row: ProductRow,
    *,
    tall_man: Mapping[str, str],
    te_on: date | None,
    assignments: tuple[LabelAssignmentRow, ...],
) -> StarterProduct:
    """One shipped product as a row of the drug file."""
    return StarterProduct(
        line=row.line,
        labeler_code=row.labeler,
        product_code=row.product,
        listing="",
        kind=row.kind,
        name=row.generic,
        brand=row.brand,
        is_brand=row.is_brand,
        ingredient_key=row.ingredient_key,
        substances="; ".join(row.substances),
        strength=row.strength,
        form=row.dosage_form.lower(),
        form_group=row.form_group,
        route="; ".join(row.routes).lower(),
        schedule=row.schedule,
        schedule_source=row.schedule_source,
        prescription_only=row.prescription_only,
        labeler=row.labeler_name,
        category=row.category,
        application=row.application,
        classes="; ".join(row.epc),
        storage="" if row.storage == "unknown" else row.storage,
        auxiliary=";".join(starter.labels_of(row, assignments)),
        words=search_words(row, tall_man),
        started_on=None,
        ended_on=None,
        certified_on=None,
        flag="",
        te_code=row.te_code,
        te_on=te_on if row.te_code else None,
        rxcui=row.rxcui_generic or row.rxcui_brand,
    )


def search_words(row: ProductRow, tall_man: Mapping[str, str]) -> str:
    """What a search may find the product by, in small letters."""
    names = [row.brand, row.generic, *row.ingredients, row.strength, row.dosage_form]
    names += [tall_man.get(key, "") for key in row.ingredients]
    return " ".join(" ".join(names).lower().replace("-", " ").replace(",", " ").split())


def package_lines() -> Iterator[StarterPackage]:
    """The shipped packages as rows of the drug file."""
    return map(package_line, starter.read_packages())


def package_line(row: PackageRow) -> StarterPackage:
    """One shipped package as a row of the drug file."""
    return StarterPackage(
        line=row.line,
        ndc=row.ndc.hyphenated,
        listing="",
        description=row.description,
        package_code=row.ndc.package,
        ndc10=row.ndc.ndc10,
        ndc11=row.ndc.ndc11,
        ndc12=row.ndc.ndc12,
        quantity=row.quantity,
        unit=row.billing_unit,
        unit_word=row.unit_word,
        unit_source=row.unit_source,
        inner_count=row.inner_count,
        sample=False,
        started_on=None,
        ended_on=None,
        flag="",
        price_usd=row.price_usd,
        price_source=row.price_source,
        price_on=row.price_on,
    )
