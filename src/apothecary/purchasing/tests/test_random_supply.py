"""Whatever hands do from the door to the patient, in any order, supply holds (stateful)."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from apothecary.config.tests.world import World
from apothecary.journal.writes import Writes
from apothecary.law.problem import Refused
from apothecary.purchasing.receiving.corrections import set_aside, take_back
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.receiving.shelving import put_away_lot
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tests.invariants import supply_faults
from apothecary.purchasing.tests.yard import FAR, Yard, yard_of
from apothecary.stock import ledger
from apothecary.stock.actions import (
    count_lot,
    move_stock,
    quarantine_lot,
    release_lot,
    the_place,
)
from apothecary.stock.expiring.actions import pull_outdate
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Effect
from apothecary.stock.models import Balance, Lot, Place

DRUG = "lisinopril"
ORDERED = 12
BOTTLE = Decimal(100)
SERIALS = st.sampled_from([f"S{n}" for n in range(6)])
LOTS = st.sampled_from(["A", "B"])
FILLS = st.integers(1, 4)
PICK = st.integers(0, 30)
NAMES = st.sampled_from(["Shelf", "Vault", "Quarantine", "Receiving", "Waste"])


class Supply(RuleBasedStateMachine):
    """One drug from the tote to the bag: what a model of sets says, the tables must say."""

    world: World
    yard: Yard
    reached: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.keys = count(1)
        self.receipt = self.yard.begun(self.yard.sent(lisinopril=ORDERED))
        here = Place.objects.filter(pharmacy=self.world.pharmacy)
        self.places = {place.name: place for place in here}
        # The serial numbers that are on the books, and the fills with what their bags hold.
        self.inside: set[str] = set()
        self.loose = 0
        self.bagged: dict[int, Decimal] = {}
        self.sold = Decimal(0)
        self.steps = 0
        # Something on the shelf, so that a short walk gets as far as the patient.
        self.by_hand_of(3, "A")
        self.shelve_lot("A")

    def teardown(self) -> None:
        found = supply_faults(pharmacy_id=self.world.pharmacy.pk)
        transaction.savepoint_rollback(self.point)
        assert found == []

    def attempt(self, name: str, act) -> bool:
        """Do it or be refused; of what is refused nothing may stay (the invariants tell)."""
        try:
            with transaction.atomic():
                act()
        except Refused:
            return False
        self.reached[name] += 1
        return True

    def is_held(self, number: str) -> bool:
        """Whether a lot that is here stands in quarantine: more of it does not go in."""
        return Lot.objects.filter(number=number, state="quarantined").exists()

    def key(self) -> str:
        return f"walk-{next(self.keys)}"

    @rule(serial=SERIALS, lot=LOTS, damaged=st.booleans())
    def scan(self, serial, lot, damaged):
        came = self.yard.came(DRUG, serial=serial, lot=lot, key=self.key())
        condition = Condition.DAMAGED if damaged else Condition.GOOD
        full = len(self.inside) + self.loose >= ORDERED or self.is_held(lot)
        done = self.attempt(
            "aside" if damaged else "received",
            lambda: self.yard.takes_in(
                self.receipt, came, condition=condition, because="dented"
            ),
        )
        assert done == (serial not in self.inside and (damaged or not full))
        if done:
            self.inside.add(serial)

    @rule(packages=st.integers(1, 4), lot=LOTS)
    def by_hand(self, packages, lot):
        self.by_hand_of(packages, lot)

    def by_hand_of(self, packages, lot):
        came = self.yard.came(DRUG, packages=packages, lot=lot, key=self.key())
        room = ORDERED - len(self.inside) - self.loose
        done = self.attempt("by hand", lambda: self.yard.takes_in(self.receipt, came))
        assert done == (packages <= room and not self.is_held(lot))
        self.loose += packages if done else 0

    def some_package(self, pick: int) -> ReceivedPackage | None:
        rows = list(ReceivedPackage.objects.filter(undone_at=None).order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    @rule(pick=PICK)
    def undo(self, pick):
        row = self.some_package(pick)
        if row is None:
            return
        done = self.attempt(
            "taken back",
            lambda: take_back(by=self.yard.by, received_id=row.pk, because="slip"),
        )
        if done and row.serial:
            self.inside.remove(row.serial)
        elif done:
            self.loose -= row.packages

    @rule(pick=PICK)
    def dent(self, pick):
        row = self.some_package(pick)
        if row is None:
            return
        free = row.is_good and row.put_away_at is None
        done = self.attempt(
            "set aside",
            lambda: set_aside(
                by=self.yard.by,
                received_id=row.pk,
                condition=Condition.DAMAGED,
                because="wet",
            ),
        )
        assert done <= free

    @rule(lot=LOTS)
    def shelve(self, lot):
        self.shelve_lot(lot)

    def shelve_lot(self, lot):
        row = Lot.objects.filter(number=lot).first()
        if row is not None:
            shelf = self.places["Shelf"].pk
            self.attempt(
                "put away",
                lambda: put_away_lot(
                    by=self.yard.by, lot_id=row.pk, place_id=shelf, key=self.key()
                ),
            )

    @rule(lot=LOTS, start=NAMES, end=NAMES, units=st.integers(1, 50))
    def carry(self, lot, start, end, units):
        row = Lot.objects.filter(number=lot).first()
        if row is not None and "Receiving" not in {start, end}:
            self.attempt(
                "carried",
                lambda: move_stock(
                    by=self.yard.by,
                    lot_id=row.pk,
                    from_place=self.places[start].pk,
                    to_place=self.places[end].pk,
                    quantity=Decimal(units),
                    because="carried",
                    key=self.key(),
                ),
            )

    @rule(lot=LOTS, counted=st.integers(0, 400))
    def count_shelf(self, lot, counted):
        row = Lot.objects.filter(number=lot).first()
        if row is not None:
            self.attempt(
                "counted",
                lambda: count_lot(
                    by=self.yard.by,
                    lot_id=row.pk,
                    place_id=self.places["Shelf"].pk,
                    counted=Decimal(counted),
                    because="cycle",
                    key=self.key(),
                ),
            )

    @rule(lot=LOTS, shut=st.booleans())
    def hold_or_release(self, lot, shut):
        row = Lot.objects.filter(number=lot).first()
        if row is not None:
            act = quarantine_lot if shut else release_lot
            by = self.world.pharmacist
            self.attempt("held", lambda: act(by=by, lot_id=row.pk, because="a walk"))

    @rule(lot=LOTS)
    def pull(self, lot):
        row = Lot.objects.filter(number=lot).first()
        if row is not None:
            soon = self.yard.by.today + timedelta(days=60)
            with transaction.atomic():
                Lot.objects.filter(pk=row.pk).update(expires_on=soon)
                shelf = self.places["Shelf"].pk
                self.attempt(
                    "pulled",
                    lambda: pull_outdate(
                        by=self.yard.by, place_id=shelf, lot_id=row.pk, key=self.key()
                    ),
                )
                Lot.objects.filter(pk=row.pk).update(expires_on=FAR)

    @rule(fill=FILLS, units=st.integers(1, 60), bag=st.booleans())
    def promise(self, fill, units, bag):
        if fill in self.bagged:
            return
        by, package = self.yard.by, self.world.drugs[DRUG].pk
        found = ledger.reserve(
            by=by,
            fill_id=fill,
            package_id=package,
            quantity=Decimal(units),
            good_until=by.today,
        )
        if found and bag and self.settled(fill, Effect.POST, Decimal(units)):
            self.bagged[fill] = Decimal(units)

    @rule(fill=FILLS)
    def give_up(self, fill):
        writes = Writes()
        ledger.void(by=self.yard.by, fill_id=fill, writes=writes)
        ledger.run(writes)

    @rule(pick=PICK, back=st.booleans())
    def bag_leaves(self, pick, back):
        if not self.bagged:
            return
        fill = sorted(self.bagged)[pick % len(self.bagged)]
        effect = Effect.RETURN if back else Effect.SELL
        if self.settled(fill, effect, self.bagged[fill]):
            units = self.bagged.pop(fill)
            self.sold += 0 if back else units

    def settled(self, fill: int, effect: Effect, units: Decimal) -> bool:
        writes = Writes()
        ledger.settle(
            by=self.world.pharmacist,
            fill_id=fill,
            effect=effect,
            quantity=units,
            key=self.key(),
            writes=writes,
        )
        return self.attempt(effect.value, lambda: ledger.run(writes))

    @invariant()
    def supply_holds(self):
        # All of it at every fourth step, and once more when the walk ends.
        self.steps += 1
        if self.steps % 4 == 0:
            assert supply_faults(pharmacy_id=self.world.pharmacy.pk) == []

    @invariant()
    def what_the_model_has_is_what_the_tables_have(self):
        live = ReceivedPackage.objects.filter(undone_at=None)
        assert {row.serial for row in live if row.serial} == self.inside
        assert sum(row.packages for row in live if not row.serial) == self.loose
        supplier = the_place(self.world.pharmacy.pk, PlaceKind.SUPPLIER)
        given = sum(row.on_hand for row in Balance.objects.filter(place=supplier))
        assert -given == BOTTLE * (len(self.inside) + self.loose)

    @invariant()
    def bags_and_patients_hold_what_was_given_them(self):
        held = Counter[str]()
        for row in Balance.objects.select_related("place"):
            held[row.place.kind] += row.on_hand  # type: ignore[assignment]  # a sum of Decimals
        assert held[PlaceKind.WILL_CALL] == sum(self.bagged.values())
        assert held[PlaceKind.PATIENT] == self.sold


@pytest.mark.django_db
def test_supply_holds_after_any_sequence_of_acts(pharmacy):
    reached = Counter[str]()
    parts = {"world": pharmacy, "yard": yard_of(pharmacy), "reached": reached}
    run_machine(
        type("Walk", (Supply,), parts),
        settings=settings(
            max_examples=45,
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
    wanted = {"received", "aside", "by hand", "taken back", "set aside", "put away", "carried"}
    wanted |= {"counted", "held", "pulled", "post", "sell", "return"}
    # A walk that reaches nothing proves nothing.
    assert set(reached) >= wanted
