"""The pages of recalls: the board, one recall, its call list, a notice typed in, the report."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apothecary.law.problem import Problem, Refused
from apothecary.returns.recalls import calling, queries, taking, working
from apothecary.returns.recalls.coming import set_aside_notices
from apothecary.returns.recalls.forms import choice, line, read_meant, read_notice
from apothecary.returns.recalls.paper import names_of, report_pdf
from apothecary.returns.recalls.queries import Page
from apothecary.returns.recalls.rules import MEANINGS
from apothecary.returns.recalls.states import OUTCOMES, CallOutcome, Depth, Kind, Way
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest
from apothecary.staff.models import Pharmacy
from apothecary.stock.forms import amount

LONGEST_REPLY = 1_000


@require_GET
def board(request: StaffRequest) -> HttpResponse:
    """The recalls that are worked, or the closed ones (2 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by, closed = request.worker, "closed" in request.GET
    facts = {
        "rows": queries.board(pharmacy_id=by.pharmacy_id, today=by.today, closed=closed),
        "closed": closed,
        "aside": set_aside_notices(pharmacy_id=by.pharmacy_id),
    }
    return render(request, "returns/recalls.html", facts)


def page_or_404(request: StaffRequest, recall_id: int) -> Page:
    """One recall, or no such page."""
    by = request.worker
    page = queries.recall_page(pharmacy_id=by.pharmacy_id, recall_id=recall_id, today=by.today)
    if page is None:
        raise Http404
    return page


@require_GET
def recall(request: StaffRequest, recall_id: int) -> HttpResponse:
    """One recall: its clock, its course, the places to look at (8 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    page = page_or_404(request, recall_id)
    facts = {
        "page": page,
        "recall": page.recall,
        "course": queries.course(page),
        "meaning": MEANINGS[page.recall.recall_class],
        "choices": queries.lots_on_hand(page.recall) if page.recall.doubt else [],
        "may_decide": request.worker.may(Duty.DECIDE_RECALLS),
        "may_work": request.worker.may(Duty.WORK_RECALLS),
    }
    return render(request, "returns/recall.html", facts)


@require_GET
def calls(request: StaffRequest, recall_id: int) -> HttpResponse:
    """Who is to be told, with the words to say (4 queries)."""
    request.worker.must(Duty.WORK_RECALLS)
    found = queries.call_list(
        pharmacy_id=request.worker.pharmacy_id,
        recall_id=recall_id,
        pharmacy_name=request.signed_on.pharmacy_name,
    )
    if found is None:
        raise Http404
    row, people = found
    facts = {
        "recall": row,
        "people": people,
        "left": sum(one.call.done_at is None for one in people),
        "ways": list(Way),
        "outcomes": list(CallOutcome),
        "letter_only": OUTCOMES[Way.LETTER],
    }
    return render(request, "returns/recall_calls.html", facts)


def notice_page(
    request: StaffRequest, typed: QueryDict, problems: list[Problem], *, status: int = 200
) -> HttpResponse:
    """The form of a notice with what was typed."""
    facts = {"typed": typed, "problems": problems, "kinds": list(Kind), "depths": list(Depth)}
    return render(request, "returns/recall_new.html", facts, status=status)


def new(request: StaffRequest) -> HttpResponse:
    """A notice that came by letter, fax or phone."""
    request.worker.must(Duty.WORK_RECALLS)
    if request.method != "POST":
        return notice_page(request, QueryDict(), [])
    try:
        typed, packages, instructions = read_notice(request.POST)
        row = taking.type_notice(
            by=request.worker, typed=typed, packages=packages, instructions=instructions
        )
    except Refused as refusal:
        return notice_page(request, request.POST, refusal.problems, status=CONFLICT)
    return redirect("returns:recall", recall_id=row.pk)


@require_POST
def decide(request: StaffRequest, recall_id: int) -> HttpResponse:
    """Which lots are meant."""
    request.worker.must(Duty.DECIDE_RECALLS)
    meant = read_meant(request.POST)
    working.decide_lots(by=request.worker, recall_id=recall_id, meant=meant)
    return redirect("returns:recall", recall_id=recall_id)


@require_POST
def look(request: StaffRequest, hit_id: int) -> HttpResponse:
    """What was found at a place."""
    request.worker.must(Duty.WORK_RECALLS)
    row = working.look(
        by=request.worker,
        hit_id=hit_id,
        found=amount(request.POST.get("found", ""), field="found"),
        because=line(request.POST, "because"),
    )
    return redirect("returns:recall", recall_id=row.recall_id)


@require_POST
def deepen(request: StaffRequest, recall_id: int) -> HttpResponse:
    """Down to the patients."""
    request.worker.must(Duty.DECIDE_RECALLS)
    depth = choice(request.POST, "depth", Depth)
    working.deepen(by=request.worker, recall_id=recall_id, depth=depth)
    return redirect("returns:recall", recall_id=recall_id)


@require_POST
def reply(request: StaffRequest, recall_id: int) -> HttpResponse:
    """What the firm was told."""
    request.worker.must(Duty.WORK_RECALLS)
    said = line(request.POST, "reply", longest=LONGEST_REPLY)
    working.reply_to_firm(by=request.worker, recall_id=recall_id, reply=said)
    return redirect("returns:recall", recall_id=recall_id)


@require_POST
def close(request: StaffRequest, recall_id: int) -> HttpResponse:
    """Close it, or say what is left."""
    working.close_recall(by=request.worker, recall_id=recall_id)
    return redirect("returns:recall", recall_id=recall_id)


@require_POST
def call(request: StaffRequest, call_id: int) -> HttpResponse:
    """One try to tell a patient."""
    request.worker.must(Duty.WORK_RECALLS)
    row = calling.note_call(
        by=request.worker,
        call_id=call_id,
        way=choice(request.POST, "way", Way),
        outcome=choice(request.POST, "outcome", CallOutcome),
        note=line(request.POST, "note", longest=LONGEST_REPLY),
    )
    return redirect("returns:recall-calls", recall_id=row.recall_id)


@require_GET
def report(request: StaffRequest, recall_id: int) -> HttpResponse:
    """The report as PDF."""
    request.worker.must(Duty.WORK_RECALLS)
    page = page_or_404(request, recall_id)
    pharmacy = Pharmacy.objects.get(pk=request.worker.pharmacy_id)
    found = queries.call_list(
        pharmacy_id=pharmacy.pk, recall_id=recall_id, pharmacy_name=pharmacy.name
    )
    people = found[1] if found else []
    pdf = report_pdf(page, people, pharmacy, names_of(page))
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="recall-{page.recall.pk}.pdf"'
    return answer
