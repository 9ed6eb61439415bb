"""How large the owner is: that says from when transaction information is needed."""

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.purchasing.tracing.models import DispenserSize
from apothecary.purchasing.tracing.rules import enforced
from apothecary.purchasing.wholesalers.actions import because_problems
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

# Whose exemption ended first. Nobody is small by silence.
STRICTER = "larger"
LONGEST = 2_000


@transaction.atomic
def say_size(*, by: Worker, size: str, evidence: str) -> DispenserSize:
    """Write down how large the owning company is, and by what evidence that is known."""
    by.must(Duty.SET_POLICY)
    if size not in enforced():
        known = " or ".join(sorted(enforced()))
        raise refuse(f"{size[:40]!r} is no size: {known}.", code="bad-size", field="size")
    if problems := because_problems(evidence, "the owner is that large"):
        raise refuse(problems[0].says, code="no-evidence", field="evidence")
    if len(evidence) > LONGEST:
        says = f"The evidence is longer than {LONGEST:,} characters."
        raise refuse(says, code="too-long", field="evidence")
    row = DispenserSize.objects.create(
        pharmacy_id=by.pharmacy_id,
        size=size,
        evidence=evidence.strip(),
        said_at=by.at,
        said_by=by.person_id,
    )
    details = {"size": size, "evidence": evidence.strip()}
    record(by=by, did=Deed.SIZE_SAID, about=row, details=details)
    return row


def size_row(*, pharmacy_id: int) -> DispenserSize | None:
    """The last word on the size; none where nobody has said it (1 query)."""
    rows = DispenserSize.objects.filter(pharmacy_id=pharmacy_id)
    return rows.order_by("-said_at", "-pk").first()


def size_of(*, pharmacy_id: int) -> str:
    """The size that counts: the stricter where nobody has said another (1 query)."""
    row = size_row(pharmacy_id=pharmacy_id)
    return row.size if row else STRICTER
