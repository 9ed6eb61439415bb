"""Taking a wholesaler's papers in: kept raw first, then acted on, each whole or not at all."""

import hashlib

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused, refuse, refuse_if
from apothecary.purchasing.ordering.writing import edi_party
from apothecary.purchasing.papers.acting import act, desk_of
from apothecary.purchasing.papers.models import Interchange, Paper
from apothecary.purchasing.papers.receipts import (
    take_envelope_receipt,
    take_receipt,
    write_receipt,
)
from apothecary.purchasing.wholesalers.actions import because_problems, the_wholesaler
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed, x12
from apothecary.wires.errors import malformed
from apothecary.wires.models import Incoming
from apothecary.wires.x12 import SetVerdict, TransactionSet
from apothecary.wires.x12.conformance import findings
from apothecary.wires.x12.supply import dialect

FORMAT = "x12"
RECEIPTS = frozenset({"997", "999"})
# AK502: no trailer, another control number, another count of segments.
LOST = frozenset({"2", "3", "4"})
WHOLE = 0
REJECTED, IN_ERROR = "R", "5"
LONGEST_PROBLEM = 4_000


def partner_of(wholesaler: Wholesaler) -> str:
    """Under which name a wholesaler's bytes are kept."""
    return f"wholesaler:{wholesaler.code}"


def take_in(
    *, by: Worker, wholesaler: Wholesaler, raw: bytes, name: str = ""
) -> list[Interchange]:
    """Keep every interchange of a file, then act on each; the same again changes nothing."""
    by.must(Duty.ORDER_STOCK)
    kept = [
        keep(by=by, wholesaler=wholesaler, raw=piece, name=name)
        for piece in (x12.split_interchanges(raw) or [raw])
    ]
    for row in kept:
        act_on(by=by, interchange_id=row.pk)
    return kept


def load_paper(*, by: Worker, wholesaler_id: int, raw: bytes, name: str) -> list[Interchange]:
    """Take in a file somebody has: the same as one that came by the line."""
    by.must(Duty.ORDER_STOCK)
    if not raw.strip():
        raise refuse("The file is empty.", code="empty-file", field="file")
    wholesaler = the_wholesaler(by=by, wholesaler_id=wholesaler_id)
    return take_in(by=by, wholesaler=wholesaler, raw=raw, name=name)


@transaction.atomic
def keep(*, by: Worker, wholesaler: Wholesaler, raw: bytes, name: str) -> Interchange:
    """The bytes as they came, before anybody reads them; once by sender and control number.

    Another content under a number that was used before is kept beside the first.
    """
    digest = hashlib.sha256(raw).digest()
    header = header_of(raw)
    number = f"{':'.join(header.sender)}/{header.control}" if header else digest.hex()
    row = Incoming.objects.filter(
        pharmacy_id=by.pharmacy_id,
        partner=partner_of(wholesaler),
        format=FORMAT,
        message_id__in=[number, f"{number}/{digest.hex()}"],
        sha256=digest,
    ).first()
    if row is not None:
        return Interchange.objects.get(pharmacy_id=by.pharmacy_id, incoming=row)
    row, is_new = Incoming.objects.get_or_create(
        pharmacy_id=by.pharmacy_id,
        partner=partner_of(wholesaler),
        format=FORMAT,
        message_id=number,
        defaults={"received_at": by.at, "raw": raw, "sha256": digest},
    )
    if not is_new and bytes(row.sha256) != digest:
        row, _ = Incoming.objects.get_or_create(
            pharmacy_id=by.pharmacy_id,
            partner=partner_of(wholesaler),
            format=FORMAT,
            message_id=f"{number}/{digest.hex()}",
            defaults={
                "received_at": by.at,
                "raw": raw,
                "sha256": digest,
                "problem": "its control number was used before, for other content",
            },
        )
    # Who brings the same bytes at the same moment finds what the first has kept.
    kept, _ = Interchange.objects.get_or_create(
        pharmacy_id=by.pharmacy_id,
        incoming=row,
        defaults={
            "wholesaler": wholesaler,
            "name": name[:200],
            "control": header.control[:20] if header else "",
            "arrived_at": by.at,
        },
    )
    return kept


def header_of(raw: bytes) -> x12.Interchange | None:
    """The interchange, when its envelope can be read at all."""
    try:
        return x12.read(raw).interchanges[0]
    except (Malformed, IndexError):
        return None


@transaction.atomic
def act_on(*, by: Worker, interchange_id: int) -> Interchange:
    """Do what an interchange's papers say, and write our receipt for it; once."""
    row = (
        Interchange.objects.select_for_update(of=("self",), no_key=True)
        .select_related("wholesaler", "incoming")
        .get(pharmacy_id=by.pharmacy_id, pk=interchange_id)
    )
    if row.acted_at is not None:
        return row
    came = header_of(bytes(row.incoming.raw))
    problem = envelope_problem(row, came)
    if came is None or problem:
        set_aside(row, WHOLE, problem or unreadable(bytes(row.incoming.raw)), by=by)
    else:
        found = act_on_sets(row, came, by=by)
        write_receipt(row, came, by=by, found=found)
    row.acted_at = by.at
    row.save(update_fields=["acted_at"])
    return row


def unreadable(raw: bytes) -> str:
    """Why bytes are no interchange."""
    try:
        x12.read(raw)
    except Malformed as bad:
        return str(bad)
    return "file: holds no interchange"


def envelope_problem(row: Interchange, came: x12.Interchange | None) -> str:
    """Why nothing of an interchange is even looked at; empty when it may be."""
    if came is None:
        return ""
    if row.incoming.problem:
        return f"ISA13: {came.control}: {row.incoming.problem}"
    wholesaler = row.wholesaler
    if came.sender != edi_party(wholesaler.edi_id):
        return f"ISA06: is of {':'.join(came.sender)}, not of {wholesaler.edi_id}"
    if came.receiver != edi_party(wholesaler.our_edi_id):
        return f"ISA08: is for {':'.join(came.receiver)}, not for {wholesaler.our_edi_id}"
    return ""


def act_on_sets(
    row: Interchange, came: x12.Interchange, *, by: Worker
) -> dict[int, SetVerdict]:
    """Every set by itself: one that cannot be done stops none of the others."""
    found: dict[int, SetVerdict] = {}
    for segment in came.loose:
        if segment.id == "TA1":
            act_on_envelope_receipt(row, segment, by=by)
    sets = [one for group in came.groups for one in group.sets]
    for place, one in enumerate(sets, start=1):
        if not act_on_set(row, one, place, by=by):
            found[one.header.number] = SetVerdict(one.kind, one.control, REJECTED, (IN_ERROR,))
    strays = [segment for segment in came.loose if segment.id != "TA1"]
    if strays:
        # What stands in no group is in no paper: to pass it over would lose it silently.
        says = f"{len(strays)} segments from {strays[0].path()} stand in no paper: not read"
        set_aside(row, WHOLE, f"file: {says}", by=by)
    elif not sets and not came.loose:
        set_aside(row, WHOLE, "file: the interchange holds no paper", by=by)
    return found


def act_on_envelope_receipt(row: Interchange, segment: x12.Segment, *, by: Worker) -> None:
    """A TA1 that refuses an order's envelope; one about nothing of ours is set aside."""
    try:
        with transaction.atomic():
            take_envelope_receipt(
                by=by,
                wholesaler=row.wholesaler,
                control=segment[1],
                status=segment[4],
                code=segment[5],
            )
    except Malformed as bad:
        set_aside(row, WHOLE, str(bad), by=by)


def act_on_set(row: Interchange, one: TransactionSet, place: int, *, by: Worker) -> bool:
    """One paper: done, or set aside with everything that is wrong; whether it was well made."""
    paper = paper_of(row, place, by=by)
    paper.kind, paper.control = one.kind[:10], one.control[:20]
    paper.save()
    return attempt(paper, one, by=by)


def attempt(paper: Paper, one: TransactionSet, *, by: Worker) -> bool:
    """Do what a paper says, all of it or nothing, and write down which."""
    well_made = True
    try:
        with transaction.atomic():
            number = do(paper, one, by=by)
    except Malformed as bad:
        paper.problem, paper.notes, well_made = str(bad)[:LONGEST_PROBLEM], "", False
    except Refused as refusal:
        paper.problem, paper.notes = str(refusal)[:LONGEST_PROBLEM], ""
    else:
        paper.problem, paper.number = "", number[:60]
    paper.save()
    did = Deed.PAPER_SET_ASIDE if paper.problem else Deed.PAPER_TAKEN
    told = {"kind": paper.kind, "number": paper.number, "problem": paper.problem[:300]}
    record(by=by, did=did, about=paper, details=told)
    return well_made


def do(paper: Paper, one: TransactionSet, *, by: Worker) -> str:
    """What a set leads to; its number. Raises Malformed, Refused.

    A set whose own end tells another count or number than it has lost something on the way.
    """
    found = findings([one.group, *one.segments])
    if faults := [f.fault for f in found if f.level == "set" and f.code in LOST]:
        raise malformed(faults)
    if one.kind in RECEIPTS:
        order = take_receipt(by=by, wholesaler=paper.wholesaler, transaction=one)
        return order.po
    return act(desk_of(paper, by=by, speaks=dialect(paper.wholesaler.dialect)), one)


def paper_of(row: Interchange, place: int, *, by: Worker) -> Paper:
    """The row of a paper that is read for the first time."""
    return Paper(
        pharmacy_id=by.pharmacy_id,
        interchange=row,
        wholesaler=row.wholesaler,
        place=place,
        arrived_at=row.arrived_at,
    )


def set_aside(row: Interchange, place: int, problem: str, *, by: Worker) -> Paper:
    """Keep a whole interchange with the reason why nothing of it was done."""
    paper = paper_of(row, place, by=by)
    paper.problem = problem[:LONGEST_PROBLEM]
    paper.save()
    told = {"control": row.control, "problem": paper.problem[:300]}
    record(by=by, did=Deed.PAPER_SET_ASIDE, about=paper, details=told)
    return paper


def held_aside(*, by: Worker, paper_id: int) -> Paper:
    """A paper that stands aside, held (1 query)."""
    by.must(Duty.ORDER_STOCK)
    paper = (
        Paper.objects.select_for_update(of=("self",), no_key=True)
        .select_related("wholesaler", "interchange__incoming")
        .filter(pharmacy_id=by.pharmacy_id, pk=paper_id)
        .first()
    )
    if paper is None:
        raise refuse("No such paper here.", code="no-paper", field="paper_id")
    if not paper.problem or paper.dismissed_at is not None:
        raise refuse("That paper is not set aside.", code="not-aside", field="paper_id")
    return paper


@transaction.atomic
def try_again(*, by: Worker, paper_id: int) -> Paper:
    """Do what a paper says now that what it lacked is there; else it stays with its reason."""
    paper = held_aside(by=by, paper_id=paper_id)
    came = header_of(bytes(paper.interchange.incoming.raw))
    sets = [one for group in came.groups for one in group.sets] if came else []
    if paper.place == WHOLE or paper.place > len(sets):
        raise refuse(f"It cannot be read: {paper.problem}", code="unreadable")
    attempt(paper, sets[paper.place - 1], by=by)
    return paper


@transaction.atomic
def dismiss_paper(*, by: Worker, paper_id: int, because: str) -> Paper:
    """Leave a paper undone for good; its bytes stay."""
    paper = held_aside(by=by, paper_id=paper_id)
    refuse_if(because_problems(because, "nothing is done about it"))
    paper.dismissed_at, paper.dismissed_by, paper.because = by.at, by.person_id, because
    paper.save(update_fields=["dismissed_at", "dismissed_by", "because"])
    record(by=by, did=Deed.PAPER_DISMISSED, about=paper, details={"because": because})
    return paper
