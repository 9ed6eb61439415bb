"""The pages of Form 222: those that are open, one of them, a paper one that is taken over."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from apothecary.drugs.models import Package
from apothecary.law.problem import Problem, Refused
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Person
from apothecary.stock.forms import number
from apothecary.vault.again import Act, answered
from apothecary.vault.again import done as done_or_again
from apothecary.vault.book.count_pages import people
from apothecary.vault.book.forms import read_day
from apothecary.vault.orders import ending, papers, queries, writing
from apothecary.vault.orders.drawing import days_drawn, lines_drawn
from apothecary.vault.orders.forms import read_count, read_lost, read_paper, read_supplier
from apothecary.vault.orders.registrant import name_registrant, registrant_of
from apothecary.vault.orders.rules import LINES_TYPED
from apothecary.vault.orders.states import FormState, SignedAs
from apothecary.vault.orders.taking_over import take_over_form

__all__ = ["papers"]
# What stands beside its field; every other reason stands on top.
SHOWN = frozenset(
    {
        *("serial", "supplier_name", "supplier_address", "dea", "supplier_dea", "package"),
        *("packages", "lines_completed", "signed_on", "copy_kept", "defects", "because"),
        *("new_form", "endorsed_on", "person", "since", "signed_by", "known", "line"),
    }
)


def orders(request: StaffRequest) -> HttpResponse:
    """Open forms and the last that ended, and the form that begins one (6 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    return orders_page(request)


def orders_page(request: StaffRequest, problems: Sequence[Problem] = ()) -> HttpResponse:
    """The list, with what was typed below it and what is wrong with that."""
    by = request.worker
    rows = queries.forms(pharmacy_id=by.pharmacy_id, on=by.today)
    known = queries.suppliers_known(pharmacy_id=by.pharmacy_id)
    keeps = by.may(Duty.KEEP_ATTORNEYS)
    staff = Person.objects.filter(pharmacy_id=by.pharmacy_id, active=True).order_by("name")
    found = {
        "tab": "orders",
        "rows": [(row, days_drawn(row)) for row in rows],
        "late": [row for row in rows if row.is_late],
        "known": [(str(row.pk), f"{to.name}, DEA {to.dea}") for row, to in known],
        "registrant": registrant_of(pharmacy_id=by.pharmacy_id, on=by.today),
        "staff": [(str(person.pk), person.name) for person in staff] if keeps else [],
        "writes": by.may(Duty.PREPARE_DEA_ORDER),
        "signs": by.may(Duty.SIGN_DEA_ORDER),
    }
    return answered(request, "vault/orders.html", found, problems, beside=SHOWN)


@require_POST
def begin(request: StaffRequest) -> HttpResponse:
    """Take a blank form by its number."""
    by = request.worker
    by.must(Duty.PREPARE_DEA_ORDER)
    try:
        supplier = read_supplier(request.POST, pharmacy_id=by.pharmacy_id)
        serial = request.POST.get("serial", "")
        made = writing.begin_form(by=by, serial=serial, supplier=supplier)
    except Refused as refusal:
        return orders_page(request, refusal.problems)
    return redirect("vault:order", form_id=made.pk)


@require_POST
def registrant(request: StaffRequest) -> HttpResponse:
    """Write down who signed the latest application for registration."""
    request.worker.must(Duty.KEEP_ATTORNEYS)
    try:
        name_registrant(
            by=request.worker,
            person_id=number(request.POST.get("person", ""), field="person"),
            since=read_day(request.POST, "since"),
        )
    except Refused as refusal:
        return orders_page(request, refusal.problems)
    return redirect("vault:orders")


@require_http_methods(["GET", "POST"])
def take_over(request: StaffRequest) -> HttpResponse:
    """A form of paper: read off and put on file."""
    by = request.worker
    by.must(Duty.SIGN_DEA_ORDER)
    if request.method == "GET":
        return paper_page(request)
    try:
        paper = read_paper(request.POST, pharmacy_id=by.pharmacy_id)
        made = take_over_form(by=by, paper=paper, because=request.POST.get("because", ""))
    except Refused as refusal:
        return paper_page(request, refusal.problems)
    return redirect("vault:order", form_id=made.pk)


def paper_page(request: StaffRequest, problems: Sequence[Problem] = ()) -> HttpResponse:
    """The sheet to read a form off, with what was read before (4 queries)."""
    by = request.worker
    known = queries.suppliers_known(pharmacy_id=by.pharmacy_id)
    found: dict[str, object] = {
        "tab": "orders",
        "known": [(str(row.pk), f"{to.name}, DEA {to.dea}") for row, to in known],
        "rights": [(each.value, each.value) for each in SignedAs],
        "places": range(1, LINES_TYPED + 1),
        "may_not": queries.may_sign_problems(by),
    }
    return answered(request, "vault/taken_over.html", found, problems, beside=SHOWN)


def order(request: StaffRequest, form_id: int) -> HttpResponse:
    """One form as it lies there, and what can be done with it now (8 queries and a search)."""
    request.worker.must(Duty.READ_RECORDS)
    return order_page(request, form_id)


def order_page(
    request: StaffRequest, form_id: int, problems: Sequence[Problem] = ()
) -> HttpResponse:
    """A form, with what was typed and what is wrong with it."""
    by = request.worker
    row = queries.form_of(pharmacy_id=by.pharmacy_id, form_id=form_id, on=by.today)
    if row is None:
        raise Http404
    written = row.form.state == FormState.WRITTEN
    asked = (request.POST.get("q") or request.GET.get("q", "")).strip()[:100]
    items = queries.items_for(asked, pharmacy_id=by.pharmacy_id) if written else []
    defects = federal("DEA-105", on=by.today)
    signs = by.may(Duty.SIGN_DEA_ORDER)
    writes = by.may(Duty.PREPARE_DEA_ORDER)
    can = [each for each in acts_of(row) if (writes if each[0] == "endorsed" else signs)]
    wanted = request.POST.get("act") or request.GET.get("act", "")
    found = {
        "tab": "orders",
        "can": can,
        "act": next((each for each in can if each[0] == wanted), None),
        "row": row,
        "form": row.form,
        "state": row.form.state,
        "chart": lines_drawn(row.lines, title="What came of each line") if row.lines else "",
        "days": days_drawn(row),
        "asked": asked,
        "items": [(str(each.pk), item_says(each)) for each in items],
        "may_not": queries.may_sign_problems(by),
        "defects": defects.names(),
        "defects_cite": defects.cite,
        "named": people(by.pharmacy_id),
        "writes": writes,
        "signs": signs,
    }
    return answered(request, "vault/order.html", found, problems, beside=SHOWN)


def acts_of(row: queries.Standing) -> list[tuple[str, str, str]]:
    """What may become of a form that is not filled: its name, its word, its key."""
    open_lines = any(each.line.void_on is None and each.to_come for each in row.lines)
    return [
        (name, word, key)
        for name, word, key, states, fits in (
            ("void-line", "Line void", "F5", (FormState.SIGNED, FormState.SENT), open_lines),
            ("endorsed", "Passed on", "F6", (FormState.SENT,), not row.form.endorsed_on),
            ("lost", "Lost", "F7", (FormState.SENT,), not row.received),
            ("cancel", "Cancel", "F8", (FormState.SENT,), True),
            ("void", "Void", "F9", queries.OPEN, not row.received),
        )
        if fits and row.form.state in states
    ]


def item_says(package: Package) -> str:
    """A package as a line of the form names it, and whose it is."""
    size = writing.size_of(package)
    return f"{package.product} · {size} · {package.ndc} · {package.product.labeler}"


def done(request: StaffRequest, form_id: int, act: Act) -> HttpResponse:
    """The form after an act, or as it was with every reason why not."""
    return done_or_again(
        act,
        again=lambda problems: order_page(request, form_id, problems),
        then=lambda: redirect("vault:order", form_id=form_id),
    )


@require_POST
def write(request: StaffRequest, form_id: int) -> HttpResponse:
    """Write the next line."""
    by, typed = request.worker, request.POST
    by.must(Duty.PREPARE_DEA_ORDER)

    def act() -> object:
        return writing.write_line(
            by=by,
            form_id=form_id,
            package_id=number(typed.get("package", ""), field="package"),
            packages=read_count(typed, "packages", what="how many packages"),
        )

    return done(request, form_id, act)


@require_POST
def drop(request: StaffRequest, form_id: int) -> HttpResponse:
    """Take the last line off again."""
    by = request.worker
    by.must(Duty.PREPARE_DEA_ORDER)
    return done(request, form_id, lambda: writing.drop_last_line(by=by, form_id=form_id))


@require_POST
def sign(request: StaffRequest, form_id: int) -> HttpResponse:
    """Sign and date it."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_DEA_ORDER)

    def act() -> object:
        return writing.sign_form(
            by=by,
            form_id=form_id,
            lines_completed=read_count(
                typed, "lines_completed", what="the last line completed"
            ),
            signed_on=read_day(typed, "signed_on"),
        )

    return done(request, form_id, act)


@require_POST
def send(request: StaffRequest, form_id: int) -> HttpResponse:
    """The original goes to the supplier."""
    by, kept = request.worker, "copy_kept" in request.POST
    by.must(Duty.PREPARE_DEA_ORDER)
    return done(
        request, form_id, lambda: writing.send_form(by=by, form_id=form_id, copy_kept=kept)
    )


@require_POST
def void(request: StaffRequest, form_id: int) -> HttpResponse:
    """Make the whole form void."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_DEA_ORDER)

    def act() -> object:
        because, defects = typed.get("because", ""), typed.getlist("defects")
        return ending.void_form(by=by, form_id=form_id, because=because, defects=defects)

    return done(request, form_id, act)


@require_POST
def void_line(request: StaffRequest, form_id: int) -> HttpResponse:
    """Make a line of it void."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_DEA_ORDER)

    def act() -> object:
        line_id = number(typed.get("line", ""), field="line")
        return ending.void_line(by=by, line_id=line_id, because=typed.get("because", ""))

    return done(request, form_id, act)


@require_POST
def cancel(request: StaffRequest, form_id: int) -> HttpResponse:
    """Cancel what the supplier has not filled."""
    by, because = request.worker, request.POST.get("because", "")
    by.must(Duty.SIGN_DEA_ORDER)
    return done(
        request,
        form_id,
        lambda: ending.cancel_form(by=by, form_id=form_id, because=because),
    )


@require_POST
def lost(request: StaffRequest, form_id: int) -> HttpResponse:
    """State that it never reached its supplier."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_DEA_ORDER)

    def act() -> object:
        said = read_lost(typed, pharmacy_id=by.pharmacy_id)
        return ending.state_lost(by=by, form_id=form_id, lost=said)

    return done(request, form_id, act)


@require_POST
def endorsed(request: StaffRequest, form_id: int) -> HttpResponse:
    """Write down that the supplier passed it on."""
    by, typed = request.worker, request.POST
    by.must(Duty.PREPARE_DEA_ORDER)

    def act() -> object:
        return ending.note_endorsed(
            by=by,
            form_id=form_id,
            to=read_supplier(typed, pharmacy_id=by.pharmacy_id),
            endorsed_on=read_day(typed, "endorsed_on"),
        )

    return done(request, form_id, act)
