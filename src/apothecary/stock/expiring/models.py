"""Sweeps: somebody went through an area for outdates and put their name to it."""

from django.db import models

from apothecary.staff.models import OfPharmacy


class Sweep(OfPharmacy):
    """An area that was gone through, how far ahead, by whom, and what was pulled of it.

    ``missed`` is what the books still had there within those days when it was signed.
    """

    area = models.TextField(blank=True)
    days = models.PositiveSmallIntegerField()
    signed_at = models.DateTimeField()
    signed_by_id = models.BigIntegerField()
    initials = models.CharField(max_length=4)
    pulled = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "area", "signed_at"], name="sweep_of_area")]

    def __str__(self) -> str:
        return f"{self.area} {self.initials} {self.signed_at}"
