"""What a pharmacist says about a finding, read into typed values."""

from django.http import QueryDict

from apothecary.screening.actions import Resolution

# The field of the reason carries the finding in its name (``text-7``): the cursor does not
# stay in it when the next finding takes its place.
REASON = "text"


def read_resolution(typed: QueryDict) -> Resolution:
    """The resolution as typed; the action says what is missing."""
    why = next((typed.get(name, "") for name in typed if name.startswith(REASON)), "")
    return Resolution(
        service_code=typed.get("service_code", ""),
        result_code=typed.get("result_code", ""),
        text=" ".join(why.split()),
    )
