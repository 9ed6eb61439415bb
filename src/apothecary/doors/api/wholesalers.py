"""Wholesalers, their papers and items, invoices and differences: one endpoint per action."""

from django.http import HttpRequest
from ninja import Router

from apothecary.doors.api.money import bytes_of
from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.purchasing import ordering
from apothecary.doors.api.purchasing_shapes import (
    CreditIn,
    InvoiceOut,
    InvoiceRowOut,
    PaperOut,
    SupplyClaimIn,
    SupplyDifferenceOut,
    SupplyPaperIn,
    TieIn,
    WholesalerIn,
    WholesalerOut,
    difference_out,
)
from apothecary.doors.api.said import Id
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.asking import worker_of
from apothecary.law.problem import refuse
from apothecary.purchasing import queries
from apothecary.purchasing.matching import actions
from apothecary.purchasing.matching.models import Invoice
from apothecary.purchasing.papers import taking
from apothecary.purchasing.papers.models import Paper
from apothecary.purchasing.wholesalers.actions import dismiss_item, keep_wholesaler, tie_item
from apothecary.purchasing.wholesalers.queries import wholesalers
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

router = Router(tags=["wholesalers"])
DIFFERENCE = {200: SupplyDifferenceOut, **REFUSALS}
PAPER = {200: PaperOut, **REFUSALS}
DONE = {200: None, **REFUSALS}
ROWS = "/purchasing/differences/{difference_id}"


@router.get("/purchasing/invoices", response={200: list[InvoiceRowOut], **REFUSALS})
def invoices(request: HttpRequest) -> list[InvoiceRowOut]:
    """The invoices, those nobody has approved first."""
    rows = queries.invoices(pharmacy_id=ordering(request).pharmacy_id)
    return [InvoiceRowOut.from_orm(row) for row in rows]


def invoice_out(row: Invoice) -> InvoiceOut:
    """An invoice with what differs."""
    said = InvoiceRowOut.from_orm(row).dict()
    differences = [difference_out(one) for one in actions.of_invoice(row)]
    return InvoiceOut(**said, differences=differences)


@router.get("/purchasing/invoices/{invoice_id}", response={200: InvoiceOut, **REFUSALS})
def invoice(request: HttpRequest, invoice_id: Id) -> InvoiceOut:
    """One invoice with what differs."""
    of = ordering(request).pharmacy_id
    row = Invoice.objects.filter(pharmacy_id=of, pk=invoice_id).first()
    if row is None:
        raise refuse("No such invoice here.", code="no-invoice", field="invoice_id")
    return invoice_out(row)


@router.post("/purchasing/invoices/{invoice_id}/match", response={200: InvoiceOut, **REFUSALS})
def match(request: HttpRequest, invoice_id: Id) -> InvoiceOut:
    """Compare it with what was ordered and what came."""
    by = ordering(request)
    return invoice_out(actions.match_invoice(by=by, invoice_id=invoice_id))


@router.post(
    "/purchasing/invoices/{invoice_id}/approve", response={200: InvoiceOut, **REFUSALS}
)
def approve(request: HttpRequest, invoice_id: Id) -> InvoiceOut:
    """It may be paid."""
    by = ordering(request)
    return invoice_out(actions.approve_invoice(by=by, invoice_id=invoice_id))


@router.get("/purchasing/differences", response={200: list[SupplyDifferenceOut], **REFUSALS})
def differences(request: HttpRequest, settled: bool = False) -> list[SupplyDifferenceOut]:
    """What is not settled with wholesalers, the oldest first; or what is."""
    of = ordering(request).pharmacy_id
    rows = queries.differences(pharmacy_id=of, settled=settled)
    return [difference_out(row) for row in rows]


@router.post(f"{ROWS}/claim", response=DIFFERENCE)
def claim(request: HttpRequest, difference_id: Id, sent: SupplyClaimIn) -> SupplyDifferenceOut:
    """The wholesaler was told."""
    row = actions.claim_difference(
        by=ordering(request),
        difference_id=difference_id,
        because=sent.because,
        reference=sent.reference,
    )
    return difference_out(row)


@router.post(f"{ROWS}/credit", response=DIFFERENCE)
def credit(request: HttpRequest, difference_id: Id, sent: CreditIn) -> SupplyDifferenceOut:
    """The wholesaler has credited something."""
    row = actions.credit_difference(
        by=ordering(request),
        difference_id=difference_id,
        usd=sent.usd,
        reference=sent.reference,
    )
    return difference_out(row)


@router.post(f"{ROWS}/accept", response=DIFFERENCE)
def accept(request: HttpRequest, difference_id: Id, sent: BecauseIn) -> SupplyDifferenceOut:
    """It is let be."""
    row = actions.accept_difference(
        by=ordering(request), difference_id=difference_id, because=sent.because
    )
    return difference_out(row)


@router.post(f"{ROWS}/write-off", response=DIFFERENCE)
def write_off(request: HttpRequest, difference_id: Id, sent: BecauseIn) -> SupplyDifferenceOut:
    """It is given up."""
    row = actions.write_off_difference(
        by=ordering(request), difference_id=difference_id, because=sent.because
    )
    return difference_out(row)


@router.get("/purchasing/wholesalers", response={200: list[WholesalerOut], **REFUSALS})
def list_wholesalers(request: HttpRequest) -> list[WholesalerOut]:
    """Whom we buy from."""
    rows = wholesalers(pharmacy_id=ordering(request).pharmacy_id)
    return [WholesalerOut.from_orm(row) for row in rows]


@router.post("/purchasing/wholesalers", response={200: WholesalerOut, **REFUSALS})
def new(request: HttpRequest, sent: WholesalerIn) -> WholesalerOut:
    """Somebody new to buy from."""
    by = keeping(request)
    return WholesalerOut.from_orm(keep_wholesaler(by=by, given=sent.particulars()))


@router.post(
    "/purchasing/wholesalers/{wholesaler_id}", response={200: WholesalerOut, **REFUSALS}
)
def keep(request: HttpRequest, wholesaler_id: Id, sent: WholesalerIn) -> WholesalerOut:
    """Say anew how a wholesaler is; its code stays."""
    row = keep_wholesaler(
        by=keeping(request), given=sent.particulars(), wholesaler_id=wholesaler_id
    )
    return WholesalerOut.from_orm(row)


def keeping(request: HttpRequest) -> Worker:
    """Who asks, with the duty of keeping wholesalers."""
    by = worker_of(request)
    by.must(Duty.KEEP_WHOLESALERS)
    return by


@router.post(
    "/purchasing/wholesalers/{wholesaler_id}/papers",
    response={200: list[PaperOut], **REFUSALS},
)
def load(request: HttpRequest, wholesaler_id: Id, sent: SupplyPaperIn) -> list[PaperOut]:
    """Take in a file of a wholesaler; each paper of it is done, or set aside by its reason."""
    came = taking.load_paper(
        by=ordering(request),
        wholesaler_id=wholesaler_id,
        raw=bytes_of(sent.base64),
        name=sent.name,
    )
    rows = Paper.objects.filter(interchange__in=came).order_by("pk")
    return [PaperOut.from_orm(row) for row in rows]


@router.get("/purchasing/papers", response={200: list[PaperOut], **REFUSALS})
def papers(request: HttpRequest, aside: bool = False) -> list[PaperOut]:
    """What came last, or what nobody could act on."""
    of = ordering(request).pharmacy_id
    rows = (
        queries.papers_aside(pharmacy_id=of) if aside else queries.last_papers(pharmacy_id=of)
    )
    return [PaperOut.from_orm(row) for row in rows[: queries.ROWS]]


@router.post("/purchasing/papers/{paper_id}/again", response=PAPER)
def again(request: HttpRequest, paper_id: Id) -> PaperOut:
    """What it lacked is there now."""
    return PaperOut.from_orm(taking.try_again(by=ordering(request), paper_id=paper_id))


@router.post("/purchasing/papers/{paper_id}/dismiss", response=PAPER)
def dismiss(request: HttpRequest, paper_id: Id, sent: BecauseIn) -> PaperOut:
    """Nothing is done about it."""
    by = ordering(request)
    row = taking.dismiss_paper(by=by, paper_id=paper_id, because=sent.because)
    return PaperOut.from_orm(row)


@router.post("/purchasing/items/{item_id}/tie", response=DONE)
def tie(request: HttpRequest, item_id: Id, sent: TieIn) -> None:
    """It is this package of the drug file."""
    tie_item(by=ordering(request), item_id=item_id, ndc=sent.ndc)


@router.post("/purchasing/items/{item_id}/dismiss", response=DONE)
def dismiss_aside(request: HttpRequest, item_id: Id, sent: BecauseIn) -> None:
    """It is never ordered."""
    dismiss_item(by=ordering(request), item_id=item_id, because=sent.because)
