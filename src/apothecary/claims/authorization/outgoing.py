"""Messages about an authorization in the outbox: one at a time, each written once."""

from datetime import datetime

from apothecary.claims.models import PriorAuthorization
from apothecary.claims.submitting import FORMAT, PARTY
from apothecary.staff.worker import Worker
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.script.model import Address

ABOUT = "authorization"
# The electronic requests go to a party of their own: by HTTP, not over the claims line.
EPA_PARTY, EPA_FORMAT = "epa", "script"
# Before our number of a case, as a payer repeats it in PAReferenceID.
CASE = "PA-"
ON_ITS_WAY = (OutgoingState.WAITING, OutgoingState.SENT)


def next_key_of(row: PriorAuthorization) -> str:
    """The key of the next message, which no second one can have (1 query)."""
    written = Outgoing.objects.filter(
        pharmacy_id=row.pharmacy_id, about=ABOUT, about_id=row.pk
    ).count()
    return f"authorization-{row.pk}-{written + 1}"


def put_out(
    row: PriorAuthorization, raw: bytes, *, key: str, electronic: bool, by: Worker
) -> None:
    """Write one message into the outbox; it is the one that counts from here on."""
    row.outgoing = Outgoing.objects.create(
        pharmacy_id=by.pharmacy_id,
        party=EPA_PARTY if electronic else PARTY,
        lane=row.coverage.bin,
        format=EPA_FORMAT if electronic else FORMAT,
        about=ABOUT,
        about_id=row.pk,
        key=key,
        raw=raw,
        made_at=by.at,
        next_try_at=by.at,
    )
    row.doubts, row.problem = 0, ""


def is_out(row: PriorAuthorization) -> bool:
    """Whether the last message waits to go out or for its answer."""
    return row.outgoing is not None and row.outgoing.state in ON_ITS_WAY


def called_off(row: PriorAuthorization) -> bool:
    """Take back a message that nobody can have seen; False when it may have arrived."""
    if row.outgoing is None:
        return True
    never_sent = Outgoing.objects.filter(
        pk=row.outgoing.pk, state=OutgoingState.WAITING, sent_at=None
    )
    return bool(never_sent.update(state=OutgoingState.FAILED, problem="called off"))


def requeue(row: PriorAuthorization, *, at: datetime) -> None:
    """The same bytes once more: the payer knows them by their number."""
    if row.outgoing is None:
        raise LookupError(f"authorization {row.pk} was never in the outbox")
    row.doubts, row.problem = 0, ""
    Outgoing.objects.filter(pk=row.outgoing.pk).update(
        state=OutgoingState.SENT, next_try_at=at, tries=0, problem=""
    )


def addresses(row: PriorAuthorization, ncpdp_id: str) -> tuple[Address, Address]:
    """Who an electronic request goes to (PY, a payer by its BIN) and who it comes from."""
    return Address(row.coverage.bin, "PY"), Address(ncpdp_id, "P")
