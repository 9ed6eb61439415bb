"""Goods that go back: saleable ones to the wholesaler, outdates to the reverse distributor.

Both answer at once whether they take a line, and credit later: in full, short, or nothing.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from simulators.wholesaler.catalogue import CENT, Item, price_usd
from simulators.wholesaler.houses import House
from simulators.wholesaler.post import JSON, Post
from simulators.wholesaler.records import Package, Return
from simulators.wholesaler.shop import Shop

SALEABLE, MANIFEST = "saleable", "manifest"
FULL, SHORT, DENIED = "full", "short", "denied"
# A wholesaler sells on only what lasts; a reverse distributor takes what is about to expire or
# has been expired for no longer than a year.
SALEABLE_FOR, TAKEN_BEFORE, TAKEN_AFTER = 180, 183, 365
MOST_LINES = 500
Json = dict[str, object]
NOTHING = Decimal("0.00")


class BadReturn(ValueError):
    """A return that cannot be taken in; the text names the field."""


@dataclass(frozen=True)
class Line:
    """One line of either return, as far as that one knows it."""

    line: str
    item: Item | None
    lot: str
    expires_on: date
    quantity: Decimal
    serial: str
    form_222: str


class Returning:
    """Both desks."""

    def __init__(self, shop: Shop, post: Post) -> None:
        self._shop, self._post = shop, post

    def saleable(self, house: House, body: Json) -> Json:
        """Whether packages bought here may come back, each by its own identifier."""
        number = _text(body, "account")
        if house.account(number) is None:
            raise BadReturn(f"account: {number!r} is not one of {house.party.name}")
        reference, lines = _text(body, "reference"), self._lines(body)
        if again := self._again(house.key, reference, lines):
            return again
        reasons = {one.line: self._unsaleable(house, number, one) for one in lines}
        named: set[tuple[str, str]] = set()
        for one in lines:
            package = (one.item.ndc if one.item else "", one.serial)
            reasons[one.line] = reasons[one.line] or ("is named twice" * (package in named))
            named.add(package)
        good = [one for one in lines if not reasons[one.line]]
        with self._shop.memory.together():
            made = self._keep(house.key, SALEABLE, number, reference, good)
            for one in good:
                sold = self._sold(house, one)
                if sold is not None:
                    self._shop.memory.change(sold, returned=1)
        return {"authorization": made, "lines": _answers(reasons)}

    def manifest(self, body: Json) -> Json:
        """Outdates on their way to the reverse distributor."""
        lines, key = self._lines(body), self._shop.trade.reverse_key
        if again := self._again(key, _text(body, "reference"), lines):
            return again
        reasons = {one.line: self._refused(one) for one in lines}
        good = [one for one in lines if not reasons[one.line]]
        account = _text(body, "dea")
        if account != self._shop.trade.pharmacy.dea:
            raise BadReturn(f"dea: {account!r} is no customer")
        made = self._keep(key, MANIFEST, account, _text(body, "reference"), good)
        return {"authorization": made, "lines": _answers(reasons)}

    def find(self, number: str) -> Json | None:
        """A return and its credit, by its authorization."""
        found = self._shop.memory.one(Return, number=number)
        if found is None:
            return None
        credit = json.loads(found.credit) if found.credit else None
        return {"authorization": number, "reference": found.reference, "credit": credit}

    def due(self) -> list[Return]:
        """Returns whose credit is due."""
        now = self._shop.now()
        open_ones = self._shop.memory.rows(Return, credit="")
        return [one for one in open_ones if 0 < one.credit_at <= now]

    def open_ones(self) -> list[Return]:
        """Returns not yet credited."""
        return self._shop.memory.rows(Return, credit="")

    def credit(self, one: Return) -> Json:
        """Decide the credit and put it into the mailbox."""
        shop = self._shop
        fate = FULL
        for kind, state in (("credit_denied", DENIED), ("credit_short", SHORT)):
            if shop.faults.take(kind, house=one.house):
                fate = state
        lines = [self._credited(one, row, fate) for row in json.loads(one.lines)]
        total = sum((Decimal(str(row["credited_usd"])) for row in lines), NOTHING)
        made: Json = {
            "credit": f"CM{shop.memory.count_up('credit'):06}",
            "authorization": one.number,
            "reference": one.reference,
            "on": shop.clock.today().isoformat(),
            "lines": lines,
            "total_usd": str(total),
        }
        raw = json.dumps(made)
        shop.memory.change(one, credit=raw)
        self._post.keep(one.house, "credit", JSON, raw.encode())
        return made

    def _credited(self, one: Return, row: dict[str, str], fate: str) -> Json:
        item = self._shop.item(row["ndc"])
        counted = Decimal(row["quantity"])
        because = ""
        if fate == SHORT:
            counted, because = counted / 2, "counted less than the manifest says"
        elif fate == DENIED:
            because = "the manufacturer does not credit this lot"
        share = NOTHING if fate == DENIED else counted / item.quantity
        return {
            "line": row["line"],
            "ndc": item.ndc11,
            "counted": f"{counted.normalize():f}",
            "state": fate,
            "because": because,
            "credited_usd": str((self._price(one, item) * share).quantize(CENT)),
        }

    def _price(self, one: Return, item: Item) -> Decimal:
        house = self._shop.trade.house(one.house)
        account = house.account(one.account) if house else None
        return price_usd(house, account, item) if house and account else item.price_usd

    def _keep(
        self, key: str, kind: str, account: str, reference: str, lines: list[Line]
    ) -> str:
        if not lines:
            return ""
        shop = self._shop
        if shop.memory.rows(Return, house=key, reference=reference):
            raise BadReturn(f"reference: {reference!r} was used before")
        number = f"RA{shop.memory.count_up('return'):06}"
        rows = _rows(lines)
        after = shop.credit_after
        credit_at = 0.0 if after is None else shop.now() + after
        shop.memory.add(
            Return(0, key, kind, account, reference, number, json.dumps(rows), credit_at)
        )
        return number

    def _again(self, key: str, reference: str, lines: list[Line]) -> Json | None:
        """The answer to a return that was sent before; a line left off stays so."""
        before = next(
            iter(self._shop.memory.rows(Return, house=key, reference=reference)), None
        )
        taken = {row["line"]: row for row in json.loads(before.lines)} if before else {}
        asked = {row["line"]: row for row in _rows(lines)}
        if before is None or not taken.items() <= asked.items():
            return None
        off = {one.line: "" if one.line in taken else "was not taken before" for one in lines}
        return {"authorization": before.number, "lines": _answers(off)}

    def _sold(self, house: House, one: Line) -> Package | None:
        if one.item is None:
            return None
        return self._shop.memory.one(
            Package, house=house.key, gtin=one.item.gtin, serial=one.serial
        )

    def _unsaleable(self, house: House, account: str, one: Line) -> str:
        sold = self._sold(house, one)
        if one.item is None or sold is None:
            return "was not sold by us"
        last = self._shop.clock.today() + timedelta(days=SALEABLE_FOR)
        checks = (
            (sold.account != account or bool(sold.sold_to), "was not sold to this account"),
            (bool(sold.returned), "came back before"),
            (sold.lot != one.lot, "is of another lot"),
            (sold.expires_on != one.expires_on.isoformat(), "has another expiry"),
            (one.item.is_cold, "refrigerated goods do not come back"),
            (one.expires_on < last, f"expires within {SALEABLE_FOR} days"),
            (one.quantity != one.item.quantity, "was opened"),
        )
        return next((says for is_so, says in checks if is_so), "")

    def _refused(self, one: Line) -> str:
        today = self._shop.clock.today()
        first = one.expires_on - timedelta(days=TAKEN_BEFORE)
        last = one.expires_on + timedelta(days=TAKEN_AFTER)
        if one.item is None:
            return "is no product we know"
        if one.item.schedule == "2" and not one.form_222:
            return "Schedule II needs our DEA Form 222 (21 CFR 1305.03)"
        if today < first:
            return f"expires in more than {TAKEN_BEFORE} days"
        return f"expired more than {TAKEN_AFTER} days ago" if today > last else ""

    def _lines(self, body: Json) -> list[Line]:
        rows = body.get("lines")
        if not isinstance(rows, list) or not 0 < len(rows) <= MOST_LINES:
            raise BadReturn(f"lines: 1 to {MOST_LINES}")
        lines = [self._line(row, place) for place, row in enumerate(rows, start=1)]
        if len({one.line for one in lines}) < len(lines):
            raise BadReturn("lines: two have the same number")
        return lines

    def _line(self, row: object, place: int) -> Line:
        if not isinstance(row, dict):
            raise BadReturn(f"lines[{place}]: must be an object")
        try:
            expires_on = date.fromisoformat(_text(row, "expires_on"))
            quantity = Decimal(_text(row, "quantity"))
        except (ValueError, InvalidOperation) as error:
            raise BadReturn(f"lines[{place}]: {error}") from error
        if not quantity.is_finite() or quantity <= 0:
            raise BadReturn(f"lines[{place}].quantity: must be above zero")
        digits = _text(row, "ndc").replace("-", "")
        return Line(
            str(row.get("line", place)), self._shop.catalogue.by_ndc(digits), _text(row, "lot"),
            expires_on, quantity, str(row.get("serial", "")), str(row.get("form_222", "")),
        )  # fmt: skip


def _text(row: dict[str, object], name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str | int) or value == "":
        raise BadReturn(f"{name}: missing")
    return str(value)


def _rows(lines: list[Line]) -> list[dict[str, str]]:
    return [
        {"line": one.line, "ndc": one.item.ndc, "quantity": str(one.quantity)}
        for one in lines if one.item
    ]  # fmt: skip


def _answers(reasons: dict[str, str]) -> list[Json]:
    return [
        {"line": line, "approved": not reason, "because": reason}
        for line, reason in reasons.items()
    ]
