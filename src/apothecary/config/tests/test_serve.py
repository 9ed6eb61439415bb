"""The supervisor with real processes: small web servers stand where the house's parts go."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from apothecary.claims.link import PayerLink, routes_to
from apothecary.claims.web_link import WebLink
from apothecary.config.binaries import CannotStart
from apothecary.config.parts import BY_WEB, Plan, environment, parts
from apothecary.config.serve import accepts, kept_secret, refuse_taken_ports

HOUSE = """
import json, sys
from pathlib import Path
from apothecary.config.answers import run_command
from apothecary.config.parts import Part, Plan
from apothecary.config.serve import Supervisor
import click

data, port, says = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
plan = Plan(data=data, host="127.0.0.1", port=port, demo=False)

def two(plan, prepared):
    web = ("http.server", str(plan.port), "--bind", plan.host)
    live = ("http.server", str(plan.live_port), "--bind", plan.host)
    return (Part("web", web, port=plan.port), Part("live", live, port=plan.live_port))

@click.command()
def serve():
    supervisor = Supervisor(
        plan=plan, parts_of=two, prepare=[sys.executable, "-c", says],
        tell=lambda line: print(line, flush=True),
    )
    raise SystemExit(supervisor.run())

run_command(serve, [])
"""
FINE = """print("migrated"); print('{"sign-in Tech": "tess", "prescriber token": "geheim"}')"""


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="apothecary-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def port() -> int:
    """The first of four neighbouring free ports."""
    for first in range(20_000 + os.getpid() % 20_000, 60_000, 7):
        with ExitStack() as stack:
            try:
                for number in range(first, first + 4):
                    taken = stack.enter_context(socket.socket())
                    taken.bind(("127.0.0.1", number))
            except OSError:
                continue
        return first
    raise AssertionError("no free ports")


Start = Callable[..., "House"]


class House:
    """A running supervisor and what it said."""

    def __init__(self, data: Path, port: int, *, says: str, database_url: str | None) -> None:
        env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        if database_url:
            env["DATABASE_URL"] = database_url
        self.data, self.port = data, port
        self.said = (data / "said").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOUSE, str(data), str(port), says],
            stdout=self.said,
            stderr=subprocess.STDOUT,
            env=env,
        )

    def text(self) -> str:
        return (self.data / "said").read_text()

    def wait_for(self, words: str, *, seconds: int = 20) -> None:
        wait_until(lambda: words in self.text(), seconds=seconds, told=self.text)

    def pids(self) -> list[int]:
        """Processes of the parts, by the port in their command line."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    line = (entry / "cmdline").read_bytes().split(b"\0")
                except (FileNotFoundError, ProcessLookupError):
                    continue
                if b"http.server" in line and str(self.port).encode() in line:
                    found.append(int(entry.name))
        return found

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)
        self.said.close()


def wait_until(
    condition: Callable[[], bool], *, seconds: int = 15, told: Callable[[], str] = str
) -> None:
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, told()
        time.sleep(0.05)


@pytest.fixture
def start(data: Path, port: int) -> Iterator[Start]:
    houses: list[House] = []

    def begin(says: str = FINE, database_url: str | None = "postgresql:///elsewhere") -> House:
        houses.append(House(data, port, says=says, database_url=database_url))
        return houses[-1]

    yield begin
    for house in houses:
        house.end()


def test_it_says_the_address_and_the_sign_ins_once_all_parts_are_up(start: Start) -> None:
    house = start()
    house.wait_for("is ready at")
    assert f"http://127.0.0.1:{house.port}/" in house.text()
    assert "Tech: tess" in house.text()
    assert accepts("127.0.0.1", house.port)
    assert accepts("127.0.0.1", house.port + 1)
    told = json.loads((house.data / "parts.json").read_text())
    assert told["parts"] == {"web": "up", "live": "up"}


def test_tokens_and_sign_ins_stay_out_of_the_log(start: Start) -> None:
    house = start()
    house.wait_for("is ready at")
    log = (house.data / "log" / "prepare.log").read_text()
    assert "migrated" in log
    assert "geheim" not in log
    assert "tess" not in log
    assert "geheim" not in house.text()


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_every_part_and_leaves_code_0(
    start: Start, asked: signal.Signals
) -> None:
    house = start()
    house.wait_for("is ready at")
    house.process.send_signal(asked)
    assert house.process.wait(20) == 0
    assert not accepts("127.0.0.1", house.port)
    assert not accepts("127.0.0.1", house.port + 1)
    assert not (house.data / "parts.json").exists()


def test_a_part_that_is_killed_comes_back(start: Start) -> None:
    house = start()
    house.wait_for("is ready at")
    (killed,) = house.pids()
    os.kill(killed, signal.SIGKILL)
    house.wait_for("web ended with -9; again in 0.5 s")
    wait_until(lambda: accepts("127.0.0.1", house.port))
    assert house.pids() != [killed]
    assert house.process.poll() is None


@pytest.mark.skipif(sys.platform != "linux", reason="the tie to the parent is Linux's")
def test_no_part_outlives_a_supervisor_killed_with_9(start: Start) -> None:
    house = start()
    house.wait_for("is ready at")
    house.process.kill()
    house.process.wait()
    wait_until(lambda: not accepts("127.0.0.1", house.port))
    wait_until(lambda: not accepts("127.0.0.1", house.port + 1))


def test_a_taken_port_is_named_before_anything_starts(start: Start, port: int) -> None:
    with socket.create_server(("127.0.0.1", port + 1)):
        house = start()
        assert house.process.wait(20) == 2
    assert f"port {port + 1} of 127.0.0.1 cannot be used" in house.text()
    assert "PORT=" in house.text()
    assert house.text().count("\n") == 1
    assert not (house.data / "log").exists()


def test_a_failed_migration_is_told_in_one_line_and_starts_nothing(start: Start) -> None:
    house = start(says="raise SystemExit('relation drug exists already')")
    assert house.process.wait(20) == 2
    assert "could not be prepared: relation drug exists already" in house.text()
    assert not accepts("127.0.0.1", house.port)


def test_it_can_be_stopped_while_it_still_prepares(start: Start) -> None:
    house = start(says="import time; print('begun', flush=True); time.sleep(600)")
    log = house.data / "log" / "prepare.log"
    wait_until(lambda: log.exists() and "begun" in log.read_text(), told=house.text)
    house.process.terminate()
    assert house.process.wait(20) == 0
    assert "ready" not in house.text()


@pytest.mark.database
def test_a_database_killed_with_9_comes_back_at_its_address(start: Start) -> None:
    connect = "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL']).close()"
    house = start(says=f"{connect}; print('{{}}')", database_url=None)
    house.wait_for("is ready at")
    pidfile = house.data / "postgres" / "cluster" / "postmaster.pid"
    first = int(pidfile.read_text().split()[0])
    os.kill(first, signal.SIGKILL)
    house.wait_for("The database died")
    wait_until(lambda: pidfile.exists() and int(pidfile.read_text().split()[0]) != first)
    wait_until(lambda: "ready" in pidfile.read_text())
    house.process.terminate()
    assert house.process.wait(30) == 0
    assert not pidfile.exists()


def test_the_secret_is_made_once_and_closed_to_others(data: Path) -> None:
    first = kept_secret(data)
    assert len(first) >= 50
    assert kept_secret(data) == first
    assert (data / "secret").stat().st_mode & 0o077 == 0


def test_a_free_port_is_not_refused(port: int) -> None:
    refuse_taken_ports("127.0.0.1", [port])
    with socket.create_server(("127.0.0.1", port)):
        with pytest.raises(CannotStart, match=str(port)):
            refuse_taken_ports("127.0.0.1", [port])


@pytest.mark.parametrize(("demo", "names"), [
    (False, ["web", "live", "worker"]),
    (True, ["web", "live", "worker", "payer", "prescriber", "wholesaler", "monitoring"]),
])  # fmt: skip
def test_the_outside_world_in_the_box_belongs_to_the_demo_alone(
    data: Path, demo: bool, names: list[str]
) -> None:
    plan = Plan(data=data, host="127.0.0.1", port=8000, demo=demo)
    assert [part.name for part in parts(plan, {"prescriber token": "t"})] == names
    env = environment(plan, database_url="postgresql:///x", secret="s")
    assert ("APOTHECARY_PAYER" in env) is demo
    assert set(plan.ports) >= {p.port for p in parts(plan, {}) if p.port is not None}


@pytest.mark.parametrize(("pace", "sends"), [("0", []), ("2/s", ["2/s"]), (None, ["4/min"])])
def test_the_prescriber_sends_at_the_pace_asked_for_and_stays_out_at_none(
    data: Path, monkeypatch: pytest.MonkeyPatch, pace: str | None, sends: list[str]
) -> None:
    monkeypatch.delenv("APOTHECARY_PACE", raising=False)
    if pace is not None:
        monkeypatch.setenv("APOTHECARY_PACE", pace)
    plan = Plan(data=data, host="127.0.0.1", port=8000, demo=True)
    found = parts(plan, {"prescriber token": "t"})
    assert [part.argv[-1] for part in found if part.name == "prescriber"] == sends
    assert "payer" in [part.name for part in found]


@pytest.mark.parametrize(("pace", "every"), [("0", "0"), (None, "120")])
def test_the_demos_payer_lays_remittances_where_the_worker_takes_them_in(
    data: Path, monkeypatch: pytest.MonkeyPatch, pace: str | None, every: str
) -> None:
    monkeypatch.delenv("APOTHECARY_PACE", raising=False)
    if pace is not None:
        monkeypatch.setenv("APOTHECARY_PACE", pace)
    plan = Plan(data=data, host="127.0.0.1", port=8000, demo=True)
    found = parts(plan, {"prescriber token": "t", "pharmacy number": "1234567"})
    (payer,) = [part.argv for part in found if part.name == "payer"]
    assert payer[payer.index("--remit-every") + 1] == every
    env = environment(plan, database_url="postgresql:///x", secret="s")
    into = Path(payer[payer.index("--remittances") + 1])
    assert into == Path(env["APOTHECARY_REMITTANCES"]) / "1234567"


def test_the_demos_payer_is_reached_by_the_switch_and_by_the_web(data: Path) -> None:
    plan = Plan(data=data, host="127.0.0.1", port=8000, demo=True)
    env = environment(plan, database_url="postgresql:///x", secret="s")
    routes = routes_to(env["APOTHECARY_PAYER"])
    assert routes is not None
    assert routes.own == {BY_WEB: WebLink(url=f"http://127.0.0.1:{plan.payer_web_port}/claims")}
    assert isinstance(routes.switch, PayerLink)
    assert routes.switch.port == plan.payer_port
    (payer,) = [part.argv for part in parts(plan, {}) if part.name == "payer"]
    assert payer[payer.index("--web-port") + 1] == str(plan.payer_web_port)
    assert plan.payer_web_port in plan.ports


def test_every_part_answers_on_a_port_of_its_own(data: Path) -> None:
    plan = Plan(data=data, host="127.0.0.1", port=8000, demo=True)
    assert len(set(plan.ports)) == len(plan.ports)
    assert plan.address == "http://127.0.0.1:8000/"


def test_a_part_is_reached_over_http_through_the_supervisor(start: Start) -> None:
    house = start()
    house.wait_for("is ready at")
    with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/", timeout=5) as answer:
        assert answer.status == 200
