"""The facts come from the ledger and the rooms above; a pharmacist says what they are."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.dispensed_facts import dispensed_facts
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused
from apothecary.vault.book.tests.test_pages import page_of, text
from apothecary.vault.unusual.looking import facts_of, look_at, shown
from apothecary.vault.unusual.models import FlagLook

ZONE = "America/Chicago"


@pytest.fixture
def bought(pharmacy):
    """Three hundred came this month and nothing went out."""
    pharmacy.receive("oxycodone", "300")
    return pharmacy


def flags_of(world):
    return shown(pharmacy_id=world.pharmacy.pk, today=TODAY)


def looked(world, row, because="a hospice opened", role=Role.PHARMACIST):
    flag = row.flag
    return look_at(by=world.workers[role], kind=flag.kind, subject=flag.subject,
                   says=flag.says, because=because)  # fmt: skip


def sold(world, drug="oxycodone"):
    """Thirty tablets entered, filled and sold, for cash."""
    order = world.order(drug, refills=0)
    fill = enter_prescription(by=world.technician, order=order)
    return world.walk(fill, until=FillState.SOLD)


def test_the_ledger_says_what_came_and_what_went_by_month(bought):
    sold(bought)
    (month,) = facts_of(pharmacy_id=bought.pharmacy.pk, today=TODAY).months
    assert (month.received, month.day) == (Decimal(300), TODAY.replace(day=1))
    assert month.dispensed == 30


def test_what_is_bought_and_not_dispensed_is_up(bought):
    (row,) = flags_of(bought)
    assert (row.flag.kind, row.looked) == ("ordering", None)
    assert "300 units" in row.flag.says


def test_a_flag_that_was_looked_at_is_silent_until_its_numbers_change(bought):
    (row,) = flags_of(bought)
    look = looked(bought, row)
    assert [each.looked for each in flags_of(bought)] == [look]
    assert deeds("flaglook", look.pk) == ["looked at a red flag of controlled drugs"]
    bought.receive("oxycodone", "100", lot="L2")
    (again,) = flags_of(bought)
    assert (again.looked, "400 units" in again.flag.says) == (None, True)


@pytest.mark.parametrize("role", [Role.CLERK, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN])
def test_nobody_but_a_pharmacist_looks(bought, role):
    (row,) = flags_of(bought)
    not_allowed(lambda: looked(bought, row, role=role))
    assert page_of(bought, role).get("/vault/flags/").status_code == 403
    assert not FlagLook.objects.exists()


@pytest.mark.parametrize("because", ["", "  ", "x" * 501])
def test_who_looks_says_what_was_found(bought, because):
    (row,) = flags_of(bought)
    assert set(refused(lambda: looked(bought, row, because)).values()) == {"because"}


def test_a_flag_is_looked_at_once_and_only_as_it_stands(bought):
    (row,) = flags_of(bought)
    looked(bought, row)
    assert refused(lambda: looked(bought, row)) == {"looked-at": ""}
    bought.receive("oxycodone", "100", lot="L2")
    assert refused(lambda: looked(bought, row)) == {"no-flag": ""}


def test_what_was_said_of_a_flag_stays(bought):
    (row,) = flags_of(bought)
    look = looked(bought, row)
    look.because = "nothing"
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        look.save()


def test_a_pharmacist_looks_on_the_page(bought):
    rita = page_of(bought, Role.PHARMACIST)
    page = text(rita.get("/vault/flags/"))
    assert "shown from 1.5 times: house policy" in page
    (row,) = flags_of(bought)
    body = {"kind": row.flag.kind, "subject": row.flag.subject, "says": row.flag.says,
            "because": "a hospice opened"}  # fmt: skip
    assert rita.post("/vault/flags/look", body).status_code == 302
    done = text(rita.get("/vault/flags/"))
    assert "Nothing to look at" in done
    assert "a hospice opened" in done


def test_prescriptions_tell_who_wrote_what_was_sold_and_how_it_was_paid(bought):
    sold(bought)
    known = dispensed_facts(
        pharmacy_id=bought.pharmacy.pk, since=TODAY, zone=ZONE, early_days=3
    )
    (row,) = known.prescribed
    assert (row.prescriber_id, row.fills, row.schedule_ii, row.cash) == (
        bought.prescriber.pk, 1, 1, 1
    )  # fmt: skip


@pytest.mark.parametrize(("later", "early"), [(26, 1), (27, 1), (28, 0), (30, 0)])
def test_a_fill_is_early_by_the_days_that_are_left_of_the_one_before(bought, later, early):
    bought.receive("alprazolam", "100")
    first, second = sold(bought, "alprazolam"), sold(bought, "alprazolam")
    Fill.objects.filter(pk=first.pk).update(state_since=NOON)
    Fill.objects.filter(pk=second.pk).update(state_since=NOON + timedelta(days=later))
    known = dispensed_facts(
        pharmacy_id=bought.pharmacy.pk, since=TODAY, zone=ZONE, early_days=3
    )
    assert [row.fills for row in known.early] == ([1] if early else [])
