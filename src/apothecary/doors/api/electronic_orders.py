"""Electronic orders for controlled substances, and the certificates that sign them.

A key never comes here. A program fetches the bytes to be signed, signs them where its bearer's
key is (21 CFR 1311.30: nobody else has access to it), and hands back what was signed; the page
alone takes a key file, which a person lays in and which is kept nowhere.
"""

from base64 import b64encode

from django.http import HttpRequest
from ninja import Router

from apothecary.doors.api.electronic_shapes import (
    AnswerIn,
    BeginElectronicIn,
    CertificateOut,
    ElectronicOut,
    EndCertificateIn,
    LostElectronicIn,
    RegisterCertificateIn,
    ReportedIn,
    SignedIn,
    ToSignOut,
    certificate_out,
    electronic_out,
)
from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Id
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.api.vault_orders_shapes import OrderLineIn
from apothecary.doors.asking import worker_of
from apothecary.drugs.barcode import package_of
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.forms import read_code
from apothecary.vault.csos import answering, ending, queries, sending, signing, writing
from apothecary.vault.csos import certificates as filing
from apothecary.vault.csos.trust import trust_of_installation

router = Router(tags=["vault"])
ORDER = {200: ElectronicOut, **REFUSALS}
CERTIFICATE = {200: CertificateOut, **REFUSALS}
ALL, ONE = "/vault/electronic", "/vault/electronic/{order_id}"
CERTIFICATES = "/vault/certificates"


@router.get(ALL, response={200: list[ElectronicOut], **REFUSALS})
def orders(request: HttpRequest) -> list[ElectronicOut]:
    """The last orders, without their items: one order by its id says what is on it."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    rows = queries.orders(pharmacy_id=by.pharmacy_id)
    return [electronic_out(row, ordered=packages) for row, packages in rows]


@router.get(ONE, response=ORDER)
def order(request: HttpRequest, order_id: Id) -> ElectronicOut:
    """One order with its items, what came on them, and whether its signature stands."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return seen(by, order_id)


def seen(by: Worker, order_id: int) -> ElectronicOut:
    """An order as it stands now, after what was done about it."""
    found = queries.standing(pharmacy_id=by.pharmacy_id, order_id=order_id)
    if found is None:
        raise refuse("No such order here.", code="no-order", field="order_id")
    ordered = sum(line.packages for line in found.lines)
    return electronic_out(found.order, ordered=ordered, found=found)


@router.post(ALL, response=ORDER)
def begin(request: HttpRequest, sent: BeginElectronicIn) -> ElectronicOut:
    """Begin an order to one supplier, under the next number or one of one's own."""
    by = worker_of(request)
    to = writing.To(sent.name, sent.address, sent.dea)
    return seen(by, writing.begin_order(by=by, to=to, number=sent.number).pk)


@router.post(f"{ONE}/lines", response=ORDER)
def add(request: HttpRequest, order_id: Id, sent: OrderLineIn) -> ElectronicOut:
    """Put the next item on."""
    by = worker_of(request)
    by.must(Duty.PREPARE_DEA_ORDER)
    package = package_of(read_code(sent.ndc))
    writing.add_line(by=by, order_id=order_id, package_id=package.pk, packages=sent.packages)
    return seen(by, order_id)


@router.post(f"{ONE}/drop", response=ORDER)
def drop(request: HttpRequest, order_id: Id) -> ElectronicOut:
    """Take the last item off an order that nobody has signed."""
    by = worker_of(request)
    writing.drop_line(by=by, order_id=order_id)
    return seen(by, order_id)


@router.get(f"{ONE}/to-sign", response={200: ToSignOut, **REFUSALS})
def to_sign(request: HttpRequest, order_id: Id) -> ToSignOut:
    """The bytes to be signed today where the key is: an enveloped XML signature over them."""
    by = worker_of(request)
    raw = signing.bytes_to_sign(by=by, order_id=order_id)
    return ToSignOut(signed_on=by.today, base64=b64encode(raw).decode())


@router.post(f"{ONE}/signed", response=ORDER)
def signed(request: HttpRequest, order_id: Id, sent: SignedIn) -> ElectronicOut:
    """Take the order as its bearer signed it; a key or a passphrase is never sent here."""
    by = worker_of(request)
    trust = trust_of_installation()
    signing.take_signed(by=by, order_id=order_id, raw=sent.base64, trust=trust)
    return seen(by, order_id)


@router.post(f"{ONE}/send", response=ORDER)
def send(request: HttpRequest, order_id: Id) -> ElectronicOut:
    """Send it as it was signed."""
    by = worker_of(request)
    sending.send_order(by=by, order_id=order_id)
    return seen(by, order_id)


@router.post(f"{ONE}/answer", response=ORDER)
def answer(request: HttpRequest, order_id: Id, sent: AnswerIn) -> ElectronicOut:
    """Say what the supplier said by telephone or on paper."""
    by = worker_of(request)
    answering.say_answer(by=by, order_id=order_id, accepted=sent.accepted, because=sent.because)
    return seen(by, order_id)


@router.post(f"{ONE}/void", response=ORDER)
def void(request: HttpRequest, order_id: Id, sent: BecauseIn) -> ElectronicOut:
    """Make it void; it stays on file."""
    by = worker_of(request)
    ending.void_order(by=by, order_id=order_id, because=sent.because)
    return seen(by, order_id)


@router.post(f"{ALL}/lines/{{line_id}}/void", response=ORDER)
def void_line(request: HttpRequest, line_id: Id, sent: BecauseIn) -> ElectronicOut:
    """Write down that the supplier voids an item, or what is open of it."""
    by = worker_of(request)
    line = ending.void_line(by=by, line_id=line_id, because=sent.because)
    return seen(by, line.order_id)


@router.post(f"{ONE}/lost", response=ORDER)
def lost(request: HttpRequest, order_id: Id, sent: LostElectronicIn) -> ElectronicOut:
    """State that it was lost and its goods not received."""
    by = worker_of(request)
    said = ending.Lost(sent.not_received, sent.because, sent.new_order_id)
    ending.state_lost(by=by, order_id=order_id, lost=said)
    return seen(by, order_id)


@router.get(CERTIFICATES, response={200: list[CertificateOut], **REFUSALS})
def certificates(request: HttpRequest) -> list[CertificateOut]:
    """Whose certificates are on file, for what and until when."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return [certificate_out(row) for row in queries.certificates(pharmacy_id=by.pharmacy_id)]


@router.post(CERTIFICATES, response=CERTIFICATE)
def register(request: HttpRequest, sent: RegisterCertificateIn) -> CertificateOut:
    """Put somebody's certificate on file: the public half, never a key."""
    by = worker_of(request)
    by.must(Duty.KEEP_ATTORNEYS)
    trust = trust_of_installation()
    row = filing.register_certificate(by=by, enrolled=sent.enrolled(), trust=trust)
    return certificate_out(row)


@router.post(f"{CERTIFICATES}/{{certificate_id}}/end", response=CERTIFICATE)
def end(request: HttpRequest, certificate_id: Id, sent: EndCertificateIn) -> CertificateOut:
    """Sign nothing more with it."""
    row = filing.end_certificate(
        by=worker_of(request),
        certificate_id=certificate_id,
        because=sent.because,
        known_at=sent.known_at,
        reported_at=sent.reported_at,
    )
    return certificate_out(row)


@router.post(f"{CERTIFICATES}/{{certificate_id}}/reported", response=CERTIFICATE)
def reported(request: HttpRequest, certificate_id: Id, sent: ReportedIn) -> CertificateOut:
    """Write down when the authority was told of a lost or compromised one."""
    row = filing.note_reported(
        by=worker_of(request), certificate_id=certificate_id, reported_at=sent.reported_at
    )
    return certificate_out(row)
