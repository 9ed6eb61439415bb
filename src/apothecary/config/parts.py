"""What runs beside the database: one table of processes, and where each may be found."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PACE = "4/min"
# The demo's payer pays within minutes what takes a real one weeks.
REMIT_SECONDS = 120
# Python runs one thread of a process at a time: it takes two to fill a counter PC's two cores.
WEB_PROCESSES = 2
# How long after an order the demo's wholesalers ship: long enough to see it acknowledged.
SHIP_SECONDS = 20
# The wholesalers of the box that take electronic orders, by their registrations.
ORDERING_DESKS = (("RC9001013", "caprock"), ("RG9001025", "guadalupe"))
# How long after a return its credit comes.
CREDIT_SECONDS = 90


@dataclass(frozen=True)
class Plan:
    """One installation: its data folder, its address, and whether it is the demo.

    The live events take the port after the web's, the payer simulator the two after that.
    """

    data: Path
    host: str
    port: int
    demo: bool

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}/"

    @property
    def live_port(self) -> int:
        return self.port + 1

    @property
    def payer_port(self) -> int:
        return self.port + 2

    @property
    def payer_admin_port(self) -> int:
        return self.port + 3

    @property
    def payer_epa_port(self) -> int:
        return self.port + 4

    @property
    def remittances(self) -> Path:
        """Where the demo's payer lays its remittances, and the worker takes them in."""
        return self.data / "remittances"

    @property
    def wholesaler_port(self) -> int:
        return self.port + 5

    @property
    def wholesaler_admin_port(self) -> int:
        return self.port + 6

    @property
    def payer_web_port(self) -> int:
        return self.port + 7

    @property
    def monitoring_port(self) -> int:
        return self.port + 8

    @property
    def wholesaler_drop(self) -> Path:
        """The folders of the wholesaler that has no web."""
        return self.data / "wholesalers"

    @property
    def ordering(self) -> Path:
        """The demo's authority for electronic orders, and the key file it gave out."""
        return self.data / "csos"

    @property
    def ports(self) -> tuple[int, ...]:
        """Every port the installation listens on."""
        payer = (
            self.payer_port,
            self.payer_admin_port,
            self.payer_epa_port,
            self.payer_web_port,
        )
        wholesaler = (self.wholesaler_port, self.wholesaler_admin_port)
        outside = (*payer, *wholesaler, self.monitoring_port)
        return (self.port, self.live_port, *(outside if self.demo else ()))


# The sample payers that take electronic requests for authorization: the Part D plan and the one
# of an employer; the others are asked over the claims line.
ELECTRONIC = ("999997", "999996")
# The sample payer that takes claims over the web and not by the switch: the discount card.
BY_WEB = "999991"

# The state of the demo pharmacy, whose monitoring programme the box plays; a DEA number that it
# does not know (one record of the demo names it and waits to be put right).
PROGRAMME, UNKNOWN_DEA = "TX", "BG1234563"


@dataclass(frozen=True)
class Part:
    """One process: a Python module with its arguments.

    It is up when `port` accepts connections or, without a port, when it has lived a moment.
    `demo` parts are the outside world in the box.
    """

    name: str
    argv: tuple[str, ...]
    port: int | None = None
    demo: bool = False

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", *self.argv]


def _granian(interface: str, port: int, plan: Plan, application: str, *more: str) -> Part:
    name = {"wsgi": "web", "asginl": "live"}[interface]
    fixed = ("granian", "--interface", interface, "--host", plan.host, "--port", str(port))
    workers = str(WEB_PROCESSES if interface == "wsgi" else 1)
    quiet = ("--workers", workers, "--no-access-log", "--respawn-failed-workers", "--no-ws")
    return Part(name, (*fixed, *quiet, *more, application), port=port)


def parts(plan: Plan, prepared: Mapping[str, str]) -> tuple[Part, ...]:
    """Every process of an installation, in the order of starting.

    `prepared` is what `desk prepare` found for the demo: the prescriber simulator's token and
    the pharmacy's number. `APOTHECARY_PACE` is how often prescriptions come by themselves;
    with 0 none does, and no remittance either, as tests want it.
    """
    pace = os.environ.get("APOTHECARY_PACE", PACE)
    web = "apothecary.config.wsgi:application"
    live = "apothecary.config.live:application"
    payer = ("simulators.payer", "--port", str(plan.payer_port))
    admin = ("--admin-port", str(plan.payer_admin_port))
    lines = (
        *("--epa-port", str(plan.payer_epa_port)),
        *("--web-port", str(plan.payer_web_port)),
    )
    memory = ("--state", str(plan.data / "payer.sqlite"))
    into = plan.remittances / prepared.get("pharmacy number", "")
    remits = (
        "--remittances",
        str(into),
        "--remit-every",
        str(0 if pace == "0" else REMIT_SECONDS),
    )
    to = f"http://127.0.0.1:{plan.port}/script"
    prescriber = ("simulators.prescriber", "--to", to, "--token")
    token = prepared.get("prescriber token", "")
    every = (
        _granian("wsgi", plan.port, plan, web, "--blocking-threads", "4"),
        _granian("asginl", plan.live_port, plan, live),
        Part("worker", ("apothecary.config.worker",)),
        Part(
            "payer", (*payer, *admin, *lines, *memory, *remits), port=plan.payer_port, demo=True
        ),
        Part("prescriber", (*prescriber, token, "--pace", pace), demo=True),
        Part("wholesaler", wholesaler(plan), port=plan.wholesaler_port, demo=True),
        Part("monitoring", monitoring(plan), port=plan.monitoring_port, demo=True),
    )
    quiet = {"prescriber"} if pace == "0" else set()
    return tuple(p for p in every if p.name not in quiet and (plan.demo or not p.demo))


def wholesaler(plan: Plan) -> tuple[str, ...]:
    """The wholesalers of the box: what is ordered is shipped after a moment."""
    return (
        *("simulators.wholesaler", "--port", str(plan.wholesaler_port)),
        *("--admin-port", str(plan.wholesaler_admin_port)),
        *("--drop", str(plan.wholesaler_drop)),
        *("--csos", str(plan.ordering)),
        *("--state", str(plan.data / "wholesaler.sqlite")),
        *("--ship-after", str(SHIP_SECONDS), "--arrive-after", "0"),
        *("--credit-after", str(CREDIT_SECONDS)),
    )


def monitoring(plan: Plan) -> tuple[str, ...]:
    """The monitoring programme of the box, which does not know one prescriber's old number."""
    return (
        *("simulators.monitoring", "--port", str(plan.monitoring_port)),
        *("--state", str(plan.data / "monitoring.jsonl")),
        *("--refuse-dea", UNKNOWN_DEA),
    )


def look_up_line(plan: Plan) -> str:
    """Where patients are looked up; what is said before stands, and empty asks nobody."""
    here = f"{PROGRAMME}=http://127.0.0.1:{plan.monitoring_port}/requests"
    return os.environ.get("APOTHECARY_PMP", here)


def environment(plan: Plan, *, database_url: str, secret: str) -> dict[str, str]:
    """What every process of the installation finds in its environment."""
    return (
        dict(os.environ)
        | {
            "DATABASE_URL": database_url,
            "DATA": str(plan.data),
            "PORT": str(plan.port),
            "DJANGO_SETTINGS_MODULE": "apothecary.config.settings",
            "APOTHECARY_SECRET": secret,
            "APOTHECARY_PARTS": str(plan.data / "parts.json"),
            "APOTHECARY_TALLIES": str(plan.data / "tallies"),
            "APOTHECARY_LIVE_PORT": str(plan.live_port),
            "PYTHONUNBUFFERED": "1",
        }
        | (
            {
                "APOTHECARY_DEMO": "1",
                "APOTHECARY_REMITTANCES": str(plan.remittances),
                "APOTHECARY_WHOLESALERS": ",".join(
                    [
                        *(
                            f"{code}=http://127.0.0.1:{plan.wholesaler_port}/{code}"
                            for code in ("caprock", "guadalupe", "mesquite")
                        ),
                        f"blanco=file:{plan.wholesaler_drop / 'blanco'}",
                    ]
                ),
                "APOTHECARY_VERIFIERS": ",".join(
                    f"{code}=http://127.0.0.1:{plan.wholesaler_port}/verify"
                    for code in ("caprock", "guadalupe", "blanco")
                ),
                "APOTHECARY_CSOS_TRUST": str(plan.ordering / "trust"),
                "APOTHECARY_CSOS_DESKS": ",".join(
                    f"{dea}=http://127.0.0.1:{plan.wholesaler_port}/{code}/csos"
                    for dea, code in ORDERING_DESKS
                ),
                "APOTHECARY_MONITORING": f"{PROGRAMME}=http://127.0.0.1:{plan.monitoring_port}"
                f"/{PROGRAMME}",
                "APOTHECARY_PMP": look_up_line(plan),
                "APOTHECARY_PAYER": f"127.0.0.1:{plan.payer_port},"
                f"{BY_WEB}=http://127.0.0.1:{plan.payer_web_port}/claims",
                "APOTHECARY_EPA": ",".join(
                    f"{number}=http://127.0.0.1:{plan.payer_epa_port}/epa"
                    for number in ELECTRONIC
                ),
            }
            if plan.demo
            else {}
        )
    )
