"""Where each row of the drug file comes from: sources, their batches, what a batch changed."""

from django.db import models


class Source(models.Model):
    """A publication that the drug file is made of; a lower rank goes before a higher one."""

    key = models.TextField(unique=True)
    name = models.TextField()
    publisher = models.TextField(default="", blank=True)
    licence = models.TextField()
    rank = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.publisher}: {self.name}" if self.publisher else self.name


class Batch(models.Model):
    """One release of a source as it was loaded, and what it changed in the drug file.

    ``partial`` is a selection: what is not in it has not gone from the source.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    released_on = models.DateField(null=True)
    file = models.TextField(default="", blank=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    loaded_at = models.DateTimeField()
    by = models.TextField()
    partial = models.BooleanField(default=False)
    rows_read = models.IntegerField(default=0)
    rows_new = models.IntegerField(default=0)
    rows_changed = models.IntegerField(default=0)
    rows_gone = models.IntegerField(default=0)
    rows_same = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["source", "-id"], name="batch_of_source")]

    def __str__(self) -> str:
        return f"{self.source} {self.released_on or ''}".strip()


class Change(models.Model):
    """What a batch did to one row that was there before; new rows name the batch themselves.

    ``fields`` holds, for each column that changed, what it was and what it is. ``held`` says
    why a row that is gone stays in use: on the shelf, on an open prescription.
    """

    class Kind(models.TextChoices):
        CHANGED = "changed", "changed"
        GONE = "gone", "gone"
        BACK = "back", "back again"

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    table = models.TextField()
    row = models.BigIntegerField()
    about = models.TextField()
    says = models.TextField(default="", blank=True)
    fields = models.JSONField(default=dict)
    held = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "kind", "about"], name="change_of_batch")]

    def __str__(self) -> str:
        return f"{self.about} {self.kind}"


class Loaded(models.Model):
    """A row that a load brought, changes and marks as gone."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    since = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    gone_on = models.DateField(null=True)

    class Meta:
        abstract = True
