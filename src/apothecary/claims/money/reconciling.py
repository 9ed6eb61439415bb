"""Naming what does not match: each open account gets its difference, an even one loses it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from apothecary.claims.money.accounts import Owed, accounts
from apothecary.claims.money.kinds import DifferenceKind, LineKind, Settled
from apothecary.claims.money.models import Difference, Payment
from apothecary.claims.money.rules import difference_of
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker

AT_ONCE = 2_000
# One hand at a time on a pharmacy's accounts: two files, or a file and a person.
HOLD = "SELECT pg_advisory_xact_lock(hashtext('claims.money'), %s::int)"


def hold_accounts(pharmacy_id: int) -> None:
    """Wait until nobody else posts or reconciles here; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [pharmacy_id])


def reconcile_due(pharmacy: Pharmacy, at: datetime) -> int:
    """For the worker's loop: what became late, or was settled by a late answer; how many."""
    return reconcile(by=system_worker(pharmacy, now=at))


@transaction.atomic
def reconcile(*, by: Worker, claims: Sequence[int] | None = None) -> int:
    """Name every difference of these accounts, or of all; how many rows changed.

    A payer is asked for what is missing only once it has sent us a remittance at all: whose
    remittances come on paper would fill the list with what nobody can see here.
    """
    by.must(Duty.WORK_CLAIMS)
    hold_accounts(by.pharmacy_id)
    shown = open_differences(by.pharmacy_id, claims)
    found = accounts(pharmacy_id=by.pharmacy_id, claims=claims)
    remitting = remitting_bins(by.pharmacy_id)
    new, changed, even = [], [], dict(shown)
    for one in found:
        kind = difference_of(one.account, at=by.at)
        if kind is None or (kind is DifferenceKind.MISSING and one.bin not in remitting):
            continue
        row = even.pop(one.account.claim_id, None)
        if row is None:
            new.append(difference(one, kind, by=by))
        elif (row.kind, row.usd) != (kind.value, one.open_usd):
            row.kind, row.usd = kind.value, one.open_usd
            changed.append(row)
    for row in even.values():
        row.closed_at, row.closing = by.at, Settled.BY_PAYER.value
    Difference.objects.bulk_create(new, batch_size=AT_ONCE)
    Difference.objects.bulk_update(changed, ["kind", "usd"], batch_size=AT_ONCE)
    Difference.objects.bulk_update(
        list(even.values()), ["closed_at", "closing"], batch_size=AT_ONCE
    )
    return len(new) + len(changed) + len(even)


def difference(one: Owed, kind: DifferenceKind, *, by: Worker) -> Difference:
    """The row of an account that is not even."""
    return Difference(
        pharmacy_id=by.pharmacy_id,
        kind=kind.value,
        claim_id=one.account.claim_id,
        usd=one.open_usd,
        found_at=by.at,
    )


def open_differences(
    pharmacy_id: int, claims: Iterable[int] | None = None
) -> dict[int, Difference]:
    """The open differences of claims, by claim (1 query)."""
    rows = Difference.objects.filter(
        pharmacy_id=pharmacy_id, closed_at=None, claim__isnull=False
    )
    if claims is not None:
        rows = rows.filter(claim_id__in=list(claims))
    return {row.claim_id: row for row in rows if row.claim_id is not None}


def remitting_bins(pharmacy_id: int) -> frozenset[str]:
    """Payers (BIN) whose remittances have found claims of ours (1 query)."""
    rows = Payment.objects.filter(
        pharmacy_id=pharmacy_id, kind=LineKind.CLAIM.value, claim__isnull=False
    )
    return frozenset(rows.values_list("claim__bin", flat=True).distinct())
