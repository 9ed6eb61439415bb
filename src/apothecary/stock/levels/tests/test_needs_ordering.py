"""What is to be ordered: free, coming, wanted and used, from the ledger alone."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.journal.writes import Writes
from apothecary.law.problem import Refused
from apothecary.stock import ledger
from apothecary.stock.kinds import PlaceKind, Programme
from apothecary.stock.ledger import Effect
from apothecary.stock.levels.actions import Coming, expect
from apothecary.stock.levels.models import Expected, Wanted
from apothecary.stock.levels.queries import needs_ordering, standings
from apothecary.stock.models import Ordering, Place, ShelfItem

pytestmark = pytest.mark.django_db
D = Decimal
DRUG = "lisinopril"


def asked(world) -> dict:
    by = world.technician
    return {"pharmacy_id": by.pharmacy_id, "at": by.at, "today": by.today}


def standing(world, drug=DRUG, programme="own"):
    package = world.drugs[drug].pk
    found = [
        row
        for row in standings(**asked(world))
        if row.package_id == package and row.programme == programme
    ]
    assert len(found) == 1
    return found[0]


def needed(world) -> dict[str, int]:
    return {row.ndc: row.packages for row in needs_ordering(**asked(world))}


def levels(world, drug=DRUG, **values) -> None:
    package = world.drugs[drug]
    assert ShelfItem.objects.filter(package=package).update(**values) == 1


def reserve(world, quantity, *, fill=1, drug=DRUG) -> bool:
    by = world.technician
    package = world.drugs[drug].pk
    return ledger.reserve(
        by=by, fill_id=fill, package_id=package, quantity=D(quantity), good_until=by.today
    )


def settle(world, effect, quantity, *, fill=1, days_ago=0) -> None:
    by = world.pharmacist
    earlier = by.at_time(by.at - timedelta(days=days_ago), by.today - timedelta(days=days_ago))
    writes = Writes()
    ledger.settle(
        by=earlier,
        fill_id=fill,
        effect=effect,
        quantity=D(quantity),
        key=f"{effect} {fill}",
        writes=writes,
    )
    ledger.run(writes)


def use(world, quantity, *, fill, days_ago=0, drug=DRUG) -> None:
    assert reserve(world, quantity, fill=fill, drug=drug)
    settle(world, Effect.POST, quantity, fill=fill, days_ago=days_ago)


def keep_nothing_else(world) -> None:
    """Leave the other drugs of the world out of orders."""
    others = ShelfItem.objects.exclude(package=world.drugs[DRUG])
    others.update(ordering=Ordering.NEVER)


def test_a_package_at_its_reorder_point_is_ordered_up_to_par(pharmacy):
    keep_nothing_else(pharmacy)
    levels(pharmacy, reorder_at=40, order_up_to=240)
    pharmacy.receive(DRUG, "41")
    assert needed(pharmacy) == {}
    reserve(pharmacy, "1")
    assert needed(pharmacy) == {"68180-0980-1": 2}


def test_what_is_coming_counts_as_there(pharmacy):
    keep_nothing_else(pharmacy)
    levels(pharmacy, reorder_at=40, order_up_to=240)
    package = pharmacy.drugs[DRUG].pk
    due = pharmacy.technician.today + timedelta(days=1)
    expect(by=pharmacy.technician, source="order 7", lines=[Coming(package, D(100), due)])
    assert needed(pharmacy) == {}
    row = standing(pharmacy)
    assert (row.on_order, row.due_on, row.position) == (100, due, 100)
    expect(by=pharmacy.technician, source="order 7", lines=[Coming(package, D(40), due)])
    assert needed(pharmacy) == {"68180-0980-1": 2}
    expect(by=pharmacy.technician, source="order 7", lines=[])
    assert not Expected.objects.exists()
    assert needed(pharmacy) == {"68180-0980-1": 3}


def test_two_orders_of_one_package_add_up(pharmacy):
    package = pharmacy.drugs[DRUG].pk
    for source in ("order 7", "order 8"):
        expect(by=pharmacy.technician, source=source, lines=[Coming(package, D(100))])
    assert standing(pharmacy).on_order == 200


@pytest.mark.parametrize(("quantity", "source"), [("0", "order 7"), ("-1", "x"), ("5", " ")])
def test_nothing_is_expected_of_nobody_or_below_zero(pharmacy, quantity, source):
    package = pharmacy.drugs[DRUG].pk
    with pytest.raises(Refused):
        expect(by=pharmacy.technician, source=source, lines=[Coming(package, D(quantity))])
    assert not Expected.objects.exists()


def test_a_package_on_demand_is_ordered_only_when_a_fill_asks_in_vain(pharmacy):
    keep_nothing_else(pharmacy)
    levels(pharmacy, reorder_at=-1, order_up_to=0)
    assert needed(pharmacy) == {}
    assert not reserve(pharmacy, "130")
    row = standing(pharmacy)
    assert (row.wanted, row.position) == (130, -130)
    assert needed(pharmacy) == {"68180-0980-1": 2}


def test_a_package_that_nobody_keeps_is_ordered_for_a_fill_with_a_look(pharmacy):
    keep_nothing_else(pharmacy)
    ShelfItem.objects.filter(package=pharmacy.drugs[DRUG]).delete()
    assert needed(pharmacy) == {}
    reserve(pharmacy, "30")
    row = standing(pharmacy)
    assert not row.kept
    assert not row.is_automatic
    assert needed(pharmacy) == {"68180-0980-1": 1}


def test_a_fill_that_gets_its_units_or_gives_up_wants_nothing_more(pharmacy):
    assert not reserve(pharmacy, "30")
    assert not reserve(pharmacy, "20")
    assert Wanted.objects.get().quantity == 20
    pharmacy.receive(DRUG, "100")
    assert reserve(pharmacy, "20")
    assert not Wanted.objects.exists()
    assert not reserve(pharmacy, "500", fill=2)
    writes = Writes()
    ledger.void(by=pharmacy.technician, fill_id=2, writes=writes)
    ledger.run(writes)
    assert not Wanted.objects.exists()


def test_the_ingredients_of_a_compound_are_all_wanted_when_one_is_short(pharmacy):
    pharmacy.receive(DRUG, "100")
    by, drugs = pharmacy.technician, pharmacy.drugs
    packages = {drugs[DRUG].pk: D(10), drugs["warfarin"].pk: D(5)}
    asked_for = {"by": by, "fill_id": 4, "packages": packages, "good_until": by.today}
    assert not ledger.reserve_all(**asked_for)
    assert dict(Wanted.objects.values_list("package_id", "quantity")) == packages
    assert standing(pharmacy).position == 90
    pharmacy.receive("warfarin", "100")
    assert ledger.reserve_all(**asked_for)
    assert not Wanted.objects.exists()


def test_use_is_what_went_out_less_what_came_back(pharmacy):
    pharmacy.receive(DRUG, "500")
    use(pharmacy, "30", fill=1)
    use(pharmacy, "60", fill=2, days_ago=31)
    use(pharmacy, "90", fill=3, days_ago=91)
    use(pharmacy, "10", fill=4, days_ago=366)
    row = standing(pharmacy)
    assert (row.used_30, row.used_90, row.used_365) == (30, 90, 180)
    settle(pharmacy, Effect.SELL, "30", fill=1)
    assert standing(pharmacy).used_30 == 30
    settle(pharmacy, Effect.RETURN, "60", fill=2)
    row = standing(pharmacy)
    assert (row.used_30, row.used_90, row.used_365) == (-30, 30, 120)
    assert row.use.a_day == D("0.3333")


def test_expired_and_quarantined_units_are_on_hand_and_not_free(pharmacy):
    by = pharmacy.technician
    good = pharmacy.receive(DRUG, "10", lot="GOOD")
    held = pharmacy.receive(DRUG, "20", lot="HELD")
    old = pharmacy.receive(DRUG, "40", lot="OLD", expires_on=by.today)
    type(held).objects.filter(pk=held.pk).update(state="quarantined")
    type(old).objects.filter(pk=old.pk).update(expires_on=by.today - timedelta(days=1))
    row = standing(pharmacy)
    assert (row.on_hand, row.free) == (70, 10)
    assert row.first_expiry == by.today - timedelta(days=1)
    assert good.package_id == row.package_id


def test_own_and_340b_stock_stand_apart_and_a_fill_draws_from_its_own(pharmacy):
    by, package = pharmacy.technician, pharmacy.drugs[DRUG]
    apart = Place.objects.create(
        pharmacy_id=by.pharmacy_id, kind=PlaceKind.SHELF, name="340B", programme="340b"
    )
    lot = pharmacy.receive(DRUG, "50")
    shelf = Place.objects.get(pharmacy_id=by.pharmacy_id, name="Shelf")
    ledger.post(
        by=by, key="x", lines=[ledger.Line(shelf.pk, apart.pk, lot.pk, D(20), "by hand")]
    )
    assert (standing(pharmacy).free, standing(pharmacy, programme="340b").free) == (30, 20)
    assert not reserve(pharmacy, "31")
    for quantity, got in (("21", False), ("20", True)):
        assert got == ledger.reserve(
            by=by,
            fill_id=9,
            package_id=package.pk,
            quantity=D(quantity),
            good_until=by.today,
            programme=Programme.DISCOUNT_340B,
        )
    only = needs_ordering(**asked(pharmacy), programme=Programme.DISCOUNT_340B)
    assert {row.programme for row in only} <= {"340b"}


def test_robot_cells_are_drawn_from_like_shelves(pharmacy):
    by = pharmacy.technician
    cell = Place.objects.create(
        pharmacy_id=by.pharmacy_id, kind=PlaceKind.ROBOT, name="Cell 12"
    )
    lot = pharmacy.receive(DRUG, "50")
    shelf = Place.objects.get(pharmacy_id=by.pharmacy_id, name="Shelf")
    line = ledger.Line(shelf.pk, cell.pk, lot.pk, D(50), "loaded")
    ledger.post(by=by, key="x", lines=[line])
    assert standing(pharmacy).free == 50
    assert reserve(pharmacy, "50")


def test_the_list_takes_one_query(pharmacy, django_assert_num_queries):
    with django_assert_num_queries(1):
        needs_ordering(**asked(pharmacy))


def test_an_item_that_is_not_to_be_ordered_is_not(pharmacy):
    ShelfItem.objects.update(ordering=Ordering.NEVER)
    assert needed(pharmacy) == {}


def test_value_and_use_are_reckoned_at_the_reference_price(pharmacy):
    pharmacy.receive(DRUG, "500")
    use(pharmacy, "100", fill=1)
    row = standing(pharmacy)
    assert row.price_usd == D("0.02110")
    assert (row.value_usd, row.used_usd) == (D("8.44"), D("2.11"))
