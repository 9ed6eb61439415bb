"""All desks of the process together, and what happens by itself as time goes on."""

from pathlib import Path

from simulators.wholesaler.csos import OrderingDesk
from simulators.wholesaler.desk import Desk, Receipt
from simulators.wholesaler.houses import House
from simulators.wholesaler.papers import price_list
from simulators.wholesaler.post import Letter, Post
from simulators.wholesaler.recalls import Recalls
from simulators.wholesaler.records import Paper
from simulators.wholesaler.returning import Returning
from simulators.wholesaler.shipping import Shipping
from simulators.wholesaler.shop import Shop
from simulators.wholesaler.verifying import Verifying
from simulators.wholesaler.x12 import Segment

# A labeler's code of five nines is given to nobody.
UNLISTED = "99999999999"


class Yard:
    """Where everything of the wholesalers is reached."""

    def __init__(self, shop: Shop, *, trust: Path | None = None) -> None:
        self.shop = shop
        self.post = Post(shop)
        self.recalls = Recalls(shop, self.post)
        self.desk = Desk(shop, self.post)
        self.shipping = Shipping(shop, self.post, self.recalls)
        self.verifying = Verifying(shop, self.recalls)
        self.returning = Returning(shop, self.post)
        self.ordering = OrderingDesk(shop, trust)
        self.log: list[dict[str, str]] = []

    def take(self, house: House, raw: bytes, *, by: str) -> Receipt:
        """An interchange, whichever line it came by; written down for the back office."""
        receipt = self.desk.take(house, raw)
        at = self.shop.clock.moment().isoformat()
        entry = {"at": at, "house": house.key, "by": by, "state": receipt.state}
        entry |= {"control": receipt.control, "says": receipt.says}
        self.log.append({**entry, "raw": raw.decode("latin-1")})
        says = f"{receipt.state} {receipt.control} {receipt.says}".rstrip()
        print(f"wholesaler: {house.key} by {by}: {says}", flush=True)
        return receipt

    def pump(self) -> None:
        """Ship and credit what is due by now."""
        for sold in self.shipping.due():
            self.shipping.ship(sold)
        for one in self.returning.due():
            self.returning.credit(one)

    def send_catalogues(self, house: House) -> int:
        """A price list for each account of the house; how many items each has."""
        shop = self.shop
        for account in house.accounts:
            number = f"{house.key[:3].upper()}{shop.memory.count_up('catalogue'):05}"
            named = shop.addressee(house, account, "832")
            body = price_list(
                house, named, shop.catalogue.items, number=number, on=shop.clock.today()
            )
            if shop.faults.take("unknown_drug", house=house.key):
                body = _with_stranger(house, body)
            self.post.x12(Letter(house, account.isa), "832", body)
        return len(shop.catalogue.items)

    def open_shop(self) -> None:
        """Send each wholesaler's first price lists, once in the life of the books."""
        for house in self.shop.trade.houses:
            if not self.shop.memory.rows(Paper, house=house.key, kind="832"):
                self.send_catalogues(house)


def _with_stranger(house: House, body: list[Segment]) -> list[Segment]:
    """The price list with one more item, of an NDC that no directory lists."""
    count = str(int(body[-1][1]) + 1)
    place = ("LIN", count, house.dialect.ndc_qualifier, house.dialect.ndc(UNLISTED))
    number = (house.dialect.item_qualifier, f"{house.item_prefix}999999")
    return [
        *body[:-1],
        (*place, *number),
        ("PID", "F", "", "", "", "NOVEL SAMPLE 5 MG 30 EA"),
        ("CTP", *[""] * (house.dialect.price_at - 2), "CON", "18.4", "1", "EA"),
        ("CTT", count),
    ]
