"""Orders for Schedule II: the Form 222, its lines, what came on them, who the registrant is."""

from django.db import models
from django.db.models import F, Q

from apothecary.drugs.models import Package
from apothecary.staff.models import OfPharmacy, Person
from apothecary.vault.book.models import PowerOfAttorney
from apothecary.vault.orders.states import FormState, SignedAs


class Registrant(OfPharmacy):
    """Who signed the latest application for registration; the last one named counts."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    since = models.DateField()
    named_at = models.DateTimeField()
    named_by_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "since", "id"], name="registrant_since")]

    def __str__(self) -> str:
        return f"registrant since {self.since}"


class Form222(OfPharmacy):
    """One sheet of DEA's own stock, by its serial number, in the words written on it."""

    serial = models.CharField(max_length=9)
    state = models.TextField(
        choices=[(each.value, each.value) for each in FormState],
        default=FormState.WRITTEN.value,
    )
    purchaser_name = models.TextField()
    purchaser_address = models.TextField()
    purchaser_dea = models.CharField(max_length=9)
    supplier_name = models.TextField()
    supplier_address = models.TextField()
    supplier_dea = models.CharField(max_length=9)
    written_on = models.DateField()
    written_at = models.DateTimeField()
    written_by_id = models.BigIntegerField()
    lines_completed = models.PositiveSmallIntegerField(null=True)
    signed_on = models.DateField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by_id = models.BigIntegerField(null=True)
    signed_by_name = models.TextField(default="", blank=True)
    signed_as = models.TextField(
        choices=[(each.value, each.value) for each in SignedAs], default="", blank=True
    )
    power = models.ForeignKey(
        PowerOfAttorney, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    sent_at = models.DateTimeField(null=True)
    sent_by_id = models.BigIntegerField(null=True)
    # Where the supplier could not fill it and passed it on (21 CFR 1305.14).
    endorsed_to_name = models.TextField(default="", blank=True)
    endorsed_to_address = models.TextField(default="", blank=True)
    endorsed_to_dea = models.CharField(max_length=9, default="", blank=True)
    endorsed_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.BigIntegerField(null=True)
    ended_because = models.TextField(default="", blank=True)
    # A paper form that was written before it stood here, and why it is believed.
    taken_over_on = models.DateField(null=True)
    taken_over_by_id = models.BigIntegerField(null=True)
    taken_over_because = models.TextField(default="", blank=True)
    # What was seen on the paper, by the names of the law, where it is void for that.
    defects = models.TextField(default="", blank=True)
    # The new form that goes with the statement of a lost one (21 CFR 1305.16).
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaces"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "serial"], name="form222_serial"),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | ~Q(replaced_by=F("id")),
                name="form222_replaced_by_another",
            ),
        ]
        indexes = [models.Index(fields=["pharmacy", "state", "id"], name="form222_state")]

    @property
    def supplier(self) -> str:
        """Who fills it now."""
        return self.endorsed_to_name or self.supplier_name

    @property
    def filled_by_dea(self) -> str:
        """The registration of who fills it now."""
        return self.endorsed_to_dea or self.supplier_dea

    def __str__(self) -> str:
        return f"Form 222 {self.serial}"


class Form222Line(OfPharmacy):
    """One numbered line: so many packages of that size of that item."""

    form = models.ForeignKey(
        Form222, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    packages = models.PositiveIntegerField()
    package_size = models.TextField()
    item_name = models.TextField()
    # Packages that had come before a paper form was taken over.
    came_before = models.PositiveIntegerField(default=0)
    void_on = models.DateField(null=True)
    void_by_id = models.BigIntegerField(null=True)
    void_because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form222_line_once"),
            models.CheckConstraint(condition=Q(packages__gt=0), name="form222_line_some"),
            models.CheckConstraint(
                condition=Q(came_before__lte=F("packages")), name="form222_line_came_before"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.number}: {self.packages} of {self.item_name}"


class Form222Receipt(OfPharmacy):
    """Packages of one line that came on a day, before two people; never changed but undone."""

    line = models.ForeignKey(
        Form222Line, on_delete=models.PROTECT, related_name="receipts", db_index=False
    )
    # What the room that received them calls it: one receipt there, one row here.
    key = models.TextField()
    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    packages = models.PositiveIntegerField()
    received_on = models.DateField()
    received_at = models.DateTimeField()
    by_id = models.BigIntegerField()
    witness_id = models.BigIntegerField()
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)
    undone_because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "key"], name="form222_receipt_key"),
            models.CheckConstraint(
                condition=~Q(by_id=F("witness_id")), name="form222_receipt_by_two"
            ),
            models.CheckConstraint(condition=Q(packages__gt=0), name="form222_receipt_some"),
        ]
        indexes = [models.Index(fields=["pharmacy", "line"], name="form222_receipt_line")]

    def __str__(self) -> str:
        return f"{self.packages} on {self.received_on}"
