"""Each refill of a controlled drug as it was dispensed, and what pharmacists signed of it."""

from django.db import models
from django.db.models import Q

from apothecary.staff.models import OfPharmacy, Person


class RefillSignature(OfPharmacy):
    """A pharmacist has verified, dated and signed their refills of a day (1306.22(f)(3)).

    Somebody who dispenses more on that day signs again, for what came after.
    """

    day = models.DateField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    refills = models.IntegerField()
    late = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "day"], name="refill_signature_day")]
        constraints = [
            models.CheckConstraint(condition=Q(refills__gt=0), name="refill_signature_of_some")
        ]

    def __str__(self) -> str:
        return f"{self.refills} of {self.day}"


class DispensedRefill(OfPharmacy):
    """A line of the day's log: the refill a pharmacist approved. Signed once, never changed."""

    fill = models.ForeignKey(
        "prescriptions.Fill", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    day = models.DateField()
    signature = models.ForeignKey(
        RefillSignature,
        on_delete=models.PROTECT,
        null=True,
        related_name="lines",
        db_index=False,
    )

    class Meta:
        indexes = [
            models.Index(fields=["pharmacy", "day"], name="dispensed_refill_day"),
            models.Index(fields=["pharmacy", "fill"], name="dispensed_refill_fill"),
            models.Index(
                fields=["pharmacy", "by", "day"],
                name="dispensed_refill_owed",
                condition=Q(signature=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fill_id} on {self.day}"
