"""The lines of one act are posted in the order in which they are given."""

from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apothecary.law.problem import Refused
from apothecary.stock import ledger
from apothecary.stock.actions import the_place
from apothecary.stock.ledger import Line
from apothecary.stock.models import Balance, Lot, Move, Place, PlaceKind, Posting
from apothecary.stock.queries import book_faults

PLACES = 12
# Which joins the database may not use: what it would choose by itself depends on how many rows
# it believes there are, and each reads the lines with their places in another order.
FORBIDDEN = [
    (),
    ("nestloop", "hashjoin"),
    ("nestloop", "mergejoin"),
    ("hashjoin", "mergejoin"),
]


@pytest.fixture(params=FORBIDDEN, ids=lambda ways: "-".join(ways) or "as it likes")
def plan(request, db) -> None:
    """Every way the database can join the lines with places and lots."""
    with connection.cursor() as cursor:
        for way_of_joining in request.param:
            cursor.execute(f"SET LOCAL enable_{way_of_joining} = off")


def stations(world) -> list[int]:
    """The supplier, and places a lot can be carried through, none in the order of its id."""
    made = [
        Place.objects.create(pharmacy=world.pharmacy, kind=PlaceKind.SHELF, name=f"station {n}")
        for n in range(PLACES)
    ]
    ids = [place.pk for place in made]
    return [the_place(world.pharmacy.pk, PlaceKind.SUPPLIER).pk, *ids[1::2], *ids[-2::-2]]


def lots(world, many: int) -> list[Lot]:
    """New lots of one drug, of which nothing is anywhere."""
    package = world.drugs["lisinopril"]
    today = world.technician.today
    return [
        Lot.objects.create(
            pharmacy=world.pharmacy,
            package=package,
            number=f"WAY{n}",
            expires_on=today.replace(year=2029),
        )
        for n in range(many)
    ]


def way(places: list[int], lot: Lot, quantity: str = "10") -> list[Line]:
    """A lot from place to place: each line takes what the one before it has brought."""
    steps = pairwise(places)
    return [
        Line(a, b, lot.pk, Decimal(quantity), f"step {n}") for n, (a, b) in enumerate(steps)
    ]


def on_hand(lot: Lot) -> dict[int, Decimal]:
    """Where a lot is, without the places that have nothing of it."""
    rows = Balance.objects.filter(lot=lot).exclude(on_hand=0)
    return dict(rows.values_list("place_id", "on_hand"))


def test_a_line_may_take_what_the_line_before_it_has_brought(pharmacy, plan):
    places, (lot,) = stations(pharmacy), lots(pharmacy, 1)
    lines = way(places, lot)
    assert ledger.post(by=pharmacy.technician, key="chain", lines=lines) == len(lines)
    assert on_hand(lot) == {places[0]: -10, places[-1]: 10}
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_the_moves_of_an_act_stand_in_its_order(pharmacy, plan):
    places, (lot,) = stations(pharmacy), lots(pharmacy, 1)
    lines = way(places, lot)
    ledger.post(by=pharmacy.technician, key="chain", lines=lines)
    written = Move.objects.filter(lot=lot).order_by("pk").values_list("reason", flat=True)
    assert list(written) == [line.reason for line in lines]


def test_a_line_may_not_take_what_only_a_later_line_brings(pharmacy):
    places, (lot,) = stations(pharmacy), lots(pharmacy, 1)
    first, second = way(places[:3], lot)
    with pytest.raises(Refused, match="not enough"), transaction.atomic():
        ledger.post(by=pharmacy.technician, key="backwards", lines=[second, first])
    assert not Posting.objects.filter(key="backwards").exists()
    assert on_hand(lot) == {}


def test_of_a_chain_that_breaks_in_the_middle_nothing_is_done(pharmacy, plan):
    places, (lot,) = stations(pharmacy), lots(pharmacy, 1)
    lines = way(places, lot)
    middle = len(lines) // 2
    broken = Line(places[middle], places[middle + 1], lot.pk, Decimal(11), "one too many")
    with pytest.raises(Refused, match="not enough"), transaction.atomic():
        ledger.post(
            by=pharmacy.technician,
            key="broken",
            lines=[*lines[:middle], broken, *lines[middle + 1 :]],
        )
    assert not Move.objects.filter(lot=lot).exists()


def test_a_whole_way_is_taken_back_in_one_act_the_last_move_first(pharmacy, plan):
    places, (lot,) = stations(pharmacy), lots(pharmacy, 1)
    ledger.post(by=pharmacy.technician, key="there", lines=way(places, lot))
    back = [
        Line(
            move.to_place_id,
            move.from_place_id,
            lot.pk,
            move.quantity,
            "back",
            reverses=move.pk,
        )
        for move in Move.objects.filter(lot=lot).order_by("-pk")
    ]
    assert ledger.post(by=pharmacy.technician, key="back", lines=back) == len(back)
    assert on_hand(lot) == {}
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    turns=st.lists(st.integers(0, 3), min_size=1, max_size=40),
    many=st.lists(st.integers(1, 9), min_size=4, max_size=4),
)
def test_the_steps_of_several_lots_may_be_mixed_in_any_way_that_keeps_each_in_turn(
    pharmacy, plan, turns, many
):
    with transaction.atomic():
        places, found = stations(pharmacy), lots(pharmacy, 4)
        ways = [way(places, lot, str(n)) for lot, n in zip(found, many, strict=True)]
        lines = [ways[turn].pop(0) for turn in turns if ways[turn]]
        assert ledger.post(by=pharmacy.technician, key="mixed", lines=lines) == len(lines)
        for lot, rest, n in zip(found, ways, many, strict=True):
            gone = len(places) - 1 - len(rest)
            assert on_hand(lot) == ({places[0]: -n, places[gone]: n} if gone else {})
        assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []
        transaction.set_rollback(True)
