"""The pages of counting: what is due, a sheet walked line by line, how many are left."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apothecary.drugs.barcode import package_of
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Person
from apothecary.stock.counting import actions, queries
from apothecary.stock.counting.models import CountLine, CountSheet, Scope
from apothecary.stock.counting.rules import WHY_SAYS, LineState, Why
from apothecary.stock.counting.touching import touch_question
from apothecary.stock.forms import amount, number, read_code
from apothecary.stock.places.forms import chosen

ROWS = 50
SCOPES = [choice for choice in Scope.choices if choice[0] != Scope.TOUCH]
COUNTABLE = {LineState.ASKED.value, LineState.RECOUNT.value}


def counts(request: StaffRequest) -> HttpResponse:
    """The open sheets, what is due, and the form of a new sheet (5 queries, or 6)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    people = Person.objects.filter(pharmacy_id=by.pharmacy_id, active=True).order_by("name")
    due = queries.counts_due(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    sheets = queries.open_sheets(pharmacy_id=by.pharmacy_id)
    by_place = any(each.sheet.scope == Scope.PLACE for each in sheets)
    facts = {
        "sheets": sheets,
        "due": due[:ROWS],
        "overdue": sum(row.due_on <= by.today for row in due),
        "scopes": SCOPES,
        "scope_says": dict(Scope.choices),
        "people": [(str(person.pk), person.name) for person in people],
        "named": queries.places_named(pharmacy_id=by.pharmacy_id) if by_place else {},
    }
    return render(request, "stock/counts.html", facts)


@require_POST
def start(request: StaffRequest) -> HttpResponse:
    """Make a sheet."""
    request.worker.must(Duty.MANAGE_STOCK)
    typed = request.POST
    scope = chosen(Scope, typed.get("scope", ""), field="scope")
    pick = queries.Pick(scope, typed.get("of", "").strip())
    if scope is Scope.PLACE:
        pick = queries.Pick(
            scope, queries.place_meant(pick.of, pharmacy_id=request.worker.pharmacy_id)
        )
    counter = typed.get("counter", "").strip()
    sheet = actions.start_count(
        by=request.worker,
        pick=pick,
        counter_id=number(counter, field="counter") if counter else None,
    )
    return redirect("stock:sheet", sheet_id=sheet.pk)


def sheet(request: StaffRequest, sheet_id: int) -> HttpResponse:
    """A sheet with the line that is to be counted or signed next (3 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    found = CountSheet.objects.filter(pharmacy_id=by.pharmacy_id, pk=sheet_id).first()
    if found is None:
        raise Http404
    lines = queries.lines_of(pharmacy_id=by.pharmacy_id, sheet_id=sheet_id)
    wanted = request.GET.get("line", "")
    mine = [line for line in lines if is_mine(line, found, by.person_id)]
    facts = {
        "sheet": found,
        "title": dict(Scope.choices)[found.scope],
        "lines": lines,
        "named": queries.places_named(pharmacy_id=by.pharmacy_id),
        "current": next((line for line in mine if str(line.pk) == wanted), None)
        or next(iter(mine), None),
        "whys": [(why.value, says) for why, says in WHY_SAYS.items()],
        "left": sum(line.state in COUNTABLE for line in lines),
    }
    return render(request, "stock/sheet.html", facts)


def is_mine(line: CountLine, sheet: CountSheet, person_id: int | None) -> bool:
    """Whether this person may count the line now."""
    if line.state == LineState.RECOUNT:
        return line.counted_by_id != person_id
    return line.state == LineState.ASKED and sheet.counter_id == person_id


@require_POST
def scan(request: StaffRequest, sheet_id: int) -> HttpResponse:
    """Go to the line of the bottle in hand."""
    request.worker.must(Duty.MANAGE_STOCK)
    code = read_code(request.POST.get("code", ""))
    package = package_of(code)
    lines = queries.lines_of(pharmacy_id=request.worker.pharmacy_id, sheet_id=sheet_id)
    of_package = [line for line in lines if line.lot.package_id == package.pk]
    line = next((line for line in of_package if code.lot in {"", line.lot.number}), None)
    if line is None:
        says = f"{package.product}, lot {code.lot or 'any'}, is not on this sheet."
        raise refuse(says, code="not-on-the-sheet", field="code")
    response = HttpResponse(status=204)
    response["HX-Redirect"] = f"{reverse('stock:sheet', args=[sheet_id])}?line={line.pk}"
    return response


@require_POST
def enter(request: StaffRequest, line_id: int) -> HttpResponse:
    """Say how much is there, without having seen the books; on to the next line."""
    counted = amount(request.POST.get("counted", ""), field="counted")
    line = actions.enter_count(by=request.worker, line_id=line_id, counted=counted)
    return redirect("stock:sheet", sheet_id=line.sheet_id)


@require_POST
def settle(request: StaffRequest, line_id: int) -> HttpResponse:
    """Sign a difference with its reason."""
    request.worker.must(Duty.MANAGE_STOCK)
    reason = chosen(Why, request.POST.get("reason", ""), field="reason")
    note = request.POST.get("note", "")
    line = actions.settle_line(by=request.worker, line_id=line_id, reason=reason, note=note)
    return redirect("stock:sheet", sheet_id=line.sheet_id)


@require_POST
def anew(request: StaffRequest, line_id: int) -> HttpResponse:
    """Have a line counted anew."""
    because = request.POST.get("because", "")
    line = actions.ask_anew(by=request.worker, line_id=line_id, because=because)
    return redirect("stock:sheet", sheet_id=line.sheet_id)


@require_POST
def close(request: StaffRequest, sheet_id: int) -> HttpResponse:
    """Close a sheet."""
    because = request.POST.get("because", "")
    actions.close_sheet(by=request.worker, sheet_id=sheet_id, because=because)
    return redirect("stock:counts")


@require_POST
def found(request: StaffRequest, sheet_id: int) -> HttpResponse:
    """Put a lot on the sheet that the books do not have there."""
    request.worker.must(Duty.MANAGE_STOCK)
    lot = queries.lot_numbered(
        request.POST.get("lot_number", ""), pharmacy_id=request.worker.pharmacy_id
    )
    place = number(request.POST.get("place", ""), field="place")
    line = actions.add_found(
        by=request.worker, sheet_id=sheet_id, place_id=place, lot_id=lot.pk
    )
    return redirect(f"{reverse('stock:sheet', args=[sheet_id])}?line={line.pk}")


@require_http_methods(["GET", "POST"])
def left(request: StaffRequest) -> HttpResponse:
    """How many are left? A piece for the page of a natural touch; empty when not worth it."""
    by = request.worker
    by.must(Duty.MANAGE_STOCK)
    typed = request.POST if request.method == "POST" else request.GET
    place = number(typed.get("place", ""), field="place")
    lot = number(typed.get("lot", ""), field="lot")
    vials = amount(typed.get("in_vials", "") or "0", field="in_vials")
    if request.method == "GET":
        asked = touch_question(by=by, place_id=place, lot_id=lot)
        return render(request, "stock/left.html", {"asked": asked, "in_vials": vials})
    counted = amount(typed.get("left", ""), field="left")
    line = actions.answer_left(by=by, place_id=place, lot_id=lot, left=counted, in_vials=vials)
    return render(request, "stock/left.html", {"asked": None, "answered": True, "line": line})
