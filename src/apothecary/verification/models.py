"""What the pharmacist decided about a filled prescription."""

from django.db import models

from apothecary.prescriptions.models import Fill
from apothecary.staff.models import OfPharmacy, Person


class Outcome(models.TextChoices):
    APPROVED = "approved", "approved"
    SENT_BACK = "sent_back", "sent back"


class Check(OfPharmacy):
    """One check of one fill by one pharmacist; a fill sent back is checked again."""

    fill = models.ForeignKey(
        Fill, on_delete=models.PROTECT, related_name="checks", db_index=False
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    at = models.DateTimeField()
    outcome = models.TextField(choices=Outcome.choices)
    reason_code = models.TextField(default="", blank=True)
    text = models.TextField(default="", blank=True)
    data_reviewed = models.BooleanField(default=False)
    filled_alone = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "fill"], name="check_fill")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.reason_code}".strip()
