"""Losses of controlled drugs: what is missing, the notices that went out, the forms filed."""

from django.db import models
from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.law.recorded import in_words
from apothecary.staff.models import OfPharmacy
from apothecary.stock.models import Lot, Place
from apothecary.vault.book.models import DiscrepancyCase
from apothecary.vault.losses.rules import Known
from apothecary.vault.losses.states import Kind, Outcome, Purpose, State, Way


class Loss(OfPharmacy):
    """A theft, a loss or a breakage from its discovery on.

    ``draft`` is what was typed so far of Form 106, ``factors`` what was weighed, by the names
    of the rule. ``in_books_at``: since then nothing of it stands in the books any more.
    """

    number = models.IntegerField()
    kind = models.TextField(choices=[(each.value, each.value) for each in Kind])
    state = models.TextField(
        choices=[(each.value, each.value) for each in State], default=State.DISCOVERED.value
    )
    what = models.TextField()
    discovered_at = models.DateTimeField()
    discovered_on = models.DateField()
    discovered_by_id = models.BigIntegerField()
    written_at = models.DateTimeField()
    written_by_id = models.BigIntegerField()
    case = models.OneToOneField(
        DiscrepancyCase, on_delete=models.PROTECT, null=True, related_name="loss"
    )
    significant = models.BooleanField(null=True)
    factors = models.JSONField(default=dict, blank=True)
    judged_at = models.DateTimeField(null=True)
    judged_by_id = models.BigIntegerField(null=True)
    judged_because = models.TextField(default="", blank=True)
    in_custody = models.BooleanField(null=True)
    supplier_told = models.TextField(default="", blank=True)
    in_books_at = models.DateTimeField(null=True)
    # Of a breakage: whether anything is left that has to be destroyed, and who saw it.
    recoverable = models.BooleanField(null=True)
    witness_id = models.BigIntegerField(null=True)
    witness_name = models.TextField(default="", blank=True)
    noticed_on = models.DateField(null=True)
    reported_on = models.DateField(null=True)
    draft = models.JSONField(default=dict, blank=True)
    outcome = models.TextField(
        choices=[(each.value, each.value) for each in Outcome], default="", blank=True
    )
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.BigIntegerField(null=True)
    closed_because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "number"], name="loss_number"),
            models.CheckConstraint(
                condition=Q(witness_id=None) | ~Q(witness_id=models.F("closed_by_id")),
                name="loss_seen_by_two",
            ),
        ]
        indexes = [models.Index(fields=["pharmacy", "state", "id"], name="loss_state")]

    def __str__(self) -> str:
        return f"L{self.number:04}"

    def known(self) -> Known:
        """The loss as the rules look at it."""
        return Known(
            kind=Kind(self.kind),
            state=State(self.state),
            discovered_on=self.discovered_on,
            significant=self.significant,
            weighed=frozenset(name for name, said in self.factors.items() if said),
            in_custody=self.in_custody,
            supplier_told=bool(self.supplier_told),
            in_books=self.in_books_at is not None,
            from_case=self.case_id is not None,
            noticed_on=self.noticed_on,
            reported_on=self.reported_on,
        )

    @property
    def weighed(self) -> list[tuple[str, str]]:
        """What was weighed, in words."""
        return [(in_words(name), said) for name, said in self.factors.items() if said]


class LossLine(OfPharmacy):
    """Units that are missing or broken. Without ``place`` they never were in the books: what a
    carrier lost was never received, and may have no lot that this house knows.
    """

    loss = models.ForeignKey(
        Loss, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    package = models.ForeignKey(Package, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, db_index=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, db_index=False)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    # Whether the discrepancy this came from had signed the move out of the books.
    moved_before = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loss", "package", "lot", "place"],
                name="loss_line_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="loss_line_positive"),
            models.CheckConstraint(
                condition=Q(place=None) | Q(lot__isnull=False), name="loss_line_of_a_lot"
            ),
        ]

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return self.package.unit_word or self.package.unit

    def __str__(self) -> str:
        return f"{self.quantity}"


class LossNotice(OfPharmacy):
    """A notice in writing as it went out. Never changed."""

    loss = models.ForeignKey(
        Loss, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    purpose = models.TextField(choices=[(each.value, each.value) for each in Purpose])
    to = models.TextField()
    way = models.TextField(choices=[(each.value, each.value) for each in Way])
    reference = models.TextField(default="", blank=True)
    text = models.TextField()
    sent_at = models.DateTimeField()
    written_at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_name = models.TextField()
    late_because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loss", "purpose"], name="loss_notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.way}"


class Form106(OfPharmacy):
    """A report of theft or loss as it was filed; an amendment is another version beside it."""

    loss = models.ForeignKey(
        Loss, on_delete=models.PROTECT, related_name="forms", db_index=False
    )
    version = models.PositiveSmallIntegerField()
    body = models.JSONField()
    filed_on = models.DateField()
    # What the agency answered: the number under which it holds the report.
    reference = models.TextField()
    because = models.TextField(default="", blank=True)
    signed_at = models.DateTimeField()
    signed_by_id = models.BigIntegerField()
    signed_by_name = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loss", "version"], name="form106_version")
        ]

    def __str__(self) -> str:
        return f"version {self.version}"
