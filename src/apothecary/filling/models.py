"""What proves that the right drug went into the vial: bottles, counts, labels, pictures.

Each row carries the ``turn`` it belongs to: the number of steps the fill had made when it came
to filling. What was scanned before a fill was left or sent back therefore proves nothing now.
"""

from django.db import models
from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.prescriptions.models import Fill
from apothecary.staff.models import OfPharmacy, Person
from apothecary.stock.models import Lot


class Outcome(models.TextChoices):
    """What a scanned bottle turned out to be."""

    RIGHT = "right", "right product"
    WRONG = "wrong", "wrong product"
    EQUIVALENT = "equivalent", "equivalent product"
    REFUSED = "refused", "refused"


SLIPS = frozenset({Outcome.WRONG, Outcome.EQUIVALENT})


class BottleScan(OfPharmacy):
    """One scan of a stock bottle, as it came and as it was understood. Never deleted."""

    fill = models.ForeignKey(
        Fill, on_delete=models.PROTECT, related_name="bottle_scans", db_index=False
    )
    turn = models.IntegerField()
    raw = models.TextField()
    symbology = models.TextField(default="", blank=True)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, db_index=False)
    lot_number = models.TextField(default="", blank=True)
    lot_read = models.BooleanField(default=False)
    expires_on = models.DateField(null=True)
    serial = models.TextField(default="", blank=True)
    # Two scans with the same key are the same bottle, or cannot be told to be two.
    key = models.TextField(default="", blank=True)
    bottles = models.IntegerField(default=1)
    outcome = models.TextField(choices=Outcome.choices)
    says = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    station = models.TextField()
    aside_because = models.TextField(default="", blank=True)
    aside_at = models.DateTimeField(null=True)
    aside_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fill", "turn", "key"],
                condition=Q(outcome=Outcome.RIGHT),
                name="bottle_counts_once",
            ),
            models.CheckConstraint(condition=Q(bottles__gt=0), name="bottles_positive"),
        ]
        indexes = [models.Index(fields=["pharmacy", "fill"], name="bottle_scan_fill")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.raw}"

    @property
    def open_slip(self) -> bool:
        """Another product is still in hand: nothing goes on until it is set aside."""
        return self.outcome in SLIPS and self.aside_at is None


class CountMethod(models.TextChoices):
    HAND = "hand", "by hand"
    SCALE = "scale", "counting scale"
    COUNTER = "counter", "counter"


class Count(OfPharmacy):
    """One count of what is in the vial, in the billing unit; Schedule II has two passes."""

    fill = models.ForeignKey(
        Fill, on_delete=models.PROTECT, related_name="counts", db_index=False
    )
    turn = models.IntegerField()
    pass_number = models.IntegerField()
    method = models.TextField(choices=CountMethod.choices)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    station = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fill", "turn", "pass_number"], name="count_pass"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="count_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.method}"


class BackCount(OfPharmacy):
    """What was left of a Schedule II lot after the vial was filled, counted blind.

    ``expected`` is what the books said at that moment. Whoever counted had not seen it; a
    first count that differs is made again before it is told.
    """

    fill = models.ForeignKey(
        Fill, on_delete=models.PROTECT, related_name="back_counts", db_index=False
    )
    turn = models.IntegerField()
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, db_index=False)
    try_number = models.IntegerField()
    counted = models.DecimalField(max_digits=12, decimal_places=3)
    expected = models.DecimalField(max_digits=12, decimal_places=3)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    station = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fill", "turn", "lot", "try_number"], name="back_count_try"
            ),
            models.CheckConstraint(condition=Q(counted__gte=0), name="back_count_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.counted} of {self.expected} left"

    @property
    def agrees(self) -> bool:
        return self.counted == self.expected


class LabelPrint(OfPharmacy):
    """One print of a label with all it says, so that it can be shown again as it was."""

    fill = models.ForeignKey(
        Fill, on_delete=models.PROTECT, related_name="labels", db_index=False
    )
    turn = models.IntegerField()
    content = models.TextField()
    content_hash = models.CharField(max_length=64)
    because = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    station = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "fill"], name="label_print_fill")]

    def __str__(self) -> str:
        return self.content_hash[:12]


class VialPhoto(OfPharmacy):
    """A picture of what is in the vial, for the pharmacist's check."""

    fill = models.ForeignKey(Fill, on_delete=models.PROTECT, related_name="vial_photos")
    turn = models.IntegerField()
    media_type = models.TextField()
    image = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"{self.media_type} of {self.fill_id}"
