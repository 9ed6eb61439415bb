"""That a pharmacist looked at a red flag, and what they said. Never changed."""

from django.db import models

from apothecary.staff.models import OfPharmacy


class FlagLook(OfPharmacy):
    """``says`` is the flag as it stood: when the numbers change it is shown again."""

    kind = models.TextField()
    subject = models.TextField()
    says = models.TextField()
    because = models.TextField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_name = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["pharmacy", "kind", "subject", "id"], name="flag_look_last")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"
