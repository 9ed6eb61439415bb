"""A shipment: totes go out, ship notice, tracing document and bill follow."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from simulators.wholesaler import epcis_json, epcis_xml
from simulators.wholesaler.catalogue import percent
from simulators.wholesaler.houses import Account, House
from simulators.wholesaler.packing import Packing
from simulators.wholesaler.papers import Billed, Charge, Sent, Trip, invoice, ship_notice
from simulators.wholesaler.post import JSON, XML, Letter, Post
from simulators.wholesaler.recalls import Recalls
from simulators.wholesaler.records import (
    OPEN,
    SHIPPED,
    ElectronicOrder,
    Package,
    Sold,
    SoldLine,
)
from simulators.wholesaler.shop import Shop
from simulators.wholesaler.tracing import Deal, Traced

FREIGHT, FUEL = "D240", "D500"
ROUNDING_FAULT = Decimal("1.00")
DEARER_PERCENT = Decimal(110)


class CannotShip(ValueError):
    """Nothing of that order can go out; the text says why."""


class Shipping:
    """Ships what is ready of an order."""

    def __init__(self, shop: Shop, post: Post, recalls: Recalls) -> None:
        self._shop, self._post, self._recalls = shop, post, recalls

    def due(self) -> list[Sold]:
        """Open orders whose hour has come."""
        waiting = self._shop.memory.rows(Sold, state=OPEN)
        return [one for one in waiting if 0 < one.ship_at <= self._shop.now()]

    def release(self, sold: Sold) -> int:
        """What was back-ordered is there and goes out; how many bottles."""
        for line in self._lines(sold):
            self._shop.memory.change(line, ready=line.ready + line.back, back=0)
        return self.ship(sold)

    def ship(self, sold: Sold) -> int:
        """Send out every ready line with its papers; how many bottles."""
        shop, memory = self._shop, self._shop.memory
        house, account = self._parties(sold)
        lines = [line for line in self._lines(sold) if line.ready]
        if not lines:
            raise CannotShip(f"po: nothing of {sold.po!r} is ready")
        with memory.together():
            trip = self._trip(sold)
            packed = Packing(shop, self._recalls, house, account).pack(
                sold.po, trip.shipment, lines
            )
            # What was ordered electronically is on no purchase order that papers could name.
            on_paper = not memory.rows(ElectronicOrder, house=house.key, number=sold.po)
            if on_paper:
                self._notice(house, account, trip, packed)
            self._trace(house, account, trip, packed)
            if on_paper:
                self._bill(house, account, trip, lines)
            for line in lines:
                memory.change(line, ready=0, sent=line.sent + line.ready)
            memory.change(sold, state=SHIPPED)
        return sum(line.ready for line in lines)

    def _lines(self, sold: Sold) -> list[SoldLine]:
        return self._shop.memory.rows(SoldLine, order_id=sold.id)

    def _parties(self, sold: Sold) -> tuple[House, Account]:
        house = self._shop.trade.house(sold.house)
        account = house.account(sold.account) if house else None
        if house is None or account is None:
            raise CannotShip(f"po: {sold.house} {sold.account} is no longer in the trade")
        return house, account

    def _trip(self, sold: Sold) -> Trip:
        shop = self._shop
        number = shop.memory.count_up(f"shipment/{sold.house}")
        letter = sold.house[0].upper()
        arrives = datetime.fromtimestamp(shop.now() + shop.arrive_after, UTC).date()
        return Trip(
            sold.po, date.fromisoformat(sold.ordered_on), f"{letter}S{number:06}",
            f"{letter}I{number:06}", shop.clock.moment(), arrives,
        )  # fmt: skip

    def _notice(
        self, house: House, account: Account, trip: Trip, packed: Sequence[Package]
    ) -> None:
        told = Counter(
            (one.tote, one.line, one.ndc, one.lot, one.expires_on)
            for one in packed if one.on_papers
        )  # fmt: skip
        sent = [
            Sent(tote, line, self._shop.item(ndc), lot, date.fromisoformat(last), count)
            for (tote, line, ndc, lot, last), count in told.items()
        ]
        named = self._shop.addressee(house, account, "856")
        wait = self._shop.faults.seconds("late_856", house=house.key)
        letter = Letter(house, account.isa, trip.po, wait)
        self._post.x12(letter, "856", ship_notice(house, named, trip, sent))

    def _trace(
        self, house: House, account: Account, trip: Trip, packed: Sequence[Package]
    ) -> None:
        faults = self._shop.faults
        if faults.take("no_epcis", house=house.key):
            return
        told = [
            Traced(
                self._shop.item(one.ndc), one.serial, one.paper_lot,
                date.fromisoformat(one.expires_on), one.tote,
            )
            for one in packed if one.on_papers
        ]  # fmt: skip
        instance = f"urn:apothecary:simulator:{house.key}:{trip.shipment}"
        deal = Deal(
            house.party, account.buyer, trip.po, trip.shipment, trip.at,
            self._shop.trade.gs1_prefix, instance,
            with_statement=not faults.take("no_statement", house=house.key),
        )  # fmt: skip
        letter = Letter(house, account.isa, trip.po)
        if house.epcis == "2.0":
            self._post.document(letter, "epcis", JSON, epcis_json.document(deal, told))
        else:
            self._post.document(letter, "epcis", XML, epcis_xml.document(deal, told))

    def _bill(
        self, house: House, account: Account, trip: Trip, lines: Sequence[SoldLine]
    ) -> None:
        billed = [
            Billed(one.number, self._shop.item(one.ndc), one.ready, one.unit, one.price_usd)
            for one in lines
        ]
        billed[0] = self._misbilled(house, billed[0])
        goods = sum((one.count * one.price_usd for one in billed), Decimal("0.00"))
        charges = self._charges(goods)
        total = goods + sum((one.usd for one in charges), Decimal("0.00"))
        if self._shop.faults.take("invoice_sum", house=house.key):
            total += ROUNDING_FAULT
        named = self._shop.addressee(house, account, "810")
        body = invoice(house, named, trip, billed, charges, total_usd=total)
        self._post.x12(Letter(house, account.isa, trip.po), "810", body)

    def _misbilled(self, house: House, first: Billed) -> Billed:
        if self._shop.faults.take("invoice_price", house=house.key):
            first = replace(first, price_usd=percent(first.price_usd, DEARER_PERCENT))
        if self._shop.faults.take("invoice_extra", house=house.key):
            first = replace(first, count=first.count + 1)
        return first

    def _charges(self, goods_usd: Decimal) -> list[Charge]:
        """Fuel always; freight, given back when the goods are worth enough."""
        fees = self._shop.trade.fees
        charges = [
            Charge(FUEL, fees.fuel_usd, "FUEL"),
            Charge(FREIGHT, fees.freight_usd, "FREIGHT"),
        ]
        if goods_usd >= fees.free_freight_from_usd:
            charges.append(Charge(FREIGHT, -fees.freight_usd, "FREIGHT ALLOWANCE"))
        return charges
