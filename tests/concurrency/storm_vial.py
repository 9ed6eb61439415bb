"""The filling counter of the storm: one vial in hand, from the queue to the pharmacist."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apothecary.drugs.models import Package
from apothecary.filling.actions.count import record_count
from apothecary.filling.actions.label import print_label
from apothecary.filling.actions.scan import scan_bottle
from apothecary.filling.actions.send import send_to_check
from apothecary.filling.actions.start import leave_filling, start_filling
from apothecary.staff.worker import Worker
from apothecary.stock.models import Reservation


def barcode(package: Package, lot: str, expires_on: date) -> str:
    """The GS1 string of a bottle: GTIN, expiry, lot."""
    digits = f"003{package.ndc10}"
    weighed = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(digits))
    return f"01{digits}{-weighed % 10}17{expires_on:%y%m%d}10{lot}"


@dataclass
class Vial:
    """A fill that a client has in hand; each act is one of the rooms'."""

    fill_id: int
    scans: list[str] = field(default_factory=list)
    quantity: Decimal = Decimal(0)
    stage: int = 0

    @property
    def steps(self) -> tuple[Callable[[Worker], None], ...]:
        return (self.take, self.scan, self.measure, self.label, self.send)

    def next_act(self) -> Callable[[Worker], None]:
        """What is to be done now."""
        return self.steps[self.stage]

    def moved_on(self) -> bool:
        """After an act that went well: whether the vial has left the hand."""
        if self.stage != 1 or not self.scans:
            self.stage += 1
        return self.stage == len(self.steps)

    def take(self, by: Worker) -> None:
        self.quantity = start_filling(by=by, fill_id=self.fill_id).quantity
        pending = Reservation.objects.filter(fill_id=self.fill_id, state="pending")
        self.scans = [
            barcode(each.lot.package, each.lot.number, each.lot.expires_on)
            for each in pending.select_related("lot__package")
        ]

    def scan(self, by: Worker) -> None:
        raw = self.scans.pop() if self.scans else "no bottle at all"
        scan_bottle(by=by, fill_id=self.fill_id, raw=raw)

    def measure(self, by: Worker) -> None:
        record_count(by=by, fill_id=self.fill_id, quantity=self.quantity)

    def label(self, by: Worker) -> None:
        print_label(by=by, fill_id=self.fill_id, because="in the storm")

    def send(self, by: Worker) -> None:
        send_to_check(by=by, fill_id=self.fill_id)

    def leave(self, by: Worker) -> None:
        leave_filling(by=by, fill_id=self.fill_id)
