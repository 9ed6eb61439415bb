"""What came from wholesalers: interchanges kept raw, and the papers in them."""

from django.db import models
from django.db.models import Q

from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.models import OfPharmacy
from apothecary.wires.models import Incoming


class Interchange(OfPharmacy):
    """One interchange as it came, once by sender and control number. ``incoming`` is raw."""

    wholesaler = models.ForeignKey(Wholesaler, on_delete=models.PROTECT, db_index=False)
    incoming = models.OneToOneField(Incoming, on_delete=models.PROTECT, related_name="+")
    name = models.TextField(default="", blank=True)
    control = models.TextField(default="", blank=True)
    arrived_at = models.DateTimeField()
    acted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["pharmacy", "arrived_at"],
                name="interchange_not_acted",
                condition=Q(acted_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.wholesaler_id} {self.control}"


class Paper(OfPharmacy):
    """One transaction set, or the whole where it cannot be read. With a problem it was set
    aside: its bytes are kept, and nothing that it says was done.
    """

    interchange = models.ForeignKey(
        Interchange, on_delete=models.PROTECT, related_name="papers", db_index=False
    )
    wholesaler = models.ForeignKey(Wholesaler, on_delete=models.PROTECT, db_index=False)
    place = models.IntegerField()
    kind = models.TextField(default="", blank=True)
    control = models.TextField(default="", blank=True)
    number = models.TextField(default="", blank=True)
    arrived_at = models.DateTimeField()
    # Fields and reasons, a line each.
    problem = models.TextField(default="", blank=True)
    notes = models.TextField(default="", blank=True)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.BigIntegerField(null=True)
    because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "interchange", "place"], name="paper_place"
            )
        ]
        indexes = [
            models.Index(fields=["pharmacy", "kind", "number"], name="paper_number"),
            models.Index(
                fields=["pharmacy", "arrived_at"],
                name="paper_aside",
                condition=~Q(problem="") & Q(dismissed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
