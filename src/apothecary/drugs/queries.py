"""A drug of the file with its packages and their prices."""

from collections.abc import Iterable

from apothecary.drugs.models import Package, Product


def drug_page(*, product_id: int) -> Product | None:
    """A product with its source (1 query)."""
    return (
        Product.every.select_related("source", "batch", "rated__rating")
        .filter(pk=product_id)
        .first()
    )


def packages_of(product: Product) -> list[Package]:
    """The packages of a product, smallest first (1 query)."""
    return list(product.packages.order_by("quantity", "ndc"))


def cheapest_of(product_ids: Iterable[int]) -> dict[int, Package]:
    """The cheapest package a unit of each product that has a price (1 query)."""
    priced = Package.objects.filter(product_id__in=list(product_ids), price_usd__isnull=False)
    ranked = priced.order_by("product_id", "price_usd", "ndc").distinct("product_id")
    return {package.product_id: package for package in ranked}
