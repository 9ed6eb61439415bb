"""Review, check and register: one endpoint per action."""

from django.http import HttpRequest
from ninja import Router

from apothecary.doors.api.prescriptions import FILL, REFUSALS
from apothecary.doors.api.said import Id
from apothecary.doors.api.schemas import (
    ApproveIn,
    BecauseIn,
    BinIn,
    DispenseIn,
    FillOut,
    FindingOut,
    ResolveIn,
    SaleIn,
    SaleOut,
    SendBackIn,
    SignatureIn,
    fill_out,
)
from apothecary.doors.asking import worker_of
from apothecary.pickup.actions import Receiver, bin_bag, return_to_stock, sell
from apothecary.screening.actions import (
    Resolution,
    resolve_finding,
    review_data,
    send_back_to_entry,
)
from apothecary.screening.models import Finding
from apothecary.screening.queries import facts_of
from apothecary.staff.duties import Duty
from apothecary.verification.actions import Signature, approve, send_back
from apothecary.verification.dispensing import dispense

router = Router(tags=["review, check and register"])


def signature_of(sent: SignatureIn | None) -> Signature | None:
    """The signature of a step, where one was sent."""
    return Signature(sent.initials, sent.pin) if sent else None


@router.get("/fills/{fill_id}/findings", response={200: list[FindingOut], **REFUSALS})
def findings(request: HttpRequest, fill_id: Id) -> list[FindingOut]:
    """What screening found about a fill."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    found = Finding.objects.filter(pharmacy_id=by.pharmacy_id, fill_id=fill_id).order_by("id")
    return [finding_out(finding) for finding in found]


def finding_out(finding: Finding) -> FindingOut:
    """A finding as programs see it."""
    return FindingOut(
        id=finding.pk,
        kind=finding.kind,
        severity=finding.severity,
        says=finding.says,
        cite=finding.cite,
        source_on=finding.source_on,
        verified=finding.verified,
        because=facts_of(finding),
        resolved_at=finding.resolved_at,
    )


@router.post("/findings/{finding_id}/resolve", response={200: FindingOut, **REFUSALS})
def resolve(request: HttpRequest, finding_id: Id, sent: ResolveIn) -> FindingOut:
    """Settle a finding; only a pharmacist may."""
    resolution = Resolution(sent.service_code, sent.result_code, sent.text)
    by = worker_of(request)
    return finding_out(resolve_finding(by=by, finding_id=finding_id, resolution=resolution))


@router.post("/fills/{fill_id}/review", response=FILL, summary="Reviewed: it goes on")
def review(request: HttpRequest, fill_id: Id) -> FillOut:
    """The pharmacist has read the prescription as entered beside as sent."""
    return fill_out(review_data(by=worker_of(request), fill_id=fill_id))


@router.post("/fills/{fill_id}/back-to-entry", response=FILL)
def back_to_entry(request: HttpRequest, fill_id: Id, sent: BecauseIn) -> FillOut:
    """The pharmacist wants the entry corrected before anything is filled."""
    by = worker_of(request)
    return fill_out(send_back_to_entry(by=by, fill_id=fill_id, because=sent.because))


@router.post("/fills/{fill_id}/approve", response=FILL, summary="Approve after the check")
def approve_fill(request: HttpRequest, fill_id: Id, sent: ApproveIn) -> FillOut:
    """Approve a filled prescription: its units go into will-call."""
    by = worker_of(request)
    return fill_out(approve(by=by, fill_id=fill_id, signature=signature_of(sent.signature)))


@router.post("/fills/{fill_id}/dispense", response=FILL, summary="Fill and check alone")
def dispense_fill(request: HttpRequest, fill_id: Id, sent: DispenseIn) -> FillOut:
    """A pharmacist alone: scans, counts, label and check in one act."""
    by = worker_of(request)
    return fill_out(dispense(by=by, fill_id=fill_id, codes=sent.codes, counts=sent.counts))


@router.post("/fills/{fill_id}/send-back", response=FILL, summary="Send back with a reason")
def send_fill_back(request: HttpRequest, fill_id: Id, sent: SendBackIn) -> FillOut:
    """Send a fill back to filling or entry, with a coded reason."""
    fill = send_back(
        by=worker_of(request),
        fill_id=fill_id,
        reason_code=sent.reason_code,
        text=sent.text,
        signature=signature_of(sent.signature),
    )
    return fill_out(fill)


@router.post("/fills/{fill_id}/bin", response=FILL, summary="Put the bag in a bin")
def bin_it(request: HttpRequest, fill_id: Id, sent: BinIn) -> FillOut:
    """Put an approved bag in its bin."""
    return fill_out(bin_bag(by=worker_of(request), fill_id=fill_id, bin_name=sent.bin))


@router.post("/fills/{fill_id}/return-to-stock", response=FILL)
def return_it(request: HttpRequest, fill_id: Id, sent: BecauseIn) -> FillOut:
    """Put an uncollected bag back on the shelf."""
    by = worker_of(request)
    return fill_out(return_to_stock(by=by, fill_id=fill_id, because=sent.because))


@router.post("/sales", response={200: SaleOut, **REFUSALS}, summary="Sell bags")
def sale(request: HttpRequest, sent: SaleIn) -> SaleOut:
    """Hand bags of one patient over: all of them, or none with every reason."""
    receiver = Receiver(
        name=sent.receiver,
        relationship=sent.relationship,
        identifiers=tuple(sent.identifiers),
        counsel=sent.counsel,
        signature=sent.signature,
        method=sent.method,
        known=sent.known,
        id_kind=sent.id_kind,
        id_number=sent.id_number,
        id_state=sent.id_state,
        counsellor_initials=sent.counsellor_initials,
        counsellor_pin=sent.counsellor_pin,
    )
    sold = sell(by=worker_of(request), fill_ids=sent.fill_ids, receiver=receiver)
    return SaleOut(id=sold.pk, total_usd=sold.total_usd, fill_ids=sorted(set(sent.fill_ids)))
