"""Taking tracing documents in: kept raw first, then taken over, each whole or not at all."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection, transaction

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.tracing.holding import take_up_waiting
from apothecary.purchasing.tracing.models import (
    TracedItem,
    TracedPackage,
    TracedShipment,
    TracingDocument,
)
from apothecary.purchasing.tracing.rules import Store, document_faults, party_faults
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.epcis import (
    Document,
    Place,
    TransactionInformation,
    read,
    transaction_information,
)
from apothecary.wires.errors import Fault, malformed
from apothecary.wires.models import Incoming

FORMAT = "epcis"
BATCH = 2_000
NAMED = 20
LONGEST_PROBLEM = 4_000
AFFIRMED = "The seller affirmed its transaction statement."
KNOWN = """
SELECT p.gtin, p.serial, d.instance
FROM unnest(%s::text[], %s::text[]) AS asked(gtin, serial)
JOIN purchasing_tracedpackage p
  ON p.pharmacy_id = %s AND p.gtin = asked.gtin AND p.serial = asked.serial
JOIN purchasing_traceditem i ON i.id = p.item_id
JOIN purchasing_tracedshipment s ON s.id = i.shipment_id
JOIN purchasing_tracingdocument d ON d.id = s.document_id
LIMIT %s
"""
Rows = Sequence[TransactionInformation]


def is_tracing(raw: bytes) -> bool:
    """Whether bytes look like a tracing document, cut off or not."""
    return b"EPCISDocument" in raw[:4_096]


def take_document(*, by: Worker, partner: str, raw: bytes, name: str = "") -> TracingDocument:
    """Keep a document of a partner (a wholesaler's code), then take over what it says.

    The same again changes nothing. What is wrong about it stands in its ``problem``.
    """
    by.must(Duty.ORDER_STOCK)
    if not raw.strip():
        raise refuse("The file is empty.", code="empty-file", field="file")
    wholesaler = Wholesaler.objects.filter(
        pharmacy_id=by.pharmacy_id, code=partner, active=True
    ).first()
    if wholesaler is None:
        says = f"{partner[:40]!r} is no partner we buy from."
        raise refuse(says, code="unknown-partner", field="partner")
    with transaction.atomic():
        return take_over(wholesaler, raw, by=by, name=name)


def take_over(wholesaler: Wholesaler, raw: bytes, *, by: Worker, name: str) -> TracingDocument:
    """One document, in the transaction of the caller."""
    problem, document = "", None
    try:
        document = read(raw)
    except Malformed as bad:
        problem = str(bad)
    incoming, is_new = keep(wholesaler, raw, by=by, instance=instance_of(document))
    if not is_new:
        return TracingDocument.objects.get(pharmacy_id=by.pharmacy_id, incoming=incoming)
    row = TracingDocument(
        pharmacy_id=by.pharmacy_id,
        wholesaler=wholesaler,
        incoming=incoming,
        instance=instance_of(document)[:200],
        name=name[:200],
        arrived_at=by.at,
        problem=(problem or incoming.problem)[:LONGEST_PROBLEM],
    )
    row.save(force_insert=True)
    if document is not None and not row.problem:
        attempt(row, document, by=by)
    did = Deed.TRACING_SET_ASIDE if row.problem else Deed.TRACING_TAKEN
    told = {"instance": row.instance, "packages": row.packages, "problem": row.problem[:300]}
    record(by=by, did=did, about=row, details=told)
    return row


def instance_of(document: Document | None) -> str:
    """The sender's number of a document; empty where it cannot be read."""
    return document.instance if document else ""


def keep(
    wholesaler: Wholesaler, raw: bytes, *, by: Worker, instance: str
) -> tuple[Incoming, bool]:
    """The bytes as they came, once by instance; others of its number beside the first."""
    digest = hashlib.sha256(raw).digest()
    number = instance or digest.hex()
    rows = Incoming.objects.filter(
        pharmacy_id=by.pharmacy_id, partner=f"wholesaler:{wholesaler.code}", format=FORMAT
    )
    known = rows.filter(message_id__in=[number, f"{number}/{digest.hex()}"])
    same = known.filter(sha256=digest).first()
    if same is not None:
        return same, False
    again = known.exists()
    row = Incoming.objects.create(
        pharmacy_id=by.pharmacy_id,
        partner=f"wholesaler:{wholesaler.code}",
        format=FORMAT,
        message_id=f"{number}/{digest.hex()}" if again else number,
        received_at=by.at,
        raw=raw,
        sha256=digest,
        problem="instance: its number was used before, for other content" if again else "",
    )
    return row, True


def attempt(row: TracingDocument, document: Document, *, by: Worker) -> None:
    """Take over all of a document or nothing, and write down which."""
    try:
        with transaction.atomic():
            row.packages, notes = write(row, document, by=by)
    except Malformed as bad:
        row.packages, row.problem = 0, str(bad)[:LONGEST_PROBLEM]
    else:
        row.notes = "\n".join(f"{one.field}: {one.reason}" for one in notes)[:LONGEST_PROBLEM]
    row.save(update_fields=["packages", "problem", "notes"])


def write(row: TracingDocument, document: Document, *, by: Worker) -> tuple[int, list[Fault]]:
    """The rows of a document. Raises Malformed with everything that speaks against it."""
    rows, faults = transaction_information(document)
    stops, notes = document_faults(faults)
    store = store_of(rows, by=by)
    stops += party_faults(rows, store=store, seller_gln=row.wholesaler.gln)
    stops += twice_inside(rows)
    if not stops:
        stops += known_already(rows, by=by)
    if stops:
        raise malformed(stops[:NAMED])
    items = write_items(row, rows, by=by)
    for part in in_parts(rows):
        TracedPackage.objects.bulk_create(
            TracedPackage(
                pharmacy_id=by.pharmacy_id,
                item_id=items[one.event, one.gtin],
                gtin=one.gtin,
                serial=one.serial,
                lot=one.lot,
                expires_on=one.expires_on,
                of_lot=one.containers,
            )
            for one in part
        )
    take_up_waiting((one.serial for one in rows), by=by)
    return len(rows), notes


def in_parts(rows: Rows) -> Iterator[Rows]:
    """A few thousand at a time, so that no statement grows with the document."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def store_of(rows: Rows, *, by: Worker) -> Store:
    """What we are known by, with those of the named orders that are ours (2 queries)."""
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    named = {number for one in rows for number in one.orders}
    digits = {one.removeprefix("PO"): one for one in named}
    numbers = [int(n) for n in digits if n.isascii() and n.isdigit() and len(n) < 10]
    ours = Order.objects.filter(pharmacy_id=by.pharmacy_id, number__in=sorted(numbers))
    orders = frozenset({order.po for order in ours})
    return Store(pharmacy.state, pharmacy.postal_code, orders)


def twice_inside(rows: Rows) -> list[Fault]:
    """A serial number that one document ships twice."""
    seen: set[tuple[str, str]] = set()
    found = []
    for one in rows:
        key = (one.gtin, one.serial)
        if one.serial and key in seen:
            found.append(Fault("serial", f"{one.serial} of GTIN {one.gtin} is shipped twice"))
        seen.add(key)
    return found


def known_already(rows: Rows, *, by: Worker) -> list[Fault]:
    """Serial numbers that another document told of before (a query a batch)."""
    found: list[Fault] = []
    for part in in_parts([one for one in rows if one.serial]):
        gtins, serials = [one.gtin for one in part], [one.serial for one in part]
        with connection.cursor() as cursor:
            cursor.execute(KNOWN, [gtins, serials, by.pharmacy_id, NAMED])
            found += [
                Fault("serial", f"{serial} of GTIN {gtin} is known from {instance}")
                for gtin, serial, instance in cursor.fetchall()
            ]
    return found


def write_items(row: TracingDocument, rows: Rows, *, by: Worker) -> dict[tuple[int, str], int]:
    """Shipments with their products: the number of each product's row by event and GTIN."""
    first: dict[tuple[int, str], TransactionInformation] = {}
    for one in rows:
        first.setdefault((one.event, one.gtin), one)
    shipments = {one.event: one for one in first.values()}
    made = {event: shipment_row(row, one, by=by) for event, one in shipments.items()}
    TracedShipment.objects.bulk_create(made.values())
    known = packages_by_ndc({one.ndc for one in first.values()} - {""})
    items = {
        key: item_row(one, made[one.event], known.get(one.ndc), by=by)
        for key, one in first.items()
    }
    TracedItem.objects.bulk_create(items.values())
    return {key: item.pk for key, item in items.items()}


def packages_by_ndc(codes: Iterable[str]) -> dict[str, Package]:
    """The packages of the drug file by eleven digits (1 query)."""
    return {one.ndc11: one for one in Package.objects.filter(ndc11__in=sorted(codes))}


def shipment_row(
    row: TracingDocument, one: TransactionInformation, *, by: Worker
) -> TracedShipment:
    """A change of ownership. The transaction date is that of the shipment, as it was sent."""
    notice = one.statement.notice if one.statement else ""
    return TracedShipment(
        pharmacy_id=by.pharmacy_id,
        document=row,
        event=one.event,
        seller=one.seller.name if one.seller else "",
        seller_address=address(one.seller),
        buyer=one.buyer.name if one.buyer else "",
        buyer_address=address(one.buyer),
        shipped_at=one.shipped_at,
        transaction_on=one.shipped_at.date(),
        orders=" ".join(one.orders),
        despatches=" ".join(one.despatches),
        invoices=" ".join(one.invoices),
        statement=notice or AFFIRMED,
    )


def item_row(
    one: TransactionInformation,
    shipment: TracedShipment,
    package: Package | None,
    *,
    by: Worker,
) -> TracedItem:
    """A product as its seller describes it."""
    item = one.item
    return TracedItem(
        pharmacy_id=by.pharmacy_id,
        shipment=shipment,
        gtin=one.gtin,
        ndc=one.ndc,
        package=package,
        name=item.name if item else "",
        strength=item.strength if item else "",
        form=item.form if item else "",
        container=item.container if item else "",
    )


def address(place: Place | None) -> str:
    """A place's address on one line."""
    return ", ".join(address_parts(place)) if place else ""


def address_parts(place: Place) -> Iterator[str]:
    parts = (*place.street, place.city, f"{place.state} {place.postal_code}".strip())
    yield from filter(None, (*parts, place.country))
