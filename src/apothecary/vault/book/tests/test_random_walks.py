"""Whatever is done to a controlled drug in whatever order, its book is the ledger's."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apothecary.config.tests.world import World
from apothecary.config.tests.world_days import TODAY
from apothecary.journal.writes import Writes
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock import ledger
from apothecary.stock.actions import reverse_move, the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Balance, Lot, Move, Reservation
from apothecary.stock.queries import book_faults
from apothecary.vault.book.cases import close_case, explain_case, find_unexplained, hand_on
from apothecary.vault.book.counting import enter_vault_count, start_vault_count
from apothecary.vault.book.models import DiscrepancyCase, VaultCount, VaultCountLine
from apothecary.vault.book.perpetual import (
    Period,
    book_differences,
    book_lines,
    book_sums,
    drug_of,
    stands_here,
)
from apothecary.vault.book.rules import ON_HAND, running
from apothecary.vault.book.tests.hands import sign_of

DRUG = "oxycodone"
Effect = ledger.Effect
UNITS = st.integers(1, 60).map(Decimal)
FILLS = st.integers(1, 4)
KINDS = st.sampled_from(list(PlaceKind))
ZONE = "America/Chicago"
AGES = Period(TODAY - timedelta(days=1), TODAY + timedelta(days=1), ZONE)
SETTLED = {"closed", "handed on as a suspected loss"}


class Vault(RuleBasedStateMachine):
    """A model keeps one number: what stands in the house as stock."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.stands = Decimal(0)
        self.keys = 0
        pharmacy = self.world.pharmacy.pk
        kinds = [kind for kind in PlaceKind if kind is not PlaceKind.ROBOT]
        self.places = {kind: the_place(pharmacy, kind).pk for kind in kinds}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def key(self) -> str:
        self.keys += 1
        return f"vault-walk-{self.keys}"

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do it or be refused; a refusal must change nothing (the invariants tell)."""
        try:
            with transaction.atomic():
                act()
        except (Refused, NotAllowed):
            return False
        return True

    def lots(self) -> list[Lot]:
        return list(Lot.objects.order_by("id"))

    @rule(units=UNITS)
    def receive(self, units):
        self.world.receive(DRUG, str(units), lot=f"L{self.keys}")
        self.keys += 1
        self.stands += units

    @precondition(lambda self: Lot.objects.exists())
    @rule(data=st.data(), start=KINDS, end=KINDS, units=UNITS, lost=st.booleans())
    def post_any_move_there_is(self, data, start, end, units, lost):
        if PlaceKind.ROBOT in {start, end} or start == end:
            return
        lot = data.draw(st.sampled_from(self.lots()))
        line = ledger.Line(
            self.places[start], self.places[end], lot.pk, units, "lost: x" if lost else "moved"
        )
        by = self.world.pharmacist
        if self.attempt(lambda: ledger.post(by=by, key=self.key(), lines=[line])):
            self.stands += units * ((end in ON_HAND) - (start in ON_HAND))

    @rule(fill=FILLS, units=UNITS)
    def reserve(self, fill, units):
        if Move.objects.filter(fill_id=fill).exists():
            return
        by, package = self.world.technician, self.world.drugs[DRUG].pk
        ledger.reserve(
            by=by, fill_id=fill, package_id=package, quantity=units, good_until=by.today
        )

    @rule(
        fill=FILLS,
        effect=st.sampled_from([Effect.POST, Effect.SELL, Effect.RETURN]),
    )
    def settle(self, fill, effect):
        bagged = Move.objects.filter(fill_id=fill, reason="filled")
        rows = Reservation.objects.filter(fill_id=fill, state="pending")
        units = sum(
            (row.quantity for row in (rows if effect is Effect.POST else bagged)),
            Decimal(0),
        )
        writes = Writes()
        ledger.settle(by=self.world.pharmacist, fill_id=fill, effect=effect, quantity=units,
                      key=self.key(), writes=writes)  # fmt: skip
        if units and self.attempt(lambda: ledger.run(writes)):
            self.stands += {Effect.POST: -units, Effect.RETURN: units}.get(effect, Decimal(0))

    @precondition(lambda self: Move.objects.filter(fill_id=None, reverses=None).exists())
    @rule(data=st.data())
    def take_a_move_back(self, data):
        moves = Move.objects.filter(fill_id=None, reverses=None).order_by("id")
        move = data.draw(st.sampled_from(list(moves)))
        by = self.world.pharmacist
        start, end = move.from_place.kind, move.to_place.kind
        done = self.attempt(
            lambda: reverse_move(by=by, move_id=move.pk, because="slip", key=self.key())
        )
        if done:
            self.stands += move.quantity * ((start in ON_HAND) - (end in ON_HAND))

    @rule(kind=st.sampled_from([PlaceKind.SHELF, PlaceKind.VAULT, PlaceKind.QUARANTINE]))
    def begin_a_count(self, kind):
        VaultCount.objects.filter(closed_at=None).update(closed_at=self.world.technician.at)
        signature = sign_of(self.world, Role.CERTIFIED)
        self.attempt(
            lambda: start_vault_count(
                by=self.world.technician, place_id=self.places[kind], signature=signature
            )
        )

    @precondition(lambda self: VaultCountLine.objects.filter(count__closed_at=None).exists())
    @rule(data=st.data(), off=st.integers(-4, 4), role=st.sampled_from(list(Role)[2:6]))
    def count_a_line(self, data, off, role):
        lines = VaultCountLine.objects.filter(count__closed_at=None).order_by("id")
        line = data.draw(st.sampled_from(list(lines)))
        held = Balance.objects.get(place=line.count.place_id, lot=line.lot_id).on_hand
        counted = max(held + off, Decimal(0))
        by = self.world.workers[role]
        # To count moves nothing, whatever was found.
        self.attempt(lambda: enter_vault_count(by=by, line_id=line.pk, counted=counted))

    @precondition(lambda self: DiscrepancyCase.objects.exclude(state__in=SETTLED).exists())
    @rule(data=st.data(), what=st.sampled_from(["explain", "unexplained", "close", "loss"]),
          pharmacist=st.booleans(), correct=st.booleans())  # fmt: skip
    def work_a_case(self, data, what, pharmacist, correct):
        cases = DiscrepancyCase.objects.exclude(state__in=SETTLED).order_by("id")
        case = data.draw(st.sampled_from(list(cases)))
        by = self.world.pharmacist if pharmacist else self.world.technician
        acts: dict[str, Callable[[], object]] = {
            "explain": lambda: explain_case(by=by, case_id=case.pk, explanation="e"),
            "unexplained": lambda: find_unexplained(by=by, case_id=case.pk, explanation="e"),
            "close": lambda: close_case(by=by, case_id=case.pk, because="b", correct=correct),
            "loss": lambda: hand_on(by=by, case_id=case.pk, because="b"),
        }
        done = self.attempt(acts[what])
        settles = what in {"close", "loss"}
        assert not (done and settles and not pharmacist)
        if done and settles and (correct or what == "loss"):
            self.stands += case.difference

    @invariant()
    def the_book_is_the_ledger(self):
        house, drug = self.world.pharmacy.pk, drug_of(self.world.drugs[DRUG].product_id)
        lines = book_lines(pharmacy_id=house, drug=drug, period=AGES, rows=10_000)
        sums = book_sums(pharmacy_id=house, drug=drug, period=AGES)
        assert stands_here(pharmacy_id=house, drug=drug)[0] == self.stands
        assert sums.closing == self.stands
        assert [line.balance for line in lines] == running(
            Decimal(0), [line.change for line in lines]
        )
        assert len(lines) == sums.lines
        assert book_differences(pharmacy_id=house, zone=ZONE, today=TODAY) == []

    @invariant()
    def the_ledger_holds(self):
        assert book_faults(pharmacy_id=self.world.pharmacy.pk) == []

    @invariant()
    def a_lot_has_one_case_at_a_time_in_a_place(self):
        open_ = DiscrepancyCase.objects.exclude(state__in=SETTLED)
        pairs = list(open_.values_list("place_id", "lot_id"))
        assert len(pairs) == len(set(pairs))


@pytest.mark.django_db
def test_the_book_is_the_ledger_after_any_sequence_of_acts(pharmacy):
    machine = type("Walk", (Vault,), {"world": pharmacy})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
