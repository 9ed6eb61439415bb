"""Notices that come by themselves: the FDA's in the drug file, and those in mailboxes."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction

from apothecary.drugs.notices import OPEN
from apothecary.drugs.official.enforcement import RecallRow, recall_row
from apothecary.drugs.official.json_rows import Record
from apothecary.drugs.official.written_codes import Written
from apothecary.drugs.recalled_lots import lots_in
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import Recall as Published
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.returns.recalls.finding import KEY
from apothecary.returns.recalls.matching import match
from apothecary.returns.recalls.models import Recall
from apothecary.returns.recalls.states import RecallState, Source
from apothecary.returns.recalls.taking import Notice, take_notice
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.wires.models import Incoming

FORMAT = "recall"
MARK = b'"recall_number"'
# Packages by the codes of a notice: those it names by package, else all of a product. Among the
# codes that openFDA lists the product's always stands beside its packages', and adds nothing.
PACKAGES = """
WITH said AS (
    SELECT * FROM unnest(%(keys)s::text[], %(packages)s::text[], %(named)s::bool[])
        AS said(key, package, named)
)
SELECT k.id FROM drugs_package k
JOIN drugs_product p ON p.id = k.product_id
JOIN said ON said.key = lpad(p.labeler_code, 6, '0') || lpad(p.product_code, 4, '0')
WHERE CASE WHEN said.package <> '' THEN said.package = lpad(k.package_code, 2, '0')
      ELSE said.named OR NOT EXISTS (SELECT 1 FROM said o
                                     WHERE o.key = said.key AND o.package <> '') END
"""
# What the FDA has published of packages that this pharmacy keeps or ever had, where it is not
# on file as it is published now.
PUBLISHED = """
WITH ours AS (
    SELECT package_id AS id FROM stock_lot WHERE pharmacy_id = %(pharmacy)s
    UNION SELECT package_id FROM stock_shelfitem WHERE pharmacy_id = %(pharmacy)s
), said AS (
    SELECT k.id, c.number, c.package <> '' AS narrow, c.place = 'named' AS named
    FROM ours JOIN drugs_package k ON k.id = ours.id
    JOIN drugs_product p ON p.id = k.product_id
    JOIN drugs_recallcode c ON c.gone_on IS NULL
     AND c.product_key = lpad(p.labeler_code, 6, '0') || lpad(p.product_code, 4, '0')
     AND c.package IN ('', lpad(k.package_code, 2, '0'))
)
SELECT d.id, array_agg(DISTINCT said.id ORDER BY said.id)
FROM said JOIN drugs_recall d ON d.number = said.number AND d.gone_on IS NULL
LEFT JOIN returns_recall r ON r.pharmacy_id = %(pharmacy)s AND r.number = d.number
WHERE d.status = ANY(%(open)s)
  AND (said.narrow OR said.named OR NOT EXISTS (
        SELECT 1 FROM drugs_recallcode o JOIN drugs_package k ON k.id = said.id
        JOIN drugs_product p ON p.id = k.product_id
        WHERE o.number = d.number AND o.gone_on IS NULL AND o.package <> ''
          AND o.product_key = lpad(p.labeler_code, 6, '0') || lpad(p.product_code, 4, '0')))
  AND (r.id IS NULL OR (r.recall_class, r.lots_text) <> (d.recall_class, d.lots)
       OR NOT EXISTS (SELECT 1 FROM returns_recallitem i WHERE i.pharmacy_id = %(pharmacy)s
                      AND i.recall_id = r.id AND i.package_id = said.id))
GROUP BY d.id ORDER BY d.id
"""
# Recalls with a lot that somebody could still draw from: it came after the last match.
CAME_SINCE = f"""
SELECT DISTINCT c.id FROM returns_recall c
JOIN stock_recalledlot r ON r.pharmacy_id = c.pharmacy_id AND r.recall = c.number
 AND r.lifted_at IS NULL
JOIN stock_lot l ON l.pharmacy_id = c.pharmacy_id AND l.package_id = r.package_id
 AND l.state = 'available'
WHERE c.pharmacy_id = %(pharmacy)s AND r.lot_key IN ('', {KEY.format(column="l.number")})
UNION
SELECT id FROM returns_recall WHERE pharmacy_id = %(pharmacy)s AND state <> %(closed)s
ORDER BY 1
"""  # noqa: S608 a constant of ours


def look_after_recalls(pharmacy: Pharmacy, at: datetime) -> int:
    """Take in what the drug file has learnt, and find what has come since; how much was new."""
    by = system_worker(pharmacy, now=at)
    done = take_published(by=by)
    with connection.cursor() as cursor:
        asked: dict[str, int | str] = {
            "pharmacy": pharmacy.pk,
            "closed": RecallState.CLOSED.value,
        }
        cursor.execute(CAME_SINCE, asked)
        due = [recall_id for (recall_id,) in cursor.fetchall()]
    return done + sum(match(by=by, recall_id=recall_id) for recall_id in due)


def take_published(*, by: Worker) -> int:
    """Every open recall of the drug file that is about a package of this pharmacy; how many."""
    with connection.cursor() as cursor:
        cursor.execute(PUBLISHED, {"pharmacy": by.pharmacy_id, "open": sorted(OPEN)})
        found: dict[int, list[int]] = dict(cursor.fetchall())
    rows = Published.objects.in_bulk(list(found))
    for key, packages in found.items():
        take_notice(by=by, notice=published(rows[key], packages))
    return len(found)


def published(row: Published, packages: Iterable[int]) -> Notice:
    """A recall of the drug file as a notice."""
    return Notice(
        number=row.number,
        source=Source.FDA,
        recall_class=row.recall_class,
        firm=row.firm,
        product=row.product,
        reason=row.reason,
        lots_text=row.lots,
        reading=lots_in(row.lots),
        packages=frozenset(packages),
        issued_on=row.initiated_on,
    )


def is_notice(raw: bytes) -> bool:
    """Whether bytes look like a recall notice, whole or cut off."""
    return MARK in raw[: 1 << 16]


def take_recall_paper(*, by: Worker, partner: str, raw: bytes, name: str) -> bool:
    """Take a notice out of a wholesaler's mailbox, raw first; false when it is none.

    The same bytes again change nothing, and mend what a crash between the two left undone. What
    cannot be read, or is about no drug on file, is kept with its reason: a person types it in.
    """
    if not is_notice(raw):
        return False
    by.must(Duty.WORK_RECALLS)
    incoming = keep(by=by, partner=partner, raw=raw)
    try:
        rows = notices_in(raw, name=name or "notice")
    except BadRow as bad:
        set_aside(incoming, str(bad), by=by)
        return True
    for row in rows:
        notice = noticed(row, incoming_id=incoming.pk)
        if notice.packages:
            take_notice(by=by, notice=notice)
        else:
            says = f"{row.number} is about no drug on file: {row.product[:200]}"
            set_aside(incoming, says, by=by)
    return True


@transaction.atomic
def keep(*, by: Worker, partner: str, raw: bytes) -> Incoming:
    """The bytes as they came, once by their content."""
    digest = hashlib.sha256(raw).digest()
    row, _ = Incoming.objects.get_or_create(
        pharmacy_id=by.pharmacy_id,
        partner=f"wholesaler:{partner}",
        format=FORMAT,
        message_id=digest.hex(),
        defaults={"received_at": by.at, "raw": raw, "sha256": digest},
    )
    return row


@transaction.atomic
def set_aside(incoming: Incoming, problem: str, *, by: Worker) -> None:
    """Keep a notice with the reason why nothing was done about it; once."""
    if problem in incoming.problem:
        return
    incoming.problem = f"{incoming.problem}\n{problem}".strip()[:4_000]
    incoming.save(update_fields=["problem"])
    told = {"partner": incoming.partner, "problem": problem[:300]}
    record(by=by, did=Deed.RECALL_ASIDE, about=("incoming", incoming.pk), details=told)


def notices_in(raw: bytes, *, name: str) -> list[RecallRow]:
    """The notices of a paper in the shape of openFDA's reports. Raises BadRow."""
    try:
        whole = json.loads(raw, parse_float=str)
    except (ValueError, RecursionError) as bad:
        raise BadRow(name, 1, "file", f"cannot be read: {bad}") from bad
    rows = whole.get("results") if isinstance(whole, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadRow(name, 1, "results", "expected a list of notices")
    return [recall_row(Record(name, place, row)) for place, row in enumerate(rows, start=1)]


def noticed(row: RecallRow, *, incoming_id: int) -> Notice:
    """A notice of a wholesaler with the packages it is about (1 query)."""
    return Notice(
        number=row.number,
        source=Source.WHOLESALER,
        recall_class=row.recall_class,
        firm=row.firm,
        product=row.product,
        reason=row.reason,
        lots_text=row.lots,
        reading=lots_in(row.lots),
        packages=packages_of(row.listed, row.named),
        issued_on=row.initiated_on,
        incoming_id=incoming_id,
    )


def packages_of(listed: Iterable[Written], named: Iterable[Written]) -> frozenset[int]:
    """The packages of the drug file that a notice's codes are about (1 query)."""
    said = [(one, False) for one in listed] + [(one, True) for one in named]
    asked: dict[str, list[str] | list[bool]] = {
        "keys": [one.product_key for one, _ in said],
        "packages": [one.package for one, _ in said],
        "named": [is_named for _, is_named in said],
    }
    with connection.cursor() as cursor:
        cursor.execute(PACKAGES, asked)
        return frozenset(key for (key,) in cursor.fetchall())


def set_aside_notices(*, pharmacy_id: int) -> list[Incoming]:
    """Notices that came and that nobody could act on, newest first (1 query)."""
    rows = Incoming.objects.filter(pharmacy_id=pharmacy_id, format=FORMAT)
    return list(rows.exclude(problem="").defer("raw").order_by("-received_at")[:50])


def source_text(recall: Recall) -> str:
    """Where a notice came from, in words."""
    return {
        Source.FDA.value: "FDA enforcement report",
        Source.WHOLESALER.value: "wholesaler’s mailbox",
        Source.TYPED.value: "typed in here",
    }[recall.source]
