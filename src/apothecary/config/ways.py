"""Which page a fill or an arrival is worked on: the way from a list to the next key."""

from django.urls import NoReverseMatch, reverse

from apothecary.prescriptions.states import FillState

# The page where the next key of each state is pressed; the argument is the fill's number.
PAGE_OF = {
    FillState.ENTRY: "intake:correct",
    FillState.REVIEW: "screening:review",
    FillState.REJECTED: "claims:reject",
    FillState.WAITING: "filling:fill",
    FillState.FILLING: "filling:fill",
    FillState.SHORT: "filling:short",
    FillState.CHECK: "verification:check",
    FillState.READY: "pickup:bag",
}


def page_url(name: str, *args: object) -> str:
    """The address of a page of any room; empty where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def fill_url(state: str, fill_id: int, rx_number: int) -> str:
    """Where a fill is worked on; without a page of its own, its prescription's."""
    name = PAGE_OF.get(FillState(state), "")
    return (name and page_url(name, fill_id)) or reverse("prescriptions:rx", args=[rx_number])
