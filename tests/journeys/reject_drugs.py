"""The drugs of the bank of rejects: what the payer's formulary speaks of."""

from decimal import Decimal
from typing import TYPE_CHECKING

from apothecary.drugs.models import Batch, Ingredient, Package, Product, Source
from apothecary.drugs.ndc import Ndc

if TYPE_CHECKING:
    from apothecary.config.tests.world import World

# Beside the world's own drugs, what the payer's formulary speaks of: NDC, strength, schedule.
DRUGS = {
    "atorvastatin": ("55111-0121-05", "10 mg", 0),
    "enalapril": ("00093-0026-01", "2.5 mg", 0),
    "esomeprazole": ("00093-6450-01", "20 mg", 0),
    "finasteride": ("16729-0089-01", "1 mg", 0),
    "hydrochlorothiazide": ("00228-2820-01", "12.5 mg", 0),
    "levothyroxine": ("00378-1800-01", "25 mcg", 0),
    "linaclotide": ("00456-1201-01", "145 mcg", 0),
    "modafinil": ("60505-2526-01", "100 mg", 4),
    "ondansetron": ("45963-0538-01", "4 mg", 0),
    "ranitidine": ("00781-1883-01", "150 mg", 0),
    "rosuvastatin": ("00310-0751-01", "10 mg", 0),
    "sildenafil": ("13668-0185-01", "20 mg", 0),
    "simvastatin": ("16729-0004-01", "10 mg", 0),
    "sitagliptin": ("00006-0112-01", "50 mg", 0),
    "sumatriptan": ("00378-5630-01", "25 mg", 0),
    "tacrolimus": ("00378-2045-01", "0.5 mg", 0),
    "tretinoin": ("00187-5150-01", "0.02 %", 0),
    "zolpidem": ("00024-5401-01", "5 mg", 4),
}


def made_drugs() -> dict[str, Package]:
    """The drugs the payer's formulary speaks of, as the drug file has them."""
    source, batch = Source.objects.get(key="world"), Batch.objects.get()
    found = {}
    for name, (ndc, strength, schedule) in DRUGS.items():
        ingredient, _ = Ingredient.objects.get_or_create(key=name, defaults={"name": name})
        parsed = ndc_of(ndc)
        product = Product.objects.create(
            labeler_code=parsed.labeler, product_code=parsed.product, name=name,
            ingredient_key=name, strength=strength, form="tablet", route="oral",
            schedule=schedule, labeler="Example Labs", source=source, since=batch, batch=batch,
        )  # fmt: skip
        product.ingredients.add(ingredient)
        found[name] = package_of(product, parsed)
    return found


def ndc_of(padded: str) -> Ndc:
    """Eleven digits with hyphens as the code they stand for: one segment was padded."""
    labeler, product, package = padded.split("-")
    if labeler.startswith("0"):
        return Ndc(labeler[1:], product, package)
    if product.startswith("0"):
        return Ndc(labeler, product[1:], package)
    return Ndc(labeler, product, package[1:])


def package_of(product: Product, ndc: Ndc) -> Package:
    """A package of a hundred."""
    return Package.objects.create(
        product=product, package_code=ndc.package, ndc=ndc.hyphenated, ndc10=ndc.ndc10,
        ndc11=ndc.ndc11, quantity=Decimal(100), unit="EA", unit_word="tablet",
        price_usd=Decimal("1.00"), source=product.source, since=product.since,
        batch=product.batch,
    )  # fmt: skip


def other_package(world: "World") -> None:
    """Another package of lisinopril, with plenty of it on the shelf."""
    product = world.drugs["lisinopril"].product
    world.drugs["lisinopril-other"] = package_of(product, ndc_of("68180-0980-03"))
    world.receive("lisinopril-other", "10000", lot="BANK")
