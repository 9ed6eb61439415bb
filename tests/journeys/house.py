"""The whole house as a newcomer runs it: `apothecary demo` with its own data on free ports."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar
from urllib.error import URLError
from urllib.request import urlopen

from apothecary.config.tests.pattern import furnish

COMMAND = (sys.executable, "-m", "apothecary.config.command")
# Generous: a cold machine with two busy cores makes a database and migrates it first.
START_SECONDS = 180
STOP_SECONDS = 40
NEIGHBOURS = 9
# Below those that the system hands out by itself.
FIRST_PORT, BLOCKS = 12_000, 2_200
SOURCE = Path(__file__).parents[2] / "src"
RUN = "APOTHECARY_TEST_RUN"  # the folder that the processes of one run of tests share
# Asked for in nearly every house: two processes each, and good in every copy.
ASKED_FOR = (("worker", "tech"), ("worker", "rph"), ("partner", "eprescribing"))
TOKENS = "tokens.json"
T = TypeVar("T")
POLL_SECONDS = 0.05
LEASES: dict[int, IO[str]] = {}


class NeverHappened(AssertionError):
    """What a story waited for did not come to pass."""


def wait_until(
    happened: Callable[[], T], *, what: str, seconds: float = 30, told: Callable[[], str] = str
) -> T:
    """Ask again until the answer is true, and give it; else say what was waited for."""
    give_up_at = time.monotonic() + seconds
    while True:
        found = happened()
        if found:
            return found
        if time.monotonic() > give_up_at:
            raise NeverHappened(f"waited {seconds:g} s for {what}. {told()}")
        time.sleep(POLL_SECONDS)


def neighbouring_ports() -> int:
    """The first of nine free ports in a row, which no other process of any run is given."""
    for turn in range(BLOCKS):
        first = FIRST_PORT + (os.getpid() * 7 + turn) % BLOCKS * NEIGHBOURS
        if not (ours(first) or taken(first)):
            continue
        with ExitStack() as held:
            try:
                for number in range(first, first + NEIGHBOURS):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", number))
            except OSError:
                continue
        return first
    raise NeverHappened("no nine free ports in a row")


def ours(first: int) -> bool:
    """Whether these nine are this process's already."""
    return first in LEASES


def taken(first: int) -> bool:
    """Take nine for the life of this process.

    That they are free now is not enough: a house that was killed leaves its ports for a moment,
    and the web processes of two houses would share one port without a word.
    """
    folder = Path(tempfile.gettempdir()) / f"apothecary-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    lease = (folder / str(first)).open("w")
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lease.close()
        return False
    LEASES[first] = lease
    return True


@dataclass
class House:
    """A running installation: where it answers, what it printed, how to hurt it."""

    data: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        """What `apothecary` is told; prescribers of this house write only when asked to."""
        kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "PYTHONPATH"}}
        return kept | {
            "DATA": str(self.data),
            "PORT": str(self.port),
            "APOTHECARY_PACE": "0",
            # Nobody is looked up: a story that wants it says so.
            "APOTHECARY_PMP": "",
            "APOTHECARY_LOG": "WARNING",
            "PYTHONPATH": str(SOURCE),
        }

    def furnish(self, pattern: Path) -> None:
        """Move in with a copy of what another house has; the database keeps its owner."""
        subprocess.run(["cp", "-a", f"{pattern}/.", str(self.data)], check=True)
        self._tokens = json.loads((self.data / TOKENS).read_text())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def payer_admin_port(self) -> int:
        return self.port + 3

    @property
    def wholesaler_admin_port(self) -> int:
        return self.port + 6

    def said(self) -> str:
        """What the supervisor printed so far."""
        return (self.data / "said").read_text(errors="replace")

    def open(self) -> None:
        """Start the supervisor and wait until it says that everything is up."""
        with (self.data / "said").open("wb") as said:
            self.process = subprocess.Popen(
                [*COMMAND, "demo"],
                stdout=said,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd=self.data,
            )
        wait_until(
            lambda: "is ready at" in self.said() or self.ended(),
            what="the house to be ready",
            seconds=START_SECONDS,
            told=self.said,
        )
        assert not self.ended(), self.said()
        wait_until(self.ready, what="every part to answer", told=self.said)

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def close(self) -> int:
        """Stop everything in order, as Ctrl-C does; the exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(STOP_SECONDS)
        finally:
            self.process.kill()

    def ready(self) -> bool:
        """Whether the health page says that every part is up."""
        try:
            with urlopen(f"{self.url}/health/ready", timeout=5) as answer:  # noqa: S310 loopback
                return bool(answer.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            return False

    def pids(self, part: str) -> list[int]:
        """The processes of a part, by what their command line carries."""
        words = {"web": f"--port\0{self.port}\0", "worker": "apothecary.config.worker"}
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                line = (entry / "cmdline").read_bytes().decode(errors="replace")
                of = (entry / "environ").read_bytes().decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if words[part] in line and f"DATA={self.data}\0" in of:
                found.append(int(entry.name))
        return found

    def kill(self, part: str) -> None:
        """End a part as a power cut would, and all its processes with it."""
        pids = self.pids(part)
        assert pids, f"no process of {part} found"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def kill_database(self) -> None:
        """End the database server with SIGKILL; it must recover from its log."""
        first = (self.data / "postgres/cluster/postmaster.pid").read_text().split()[0]
        os.kill(int(first), signal.SIGKILL)
        wait_until(lambda: not self.ready(), what="the house to notice")

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `apothecary …` on this house's data."""
        return subprocess.run(
            [*COMMAND, *words],
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.data,
            timeout=60,
            check=False,
        )

    def faults(self) -> list[str]:
        """What `apothecary check all` finds wrong; nothing, on a good day."""
        done = self.command("check", "all", "--json")
        assert done.returncode in {0, 1}, done.stderr
        found = [fault["says"] for fault in json.loads(done.stdout)["faults"]]
        assert bool(found) == bool(done.returncode), done.stdout
        return found

    def token(self, kind: str, name: str) -> str:
        """The bearer token of a `worker` or a `partner`, asked for once."""
        key = f"{kind} {name}"
        if key not in self._tokens:
            done = self.command("token", f"--{kind}", name, "--json")
            assert done.returncode == 0, done.stderr
            self._tokens[key] = json.loads(done.stdout)["token"]
        return self._tokens[key]


@contextmanager
def running_house() -> Iterator[House]:
    """An installation in a folder of its own, gone afterwards. Nothing arrives by itself."""
    # Short, since the path of a database socket may not exceed 107 bytes.
    data = Path(tempfile.mkdtemp(prefix="apothecary-day-"))
    data.chmod(0o711)
    house = House(data, neighbouring_ports())
    try:
        if RUN in os.environ:
            house.furnish(furnished(Path(os.environ[RUN])))
        house.open()
        yield house
    finally:
        house.close()
        shutil.rmtree(data, ignore_errors=True)


def furnished(run: Path) -> Path:
    """A closed house with its demo loaded, made once a run and copied for each house."""
    pattern = run / "house"
    with (run / "house.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (pattern / TOKENS).exists():
            pattern.mkdir(mode=0o711, exist_ok=True)
            # The storm's house migrates from nothing; here the tables only are in the way.
            furnish(pattern)
            first = House(pattern, neighbouring_ports())
            try:
                first.open()
                given = {f"{kind} {name}": first.token(kind, name) for kind, name in ASKED_FOR}
            finally:
                code = first.close()
            assert code == 0, first.said()
            (pattern / TOKENS).write_text(json.dumps(given))
    return pattern
