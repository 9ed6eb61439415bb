"""The post room: what came from outside, as it came, and what waits to go out."""

from django.db import models


class Incoming(models.Model):
    """A message from outside, kept raw before it is understood, acted on once."""

    pharmacy_id = models.BigIntegerField()
    partner = models.TextField()
    format = models.TextField()
    message_id = models.TextField()
    received_at = models.DateTimeField()
    raw = models.BinaryField()
    sha256 = models.BinaryField()
    kind = models.TextField(default="")
    problem = models.TextField(default="")
    answer = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy_id", "partner", "format", "message_id"],
                name="incoming_once",
            )
        ]
        indexes = [models.Index(fields=["pharmacy_id", "received_at"], name="incoming_at")]

    def __str__(self) -> str:
        return f"{self.format} {self.kind} {self.message_id}"


class OutgoingState(models.TextChoices):
    WAITING = "waiting", "waits to go out"
    SENT = "sent", "sent, no answer yet"
    ANSWERED = "answered", "answered"
    FAILED = "failed", "given up"


class Outgoing(models.Model):
    """A message to the outside, written in the transaction that caused it."""

    pharmacy_id = models.BigIntegerField()
    party = models.TextField()
    # Whose line it goes over: for a payer its BIN. A lane that is slow or dead waits alone.
    lane = models.TextField(default="")
    format = models.TextField()
    about = models.TextField()
    about_id = models.BigIntegerField()
    key = models.TextField()
    raw = models.BinaryField()
    state = models.TextField(choices=OutgoingState.choices, default=OutgoingState.WAITING)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.BinaryField(null=True)
    problem = models.TextField(default="")
    # The sender that has it on the line now: its number is an advisory lock of its session.
    held_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy_id", "key"], name="outgoing_key")
        ]
        indexes = [
            models.Index(
                fields=["party", "next_try_at"],
                name="outgoing_due",
                condition=models.Q(state__in=["waiting", "sent"]),
            ),
            models.Index(fields=["pharmacy_id", "about", "about_id"], name="outgoing_about"),
            models.Index(
                fields=["held_by"],
                name="outgoing_held",
                condition=models.Q(held_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.format} to {self.party}: {self.state}"
