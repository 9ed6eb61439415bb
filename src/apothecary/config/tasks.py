"""What the house does by the clock, as procrastinate jobs: its proof, what leads a search."""

import logging
from datetime import UTC, datetime

from django.conf import settings
from procrastinate.contrib.django import app

from apothecary.config.leading import lead
from apothecary.config.remittances import money_faults_now
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.journal.keys import signing_key
from apothecary.journal.proof import journal_faults
from apothecary.prescriptions.faults import fill_faults
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in, system_worker
from apothecary.stock.expiring.actions import flag_expired
from apothecary.stock.queries import book_faults

log = logging.getLogger("apothecary.proof")
NIGHTLY = "15 3 * * *"
QUARTERLY = "*/15 * * * *"
# Each pharmacy has a midnight of its own; what is written down is looked for once a lot.
HOURLY = "5 * * * *"


# One proof at a time, however many workers there are and however long it takes.
@app.periodic(cron=NIGHTLY)
@app.task(queueing_lock="prove", lock="prove", name="prove_books")
def prove_books(timestamp: int) -> None:
    """Prove ledger and journal of every pharmacy and write down what came of it."""
    at = datetime.fromtimestamp(timestamp, UTC)
    for pharmacy in Pharmacy.objects.order_by("id"):
        stand_in(pharmacy.pk)
        faults = faults_of(pharmacy)
        for fault in faults:
            log.error("pharmacy %s: %s", pharmacy.pk, fault)
        by = system_worker(pharmacy, now=at, name="Nightly proof")
        said = {"faults": len(faults), "first": faults[0] if faults else ""}
        record(by=by, did=Deed.BOOKS_PROVED, about=pharmacy, details=said)


@app.periodic(cron=QUARTERLY)
@app.task(queueing_lock="lead", lock="lead", name="lead_searches")
def lead_searches(timestamp: int) -> None:
    """Tell the search of each pharmacy what is on its shelves and given out often."""
    at = datetime.fromtimestamp(timestamp, UTC)
    for pharmacy in Pharmacy.objects.order_by("id"):
        stand_in(pharmacy.pk)
        lead(pharmacy, at=at)


@app.periodic(cron=HOURLY)
@app.task(queueing_lock="expire", lock="expire", name="flag_expired_lots")
def flag_expired_lots(timestamp: int) -> None:
    """Write down each lot that expired on a shelf, once, so that somebody pulls it."""
    at = datetime.fromtimestamp(timestamp, UTC)
    for pharmacy in Pharmacy.objects.order_by("id"):
        stand_in(pharmacy.pk)
        flag_expired(by=system_worker(pharmacy, now=at, name="Nightly expiry"))


def faults_of(pharmacy: Pharmacy) -> list[str]:
    """Everything in which ledger, fills or journal disagree with themselves."""
    trusted = frozenset([signing_key(settings.DATA / "keys").public])
    return [
        *book_faults(pharmacy_id=pharmacy.pk),
        *fill_faults(pharmacy_id=pharmacy.pk),
        *money_faults_now(pharmacy),
        *journal_faults(pharmacy_id=pharmacy.pk, trusted_keys=trusted),
    ]
