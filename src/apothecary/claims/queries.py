"""What the reject screens and the frame show."""

from django.db.models import Count, Q

from apothecary.claims.submitting import PARTY
from apothecary.wires.models import Outgoing, OutgoingState


def party_states(pharmacy_id: int) -> list[tuple[str, str]]:
    """The line to the payer: up, slow (asked, not answered) or down. 1 query."""
    tried = Outgoing.objects.filter(
        pharmacy_id=pharmacy_id,
        party=PARTY,
        state__in=[OutgoingState.WAITING, OutgoingState.SENT],
    ).exclude(problem="")
    found = tried.aggregate(
        down=Count("pk", filter=Q(problem__startswith="no line")), slow=Count("pk")
    )
    if found["down"]:
        return [("Payer", "down")]
    return [("Payer", "slow" if found["slow"] else "up")]
