"""Drugs: found by whatever is at hand, as the screens find them."""

from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.asking import worker_of
from apothecary.drugs.hazard_list import hazards_of
from apothecary.drugs.hazards import Verdict
from apothecary.drugs.models import Package, Product
from apothecary.drugs.queries import cheapest_of
from apothecary.drugs.search import MOST, find_drugs
from apothecary.drugs.search_hits import Hit

router = Router(tags=["drugs"])
LONGEST_ASKED = 100


class LookAlikeOut(Schema):
    """A name in the same answer that this one may be taken for, and who says so."""

    name: str
    cite: str
    verified: str


class HazardSaidOut(Schema):
    """A sentence of the list of hazardous drugs, and what it rests on."""

    says: str
    cite: str
    verified: str


class HazardOut(Schema):
    """Whether who handles the drug is in danger: `listed`, `not listed`, or `unknown`.

    A drug that is not listed is not called safe.
    """

    standing: str
    says: list[HazardSaidOut]


class DrugOut(Schema):
    """A drug of one name, strength, form and route, and the product of it to open.

    `why` tells what was not typed so; `corrected` that a word was read as another. `name` is
    as the file has it, `called` as a screen shows it, with look-alike letters tall.
    """

    product_id: int
    name: str
    brand: str
    called: str
    strength: str
    form: str
    route: str
    schedule: int
    labeler: str
    labelers: int
    ndc: str
    on_shelf: bool
    fills: int
    price_usd: Decimal | None
    unit: str
    why: list[str]
    corrected: bool
    look_alikes: list[LookAlikeOut]
    hazard: HazardOut | None


class DrugsOut(Schema):
    """What answers, in order, and what is to be said of the whole."""

    says: str
    warnings: list[str]
    drugs: list[DrugOut]


@router.get("/drugs", response={200: DrugsOut, **REFUSALS})
def drugs(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=LONGEST_ASKED)],
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> DrugsOut:
    """Pieces of name, brand, strength and form in any order, an NDC, or an imprint."""
    found = find_drugs(q, pharmacy_id=worker_of(request).pharmacy_id, limit=limit)
    ids = [hit.product_id for hit in found.hits]
    prices, hazards = cheapest_of(ids), hazards_of(Product.every.filter(pk__in=ids))
    out = [
        drug_out(hit, prices.get(hit.product_id), hazards.get(hit.product_id))
        for hit in found.hits
    ]
    return DrugsOut(says=found.says, warnings=list(found.warns), drugs=out)


def hazard_out(verdict: Verdict) -> HazardOut:
    """What the list in force says of a drug."""
    said = [
        HazardSaidOut(says=each.says, cite=each.cite, verified=each.verified)
        for each in verdict.cautions
    ]
    return HazardOut(standing=verdict.standing, says=said)


def drug_out(hit: Hit, priced: Package | None, hazard: Verdict | None) -> DrugOut:
    """A drug that was found, with its cheapest package a unit where one has a price."""
    return DrugOut(
        product_id=hit.product_id,
        name=hit.name,
        brand=hit.brand,
        called=hit.called,
        strength=hit.strength,
        form=hit.form,
        route=hit.route,
        schedule=hit.schedule,
        labeler=hit.labeler,
        labelers=hit.labelers,
        ndc=hit.ndc,
        on_shelf=hit.on_shelf,
        fills=hit.fills,
        price_usd=priced.price_usd if priced else None,
        unit=priced.unit if priced else "",
        why=list(hit.why),
        corrected=hit.corrected,
        look_alikes=[
            LookAlikeOut(name=each.name, cite=each.cite, verified=each.verified)
            for each in hit.alike
        ],
        hazard=hazard_out(hazard) if hazard else None,
    )
