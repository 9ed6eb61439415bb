"""The manifest out and their answer in: nothing leaves before they have said what they take."""

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.returns.shipments.held import (
    cancel,
    goes,
    held_lines,
    line_goes,
    lock_shipment,
    must_be,
)
from apothecary.returns.shipments.models import Shipment, ShipmentLine
from apothecary.returns.shipments.rules import Papers, paper_problems, text_problems
from apothecary.returns.shipments.saleable import unverified
from apothecary.returns.shipments.states import Group, LineState, ShipmentState
from apothecary.returns.shipments.writing import Answer, Sent, manifest_bytes, read_answer
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.models import Outgoing, OutgoingState

PARTY, FORMAT, ABOUT = "returns", "return-json", "return"
S = ShipmentState
LONGEST_PROBLEM = 1_000


def ask_return(*, by: Worker, shipment_id: int) -> Shipment:
    """Send the manifest; of saleable packages each is verified first.

    The questions of the verification stay, whether or not the manifest may go yet.
    """
    by.must(Duty.MANAGE_STOCK)
    with transaction.atomic():
        row = lock_shipment(by=by, shipment_id=shipment_id)
        must_be(row, S.PICKED)
        problems = unverified(by=by, lines=held_lines(row)) if row.is_saleable else []
    refuse_if(problems)
    return put_out(by=by, shipment_id=shipment_id)


@transaction.atomic
def put_out(*, by: Worker, shipment_id: int) -> Shipment:
    """Write the manifest into the outbox; its lines stand from here on."""
    row = lock_shipment(by=by, shipment_id=shipment_id)
    must_be(row, S.PICKED)
    lines = held_lines(row)
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    papers = Papers(
        group=Group(row.group),
        lines=len(lines),
        dea=pharmacy.dea,
        form_222=row.form_222,
        partner=row.partner.name,
    )
    refuse_if(paper_problems(papers, on=by.today))
    row.tries += 1
    row.outgoing = Outgoing.objects.create(
        pharmacy_id=by.pharmacy_id,
        party=PARTY,
        lane=row.partner.code,
        format=FORMAT,
        about=ABOUT,
        about_id=row.pk,
        key=f"return-{row.pk}-{row.tries}",
        raw=raw_of(row, lines, pharmacy),
        made_at=by.at,
        next_try_at=by.at,
    )
    row.asked_at, row.problem = by.at, ""
    goes(row, S.ASKED)
    row.save()
    details = {"to": row.partner.name, "lines": len(lines)}
    record(by=by, did=Deed.RETURN_ASKED, about=row, details=details)
    return row


def raw_of(row: Shipment, lines: list[ShipmentLine], pharmacy: Pharmacy) -> bytes:
    """The bytes of the manifest. The reference counts the tries: another content is another
    manifest, and the same one sent twice by a bad line stays one.
    """
    sent = [
        Sent(
            line=one.number,
            ndc=one.lot.package.ndc11,
            lot=one.lot.number,
            expires_on=one.lot.expires_on,
            quantity=one.quantity,
            reason=one.reason,
            serial=one.received.serial if one.received else "",
            form_222=row.form_222,
        )
        for one in lines
    ]
    programme = lines[0].place.programme
    who, account = ("dea", pharmacy.dea)
    if row.wholesaler is not None:
        who, account = "account", row.wholesaler.account_for(programme)
    return manifest_bytes(who=who, account=account, reference=reference(row), lines=sent)


def reference(row: Shipment) -> str:
    """Our name for the manifest."""
    return f"{row}-{row.tries}"


def sending_of(by: Worker, outgoing_id: int) -> Shipment | None:
    """The return that waits for an answer to that message, held; None when it no more does."""
    rows = Shipment.objects.select_for_update(of=("self",), no_key=True)
    return (
        rows.select_related("distributor", "wholesaler")
        .filter(pharmacy_id=by.pharmacy_id, outgoing_id=outgoing_id, state=S.ASKED.value)
        .first()
    )


@transaction.atomic
def take_answer(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Do what they say of the manifest, once; what cannot be read is kept and shown."""
    by.must(Duty.ORDER_STOCK)
    Outgoing.objects.filter(pk=outgoing_id, pharmacy_id=by.pharmacy_id).update(
        state=OutgoingState.ANSWERED, answered_at=by.at, answer=raw, problem="", held_by=None
    )
    row = sending_of(by, outgoing_id)
    if row is None:
        return
    try:
        answer = read_answer(raw)
    except Malformed as bad:
        note(row, f"their answer cannot be read: {bad}")
        return
    lines = {one.number: one for one in held_lines(row)}
    if {one.line for one in answer.lines} != set(lines):
        note(row, "their answer names other lines than the manifest")
        return
    act_on(row, lines, answer, by=by)


def note(row: Shipment, says: str) -> None:
    """A person looks at it: the manifest may be called back and asked anew."""
    row.problem = says[:LONGEST_PROBLEM]
    row.save(update_fields=["problem"])


def act_on(
    row: Shipment, lines: dict[int, ShipmentLine], answer: Answer, *, by: Worker
) -> None:
    """What they take may go, what they do not stays in quarantine and is free again."""
    for said in answer.lines:
        if not said.approved:
            line = lines[said.line]
            line_goes(line, LineState.REFUSED, by=by)
            line.because = said.because or "they do not take it"
            line.save()
    taken = sum(said.approved for said in answer.lines)
    row.answered_at, row.problem = by.at, ""
    details = {"taken": taken, "of": len(lines), "authorization": answer.authorization}
    record(by=by, did=Deed.RETURN_ANSWERED, about=row, details=details)
    if not taken:
        cancel(row, "they take no line of it", by=by)
        return
    row.authorization = answer.authorization
    goes(row, S.AUTHORIZED)
    row.save()


@transaction.atomic
def note_refused(*, by: Worker, outgoing_id: int, says: str) -> None:
    """They will not take the message as it is: the return goes back to be mended."""
    by.must(Duty.ORDER_STOCK)
    Outgoing.objects.filter(pk=outgoing_id, pharmacy_id=by.pharmacy_id).update(
        state=OutgoingState.FAILED, problem=says[:LONGEST_PROBLEM], held_by=None
    )
    row = sending_of(by, outgoing_id)
    if row is None:
        return
    goes(row, S.PICKED)
    row.problem = says[:LONGEST_PROBLEM]
    row.save(update_fields=["state", "problem"])
    record(by=by, did=Deed.RETURN_CALLED_BACK, about=row, details={"because": says[:300]})


@transaction.atomic
def call_back(*, by: Worker, shipment_id: int, because: str) -> Shipment:
    """Take a manifest back that nobody has seen, or whose answer cannot be used."""
    by.must(Duty.MANAGE_STOCK)
    row = lock_shipment(by=by, shipment_id=shipment_id)
    must_be(row, S.ASKED)
    refuse_if(text_problems(because, "why it is called back", field="because"))
    unsent = Outgoing.objects.filter(
        pk=row.outgoing_id or 0, state=OutgoingState.WAITING, sent_at=None
    )
    if not unsent.update(state=OutgoingState.FAILED, problem="called back") and not row.problem:
        says = f"{row.partner.name} has the manifest: wait for the answer."
        raise refuse(says, code="manifest-out", field="shipment_id")
    goes(row, S.PICKED)
    row.save(update_fields=["state"])
    record(by=by, did=Deed.RETURN_CALLED_BACK, about=row, details={"because": because})
    return row
