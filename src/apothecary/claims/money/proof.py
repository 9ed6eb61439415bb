"""`apothecary check books`: what was posted is what was transferred, and every difference is
on the list.
"""

from datetime import datetime

from django.db import connection

from apothecary.claims.money.accounts import accounts
from apothecary.claims.money.kinds import DifferenceKind
from apothecary.claims.money.models import Difference
from apothecary.claims.money.reconciling import remitting_bins
from apothecary.claims.money.rules import difference_of

# All lines come to the transfer, and those of claims to what the payer says of its claims.
UNEVEN = """
SELECT r.payer_name, r.trace, r.amount_usd, coalesce(sum(p.usd), 0),
       r.claims_usd, coalesce(sum(p.usd) FILTER (WHERE p.kind = 'claim'), 0)
FROM claims_remittance r
LEFT JOIN claims_payment p ON p.remittance_id = r.id AND p.pharmacy_id = r.pharmacy_id
WHERE r.pharmacy_id = %(pharmacy)s GROUP BY r.id
HAVING r.amount_usd <> coalesce(sum(p.usd), 0)
    OR r.claims_usd <> coalesce(sum(p.usd) FILTER (WHERE p.kind = 'claim'), 0)
ORDER BY r.id
"""
TURNED = """
SELECT back.id, back.usd, line.usd FROM claims_payment back
JOIN claims_payment line ON line.id = back.reverses_id
WHERE back.pharmacy_id = %(pharmacy)s
  AND (back.usd, back.fee_usd, back.claim_id IS NOT DISTINCT FROM line.claim_id,
       back.remittance_id IS NOT DISTINCT FROM line.remittance_id)
      <> (-line.usd, -line.fee_usd, true, true)
ORDER BY back.id
"""


def money_faults(*, pharmacy_id: int, at: datetime) -> list[str]:
    """Everything in which remittances, lines and differences disagree (5 queries)."""
    return [
        *remittance_faults(pharmacy_id),
        *reversal_faults(pharmacy_id),
        *difference_faults(pharmacy_id, at=at),
    ]


def remittance_faults(pharmacy_id: int) -> list[str]:
    """Remittances whose lines do not come to what was transferred."""
    with connection.cursor() as cursor:
        cursor.execute(UNEVEN, {"pharmacy": pharmacy_id})
        return [
            f"remittance {trace} of {payer}: ${amount} was transferred, ${posted} is posted"
            f" (claims ${claims} against ${lines})"
            for payer, trace, amount, posted, claims, lines in cursor.fetchall()
        ]


def reversal_faults(pharmacy_id: int) -> list[str]:
    """Correcting lines that are not their line with the sign turned."""
    with connection.cursor() as cursor:
        cursor.execute(TURNED, {"pharmacy": pharmacy_id})
        return [
            f"payment {pk}: reverses ${line} by ${usd}" for pk, usd, line in cursor.fetchall()
        ]


def difference_faults(pharmacy_id: int, *, at: datetime) -> list[str]:
    """Accounts that differ and are not on the list with that amount, and the other way."""
    rows = Difference.objects.filter(
        pharmacy_id=pharmacy_id, closed_at=None, claim__isnull=False
    )
    listed = {row.claim_id: row.usd for row in rows}
    open_now = accounts(pharmacy_id=pharmacy_id)
    remitting = remitting_bins(pharmacy_id)
    faults = []
    for one in open_now:
        kind = difference_of(one.account, at=at)
        # What is only late is listed by the next round of the worker, not in the same moment.
        late = {DifferenceKind.MISSING, DifferenceKind.NOT_TAKEN}
        usd = listed.pop(one.account.claim_id, None)
        if kind in late and (usd is None or one.bin not in remitting):
            continue
        if kind is not None and usd != one.open_usd:
            says = f"claim {one.account.claim_id}: ${one.open_usd} {kind.value}"
            faults.append(f"{says}, on the list ${usd or 0}")
    even = {one.account.claim_id for one in open_now}
    return faults + [
        f"claim {pk}: ${usd} is on the list, its account is even"
        for pk, usd in listed.items()
        if pk not in even
    ]
