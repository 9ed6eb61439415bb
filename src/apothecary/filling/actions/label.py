"""Printing the label: after the right bottle and the right count, and again with a reason."""

from django.db import transaction

from apothecary.filling.actions.hold import fill_in_hand
from apothecary.filling.label import fingerprint, label_content, legal_problems, read, written
from apothecary.filling.models import LabelPrint
from apothecary.filling.queries import filling_facts, last_label, reservations, turn_of
from apothecary.filling.rules import FillingFacts, label_problems
from apothecary.journal.deeds import Deed
from apothecary.journal.writes import Writes
from apothecary.law.problem import refuse, refuse_if
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import lock_fill, must_be_in
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.models import Lot, Reservation
from apothecary.workbench.label_content import label_problems as paper_problems
from apothecary.workbench.labels import LabelContent


@transaction.atomic
def print_label(*, by: Worker, fill_id: int, because: str = "") -> LabelPrint:
    """Print the label of a fill in hand; a second one that says the same needs a reason."""
    fill = fill_in_hand(by=by, fill_id=fill_id)
    held = reservations(fill)
    facts, before = filling_facts(fill, held=held), last_label(fill)
    return print_in_hand(fill, facts, held, by=by, before=before, because=because)


def print_in_hand(
    fill: Fill,
    facts: FillingFacts,
    held: list[Reservation],
    *,
    by: Worker,
    before: LabelPrint | None = None,
    because: str = "",
) -> LabelPrint:
    """The label of a fill that is held; ``before`` is the one this turn has already."""
    refuse_if(label_problems(facts))
    text = written(content_from(fill, [each.lot for each in held], by=by))
    if before and before.content_hash == fingerprint(text) and not because.strip():
        says = f"{before.by.name} has printed this label: say why it is printed again."
        raise refuse(says, field="because", code="printed-already")
    return keep_print(fill, text, by=by, turn=turn_of(fill), because=because)


@transaction.atomic
def print_label_again(*, by: Worker, fill_id: int, because: str) -> LabelPrint:
    """The same label once more for a vial that has gone on: spoilt, lost, unreadable."""
    by.must(Duty.FILL)
    if not because.strip():
        raise refuse("Say why it is printed again.", field="because", code="no-reason")
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.CHECK, FillState.READY)
    before = (
        LabelPrint.objects.filter(pharmacy_id=by.pharmacy_id, fill=fill).order_by("-id").first()
    )
    if before is None:
        raise refuse("No label of this fill has been printed.", code="no-label")
    return keep_print(fill, before.content, by=by, turn=before.turn, because=because)


def content_from(fill: Fill, lots: list[Lot], *, by: Worker) -> LabelContent:
    """The label of a locked fill out of these lots, or a refusal with what it lacks."""
    pharmacy = fill.pharmacy
    content = label_content(
        fill, pharmacy=pharmacy, lots=lots, on=by.today, technician=by.initials
    )
    schedule = fill.package.product.schedule
    refuse_if(
        paper_problems(content)
        + legal_problems(content, schedule=schedule, state=pharmacy.state)
    )
    return content


def fingerprint_now(fill: Fill, printed: LabelPrint, lots: list[Lot]) -> str:
    """What a label would say now, of these lots, if it had been printed when this one was.

    Its day and the initials on it stay: a label is not stale for the night that has passed.
    """
    before = read(printed.content)
    content = label_content(
        fill,
        pharmacy=fill.pharmacy,
        lots=lots,
        on=before.filled_on,
        technician=before.technician,
    )
    return fingerprint(written(content))


def keep_print(
    fill: Fill, text: str, *, by: Worker, turn: int, because: str = ""
) -> LabelPrint:
    """The print with all it says, and its line in the journal."""
    made = LabelPrint(
        pharmacy_id=by.pharmacy_id,
        fill=fill,
        turn=turn,
        content=text,
        content_hash=fingerprint(text),
        because=because.strip(),
        at=by.at,
        by_id=by.somebody,
        station=by.station,
    )
    said = {"sha256": made.content_hash}
    if made.because:
        said["because"] = made.because
    writes = Writes()
    writes.insert(made)
    writes.record(by=by, did=Deed.LABEL_PRINTED, about=fill, details=said)
    writes.run()
    return made
