"""Claims that the house writes by itself beside the first one of a fill, in their order."""

from datetime import datetime

from apothecary.claims.actions import submit_dated
from apothecary.claims.correcting import correct_rejects
from apothecary.claims.parting import bill_parts
from apothecary.claims.reporting import report_due
from apothecary.claims.reversing import reverse_due
from apothecary.staff.models import Pharmacy


def write_again(pharmacy: Pharmacy, at: datetime) -> int:
    """Write what is to be taken back, billed in parts or again, corrected, or told a payer.

    For the worker's loop; the connection stands in this pharmacy. Returns how many were
    written. Takes back before it bills anew, so that no part is billed beside its whole.
    """
    return (
        reverse_due(pharmacy, at)
        + bill_parts(pharmacy, at)
        + submit_dated(pharmacy, at)
        + correct_rejects(pharmacy, at)
        + report_due(pharmacy, at)
    )
