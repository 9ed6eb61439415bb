"""Taking a notice in: on file once by its number, its lots held from that moment."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apothecary.drugs.recalled_lots import Reading
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.returns.recalls.matching import because_of, match, state_of
from apothecary.returns.recalls.models import Recall, RecallItem
from apothecary.returns.recalls.rules import Typed, due_on, notice_problems, usual_depth
from apothecary.returns.recalls.states import Depth, Kind, RecallState, Source, next_state
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.recalled.holding import EVERY_LOT, hold_recalled


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice as any source tells it. ``packages`` are rows of the drug file."""

    number: str
    source: Source
    firm: str
    product: str
    reason: str
    lots_text: str
    reading: Reading
    packages: frozenset[int]
    recall_class: str = ""
    kind: Kind = Kind.RECALL
    depth: Depth | None = None
    instructions: str = ""
    issued_on: date | None = None
    reply_by: date | None = None
    patients_since: date | None = None
    incoming_id: int | None = None


def take_notice(*, by: Worker, notice: Notice) -> Recall:
    """Put a notice on file, hold its lots and find them. The same again changes nothing; one
    that says something else under its number is worked anew, and holds more, never less.
    """
    by.must(Duty.WORK_RECALLS)
    recall = put_on_file(by=by, notice=notice)
    match(by=by, recall_id=recall.pk)
    return Recall.objects.get(pk=recall.pk)


def type_notice(
    *, by: Worker, typed: Typed, packages: frozenset[int], instructions: str = ""
) -> Recall:
    """Put a notice on file that came by letter, fax or phone; refused with every reason."""
    by.must(Duty.WORK_RECALLS)
    refuse_if(notice_problems(typed, today=by.today))
    if Recall.objects.filter(pharmacy_id=by.pharmacy_id, number=typed.number.strip()).exists():
        says = f"{typed.number.strip()} is on file already."
        raise refuse(says, code="on-file", field="number")
    notice = Notice(
        number=typed.number.strip(),
        source=Source.TYPED,
        kind=typed.kind,
        recall_class=typed.recall_class,
        depth=typed.depth,
        firm=typed.firm.strip(),
        product=typed.product.strip(),
        reason=typed.reason.strip(),
        lots_text="every lot" if typed.every_lot else ", ".join(typed.lots),
        reading=Reading(tuple(typed.lots), every=typed.every_lot),
        packages=packages,
        instructions=instructions.strip(),
        issued_on=typed.issued_on,
        reply_by=typed.reply_by,
        patients_since=typed.patients_since,
    )
    return take_notice(by=by, notice=notice)


@transaction.atomic
def put_on_file(*, by: Worker, notice: Notice) -> Recall:
    """The row of a notice with its packages, and its lots held from now on."""
    recall, is_new = Recall.objects.get_or_create(
        pharmacy_id=by.pharmacy_id, number=notice.number, defaults=columns(notice, by=by)
    )
    recall = Recall.objects.select_for_update(no_key=True).get(pk=recall.pk)
    known = set(recall.items.values_list("package_id", flat=True))
    more = notice.packages - known
    if is_new:
        record(by=by, did=Deed.RECALL_TAKEN, about=recall, details=told(recall, notice))
    elif says_new(recall, notice):
        change(recall, notice, by=by)
    elif not more:
        return recall
    RecallItem.objects.bulk_create(
        RecallItem(pharmacy_id=by.pharmacy_id, recall=recall, package_id=package_id)
        for package_id in sorted(more)
    )
    for package_id in sorted(known | more):
        hold_recalled(
            by=by,
            package_id=package_id,
            recall=recall.number,
            lots=lots_held(notice.reading),
            says=because_of(recall),
        )
    return recall


def lots_held(reading: Reading) -> list[str]:
    """What is held of a package: every lot as long as there is a doubt."""
    return [EVERY_LOT] if reading.every or reading.doubt else sorted(reading.keys)


def columns(notice: Notice, *, by: Worker) -> dict[str, object]:
    """A new row of a notice."""
    state = RecallState.DOUBTFUL if notice.reading.doubt else RecallState.OPEN
    return {
        "source": notice.source.value,
        "kind": notice.kind.value,
        "recall_class": notice.recall_class,
        "depth": (notice.depth or usual_depth(notice.recall_class)).value,
        "firm": notice.firm,
        "product": notice.product,
        "reason": notice.reason,
        "lots_text": notice.lots_text,
        "instructions": notice.instructions,
        "doubt": notice.reading.doubt,
        "state": state.value,
        "issued_on": notice.issued_on,
        "received_at": by.at,
        "due_on": due_on(notice.recall_class, by.today),
        "reply_by": notice.reply_by,
        "patients_since": notice.patients_since,
        "incoming_id": notice.incoming_id,
    }


def told(recall: Recall, notice: Notice) -> dict[str, object]:
    """What the journal keeps of a notice."""
    return {
        "number": recall.number,
        "class": recall.recall_class,
        "firm": recall.firm,
        "lots": notice.lots_text[:500],
        "doubt": notice.reading.doubt,
        "packages": len(notice.packages),
    }


def says_new(recall: Recall, notice: Notice) -> bool:
    """Whether a notice on file says something else now that changes the work."""
    return (recall.recall_class, recall.lots_text) != (notice.recall_class, notice.lots_text)


def change(recall: Recall, notice: Notice, *, by: Worker) -> None:
    """A notice was published anew: its clock runs by the new class, a doubt is a new one."""
    was = {"class": recall.recall_class, "lots": recall.lots_text[:500]}
    lots_changed = recall.lots_text != notice.lots_text
    if recall.recall_class != notice.recall_class:
        recall.recall_class = notice.recall_class
        recall.due_on = due_on(notice.recall_class, by.today)
        if usual_depth(notice.recall_class) is Depth.CONSUMER:
            recall.depth = Depth.CONSUMER.value
    recall.reason, recall.lots_text = notice.reason, notice.lots_text
    if lots_changed:
        recall.doubt, recall.decided_at, recall.decided_by = notice.reading.doubt, None, None
    to = state_of(recall)
    if recall.state != to:
        recall.state = next_state(RecallState(recall.state), to).value
        recall.closed_at = recall.closed_by = None
    recall.save()
    details = {"was": was, **told(recall, notice)}
    record(by=by, did=Deed.RECALL_CHANGED, about=recall, details=details)
