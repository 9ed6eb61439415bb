"""A prescription given to another pharmacy, or taken from one: the record each side keeps."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q

from apothecary.staff.models import OfPharmacy, Person


class Direction(models.TextChoices):
    OUT = "out", "to another pharmacy"
    IN = "in", "from another pharmacy"


class Way(models.TextChoices):
    """How the two of them spoke, or the message went."""

    PHONE = "phone", "telephone"
    FAX = "fax", "fax"
    ELECTRONIC = "electronic", "electronic message"


class Title(models.TextChoices):
    """What somebody at the other pharmacy says they are."""

    PHARMACIST = "pharmacist", "pharmacist"
    CERTIFIED = "certified technician", "certified technician"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastFill:
    """A fill before the transfer: its day, the pharmacy that gave it, and its number there."""

    on: date
    place: str
    number: str = ""
    quantity: Decimal | None = None


def fills_text(fills: list[PastFill]) -> str:
    """The fills as they are kept."""
    return json.dumps([asdict(one) for one in fills], default=str, ensure_ascii=False)


class Transfer(OfPharmacy):
    """One transfer as it was written down; it stays.

    ``unfilled``: it goes for its first fill. ``refills_left``: further fills it still has; of
    an unfilled one those after the first. ``fills`` is a JSON list of `PastFill`. Of one that
    comes in ``prescription`` is empty until it is entered, and until then what the other
    pharmacy said can be completed.
    """

    direction = models.CharField(max_length=3, choices=Direction.choices)
    prescription = models.ForeignKey(
        "prescriptions.Prescription",
        on_delete=models.PROTECT,
        null=True,
        related_name="transfers",
        db_index=False,
    )
    controlled = models.BooleanField()
    unfilled = models.BooleanField()
    way = models.TextField(choices=Way.choices)
    shared_database = models.BooleanField(default=False)
    # The network's or the other system's word for the message that carried it.
    reference = models.TextField(default="", blank=True)
    # What the pharmacist says of an electronic one that was never filled.
    patient_asked = models.BooleanField(default=False)
    unaltered = models.BooleanField(default=False)
    state_allows = models.TextField(default="", blank=True)

    name = models.TextField()
    street = models.TextField(default="", blank=True)
    city = models.TextField(default="", blank=True)
    state = models.CharField(max_length=2, default="", blank=True)
    postal_code = models.TextField(default="", blank=True)
    phone = models.CharField(max_length=10, default="", blank=True)
    dea = models.CharField(max_length=9, default="", blank=True)
    spoke_with = models.TextField(default="", blank=True)
    spoke_with_title = models.TextField(choices=Title.choices)
    their_number = models.TextField(default="", blank=True)

    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_name = models.TextField()
    by_title = models.TextField()
    transferred_on = models.DateField()
    recorded_at = models.DateTimeField()

    says = models.TextField(default="", blank=True)
    written_on = models.DateField(null=True)
    refills_originally = models.IntegerField(null=True)
    refills_left = models.IntegerField(null=True)
    fills = models.TextField(default="[]")
    kept_until = models.DateField(null=True)

    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.TextField(default="", blank=True)
    taken_back_with = models.TextField(default="", blank=True)
    because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prescription"],
                condition=Q(direction="out", taken_back_at=None),
                name="transfer_out_once",
            ),
            models.UniqueConstraint(
                fields=["prescription"],
                condition=Q(direction="in", prescription__isnull=False),
                name="transfer_in_once",
            ),
            models.CheckConstraint(
                condition=Q(direction="in") | Q(prescription__isnull=False),
                name="transfer_out_names_its_prescription",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None)
                | (Q(direction="out") & ~Q(because="") & ~Q(taken_back_with="")),
                name="transfer_taken_back_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["pharmacy", "transferred_on"], name="transfer_day"),
            models.Index(fields=["pharmacy", "prescription"], name="transfer_of"),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()}: {self.name}"

    @property
    def past_fills(self) -> list[PastFill]:
        """The fills before the transfer, in the order they were written down."""
        return [
            PastFill(
                on=date.fromisoformat(one["on"]),
                place=one["place"],
                number=one["number"],
                quantity=None if one["quantity"] is None else Decimal(one["quantity"]),
            )
            for one in json.loads(self.fills)
        ]

    @property
    def address(self) -> str:
        """Where the other pharmacy is, in one line."""
        where = ", ".join(part for part in (self.street, self.city, self.state) if part)
        return f"{where} {self.postal_code}".strip()

    @property
    def stands(self) -> bool:
        """Nobody has taken it back."""
        return self.taken_back_at is None

    @property
    def first_filled_on(self) -> date | None:
        """The day of the first fill, where one is written down."""
        return min((one.on for one in self.past_fills), default=None)
