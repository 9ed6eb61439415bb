"""A claim: one submission to a payer and its answer. A corrected one is the next row."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apothecary.claims.authorization.states import LIVE as LIVE_AUTHORIZATION
from apothecary.claims.authorization.states import AuthorizationState, Way
from apothecary.claims.authorization.states import Kind as AuthorizationKind
from apothecary.claims.authorization.states import next_state as next_authorization_state
from apothecary.claims.money import models as money  # noqa: F401 Django finds tables so
from apothecary.claims.states import (
    BILLED_ANEW,
    LIVE,
    PARTIAL,
    TO_WORK,
    ClaimState,
    Closing,
    InquiryState,
    Kind,
    ReportState,
    next_state,
)
from apothecary.drugs.models import Package
from apothecary.patients.models import Coverage, Patient
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.staff.models import OfPharmacy
from apothecary.wires.models import Outgoing


class Claim(OfPharmacy):
    """One transaction with the payer: a billing (B1), or the reversal (B2) of one.

    What went out and came back stands byte for byte in ``outgoing``; every answer, also one
    that could not be used, in ``wires.Incoming``. The card is copied here as it was billed.
    """

    fill = models.ForeignKey(
        Fill, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    kind = models.CharField(max_length=2, choices=[(k.value, k.name.lower()) for k in Kind])
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    try_number = models.IntegerField()
    # Which payer of the fill this is, and how many cards were good on the day: 1 is the first.
    payer = models.SmallIntegerField(default=1, db_default=1)
    payers = models.SmallIntegerField(default=1, db_default=1)
    state = models.TextField(choices=[(s.value, s.value) for s in ClaimState])
    # None when the claim could not even be written: what is missing stands in ``problem``.
    outgoing = models.ForeignKey(
        Outgoing, on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    service_on = models.DateField()

    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    plan_name = models.TextField(default="")
    bin = models.TextField(default="")
    pcn = models.TextField(default="")
    group = models.TextField(default="")
    cardholder_id = models.TextField(default="")
    person_code = models.TextField(default="")

    # What the technician adds for this payer alone (420-DK, 461-EU and 462-EV, 439-E4 with its
    # two, 308-C8, 357-NV).
    clarification = models.TextField(default="")
    authorization_type = models.CharField(max_length=2, default="", db_default="", blank=True)
    prior_authorization = models.TextField(default="")
    safety_codes = models.TextField(default="")
    other_coverage = models.CharField(max_length=2, default="", db_default="", blank=True)
    delay_reason = models.CharField(max_length=2, default="", db_default="", blank=True)
    # What the house changed by itself before this try, and by which rule; empty where a person
    # or nobody did.
    corrected = models.TextField(default="", db_default="", blank=True)

    # What the fill held when it was billed: a fill that is parted later is billed anew.
    quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    # 343-HD: P for a first part, C for what completes it, empty for a whole fill.
    part = models.CharField(max_length=1, default="", blank=True)
    completes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="completed_by"
    )

    submitted_usd = models.DecimalField(max_digits=10, decimal_places=2)
    paid_usd = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    copay_usd = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    deductible_left_usd = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    authorization = models.TextField(default="")
    codes = ArrayField(models.TextField(), default=list)
    messages = ArrayField(models.TextField(), default=list)
    next_fill_on = models.DateField(null=True)
    help_desk = models.TextField(default="")
    # How often it may have reached the payer without an answer that could be used.
    doubts = models.IntegerField(default=0)
    problem = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    # The payer took it and decides later; from here on filling may go on without the answer.
    captured_at = models.DateTimeField(null=True)

    # When the house last looked whether it can correct the reject by itself.
    looked_at = models.DateTimeField(null=True)
    dated_for = models.DateField(null=True)
    billed_later = models.BooleanField(default=False)
    # Paid, and its fill has left the house as it was billed: it cannot go stale any more. What
    # is looked through every second is only what is not so yet.
    sold_as_billed = models.BooleanField(default=False, db_default=False)
    closed_at = models.DateTimeField(null=True)
    closing = models.TextField(
        choices=[(c.value, c.value) for c in Closing], default="", blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fill", "kind", "try_number"], name="claim_try_once"
            ),
            # The guard against being paid twice, whatever the code above it does.
            models.UniqueConstraint(
                fields=["fill", "payer"],
                condition=Q(kind=Kind.BILLING.value, state__in=sorted(s.value for s in LIVE)),
                name="claim_live_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closing="")
                | Q(closed_at__isnull=False) & ~Q(closing=""),
                name="claim_closed_with_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "made_at"],
                name="claim_to_work",
                condition=Q(closed_at=None, state__in=sorted(s.value for s in TO_WORK)),
            ),
            models.Index(
                fields=["pharmacy", "made_at"],
                name="claim_live",
                condition=Q(
                    kind=Kind.BILLING.value,
                    state__in=["out", "paid", "unanswered"],
                    sold_as_billed=False,
                ),
            ),
            models.Index(
                fields=["pharmacy"],
                name="claim_part_open",
                condition=Q(part=PARTIAL, state=ClaimState.PAID.value, closed_at=None),
            ),
            models.Index(
                fields=["pharmacy"],
                name="claim_parted",
                condition=Q(
                    state=ClaimState.REVERSED.value,
                    closing__in=sorted(closing.value for closing in BILLED_ANEW),
                ),
            ),
            # Of whom first payers may have to be told: few, and asked for twice a second.
            models.Index(
                fields=["pharmacy", "made_at"],
                name="claim_later_payer",
                condition=Q(kind=Kind.BILLING.value, state=ClaimState.PAID.value, payer__gt=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fill_id}-{self.try_number}: {self.state}"

    def goes(self, to: ClaimState) -> None:
        """Take the step in memory, or stop on one the table does not have; saving is yours."""
        self.state = next_state(Kind(self.kind), ClaimState(self.state), to).value

    @property
    def posted(self) -> Outgoing:
        """What went into the outbox; a claim that could not be written has nothing there."""
        if self.outgoing is None:
            raise LookupError(f"claim {self.pk} was never in the outbox")
        return self.outgoing

    @property
    def is_billing(self) -> bool:
        return self.kind == Kind.BILLING


class BillTo(OfPharmacy):
    """A card somebody chose for one fill: it goes before the cards' own order."""

    fill = models.ForeignKey(
        Fill, on_delete=models.PROTECT, related_name="bill_to", db_index=False
    )
    payer = models.SmallIntegerField()
    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fill", "payer"], name="bill_to_once")]

    def __str__(self) -> str:
        return f"{self.fill_id} payer {self.payer}: {self.coverage_id}"


class Inquiry(OfPharmacy):
    """An eligibility question (E1): whether a payer knows the patient, and under what.

    What it answered stands in ``outgoing.answer`` byte for byte; ``eligibility`` reads it.
    """

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="inquiries", db_index=False
    )
    # The card that is asked about; none when the patient is looked for by name and birth date.
    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    bin = models.TextField()
    pcn = models.TextField(default="", blank=True)
    outgoing = models.ForeignKey(
        Outgoing, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.TextField(choices=[(s.value, s.value) for s in InquiryState])
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    doubts = models.IntegerField(default=0)
    codes = ArrayField(models.TextField(), default=list)
    problem = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outgoing"], name="inquiry_outgoing"),
            # One question about a card at a time: the second click asks nobody.
            models.UniqueConstraint(
                fields=["patient", "bin", "pcn"],
                condition=Q(state=InquiryState.OUT.value),
                name="inquiry_out_once",
            ),
        ]
        indexes = [models.Index(fields=["patient", "made_at"], name="inquiry_patient")]

    def __str__(self) -> str:
        return f"E1 {self.bin} {self.state}"


class Report(OfPharmacy):
    """What the first payer of a fill is told of a later one's payment; it pays nothing for it.

    N1 tells, N2 takes back what was told, N3 tells anew. ``claim`` is the later payer's billing
    that it is about. What was answered stands in ``outgoing.answer`` byte for byte.
    """

    fill = models.ForeignKey(Fill, on_delete=models.PROTECT, related_name="reports")
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="reports", db_index=False
    )
    payer = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=2)
    plan_name = models.TextField()
    bin = models.TextField()
    pcn = models.TextField(default="", blank=True)
    # None where what was to be told could not be written.
    outgoing = models.ForeignKey(
        Outgoing, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.TextField(choices=[(s.value, s.value) for s in ReportState])
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    doubts = models.IntegerField(default=0)
    reference = models.TextField(default="", blank=True)
    codes = ArrayField(models.TextField(), default=list)
    problem = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outgoing"], name="report_outgoing"),
            # A payment is told once and taken back once.
            models.UniqueConstraint(
                fields=["claim"], condition=~Q(code="N2"), name="report_told_once"
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(code="N2"), name="report_taken_back_once"
            ),
        ]
        indexes = [models.Index(fields=["pharmacy", "made_at"], name="report_made")]

    def __str__(self) -> str:
        return f"{self.code} {self.bin} {self.state}"

    @property
    def says(self) -> str:
        """What the payer was told, and what it made of that."""
        told = {
            "N1": f"was told what payer {self.payer} paid",
            "N2": f"was told that payer {self.payer} has its money back",
            "N3": f"was told anew what payer {self.payer} paid",
        }[self.code]
        ends = {
            ReportState.OUT: "no answer yet",
            ReportState.NOTED: f"noted {self.reference}".strip(),
            ReportState.REJECTED: f"refused {' '.join(self.codes)} {self.problem}".strip(),
            ReportState.UNANSWERED: "nobody answered",
        }[ReportState(self.state)]
        return f"{self.plan_name} {told} ({self.code}): {ends}."


class PriorAuthorization(OfPharmacy):
    """A payer's consent to one drug for one patient: asked for, decided, carried to claims.

    Every message about it is a row of the outbox with ``about`` "authorization" and its id; the
    payer's questions are read from the bytes of ``questioned``, never copied.
    """

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="authorizations", db_index=False
    )
    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    prescription = models.ForeignKey(
        Prescription, on_delete=models.PROTECT, related_name="authorizations", db_index=False
    )
    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The fill it is asked with, and the refused claim that it came from.
    fill = models.ForeignKey(Fill, on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, related_name="+")
    # What this one renews.
    earlier = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.TextField(choices=[(k.value, k.name.lower()) for k in AuthorizationKind])
    way = models.TextField(choices=[(w.value, w.value) for w in Way], default="", blank=True)
    state = models.TextField(choices=[(s.value, s.value) for s in AuthorizationState])
    because_codes = ArrayField(models.TextField(), default=list)
    because = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()

    asked_at = models.DateTimeField(null=True)
    asked_by = models.BigIntegerField(null=True)
    # The last message of ours, and the one whose answer brought the questions.
    outgoing = models.ForeignKey(
        Outgoing, on_delete=models.PROTECT, null=True, related_name="+"
    )
    questioned = models.ForeignKey(
        Outgoing, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # By question: the values, and who said them (``records`` or whom we heard it from).
    answers = models.JSONField(default=dict)
    reference = models.TextField(default="", blank=True)
    deadline_at = models.DateTimeField(null=True)
    inquire_at = models.DateTimeField(null=True)
    inquiries = models.IntegerField(default=0)
    doubts = models.IntegerField(default=0)
    problem = models.TextField(default="", blank=True)

    decided_at = models.DateTimeField(null=True)
    said = models.TextField(default="", blank=True)
    codes = ArrayField(models.TextField(), default=list)
    appeals = models.BooleanField(default=False)
    number = models.TextField(default="", blank=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    usd = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    refills = models.IntegerField(null=True)
    # Nothing more is to be done about it: it leaves the list, its number goes on.
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prescription", "coverage"],
                condition=Q(state__in=sorted(state.value for state in LIVE_AUTHORIZATION)),
                name="authorization_live_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=AuthorizationState.APPROVED.value) | ~Q(number=""),
                name="authorization_approved_has_number",
            ),
        ]
        indexes = [
            models.Index(
                fields=["pharmacy", "made_at"],
                name="authorization_open",
                condition=Q(closed_at=None),
            ),
            models.Index(fields=["prescription", "coverage"], name="authorization_of_rx"),
        ]

    def __str__(self) -> str:
        return f"authorization {self.pk}: {self.state}"

    def goes(self, to: AuthorizationState) -> None:
        """Take the step in memory, or stop on one the table does not have; saving is yours."""
        self.state = next_authorization_state(AuthorizationState(self.state), to).value
