"""What happened at the register: who took it, how they were known, counselling, payment."""

from django.db import models

from apothecary.patients.models import Patient
from apothecary.pickup.behind_counter import models as behind_counter  # noqa: F401 Django finds tables so
from apothecary.prescriptions.models import Fill
from apothecary.staff.models import OfPharmacy, Person


class Identifier(models.TextChoices):
    """What a receiver was known by; two are asked."""

    NAME = "name", "name"
    BIRTH_DATE = "birth_date", "birth date"
    ADDRESS = "address", "address"
    PHONE = "phone", "phone number"
    PHOTO_ID = "photo_id", "photo identification"


class Relationship(models.TextChoices):
    PATIENT = "patient", "the patient"
    PARENT = "parent", "parent or guardian"
    SPOUSE = "spouse", "spouse"
    CAREGIVER = "caregiver", "caregiver"
    OTHER = "other", "somebody else"


class Counsel(models.TextChoices):
    NOT_OFFERED = "not_offered", "not offered"
    ACCEPTED = "accepted", "accepted"
    REFUSED = "refused", "refused"


class Method(models.TextChoices):
    CASH = "cash", "cash"
    CARD = "card", "card"
    CHARGE = "charge", "on account"
    NOTHING = "nothing", "nothing to pay"


class Sale(OfPharmacy):
    """One visit of one receiver: the bags that left and what was signed for them."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    at = models.DateTimeField()
    receiver = models.TextField()
    relationship = models.TextField(choices=Relationship.choices)
    identifiers = models.TextField()
    id_kind = models.TextField(default="", blank=True)
    id_number = models.TextField(default="", blank=True)
    id_state = models.CharField(max_length=2, default="", blank=True)
    counsel = models.TextField(choices=Counsel.choices)
    counselled_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    signature = models.TextField(default="", blank=True)
    method = models.TextField(choices=Method.choices)
    total_usd = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "at"], name="sale_at")]

    def __str__(self) -> str:
        return f"{self.receiver} {self.total_usd}"


class SaleLine(OfPharmacy):
    """One fill of a sale; a fill is sold once."""

    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="lines")
    fill = models.OneToOneField(Fill, on_delete=models.PROTECT, related_name="sale_line")
    paid_usd = models.DecimalField(max_digits=10, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.fill_id} {self.paid_usd}"
