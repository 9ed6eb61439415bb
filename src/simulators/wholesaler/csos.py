"""The desk for electronic orders: proves them, answers at once, and puts them on the books."""

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from lxml import etree

from simulators.wholesaler.catalogue import ALLOCATED, BACK, GONE, SHORT, Item, price_usd
from simulators.wholesaler.csos_proof import SPACE, Flawed, Proven, parsed, prove
from simulators.wholesaler.houses import Account, House
from simulators.wholesaler.records import ElectronicOrder, Sold, SoldLine
from simulators.wholesaler.shop import Shop

VALID_FOR = timedelta(days=60)
NUMBER = re.compile(r"[0-9]{2}X[0-9A-Z]{6}")
Json = dict[str, object]


@dataclass(frozen=True)
class Wanted:
    """One item: what goes out next, what waits, or why nothing comes."""

    line: str
    item: Item | None
    packages: int
    ready: int
    back: int
    void: str = ""


class OrderingDesk:
    """One desk for all wholesalers of the process; `trust` None keeps it shut."""

    def __init__(self, shop: Shop, trust: Path | None) -> None:
        self._shop, self.trust = shop, trust

    def take(self, house: House, raw: bytes) -> Json:
        """The answer to an order, the same to the same bytes. Raises Unreadable."""
        if self.trust is None:
            raise LookupError("the ordering desk is shut")
        root = parsed(raw)
        number = root.findtext(f"{SPACE}Number") or ""
        digest, memory = sha256(raw).hexdigest(), self._shop.memory
        with memory.together():
            before = memory.one(ElectronicOrder, house=house.key, digest=digest)
            if before is not None:
                told: Json = json.loads(before.answer)
                return told
            try:
                answer = self._sell(
                    house, prove(root, self.trust, at=self._shop.clock.moment())
                )
            except Flawed as flaw:
                answer = {"state": "refused", "code": flaw.code, "says": flaw.says}
                answer["order"] = number
                # A list of today may be at hand tomorrow: nothing is remembered of that.
                if flaw.code == "crl":
                    return answer
            state, said = str(answer["state"]), json.dumps(answer)
            memory.add(ElectronicOrder(0, house.key, number, digest, state, said, raw))
        return answer

    def find(self, house: House, number: str) -> Json | None:
        """An order with what was sent of it so far."""
        memory = self._shop.memory
        held = memory.one(ElectronicOrder, house=house.key, number=number, state="accepted")
        sold = memory.one(Sold, house=house.key, po=number)
        if held is None or sold is None:
            return None
        lines = memory.rows(SoldLine, order_id=sold.id)
        sent = [{"line": one.number, "wanted": one.wanted, "sent": one.sent, "back": one.back}
                for one in lines]  # fmt: skip
        return {"order": number, "number": sold.number, "lines": sent}

    def _sell(self, house: House, order: Proven) -> Json:
        number, account = order.text("Number"), self._judge(house, order)
        wanted = [self._wanted(order, one) for one in order.root.iter(f"{SPACE}Item")]
        if not wanted:
            raise Flawed("items", "nothing is ordered")
        void = [{"line": int(one.line), "because": one.void} for one in wanted if one.void]
        if len(void) == len(wanted):
            raise Flawed("items", f"nothing of it can come: {void[0]['because']}")
        own = self._book(house, account, order, wanted)
        says = "accepted" if not void else "accepted in part"
        return {"order": number, "state": "accepted", "code": "", "says": says, "number": own,
                "void": void}  # fmt: skip

    def _judge(self, house: House, order: Proven) -> Account:
        """The customer whose order this is, when it may be filled."""
        number, purchaser = order.text("Number"), order.text("Purchaser/DEA")
        today, memory = self._shop.clock.today(), self._shop.memory
        account = next((one for one in house.accounts if one.buyer.dea == purchaser), None)
        if NUMBER.fullmatch(number) is None:
            raise Flawed("number", f"{number!r} is no number of an order")
        if memory.rows(ElectronicOrder, house=house.key, number=number, state="accepted"):
            raise Flawed("repeated", f"{number} was used for another order")
        if order.dea != purchaser:
            raise Flawed("registrant", f"the certificate is not for {purchaser}")
        if account is None:
            raise Flawed("customer", f"{purchaser} is no customer")
        if order.text("Supplier/DEA") != house.party.dea:
            raise Flawed("supplier", f"it is for another supplier than {house.party.dea}")
        try:
            signed_on = date.fromisoformat(order.text("SignedOn"))
        except ValueError as error:
            raise Flawed("date", f"SignedOn: {error}") from error
        # A day begins elsewhere before it begins here.
        if not signed_on - timedelta(days=1) <= today <= signed_on + VALID_FOR:
            raise Flawed("date", f"signed on {signed_on}: it is filled within 60 days")
        return account

    def _wanted(self, order: Proven, one: etree._Element) -> Wanted:
        said = {etree.QName(part).localname: part.text or "" for part in one}
        line, packages = one.get("number", ""), said.get("Packages", "")
        if not (packages.isdecimal() and 0 < int(packages) <= 9999 and line.isdecimal()):
            raise Flawed("items", f"item {line}: {packages!r} packages")
        count, item = int(packages), self._shop.catalogue.by_ndc(said.get("NDC", ""))
        if item is None:
            return Wanted(line, None, count, 0, 0, "no such item")
        if item.schedule != said.get("Schedule"):
            raise Flawed("schedule", f"item {line} is of schedule {item.schedule}")
        if item.schedule != "0" and item.schedule not in order.schedules:
            raise Flawed("schedule", f"the signer may not order schedule {item.schedule}")
        kind, value = item.does
        if kind == GONE:
            return Wanted(line, item, count, 0, 0, "discontinued by the manufacturer")
        most = {BACK: 0}.get(kind, int(value) if kind in {SHORT, ALLOCATED} else count)
        ready = min(count, most, self._at_hand(count))
        back = 0 if kind == ALLOCATED else count - ready
        return Wanted(line, item, count, ready, back)

    def _at_hand(self, count: int) -> int:
        """By fault half of it, at least one, goes out first and the rest waits."""
        return max(count // 2, 1) if self._shop.faults.take("csos_partial") else count

    def _book(self, house: House, account: Account, order: Proven, wanted: list[Wanted]) -> str:
        shop, memory = self._shop, self._shop.memory
        own = f"{house.key[0].upper()}C{memory.count_up(f'csos/{house.key}'):06}"
        ships = shop.ship_after is not None and any(one.ready for one in wanted)
        ship_at = shop.now() + (shop.ship_after or 0) if ships else 0.0
        day = order.text("SignedOn")
        sold = Sold(0, house.key, account.number, order.text("Number"), own, day, ship_at)
        sold_id = memory.add(sold)
        for one in wanted:
            price = price_usd(house, account, one.item) if one.item else Decimal(0)
            status = "IR" if one.void else "IB" if not one.ready else "IA"
            ndc = one.item.ndc if one.item else ""
            memory.add(SoldLine(0, sold_id, one.line, ndc, one.packages, "EA", price, status,
                                one.ready, one.back))  # fmt: skip
        return own
