"""Posts a remittance of many claims on the measured house, and times each step.

Program: JSON in (`claims`), JSON out (seconds). The claims are written in bulk over fills that
the town has; the file is made of their numbers, every tenth is paid a dollar short.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import sys
import time
from datetime import UTC, datetime
from io import BytesIO

from django.db import connection

from apothecary.claims.money.accounts import accounts
from apothecary.claims.money.importing import load_remittance
from apothecary.claims.money.models import Difference
from apothecary.claims.money.proof import money_faults
from apothecary.claims.money.reading import Payee, check_file, remittances_for
from apothecary.claims.money.tests.samples import Paid, Sent, file_of
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in, system_worker

BILLED = """
INSERT INTO claims_claim (pharmacy_id, fill_id, kind, try_number, payer, payers, state, made_at,
    answered_at, service_on, plan_name, bin, pcn, "group", cardholder_id, person_code,
    clarification, prior_authorization, safety_codes, part, submitted_usd, paid_usd, copay_usd,
    "authorization", codes, messages, help_desk, doubts, problem, billed_later, closing)
SELECT pharmacy_id, id, 'B1', 900, 3, 3, 'paid', now(), now(), current_date, 'Bench', '999999',
    '', '', '', '', '', '', '', '', 50, 20 + id %% 7, 5, 'B' || id, '{}', '{}', '', 0, '',
    false, ''
FROM prescriptions_fill WHERE pharmacy_id = %s ORDER BY id LIMIT %s
"""
SENT = """
SELECT p.number, c.paid_usd, c.authorization, k.ndc11, c.service_on, c.id %% 10 = 0
FROM claims_claim c JOIN prescriptions_fill f ON f.id = c.fill_id
JOIN prescriptions_prescription p ON p.id = f.prescription_id
JOIN drugs_package k ON k.id = f.package_id
WHERE c.pharmacy_id = %s AND c.try_number = 900 ORDER BY c.id
"""


def made(pharmacy: Pharmacy, many: int) -> bytes:
    """The claims on the books, and the file that pays them."""
    with connection.cursor() as cursor:
        cursor.execute(BILLED, [pharmacy.pk, many])
        cursor.execute("ANALYZE claims_claim")
        cursor.execute(SENT, [pharmacy.pk])
        rows = cursor.fetchall()
    lines = tuple(
        Paid(str(rx), str(usd - short), number, "3", "50", "5", ndc, on)
        for rx, usd, number, ndc, on, short in rows
    )
    return file_of(Sent(lines, npi=pharmacy.npi))


def main() -> None:
    """Read it, post it, show what is open, prove it."""
    many = int(json.load(sys.stdin)["claims"])
    at = datetime.now(UTC)
    pharmacy = Pharmacy.objects.order_by("pk")[0]
    stand_in(pharmacy.pk)
    raw = made(pharmacy, many)
    took: dict[str, object] = {"bytes": len(raw)}
    start = time.perf_counter()
    payee = Payee(pharmacy.npi, pharmacy.ncpdp_id)
    check_file(BytesIO(raw))
    took["claims"] = sum(
        len(one.remittance.claims) for one in remittances_for(BytesIO(raw), payee)
    )
    took["read and balanced, s"] = round(time.perf_counter() - start, 3)
    start = time.perf_counter()
    file = load_remittance(by=system_worker(pharmacy, now=at), raw=raw, name="bench.x12")
    took["kept, read, posted, reconciled, s"] = round(time.perf_counter() - start, 3)
    if file.problem:
        raise SystemExit(file.problem)
    start = time.perf_counter()
    took["open accounts"] = len(accounts(pharmacy_id=pharmacy.pk))
    took["open accounts, s"] = round(time.perf_counter() - start, 3)
    took["differences"] = Difference.objects.count()
    start = time.perf_counter()
    took["faults"] = len(money_faults(pharmacy_id=pharmacy.pk, at=at))
    took["proved, s"] = round(time.perf_counter() - start, 3)
    json.dump(took, sys.stdout)


if __name__ == "__main__":
    main()
