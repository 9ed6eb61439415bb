"""The patient and what the pharmacy must know before it dispenses."""

from django.db import models

from apothecary.staff.models import OfPharmacy


class Patient(OfPharmacy):
    """A patient of one pharmacy. ``folded`` is the name as it is searched and matched."""

    last_name = models.TextField()
    first_name = models.TextField()
    middle_name = models.TextField(default="", blank=True)
    folded = models.TextField()
    birth_date = models.DateField()
    sex = models.CharField(max_length=1)
    language = models.CharField(max_length=2, default="en")
    weight_kg = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    street = models.TextField(default="", blank=True)
    city = models.TextField(default="", blank=True)
    state = models.CharField(max_length=2, default="", blank=True)
    postal_code = models.TextField(default="", blank=True)
    phone = models.CharField(max_length=10, default="", blank=True)
    notes = models.TextField(default="", blank=True)
    easy_open_caps = models.BooleanField(default=False)
    allergies_reviewed_on = models.DateField(null=True)
    # Codes of a claim (384-4X, 307-C7); empty where nobody has said.
    residence = models.CharField(max_length=2, default="", db_default="", blank=True)
    place_of_service = models.CharField(max_length=2, default="", db_default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["pharmacy", "folded"],
                name="patient_folded",
                opclasses=["int8_ops", "text_pattern_ops"],
            ),
            models.Index(fields=["pharmacy", "birth_date"], name="patient_birth_date"),
            models.Index(fields=["pharmacy", "phone"], name="patient_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.last_name}, {self.first_name}"


class PatientIdentifier(OfPharmacy):
    """A number by which somebody else knows the patient (record number, driver licence …)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.TextField()
    number = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "kind", "number"], name="patient_identifier"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Phone(OfPharmacy):
    """A further telephone number of a patient."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="phones")
    kind = models.TextField()
    number = models.CharField(max_length=10)

    def __str__(self) -> str:
        return self.number


class Allergy(OfPharmacy):
    """What a patient does not tolerate, and how that showed.

    ``ingredient`` is a key of the drug file, ``allergy_class`` a class of the screening tables;
    what is known by name alone has neither and is shown, never matched by guess.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    allergen = models.TextField()
    ingredient = models.TextField(default="", blank=True)
    allergy_class = models.TextField(default="", blank=True)
    reaction = models.TextField(default="", blank=True)
    severity = models.TextField(default="", blank=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.allergen


class Condition(OfPharmacy):
    """A diagnosis of a patient by ICD-10-CM code."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="conditions")
    code = models.TextField()
    says = models.TextField()
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.says


class CoverageKind(models.TextChoices):
    """Whose money it is: it decides what a claim says and in which order payers are asked."""

    COMMERCIAL = "commercial", "commercial plan"
    MEDICARE_D = "medicare d", "Medicare Part D"
    MEDICARE_B = "medicare b", "Medicare Part B"
    MEDICAID = "medicaid", "Medicaid"
    WORKERS_COMPENSATION = "workers compensation", "workers’ compensation"
    COUPON = "coupon", "manufacturer’s coupon"
    DISCOUNT = "discount", "discount card"


class Coverage(OfPharmacy):
    """An insurance card: what a claim needs of it.

    Cards are billed in their order, up to three for one fill. An injury at work, Medicare
    Part B and a discount card are billed only where somebody chose them for the fill.
    """

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="coverages", db_index=False
    )
    order = models.IntegerField(default=1)
    kind = models.TextField(
        choices=CoverageKind.choices,
        default=CoverageKind.COMMERCIAL,
        db_default=CoverageKind.COMMERCIAL.value,
    )
    plan_name = models.TextField()
    bin = models.CharField(max_length=6)
    pcn = models.CharField(max_length=10, default="", blank=True)
    group = models.CharField(max_length=15, default="", blank=True)
    cardholder_id = models.CharField(max_length=20)
    person_code = models.CharField(max_length=3, default="", blank=True)
    relationship = models.CharField(max_length=1, default="1")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    # An injury at work: when, and by which number the carrier knows it (434-DY, 435-DZ).
    injured_on = models.DateField(null=True)
    claim_reference = models.TextField(default="", db_default="", blank=True)
    employer = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "order"], name="coverage_order")
        ]

    def __str__(self) -> str:
        return self.plan_name
