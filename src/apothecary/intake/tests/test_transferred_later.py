"""What happens to a transfer between its call and its entry, and when it is corrected."""

import pytest

from apothecary.intake.actions.correct import correct_entry
from apothecary.intake.actions.entry import set_aside
from apothecary.intake.actions.transferred import complete_transfer
from apothecary.intake.models import Arrival, ArrivalState
from apothecary.intake.page import arrival_values
from apothecary.intake.tests.test_transferred import finished, taken, typed
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.transfers.models import Transfer
from apothecary.prescriptions.transfers.tests.partners import TAKEN, fields, saying
from apothecary.prescriptions.writer import advance

__all__ = ["typed"]


def test_completing_keeps_what_was_typed_meanwhile(pharmacy):
    arrival = taken(pharmacy, saying(refills_left=None))
    Arrival.objects.filter(pk=arrival.pk).update(draft='{"quantity": "45"}')
    arrival = complete_transfer(by=pharmacy.pharmacist, arrival_id=arrival.pk, given=TAKEN)
    values = arrival_values(arrival)
    assert (values["quantity"], values["refills"]) == ("45", "3")
    about = [("transfer", Transfer.objects.get().pk)]
    last = history(pharmacy_id=pharmacy.pharmacy.pk, about=about)[-1]
    assert last.deed == Deed.TRANSFER_COMPLETED
    assert last.details["changed"] == {"refills_left": ["None", "4"]}


def test_one_that_somebody_else_has_in_hand_is_theirs_to_complete(pharmacy):
    arrival = taken(pharmacy)
    Arrival.objects.filter(pk=arrival.pk).update(owner=pharmacy.technician.person_id)
    with pytest.raises(Refused, match="Somebody else"):
        complete_transfer(by=pharmacy.pharmacist, arrival_id=arrival.pk, given=TAKEN)


def test_one_that_never_was_is_set_aside_like_any_other(pharmacy):
    arrival = taken(pharmacy)
    row = set_aside(by=pharmacy.technician, arrival_id=arrival.pk, because="they call back")
    assert row.state == ArrivalState.SET_ASIDE


def test_a_correction_cannot_give_it_more_than_was_left(pharmacy, typed):
    pharmacy.receive("alprazolam", "100")
    rx = finished(pharmacy, taken(pharmacy), typed)
    fill = pharmacy.walk(rx.fills.get(), until=FillState.CHECK)
    advance(
        fill, FillState.ENTRY, by=pharmacy.pharmacist, did=Deed.FILL_SENT_BACK, because="look"
    )
    with pytest.raises(Refused) as refused:
        correct_entry(by=pharmacy.technician, fill_id=fill.pk, typed=typed | {"refills": "4"})
    assert fields(refused) == ["refills"]
    mended = correct_entry(
        by=pharmacy.technician, fill_id=fill.pk, typed=typed | {"refills": "2"}
    )
    assert Fill.objects.get(pk=mended.pk).prescription.refills == 2
