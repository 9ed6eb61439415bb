"""The journal's tables: entries that only grow, and the seals that chain them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entry(models.Model):
    """One act: who did what about which record, when, from which work station.

    ``details`` is canonical JSON text, so that what is hashed is what is stored.
    """

    pharmacy_id = models.BigIntegerField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.TextField()
    station = models.TextField()
    deed = models.TextField()
    about = models.TextField()
    about_id = models.BigIntegerField()
    details = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["pharmacy_id", "about", "about_id", "id"], name="entry_about"),
            models.Index(fields=["pharmacy_id", "at"], name="entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.deed}"


class Unsealed(models.Model):
    """An entry that waits for its seal; the append writes it, the sealer takes it away."""

    entry_id = models.BigIntegerField(primary_key=True)
    pharmacy_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["pharmacy_id", "entry_id"], name="unsealed_pharmacy")]

    def __str__(self) -> str:
        return str(self.entry_id)


class SealKey(models.Model):
    """The public half of a key that signed seals; the private half stays out of here."""

    public_key = models.BinaryField(unique=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return bytes(self.public_key).hex()[:12]


class Seal(models.Model):
    """A sealed batch: the hash of each entry, their Merkle root and the seal before."""

    pharmacy_id = models.BigIntegerField()
    number = models.BigIntegerField()
    sealed_at = models.DateTimeField()
    entry_ids = ArrayField(models.BigIntegerField())
    leaves = ArrayField(models.BinaryField())
    root = models.BinaryField()
    previous_hash = models.BinaryField()
    hash = models.BinaryField()
    public_key = models.BinaryField()
    signature = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy_id", "number"], name="seal_number")
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"
