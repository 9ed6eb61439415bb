"""What the worker does with whoever we buy from and send back to: out, and in again."""

from datetime import datetime
from functools import cache

from apothecary.purchasing.papers.lines import lines_of_installation
from apothecary.purchasing.papers.sending import SupplyPost
from apothecary.purchasing.tracing.verifying.lines import responders_of_installation
from apothecary.purchasing.tracing.verifying.sending import VerifyPost
from apothecary.returns.recalls.coming import take_recall_paper
from apothecary.returns.shipments.credits import take_credit
from apothecary.returns.shipments.post import ReturnsPost
from apothecary.staff.models import Pharmacy

# Who takes out of a wholesaler's mailbox what is no paper of supply.
TAKERS = (take_recall_paper, take_credit)


def send_orders(pharmacy: Pharmacy, at: datetime) -> int:
    """Send what the outbox holds for the wholesalers; without a line to any it waits."""
    return supply_post().send_due(pharmacy, at)


def fetch_papers(pharmacy: Pharmacy, at: datetime) -> int:
    """Take in what lies in the wholesalers' mailboxes and folders."""
    return supply_post().fetch_due(pharmacy, at)


@cache
def supply_post() -> SupplyPost:
    """The lines of `APOTHECARY_WHOLESALERS`, see `purchasing.papers.lines`."""
    return SupplyPost(lines_of_installation(), takers=TAKERS)


def send_returns(pharmacy: Pharmacy, at: datetime) -> int:
    """Send what the outbox holds for whoever takes drugs back."""
    return returns_post().send_due(pharmacy, at)


def fetch_credits(pharmacy: Pharmacy, at: datetime) -> int:
    """Take in the credits that lie in the reverse distributors' mailboxes."""
    return returns_post().fetch_due(pharmacy, at)


@cache
def returns_post() -> ReturnsPost:
    """The lines of `APOTHECARY_WHOLESALERS`, by the distributors' codes."""
    return ReturnsPost(lines_of_installation())


def ask_responders(pharmacy: Pharmacy, at: datetime) -> int:
    """Ask what the outbox holds for partners' verification responders."""
    return verify_post().send_due(pharmacy, at)


@cache
def verify_post() -> VerifyPost:
    """The responders of `APOTHECARY_VERIFIERS`; without one a question waits."""
    return VerifyPost(responders_of_installation())
