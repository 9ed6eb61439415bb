"""The log of the vault's door: who, when, with whom. It runs forward or says why not."""

from datetime import datetime

from django.db import connection, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, Refused, refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Place
from apothecary.vault.book.models import AccessRecord, ClockFault
from apothecary.vault.book.policy import Signature, second_person, vault_policy
from apothecary.vault.book.rules import (
    EARLIEST,
    Access,
    access_problems,
    clock_problems,
    words_problems,
)

DID = {
    Access.OPENED: Deed.VAULT_OPENED,
    Access.SHUT: Deed.VAULT_SHUT,
    Access.POWER_FAILED: Deed.VAULT_POWER_FAILED,
    Access.POWER_BACK: Deed.VAULT_POWER_FAILED,
}
DOOR = [Access.OPENED.value, Access.SHUT.value]
POWER = [Access.POWER_FAILED.value, Access.POWER_BACK.value]


def log_access(
    *,
    by: Worker,
    place_id: int,
    kind: Access,
    happened_at: datetime | None = None,
    because: str = "",
    signature: Signature | None = None,
) -> AccessRecord:
    """Write down that the vault was opened or shut, or that its power failed.

    ``happened_at`` is given where it is written down later, with the reason. A time before the
    last record is refused, and that it was tried is kept.
    """
    by.must(Duty.OPEN_VAULT)
    at = happened_at or by.at
    if happened_at is not None:
        says = "why it is written down only now"
        refuse_if(words_problems(because, field="because", what=says))
    witness = witness_of(by=by, kind=kind, signature=signature)
    with transaction.atomic():
        last = last_of(by=by, place_id=place_id)
        backwards = clock_problems(at, last=last.at if last else None, now=by.at)
        if not backwards:
            return write(
                AccessRecord(
                    pharmacy_id=by.pharmacy_id,
                    place_id=place_id,
                    kind=kind.value,
                    at=at,
                    written_at=by.at,
                    by_id=by.somebody,
                    witness_id=witness.person_id if witness else None,
                    because=because.strip(),
                ),
                by=by,
            )
        if last is not None and EARLIEST <= at < last.at:
            note_clock(last, kind, at, by=by)
    # What was noted stays, although the record itself is refused.
    raise Refused(backwards)


def witness_of(*, by: Worker, kind: Access, signature: Signature | None) -> Worker | None:
    """The second person, where one signed or the house asks for one."""
    if signature is not None and signature.initials.strip():
        return second_person(by=by, signature=signature, duty=Duty.OPEN_VAULT)
    if kind is Access.OPENED and vault_policy(pharmacy_id=by.pharmacy_id).access_witness:
        says = "This house opens its vault with a witness: initials and PIN of a second person."
        raise Refused(
            [Problem(says, code="access-witness", field="initials", cite="house policy",
                     verified="C")]
        )  # fmt: skip
    return None


def last_of(*, by: Worker, place_id: int) -> AccessRecord | None:
    """The last record of a vault; nobody else writes in the log until this act is done."""
    vault = Place.objects.filter(
        pharmacy_id=by.pharmacy_id, pk=place_id, kind=PlaceKind.VAULT, closed_at=None
    )
    if not vault.exists():
        raise refuse("No such vault here.", field="place", code="no-place")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7307, %s)", [place_id])
    return records(by=by, place_id=place_id, kinds=[*DOOR, *POWER])


def records(*, by: Worker, place_id: int, kinds: list[str]) -> AccessRecord | None:
    """The last record of these kinds (1 query)."""
    rows = AccessRecord.objects.filter(
        pharmacy_id=by.pharmacy_id, place_id=place_id, kind__in=kinds
    )
    return rows.order_by("-id").first()


def write(row: AccessRecord, *, by: Worker) -> AccessRecord:
    """Write a record whose time runs forward, if it may follow what stands there."""
    door = records(by=by, place_id=row.place_id, kinds=DOOR)
    power = records(by=by, place_id=row.place_id, kinds=POWER)
    refuse_if(
        access_problems(
            Access(row.kind),
            door=Access(door.kind) if door else None,
            power_failed=power is not None and power.kind == Access.POWER_FAILED,
        )
    )
    row.save(force_insert=True)
    said = {"kind": row.kind, "at": row.at, "because": row.because, "witness": row.witness_id}
    record(by=by, did=DID[Access(row.kind)], about=row, details=said)
    return row


def note_clock(last: AccessRecord, kind: Access, at: datetime, *, by: Worker) -> None:
    """Keep that somebody, or a clock set back, tried to write before the last record."""
    row = ClockFault.objects.create(
        pharmacy_id=by.pharmacy_id,
        place_id=last.place_id,
        kind=kind.value,
        said_at=at,
        last_at=last.at,
        by_id=by.person_id,
    )
    said = {"kind": kind.value, "said": at, "last": last.at}
    record(by=by, did=Deed.VAULT_CLOCK_REFUSED, about=row, details=said)
