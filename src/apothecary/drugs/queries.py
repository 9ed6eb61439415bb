"""Finding a drug by fragments, and what else the file has in its place."""

import re

from django.db.models import Q, QuerySet

from apothecary.drugs.models import Package, Product

# Ratings under which the FDA's list holds products of one group equivalent begin so.
EQUIVALENT = "A"
SHORTEST_FRAGMENT = 2
# What may stand between the parts of a name or strength, a NUL byte from a bad client too.
APART = re.compile(r"[\s,;\x00-]+")
AMOUNT_AND_UNIT = re.compile(r"(\d)([a-z])")


def drug_page(*, product_id: int) -> Product | None:
    """A product with its source (1 query)."""
    return Product.every.select_related("source", "batch").filter(pk=product_id).first()


def packages_of(product: Product) -> list[Package]:
    """The packages of a product, smallest first (1 query)."""
    return list(product.packages.order_by("quantity", "ndc"))


def find_products(asked: str, *, limit: int = 8) -> list[Product]:
    """Products in whose names or strength every typed fragment is found (1 query).

    "lisin 10" and "lisin 10mg" find lisinopril 10 mg; a single letter finds nothing.
    """
    apart = AMOUNT_AND_UNIT.sub(r"\1 \2", APART.sub(" ", asked.casefold()))
    fragments = apart.split()
    if max(map(len, fragments), default=0) < SHORTEST_FRAGMENT:
        return []
    found = Product.objects.all()
    for fragment in fragments:
        found = found.filter(
            Q(name__icontains=fragment)
            | Q(brand__istartswith=fragment)
            | Q(words__icontains=fragment)
            | Q(strength__istartswith=fragment)
            | Q(strength__icontains=f" {fragment}")
        )
    return list(found.order_by("name", "strength", "labeler", "id")[:limit])


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
