"""What screens and programs show of electronic orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet, Sum

from apothecary.law.problem import Problem
from apothecary.vault.csos.models import CsosCertificate, CsosLine, CsosOrder, CsosReceipt
from apothecary.vault.csos.signing import archive_problems
from apothecary.vault.csos.writing import To
from apothecary.vault.orders.queries import suppliers_known as on_forms

ROWS = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """An order with its items, what came on them, and why it does not stand as signed."""

    order: CsosOrder
    lines: Sequence[CsosLine]
    faults: Sequence[Problem]


def orders(*, pharmacy_id: int) -> list[tuple[CsosOrder, int]]:
    """The last orders, each with how many packages it is for (2 queries)."""
    rows = list(CsosOrder.objects.filter(pharmacy_id=pharmacy_id).order_by("-id")[:ROWS])
    lines = CsosLine.objects.filter(order__in=rows).values_list("order_id")
    ordered = dict(lines.annotate(Sum("packages")))
    return [(row, ordered.get(row.pk, 0)) for row in rows]


def standing(*, pharmacy_id: int, order_id: int) -> Standing | None:
    """One order as it stands, its signature proved anew, or None (6 queries)."""
    rows = CsosOrder.objects.filter(pharmacy_id=pharmacy_id).select_related(
        "certificate", "outgoing", "replaced_by"
    )
    row = rows.filter(pk=order_id).first()
    if row is None:
        return None
    came = CsosReceipt.objects.filter(undone_at=None).order_by("id")
    lines = row.lines.order_by("number").prefetch_related(Prefetch("receipts", came))
    return Standing(row, list(lines), archive_problems(row))


def certificates(*, pharmacy_id: int) -> QuerySet[CsosCertificate]:
    """The certificates on file, the last first (1 query)."""
    rows = CsosCertificate.objects.filter(pharmacy_id=pharmacy_id).select_related("person")
    return rows.order_by("-id")[:ROWS]


def suppliers_known(*, pharmacy_id: int) -> list[To]:
    """To whom orders went before, on either kind of order, the last one first (2 queries)."""
    rows = CsosOrder.objects.filter(pharmacy_id=pharmacy_id).order_by("supplier_dea", "-id")
    last = sorted(rows.distinct("supplier_dea"), key=lambda row: -row.pk)[:ROWS]
    found = [To(row.supplier_name, row.supplier_address, row.supplier_dea) for row in last]
    forms = on_forms(pharmacy_id=pharmacy_id)
    found += [To(to.name, to.address, to.dea) for _, to in forms]
    return list({to.dea: to for to in reversed(found)}.values())[::-1]
