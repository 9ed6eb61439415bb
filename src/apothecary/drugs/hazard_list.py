"""The list of hazardous drugs that is in force here, and what it says of products."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef
from django.db.models.functions import JSONObject

from apothecary.drugs.derived.tables import substances
from apothecary.drugs.hazards import Drug, Row, Verdict, hazard, shipped_rows
from apothecary.drugs.models import Ingredient, Product
from apothecary.drugs.side_tables import HazardousDrug

# Read as one object a row, so that the page of a drug has the list in the query of the drug.
COLUMNS = (
    *("name", "keys", "classes", "list_table", "mshi", "only_reproductive"),
    *("edition", "published_on", "cite", "verified"),
)
LOADED = (
    HazardousDrug.objects.filter(gone_on=None)
    .order_by("id")
    .values(found=JSONObject(**{name: name for name in COLUMNS}))
)


def rows_in_force() -> Sequence[Row]:
    """The list that was loaded, or the shipped one where none was (1 query)."""
    return _rows([each["found"] for each in LOADED.all()])


def _rows(loaded: Iterable[Mapping[str, str]]) -> Sequence[Row]:
    return [_row(each) for each in loaded] or shipped_rows()


def _row(each: Mapping[str, str]) -> Row:
    return Row(
        name=each["name"],
        table=each["list_table"],
        ingredients=_parts(each["keys"]),
        classes=_parts(each["classes"]),
        mshi=each["mshi"],
        only_reproductive=each["only_reproductive"],
        edition=each["edition"],
        published_on=date.fromisoformat(each["published_on"]),
        cite=each["cite"],
        verified=each["verified"],
    )


def _parts(joined: str, between: str = ";") -> frozenset[str]:
    return frozenset(part.strip() for part in joined.split(between)) - {""}


def loaded_hazards() -> ArraySubquery:
    """The list that was loaded, for a query to bring along as ``loaded_hazards``."""
    return ArraySubquery(LOADED.all())


def coded_keys(product: str = "pk") -> ArraySubquery:
    """The product's ingredients with a code of their own, to bring along as ``coded_keys``."""
    coded = Ingredient.objects.filter(products=OuterRef(product)).exclude(rxcui="", unii="")
    return ArraySubquery(coded.values("key"))


def hazard_of(product: Product, *, brought: Model) -> Verdict:
    """What the list in force says of a product; ``brought`` is the row that has the list."""
    loaded: list[Mapping[str, str]] = brought.loaded_hazards  # type: ignore[attr-defined]  # annotated
    coded: list[str] = brought.coded_keys  # type: ignore[attr-defined]  # annotated
    keys = _parts(product.ingredient_key, "+")
    known = keys & (frozenset(substances().values()) | frozenset(coded))
    return hazard(Drug(keys, known, _parts(product.classes)), _rows(loaded))


def hazards_of(products: Iterable[Product]) -> Mapping[int, Verdict]:
    """What the list in force says of each product, by its id (1 query, 2 for strange ones)."""
    asked = list(products)
    keys = {each.pk: _parts(each.ingredient_key, "+") for each in asked}
    classes = {each.pk: _parts(each.classes) for each in asked}
    known = known_keys(frozenset().union(*keys.values())) if keys else frozenset()
    rows = rows_in_force() if keys else ()
    return {
        pk: hazard(Drug(each, each & known, classes[pk]), rows) for pk, each in keys.items()
    }


def known_keys(keys: frozenset[str]) -> frozenset[str]:
    """Those that are a known substance: in the shipped file, or with a code of their own.

    A key that a listing alone has named may be a name nobody has read right.
    """
    known = keys & frozenset(substances().values())
    if not (strange := keys - known):
        return known
    coded = Ingredient.objects.filter(key__in=strange).exclude(rxcui="", unii="")
    return known | frozenset(coded.values_list("key", flat=True))
