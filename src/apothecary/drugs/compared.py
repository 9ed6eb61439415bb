"""A product of the drug file in the facts by which equivalence compares it."""

from apothecary.drugs.equivalence import Book, Facts
from apothecary.drugs.models import Product
from apothecary.drugs.side_tables import Rated, Rating


def book_of(product: Product) -> Rating | None:
    """The product's row of the Orange Book, where one fits (1 query unless it was fetched)."""
    rated: Rated | None = getattr(product, "rated", None)
    return rated.rating if rated else None


def compared(product: Product) -> Facts:
    """The product as equivalence looks at it (as many queries as ``book_of``)."""
    book = book_of(product)
    return Facts(
        ingredients=product.ingredient_key,
        strength=product.strength,
        form=product.form,
        route=product.route,
        te_code=product.te_code,
        category=product.category,
        is_brand=product.is_brand,
        book=Book(book.ingredient, book.form_route, book.strength) if book else None,
    )
