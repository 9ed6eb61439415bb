"""The account of each claim, reckoned from its answer and its posted lines: no second book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from apothecary.claims.money.rules import Account
from apothecary.claims.states import ClaimState

# A claim belongs here when it stands as paid, or when something was posted for it. Posted is
# reckoned once over all lines; what stands without a line is found by an anti-join.
ACCOUNTS = """
WITH posted AS (
    SELECT claim_id,
           coalesce(sum(usd - fee_usd) FILTER (WHERE kind = 'claim'), 0) AS remitted,
           coalesce(-sum(usd) FILTER (WHERE kind = 'adjustment'), 0) AS taken,
           coalesce(sum(usd) FILTER (WHERE kind = 'settlement'), 0) AS settled,
           count(*) FILTER (WHERE kind = 'claim' AND status NOT IN ('22', '4', '23', '25')
                            AND reverses_id IS NULL) AS paid,
           count(*) FILTER (WHERE kind = 'claim' AND status = '22') AS reversed,
           count(*) FILTER (WHERE kind = 'claim' AND status IN ('4', '23', '25')) AS denied
    FROM claims_payment WHERE pharmacy_id = %(pharmacy)s AND claim_id IS NOT NULL
      AND (%(claims)s::bigint[] IS NULL OR claim_id = ANY(%(claims)s))
    GROUP BY claim_id
), account AS (
    SELECT c.id, c.fill_id, c.state, c.bin, c.plan_name, c.service_on,
           coalesce(c.closed_at, c.answered_at, c.made_at) AS since,
           coalesce(c.paid_usd, 0) AS promised,
           coalesce(p.remitted, 0) AS remitted, coalesce(p.taken, 0) AS taken,
           coalesce(p.settled, 0) AS settled, coalesce(p.paid, 0) AS paid,
           coalesce(p.reversed, 0) AS reversed, coalesce(p.denied, 0) AS denied,
           CASE WHEN c.state IN ('paid', 'reversing') THEN coalesce(c.paid_usd, 0) ELSE 0 END
           - coalesce(p.remitted, 0) + coalesce(p.taken, 0) - coalesce(p.settled, 0) AS open
    FROM claims_claim c LEFT JOIN posted p ON p.claim_id = c.id
    WHERE c.pharmacy_id = %(pharmacy)s AND c.kind = 'B1'
      AND (c.state IN ('paid', 'reversing') OR p.claim_id IS NOT NULL)
      AND (%(claims)s::bigint[] IS NULL OR c.id = ANY(%(claims)s))
)
SELECT id, state, since, promised, remitted, taken, settled, paid, reversed, denied,
       bin, plan_name, service_on FROM account
WHERE open <> 0 OR %(even)s ORDER BY service_on, id
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """An account with whose it is and since when."""

    account: Account
    bin: str
    plan: str
    service_on: date

    @property
    def open_usd(self) -> Decimal:
        """As the account says."""
        return self.account.open_usd


def accounts(
    *, pharmacy_id: int, claims: Sequence[int] | None = None, even: bool = False
) -> list[Owed]:
    """Accounts that are open, with ``even`` all of them, oldest service first (1 query)."""
    which = None if claims is None else list(claims)
    asked: dict[str, int | list[int] | None] = {
        "pharmacy": pharmacy_id,
        "even": even,
        "claims": which,
    }
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, asked)
        return [owed(row) for row in cursor.fetchall()]


def owed(row: tuple[object, ...]) -> Owed:
    """One row of the statement as typed values."""
    claim_id, state, since, promised, remitted, taken, settled = row[:7]
    paid, back, denied, bin_, plan, service_on = row[7:]
    if not isinstance(since, datetime) or not isinstance(service_on, date):
        raise TypeError("the statement of accounts gives days")
    account = Account(
        claim_id=int(str(claim_id)),
        state=ClaimState(str(state)),
        since=since,
        promised_usd=Decimal(str(promised)),
        remitted_usd=Decimal(str(remitted)),
        taken_usd=Decimal(str(taken)),
        settled_usd=Decimal(str(settled)),
        paid=int(str(paid)),
        reversed=int(str(back)),
        denied=int(str(denied)),
    )
    return Owed(account, str(bin_), str(plan), service_on)
