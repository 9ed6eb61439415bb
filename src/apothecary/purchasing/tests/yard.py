"""A wholesaler of the tests' world: its catalogue, its papers, and hands that scan."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

from apothecary.drugs.ndc import Ndc
from apothecary.purchasing.ordering.going import approve_and_send
from apothecary.purchasing.ordering.models import Order, OrderLine
from apothecary.purchasing.ordering.pad import put_on_pad
from apothecary.purchasing.papers.models import Interchange, Paper
from apothecary.purchasing.papers.taking import take_in
from apothecary.purchasing.receiving.delivery import start_receipt
from apothecary.purchasing.receiving.door import Came, receive
from apothecary.purchasing.receiving.models import Receipt, ReceivedPackage, ShipNotice
from apothecary.purchasing.states import Condition
from apothecary.purchasing.wholesalers.actions import keep_wholesaler
from apothecary.purchasing.wholesalers.models import CatalogueItem, ItemPrice, Wholesaler
from apothecary.purchasing.wholesalers.rules import Particulars
from apothecary.staff.duties import Role
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import Programme
from apothecary.wires.x12.build import Row, SetDraft
from apothecary.wires.x12.supply import Envelope, dialect, write_interchange

if TYPE_CHECKING:
    from apothecary.config.tests.world import World

ACCOUNT, ACCOUNT_340B = "0012345", "0012345B"
THEIRS, OURS = "ZZ:WHOLESALER", "ZZ:PHARMACY"
FAR = date(2028, 6, 30)
CONTROLS = count(1)
PRICES = {
    "lisinopril": "2.11",
    "warfarin": "11.00",
    "amoxicillin": "24.50",
    "amoxicillin-liquid": "4.30",
    "metformin": "2.50",
    "oxycodone": "12.00",
}


def particulars(code: str = "plains", *, priority: int = 1) -> Particulars:
    """A wholesaler as the pharmacist in charge types it."""
    return Particulars(
        code=code,
        name=f"{code.title()} Drug",
        account=ACCOUNT,
        account_340b=ACCOUNT_340B,
        dialect="plain",
        edi_id=THEIRS,
        our_edi_id=OURS,
        dea="RC9001013",
        priority=priority,
    )


@dataclass
class Yard:
    """One wholesaler that sells the drugs of the world at one price each."""

    world: "World"
    wholesaler: Wholesaler
    items: dict[str, CatalogueItem] = field(default_factory=dict)

    @property
    def by(self) -> Worker:
        return self.world.technician

    def lists(
        self, drug: str, usd: str, *, programme: Programme = Programme.OWN
    ) -> CatalogueItem:
        """The wholesaler offers a drug at a price."""
        item = self.items.get(drug)
        if item is None:
            package = self.world.drugs[drug]
            item = CatalogueItem.objects.create(
                pharmacy=self.world.pharmacy,
                wholesaler=self.wholesaler,
                item_number=f"{300_000 + package.pk}",
                ndc=package.ndc11,
                package=package,
                description=str(package.product),
                seen_on=self.by.today,
            )
            self.items[drug] = item
        ItemPrice.objects.create(
            pharmacy=self.world.pharmacy,
            item=item,
            programme=programme.value,
            usd=Decimal(usd),
            contract="contract",
            starts_on=self.by.today - timedelta(days=30),
            seen_at=self.by.at,
        )
        return item

    def padded(self, **packages: int) -> Order:
        """Lines on the pad, by the drug's name with underscores for hyphens."""
        order = None
        for name, many in packages.items():
            line = put_on_pad(
                by=self.by,
                package=self.world.drugs[name.replace("_", "-")],
                packages=many,
                wholesaler_id=self.wholesaler.pk,
            )
            order = line.order
        if order is None:
            raise LookupError("nothing was put on the pad")
        return Order.objects.get(pk=order.pk)

    def sent(self, **packages: int) -> Order:
        """An order that is in the outbox."""
        return approve_and_send(by=self.by, order_id=self.padded(**packages).pk)

    def line(self, order: Order, drug: str) -> OrderLine:
        """The line of a drug, as it stands."""
        return OrderLine.objects.get(order=order, package=self.world.drugs[drug])

    # What the wholesaler writes

    def raw(self, *sets: SetDraft, control: int = 0, sender: str = THEIRS) -> bytes:
        """An interchange of the wholesaler's."""
        number = control or next(CONTROLS)
        qualifier, _, name = sender.partition(":")
        envelope = Envelope(
            sender=(qualifier, name),
            receiver=("ZZ", "PHARMACY"),
            at=datetime(2026, 11, 23, 9, 0),  # noqa: DTZ001 local time of the partner
            control=number,
            group_control=number,
        )
        return write_interchange(sets, envelope, dialect(self.wholesaler.dialect))

    def takes(self, *sets: SetDraft, control: int = 0) -> list[Paper]:
        """The papers of an interchange that came, after the house has acted on them."""
        return self.takes_raw(self.raw(*sets, control=control))

    def takes_raw(self, raw: bytes) -> list[Paper]:
        """The same for bytes."""
        came: list[Interchange] = take_in(
            by=self.world.system, wholesaler=self.wholesaler, raw=raw
        )
        return list(Paper.objects.filter(interchange__in=came).order_by("pk"))

    def ids(self, drug: str) -> tuple[str, str, str, str]:
        """The product of a line as the plain dialect writes it."""
        item = self.items[drug]
        return ("N4", item.ndc, "VN", item.item_number)

    def answer(
        self, order: Order, *lines: tuple[str, int, Sequence[tuple[str, int]]],
        kind: str = "AC", price: str = "", account: str = ACCOUNT,
    ) -> SetDraft:  # fmt: skip
        """An 855: for each drug what was ordered, then code and packages of each part."""
        rows: list[Row] = [
            ("BAK", "00", kind, order.po, "20261123", "", "", "", "SO77", "20261123"),
            ("REF", "IA", account),
        ]
        for drug, many, parts in lines:
            line = self.line(order, drug)
            ids = self.ids(drug)
            asked = price or f"{line.price_usd:f}"
            rows.append(("PO1", str(line.number), str(many), "EA", asked, "", *ids))
            rows += [
                ("ACK", code, str(n), "EA", "068", "20261124", "", *ids) for code, n in parts
            ]
        rows.append(("CTT", str(len(lines)), str(sum(many for _, many, _ in lines))))
        return SetDraft("855", rows)

    def notice(
        self, order: Order, *items: tuple[str, int, str], shipment: str = "SH1",
        sscc: str = "006141410000000012", ship_to: str = ACCOUNT,
    ) -> SetDraft:  # fmt: skip
        """An 856 with one tote: drug, packages, lot of each."""
        rows: list[Row] = [
            ("BSN", "00", shipment, "20261123", "0900", "0001"),
            ("HL", "1", "", "S"),
            ("DTM", "017", "20261124"),
            ("N1", "ST", "SAMPLE", "92", ship_to),
            ("HL", "2", "1", "O"),
            ("PRF", order.po, "", "", "20261123"),
            ("HL", "3", "2", "P"),
            ("MAN", "GM", sscc),
        ]
        for level, (drug, many, lot) in enumerate(items, start=4):
            rows += [
                ("HL", str(level), "3", "I"),
                ("LIN", str(level), *self.ids(drug)),
                ("SN1", "", str(many), "EA"),
                ("REF", "LT", lot),
                ("DTM", "036", f"{FAR:%Y%m%d}"),
            ]
        total = sum(many for _, many, _ in items)
        rows.append(("CTT", str(3 + len(items)), str(total)))
        return SetDraft("856", rows)

    def invoice(
        self, order: Order, *lines: tuple[str, int, str], number: str = "INV1",
        freight: str = "", total: str = "", po: str = "",
    ) -> SetDraft:  # fmt: skip
        """An 810: drug, packages, price of each; it adds up unless a total says otherwise."""
        rows: list[Row] = [
            ("BIG", "20261124", number, "20261123", po or order.po),
            ("REF", "IA", ACCOUNT),
        ]
        owed = Decimal(freight or 0)
        for place, (drug, many, price) in enumerate(lines, start=1):
            ids = self.ids(drug)
            rows.append(("IT1", str(place), str(many), "EA", price, "", *ids))
            owed += many * Decimal(price)
        said = Decimal(total) if total else owed
        rows.append(("TDS", str(int(said * 100))))
        if freight:
            cents = str(int(Decimal(freight) * 100))
            rows.append(("SAC", "C", "D240", "", "", cents, *[""] * 9, "FREIGHT"))
        many_in_all = sum(many for _, many, _ in lines)
        rows.append(("CTT", str(len(lines)), str(many_in_all)))
        return SetDraft("810", rows)

    # What hands do

    def announced(self, order: Order, *items: tuple[str, int, str]) -> ShipNotice:
        """A ship notice that was taken in."""
        (paper,) = self.takes(self.notice(order, *items))
        if paper.problem:
            raise LookupError(paper.problem)
        return ShipNotice.objects.get(paper=paper)

    def begun(self, order: Order) -> Receipt:
        """A delivery of an order without a ship notice."""
        return start_receipt(by=self.by, order_id=order.pk)

    def notice_receipt(self, notice: ShipNotice) -> Receipt:
        """A delivery of a ship notice."""
        return start_receipt(by=self.by, notice_id=notice.pk)

    def came(
        self, drug: str = "lisinopril", *, serial: str = "", lot: str = "L7",
        expires_on: date = FAR, packages: int = 1, key: str = "", dea_order: str = "",
    ) -> Came:  # fmt: skip
        """A package at the door as its code tells it."""
        package = self.world.drugs[drug]
        gtin = Ndc.parse(package.ndc).gtin14() if serial else ""
        return Came(
            package=package,
            lot=lot,
            expires_on=expires_on,
            key=key or f"{drug}-{serial}-{next(CONTROLS)}",
            gtin=gtin,
            serial=serial,
            packages=packages,
            dea_order=dea_order,
        )

    def takes_in(
        self, receipt: Receipt, came: Came, *, condition: Condition = Condition.GOOD,
        because: str = "", by: Worker | None = None,
    ) -> ReceivedPackage:  # fmt: skip
        """The scan of a package."""
        return receive(
            by=by or self.by,
            receipt_id=receipt.pk,
            came=came,
            condition=condition,
            because=because,
        )


def yard_of(world: "World", code: str = "plains", *, priority: int = 1) -> Yard:
    """A wholesaler with a price for every drug of the world that may be ordered."""
    by = world.workers[Role.IN_CHARGE]
    wholesaler = keep_wholesaler(by=by, given=particulars(code, priority=priority))
    yard = Yard(world, wholesaler)
    for drug, usd in PRICES.items():
        yard.lists(drug, usd)
    return yard
