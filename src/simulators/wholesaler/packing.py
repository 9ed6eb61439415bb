"""Bottles into totes: lots, expiry, serials, and what by fault is other than the papers say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from simulators.wholesaler import gs1
from simulators.wholesaler.catalogue import NO_DAY, Item
from simulators.wholesaler.houses import Account, House
from simulators.wholesaler.recalls import Recalls
from simulators.wholesaler.records import Package, SoldLine, Tote
from simulators.wholesaler.shop import Shop

TOTE_HOLDS = 24
LOT_HOLDS = 12
COLD_C, WARM_C, ROOM_C = "4.1", "12.4", "21.0"
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
COLD, CONTROLLED, PLAIN = "cold", "controlled", "plain"


class Packing:
    """Packs one shipment and writes totes and packages down."""

    def __init__(self, shop: Shop, recalls: Recalls, house: House, account: Account) -> None:
        self._shop, self._recalls = shop, recalls
        self._house, self._account = house, account

    def pack(self, po: str, shipment: str, lines: Sequence[SoldLine]) -> list[Package]:
        """Every bottle of the shipment as written down, in the order of the papers."""
        bottles: dict[str, list[Package]] = {COLD: [], CONTROLLED: [], PLAIN: []}
        for line in lines:
            item = self._shop.item(line.ndc)
            made = [self._bottle(item, line.number, place) for place in range(line.ready)]
            bottles[_kind(item)] += made
        packed: list[Package] = []
        for kind, made in bottles.items():
            for start in range(0, len(made), TOTE_HOLDS):
                sscc = self._tote(po, shipment, is_cold=kind == COLD)
                inside = made[start : start + TOTE_HOLDS]
                packed += [replace(one, tote=sscc) for one in inside]
        packed = self._spoiled(packed)
        for one in packed:
            self._shop.memory.add(one)
        return packed

    def _tote(self, po: str, shipment: str, *, is_cold: bool) -> str:
        shop, house = self._shop, self._house
        number = gs1.sscc(shop.trade.gs1_prefix, shop.memory.count_up("sscc"))
        warm = is_cold and shop.faults.take("warm", house=house.key)
        arrived = (WARM_C if warm else COLD_C) if is_cold else ROOM_C
        shop.memory.add(
            Tote(
                0, number, house.key, self._account.number, po, shipment, int(is_cold), arrived,
                shop.now() + shop.arrive_after,
            )
        )  # fmt: skip
        return number

    def _bottle(self, item: Item, line: str, place: int) -> Package:
        lot, expires_on = self.lot(item, place // LOT_HOLDS)
        return self._of_lot(item, line, lot, expires_on)

    def lot(self, item: Item, later: int = 0) -> tuple[str, date]:
        """The lot now sold of an item and its last day; `later` ones come behind it."""
        today = self._shop.clock.today()
        quarter = today.year * 4 + (today.month - 1) // 3 + later
        draw = self._shop.random("lot", item.ndc, quarter)
        number = f"{draw.choice(LETTERS)}{draw.randrange(10_000, 100_000)}"
        return number, gs1.end_of_month(today, months=draw.randrange(14, 30))

    def _of_lot(self, item: Item, line: str, lot: str, expires_on: date) -> Package:
        count = self._shop.memory.count_up("serial")
        draw = self._shop.random("serial", count)
        serial = f"{draw.randrange(10**7, 10**8)}{count:06}"
        return Package(
            0, self._house.key, self._account.number, "", line, item.ndc, item.gtin, serial,
            lot, expires_on.isoformat(), _printed(item, expires_on), lot,
        )  # fmt: skip

    def _spoiled(self, packed: list[Package]) -> list[Package]:
        """The first bottle of the shipment suffers what was asked for."""
        if not packed:
            return packed
        first, rest = self._other_lot(packed[0]), packed[1:]
        if self._struck("epcis_lot"):
            first = replace(first, paper_lot=f"{first.lot}X")
        if self._struck("sold_elsewhere"):
            first = replace(first, sold_to=self._house.stranger.number)
        if self._struck("damaged"):
            first = replace(first, is_damaged=1)
        if self._struck("missing"):
            first = replace(first, present=0)
        beside = []
        item = self._shop.item(first.ndc)
        if self._struck("wrong_item"):
            first = replace(first, present=0)
            beside.append(self._stray(self._next_to(item), first.tote))
        if self._struck("extra"):
            beside.append(self._stray(item, first.tote))
        return [first, *rest, *beside]

    def _struck(self, kind: str) -> bool:
        return bool(self._shop.faults.take(kind, house=self._house.key))

    def _other_lot(self, first: Package) -> Package:
        item, today = self._shop.item(first.ndc), self._shop.clock.today()
        months = {"expired": -1, "short_dated": 1}
        for kind, count in months.items():
            if self._struck(kind):
                expires_on = gs1.end_of_month(today, months=count)
                made = self._of_lot(item, first.line, f"{first.lot}{count % 10}", expires_on)
                return replace(made, tote=first.tote)
        fault = self._shop.faults.take("recalled", house=self._house.key)
        if fault:
            self._recalls.begin(item, [first.lot], wait=fault.seconds)
        return first

    def _stray(self, item: Item, tote: str) -> Package:
        """A bottle nobody wrote down."""
        return replace(self._bottle(item, "", 0), tote=tote, on_papers=0)

    def _next_to(self, item: Item) -> Item:
        """The item that stands beside it on the wholesaler's shelf."""
        every = [
            one for one in self._shop.catalogue.items
            if (one.schedule, one.storage) == (item.schedule, item.storage)
        ]  # fmt: skip
        return every[(every.index(item) + 1) % len(every)]


def _kind(item: Item) -> str:
    if item.is_cold:
        return COLD
    return PLAIN if item.schedule == "0" else CONTROLLED


def _printed(item: Item, expires_on: date) -> str:
    return gs1.expiry_digits(expires_on, day=item.does[0] != NO_DAY)
