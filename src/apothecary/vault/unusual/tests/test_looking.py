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
from apothecary.vault.orders.tests.desk import elsewhere
from apothecary.vault.unusual.looking import (
    Seen,
    by_subject,
    facts_of,
    look_at,
    opened_lately,
    shown,
)
from apothecary.vault.unusual.models import FlagLook
from apothecary.vault.unusual.pages import BETWEEN
from apothecary.vault.unusual.tests.hands import begun, came

ZONE = "America/Chicago"


@pytest.fixture
def bought(pharmacy):
    """A book of ten months; three hundred came this month and nothing went out."""
    begun(pharmacy, days=300)
    pharmacy.receive("oxycodone", "300")
    return pharmacy


def flags_of(world):
    return shown(pharmacy_id=world.pharmacy.pk, today=TODAY)


def looked(world, row, because="a hospice opened", role=Role.PHARMACIST):
    flag = row.flag
    seen = [Seen(flag.kind, flag.subject, flag.says)]
    (look,) = look_at(by=world.workers[role], seen=seen, because=because)
    return look


def sold(world, drug="oxycodone"):
    """Thirty tablets entered, filled and sold, for cash."""
    order = world.order(drug, refills=0)
    fill = enter_prescription(by=world.technician, order=order)
    return world.walk(fill, until=FillState.SOLD)


def test_the_ledger_says_what_came_and_what_went_by_month(bought):
    sold(bought)
    months = facts_of(pharmacy_id=bought.pharmacy.pk, today=TODAY).months
    (month,) = [each for each in months if each.drug.startswith("oxycodone")]
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
    said = BETWEEN.join([row.flag.kind, row.flag.subject, row.flag.says])
    assert f'value="{said}"' in rita.get("/vault/flags/").content.decode()
    body = {"flag": said, "because": "a hospice opened"}
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


def test_what_stood_here_when_the_book_began_is_no_order(pharmacy):
    begun(pharmacy, days=0, drug="oxycodone", units="5000")
    assert flags_of(pharmacy) == []
    (month,) = facts_of(pharmacy_id=pharmacy.pharmacy.pk, today=TODAY).months
    assert month.received == 0
    assert opened_lately(pharmacy_id=pharmacy.pharmacy.pk, today=TODAY) == TODAY


@pytest.mark.parametrize(
    ("days", "up"), [(0, False), (1, True)], ids=["on that day", "the day after"]
)
def test_whatever_comes_after_the_first_day_is_an_order_of_a_drug_new_here_too(
    pharmacy, days, up
):
    begun(pharmacy, days=20)
    came(pharmacy, 20 - days, "oxycodone", "400")
    assert bool(flags_of(pharmacy)) is up


@pytest.mark.parametrize(
    ("days", "lately"), [(0, True), (206, True), (207, False)], ids=["today", "May 1", "April"]
)
def test_the_page_says_so_while_the_first_day_lies_in_what_is_compared(pharmacy, days, lately):
    begun(pharmacy, days=days)
    began = opened_lately(pharmacy_id=pharmacy.pharmacy.pk, today=TODAY)
    assert began == (TODAY - timedelta(days=days) if lately else None)
    shown_page = text(page_of(pharmacy, Role.PHARMACIST).get("/vault/flags/"))
    assert ("The controlled book began here" in shown_page) is lately


def test_of_a_house_without_any_controlled_drug_nothing_is_said(pharmacy):
    assert opened_lately(pharmacy_id=pharmacy.pharmacy.pk, today=TODAY) is None
    assert flags_of(pharmacy) == []


@pytest.fixture
def twice(bought):
    """Two facts of one drug, one of another."""
    for days in (40, 70, 100):
        came(bought, days, "oxycodone", "60", lot=f"L{days}")
    came(bought, 2, "alprazolam", "500")
    return bought


def test_flags_of_one_drug_stand_together(twice):
    groups = by_subject(flags_of(twice))
    assert {named.split()[0]: len(rows) for named, rows in groups} == {
        "alprazolam": 1,
        "oxycodone": 2,
    }


def test_one_look_at_a_drug_silences_all_its_flags_and_no_others(twice):
    (_, alprazolam), (_, oxycodone) = sorted(by_subject(flags_of(twice)))
    seen = [Seen(row.flag.kind, row.flag.subject, row.flag.says) for row in oxycodone]
    looks = look_at(by=twice.pharmacist, seen=[*seen, seen[0]], because="a hospice")
    assert len(looks) == len(seen) == 2
    still = [row.flag for row in flags_of(twice) if row.looked is None]
    assert still == [row.flag for row in alprazolam]


def test_one_flag_that_is_not_up_any_more_keeps_all_of_the_look_back(twice):
    rows = flags_of(twice)
    seen = [Seen(row.flag.kind, row.flag.subject, row.flag.says) for row in rows]
    gone = Seen("ordering", seen[0].subject, "7 units")
    act = lambda: look_at(by=twice.pharmacist, seen=[*seen, gone], because="x")  # noqa: E731
    assert refused(act) == {"no-flag": ""}
    assert not FlagLook.objects.exists()


@pytest.mark.parametrize("many", [0, 51])
def test_a_look_is_at_one_flag_or_more_and_at_no_endless_number(bought, many):
    seen = [Seen("ordering", f"drug {number}", "x") for number in range(many)]
    act = lambda: look_at(by=bought.pharmacist, seen=seen, because="x")  # noqa: E731
    assert refused(act) == {"no-flag": "flags"}


def test_a_look_without_its_reason_keeps_the_page_and_says_so_beside_the_field(bought):
    rita = page_of(bought, Role.PHARMACIST)
    (row,) = flags_of(bought)
    said = BETWEEN.join([row.flag.kind, row.flag.subject, row.flag.says])
    answer = rita.post("/vault/flags/look", {"flag": said, "because": ""})
    assert answer.status_code == 409
    assert "aria-invalid" in answer.content.decode()
    assert "Say what you found" in text(answer)
    spoiled = rita.post("/vault/flags/look", {"flag": "ordering", "because": "x"})
    assert "not up any more" in text(spoiled)


def test_the_thresholds_stand_on_the_page_with_their_mark_though_nothing_is_up(pharmacy):
    shown_page = text(page_of(pharmacy, Role.PHARMACIST).get("/vault/flags/"))
    assert "Nothing to look at" in shown_page
    assert "A fill so many days before the last supply ends is early. 3 days" in shown_page


def test_another_pharmacys_orders_raise_no_flag_here_and_its_people_look_at_none_of_ours(
    bought,
):
    (row,) = flags_of(bought)
    by = elsewhere(bought, Role.PHARMACIST)
    assert shown(pharmacy_id=by.pharmacy_id, today=TODAY) == []
    seen = [Seen(row.flag.kind, row.flag.subject, row.flag.says)]
    assert refused(lambda: look_at(by=by, seen=seen, because="x")) == {"no-flag": ""}
