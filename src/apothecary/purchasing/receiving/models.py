"""What is announced, and what somebody scanned at the door. Only the second moves stock."""

from django.db import models
from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.purchasing.ordering.models import Order, OrderLine
from apothecary.purchasing.papers.models import Paper
from apothecary.purchasing.states import Condition
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.models import OfPharmacy
from apothecary.stock.models import Lot, Place

CONDITIONS = [(condition.value, condition.value) for condition in Condition]


class ShipNotice(OfPharmacy):
    """An 856: what the wholesaler says is on its way. It moves nothing."""

    wholesaler = models.ForeignKey(Wholesaler, on_delete=models.PROTECT, db_index=False)
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="notice")
    number = models.TextField()
    shipped_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    carrier = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "wholesaler", "number"], name="ship_notice_number"
            )
        ]

    def __str__(self) -> str:
        return self.number


class Tote(OfPharmacy):
    """A case of a shipment, known by the SSCC on its label."""

    notice = models.ForeignKey(
        ShipNotice, on_delete=models.PROTECT, related_name="totes", db_index=False
    )
    sscc = models.CharField(max_length=18)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "sscc", "notice"], name="tote_sscc")
        ]
        indexes = [models.Index(fields=["pharmacy", "notice"], name="tote_notice")]

    def __str__(self) -> str:
        return self.sscc


class NoticeItem(OfPharmacy):
    """Packages that a ship notice announces, with the order line they are for."""

    notice = models.ForeignKey(
        ShipNotice, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    tote = models.ForeignKey(
        Tote, on_delete=models.PROTECT, null=True, related_name="items", db_index=False
    )
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, db_index=False)
    item_number = models.TextField(default="", blank=True)
    ndc = models.TextField(default="", blank=True)
    packages = models.IntegerField()
    lot = models.TextField(default="", blank=True)
    expires_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(packages__gte=0), name="notice_item_packages")
        ]
        indexes = [
            models.Index(fields=["pharmacy", "notice"], name="notice_item_notice"),
            models.Index(
                fields=["pharmacy", "line"],
                name="notice_item_line",
                condition=Q(line__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packages} of {self.ndc}"


class Receipt(OfPharmacy):
    """A delivery as it is taken in: begun with its first scan, closed when the totes are empty.

    ``temperature_c`` is that of what must be kept cold, ``frozen_c`` of what must be frozen,
    each taken on arrival.
    """

    wholesaler = models.ForeignKey(Wholesaler, on_delete=models.PROTECT, db_index=False)
    notice = models.ForeignKey(
        ShipNotice, on_delete=models.PROTECT, null=True, related_name="receipts", db_index=False
    )
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, related_name="receipts", db_index=False
    )
    started_at = models.DateTimeField()
    started_by = models.BigIntegerField(null=True)
    temperature_c = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    frozen_c = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    temperature_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "notice"],
                condition=Q(closed_at=None, notice__isnull=False),
                name="receipt_of_notice_open",
            ),
            models.UniqueConstraint(
                fields=["pharmacy", "order"],
                condition=Q(closed_at=None, notice__isnull=True),
                name="receipt_of_order_open",
            ),
        ]
        indexes = [models.Index(fields=["pharmacy", "started_at"], name="receipt_started")]

    def __str__(self) -> str:
        return f"receipt {self.pk}"


class ReceivedPackage(OfPharmacy):
    """A package somebody scanned at the door, with what its code said. Never changed but to
    say where it went: put away, or taken back by a reversing move.

    A package with a serial number is one of a kind; without one ``packages`` may be several.
    """

    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, related_name="received", db_index=False
    )
    line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        null=True,
        related_name="received",
        db_index=False,
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, db_index=False)
    gtin = models.CharField(max_length=14, default="", blank=True)
    serial = models.TextField(default="", blank=True)
    packages = models.IntegerField(default=1)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    condition = models.TextField(choices=CONDITIONS, default=Condition.GOOD.value)
    because = models.TextField(default="", blank=True)
    # Number of the DEA form or CSOS order a schedule II package came on (21 CFR 1305.13(e)).
    dea_order = models.TextField(default="", blank=True)
    # Where it stands until it is put away: receiving, or quarantine.
    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    key = models.TextField()
    received_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    witness_id = models.BigIntegerField(null=True)
    put_away_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # The same package twice is refused by the database, whoever scans first.
            models.UniqueConstraint(
                fields=["pharmacy", "gtin", "serial"],
                condition=~Q(serial="") & Q(undone_at=None),
                name="received_package_once",
            ),
            models.UniqueConstraint(fields=["pharmacy", "key"], name="received_package_key"),
            models.CheckConstraint(
                condition=Q(packages=1) | Q(serial="", packages__gt=1),
                name="received_package_one_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["pharmacy", "receipt"], name="received_package_receipt"),
            models.Index(fields=["pharmacy", "lot"], name="received_package_lot"),
            models.Index(
                fields=["pharmacy", "line"],
                name="received_package_line",
                condition=Q(line__isnull=False),
            ),
            models.Index(
                fields=["pharmacy", "place"],
                name="received_package_to_put_away",
                condition=Q(put_away_at=None, undone_at=None),
            ),
        ]

    @property
    def is_good(self) -> bool:
        return self.condition == Condition.GOOD

    def __str__(self) -> str:
        return f"{self.gtin} {self.serial}"
