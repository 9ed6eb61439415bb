"""The pages of counting the vault and of discrepancies."""

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Person
from apothecary.stock.forms import amount, number
from apothecary.stock.models import Place
from apothecary.vault.book import cases, counting
from apothecary.vault.book.case_facts import case_facts
from apothecary.vault.book.forms import read_signature
from apothecary.vault.book.models import DiscrepancyCase, VaultCount, VaultCountLine
from apothecary.vault.book.rules import ON_HAND, UNSETTLED, CaseState, LineState

ROWS = 50


def people(pharmacy_id: int) -> dict[int, str]:
    """The names of everybody who works or worked here (1 query)."""
    rows = Person.objects.filter(pharmacy_id=pharmacy_id)
    return dict(rows.values_list("pk", "name"))


def counts(request: StaffRequest) -> HttpResponse:
    """Open and past counts, and the form that begins one (4 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = VaultCount.objects.filter(pharmacy_id=by.pharmacy_id).select_related("place")
    said = rows.annotate(
        asked=Count("lines"),
        left=Count("lines", filter=Q(lines__state__in=counting.OPEN)),
        differ=Count("lines", filter=Q(lines__state=LineState.DIFFERS.value)),
    )
    kinds = [kind.value for kind in ON_HAND]
    places = Place.objects.filter(
        pharmacy_id=by.pharmacy_id, kind__in=kinds, closed_at=None,
        balance__on_hand__gt=0, balance__lot__package__product__schedule__gte=2,
    )  # fmt: skip
    found = {
        "tab": "counts",
        "rows": list(said.order_by("closed_at", "-id")[:ROWS]),
        "places": [(str(each.pk), each.name) for each in places.distinct().order_by("name")],
        "named": people(by.pharmacy_id),
    }
    return render(request, "vault/counts.html", found)


@require_POST
def start_count(request: StaffRequest) -> HttpResponse:
    """Begin a count with a second person."""
    request.worker.must(Duty.COUNT_VAULT)
    place = number(request.POST.get("place", ""), field="place")
    made = counting.start_vault_count(
        by=request.worker, place_id=place, signature=read_signature(request.POST)
    )
    return redirect("vault:count", count_id=made.pk)


def count(request: StaffRequest, count_id: int) -> HttpResponse:
    """A count with the line to be counted next; the books are not in it (3 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    counts = VaultCount.objects.filter(pharmacy_id=by.pharmacy_id).select_related("place")
    row = counts.filter(pk=count_id).first()
    if row is None:
        raise Http404
    lines = list(row.lines.select_related("lot__package__product", "case").order_by("id"))
    wanted = request.GET.get("line", "")
    mine = [line for line in lines if is_mine(line, row, by.person_id)]
    found = {
        "tab": "counts",
        "count": row,
        "lines": lines,
        "current": next((line for line in mine if str(line.pk) == wanted), None)
        or next(iter(mine), None),
        "left": sum(line.state in counting.OPEN for line in lines),
        "named": people(by.pharmacy_id),
    }
    return render(request, "vault/count.html", found)


def is_mine(line: VaultCountLine, row: VaultCount, person_id: int | None) -> bool:
    """Whether this person may count the line now."""
    if line.state == LineState.RECOUNT:
        return line.counted_by_id != person_id
    return line.state == LineState.ASKED and person_id in {row.counter_id, row.witness_id}


@require_POST
def enter(request: StaffRequest, line_id: int) -> HttpResponse:
    """Say how much there is, and on to the next line."""
    request.worker.must(Duty.COUNT_VAULT)
    counted = amount(request.POST.get("counted", ""), field="counted")
    line = counting.enter_vault_count(by=request.worker, line_id=line_id, counted=counted)
    return redirect("vault:count", count_id=line.count_id)


@require_POST
def give_up(request: StaffRequest, count_id: int) -> HttpResponse:
    """End a count with lines nobody has counted."""
    because = request.POST.get("because", "")
    counting.give_up_count(by=request.worker, count_id=count_id, because=because)
    return redirect("vault:counts")


def discrepancies(request: StaffRequest) -> HttpResponse:
    """Discrepancies, those that wait first (2 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = DiscrepancyCase.objects.filter(pharmacy_id=by.pharmacy_id)
    rows = rows.select_related("lot__package__product", "place")
    waiting = list(rows.filter(state__in=cases.WAITING).order_by("id")[:ROWS])
    settled = rows.exclude(state__in=cases.WAITING).order_by("-id")[: ROWS - len(waiting)]
    found = {
        "tab": "cases",
        "waiting": len(waiting),
        "rows": [*waiting, *settled],
        "named": people(by.pharmacy_id),
        "open_states": [state.value for state in UNSETTLED],
    }
    return render(request, "vault/cases.html", found)


def case(request: StaffRequest, case_id: int) -> HttpResponse:
    """A discrepancy with the facts the house gathered (6 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    known = case_facts(pharmacy_id=by.pharmacy_id, case_id=case_id)
    if known is None:
        raise Http404
    state = CaseState(known.case.state)
    found = {
        "tab": "cases",
        "facts": known,
        "case": known.case,
        "notes": known.case.notes.order_by("id"),
        "waits": state in UNSETTLED,
        "settles": by.may(Duty.CLOSE_DISCREPANCY),
        "said": state in {CaseState.EXPLAINED, CaseState.UNEXPLAINED},
        "unexplained": state is CaseState.UNEXPLAINED,
    }
    return render(request, "vault/case.html", found)


@require_POST
def note(request: StaffRequest, case_id: int) -> HttpResponse:
    """Write into a case."""
    cases.note_case(by=request.worker, case_id=case_id, text=request.POST.get("text", ""))
    return redirect("vault:case", case_id=case_id)


@require_POST
def explain(request: StaffRequest, case_id: int) -> HttpResponse:
    """Say what has happened."""
    said = request.POST.get("explanation", "")
    cases.explain_case(by=request.worker, case_id=case_id, explanation=said)
    return redirect("vault:case", case_id=case_id)


@require_POST
def unexplained(request: StaffRequest, case_id: int) -> HttpResponse:
    """Say that nothing explains it."""
    said = request.POST.get("explanation", "")
    cases.find_unexplained(by=request.worker, case_id=case_id, explanation=said)
    return redirect("vault:case", case_id=case_id)


@require_POST
def close(request: StaffRequest, case_id: int) -> HttpResponse:
    """Close it, with the correcting move or after a count that agreed."""
    because = request.POST.get("because", "")
    cases.close_case(
        by=request.worker,
        case_id=case_id,
        because=because,
        correct=request.POST.get("correct") == "yes",
    )
    return redirect("vault:case", case_id=case_id)
