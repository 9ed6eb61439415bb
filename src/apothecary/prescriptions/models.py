"""The prescription, its fills and its prescriber: the nouns that walk the whole way."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from apothecary.drugs.models import Package
from apothecary.law.facts import FaxCase, PartialReason, PrescriberFacts, RxFacts
from apothecary.law.facts import Origin as LawOrigin
from apothecary.patients.models import Patient
from apothecary.prescriptions.carried import CARRIED, NOTHING_SAID, Carried, CarriedColumns
from apothecary.prescriptions.compound_tables import CompoundIngredient, ingredients_of
from apothecary.prescriptions.emergency import models as emergency_order  # noqa: F401 likewise
from apothecary.prescriptions.refill_log import models as refill_log  # noqa: F401 Django finds tables so
from apothecary.prescriptions.states import ENDED, FillState
from apothecary.prescriptions.transfers.models import Transfer
from apothecary.prescriptions.vaccine_tables import VaccineGiven
from apothecary.staff.models import OfPharmacy


class Prescriber(OfPharmacy):
    """Who wrote the prescription, as this pharmacy knows them."""

    last_name = models.TextField()
    first_name = models.TextField()
    credential = models.TextField(default="", blank=True)
    npi = models.CharField(max_length=10)
    dea = models.CharField(max_length=9, default="", blank=True)
    licence_number = models.TextField(default="", blank=True)
    licence_state = models.CharField(max_length=2, default="", blank=True)
    practice = models.TextField(default="", blank=True)
    street = models.TextField(default="", blank=True)
    city = models.TextField(default="", blank=True)
    state = models.CharField(max_length=2, default="", blank=True)
    postal_code = models.TextField(default="", blank=True)
    phone = models.CharField(max_length=10, default="", blank=True)
    fax = models.CharField(max_length=10, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "npi"], name="prescriber_npi")
        ]

    def __str__(self) -> str:
        return f"{self.last_name}, {self.first_name}"

    def facts(self) -> PrescriberFacts:
        """The prescriber as the law looks at them."""
        return PrescriberFacts(npi=self.npi, dea=self.dea)


class NumberBlock(OfPharmacy):
    """A run of Rx numbers given to one store ahead: it can go on numbering cut off."""

    first = models.BigIntegerField()
    last = models.BigIntegerField()
    next = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "first"], name="number_block_first"),
            models.CheckConstraint(
                condition=Q(next__gte=F("first")) & Q(next__lte=F("last") + 1),
                name="number_block_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


__all__ = [
    "AT_THE_PLAN",
    "CARRIED",
    "LAW_ORIGIN",
    "NOTHING_SAID",
    "Carried",
    "Dispensed",
    "Fill",
    "Judgement",
    "NumberBlock",
    "Origin",
    "PayKind",
    "Prescriber",
    "Prescription",
    "PrescriptionState",
    "Transfer",
    "VaccineGiven",
]


class Origin(models.TextChoices):
    """How the prescription came; values are the NCPDP prescription origin codes (419-DJ)."""

    WRITTEN = "1", "written"
    TELEPHONE = "2", "telephone"
    ELECTRONIC = "3", "electronic"
    FAX = "4", "fax"
    PHARMACY = "5", "pharmacy"


class PrescriptionState(models.TextChoices):
    ACTIVE = "active", "active"
    CANCELLED = "cancelled", "cancelled by the prescriber"
    DISCONTINUED = "discontinued", "discontinued"
    TRANSFERRED = "transferred", "transferred to another pharmacy"


class Prescription(CarriedColumns, OfPharmacy):
    """What the prescriber ordered, as entered and reviewed."""

    number = models.BigIntegerField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False)
    prescriber = models.ForeignKey(Prescriber, on_delete=models.PROTECT, db_index=False)
    # What was ordered; what is given may differ (equivalents) and stands on the fill.
    package = models.ForeignKey(Package, on_delete=models.PROTECT, db_index=False)
    drug_as_written = models.TextField(default="", blank=True)
    schedule = models.IntegerField(default=0)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    days_supply = models.IntegerField()
    refills = models.IntegerField(default=0)
    daw = models.CharField(max_length=1, default="0")
    origin = models.CharField(max_length=1, choices=Origin.choices)
    directions_as_written = models.TextField(default="", blank=True)
    directions = models.TextField()
    directions_spanish = models.TextField(default="", blank=True)
    diagnosis = models.TextField(default="", blank=True)
    note = models.TextField(default="", blank=True)
    written_on = models.DateField()
    earliest_fill_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    entered_at = models.DateTimeField()
    entered_by = models.BigIntegerField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.BigIntegerField(null=True)
    state = models.TextField(
        choices=PrescriptionState.choices, default=PrescriptionState.ACTIVE
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "number"], name="prescription_number"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(days_supply__gt=0) & Q(refills__gte=0),
                name="prescription_numbers_positive",
            ),
        ]
        indexes = [models.Index(fields=["pharmacy", "patient"], name="prescription_patient")]

    def __str__(self) -> str:
        return str(self.number)

    def facts(self, *, state: str, dispensed: "Dispensed") -> RxFacts:
        """The prescription as the law looks at it; ``state`` is the pharmacy's."""
        return RxFacts(
            schedule=self.schedule,
            state=state,
            origin=LAW_ORIGIN[Origin(self.origin)],
            written_on=self.written_on,
            quantity=self.quantity,
            refills_authorized=self.refills,
            fills_made=dispensed.fills,
            quantity_dispensed=dispensed.quantity,
            first_filled_on=dispensed.first_on,
            earliest_fill_on=self.earliest_fill_on,
            days_supply=self.days_supply,
            original_seen=self.original_seen,
            fax_case=FaxCase(self.fax_case) if self.fax_case else None,
            emergency=self.emergency,
        )


LAW_ORIGIN = {
    Origin.WRITTEN: LawOrigin.WRITTEN,
    Origin.TELEPHONE: LawOrigin.PHONE,
    Origin.ELECTRONIC: LawOrigin.ELECTRONIC,
    Origin.FAX: LawOrigin.FAX,
    Origin.PHARMACY: LawOrigin.TRANSFER,
}


@dataclass(frozen=True, slots=True)
class Dispensed:
    """What was dispensed so far; cancelled and returned fills do not count."""

    fills: int = 0
    quantity: Decimal = Decimal(0)
    first_on: date | None = None


class PayKind(models.TextChoices):
    PLAN = "plan", "insurance"
    CASH = "cash", "cash"


# From the claim on, until the bag has left the house.
AT_THE_PLAN = frozenset(
    {
        FillState.CLAIM,
        FillState.WAITING,
        FillState.FILLING,
        FillState.CHECK,
        FillState.READY,
    }
)


class Fill(OfPharmacy):
    """One dispensing of a prescription, or a part of one, on its way through the house.

    ``number`` is 0 for the first fill and counts the refills; ``part`` is above 1 for the
    balance of a partial fill. ``part_reason`` is why it is given in parts (21 CFR 1306.13),
    said before it is parted and handed on to its balance. Only
    ``prescriptions.writer.advance`` changes ``state``.
    """

    prescription = models.ForeignKey(
        Prescription, on_delete=models.PROTECT, related_name="fills", db_index=False
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False)
    number = models.IntegerField()
    part = models.IntegerField(default=1)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, db_index=False)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    days_supply = models.IntegerField()
    daw = models.CharField(max_length=1, default="0")
    pay = models.TextField(choices=PayKind.choices)
    price_usd = models.DecimalField(max_digits=10, decimal_places=2)
    copay_usd = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    state = models.TextField(choices=[(s.value, s.value) for s in FillState])
    because = models.TextField(default="", blank=True)
    state_since = models.DateTimeField()
    waiter = models.BooleanField(default=False)
    promised_at = models.DateTimeField()
    owner = models.ForeignKey(
        "staff.Person", on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField()
    screened_at = models.DateTimeField(null=True)
    data_reviewed = models.BooleanField(default=False)
    bin = models.TextField(default="", blank=True)
    part_reason = models.TextField(
        choices=[(reason.value, reason.value) for reason in PartialReason],
        default="",
        db_default="",
        blank=True,
    )
    steps = models.IntegerField(default=0)
    # A vaccine to be given here: what is asked for giving it (438-E3). Bought under 340B: what
    # it cost (423-DN 08 with clarification 20). Nothing where it is neither.
    administration_usd = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    cost_340b_usd = models.DecimalField(max_digits=10, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prescription", "number", "part"], name="fill_number"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(days_supply__gt=0),
                name="fill_numbers_positive",
            ),
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "state", "promised_at"],
                name="fill_queue",
                condition=~Q(state__in=sorted(s.value for s in ENDED)),
            ),
            models.Index(fields=["pharmacy", "patient"], name="fill_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.prescription_id}-{self.number}-{self.part}"

    @property
    def being_billed(self) -> bool:
        """The plan is asked, or will be in a moment: nobody knows yet what the patient pays."""
        return self.pay == PayKind.PLAN and self.copay_usd is None and self.state in AT_THE_PLAN

    @property
    def made_of(self) -> list[CompoundIngredient]:
        """The ingredients of a compound (1 query); none, without a query, for other drugs."""
        return ingredients_of(self.package, pharmacy_id=self.pharmacy_id)

    @property
    def part_reason_words(self) -> str:
        """Why it is given in parts, in words; empty when nobody has said it."""
        return PartialReason(self.part_reason).words if self.part_reason else ""


class Judgement(OfPharmacy):
    """What a pharmacist made of a finding about a fill, in the codes a claim carries.

    Reason for service (439-E4), professional service (440-E5), result (441-E6). ``about`` is
    the fingerprint of the finding; it ``stands`` as long as the facts it judged do.
    """

    fill = models.ForeignKey(
        Fill, on_delete=models.PROTECT, related_name="judgements", db_index=False
    )
    about = models.TextField()
    reason_code = models.CharField(max_length=2)
    service_code = models.CharField(max_length=2)
    result_code = models.CharField(max_length=2)
    judged_at = models.DateTimeField()
    stands = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fill", "about"], name="judgement_once")]

    def __str__(self) -> str:
        return f"{self.reason_code} {self.service_code} {self.result_code}"
