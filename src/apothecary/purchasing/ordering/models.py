"""Orders to wholesalers, their lines, and what the wholesaler said of each."""

from django.db import models
from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.purchasing.states import Decided, OrderState, Said
from apothecary.purchasing.wholesalers.models import PROGRAMMES, CatalogueItem, Wholesaler
from apothecary.staff.models import OfPharmacy
from apothecary.stock.kinds import Programme
from apothecary.wires.models import Outgoing


class Order(OfPharmacy):
    """An order on one account of one wholesaler; ``po`` is its number on every paper."""

    number = models.IntegerField()
    wholesaler = models.ForeignKey(Wholesaler, on_delete=models.PROTECT, db_index=False)
    programme = models.TextField(choices=PROGRAMMES, default=Programme.OWN.value)
    state = models.TextField(
        choices=[(state.value, state.value) for state in OrderState],
        default=OrderState.DRAFT.value,
    )
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    outgoing = models.ForeignKey(
        Outgoing, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # The control number of the interchange and group it went out under.
    control = models.IntegerField(null=True)
    # The 997: when it is due, when it came, and what it said where it refused.
    receipt_due_at = models.DateTimeField(null=True)
    receipt_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    seller_number = models.TextField(default="", blank=True)
    because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "number"], name="order_number"),
            # The order pad: one draft for each wholesaler and programme.
            models.UniqueConstraint(
                fields=["pharmacy", "wholesaler", "programme"],
                condition=Q(state=OrderState.DRAFT.value),
                name="order_pad",
            ),
        ]
        indexes = [
            models.Index(fields=["pharmacy", "state", "made_at"], name="order_state"),
            models.Index(fields=["pharmacy", "control"], name="order_control"),
        ]

    @property
    def po(self) -> str:
        """The purchase order's number as the papers carry it."""
        return f"PO{self.number:06}"

    def __str__(self) -> str:
        return self.po


class OrderLine(OfPharmacy):
    """So many whole packages of an item, at the price that was agreed on when it was sent."""

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    number = models.IntegerField()
    item = models.ForeignKey(CatalogueItem, on_delete=models.PROTECT, db_index=False)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, db_index=False)
    packages = models.IntegerField()
    price_usd = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    # How it came on the pad: by the levels, by hand, in place of another package.
    because = models.TextField(default="", blank=True)
    instead_of = models.ForeignKey(
        Package, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # What is still to come by what the wholesaler said; nothing said: all that was ordered.
    promised = models.IntegerField(null=True)
    back_ordered = models.IntegerField(default=0)
    due_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "order", "number"], name="order_line_number"
            ),
            models.CheckConstraint(condition=Q(packages__gt=0), name="order_line_packages"),
        ]
        indexes = [models.Index(fields=["pharmacy", "package"], name="order_line_package")]

    def __str__(self) -> str:
        return f"{self.packages} of {self.package_id}"


class LineAnswer(OfPharmacy):
    """One ACK of an 855: what the wholesaler says of a line or a part of it.

    What is not simply accepted waits until a person takes or refuses it. ``package`` is what
    a substitute is, where the drug file knows it.
    """

    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="answers", db_index=False
    )
    said = models.TextField(choices=[(said.value, said.value) for said in Said])
    code = models.CharField(max_length=3)
    packages = models.IntegerField()
    price_usd = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    due_on = models.DateField(null=True)
    item_number = models.TextField(default="", blank=True)
    ndc = models.TextField(default="", blank=True)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, db_index=False)
    said_at = models.DateTimeField()
    needs_decision = models.BooleanField()
    decided = models.TextField(
        choices=[(decided.value, decided.value) for decided in Decided], default="", blank=True
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    because = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["pharmacy", "line"], name="line_answer_line"),
            models.Index(
                fields=["pharmacy", "said_at"],
                name="line_answer_open",
                condition=Q(needs_decision=True, decided=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packages} {self.said}"
