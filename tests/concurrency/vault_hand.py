"""What one hand of the storm at the vault does, at random: each act is one of the rooms'."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from apothecary.journal.writes import Writes
from apothecary.law.tables import federal
from apothecary.staff.worker import Worker
from apothecary.stock import ledger
from apothecary.stock.actions import reverse_move
from apothecary.stock.ledger import Effect, Line
from apothecary.stock.models import Balance, Lot, Move, Reservation
from apothecary.vault.book.cases import (
    Found,
    close_case,
    explain_case,
    find_unexplained,
    open_case,
)
from apothecary.vault.book.models import DiscrepancyCase
from apothecary.vault.book.rules import Source
from apothecary.vault.losses.ending import close_loss
from apothecary.vault.losses.judging import judge_loss
from apothecary.vault.losses.models import Loss
from apothecary.vault.losses.reporting import Discovery, Missing, report_loss
from apothecary.vault.losses.rules import Judgement
from apothecary.vault.losses.states import Kind, State
from apothecary.vault.losses.taking import hand_on_as_loss

FILLS, LAST = 2_000, 10
SETTLED = ("closed", "handed on as a suspected loss")


@dataclass
class Hand:
    """A technician and a pharmacist at one safe."""

    pharmacist: Worker
    technician: Worker
    chance: random.Random
    package: int
    places: dict[str, int]

    def acts(self) -> list[Callable[[], object]]:
        """Every act as often as it weighs."""
        table: dict[Callable[[], object], int] = {
            self.comes: 4,
            self.carry: 4,
            self.fill: 6,
            self.bag_goes: 4,
            self.find_short: 4,
            self.explain: 3,
            self.close: 2,
            self.hand_on: 3,
            self.report: 3,
            self.judge: 3,
            self.take_back: 1,
        }
        return [act for act, weight in table.items() for _ in range(weight)]

    def units(self, most: int) -> Decimal:
        return Decimal(self.chance.randrange(1, most))

    def lot(self) -> int:
        rows = Lot.objects.filter(package=self.package).values_list("pk", flat=True)
        return self.chance.choice(sorted(rows))

    def comes(self) -> None:
        """A bottle from the supplier into the safe."""
        supplier, vault = self.places["supplier"], self.places["vault"]
        line = Line(supplier, vault, self.lot(), self.units(80), "received")
        ledger.post(by=self.technician, key=uuid4().hex, lines=[line])

    def carry(self) -> None:
        start, end = self.chance.sample([self.places["shelf"], self.places["vault"]], 2)
        line = Line(start, end, self.lot(), self.units(40), "carried")
        ledger.post(by=self.technician, key=uuid4().hex, lines=[line])

    def fill(self) -> None:
        """Promise units to a fill and, mostly, put them into its bag."""
        number = self.chance.randrange(1, FILLS)
        with transaction.atomic():
            got = ledger.reserve(
                by=self.technician,
                fill_id=number,
                package_id=self.package,
                quantity=self.units(60),
                good_until=self.technician.today,
            )
            if got and self.chance.random() < 0.9:
                self.settle(number, Effect.POST, state="pending")

    def bag_goes(self) -> None:
        """One of the last bags, whoever packed it, is sold or goes back."""
        last = Reservation.objects.filter(state="posted").order_by("-pk")[:LAST]
        fills = [row.fill_id for row in last]
        effect = self.chance.choice([Effect.SELL, Effect.RETURN])
        self.settle(self.chance.choice(fills or [0]), effect, state="posted")

    def settle(self, number: int, effect: Effect, *, state: str) -> None:
        rows = Reservation.objects.filter(fill_id=number, state=state)
        units = sum((row.quantity for row in rows), Decimal(0))
        writes, key = Writes(), uuid4().hex
        by = self.pharmacist
        ledger.settle(
            by=by, fill_id=number, effect=effect, quantity=units, key=key, writes=writes
        )
        ledger.run(writes)

    def held(self) -> Balance | None:
        """A lot that stands on the shelf or in the safe."""
        kinds = [self.places["shelf"], self.places["vault"]]
        rows = list(Balance.objects.filter(place_id__in=kinds, on_hand__gt=5).order_by("pk"))
        return self.chance.choice(rows) if rows else None

    def find_short(self) -> None:
        """Somebody counts less, or more, than the book says."""
        row = self.held()
        if row is None:
            return
        counted = row.on_hand + self.chance.choice([-4, -2, -1, 1])
        found = Found(row.place_id, row.lot_id, row.on_hand, counted, Source.VAULT_COUNT)
        open_case(by=self.technician, found=found)

    def case(self) -> int:
        rows = DiscrepancyCase.objects.exclude(state__in=SETTLED).values_list("pk", flat=True)
        return self.chance.choice(sorted(rows) or [0])

    def explain(self) -> None:
        act = self.chance.choice([explain_case, find_unexplained])
        act(by=self.technician, case_id=self.case(), explanation="poured over")

    def close(self) -> None:
        close_case(by=self.pharmacist, case_id=self.case(), because="seen", correct=True)

    def hand_on(self) -> None:
        hand_on_as_loss(by=self.pharmacist, case_id=self.case(), because="suspected")

    def report(self) -> None:
        row = self.held()
        if row is None:
            return
        kind = self.chance.choice([Kind.LOSS, Kind.THEFT])
        missing = Missing(self.units(5), row.lot_id, row.place_id)
        report_loss(by=self.technician, found=Discovery(kind, "short", [missing]))

    def loss(self) -> int:
        rows = Loss.objects.filter(state=State.DISCOVERED.value).values_list("pk", flat=True)
        return self.chance.choice(sorted(rows) or [0])

    def judge(self) -> None:
        """Whoever is first takes it out of the book; the second only judges again."""
        by, loss = self.pharmacist, self.loss()
        factors = dict.fromkeys(federal("DEA-125", on=by.today).names(), "weighed")
        said = Judgement(kind=Kind.LOSS, because="gone", factors=factors, significant=False)
        judge_loss(by=by, loss_id=loss, said=said)
        if self.chance.random() < 0.7:
            close_loss(by=by, loss_id=loss, because="not significant")

    def take_back(self) -> None:
        rows = Move.objects.filter(fill_id=None, reverses=None, reason="carried")
        last = rows.order_by("-pk").values_list("pk", flat=True)[:LAST]
        number = self.chance.choice(list(last) or [0])
        by = self.pharmacist
        reverse_move(by=by, move_id=number, because="slip", key=uuid4().hex)
