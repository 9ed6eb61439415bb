"""What a payer answers to a report (N1, N2, N3), or that it does not. Nothing is paid by it."""

from django.db import transaction

from apothecary.claims.answering import keep_raw
from apothecary.claims.models import Report
from apothecary.claims.reading import Asked, read_answer
from apothecary.claims.rules import MOST_DOUBTS
from apothecary.claims.states import ReportState
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.lanes import wait_after
from apothecary.wires.models import Outgoing, OutgoingState

ABOUT = "report"


def take_answer(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Keep an answer raw, then act on it, once; an unusable one is noted and asked again."""
    keep_raw(by=by, key=f"{outgoing_id}", raw=raw)
    act_on_answer(by=by, outgoing_id=outgoing_id, raw=raw)


@transaction.atomic
def act_on_answer(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Write down whether the payer has noted it."""
    report = lock_report(by=by, outgoing_id=outgoing_id)
    if report is None or report.outgoing is None:
        return
    try:
        answer = read_answer(raw, Asked.of(bytes(report.outgoing.raw)))
    except Malformed as error:
        doubt(report, by=by, says=f"unusable answer: {error}")
        return
    refused = answer.rejected
    report.state = ReportState.REJECTED.value if refused else ReportState.NOTED.value
    report.codes = [reject.code for reject in answer.rejects]
    report.problem = "; ".join(answer.messages) if refused else ""
    report.reference, report.answered_at = answer.authorization, by.at
    report.save(update_fields=["state", "codes", "problem", "reference", "answered_at"])
    Outgoing.objects.filter(pk=outgoing_id).update(
        state=OutgoingState.ANSWERED, answered_at=by.at, answer=raw, problem="", held_by=None
    )
    said: dict[str, object] = {"report": report.code, "plan": report.plan_name}
    said |= {"state": report.state, "codes": report.codes}
    record(by=by, did=Deed.PAYER_NOTED, about=("fill", report.fill_id), details=said)


def lock_report(*, by: Worker, outgoing_id: int) -> Report | None:
    """The report that is still out, held; none when it was answered already (1 query)."""
    return (
        Report.objects.select_for_update(of=("self",))
        .select_related("outgoing")
        .filter(
            pharmacy_id=by.pharmacy_id, outgoing_id=outgoing_id, state=ReportState.OUT.value
        )
        .first()
    )


@transaction.atomic
def note_doubt(*, by: Worker, outgoing_id: int, says: str) -> None:
    """No answer came: told again later with the same bytes, and given up in the end."""
    report = lock_report(by=by, outgoing_id=outgoing_id)
    if report is not None:
        doubt(report, by=by, says=says)


def doubt(report: Report, *, by: Worker, says: str) -> None:
    """Tell again, some times; then say that nobody answered."""
    report.doubts += 1
    report.problem = says
    out = Outgoing.objects.filter(pk=report.outgoing_id or 0)
    if report.doubts < MOST_DOUBTS:
        wait = wait_after(report.doubts)
        out.update(next_try_at=by.at + wait, problem=says, held_by=None)
    else:
        report.state = ReportState.UNANSWERED.value
        out.update(state=OutgoingState.FAILED, problem=says, held_by=None)
    report.save(update_fields=["doubts", "problem", "state"])
