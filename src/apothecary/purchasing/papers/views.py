"""Papers of wholesalers: what came, what was set aside and why, what each says."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apothecary.purchasing import queries
from apothecary.purchasing.forms import text
from apothecary.purchasing.papers import taking
from apothecary.purchasing.wholesalers.queries import wholesalers
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest


@require_GET
def papers(request: StaffRequest) -> HttpResponse:
    """What nobody could act on, and what came last (3 queries)."""
    request.worker.must(Duty.ORDER_STOCK)
    of = request.worker.pharmacy_id
    facts = {
        "aside": list(queries.papers_aside(pharmacy_id=of)[: queries.ROWS]),
        "last": list(queries.last_papers(pharmacy_id=of)),
        "wholesalers": wholesalers(pharmacy_id=of),
    }
    return render(request, "purchasing/papers.html", facts)


@require_GET
def paper(request: StaffRequest, paper_id: int) -> HttpResponse:
    """One paper, segment by segment (1 query)."""
    request.worker.must(Duty.ORDER_STOCK)
    found = queries.paper_page(pharmacy_id=request.worker.pharmacy_id, paper_id=paper_id)
    if found is None:
        raise Http404
    row, segments = found
    return render(request, "purchasing/paper.html", {"row": row, "segments": segments})


@require_POST
def again(request: StaffRequest, paper_id: int) -> HttpResponse:
    """What it lacked is there now."""
    taking.try_again(by=request.worker, paper_id=paper_id)
    return redirect("purchasing:paper", paper_id=paper_id)


@require_POST
def dismiss(request: StaffRequest, paper_id: int) -> HttpResponse:
    """Nothing is done about it."""
    because = text(request.POST, "because")
    taking.dismiss_paper(by=request.worker, paper_id=paper_id, because=because)
    return redirect("purchasing:papers")
