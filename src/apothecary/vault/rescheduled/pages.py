"""The page of changed schedules: what each asks, and the acts that answer it."""

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.stock.forms import parse_day
from apothecary.vault.book.inventory_rules import Business
from apothecary.vault.rescheduled import acting
from apothecary.vault.rescheduled.finding import in_words, on_hand, prescribed
from apothecary.vault.rescheduled.models import ScheduleTask

ROWS = 50
MOST_SHOWN = 12


def tasks(request: StaffRequest) -> HttpResponse:
    """What changed and is open, then what is done with (1 query, and 2 an open task)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = ScheduleTask.objects.filter(pharmacy_id=by.pharmacy_id).select_related(
        "product", "inventory"
    )
    rows = rows.order_by(F("ended_at").desc(nulls_first=True), "id")[:ROWS]
    found = {
        "tab": "rescheduled",
        "open": [shown(task, request) for task in rows if task.ended_at is None],
        "ended": [(task, in_words(task.was), in_words(task.now)) for task in rows
                  if task.ended_at],
        "signs": by.may(Duty.SIGN_INVENTORY),
        "counts": by.may(Duty.TAKE_INVENTORY),
        "businesses": [(each.value, each.value) for each in Business],
    }  # fmt: skip
    return render(request, "vault/rescheduled.html", found)


def shown(task: ScheduleTask, request: StaffRequest) -> dict[str, object]:
    """An open task with what lies here and what is prescribed (2 queries)."""
    by = request.worker
    asked = {"pharmacy_id": by.pharmacy_id, "product_id": task.product_id}
    carried = prescribed(**asked)
    return {
        "task": task,
        "was": in_words(task.was),
        "now": in_words(task.now),
        "on_hand": on_hand(**asked),
        "carried": carried[:MOST_SHOWN],
        "many": len(carried),
        "asks_inventory": acting.asks_inventory(task),
        "begins": not acting.begin_problems(task, today=by.today),
        "left": acting.open_problems(task, today=by.today),
        "late": task.effective_on is not None and task.effective_on < by.today,
    }


@require_POST
def effective(request: StaffRequest, task_id: int) -> HttpResponse:
    """Say from which day it is in force."""
    typed = request.POST.get("effective_on", "")
    day = parse_day(typed)
    if day is None:
        request.worker.must(Duty.SIGN_INVENTORY)
        raise refuse(f"{typed!r} is no day.", field="effective_on", code="bad-day")
    acting.say_effective(by=request.worker, task_id=task_id, effective_on=day)
    return redirect("vault:rescheduled")


@require_POST
def inventory(request: StaffRequest, task_id: int) -> HttpResponse:
    """Begin its inventory."""
    request.worker.must(Duty.TAKE_INVENTORY)
    said = request.POST.get("business", "")
    if said not in set(Business):
        raise refuse("Say opening or close of business.", field="business", code="business")
    made = acting.begin_inventory(by=request.worker, task_id=task_id, business=Business(said))
    return redirect("vault:inventory", inventory_id=made.inventory_id)


@require_POST
def limit(request: StaffRequest, task_id: int) -> HttpResponse:
    """Carry the new schedule to its prescriptions."""
    acting.limit_prescriptions(by=request.worker, task_id=task_id)
    return redirect("vault:rescheduled")


@require_POST
def finish(request: StaffRequest, task_id: int) -> HttpResponse:
    """End it."""
    because = request.POST.get("because", "")
    acting.finish(by=request.worker, task_id=task_id, because=because)
    return redirect("vault:rescheduled")
