"""A drug of the ledger as the law on waste looks at it."""

from datetime import date

from apothecary.drugs.hazards import Standing, Verdict
from apothecary.law.waste import Seen, WasteDrug, waste_stream
from apothecary.stock.models import Lot

# What the NIOSH list says, as the law on waste asks it.
HAZARDOUS = {Standing.LISTED: True, Standing.NOT_LISTED: False, Standing.UNKNOWN: None}


def drug_of(lot: Lot, hazard: Verdict) -> WasteDrug:
    """The drug of a lot, with its package and product at hand."""
    product = lot.package.product
    return WasteDrug(
        name=str(product),
        ingredients=frozenset(product.ingredient_key.split("+")) - {""},
        substances=parts(product.substances),
        form=product.form,
        prescription_only=product.prescription_only,
        schedule=product.schedule,
        hazardous=HAZARDOUS[hazard.standing],
        expires_on=lot.expires_on,
    )


def parts(said: str) -> frozenset[str]:
    """The names of a listing's substances, in small letters."""
    return frozenset(part.strip().lower() for part in said.split(";") if part.strip())


def codes_on_paper(drug: WasteDrug, *, on: date) -> str:
    """The codes by ingredient that stand on a manifest; traits nobody has read are left out."""
    return waste_stream(drug, Seen(original=True), on=on).labels
