"""The sending end of the outbox without a sender: rows are taken and never sent."""

from collections.abc import Mapping
from datetime import timedelta

from apothecary.claims.rules import LEASE
from apothecary.claims.submitting import PARTY
from apothecary.claims.tests.counter import Till
from apothecary.wires.outbox import Holder, Share, Taken, take_due


def take(
    till: Till,
    *,
    after: timedelta = timedelta(0),
    limit: int = 10,
    per_lane: int = 10,
    holder: Holder | None = None,
    room: Mapping[str, int] | None = None,
) -> list[Taken]:
    """Take rows from the outbox as a sender would, some time later, and send nothing."""
    at = till.at + after
    return take_due(
        pharmacy_id=till.world.pharmacy.pk,
        party=PARTY,
        holder=holder or Holder(),
        at=at,
        until=at + LEASE,
        share=Share(limit=limit, per_lane=per_lane, room=room or {}),
    )
