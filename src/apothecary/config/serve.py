"""The supervisor: starts everything in order, keeps it alive, stops everything in order."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from apothecary.config import lifeline
from apothecary.config.binaries import CannotStart
from apothecary.config.parts import Part, Plan, environment
from apothecary.config.postgres import Cluster

POLL_S = 0.1
SETTLED_S = 1.0  # a part without a port counts as up after living that long
STEADY_S = 60.0  # after that long a death is a new one, and the waiting starts over
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
REMIND_S = 20.0
STOP_PATIENCE_S = 10
LOG_LIMIT_BYTES = 5_000_000


@dataclass
class _Child:
    """A part with the process that runs it now."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    wait_s: float = FIRST_WAIT_S
    was_up: bool = False

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def up(self, host: str) -> bool:
        """Whether it has been reached once since its start and still lives."""
        if not self.alive():
            return False
        if not self.was_up and self.part.port is not None:
            self.was_up = accepts(host, self.part.port)
        elif not self.was_up:
            self.was_up = time.monotonic() - self.started_at > SETTLED_S
        return self.was_up


def accepts(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def refuse_taken_ports(host: str, ports: Sequence[int]) -> None:
    """Say at once which port is taken, before anything is started."""
    for port in ports:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as asked:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                asked.bind((host, port))
            except OSError as why:
                says = why.strerror or str(why)
                raise CannotStart(
                    f"port {port} of {host} cannot be used ({says}); choose another with PORT="
                ) from None


def kept_secret(data: Path) -> str:
    """The installation's own signing secret, made once and closed to other accounts."""
    path = data / "secret"
    data.mkdir(parents=True, exist_ok=True, mode=0o711)
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


@dataclass
class Supervisor:
    """Keeps the processes of one installation. Runs in the main thread of its process."""

    plan: Plan
    parts_of: Callable[[Plan, Mapping[str, str]], tuple[Part, ...]]
    prepare: Sequence[str]
    tell: Callable[[str], None]
    stopping: bool = False
    cluster: Cluster | None = None
    env: dict[str, str] = field(default_factory=dict)
    children: list[_Child] = field(default_factory=list)
    _told: dict[str, str] = field(default_factory=dict)

    def run(self) -> int:
        """Start, keep and stop everything; the exit code of the command."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        try:
            prepared = self._start()
            if prepared is not None:
                self._wait_until_up()
                self._announce(prepared)
            while not self.stopping:
                self._look_after()
                time.sleep(POLL_S)
        finally:
            self._stop()
        return 0

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    # Starting

    def _start(self) -> dict[str, str] | None:
        """Database, tables, demo data, then the parts; none when asked to stop meanwhile."""
        refuse_taken_ports(self.plan.host, self.plan.ports)
        url = os.environ.get("DATABASE_URL", "")
        if not url:
            self.cluster = Cluster(self.plan.data)
            server = self.cluster.start()
            url = server.url
            major, origin = server.binaries.major, server.binaries.origin
            self.tell(f"PostgreSQL {major} ({origin}) on {self.plan.data / 'postgres'}")
        secret = kept_secret(self.plan.data)
        self.env = environment(self.plan, database_url=url, secret=secret)
        (self.plan.data / "log").mkdir(exist_ok=True, mode=0o700)
        prepared = self._prepared()
        if prepared is not None:
            self.children = [_Child(part) for part in self.parts_of(self.plan, prepared)]
            for child in self.children:
                self._launch(child)
        return prepared

    def _prepared(self) -> dict[str, str] | None:
        """Run the preparing command to its end; its last line is what the parts need."""
        said = self.plan.data / "log" / "prepare.log"
        with said.open("wb") as log:
            step = lifeline.spawn(self.prepare, env=self.env, cwd=Path.cwd(), output=log)
        while step.poll() is None and not self.stopping:
            time.sleep(POLL_S)
        if self.stopping:
            lifeline.stop(step, asked=signal.SIGTERM, patience_s=STOP_PATIENCE_S)
            return None
        lines = said.read_text(errors="replace").strip().splitlines()
        if step.returncode != 0:
            last = lines[-1] if lines else "it said nothing"
            raise CannotStart(f"the database could not be prepared: {last} (see {said})")
        found = json.loads(lines[-1])
        # Sign-ins and tokens do not belong into a log.
        said.write_text("\n".join(lines[:-1]) + "\n")
        return {str(name): str(value) for name, value in found.items()}

    def _launch(self, child: _Child) -> None:
        path = self.plan.data / "log" / f"{child.part.name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            path.replace(path.with_suffix(".old"))
        with path.open("ab") as log:
            child.process = lifeline.spawn(
                child.part.command, env=self.env, cwd=Path.cwd(), output=log
            )
        child.started_at = time.monotonic()
        child.was_up = False

    def _wait_until_up(self) -> None:
        remind_at = time.monotonic() + REMIND_S
        while not self.stopping and not all(c.up(self.plan.host) for c in self.children):
            self._look_after()
            if time.monotonic() > remind_at:
                missing = [c.part.name for c in self.children if not c.up(self.plan.host)]
                self.tell(
                    f"Still waiting for {', '.join(missing)} (see {self.plan.data / 'log'})"
                )
                remind_at = time.monotonic() + REMIND_S
            time.sleep(POLL_S)
        self._note()

    def _announce(self, prepared: dict[str, str]) -> None:
        if self.stopping:
            return
        self.tell(f"Apothecary is ready at {self.plan.address}")
        for name, value in prepared.items():
            if name.startswith("sign-in "):
                self.tell(f"  {name.removeprefix('sign-in ')}: {value}")
        self.tell("Ctrl-C stops everything; the data stays.")

    # Keeping

    def _look_after(self) -> None:
        """One round: the database first, then every part that has died."""
        if self.cluster is not None and not self.cluster.alive():
            self.tell("The database died; starting it again.")
            self.cluster.start()
        now = time.monotonic()
        for child in self.children:
            if child.alive():
                continue
            if child.process is not None:
                self._mourn(child, now)
            elif now >= child.start_again_at:
                self._launch(child)
        self._note()

    def _mourn(self, child: _Child, now: float) -> None:
        process = child.process
        if process is None:
            return
        end_group(process.pid)
        if now - child.started_at > STEADY_S:
            child.wait_s = FIRST_WAIT_S
        child.start_again_at = now + child.wait_s
        self.tell(
            f"{child.part.name} ended with {process.returncode}; again in {child.wait_s:.1f} s "
            f"(see {self.plan.data / 'log' / child.part.name}.log)"
        )
        child.wait_s = min(child.wait_s * 2, LONGEST_WAIT_S)
        child.process, child.was_up = None, False

    def _note(self) -> None:
        """Write down what is up, for the health page; only when it changed."""
        host = self.plan.host
        state = {c.part.name: "up" if c.up(host) else "down" for c in self.children}
        if state == self._told:
            return
        self._told = state
        path = Path(self.env["APOTHECARY_PARTS"])
        half = path.with_suffix(".new")
        half.write_text(json.dumps({"supervisor": os.getpid(), "parts": state}))
        half.replace(path)

    # Stopping

    def _stop(self) -> None:
        """Outside parties first, the pages last, then the database."""
        for child in reversed(self.children):
            if child.process is not None:
                lifeline.stop(child.process, asked=signal.SIGTERM, patience_s=STOP_PATIENCE_S)
                end_group(child.process.pid)
        if self.env:
            Path(self.env["APOTHECARY_PARTS"]).unlink(missing_ok=True)
        if self.cluster is not None:
            self.cluster.stop()


def end_group(pid: int) -> None:
    """End what a dead child left behind in its session, so that its port is free again."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
