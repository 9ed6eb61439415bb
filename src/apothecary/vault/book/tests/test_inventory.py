"""An inventory is counted line by line, signed by two, and is a record from then on."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.drugs.models import Product
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.stock.counting.models import Assertion
from apothecary.stock.models import Balance
from apothecary.vault.book.inventory import (
    Counted,
    count_line,
    give_up_inventory,
    inventory_clock,
    sign_inventory,
    start_inventory,
)
from apothecary.vault.book.inventory_rules import (
    Business,
    Kind,
    Method,
    clock,
    found_problems,
    in_charge_rule,
    method_of,
    months_before,
)
from apothecary.vault.book.models import DiscrepancyCase, Inventory, InventoryLine
from apothecary.vault.book.policy import Asks, say_policy
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused, sign_of


def begun(world, kind=Kind.BIENNIAL, business=Business.CLOSE, *, by=None, product=None):
    return start_inventory(
        by=by or world.technician, kind=kind, business=business, product_id=product
    )


def count(world, line, full, opened="0", *, estimated=False, by=None):
    found = Counted(full, Decimal(opened), estimated)
    return count_line(by=by or world.technician, line_id=line.pk, found=found)


def count_all(world, inventory):
    """Every line as the books say."""
    for line in inventory.lines.all():
        held = Balance.objects.get(lot=line.lot_id, place=line.place_id).on_hand
        count(world, line, int(held // line.container), str(held % line.container))


def signed(world, inventory, *, by=None, witness=Role.TECHNICIAN):
    return sign_inventory(
        by=by or world.pharmacist,
        inventory_id=inventory.pk,
        signature=sign_of(world, witness) if witness else None,
    )


def stocked(world):
    """A bottle and a half of each schedule, and one that is not controlled."""
    for drug, units in (
        ("oxycodone", "150"),
        ("testosterone", "15"),
        ("alprazolam", "150"),
        ("pregabalin", "135"),
        ("lisinopril", "150"),
    ):
        world.receive(drug, units)


def test_an_inventory_lists_every_controlled_lot_and_says_how_it_is_counted(pharmacy):
    stocked(pharmacy)
    lines = begun(pharmacy).lines.order_by("schedule")
    assert [(line.schedule, line.method) for line in lines] == [
        (2, Method.EXACT),
        (3, Method.ESTIMATE),
        (4, Method.ESTIMATE),
        (5, Method.ESTIMATE),
    ]


@pytest.mark.parametrize(
    ("schedule", "holds", "unit", "state", "method"),
    [
        (2, "100", "EA", "TX", Method.EXACT),
        (3, "1000", "EA", "TX", Method.ESTIMATE),
        (3, "1001", "EA", "TX", Method.EXACT),
        (4, "1000", "EA", "TX", Method.ESTIMATE),
        (5, "1001", "EA", "TX", Method.EXACT),
        (5, "3785", "ML", "TX", Method.ESTIMATE),
        (4, "100", "EA", "IA", Method.EXACT),
        (2, "473", "ML", "TX", Method.EXACT),
    ],
)
def test_an_opened_container_is_estimated_only_where_the_law_lets_it(
    schedule, holds, unit, state, method
):
    found, row = method_of(
        schedule=schedule, state=state, container=Decimal(holds), billing_unit=unit, on=TODAY
    )
    assert found is method
    assert (row is not None) == (method is Method.EXACT)


def test_what_lies_in_bags_is_on_hand_until_it_is_fetched(pharmacy):
    pharmacy.receive("oxycodone", "100")
    order = pharmacy.order("oxycodone", refills=0)
    fill = enter_prescription(by=pharmacy.technician, order=order)
    pharmacy.walk(fill, until=FillState.READY)
    where = {line.where for line in begun(pharmacy).lines.all()}
    assert where == {"Shelf", "Will-call"}


def test_nothing_on_hand_is_an_inventory_too(pharmacy):
    pharmacy.receive("lisinopril", "100")
    inventory = begun(pharmacy, Kind.INITIAL, Business.OPENING)
    assert not inventory.lines.exists()
    assert signed(pharmacy, inventory).state == "signed"


def test_full_containers_and_the_rest_make_the_count(pharmacy):
    pharmacy.receive("oxycodone", "150")
    (line,) = begun(pharmacy).lines.all()
    done = count(pharmacy, line, 1, "50")
    assert (done.counted, done.book, done.estimated) == (150, 150, False)
    assert Assertion.objects.get().counted == 150


def test_an_estimate_is_no_assertion_of_what_is_there(pharmacy):
    pharmacy.receive("alprazolam", "150")
    (line,) = begun(pharmacy).lines.all()
    count(pharmacy, line, 1, "40", estimated=True)
    assert not Assertion.objects.exists()


@pytest.mark.parametrize(
    ("full", "opened", "estimated", "field"),
    [
        (-1, "0", False, "full"),
        (100_001, "0", False, "full"),
        (0, "-1", False, "opened"),
        (0, "2.5", False, "opened"),
        (0, "40", True, "estimated"),
        (1, "50", False, None),
    ],
)
def test_a_count_that_cannot_be_is_refused_by_its_field(full, opened, estimated, field):
    problems = found_problems(
        full=full,
        opened=Decimal(opened),
        container=Decimal(100),
        billing_unit="EA",
        method=Method.EXACT,
        estimated=estimated,
    )
    assert [problem.field for problem in problems] == ([field] if field else [])


@pytest.mark.parametrize(("estimated", "codes"), [(True, []), (False, ["count-parts"])])
def test_half_a_tablet_may_be_estimated_and_never_counted(estimated, codes):
    problems = found_problems(
        full=0,
        opened=Decimal("2.5"),
        container=Decimal(100),
        billing_unit="EA",
        method=Method.ESTIMATE,
        estimated=estimated,
    )
    assert [each.code for each in problems] == codes


def test_an_inventory_is_signed_by_a_pharmacist_and_a_second_person(pharmacy):
    stocked(pharmacy)
    inventory = begun(pharmacy)
    count_all(pharmacy, inventory)
    done = signed(pharmacy, inventory)
    assert (done.state, done.ended_at) == ("signed", NOON)
    assert (done.signed_by_name, done.witness_name) == ("Pharmacist S", "Technician S")
    assert (done.taken_by_names, done.dea) == ("Technician S", "AB1234563")
    assert deeds("inventory", done.pk)[-1] == "signed an inventory of controlled drugs"
    assert not DiscrepancyCase.objects.exists()


@pytest.mark.parametrize(
    "role", [Role.CLERK, Role.TRAINEE, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN]
)
def test_nobody_but_a_pharmacist_signs_an_inventory(pharmacy, role):
    inventory = begun(pharmacy)
    said = not_allowed(lambda: signed(pharmacy, inventory, by=pharmacy.workers[role]))
    assert "may not sign an inventory" in said
    assert "21 CFR 1304.11" in said
    inventory.refresh_from_db()
    assert inventory.state == "open"


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE])
def test_who_may_not_take_an_inventory_neither_begins_nor_counts_it(pharmacy, role):
    pharmacy.receive("oxycodone", "100")
    by = pharmacy.workers[role]
    not_allowed(lambda: begun(pharmacy, by=by))
    (line,) = begun(pharmacy).lines.all()
    not_allowed(lambda: count(pharmacy, line, 1, by=by))
    assert InventoryLine.objects.get().counted is None


def test_where_the_house_asks_for_two_one_signature_does_not_do(pharmacy):
    inventory = begun(pharmacy)
    assert refused(lambda: signed(pharmacy, inventory, witness=None)) == {
        "inventory-witness": "initials"
    }
    assert refused(lambda: signed(pharmacy, inventory, witness=Role.PHARMACIST)) == {
        "same-person": "initials"
    }
    boss = pharmacy.workers[Role.IN_CHARGE]
    say_policy(by=boss, asks=Asks(inventory_witness=False))
    assert signed(pharmacy, inventory, witness=None).witness_name == ""


def test_an_inventory_with_lines_nobody_counted_is_not_signed(pharmacy):
    stocked(pharmacy)
    inventory = begun(pharmacy)
    assert refused(lambda: signed(pharmacy, inventory)) == {"lines-open": ""}


def test_a_signed_inventory_is_a_record_for_everybody_and_for_ever(pharmacy):
    pharmacy.receive("oxycodone", "100")
    inventory = begun(pharmacy)
    count_all(pharmacy, inventory)
    signed(pharmacy, inventory)
    (line,) = inventory.lines.all()
    assert refused(lambda: count(pharmacy, line, 2)) == {"inventory-closed": ""}
    assert refused(lambda: signed(pharmacy, inventory)) == {"inventory-closed": ""}
    for act in (
        lambda: InventoryLine.objects.update(counted=1),
        lambda: InventoryLine.objects.all().delete(),
        lambda: Inventory.objects.update(taken_on=date(2020, 1, 1)),
        lambda: InventoryLine.objects.create(
            **{field.attname: getattr(line, field.attname) for field in line._meta.fields
               if field.attname not in {"id", "lot_id"}}, lot_id=line.lot_id + 1),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="record"), transaction.atomic():
            act()


def test_what_is_sold_after_the_inventory_does_not_change_it(pharmacy):
    lot = pharmacy.receive("oxycodone", "100")
    inventory = begun(pharmacy)
    count_all(pharmacy, inventory)
    signed(pharmacy, inventory)
    Balance.objects.filter(lot=lot, outside=False).update(on_hand=1)
    Product.every.filter(pk=lot.package.product_id).update(name="renamed", schedule=0)
    (line,) = inventory.lines.all()
    assert (line.counted, line.drug, line.schedule) == (100, "oxycodone hydrochloride", 2)


def test_an_exact_count_that_is_not_what_the_books_say_opens_a_case(pharmacy):
    stocked(pharmacy)
    inventory = begun(pharmacy)
    count_all(pharmacy, inventory)
    by_schedule = {line.schedule: line for line in inventory.lines.all()}
    count(pharmacy, by_schedule[2], 1, "48")
    count(pharmacy, by_schedule[4], 1, "40", estimated=True)
    assert not DiscrepancyCase.objects.exists()
    signed(pharmacy, inventory)
    case = DiscrepancyCase.objects.get()
    assert (case.source, case.difference) == ("inventory", -2)


def test_one_inventory_is_taken_at_a_time_and_may_be_given_up_with_a_reason(pharmacy):
    inventory = begun(pharmacy)
    assert refused(lambda: begun(pharmacy)) == {"inventory-open": ""}

    def give_up(because):
        return give_up_inventory(
            by=pharmacy.technician, inventory_id=inventory.pk, because=because
        )

    assert refused(lambda: give_up("")) == {"no-reason": "because"}
    assert give_up("interrupted").state == "given up"
    assert "inventory-closed" in refused(lambda: give_up("twice"))
    assert begun(pharmacy).pk != inventory.pk


@pytest.mark.parametrize("days", [0, 1])
def test_an_inventory_is_of_one_day(pharmacy, days):
    pharmacy.receive("oxycodone", "100")
    (line,) = begun(pharmacy).lines.all()
    later = pharmacy.technician.at_time(
        NOON + timedelta(days=days), TODAY + timedelta(days=days)
    )
    if days == 0:
        assert count(pharmacy, line, 1, by=later).counted == 100
    else:
        assert refused(lambda: count(pharmacy, line, 1, by=later)) == {"inventory-day": ""}


def test_a_newly_scheduled_drug_is_inventoried_by_itself(pharmacy):
    stocked(pharmacy)
    product = pharmacy.drugs["alprazolam"].product_id
    assert refused(lambda: begun(pharmacy, Kind.NEWLY_SCHEDULED)) == {"no-drug": "product"}
    assert refused(lambda: begun(pharmacy, Kind.BIENNIAL, product=product)) == {
        "whole": "product"
    }
    (line,) = begun(pharmacy, Kind.NEWLY_SCHEDULED, product=product).lines.all()
    assert line.drug == "alprazolam"


def test_another_pharmacys_inventory_is_not_here(pharmacy):
    pharmacy.receive("oxycodone", "100")
    inventory = begun(pharmacy)
    (line,) = inventory.lines.all()
    theirs = pharmacy.stranger
    assert refused(lambda: count(pharmacy, line, 1, by=theirs)) == {"no-line": ""}
    no = {"no-inventory": ""}
    assert refused(
        lambda: give_up_inventory(by=theirs, inventory_id=inventory.pk, because="x")
    ) == no  # fmt: skip


@pytest.mark.parametrize(
    ("today", "late", "remind"),
    [
        (date(2026, 8, 22), False, False),
        (date(2026, 8, 23), False, True),
        (date(2026, 11, 23), False, True),
        (date(2026, 11, 24), True, True),
    ],
)
def test_the_clock_of_two_years_reminds_three_months_before(today, late, remind):
    found = clock(last_on=date(2024, 11, 23), first_day=None, state="TX", today=today)
    assert (found.due_on, found.late, found.remind) == (date(2026, 11, 23), late, remind)
    assert found.cite == "21 CFR 1304.11(c)"


def test_iowa_wants_it_every_year_and_a_week():
    found = clock(last_on=date(2025, 11, 23), first_day=None, state="IA", today=TODAY)
    assert (found.due_on, found.late) == (date(2026, 11, 30), False)


def test_the_first_inventory_is_due_on_the_day_the_first_controlled_drug_came(pharmacy):
    house = pharmacy.pharmacy.pk
    assert inventory_clock(pharmacy_id=house, today=TODAY).due_on is None
    pharmacy.receive("lisinopril", "100")
    assert inventory_clock(pharmacy_id=house, today=TODAY).due_on is None
    pharmacy.receive("oxycodone", "100")
    found = inventory_clock(pharmacy_id=house, today=TODAY + timedelta(days=1))
    assert (found.due_on, found.late) == (TODAY, True)
    inventory = begun(pharmacy)
    count_all(pharmacy, inventory)
    signed(pharmacy, inventory)
    found = inventory_clock(pharmacy_id=house, today=TODAY)
    assert (found.last_on, found.due_on) == (TODAY, TODAY.replace(year=2028))


def test_an_inventory_of_one_drug_does_not_set_the_clock_back(pharmacy):
    pharmacy.receive("alprazolam", "100")
    inventory = begun(
        pharmacy, Kind.NEWLY_SCHEDULED, product=pharmacy.drugs["alprazolam"].product_id
    )
    count_all(pharmacy, inventory)
    signed(pharmacy, inventory)
    found = inventory_clock(pharmacy_id=pharmacy.pharmacy.pk, today=TODAY)
    assert found.last_on is None


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 5, 31), date(2026, 2, 28)),
        (date(2026, 1, 15), date(2025, 10, 15)),
        (date(2024, 5, 31), date(2024, 2, 29)),
    ],
)
def test_three_months_before_is_the_same_day_or_the_months_last(day, before):
    assert months_before(day, 3) == before


def test_a_state_that_says_nothing_about_a_change_in_charge_is_named_and_not_assumed():
    asks, says = in_charge_rule("TX", on=TODAY)
    assert asks is None
    assert "TX" in says
