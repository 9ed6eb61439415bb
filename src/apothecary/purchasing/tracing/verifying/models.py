"""Questions to responders whether a package was really made, and their answers."""

from django.db import models
from django.db.models import Q

from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.states import Verdict, Why
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.models import OfPharmacy
from apothecary.wires.models import Outgoing

VERDICTS = [(one.value, one.value) for one in Verdict]
WHY = [(one.value, one.value) for one in Why]


class Verification(OfPharmacy):
    """One product identifier put to a partner's responder.

    Question and answer lie raw in ``outgoing``; ``says`` is the answer in words. ``due_at`` is
    when an answer is late: late is no answer.
    """

    wholesaler = models.ForeignKey(Wholesaler, on_delete=models.PROTECT, db_index=False)
    case = models.ForeignKey(
        SuspectCase,
        on_delete=models.PROTECT,
        null=True,
        related_name="verifications",
        db_index=False,
    )
    gtin = models.CharField(max_length=14)
    serial = models.TextField()
    lot = models.TextField()
    expires_on = models.DateField()
    why = models.TextField(choices=WHY)
    verdict = models.TextField(choices=VERDICTS, default=Verdict.ASKED.value)
    says = models.TextField(default="", blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outgoing = models.OneToOneField(
        Outgoing, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            # Two people who ask at once ask one question.
            models.UniqueConstraint(
                fields=["pharmacy", "gtin", "serial", "lot", "expires_on", "wholesaler"],
                condition=Q(verdict=Verdict.ASKED.value),
                name="verification_asked_once",
            )
        ]
        indexes = [
            models.Index(fields=["pharmacy", "gtin", "serial"], name="verification_package"),
            models.Index(fields=["pharmacy", "asked_at"], name="verification_asked"),
            models.Index(
                fields=["pharmacy", "case"],
                name="verification_case",
                condition=Q(case__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gtin} {self.serial}: {self.verdict}"
