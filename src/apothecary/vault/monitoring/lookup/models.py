"""Look-ups: about whom, who asked, why, what came back, who has read it."""

from django.db import models

from apothecary.staff.models import OfPharmacy
from apothecary.vault.monitoring.lookup.states import LookUpState


class LookUp(OfPharmacy):
    """One question to a programme about one person, for one fill."""

    patient_id = models.BigIntegerField()
    fill_id = models.BigIntegerField()
    programme = models.CharField(max_length=2)
    # The person as asked for: what was said then, whatever the profile says later.
    about = models.JSONField()
    because = models.TextField()
    asked_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    state = models.TextField(
        choices=[(each.value, each.value) for each in LookUpState],
        default=LookUpState.ASKED.value,
    )
    answer = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)
    problem = models.TextField(default="", blank=True)
    signed_by_id = models.BigIntegerField(null=True)
    signed_at = models.DateTimeField(null=True)
    # Why the fill goes on although nobody could look.
    exception = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "fill_id"],
                condition=models.Q(state=LookUpState.ASKED.value),
                name="look_up_asked_once",
            )
        ]
        indexes = [models.Index(fields=["pharmacy", "fill_id"], name="look_up_of_fill")]

    def __str__(self) -> str:
        return f"look-up {self.pk} {self.state}"
