"""Vaccines given here and 340B: how a fill is billed apart."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.prescriptions import FILL, REFUSALS
from apothecary.doors.api.said import Id, Sent, Word
from apothecary.doors.api.schemas import FillOut, fill_out
from apothecary.doors.asking import worker_of
from apothecary.prescriptions.apart import Apart, bill_apart, give_vaccine

router = Router(tags=["prescriptions"])
Money = Annotated[Decimal, Field(max_digits=10, decimal_places=2)]


class ApartIn(Sent):
    """A fee for giving a vaccine here; what the drug cost under 340B, and why."""

    administration_usd: Money | None = None
    cost_340b_usd: Money | None = None
    because_340b: Word = ""


class GivenIn(Sent):
    """Site and route in the codes of immunization records; `under`: an intern's pharmacist."""

    site: Word
    route: Word
    under: Id | None = None


class GivenOut(Schema):
    """A vaccine as it was given."""

    fill_id: int
    at: datetime
    by: str
    under: str
    site: str
    route: str
    lot: str


@router.post("/fills/{fill_id}/billed-apart", response=FILL, summary="Vaccine fee, 340B cost")
def apart(request: HttpRequest, fill_id: Id, sent: ApartIn) -> FillOut:
    """Say how a fill is billed apart, before its claim goes out."""
    said = Apart(
        administration_usd=sent.administration_usd,
        cost_340b_usd=sent.cost_340b_usd,
        because_340b=sent.because_340b,
    )
    return fill_out(bill_apart(by=worker_of(request), fill_id=fill_id, apart=said))


@router.post(
    "/fills/{fill_id}/vaccine",
    response={200: GivenOut, **REFUSALS},
    summary="A vaccine was given",
)
def vaccine(request: HttpRequest, fill_id: Id, sent: GivenIn) -> GivenOut:
    """Write down that one has given the vaccine of a checked fill."""
    by = worker_of(request)
    given = give_vaccine(
        by=by, fill_id=fill_id, site=sent.site, route=sent.route, under=sent.under
    )
    return GivenOut(
        fill_id=given.fill_id,
        at=given.at,
        by=by.name,
        under=given.under,
        site=given.site,
        route=given.route,
        lot=given.lot.number,
    )
