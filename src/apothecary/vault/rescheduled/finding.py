"""Finding, in the list of changes a load leaves behind, the schedules that changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum

from apothecary.drugs.models import Batch, Change, Product
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.facts import schedule_name
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.stock.models import Balance
from apothecary.vault.rescheduled.models import ScheduleLook, ScheduleTask

SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Carried:
    """A prescription that may still be filled with the product, and how it stands."""

    number: int
    says: str
    schedule: int


Prescribed = Callable[[int, int], Sequence[Carried]]
PRESCRIBED: dict[str, Prescribed] = {}


def prescribed_with(room: str, reader: Prescribed) -> None:
    """Let a room above say which prescriptions carry a product (pharmacy, product)."""
    PRESCRIBED[room] = reader


def prescribed(*, pharmacy_id: int, product_id: int) -> list[Carried]:
    """The prescriptions that may still be filled with the product."""
    return [each for reader in PRESCRIBED.values() for each in reader(pharmacy_id, product_id)]


def on_hand(*, pharmacy_id: int, product_id: int) -> Decimal:
    """How much of the product lies in this house (1 query)."""
    rows = Balance.objects.filter(
        pharmacy_id=pharmacy_id, outside=False, on_hand__gt=0, lot__package__product=product_id
    )
    return Decimal(rows.aggregate(units=Sum("on_hand"))["units"] or 0)


def take_up_schedules(pharmacy: Pharmacy, at: datetime) -> int:
    """A chore: look through the loads since the last one; how many tasks were opened."""
    looked = ScheduleLook.objects.filter(pharmacy_id=pharmacy.pk)
    last = looked.aggregate(last=Max("batch_id"))["last"] or 0
    batches = list(
        Batch.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
    )
    by = system_worker(pharmacy, now=at, name="Drug file")
    return sum(look_through(batch, by=by) for batch in batches)


def look_through(batch_id: int, *, by: Worker) -> int:
    """Look through one load, once; two at the same time open no task twice."""
    try:
        with transaction.atomic():
            look = ScheduleLook.objects.create(
                pharmacy_id=by.pharmacy_id, batch_id=batch_id, looked_at=by.at, found=0
            )
            tasks = open_tasks(batch_id, by=by)
            ScheduleLook.objects.filter(pk=look.pk).update(found=tasks)
            return tasks
    except IntegrityError:
        return 0


def open_tasks(batch_id: int, *, by: Worker) -> int:
    """A task for each product of the load that changed its schedule and is carried here."""
    changes = Change.objects.filter(
        batch_id=batch_id, table="product", fields__has_key=SCHEDULE
    )
    opened = 0
    for change in changes.order_by("id"):
        was, now = change.fields[SCHEDULE]
        if is_carried(change.row, by=by):
            open_task(change, was or 0, now or 0, by=by)
            opened += 1
    return opened


def is_carried(product_id: int, *, by: Worker) -> bool:
    """Whether it lies here or is on a prescription that may still be filled."""
    asked = {"pharmacy_id": by.pharmacy_id, "product_id": product_id}
    return on_hand(**asked) > 0 or bool(prescribed(**asked))


def open_task(change: Change, was: int, now: int, *, by: Worker) -> ScheduleTask:
    """Put it before the pharmacist."""
    product = Product.every.get(pk=change.row)
    task = ScheduleTask.objects.create(
        pharmacy_id=by.pharmacy_id,
        change_id=change.pk,
        product=product,
        was=was,
        now=now,
        found_at=by.at,
    )
    said = {"drug": str(product), "was": in_words(was), "now": in_words(now)}
    record(by=by, did=Deed.SCHEDULE_CHANGED, about=task, details=said)
    return task


def in_words(schedule: int) -> str:
    """A schedule as people say it."""
    return schedule_name(schedule) if schedule else "not controlled"
