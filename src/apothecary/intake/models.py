"""What has come in and is not yet a prescription: the message or image, and who it may be."""

import json

from django.db import models
from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.patients.models import Patient
from apothecary.prescriptions.models import Origin, Prescriber, Prescription, Transfer
from apothecary.staff.models import OfPharmacy
from apothecary.wires.models import Incoming


class Source(models.TextChoices):
    """By which way it came in."""

    ELECTRONIC = "electronic", "electronic"
    FAX = "fax", "fax"
    PAPER = "paper", "paper"
    PHONE = "phone", "phone"
    WALK_IN = "walk_in", "walk-in"
    TRANSFER = "transfer", "transfer"


ORIGIN_OF = {
    Source.ELECTRONIC: Origin.ELECTRONIC,
    Source.FAX: Origin.FAX,
    Source.PAPER: Origin.WRITTEN,
    Source.PHONE: Origin.TELEPHONE,
    Source.WALK_IN: Origin.WRITTEN,
    Source.TRANSFER: Origin.PHARMACY,
}


# Signed paper or an electronic prescription covers an emergency oral order; nothing else does.
COVERS_EMERGENCIES = (Source.PAPER, Source.ELECTRONIC)


class ArrivalState(models.TextChoices):
    ARRIVED = "arrived", "waits for entry"
    ENTERED = "entered", "entered"
    CANCELLED = "cancelled", "cancelled"
    SET_ASIDE = "set_aside", "set aside"


OPEN = (ArrivalState.ARRIVED, ArrivalState.SET_ASIDE)


class Sure(models.TextChoices):
    """How sure a match is; only an exact one is taken without asking."""

    EXACT = "exact", "certain"
    LIKELY = "likely", "likely"
    SEVERAL = "several", "several match"
    NONE = "none", "no match"


class Image(OfPharmacy):
    """A scanned or photographed prescription, as it was taken in."""

    content_type = models.TextField()
    content = models.BinaryField()
    sha256 = models.BinaryField()
    added_at = models.DateTimeField()
    added_by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.content_type} of {self.added_at}"


class Arrival(OfPharmacy):
    """A prescription that has come in and waits to be entered.

    ``sent`` is what the message says, ``draft`` what somebody has typed so far: both JSON
    objects of strings. ``unsure`` is a JSON list of sentences a person must look at, and
    ``question`` the one that keeps it in intake; without one it is ready for entry.
    """

    source = models.TextField(choices=Source.choices)
    state = models.TextField(choices=ArrivalState.choices, default=ArrivalState.ARRIVED)
    because = models.TextField(default="", blank=True)
    incoming = models.ForeignKey(Incoming, on_delete=models.PROTECT, null=True, db_index=False)
    # What another pharmacy said, where it gave the prescription away.
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, null=True, db_index=False)
    image = models.ForeignKey(Image, on_delete=models.PROTECT, null=True, db_index=False)
    partner = models.TextField(default="", blank=True)
    message_id = models.TextField(default="", blank=True)
    order_number = models.TextField(default="", blank=True)
    sent = models.TextField(default="{}")
    draft = models.TextField(default="", blank=True)
    unsure = models.TextField(default="[]")
    question = models.TextField(default="", blank=True)

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True)
    patient_sure = models.TextField(choices=Sure.choices, default=Sure.NONE)
    patient_why = models.TextField(default="", blank=True)
    prescriber = models.ForeignKey(
        Prescriber, on_delete=models.PROTECT, null=True, db_index=False
    )
    prescriber_sure = models.TextField(choices=Sure.choices, default=Sure.NONE)
    prescriber_why = models.TextField(default="", blank=True)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, db_index=False)
    package_sure = models.TextField(choices=Sure.choices, default=Sure.NONE)
    package_why = models.TextField(default="", blank=True)

    # A prescription by telephone: who called, whether it was read back, who took it, and
    # whether the law let that person take one for a controlled drug.
    caller = models.TextField(default="", blank=True)
    read_back = models.BooleanField(default=False)
    taken_by = models.BigIntegerField(null=True)
    taken_by_name = models.TextField(default="", blank=True)
    may_take_controlled = models.BooleanField(default=False)

    owner = models.ForeignKey(
        "staff.Person", on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False
    )
    arrived_at = models.DateTimeField()
    promised_at = models.DateTimeField()
    waiter = models.BooleanField(default=False)
    prescription = models.ForeignKey(
        Prescription, on_delete=models.PROTECT, null=True, db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "incoming"], name="arrival_once_a_message"
            ),
            models.UniqueConstraint(
                fields=["pharmacy", "transfer"], name="arrival_once_a_transfer"
            ),
            models.CheckConstraint(
                condition=Q(state="entered", prescription__isnull=False)
                | (~Q(state="entered") & Q(prescription__isnull=True)),
                name="arrival_entered_names_its_prescription",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["arrived", "entered"]) | ~Q(because=""),
                name="arrival_laid_by_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "state", "promised_at"],
                name="arrival_queue",
                condition=Q(state__in=["arrived", "set_aside"]),
            ),
            models.Index(
                fields=["pharmacy", "order_number"],
                name="arrival_order_number",
                condition=~Q(order_number=""),
            ),
            models.Index(fields=["pharmacy", "prescription"], name="arrival_prescription"),
        ]

    def __str__(self) -> str:
        return f"{self.source} of {self.arrived_at}"

    @property
    def sent_values(self) -> dict[str, str]:
        """What the message says; empty for what came by hand."""
        return dict(json.loads(self.sent))

    @property
    def draft_values(self) -> dict[str, str]:
        """What somebody typed and left."""
        return dict(json.loads(self.draft)) if self.draft else {}

    @property
    def unsure_list(self) -> list[str]:
        """The sentences a person must look at."""
        return list(json.loads(self.unsure))


class SigCode(OfPharmacy):
    """A pharmacy's own sig code: one word, and the directions it stands for.

    A retired one stays on file, for what was entered with it.
    """

    code = models.TextField()
    means = models.TextField()
    retired_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "code"], name="sig_code_once"),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(means=""), name="sig_code_stands_for_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.means}"
