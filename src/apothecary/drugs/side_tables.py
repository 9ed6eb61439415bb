"""What other official files say of the drugs: prices, ratings, recalls, labels.

Rows refer to products and packages by the codes that their agency prints, never by our keys: a
price or a rating may be loaded before the listing it is of.
"""

from django.db import models

from apothecary.drugs.batches import Loaded


class Price(Loaded):
    """What pharmacies paid for one unit of a package from a day on, as surveyed by the CMS.

    Prices are kept by date; the one in force is the newest that is not in the future.
    ``rated`` is how the agency classed the drug for its rate: G generic, B brand.
    """

    ndc11 = models.CharField(max_length=11)
    effective_on = models.DateField()
    price_usd = models.DecimalField(max_digits=12, decimal_places=5)
    unit = models.CharField(max_length=2)
    description = models.TextField(blank=True)
    rated = models.TextField(blank=True)
    over_the_counter = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ndc11", "effective_on"], name="price_of_day"),
            models.CheckConstraint(
                condition=models.Q(price_usd__gt=0), name="price_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ndc11} ${self.price_usd} a {self.unit} from {self.effective_on}"


class Rating(Loaded):
    """A strength of an approved application with its therapeutic equivalence code.

    ``te_code`` may name several groups (``AB1,AB2``) and is empty where there is none.
    ``strength`` has no notices of the Federal Register; those stand in ``remark``.
    """

    appl_type = models.CharField(max_length=1)
    appl_no = models.CharField(max_length=6)
    product_no = models.CharField(max_length=3)
    ingredient = models.TextField()
    form_route = models.TextField()
    trade_name = models.TextField()
    applicant = models.TextField()
    strength = models.TextField()
    remark = models.TextField(blank=True)
    te_code = models.TextField(blank=True)
    approved_on = models.DateField(null=True)
    reference_listed = models.BooleanField(default=False)
    reference_standard = models.BooleanField(default=False)
    marketed = models.CharField(max_length=5)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appl_no", "product_no", "appl_type"], name="rating_of_product"
            ),
        ]
        indexes = [
            models.Index(fields=["ingredient", "form_route", "strength"], name="rating_of_drug")
        ]

    def __str__(self) -> str:
        return f"{self.appl_type}{self.appl_no}-{self.product_no} {self.te_code}".rstrip()


class Protection(Loaded):
    """A patent or exclusivity listed for a strength of an application, until a day.

    ``number`` is that of the patent or the code of the exclusivity, as printed.
    """

    class Kind(models.TextChoices):
        PATENT = "patent", "patent"
        EXCLUSIVITY = "exclusivity", "exclusivity"

    appl_type = models.CharField(max_length=1)
    appl_no = models.CharField(max_length=6)
    product_no = models.CharField(max_length=3)
    kind = models.CharField(max_length=11, choices=Kind.choices)
    number = models.CharField(max_length=13)
    use = models.CharField(max_length=7, blank=True)
    expires_on = models.DateField()
    of_substance = models.BooleanField(default=False)
    of_product = models.BooleanField(default=False)
    delisted = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["appl_no", "product_no", "appl_type"], name="protection_of_product"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} until {self.expires_on}"


class Rated(models.Model):
    """Which listed product the rating is of; made anew from both, where exactly one fits."""

    product = models.OneToOneField(
        "drugs.Product", on_delete=models.CASCADE, related_name="rated"
    )
    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="rated")

    def __str__(self) -> str:
        return f"{self.product} is {self.rating}"


class Recall(Loaded):
    """A recall of one product as the FDA published it; it is shown, never acted on here.

    ``lots`` is the firm's text. ``recall_class`` is I, II, III or empty while there is none.
    """

    number = models.CharField(max_length=30)
    recall_class = models.CharField(max_length=3, blank=True)
    status = models.CharField(max_length=10)
    firm = models.TextField()
    product = models.TextField()
    lots = models.TextField(blank=True)
    reason = models.TextField()
    distribution = models.TextField(blank=True)
    initiated_on = models.DateField(null=True)
    reported_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["number"], name="recall_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.firm}"


class RecallCode(Loaded):
    """A code that a recall is about, and where it says so: two relations, kept apart.

    ``product_key`` has ten digits, ``package`` two or none (see ``official.written_codes``).
    """

    class Place(models.TextChoices):
        LISTED = "listed", "listed by openFDA"
        NAMED = "named", "named in the firm's text"

    number = models.CharField(max_length=30)
    place = models.CharField(max_length=6, choices=Place.choices)
    code = models.CharField(max_length=14)
    product_key = models.CharField(max_length=10)
    package = models.CharField(max_length=2, blank=True)

    class Meta:
        indexes = [models.Index(fields=["product_key", "package"], name="recall_of_product")]

    def __str__(self) -> str:
        return f"{self.number} {self.place} {self.code}"


class Shortage(Loaded):
    """What a company says of the supply of one package."""

    package_ndc = models.CharField(max_length=14, blank=True)
    product_key = models.CharField(max_length=10, blank=True)
    package = models.CharField(max_length=2, blank=True)
    generic_name = models.TextField()
    company = models.TextField(blank=True)
    presentation = models.TextField(blank=True)
    status = models.CharField(max_length=20)
    availability = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    posted_on = models.DateField(null=True)
    updated_on = models.DateField(null=True)
    discontinued_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["product_key"], name="shortage_of_product")]

    def __str__(self) -> str:
        return f"{self.generic_name} {self.package_ndc} {self.status}"


class ProductLabel(Loaded):
    """A label in the newest version that was loaded; DailyMed knows it by its set id."""

    set_id = models.CharField(max_length=64, unique=True)
    version = models.IntegerField()
    title = models.TextField(blank=True)
    labeler = models.TextField(blank=True)
    effective_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.title or self.set_id} version {self.version}"


class Look(Loaded):
    """What a product looks like by its label; ``part`` is above 0 for the parts of a kit."""

    set_id = models.CharField(max_length=64)
    product_key = models.CharField(max_length=10)
    part = models.IntegerField()
    code = models.CharField(max_length=11)
    imprint = models.TextField(blank=True)
    colour = models.TextField(blank=True)
    shape = models.TextField(blank=True)
    size_mm = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    score = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["product_key"], name="look_of_product"),
            models.Index(fields=["set_id"], name="look_of_label"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.imprint}"


class LabelSection(Loaded):
    """The text of a section of a label, by its LOINC."""

    set_id = models.CharField(max_length=64)
    loinc = models.CharField(max_length=10)
    place = models.IntegerField()
    text = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["set_id", "loinc"], name="section_of_label")]

    def __str__(self) -> str:
        return f"{self.set_id} {self.loinc}"


class PaymentLimit(Loaded):
    """What Medicare part B pays at most for one billing unit of a HCPCS code."""

    hcpcs = models.CharField(max_length=5, unique=True)
    description = models.TextField()
    dosage = models.TextField()
    limit_usd = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    coinsurance_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.hcpcs} ${self.limit_usd} per {self.dosage}"


class BillingCode(Loaded):
    """The HCPCS code a package is billed under, and how many billing units it holds."""

    code = models.CharField(max_length=14)
    ndc11 = models.CharField(max_length=11, blank=True)
    hcpcs = models.CharField(max_length=5)
    drug = models.TextField()
    labeler = models.TextField(blank=True)
    dosage = models.TextField()
    size = models.DecimalField(max_digits=14, decimal_places=4)
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    units = models.DecimalField(max_digits=14, decimal_places=4)
    units_a_package = models.DecimalField(max_digits=14, decimal_places=4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "hcpcs"], name="billing_code")]
        indexes = [models.Index(fields=["ndc11"], name="billing_code_ndc")]

    def __str__(self) -> str:
        return f"{self.code} is billed as {self.hcpcs}"


class SubstanceName(Loaded):
    """A name that a substance goes by, with its UNII."""

    unii = models.CharField(max_length=10)
    name = models.TextField()
    kind = models.CharField(max_length=3)
    display = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["unii"], name="name_of_unii")]

    def __str__(self) -> str:
        return f"{self.name} ({self.unii})"


class HazardousDrug(Loaded):
    """A line of a list of hazardous drugs that was loaded; see ``hazards.Row``.

    ``keys`` and ``classes`` are joined by semicolons. As long as any is there, the list that
    the house ships is not asked.
    """

    name = models.TextField()
    keys = models.TextField(blank=True)
    classes = models.TextField(blank=True)
    list_table = models.CharField(max_length=7)
    mshi = models.CharField(max_length=3, blank=True)
    only_reproductive = models.CharField(max_length=3, blank=True)
    edition = models.TextField()
    published_on = models.DateField()
    cite = models.TextField()
    verified = models.CharField(max_length=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "keys"], name="hazard_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.edition}, table {self.list_table})"
