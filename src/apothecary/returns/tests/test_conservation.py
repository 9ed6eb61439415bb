"""Whatever is picked, shipped, thrown away, destroyed and brought back: no unit is lost."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apothecary.law.problem import Refused
from apothecary.law.waste import Seen, Stream
from apothecary.returns.disposal.containers import close_container, discard, open_container
from apothecary.returns.disposal.destroying import How, Item, destroy_before
from apothecary.returns.disposal.models import Discarded
from apothecary.returns.shipments.asking import ask_return
from apothecary.returns.shipments.models import Shipment, ShipmentLine
from apothecary.returns.shipments.picking import cancel_return, drop_line
from apothecary.returns.shipments.shipping import ship_return
from apothecary.returns.shipments.states import Group, LineState
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Balance
from apothecary.stock.queries import book_faults

ACTS = ("pull", "pick", "drop", "cancel", "ask", "ship", "throw", "close", "destroy")
STEP = st.tuples(
    st.sampled_from(ACTS), st.sampled_from(["lisinopril", "oxycodone"]), st.integers(1, 40)
)


class Walk:
    """One back room in which anything is tried; refusals change nothing."""

    def __init__(self, room: Any) -> None:
        self.room = room
        self.came: dict[str, Decimal] = {}
        self.count = 0

    def take(self, act: str, drug: str, units: int) -> None:
        """Try an act; what is refused is no fault."""
        self.count += 1
        before = self.totals()
        try:
            getattr(self, act)(drug, units)
        except Refused:
            assert self.totals() == before

    def totals(self) -> list[Decimal]:
        rows = Balance.objects.filter(outside=False).order_by("pk")
        return [one.on_hand for one in rows if one.on_hand]

    def pull(self, drug: str, units: int) -> None:
        self.room.pulled(drug, str(units), lot=f"W{self.count}")
        self.came[drug] = self.came.get(drug, Decimal(0)) + units

    def shipment(self, state: str) -> Shipment | None:
        return Shipment.objects.filter(state=state).order_by("-pk").first()

    def pick(self, drug: str, units: int) -> None:
        group = Group.FORM_222 if drug == "oxycodone" else Group.PLAIN
        row = Shipment.objects.filter(state="picked", group=group).first()
        row = row or self.room.begun(group, form_222="230000001")
        if drug in self.room.lots:
            self.room.picked(row, self.room.lots[drug], str(units))

    def drop(self, drug: str, units: int) -> None:
        line = ShipmentLine.objects.filter(state="picked").first()
        if line:
            drop_line(by=self.room.by, line_id=line.pk, because="anew")

    def cancel(self, drug: str, units: int) -> None:
        row = self.shipment("authorized")
        if row:
            cancel_return(by=self.room.by, shipment_id=row.pk, because="anew")

    def ask(self, drug: str, units: int) -> None:
        row = self.shipment("picked")
        if row:
            self.room.answered(ask_return(by=self.room.by, shipment_id=row.pk))

    def ship(self, drug: str, units: int) -> None:
        row = self.shipment("authorized")
        if row:
            by = self.room.world.pharmacist
            ship_return(by=by, shipment_id=row.pk, carrier="UPS")

    def throw(self, drug: str, units: int) -> None:
        if drug not in self.room.lots:
            return
        box = open_container(by=self.room.by, stream=Stream.OTHER, stands="back")
        discard(
            by=self.room.by,
            container_id=box.pk,
            lot_id=self.room.lots[drug].pk,
            place_id=self.room.quarantine.pk,
            seen=Seen(read=True),
            because="expired",
            key=f"w{self.count}",
            quantity=Decimal(units),
        )

    def close(self, drug: str, units: int) -> None:
        box = open_container(by=self.room.by, stream=Stream.SHARPS, stands="back")
        close_container(by=self.room.by, container_id=box.pk)

    def destroy(self, drug: str, units: int) -> None:
        if drug not in self.room.lots:
            return
        how = How(
            place="back",
            method="burnt",
            destroyed_on=self.room.by.today,
            key=f"d{self.count}",
        )
        item = Item(self.room.lots[drug].pk, self.room.quarantine.pk, Decimal(units))
        destroy_before(
            by=self.room.world.pharmacist, items=[item], how=how, witness=self.room.by
        )


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=5, max_size=20))
def test_after_any_sequence_every_unit_is_here_returned_or_waste(room, steps):
    sid = transaction.savepoint()
    walk = Walk(room)
    walk.take("pull", "lisinopril", 40)
    walk.take("pull", "oxycodone", 40)
    for act, drug, units in steps:
        walk.take(act, drug, units)
    for drug, units in walk.came.items():
        kinds = (PlaceKind.QUARANTINE, PlaceKind.REVERSE, PlaceKind.WASTE, PlaceKind.SHELF)
        vault = room.at(PlaceKind.VAULT, drug)
        assert sum(room.at(kind, drug) for kind in kinds) + vault == units
    shipped = ShipmentLine.objects.filter(state=LineState.SHIPPED.value)
    for drug in walk.came:
        mine = [one for one in shipped if one.lot.package_id == room.world.drugs[drug].pk]
        assert sum(one.quantity for one in mine) == room.at(PlaceKind.REVERSE, drug)
    assert not Discarded.objects.filter(lot__package__product__schedule__gt=0).exists()
    assert book_faults(pharmacy_id=room.by.pharmacy_id) == []
    transaction.savepoint_rollback(sid)
    room.lots.clear()
