"""The payer's back office: a small JSON page on loopback to look, and to set misbehaviour.

GET /health, /log?since=ID, /claims, /faults, /authorizations, /remittances. POST /faults,
/authorizations, /decisions, /today, /remittances, /takebacks. DELETE /faults, /log. One request
a connection.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qs, urlsplit

from simulators.payer.authorizing import APPROVE, DENY, OPEN
from simulators.payer.clock import Clock
from simulators.payer.faults import KINDS, BadFault, read_fault
from simulators.payer.line import Line
from simulators.payer.remittance.paying import BadRemittance, Remitting
from simulators.payer.wire import is_number

MAX_BODY_BYTES = 65536
Json = dict[str, object]


class BadRequest(ValueError):
    """What was asked cannot be done; answered 422 with the text."""


class Admin:
    """Serves the page for one line."""

    def __init__(self, line: Line, clock: Clock, remitting: Remitting) -> None:
        self._line, self._clock, self._remitting = line, clock, remitting
        self._server: asyncio.Server | None = None
        self._routes: dict[tuple[str, str], Callable[[dict[str, str], Json], Json]] = {
            ("GET", "/health"): self._health,
            ("GET", "/log"): self._show_log,
            ("DELETE", "/log"): self._clear_log,
            ("GET", "/claims"): self._show_claims,
            ("GET", "/faults"): self._show_faults,
            ("POST", "/authorizations"): self._authorize,
            ("POST", "/today"): self._set_today,
            ("GET", "/authorizations"): self._show_requests,
            ("POST", "/decisions"): self._decide,
            ("GET", "/remittances"): self._show_remittances,
            ("POST", "/remittances"): self._remit,
            ("POST", "/takebacks"): self._take_back,
        }

    async def start(self, host: str, port: int) -> int:
        """Listen; gives the port."""
        self._server = await asyncio.start_server(self._serve, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the page."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            status, body = await self._reply(reader)
            raw = json.dumps(body).encode()
            head = (
                f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(raw)}\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode() + raw)
            await writer.drain()
        except (
            ConnectionError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
        ) as error:
            print(f"payer: admin connection ended: {error}", flush=True)
        finally:
            writer.close()

    async def _reply(self, reader: asyncio.StreamReader) -> tuple[str, Json]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, *_ = [*head[0].split(" "), "", ""]
        try:
            values = _json(await _body(head, reader))
            parts = urlsplit(target)
            query = {name: found[-1] for name, found in parse_qs(parts.query).items()}
            if parts.path == "/faults" and method != "GET":
                return "200 OK", await self._change_faults(method, values)
            route = self._routes.get((method, parts.path))
            if route is None:
                return "404 Not Found", {"problem": f"{method} {parts.path} is not here"}
            return "200 OK", route(query, values)
        except (BadRequest, BadFault, BadRemittance) as error:
            return "422 Unprocessable Content", {"problem": str(error)}

    def _health(self, query: dict[str, str], values: Json) -> Json:
        return {"up": self._line.is_up, "port": self._line.port, "seen": self._line.seen}

    def _show_log(self, query: dict[str, str], values: Json) -> Json:
        since = query.get("since", "0")
        if not is_number(since):
            raise BadRequest("since: must be a whole number")
        entries = [e for e in self._line.log if int(str(e["id"])) > int(since)]
        return {"seen": self._line.seen, "requests": entries}

    def _clear_log(self, query: dict[str, str], values: Json) -> Json:
        self._line.log.clear()
        return {"seen": self._line.seen}

    def _show_claims(self, query: dict[str, str], values: Json) -> Json:
        claims = [asdict(claim) for claim in self._line.desk.memory.everything()]
        return {"claims": [{k: str(v) for k, v in claim.items()} for claim in claims]}

    def _show_faults(self, query: dict[str, str], values: Json) -> Json:
        known: Json = {**KINDS, "down": "refuse callers until DELETE /faults"}
        return {
            "faults": [fault.as_json() for fault in self._line.faults.now()],
            "up": self._line.is_up,
            "kinds": known,
        }

    async def _change_faults(self, method: str, values: Json) -> Json:
        if method == "DELETE":
            self._line.faults.clear()
            await self._line.up()
        elif method == "POST" and values.get("kind") == "down":
            await self._line.down()
        elif method == "POST":
            self._line.faults.add(read_fault(values))
        else:
            raise BadRequest(f"{method}: only GET, POST and DELETE")
        return self._show_faults({}, {})

    def _authorize(self, query: dict[str, str], values: Json) -> Json:
        wanted = ("plan", "number", "cardholder", "ingredient")
        texts = {name: str(values.get(name, "")) for name in wanted}
        missing = [name for name, text in texts.items() if not text]
        if missing:
            raise BadRequest(f"{', '.join(missing)}: missing")
        if texts["plan"] not in {plan.key for plan in self._line.desk.books.plans}:
            raise BadRequest(f"plan: {texts['plan']!r} is not one of ours")
        self._line.desk.memory.approve(
            texts["plan"], texts["number"], texts["cardholder"], texts["ingredient"]
        )
        return {"authorized": texts}

    def _show_requests(self, query: dict[str, str], values: Json) -> Json:
        return {"requests": [one.as_json() for one in self._line.desk.authorizing.all()]}

    def _decide(self, query: dict[str, str], values: Json) -> Json:
        reference, decision = str(values.get("reference", "")), str(values.get("decision", ""))
        if decision not in {APPROVE, DENY}:
            raise BadRequest(f"decision: must be {APPROVE} or {DENY}")
        asked = self._line.desk.authorizing.all()
        if reference not in {one.reference for one in asked if one.state == OPEN}:
            raise BadRequest(f"reference: {reference!r} is not an open request")
        return self._line.desk.authorizing.decide(reference, decision).as_json()

    def _show_remittances(self, query: dict[str, str], values: Json) -> Json:
        return {"remittances": [asdict(one) for one in self._remitting.sent()]}

    def _remit(self, query: dict[str, str], values: Json) -> Json:
        fault, plan = str(values.get("fault", "")), str(values.get("plan", ""))
        return asdict(self._remitting.remit(self._clock.moment(), fault=fault, plan=plan))

    def _take_back(self, query: dict[str, str], values: Json) -> Json:
        try:
            usd = Decimal(str(values.get("amount_usd", "")))
        except InvalidOperation as error:
            raise BadRequest("amount_usd: must be dollars") from error
        authorization = str(values.get("authorization", ""))
        self._remitting.take_back(authorization, usd)
        return {"authorization": authorization, "amount_usd": str(usd)}

    def _set_today(self, query: dict[str, str], values: Json) -> Json:
        try:
            self._clock.fixed = date.fromisoformat(str(values.get("today", "")))
        except ValueError as error:
            raise BadRequest(f"today: {error}") from error
        return {"today": self._clock.today().isoformat()}


async def _body(head: list[str], reader: asyncio.StreamReader) -> bytes:
    lengths = [
        line.split(":", 1)[1].strip()
        for line in head
        if line.lower().startswith("content-length:")
    ]
    if not lengths:
        return b""
    if not is_number(lengths[0]) or int(lengths[0]) > MAX_BODY_BYTES:
        raise BadRequest(f"content-length: {lengths[0]!r}")
    return await reader.readexactly(int(lengths[0]))


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
