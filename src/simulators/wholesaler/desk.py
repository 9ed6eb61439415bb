"""The order desk: takes an interchange, answers with a 997, and an order with an 855."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from simulators.wholesaler import papers, selling
from simulators.wholesaler.houses import House
from simulators.wholesaler.order import Examination, Flaw, Order
from simulators.wholesaler.post import Letter, Post
from simulators.wholesaler.records import Sold, SoldLine
from simulators.wholesaler.shop import Shop
from simulators.wholesaler.x12 import Group, Interchange, Set, Unreadable, element, read

ORDERS, RECEIPTS = "PO", "FA"
BAD_SENDER, BAD_RECEIVER, REPEATED = "006", "008", "025"
NOT_SUPPORTED = "1"
TAKEN, AGAIN, REFUSED = "taken", "again", "refused"


@dataclass(frozen=True)
class Receipt:
    """What became of an interchange; `says` names what is wrong with a refused one."""

    state: str
    control: str = ""
    says: str = ""


class Desk:
    """One desk for all wholesalers of the process."""

    def __init__(self, shop: Shop, post: Post) -> None:
        self._shop, self._post = shop, post

    def take(self, house: House, raw: bytes) -> Receipt:
        """Everything an interchange causes, or nothing but a refusal."""
        memory = self._shop.memory
        with memory.together():
            try:
                read_in = read(raw)
                self._known(house, read_in)
                digest = sha256(raw).hexdigest()
                seen = memory.seen(house.key, read_in.sender, read_in.control)
                if seen == digest:
                    return Receipt(AGAIN, read_in.control)
                if seen:
                    raise _refusal(REPEATED, "ISA13 was used for another interchange", read_in)
            except Unreadable as error:
                return self._refuse(house, error)
            memory.see(house.key, read_in.sender, read_in.control, digest)
            for receipt in read_in.receipts:
                self._note(house, element(receipt, 1), element(receipt, 4))
            for group in read_in.groups:
                self._group(house, read_in, group)
        return Receipt(TAKEN, read_in.control)

    def _known(self, house: House, read_in: Interchange) -> None:
        if read_in.receiver != house.isa:
            raise _refusal(BAD_RECEIVER, f"ISA08 is not {house.isa}", read_in)
        if read_in.sender not in {one.isa for one in house.accounts}:
            raise _refusal(BAD_SENDER, f"ISA06 {read_in.sender!r} is no customer", read_in)

    def _refuse(self, house: House, error: Unreadable) -> Receipt:
        if error.control:
            letter = Letter(house, error.sender)
            self._post.interchange_refused(letter, error.control, error.note)
        return Receipt(REFUSED, error.control, str(error))

    def _group(self, house: House, read_in: Interchange, group: Group) -> None:
        if group.code == RECEIPTS:
            for one in group.sets:
                self._receipt(house, one)
            return
        results = list(self._examined(house, group))
        flaws = [(codes, found) for codes, found, _ in results]
        self._answer(house, read_in, papers.acknowledgement(group, flaws))
        if not group.problems:
            for codes, found, order in results:
                if order is not None and not codes and not found:
                    self._sell(house, order)

    def _examined(
        self, house: House, group: Group
    ) -> Iterator[tuple[list[str], list[Flaw], Order | None]]:
        """Each set's codes of AK5, flaws, and the order if it is one."""
        known = {one.po for one in self._shop.memory.rows(Sold, house=house.key)}
        for one in group.sets:
            codes = list(one.problems)
            if group.code != ORDERS or one.kind != "850":
                yield [NOT_SUPPORTED, *codes], [], None
                continue
            examination = Examination(house, self._shop.catalogue, frozenset(known))
            order = examination.result(one)
            if order is not None and not codes:
                known.add(order.po)
            yield codes, examination.flaws, order

    def _answer(self, house: House, read_in: Interchange, body: list[tuple[str, ...]]) -> None:
        faults = self._shop.faults
        if faults.take("no_997", house=house.key):
            return
        wait = faults.seconds("late_997", house=house.key)
        self._post.x12(Letter(house, read_in.sender, wait=wait), "997", body)

    def _receipt(self, house: House, one: Set) -> None:
        """A 997 of the pharmacy: AK1 names our group, AK9 says how it was taken."""
        group = next((element(s, 2) for s in one.segments if s[0] == "AK1"), "")
        answer = next((element(s, 1) for s in one.segments if s[0] == "AK9"), "")
        self._note(house, group, answer)

    def _note(self, house: House, control: str, answer: str) -> None:
        """A paper's group and interchange have one number; a TA1 names it with zeros."""
        number = control.lstrip("0")
        if not number or not answer or not self._post.acknowledged(house.key, number, answer):
            print(f"wholesaler: {house.key} knows no paper {control!r}", flush=True)

    def _sell(self, house: House, order: Order) -> None:
        shop, memory = self._shop, self._shop.memory
        decided = selling.decide(house, shop.catalogue, order)
        number = f"{house.key[0].upper()}O{memory.count_up(f'order/{house.key}'):06}"
        ships = shop.ship_after is not None and any(one.ready for one in decided)
        ship_at = shop.now() + (shop.ship_after or 0) if ships else 0.0
        sold_id = memory.add(
            Sold(
                0, house.key, order.account.number, order.po, number,
                order.ordered_on.isoformat(), ship_at,
            )
        )  # fmt: skip
        for one in decided:
            memory.add(
                SoldLine(
                    0, sold_id, one.line.number, one.item.ndc if one.item else "",
                    one.line.quantity, one.line.unit, one.price_usd, one.status, one.ready,
                    one.back,
                )
            )  # fmt: skip
        body = papers.order_answer(
            house, shop.addressee(house, order.account, "855"), po=order.po, number=number,
            ordered_on=order.ordered_on, on=shop.clock.today(),
            lines=[one.answered() for one in decided],
        )  # fmt: skip
        wait = shop.faults.seconds("late_855", house=house.key)
        self._post.x12(Letter(house, order.account.isa, order.po, wait), "855", body)


def _refusal(note: str, says: str, read_in: Interchange) -> Unreadable:
    error = Unreadable(note, says)
    error.control, error.sender, error.receiver = (
        read_in.control, read_in.sender, read_in.receiver,
    )  # fmt: skip
    return error
