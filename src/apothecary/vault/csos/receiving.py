"""Packages that came on an electronic order, beside their item: the linked record (1305.22(g)).

The room that receives asks first and links then, in one transaction; the order is held from the
question on, so that two people at two totes cannot both fill its last package.
"""

import re
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Sum

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.csos import linked_receipt_problems, order_age_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.csos.models import CsosLine, CsosOrder, CsosReceipt
from apothecary.vault.csos.states import RECEIVABLE, CsosState
from apothecary.vault.orders.arriving import FIELD, Arrived
from apothecary.workbench.filters import quantity

SHAPE = re.compile(r"[0-9]{2}X[0-9A-Z]{6}")
SHOWN = frozenset({"quantity_received", "received_on"})
SCHEDULE_II = 2


def is_order_number(number: str) -> bool:
    """Whether what was typed is the number of an electronic order and of no Form 222."""
    return SHAPE.fullmatch(tidy(number)) is not None


def tidy(number: str) -> str:
    """A number as it is kept."""
    return number.strip().upper()


def order_arrival_problems(*, by: Worker, arrived: Arrived) -> list[Problem]:
    """Why these packages may not come in on that order; none means they may (4 queries)."""
    order = held_order(by=by, number=arrived.number)
    if order is None:
        says = f"No electronic order of number {tidy(arrived.number)} was written here."
        return [linked_problem(says, "dea-order-unknown", on=by.today)]
    problems = state_problems(order, on=by.today)
    if arrived.supplier_dea not in {"", order.supplier_dea}:
        says = f"Order {order.number} is for {order.supplier_name}, DEA {order.supplier_dea}."
        problems.append(linked_problem(says, "dea-order-supplier", on=by.today))
    lines = fitting_lines(order, arrived)
    if not lines:
        says = f"Order {order.number} orders no {arrived.package.product} in that package."
        return [*problems, linked_problem(says, "dea-order-item", on=by.today)]
    line, room = lines[0]
    if line.void_on is not None:
        says = f"Item {line.number} of order {order.number} is void: {line.void_because}."
        problems.append(linked_problem(says, "csos-line-void", on=by.today))
    elif room < arrived.packages:
        says = f"Item {line.number} of order {order.number} has room for {max(room, 0)} more."
        problems.append(linked_problem(says, "csos-packages", on=by.today))
    return problems


@transaction.atomic
def link_to_order(
    *, by: Worker, arrived: Arrived, key: str, witness_id: int | None
) -> CsosReceipt:
    """Write quantity and day beside their item, in the act that puts them on the books."""
    by.must(Duty.MANAGE_STOCK)
    alone = witness_id is None or witness_id == by.person_id
    if alone and arrived.package.product.schedule == SCHEDULE_II:
        says = "Two people receive Schedule II."
        raise refuse(says, cite="house policy", code="two-people", field="initials")
    refuse_if(order_arrival_problems(by=by, arrived=arrived))
    refuse_if(linked_receipt_problems(SHOWN, on=by.today))
    order = held_order(by=by, number=arrived.number)
    lines = fitting_lines(order, arrived) if order else []
    if order is None or not lines:
        raise LookupError("the order let packages through without an item for them")
    line = lines[0][0]
    row = CsosReceipt(
        pharmacy_id=by.pharmacy_id,
        line=line,
        key=key,
        package=arrived.package,
        packages=arrived.packages,
        received_on=by.today,
        received_at=by.at,
        by_id=by.somebody,
        witness_id=None if alone else witness_id,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        says = "These packages stand on their order already."
        raise refuse(says, code="csos-linked", field=FIELD) from twice
    said = {"line": line.number, "packages": arrived.packages, "witness": row.witness_id,
            "for": key}  # fmt: skip
    record(by=by, did=Deed.CSOS_RECEIVED, about=order, details=said)
    settle(order)
    return row


@transaction.atomic
def unlink_from_order(*, by: Worker, key: str, because: str) -> CsosReceipt | None:
    """Take packages off their order again, where their receipt is taken back."""
    by.must(Duty.MANAGE_STOCK)
    rows = CsosReceipt.objects.filter(pharmacy_id=by.pharmacy_id, key=key, undone_at=None)
    number = rows.values_list("line__order__number", flat=True).first()
    order = held_order(by=by, number=number) if number else None
    row = rows.select_for_update(of=("self",)).select_related("line").first()
    if order is None or row is None:
        return None
    row.undone_at, row.undone_by_id, row.undone_because = by.at, by.somebody, because.strip()
    row.save(update_fields=["undone_at", "undone_by_id", "undone_because"])
    said = {"line": row.line.number, "packages": row.packages, "because": row.undone_because}
    record(by=by, did=Deed.CSOS_RECEIPT_UNDONE, about=order, details=said)
    settle(order)
    return row


def held_order(*, by: Worker, number: str) -> CsosOrder | None:
    """The order of that number, held until the act is done (1 query)."""
    rows = CsosOrder.objects.select_for_update(of=("self",))
    return rows.filter(pharmacy_id=by.pharmacy_id, number=tidy(number)).first()


def state_problems(order: CsosOrder, *, on: date) -> list[Problem]:
    """Why nothing comes in on an order that is where it is, or is too old."""
    if order.state not in RECEIVABLE or order.signed_on is None:
        says = f"Order {order.number} is {order.state}: nothing is received on it."
        return [linked_problem(says, "dea-order-state", on=on)]
    return [Problem(one.says, one.cite, one.code, one.verified, FIELD)
            for one in order_age_problems(order.signed_on, on=on)]  # fmt: skip


def linked_problem(says: str, code: str, *, on: date) -> Problem:
    """A reason at the door, with the rule of the linked record."""
    row = federal("DEA-109/linked", on=on)
    return Problem(says, row.cite, code, row.verified, FIELD)


def received_by_line(lines: list[CsosLine]) -> dict[int, int]:
    """Packages received so far of each item, what was undone left out (1 query)."""
    rows = CsosReceipt.objects.filter(line__in=lines, undone_at=None)
    return dict(rows.values_list("line_id").annotate(Sum("packages")))


def fitting_lines(order: CsosOrder, arrived: Arrived) -> list[tuple[CsosLine, int]]:
    """The items these packages may be for, each with its room: living and with room first, the
    very package before another maker's of the same name and size (2 queries).
    """
    lines = list(order.lines.order_by("number"))
    came = received_by_line(lines)
    product = arrived.package.product
    size = quantity(arrived.package.quantity, arrived.package.unit)
    same = (product.name, product.strength_said, product.form, size)
    fit = [
        (line, line.packages - came.get(line.pk, 0))
        for line in lines
        if line.package_id == arrived.package.pk
        or (line.item_name, line.strength, line.form, line.package_size) == same
    ]
    return sorted(
        fit,
        key=lambda one: (
            one[0].void_on is not None,
            one[1] < arrived.packages,
            one[0].package_id != arrived.package.pk,
            one[0].number,
        ),
    )


def settle(order: CsosOrder) -> None:
    """Received when nothing more is to come, accepted again when something is (2 queries)."""
    lines = list(order.lines.filter(void_on=None))
    came = received_by_line(list(order.lines.all()))
    whole = bool(came) and all(came.get(line.pk, 0) >= line.packages for line in lines)
    state = CsosState.RECEIVED if whole else CsosState.ACCEPTED
    if order.state in {CsosState.ACCEPTED, CsosState.RECEIVED} or whole:
        order.state = state.value
        order.save(update_fields=["state"])
