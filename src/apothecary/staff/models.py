"""The pharmacy, its people, their licences, and who is at which work station."""

from decimal import Decimal

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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ncpdp_id"], name="pharmacy_ncpdp_id")]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody who works in one pharmacy, in one role."""

    pharmacy = models.ForeignKey(Pharmacy, on_delete=models.PROTECT, related_name="+")
    username = models.CharField(max_length=80, unique=True)
    name = models.TextField()
    initials = models.CharField(max_length=4)
    role = models.TextField(choices=[(role.value, role.value) for role in Role])
    password = models.TextField(default="")
    pin = models.TextField(default="")
    active = models.BooleanField(default=True)
    failures = models.IntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.role})"


class Licence(models.Model):
    """A licence or registration of a person, with the state that gave it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="licences")
    kind = models.TextField()
    number = models.TextField()
    state = models.CharField(max_length=2)
    expires_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "state", "number"], name="licence_number")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.number}"


class Shift(models.Model):
    """A pharmacist on duty: others work under this supervision."""

    pharmacy = models.ForeignKey(Pharmacy, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
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


class Session(models.Model):
    """Somebody signed in at a work station, or a program acting for somebody by token."""

    token_hash = models.BinaryField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    station = models.TextField()
    by_token = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person_id} at {self.station}"


class Partner(models.Model):
    """An outside system with its own credential and rights."""

    pharmacy = models.ForeignKey(Pharmacy, on_delete=models.PROTECT, related_name="+")
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
