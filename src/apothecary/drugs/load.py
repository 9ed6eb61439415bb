"""Loading the shipped drug file into the database; a second load changes what has changed."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import models, transaction

from apothecary.drugs import starter
from apothecary.drugs.models import Ingredient, Package, Product, Source
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.starter import LabelAssignmentRow, PackageRow, ProductRow

Row = TypeVar("Row", bound=models.Model)
AT_ONCE = 1_000
# The source whose directory the products and packages are of; the other sources fill columns.
DIRECTORY = "fda-ndc"


@transaction.atomic
def load_starter(*, at: datetime) -> dict[str, int]:
    """Load ingredients, products and packages; returns how many of each there are."""
    sources = {
        row.key: Source.objects.get_or_create(
            name=f"{row.publisher}: {row.title}",
            released_on=row.released_on,
            defaults={"licence": row.licence, "loaded_at": at},
        )[0]
        for row in starter.read_sources()
    }
    counts = {"ingredients": load_ingredients()}
    counts["products"] = load_products(sources[DIRECTORY], te=sources["orange-book"])
    counts["packages"] = load_packages()
    return counts


def load_ingredients() -> int:
    """Write the ingredients by their key."""
    rows = (
        Ingredient(
            key=row.key, name=row.name, tall_man=row.tall_man, unii=row.unii, rxcui=row.rxcui
        )
        for row in starter.read_ingredients()
    )
    return write(rows, unique=["key"], update=["name", "tall_man", "unii", "rxcui"])


def load_products(directory: Source, *, te: Source) -> int:
    """Write the products by their two segments, with ingredients and auxiliary labels."""
    assignments = tuple(starter.read_label_assignments())
    tall_man = {row.key: row.tall_man for row in starter.read_ingredients() if row.tall_man}
    rows = list(starter.read_products())
    made = (product(row, directory, te, assignments, tall_man) for row in rows)
    same = {"id", "labeler_code", "product_code"}
    update = [
        field.name
        for field in Product._meta.concrete_fields
        if field.name not in same | {"imprint", "colour", "shape", "high_alert"}
    ]
    count = write(made, unique=["labeler_code", "product_code"], update=update)
    link_ingredients(rows)
    return count


def product(
    row: ProductRow,
    directory: Source,
    te: Source,
    assignments: tuple[LabelAssignmentRow, ...],
    tall_man: dict[str, str],
) -> Product:
    """A row of the file as a product of the drug file."""
    return Product(
        labeler_code=row.labeler,
        product_code=row.product,
        name=row.generic,
        brand=row.brand,
        is_brand=row.is_brand,
        ingredient_key=row.ingredient_key,
        strength=row.strength,
        form=row.dosage_form.lower(),
        form_group=row.form_group,
        route="; ".join(row.routes).lower(),
        schedule=row.schedule,
        prescription_only=row.prescription_only,
        labeler=row.labeler_name,
        te_code=row.te_code,
        te_on=te.released_on if row.te_code else None,
        classes="; ".join(row.epc),
        rxcui=row.rxcui_generic or row.rxcui_brand,
        application=row.application,
        storage="" if row.storage == "unknown" else row.storage,
        auxiliary=";".join(starter.labels_of(row, assignments)),
        words=search_words(row, tall_man),
        source=directory,
    )


def search_words(row: ProductRow, tall_man: dict[str, str]) -> str:
    """What a search may find the product by, in small letters."""
    names = [row.brand, row.generic, *row.ingredients, row.strength, row.dosage_form]
    names += [tall_man.get(key, "") for key in row.ingredients]
    return " ".join(" ".join(names).lower().replace("-", " ").replace(",", " ").split())


def link_ingredients(rows: list[ProductRow]) -> None:
    """Join products and ingredients as the file has them.

    A join the file has no more goes: under a wrong ingredient the wrong drugs are screened.
    Raises BadRow at the first product of an ingredient that the file does not have.
    """
    products = product_ids()
    keys = dict(Ingredient.objects.values_list("key", "id"))
    unknown = ((row, key) for row in rows for key in row.ingredients if key not in keys)
    for row, key in unknown:
        raise BadRow(
            "products.csv.gz",
            row.line,
            "ingredients",
            f"{key!r} of {row.name} ({row.labeler}-{row.product}) is not in ingredients.csv",
        )
    through = Product.ingredients.through
    wanted = {
        (products[row.labeler, row.product], keys[key])
        for row in rows
        for key in row.ingredients
    }
    joined = {
        (product_id, ingredient_id): pk
        for pk, product_id, ingredient_id in through.objects.filter(
            product_id__in={products[row.labeler, row.product] for row in rows}
        ).values_list("id", "product_id", "ingredient_id")
    }
    stale = [pk for pair, pk in joined.items() if pair not in wanted]
    through.objects.filter(pk__in=stale).delete()
    links = (
        through(product_id=product_id, ingredient_id=ingredient_id)
        for product_id, ingredient_id in sorted(wanted - joined.keys())
    )
    while batch := list(islice(links, AT_ONCE)):
        through.objects.bulk_create(batch)


def product_ids() -> dict[tuple[str, str], int]:
    """The products by their two segments (1 query)."""
    rows = Product.objects.values_list("id", "labeler_code", "product_code")
    return {(labeler, code): pk for pk, labeler, code in rows}


def load_packages() -> int:
    """Write the packages by their code; one that is gone from the file is never removed.

    Raises BadRow at the first package of a product that the file does not have.
    """
    products = product_ids()
    rows = (package(row, product_of(row, products)) for row in starter.read_packages())
    update = ["description", "quantity", "unit", "unit_word"]
    update += ["price_usd", "price_source", "price_on"]
    return write(rows, unique=["ndc"], update=update)


def product_of(row: PackageRow, products: dict[tuple[str, str], int]) -> int:
    """The product a package is of, or a refusal that names both."""
    found = products.get((row.ndc.labeler, row.ndc.product))
    if found is None:
        reason = f"{row.ndc.hyphenated} is of no product of products.csv"
        raise BadRow("packages.csv.gz", row.line, "product", reason)
    return found


def package(row: PackageRow, product_id: int) -> Package:
    """A row of the file as a package of the drug file."""
    return Package(
        product_id=product_id,
        package_code=row.ndc.package,
        ndc=row.ndc.hyphenated,
        ndc10=row.ndc.ndc10,
        ndc11=row.ndc.ndc11,
        description=row.description,
        quantity=row.quantity,
        unit=row.billing_unit,
        unit_word=row.unit_word,
        price_usd=row.price_usd,
        price_source=row.price_source,
        price_on=row.price_on,
    )


def write(rows: Iterator[Row], *, unique: list[str], update: list[str]) -> int:
    """Insert or update in batches; returns how many rows the file had."""
    count = 0
    while batch := list(islice(rows, AT_ONCE)):
        type(batch[0])._default_manager.bulk_create(
            batch, update_conflicts=True, unique_fields=unique, update_fields=update
        )
        count += len(batch)
    return count
