"""The screens of suspect product: hold it, look into it, decide, tell, dispose, end."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apothecary.law.problem import refuse
from apothecary.purchasing.tracing import forms, queries
from apothecary.purchasing.tracing.cases import deciding, standing, telling
from apothecary.purchasing.tracing.cases.hands import suspect_received
from apothecary.purchasing.tracing.cases.models import DrugNotification, SuspectCase
from apothecary.purchasing.tracing.cases.opening import suspect_lot, take_notice
from apothecary.purchasing.tracing.paper import form_pdf
from apothecary.purchasing.tracing.states import FormKind, Grounds, Source, Why
from apothecary.purchasing.tracing.verifying.asking import ask, is_late
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.stock.forms import once

LONGEST_RAW = 20_000


def to(case_id: int) -> HttpResponse:
    """On to a case."""
    return redirect("purchasing:suspect-case", case_id=case_id)


@require_GET
def case(request: StaffRequest, case_id: int) -> HttpResponse:
    """One case with all that is known, and the next step (8 queries)."""
    by = request.worker
    by.must(Duty.MANAGE_STOCK)
    found = queries.case_page(pharmacy_id=by.pharmacy_id, case_id=case_id, at=by.at)
    if found is None:
        raise Http404
    facts = {
        "page": found,
        "case": found.case,
        "may_decide": by.may(Duty.DECIDE_SUSPECT),
        "grounds": [(one.value, one.value) for one in Grounds],
        "now": by.at,
    }
    return render(request, "purchasing/suspect_case.html", facts)


@require_POST
def hold(request: StaffRequest) -> HttpResponse:
    """Hold a package that came, or a lot that stands here."""
    by, suspicion = request.worker, forms.suspicion_of(request.POST)
    received_id = forms.id_or_none(request.POST, "received")
    lot_id = forms.id_or_none(request.POST, "lot")
    if (received_id is None) == (lot_id is None):
        by.must(Duty.MANAGE_STOCK)
        says = "Name a package that came, or a lot: one of the two."
        raise refuse(says, code="nothing-named", field="lot")
    if received_id is not None:
        row = suspect_received(by=by, received_id=received_id, suspicion=suspicion)
    else:
        row = suspect_lot(by=by, lot_id=lot_id or 0, suspicion=suspicion)
    return to(row.pk)


@require_POST
def notice(request: StaffRequest) -> HttpResponse:
    """A notice of the FDA or of a partner came."""
    row = take_notice(
        by=request.worker,
        ndc=forms.line(request.POST, "ndc"),
        lots=forms.lots_of(request.POST),
        suspicion=forms.suspicion_of(request.POST, usual=Source.PARTNER),
    )
    return to(row.pk)


@require_POST
def verify(request: StaffRequest) -> HttpResponse:
    """Ask whether a package was really made."""
    request.worker.must(Duty.MANAGE_STOCK)
    row = ask(by=request.worker, asked=forms.identifier_of(request.POST), why=Why.ASKED)
    return redirect("purchasing:verification", verification_id=row.pk)


@require_GET
def verification(request: StaffRequest, verification_id: int) -> HttpResponse:
    """One question with its answer, raw (1 query)."""
    by = request.worker
    by.must(Duty.MANAGE_STOCK)
    rows = Verification.objects.filter(pharmacy_id=by.pharmacy_id, pk=verification_id)
    row = rows.select_related("wholesaler", "outgoing", "case").first()
    if row is None:
        raise Http404
    out = row.outgoing
    facts = {
        "row": row,
        "late": is_late(row, by=by),
        "question": bytes(out.raw).decode("ascii", "replace") if out else "",
        "answer": shown(out.answer if out else None),
        "trouble": out.problem if out else "",
        "tries": out.tries if out else 0,
    }
    return render(request, "purchasing/verification.html", facts)


def shown(raw: bytes | memoryview | None) -> str:
    """The beginning of an answer as text; nothing before it came."""
    return bytes(raw)[:LONGEST_RAW].decode("utf-8", "replace") if raw is not None else ""


@require_POST
def note(request: StaffRequest, case_id: int) -> HttpResponse:
    """What somebody found out."""
    deciding.add_note(by=request.worker, case_id=case_id, says=forms.said(request.POST, "says"))
    return to(case_id)


@require_POST
def sample(request: StaffRequest, case_id: int) -> HttpResponse:
    """Ask about as many packages as the law wants."""
    deciding.verify_sample(by=request.worker, case_id=case_id)
    return to(case_id)


@require_POST
def carry(request: StaffRequest, case_id: int) -> HttpResponse:
    """Carry what stands on shelves into quarantine."""
    standing.carry_in(by=request.worker, case_id=case_id, key=once(request.POST))
    return to(case_id)


@require_POST
def clear(request: StaffRequest, case_id: int) -> HttpResponse:
    """It is fit."""
    because = forms.said(request.POST, "because")
    deciding.clear(by=request.worker, case_id=case_id, because=because)
    return to(case_id)


@require_POST
def illegitimate(request: StaffRequest, case_id: int) -> HttpResponse:
    """It is illegitimate: the clock begins."""
    deciding.call_illegitimate(
        by=request.worker,
        case_id=case_id,
        grounds=forms.choice(request.POST, "grounds", Grounds, usual=Grounds.UNFIT),
        because=forms.said(request.POST, "because"),
    )
    return to(case_id)


@require_POST
def write_form(request: StaffRequest, case_id: int) -> HttpResponse:
    """Write a notification to the FDA."""
    telling.write_form(
        by=request.worker,
        case_id=case_id,
        kind=forms.choice(request.POST, "kind", FormKind, usual=FormKind.INITIAL),
        said=forms.said_of(request.POST),
    )
    return to(case_id)


@require_POST
def incident(request: StaffRequest, case_id: int) -> HttpResponse:
    """The number that the FDA gave."""
    number = forms.said(request.POST, "incident")
    telling.note_incident(by=request.worker, case_id=case_id, incident=number)
    return to(case_id)


@require_POST
def disposed(request: StaffRequest, case_id: int) -> HttpResponse:
    """It is disposed of, but for a sample."""
    telling.note_disposed(
        by=request.worker,
        case_id=case_id,
        sample=forms.said(request.POST, "sample"),
        sample_units=forms.units_of(request.POST, "sample_units"),
    )
    return to(case_id)


@require_POST
def end(request: StaffRequest, case_id: int) -> HttpResponse:
    """The FDA was consulted and it is over."""
    because = forms.said(request.POST, "because")
    telling.end_notification(by=request.worker, case_id=case_id, because=because)
    return to(case_id)


@require_GET
def form(request: StaffRequest, form_id: int) -> HttpResponse:
    """A notification as paper (1 query)."""
    by = request.worker
    by.must(Duty.MANAGE_STOCK)
    rows = DrugNotification.objects.filter(pharmacy_id=by.pharmacy_id, pk=form_id)
    row = rows.first()
    if row is None:
        raise Http404
    paper = form_pdf(telling.kept_form(row), case=row.case_id, made_at=row.made_at)
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="notification-{row.pk}.pdf"'
    return response


@require_POST
def told_fda(request: StaffRequest, form_id: int) -> HttpResponse:
    """It went to the FDA."""
    row: SuspectCase = telling.told_fda(
        by=request.worker,
        form_id=form_id,
        how=forms.said(request.POST, "how"),
        incident=forms.said(request.POST, "incident"),
    )
    return to(row.pk)


@require_POST
def told_partner(request: StaffRequest, notice_id: int) -> HttpResponse:
    """A trading partner was told."""
    how = forms.said(request.POST, "how")
    return to(telling.told_partner(by=request.worker, notice_id=notice_id, how=how).pk)
