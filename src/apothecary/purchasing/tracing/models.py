"""Who sold which package to us, as the seller told it, kept six years (FDCA 582(d)(1)(A)(iii)).

Rows are never deleted (the database refuses it) and never changed. Where a package is now is
asked of the receipts and the ledger.
"""

from django.db import models
from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.models import OfPharmacy
from apothecary.wires.models import Incoming


class DispenserSize(OfPharmacy):
    """How large the owner of this pharmacy is, by whose word; the last row counts.

    Without a row the house takes the owner for the larger kind, whose exemption ended first.
    """

    size = models.TextField(choices=[("small", "small"), ("larger", "larger")])
    evidence = models.TextField()
    said_at = models.DateTimeField()
    said_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "said_at"], name="dispenser_size_said")]

    def __str__(self) -> str:
        return self.size


class TracingDocument(OfPharmacy):
    """A tracing document (EPCIS) as it came. With a problem it was set aside: its bytes are
    kept, and nothing that it says was taken over.
    """

    wholesaler = models.ForeignKey(Wholesaler, on_delete=models.PROTECT, db_index=False)
    incoming = models.OneToOneField(Incoming, on_delete=models.PROTECT, related_name="+")
    instance = models.TextField(default="", blank=True)
    name = models.TextField(default="", blank=True)
    arrived_at = models.DateTimeField()
    packages = models.IntegerField(default=0)
    problem = models.TextField(default="", blank=True)
    # What is odd and stops nothing, a line each.
    notes = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["pharmacy", "arrived_at"], name="tracing_document_arrived")
        ]

    def __str__(self) -> str:
        return self.instance or self.name


class TracedShipment(OfPharmacy):
    """One change of ownership: from whom to whom, when, and the seller's statement (TS)."""

    document = models.ForeignKey(
        TracingDocument, on_delete=models.PROTECT, related_name="shipments", db_index=False
    )
    event = models.IntegerField()
    seller = models.TextField()
    seller_address = models.TextField()
    buyer = models.TextField()
    buyer_address = models.TextField()
    shipped_at = models.DateTimeField()
    transaction_on = models.DateField()
    orders = models.TextField(default="", blank=True)
    despatches = models.TextField(default="", blank=True)
    invoices = models.TextField(default="", blank=True)
    statement = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "document", "event"], name="traced_shipment_event"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seller} {self.transaction_on}"


class TracedItem(OfPharmacy):
    """A product of a shipment as its seller describes it."""

    shipment = models.ForeignKey(
        TracedShipment, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    gtin = models.CharField(max_length=14)
    ndc = models.CharField(max_length=11, default="", blank=True)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, db_index=False)
    name = models.TextField()
    strength = models.TextField()
    form = models.TextField()
    container = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "shipment", "gtin"], name="traced_item_gtin"
            )
        ]
        indexes = [models.Index(fields=["pharmacy", "ndc"], name="traced_item_ndc")]

    def __str__(self) -> str:
        return f"{self.name} {self.strength}"


class TracedPackage(OfPharmacy):
    """One package by its product identifier, or several of a lot that bear no serial number.

    ``of_lot`` counts the packages of this product and lot in the shipment.
    """

    item = models.ForeignKey(
        TracedItem, on_delete=models.PROTECT, related_name="packages", db_index=False
    )
    gtin = models.CharField(max_length=14)
    serial = models.TextField(default="", blank=True)
    lot = models.TextField()
    expires_on = models.DateField(null=True)
    of_lot = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "gtin", "serial"],
                condition=~Q(serial=""),
                name="traced_package_once",
            )
        ]
        indexes = [
            models.Index(fields=["pharmacy", "lot"], name="traced_package_lot"),
            models.Index(fields=["pharmacy", "serial"], name="traced_package_serial"),
            models.Index(fields=["pharmacy", "item"], name="traced_package_item"),
        ]

    def __str__(self) -> str:
        return f"{self.gtin} {self.serial}"
