"""The world outside the house: doctors who send messages, and the payer's back office."""

import json
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from random import Random
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from journeys.house import House
from simulators.prescriber.flaws import FLAWS, Setting
from simulators.prescriber.judge import Answer, read_answer
from simulators.prescriber.order import Order, choose, made_of
from simulators.prescriber.post import Reply
from simulators.prescriber.practice import Practice
from simulators.prescriber.script import cancelrx, newrx
from simulators.prescriber.world import World, read_world

NUMBERS = count(1)
Json = dict[str, object]


REPORTS = frozenset({"N1", "N2", "N3"})
SYRINGE = "58160-821-34"


@dataclass(frozen=True)
class Posted:
    """A message that was sent, and what the house answered."""

    order: Order
    raw: bytes
    status: int
    answer: Answer
    reply: bytes

    @property
    def message_id(self) -> str:
        return self.order.message_id


class Doctors:
    """Fifteen practices whose system writes SCRIPT and knows nothing of this house."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.world: World = read_world()
        self.run = f"{time.time_ns() // 10**6:x}"
        self.today = Practice(self.world, seed=0, run="0").today()

    def order(self, drug: str, patient: str) -> Order:
        """An order of a drug, by its NDC or the beginning of its name, for a patient."""
        number = next(NUMBERS)
        line = next(
            one
            for one in self.world.lines
            if one.ndc == drug or one.description.startswith(drug)
        )
        person = next(
            one for one in self.world.people
            if patient in {one.last_name, f"{one.first_name} {one.last_name}"}
        )  # fmt: skip
        writers = [
            one for one in self.world.prescribers
            if not line.schedule or str(line.schedule) in one.schedules
        ]  # fmt: skip
        message_id = f"DAY{self.run}{number:05d}"
        order = choose(
            self.world,
            Random(number),
            message_id=message_id,
            sent_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.0Z",
            on=self.today,
        )
        writer = writers[0]
        return replace(
            order,
            person=person,
            born_on=person.born_on.isoformat(),
            prescriber=writer,
            npi=writer.npi,
            dea=writer.dea if line.schedule else "",
            line=line,
            ndc=line.ndc,
            rxcui=line.rxcui,
            description=line.description,
            directions=line.directions,
            quantity=f"{line.quantity.normalize():f}",
            days=str(line.days),
            refills=str(line.refills),
            generic_allowed=True,
        )

    def compound(self, name: str, patient: str) -> Posted:
        """Send a NewRx for a compound, by the beginning of its name."""
        line = next(one for one in self.world.compounds if one.description.startswith(name))
        posted = self.send(made_of(self.order("naproxen", patient), line))
        assert (posted.status, posted.answer.kind) == (200, "status"), posted.answer
        return posted

    def dose(self, patient: str) -> Posted:
        """Send a NewRx for the vaccine of the starter shelf, for an adult."""
        order = self.order("naproxen", patient)
        line = replace(order.line, unit_code="C28254", rxcui_kind="SBD")
        dose = replace(
            order,
            line=line,
            ndc="58160082134",
            rxcui="798428",
            description="Engerix-B 20 MCG/ML Prefilled Syringe",
            directions="Inject 1 mL into the muscle of the upper arm once",
            quantity="1",
            days="1",
            refills="0",
        )
        posted = self.send(dose)
        assert (posted.status, posted.answer.kind) == (200, "status"), posted.answer
        return posted

    def send(self, order: Order, raw: bytes | None = None) -> Posted:
        """Post an order as NewRx, or other bytes in its place."""
        message = newrx(order) if raw is None else raw
        reply = self.post(message)
        return Posted(order, message, reply.status, read_answer(reply), reply.body)

    def prescribe(self, drug: str, patient: str) -> Posted:
        """Send a NewRx that the house must take in with a Status."""
        posted = self.send(self.order(drug, patient))
        assert (posted.status, posted.answer.kind) == (200, "status"), posted.answer
        return posted

    def cancel(self, posted: Posted) -> Posted:
        """Take an earlier message back with a CancelRx."""
        order = replace(
            posted.order,
            message_id=f"DAY{self.run}{next(NUMBERS):05d}",
            relates_to=posted.message_id,
        )
        raw = cancelrx(order)
        reply = self.post(raw)
        return Posted(order, raw, reply.status, read_answer(reply), reply.body)

    def flawed(self, flaw: str) -> Posted:
        """Send a message with one named flaw."""
        setting = Setting(self.world, Random(flaw), self.today)
        order, raw = FLAWS[flaw].written(self.order("lisinopril 10", "Becker"), setting)
        return self.send(order, raw)

    def post(self, raw: bytes) -> Reply:
        """The bytes to the house's door, with the partner's credential."""
        token = self.house.token("partner", "eprescribing")
        request = Request(  # noqa: S310 loopback
            f"{self.house.url}/script",
            raw,
            {"Authorization": f"Bearer {token}", "Content-Type": "application/xml"},
        )
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310 loopback
                return Reply(answer.status, answer.read())
        except HTTPError as error:
            return Reply(error.code, error.read())


class PayerDesk:
    """The payer simulator's back office: what really arrived, and how it shall behave."""

    def __init__(self, house: House) -> None:
        self.port = house.payer_admin_port

    def ask(self, method: str, path: str, body: object = None) -> Json:
        raw = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}{path}"
        request = Request(url, raw, method=method)
        with urlopen(request, timeout=10) as answer:  # noqa: S310 loopback
            return dict(json.load(answer))

    def misbehave(self, kind: str, **how: object) -> None:
        self.ask("POST", "/faults", {"kind": kind, **how})

    def behave(self) -> None:
        self.ask("DELETE", "/faults")

    def requests(self, rx_number: int) -> list["Received"]:
        """Every request about a prescription that arrived, in order, but for mere reports."""
        return [one for one in self.received(rx_number) if one.code not in REPORTS]

    def reports(self, rx_number: int) -> list["Received"]:
        """What a first payer was told of later ones, in order."""
        return [one for one in self.received(rx_number) if one.code in REPORTS]

    def received(self, rx_number: int) -> list["Received"]:
        """Everything about a prescription that arrived, in order."""
        found = [Received(entry) for entry in rows(self.ask("GET", "/log"), "requests")]
        return [one for one in found if one.field("D2") == str(rx_number)]

    def held(self, rx_number: int) -> list[dict[str, str]]:
        """What the payer itself remembers as paid or reversed, oldest first."""
        claims = rows(self.ask("GET", "/claims"), "claims")
        mine = [c for c in claims if str(c["rx"]).lstrip("0") == str(rx_number)]
        return [{name: str(value) for name, value in claim.items()} for claim in mine[::-1]]

    def parts(self, rx_number: int) -> list[tuple[str, Decimal, str]]:
        """What it remembers of a prescription: part (343-HD), quantity, state; oldest first."""
        held = self.held(rx_number)
        return [(one["dispensing"], Decimal(one["quantity"]), one["state"]) for one in held]

    def states(self, rx_number: int) -> list[str]:
        return [claim["state"] for claim in self.held(rx_number)]


def rows(found: Json, name: str) -> list[Json]:
    listed = found[name]
    assert isinstance(listed, list)
    return listed


class Received:
    """One request as the payer decoded it."""

    def __init__(self, entry: Json) -> None:
        self.entry = entry
        request = entry["request"]
        self.request: Json = request if isinstance(request, dict) else {}

    @property
    def code(self) -> str:
        header = self.request.get("header")
        return str(header["code"]) if isinstance(header, dict) else ""

    @property
    def service_on(self) -> str:
        """CCYYMMDD."""
        header = self.request.get("header")
        return str(header["service_date"]) if isinstance(header, dict) else ""

    @property
    def fault(self) -> str:
        return str(self.entry["fault"])

    @property
    def rejects(self) -> list[list[str]]:
        found = self.entry["rejects"]
        assert isinstance(found, list)
        return found

    def field(self, name: str) -> str:
        """A field of the request wherever it stands, without leading zeros of a number."""
        for segment in self.segments():
            pairs = segment["fields"]
            assert isinstance(pairs, list)
            for key, value in pairs:
                if key == name:
                    text = str(value).strip()
                    return text.lstrip("0") if name == "D2" else text
        return ""

    def segments(self) -> list[Json]:
        shared, claims = self.request.get("segments"), self.request.get("transactions")
        assert isinstance(shared, list)
        assert isinstance(claims, list)
        return [*shared, *(segment for claim in claims for segment in claim)]
