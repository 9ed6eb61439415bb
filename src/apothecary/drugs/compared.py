"""A product as the Orange Book has it: what equivalence compares, and what protects it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from apothecary.drugs.equivalence import Book, Facts
from apothecary.drugs.models import Product
from apothecary.drugs.side_tables import Protection, Rated, Rating


def book_of(product: Product) -> Rating | None:
    """The product's row of the Orange Book, where one fits (1 query unless it was fetched)."""
    rated: Rated | None = getattr(product, "rated", None)
    return rated.rating if rated else None


@dataclass(frozen=True, slots=True)
class Protected:
    """Patents and exclusivities in force on a day, the last to end first; how many ended."""

    patents: Sequence[Protection]
    exclusivities: Sequence[Protection]
    ended: int


def protected(book: Rating, *, on: date) -> Protected:
    """What the Orange Book lists for the application of its row (1 query)."""
    listed = Protection.objects.select_related("batch").filter(
        appl_type=book.appl_type,
        appl_no=book.appl_no,
        product_no=book.product_no,
        gone_on=None,
    )
    rows = list(listed.order_by("-expires_on", "number", "use"))
    ahead = [row for row in rows if row.expires_on >= on]
    return Protected(
        patents=[row for row in ahead if row.kind == Protection.Kind.PATENT],
        exclusivities=[row for row in ahead if row.kind == Protection.Kind.EXCLUSIVITY],
        ended=len(rows) - len(ahead),
    )


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
