"""How a Form 222 ends without being filled: void, lost, cancelled; and passed on on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.calendar_days import years_after
from apothecary.law.form222 import lost_form_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.orders.models import Form222, Form222Line
from apothecary.vault.orders.rules import text_problems
from apothecary.vault.orders.states import ENDED, FormState, move_problems
from apothecary.vault.orders.writing import (
    Supplier,
    lock_form,
    received_by_line,
    supplier_problems,
)


@dataclass(frozen=True, slots=True)
class Lost:
    """What is stated of a lost form: that the goods did not come, and the form in its place."""

    not_received: bool
    because: str
    new_form_id: int | None


@transaction.atomic
def void_form(
    *, by: Worker, form_id: int, because: str, defects: Sequence[str] = ()
) -> Form222:
    """Make a form void: it stays on file, and a new one is written. ``defects`` by their names
    in the law (row DEA-105), where that is why.
    """
    by.must(Duty.SIGN_DEA_ORDER)
    form = lock_form(by=by, form_id=form_id)
    row = federal("DEA-105", on=by.today)
    problems = move_problems(FormState(form.state), FormState.VOID)
    problems += text_problems("because", because, what="why it is void")
    for name in defects:
        if name not in row.names():
            says = f"{name!r} is no defect of a form: {', '.join(row.names())}."
            problems.append(row.problem(says, code="form222-defect", field="defects"))
    problems += nothing_came_problems(form)
    refuse_if(problems)
    form.defects = ",".join(sorted(set(defects)))
    return end(form, FormState.VOID, because, did=Deed.FORM_VOID, by=by)


@transaction.atomic
def void_line(*, by: Worker, line_id: int, because: str) -> Form222Line:
    """Make one line void, or what is still open of it: both parties keep the form so."""
    by.must(Duty.SIGN_DEA_ORDER)
    found = Form222Line.objects.filter(pharmacy_id=by.pharmacy_id, pk=line_id).first()
    if found is None:
        raise refuse("No such line here.", field="line", code="no-line")
    form = lock_form(by=by, form_id=found.form_id)
    line = Form222Line.objects.select_for_update(of=("self",)).get(pk=line_id)
    problems = text_problems("because", because, what="why the line is void")
    if form.state not in {FormState.SIGNED, FormState.SENT}:
        says = f"The form is {form.state}: its lines are as they are."
        problems.append(Problem(says, code="form-state", field="state"))
    if line.void_on is not None:
        says = f"Line {line.number} is void since {line.void_on}."
        problems.append(Problem(says, code="form222-line-void", field="line"))
    refuse_if(problems)
    line.void_on, line.void_by_id, line.void_because = by.today, by.somebody, because.strip()
    line.save(update_fields=["void_on", "void_by_id", "void_because"])
    said = {"line": line.number, "because": line.void_because}
    record(by=by, did=Deed.FORM_VOID, about=form, details=said)
    settle_lines(form, by=by)
    return line


@transaction.atomic
def cancel_form(*, by: Worker, form_id: int, because: str) -> Form222:
    """Cancel what the supplier has not filled; the supplier is told in writing."""
    by.must(Duty.SIGN_DEA_ORDER)
    form = lock_form(by=by, form_id=form_id)
    problems = move_problems(FormState(form.state), FormState.CANCELLED)
    problems += text_problems("because", because, what="why it is cancelled")
    refuse_if(problems)
    return end(form, FormState.CANCELLED, because, did=Deed.FORM_CANCELLED, by=by)


@transaction.atomic
def state_lost(*, by: Worker, form_id: int, lost: Lost) -> Form222:
    """State that a form never reached its supplier, with the form that goes in its place."""
    by.must(Duty.SIGN_DEA_ORDER)
    form = lock_form(by=by, form_id=form_id)
    stated = {"serial": form.serial, "ordered_on": form.signed_on}
    shown = {name for name, value in stated.items() if value}
    if lost.not_received:
        shown.add("not_received")
    new = new_form(form, lost.new_form_id, by=by)
    refuse_if(
        [
            *move_problems(FormState(form.state), FormState.LOST),
            *text_problems("because", lost.because, what="how it was lost"),
            *lost_form_problems(shown, new_form=new is not None, on=by.today),
            *nothing_came_problems(form),
        ]
    )
    form.replaced_by = new
    return end(form, FormState.LOST, lost.because, did=Deed.FORM_LOST, by=by)


def new_form(form: Form222, new_form_id: int | None, *, by: Worker) -> Form222 | None:
    """The form in the place of a lost one; it stands for no other."""
    if new_form_id is None:
        return None
    new = lock_form(by=by, form_id=new_form_id)
    if (
        new.pk == form.pk
        or new.state in ENDED
        or Form222.objects.filter(pharmacy_id=by.pharmacy_id, replaced_by=new).exists()
    ):
        says = f"Form {new.serial} cannot stand in the place of {form.serial}."
        raise refuse(says, field="new_form", code="form222-not-new")
    return new


@transaction.atomic
def note_endorsed(*, by: Worker, form_id: int, to: Supplier, endorsed_on: date) -> Form222:
    """Write down that the supplier passed the form on to another, who fills it whole."""
    by.must(Duty.PREPARE_DEA_ORDER)
    form = lock_form(by=by, form_id=form_id)
    problems = supplier_problems(to, on=by.today)
    if form.state != FormState.SENT:
        says = f"The form is {form.state}: only one that was sent is passed on."
        problems.append(Problem(says, code="form-state", field="state"))
    elif form.endorsed_on is not None:
        says = f"It was passed on to {form.endorsed_to_name} on {form.endorsed_on}."
        problems.append(Problem(says, "21 CFR 1305.14", "form222-endorsed", "K", "to"))
    elif not (form.signed_on or by.today) <= endorsed_on <= by.today:
        says = "It is passed on after it was signed, and not on a day to come."
        problems.append(Problem(says, code="bad-day", field="endorsed_on"))
    if to.dea.strip() in {form.supplier_dea, form.purchaser_dea}:
        says = "It is passed on to somebody else than supplier and purchaser."
        problems.append(Problem(says, code="own-dea", field="supplier_dea"))
    refuse_if(problems + nothing_came_problems(form))
    form.endorsed_to_name, form.endorsed_to_address = to.name.strip(), to.address.strip()
    form.endorsed_to_dea, form.endorsed_on = to.dea.strip(), endorsed_on
    form.save()
    said = {"to": form.endorsed_to_name, "dea": form.endorsed_to_dea, "on": endorsed_on}
    record(by=by, did=Deed.FORM_ENDORSED, about=form, details=said)
    return form


def nothing_came_problems(form: Form222) -> list[Problem]:
    """What came in on a form stays on it: only what is open of it ends."""
    came = sum(received_by_line(list(form.lines.all())).values())
    if not came:
        return []
    says = f"{came} packages came on it: make the open lines void, or cancel what is open."
    return [Problem(says, "21 CFR 1305.13", "form222-came", "K", "form")]


def end(form: Form222, to: FormState, because: str, *, did: Deed, by: Worker) -> Form222:
    """Write down how a form ended."""
    form.state, form.ended_because = to.value, because.strip()
    form.ended_on, form.ended_at, form.ended_by_id = by.today, by.at, by.somebody
    form.save()
    said = {"serial": form.serial, "because": form.ended_because, "defects": form.defects,
            "replaced_by": form.replaced_by.serial if form.replaced_by else ""}  # fmt: skip
    record(by=by, did=did, about=form, details=said)
    return form


def settle_lines(form: Form222, *, by: Worker) -> None:
    """A sent form is filled when nothing is open on it, and void when all its lines are."""
    lines = list(form.lines.all())
    alive = [line for line in lines if line.void_on is None]
    received = received_by_line(lines)
    came = any(received.values())
    if not alive and not came:
        end(form, FormState.VOID, "every line is void", did=Deed.FORM_VOID, by=by)
        return
    done = all(received.get(line.pk, 0) >= line.packages for line in alive)
    to = FormState.FILLED if done else FormState.SENT
    if form.state in {FormState.SENT, FormState.FILLED} and form.state != to:
        form.state = to.value
        form.save(update_fields=["state"])


def kept_until(form: Form222, *, on: date) -> date:
    """The last day on which the form must be at hand, counted from its last act."""
    last = form.ended_on or form.signed_on or form.written_on
    received = [day for line in form.lines.all() for day in
                line.receipts.values_list("received_on", flat=True)]  # fmt: skip
    return years_after(max([last, *received]), federal("DEA-107", on=on).number())
