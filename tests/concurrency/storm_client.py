"""A process of the storm: some clients that do random things to one pharmacy, all at once.

Orders, checks, sales and stock go over HTTP, each with an Idempotency-Key that is sent again
until an answer comes; what happens at the filling counter calls the rooms directly. Program:
``python -m concurrency.storm_client`` with the plan as JSON on stdin; prints what happened.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from apothecary.config.lifeline import die_with_parent
from apothecary.config.outage import database_away
from apothecary.law.problem import Refused
from apothecary.staff.models import Person
from apothecary.staff.signon import person_as_worker, stand_in
from apothecary.staff.worker import NotAllowed, Worker
from concurrency.storm_vial import Vial
from concurrency.storm_wire import PATIENCE_S, PAUSE_S, Answer, Tally, Wire

LOOK_EVERY = 9
SEEN = 40
STATES = ("waiting", "filling", "check", "ready", "short", "review")
PHARMACIST, TECHNICIAN = "pharmacist", "technician"
# Strokes as the pad sends them.
DRAWN = "600x180 M40,90 L80,40 L120,130 L160,50 L200,120 L240,70 L280,110 L320,60"


class Client:
    """One of the crowd: a person with a line of her own, and chance."""

    def __init__(self, plan: dict[str, Any], number: int) -> None:
        self.plan, self.number = plan, number
        self.chance = random.Random(f"{plan['seed']}/{number}")
        self.role = list(plan["people"])[number % len(plan["people"])]
        self.tally, self.asked = Tally(), 0
        self.wire = Wire(plan["port"], self.tally)
        self.seen: dict[str, list[Any]] = defaultdict(list)
        self.vial: Vial | None = None
        self.person: Person | None = None
        self.acts = self.weighed()

    def weighed(self) -> list[Callable[[], None]]:
        """Every act as often as it weighs."""
        table: dict[Callable[[], None], int] = {
            self.enter: 13,
            self.fill: 46,
            self.approve: 12,
            self.send_back: 2,
            self.bin: 3,
            self.sell: 9,
            self.bring_back: 2,
            self.cancel: 2,
            self.cancel_rx: 1,
            self.part: 2,
            self.try_stock: 3,
            self.review: 2,
            self.receive: 2,
            self.count: 2,
            self.quarantine: 1,
            self.release: 1,
            self.overreach: 1,
        }
        return [act for act, weight in table.items() for _ in range(weight)]

    def run(self, told: Callable[[], None]) -> None:
        """Do what the plan asks of each client; every act is counted once."""
        turn = 0
        while self.tally.acts < self.plan["acts"]:
            if turn % LOOK_EVERY == 0:
                self.look()
            turn += 1
            self.chance.choice(self.acts)()
            told()
        self.wire.hang_up()
        connection.close()

    # Asking the server

    def post(self, name: str, path: str, body: object = None, *, role: str = "") -> Answer:
        """One act over HTTP, now and then a second time with the same key."""
        self.asked += 1
        key = f"{self.plan['seed']}-{self.number}-{self.asked}"
        token = self.plan["tokens"][role or self.role]
        answer = self.wire.ask("POST", f"/api{path}", token=token, body=body, key=key)
        if answer.good:
            self.tally.done[name] += 1
        elif answer.business:
            self.tally.refused[name] += 1
        else:
            self.tally.faults.append(f"{name} {path}: {answer.status} {answer.body}")
        if answer.good and self.chance.random() < 0.03:
            again = self.wire.ask("POST", f"/api{path}", token=token, body=body, key=key)
            self.tally.replayed += 1
            if (again.body, again.replayed) != (answer.body, True):
                self.tally.faults.append(f"{name} {path}: a retry was answered otherwise")
        return answer

    def look(self) -> None:
        """See where fills are; by the time one acts, others have moved them on."""
        state = self.chance.choice(STATES)
        token = self.plan["tokens"][self.role]
        path = f"/api/fills?state={state}&limit={SEEN}"
        answer = self.wire.ask("GET", path, token=token)
        if answer.good:
            self.seen[state] = answer.body
        else:
            self.tally.faults.append(f"look {path}: {answer.status} {answer.body}")

    def some(self, *states: str) -> Any:
        """A fill that was seen in one of these states."""
        found = [fill for state in states for fill in self.seen[state]]
        return self.chance.choice(found) if found else None

    def on_fill(
        self, name: str, states: tuple[str, ...], verb: str, body: object = None, role: str = ""
    ) -> Answer | None:
        fill = self.some(*states)
        if fill is None:
            return None
        return self.post(name, f"/fills/{fill['id']}/{verb}", body, role=role)

    # At the counter and the check, over HTTP

    def enter(self) -> None:
        hot = self.chance.random() < 0.6
        order = {
            "patient_id": self.chance.choice(self.plan["patients"]),
            "prescriber_id": self.plan["prescriber"],
            "ndc": self.plan["drugs"][0] if hot else self.chance.choice(self.plan["drugs"]),
            "quantity": str(self.chance.choice([10, 20, 30, 60, 90])),
            "days_supply": self.chance.choice([10, 30]),
            "directions": "Take 1 tablet by mouth once daily.",
            "written_on": f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}",
            "pay": "cash",
        }
        answer = self.post("enter", "/prescriptions", order)
        if answer.good:
            self.tally.entered.append(answer.body["id"])

    def approve(self) -> None:
        self.on_fill("approve", ("check",), "approve", role=PHARMACIST)

    def send_back(self) -> None:
        body = {
            "reason_code": self.chance.choice(["wrong-count", "label", "quantity"]),
            "text": "look",
        }
        self.on_fill("send back", ("check",), "send-back", body, PHARMACIST)

    def bin(self) -> None:
        self.on_fill("bin", ("ready",), "bin", {"bin": f"B{self.chance.randrange(40)}"})

    def sell(self) -> None:
        first = self.some("ready")
        if first is None:
            return
        bags = [f["id"] for f in self.seen["ready"] if f["patient_id"] == first["patient_id"]]
        self.chance.shuffle(bags)
        sale = {
            "fill_ids": bags,
            "receiver": "Pat Storm",
            "identifiers": ["name", "birth_date"],
            "counsel": "refused",
            "signature": DRAWN,
            "known": True,
        }
        if self.post("sell", "/sales", sale).good:
            self.tally.sold += bags

    def bring_back(self) -> None:
        body = {"because": "not picked up"}
        self.on_fill("return", ("ready",), "return-to-stock", body)

    def cancel(self) -> None:
        self.on_fill("cancel", STATES, "cancel", {"because": "changed her mind"}, PHARMACIST)

    def cancel_rx(self) -> None:
        fill = self.some(*STATES)
        if fill is not None:
            path = f"/prescriptions/{fill['prescription_id']}/cancel"
            self.post("cancel rx", path, {"because": "stopped"}, role=PHARMACIST)

    def part(self) -> None:
        body = {"quantity_now": str(self.chance.choice([5, 8, 12])), "because": "short"}
        self.on_fill("part", ("waiting", "short", "filling"), "part", body)

    def try_stock(self) -> None:
        self.on_fill("try stock", ("short",), "try-stock")

    def review(self) -> None:
        fill = self.some("review")
        if fill is None:
            return
        token = self.plan["tokens"][PHARMACIST]
        found = self.wire.ask("GET", f"/api/fills/{fill['id']}/findings", token=token)
        said = {"service_code": "M0", "result_code": "1B", "text": "known and wanted"}
        for finding in found.body if found.good else ():
            if finding["resolved_at"] is None:
                path = f"/findings/{finding['id']}/resolve"
                self.post("resolve", path, said, role=PHARMACIST)
        self.post("review", f"/fills/{fill['id']}/review", role=PHARMACIST)

    def overreach(self) -> None:
        """A technician tries what is a pharmacist's: always refused."""
        answer = self.on_fill("overreach", ("check",), "approve", role=TECHNICIAN)
        if answer is not None and answer.good:
            self.tally.faults.append("a technician approved a fill")

    # Stock

    def lot(self) -> Any:
        """Some lot as it is now; those of the hot drug oftener."""
        ndc = self.chance.choice(self.plan["drugs"])
        path = f"/api/stock/lots?ndc={ndc}&limit=12"
        answer = self.wire.ask("GET", path, token=self.plan["tokens"][PHARMACIST])
        return self.chance.choice(answer.body) if answer.good and answer.body else None

    def receive(self) -> None:
        number = f"N{self.number}.{self.asked}"
        delivery = {
            "ndc": self.chance.choice(self.plan["drugs"]),
            "lot": f"NEW{self.chance.randrange(30)}",
            "expires_on": "2031-05-31",
            "quantity": str(self.chance.choice([20, 100, 300])),
            "place_id": self.plan["shelf"],
            "key": f"{self.plan['seed']} {number}",
        }
        self.post("receive", "/stock/receipts", delivery)

    def count(self) -> None:
        lot = self.lot()
        if lot is None:
            return
        there = Decimal(lot["places"].get("Shelf", "0"))
        counted = {
            "place_id": self.plan["shelf"],
            "counted": str(max(Decimal(0), there + self.chance.choice([-3, -1, 0, 0, 2]))),
            "because": "cycle count",
            "key": f"count {self.number}.{self.asked}",
        }
        self.post("count", f"/stock/lots/{lot['id']}/count", counted, role=PHARMACIST)

    def quarantine(self) -> None:
        lot = self.lot()
        if lot is not None:
            body = {"because": "recall"}
            self.post("quarantine", f"/stock/lots/{lot['id']}/quarantine", body)

    def release(self) -> None:
        lot = self.lot()
        if lot is not None:
            path = f"/stock/lots/{lot['id']}/release"
            self.post("release", path, {"because": "cleared"}, role=PHARMACIST)

    # At the filling counter, directly

    def fill(self) -> None:
        """The next thing to do to the vial in hand, or take one from the queue."""
        if self.vial is None:
            seen = self.some("waiting", "waiting", "filling")
            if seen is None:
                return
            self.vial = Vial(seen["id"])
        vial = self.vial
        if self.direct(vial.next_act()):
            self.vial = None if vial.moved_on() else vial
        else:
            self.vial = None
            if self.chance.random() < 0.5:
                self.direct(vial.leave)

    def direct(self, act: Callable[[Worker], None]) -> bool:
        """Do it on a connection of one's own; a lost one is opened again."""
        named = act.__name__
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            try:
                stand_in(self.plan["pharmacy"])
                act(self.worker())
            except (Refused, NotAllowed):
                self.tally.refused[named] += 1
                return False
            except (OperationalError, InterfaceError) as error:
                if not database_away(error) or time.monotonic() > give_up_at:
                    self.tally.faults.append(f"{named}: {error}")
                    return False
                self.tally.lost += 1
                connection.close()
                time.sleep(PAUSE_S)
            else:
                self.tally.done[named] += 1
                return True

    def worker(self) -> Worker:
        if self.person is None:
            found = Person.objects.select_related("pharmacy")
            self.person = found.get(pk=self.plan["people"][self.role])
        now = datetime.now(UTC)
        return person_as_worker(self.person, now=now, station="storm", on_duty=True)


def main() -> None:
    """Run this process's clients side by side, and print what each of them saw."""
    die_with_parent()
    plan = json.load(sys.stdin)
    clients = [Client(plan, number) for number in plan["numbers"]]
    progress = Path(plan["progress"])

    def told() -> None:
        progress.write_text(str(sum(client.tally.acts for client in clients)))

    threads = [threading.Thread(target=client.run, args=(told,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps([vars(client.tally) for client in clients]))  # noqa: T201 the report


if __name__ == "__main__":
    main()
