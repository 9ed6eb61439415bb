"""Who takes drugs back, what goes to them, and what they credit for it."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.returns.shipments.states import HELD, OWED, Group, LineState, ShipmentState
from apothecary.staff.models import OfPharmacy
from apothecary.stock.models import Lot, Place
from apothecary.wires.models import Incoming, Outgoing

SHIPMENT_STATES = [(one.value, one.value) for one in ShipmentState]
LINE_STATES = [(one.value, one.value) for one in LineState]
GROUPS = [(one.value, one.value) for one in Group]
IS_HELD = Q(state__in=sorted(one.value for one in HELD))
IS_OWED = Q(state__in=sorted(one.value for one in OWED))


class ReverseDistributor(OfPharmacy):
    """Somebody registered to take drugs back for credit or destruction.

    ``code`` names its line in `APOTHECARY_WHOLESALERS`; ``credit_days`` is how long after a
    shipment its credit is due.
    """

    code = models.TextField()
    name = models.TextField()
    dea = models.CharField(max_length=9)
    address = models.TextField(default="", blank=True)
    phone = models.CharField(max_length=10, default="", blank=True)
    credit_days = models.PositiveSmallIntegerField(default=60)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "code"], name="reverse_code"),
        ]

    def __str__(self) -> str:
        return self.name


class Shipment(OfPharmacy):
    """Goods on their way back: outdates to a reverse distributor, saleable ones to whom they
    were bought from. Nothing leaves before they have said which lines they take.
    """

    number = models.IntegerField()
    distributor = models.ForeignKey(
        ReverseDistributor, on_delete=models.PROTECT, null=True, db_index=False
    )
    wholesaler = models.ForeignKey(
        Wholesaler, on_delete=models.PROTECT, null=True, db_index=False
    )
    group = models.TextField(choices=GROUPS)
    state = models.TextField(choices=SHIPMENT_STATES, default=ShipmentState.PICKED.value)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    # Their Form 222 for Schedule II, our invoice for III to V.
    form_222 = models.TextField(default="", blank=True)
    asked_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    outgoing = models.OneToOneField(
        Outgoing, on_delete=models.PROTECT, null=True, related_name="+"
    )
    authorization = models.TextField(default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    problem = models.TextField(default="", blank=True)
    shipped_at = models.DateTimeField(null=True)
    shipped_by = models.BigIntegerField(null=True)
    carrier = models.TextField(default="", blank=True)
    tracking = models.TextField(default="", blank=True)
    credit_due_on = models.DateField(null=True)
    confirm_by = models.DateField(null=True)
    confirmed_on = models.DateField(null=True)
    settled_at = models.DateTimeField(null=True)
    because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "number"], name="return_number"),
            models.CheckConstraint(
                condition=Q(distributor=None) ^ Q(wholesaler=None), name="return_to_one"
            ),
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "authorization"],
                name="return_authorization",
                condition=~Q(authorization=""),
            ),
            models.Index(fields=["pharmacy", "state", "made_at"], name="return_state"),
        ]

    def __str__(self) -> str:
        return f"R{self.number:05}"

    @property
    def partner(self) -> "ReverseDistributor | Wholesaler":
        """Who gets it."""
        found = self.distributor or self.wholesaler
        if found is None:
            raise LookupError(f"{self} goes to nobody")
        return found

    @property
    def is_saleable(self) -> bool:
        """Whether it goes back to be sold on."""
        return self.wholesaler_id is not None


class ShipmentLine(OfPharmacy):
    """Units of a lot from one place. ``expected_usd`` is the credit to expect at what they cost
    last, None where nobody knows; ``basis`` says by which price.
    """

    shipment = models.ForeignKey(
        Shipment, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    number = models.IntegerField()
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, db_index=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    reason = models.TextField()
    # A saleable package is one of a kind.
    received = models.ForeignKey(
        ReceivedPackage, on_delete=models.PROTECT, null=True, db_index=False
    )
    codes = models.TextField(default="", blank=True)
    expected_usd = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    basis = models.TextField(default="", blank=True)
    state = models.TextField(choices=LINE_STATES, default=LineState.PICKED.value)
    because = models.TextField(default="", blank=True)
    credited_usd = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    written_off_usd = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "shipment", "number"], name="return_line_number"
            ),
            # The same units stand on one shipment, whoever picks them at once.
            models.UniqueConstraint(
                fields=["pharmacy", "lot", "place"],
                condition=IS_HELD & Q(received=None),
                name="return_line_held",
            ),
            models.UniqueConstraint(
                fields=["pharmacy", "received"],
                condition=IS_HELD & Q(received__isnull=False),
                name="return_line_package",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="return_line_positive"),
            models.CheckConstraint(
                condition=Q(credited_usd__gte=0, written_off_usd__gte=0),
                name="return_line_money",
            ),
            models.CheckConstraint(
                condition=Q(expected_usd=None)
                | Q(written_off_usd=0)
                | Q(expected_usd=F("credited_usd") + F("written_off_usd")),
                name="return_line_even",
            ),
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "state"], name="return_line_owed", condition=IS_OWED
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.state}"

    @property
    def open_usd(self) -> Decimal | None:
        """What is still out of what was expected; None where nobody knows what to expect."""
        if self.expected_usd is None:
            return None
        return max(self.expected_usd - self.credited_usd - self.written_off_usd, Decimal(0))


class Credit(OfPharmacy):
    """A credit as it came, once by partner and number. With a problem nothing of it was booked;
    its bytes are kept.
    """

    partner = models.TextField()
    number = models.TextField()
    incoming = models.OneToOneField(Incoming, on_delete=models.PROTECT, related_name="+")
    shipment = models.ForeignKey(
        Shipment, on_delete=models.PROTECT, null=True, related_name="credits", db_index=False
    )
    credited_on = models.DateField(null=True)
    total_usd = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    arrived_at = models.DateTimeField()
    problem = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["pharmacy", "arrived_at"],
                name="return_credit_aside",
                condition=~Q(problem=""),
            ),
            models.Index(
                fields=["pharmacy", "shipment"],
                name="return_credit_of",
                condition=Q(shipment__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CreditLine(OfPharmacy):
    """What a credit says of one line, in their words."""

    credit = models.ForeignKey(
        Credit, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    line = models.ForeignKey(
        ShipmentLine, on_delete=models.PROTECT, related_name="credits", db_index=False
    )
    counted = models.DecimalField(max_digits=12, decimal_places=3)
    said = models.TextField()
    because = models.TextField(default="", blank=True)
    usd = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "credit", "line"], name="return_credit_line"
            ),
            models.CheckConstraint(condition=Q(usd__gte=0), name="return_credit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.said} {self.usd}"


class FollowUp(OfPharmacy):
    """Somebody asked after a credit: who, when, what was said, and what is promised."""

    shipment = models.ForeignKey(
        Shipment, on_delete=models.PROTECT, related_name="follow_ups", db_index=False
    )
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    name = models.TextField()
    says = models.TextField()
    promised_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "shipment", "at"], name="return_chased")]

    def __str__(self) -> str:
        return self.says
