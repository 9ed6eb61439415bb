"""Fills the measured house with a year of a store: patients, prescriptions, moves, journal.

Program: JSON in (how much), JSON out (what the load needs to know). The history is written in
bulk, yet whole: every fill has its reservation, its moves, its balances and its journal lines,
so that `apothecary check all` finds nothing wrong with it.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
from django.conf import settings
from django.db import connection

from apothecary.config.demo.load import load_demo
from apothecary.drugs.models import Package
from apothecary.journal.actions import seal
from apothecary.journal.keys import signing_key
from apothecary.patients.models import Patient
from apothecary.patients.rules import folded_name
from apothecary.prescriptions.models import NumberBlock, Prescriber
from apothecary.staff.actions import worker_token
from apothecary.staff.models import Person, Pharmacy
from apothecary.staff.signon import person_as_worker, stand_in, system_worker
from apothecary.staff.worker import Worker
from apothecary.stock.actions import receive_stock, the_place
from apothecary.stock.models import PlaceKind

LOTS, IN_A_LOT = 50, Decimal(1_000_000)
HISTORY_FROM = 1_000_000
YEAR = """
CREATE TEMP TABLE people AS
SELECT p.id, p.at - 1 AS place
FROM unnest(%(patients)s::bigint[]) WITH ORDINALITY AS p (id, at);
ANALYZE people;

CREATE TEMP TABLE shelved AS
SELECT k.id AS package, k.at - 1 AS place, l.id AS lot
FROM unnest(%(packages)s::bigint[]) WITH ORDINALITY AS k (id, at)
JOIN stock_lot l ON l.package_id = k.id AND l.number = 'YEAR';
ANALYZE shelved;

CREATE TEMP TABLE plan AS
SELECT i, o.id AS patient, s.package, s.lot,
       now() - make_interval(mins => (525600 * (1 - i / %(fills)s::float))::int) AS at
FROM generate_series(1, %(fills)s) AS i
JOIN people o ON o.place = i %% %(people)s
JOIN shelved s ON s.place = i %% %(kinds)s;

INSERT INTO prescriptions_prescription (pharmacy_id, number, patient_id, prescriber_id,
    package_id, drug_as_written, schedule, quantity, days_supply, refills, daw, origin,
    directions_as_written, directions, directions_spanish, diagnosis, note, written_on,
    entered_at, reviewed_at, state)
SELECT %(pharmacy)s, %(from)s + i, patient, %(prescriber)s, package,
    'of the year', 0, 30, 30, 5, '0', '3', 'one daily', 'Take 1 tablet by mouth once daily.',
    '', '', '', at::date, at, at, 'active' FROM plan;

INSERT INTO prescriptions_fill (pharmacy_id, prescription_id, patient_id, number, part,
    package_id, quantity, days_supply, daw, pay, price_usd, state, because, state_since, waiter,
    promised_at, created_at, screened_at, data_reviewed, bin, steps)
SELECT r.pharmacy_id, r.id, r.patient_id, 0, 1, r.package_id, 30, 30, '0', 'cash', 12.34,
    'sold', '', r.entered_at + interval '1 hour', false, r.entered_at + interval '1 hour',
    r.entered_at, r.entered_at, true, 'A1', 6
FROM prescriptions_prescription r WHERE r.number BETWEEN %(from)s + 1 AND %(from)s + %(fills)s;
-- What is still uncommitted the server has not counted: it would join it row by row.
ANALYZE prescriptions_prescription;
ANALYZE prescriptions_fill;

CREATE TEMP TABLE filled AS
SELECT f.id AS fill, f.package_id, f.created_at AS at, l.lot
FROM prescriptions_fill f JOIN prescriptions_prescription r ON r.id = f.prescription_id
JOIN shelved l ON l.package = f.package_id
WHERE r.number BETWEEN %(from)s + 1 AND %(from)s + %(fills)s;

INSERT INTO stock_reservation (pharmacy_id, fill_id, place_id, lot_id, quantity, state, made_at,
    settled_at)
SELECT %(pharmacy)s, fill, %(shelf)s, lot, 30, 'posted', at, at FROM filled;

INSERT INTO stock_posting (pharmacy_id, key, happened_at, recorded_at)
SELECT %(pharmacy)s, format('fill-%%s-%%s', fill, act), at, at
FROM filled, (VALUES ('4-post'), ('5-sell')) AS acts(act);
ANALYZE filled;
ANALYZE stock_posting;
ANALYZE stock_reservation;

INSERT INTO stock_move (pharmacy_id, posting_id, from_place_id, to_place_id, lot_id, quantity,
    reason, fill_id, reservation_id)
SELECT %(pharmacy)s, p.id, %(shelf)s, %(will_call)s, f.lot, 30, 'filled', f.fill, r.id
FROM filled f JOIN stock_posting p ON p.pharmacy_id = %(pharmacy)s
    AND p.key = format('fill-%%s-4-post', f.fill)
JOIN stock_reservation r ON r.fill_id = f.fill AND r.pharmacy_id = %(pharmacy)s;

INSERT INTO stock_move (pharmacy_id, posting_id, from_place_id, to_place_id, lot_id, quantity,
    reason, fill_id)
SELECT %(pharmacy)s, p.id, %(will_call)s, %(patient)s, f.lot, 30, 'sold', f.fill
FROM filled f JOIN stock_posting p ON p.pharmacy_id = %(pharmacy)s
    AND p.key = format('fill-%%s-5-sell', f.fill);

INSERT INTO stock_balance (pharmacy_id, place_id, lot_id, on_hand, reserved, outside)
SELECT %(pharmacy)s, place, lot, 0, 0, false
FROM (SELECT DISTINCT lot FROM filled) l, unnest(ARRAY[%(will_call)s, %(patient)s]) AS place
ON CONFLICT DO NOTHING;
UPDATE stock_balance b SET on_hand = on_hand + n.taken * CASE
    WHEN b.place_id = %(shelf)s THEN -1 WHEN b.place_id = %(patient)s THEN 1 ELSE 0 END
FROM (SELECT lot, 30 * count(*) AS taken FROM filled GROUP BY lot) n WHERE b.lot_id = n.lot;

SELECT count(journal_append(%(pharmacy)s, at, NULL, 'the year', 'counter 1', deed, 'fill', fill,
    '{}'))
FROM filled, (VALUES ('screened a fill'), ('started filling'),
    ('sent a fill to the pharmacist'), ('approved a fill'), ('sold a fill')) AS deeds(deed);
"""


def year(pharmacy: Pharmacy, *, fills: int, patients: list[int], at: datetime) -> None:
    """So many fills, spread over the last year, from lots of their own."""
    by = system_worker(pharmacy, now=at)
    places = {
        kind.value: the_place(pharmacy.pk, kind).pk
        for kind in (PlaceKind.SHELF, PlaceKind.WILL_CALL, PlaceKind.PATIENT)
    }
    packages = list(
        Package.objects.filter(product__schedule=0, unit="EA", price_usd__isnull=False)
        .order_by("id")
        .values_list("id", flat=True)[:200]
    )
    for package in Package.objects.filter(pk__in=packages):
        stock(pharmacy, package, "YEAR", Decimal(30 * (fills // len(packages) + 1000)), at=at)
    facts = {
        "fills": fills,
        "patients": patients,
        "people": len(patients),
        "packages": packages,
        "kinds": len(packages),
        "pharmacy": pharmacy.pk,
        "prescriber": Prescriber.objects.values_list("id", flat=True)[0],
        "from": HISTORY_FROM,
        **places,
    }
    connection.ensure_connection()
    # Values are put into the text: the server binds none in CREATE TABLE AS.
    with psycopg.ClientCursor(connection.connection) as cursor:
        for statement in YEAR.split(";\n"):
            if statement.strip():
                cursor.execute(statement.encode(), facts)
        cursor.execute(b"ANALYZE")
    key = signing_key(settings.DATA / "keys")
    while seal(pharmacy_id=pharmacy.pk, key=key, at=by.at, batch=20_000):
        pass


def stock(
    pharmacy: Pharmacy, package: Package, lot: str, many: Decimal, *, at: datetime
) -> int:
    """One lot on the shelf, good for years."""
    received = receive_stock(
        by=worker(pharmacy, "rph", at),
        package=package,
        lot_number=lot,
        expires_on=at.date() + timedelta(days=900),
        quantity=many,
        place=the_place(pharmacy.pk, PlaceKind.SHELF),
        key=f"bench {package.pk} {lot}",
    )
    return received.pk


def worker(pharmacy: Pharmacy, username: str, at: datetime) -> Worker:
    """Somebody of the demo pharmacy, at work now."""
    person = Person.objects.select_related("pharmacy").get(pharmacy=pharmacy, username=username)
    return person_as_worker(person, now=at, station="bench", on_duty=True)


def new_patients(pharmacy: Pharmacy, many: int) -> list[int]:
    """So many people without a history of their own."""
    born = datetime(1960, 1, 1, tzinfo=UTC).date()
    made = Patient.objects.bulk_create(
        Patient(
            pharmacy=pharmacy,
            last_name=f"Bench{number}",
            first_name="Pat",
            folded=folded_name(f"Bench{number}", "Pat"),
            birth_date=born + timedelta(days=number % 20_000),
            sex="F",
            street="1 Main St",
            city="Austin",
            state="TX",
            postal_code="78701",
            phone="5125550100",
        )
        for number in range(many)
    )
    return [patient.pk for patient in made]


def scanned(package: Package) -> str:
    """What the scanner reads from a bottle: the GTIN of the package, no lot."""
    digits = f"003{package.ndc10}"
    weighed = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(digits))
    return f"01{digits}{-weighed % 10}"


def hot_packages(wanted: int) -> list[Package]:
    """Plain tablets in bottles that one fill does not empty."""
    found = Package.objects.filter(
        product__schedule=0, unit="EA", price_usd__isnull=False, quantity__gte=90
    )
    return list(found.select_related("product").order_by("-id")[:wanted])


def fill(wanted: dict[str, int]) -> dict[str, object]:
    """The whole town; what a load must know of it."""
    at = datetime.now(UTC)
    load_demo(at=at)
    pharmacy = Pharmacy.objects.order_by("id")[0]
    stand_in(pharmacy.pk)
    block = NumberBlock.objects.get(pharmacy=pharmacy)
    block.last = max(block.last, block.first + 900_000)
    block.save(update_fields=["last"])
    patients = new_patients(pharmacy, wanted["patients"])
    drugs = []
    for number, package in enumerate(hot_packages(1 + wanted["levels"])):
        lots = [
            stock(pharmacy, package, f"HOT{lot:02}", IN_A_LOT, at=at)
            for lot in range(LOTS if number == 0 else 1)
        ]
        drugs.append({"ndc": package.ndc, "code": scanned(package), "lots": lots})
    if wanted["fills"]:
        year(pharmacy, fills=wanted["fills"], patients=patients[::2], at=at)
    people = Person.objects.filter(pharmacy=pharmacy, username__in=["tech", "rph"])
    return {
        "pharmacy": pharmacy.pk,
        "prescriber": Prescriber.objects.filter(dea__gt="").values_list("id", flat=True)[0],
        # Every other one has no history at all: no finding stands in the way.
        "patients": patients[1::2],
        "drugs": drugs,
        "shelf": the_place(pharmacy.pk, PlaceKind.SHELF).pk,
        "supplier": the_place(pharmacy.pk, PlaceKind.SUPPLIER).pk,
        "tokens": {
            person.username: worker_token(person=person, station="bench", at=at)
            for person in people
        },
    }


if __name__ == "__main__":
    print(json.dumps(fill(json.load(sys.stdin))))
