"""The wholesalers' back office: JSON on loopback to look, to let time pass, and to misbehave.

GET /health /faults /orders /papers /totes /recalls /returns /catalogue /log. POST /faults
/clock /ship /release /catalogues /recalls /credits. DELETE /faults. `/totes` is what lies in
each tote: the truth, whatever the papers say.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date

from simulators.wholesaler import gs1
from simulators.wholesaler.catalogue import item_number, list_price_usd, price_usd
from simulators.wholesaler.door import Door, Reply, Request, as_json
from simulators.wholesaler.faults import KINDS, BadFault, read_fault
from simulators.wholesaler.houses import House
from simulators.wholesaler.recalls import CLASSES, REASON
from simulators.wholesaler.records import OPEN, Package, Paper, Sold, SoldLine, Tote
from simulators.wholesaler.shipping import CannotShip
from simulators.wholesaler.web import Web
from simulators.wholesaler.yard import Yard

MOST_SECONDS = 90 * 86400
ON_THE_WAY, ARRIVED = "on the way", "arrived"
Json = dict[str, object]


class BadRequest(ValueError):
    """What was asked cannot be done; answered 422 with the text."""


class Admin:
    """Serves the back office of one yard."""

    def __init__(self, yard: Yard, web: Web, *, answer_within: int) -> None:
        self._yard, self._web, self._within = yard, web, answer_within
        self.door = Door(self._answer)
        self._routes: dict[tuple[str, str], Callable[[Json], Json]] = {
            ("GET", "health"): self._health,
            ("GET", "faults"): self._faults,
            ("GET", "orders"): self._orders,
            ("GET", "papers"): self._papers,
            ("GET", "totes"): self._totes,
            ("GET", "recalls"): self._recalls,
            ("GET", "returns"): self._returns,
            ("GET", "catalogue"): self._catalogue,
            ("GET", "log"): self._log,
            ("POST", "clock"): self._clock,
            ("POST", "ship"): self._ship,
            ("POST", "release"): self._release,
            ("POST", "catalogues"): self._send_catalogues,
            ("POST", "recalls"): self._recall,
            ("POST", "credits"): self._credit,
        }

    async def _answer(self, request: Request) -> Reply:
        path = "/".join(request.path)
        try:
            self._yard.pump()
            values: Json = {**request.query, **_json(request.body)}
            if path == "faults" and request.method != "GET":
                return as_json(200, await self._change_faults(request.method, values))
            route = self._routes.get((request.method, path))
            if route is None:
                return as_json(404, {"problem": f"{request.method} /{path} is not here"})
            return as_json(200, route(values))
        except (BadRequest, BadFault, CannotShip) as error:
            return as_json(422, {"problem": str(error)})

    def _health(self, values: Json) -> Json:
        shop = self._yard.shop
        return {
            "up": self._web.door.is_open,
            "now": shop.clock.moment().isoformat(),
            "wholesalers": list(shop.trade.keys),
            "taken": len(self._yard.log),
        }

    def _faults(self, values: Json) -> Json:
        return {"faults": self._yard.shop.faults.now(), "kinds": KINDS}

    async def _change_faults(self, method: str, values: Json) -> Json:
        faults = self._yard.shop.faults
        if method == "DELETE":
            faults.clear()
            await self._web.up()
        elif method == "POST":
            fault = read_fault(values, houses=self._yard.shop.trade.keys)
            if fault.kind == "dead":
                await self._web.door.close()
            else:
                faults.add(fault)
        else:
            raise BadRequest(f"{method}: only GET, POST and DELETE")
        return self._faults({})

    def _house(self, values: Json) -> House:
        key = str(values.get("house", ""))
        house = self._yard.shop.trade.house(key)
        if house is None:
            raise BadRequest(f"house: {key!r} is no wholesaler here")
        return house

    def _orders(self, values: Json) -> Json:
        memory = self._yard.shop.memory
        told = []
        for sold in memory.rows(Sold):
            lines = memory.rows(SoldLine, order_id=sold.id)
            shown = [{**asdict(one), "price_usd": str(one.price_usd)} for one in lines]
            told.append({**asdict(sold), "lines": shown})
        return {"orders": told}

    def _papers(self, values: Json) -> Json:
        """Papers that no 997 came for `within` seconds (else as the command line said)."""
        within = _whole(values, "within", self._within)
        late = [
            {"house": one.house, "kind": one.kind, "name": one.name, "po": one.po}
            for one in self._yard.post.overdue(within=within)
        ]
        memory = self._yard.shop.memory
        answered = [
            {"name": one.name, "kind": one.kind, "answer": one.answer}
            for one in memory.rows(Paper, wants_answer=1) if one.answer
        ]  # fmt: skip
        return {"overdue": late, "answered": answered}

    def _totes(self, values: Json) -> Json:
        """The truth, by house and order number where they are given."""
        memory, now = self._yard.shop.memory, self._yard.shop.now()
        asked = {name: str(values[name]) for name in ("house", "po") if name in values}
        told = []
        for tote in memory.rows(Tote, **asked):
            inside = memory.rows(Package, tote=tote.sscc, present=1)
            told.append({
                "house": tote.house,
                "po": tote.po,
                "shipment": tote.shipment,
                "sscc": tote.sscc,
                "scan": gs1.tote_scan(tote.sscc),
                "state": ARRIVED if tote.arrives_at <= now else ON_THE_WAY,
                "is_cold": bool(tote.is_cold),
                "arrived_c": tote.arrived_c,
                "packages": [_bottle(one) for one in inside],
            })  # fmt: skip
        return {"totes": told}

    def _recalls(self, values: Json) -> Json:
        return {"recalls": self._yard.recalls.notices()}

    def _returns(self, values: Json) -> Json:
        waiting = self._yard.returning.open_ones()
        return {"waiting": [one.number for one in waiting]}

    def _catalogue(self, values: Json) -> Json:
        """What each item costs at a house, by account, and how it behaves."""
        house = self._house(values)
        return {
            "items": [
                {
                    "ndc": item.ndc,
                    "gtin": item.gtin,
                    "item": item_number(house, item),
                    "says": item.says,
                    "behaviour": item.behaviour,
                    "list_usd": str(list_price_usd(item)),
                    "prices_usd": {
                        account.number: str(price_usd(house, account, item))
                        for account in house.accounts
                    },
                }
                for item in self._yard.shop.catalogue.items
            ]
        }

    def _log(self, values: Json) -> Json:
        return {"taken": self._yard.log}

    def _clock(self, values: Json) -> Json:
        clock = self._yard.shop.clock
        if "today" in values:
            try:
                day = date.fromisoformat(str(values["today"]))
            except ValueError as error:
                raise BadRequest(f"today: {error}") from error
            if day < clock.today():
                raise BadRequest("today: the clock is not set back")
            clock.begin(day)
        clock.advance(_whole(values, "seconds", 0))
        self._yard.pump()
        return {"now": clock.moment().isoformat()}

    def _sold(self, values: Json) -> Sold:
        house, po = self._house(values), str(values.get("po", ""))
        found = self._yard.shop.memory.one(Sold, house=house.key, po=po)
        if found is None:
            raise BadRequest(f"po: {house.key} has no order {po!r}")
        return found

    def _ship(self, values: Json) -> Json:
        """One order by house and number, or without them every open one that has something."""
        if values:
            return {"bottles": self._yard.shipping.ship(self._sold(values))}
        bottles = 0
        for sold in self._yard.shop.memory.rows(Sold, state=OPEN):
            lines = self._yard.shop.memory.rows(SoldLine, order_id=sold.id)
            if any(line.ready for line in lines):
                bottles += self._yard.shipping.ship(sold)
        return {"bottles": bottles}

    def _release(self, values: Json) -> Json:
        return {"bottles": self._yard.shipping.release(self._sold(values))}

    def _send_catalogues(self, values: Json) -> Json:
        return {"items": self._yard.send_catalogues(self._house(values))}

    def _recall(self, values: Json) -> Json:
        ndc, lots = str(values.get("ndc", "")), str(values.get("lots", "")).split()
        item = self._yard.shop.catalogue.by_hyphened(ndc)
        kind = str(values.get("classification", "II"))
        if item is None:
            raise BadRequest(f"ndc: {ndc!r} is not in the catalogue (write it with hyphens)")
        if not lots:
            raise BadRequest("lots: at least one, parted by blanks")
        if kind not in CLASSES:
            raise BadRequest(f"classification: {kind!r} is none of {', '.join(CLASSES)}")
        reason = str(values.get("reason", REASON))
        return self._yard.recalls.begin(item, lots, classification=kind, reason=reason)

    def _credit(self, values: Json) -> Json:
        """Every return that waits is credited now."""
        open_ones = self._yard.returning.open_ones()
        return {"credits": [self._yard.returning.credit(one) for one in open_ones]}


def _bottle(one: Package) -> Json:
    scan = gs1.package_scan(one.gtin, lot=one.lot, expires=one.symbol_expiry, serial=one.serial)
    return {
        "scan": scan,
        "ndc": one.ndc,
        "gtin": one.gtin,
        "serial": one.serial,
        "lot": one.lot,
        "expires_on": one.expires_on,
        "is_damaged": bool(one.is_damaged),
        "on_papers": bool(one.on_papers),
    }


def _whole(values: Json, name: str, default: int) -> int:
    text = str(values.get(name, default))
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_SECONDS:
        raise BadRequest(f"{name}: must be a whole number up to {MOST_SECONDS}")
    return int(text)


def _json(raw: bytes) -> Json:
    if not raw:
        return {}
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise BadRequest(f"body: {error}") from error
    if not isinstance(value, dict):
        raise BadRequest("body: must be a JSON object")
    return value
