"""A Form 222 from its first line to the supplier: written, signed, sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.form222 import FormFacts, FormLine, form_problems
from apothecary.law.identifiers import dea_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.orders.models import Form222, Form222Line
from apothecary.vault.orders.registrant import signer_of
from apothecary.vault.orders.rules import packages_problems, serial_problems, text_problems
from apothecary.vault.orders.states import FormState, move_problems
from apothecary.workbench.filters import quantity


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who is to fill it; one supplier a form."""

    name: str
    address: str
    dea: str


def supplier_problems(supplier: Supplier, *, on: date) -> list[Problem]:
    """What is missing or wrong about a supplier."""
    return [
        *text_problems("supplier_name", supplier.name, what="who the supplier is"),
        *text_problems("supplier_address", supplier.address, what="where the supplier is"),
        *dea_problems(supplier.dea.strip(), on=on),
    ]


@transaction.atomic
def begin_form(*, by: Worker, serial: str, supplier: Supplier) -> Form222:
    """Take a blank form of the stock by its number, and write whose it is and for whom."""
    by.must(Duty.PREPARE_DEA_ORDER)
    row = blank_form(by=by, serial=serial, supplier=supplier)
    refuse_if(blank_problems(row, on=by.today))
    keep_blank(row)
    said = {"serial": row.serial, "supplier": row.supplier_name, "dea": row.supplier_dea}
    record(by=by, did=Deed.FORM_WRITTEN, about=row, details=said)
    return row


def blank_form(*, by: Worker, serial: str, supplier: Supplier) -> Form222:
    """A form with whose it is and for whom, not on file yet (1 query)."""
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    return Form222(
        pharmacy_id=by.pharmacy_id,
        serial=serial.strip(),
        purchaser_name=house.name,
        purchaser_address=f"{house.street}, {house.city}, {house.state} {house.postal_code}",
        purchaser_dea=house.dea,
        supplier_name=supplier.name.strip(),
        supplier_address=supplier.address.strip(),
        supplier_dea=supplier.dea.strip(),
        written_on=by.today,
        written_at=by.at,
        written_by_id=by.somebody,
    )


def blank_problems(form: Form222, *, on: date) -> list[Problem]:
    """Why a form of that number may not be begun for that supplier."""
    supplier = Supplier(form.supplier_name, form.supplier_address, form.supplier_dea)
    problems = serial_problems(form.serial) + supplier_problems(supplier, on=on)
    if form.supplier_dea == form.purchaser_dea:
        says = "The supplier is somebody else than this pharmacy."
        problems.append(Problem(says, code="own-dea", field="supplier_dea"))
    return problems


def keep_blank(form: Form222) -> None:
    """Put a form on file, whoever was first with its number."""
    try:
        with transaction.atomic():
            form.save(force_insert=True)
    except IntegrityError as twice:
        says = f"Form {form.serial} is on file already: each number is used once."
        raise refuse(
            says, cite="21 CFR 1305.11", code="form222-twice", field="serial"
        ) from twice


@transaction.atomic
def write_line(*, by: Worker, form_id: int, package_id: int, packages: int) -> Form222Line:
    """Write the next line of a form: so many packages of one item of Schedule II."""
    by.must(Duty.PREPARE_DEA_ORDER)
    form = lock_form(by=by, form_id=form_id)
    must_be_written(form)
    package = Package.objects.select_related("product").filter(pk=package_id).first()
    if package is None:
        raise refuse("The drug file has no such package.", field="package", code="no-package")
    last = form.lines.aggregate(last=Coalesce(Max("number"), 0))["last"]
    most = federal("DEA-101", on=by.today)
    problems = packages_problems(packages) + schedule_problems(package, on=by.today)
    if last >= most.number():
        says = f"All {most.number()} lines are used: take another form."
        problems.append(most.problem(says, code="form222-full", field="lines"))
    refuse_if(problems)
    line = line_of(form, package, packages, number=last + 1)
    line.save(force_insert=True)
    said = {"line": line.number, "packages": packages, "item": line.item_name}
    record(by=by, did=Deed.FORM_WRITTEN, about=form, details=said)
    return line


def line_of(form: Form222, package: Package, packages: int, *, number: int) -> Form222Line:
    """A line in the words of the drug file of the day, not on file yet."""
    return Form222Line(
        pharmacy_id=form.pharmacy_id,
        form=form,
        number=number,
        package=package,
        packages=packages,
        package_size=size_of(package),
        item_name=str(package.product),
    )


@transaction.atomic
def drop_last_line(*, by: Worker, form_id: int) -> Form222:
    """Take the last line off a form that nobody has signed; nothing stands on paper yet."""
    by.must(Duty.PREPARE_DEA_ORDER)
    form = lock_form(by=by, form_id=form_id)
    must_be_written(form)
    line = form.lines.order_by("-number").first()
    if line is None:
        raise refuse("The form has no line.", field="lines", code="no-line")
    said = {"dropped": line.number, "packages": line.packages, "item": line.item_name}
    line.delete()
    record(by=by, did=Deed.FORM_WRITTEN, about=form, details=said)
    return form


@transaction.atomic
def sign_form(
    *, by: Worker, form_id: int, lines_completed: int, signed_on: date | None = None
) -> Form222:
    """Sign and date a form, as the registrant or by their power of attorney."""
    by.must(Duty.SIGN_DEA_ORDER)
    form = lock_form(by=by, form_id=form_id)
    refuse_if(move_problems(FormState(form.state), FormState.SIGNED))
    form.signed_on = signed_on or by.today
    if form.signed_on < form.written_on:
        says = f"It was written on {form.written_on}: it is not signed before."
        row = federal("DEA-102", on=by.today)
        refuse_if([row.problem(says, code="form222-antedated", field="signed_on")])
    signer = signer_of(by=by, on=form.signed_on)
    form.lines_completed = lines_completed
    form.signed_at, form.signed_by_id, form.signed_by_name = by.at, by.somebody, by.name
    form.signed_as, form.power = signer.signed_as.value, signer.power
    refuse_if(form_problems(facts_of(form), on=by.today))
    form.state = FormState.SIGNED.value
    form.save()
    said = {"serial": form.serial, "as": form.signed_as, "lines": lines_completed,
            "signed_on": form.signed_on}  # fmt: skip
    record(by=by, did=Deed.FORM_SIGNED, about=form, details=said)
    return form


@transaction.atomic
def send_form(*, by: Worker, form_id: int, copy_kept: bool) -> Form222:
    """The original goes to the supplier; a copy stays."""
    by.must(Duty.PREPARE_DEA_ORDER)
    form = lock_form(by=by, form_id=form_id)
    refuse_if(move_problems(FormState(form.state), FormState.SENT))
    refuse_if(form_problems(facts_of(form, copy_kept=copy_kept), on=by.today))
    form.state, form.sent_at, form.sent_by_id = FormState.SENT.value, by.at, by.somebody
    form.save()
    record(by=by, did=Deed.FORM_SENT, about=form, details={"serial": form.serial})
    return form


def lock_form(*, by: Worker, form_id: int) -> Form222:
    """A form of this pharmacy, held until the act is done."""
    rows = Form222.objects.select_for_update(of=("self",))
    form = rows.filter(pharmacy_id=by.pharmacy_id, pk=form_id).first()
    if form is None:
        raise refuse("No such Form 222 here.", code="no-form", field="form")
    return form


def must_be_written(form: Form222) -> None:
    """What is signed is not written on: it is void, and another one is written."""
    if form.state == FormState.WRITTEN:
        return
    says = f"The form is {form.state}: nothing on it is changed."
    raise refuse(says, cite="21 CFR 1305.15", code="form222-altered", field="state")


def schedule_problems(package: Package, *, on: date) -> list[Problem]:
    """Why a drug does not belong on a Form 222."""
    row = federal("DEA-133", on=on)
    if str(package.product.schedule) in row.names():
        return []
    says = f"{package.product} is not Schedule II: order it with everything else."
    return [row.problem(says, code="form222-schedule", field="package")]


def size_of(package: Package) -> str:
    """The size of a package as it stands on a line."""
    return quantity(package.quantity, package.unit)


def received_by_line(lines: Sequence[Form222Line]) -> dict[int, int]:
    """Packages received so far of each line, those from before the form was taken over among
    them, what was undone left out (1 query).
    """
    rows = Form222Line.objects.filter(pk__in=[line.pk for line in lines])
    rows = rows.filter(receipts__undone_at=None)
    here = dict(rows.values_list("pk").annotate(Sum("receipts__packages", default=0)))
    return {line.pk: line.came_before + here.get(line.pk, 0) for line in lines}


def facts_of(form: Form222, *, copy_kept: bool = True) -> FormFacts:
    """A form as the law looks at it (2 queries)."""
    lines = list(form.lines.order_by("number"))
    received = received_by_line(lines)
    held = {
        "serial": form.serial,
        "purchaser_name": form.purchaser_name,
        "purchaser_address": form.purchaser_address,
        "purchaser_dea": form.purchaser_dea,
        "supplier_name": form.supplier_name,
        "supplier_address": form.supplier_address,
        "lines_completed": form.lines_completed,
        "signature": form.signed_by_name,
        "signed_on": form.signed_on,
    }
    return FormFacts(
        shown=frozenset(name for name, value in held.items() if value),
        lines=tuple(line_facts(line, received.get(line.pk, 0)) for line in lines),
        lines_completed=form.lines_completed or 0,
        signed_on=form.signed_on,
        signer_may_order=bool(form.signed_as),
        defects=frozenset(filter(None, form.defects.split(","))),
        copy_kept=copy_kept,
        void=form.state == FormState.VOID,
    )


def line_facts(line: Form222Line, received: int) -> FormLine:
    """A line as the law looks at it."""
    held = {
        "packages": line.packages,
        "package_size": line.package_size,
        "item_name": line.item_name,
    }
    return FormLine(
        number=line.number,
        packages=line.packages,
        shown=frozenset(name for name, value in held.items() if value),
        received=received,
        void=line.void_on is not None,
    )
