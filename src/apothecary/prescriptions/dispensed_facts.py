"""What prescriptions know of unusual use: who wrote what was sold, paid how, how early."""

from datetime import date

from django.db import connection

from apothecary.vault.unusual.facts import Dispensing, Early, Prescribed

SOLD = """
WITH sold AS (
    SELECT f.patient_id, k.product_id, r.prescriber_id, d.schedule, f.pay, f.days_supply,
           (f.state_since AT TIME ZONE %(zone)s)::date AS day, f.id
    FROM prescriptions_fill f
    JOIN prescriptions_prescription r ON r.id = f.prescription_id
    JOIN drugs_package k ON k.id = f.package_id
    JOIN drugs_product d ON d.id = k.product_id
    WHERE f.pharmacy_id = %(pharmacy)s AND f.state = 'sold' AND d.schedule >= 2
)
"""
BY_PRESCRIBER = """
SELECT p.id, p.last_name || ', ' || p.first_name, count(*),
       count(*) FILTER (WHERE s.schedule = 2), count(*) FILTER (WHERE s.pay = 'cash')
FROM sold s JOIN prescriptions_prescriber p ON p.id = s.prescriber_id
WHERE s.day >= %(since)s GROUP BY 1, 2 ORDER BY 2, 1
"""
# How many days of the supply before were left when the next one was sold.
EARLY = """
, gaps AS (
    SELECT patient_id, product_id, day,
           lag(day + days_supply) OVER (PARTITION BY patient_id, product_id
                                        ORDER BY day, id) - day AS left_days
    FROM sold
)
SELECT a.id, a.last_name || ', ' || a.first_name, d.id, concat_ws(' ', d.name, d.strength),
       count(*), max(g.left_days)
FROM gaps g
JOIN patients_patient a ON a.id = g.patient_id
JOIN drugs_product d ON d.id = g.product_id
WHERE g.day >= %(since)s AND g.left_days >= %(early)s
GROUP BY 1, 2, 3, 4 ORDER BY 2, 1, 4
"""


def dispensed_facts(*, pharmacy_id: int, since: date, zone: str, early_days: int) -> Dispensing:
    """The sold fills of controlled drugs since a day, summed up (2 queries)."""
    asked: dict[str, int | str | date] = {
        "pharmacy": pharmacy_id,
        "since": since,
        "zone": zone,
        "early": early_days,
    }
    with connection.cursor() as cursor:
        cursor.execute(SOLD + BY_PRESCRIBER, asked)
        prescribed = [Prescribed(*row) for row in cursor.fetchall()]
        cursor.execute(SOLD.rstrip() + EARLY, asked)
        return Dispensing(prescribed, [Early(*row) for row in cursor.fetchall()])
