"""The record of an emergency oral order, of what covers it, of who was told."""

from django.db import models
from django.db.models import F, Q

from apothecary.staff.models import OfPharmacy, Person


class EmergencyOrder(OfPharmacy):
    """What a pharmacist wrote down of an emergency oral order of a C-II; it stays.

    ``ordered_at`` is the oral order itself, ``recorded_at`` when it was entered. Without
    ``prescriber_known`` the effort to verify them is in ``verified_how``. ``due_on`` is the
    last day for what follows by federal law, ``due_at`` the last instant by state and federal
    law, whichever is sooner.
    """

    prescription = models.OneToOneField(
        "prescriptions.Prescription",
        on_delete=models.PROTECT,
        related_name="emergency_order",
        db_index=False,
    )
    ordered_at = models.DateTimeField()
    ordered_on = models.DateField()
    said = models.TextField()
    because = models.TextField()
    period = models.TextField()
    determined = models.TextField()
    prescriber_known = models.BooleanField()
    verified_how = models.TextField(default="", blank=True)
    due_on = models.DateField()
    due_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_name = models.TextField()
    recorded_at = models.DateTimeField()
    kept_until = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(prescriber_known=True) | ~Q(verified_how=""),
                name="emergency_order_verified",
            ),
            models.CheckConstraint(
                condition=~Q(because="") & ~Q(period="") & ~Q(said=""),
                name="emergency_order_says_why",
            ),
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("ordered_at")),
                name="emergency_order_recorded_after",
            ),
        ]
        indexes = [
            models.Index(fields=["pharmacy", "ordered_on"], name="emergency_order_day"),
        ]

    def __str__(self) -> str:
        return f"oral order of {self.ordered_on}"


class CoverKind(models.TextChoices):
    WRITTEN = "written", "signed paper"
    ELECTRONIC = "electronic", "electronic prescription"


class EmergencyCover(OfPharmacy):
    """The prescription that followed an emergency oral order, attached to it; it stays.

    ``arrival`` is the number in intake of the message or scan. An electronic one is annotated
    with the original authorization and its date. ``late_by_state`` says where it came in the
    federal time and past the state's.
    """

    order = models.OneToOneField(
        EmergencyOrder, on_delete=models.PROTECT, related_name="cover", db_index=False
    )
    kind = models.TextField(choices=CoverKind.choices)
    arrival = models.BigIntegerField()
    message_id = models.TextField(default="", blank=True)
    written_on = models.DateField()
    oral_order_on = models.DateField()
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    received_on = models.DateField()
    postmarked_on = models.DateField(null=True)
    annotation = models.TextField(default="", blank=True)
    late_by_state = models.TextField(default="", blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "arrival"], name="emergency_cover_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="written") | ~Q(annotation=""),
                name="emergency_cover_annotated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.received_on}"


class Told(models.TextChoices):
    DEA = "dea", "DEA"
    STATE = "state", "the state"


class EmergencyNotice(OfPharmacy):
    """That an office was told of an order nothing followed: who, when, how; it stays.

    ``because`` says why it was told before the time was over.
    """

    order = models.ForeignKey(
        EmergencyOrder, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    whom = models.TextField(choices=Told.choices)
    office = models.TextField()
    spoke_with = models.TextField()
    how = models.TextField()
    because = models.TextField(default="", blank=True)
    told_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_name = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "whom"], name="emergency_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_whom_display()}: {self.office}"
