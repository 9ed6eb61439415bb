"""The drug file: what may be dispensed, in the words of its sources. Shared by all."""

from django.db import models


class Source(models.Model):
    """Where rows of the drug file come from, with the date of the file they were read from."""

    name = models.TextField()
    released_on = models.DateField(null=True)
    licence = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "released_on"], name="source_release")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.released_on or ''}".strip()


class Ingredient(models.Model):
    """An active ingredient; salts fold into their base."""

    key = models.TextField(unique=True)
    name = models.TextField()
    tall_man = models.TextField(default="", blank=True)
    unii = models.TextField(default="", blank=True)
    rxcui = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A drug of one labeler in one strength and form: the first two NDC segments."""

    labeler_code = models.CharField(max_length=6)
    product_code = models.CharField(max_length=4)
    name = models.TextField()
    brand = models.TextField(default="", blank=True)
    is_brand = models.BooleanField(default=False)
    ingredient_key = models.TextField(db_index=True)
    ingredients = models.ManyToManyField(Ingredient, related_name="products")
    strength = models.TextField()
    form = models.TextField()
    form_group = models.TextField(default="", blank=True)
    route = models.TextField()
    schedule = models.IntegerField(default=0)
    prescription_only = models.BooleanField(default=True)
    labeler = models.TextField()
    te_code = models.TextField(default="", blank=True)
    te_on = models.DateField(null=True)
    classes = models.TextField(default="", blank=True)
    rxcui = models.TextField(default="", blank=True, db_index=True)
    application = models.TextField(default="", blank=True)
    storage = models.TextField(default="", blank=True)
    imprint = models.TextField(default="", blank=True)
    colour = models.TextField(default="", blank=True)
    shape = models.TextField(default="", blank=True)
    high_alert = models.BooleanField(default=False)
    auxiliary = models.TextField(default="", blank=True)
    words = models.TextField(default="", blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["labeler_code", "product_code"], name="product_segments"
            ),
            models.CheckConstraint(
                condition=models.Q(schedule__in=[0, 2, 3, 4, 5]), name="product_schedule"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.strength} {self.form}"


class BillingUnit(models.TextChoices):
    EACH = "EA", "each"
    MILLILITER = "ML", "mL"
    GRAM = "GM", "g"


class Package(models.Model):
    """What stands on the shelf: a product in a package, keyed by the three NDC segments.

    The ten-digit form is what a barcode carries (no split), the eleven-digit form what a claim
    carries; both are derived from the segments and stored for look-up.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="packages")
    package_code = models.CharField(max_length=2)
    ndc = models.CharField(max_length=14, unique=True)
    ndc10 = models.CharField(max_length=12, db_index=True)
    ndc11 = models.CharField(max_length=12, db_index=True)
    description = models.TextField(default="", blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit = models.CharField(max_length=2, choices=BillingUnit.choices)
    unit_word = models.TextField(default="", blank=True)
    price_usd = models.DecimalField(max_digits=12, decimal_places=5, null=True)
    price_source = models.TextField(default="", blank=True)
    price_on = models.DateField(null=True)
    gone_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "package_code"], name="package_segments"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="package_quantity_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.ndc
