"""The house that is measured: the real processes on a data folder of their own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from apothecary.config.postgres import Cluster, Server

ROOT = Path(__file__).resolve().parents[2]
UP_S = 120


@dataclass
class House:
    """A running installation."""

    data: Path
    port: int
    env: dict[str, str]
    supervisor: int
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def server(self) -> Server:
        server = Cluster(self.data).running()
        if server is None:
            raise RuntimeError(f"the database of {self.data} is not running")
        return server

    def run(self, module: str, given: object) -> Any:
        """Run one of our programs beside the house: JSON in, JSON out."""
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=json.dumps(given),
            env=self.env | {"DATABASE_URL": self.server.url},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the database past the walls between pharmacies."""
        with psycopg.connect(self.server.steward_url, autocommit=True) as steward:
            cursor = steward.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def free_port() -> int:
    """The first of four neighbouring free ports."""
    for first in range(22_000 + os.getpid() % 9_000 * 4, 60_000, 4):
        with ExitStack() as stack:
            try:
                for number in range(first, first + 4):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", number))
            except OSError:
                continue
        return first
    raise RuntimeError("no free ports")


def ready(port: int) -> bool:
    """Whether everything of the installation is up."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as said:
            return bool(said.status == 200)
    except OSError:
        return False


@contextmanager
def serving(how: str = "serve") -> Iterator[House]:
    """`apothecary serve` or `demo` on an empty folder, ready; ended with all it started."""
    data, port = Path(tempfile.mkdtemp(prefix="apothecary-bench-")), free_port()
    data.chmod(0o711)
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {"DATA": str(data), "APOTHECARY_LOG": "WARNING", "APOTHECARY_SECRET": "of a bench"}
    env |= {"PYTHONPATH": str(ROOT / "src")}
    with (data / "said").open("w") as said:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "apothecary.config.command", how, "--port", str(port)],
            env=env,
            cwd=ROOT,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            give_up_at = time.monotonic() + UP_S
            while not ready(port):
                if time.monotonic() > give_up_at:
                    raise RuntimeError((data / "said").read_text())
                time.sleep(0.05)
            yield House(data, port, env, supervisor.pid)
        finally:
            supervisor.terminate()
            supervisor.wait(60)
            shutil.rmtree(data, ignore_errors=True)


def machine() -> dict[str, object]:
    """What the figures were taken on, and how busy it was with other things."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 1),
    }
