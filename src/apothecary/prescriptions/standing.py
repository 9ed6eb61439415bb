"""The one writer of a prescription's state: who ends it, gives it away, takes it back."""

from collections.abc import Collection, Mapping

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.prescriptions.models import Fill, Prescription, PrescriptionState
from apothecary.prescriptions.series import cii_series_problems
from apothecary.prescriptions.states import ENDED, FillState
from apothecary.staff.worker import Worker

# Beside what others a prescription may stand is asked with how it stands.
__all__ = ["MOVES", "cii_series_problems", "put_in", "still_open"]

P = PrescriptionState

# Which moves there are; what ended at another pharmacy's word alone comes back.
MOVES = frozenset(
    {
        (P.ACTIVE, P.CANCELLED),
        (P.ACTIVE, P.TRANSFERRED),
        (P.TRANSFERRED, P.ACTIVE),
    }
)


def put_in(
    rx: Prescription,
    to: PrescriptionState,
    *,
    by: Worker,
    did: Deed,
    details: Mapping[str, object],
) -> None:
    """Move a held prescription to another state and write it down; else refuse (2 queries)."""
    if (PrescriptionState(rx.state), to) not in MOVES:
        raise refuse(f"It was already {rx.get_state_display()}.", code="rx-not-active")
    rx.state = to
    rx.save(update_fields=["state"])
    record(by=by, did=did, about=rx, details=details)


def still_open(held: Collection[Fill]) -> list[Fill]:
    """Of the fills held, those that are still on their way."""
    return [fill for fill in held if FillState(fill.state) not in ENDED]
