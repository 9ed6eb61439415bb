"""Compounds and residences: what a claim needs to know that no message says."""

from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.prescriptions import REFUSALS, package_of
from apothecary.doors.api.said import Id, Sent, Word
from apothecary.doors.asking import worker_of
from apothecary.patients.residence import say_residence
from apothecary.prescriptions.compound_tables import Compound
from apothecary.prescriptions.compounds import Part, Recipe, enter_compound

router = Router(tags=["prescriptions"])
MOST_LINES = 30
Amount = Annotated[Decimal, Field(max_digits=12, decimal_places=3)]
Money = Annotated[Decimal, Field(max_digits=10, decimal_places=2)]


class IngredientIn(Sent):
    """One ingredient; without a cost it is the drug file's. The unit must be the package's."""

    ndc: Word
    quantity: Amount
    unit: Word
    basis: Word = ""
    cost_usd: Money | None = None


class CompoundIn(Sent):
    """What one fill of a compound is made of; `form` is 450-EF, `route` 995-E2."""

    name: str = Field(max_length=200)
    form: Word
    route: Word
    unit: Word
    makes: Amount
    beyond_use_days: int = Field(ge=-100_000, le=100_000)
    ingredients: list[IngredientIn] = Field(max_length=MOST_LINES)


class CompoundOut(Schema):
    """A compound as a prescription names it: by `ndc`, or by `package_id` on the entry form."""

    id: int
    package_id: int
    ndc: str
    name: str
    schedule: int
    price_usd: Decimal | None


class ResidenceIn(Sent):
    """Where the patient lives (384-4X) and is served (307-C7); empty is not asked."""

    residence: Word
    place_of_service: Word = ""


class ResidenceOut(Schema):
    """What the next claim says."""

    patient_id: int
    residence: str
    place_of_service: str


@router.post("/compounds", response={200: CompoundOut, **REFUSALS}, summary="Enter a compound")
def compound(request: HttpRequest, sent: CompoundIn) -> CompoundOut:
    """Write down what a compound is made of, so that a prescription can be for it."""
    by = worker_of(request)
    parts = [
        Part(
            package_id=package_of(line.ndc).pk,
            quantity=line.quantity,
            unit=line.unit,
            basis=line.basis,
            cost_usd=line.cost_usd,
        )
        for line in sent.ingredients
    ]
    recipe = Recipe(
        name=sent.name,
        form=sent.form,
        route=sent.route,
        unit=sent.unit,
        makes=sent.makes,
        beyond_use_days=sent.beyond_use_days,
        parts=parts,
    )
    return compound_out(enter_compound(by=by, recipe=recipe))


def compound_out(made: Compound) -> CompoundOut:
    """A compound as programs see it."""
    return CompoundOut(
        id=made.pk,
        package_id=made.package_id,
        ndc=made.package.ndc,
        name=made.name,
        schedule=made.package.product.schedule,
        price_usd=made.package.price_usd,
    )


@router.post(
    "/patients/{patient_id}/residence",
    response={200: ResidenceOut, **REFUSALS},
    summary="Say where a patient lives",
)
def residence(request: HttpRequest, patient_id: Id, sent: ResidenceIn) -> ResidenceOut:
    """Write down where the patient lives and is served, for the next claim."""
    patient = say_residence(
        by=worker_of(request),
        patient_id=patient_id,
        residence=sent.residence,
        place_of_service=sent.place_of_service,
    )
    return ResidenceOut(
        patient_id=patient.pk,
        residence=patient.residence,
        place_of_service=patient.place_of_service,
    )
