"""The drug file: what may be dispensed, in the words of its sources. Shared by all.

Every row of a source names the batch that brought it and the batch that last changed it; a row
that left its source is marked gone and stays, because stock and prescriptions refer to it.
"""

from typing import TypeVar

from django.contrib.postgres.indexes import HashIndex
from django.db import models

from apothecary.drugs import search_tables, side_tables  # noqa: F401 Django finds tables so
from apothecary.drugs.batches import Batch, Change, Loaded, Source
from apothecary.drugs.strengths import in_order_of_name

__all__ = [
    "Batch",
    "BillingUnit",
    "Change",
    "Ingredient",
    "Listed",
    "Loaded",
    "Package",
    "Product",
    "RxLink",
    "RxName",
    "RxPart",
    "Source",
]
Row = TypeVar("Row", bound=models.Model)


class InBulk(Loaded):
    """A row that comes a quarter of a million at a time.

    The database checks no reference to source and batch, and indexes none: they are written by
    one statement that has both at hand, and the checks took a quarter of a load.
    """

    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    since = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True


class Listed(models.Manager[Row]):
    """Only the rows in use: those a scan, an entry or a claim may meet."""

    def get_queryset(self) -> models.QuerySet[Row]:
        """Every row but those that another listing of the same code stands for."""
        return super().get_queryset().filter(in_use=True)


class Ingredient(models.Model):
    """An active ingredient; salts fold into their base."""

    key = models.TextField(unique=True)
    name = models.TextField()
    tall_man = models.TextField(default="", blank=True)
    unii = models.TextField(default="", blank=True)
    rxcui = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return self.name


class Product(InBulk):
    """A drug of one labeler in one strength and form: the first two NDC segments.

    The FDA lists some codes more than once. ``listing`` is the agency's PRODUCTID; of the
    listings of one code that are the same drug (equal ``fingerprint`` of ingredients, strength,
    form and route) exactly one is ``in_use`` and has all their packages. ``substances`` names
    the salts, ``strength`` runs in their order.
    """

    labeler_code = models.CharField(max_length=6)
    product_code = models.CharField(max_length=4)
    listing = models.TextField(default="", blank=True)
    in_use = models.BooleanField(default=True)
    fingerprint = models.CharField(max_length=32, default="", blank=True)
    kind = models.TextField(default="", blank=True)
    name = models.TextField()
    brand = models.TextField(default="", blank=True)
    is_brand = models.BooleanField(default=False)
    ingredient_key = models.TextField()
    ingredients = models.ManyToManyField(Ingredient, related_name="products")
    substances = models.TextField(default="", blank=True)
    strength = models.TextField()
    form = models.TextField()
    form_group = models.TextField(default="", blank=True)
    route = models.TextField()
    schedule = models.IntegerField(default=0)
    schedule_source = models.TextField(default="", blank=True)
    prescription_only = models.BooleanField(default=True)
    labeler = models.TextField()
    category = models.TextField(default="", blank=True)
    application = models.TextField(default="", blank=True)
    te_code = models.TextField(default="", blank=True)
    te_on = models.DateField(null=True)
    classes = models.TextField(default="", blank=True)
    rxcui = models.TextField(default="", blank=True, db_index=True)
    storage = models.TextField(default="", blank=True)
    imprint = models.TextField(default="", blank=True)
    colour = models.TextField(default="", blank=True)
    shape = models.TextField(default="", blank=True)
    high_alert = models.BooleanField(default=False)
    auxiliary = models.TextField(default="", blank=True)
    words = models.TextField(default="", blank=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    certified_on = models.DateField(null=True)
    flag = models.TextField(default="", blank=True)

    objects = Listed["Product"]()
    every = models.Manager["Product"]()

    class Meta:
        indexes = [
            models.Index(fields=["labeler_code", "product_code"], name="product_segments"),
            models.Index(fields=["batch"], name="product_of_batch"),
            # An extract of fifty allergens has a key longer than a btree takes.
            HashIndex(fields=["ingredient_key"], name="product_of_ingredients"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["labeler_code", "product_code", "fingerprint"],
                condition=models.Q(in_use=True),
                name="product_in_use",
            ),
            models.CheckConstraint(
                condition=models.Q(schedule__in=[0, 2, 3, 4, 5]), name="product_schedule"
            ),
        ]

    @property
    def strength_said(self) -> str:
        """The strength as it is read beside the name."""
        return in_order_of_name(
            self.strength, name=self.name, ingredient_key=self.ingredient_key
        )

    def __str__(self) -> str:
        return f"{self.name} {self.strength_said} {self.form}"


class BillingUnit(models.TextChoices):
    EACH = "EA", "each"
    MILLILITER = "ML", "mL"
    GRAM = "GM", "g"


class Package(InBulk):
    """What stands on the shelf: a product in a package, keyed by the three NDC segments.

    The ten-digit form is what a barcode carries (no split), the eleven-digit form what a claim
    carries, the twelve-digit form is that of 2033; all are derived from the segments and stored
    for look-up, empty where a code has no such form. ``unit_source`` says what named the
    billing unit; ``inner_count`` are the unbroken containers inside. Eighteen codes of the
    agency's file stand for two packages: one of them is ``in_use``.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="packages")
    package_code = models.CharField(max_length=2)
    listing = models.TextField(default="", blank=True)
    in_use = models.BooleanField(default=True)
    ndc = models.CharField(max_length=14)
    ndc10 = models.CharField(max_length=12, db_index=True)
    ndc11 = models.CharField(max_length=12, db_index=True)
    ndc12 = models.CharField(max_length=12, default="", blank=True, db_index=True)
    description = models.TextField(default="", blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit = models.CharField(max_length=2, choices=BillingUnit.choices)
    unit_word = models.TextField(default="", blank=True)
    unit_source = models.TextField(default="", blank=True)
    inner_count = models.IntegerField(default=1)
    sample = models.BooleanField(default=False)
    price_usd = models.DecimalField(max_digits=12, decimal_places=5, null=True)
    price_source = models.TextField(default="", blank=True)
    price_on = models.DateField(null=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    flag = models.TextField(default="", blank=True)

    objects = Listed["Package"]()
    every = models.Manager["Package"]()

    class Meta:
        indexes = [
            models.Index(fields=["ndc"], name="package_ndc"),
            models.Index(fields=["batch"], name="package_of_batch"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ndc"], condition=models.Q(in_use=True), name="package_in_use"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="package_quantity_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.ndc


class RxName(InBulk):
    """A name of RxNorm: ingredient, clinical drug, branded drug or pack, by its RxCUI."""

    rxcui = models.CharField(max_length=8)
    tty = models.CharField(max_length=8)
    name = models.TextField()
    unii = models.CharField(max_length=10, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rxcui", "tty"], name="rx_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.tty} {self.rxcui})"


class RxPart(InBulk):
    """One step down in RxNorm, as IN-SCDC, SCDC-SCD, SCD-SBD: what is part of what."""

    parent = models.CharField(max_length=8)
    child = models.CharField(max_length=8)
    rel = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "parent", "rel"], name="rx_part")
        ]
        indexes = [models.Index(fields=["parent", "rel"], name="rx_part_of")]

    def __str__(self) -> str:
        return f"{self.parent} {self.rel} {self.child}"


class RxLink(InBulk):
    """The RxNorm drug that a code of eleven digits is."""

    ndc11 = models.CharField(max_length=11)
    rxcui = models.CharField(max_length=8)
    tty = models.CharField(max_length=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ndc11", "rxcui"], name="rx_link")]
        indexes = [models.Index(fields=["rxcui"], name="rx_link_back")]

    def __str__(self) -> str:
        return f"{self.ndc11} is {self.rxcui}"
