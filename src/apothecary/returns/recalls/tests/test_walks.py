"""After any sequence of acts on the lots, the lists equal a reading of every move by hand."""

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.returns.recalls.finding import HELD_AT, where_it_stands, who_got_it
from apothecary.returns.recalls.matching import match
from apothecary.returns.recalls.tests.notices import DRUG, NUMBER, hits, take
from apothecary.returns.recalls.working import look
from apothecary.stock.actions import move_stock, receive_stock
from apothecary.stock.models import Lot, Move, Place, PlaceKind
from apothecary.stock.queries import book_faults

if TYPE_CHECKING:  # the world is a plugin of pytest, which wants to import it first
    from apothecary.config.tests.world import World

D = Decimal
LOTS = ("L1", "l-1", "L2", "0L1")
ACTS = ("receive", "fill", "step", "step", "step", "back", "carry")
Act = tuple[str, int, int]
acts = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 50), st.integers(0, 7)),
    min_size=1,
    max_size=18,
)
WAY = (
    (FillState.WAITING, FillState.FILLING, "technician"),
    (FillState.FILLING, FillState.CHECK, "technician"),
    (FillState.CHECK, FillState.READY, "pharmacist"),
    (FillState.READY, FillState.SOLD, "technician"),
)


class Walk:
    """Hands that do one thing after the other, whatever the house lets them."""

    def __init__(self, world: "World") -> None:
        self.world, self.count = world, 0
        self.people: list[Patient] = [world.patient, world.insured]

    def does(self, act: Act) -> None:
        """One act; a refusal is part of the day."""
        what, first, second = act
        self.count += 1
        try:
            with transaction.atomic():
                getattr(self, what)(first, second)
        except Refused:
            return

    def receive(self, first: int, second: int) -> None:
        places = Place.objects.filter(pharmacy=self.world.pharmacy, kind=PlaceKind.SHELF)
        receive_stock(
            by=self.world.technician,
            package=self.world.drugs[DRUG],
            lot_number=LOTS[second % len(LOTS)],
            expires_on=self.world.system.today.replace(year=2028),
            quantity=D(20 + first),
            place=places.filter(name="Shelf").get(),
            key=f"walk-{self.count}",
        )

    def fill(self, first: int, second: int) -> None:
        order = self.world.order(DRUG, quantity=str(1 + first), patient=self.people[second % 2])
        made = enter_prescription(by=self.world.technician, order=order)
        advance(made, FillState.WAITING, by=self.world.system, did=Deed.FILL_MOVED)

    def step(self, first: int, _: int) -> None:
        fills = list(Fill.objects.order_by("pk"))
        if not fills:
            return
        fill = fills[first % len(fills)]
        for start, to, who in WAY:
            if fill.state == start:
                advance(fill, to, by=getattr(self.world, who), did=Deed.FILL_MOVED)
                return

    def back(self, first: int, _: int) -> None:
        bags = list(Fill.objects.filter(state=FillState.READY).order_by("pk"))
        if bags:
            bag = bags[first % len(bags)]
            by = self.world.technician
            advance(bag, FillState.RETURNED, by=by, did=Deed.RETURNED_TO_STOCK)

    def carry(self, first: int, second: int) -> None:
        lots = list(Lot.objects.order_by("pk"))
        names = ("Shelf", "Quarantine", "Waste", "Vault")
        if lots:
            places = {one.name: one.pk for one in Place.objects.all()}
            move_stock(
                by=self.world.technician,
                lot_id=lots[second % len(lots)].pk,
                from_place=places[names[first % 4]],
                to_place=places[names[(first // 4) % 4]],
                quantity=D(1 + first),
                because="a walk",
                key=f"walk-{self.count}",
            )


def read_by_hand() -> tuple[dict[str, D], dict[int, D]]:
    """Every move of a lot L1, one after the other: units of each lot in the house, and of each
    patient, without a statement of the room's.
    """
    held = {kind.value for kind in HELD_AT} | {PlaceKind.WILL_CALL.value}
    inside: dict[str, D] = defaultdict(D)
    at_home: dict[int, D] = defaultdict(D)
    owner = dict(Fill.objects.values_list("pk", "patient_id"))
    for move in Move.objects.select_related("lot", "from_place", "to_place"):
        if move.lot.number.upper().replace("-", "").lstrip("0") != "L1":
            continue
        if move.to_place.kind in held:
            inside[move.lot.number] += move.quantity
        if move.from_place.kind in held:
            inside[move.lot.number] -= move.quantity
        if move.to_place.kind == PlaceKind.PATIENT and move.fill_id is not None:
            at_home[owner[move.fill_id]] += move.quantity
    return {k: v for k, v in inside.items() if v}, dict(at_home)


def listed(world: "World") -> tuple[dict[str, D], dict[int, D]]:
    """The same from the room's two statements."""
    inside: dict[str, D] = defaultdict(D)
    for one in where_it_stands(pharmacy_id=world.pharmacy.pk, recall=NUMBER):
        inside[one.lot] += one.units
    at_home: dict[int, D] = defaultdict(D)
    for got in who_got_it(pharmacy_id=world.pharmacy.pk, recall=NUMBER):
        at_home[got.patient_id] += got.units
    return dict(inside), dict(at_home)


class Undo(Exception):
    """Ends an example: nothing of it stays."""


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(day=acts)
def test_bottles_and_patients_are_those_of_the_moves_before_and_after_the_match(pharmacy, day):
    try:
        with transaction.atomic():
            walk = Walk(pharmacy)
            pharmacy.receive(DRUG, "60")
            for act in day:
                walk.does(act)
            before = read_by_hand()
            recall = take(pharmacy)
            assert listed(pharmacy) == before == read_by_hand()
            open_bags = Fill.objects.filter(state=FillState.READY)
            for bag in open_bags:
                lots = Move.objects.filter(fill_id=bag.pk, reason="filled", move=None)
                assert not {one.lot.number for one in lots} & {"L1", "l-1", "0L1"}
            for hit in hits(recall):
                look(by=pharmacy.technician, hit_id=hit.pk, found=hit.expected)
                assert match(by=pharmacy.system, recall_id=recall.pk) == 0
            kept = [hit for hit in hits(recall) if hit.found != hit.expected]
            assert kept == []
            shelves = where_it_stands(pharmacy_id=pharmacy.pharmacy.pk, recall=NUMBER)
            assert {one.place for one in shelves} <= {"Quarantine"}
            assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []
            raise Undo
    except Undo:
        pass
