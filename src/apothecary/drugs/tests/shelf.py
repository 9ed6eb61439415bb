"""More drugs than the world has: look-alikes, combinations, brands, strengths."""

from decimal import Decimal

from apothecary.config.tests.world import World
from apothecary.drugs.models import Package, Product
from apothecary.drugs.search_index import refresh

SHELF = (
    ("hydroxyzine hydrochloride", "", "hydroxyzine", "25 mg", "tablet, film coated", "Teva"),
    ("hydralazine hydrochloride", "", "hydralazine", "25 mg", "tablet", "Par"),
    ("hydrochlorothiazide", "", "hydrochlorothiazide", "25 mg", "tablet", "Accord"),
    ("hydrocortisone", "Cortef", "hydrocortisone", "25 mg", "tablet", "Pfizer"),
    ("acetaminophen and codeine phosphate", "", "acetaminophen+codeine", "300 mg / 30 mg",
     "tablet", "Aurobindo"),
    ("amoxicillin and clavulanate potassium", "Augmentin", "amoxicillin+clavulanate",
     "875 mg / 125 mg", "tablet, film coated", "Sandoz"),
    ("metformin hydrochloride", "Metformin Hydrochloride ER", "metformin", "500 mg",
     "tablet, extended release", "Lupin Pharmaceuticals, Inc."),
    ("metformin hydrochloride", "", "metformin", "1000 mg", "tablet", "Zydus"),
    ("bupropion hydrochloride", "Bupropion Hydrochloride XL", "bupropion", "150 mg",
     "tablet, extended release", "Mylan"),
    ("bupropion hydrochloride", "Bupropion Hydrochloride SR", "bupropion", "150 mg",
     "tablet, extended release", "Mylan"),
    ("morphine sulfate", "", "morphine", "15 mg", "tablet", "Hikma"),
    ("levothyroxine sodium", "", "levothyroxine", "50 mcg", "tablet", "Lannett"),
    ("insulin lispro", "Humalog", "insulin-lispro", "100 unit/mL", "injection", "Lilly"),
    ("prednisone", "", "prednisone", "10 mg", "tablet", "West-Ward"),
    ("prednisolone", "", "prednisolone", "10 mg", "tablet", "West-Ward"),
)  # fmt: skip


def more_drugs(pharmacy: World) -> World:
    """The world with more drugs in its file; the index in step."""
    like = pharmacy.drugs["lisinopril"].product
    for number, (name, brand, key, strength, form, labeler) in enumerate(SHELF):
        product = Product.objects.get(pk=like.pk)
        product.pk, product.labeler_code, product.product_code = None, "55555", f"{number:03d}"
        product.name, product.brand, product.ingredient_key = name, brand, key
        product.strength, product.form, product.labeler = strength, form, labeler
        product.save(force_insert=True)
        package = pharmacy.drugs["lisinopril"]
        package.pk, package.product, package.package_code = None, product, "01"
        package.ndc = f"55555-{number:03d}-01"
        package.ndc10, package.ndc11 = f"55555{number:03d}01", f"555550{number:03d}01"
        package.ndc12 = f"0{package.ndc11}"
        package.price_usd = Decimal(number + 1)
        package.save(force_insert=True)
    pharmacy.drugs["lisinopril"] = Package.objects.get(ndc="68180-0980-1")
    refresh()
    return pharmacy
