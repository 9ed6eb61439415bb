"""Recalls as the house works them: the notice, what was found where, who was called."""

from django.db import models
from django.db.models import Q

from apothecary.returns.recalls.states import (
    CallOutcome,
    Depth,
    Kind,
    Look,
    RecallState,
    Source,
    Way,
)
from apothecary.staff.models import OfPharmacy


class Recall(OfPharmacy):
    """One notice of a recall, market withdrawal or stock recovery, once by its number.

    ``lots_text`` is the firm's own text, ``doubt`` why it is not read for certain: until a
    pharmacist has decided, every lot of its packages is held. What is held stands in
    ``stock.RecalledLot``. ``patients_since`` is how far back patients are looked for.
    """

    number = models.TextField()
    source = models.TextField(choices=[(one.value, one.value) for one in Source])
    kind = models.TextField(choices=[(one.value, one.value) for one in Kind])
    recall_class = models.CharField(max_length=3, default="", blank=True)
    depth = models.TextField(choices=[(one.value, one.value) for one in Depth])
    firm = models.TextField()
    product = models.TextField()
    reason = models.TextField()
    lots_text = models.TextField(default="", blank=True)
    instructions = models.TextField(default="", blank=True)
    doubt = models.TextField(default="", blank=True)
    state = models.TextField(choices=[(one.value, one.value) for one in RecallState])
    issued_on = models.DateField(null=True)
    received_at = models.DateTimeField()
    due_on = models.DateField()
    reply_by = models.DateField(null=True)
    patients_since = models.DateField(null=True)
    incoming_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_because = models.TextField(default="", blank=True)
    replied_at = models.DateTimeField(null=True)
    replied_by = models.BigIntegerField(null=True)
    reply = models.TextField(default="", blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "number"], name="recall_once"),
            models.CheckConstraint(
                condition=Q(kind=Kind.RECALL.value) | Q(recall_class=""),
                name="recall_class_is_of_recalls",
            ),
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "due_on"],
                name="recall_open",
                condition=~Q(state=RecallState.CLOSED.value),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.firm}"

    @property
    def is_recall(self) -> bool:
        """A market withdrawal and a stock recovery are none (21 CFR 7.3(j), (k))."""
        return self.kind == Kind.RECALL.value


class RecallItem(OfPharmacy):
    """A package that a notice is about."""

    recall = models.ForeignKey(
        Recall, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    package = models.ForeignKey("drugs.Package", on_delete=models.PROTECT, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "recall", "package"], name="recall_item_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recall_id} {self.package_id}"


class RecallHit(OfPharmacy):
    """Units of a recalled lot that stand somewhere: a shelf, a bag, a basket on the bench.

    ``place`` is where the books have them once the bag is taken back; a ``fill`` says that
    hands find them in its vial, a ``bin`` where. ``uncounted`` is what was not found and still
    stands on the books: a second person counts it. Quantities in the billing unit.
    """

    recall = models.ForeignKey(
        Recall, on_delete=models.PROTECT, related_name="hits", db_index=False
    )
    lot = models.ForeignKey("stock.Lot", on_delete=models.PROTECT, db_index=False)
    place = models.ForeignKey("stock.Place", on_delete=models.PROTECT, db_index=False)
    fill = models.ForeignKey(
        "prescriptions.Fill", on_delete=models.PROTECT, null=True, db_index=False
    )
    round = models.PositiveIntegerField(default=1)
    bin = models.TextField(default="", blank=True)
    expected = models.DecimalField(max_digits=12, decimal_places=3)
    listed_at = models.DateTimeField()
    look = models.TextField(
        choices=[(one.value, one.value) for one in Look], default=Look.TO_LOOK.value
    )
    found = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    uncounted = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    because = models.TextField(default="", blank=True)
    looked_at = models.DateTimeField(null=True)
    looked_by = models.BigIntegerField(null=True)
    initials = models.CharField(max_length=10, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "recall", "lot", "place", "fill", "round"],
                name="recall_hit_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(expected__gt=0) & (Q(found=None) | Q(found__gte=0)),
                name="recall_hit_quantities",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expected} at {self.place_id}"


class RecallCall(OfPharmacy):
    """A patient who got the lot and is to be told; ``outcome`` is that of the last try."""

    recall = models.ForeignKey(
        Recall, on_delete=models.PROTECT, related_name="calls", db_index=False
    )
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, db_index=False)
    listed_at = models.DateTimeField()
    outcome = models.TextField(
        choices=[(one.value, one.value) for one in CallOutcome], default="", blank=True
    )
    tries = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "recall", "patient"], name="recall_call_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.outcome}"


class RecallTry(OfPharmacy):
    """One try to reach a patient: when, how, by whom, and what came of it. Never changed."""

    call = models.ForeignKey(
        RecallCall, on_delete=models.PROTECT, related_name="attempts", db_index=False
    )
    at = models.DateTimeField()
    way = models.TextField(choices=[(one.value, one.value) for one in Way])
    outcome = models.TextField(choices=[(one.value, one.value) for one in CallOutcome])
    note = models.TextField(default="", blank=True)
    by_id = models.BigIntegerField()
    initials = models.CharField(max_length=10)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "call"], name="recall_try_of_call")]

    def __str__(self) -> str:
        return f"{self.at:%d %b %H:%M} {self.outcome}"
