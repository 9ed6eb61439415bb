"""The flags of today: gathered from the ledger, the cases and the rooms above; looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.calendar_days import months_after
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.losses.rules import words_problems
from apothecary.vault.unusual.facts import (
    READERS,
    Dispensing,
    Early,
    Facts,
    Month,
    Prescribed,
    Shortages,
)
from apothecary.vault.unusual.models import FlagLook
from apothecary.vault.unusual.rules import MOST_MONTHS, Flag, flags, period_start, threshold

# What stood here when the controlled book began is its initial inventory (21 CFR 1304.11(b)),
# no order, whichever way it was entered: that one day is compared with nothing.
BEGAN = """
SELECT (p.happened_at AT TIME ZONE %(zone)s)::date
FROM stock_move m
JOIN stock_posting p ON p.id = m.posting_id
JOIN stock_lot l ON l.id = m.lot_id
JOIN drugs_package k ON k.id = l.package_id
JOIN drugs_product d ON d.id = k.product_id
WHERE m.pharmacy_id = %(pharmacy)s AND d.schedule >= 2
ORDER BY m.id LIMIT 1
"""
MONTHS = """
SELECT d.id, concat_ws(' ', d.name, d.strength),
       date_trunc('month', p.happened_at AT TIME ZONE %(zone)s)::date AS month,
       sum(CASE WHEN f.kind = 'supplier'
                     AND (p.happened_at AT TIME ZONE %(zone)s)::date = %(began)s THEN 0
                WHEN f.kind = 'supplier' THEN m.quantity
                WHEN t.kind = 'supplier' THEN -m.quantity ELSE 0 END),
       sum(CASE WHEN t.kind = 'will_call' AND f.kind <> 'patient' THEN m.quantity
                WHEN f.kind = 'will_call' AND t.kind <> 'patient' THEN -m.quantity
                ELSE 0 END)
FROM stock_move m
JOIN stock_posting p ON p.id = m.posting_id
JOIN stock_place f ON f.id = m.from_place_id
JOIN stock_place t ON t.id = m.to_place_id
JOIN stock_lot l ON l.id = m.lot_id
JOIN drugs_package k ON k.id = l.package_id
JOIN drugs_product d ON d.id = k.product_id
WHERE m.pharmacy_id = %(pharmacy)s AND d.schedule >= 2
  AND p.happened_at >= (%(since)s::date)::timestamp AT TIME ZONE %(zone)s
GROUP BY 1, 2, 3 ORDER BY 2, 1, 3
"""
SHORT = """
SELECT d.id, concat_ws(' ', d.name, d.strength), count(*)
FROM vault_discrepancycase c
JOIN stock_lot l ON l.id = c.lot_id
JOIN drugs_package k ON k.id = l.package_id
JOIN drugs_product d ON d.id = k.product_id
WHERE c.pharmacy_id = %(pharmacy)s AND c.difference < 0
  AND c.found_at >= (%(since)s::date)::timestamp AT TIME ZONE %(zone)s
GROUP BY 1, 2 ORDER BY 2, 1
"""
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Seen:
    """A flag as somebody saw it: with other numbers it is another."""

    kind: str
    subject: str
    says: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A flag, and the last look at it if its numbers have not changed since."""

    flag: Flag
    looked: FlagLook | None


def facts_of(*, pharmacy_id: int, today: date) -> Facts:
    """What is known today (4 queries, and those of the readers)."""
    zone = Pharmacy.objects.values_list("time_zone", flat=True).get(pk=pharmacy_id)
    began = book_began_on(pharmacy_id=pharmacy_id, zone=zone)
    first = months_after(today.replace(day=1), -MOST_MONTHS)
    since = period_start(today)
    with connection.cursor() as cursor:
        asked: dict[str, int | str | date | None] = {
            "pharmacy": pharmacy_id,
            "zone": zone,
            "since": first,
            "began": began,
        }
        cursor.execute(MONTHS, asked)
        months = [Month(*row) for row in cursor.fetchall()]
        cursor.execute(SHORT, {"pharmacy": pharmacy_id, "zone": zone, "since": since})
        shortages = [Shortages(*row) for row in cursor.fetchall()]
    days = threshold("early_days").number()
    prescribed: list[Prescribed] = []
    early: list[Early] = []
    for reader in READERS.values():
        known = reader(pharmacy_id=pharmacy_id, since=since, zone=zone, early_days=days)
        prescribed += known.prescribed
        early += known.early
    return Facts(months, shortages, Dispensing(prescribed, early))


def book_began_on(*, pharmacy_id: int, zone: str) -> date | None:
    """The day of the first move of a controlled drug here; None before any (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(BEGAN, {"pharmacy": pharmacy_id, "zone": zone})
        found = cursor.fetchone()
    return found[0] if found else None


def opened_lately(*, pharmacy_id: int, today: date) -> date | None:
    """The day on which the controlled book began, where it lies within what is compared: what
    came in that day is left out, and the page says so (2 queries).
    """
    zone = Pharmacy.objects.values_list("time_zone", flat=True).get(pk=pharmacy_id)
    began = book_began_on(pharmacy_id=pharmacy_id, zone=zone)
    first = months_after(today.replace(day=1), -MOST_MONTHS)
    return began if began is not None and began >= first else None


def by_subject(rows: Sequence[Shown]) -> list[tuple[str, list[Shown]]]:
    """Flags of one drug, prescriber or patient together, in the order they came."""
    found: dict[str, list[Shown]] = {}
    for row in rows:
        found.setdefault(row.flag.about, []).append(row)
    return [(same[0].flag.named, same) for same in found.values()]


def shown(*, pharmacy_id: int, today: date) -> list[Shown]:
    """The flags of today, those nobody looked at first (4 queries and the readers')."""
    found = flags(facts_of(pharmacy_id=pharmacy_id, today=today), on=today)
    looks = looks_at(pharmacy_id=pharmacy_id, subjects=[flag.subject for flag in found])
    rows = [Shown(flag, looks.get((flag.kind, flag.subject, flag.says))) for flag in found]
    return sorted(rows, key=lambda row: row.looked is not None)


def looks_at(
    *, pharmacy_id: int, subjects: Sequence[str]
) -> dict[tuple[str, str, str], FlagLook]:
    """The looks by what was looked at, in the words of that day (1 query)."""
    rows = FlagLook.objects.filter(pharmacy_id=pharmacy_id, subject__in=subjects)
    return {(row.kind, row.subject, row.says): row for row in rows.order_by("id")}


@transaction.atomic
def look_at(*, by: Worker, seen: Sequence[Seen], because: str) -> list[FlagLook]:
    """Say what flags are about: each is silent until its numbers change. All or none."""
    by.must(Duty.REVIEW_FLAGS)
    refuse_if(words_problems(because, field="because", what="what you found"))
    if not 0 < len(seen) <= MOST_AT_ONCE:
        says = f"Look at one flag or more, {MOST_AT_ONCE} at most."
        raise refuse(says, field="flags", code="no-flag")
    with connection.cursor() as cursor:
        lock = "SELECT pg_advisory_xact_lock(hashtextextended('flags', %s))"
        cursor.execute(lock, [by.pharmacy_id])
    here = {
        Seen(row.flag.kind, row.flag.subject, row.flag.says): row.looked
        for row in shown(pharmacy_id=by.pharmacy_id, today=by.today)
    }
    return [look(each, here, because.strip(), by=by) for each in dict.fromkeys(seen)]


def look(
    seen: Seen, here: Mapping[Seen, FlagLook | None], because: str, *, by: Worker
) -> FlagLook:
    """One flag that was looked at, as it stood."""
    if seen not in here:
        raise refuse("This flag is not up any more: look anew.", code="no-flag")
    if here[seen] is not None:
        raise refuse("Somebody has looked at it.", code="looked-at")
    row = FlagLook.objects.create(
        pharmacy_id=by.pharmacy_id,
        kind=seen.kind,
        subject=seen.subject,
        says=seen.says,
        because=because,
        at=by.at,
        by_id=by.somebody,
        by_name=by.name,
    )
    said = {"says": seen.says, "why": because}
    record(by=by, did=Deed.FLAG_LOOKED_AT, about=row, details=said)
    return row
