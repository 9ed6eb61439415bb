"""An electronic order while it is written: number, supplier, lines."""

from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.db.models.functions import Coalesce

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.csos import order_number_problems
from apothecary.law.identifiers import dea_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.csos.models import CsosLine, CsosOrder
from apothecary.vault.csos.order_xml import MOST_ITEMS
from apothecary.vault.csos.states import CsosState
from apothecary.vault.orders.rules import packages_problems, text_problems
from apothecary.workbench.filters import quantity

# One number after the other: whoever asks for one waits for who asked before.
NUMBERS = 7_342
CITE_NUMBER = "21 CFR 1305.21(b)(1)"


@dataclass(frozen=True, slots=True)
class To:
    """The supplier of an order."""

    name: str
    address: str
    dea: str


@transaction.atomic
def begin_order(*, by: Worker, to: To, number: str = "") -> CsosOrder:
    """Begin an order to one supplier, under the next number or under one of one's own."""
    by.must(Duty.PREPARE_DEA_ORDER)
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    number = number.strip().upper() or next_number(by=by)
    problems = [
        *order_number_problems(number, by.today, on=by.today),
        *text_problems("supplier_name", to.name, what="who the supplier is"),
        *text_problems("supplier_address", to.address, what="where the supplier is"),
        *[Problem(one.says, one.cite, one.code, one.verified, "supplier_dea")
          for one in dea_problems(to.dea.strip(), on=by.today)],
    ]  # fmt: skip
    if to.dea.strip() == house.dea:
        says = "The supplier is somebody else than this pharmacy."
        problems.append(Problem(says, code="own-dea", field="supplier_dea"))
    refuse_if(problems)
    row = CsosOrder(
        pharmacy_id=by.pharmacy_id,
        number=number,
        purchaser_name=house.name,
        purchaser_address=f"{house.street}, {house.city}, {house.state} {house.postal_code}",
        purchaser_dea=house.dea,
        supplier_name=to.name.strip(),
        supplier_address=to.address.strip(),
        supplier_dea=to.dea.strip(),
        written_on=by.today,
        written_at=by.at,
        written_by_id=by.somebody,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        says = f"Order {number} is on file: each number is used once."
        code = "csos-number-twice"
        raise refuse(says, cite=CITE_NUMBER, code=code, field="order_number") from twice
    said = {"number": row.number, "supplier": row.supplier_name, "dea": row.supplier_dea}
    record(by=by, did=Deed.CSOS_WRITTEN, about=row, details=said)
    return row


def next_number(*, by: Worker) -> str:
    """The year, X, and the next six digits of this pharmacy (2 queries)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERS, by.pharmacy_id])
    year = f"{by.today.year % 100:02}X"
    rows = CsosOrder.objects.filter(
        pharmacy_id=by.pharmacy_id, number__regex=rf"^{year}[0-9]{{6}}$"
    )
    last = rows.aggregate(last=Max("number"))["last"]
    return f"{year}{int(last[3:]) + 1 if last else 1:06}"


@transaction.atomic
def add_line(*, by: Worker, order_id: int, package_id: int, packages: int) -> CsosLine:
    """Put the next item on an order: of any schedule, and of none (21 CFR 1305.21(c))."""
    by.must(Duty.PREPARE_DEA_ORDER)
    order = lock_order(by=by, order_id=order_id)
    must_be_written(order)
    package = Package.objects.select_related("product").filter(pk=package_id).first()
    if package is None:
        raise refuse("The drug file has no such package.", field="package", code="no-package")
    last = order.lines.aggregate(last=Coalesce(Max("number"), 0))["last"]
    problems = packages_problems(packages)
    if last >= MOST_ITEMS:
        says = f"An order has at most {MOST_ITEMS} items: begin another."
        problems.append(Problem(says, code="csos-full", field="lines"))
    refuse_if(problems)
    product = package.product
    line = CsosLine.objects.create(
        pharmacy_id=by.pharmacy_id,
        order=order,
        number=last + 1,
        package=package,
        packages=packages,
        package_size=quantity(package.quantity, package.unit),
        ndc=package.ndc11,
        item_name=product.name,
        strength=product.strength_said,
        form=product.form,
        schedule=product.schedule,
    )
    said = {"line": line.number, "packages": packages, "item": str(product)}
    record(by=by, did=Deed.CSOS_WRITTEN, about=order, details=said)
    return line


@transaction.atomic
def drop_line(*, by: Worker, order_id: int) -> CsosOrder:
    """Take the last item off an order that nobody has signed."""
    by.must(Duty.PREPARE_DEA_ORDER)
    order = lock_order(by=by, order_id=order_id)
    must_be_written(order)
    line = order.lines.order_by("-number").first()
    if line is None:
        raise refuse("The order has no item.", field="lines", code="no-line")
    said = {"dropped": line.number, "packages": line.packages, "item": line.item_name}
    line.delete()
    record(by=by, did=Deed.CSOS_WRITTEN, about=order, details=said)
    return order


def lock_order(*, by: Worker, order_id: int) -> CsosOrder:
    """An order of this pharmacy, held until the act is done."""
    rows = CsosOrder.objects.select_for_update(of=("self",))
    order = rows.filter(pharmacy_id=by.pharmacy_id, pk=order_id).first()
    if order is None:
        raise refuse("No such electronic order here.", code="no-order", field="order")
    return order


def must_be_written(order: CsosOrder) -> None:
    """What is signed is not changed: a defective order is replaced by a new one."""
    if order.state == CsosState.WRITTEN:
        return
    row = federal("DEA-109", on=order.written_on)
    says = f"The order is {order.state}: nothing on it is changed."
    cite = "21 CFR 1305.25(d)"
    refuse_if([Problem(says, cite, "csos-changed", row.verified, "state")])
