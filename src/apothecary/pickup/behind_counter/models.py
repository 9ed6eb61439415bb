"""What is sold from behind the counter, to whom; what was refused; the store's certificates.

Each row is a record from its first moment: the database refuses to change or delete it.
"""

from django.db import models
from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.staff.models import OfPharmacy, Person


class Kind(models.TextChoices):
    """Which book a sale stands in: one with both kinds of product stands in both."""

    LISTED = "listed", "logbook"
    EXEMPT = "exempt", "bound book"
    BOTH = "both", "logbook and bound book"


class IdKind(models.TextChoices):
    """Papers with a photograph that a state or the federal government has issued."""

    DRIVER = "driver licence", "driver licence"
    STATE = "state ID", "state ID"
    PASSPORT = "passport", "passport"
    MILITARY = "military ID", "military ID"
    RESIDENT = "permanent resident card", "permanent resident card"


class CounterCertificate(OfPharmacy):
    """The store has certified itself and trained its staff; what it found its state to say.

    The newest row counts. ``listed_word`` and ``exempt_word`` stand where no row of law says
    what the state asks: the pharmacist in charge has looked it up, and names where.
    """

    certified_on = models.DateField()
    number = models.TextField()
    trained_on = models.DateField()
    listed_word = models.TextField(default="", blank=True)
    exempt_word = models.TextField(default="", blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "id"], name="counter_certificate")]

    def __str__(self) -> str:
        return f"{self.number} of {self.certified_on}"


class CounterSale(OfPharmacy):
    """One sale to one buyer, as the logbook or the bound book shows it."""

    key = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    sold_on = models.DateField()
    buyer = models.TextField()
    # How the name is compared: its first and its last word, folded.
    folded = models.TextField()
    born_on = models.DateField()
    address = models.TextField()
    known = models.BooleanField(default=False)
    id_kind = models.TextField(choices=IdKind.choices, default="", blank=True)
    id_number = models.TextField(default="", blank=True)
    id_issuer = models.TextField(default="", blank=True)
    id_until = models.DateField(null=True)
    # How the identification is compared: its kind and its letters and digits.
    paper = models.TextField(default="", blank=True)
    log_number = models.TextField(default="", blank=True)
    signature = models.TextField(default="", blank=True)
    grams_base = models.DecimalField(max_digits=10, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "key"], name="counter_sale_once"),
            models.CheckConstraint(condition=Q(grams_base__gte=0), name="counter_sale_grams"),
        ]
        indexes = [
            models.Index(fields=["pharmacy", "at"], name="counter_sale_at"),
            models.Index(fields=["pharmacy", "folded", "born_on"], name="counter_sale_who"),
            models.Index(
                fields=["pharmacy", "paper"],
                name="counter_sale_paper",
                condition=~Q(paper=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.buyer} {self.sold_on}"


class CounterLine(OfPharmacy):
    """Whole packages of one product in a sale; quantity in its billing unit."""

    sale = models.ForeignKey(CounterSale, on_delete=models.PROTECT, related_name="lines")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, db_index=False)
    packages = models.IntegerField()
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    grams_base = models.DecimalField(max_digits=10, decimal_places=6)
    # Of the row of 1306.26 it counts against; empty where it is no Schedule V.
    limit = models.TextField(default="", blank=True)
    lots = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(packages__gt=0) & Q(quantity__gt=0), name="counter_line_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.packages} of {self.package_id}"


class CounterRefusal(OfPharmacy):
    """A sale that was asked for and not made, with every reason."""

    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    buyer = models.TextField(default="", blank=True)
    born_on = models.DateField(null=True)
    id_number = models.TextField(default="", blank=True)
    asked = models.TextField()
    because = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["pharmacy", "at"], name="counter_refusal_at")]

    def __str__(self) -> str:
        return f"{self.buyer}: {self.because}"
