"""Which loads were looked through, and what each changed schedule asks of this pharmacy."""

from django.db import models

from apothecary.drugs.models import Product
from apothecary.staff.models import OfPharmacy
from apothecary.vault.book.models import Inventory


class ScheduleLook(OfPharmacy):
    """That a load of the drug file was looked through for changed schedules."""

    batch_id = models.BigIntegerField()
    looked_at = models.DateTimeField()
    found = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "batch_id"], name="schedule_look_once")
        ]

    def __str__(self) -> str:
        return f"load {self.batch_id}"


class ScheduleTask(OfPharmacy):
    """A product whose schedule changed while it lay here or was prescribed here.

    ``was`` and ``now`` are schedules, 0 for none. ``effective_on`` is the day the change is
    in force, as the pharmacist read it in the Federal Register; a load does not say it.
    """

    change_id = models.BigIntegerField()
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    was = models.PositiveSmallIntegerField()
    now = models.PositiveSmallIntegerField()
    found_at = models.DateTimeField()
    effective_on = models.DateField(null=True)
    inventory = models.ForeignKey(
        Inventory, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    limited_at = models.DateTimeField(null=True)
    limited = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.BigIntegerField(null=True)
    ended_because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "change_id"], name="schedule_task_once")
        ]
        indexes = [models.Index(fields=["pharmacy", "ended_at"], name="schedule_task_open")]

    def __str__(self) -> str:
        return f"{self.product} from {self.was} to {self.now}"
