"""What the API remembers of requests that carry a key, so that a retry changes nothing."""

from django.db import models

from apothecary.staff.models import OfPharmacy


class Answered(OfPharmacy):
    """A request with an Idempotency-Key and the answer it got."""

    person_id = models.BigIntegerField()
    key = models.TextField()
    request_hash = models.BinaryField()
    at = models.DateTimeField()
    status = models.IntegerField(null=True)
    body = models.BinaryField(null=True)
    content_type = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "person_id", "key"], name="answered_once"
            )
        ]

    def __str__(self) -> str:
        return self.key
