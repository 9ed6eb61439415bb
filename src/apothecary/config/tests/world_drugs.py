"""The dozen drugs of the tests' world: each schedule, unit and storage class."""

from dataclasses import dataclass
from decimal import Decimal

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.drugs.models import Batch, Ingredient, Package, Product, Source
from apothecary.drugs.ndc import Ndc
from apothecary.drugs.search_index import refresh


@dataclass(frozen=True, slots=True)
class Drug:
    """One drug of the world: everything a test may want to tell apart."""

    ndc: str
    name: str
    ingredients: str
    strength: str
    form: str
    route: str
    schedule: int
    quantity: str
    unit: str
    price: str
    brand: str = ""
    te: str = ""
    storage: str = "controlled room temperature"


DRUGS = {
    "lisinopril": Drug(
        "68180-0980-1",
        "lisinopril",
        "lisinopril",
        "10 mg",
        "tablet",
        "oral",
        0,
        "100",
        "EA",
        "0.02110",
        te="AB",
    ),
    "lisinopril-brand": Drug(
        "0006-0106-54",
        "lisinopril",
        "lisinopril",
        "10 mg",
        "tablet",
        "oral",
        0,
        "90",
        "EA",
        "11.87000",
        brand="Prinivil",
        te="AB",
    ),
    "warfarin": Drug(
        "0093-1713-01",
        "warfarin sodium",
        "warfarin",
        "5 mg",
        "tablet",
        "oral",
        0,
        "100",
        "EA",
        "0.11000",
        te="AB",
    ),
    "amoxicillin": Drug(
        "0093-3109-05",
        "amoxicillin",
        "amoxicillin",
        "500 mg",
        "capsule",
        "oral",
        0,
        "500",
        "EA",
        "0.04900",
        te="AB",
    ),
    "amoxicillin-liquid": Drug(
        "0093-4155-73",
        "amoxicillin",
        "amoxicillin",
        "400 mg/5 mL",
        "powder for suspension",
        "oral",
        0,
        "100",
        "ML",
        "0.04300",
        te="AB",
    ),
    "metformin": Drug(
        "0093-1048-01",
        "metformin hydrochloride",
        "metformin",
        "500 mg",
        "tablet",
        "oral",
        0,
        "100",
        "EA",
        "0.02500",
        te="AB",
    ),
    "oxycodone": Drug(
        "0406-0552-01",
        "oxycodone hydrochloride",
        "oxycodone",
        "5 mg",
        "tablet",
        "oral",
        2,
        "100",
        "EA",
        "0.09500",
        te="AB",
    ),
    "testosterone": Drug(
        "0009-0520-10",
        "testosterone cypionate",
        "testosterone",
        "200 mg/mL",
        "injection",
        "intramuscular",
        3,
        "10",
        "ML",
        "4.10000",
        te="AO",
    ),
    "alprazolam": Drug(
        "0781-1061-01",
        "alprazolam",
        "alprazolam",
        "0.25 mg",
        "tablet",
        "oral",
        4,
        "100",
        "EA",
        "0.02800",
        te="AB",
    ),
    "pregabalin": Drug(
        "0071-1014-68",
        "pregabalin",
        "pregabalin",
        "75 mg",
        "capsule",
        "oral",
        5,
        "90",
        "EA",
        "0.13000",
        te="AB",
    ),
    "insulin": Drug(
        "0088-2220-33",
        "insulin glargine",
        "insulin glargine",
        "100 unit/mL",
        "injection",
        "subcutaneous",
        0,
        "10",
        "ML",
        "24.86000",
        brand="Lantus",
        storage="refrigerator",
    ),
    "hydrocortisone": Drug(
        "0168-0015-31",
        "hydrocortisone",
        "hydrocortisone",
        "1%",
        "cream",
        "topical",
        0,
        "28.4",
        "GM",
        "0.08000",
        te="AT",
    ),
}


def make_drugs() -> dict[str, Package]:
    """The dozen drugs: each schedule, unit and storage class."""
    source = Source.objects.create(key="world", name="the world of the tests", licence="ours")
    batch = Batch.objects.create(
        source=source, released_on=TODAY, loaded_at=NOON, by="the tests"
    )
    packages = {}
    for key, drug in DRUGS.items():
        ndc = Ndc.parse(drug.ndc)
        ingredient, _ = Ingredient.objects.get_or_create(
            key=drug.ingredients, defaults={"name": drug.ingredients}
        )
        product = Product.objects.create(
            labeler_code=ndc.labeler,
            product_code=ndc.product,
            name=drug.name,
            brand=drug.brand,
            is_brand=bool(drug.brand),
            ingredient_key=drug.ingredients,
            strength=drug.strength,
            form=drug.form,
            route=drug.route,
            schedule=drug.schedule,
            labeler="Example Labs",
            te_code=drug.te,
            storage=drug.storage,
            source=source,
            since=batch,
            batch=batch,
        )
        product.ingredients.add(ingredient)
        packages[key] = Package.objects.create(
            product=product,
            package_code=ndc.package,
            ndc=ndc.hyphenated,
            ndc10=ndc.ndc10,
            ndc11=ndc.ndc11,
            quantity=Decimal(drug.quantity),
            unit=drug.unit,
            unit_word=drug.form,
            price_usd=Decimal(drug.price),
            price_source="the world of the tests",
            price_on=TODAY,
            source=source,
            since=batch,
            batch=batch,
        )
    refresh()
    return packages
