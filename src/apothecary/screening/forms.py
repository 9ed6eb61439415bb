"""What a pharmacist says about a finding, read into typed values."""

from django.http import QueryDict

from apothecary.screening.actions import Resolution


def read_resolution(typed: QueryDict) -> Resolution:
    """The resolution as typed; the action says what is missing."""
    return Resolution(
        service_code=typed.get("service_code", ""),
        result_code=typed.get("result_code", ""),
        text=" ".join(typed.get("text", "").split()),
    )
