"""Saying how a fill is billed apart, and writing down that a vaccine was given."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.prescriptions.apart_rules import (
    fee_problems,
    giving_problems,
    programme_problems,
)
from apothecary.prescriptions.compound_tables import is_compound
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.vaccine_tables import VaccineGiven
from apothecary.prescriptions.writer import lock_fill, must_be_in
from apothecary.staff.duties import Duty, Role
from apothecary.staff.models import Person
from apothecary.staff.worker import Worker
from apothecary.stock.models import Lot

# While no claim of it is on the wire: what is said now is what the next one says.
BEFORE_THE_CLAIM = (
    FillState.ENTRY,
    FillState.SCREENING,
    FillState.REVIEW,
    FillState.REJECTED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """How a fill is billed apart: the fee for giving a vaccine, what it cost under 340B."""

    administration_usd: Decimal | None = None
    cost_340b_usd: Decimal | None = None
    because_340b: str = ""


@transaction.atomic
def bill_apart(*, by: Worker, fill_id: int, apart: Apart) -> Fill:
    """Say that a vaccine is given here, or that the drug was bought under 340B, and why."""
    by.must(Duty.WORK_CLAIMS)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, *BEFORE_THE_CLAIM)
    refuse_if(apart_problems(fill, apart))
    before = [fill.administration_usd, fill.cost_340b_usd]
    after = [apart.administration_usd, apart.cost_340b_usd]
    if before == after:
        return fill
    fill.administration_usd, fill.cost_340b_usd = after
    fill.save(update_fields=["administration_usd", "cost_340b_usd"])
    details = {
        "administration_usd": [str(before[0] or ""), str(after[0] or "")],
        "cost_340b_usd": [str(before[1] or ""), str(after[1] or "")],
        "because": apart.because_340b.strip(),
    }
    record(by=by, did=Deed.FILL_BILLED_APART, about=fill, details=details)
    return fill


def apart_problems(fill: Fill, apart: Apart) -> list[Problem]:
    """Every reason why this fill is not billed so."""
    return fee_problems(
        apart.administration_usd, kind=fill.package.product.kind
    ) + programme_problems(
        apart.cost_340b_usd, because=apart.because_340b, compound=is_compound(fill.package)
    )


@transaction.atomic
def give_vaccine(
    *, by: Worker, fill_id: int, site: str, route: str, under: int | None = None
) -> VaccineGiven:
    """Write down that one has given the vaccine of a checked fill; its lot is the ledger's.

    An intern names the pharmacist (``under``, a person's key) who stands by.
    """
    by.must(Duty.GIVE_VACCINE)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.READY)
    if fill.administration_usd is None:
        raise refuse("Nobody has said that it is given here.", code="not-given-here")
    if VaccineGiven.objects.filter(fill=fill).exists():
        raise refuse("It is written down already who gave it.", code="given-already")
    refuse_if(giving_problems(site, route))
    lot = lot_of(fill)
    given = VaccineGiven.objects.create(
        pharmacy_id=by.pharmacy_id,
        fill=fill,
        by_id=by.somebody,
        under=supervisor(by, under),
        at=by.at,
        site=site,
        route=route,
        lot=lot,
        expires_on=lot.expires_on,
    )
    said = {"site": site, "route": route, "lot": lot.number, "under": given.under}
    record(by=by, did=Deed.VACCINE_GIVEN, about=fill, details=said)
    return given


def supervisor(by: Worker, under: int | None) -> str:
    """The pharmacist an intern names; a pharmacist gives on their own."""
    if by.is_pharmacist:
        return ""
    roles = [Role.PHARMACIST.value, Role.IN_CHARGE.value]
    found = Person.objects.filter(
        pharmacy_id=by.pharmacy_id, pk=under or 0, role__in=roles
    ).first()
    if found is None:
        raise refuse("Which pharmacist stands by?", field="under", code="no-supervisor")
    return found.name


def lot_of(fill: Fill) -> Lot:
    """The lot in the bag, by the ledger (1 query); a dose is of one lot."""
    lots = Lot.objects.filter(move__fill_id=fill.pk, move__reason="filled").distinct()
    found = list(lots[:2])
    if len(found) != 1:
        says = "What is in the bag is of several lots: a dose given is of one."
        raise refuse(says, code="several-lots")
    return found[0]


def not_given_problems(fill: Fill) -> list[Problem]:
    """Why a bag is not sold yet: its vaccine is to be given here (1 query for such a fill)."""
    if fill.administration_usd is None or VaccineGiven.objects.filter(fill=fill).exists():
        return []
    says = "It is billed as given here: write down who gave it first, or call it off."
    return [Problem(says, code="not-given", field="fill_ids")]
