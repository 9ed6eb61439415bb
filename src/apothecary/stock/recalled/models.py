"""Lots under recall, whether any of them is here or not. Written by the room of recalls."""

from django.db import models
from django.db.models import Q

from apothecary.staff.models import OfPharmacy


class RecalledLot(OfPharmacy):
    """A lot of a package that may not be taken in, drawn from or released.

    ``lot_key`` is the number as it is compared (``drugs.recalled_lots.lot_key``); empty is
    every lot of the package. ``recall`` is the number of the notice. A row that was lifted says
    that somebody has decided about this notice and package.
    """

    package = models.ForeignKey("drugs.Package", on_delete=models.PROTECT, db_index=False)
    recall = models.TextField()
    lot_key = models.TextField(blank=True)
    says = models.TextField()
    since_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "package", "recall", "lot_key"], name="recalled_lot_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "package", "lot_key"],
                name="recalled_lot_held",
                condition=Q(lifted_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.recall} {self.lot_key or 'every lot'}"
