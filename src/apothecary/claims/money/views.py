"""The screens of the money room: what payers owe, what they sent, what does not match."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.claims.money import closing, queries
from apothecary.claims.money.importing import load_remittance
from apothecary.claims.money.margins import losses_by, margins_of, under_water
from apothecary.claims.money.models import Difference, RemittanceFile
from apothecary.claims.money.reading import size_problem
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.workbench.charts import amounts

MOST_FILLS, LONGEST_ID = 40, 19


def going(request: StaffRequest, to: str) -> HttpResponse:
    """On to another page, for the browser and for htmx."""
    if not request.headers.get("HX-Request"):
        return redirect(to)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = to
    return response


def money(request: StaffRequest) -> HttpResponse:
    """What payers owe by age, what does not match, what came last (5 queries)."""
    request.worker.must(Duty.WORK_CLAIMS)
    of, kind = request.worker.pharmacy_id, request.GET.get("kind", "")
    owed = queries.receivables(pharmacy_id=of, on=request.worker.today)
    shown = {
        "owed": owed,
        "columns": queries.COLUMNS,
        "chart": amounts(owed.by_age, title="Open by age"),
        "rows": list(queries.differences(pharmacy_id=of, kind=kind)[: queries.ROWS]),
        "kinds": queries.kinds_open(pharmacy_id=of),
        "kind": kind,
        "files": queries.files(pharmacy_id=of),
    }
    return render(request, "claims/money.html", shown)


def open_money(request: StaffRequest) -> HttpResponse:
    """The claims behind a bar (2 queries)."""
    request.worker.must(Duty.WORK_CLAIMS)
    asked = {name: request.GET.get(name, "") for name in ("bin", "age", "held")}
    rows, total = queries.open_claims_of(
        pharmacy_id=request.worker.pharmacy_id,
        on=request.worker.today,
        bin_=asked["bin"],
        age=asked["age"],
        held=bool(asked["held"]),
    )
    shown = {"rows": rows, "total": total, "asked": asked}
    return render(request, "claims/money_open.html", shown)


def beside(request: StaffRequest) -> HttpResponse:
    """Fees and take-backs beside the claims, by payer and month (1 query)."""
    request.worker.must(Duty.WORK_CLAIMS)
    rows = queries.beside_claims(pharmacy_id=request.worker.pharmacy_id)
    return render(request, "claims/money_beside.html", {"rows": rows})


def below_cost(request: StaffRequest) -> HttpResponse:
    """Paid below cost and not sold yet (2 queries)."""
    request.worker.must(Duty.WORK_CLAIMS)
    rows = under_water(pharmacy_id=request.worker.pharmacy_id)
    shown = {
        "rows": rows,
        "by_payer": amounts(losses_by(rows, product=False)[:8], title="Lost by payer"),
        "by_product": amounts(losses_by(rows, product=True)[:8], title="Lost by product"),
    }
    return render(request, "claims/money_under_water.html", shown)


def of_fills(request: StaffRequest) -> HttpResponse:
    """A part of other rooms' pages: what fills leave; with ``wet`` only those below cost.

    3 queries. Nobody is stopped by it, and nobody without the duty sees it.
    """
    request.worker.must(Duty.WORK_CLAIMS)
    given = [text for text in request.GET.getlist("fill") if is_id(text)][:MOST_FILLS]
    found = margins_of(pharmacy_id=request.worker.pharmacy_id, fill_ids=map(int, given))
    wet = [one for one in found if one[1].is_under_water]
    shown = wet if "wet" in request.GET else found
    return render(request, "claims/money_margins.html", {"rows": shown})


def is_id(text: str) -> bool:
    """Whether it is a number that a row can have."""
    return text.isascii() and text.isdigit() and len(text) < LONGEST_ID


@require_POST
def load(request: StaffRequest) -> HttpResponse:
    """Take in a file of remittances; a refused one is shown with its reason."""
    request.worker.must(Duty.WORK_CLAIMS)
    sent = request.FILES.get("file")
    if sent is None:
        raise refuse("Choose a remittance file.", code="file-missing", field="file")
    if says := size_problem(sent.size or 0):
        raise refuse(says, code="remittance-too-large", field="file")
    found = load_remittance(by=request.worker, raw=sent.read(), name=str(sent.name or ""))
    return going(request, reverse("claims:money-file", args=[found.pk]))


def file(request: StaffRequest, file_id: int) -> HttpResponse:
    """One file: what was posted of it, or why nothing was (2 queries)."""
    request.worker.must(Duty.WORK_CLAIMS)
    rows = RemittanceFile.objects.prefetch_related("remittances")
    found = rows.filter(pharmacy_id=request.worker.pharmacy_id, pk=file_id).first()
    if found is None:
        raise Http404
    return render(request, "claims/money_file.html", {"file": found})


def remittance(request: StaffRequest, remittance_id: int) -> HttpResponse:
    """One payment with its lines (3 queries)."""
    request.worker.must(Duty.WORK_CLAIMS)
    of = request.worker.pharmacy_id
    found = queries.remittance_page(pharmacy_id=of, remittance_id=remittance_id)
    if found is None:
        raise Http404
    row, lines, total = found
    shown = {"remittance": row, "lines": lines, "total": total, "words": queries.REASONS}
    return render(request, "claims/money_remittance.html", shown)


def difference(request: StaffRequest, difference_id: int) -> HttpResponse:
    """One difference, every line of its claim, and the keys that close it (2 queries)."""
    request.worker.must(Duty.WORK_CLAIMS)
    of = request.worker.pharmacy_id
    found = queries.difference_page(pharmacy_id=of, difference_id=difference_id)
    if found is None:
        raise Http404
    row, lines = found
    shown = {
        "row": row,
        "lines": lines,
        "is_loss": queries.is_loss(row),
        "may_tie": queries.may_be_tied(row),
        "may_write_off": request.worker.may(Duty.WRITE_OFF),
    }
    return render(request, "claims/money_difference.html", shown)


@require_POST
def dispute(request: StaffRequest, difference_id: int) -> HttpResponse:
    """Told the payer."""
    because = request.POST.get("because", "")
    row = closing.dispute(by=request.worker, difference_id=difference_id, because=because)
    return onward(request, row)


@require_POST
def accept(request: StaffRequest, difference_id: int) -> HttpResponse:
    """It costs us nothing."""
    because = request.POST.get("because", "")
    row = closing.accept(by=request.worker, difference_id=difference_id, because=because)
    return onward(request, row)


@require_POST
def write_off(request: StaffRequest, difference_id: int) -> HttpResponse:
    """Given up."""
    because = request.POST.get("because", "")
    row = closing.write_off(by=request.worker, difference_id=difference_id, because=because)
    return onward(request, row)


@require_POST
def reopen(request: StaffRequest, difference_id: int) -> HttpResponse:
    """The closing is taken back."""
    because = request.POST.get("because", "")
    row = closing.reopen(by=request.worker, difference_id=difference_id, because=because)
    return onward(request, row)


@require_POST
def tie(request: StaffRequest, difference_id: int) -> HttpResponse:
    """It is about this claim."""
    rx = request.POST.get("rx", "")
    row = closing.tie_payment(by=request.worker, difference_id=difference_id, rx=rx)
    return onward(request, row)


def onward(request: StaffRequest, row: Difference) -> HttpResponse:
    """Commit and next: the next difference that nobody has worked, else the list."""
    rows = queries.differences(pharmacy_id=request.worker.pharmacy_id)
    following = rows.filter(disputed_at=None).exclude(pk=row.pk).first()
    if following is None:
        return going(request, reverse("claims:money"))
    return going(request, reverse("claims:money-difference", args=[following.pk]))
