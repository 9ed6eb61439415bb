"""What payers owe, what they sent, what does not match, and what a fill leaves."""

import base64
import binascii
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router

from apothecary.claims.money import closing, queries
from apothecary.claims.money.importing import load_remittance
from apothecary.claims.money.margins import FillMargin, margin_of, under_water
from apothecary.claims.money.models import Difference, Payment, Remittance, RemittanceFile
from apothecary.doors.api.money_shapes import (
    BesideOut,
    DifferenceOut,
    DifferencePageOut,
    FileIn,
    FileOut,
    LineOut,
    MarginOut,
    OpenOut,
    PayerOut,
    ReceivablesOut,
    RemittanceOut,
    RemittancePageOut,
    RxIn,
)
from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Id, Word
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.asking import worker_of
from apothecary.law.problem import Problem, Refused, refuse
from apothecary.prescriptions.models import Fill
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

router = Router(tags=["money"])
MOST = 200


DIFFERENCE = {200: DifferenceOut, **REFUSALS}


def working(request: HttpRequest) -> Worker:
    """Who asks, with the duty of the money screens."""
    by = worker_of(request)
    by.must(Duty.WORK_CLAIMS)
    return by


def file_out(file: RemittanceFile) -> FileOut:
    """A file as programs see it."""
    return FileOut(
        id=file.pk,
        name=file.name,
        arrived_at=file.arrived_at,
        problem=file.problem,
        notes=file.notes,
        remittances=[RemittanceOut.from_orm(one) for one in file.remittances.all()],
    )


def lines_out(lines: list[Payment]) -> list[LineOut]:
    """Posted lines as programs see them."""
    return [LineOut.from_orm(line) for line in lines]


def difference_out(row: Difference) -> DifferenceOut:
    """A difference as programs see it."""
    return DifferenceOut.from_orm(row)


@router.get(
    "/money/receivables", response={200: ReceivablesOut, **REFUSALS}, summary="Open by age"
)
def receivables(request: HttpRequest) -> ReceivablesOut:
    """What payers owe, by payer and age, the biggest debtor first."""
    by = working(request)
    found = queries.receivables(pharmacy_id=by.pharmacy_id, on=by.today)
    payers = [
        PayerOut(
            bin=row.bin,
            plan=row.plan,
            by_age=dict(zip(queries.COLUMNS, row.by_age, strict=True)),
            owes_usd=row.owes_usd,
            held_usd=row.held_usd,
            claims=row.claims,
        )
        for row in found.rows
    ]
    return ReceivablesOut(
        payers=payers,
        by_age=dict(found.by_age),
        owes_usd=found.owes_usd,
        held_usd=found.held_usd,
    )


@router.get("/money/open", response={200: list[OpenOut], **REFUSALS}, summary="Open claims")
def open_claims(
    request: HttpRequest, payer: Word = "", age: Word = "", held: bool = False
) -> list[OpenOut]:
    """The claims behind a sum, the largest first; ``payer`` is its BIN."""
    by = working(request)
    rows, _ = queries.open_claims_of(
        pharmacy_id=by.pharmacy_id, on=by.today, bin_=payer, age=age, held=held
    )
    return [
        OpenOut(
            claim_id=row.claim.pk,
            fill_id=row.claim.fill_id,
            rx_number=row.claim.fill.prescription.number,
            bin=row.claim.bin,
            plan=row.claim.plan_name,
            service_on=row.claim.service_on,
            age=row.age,
            expected_usd=row.expected_usd,
            open_usd=row.open_usd,
        )
        for row in rows
    ]


@router.get(
    "/money/differences", response={200: list[DifferenceOut], **REFUSALS}, summary="Differences"
)
def differences(
    request: HttpRequest, kind: Word = "", limit: Annotated[int, Field(ge=1, le=MOST)] = 50
) -> list[DifferenceOut]:
    """What does not match and nobody has closed; what is not disputed first."""
    rows = queries.differences(pharmacy_id=working(request).pharmacy_id, kind=kind)
    return [difference_out(row) for row in rows[:limit]]


@router.get(
    "/money/differences/{difference_id}",
    response={200: DifferencePageOut, **REFUSALS},
    summary="One difference",
)
def difference(request: HttpRequest, difference_id: Id) -> DifferencePageOut:
    """A difference with every line of its claim, oldest first."""
    of = working(request).pharmacy_id
    found = queries.difference_page(pharmacy_id=of, difference_id=difference_id)
    if found is None:
        raise refuse("There is no such difference.", code="difference-unknown")
    row, lines = found
    return DifferencePageOut(**difference_out(row).dict(), lines=lines_out(lines))


@router.post(
    "/money/differences/{difference_id}/dispute", response=DIFFERENCE, summary="Dispute it"
)
def dispute(request: HttpRequest, difference_id: Id, sent: BecauseIn) -> DifferenceOut:
    """The payer was told: it stays expected."""
    by = worker_of(request)
    row = closing.dispute(by=by, difference_id=difference_id, because=sent.because)
    return difference_out(row)


@router.post(
    "/money/differences/{difference_id}/accept", response=DIFFERENCE, summary="Accept it"
)
def accept(request: HttpRequest, difference_id: Id, sent: BecauseIn) -> DifferenceOut:
    """Let stand what costs the house nothing."""
    by = worker_of(request)
    row = closing.accept(by=by, difference_id=difference_id, because=sent.because)
    return difference_out(row)


@router.post(
    "/money/differences/{difference_id}/write-off", response=DIFFERENCE, summary="Write it off"
)
def write_off(request: HttpRequest, difference_id: Id, sent: BecauseIn) -> DifferenceOut:
    """Give up what the payer owes."""
    by = worker_of(request)
    row = closing.write_off(by=by, difference_id=difference_id, because=sent.because)
    return difference_out(row)


@router.post(
    "/money/differences/{difference_id}/reopen", response=DIFFERENCE, summary="Open it again"
)
def reopen(request: HttpRequest, difference_id: Id, sent: BecauseIn) -> DifferenceOut:
    """Take a closing back."""
    by = worker_of(request)
    row = closing.reopen(by=by, difference_id=difference_id, because=sent.because)
    return difference_out(row)


@router.post("/money/differences/{difference_id}/tie", response=DIFFERENCE, summary="Tie it")
def tie(request: HttpRequest, difference_id: Id, sent: RxIn) -> DifferenceOut:
    """Say which claim an unknown line is about."""
    by = worker_of(request)
    return difference_out(closing.tie_payment(by=by, difference_id=difference_id, rx=sent.rx))


@router.get("/money/files", response={200: list[FileOut], **REFUSALS}, summary="Files")
def files(request: HttpRequest) -> list[FileOut]:
    """The last files of remittances, refused ones too."""
    rows = queries.files(pharmacy_id=working(request).pharmacy_id)
    return [file_out(row) for row in rows]


@router.post("/money/files", response={200: FileOut, **REFUSALS}, summary="Post a file")
def load(request: HttpRequest, sent: FileIn) -> FileOut:
    """Post a file whole, or keep it and refuse it whole; the same bytes are the same file."""
    by = worker_of(request)
    file = load_remittance(by=by, raw=bytes_of(sent.base64), name=sent.name)
    if file.problem:
        raise Refused([Problem(file.problem, field="base64", code="remittance-refused")])
    return file_out(file)


def bytes_of(text: str) -> bytes:
    """The bytes behind base64, or a refusal."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        says = f"That is no base64: {fault}."
        raise refuse(says, field="base64", code="remittance-base64") from None
    if not raw:
        raise refuse("The file is empty.", field="base64", code="remittance-empty")
    return raw


@router.get(
    "/money/remittances/{remittance_id}",
    response={200: RemittancePageOut, **REFUSALS},
    summary="One remittance",
)
def remittance(request: HttpRequest, remittance_id: Id) -> RemittancePageOut:
    """One payment with its lines."""
    of = working(request).pharmacy_id
    found = queries.remittance_page(pharmacy_id=of, remittance_id=remittance_id)
    if found is None:
        raise refuse("There is no such remittance.", code="remittance-unknown")
    row, lines, total = found
    said = remittance_out(row).dict()
    return RemittancePageOut(**said, lines=lines_out(lines), lines_all=total)


def remittance_out(row: Remittance) -> RemittanceOut:
    """A payment as programs see it."""
    return RemittanceOut.from_orm(row)


@router.get("/money/beside", response={200: list[BesideOut], **REFUSALS}, summary="Fees")
def beside(request: HttpRequest) -> list[BesideOut]:
    """Fees, take-backs and balances beside the claims, by payer and month."""
    rows = queries.beside_claims(pharmacy_id=working(request).pharmacy_id)
    return [BesideOut.from_orm(row) for row in rows]


@router.get(
    "/money/under-water", response={200: list[MarginOut], **REFUSALS}, summary="Under water"
)
def below_cost(request: HttpRequest) -> list[MarginOut]:
    """Fills that are paid, not sold yet, and bring less than they cost; worst first."""
    rows = under_water(pharmacy_id=working(request).pharmacy_id)
    return [margin_out(row.fill.pk, row.margin) for row in rows]


@router.get(
    "/fills/{fill_id}/margin", response={200: MarginOut, **REFUSALS}, summary="What it leaves"
)
def fill_margin(request: HttpRequest, fill_id: Id) -> MarginOut:
    """Plan pays + patient pays − cost of one fill, with the source of its cost."""
    by = working(request)
    rows = Fill.objects.select_related("package__product")
    fill = rows.filter(pharmacy_id=by.pharmacy_id, pk=fill_id).first()
    if fill is None:
        raise refuse("No such fill in this pharmacy.", code="no-fill")
    return margin_out(fill.pk, margin_of(fill))


def margin_out(fill_id: int, margin: FillMargin) -> MarginOut:
    """A margin as programs see it."""
    price = margin.price
    return MarginOut(
        fill_id=fill_id,
        plan_usd=margin.plan_usd,
        patient_usd=margin.patient_usd,
        cost_usd=margin.cost_usd,
        left_usd=margin.left_usd,
        cost_source=price.source if price else "",
        cost_on=price.since if price else None,
        under_water=margin.is_under_water,
        says=margin.says,
    )
