"""A drug of the file with its packages and their prices."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat, JSONObject, LPad

from apothecary.drugs.hazard_list import coded_keys, loaded_hazards
from apothecary.drugs.models import Package, Product
from apothecary.drugs.side_tables import LabelSection, Look

BOXED = "34066-1"


def drug_page(*, product_id: int) -> Product | None:
    """A product with its source, its row of the Orange Book and its label (1 query).

    ``look`` and ``boxed`` are of the newest label on file: how large it is and how it is
    scored, and the text of its boxed warning. The list of hazardous drugs comes with it.
    """
    key = Concat(LPad("labeler_code", 6, Value("0")), LPad("product_code", 4, Value("0")))
    looks = Look.objects.filter(product_key=OuterRef("key"), gone_on=None).order_by(
        "part", "-batch", "-id"
    )
    told = JSONObject(
        size=Cast("size_mm", TextField()), score="score", part="part", set_id="set_id"
    )
    boxed = LabelSection.objects.filter(
        set_id__in=Look.objects.filter(
            product_key=OuterRef(OuterRef("key")), gone_on=None
        ).values("set_id"),
        loinc=BOXED,
        gone_on=None,
    )
    found = Product.every.annotate(key=key).annotate(
        look=Subquery(looks.values(found=told)[:1]),
        boxed=Subquery(boxed.order_by("-batch", "place").values("text")[:1]),
        loaded_hazards=loaded_hazards(),
        coded_keys=coded_keys(),
    )
    related = found.select_related("source", "batch", "rated__rating")
    return related.filter(pk=product_id).first()


def packages_of(product: Product) -> list[Package]:
    """The packages of a product, smallest first (1 query)."""
    return list(product.packages.order_by("quantity", "ndc"))


def cheapest_of(product_ids: Iterable[int]) -> dict[int, Package]:
    """The cheapest package a unit of each product that has a price (1 query)."""
    priced = Package.objects.filter(product_id__in=list(product_ids), price_usd__isnull=False)
    ranked = priced.order_by("product_id", "price_usd", "ndc").distinct("product_id")
    return {package.product_id: package for package in ranked}
