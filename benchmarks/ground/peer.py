"""The peer of every run: pgbench TPC-B on the same server, durable as it is."""

import re
import subprocess
from urllib.parse import parse_qs, urlsplit

from benchmarks.ground.house import House

from apothecary.config.binaries import offered

SCALE = 10


class Pgbench:
    """pgbench in a database of its own on the server that is measured."""

    def __init__(self, house: House) -> None:
        parts = urlsplit(house.server.steward_url)
        self.user, self.password = parts.username or "", parts.password or ""
        self.host = parse_qs(parts.query)["host"][0]
        programs = [found.program("pgbench") for found in offered()]
        self.program = next((path for path in programs if path.exists()), None)
        house.ask("CREATE DATABASE peer")
        if self.program is not None:
            self.run("-i", "-q", "-s", str(SCALE))

    def run(self, *options: str) -> str:
        done = subprocess.run(
            [str(self.program), *options, "peer"],
            env={"PGHOST": self.host, "PGUSER": self.user, "PGPASSWORD": self.password},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def tps(self, clients: int, seconds: int) -> float:
        """TPC-B transactions a second with so many clients; 0 without a pgbench."""
        if self.program is None:
            return 0.0
        said = self.run("-c", str(clients), "-j", str(min(clients, 2)), "-T", str(seconds))
        found = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
        return float(found[1]) if found else 0.0
