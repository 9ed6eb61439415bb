"""The ledger: places, lots, postings of two-sided moves, reservations and balances."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from apothecary.drugs.models import Package
from apothecary.staff.models import OfPharmacy
from apothecary.stock.counting import models as counting  # noqa: F401 Django finds tables so
from apothecary.stock.expiring import models as expiring  # noqa: F401 likewise
from apothecary.stock.kinds import OUTSIDE, PICKED_FROM, Apart, PlaceKind, Programme, Storage
from apothecary.stock.levels import models as levels  # noqa: F401 likewise
from apothecary.stock.recalled import models as recalled  # noqa: F401 likewise

__all__ = [
    "OUTSIDE",
    "PICKED_FROM",
    "Balance",
    "Lot",
    "LotState",
    "Move",
    "Ordering",
    "Place",
    "PlaceKind",
    "Posting",
    "Reservation",
    "ReservationState",
    "ShelfItem",
]


class Place(OfPharmacy):
    """An account of the ledger: somewhere units can be.

    ``left``, ``top``, ``width`` and ``height`` are its rectangle on the map in steps of a foot;
    without a width it is not drawn. ``holds`` is how many packages fit in, where that is known.
    """

    kind = models.TextField(choices=PlaceKind.choices)
    name = models.TextField()
    storage = models.TextField(choices=Storage.choices, default=Storage.ROOM)
    apart = models.TextField(choices=Apart.choices, default=Apart.NOTHING, blank=True)
    programme = models.TextField(choices=Programme.choices, default=Programme.OWN)
    area = models.TextField(default="", blank=True)
    left = models.PositiveSmallIntegerField(default=0)
    top = models.PositiveSmallIntegerField(default=0)
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)
    holds = models.PositiveIntegerField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "name"], name="place_name"),
        ]

    def __str__(self) -> str:
        return self.name


class LotState(models.TextChoices):
    AVAILABLE = "available", "available"
    QUARANTINED = "quarantined", "quarantined"


class Lot(OfPharmacy):
    """One manufacturer's lot of a package, with its expiry (the last day it may be used)."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT)
    number = models.TextField()
    expires_on = models.DateField()
    state = models.TextField(choices=LotState.choices, default=LotState.AVAILABLE)
    because = models.TextField(default="", blank=True)
    # When the house first said that it expired where fills draw from.
    flagged_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "package", "number", "expires_on"], name="lot_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} exp {self.expires_on}"


class Balance(OfPharmacy):
    """How much of a lot is at a place, and how much of that is promised to fills."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    on_hand = models.DecimalField(max_digits=15, decimal_places=3, default=0)
    reserved = models.DecimalField(max_digits=15, decimal_places=3, default=0)
    outside = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "lot"], name="balance_of"),
            models.CheckConstraint(
                condition=Q(outside=True) | Q(on_hand__gte=0), name="balance_not_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0)
                & (Q(outside=True) | Q(reserved__lte=F("on_hand"))),
                name="balance_reserved_is_there",
            ),
        ]
        indexes = [models.Index(fields=["pharmacy", "lot"], name="balance_lot")]

    def __str__(self) -> str:
        return f"{self.on_hand} ({self.reserved} reserved)"


class Posting(OfPharmacy):
    """One act on the ledger: its moves stand or fall together, once per key."""

    key = models.TextField()
    by_id = models.BigIntegerField(null=True)
    witness_id = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pharmacy", "key"], name="posting_key")]
        # What was used of late is asked for by day. Rows lie in the order of time: a few ranges
        # of pages answer it, and writing a posting costs no more than before.
        indexes = [BrinIndex(fields=["happened_at"], name="posting_days", autosummarize=True)]

    def __str__(self) -> str:
        return self.key


class ReservationState(models.TextChoices):
    PENDING = "pending", "pending"
    POSTED = "posted", "posted"
    VOIDED = "voided", "voided"


class Reservation(OfPharmacy):
    """Units of a lot promised to a fill until the pharmacist's check posts or voids them."""

    fill_id = models.BigIntegerField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    # The last day of the supply: an earlier lot that ends before it was no choice.
    good_until = models.DateField(null=True)
    state = models.TextField(choices=ReservationState.choices, default=ReservationState.PENDING)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_positive")
        ]
        indexes = [models.Index(fields=["pharmacy", "fill_id"], name="reservation_fill")]

    def __str__(self) -> str:
        return f"{self.quantity} {self.state}"


class Move(OfPharmacy):
    """Units of a lot from one place to another. Never changed; a correction reverses it."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="moves")
    from_place = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_place = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, db_index=False)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    reason = models.TextField()
    fill_id = models.BigIntegerField(null=True)
    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, null=True, db_index=False
    )
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="move_positive"),
            models.CheckConstraint(
                condition=~Q(from_place=F("to_place")), name="move_between_two_places"
            ),
        ]
        indexes = [
            models.Index(fields=["pharmacy", "lot", "id"], name="move_lot"),
            models.Index(
                fields=["pharmacy", "fill_id"],
                name="move_fill",
                condition=Q(fill_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.reason}"


class Ordering(models.TextChoices):
    """How a kept package is reordered."""

    AUTO = "auto", "with the others"
    REVIEW = "review", "a person looks at each order"
    NEVER = "never", "not at all"


class ShelfItem(OfPharmacy):
    """A package this pharmacy keeps: where it stands, how much of it, how it is reordered.

    ``reorder_at`` is the least there should be (below zero: ordered for a prescription only),
    ``order_up_to`` what an order fills up to, ``at_most`` what may not be passed; all in the
    package's billing unit. ``storage`` is what its label says where the drug file does not.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    programme = models.TextField(choices=Programme.choices, default=Programme.OWN)
    bin = models.TextField(default="", blank=True)
    storage = models.TextField(choices=Storage.choices, default="", blank=True)
    apart = models.TextField(choices=Apart.choices, default=Apart.NOTHING, blank=True)
    reorder_at = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    order_up_to = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    at_most = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    ordering = models.TextField(choices=Ordering.choices, default=Ordering.AUTO)
    contract_only = models.BooleanField(default=False)
    lead_days = models.PositiveSmallIntegerField(null=True)
    safety_days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "package", "programme"], name="shelf_item_package"
            ),
            models.CheckConstraint(
                condition=Q(order_up_to__gte=0) & Q(order_up_to__gte=F("reorder_at")),
                name="shelf_item_par_not_below_min",
            ),
            models.CheckConstraint(
                condition=Q(at_most=None) | Q(at_most__gte=F("order_up_to")),
                name="shelf_item_most_not_below_par",
            ),
        ]

    def __str__(self) -> str:
        return self.bin
