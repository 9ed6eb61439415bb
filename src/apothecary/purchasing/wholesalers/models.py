"""Whom we buy from, what they offer, and at what price since when."""

from django.db import models
from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.staff.models import OfPharmacy
from apothecary.stock.kinds import Programme
from apothecary.wires.models import Incoming

PROGRAMMES = [(programme.value, programme.value) for programme in Programme]


class Wholesaler(OfPharmacy):
    """Somebody we buy from: accounts, the ids of papers, the line, and when orders must be in.

    ``code`` names its line in `APOTHECARY_WHOLESALERS`, ``dialect`` how it writes its papers.
    ``edi_id`` and ``our_edi_id`` are qualifier and id of ISA05 to ISA08, as ``ZZ:NAME``.
    """

    code = models.TextField()
    name = models.TextField()
    account = models.TextField()
    account_340b = models.TextField(default="", blank=True)
    dea = models.CharField(max_length=9, default="", blank=True)
    gln = models.CharField(max_length=13, default="", blank=True)
    dialect = models.TextField()
    edi_id = models.TextField()
    our_edi_id = models.TextField()
    order_by = models.TimeField(null=True)
    lead_days = models.IntegerField(default=1)
    # The lowest first: with equal prices its offer is taken.
    priority = models.IntegerField(default=1)
    receipt_minutes = models.IntegerField(default=60)
    phone = models.CharField(max_length=10, default="", blank=True)
    active = models.BooleanField(default=True)
    last_control = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "code"], name="wholesaler_code"),
            models.CheckConstraint(
                condition=Q(lead_days__gte=0, receipt_minutes__gt=0), name="wholesaler_times"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def account_for(self, programme: str) -> str:
        """The account that orders of a programme go on; empty when there is none."""
        return self.account_340b if programme == Programme.DISCOUNT_340B else self.account


class CatalogueItem(OfPharmacy):
    """One offer of a wholesaler. Without a package nobody has said yet which drug it is.

    A drug the drug file does not know stays aside until a person ties it to a package or
    dismisses it: a catalogue never makes a drug.
    """

    wholesaler = models.ForeignKey(Wholesaler, on_delete=models.PROTECT, db_index=False)
    item_number = models.TextField()
    ndc = models.TextField(default="", blank=True)
    gtin = models.TextField(default="", blank=True)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, db_index=False)
    description = models.TextField(default="", blank=True)
    pack = models.TextField(default="", blank=True)
    problem = models.TextField(default="", blank=True)
    dismissed_at = models.DateTimeField(null=True)
    discontinued_on = models.DateField(null=True)
    seen_on = models.DateField()
    incoming = models.ForeignKey(
        Incoming, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "wholesaler", "item_number"], name="catalogue_item_number"
            )
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "package"],
                name="catalogue_item_package",
                condition=Q(package__isnull=False),
            ),
            models.Index(
                fields=["pharmacy", "seen_on"],
                name="catalogue_item_aside",
                condition=Q(package__isnull=True, dismissed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_number} {self.description}"


class ItemPrice(OfPharmacy):
    """What one package costs on an account from a day on. A new price is a new row."""

    item = models.ForeignKey(
        CatalogueItem, on_delete=models.PROTECT, related_name="prices", db_index=False
    )
    programme = models.TextField(choices=PROGRAMMES, default=Programme.OWN.value)
    usd = models.DecimalField(max_digits=12, decimal_places=4)
    contract = models.TextField(default="", blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    seen_at = models.DateTimeField()
    # What it was before, so that a change can be shown without asking for all rows.
    was_usd = models.DecimalField(max_digits=12, decimal_places=4, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "item", "programme", "starts_on"], name="item_price_from"
            ),
            models.CheckConstraint(condition=Q(usd__gte=0), name="item_price_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "seen_at"],
                name="item_price_changed",
                condition=Q(was_usd__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.usd} from {self.starts_on}"
