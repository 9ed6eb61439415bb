"""What is kept of electronic controlled prescriptions and of the house that receives them.

Nothing here is ever changed or deleted; the last row said counts. An incident alone is told
afterwards, once to DEA and once to the maker.
"""

from django.db import models

from apothecary.staff.models import OfPharmacy
from apothecary.wires.models import Incoming


class EpcsAudit(OfPharmacy):
    """The report of a third party, as it was typed. ``vouches`` is a JSON list of the
    requirements that code cannot prove and the auditor saw fulfilled.
    """

    auditor = models.TextField()
    capacity = models.TextField()
    report = models.TextField()
    reported_on = models.DateField()
    vouches = models.JSONField(default=list)
    typed_at = models.DateTimeField()
    typed_by_id = models.BigIntegerField()
    typed_by_name = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "reported_on"], name="epcs_audit_last")]

    def __str__(self) -> str:
        return f"{self.auditor}, {self.reported_on}"


class EpcsChange(OfPharmacy):
    """A material change of these functions: from that day the audit before it is over."""

    changed_on = models.DateField()
    what = models.TextField()
    said_at = models.DateTimeField()
    said_by_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "changed_on"], name="epcs_change_last")]

    def __str__(self) -> str:
        return f"{self.changed_on}: {self.what}"


class EpcsSetting(OfPharmacy):
    """Whether the house takes electronic controlled prescriptions; none was ever said: no."""

    on = models.BooleanField()
    because = models.TextField()
    said_at = models.DateTimeField()
    said_by_id = models.BigIntegerField()
    said_by_name = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "id"], name="epcs_setting_last")]

    def __str__(self) -> str:
        return "on" if self.on else "off"


class EpcsClock(OfPharmacy):
    """How far the house's clock was from the official time when somebody measured it.

    ``offset_ms`` is ours less theirs, in thousandths of a second.
    """

    offset_ms = models.BigIntegerField()
    source = models.TextField()
    measured_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "measured_at", "source"], name="epcs_clock_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.offset_ms} ms at {self.measured_at}"


class EpcsRecord(OfPharmacy):
    """A controlled prescription as it was received: what was proved of its bytes, then.

    The bytes themselves are the message's (`wires.Incoming`); ``sha256`` is of them.
    ``problems`` is a JSON list of the reasons against it, each with its citation.
    """

    incoming = models.ForeignKey(
        Incoming, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    message_id = models.TextField()
    received_at = models.DateTimeField()
    received_on = models.DateField()
    sha256 = models.CharField(max_length=64)
    signer = models.TextField()
    signed_by = models.TextField(default="", blank=True)
    certificate = models.TextField(default="", blank=True)
    sealed = models.TextField(default="", blank=True)
    seal = models.BinaryField(null=True)
    seal_certificate = models.TextField(default="", blank=True)
    steps = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    schedule = models.TextField(default="", blank=True)
    prescriber = models.TextField()
    dea = models.TextField(default="", blank=True)
    patient = models.TextField()
    born_on = models.DateField(null=True)
    drug = models.TextField()
    quantity = models.TextField(default="", blank=True)
    written_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "incoming"], name="epcs_record_once")
        ]
        indexes = [
            models.Index(fields=["pharmacy", "received_on"], name="epcs_record_day"),
            models.Index(fields=["pharmacy", "patient"], name="epcs_record_patient"),
            models.Index(fields=["pharmacy", "prescriber"], name="epcs_record_prescriber"),
        ]

    def __str__(self) -> str:
        return self.message_id


class EpcsReview(OfPharmacy):
    """That a pharmacist looked at the audit trail of a day, and what stood in it then."""

    day = models.DateField()
    events = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    because = models.TextField(default="", blank=True)
    signed_at = models.DateTimeField()
    signed_by_id = models.BigIntegerField()
    signed_by_name = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "day"], name="epcs_review_once")
        ]

    def __str__(self) -> str:
        return f"audit trail of {self.day}"


class EpcsIncident(OfPharmacy):
    """A security incident, and when DEA and the maker of the application were told."""

    found_on = models.DateField()
    due_on = models.DateField()
    what = models.TextField()
    written_at = models.DateTimeField()
    written_by_id = models.BigIntegerField()
    written_by_name = models.TextField()
    told_dea_at = models.DateTimeField(null=True)
    told_dea_how = models.TextField(default="", blank=True)
    told_maker_at = models.DateTimeField(null=True)
    told_maker_how = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "found_on"], name="epcs_incident_day")]

    def __str__(self) -> str:
        return f"incident of {self.found_on}"
