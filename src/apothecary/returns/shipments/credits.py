"""Credits as they come: kept raw first, booked line by line to the cent, or set aside."""

import hashlib
from decimal import Decimal

from django.db import connection, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.returns.shipments.asking import reference
from apothecary.returns.shipments.held import (
    line_goes,
    lines_of,
    lock_shipment,
    settle_if_done,
)
from apothecary.returns.shipments.models import Credit, CreditLine, Shipment, ShipmentLine
from apothecary.returns.shipments.rules import outcome, text_problems
from apothecary.returns.shipments.states import OWED, LineState, ShipmentState
from apothecary.returns.shipments.writing import Credited, Memo, is_memo, read_memo
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.models import Incoming

FORMAT = "return-credit"
LONGEST_PROBLEM = 1_000
MAILBOX = "SELECT pg_advisory_xact_lock(hashtextextended('return credits', %s))"
OTHER_CONTENT = "number: was used before, for other content"


def take_credit(*, by: Worker, partner: str, raw: bytes, name: str) -> bool:
    """Take a credit out of a mailbox: whether it was one and is kept. Twice changes nothing."""
    if not is_memo(raw):
        return False
    by.must(Duty.ORDER_STOCK)
    row = keep(by=by, partner=partner, raw=raw, name=name)
    if row is not None:
        book(by=by, credit_id=row.pk)
    return True


@transaction.atomic
def keep(*, by: Worker, partner: str, raw: bytes, name: str) -> Credit | None:
    """The bytes as they came; None where the same ones are here already.

    Another content under a number that was used before is kept beside the first.
    """
    with connection.cursor() as cursor:
        # Two workers at one mailbox: the second sees what the first has kept.
        cursor.execute(MAILBOX, [by.pharmacy_id])
    digest = hashlib.sha256(raw).digest()
    try:
        number = read_memo(raw).number
    except Malformed:
        number = digest.hex()[:40]
    rows = Incoming.objects.filter(
        pharmacy_id=by.pharmacy_id, partner=f"returns:{partner}", format=FORMAT
    )
    if rows.filter(sha256=digest).exists():
        return None
    used = rows.filter(message_id=number).exists()
    incoming = Incoming.objects.create(
        pharmacy_id=by.pharmacy_id,
        partner=f"returns:{partner}",
        format=FORMAT,
        message_id=f"{number}/{digest.hex()}" if used else number,
        kind=name[:60],
        received_at=by.at,
        raw=raw,
        sha256=digest,
        problem=OTHER_CONTENT if used else "",
    )
    return Credit.objects.create(
        pharmacy_id=by.pharmacy_id,
        partner=partner,
        number=number,
        incoming=incoming,
        arrived_at=by.at,
    )


@transaction.atomic
def book(*, by: Worker, credit_id: int) -> Credit:
    """Book a credit whole, or leave it aside with the reason; a booked one stays as it is."""
    by.must(Duty.ORDER_STOCK)
    row = (
        Credit.objects.select_for_update(of=("self",), no_key=True)
        .select_related("incoming")
        .filter(pharmacy_id=by.pharmacy_id, pk=credit_id)
        .first()
    )
    if row is None:
        raise refuse("No such credit here.", code="no-credit", field="credit_id")
    if row.shipment_id is not None:
        raise refuse("That credit is booked.", code="booked", field="credit_id")
    try:
        book_memo(row, by=by)
    except Malformed as bad:
        row.problem = str(bad)[:LONGEST_PROBLEM]
        row.save(update_fields=["problem"])
        details = {"number": row.number, "problem": row.problem[:300]}
        record(by=by, did=Deed.RETURN_CREDIT_ASIDE, about=row, details=details)
    return row


def book_memo(row: Credit, *, by: Worker) -> None:
    """Everything a credit says. Raises Malformed before anything is changed."""
    if row.incoming.problem:
        raise Malformed("credit", row.incoming.problem)
    memo = read_memo(bytes(row.incoming.raw))
    shipment = shipment_of(row, memo, by=by)
    lines = {one.number: one for one in lines_of(shipment)}
    for one in memo.lines:
        check_line(lines.get(one.line), one)
    row.shipment, row.problem = shipment, ""
    row.credited_on, row.total_usd = memo.on, memo.total_usd
    row.save()
    for one in memo.lines:
        book_line(row, lines[one.line], one, by=by)
    details = {"credit": memo.number, "usd": memo.total_usd}
    record(by=by, did=Deed.RETURN_CREDITED, about=shipment, details=details)
    settle_if_done(shipment, by=by)


def shipment_of(row: Credit, memo: Memo, *, by: Worker) -> Shipment:
    """The return a credit is for, held; Malformed where it is none of that partner's."""
    found = Shipment.objects.filter(
        pharmacy_id=by.pharmacy_id, authorization=memo.authorization
    ).exclude(state=ShipmentState.CANCELLED.value)
    mine = [
        one
        for one in found.select_related("distributor", "wholesaler")
        if one.partner.code == row.partner
    ]
    if len(mine) != 1:
        raise Malformed("authorization", f"{memo.authorization!r} is none of our returns")
    shipment = lock_shipment(by=by, shipment_id=mine[0].pk)
    if memo.reference != reference(shipment):
        raise Malformed("reference", f"{memo.reference!r} is not {reference(shipment)}")
    if shipment.state not in {ShipmentState.SHIPPED, ShipmentState.SETTLED}:
        raise Malformed("authorization", f"{shipment} is {shipment.state}: nothing has left")
    return shipment


def check_line(line: ShipmentLine | None, said: Credited) -> None:
    """Malformed where a credit is for a line that is not out."""
    at = f"line {said.line}"
    if line is None:
        raise Malformed(at, "is none of that return")
    if LineState(line.state) not in OWED:
        raise Malformed(at, f"is {line.state}: nothing more is expected")
    if said.counted > line.quantity:
        raise Malformed(at, f"counts {said.counted}, {line.quantity} were sent")


def book_line(row: Credit, line: ShipmentLine, said: Credited, *, by: Worker) -> None:
    """One line's credit, and where the line stands now."""
    CreditLine.objects.create(
        pharmacy_id=by.pharmacy_id,
        credit=row,
        line=line,
        counted=said.counted,
        said=said.said,
        because=said.because,
        usd=said.usd,
    )
    line.credited_usd += said.usd
    to = outcome(said=said.said, expected=line.expected_usd, credited=line.credited_usd)
    if to is not LineState.DENIED or line.state != LineState.DENIED:
        line_goes(line, to, by=by)
    line.because = said.because
    line.save()


@transaction.atomic
def write_off(*, by: Worker, line_id: int, because: str) -> ShipmentLine:
    """Give up what a line did not bring; whoever runs the place answers for it."""
    by.must(Duty.WRITE_OFF)
    found = ShipmentLine.objects.filter(pharmacy_id=by.pharmacy_id, pk=line_id).first()
    if found is None:
        raise refuse("No such line here.", code="no-line", field="line_id")
    shipment = lock_shipment(by=by, shipment_id=found.shipment_id)
    found.refresh_from_db()
    refuse_if(text_problems(because, "why it is written off", field="because"))
    if LineState(found.state) not in OWED:
        raise refuse(f"That line is {found.state}.", code="line-state", field="line_id")
    usd = found.open_usd or Decimal(0)
    line_goes(found, LineState.WRITTEN_OFF, by=by)
    found.written_off_usd, found.because = usd, because
    found.save()
    details = {"line": found.number, "usd": usd, "because": because}
    record(by=by, did=Deed.RETURN_WRITTEN_OFF, about=shipment, details=details)
    settle_if_done(shipment, by=by)
    return found
