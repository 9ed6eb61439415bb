"""Waste containers and what is in them, what a hauler took, what was destroyed, and what
patients brought back.
"""

from django.db import models
from django.db.models import Q

from apothecary.law.waste import Stream
from apothecary.staff.models import OfPharmacy
from apothecary.stock.models import Lot, Place

STREAMS = [(one.value, one.value) for one in Stream if one is not Stream.CONTROLLED]


class HandOver(OfPharmacy):
    """Containers that a hauler took under one manifest. ``copy_by``: the signed copy is back by
    then, or its absence is reported.
    """

    hauler = models.TextField()
    manifest = models.TextField()
    handed_at = models.DateTimeField()
    handed_by = models.BigIntegerField(null=True)
    copy_by = models.DateField(null=True)
    copy_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "manifest"], name="waste_manifest")
        ]

    def __str__(self) -> str:
        return self.manifest


class WasteContainer(OfPharmacy):
    """A container of one stream, from the first waste in it until a hauler took it."""

    number = models.IntegerField()
    stream = models.TextField(choices=STREAMS)
    stands = models.TextField()
    started_on = models.DateField()
    opened_by = models.BigIntegerField(null=True)
    # The last day it may stand here; none for a stream without a clock.
    leaves_by = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    hand_over = models.ForeignKey(
        HandOver, on_delete=models.PROTECT, null=True, related_name="containers", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "number"], name="waste_number")
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "leaves_by"],
                name="waste_here",
                condition=Q(hand_over=None),
            ),
            models.Index(
                fields=["pharmacy", "hand_over"],
                name="waste_gone",
                condition=Q(hand_over__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"W{self.number:04}"


class Discarded(OfPharmacy):
    """Units of a lot put into a container, with the codes they bear and what was read."""

    container = models.ForeignKey(
        WasteContainer, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, db_index=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    codes = models.TextField(default="", blank=True)
    notes = models.TextField(default="", blank=True)
    because = models.TextField()
    key = models.TextField()
    put_at = models.DateTimeField()
    put_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "key"], name="waste_put_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="waste_positive"),
        ]
        indexes = [models.Index(fields=["pharmacy", "container"], name="waste_in")]

    def __str__(self) -> str:
        return f"{self.quantity} {self.codes}"


class Destruction(OfPharmacy):
    """Controlled drugs destroyed before two people of the house (DEA Form 41)."""

    number = models.IntegerField()
    destroyed_on = models.DateField()
    recorded_at = models.DateTimeField()
    place = models.TextField()
    method = models.TextField()
    by_id = models.BigIntegerField()
    by_name = models.TextField()
    by_title = models.TextField()
    witness_id = models.BigIntegerField()
    witness_name = models.TextField()
    witness_title = models.TextField()
    kept_until = models.DateField()
    key = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "number"], name="destruction_number"),
            models.UniqueConstraint(fields=["pharmacy", "key"], name="destruction_once"),
            models.CheckConstraint(
                condition=~Q(by_id=models.F("witness_id")), name="destruction_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"D{self.number:04}"


class DestroyedLine(OfPharmacy):
    """Units of a lot that were destroyed."""

    destruction = models.ForeignKey(
        Destruction, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, db_index=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "destruction", "lot", "place"], name="destroyed_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="destroyed_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"


class CollectorStanding(OfPharmacy):
    """Whether the DEA has registered this place as a collector, by whose word; the last row
    counts. Without a row it is none (21 CFR 1317.30).
    """

    registered = models.BooleanField()
    evidence = models.TextField()
    said_at = models.DateTimeField()
    said_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "said_at"], name="collector_said")]

    def __str__(self) -> str:
        return "registered collector" if self.registered else "no collector"


class PatientReturn(OfPharmacy):
    """Units a patient brought back for an error or a recall: never stock again."""

    fill_id = models.BigIntegerField()
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, db_index=False)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    purpose = models.TextField()
    because = models.TextField()
    key = models.TextField()
    taken_at = models.DateTimeField()
    taken_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "key"], name="patient_return_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="patient_return_positive"),
        ]
        indexes = [models.Index(fields=["pharmacy", "taken_at"], name="patient_return_taken")]

    def __str__(self) -> str:
        return f"{self.quantity} {self.purpose}"
