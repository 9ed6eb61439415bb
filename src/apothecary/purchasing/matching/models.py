"""Invoices, what does not agree, what the wholesaler owes us for it, and what things cost."""

from django.db import models
from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.purchasing.ordering.models import Order, OrderLine
from apothecary.purchasing.papers.models import Paper
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import UNSETTLED, ClaimState, DifferenceKind, InvoiceState
from apothecary.purchasing.wholesalers.models import PROGRAMMES, Wholesaler
from apothecary.staff.models import OfPharmacy
from apothecary.stock.kinds import Programme

OPEN = Q(state__in=sorted(state.value for state in UNSETTLED))


class Invoice(OfPharmacy):
    """An 810 that adds up: lines and charges make its total to the cent."""

    wholesaler = models.ForeignKey(Wholesaler, on_delete=models.PROTECT, db_index=False)
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="invoice")
    number = models.TextField()
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, related_name="invoices", db_index=False
    )
    po = models.TextField(default="", blank=True)
    invoiced_on = models.DateField()
    due_on = models.DateField(null=True)
    goods_usd = models.DecimalField(max_digits=12, decimal_places=2)
    charges_usd = models.DecimalField(max_digits=12, decimal_places=2)
    total_usd = models.DecimalField(max_digits=12, decimal_places=2)
    state = models.TextField(
        choices=[(state.value, state.value) for state in InvoiceState],
        default=InvoiceState.NEW.value,
    )
    matched_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "wholesaler", "number"], name="invoice_number"
            ),
            models.CheckConstraint(
                condition=Q(total_usd=models.F("goods_usd") + models.F("charges_usd")),
                name="invoice_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["pharmacy", "state", "invoiced_on"], name="invoice_state"),
            models.Index(
                fields=["pharmacy", "order"],
                name="invoice_order",
                condition=Q(order__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(OfPharmacy):
    """Packages billed at a price each; ``amount_usd`` is their product, to the cent."""

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    number = models.IntegerField()
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, null=True, related_name="billed", db_index=False
    )
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, db_index=False)
    item_number = models.TextField(default="", blank=True)
    ndc = models.TextField(default="", blank=True)
    description = models.TextField(default="", blank=True)
    packages = models.IntegerField()
    price_usd = models.DecimalField(max_digits=12, decimal_places=4)
    amount_usd = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "invoice", "number"], name="invoice_line_number"
            )
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "line"],
                name="invoice_line_order_line",
                condition=Q(line__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.packages} at {self.price_usd}"


class InvoiceCharge(OfPharmacy):
    """Freight, a fee or an allowance beside the goods; an allowance is below zero."""

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="charges", db_index=False
    )
    code = models.CharField(max_length=4, default="", blank=True)
    says = models.TextField(default="", blank=True)
    usd = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "invoice"], name="invoice_charge_of")]

    def __str__(self) -> str:
        return f"{self.says} {self.usd}"


class Difference(OfPharmacy):
    """What does not agree, until the wholesaler credits it or a person closes it.

    ``usd`` is what we ask for: above zero the wholesaler owes it to us.
    """

    kind = models.TextField(choices=[(kind.value, kind.value) for kind in DifferenceKind])
    wholesaler = models.ForeignKey(Wholesaler, on_delete=models.PROTECT, db_index=False)
    line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        null=True,
        related_name="differences",
        db_index=False,
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="differences", db_index=False
    )
    received = models.OneToOneField(
        ReceivedPackage, on_delete=models.PROTECT, null=True, related_name="difference"
    )
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, db_index=False)
    packages = models.IntegerField(default=0)
    usd = models.DecimalField(max_digits=12, decimal_places=2)
    says = models.TextField(default="", blank=True)
    found_at = models.DateTimeField()
    state = models.TextField(
        choices=[(state.value, state.value) for state in ClaimState],
        default=ClaimState.OPEN.value,
    )
    because = models.TextField(default="", blank=True)
    claimed_at = models.DateTimeField(null=True)
    # Their number for the claim or the credit.
    reference = models.TextField(default="", blank=True)
    credited_usd = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(packages__gte=0), name="purchase_difference_packages"
            )
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "found_at"],
                name="purchase_difference_open",
                condition=OPEN,
            ),
            models.Index(
                fields=["pharmacy", "invoice"],
                name="purchase_difference_invoice",
                condition=Q(invoice__isnull=False),
            ),
            models.Index(
                fields=["pharmacy", "line"],
                name="purchase_difference_line",
                condition=Q(line__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.usd}"


class AcquisitionCost(OfPharmacy):
    """What one package cost us, by an approved invoice; the last row is the cost now."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, db_index=False)
    programme = models.TextField(choices=PROGRAMMES, default=Programme.OWN.value)
    usd = models.DecimalField(max_digits=12, decimal_places=4)
    invoice_line = models.OneToOneField(
        InvoiceLine, on_delete=models.PROTECT, related_name="cost"
    )
    invoiced_on = models.DateField()
    known_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["pharmacy", "package", "invoiced_on"], name="acquisition_cost_of"
            )
        ]

    def __str__(self) -> str:
        return f"{self.usd} since {self.invoiced_on}"
