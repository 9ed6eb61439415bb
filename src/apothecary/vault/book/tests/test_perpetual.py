"""The perpetual book: what it says of every kind of move, and that it is the ledger's own."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.drugs.models import Product
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.states import FillState
from apothecary.stock.actions import count_lot, move_stock, the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line as MoveLine
from apothecary.stock.ledger import post
from apothecary.vault.book import perpetual, telling
from apothecary.vault.book.perpetual import (
    Period,
    book_differences,
    book_lines,
    book_sums,
    controlled_drugs,
    daily_balances,
    drug_of,
    period_of,
    stands_here,
)
from apothecary.vault.book.rules import ON_HAND, What, running, what_it_is

ZONE = "America/Chicago"
MONTH = Period(TODAY - timedelta(days=29), TODAY, ZONE)


def product(world, drug="oxycodone"):
    return world.drugs[drug].product_id


def book(world, drug="oxycodone", period=MONTH, **asked):
    return book_lines(
        pharmacy_id=world.pharmacy.pk,
        drug=drug_of(product(world, drug)),
        period=period,
        **asked,
    )


def sums(world, drug="oxycodone", period=MONTH):
    return book_sums(
        pharmacy_id=world.pharmacy.pk, drug=drug_of(product(world, drug)), period=period
    )


def dispensed(world, *, until=FillState.SOLD):
    """Thirty of a hundred, filled; fetched too where it is sold."""
    world.receive("oxycodone", "100")
    order = world.order("oxycodone", refills=0)
    return world.walk(enter_prescription(by=world.technician, order=order), until=until)


def spot(world, kind):
    return the_place(world.pharmacy.pk, kind).pk


def carry(world, lot, start, end, units, because="because", *, by=None, key="carry"):
    move_stock(
        by=by or world.pharmacist,
        lot_id=lot.pk,
        from_place=spot(world, start),
        to_place=spot(world, end),
        quantity=Decimal(units),
        because=because,
        key=key,
    )


@pytest.mark.parametrize("start", PlaceKind)
@pytest.mark.parametrize("end", PlaceKind)
def test_every_move_between_any_two_kinds_of_place_is_known_to_the_book(start, end):
    if (start in ON_HAND) == (end in ON_HAND):
        with pytest.raises(LookupError):
            what_it_is(start, end, "carried")
    else:
        assert what_it_is(start, end, "carried") in What


def test_what_is_lost_is_not_what_was_merely_counted_short():
    assert what_it_is("vault", "over_short", "count: miscount") is What.SHORT
    assert what_it_is("vault", "over_short", "lost: case 4") is What.LOST
    assert what_it_is("over_short", "vault", "lost: found again") is What.OVER


def test_a_receipt_is_a_line_with_who_took_it_and_the_new_balance(pharmacy):
    pharmacy.receive("oxycodone", "100")
    (line,) = book(pharmacy)
    assert (line.what, line.came, line.went) == (What.RECEIVED, Decimal(100), None)
    assert (line.balance, line.by) == (Decimal(100), pharmacy.pharmacist.name)
    assert line.lot == "L1"


def test_a_dispensed_fill_leaves_the_book_when_it_is_filled_and_not_again_when_sold(pharmacy):
    dispensed(pharmacy)
    came, went = book(pharmacy)
    assert (went.what, went.went, went.balance) == (What.DISPENSED, Decimal(30), Decimal(70))
    assert went.fill_id is not None
    assert came.balance == Decimal(100)


def test_what_is_bagged_and_not_fetched_is_told_apart_from_what_is_in_stock(pharmacy):
    dispensed(pharmacy, until=FillState.READY)
    drug = drug_of(product(pharmacy))
    assert stands_here(pharmacy_id=pharmacy.pharmacy.pk, drug=drug) == (70, 30)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (PlaceKind.WASTE, What.WASTED),
        (PlaceKind.REVERSE, What.SENT_BACK),
        (PlaceKind.SUPPLIER, What.TO_SUPPLIER),
    ],
)
def test_what_leaves_the_house_is_said_by_where_it_went(pharmacy, kind, what):
    lot = pharmacy.receive("oxycodone", "100")
    line = MoveLine(spot(pharmacy, PlaceKind.SHELF), spot(pharmacy, kind), lot.pk,
                    Decimal(4), "because")  # fmt: skip
    post(by=pharmacy.pharmacist, key="gone", lines=[line],
         witness_id=pharmacy.technician.person_id)  # fmt: skip
    gone = book(pharmacy)[-1]
    assert (gone.what, gone.went, gone.balance) == (what, Decimal(4), Decimal(96))
    assert gone.witness == pharmacy.technician.name
    assert "because" in gone.says


def test_to_carry_it_from_the_shelf_into_the_vault_is_no_line_of_the_book(pharmacy):
    lot = pharmacy.receive("oxycodone", "100")
    carry(pharmacy, lot, PlaceKind.SHELF, PlaceKind.VAULT, 100)
    carry(pharmacy, lot, PlaceKind.VAULT, PlaceKind.QUARANTINE, 10, key="aside")
    assert [line.what for line in book(pharmacy)] == [What.RECEIVED]
    assert sums(pharmacy).closing == 100


def test_a_count_that_found_fewer_is_a_line_that_says_so(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    Product.every.filter(pk=product(pharmacy, "lisinopril")).update(schedule=4)
    lines = [MoveLine(spot(pharmacy, PlaceKind.SHELF), spot(pharmacy, PlaceKind.OVER_SHORT),
                      lot.pk, Decimal(2), "count: miscount")]  # fmt: skip
    post(by=pharmacy.pharmacist, key="short", lines=lines)
    short = book(pharmacy, "lisinopril")[-1]
    assert (short.what, short.went, short.balance) == (What.SHORT, Decimal(2), Decimal(98))


def test_a_period_opens_with_what_there_was_before_its_first_day(pharmacy):
    pharmacy.receive("oxycodone", "100")
    tomorrow = Period(TODAY + timedelta(days=1), TODAY + timedelta(days=9), ZONE)
    found = sums(pharmacy, period=tomorrow)
    assert (found.opening, found.came, found.went, found.lines) == (100, 0, 0, 0)
    assert book(pharmacy, period=tomorrow) == []
    yesterday = Period(TODAY - timedelta(days=9), TODAY - timedelta(days=1), ZONE)
    assert sums(pharmacy, period=yesterday).closing == 0


@pytest.mark.parametrize(("minutes", "inside"), [(-1, False), (0, True), (1, True)])
def test_a_period_begins_at_midnight_of_the_pharmacys_own_time(pharmacy, minutes, inside):
    midnight = Period(TODAY, TODAY, ZONE).since
    lot = pharmacy.receive("oxycodone", "100")
    at = midnight + timedelta(minutes=minutes)
    line = MoveLine(spot(pharmacy, PlaceKind.SHELF), spot(pharmacy, PlaceKind.WASTE), lot.pk,
                    Decimal(1), "broken")  # fmt: skip
    post(by=pharmacy.pharmacist.at_time(at, TODAY), key="at", lines=[line])
    wasted = [row for row in book(pharmacy, period=Period(TODAY, TODAY, ZONE))
              if row.what is What.WASTED]  # fmt: skip
    assert bool(wasted) == inside


def test_two_labelers_of_one_drug_are_one_book_and_each_has_its_own_alone(pharmacy):
    pharmacy.receive("oxycodone", "100")
    other = Product.every.get(pk=product(pharmacy, "alprazolam"))
    ours = Product.every.get(pk=product(pharmacy))
    Product.every.filter(pk=other.pk).update(
        ingredient_key=ours.ingredient_key, strength=ours.strength, form=ours.form, schedule=2
    )
    pharmacy.receive("alprazolam", "40")
    assert sums(pharmacy).closing == 140
    assert sums(pharmacy, "alprazolam").closing == 140
    alone = drug_of(other.pk, alone=True)
    assert book_sums(pharmacy_id=pharmacy.pharmacy.pk, drug=alone, period=MONTH).closing == 40
    (listed,) = controlled_drugs(pharmacy_id=pharmacy.pharmacy.pk)
    assert (listed.on_hand, listed.packages) == (140, 2)


def test_a_page_goes_on_with_the_balance_of_the_one_before(pharmacy):
    for number in range(5):
        pharmacy.receive("oxycodone", "10", lot=f"L{number}")
    pages = [book(pharmacy, page=page, rows=2) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    balances = [line.balance for page in pages for line in page]
    assert balances == running(Decimal(0), [Decimal(10)] * 5)


def test_a_drug_that_is_not_controlled_has_no_book(pharmacy):
    with pytest.raises(Refused, match="not controlled"):
        drug_of(product(pharmacy, "lisinopril"))
    with pytest.raises(Refused, match="No such drug"):
        drug_of(999_999)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (TODAY, TODAY - timedelta(days=1), "last"),
        (TODAY - timedelta(days=3 * 366 + 1), TODAY, "first"),
    ],
)
def test_a_period_is_refused_by_the_field_that_makes_it_impossible(first, last, field):
    with pytest.raises(Refused) as refusal:
        period_of(first, last, zone=ZONE)
    assert [problem.field for problem in refusal.value.problems] == [field]
    assert period_of(TODAY - timedelta(days=3 * 366), TODAY, zone=ZONE).last == TODAY


def test_another_pharmacys_units_are_not_in_this_book(pharmacy):
    pharmacy.receive("oxycodone", "100")
    drug = drug_of(product(pharmacy))
    assert book_lines(pharmacy_id=pharmacy.other.pk, drug=drug, period=MONTH) == []


def test_the_rooms_above_tell_what_they_know_and_none_is_asked_twice(pharmacy, monkeypatch):
    monkeypatch.setattr(telling, "TELLERS", {})
    dispensed(pharmacy, until=FillState.READY)
    asked = []

    def numbers(*, pharmacy_id, moves):
        asked.append([move.fill_id for move in moves])
        return {move.move_id: "Rx 7000000" for move in moves if move.fill_id}

    telling.tell_with("test", numbers)
    came, went = book(pharmacy)
    assert went.says == "dispensed, Rx 7000000"
    assert came.says == "received"
    assert len(asked) == 1


def test_the_drawn_line_has_a_step_for_each_day_on_which_it_changed(pharmacy):
    lot = pharmacy.receive("oxycodone", "100")
    later = pharmacy.pharmacist.at_time(NOON + timedelta(days=3), TODAY + timedelta(days=3))
    carry(pharmacy, lot, PlaceKind.SHELF, PlaceKind.WASTE, 40, by=later)
    period = Period(TODAY - timedelta(days=1), TODAY + timedelta(days=5), ZONE)
    days = daily_balances(
        pharmacy_id=pharmacy.pharmacy.pk,
        drug=drug_of(product(pharmacy)),
        period=period,
        opening=Decimal(0),
    )
    assert days == [
        (TODAY - timedelta(days=1), Decimal(0)),
        (TODAY, Decimal(100)),
        (TODAY + timedelta(days=3), Decimal(60)),
    ]


def test_the_book_of_every_drug_ends_in_what_the_ledger_says(pharmacy):
    dispensed(pharmacy)
    lot = pharmacy.receive("testosterone", "10")
    pharmacy.receive("lisinopril", "100")
    count_lot(by=pharmacy.pharmacist, lot_id=lot.pk, place_id=spot(pharmacy, PlaceKind.SHELF),
              counted=Decimal(10), because="", key="c")  # fmt: skip
    where = {"pharmacy_id": pharmacy.pharmacy.pk, "zone": ZONE, "today": TODAY}
    assert book_differences(**where) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE stock_balance SET on_hand = on_hand + 1 WHERE lot_id = %s"
            " AND NOT outside AND on_hand > 0", [lot.pk]
        )  # fmt: skip
    (wrong,) = book_differences(**where)
    assert "testosterone" in wrong


def test_the_book_finds_the_moves_of_a_drug_by_its_lots_and_never_walks_the_ledger(pharmacy):
    pharmacy.receive("oxycodone", "100")
    asked = perpetual.asked_of(drug_of(product(pharmacy)), MONTH, pharmacy.pharmacy.pk)
    with connection.cursor() as cursor:
        # So few rows that a walk is cheaper: ask which index answers when none is allowed.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + perpetual.LINES, asked | {"limit": 50, "offset": 0})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "move_lot" in plan
    assert "Seq Scan on stock_move" not in plan


def test_the_days_of_a_period_are_those_of_the_pharmacy():
    period = Period(date(2026, 3, 8), date(2026, 3, 8), ZONE)
    # The day on which clocks go forward has 23 hours.
    assert period.until.astimezone(datetime.now().astimezone().tzinfo) - period.since \
        == timedelta(hours=23)  # fmt: skip
