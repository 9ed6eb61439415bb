"""The filling counter: one endpoint per action."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from apothecary.doors.api.prescriptions import FILL, REFUSALS
from apothecary.doors.api.said import Id, Sent
from apothecary.doors.api.schemas import BecauseIn, FillOut, fill_out
from apothecary.doors.asking import worker_of
from apothecary.filling.actions import (
    confirm_bottles,
    count_back,
    leave_filling,
    mark_short,
    print_label,
    record_count,
    scan_bottle,
    send_to_check,
    set_aside_wrong,
    start_by_scan,
    start_filling,
    take_lot,
)
from apothecary.filling.label import read
from apothecary.filling.models import BottleScan, Count, LabelPrint
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.workbench.labels import Dpi, label_pdf, label_zpl

router = Router(tags=["filling"])
Method = Literal["hand", "scale", "counter"]
PDF, ZPL = "application/pdf", "application/zpl"
Dots = Literal["203", "300"]
DPI: dict[Dots, Dpi] = {"203": 203, "300": 300}


class CodeIn(Sent):
    """A scan, exactly as the scanner typed it, symbology prefix and all."""

    code: str = Field(max_length=1000)


class LotIn(Sent):
    """The lot on a bottle whose code carries none."""

    lot: str = Field(max_length=20)


class BottlesIn(Sent):
    """How many bottles of one code stand there."""

    bottles: int


class CountedIn(Sent):
    """How many units were counted; Schedule II has a second pass."""

    quantity: Decimal = Field(max_digits=12, decimal_places=3)
    method: Method = "hand"
    pass_number: int = 1


class LeftIn(Sent):
    """How much is left of a Schedule II lot, counted before the books are looked at."""

    lot: str = Field(max_length=20)
    counted: Decimal = Field(max_digits=12, decimal_places=3)
    try_number: int = 1


class LeftOut(Schema):
    """Whether a count of what is left agrees with the books; by how much is told last."""

    id: int
    fill_id: int
    lot: str
    try_number: int
    agrees: bool
    at: datetime


class LabelIn(Sent):
    """Why a label that says the same is printed once more; the first needs no reason."""

    because: str = Field("", max_length=500)


class ScanOut(Schema):
    """What a scanned bottle turned out to be: right, wrong, equivalent or refused."""

    id: int
    fill_id: int
    outcome: str
    says: str
    ndc: str
    lot: str
    expires_on: date | None
    serial: str
    bottles: int
    aside_because: str


class CountOut(Schema):
    """One pass of counting."""

    id: int
    fill_id: int
    quantity: Decimal
    method: str
    pass_number: int
    at: datetime


class LabelOut(Schema):
    """A print; `sha256` is the fingerprint of all it says."""

    id: int
    fill_id: int
    sha256: str
    because: str
    at: datetime


SCAN = {200: ScanOut, **REFUSALS}


def scan_out(scan: BottleScan) -> ScanOut:
    """A scan as programs see it."""
    return ScanOut(
        id=scan.pk,
        fill_id=scan.fill_id,
        outcome=scan.outcome,
        says=scan.says,
        ndc=scan.package.ndc if scan.package else "",
        lot=scan.lot_number,
        expires_on=scan.expires_on,
        serial=scan.serial,
        bottles=scan.bottles,
        aside_because=scan.aside_because,
    )


@router.post("/filling/start", response=FILL, summary="Start by scan")
def start_scanned(request: HttpRequest, sent: CodeIn) -> FillOut:
    """Take the fill whose label was scanned, or the first that needs the scanned bottle."""
    return fill_out(start_by_scan(by=worker_of(request), raw=sent.code))


@router.post("/fills/{fill_id}/start", response=FILL, summary="Start filling")
def start(request: HttpRequest, fill_id: Id) -> FillOut:
    """Take a fill from the queue; nobody else can then."""
    return fill_out(start_filling(by=worker_of(request), fill_id=fill_id))


@router.post("/fills/{fill_id}/leave", response=FILL, summary="Put it back on the queue")
def leave(request: HttpRequest, fill_id: Id, sent: BecauseIn) -> FillOut:
    """Put a fill back on the queue; what was scanned and counted no longer proves anything."""
    by = worker_of(request)
    return fill_out(leave_filling(by=by, fill_id=fill_id, because=sent.because))


@router.post("/fills/{fill_id}/short", response=FILL, summary="The shelf is empty")
def short(request: HttpRequest, fill_id: Id, sent: BecauseIn) -> FillOut:
    """The shelf does not hold what the books say: the fill waits until it has come."""
    return fill_out(mark_short(by=worker_of(request), fill_id=fill_id, because=sent.because))


@router.post("/fills/{fill_id}/scan", response=SCAN, summary="Scan a stock bottle")
def scan(request: HttpRequest, fill_id: Id, sent: CodeIn) -> ScanOut:
    """Scan a bottle: a wrong product is kept as a caught slip and stops the fill."""
    return scan_out(scan_bottle(by=worker_of(request), fill_id=fill_id, raw=sent.code))


@router.post("/fills/{fill_id}/scans/{scan_id}/set-aside", response=SCAN)
def set_aside(request: HttpRequest, fill_id: Id, scan_id: Id, sent: BecauseIn) -> ScanOut:
    """Put the wrong bottle away with the reason it was in hand; filling may go on."""
    by = worker_of(request)
    aside = set_aside_wrong(by=by, fill_id=fill_id, scan_id=scan_id, because=sent.because)
    return scan_out(aside)


@router.post("/fills/{fill_id}/scans/{scan_id}/bottles", response=SCAN)
def bottles(request: HttpRequest, fill_id: Id, scan_id: Id, sent: BottlesIn) -> ScanOut:
    """Say how many bottles of one code there are, where no scan can tell them apart."""
    by = worker_of(request)
    said = confirm_bottles(by=by, fill_id=fill_id, scan_id=scan_id, bottles=sent.bottles)
    return scan_out(said)


@router.post("/fills/{fill_id}/scans/{scan_id}/lot", response=SCAN, summary="Name its lot")
def lot(request: HttpRequest, fill_id: Id, scan_id: Id, sent: LotIn) -> ScanOut:
    """Name the lot of a bottle whose code carries none."""
    by = worker_of(request)
    return scan_out(take_lot(by=by, fill_id=fill_id, scan_id=scan_id, number=sent.lot))


@router.post("/fills/{fill_id}/count", response={200: CountOut, **REFUSALS})
def count(request: HttpRequest, fill_id: Id, sent: CountedIn) -> CountOut:
    """Write down a count that agrees with the fill; one that differs is refused."""
    made: Count = record_count(
        by=worker_of(request),
        fill_id=fill_id,
        quantity=sent.quantity,
        method=sent.method,
        pass_number=sent.pass_number,
    )
    return CountOut.from_orm(made)


@router.post("/fills/{fill_id}/back-count", response={200: LeftOut, **REFUSALS})
def back_count(request: HttpRequest, fill_id: Id, sent: LeftIn) -> LeftOut:
    """Count what is left of a Schedule II lot, blind; the books are compared afterwards."""
    made = count_back(
        by=worker_of(request),
        fill_id=fill_id,
        lot=sent.lot,
        counted=sent.counted,
        try_number=sent.try_number,
    )
    return LeftOut(
        id=made.pk,
        fill_id=made.fill_id,
        lot=made.lot.number,
        try_number=made.try_number,
        agrees=made.agrees,
        at=made.at,
    )


@router.post("/fills/{fill_id}/label", response={200: LabelOut, **REFUSALS})
def label(request: HttpRequest, fill_id: Id, sent: LabelIn) -> LabelOut:
    """Print the label after the right bottle and the right count."""
    made = print_label(by=worker_of(request), fill_id=fill_id, because=sent.because)
    return LabelOut(
        id=made.pk,
        fill_id=made.fill_id,
        sha256=made.content_hash,
        because=made.because,
        at=made.at,
    )


@router.get("/fills/{fill_id}/label.pdf", summary="The last printed label as PDF")
def pdf(request: HttpRequest, fill_id: Id, dpi: Dots = "203") -> HttpResponse:
    """The label as it was printed last, for any printer."""
    content = read(last_print(request, fill_id).content)
    return HttpResponse(label_pdf(content, DPI[dpi]), content_type=PDF)


@router.get("/fills/{fill_id}/label.zpl", summary="The last printed label as ZPL")
def zpl(request: HttpRequest, fill_id: Id, dpi: Dots = "203") -> HttpResponse:
    """The label as it was printed last, for a label printer."""
    content = read(last_print(request, fill_id).content)
    return HttpResponse(label_zpl(content, DPI[dpi]), content_type=ZPL)


def last_print(request: HttpRequest, fill_id: Id) -> LabelPrint:
    """The print of a fill that was made last, or a refusal (1 query)."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    prints = LabelPrint.objects.filter(pharmacy_id=by.pharmacy_id, fill_id=fill_id)
    made = prints.order_by("-id").first()
    if made is None:
        raise refuse("No label of this fill has been printed.", code="no-label")
    return made


@router.post("/fills/{fill_id}/send-to-check", response=FILL, summary="To the pharmacist")
def to_check(request: HttpRequest, fill_id: Id) -> FillOut:
    """Hand the filled, counted and labelled vial to the pharmacist, or say all it lacks."""
    return fill_out(send_to_check(by=worker_of(request), fill_id=fill_id))
