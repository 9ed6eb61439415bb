"""Counts of the vault, discrepancies, the log of its door, inventories, powers of attorney."""

from django.db import models
from django.db.models import Q

from apothecary.staff.models import OfPharmacy, Person
from apothecary.stock.counting.models import Discrepancy
from apothecary.stock.models import Lot, Place
from apothecary.vault.book.inventory_rules import Business, InventoryState, Kind, Method
from apothecary.vault.book.rules import UNSETTLED, Access, CaseState, LineState, Source


class VaultPolicy(OfPharmacy):
    """What this house asks of its vault beyond the law (mark C); the last one said counts."""

    access_witness = models.BooleanField(default=False)
    inventory_witness = models.BooleanField(default=True)
    # How long the cameras keep their pictures; a case says until when they can be looked at.
    camera_days = models.PositiveSmallIntegerField(default=30)
    said_at = models.DateTimeField()
    said_by_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "id"], name="vault_policy_last")]

    def __str__(self) -> str:
        return f"policy of {self.pharmacy_id}"


class VaultCount(OfPharmacy):
    """Two people go through the controlled drugs of a place: both by their own sign-in."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    counter_id = models.BigIntegerField()
    witness_id = models.BigIntegerField()
    started_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_because = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "place"],
                condition=Q(closed_at=None),
                name="vault_count_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(counter_id=models.F("witness_id")), name="vault_count_by_two"
            ),
        ]
        indexes = [models.Index(fields=["pharmacy", "started_at"], name="vault_count_started")]

    def __str__(self) -> str:
        return f"count {self.pk} of place {self.place_id}"


class VaultCountLine(OfPharmacy):
    """One lot there; what the books say is told to nobody before it is counted."""

    count = models.ForeignKey(
        VaultCount, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, db_index=False)
    state = models.TextField(
        choices=[(each.value, each.value) for each in LineState],
        default=LineState.ASKED.value,
    )
    counted = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    counted_by_id = models.BigIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    recounted = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    recounted_by_id = models.BigIntegerField(null=True)
    recounted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["count", "lot"], name="vault_count_line_once")
        ]

    def __str__(self) -> str:
        return f"line {self.pk} {self.state}"


class DiscrepancyCase(OfPharmacy):
    """A controlled drug of which the books and the hands do not agree, until a pharmacist
    has closed it.

    ``since_move`` is the last move of the lot that the last agreeing count had seen,
    ``until_move`` the last one when this was found: what happened between them is the facts.
    """

    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, db_index=False)
    source = models.TextField(choices=[(each.value, each.value) for each in Source])
    line = models.OneToOneField(
        VaultCountLine, on_delete=models.PROTECT, null=True, related_name="case"
    )
    found = models.OneToOneField(
        Discrepancy, on_delete=models.PROTECT, null=True, related_name="case"
    )
    fill_id = models.BigIntegerField(null=True)
    book = models.DecimalField(max_digits=15, decimal_places=3)
    counted = models.DecimalField(max_digits=12, decimal_places=3)
    difference = models.DecimalField(max_digits=12, decimal_places=3)
    since_move = models.BigIntegerField(default=0)
    since_at = models.DateTimeField(null=True)
    until_move = models.BigIntegerField(default=0)
    found_at = models.DateTimeField()
    found_by_id = models.BigIntegerField()
    state = models.TextField(
        choices=[(each.value, each.value) for each in CaseState], default=CaseState.OPEN.value
    )
    explanation = models.TextField(default="", blank=True)
    explained_at = models.DateTimeField(null=True)
    explained_by_id = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.BigIntegerField(null=True)
    settled_because = models.TextField(default="", blank=True)
    corrected = models.BooleanField(default=False)
    # What the room of losses calls it, once it has taken it over.
    loss_reference = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "place", "lot"],
                condition=Q(state__in=[state.value for state in UNSETTLED]),
                name="discrepancy_case_open_once",
            ),
            models.CheckConstraint(condition=~Q(difference=0), name="discrepancy_case_differs"),
        ]
        indexes = [models.Index(fields=["pharmacy", "state", "id"], name="vault_case_state")]

    def __str__(self) -> str:
        return f"case {self.pk} {self.state}"


class CaseNote(OfPharmacy):
    """What somebody found out about a discrepancy. Never changed."""

    case = models.ForeignKey(
        DiscrepancyCase, on_delete=models.PROTECT, related_name="notes", db_index=False
    )
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    text = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "case", "id"], name="vault_case_note")]

    def __str__(self) -> str:
        return self.text


class AccessRecord(OfPharmacy):
    """Who opened or shut the vault, and when its power was out. Never changed."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    kind = models.TextField(choices=[(each.value, each.value) for each in Access])
    at = models.DateTimeField()
    # When it was written down: later than `at` where the log was out.
    written_at = models.DateTimeField()
    by_id = models.BigIntegerField()
    witness_id = models.BigIntegerField(null=True)
    because = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "place", "id"], name="access_of_place")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"


class ClockFault(OfPharmacy):
    """A record that was refused because its time lay before its predecessor's."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    kind = models.TextField()
    said_at = models.DateTimeField()
    last_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "id"], name="clock_fault")]

    def __str__(self) -> str:
        return f"{self.said_at} before {self.last_at}"


class Inventory(OfPharmacy):
    """An inventory of controlled drugs: open while it is counted, a record once signed."""

    kind = models.TextField(choices=[(each.value, each.value) for each in Kind])
    business = models.TextField(choices=[(each.value, each.value) for each in Business])
    state = models.TextField(
        choices=[(each.value, each.value) for each in InventoryState],
        default=InventoryState.OPEN.value,
    )
    # The drug, where one is inventoried because it was newly scheduled.
    product_id = models.BigIntegerField(null=True)
    taken_on = models.DateField()
    started_at = models.DateTimeField()
    started_by_id = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)
    signed_by_id = models.BigIntegerField(null=True)
    witness_id = models.BigIntegerField(null=True)
    signed_by_name = models.TextField(default="", blank=True)
    witness_name = models.TextField(default="", blank=True)
    taken_by_names = models.TextField(default="", blank=True)
    because = models.TextField(default="", blank=True)
    # The registrant as it stands on the paper.
    registrant = models.TextField()
    address = models.TextField()
    dea = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy"], condition=Q(state="open"), name="inventory_open_once"
            ),
        ]
        indexes = [models.Index(fields=["pharmacy", "taken_on"], name="inventory_day")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.taken_on}"


class InventoryLine(OfPharmacy):
    """What was found of one lot at one place, in the words of that day."""

    inventory = models.ForeignKey(
        Inventory, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, db_index=False)
    where = models.TextField()
    drug = models.TextField()
    strength = models.TextField()
    form = models.TextField()
    ndc = models.TextField()
    schedule = models.PositiveSmallIntegerField()
    lot_number = models.TextField()
    expires_on = models.DateField()
    container = models.DecimalField(max_digits=12, decimal_places=3)
    unit = models.TextField()
    billing_unit = models.CharField(max_length=2)
    method = models.TextField(choices=[(each.value, each.value) for each in Method])
    book = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    full = models.PositiveIntegerField(null=True)
    opened = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    counted = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    estimated = models.BooleanField(default=False)
    counted_at = models.DateTimeField(null=True)
    counted_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inventory", "place", "lot"], name="inventory_line_once"
            ),
            models.CheckConstraint(
                condition=Q(counted=None) | Q(counted__gte=0), name="inventory_line_not_below"
            ),
        ]

    @property
    def method_said(self) -> Method:
        return Method(self.method)

    def __str__(self) -> str:
        return f"{self.drug} {self.lot_number}"


class PowerOfAttorney(OfPharmacy):
    """Who may sign orders for Schedule II in the registrant's place (21 CFR 1305.05)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    registrant_name = models.TextField()
    registrant_title = models.TextField()
    granted_on = models.DateField()
    first_witness = models.TextField()
    second_witness = models.TextField()
    written_at = models.DateTimeField()
    written_by_id = models.BigIntegerField()
    revoked_on = models.DateField(null=True)
    revoked_by_name = models.TextField(default="", blank=True)
    revoked_because = models.TextField(default="", blank=True)
    revoked_first_witness = models.TextField(default="", blank=True)
    revoked_second_witness = models.TextField(default="", blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "person"],
                condition=Q(revoked_on=None),
                name="attorney_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
