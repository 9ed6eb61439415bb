"""The nightly proof: written down when the books hold, loud when they do not."""

from datetime import UTC, datetime, timedelta

from apothecary.config.tasks import flag_expired_lots, prove_books
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.prescriptions.states import FillState
from apothecary.staff.signon import stand_in
from apothecary.stock.models import Balance, Lot, PlaceKind

NIGHT = 1_764_000_000


def test_the_nightly_proof_of_sound_books_is_written_down(pharmacy, settings, tmp_path):
    settings.DATA = tmp_path
    pharmacy.stocked(until=FillState.SOLD)
    prove_books(timestamp=NIGHT)
    stand_in(pharmacy.pharmacy.pk)
    entry = Entry.objects.get(deed=Deed.BOOKS_PROVED)
    assert entry.by_name == "Nightly proof"
    assert '"faults":0' in entry.details


def test_a_balance_that_was_tampered_with_is_loud_in_the_morning(
    pharmacy, settings, tmp_path, caplog
):
    settings.DATA = tmp_path
    pharmacy.stocked(until=FillState.SOLD)
    Balance.objects.filter(place__kind=PlaceKind.SHELF).update(on_hand=71)
    prove_books(timestamp=NIGHT)
    assert "balance 71.000, moves 70.000" in caplog.text


def test_what_expired_on_a_shelf_is_written_down_once_and_by_itself(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    ended = datetime.fromtimestamp(NIGHT, UTC).date() - timedelta(days=2)
    Lot.objects.filter(pk=lot.pk).update(expires_on=ended)
    for _ in range(2):
        flag_expired_lots(timestamp=NIGHT)
    stand_in(pharmacy.pharmacy.pk)
    entry = Entry.objects.get(deed=Deed.STOCK_EXPIRED)
    assert entry.by_name == "Nightly expiry"
    lot.refresh_from_db()
    assert lot.flagged_on is not None
