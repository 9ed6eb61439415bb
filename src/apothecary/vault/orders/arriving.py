"""Packages of Schedule II at the door, against the order whose number somebody types.

The room that receives asks first and links then, in one transaction; the order is held from
the question on, so that two people at two totes cannot both fill its last package.
"""

from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError, transaction

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.form222 import FormReceipt, form_receipt_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.orders.ending import settle_lines
from apothecary.vault.orders.models import Form222, Form222Line, Form222Receipt
from apothecary.vault.orders.states import ENDED, FormState
from apothecary.vault.orders.writing import facts_of, received_by_line, size_of

FIELD = "dea_order"
SHOWN = frozenset({"packages_received", "received_on"})


@dataclass(frozen=True, slots=True)
class Arrived:
    """Packages as they stand at the door. ``supplier_dea`` is empty where nobody knows it;
    ``key`` is what the receiving room calls this receipt.
    """

    number: str
    package: Package
    packages: int
    supplier_dea: str = ""


def arrival_problems(*, by: Worker, arrived: Arrived) -> list[Problem]:
    """Why these packages may not come in on that order; none means they may (4 queries).

    Nothing comes in on a number that stands on no form here: a form that was written on paper
    is taken over first (`taking_over`).
    """
    form = held_form(by=by, number=arrived.number)
    if form is None:
        row = federal("DEA-103", on=by.today)
        says = (
            f"No Form 222 of number {arrived.number.strip()!r} stands here: one that was "
            "written on paper is taken over first, under Orders in the vault."
        )
        return [row.problem(says, code="dea-order-unknown", field=FIELD)]
    problems = [*state_problems(form, on=by.today), *supplier_problems(form, arrived)]
    line = line_for(form, arrived)
    if line is None:
        row = federal("DEA-103", on=by.today)
        says = f"Form {form.serial} orders no {arrived.package.product} in that package."
        return [*problems, row.problem(says, code="dea-order-item", field=FIELD)]
    found = form_receipt_problems(facts_of(form), receipt_of(line, arrived, on=by.today),
                                  on=by.today)  # fmt: skip
    problems += [replace(one, field=FIELD) for one in found if one.code != "form222-void"]
    return problems


@transaction.atomic
def link_arrival(
    *, by: Worker, arrived: Arrived, key: str, witness_id: int | None
) -> Form222Receipt:
    """Write packages and day beside their line, in the act that puts them on the books."""
    by.must(Duty.MANAGE_STOCK)
    if witness_id is None or witness_id == by.person_id:
        says = "Two people receive Schedule II."
        raise refuse(says, cite="house policy", code="two-people", field="initials")
    refuse_if(arrival_problems(by=by, arrived=arrived))
    form = held_form(by=by, number=arrived.number)
    line = line_for(form, arrived) if form else None
    if form is None or line is None:
        raise LookupError("the order let packages through without a line for them")
    row = Form222Receipt(
        pharmacy_id=by.pharmacy_id,
        line=line,
        key=key,
        package=arrived.package,
        packages=arrived.packages,
        received_on=by.today,
        received_at=by.at,
        by_id=by.somebody,
        witness_id=witness_id,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        says = "These packages stand on their form already."
        raise refuse(says, code="form222-linked", field=FIELD) from twice
    said = {"line": line.number, "packages": arrived.packages, "witness": witness_id,
            "for": key}  # fmt: skip
    record(by=by, did=Deed.FORM_RECEIVED, about=form, details=said)
    settle_lines(form, by=by)
    return row


@transaction.atomic
def undo_arrival(*, by: Worker, key: str, because: str) -> Form222Receipt | None:
    """Take packages off the form again, where their receipt is taken back."""
    by.must(Duty.MANAGE_STOCK)
    rows = Form222Receipt.objects.filter(pharmacy_id=by.pharmacy_id, key=key, undone_at=None)
    found = rows.select_related("line__form").first()
    if found is None:
        return None
    form = held_form(by=by, number=found.line.form.serial)
    row = rows.select_for_update(of=("self",)).select_related("line").first()
    if form is None or row is None:
        return None
    row.undone_at, row.undone_by_id, row.undone_because = by.at, by.somebody, because.strip()
    row.save(update_fields=["undone_at", "undone_by_id", "undone_because"])
    said = {"line": row.line.number, "packages": row.packages, "because": row.undone_because}
    record(by=by, did=Deed.FORM_RECEIPT_UNDONE, about=form, details=said)
    settle_lines(form, by=by)
    return row


def held_form(*, by: Worker, number: str) -> Form222 | None:
    """The form of that number, held until the act is done (1 query)."""
    rows = Form222.objects.select_for_update(of=("self",))
    return rows.filter(pharmacy_id=by.pharmacy_id, serial=number.strip()).first()


def state_problems(form: Form222, *, on: date) -> list[Problem]:
    """Why nothing comes in on a form that is where it is."""
    if form.state in {FormState.SENT, FormState.FILLED}:
        return []
    row = federal("DEA-105" if form.state in ENDED else "DEA-103", on=on)
    says = f"Form {form.serial} is {form.state}: nothing is received on it."
    return [row.problem(says, code="dea-order-state", field=FIELD)]


def supplier_problems(form: Form222, arrived: Arrived) -> list[Problem]:
    """Why another than the supplier of the form does not fill it."""
    if arrived.supplier_dea in {"", form.filled_by_dea}:
        return []
    says = f"Form {form.serial} is for {form.supplier}, DEA {form.filled_by_dea}."
    return [Problem(says, "21 CFR 1305.14", "dea-order-supplier", "K", FIELD)]


def line_for(form: Form222, arrived: Arrived) -> Form222Line | None:
    """The line these packages are for: with room before full, the very package before another
    maker's of the same name and size, living before void (2 queries).
    """
    lines = list(form.lines.order_by("number"))
    received = received_by_line(lines)
    name, size = str(arrived.package.product), size_of(arrived.package)
    fit = [
        line
        for line in lines
        if line.package_id == arrived.package.pk
        or (line.item_name, line.package_size) == (name, size)
    ]
    return min(fit, key=lambda line: rank(line, arrived, received), default=None)


def rank(line: Form222Line, arrived: Arrived, received: dict[int, int]) -> tuple[int, ...]:
    """The order in which lines are tried."""
    room = line.packages - received.get(line.pk, 0)
    return (
        int(line.void_on is not None),
        int(room < arrived.packages),
        int(line.package_id != arrived.package.pk),
        line.number,
    )


def receipt_of(line: Form222Line, arrived: Arrived, *, on: date) -> FormReceipt:
    """The packages as the law looks at them."""
    return FormReceipt(line=line.number, packages=arrived.packages, received_on=on, shown=SHOWN)
