"""What screening found about a fill, and what a pharmacist made of it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from apothecary.drugs.models import Loaded
from apothecary.patients.models import Patient
from apothecary.prescriptions.models import Fill
from apothecary.staff.models import OfPharmacy, Person


class Finding(OfPharmacy):
    """One finding about one fill, with its facts, its source and, later, its resolution.

    ``fingerprint`` stands for the facts: an earlier resolution of the same facts keeps a
    finding silent (``silenced_by``), and any change of them makes it speak again.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False)
    fill = models.ForeignKey(
        Fill, on_delete=models.PROTECT, related_name="findings", db_index=False
    )
    kind = models.TextField()
    severity = models.TextField()
    says = models.TextField()
    because = models.TextField()
    cite = models.TextField()
    source_on = models.DateField()
    verified = models.TextField()
    clears = models.TextField()
    fingerprint = models.TextField()
    found_at = models.DateTimeField()
    silenced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, db_index=False)
    reason_code = models.CharField(max_length=2, default="", blank=True)
    service_code = models.CharField(max_length=2, default="", blank=True)
    result_code = models.CharField(max_length=2, default="", blank=True)
    resolution = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fill", "fingerprint"], name="finding_once")
        ]
        indexes = [
            models.Index(fields=["pharmacy", "patient", "fingerprint"], name="finding_memory")
        ]

    def __str__(self) -> str:
        return self.says


class Pair(Loaded):
    """Two drugs that a loaded file says interact, as it names them and as we do.

    ``keys_a`` and ``keys_b`` are ingredient keys: several where the file names a combination.
    ``keys`` are all of them, for the look-up.
    """

    nui = models.TextField()
    name_a = models.TextField()
    name_b = models.TextField(default="", blank=True)
    severity = models.TextField()
    keys_a = ArrayField(models.TextField())
    keys_b = ArrayField(models.TextField())
    keys = ArrayField(models.TextField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "nui"], name="pair_once")]
        indexes = [GinIndex(fields=["keys"], name="pair_of_ingredients")]

    def __str__(self) -> str:
        return f"{self.name_a} {self.name_b} {self.severity}"
