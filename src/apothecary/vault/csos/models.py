"""Electronic orders, their lines, what came on them, and the certificates they are signed with.

Of a key nothing is ever kept: it is in a file that its bearer has, and in memory for one
signature.
"""

from django.db import models
from django.db.models import F, Q

from apothecary.drugs.models import Package
from apothecary.staff.models import OfPharmacy, Person
from apothecary.vault.book.models import PowerOfAttorney
from apothecary.vault.csos.states import CsosState
from apothecary.vault.orders.states import SignedAs
from apothecary.wires.models import Outgoing


class CsosCertificate(OfPharmacy):
    """A certificate put on file: whose it is, for which registration and schedules, until when.

    ``said`` is where registration and schedules were read: in the certificate, or typed.
    """

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    pem = models.TextField()
    fingerprint = models.CharField(max_length=64)
    serial = models.TextField()
    subject = models.TextField()
    issuer = models.TextField()
    dea = models.CharField(max_length=9)
    schedules = models.TextField()
    said = models.TextField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    registered_at = models.DateTimeField()
    registered_by_id = models.BigIntegerField()
    # Lost, stolen, compromised or no longer used: when that was known, and told the authority.
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.BigIntegerField(null=True)
    ended_because = models.TextField(default="", blank=True)
    known_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "fingerprint"], name="csos_certificate_once"
            )
        ]
        indexes = [models.Index(fields=["pharmacy", "person"], name="csos_certificate_person")]

    @property
    def schedules_held(self) -> frozenset[int]:
        """The schedules it signs for."""
        return frozenset(int(each) for each in self.schedules.split(",") if each)

    def __str__(self) -> str:
        return f"{self.subject} ({self.serial})"


class CsosOrder(OfPharmacy):
    """One electronic order. ``raw`` are the bytes as signed and sent, kept as they are."""

    number = models.CharField(max_length=9)
    state = models.TextField(
        choices=[(each.value, each.value) for each in CsosState],
        default=CsosState.WRITTEN.value,
    )
    purchaser_name = models.TextField()
    purchaser_address = models.TextField()
    purchaser_dea = models.CharField(max_length=9)
    supplier_name = models.TextField()
    supplier_address = models.TextField()
    supplier_dea = models.CharField(max_length=9)
    written_on = models.DateField()
    written_at = models.DateTimeField()
    written_by_id = models.BigIntegerField()
    signed_on = models.DateField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by_id = models.BigIntegerField(null=True)
    signed_by_name = models.TextField(default="", blank=True)
    signed_as = models.TextField(
        choices=[(each.value, each.value) for each in SignedAs], default="", blank=True
    )
    power = models.ForeignKey(
        PowerOfAttorney, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    certificate = models.ForeignKey(
        CsosCertificate, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    raw = models.BinaryField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_by_id = models.BigIntegerField(null=True)
    outgoing = models.ForeignKey(
        Outgoing, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # What the supplier said, as it came: a statement of nonacceptance stays with its order.
    answered_at = models.DateTimeField(null=True)
    answer = models.BinaryField(null=True)
    answer_code = models.TextField(default="", blank=True)
    answer_says = models.TextField(default="", blank=True)
    supplier_number = models.TextField(default="", blank=True)
    ended_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.BigIntegerField(null=True)
    ended_because = models.TextField(default="", blank=True)
    # The order that goes out in the place of a lost one (21 CFR 1305.26).
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaces"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "number"], name="csos_order_number"),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | ~Q(replaced_by=F("id")),
                name="csos_replaced_by_another",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None) | Q(raw__isnull=False),
                name="csos_signed_is_kept",
            ),
        ]
        indexes = [
            models.Index(fields=["pharmacy", "state", "id"], name="csos_order_state"),
            models.Index(fields=["pharmacy", "written_on"], name="csos_order_written"),
        ]

    def __str__(self) -> str:
        return f"order {self.number}"


class CsosLine(OfPharmacy):
    """One item: so many packages of a drug, in the words that are signed."""

    order = models.ForeignKey(
        CsosOrder, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    packages = models.PositiveIntegerField()
    package_size = models.TextField()
    ndc = models.TextField()
    item_name = models.TextField()
    strength = models.TextField(default="", blank=True)
    form = models.TextField(default="", blank=True)
    schedule = models.PositiveSmallIntegerField()
    # What of it the supplier voids is not waited for (21 CFR 1305.28).
    void_on = models.DateField(null=True)
    void_because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="csos_line_once"),
            models.CheckConstraint(condition=Q(packages__gt=0), name="csos_line_some"),
        ]

    def __str__(self) -> str:
        return f"line {self.number}: {self.packages} of {self.item_name}"


class CsosReceipt(OfPharmacy):
    """Packages of one line that came on a day: the record linked to the order (1305.22(g))."""

    line = models.ForeignKey(
        CsosLine, on_delete=models.PROTECT, related_name="receipts", db_index=False
    )
    key = models.TextField()
    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    packages = models.PositiveIntegerField()
    received_on = models.DateField()
    received_at = models.DateTimeField()
    by_id = models.BigIntegerField()
    witness_id = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)
    undone_because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "key"], name="csos_receipt_key"),
            models.CheckConstraint(
                condition=Q(witness_id=None) | ~Q(by_id=F("witness_id")),
                name="csos_receipt_by_two",
            ),
            models.CheckConstraint(condition=Q(packages__gt=0), name="csos_receipt_some"),
        ]
        indexes = [models.Index(fields=["pharmacy", "line"], name="csos_receipt_line")]

    def __str__(self) -> str:
        return f"{self.packages} on {self.received_on}"
