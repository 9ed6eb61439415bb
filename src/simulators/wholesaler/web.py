"""The line most wholesalers have: papers in by POST, papers out from a mailbox, over HTTPS."""

import asyncio
import hmac
import json
import ssl
from pathlib import Path

from simulators.wholesaler.certificate import CERTIFICATE, KEY, make_certificate
from simulators.wholesaler.csos_proof import Unreadable
from simulators.wholesaler.desk import AGAIN, REFUSED
from simulators.wholesaler.door import Door, Reply, Request, as_json
from simulators.wholesaler.houses import House
from simulators.wholesaler.records import Paper
from simulators.wholesaler.returning import BadReturn
from simulators.wholesaler.verifying import Identifier
from simulators.wholesaler.yard import Yard

MEDIA = frozenset({"application/edi-x12", "application/octet-stream"})
NOT_FOUND, NOT_ALLOWED = Reply(404), Reply(405)


class Web:
    """`/<house>/{x12,csos,mailbox,returns}`, `/<reverse>/{manifests,mailbox}` and `/verify`."""

    def __init__(self, yard: Yard, *, credential: str = "", folder: Path | None = None) -> None:
        self._yard, self._credential, self._folder = yard, credential, folder
        self._where = ("127.0.0.1", 0)
        self.door = Door(self._answer)

    async def start(self, host: str, port: int) -> int:
        """Listen; with a folder over TLS, its certificate made there if there is none."""
        self._where = (host, await self.door.open(host, port, tls=self._tls()))
        return self._where[1]

    async def up(self) -> None:
        """Listen again where it listened before."""
        if not self.door.is_open:
            await self.door.open(*self._where, tls=self._tls())

    def _tls(self) -> ssl.SSLContext | None:
        if self._folder is None:
            return None
        make_certificate(self._folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / CERTIFICATE, self._folder / KEY)
        return context

    async def _answer(self, request: Request) -> Reply | None:
        if not self._knows(request.headers.get("authorization", "")):
            return Reply(401)
        faults = self._yard.shop.faults
        key = request.path[0] if request.path else ""
        delay = faults.seconds("delay", house=key)
        if delay:
            await asyncio.sleep(delay)
        if faults.take("busy", house=key):
            return Reply(503)
        self._yard.pump()
        reply = self._route(key, request)
        dropped = request.method == "POST" and faults.take("drop", house=key)
        return None if dropped else reply

    def _knows(self, authorization: str) -> bool:
        scheme, _, said = authorization.partition(" ")
        good = scheme.lower() == "bearer" and hmac.compare_digest(
            said.encode(), self._credential.encode()
        )
        return good or not self._credential

    def _route(self, key: str, request: Request) -> Reply:
        trade = self._yard.shop.trade
        if key == "verify":
            return self._verify(request)
        if key not in trade.keys or len(request.path) < 2:
            return NOT_FOUND
        place = request.path[1]
        house = trade.house(key)
        if place == "mailbox":
            return self._mailbox(key, request)
        if house is None and place == "manifests":
            return self._manifests(request)
        if house is not None and place == "x12" and len(request.path) == 2:
            return self._x12(house, request)
        if house is not None and place == "csos":
            return self._electronic(house, request)
        if house is not None and place == "returns":
            return self._returns(house, request)
        return NOT_FOUND

    def _x12(self, house: House, request: Request) -> Reply:
        if request.method != "POST":
            return NOT_ALLOWED
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media not in MEDIA:
            return Reply(415)
        receipt = self._yard.take(house, request.body, by="web")
        told = {"state": receipt.state, "control": receipt.control}
        if receipt.state == REFUSED:
            return as_json(422, {**told, "problem": receipt.says})
        return as_json(200 if receipt.state == AGAIN else 202, told)

    def _electronic(self, house: House, request: Request) -> Reply:
        desk = self._yard.ordering
        if desk.trust is None:
            return NOT_FOUND
        if request.method == "GET" and len(request.path) == 3:
            found = desk.find(house, request.path[2])
            return as_json(200, found) if found else NOT_FOUND
        if request.method != "POST":
            return NOT_ALLOWED
        try:
            answer = desk.take(house, request.body)
        except Unreadable as error:
            return as_json(422, {"problem": str(error)})
        # Without a revocation list of today nobody can be believed or turned away.
        return as_json(503 if answer["code"] == "crl" else 200, answer)

    def _mailbox(self, key: str, request: Request) -> Reply:
        waiting = self._yard.post.waiting(key)
        if len(request.path) == 2:
            listed = [_told(one) for one in waiting]
            return as_json(200, {"papers": listed}) if request.method == "GET" else NOT_ALLOWED
        found = next((one for one in waiting if str(one.id) == request.path[2]), None)
        if request.method == "DELETE":
            if found is not None:
                self._yard.post.take_away(found)
            return Reply(204)
        if request.method != "GET":
            return NOT_ALLOWED
        return Reply(200, found.body, found.media) if found else NOT_FOUND

    def _verify(self, request: Request) -> Reply:
        words = request.path[1:]
        named = dict(zip(words[::2], words[1::2], strict=False))
        asked = Identifier(
            named.get("gtin", ""), named.get("ser", ""), named.get("lot", ""),
            request.query.get("exp", ""),
        )  # fmt: skip
        if request.method != "GET":
            return NOT_ALLOWED
        if not all((asked.gtin, asked.serial, asked.lot, asked.expires)):
            path = "/verify/gtin/GTIN/lot/LOT/ser/SERIAL?exp=YYMMDD"
            return as_json(422, {"problem": f"ask {path}"})
        return as_json(200, self._yard.verifying.answer(asked))

    def _returns(self, house: House, request: Request) -> Reply:
        if request.method == "GET" and len(request.path) == 3:
            return self._found(request.path[2])
        if request.method != "POST":
            return NOT_ALLOWED
        try:
            return as_json(201, self._yard.returning.saleable(house, _object(request.body)))
        except BadReturn as error:
            return as_json(422, {"problem": str(error)})

    def _manifests(self, request: Request) -> Reply:
        if request.method == "GET" and len(request.path) == 3:
            return self._found(request.path[2])
        if request.method != "POST":
            return NOT_ALLOWED
        try:
            return as_json(201, self._yard.returning.manifest(_object(request.body)))
        except BadReturn as error:
            return as_json(422, {"problem": str(error)})

    def _found(self, number: str) -> Reply:
        found = self._yard.returning.find(number)
        return as_json(200, found) if found else NOT_FOUND


def _told(paper: Paper) -> dict[str, object]:
    return {
        "sequence": paper.id,
        "kind": paper.kind,
        "name": paper.name,
        "media": paper.media,
        "bytes": len(paper.body),
    }


def _object(raw: bytes) -> dict[str, object]:
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise BadReturn(f"body: {error}") from error
    if not isinstance(value, dict):
        raise BadReturn("body: must be a JSON object")
    return value
