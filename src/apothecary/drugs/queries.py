"""A drug of the file with its packages, and what else the file has in its place."""

from collections.abc import Iterable

from django.db.models import QuerySet

from apothecary.drugs.models import Package, Product

# Ratings under which the FDA's list holds products of one group equivalent begin so.
EQUIVALENT = "A"


def drug_page(*, product_id: int) -> Product | None:
    """A product with its source (1 query)."""
    return Product.every.select_related("source", "batch").filter(pk=product_id).first()


def packages_of(product: Product) -> list[Package]:
    """The packages of a product, smallest first (1 query)."""
    return list(product.packages.order_by("quantity", "ndc"))


def cheapest_of(product_ids: Iterable[int]) -> dict[int, Package]:
    """The cheapest package a unit of each product that has a price (1 query)."""
    priced = Package.objects.filter(product_id__in=list(product_ids), price_usd__isnull=False)
    ranked = priced.order_by("product_id", "price_usd", "ndc").distinct("product_id")
    return {package.product_id: package for package in ranked}


def equivalents_of(product: Product) -> QuerySet[Product]:
    """Products the FDA's list rates equivalent: same ingredient, strength, form, route, group.

    A product without a rating beginning with A has none; nothing here is equivalent by looks.
    """
    if not product.te_code.startswith(EQUIVALENT):
        return Product.objects.none()
    return (
        Product.objects.filter(
            ingredient_key=product.ingredient_key,
            strength=product.strength,
            form=product.form,
            route=product.route,
            te_code=product.te_code,
        )
        .exclude(pk=product.pk)
        .order_by("name", "labeler", "id")
    )
