"""Prescriptions and fills: one endpoint per action."""

from typing import Annotated, Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Router

from apothecary.doors.api.said import Id
from apothecary.doors.api.schemas import (
    BecauseIn,
    CarriedIn,
    FillOut,
    OrderIn,
    PartIn,
    RefillIn,
    Refusal,
    fill_out,
)
from apothecary.doors.asking import worker_of
from apothecary.drugs.models import Package
from apothecary.filling.actions import give_part_now
from apothecary.intake.lawful_arrival import electronic_problems
from apothecary.journal.compiled import Compiled, Given, Several, abreast
from apothecary.law.problem import Refused, refuse, refuse_if
from apothecary.patients.models import Patient
from apothecary.prescriptions.actions import (
    Order,
    cancel_fill,
    cancel_prescription,
    enter_prescription,
    start_refill,
)
from apothecary.prescriptions.carried import NOTHING_SAID, Carried
from apothecary.prescriptions.compound_tables import COMPOUND
from apothecary.prescriptions.models import Fill, Prescriber
from apothecary.prescriptions.parting import say_part_reason, try_stock_again
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

router = Router(tags=["prescriptions"])
REFUSALS: dict[int, Any] = {403: Refusal, 409: Refusal, 422: Refusal}
FILL = {200: FillOut, **REFUSALS}
MOST = 200
OURS = Q(pharmacy_id=Given("pharmacy_id"), id=Given("id"))
PATIENT = Compiled(Patient.objects.select_related("pharmacy").filter(OURS))
PRESCRIBER = Compiled(Prescriber.objects.filter(OURS))
# By the code with its hyphens, and by its eleven digits.
PACKAGE = {
    # By the code with its hyphens also a compound; whose it is, `enter_prescription` asks.
    True: Compiled(
        Package.every.select_related("product").filter(
            Q(in_use=True) | Q(product__kind=COMPOUND), ndc=Given("ndc")
        )
    ),
    False: Compiled(Package.objects.select_related("product").filter(ndc11=Given("ndc"))),
}


@router.post("/prescriptions", response=FILL, summary="Enter a prescription")
def enter(request: HttpRequest, sent: OrderIn) -> FillOut:
    """Enter a new prescription with its first fill; it goes to screening by itself."""
    by = worker_of(request)
    order = order_of(sent, by)
    by.must(Duty.ENTER_PRESCRIPTION)
    # No message stands behind what a program calls electronic.
    refuse_if(electronic_problems(None, order, by=by))
    return fill_out(enter_prescription(by=by, order=order))


def order_of(sent: OrderIn, by: Worker) -> Order:
    """The typed order behind what a program sent; what is not here is refused by name."""
    try:
        patient, prescriber, package = abreast(
            (PATIENT, {"pharmacy_id": by.pharmacy_id, "id": sent.patient_id}),
            (PRESCRIBER, {"pharmacy_id": by.pharmacy_id, "id": sent.prescriber_id}),
            (PACKAGE["-" in sent.ndc], {"ndc": sent.ndc}),
        )
    except Several as several:
        raise no_package(sent.ndc) from several
    for what, found in (("patient", patient), ("prescriber", prescriber)):
        if found is None:
            raise refuse(f"No such {what} here.", field=f"{what}_id", code=f"no-{what}")
    if package is None:
        raise no_package(sent.ndc)
    return Order(
        patient=patient,
        prescriber=prescriber,
        package=package,
        quantity=sent.quantity,
        days_supply=sent.days_supply,
        refills=sent.refills,
        daw=sent.daw,
        origin=sent.origin,
        directions=sent.directions,
        directions_spanish=sent.directions_spanish,
        written_on=sent.written_on,
        earliest_fill_on=sent.earliest_fill_on,
        diagnosis=sent.diagnosis,
        note=sent.note,
        pay=sent.pay,
        price_usd=sent.price_usd,
        waiter=sent.waiter,
        administration_usd=sent.administration_usd,
        cost_340b_usd=sent.cost_340b_usd,
        because_340b=sent.because_340b,
        carried=carried_of(sent.carried) if sent.carried else NOTHING_SAID,
    )


def carried_of(sent: CarriedIn) -> Carried:
    """What the law asks about, as a program said it."""
    return Carried(
        original_seen=sent.original_seen,
        fax_case=sent.fax_case,
        mandate_exception=sent.mandate_exception,
        condition_code=sent.condition_code,
        acute_pain=sent.acute_pain,
        made_as=sent.made_as,
        doubt=sent.doubt,
    )


def package_of(ndc: str) -> Package:
    """The one package of a code: hyphenated, or eleven digits (1 query)."""
    found = PACKAGE["-" in ndc].all({"ndc": ndc})
    if len(found) != 1:
        raise no_package(ndc)
    return found[0]


def no_package(ndc: str) -> Refused:
    """There is none of that code, or more than one: nothing is guessed."""
    return refuse(f"No package {ndc} in the drug file.", field="ndc", code="no-drug")


@router.post("/prescriptions/{rx_id}/refill", response=FILL, summary="Start a refill")
def refill(request: HttpRequest, rx_id: Id, sent: RefillIn) -> FillOut:
    """Put a refill on its way, or answer every reason why not."""
    by = worker_of(request)
    fill = start_refill(by=by, prescription_id=rx_id, pay=sent.pay, waiter=sent.waiter)
    return fill_out(fill)


@router.post("/prescriptions/{rx_id}/cancel", response=REFUSALS | {200: None})
def cancel_rx(request: HttpRequest, rx_id: Id, sent: BecauseIn) -> None:
    """Stop a prescription and call off what is not yet sold of it."""
    cancel_prescription(by=worker_of(request), prescription_id=rx_id, because=sent.because)


@router.get("/fills", response={200: list[FillOut], 403: Refusal}, summary="Open fills")
def fills(
    request: HttpRequest,
    state: FillState | None = None,
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50,
) -> list[FillOut]:
    """Fills in a state, the earliest promise first."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    found = Fill.objects.filter(pharmacy_id=by.pharmacy_id)
    if state is not None:
        found = found.filter(state=state)
    found = found.select_related("prescription", "package").order_by("promised_at", "id")
    return [fill_out(fill) for fill in found[:limit]]


@router.get("/fills/{fill_id}", response=FILL, summary="One fill")
def fill(request: HttpRequest, fill_id: Id) -> FillOut:
    """Where a fill is, and whose turn it is."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    found = Fill.objects.select_related("prescription", "package")
    row = found.filter(pharmacy_id=by.pharmacy_id, pk=fill_id).first()
    if row is None:
        raise refuse("No such fill in this pharmacy.", code="no-fill")
    return fill_out(row)


@router.post("/fills/{fill_id}/cancel", response=FILL, summary="Call a fill off")
def cancel(request: HttpRequest, fill_id: Id, sent: BecauseIn) -> FillOut:
    """Call a fill off before it is sold; its units go back to the shelf."""
    return fill_out(cancel_fill(by=worker_of(request), fill_id=fill_id, because=sent.because))


@router.post("/fills/{fill_id}/part", response=FILL, summary="Give a part, owe the rest")
def part(request: HttpRequest, fill_id: Id, sent: PartIn) -> FillOut:
    """Fill a part now; the answer is the fill of the balance."""
    by = worker_of(request)
    with transaction.atomic():
        if sent.reason is not None:
            say_part_reason(by=by, fill_id=fill_id, reason=sent.reason)
        given = give_part_now(
            by=by, fill_id=fill_id, quantity_now=sent.quantity_now, because=sent.because
        )
    parts = Fill.objects.filter(prescription_id=given.prescription_id, number=given.number)
    return fill_out(parts.select_related("prescription", "package").latest("part"))


@router.post("/fills/{fill_id}/try-stock", response=FILL, summary="Try the shelf again")
def try_stock(request: HttpRequest, fill_id: Id) -> FillOut:
    """See whether what was out of stock has come."""
    return fill_out(try_stock_again(by=worker_of(request), fill_id=fill_id))
