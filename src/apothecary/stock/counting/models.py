"""Count sheets with their lines, every assertion, and what it leaves to look into."""

from django.db import models
from django.db.models import Q

from apothecary.staff.models import OfPharmacy
from apothecary.stock.counting.rules import WHY_SAYS, AbcClass, LineState


class Scope(models.TextChoices):
    """What a sheet goes through."""

    PLACE = "place", "a place"
    AREA = "area", "an area"
    CLASS = "class", "a class"
    SCHEDULE_II = "schedule_ii", "Schedule II"
    CONTROLLED = "controlled", "controlled drugs"
    COLD = "cold", "the cold places"
    DUE = "due", "what is due"
    TOUCH = "touch", "how many are left"


class CountSheet(OfPharmacy):
    """Who counts what. Its lines never show what the books say until they are counted."""

    scope = models.TextField(choices=Scope.choices)
    of = models.TextField(default="", blank=True)
    counter_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)
    closed_because = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["pharmacy", "id"], name="count_sheet_open", condition=Q(closed_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.of}".strip()


class CountLine(OfPharmacy):
    """One lot at one place: asked, counted, counted again by another, settled.

    ``difference`` is of the count that stands; it is posted when somebody signs the reason.
    """

    sheet = models.ForeignKey(CountSheet, on_delete=models.PROTECT, related_name="lines")
    place = models.ForeignKey("stock.Place", on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey("stock.Lot", on_delete=models.PROTECT, db_index=False)
    abc = models.CharField(
        max_length=1, choices=[(each.value, each.value) for each in AbcClass]
    )
    controlled = models.BooleanField(default=False)
    state = models.TextField(
        choices=[(each.value, each.value) for each in LineState],
        default=LineState.ASKED.value,
    )
    counted_by_id = models.BigIntegerField(null=True)
    difference = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    reason = models.TextField(choices=list(WHY_SAYS.items()), default="", blank=True)
    note = models.TextField(default="", blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "place", "lot"], name="count_line_once")
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "state"],
                name="count_line_open",
                condition=~Q(state=LineState.SETTLED.value),
            )
        ]

    def __str__(self) -> str:
        return f"line {self.pk} {self.state}"


class Way(models.TextChoices):
    """How somebody came to say how many there are."""

    SHEET = "sheet", "on a sheet"
    RECOUNT = "recount", "again by another"
    TOUCH = "touch", "asked at the shelf"
    LOT = "lot", "on the lot's page"


class Assertion(OfPharmacy):
    """Somebody said how much of a lot is at a place; what the books said at that moment.

    ``book`` leaves out what lay in vials (``in_vials``). ``seen_move`` is the last move of the
    lot then: a later over/short move of it means that the difference was dealt with already.
    """

    line = models.ForeignKey(
        CountLine, on_delete=models.PROTECT, null=True, related_name="assertions"
    )
    place = models.ForeignKey("stock.Place", on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey("stock.Lot", on_delete=models.PROTECT, db_index=False)
    way = models.TextField(choices=Way.choices)
    counted = models.DecimalField(max_digits=12, decimal_places=3)
    book = models.DecimalField(max_digits=15, decimal_places=3)
    in_vials = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    seen_move = models.BigIntegerField(default=0)
    by_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(counted__gte=0) & Q(in_vials__gte=0),
                name="assertion_not_below_zero",
            )
        ]
        indexes = [
            models.Index(fields=["pharmacy", "lot", "place", "made_at"], name="assertion_of"),
            models.Index(fields=["pharmacy", "made_at"], name="assertion_day"),
        ]

    def __str__(self) -> str:
        return f"{self.counted} of {self.book}"


class Discrepancy(OfPharmacy):
    """A controlled drug did not agree: the vault looks into it (``taken_up_at``)."""

    place = models.ForeignKey("stock.Place", on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey("stock.Lot", on_delete=models.PROTECT, db_index=False)
    line = models.ForeignKey(CountLine, on_delete=models.PROTECT, null=True, db_index=False)
    difference = models.DecimalField(max_digits=12, decimal_places=3)
    because = models.TextField()
    found_at = models.DateTimeField()
    found_by_id = models.BigIntegerField()
    taken_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(difference=0),
                name="discrepancy_differs",
            )
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "id"],
                name="discrepancy_open",
                condition=Q(taken_up_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.difference} of lot {self.lot_id}"
