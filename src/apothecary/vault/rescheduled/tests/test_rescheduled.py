"""A load changes a schedule: found once, counted on its day, prescriptions follow, done."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apothecary.config import telling  # noqa: F401 puts prescriptions on the lists of the vault
from apothecary.config.tests.world import NOON, PIN, TODAY
from apothecary.drugs.models import Batch, Change, Package, Product
from apothecary.drugs.tests.loading.files import LATER
from apothecary.drugs.tests.loading.releases import drug, pack, release
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Prescription
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed
from apothecary.vault.book.inventory import (
    Counted,
    count_line,
    give_up_inventory,
    sign_inventory,
)
from apothecary.vault.book.inventory_rules import Business
from apothecary.vault.book.policy import Signature
from apothecary.vault.models import Inventory, ScheduleLook, ScheduleTask
from apothecary.vault.orders.tests.pages_of_orders import client_of, text
from apothecary.vault.rescheduled import acting
from apothecary.vault.rescheduled.finding import take_up_schedules

AT = "/vault/rescheduled/"
OPENING = next(iter(Business))


def load_says(world, drug="lisinopril", was=0, now=4, *, fields=None, table="product"):
    """A load that changed the schedule of a product, as the loader leaves it."""
    product = world.drugs[drug].product
    batch = Batch.objects.create(source=product.source, loaded_at=NOON, by="a test")
    Product.every.filter(pk=product.pk).update(schedule=now)
    return Change.objects.create(
        batch=batch, kind="changed", table=table, row=product.pk, about="x",
        fields={"schedule": [was, now]} if fields is None else fields,
    )  # fmt: skip


def found(world):
    return take_up_schedules(world.pharmacy, NOON)


@pytest.fixture
def task(pharmacy):
    """Lisinopril lies here and is prescribed, and becomes C-IV."""
    pharmacy.receive("lisinopril", "100")
    pharmacy.enter()
    load_says(pharmacy)
    assert found(pharmacy) == 1
    return ScheduleTask.objects.get()


def effective(world, task, day=TODAY, by=None):
    return acting.say_effective(by=by or world.pharmacist, task_id=task.pk, effective_on=day)


def codes(refusal):
    return [problem.code for problem in refusal.value.problems]


def taken(world, task):
    """Its inventory, counted and signed by two."""
    effective(world, task)
    acting.begin_inventory(by=world.technician, task_id=task.pk, business=OPENING)
    inventory = Inventory.objects.get()
    for line in inventory.lines.all():
        count_line(by=world.technician, line_id=line.pk, found=Counted(1, Decimal(0)))
    sign_inventory(
        by=world.pharmacist,
        inventory_id=inventory.pk,
        signature=Signature(world.technician.initials, PIN),
    )
    return inventory


def test_a_product_that_lies_here_becomes_a_task_with_its_old_and_new_schedule(task):
    assert (task.was, task.now, task.effective_on, task.ended_at) == (0, 4, None, None)
    entry = Entry.objects.get(deed__startswith="was told that a drug")
    assert "not controlled" in entry.details
    assert "C-IV" in entry.details


@pytest.mark.parametrize(("was", "now"), [(0, 2), (3, 2), (2, 3), (5, 0), (0, 5)])
def test_up_or_down_each_change_is_found(pharmacy, was, now):
    pharmacy.receive("lisinopril", "100")
    load_says(pharmacy, was=was, now=now)
    assert found(pharmacy) == 1
    row = ScheduleTask.objects.get()
    assert (row.was, row.now) == (was, now)
    assert acting.asks_inventory(row) is (was == 0 and now > 0)


def test_a_load_is_looked_through_once(pharmacy, task):
    assert found(pharmacy) == 0
    assert ScheduleTask.objects.count() == 1
    looks = ScheduleLook.objects.filter(pharmacy=pharmacy.pharmacy)
    assert looks.filter(found=1).count() == 1


def test_a_product_neither_here_nor_prescribed_asks_nothing(pharmacy):
    load_says(pharmacy)
    assert found(pharmacy) == 0
    assert not ScheduleTask.objects.exists()


def test_a_product_that_is_only_prescribed_is_a_task(pharmacy):
    pharmacy.enter()
    load_says(pharmacy)
    assert found(pharmacy) == 1


@pytest.mark.parametrize(
    ("fields", "table"),
    [({"labeler": ["a", "b"]}, "product"), ({}, "product"), ({"schedule": [0, 4]}, "package")],
)
def test_another_change_of_a_product_is_no_change_of_its_schedule(pharmacy, fields, table):
    pharmacy.receive("lisinopril", "100")
    load_says(pharmacy, fields=fields, table=table)
    assert found(pharmacy) == 0


def test_the_other_pharmacy_has_tasks_of_its_own_stock_alone(pharmacy, task):
    stand_in(pharmacy.other.pk)
    assert take_up_schedules(pharmacy.other, NOON) == 0
    assert not ScheduleTask.objects.filter(pharmacy=pharmacy.other).exists()
    with pytest.raises(Refused, match="No such task"):
        effective(pharmacy, task, by=pharmacy.stranger)


def test_its_inventory_waits_for_the_day_the_change_is_in_force(pharmacy, task):
    with pytest.raises(Refused) as refusal:
        acting.begin_inventory(by=pharmacy.technician, task_id=task.pk, business=OPENING)
    assert codes(refusal) == ["schedule-no-day"]
    assert "1304.11(d)" in refusal.value.problems[0].cite
    effective(pharmacy, task, TODAY + timedelta(days=1))
    with pytest.raises(Refused) as refusal:
        acting.begin_inventory(by=pharmacy.technician, task_id=task.pk, business=OPENING)
    assert codes(refusal) == ["schedule-too-soon"]
    assert not Inventory.objects.exists()


@pytest.mark.parametrize("days", [0, -1, -30])
def test_on_its_day_or_late_the_inventory_of_that_drug_alone_begins(pharmacy, task, days):
    pharmacy.receive("alprazolam", "100")
    effective(pharmacy, task, TODAY + timedelta(days=days))
    made = acting.begin_inventory(by=pharmacy.technician, task_id=task.pk, business=OPENING)
    assert made.inventory is not None
    lines = made.inventory.lines.all()
    assert {line.ndc for line in lines} == {pharmacy.drugs["lisinopril"].ndc}
    with pytest.raises(Refused) as refusal:
        acting.begin_inventory(by=pharmacy.technician, task_id=task.pk, business=OPENING)
    assert codes(refusal) == ["schedule-inventoried"]
    with pytest.raises(Refused, match="the day stands"):
        effective(pharmacy, task)


def test_an_inventory_that_was_given_up_is_begun_again(pharmacy, task):
    effective(pharmacy, task)
    acting.begin_inventory(by=pharmacy.technician, task_id=task.pk, business=OPENING)
    (inventory,) = Inventory.objects.all()
    give_up_inventory(by=pharmacy.technician, inventory_id=inventory.pk, because="again")
    again = acting.begin_inventory(by=pharmacy.technician, task_id=task.pk, business=OPENING)
    assert again.inventory_id != inventory.pk


def test_a_drug_that_only_moves_between_schedules_has_no_inventory_of_its_own(pharmacy):
    pharmacy.receive("alprazolam", "100")
    load_says(pharmacy, "alprazolam", was=4, now=2)
    found(pharmacy)
    row = ScheduleTask.objects.get()
    effective(pharmacy, row)
    with pytest.raises(Refused) as refusal:
        acting.begin_inventory(by=pharmacy.technician, task_id=row.pk, business=OPENING)
    assert codes(refusal) == ["schedule-no-inventory"]


def test_open_prescriptions_follow_and_the_law_limits_their_refills(pharmacy, task):
    effective(pharmacy, task)
    row = acting.limit_prescriptions(by=pharmacy.pharmacist, task_id=task.pk)
    rx = Prescription.objects.get()
    assert (row.limited, rx.schedule) == (1, 4)
    assert rx.expires_on == date(2027, 5, 20)
    entry = Entry.objects.get(deed="corrected a prescription")
    assert "[0,4]" in entry.details.replace(" ", "")
    again = acting.limit_prescriptions(by=pharmacy.pharmacist, task_id=task.pk)
    assert again.limited == 1


def test_prescriptions_do_not_follow_before_the_day(pharmacy, task):
    for day in (None, TODAY + timedelta(days=1)):
        if day:
            effective(pharmacy, task, day)
        with pytest.raises(Refused) as refusal:
            acting.limit_prescriptions(by=pharmacy.pharmacist, task_id=task.pk)
        assert codes(refusal) == ["schedule-no-day"]
    assert Prescription.objects.get().schedule == 0


def test_a_prescription_that_cannot_be_filled_any_more_is_left_as_it_was(pharmacy, task):
    Prescription.objects.update(state="discontinued")
    effective(pharmacy, task)
    acting.limit_prescriptions(by=pharmacy.pharmacist, task_id=task.pk)
    assert Prescription.objects.get().schedule == 0


def test_it_is_done_only_when_counted_and_followed(pharmacy, task):
    with pytest.raises(Refused) as refusal:
        acting.finish(by=pharmacy.pharmacist, task_id=task.pk, because="done")
    assert codes(refusal) == ["schedule-not-inventoried", "schedule-behind"]
    taken(pharmacy, task)
    with pytest.raises(Refused) as refusal:
        acting.finish(by=pharmacy.pharmacist, task_id=task.pk, because="done")
    assert codes(refusal) == ["schedule-behind"]
    acting.limit_prescriptions(by=pharmacy.pharmacist, task_id=task.pk)
    with pytest.raises(Refused) as refusal:
        acting.finish(by=pharmacy.pharmacist, task_id=task.pk, because=" ")
    assert codes(refusal) == ["no-reason"]
    done = acting.finish(by=pharmacy.pharmacist, task_id=task.pk, because="counted: 100")
    assert done.ended_at == NOON
    with pytest.raises(Refused, match="done with already"):
        acting.finish(by=pharmacy.pharmacist, task_id=task.pk, because="again")


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.INTERN, Role.CLERK, Role.ADMINISTRATOR])
def test_a_pharmacist_decides_and_nobody_else(pharmacy, task, role):
    by = pharmacy.workers[role]
    for act in (
        lambda: effective(pharmacy, task, by=by),
        lambda: acting.limit_prescriptions(by=by, task_id=task.pk),
        lambda: acting.finish(by=by, task_id=task.pk, because="x"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert ScheduleTask.objects.get().effective_on is None


def test_what_is_done_stays_and_no_task_is_deleted(pharmacy, task):
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        task.delete()
    task.was = 3
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        task.save()


def test_the_page_shows_what_is_owed_and_its_buttons_do_it(pharmacy, task):
    rph, tech = client_of(pharmacy, Role.PHARMACIST), client_of(pharmacy)
    shown = text(rph.get(AT))
    assert "not controlled → C-IV" in shown
    assert "its inventory is taken and signed first" in shown
    assert "1 open prescriptions still stand" in shown
    there = f"{AT}{task.pk}/"
    assert tech.post(f"{there}effective", {"effective_on": str(TODAY)}).status_code == 403
    assert rph.post(f"{there}effective", {"effective_on": "soon"}).status_code == 409
    assert rph.post(f"{there}effective", {"effective_on": str(TODAY)}).status_code == 302
    assert rph.post(f"{there}inventory", {"business": "noon"}).status_code == 409
    assert tech.post(f"{there}inventory", {"business": OPENING.value}).status_code == 302
    assert rph.post(f"{there}limit").status_code == 302
    early = rph.post(f"{there}finish", {"because": "x"})
    assert early.status_code == 409
    inventory = Inventory.objects.get()
    line = inventory.lines.get()
    count_line(by=pharmacy.technician, line_id=line.pk, found=Counted(1, Decimal(0)))
    signature = Signature(pharmacy.technician.initials, PIN)
    sign_inventory(by=pharmacy.pharmacist, inventory_id=inventory.pk, signature=signature)
    assert rph.post(f"{there}finish", {"because": "all counted"}).status_code == 302
    assert "all counted" in text(rph.get(AT))


def test_nothing_changed_is_said_so(pharmacy):
    assert "No schedule has changed" in text(client_of(pharmacy).get(AT))


@pytest.mark.parametrize(("cells", "opened"), [({"DEASCHEDULE": "CIV"}, 1), ({}, 0)])
def test_a_release_of_the_directory_that_schedules_a_drug_opens_the_task(
    pharmacy, tmp_path, cells, opened
):
    release(tmp_path, [drug()], [pack()])
    pharmacy.drugs["listed"] = Package.objects.get(ndc="0143-1267-01")
    pharmacy.receive("listed", "100")
    assert found(pharmacy) == 0
    release(tmp_path, [drug(**cells, LABELERNAME="Another Firm")], [pack()], at=LATER)
    assert found(pharmacy) == opened
    assert [(row.was, row.now) for row in ScheduleTask.objects.all()] == [(0, 4)] * opened
