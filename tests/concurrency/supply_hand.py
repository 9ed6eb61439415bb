"""What one hand of the storm at the door does, at random: each act is one of the rooms'."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from apothecary.drugs.models import Package
from apothecary.drugs.ndc import Ndc
from apothecary.journal.writes import Writes
from apothecary.purchasing.receiving.corrections import set_aside, take_back
from apothecary.purchasing.receiving.door import Came, receive
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.receiving.shelving import put_away_lot
from apothecary.purchasing.states import Condition
from apothecary.staff.worker import Worker
from apothecary.stock import ledger
from apothecary.stock.actions import count_lot, move_stock, quarantine_lot, release_lot
from apothecary.stock.ledger import Effect
from apothecary.stock.models import Balance, Lot, Reservation

SERIALS, LOTS, FILLS, BAGS = 400, ("A", "B", "C"), 3_000, 10
EXPIRES_ON = date(2028, 6, 30)


@dataclass
class Hand:
    """One person in the crowd; ``by`` acts at the world's own noon."""

    by: Worker
    chance: random.Random
    package: Package
    receipt: int
    places: dict[str, int]

    def acts(self) -> list[Callable[[], object]]:
        """Every act as often as it weighs."""
        table: dict[Callable[[], object], int] = {
            self.scan: 8,
            self.put_away: 4,
            self.undo: 1,
            self.dent: 1,
            self.count: 2,
            self.carry: 2,
            self.fill: 6,
            self.bag_goes: 4,
            self.give_up: 1,
            self.hold: 2,
        }
        return [act for act, weight in table.items() for _ in range(weight)]

    def lot(self) -> int:
        rows = Lot.objects.filter(package=self.package).values_list("pk", flat=True)
        return self.chance.choice(sorted(rows) or [0])

    def scan(self) -> None:
        """A bottle that the others may be scanning as well."""
        serial = f"S{self.chance.randrange(SERIALS)}"
        came = Came(
            package=self.package,
            lot=self.chance.choice(LOTS),
            expires_on=EXPIRES_ON,
            key=uuid4().hex,
            gtin=Ndc.parse(self.package.ndc).gtin14(),
            serial=serial,
        )
        wet = self.chance.random() < 0.1
        receive(
            by=self.by,
            receipt_id=self.receipt,
            came=came,
            condition=Condition.DAMAGED if wet else Condition.GOOD,
            because="wet" if wet else "",
        )

    def some_package(self) -> int:
        rows = ReceivedPackage.objects.filter(put_away_at=None, undone_at=None)
        found = list(rows.order_by("-pk").values_list("pk", flat=True)[:20])
        return self.chance.choice(found or [0])

    def undo(self) -> None:
        take_back(by=self.by, received_id=self.some_package(), because="slip")

    def dent(self) -> None:
        row = self.some_package()
        set_aside(by=self.by, received_id=row, condition=Condition.DAMAGED, because="dented")

    def put_away(self) -> None:
        shelf = self.places["Shelf"]
        put_away_lot(by=self.by, lot_id=self.lot(), place_id=shelf, key=uuid4().hex)

    def count(self) -> None:
        """One more or less than the books say, so that it is within tolerance."""
        lot, shelf = self.lot(), self.places["Shelf"]
        held = Balance.objects.filter(place_id=shelf, lot_id=lot).values_list("on_hand")
        books = next((units for (units,) in held), Decimal(0))
        count_lot(
            by=self.by,
            lot_id=lot,
            place_id=shelf,
            counted=max(books + self.chance.choice([-1, 1]), Decimal(0)),
            because="cycle",
            key=uuid4().hex,
        )

    def carry(self) -> None:
        ends = self.chance.sample(["Shelf", "Vault"], 2)
        move_stock(
            by=self.by,
            lot_id=self.lot(),
            from_place=self.places[ends[0]],
            to_place=self.places[ends[1]],
            quantity=Decimal(self.chance.randrange(1, 40)),
            because="carried",
            key=uuid4().hex,
        )

    def fill(self) -> None:
        """Promise units to a fill and, mostly, put them into its bag."""
        number = self.chance.randrange(1, FILLS)
        with transaction.atomic():
            got = ledger.reserve(
                by=self.by,
                fill_id=number,
                package_id=self.package.pk,
                quantity=Decimal(self.chance.randrange(1, 60)),
                good_until=self.by.today,
            )
            if got and self.chance.random() < 0.8:
                pending = Reservation.objects.filter(fill_id=number, state="pending")
                units = sum((row.quantity for row in pending), Decimal(0))
                self.settle(number, Effect.POST, units)

    def bag_goes(self) -> None:
        """One of the last bags, whoever packed it, is sold or goes back to the shelf."""
        effect = self.chance.choice([Effect.SELL, Effect.RETURN])
        last = Reservation.objects.filter(state="posted").order_by("-pk")
        fills = [row.fill_id for row in last[:BAGS]]
        number = self.chance.choice(fills or [0])
        units = sum((row.quantity for row in last.filter(fill_id=number)), Decimal(0))
        self.settle(number, effect, units)

    def settle(self, number: int, effect: Effect, units: Decimal) -> None:
        writes = Writes()
        ledger.settle(
            by=self.by,
            fill_id=number,
            effect=effect,
            quantity=units,
            key=uuid4().hex,
            writes=writes,
        )
        ledger.run(writes)

    def give_up(self) -> None:
        writes = Writes()
        ledger.void(by=self.by, fill_id=self.chance.randrange(1, FILLS), writes=writes)
        ledger.run(writes)

    def hold(self) -> None:
        """Now and then a lot is held, and soon it is let go."""
        act = quarantine_lot if self.chance.random() < 0.2 else release_lot
        act(by=self.by, lot_id=self.lot(), because="a look")
