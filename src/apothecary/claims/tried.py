"""Every try of a claim beside the one before it: what was changed, and by whom. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from apothecary.claims.coach import Change, changed_between
from apothecary.claims.models import Claim

MOST_CHANGES = 6
# What differs on every new try without anybody having changed anything.
ALWAYS_NEW = frozenset({"date_of_service"})


@dataclass(frozen=True, slots=True)
class TryLine:
    """One claim or reversal, and how its request differs from the try before."""

    claim: Claim
    changes: tuple[Change, ...]
    more: int

    @property
    def corrected(self) -> list[str]:
        """What the house changed by itself, one rule a line."""
        return [part for part in self.claim.corrected.split("; ") if part]


def try_lines(newest_first: Sequence[Claim]) -> list[TryLine]:
    """The tries with their changes, in the order given."""
    return [
        line_of(claim, before(claim, newest_first[place + 1 :]))
        for place, claim in enumerate(newest_first)
    ]


def before(claim: Claim, older: Sequence[Claim]) -> Claim | None:
    """The try before this one: of the same kind, to the same payer."""
    same = (claim.kind, claim.payer)
    return next((one for one in older if (one.kind, one.payer) == same), None)


def line_of(claim: Claim, earlier: Claim | None) -> TryLine:
    """One try; a first one, and one that could not be written, has changed nothing."""
    if earlier is None or earlier.outgoing is None or claim.outgoing is None:
        return TryLine(claim, (), 0)
    found = changed_between(bytes(earlier.outgoing.raw), bytes(claim.outgoing.raw))
    told = tuple(change for change in found if change.id not in ALWAYS_NEW)
    return TryLine(claim, told[:MOST_CHANGES], max(0, len(told) - MOST_CHANGES))
