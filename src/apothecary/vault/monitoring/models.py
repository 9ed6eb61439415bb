"""What is told to monitoring programmes: records, and the files they went in."""

from django.db import models
from django.db.models import Q

from apothecary.staff.models import OfPharmacy
from apothecary.vault.monitoring.states import FileKind, FileState, RecordState, Told


class MonitoringFile(OfPharmacy):
    """One file as it was written, and what came back; the outbox sends it."""

    programme = models.CharField(max_length=2)
    control = models.TextField()
    kind = models.TextField(choices=[(each.value, each.value) for each in FileKind])
    first_on = models.DateField()
    last_on = models.DateField()
    version = models.TextField()
    # The table it was held to: the programme's own, or the house's usual one.
    held_to = models.TextField()
    records = models.IntegerField()
    made_at = models.DateTimeField()
    raw = models.BinaryField()
    state = models.TextField(
        choices=[(each.value, each.value) for each in FileState], default=FileState.SENT.value
    )
    answered_at = models.DateTimeField(null=True)
    answer = models.BinaryField(null=True)
    problem = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "control"], name="monitoring_file_control"
            ),
            models.UniqueConstraint(
                fields=["pharmacy", "programme", "last_on"],
                condition=~Q(kind=FileKind.AT_ONCE.value),
                name="monitoring_file_of_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} file {self.control}"


class MonitoringRecord(OfPharmacy):
    """One thing to tell of one dispensing; what puts it right is a row of its own."""

    programme = models.CharField(max_length=2)
    fill_id = models.BigIntegerField()
    label = models.TextField()
    drug = models.TextField()
    schedule = models.IntegerField()
    tells = models.TextField(
        choices=[(each.value, each.value) for each in Told], default=Told.NEW.value
    )
    told = models.JSONField()
    dispensed_at = models.DateTimeField()
    made_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    due_says = models.TextField()
    real_time = models.BooleanField(default=False)
    state = models.TextField(
        choices=[(each.value, each.value) for each in RecordState],
        default=RecordState.DUE.value,
    )
    file = models.ForeignKey(
        MonitoringFile,
        on_delete=models.PROTECT,
        null=True,
        related_name="told",
        db_index=False,
    )
    # Whether the programme holds the dispensing: by this record, or by one it follows.
    with_them = models.BooleanField(default=False)
    element = models.TextField(default="", blank=True)
    problem = models.TextField(default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    # What happened in the house since, by which it may no longer say what was dispensed.
    doubt = models.TextField(default="", blank=True)
    follows = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="followed_by"
    )
    by_id = models.BigIntegerField(null=True)
    because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "fill_id"],
                condition=Q(follows=None),
                name="monitoring_reported_once",
            )
        ]
        indexes = [
            models.Index(fields=["pharmacy", "programme", "made_at"], name="monitoring_made"),
            models.Index(
                fields=["pharmacy", "state"],
                condition=Q(state__in=["due", "held", "rejected", "filed"]),
                name="monitoring_open",
            ),
            models.Index(fields=["pharmacy", "file"], name="monitoring_of_file"),
            models.Index(
                fields=["pharmacy", "id"],
                condition=~Q(doubt=""),
                name="monitoring_doubted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tells} {self.label}"
