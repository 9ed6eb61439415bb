"""Look-ups: about whom, who asked, why, what came back, who has read it."""

from django.db import models

from apothecary.staff.models import OfPharmacy
from apothecary.vault.monitoring.lookup.states import LookUpState


class LookUp(OfPharmacy):
    """One question to a programme about one person, for one fill.

    Asked while the prescription is typed in it is about an arrival; the fill that comes of
    it takes it over.
    """

    patient_id = models.BigIntegerField()
    fill_id = models.BigIntegerField(null=True)
    arrival_id = models.BigIntegerField(null=True)
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
            ),
            models.UniqueConstraint(
                fields=["pharmacy", "arrival_id", "patient_id"],
                condition=models.Q(state=LookUpState.ASKED.value),
                name="look_up_asked_once_at_entry",
            ),
            models.CheckConstraint(
                condition=models.Q(fill_id__isnull=False) | models.Q(arrival_id__isnull=False),
                name="look_up_is_for_something",
            ),
        ]
        indexes = [
            models.Index(fields=["pharmacy", "fill_id"], name="look_up_of_fill"),
            models.Index(
                fields=["pharmacy", "arrival_id"],
                condition=models.Q(arrival_id__isnull=False),
                name="look_up_of_arrival",
            ),
        ]

    def __str__(self) -> str:
        return f"look-up {self.pk} {self.state}"
