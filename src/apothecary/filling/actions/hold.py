"""Taking hold of a fill at the counter: whose it is, and whether it may be worked on."""

from apothecary.filling.rules import SCHEDULE_II
from apothecary.law.problem import Refused, refuse
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import lock_fill, must_be_in
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.wires.errors import Malformed


def must_fill(fill: Fill, *, by: Worker) -> None:
    """Filling is a duty of its own, and that of Schedule II another one."""
    by.must(Duty.FILL)
    if fill.package.product.schedule == SCHEDULE_II:
        by.must(Duty.FILL_SCHEDULE_II)


def may_fill(fill: Fill, *, by: Worker) -> bool:
    """Whether this worker may fill it, by the same two duties."""
    controlled = fill.package.product.schedule == SCHEDULE_II
    return by.may(Duty.FILL) and (not controlled or by.may(Duty.FILL_SCHEDULE_II))


def fill_in_hand(*, by: Worker, fill_id: int, anybody: bool = False) -> Fill:
    """The locked fill that this worker is filling; ``anybody`` lets a second person count."""
    by.must(Duty.FILL)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_fill(fill, by=by)
    must_be_in(fill, FillState.FILLING)
    if not anybody and fill.owner_id not in {None, by.person_id}:
        raise taken(fill)
    return fill


def taken(fill: Fill) -> Refused:
    """Somebody else has it: who."""
    who = fill.owner.name if fill.owner else "Somebody else"
    return refuse(f"{who} is filling this one.", code="taken")


def unreadable(bad: Malformed) -> Refused:
    """A code that says nothing, in words for the person with the scanner."""
    what = "it" if bad.field == "scan" else f"its {bad.field}"
    return refuse(
        f"The code cannot be read: {what} {bad.reason}.", code="bad-scan", field="code"
    )
