"""The pharmacy, its people, their licences, and who is at which work station."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from apothecary.staff.duties import Role


class DataReview(models.TextChoices):
    BEFORE_FILLING = "before_filling", "a pharmacist reviews new prescriptions before filling"
    AT_CHECK = "at_check", "the pharmacist reviews the data with the final check"


class Pharmacy(models.Model):
    """One licensed pharmacy. Every row that grows with dispensing names the one it is of."""

    name = models.TextField()
    npi = models.CharField(max_length=10)
    ncpdp_id = models.CharField(max_length=7)
    dea = models.CharField(max_length=9)
    state = models.CharField(max_length=2)
    licence_number = models.TextField(default="")
    street = models.TextField()
    city = models.TextField()
    postal_code = models.TextField()
    phone = models.CharField(max_length=10)
    fax = models.CharField(max_length=10, default="")
    time_zone = models.TextField(default="America/Chicago")
    data_review = models.TextField(
        choices=DataReview.choices, default=DataReview.BEFORE_FILLING
    )
    # A house policy (mark C), set by the pharmacist in charge where the state has no row.
    noncontrolled_validity_months = models.IntegerField(null=True)
    markup_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(20))
    dispensing_fee_usd = models.DecimalField(
        max_digits=6, decimal_places=2, default=Decimal(11)
    )
    return_to_stock_days = models.IntegerField(default=10)
    idle_lock_minutes = models.IntegerField(default=10)
    promise_minutes = models.IntegerField(default=60)
    # Whether whoever runs the place must have a second factor (house policy, mark C).
    second_factor_required = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ncpdp_id"], name="pharmacy_ncpdp_id")]

    def __str__(self) -> str:
        return self.name

    def day_of(self, at: datetime) -> date:
        """The day of an instant by the clock on this pharmacy's wall."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()


class OfPharmacy(models.Model):
    """A row of one pharmacy, which the walls show to no other.

    The reference has no index of its own: every table that grows leads an index with it and
    what is looked for, and by one of the pharmacy alone a server that has not yet counted a new
    table would read all of it.
    """

    pharmacy = models.ForeignKey(
        Pharmacy,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        abstract = True


class Person(models.Model):
    """Somebody who works in one pharmacy, in one role."""

    pharmacy = models.ForeignKey(
        Pharmacy, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    username = models.CharField(max_length=80, unique=True)
    name = models.TextField()
    initials = models.CharField(max_length=4)
    role = models.TextField(choices=[(role.value, role.value) for role in Role])
    password = models.TextField(default="")
    pin = models.TextField(default="")
    active = models.BooleanField(default=True)
    # Wrong secrets in a row, at whatever machine; any right one starts the count anew.
    failures = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} ({self.role})"


class Licence(models.Model):
    """A licence or registration of a person, with the state that gave it."""

    pharmacy = models.ForeignKey(
        Pharmacy, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="licences")
    kind = models.TextField()
    number = models.TextField()
    state = models.CharField(max_length=2)
    expires_on = models.DateField()

    class Meta:
        constraints = [
            # Somebody may work in two pharmacies of one database under the same licence.
            models.UniqueConstraint(
                fields=["pharmacy", "state", "kind", "number"], name="licence_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.number}"


class Shift(models.Model):
    """A pharmacist on duty: others work under this supervision."""

    pharmacy = models.ForeignKey(
        Pharmacy, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="shift_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} from {self.started_at}"


class Machine(models.Model):
    """A browser with which somebody of the pharmacy has signed in, known by its cookie.

    Trusted, it is a work station inside the pharmacy: there a PIN is enough to take over.
    """

    pharmacy = models.ForeignKey(
        Pharmacy, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    token_hash = models.BinaryField(unique=True)
    name = models.TextField()
    first_used_at = models.DateTimeField()
    trusted_at = models.DateTimeField(null=True)
    # Wrong secrets of anybody at this machine since then.
    failures = models.IntegerField(default=0)
    failures_since = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Way(models.TextChoices):
    """What a secret was given for."""

    PASSWORD = "password", "password"
    PIN = "pin", "PIN"
    SECOND = "second", "second factor"


class Guesses(models.Model):
    """Wrong secrets of one person at one machine; no machine: all that nobody knows yet."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, null=True, related_name="+")
    way = models.TextField(choices=Way.choices)
    failures = models.IntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "machine", "way"], nulls_distinct=False, name="guesses_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.failures} of {self.person_id} by {self.way}"


class Session(models.Model):
    """Somebody signed in at a work station, or a program acting for somebody by token."""

    token_hash = models.BinaryField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    station = models.TextField()
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, null=True, related_name="+")
    by_token = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person_id} at {self.station}"


class FactorKind(models.TextChoices):
    TOTP = "totp", "authenticator app"
    PASSKEY = "passkey", "passkey or security key"


class Factor(models.Model):
    """What somebody has, beside the password they know.

    ``secret`` is the app's key, sealed, or the passkey's public half; until the first right
    answer confirms it, of a passkey the challenge. ``counter`` is the last time step or the
    key's own count that was taken: an answer is taken once.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField(choices=FactorKind.choices)
    name = models.TextField()
    secret = models.BinaryField()
    host = models.TextField(default="")
    counter = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person"], name="factor_person")]

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """One of the codes on paper that stand in for a lost factor, each once."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    code_hash = models.BinaryField(unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"of {self.person_id}"


class HalfIn(models.Model):
    """Somebody whose password was right, and whose second factor is still asked for."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    token_hash = models.BinaryField(unique=True)
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, null=True, related_name="+")
    station = models.TextField()
    challenge = models.BinaryField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person_id} at {self.station}"


class Partner(models.Model):
    """An outside system with its own credential and rights."""

    pharmacy = models.ForeignKey(
        Pharmacy, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.TextField()
    token_hash = models.BinaryField(unique=True)
    may_send = models.TextField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "name"], name="partner_name")
        ]

    def __str__(self) -> str:
        return self.name


class PartnerCertificate(models.Model):
    """A client certificate by which a partner is known: its SHA-256 and its last instant.

    Several at once, so that the next one can be put on file before the last runs out.
    """

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.BinaryField(unique=True)
    added_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return bytes(self.fingerprint).hex()[:12]
