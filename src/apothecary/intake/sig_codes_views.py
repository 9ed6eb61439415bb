"""The screen of the pharmacy's own sig codes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apothecary.intake.actions.sig_codes import (
    add_sig_code,
    change_sig_code,
    retire_sig_code,
)
from apothecary.intake.page import row_key
from apothecary.intake.sig_codes import lines_of, preview
from apothecary.law.problem import Problem, Refused
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest, write_down

LIST = "intake:sig-codes"


@require_GET
def sig_codes(request: StaffRequest) -> HttpResponse:
    """Every code, and for whoever keeps them the form; ``change`` names the one to change."""
    return codes_page(request, chosen=row_key(request.GET.dict(), "change"))


def codes_page(
    request: StaffRequest, *, chosen: int = 0, problems: tuple[Problem, ...] = ()
) -> HttpResponse:
    """The list with the form; refused, it keeps what was typed and says why."""
    by = request.worker
    lines = lines_of(by.pharmacy_id)
    row = next((ln.row for ln in lines if ln.row.pk == chosen and not ln.row.retired_at), None)
    typed = {
        "code": row.code if row else typed_text(request, "code"),
        "means": typed_text(request, "means") or (row.means if row else ""),
    }
    facts = {
        "lines": lines,
        "row": row,
        "typed": typed,
        "problems": problems,
        "shown": preview(typed["code"], typed["means"]) if any(typed.values()) else None,
        "may_keep": by.may(Duty.KEEP_SIG_CODES),
    }
    return render(request, "intake/sig_codes.html", facts, status=CONFLICT if problems else 200)


def typed_text(request: HttpRequest, name: str) -> str:
    """A field as it was typed."""
    return str(request.POST.get(name) or request.GET.get(name, ""))


@require_GET
def code_preview(request: StaffRequest) -> HttpResponse:
    """The English a code would make, while it is typed."""
    request.worker.must(Duty.KEEP_SIG_CODES)
    shown = preview(typed_text(request, "code"), typed_text(request, "means"))
    return render(request, "intake/_sig_code.html", {"shown": shown})


@require_POST
def add(request: StaffRequest) -> HttpResponse:
    """Keep a new code."""
    try:
        add_sig_code(
            by=request.worker,
            code=typed_text(request, "code"),
            means=typed_text(request, "means"),
            confirmed=bool(request.POST.get("confirmed")),
        )
    except Refused as refusal:
        return refused(request, refusal)
    return redirect(LIST)


@require_POST
def change(request: StaffRequest, sig_code_id: int) -> HttpResponse:
    """Let a code stand for something else."""
    try:
        change_sig_code(
            by=request.worker,
            sig_code_id=sig_code_id,
            means=typed_text(request, "means"),
            confirmed=bool(request.POST.get("confirmed")),
        )
    except Refused as refusal:
        return refused(request, refusal, chosen=sig_code_id)
    return redirect(LIST)


@require_POST
def retire(request: StaffRequest, sig_code_id: int) -> HttpResponse:
    """Read a code no longer."""
    try:
        retire_sig_code(by=request.worker, sig_code_id=sig_code_id)
    except Refused as refusal:
        return refused(request, refusal)
    return redirect(LIST)


def refused(request: StaffRequest, refusal: Refused, *, chosen: int = 0) -> HttpResponse:
    """The page again with every reason; one with a citation is written down."""
    write_down(request, refusal.problems)
    return codes_page(request, chosen=chosen, problems=tuple(refusal.problems))
