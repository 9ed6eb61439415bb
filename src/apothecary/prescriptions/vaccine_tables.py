"""What is done with a fill beside dispensing it: a vaccine given here."""

from django.db import models

from apothecary.staff.models import OfPharmacy, Person
from apothecary.stock.models import Lot


class Site(models.TextChoices):
    """Where on the body it was given, in the codes of immunization records (HL7 table 0163)."""

    LEFT_DELTOID = "LD", "left deltoid"
    RIGHT_DELTOID = "RD", "right deltoid"
    LEFT_THIGH = "LT", "left thigh"
    RIGHT_THIGH = "RT", "right thigh"
    LEFT_ARM = "LA", "left upper arm"
    RIGHT_ARM = "RA", "right upper arm"
    NOSE = "NS", "nose"
    MOUTH = "MO", "mouth"


class GivenBy(models.TextChoices):
    """By which route, in the codes of immunization records (HL7 table 0162)."""

    INTRAMUSCULAR = "IM", "into a muscle"
    SUBCUTANEOUS = "SC", "under the skin"
    INTRADERMAL = "ID", "into the skin"
    NASAL = "NS", "into the nose"
    ORAL = "PO", "by mouth"


class VaccineGiven(OfPharmacy):
    """A vaccine as it was given: by whom, where, from which lot. Never changed."""

    fill = models.OneToOneField(
        "prescriptions.Fill", on_delete=models.PROTECT, related_name="vaccine"
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The pharmacist under whom an intern gave it; empty where a pharmacist did.
    under = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    site = models.CharField(max_length=2, choices=Site.choices)
    route = models.CharField(max_length=2, choices=GivenBy.choices)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, db_index=False)
    expires_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.get_site_display()} {self.get_route_display()}"
