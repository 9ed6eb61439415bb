"""Signing an electronic order with its bearer's own key, and proving later that it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.csos import CertificateFacts, ItemFacts, OrderFacts, order_problems
from apothecary.law.problem import Problem, Refused, refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.csos.bearer import Bearer, date_problems, facts_of, fingerprint_of
from apothecary.vault.csos.certificates import registered
from apothecary.vault.csos.models import CsosCertificate, CsosOrder
from apothecary.vault.csos.order_xml import Item, OrderPaper, Party, write_order
from apothecary.vault.csos.sealing import open_key_file, opened, sealed
from apothecary.vault.csos.states import CsosState, move_problems
from apothecary.vault.csos.trust import Trust, trust_problems
from apothecary.vault.csos.writing import lock_order
from apothecary.vault.orders.registrant import Signer, signer_of
from apothecary.wires.errors import Malformed

CITE_SIGNED = "21 CFR 1305.21(a), 1311.30"
# What is said with the instant already is not said again with the day.
SAID_BY_DATES = frozenset({"csos-certificate-dates"})


@dataclass(frozen=True, slots=True, repr=False)
class KeyFile:
    """The bearer's PKCS#12 file and its passphrase: used once, kept nowhere, never shown."""

    raw: bytes
    passphrase: str


@transaction.atomic
def sign_order(*, by: Worker, order_id: int, key_file: KeyFile, trust: Trust) -> CsosOrder:
    """Sign an order as the registrant or by their power of attorney, with one's own key.

    Refused with every reason at once; then nothing is signed and nothing kept.
    """
    by.must(Duty.SIGN_DEA_ORDER)
    order, signer = order_to_sign(by=by, order_id=order_id)
    holder = open_key_file(key_file.raw, key_file.passphrase)
    chain = (holder.certificate, *holder.others)
    held = signing_certificate(order, chain, trust=trust, by=by)
    try:
        raw = sealed(write_order(paper_of(order)), holder)
        opened(raw, at=by.at)
    except Malformed as bad:
        says = f"The order cannot be signed: {bad}."
        raise Refused([Problem(says, code="csos-unwritable", field="order")]) from bad
    return keep_signed(order, raw, held, signer, by=by)


def bytes_to_sign(*, by: Worker, order_id: int) -> bytes:
    """The order as XML with today's day, for whoever signs it where their key is."""
    by.must(Duty.SIGN_DEA_ORDER)
    with transaction.atomic():
        order, _ = order_to_sign(by=by, order_id=order_id)
        try:
            return write_order(paper_of(order))
        except Malformed as bad:
            says = f"The order cannot be signed: {bad}."
            raise Refused([Problem(says, code="csos-unwritable", field="order")]) from bad


@transaction.atomic
def take_signed(*, by: Worker, order_id: int, raw: bytes, trust: Trust) -> CsosOrder:
    """Take an order that was signed elsewhere, with a key this house never sees: on a card, a
    token, in a program of its bearer's. What was signed is what stands here, dated today.
    """
    by.must(Duty.SIGN_DEA_ORDER)
    order, signer = order_to_sign(by=by, order_id=order_id)
    try:
        found = opened(raw, at=by.at)
    except Malformed as bad:
        says = f"That is no signed order: {bad}."
        raise refuse(says, cite=CITE_SIGNED, code="csos-unsigned", field="signed") from bad
    chain = (found.certificate, *found.others)
    held = signing_certificate(order, chain, trust=trust, by=by)
    if found.paper != paper_of(order):
        says = f"What was signed is not order {order.number} as it stands, dated {by.today}."
        raise refuse(says, cite=CITE_SIGNED, code="csos-other-order", field="signed")
    return keep_signed(order, raw, held, signer, by=by)


def order_to_sign(*, by: Worker, order_id: int) -> tuple[CsosOrder, Signer]:
    """An order that may be signed, held and dated today, and as what this person signs it."""
    order = lock_order(by=by, order_id=order_id)
    refuse_if(move_problems(CsosState(order.state), CsosState.SIGNED))
    signer = signer_of(by=by, on=by.today)
    order.signed_on = by.today
    return order, signer


def signing_certificate(
    order: CsosOrder, chain: Sequence[x509.Certificate], *, trust: Trust, by: Worker
) -> CsosCertificate:
    """The certificate on file with which this order may be signed; else every reason at once.

    ``chain`` is the bearer's certificate and those that came with it.
    """
    leaf, *others = chain
    held = registered(by=by, leaf=leaf)
    dates = date_problems(leaf, at=by.at)
    trusted = trust_problems(trust, leaf, tuple(others), at=by.at)
    bearer = Bearer(held.dea, held.schedules_held)
    facts = facts_of(leaf, bearer, verified=True, revoked=False)
    found = order_problems(order_facts(order, facts), on=by.today)
    law = [one for one in found if not (dates and one.code in SAID_BY_DATES)]
    refuse_if(dates + trusted + law)
    return held


def keep_signed(
    order: CsosOrder, raw: bytes, held: CsosCertificate, signer: Signer, *, by: Worker
) -> CsosOrder:
    """The bytes as they were signed, by whom, and as what."""
    order.raw, order.certificate = raw, held
    order.signed_at, order.signed_by_id, order.signed_by_name = by.at, by.somebody, by.name
    order.signed_as, order.power = signer.signed_as.value, signer.power
    order.state = CsosState.SIGNED.value
    order.save()
    said = {"number": order.number, "as": order.signed_as, "certificate": held.serial,
            "signed_on": order.signed_on}  # fmt: skip
    record(by=by, did=Deed.CSOS_SIGNED, about=order, details=said)
    return order


def paper_of(order: CsosOrder) -> OrderPaper:
    """The order as it is written into XML (1 query)."""
    if order.signed_on is None:
        raise LookupError("an order is written out once it has its day")
    items = tuple(
        Item(
            line.number,
            line.ndc,
            line.item_name,
            line.strength,
            line.form,
            line.schedule,
            line.package_size,
            line.packages,
        )
        for line in order.lines.order_by("number")
    )
    purchaser = Party(order.purchaser_name, order.purchaser_address, order.purchaser_dea)
    supplier = Party(order.supplier_name, order.supplier_address, order.supplier_dea)
    return OrderPaper(order.number, order.signed_on, purchaser, supplier, items)


def order_facts(order: CsosOrder, certificate: CertificateFacts | None) -> OrderFacts:
    """The order as the law looks at it (1 query)."""
    items = tuple(
        ItemFacts(
            schedule=line.schedule,
            package_quantity=line.package_size,
            packages=line.packages,
            ndc=line.ndc,
            name=line.item_name,
            strength=line.strength,
            form=line.form,
        )
        for line in order.lines.order_by("number")
    )
    return OrderFacts(
        order_number=order.number,
        purchaser_dea=order.purchaser_dea,
        supplier_dea=order.supplier_dea,
        supplier_name=order.supplier_name,
        supplier_address=order.supplier_address,
        signed_on=order.signed_on,
        items=items,
        certificate=certificate,
    )


def archive_problems(order: CsosOrder) -> list[Problem]:
    """Why the bytes kept of a signed order do not stand any more; none: they do (2 queries).

    The signature is held to the instant of signing, against the certificate that is on file;
    and what the bytes say to what the rows say.
    """
    if order.signed_at is None or order.raw is None or order.certificate is None:
        return []
    try:
        found = opened(bytes(order.raw), at=order.signed_at)
    except Malformed as bad:
        return [changed(order, str(bad))]
    if fingerprint_of(found.certificate) != order.certificate.fingerprint:
        return [changed(order, "it is signed with another certificate than is on file")]
    if found.paper != paper_of(order):
        return [changed(order, "the rows say something else than what was signed")]
    return []


def changed(order: CsosOrder, because: str) -> Problem:
    """That an archived order does not stand."""
    says = f"Order {order.number} does not stand as it was signed: {because}."
    return Problem(says, "21 CFR 1305.25(a), 1305.27", "csos-changed", "V2", "order")
