"""What is on its way to the shelves, and what fills wait for. Written from other rooms."""

from django.db import models
from django.db.models import Q

from apothecary.staff.models import OfPharmacy
from apothecary.stock.kinds import Programme


class Expected(OfPharmacy):
    """Units that somebody has promised to send: what is left of one order's line.

    The room that orders writes it, one row a package of each source, and lowers it as units
    come; this room reads it and never looks up who it is.
    """

    package = models.ForeignKey("drugs.Package", on_delete=models.PROTECT, db_index=False)
    programme = models.TextField(choices=Programme.choices, default=Programme.OWN)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    source = models.TextField()
    due_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "source", "package", "programme"], name="expected_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="expected_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.package_id} by {self.source}"


class Wanted(OfPharmacy):
    """Units a fill asked the shelves for in vain; the ledger writes it and takes it away."""

    fill_id = models.BigIntegerField()
    package = models.ForeignKey("drugs.Package", on_delete=models.PROTECT, db_index=False)
    programme = models.TextField(choices=Programme.choices, default=Programme.OWN)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "fill_id", "package"], name="wanted_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="wanted_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.package_id} for fill {self.fill_id}"
