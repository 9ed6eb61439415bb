"""The list of prior authorizations, and the page on which one is worked."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.claims.authorization import actions
from apothecary.claims.authorization.fax import form_pdf
from apothecary.claims.authorization.forms import answers_in, decision_in, way_in
from apothecary.claims.authorization.paper import answer_of, form_of
from apothecary.claims.authorization.queries import (
    Page,
    authorization_page,
    kind_of,
    open_list,
)
from apothecary.claims.authorization.states import WAY_WORDS
from apothecary.patients.queries import brief
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest


def going(request: StaffRequest, authorization_id: int) -> HttpResponse:
    """To the page of an authorization, for the browser and for htmx."""
    to = reverse("authorizations:one", args=[authorization_id])
    if not request.headers.get("HX-Request"):
        return redirect(to)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = to
    return response


def page_of(request: StaffRequest, authorization_id: int) -> Page:
    """The page of this pharmacy's authorization, or none such."""
    request.worker.must(Duty.WORK_CLAIMS)
    page = authorization_page(by=request.worker, authorization_id=authorization_id)
    if page is None:
        raise Http404
    return page


def listed(request: StaffRequest) -> HttpResponse:
    """Every authorization that somebody waits for or must do something about."""
    request.worker.must(Duty.WORK_CLAIMS)
    lines = open_list(by=request.worker)
    return render(request, "claims/authorizations.html", {"lines": lines})


def one(request: StaffRequest, authorization_id: int) -> HttpResponse:
    """One authorization: how it stands, questions, papers, history."""
    page = page_of(request, authorization_id)
    facts = {
        "page": page,
        "row": page.row,
        "kind": kind_of(page.row),
        "way_words": {way.value: says for way, says in WAY_WORDS.items()},
        "answer_of": answer_of,
        "who": brief(page.row.patient),
    }
    return render(request, "claims/authorization.html", facts)


def form(request: StaffRequest, authorization_id: int) -> HttpResponse:
    """The paper form as PDF, to be faxed to the prescriber or the payer."""
    page = page_of(request, authorization_id)
    made = form_pdf(form_of(page, by=request.worker))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="authorization-{page.row.pk}.pdf"'
    return response


@require_POST
def start(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Start one for a refused claim."""
    row = actions.start_authorization(by=request.worker, claim_id=claim_id)
    return going(request, row.pk)


@require_POST
def ask(request: StaffRequest, authorization_id: int) -> HttpResponse:
    """Ask the payer."""
    request.worker.must(Duty.WORK_CLAIMS)
    way = way_in(request.POST)
    actions.ask(by=request.worker, authorization_id=authorization_id, way=way)
    return going(request, authorization_id)


@require_POST
def answers(request: StaffRequest, authorization_id: int) -> HttpResponse:
    """Keep the answers, and send them where that was asked for."""
    actions.answer_questions(
        by=request.worker,
        authorization_id=authorization_id,
        given=answers_in(request.POST),
        told_by=request.POST.get("told_by", ""),
        send="send" in request.POST,
    )
    return going(request, authorization_id)


@require_POST
def withdraw(request: StaffRequest, authorization_id: int) -> HttpResponse:
    """Take it back."""
    because = request.POST.get("because", "")
    actions.withdraw(by=request.worker, authorization_id=authorization_id, because=because)
    return going(request, authorization_id)


@require_POST
def appeal(request: StaffRequest, authorization_id: int) -> HttpResponse:
    """Contradict a denial."""
    because = request.POST.get("because", "")
    actions.appeal(by=request.worker, authorization_id=authorization_id, because=because)
    return going(request, authorization_id)


@require_POST
def renew(request: StaffRequest, authorization_id: int) -> HttpResponse:
    """Start the next one."""
    row = actions.renew(by=request.worker, authorization_id=authorization_id)
    return going(request, row.pk)


@require_POST
def decision(request: StaffRequest, authorization_id: int) -> HttpResponse:
    """Write down what the payer decided by phone or fax."""
    request.worker.must(Duty.WORK_CLAIMS)
    said = decision_in(request.POST)
    actions.note_decision(by=request.worker, authorization_id=authorization_id, said=said)
    return going(request, authorization_id)


@require_POST
def put_away(request: StaffRequest, authorization_id: int) -> HttpResponse:
    """Off the list."""
    actions.put_away(by=request.worker, authorization_id=authorization_id)
    return going(request, authorization_id)
