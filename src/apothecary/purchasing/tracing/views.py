"""The screens of tracing: what is held, documents, an inspector's answer, a package's way."""

import csv
import io
import json
from collections.abc import Iterator

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apothecary.law.problem import Refused, refuse
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.tracing import forms, history, queries
from apothecary.purchasing.tracing.answering import Answer, as_rows, trace
from apothecary.purchasing.tracing.cases.deciding import sender_of
from apothecary.purchasing.tracing.holding import waive
from apothecary.purchasing.tracing.models import TracedPackage
from apothecary.purchasing.tracing.paper import answer_pdf
from apothecary.purchasing.tracing.rules import enforced, exemptions
from apothecary.purchasing.tracing.size import STRICTER, say_size, size_row
from apothecary.purchasing.tracing.taking import take_document
from apothecary.purchasing.wholesalers.queries import wholesalers
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest

SHOWN = 200
MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json", "pdf": "application/pdf"}


@require_GET
def board(request: StaffRequest) -> HttpResponse:
    """What is held and what to do next, cases with their clocks, questions (7 queries)."""
    by = request.worker
    by.must(Duty.MANAGE_STOCK)
    of = by.pharmacy_id
    size = size_row(pharmacy_id=of)
    facts = {
        "held": queries.held_packages(pharmacy_id=of),
        "cases": queries.open_cases(pharmacy_id=of, at=by.at),
        "closed": queries.closed_cases(pharmacy_id=of),
        "asked": queries.waiting_verifications(pharmacy_id=of),
        "exemptions": [(one.code, one.says) for one in exemptions().values() if one.inbound],
        "size": size,
        "rule": enforced()[size.size if size else STRICTER],
        "sizes": [(name, name) for name in enforced()],
        "may_decide": by.may(Duty.DECIDE_SUSPECT),
        "may_set": by.may(Duty.SET_POLICY),
        "now": by.at,
        "partners": [(str(one.pk), one.name) for one in wholesalers(pharmacy_id=of)],
    }
    return render(request, "purchasing/tracing.html", facts)


@require_POST
def let_in(request: StaffRequest, received_id: int) -> HttpResponse:
    """A package that needs no transaction information."""
    waive(
        by=request.worker,
        received_id=received_id,
        exemption=forms.line(request.POST, "exemption"),
        because=forms.line(request.POST, "because"),
    )
    return redirect("purchasing:tracing")


@require_POST
def size(request: StaffRequest) -> HttpResponse:
    """How large the owner is."""
    say_size(
        by=request.worker,
        size=forms.line(request.POST, "size"),
        evidence=forms.said(request.POST, "evidence"),
    )
    return redirect("purchasing:tracing")


@require_GET
def documents(request: StaffRequest) -> HttpResponse:
    """What sellers told us, and what was set aside of it (3 queries)."""
    request.worker.must(Duty.ORDER_STOCK)
    of = request.worker.pharmacy_id
    facts = {
        "aside": queries.documents(pharmacy_id=of, aside=True),
        "last": queries.documents(pharmacy_id=of, aside=False),
        "wholesalers": [(one.code, one.name) for one in wholesalers(pharmacy_id=of)],
    }
    return render(request, "purchasing/tracing_documents.html", facts)


@require_POST
def upload(request: StaffRequest) -> HttpResponse:
    """Take in a document that somebody has as a file."""
    request.worker.must(Duty.ORDER_STOCK)
    sent = request.FILES.get("file")
    if sent is None:
        raise refuse("Choose a tracing document.", code="file-missing", field="file")
    row = take_document(
        by=request.worker,
        partner=forms.line(request.POST, "partner"),
        raw=sent.read(),
        name=str(sent.name or ""),
    )
    return redirect("purchasing:tracing-document", document_id=row.pk)


@require_GET
def document(request: StaffRequest, document_id: int) -> HttpResponse:
    """One document: what it tells, what was wrong, and as it came (3 queries)."""
    request.worker.must(Duty.ORDER_STOCK)
    found = queries.document_page(
        pharmacy_id=request.worker.pharmacy_id, document_id=document_id
    )
    if found is None:
        raise Http404
    return render(request, "purchasing/tracing_document.html", {"page": found})


@require_GET
def answer(request: StaffRequest) -> HttpResponse:
    """What an inspector asked, and everything that fits (3 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    said = request.GET.get("said", "").strip()
    facts: dict[str, object] = {"said": said, "answer": None, "problems": [], "shown": SHOWN}
    if not said:
        return render(request, "purchasing/tracing_answer.html", facts)
    try:
        facts["answer"] = trace(by=request.worker, said=said)
    except Refused as refusal:
        facts["problems"] = refusal.problems
    status = CONFLICT if facts["problems"] else 200
    return render(request, "purchasing/tracing_answer.html", facts, status=status)


@require_GET
def export(request: StaffRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same answer to take away, as CSV, JSON or paper (3 queries, 4 for paper)."""
    by = request.worker
    by.must(Duty.READ_RECORDS)
    if kind not in MEDIA:
        raise Http404
    found = trace(by=by, said=request.GET.get("said", ""))
    if kind == "pdf":
        here = sender_of(by)
        paper = answer_pdf(found, pharmacy=here.name, address=here.address)
        response: HttpResponse | StreamingHttpResponse = HttpResponse(paper)
    else:
        pieces = csv_pieces(found) if kind == "csv" else json_pieces(found)
        response = StreamingHttpResponse(pieces)
    response["Content-Type"] = MEDIA[kind]
    response["Content-Disposition"] = f'attachment; filename="tracing-answer.{kind}"'
    return response


def csv_pieces(found: Answer) -> Iterator[str]:
    """A line of names, then a line a package; nothing when nothing fits."""
    for place, row in enumerate(as_rows(found)):
        held = io.StringIO()
        writer = csv.DictWriter(held, fieldnames=list(row), lineterminator="\n")
        if place == 0:
            writer.writeheader()
        writer.writerow({name: guarded(value) for name, value in row.items()})
        yield held.getvalue()


def guarded(value: str) -> str:
    """A cell that a spreadsheet would run as a formula is text."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def json_pieces(found: Answer) -> Iterator[str]:
    """One object: what was asked, when, and each package."""
    head = {"said": found.said, "asked_at": found.asked_at.isoformat()}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "packages": ['
    for place, row in enumerate(as_rows(found)):
        yield (", " if place else "") + json.dumps(row, ensure_ascii=False)
    yield "]}"


@require_GET
def told(request: StaffRequest, traced_id: int) -> HttpResponse:
    """The way of a package that a seller told of (4 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    row = TracedPackage.objects.filter(
        pharmacy_id=request.worker.pharmacy_id, pk=traced_id
    ).first()
    if row is None:
        raise Http404
    return way(request, row.gtin, row.serial, traced_id=row.pk)


@require_GET
def came(request: StaffRequest, received_id: int) -> HttpResponse:
    """The way of a package that came to the door (4 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    row = ReceivedPackage.objects.filter(
        pharmacy_id=request.worker.pharmacy_id, pk=received_id
    ).first()
    if row is None or not row.serial:
        raise Http404
    return way(request, row.gtin, row.serial)


def way(
    request: StaffRequest, gtin: str, serial: str, *, traced_id: int | None = None
) -> HttpResponse:
    """One package from its maker to where it is."""
    by = request.worker
    found = history.package_history(
        pharmacy_id=by.pharmacy_id, gtin=gtin, serial=serial, traced_id=traced_id
    )
    if found is None:
        raise Http404
    facts = {
        "way": found,
        "drawing": history.drawn(found),
        "may_hold": by.may(Duty.MANAGE_STOCK),
        "asked": queries.asked_of(pharmacy_id=by.pharmacy_id, gtin=gtin, serial=serial),
    }
    return render(request, "purchasing/tracing_package.html", facts)
