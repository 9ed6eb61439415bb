"""What payers sent and what was posted of it. Loaded with ``claims.models``; see there."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apothecary.claims.money.kinds import DifferenceKind, LineKind, Settled
from apothecary.staff.models import OfPharmacy
from apothecary.wires.models import Incoming

OPEN = Q(closed_at=None)


class RemittanceFile(OfPharmacy):
    """A file of remittances as it came. With a ``problem`` nothing of it was posted."""

    incoming = models.OneToOneField(Incoming, on_delete=models.PROTECT, related_name="+")
    name = models.TextField(blank=True)
    arrived_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    problem = models.TextField(default="", blank=True)
    # What was odd and left no doubt about any amount.
    notes = ArrayField(models.TextField(), default=list)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "arrived_at"], name="remittance_file_at")]

    def __str__(self) -> str:
        return self.name


class Remittance(OfPharmacy):
    """One payment of one payer with its explanation: amount = claims less adjusted."""

    file = models.ForeignKey(
        RemittanceFile, on_delete=models.PROTECT, related_name="remittances"
    )
    control = models.TextField(blank=True)
    trace = models.TextField()
    payer_id = models.TextField(blank=True)
    payer_name = models.TextField(blank=True)
    method = models.TextField(blank=True)
    paid_on = models.DateField()
    posted_at = models.DateTimeField()
    amount_usd = models.DecimalField(max_digits=12, decimal_places=2)
    claims_usd = models.DecimalField(max_digits=12, decimal_places=2)
    adjusted_usd = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "payer_id", "trace"], name="remittance_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_usd=models.F("claims_usd") - models.F("adjusted_usd")),
                name="remittance_balances",
            ),
        ]
        indexes = [models.Index(fields=["pharmacy", "paid_on"], name="remittance_paid_on")]

    def __str__(self) -> str:
        return f"{self.payer_name} {self.trace}"


class Payment(OfPharmacy):
    """One posted line, never changed: a correction is a line that reverses it.

    ``usd`` is what the line adds to its remittance's amount (a PLB amount with its sign
    turned). Of a claim's line, ``fee_usd`` is what the payer keeps back of it in a sum of fees
    beside the claims. A settlement has no remittance: it lowers what is still expected.
    """

    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, null=True, related_name="payments"
    )
    segment = models.IntegerField(default=0)
    kind = models.TextField(choices=[(k.value, k.value) for k in LineKind])
    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.PROTECT, null=True, related_name="payments"
    )
    difference = models.ForeignKey(
        "claims.Difference", on_delete=models.PROTECT, null=True, related_name="payments"
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    posted_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    usd = models.DecimalField(max_digits=12, decimal_places=2)
    fee_usd = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    # As the payer named it: CLP01, CLP02, day, NDC, CLP07 or the reference of a PLB.
    rx = models.TextField(default="", blank=True)
    status = models.TextField(default="", blank=True)
    service_on = models.DateField(null=True)
    ndc = models.TextField(default="", blank=True)
    reference = models.TextField(default="", blank=True)
    charge_usd = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    patient_usd = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    # "CO 45 3.20" of a claim, "WO" of a PLB.
    reasons = ArrayField(models.TextField(), default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(remittance__isnull=False) & ~Q(kind=LineKind.SETTLEMENT.value)
                | Q(
                    remittance=None,
                    kind=LineKind.SETTLEMENT.value,
                    difference__isnull=False,
                ),
                name="payment_of_remittance_or_settling",
            )
        ]
        indexes = [models.Index(fields=["pharmacy", "reference"], name="payment_reference")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference} {self.usd}"


class Difference(OfPharmacy):
    """What does not match, until it does or a person closes it with a reason.

    ``usd`` is what is still expected: above zero the payer owes it, below zero we hold it.
    """

    kind = models.TextField(choices=[(k.value, k.value) for k in DifferenceKind])
    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    usd = models.DecimalField(max_digits=12, decimal_places=2)
    found_at = models.DateTimeField()
    # Somebody told the payer: it stays open and expected.
    disputed_at = models.DateTimeField(null=True)
    because = models.TextField(default="", blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    closing = models.TextField(
        choices=[(c.value, c.value) for c in Settled], default="", blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=OPEN, name="difference_open_of_claim"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=OPEN, name="difference_open_of_payment"
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=False, payment=None)
                | Q(claim=None, payment__isnull=False),
                name="difference_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closing="")
                | Q(closed_at__isnull=False) & ~Q(closing=""),
                name="difference_closed_with_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "found_at"], name="difference_open", condition=OPEN
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.usd}"
