"""Papers name the day of the clock on the pharmacy's wall, not that of Greenwich."""

from datetime import UTC, date, datetime, timedelta

import pytest

from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.tracing.answering import as_rows, trace
from apothecary.purchasing.tracing.cases.deciding import call_illegitimate
from apothecary.purchasing.tracing.cases.telling import (
    Said,
    kept_form,
    told_fda,
    write_form,
)
from apothecary.purchasing.tracing.history import package_history
from apothecary.purchasing.tracing.paper import answer_pdf
from apothecary.purchasing.tracing.states import FormKind, Grounds
from apothecary.purchasing.tracing.tests.cases import at_the_door, shelved, told
from apothecary.purchasing.tracing.tests.desk import words
from apothecary.purchasing.tracing.tests.seller import GTIN

# In Chicago the clock goes back on 1 November 2026: UTC-5 before, UTC-6 after.
EVENINGS = (
    (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), date(2026, 11, 23)),
    (datetime(2026, 11, 24, 5, 59, tzinfo=UTC), date(2026, 11, 23)),
    (datetime(2026, 11, 24, 6, 0, tzinfo=UTC), date(2026, 11, 24)),
    (datetime(2026, 7, 15, 4, 59, tzinfo=UTC), date(2026, 7, 14)),
    (datetime(2026, 7, 15, 5, 0, tzinfo=UTC), date(2026, 7, 15)),
)
SAID = Said(event="no such serial number")


@pytest.mark.parametrize(("at", "on"), EVENINGS)
def test_a_notification_says_the_day_on_which_it_was_determined_here(yard, at, on):
    case, rph = at_the_door(yard), yard.world.pharmacist.at_time(at, on)
    call_illegitimate(by=rph, case_id=case.pk, grounds=Grounds.STOLEN, because="stolen")
    row = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=SAID)
    assert kept_form(row).determined_on == on.isoformat()


@pytest.mark.parametrize(("at", "on"), EVENINGS)
def test_the_next_one_says_the_day_on_which_the_fda_was_told_first(yard, at, on):
    case, rph = at_the_door(yard), yard.world.pharmacist
    call_illegitimate(by=rph, case_id=case.pk, grounds=Grounds.STOLEN, because="stolen")
    first = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=SAID)
    evening = rph.at_time(at, on)
    told_fda(by=evening, form_id=first.pk, how="portal", incident="I-7")
    later = rph.at_time(at + timedelta(days=3), on + timedelta(days=3))
    row = write_form(by=later, case_id=case.pk, kind=FormKind.FOLLOW_UP, said=SAID)
    assert kept_form(row).first_told_on == on.isoformat()


@pytest.mark.parametrize(("at", "on"), EVENINGS)
def test_a_package_that_came_in_the_evening_came_that_day(yard, at, on):
    told(yard, "S1")
    shelved(yard, "S1")
    ReceivedPackage.objects.update(received_at=at)
    found = package_history(pharmacy_id=yard.by.pharmacy_id, gtin=GTIN, serial="S1")
    assert found is not None
    assert found.stations()[2].when == f"came {on}"
    answer = trace(by=yard.world.pharmacist, said="S1")
    (line,) = as_rows(answer)
    assert line["received_at"][:10] == on.isoformat()
    assert answer.packages[0].received_at == at
    assert f"came {on}, good" in words(answer_pdf(answer, pharmacy="A", address="B"))
