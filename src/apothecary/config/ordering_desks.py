"""What the worker does with electronic orders: hands them over at the suppliers' desks."""

from datetime import datetime
from functools import cache

from apothecary.staff.models import Pharmacy
from apothecary.vault.csos.archive import archive_faults
from apothecary.vault.csos.lines import desks_of_installation
from apothecary.vault.csos.sending import CsosPost


def send_electronic_orders(pharmacy: Pharmacy, at: datetime) -> int:
    """Send what the outbox holds for the ordering desks."""
    return csos_post().send_due(pharmacy, at)


@cache
def csos_post() -> CsosPost:
    """The desks of `APOTHECARY_CSOS_DESKS`, see `vault.csos.lines`; without one it waits."""
    return CsosPost(desks_of_installation())


def electronic_orders(pharmacy: Pharmacy) -> list[str]:
    """What no longer stands of the archive of electronic orders: `apothecary check csos`."""
    return archive_faults(pharmacy)
