"""A Form 222 that was written on paper, before or beside this house's own: taken over.

It comes to stand here as it lies there: number, supplier, who signed it and when, its lines,
and what had come on them. From then on it is a form like every other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.form222 import form_problems
from apothecary.law.problem import Problem, refuse_if
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.orders.models import Form222, Form222Line
from apothecary.vault.orders.registrant import signer_of
from apothecary.vault.orders.rules import packages_problems, text_problems
from apothecary.vault.orders.states import FormState, SignedAs
from apothecary.vault.orders.writing import (
    Supplier,
    blank_form,
    blank_problems,
    facts_of,
    keep_blank,
    line_of,
    schedule_problems,
)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line as it stands on the paper; ``came_before`` is what was received on it so far."""

    package_id: int
    packages: int
    came_before: int = 0


@dataclass(frozen=True, slots=True)
class PaperForm:
    """A form as it lies there: signed, and with its supplier."""

    serial: str
    supplier: Supplier
    signed_on: date
    signed_by: str
    signed_as: SignedAs
    lines: Sequence[PaperLine]


@transaction.atomic
def take_over_form(*, by: Worker, paper: PaperForm, because: str) -> Form222:
    """Put a form of paper on file by who may sign one, with the reason it was not written here.

    Refused as the law refuses the form itself: a defect is not taken over, nor what is past its
    sixty days.
    """
    by.must(Duty.SIGN_DEA_ORDER)
    signer_of(by=by, on=by.today)
    form = blank_form(by=by, serial=paper.serial, supplier=paper.supplier)
    packages = packages_on(paper)
    refuse_if(
        [
            *blank_problems(form, on=by.today),
            *text_problems("because", because, what="why it was not written here"),
            *text_problems("signed_by", paper.signed_by, what="whose signature stands on it"),
            *[each for line in paper.lines for each in line_problems(line, packages, by=by)],
        ]
    )
    form.written_on = min(paper.signed_on, by.today)
    keep_blank(form)
    for number, line in enumerate(paper.lines, start=1):
        row = line_of(form, packages[line.package_id], line.packages, number=number)
        row.came_before = line.came_before
        row.save(force_insert=True)
    form.signed_on, form.signed_by_name = paper.signed_on, paper.signed_by.strip()
    form.signed_as, form.lines_completed = paper.signed_as.value, len(paper.lines)
    form.taken_over_on, form.taken_over_by_id = by.today, by.somebody
    form.taken_over_because = because.strip()
    refuse_if(form_problems(facts_of(form), on=by.today) + open_problems(form, on=by.today))
    form.state, form.sent_at, form.sent_by_id = FormState.SENT.value, by.at, by.somebody
    form.save()
    said = {"serial": form.serial, "supplier": form.supplier_name, "signed_on": form.signed_on,
            "signed_by": form.signed_by_name, "lines": form.lines_completed,
            "because": form.taken_over_because}  # fmt: skip
    record(by=by, did=Deed.FORM_TAKEN_OVER, about=form, details=said)
    return form


def packages_on(paper: PaperForm) -> dict[int, Package]:
    """The packages of its lines by their number in the drug file (1 query)."""
    rows = Package.objects.select_related("product")
    return rows.in_bulk({line.package_id for line in paper.lines})


def line_problems(
    line: PaperLine, packages: dict[int, Package], *, by: Worker
) -> list[Problem]:
    """Why a line cannot stand on a form, or more came on it than it orders."""
    package = packages.get(line.package_id)
    if package is None:
        says = "The drug file has no such package."
        return [Problem(says, field="package", code="no-package")]
    problems = packages_problems(line.packages) + schedule_problems(package, on=by.today)
    if not 0 <= line.came_before <= line.packages:
        says = f"{line.came_before} came of {line.packages} packages of {package.product}."
        row = federal("DEA-103", on=by.today)
        problems.append(row.problem(says, code="form222-packages", field="came_before"))
    return problems


def open_problems(form: Form222, *, on: date) -> list[Problem]:
    """Why a form need not be taken over: nothing is to come on it."""
    if any(line.came_before < line.packages for line in Form222Line.objects.filter(form=form)):
        return []
    says = f"Everything on form {form.serial} has come: it stays where it is filed."
    row = federal("DEA-103", on=on)
    return [row.problem(says, code="form222-nothing-open", field="lines")]
