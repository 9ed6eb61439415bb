"""What a pharmacist does about a changed schedule: day, inventory, prescriptions."""

from collections.abc import Callable
from datetime import date

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.inventory import start_inventory
from apothecary.vault.book.inventory_rules import Business, InventoryState, Kind
from apothecary.vault.book.rules import CONTROLLED_FROM
from apothecary.vault.losses.rules import words_problems
from apothecary.vault.rescheduled.finding import on_hand, prescribed
from apothecary.vault.rescheduled.models import ScheduleTask

# Rooms above carry the new schedule to their prescriptions: (worker, product, schedule) → many.
Limiter = Callable[[Worker, int, int], int]
LIMITERS: dict[str, Limiter] = {}
INVENTORY = "DEA-087"


def limit_with(room: str, limiter: Limiter) -> None:
    """Let a room above carry a new schedule to what it has open."""
    LIMITERS[room] = limiter


def asks_inventory(task: ScheduleTask) -> bool:
    """Whether the product was added to the schedules: then it is inventoried on that day."""
    return task.was < CONTROLLED_FROM <= task.now


@transaction.atomic
def say_effective(*, by: Worker, task_id: int, effective_on: date) -> ScheduleTask:
    """Say from which day the change is in force."""
    by.must(Duty.SIGN_INVENTORY)
    task = lock_task(by=by, task_id=task_id)
    if task.inventory_id is not None:
        says = "Its inventory was begun on that day: the day stands."
        raise refuse(says, code="schedule-inventoried", field="effective_on")
    task.effective_on = effective_on
    task.save(update_fields=["effective_on"])
    written(task, by=by, said={"effective_on": effective_on})
    return task


@transaction.atomic
def begin_inventory(*, by: Worker, task_id: int, business: Business) -> ScheduleTask:
    """Begin the inventory of the drug, on the day its schedule is in force or late after it."""
    by.must(Duty.TAKE_INVENTORY)
    task = lock_task(by=by, task_id=task_id)
    refuse_if(begin_problems(task, today=by.today))
    task.inventory = start_inventory(
        by=by, kind=Kind.NEWLY_SCHEDULED, business=business, product_id=task.product_id
    )
    task.save(update_fields=["inventory"])
    written(task, by=by, said={"inventory": task.inventory_id})
    return task


def begin_problems(task: ScheduleTask, *, today: date) -> list[Problem]:
    """Why its inventory is not begun now."""
    law = federal(INVENTORY, on=today)
    if not asks_inventory(task):
        says = "It was not added to the schedules: no inventory of its own is asked."
        return [law.problem(says, code="schedule-no-inventory", field="inventory")]
    held = task.inventory
    if held is not None and held.state != InventoryState.GIVEN_UP:
        says = "Its inventory was begun."
        return [law.problem(says, code="schedule-inventoried", field="inventory")]
    if task.effective_on is None:
        says = "Say first from which day it is controlled."
        return [law.problem(says, code="schedule-no-day", field="effective_on")]
    if today < task.effective_on:
        says = f"It is inventoried on the day it is controlled: {task.effective_on:%m/%d/%Y}."
        return [law.problem(says, code="schedule-too-soon", field="effective_on")]
    return []


@transaction.atomic
def limit_prescriptions(*, by: Worker, task_id: int) -> ScheduleTask:
    """Carry the new schedule to each prescription that may still be filled with it, so that
    its refills and its last day are those of the law.
    """
    by.must(Duty.SIGN_INVENTORY)
    task = lock_task(by=by, task_id=task_id)
    if task.effective_on is None or by.today < task.effective_on:
        says = "Prescriptions follow from the day the change is in force: say which."
        raise refuse(says, code="schedule-no-day", field="effective_on")
    many = sum(limit(by, task.product_id, task.now) for limit in LIMITERS.values())
    task.limited_at, task.limited = by.at, task.limited + many
    task.save(update_fields=["limited_at", "limited"])
    written(task, by=by, said={"prescriptions": many})
    return task


@transaction.atomic
def finish(*, by: Worker, task_id: int, because: str) -> ScheduleTask:
    """End the task: its inventory is signed, its prescriptions have followed."""
    by.must(Duty.SIGN_INVENTORY)
    task = lock_task(by=by, task_id=task_id)
    problems = words_problems(because, field="because", what="what was done")
    refuse_if(problems + open_problems(task, today=by.today))
    task.ended_at, task.ended_by_id, task.ended_because = by.at, by.somebody, because.strip()
    task.save(update_fields=["ended_at", "ended_by_id", "ended_because"])
    written(task, by=by, said={"because": task.ended_because})
    return task


def open_problems(task: ScheduleTask, *, today: date) -> list[Problem]:
    """What is still to be done about it."""
    law = federal(INVENTORY, on=today)
    asked = {"pharmacy_id": task.pharmacy_id, "product_id": task.product_id}
    signed = task.inventory is not None and task.inventory.state == InventoryState.SIGNED
    problems = []
    if asks_inventory(task) and not signed and on_hand(**asked) > 0:
        says = "It lies here: its inventory is taken and signed first."
        problems.append(law.problem(says, code="schedule-not-inventoried", field="inventory"))
    behind = [each for each in prescribed(**asked) if each.schedule != task.now]
    if behind:
        says = f"{len(behind)} open prescriptions still stand under the old schedule."
        problems.append(
            Problem(says, "21 CFR 1306.22", "schedule-behind", "V1", "prescriptions")
        )
    return problems


def written(task: ScheduleTask, *, by: Worker, said: dict[str, object]) -> None:
    """What was done, in the journal."""
    record(by=by, did=Deed.SCHEDULE_LOOKED_AT, about=task, details=said)


def lock_task(*, by: Worker, task_id: int) -> ScheduleTask:
    """An open task of this pharmacy, held until the act is done."""
    rows = ScheduleTask.objects.select_for_update(of=("self",)).select_related(
        "inventory", "product"
    )
    task = rows.filter(pharmacy_id=by.pharmacy_id, pk=task_id).first()
    if task is None:
        raise refuse("No such task here.", code="no-task", field="task")
    if task.ended_at is not None:
        raise refuse("It is done with already.", code="schedule-ended", field="task")
    return task
