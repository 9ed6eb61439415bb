"""Keeping the pharmacy's own sig codes: add one, change it, retire it."""

from django.db import transaction

from apothecary.directions.site_codes import code_problems, not_settled, plain_code
from apothecary.intake.models import SigCode
from apothecary.intake.sig_codes import MOST_CODES, as_problems
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker


@transaction.atomic
def add_sig_code(*, by: Worker, code: str, means: str, confirmed: bool = False) -> SigCode:
    """Keep a code of our own, or take one up again that was retired.

    ``confirmed``: a person wants it although the house reads the word already.
    """
    by.must(Duty.KEEP_SIG_CODES)
    over = _settled(code, means, confirmed=confirmed)
    if SigCode.objects.filter(pharmacy_id=by.pharmacy_id).count() >= MOST_CODES:
        raise refuse(f"A pharmacy keeps at most {MOST_CODES} codes.", field="code")
    values = {"means": means.strip(), "changed_at": by.at}
    row, created = SigCode.objects.select_for_update().get_or_create(
        pharmacy_id=by.pharmacy_id, code=plain_code(code), defaults=values
    )
    if not created and row.retired_at is None:
        says = f"{row.code.upper()} is kept already, for “{row.means}”: change it there."
        raise refuse(says, field="code", code="sig-code-kept")
    was = "" if created else row.means
    row.means, row.retired_at, row.changed_at = means.strip(), None, by.at
    row.save(update_fields=["means", "retired_at", "changed_at"])
    _write_down(by, row, was=was, over=over)
    return row


@transaction.atomic
def change_sig_code(
    *, by: Worker, sig_code_id: int, means: str, confirmed: bool = False
) -> SigCode:
    """Let a code stand for something else from now on; what was entered with it stands."""
    by.must(Duty.KEEP_SIG_CODES)
    row = _lock_code(by=by, sig_code_id=sig_code_id)
    over = _settled(row.code, means, confirmed=confirmed)
    was = row.means
    if was == means.strip():
        return row
    row.means, row.changed_at = means.strip(), by.at
    row.save(update_fields=["means", "changed_at"])
    _write_down(by, row, was=was, over=over)
    return row


@transaction.atomic
def retire_sig_code(*, by: Worker, sig_code_id: int) -> SigCode:
    """Read a code no longer; it stays on file with what it stood for."""
    by.must(Duty.KEEP_SIG_CODES)
    row = _lock_code(by=by, sig_code_id=sig_code_id)
    row.retired_at = row.changed_at = by.at
    row.save(update_fields=["retired_at", "changed_at"])
    _write_down(by, row, was=row.means, over=[])
    return row


def _lock_code(*, by: Worker, sig_code_id: int) -> SigCode:
    """A code in use, held until the act is done (1 query)."""
    kept = SigCode.objects.select_for_update().filter(pharmacy_id=by.pharmacy_id)
    row = kept.filter(pk=sig_code_id).first()
    if row is None:
        raise refuse("No such sig code in this pharmacy.", code="no-sig-code")
    if row.retired_at is not None:
        raise refuse(f"{row.code.upper()} was retired already.", code="wrong-state")
    return row


def _settled(code: str, means: str, *, confirmed: bool) -> list[str]:
    """What was confirmed; refused with every reason that nobody confirmed or may confirm."""
    found = code_problems(code, means)
    refuse_if(as_problems(not_settled(found, confirmed=confirmed)))
    return [problem.says for problem in found]


def _write_down(by: Worker, row: SigCode, *, was: str, over: list[str]) -> None:
    details = {
        "sig_code": row.code,
        "was": was,
        "means": "" if row.retired_at else row.means,
        "confirmed": over,
    }
    record(by=by, did=Deed.POLICY_CHANGED, about=row, details=details)
