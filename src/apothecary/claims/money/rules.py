"""What a claim's account says: what is still open, and the one name for why. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from apothecary.claims.money.kinds import DifferenceKind
from apothecary.claims.states import ClaimState

# House policy (mark C): so long a payer may take before somebody asks it.
PATIENCE = timedelta(days=30)
STANDS = frozenset({ClaimState.PAID, ClaimState.REVERSING})
AGES = ((30, "0–30 days"), (60, "31–60 days"), (90, "61–90 days"), (None, "over 90 days"))
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Account:
    """One claim between us and its payer, in dollars.

    ``promised_usd`` is what its answer said the plan pays. ``remitted_usd`` is what came for it
    less the fees kept back; ``taken_usd`` what was kept back under its number beside the claims
    (above zero: taken). ``settled_usd`` is what a person gave up or accepted. ``paid``,
    ``reversed`` and ``denied`` count its lines. ``since`` is its last word: when the payer
    answered, or took the reversal.
    """

    claim_id: int
    state: ClaimState
    since: datetime
    promised_usd: Decimal = NOTHING
    remitted_usd: Decimal = NOTHING
    taken_usd: Decimal = NOTHING
    settled_usd: Decimal = NOTHING
    paid: int = 0
    reversed: int = 0
    denied: int = 0

    @property
    def expected_usd(self) -> Decimal:
        """What the books expect in the end: nothing for a claim that does not stand as paid."""
        return self.promised_usd if self.state in STANDS else NOTHING

    @property
    def open_usd(self) -> Decimal:
        """Expected less what came: above zero the payer owes it, below zero we hold it."""
        return self.expected_usd - self.remitted_usd + self.taken_usd - self.settled_usd


def difference_of(account: Account, *, at: datetime) -> DifferenceKind | None:
    """Why the account is not even; none when it is, or when it is only too early to ask."""
    if not account.open_usd:
        return None
    if account.state in STANDS:
        return _standing(account, at=at)
    return _fallen(account, at=at)


def _standing(account: Account, *, at: datetime) -> DifferenceKind | None:
    kinds = DifferenceKind
    stood = account.paid - account.reversed
    if not (account.paid or account.reversed or account.denied or account.taken_usd):
        return kinds.MISSING if _late(account, at) else None
    if account.open_usd < 0:
        return kinds.TWICE if stood > 1 else kinds.OVER
    if stood < 1 and account.reversed:
        return kinds.REVERSED
    if account.taken_usd:
        return kinds.TAKEN
    return kinds.DENIED if account.denied and stood < 1 else kinds.SHORT


def _fallen(account: Account, *, at: datetime) -> DifferenceKind | None:
    kinds = DifferenceKind
    if account.open_usd > 0:
        return kinds.TAKEN_TWICE
    if account.state is not ClaimState.REVERSED:
        return kinds.UNEXPECTED
    return kinds.NOT_TAKEN if _late(account, at) else None


def _late(account: Account, at: datetime) -> bool:
    return at - account.since >= PATIENCE


def age_of(since: date, *, on: date) -> str:
    """The column of the aging list in which money of that day stands."""
    days = (on - since).days
    return next(word for most, word in AGES if most is None or days <= most)
