"""Whatever is done to the shelves in whatever order, the books hold (Hypothesis, stateful)."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from apothecary.config.tests.world import World
from apothecary.journal.writes import Writes
from apothecary.law.problem import Refused
from apothecary.staff.worker import NotAllowed
from apothecary.stock import ledger
from apothecary.stock.actions import (
    count_lot,
    move_stock,
    quarantine_lot,
    release_lot,
    reverse_move,
    the_place,
)
from apothecary.stock.counting.actions import enter_count, settle_line, start_count
from apothecary.stock.counting.models import CountLine, CountSheet, Scope
from apothecary.stock.counting.queries import Pick
from apothecary.stock.counting.rules import LineState, Why
from apothecary.stock.expiring.actions import pull_outdate
from apothecary.stock.kinds import Programme
from apothecary.stock.ledger import Effect
from apothecary.stock.models import Balance, Lot, LotState, Move, Place, PlaceKind, Reservation
from apothecary.stock.places.actions import Room, open_place
from apothecary.stock.queries import book_faults

UNITS = st.integers(1, 60).map(Decimal)
FILLS = st.integers(1, 6)
LOTS = st.sampled_from(["A", "B", "C"])
DRUG = "lisinopril"
KINDS = st.sampled_from(["Shelf", "Vault", "Cell 1", "340B shelf", "Quarantine", "Fridge"])

# What hands did, and may take back; a receipt taken back would change what was given.
WALKED = Move.objects.filter(fill_id=None, reverses=None).exclude(reason="received")


class Shelves(RuleBasedStateMachine):
    """A model of one drug's units: what the supplier gave must always be somewhere."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.given = Decimal(0)
        self.keys = 0
        apart = Room("340B shelf", programme=Programme.DISCOUNT_340B)
        open_place(by=self.world.pharmacist, kind=PlaceKind.SHELF, room=apart)
        open_place(by=self.world.pharmacist, kind=PlaceKind.ROBOT, room=Room("Cell 1"))
        here = Place.objects.filter(pharmacy=self.world.pharmacy)
        self.places = {place.name: place for place in here}
        self.bagged: dict[int, Decimal] = defaultdict(Decimal)
        self.sold: dict[int, Decimal] = defaultdict(Decimal)

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def key(self) -> str:
        self.keys += 1
        return f"walk-{self.keys}"

    def attempt(self, act) -> bool:
        """Do it or be refused; a refusal must change nothing (the invariants tell)."""
        try:
            with transaction.atomic():
                act()
        except (Refused, NotAllowed):
            return False
        return True

    @rule(lot=LOTS, units=UNITS)
    def receive(self, lot, units):
        self.world.receive(
            DRUG,
            str(units),
            lot=f"{lot}{self.keys}",
            expires_on=self.world.technician.today + timedelta(days=400 + self.keys),
        )
        self.keys += 1
        self.given += units

    @rule(fill=FILLS, units=UNITS)
    def reserve(self, fill, units):
        if self.bagged[fill] or self.sold[fill]:
            return
        by = self.world.technician
        package = self.world.drugs[DRUG].pk
        ledger.reserve(
            by=by, fill_id=fill, package_id=package, quantity=units, good_until=by.today
        )

    @rule(fill=FILLS)
    def void(self, fill):
        writes = Writes()
        ledger.void(by=self.world.technician, fill_id=fill, writes=writes)
        ledger.run(writes)

    @rule(fill=FILLS)
    def bag(self, fill):
        pending = Reservation.objects.filter(fill_id=fill, state="pending")
        units = sum((row.quantity for row in pending), Decimal(0))
        if units and self.settle(fill, Effect.POST, units):
            self.bagged[fill] += units

    @rule(fill=FILLS)
    def sell(self, fill):
        units = self.bagged[fill]
        if units and self.settle(fill, Effect.SELL, units):
            self.bagged[fill] = Decimal(0)
            self.sold[fill] += units

    @rule(fill=FILLS)
    def bring_back(self, fill):
        units = self.bagged[fill]
        if units and self.settle(fill, Effect.RETURN, units):
            self.bagged[fill] = Decimal(0)

    @rule(fill=FILLS, effect=st.sampled_from([Effect.POST, Effect.SELL, Effect.RETURN]))
    def ask_for_more_than_there_is(self, fill, effect):
        assert not self.settle(fill, effect, Decimal(100_000))

    def settle(self, fill: int, effect: Effect, units: Decimal) -> bool:
        writes = Writes()
        ledger.settle(
            by=self.world.pharmacist,
            fill_id=fill,
            effect=effect,
            quantity=units,
            key=self.key(),
            writes=writes,
        )
        return self.attempt(lambda: ledger.run(writes))

    @precondition(lambda self: Lot.objects.exists())
    @rule(data=st.data(), units=UNITS)
    def throw_away(self, data, units):
        lot = data.draw(st.sampled_from(list(Lot.objects.order_by("id"))))
        place = self.world.pharmacy.pk
        self.attempt(
            lambda: move_stock(
                by=self.world.technician,
                lot_id=lot.pk,
                from_place=the_place(place, PlaceKind.SHELF).pk,
                to_place=the_place(place, PlaceKind.WASTE).pk,
                quantity=units,
                because="broken",
                key=self.key(),
            )
        )

    @precondition(lambda self: Lot.objects.exists())
    @rule(data=st.data(), counted=st.integers(0, 80))
    def count(self, data, counted):
        lot = data.draw(st.sampled_from(list(Lot.objects.order_by("id"))))
        self.attempt(
            lambda: count_lot(
                by=self.world.technician,
                lot_id=lot.pk,
                place_id=the_place(self.world.pharmacy.pk, PlaceKind.SHELF).pk,
                counted=Decimal(counted),
                because="cycle count",
                key=self.key(),
            )
        )

    @precondition(lambda self: Lot.objects.exists())
    @rule(data=st.data(), start=KINDS, end=KINDS, units=UNITS, pharmacist=st.booleans())
    def carry(self, data, start, end, units, pharmacist):
        lot = data.draw(st.sampled_from(list(Lot.objects.order_by("id"))))
        sides = self.places[start], self.places[end]
        crosses = sides[0].programme != sides[1].programme
        by = self.world.pharmacist if pharmacist else self.world.technician
        done = self.attempt(
            lambda: move_stock(
                by=by,
                lot_id=lot.pk,
                from_place=sides[0].pk,
                to_place=sides[1].pk,
                quantity=units,
                because="carried",
                key=self.key(),
            )
        )
        assert not (done and crosses and not pharmacist)

    @precondition(lambda self: CountLine.objects.exclude(state="settled").exists())
    @rule(data=st.data(), off=st.integers(-6, 6), again=st.booleans())
    def count_a_line(self, data, off, again):
        lines = CountLine.objects.exclude(state="settled").order_by("id")
        line = data.draw(st.sampled_from(list(lines)))
        by = self.world.pharmacist if again else self.world.technician
        held = Balance.objects.get(place=line.place_id, lot=line.lot_id).on_hand
        counted = max(held + off, Decimal(0))
        if line.state == LineState.COUNTED:
            self.attempt(lambda: settle_line(by=by, line_id=line.pk, reason=Why.UNKNOWN))
        else:
            self.attempt(lambda: enter_count(by=by, line_id=line.pk, counted=counted))
        after = Balance.objects.get(place=line.place_id, lot=line.lot_id).on_hand
        # To count moves nothing; to sign moves just the difference that was found.
        signed = line.state == LineState.COUNTED and after != held
        assert after - held == (line.difference if signed else 0)

    @rule()
    def make_a_sheet(self):
        shelf = str(self.places["Shelf"].pk)
        by = self.world.technician
        CountSheet.objects.filter(closed_at=None).update(closed_at=by.at)
        self.attempt(lambda: start_count(by=by, pick=Pick(Scope.PLACE, shelf)))

    @precondition(lambda self: Lot.objects.exists())
    @rule(data=st.data(), soon=st.booleans())
    def pull(self, data, soon):
        lot = data.draw(st.sampled_from(list(Lot.objects.order_by("id"))))
        if soon:
            ends = self.world.technician.today + timedelta(days=60)
            Lot.objects.filter(pk=lot.pk).update(expires_on=ends)
        by, shelf = self.world.technician, self.places["Shelf"].pk
        self.attempt(lambda: pull_outdate(by=by, place_id=shelf, lot_id=lot.pk, key=self.key()))

    @precondition(lambda self: WALKED.all().exists())
    @rule(data=st.data())
    def take_back(self, data):
        move = data.draw(st.sampled_from(list(WALKED.all().order_by("id"))))
        self.attempt(
            lambda: reverse_move(
                by=self.world.pharmacist, move_id=move.pk, because="slip", key=self.key()
            )
        )

    @precondition(lambda self: Lot.objects.exists())
    @rule(data=st.data(), shut=st.booleans())
    def shut_or_open_a_lot(self, data, shut):
        lot = data.draw(st.sampled_from(list(Lot.objects.order_by("id"))))
        act = quarantine_lot if shut else release_lot
        done = self.attempt(
            lambda: act(by=self.world.pharmacist, lot_id=lot.pk, because="a walk")
        )
        # A lot is shut once and opened once: what is so already is refused.
        assert done == (shut == (lot.state == LotState.AVAILABLE))

    @invariant()
    def the_books_hold(self):
        assert book_faults(pharmacy_id=self.world.pharmacy.pk) == []

    @invariant()
    def what_the_model_sold_and_bagged_is_what_the_ledger_says(self):
        held: dict[str, Decimal] = defaultdict(Decimal)
        for balance in Balance.objects.select_related("place"):
            held[balance.place.kind] += balance.on_hand
        assert held[PlaceKind.PATIENT] == sum(self.sold.values())
        assert held[PlaceKind.WILL_CALL] == sum(self.bagged.values())
        assert held[PlaceKind.SUPPLIER] == -self.given

    @invariant()
    def nobody_is_promised_units_of_the_other_programme(self):
        crossed = Reservation.objects.filter(state="pending", place__programme="340b")
        assert not crossed.exists()

    @invariant()
    def no_quarantined_lot_is_promised(self):
        promised = Reservation.objects.filter(state="pending", lot__state="quarantined")
        assert not promised.exists()


@pytest.mark.django_db
def test_the_books_hold_after_any_sequence_of_acts(pharmacy):
    machine = type("Walk", (Shelves,), {"world": pharmacy})
    run_machine(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
