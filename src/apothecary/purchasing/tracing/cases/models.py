"""Suspect product: what is held, what was found out about it, and who was told.

Kept six years with the rest of tracing (FDCA 582(d)(4)): rows are never deleted.
"""

from django.db import models
from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.tracing.states import (
    OPEN,
    CaseState,
    FormKind,
    Grounds,
    NoticeKind,
    Source,
)
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.models import OfPharmacy
from apothecary.stock.models import Lot

STATES = [(one.value, one.value) for one in CaseState]
SOURCES = [(one.value, one.value) for one in Source]
GROUNDS = [(one.value, one.value) for one in Grounds]
FORMS = [(one.value, one.value) for one in FormKind]
NOTICES = [(one.value, one.value) for one in NoticeKind]


class SuspectCase(OfPharmacy):
    """Product that may be, or is, illegitimate. ``tell_by`` is the end of the 24 hours.

    ``incident`` is the number the FDA gives it; ``sample`` says what was kept at disposal.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, db_index=False)
    wholesaler = models.ForeignKey(
        Wholesaler, on_delete=models.PROTECT, null=True, db_index=False
    )
    source = models.TextField(choices=SOURCES)
    state = models.TextField(choices=STATES, default=CaseState.HELD.value)
    says = models.TextField()
    reference = models.TextField(default="", blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    because = models.TextField(default="", blank=True)
    grounds = models.TextField(choices=GROUNDS, default="", blank=True)
    tell_by = models.DateTimeField(null=True)
    incident = models.TextField(default="", blank=True)
    notified_at = models.DateTimeField(null=True)
    disposed_at = models.DateTimeField(null=True)
    sample = models.TextField(default="", blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["pharmacy", "opened_at"], name="suspect_case_opened"),
            models.Index(
                fields=["pharmacy", "state"],
                name="suspect_case_open",
                condition=Q(state__in=sorted(one.value for one in OPEN)),
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class SuspectPackage(OfPharmacy):
    """What a case is about: a package that came, or a lot wherever it stands.

    ``took_lot`` says that this case took the lot out of use, and may give it back. Without a
    ``lot`` nothing of it is in the books here.
    """

    case = models.ForeignKey(
        SuspectCase, on_delete=models.PROTECT, related_name="packages", db_index=False
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, db_index=False)
    received = models.ForeignKey(
        ReceivedPackage, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    lot_number = models.TextField(default="", blank=True)
    expires_on = models.DateField(null=True)
    gtin = models.CharField(max_length=14, default="", blank=True)
    serial = models.TextField(default="", blank=True)
    took_lot = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["pharmacy", "case"], name="suspect_package_case"),
            models.Index(fields=["pharmacy", "lot"], name="suspect_package_lot"),
            models.Index(
                fields=["pharmacy", "received"],
                name="suspect_package_received",
                condition=Q(received__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot_number} {self.serial}".strip()


class CaseNote(OfPharmacy):
    """What somebody found out or did about a case; never changed."""

    case = models.ForeignKey(
        SuspectCase, on_delete=models.PROTECT, related_name="notes", db_index=False
    )
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.TextField()
    says = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "case", "at"], name="case_note_case")]

    def __str__(self) -> str:
        return self.says


class DrugNotification(OfPharmacy):
    """A notification to the FDA as it was written: the facts of Form FDA 3911 as JSON text."""

    case = models.ForeignKey(
        SuspectCase, on_delete=models.PROTECT, related_name="forms", db_index=False
    )
    kind = models.TextField(choices=FORMS)
    facts = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    told_at = models.DateTimeField(null=True)
    told_by = models.BigIntegerField(null=True)
    how = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "case"], name="drug_notification_case")]

    def __str__(self) -> str:
        return self.kind


class PartnerNotice(OfPharmacy):
    """What an immediate trading partner is told, word by word, and when it was."""

    case = models.ForeignKey(
        SuspectCase, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    wholesaler = models.ForeignKey(Wholesaler, on_delete=models.PROTECT, db_index=False)
    kind = models.TextField(choices=NOTICES)
    text = models.TextField()
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    told_by = models.BigIntegerField(null=True)
    how = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "case", "wholesaler", "kind"], name="partner_notice_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.wholesaler_id}"
