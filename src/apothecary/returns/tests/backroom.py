"""The back room of the tests' world: what was pulled, who takes it back, and their words."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from apothecary.purchasing.matching.models import AcquisitionCost, Invoice, InvoiceLine
from apothecary.purchasing.papers.models import Interchange, Paper
from apothecary.purchasing.tests.yard import Yard, yard_of
from apothecary.returns.shipments.asking import ask_return, reference, take_answer
from apothecary.returns.shipments.credits import take_credit
from apothecary.returns.shipments.models import ReverseDistributor, Shipment, ShipmentLine
from apothecary.returns.shipments.picking import (
    Particulars,
    begin_return,
    keep_distributor,
    pick,
)
from apothecary.returns.shipments.shipping import ship_return
from apothecary.returns.shipments.states import Group
from apothecary.staff.duties import Role
from apothecary.staff.worker import Worker
from apothecary.stock.actions import receive_stock
from apothecary.stock.expiring.actions import pull_outdate
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Balance, Lot, Place
from apothecary.stock.places.queries import place_for, the_place
from apothecary.wires.models import Incoming

if TYPE_CHECKING:
    from apothecary.config.tests.world import World

DEA = "RM9001049"


@dataclass
class Backroom:
    """A pharmacy with a reverse distributor, and short hands for what is done there."""

    world: "World"
    distributor: ReverseDistributor
    lots: dict[str, Lot] = field(default_factory=dict)

    @property
    def by(self) -> Worker:
        return self.world.technician

    @property
    def quarantine(self) -> Place:
        return the_place(self.world.pharmacy.pk, PlaceKind.QUARANTINE)

    def place(self, kind: PlaceKind) -> Place:
        return the_place(self.world.pharmacy.pk, kind)

    def pulled(
        self, drug: str = "lisinopril", units: str = "90", *, lot: str = "L1", days: int = -5
    ) -> Lot:
        """Units that end so many days from today, on the shelf once and now in quarantine."""
        by = self.world.pharmacist
        package = self.world.drugs[drug]
        spot = place_for(pharmacy_id=by.pharmacy_id, package_id=package.pk).spot
        before = min(by.today, by.today + timedelta(days=days))
        row = receive_stock(
            by=by.at_time(by.at, before),
            package=package,
            lot_number=lot,
            expires_on=by.today + timedelta(days=days),
            quantity=Decimal(units),
            place=Place.objects.get(pk=spot.id),
            key=f"in-{drug}-{lot}",
        )
        pull_outdate(by=self.by, place_id=spot.id, lot_id=row.pk, key=f"out-{drug}-{lot}")
        self.lots[drug] = row
        return row

    def at(self, kind: PlaceKind, drug: str = "lisinopril") -> Decimal:
        """How much of a drug's lots stands in a kind of place."""
        rows = Balance.objects.filter(
            pharmacy=self.world.pharmacy,
            place__kind=kind,
            lot__package=self.world.drugs[drug],
        )
        return sum((one.on_hand for one in rows), Decimal(0))

    def costs(self, drug: str, usd: str) -> None:
        """An approved invoice said what a package cost."""
        seller = self.yard().wholesaler
        number = str(AcquisitionCost.objects.count() + 1)
        at, today = self.by.at, self.by.today
        of = self.world.pharmacy
        incoming = Incoming.objects.create(
            pharmacy_id=of.pk, partner="x", format="x12", message_id=number,
            received_at=at, raw=b"x", sha256=number.encode(),
        )  # fmt: skip
        came = Interchange.objects.create(
            pharmacy=of, wholesaler=seller, incoming=incoming, arrived_at=at
        )
        paper = Paper.objects.create(
            pharmacy=of, interchange=came, wholesaler=seller, place=1, arrived_at=at
        )
        invoice = Invoice.objects.create(
            pharmacy=of, wholesaler=seller, paper=paper, number=number, invoiced_on=today,
            goods_usd=Decimal(usd), charges_usd=0, total_usd=Decimal(usd),
        )  # fmt: skip
        line = InvoiceLine.objects.create(
            pharmacy=of, invoice=invoice, number=1, package=self.world.drugs[drug],
            packages=1, price_usd=Decimal(usd), amount_usd=Decimal(usd),
        )  # fmt: skip
        AcquisitionCost.objects.create(
            pharmacy=of, package=self.world.drugs[drug], usd=Decimal(usd),
            invoice_line=line, invoiced_on=today, known_at=at,
        )  # fmt: skip

    def yard(self) -> Yard:
        """The wholesaler that sold the goods, made once."""
        if not hasattr(self, "_yard"):
            self._yard = yard_of(self.world)
        return self._yard

    def begun(self, group: Group = Group.PLAIN, *, form_222: str = "") -> Shipment:
        """A shipment to the distributor."""
        return begin_return(
            by=self.by, group=group, distributor_id=self.distributor.pk, form_222=form_222
        )

    def picked(self, row: Shipment, lot: Lot, units: str | None = None) -> ShipmentLine:
        """Units of a lot in quarantine, put on it."""
        return pick(
            by=self.by,
            shipment_id=row.pk,
            lot_id=lot.pk,
            place_id=self.quarantine.pk,
            quantity=None if units is None else Decimal(units),
        )

    def asked(self, *drugs: str) -> Shipment:
        """A shipment of pulled drugs whose manifest is out; each cost ten dollars a package."""
        row = self.begun()
        for drug in drugs or ("lisinopril",):
            self.costs(drug, "10.00")
            self.picked(row, self.pulled(drug))
        return ask_return(by=self.by, shipment_id=row.pk)

    def answered(self, row: Shipment, *, refused: tuple[int, ...] = ()) -> Shipment:
        """They have said what they take."""
        row.refresh_from_db()
        lines = [
            {"line": str(one.number), "approved": one.number not in refused,
             "because": "is no product we know" if one.number in refused else ""}
            for one in row.lines.filter(state="picked").order_by("number")
        ]  # fmt: skip
        body = {"authorization": f"RA{row.number:06}", "lines": lines}
        self.hears(row, body)
        return Shipment.objects.get(pk=row.pk)

    def hears(self, row: Shipment, body: object) -> None:
        """An answer as bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        take_answer(by=self.world.system, outgoing_id=row.outgoing_id or 0, raw=raw)

    def shipped(self, *drugs: str) -> Shipment:
        """A return that left."""
        row = self.answered(self.asked(*drugs))
        return ship_return(by=self.by, shipment_id=row.pk, carrier="UPS", tracking="1Z")

    def memo(self, row: Shipment, *lines: tuple[int, str, str], **changes: Any) -> bytes:
        """A credit as they send it: line, their word, dollars of each."""
        total = sum((Decimal(usd) for _, _, usd in lines), Decimal(0))
        by_number = {one.number: one for one in row.lines.all()}
        body = {
            "credit": "CM000001",
            "authorization": row.authorization,
            "reference": reference(row),
            "on": self.by.today.isoformat(),
            "lines": [
                {"line": str(number), "ndc": "0", "state": said, "because": "",
                 "counted": f"{by_number[number].quantity:f}" if number in by_number else "1",
                 "credited_usd": usd}
                for number, said, usd in lines
            ],
            "total_usd": str(total),
        }  # fmt: skip
        return json.dumps(body | changes).encode()

    def credited(self, row: Shipment, *lines: tuple[int, str, str], **changes: Any) -> bool:
        """The credit lies in the mailbox and is taken out."""
        raw = self.memo(row, *lines, **changes)
        return take_credit(by=self.world.system, partner="mesquite", raw=raw, name="credit")


def distributor(code: str = "mesquite") -> Particulars:
    """A reverse distributor as the pharmacist in charge types it."""
    return Particulars(code=code, name="Mesquite Returns", dea=DEA, credit_days=30)


def backroom_of(world: "World") -> Backroom:
    """The world's back room."""
    row = keep_distributor(by=world.workers[Role.IN_CHARGE], given=distributor())
    return Backroom(world, row)


def days_from(today: date, days: int) -> date:
    """So many days later."""
    return today + timedelta(days=days)
