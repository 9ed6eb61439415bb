"""Every piece and sample screens with invented people, written as files to look at.

    python -m apothecary.workbench.tests.gallery FOLDER

Nothing here is served: it is the living documentation of the macros, and what the browser
tests look at.
"""

import os
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import django
from django.utils import timezone
from jinja2 import FileSystemLoader

from apothecary.law.problem import Problem
from apothecary.workbench.charts import StockLine
from apothecary.workbench.jinja import environment

HERE = Path(__file__).parents[1]
ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 6, 10, 10, 52, tzinfo=ZONE)
SCREENS = ("queue", "entry", "fill", "wrong", "verify", "pickup", "detail", "rejects")
PIECES = ("gallery", "signin", "locked")
STANDING = ("403", "404", "500")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sample queue, in the words of ``rx_row``."""

    id: int
    patient: str
    born: date
    name: str
    strength: str
    amount: Decimal
    unit: str
    state: str
    says: str
    minutes: int
    edge: str = ""
    tone: str = ""
    origin: str = "erx"
    plan: str = "Lone Star Part D"
    key: str = ""
    owner: str = ""

    @property
    def due_at(self) -> datetime:
        return NOW + timedelta(minutes=self.minutes)


def lines() -> list[Line]:
    """A morning's queue: each state once or more, waiters on top."""
    of = Line
    d = date
    tablet, capsule = "tablet", "capsule"
    n = Decimal
    return [
        of(104, "GARCÍA, MARÍA", d(1961, 4, 2), "lisinopril", "10 mg", n(90), tablet, "waiting",
           "Shelf C-04; scan the bottle to begin.", -12, "W", key="Enter"),
        of(118, "OKAFOR, DANIEL", d(1988, 11, 19), "hydrOXYzine HCl", "25 mg", n(30), tablet,
           "rejected", "Rejected 79, too soon until 14 June. F6 to date it.", -3, "W", "stop",
           key="F6", owner="R. Ames"),
        of(121, "WHITFIELD, JUNE", d(1949, 2, 27), "warfarin", "5 mg", n(30), tablet, "review",
           "Interaction with fluconazole: the pharmacist decides.", 8, "W", "look",
           owner="Dr. Lindqvist"),
        of(97, "TRAN, KIM", d(1975, 7, 8), "amoxicillin", "400 mg/5 mL", n(100), "mL",
           "filling", "1 of 2 bottles scanned.", 14, owner="R. Ames", plan="STAR Medicaid"),
        of(126, "BRIGHTWATER, SAM", d(2019, 3, 30), "albuterol HFA", "90 mcg", n("8.5"), "g",
           "entry", "Days’ supply does not match the directions.", 22, "", "look", key="Enter"),
        of(127, "HOLLOWAY, PEARL", d(1958, 9, 14), "metFORMIN ER", "500 mg", n(180), tablet,
           "entry", "Everything matched.", 26, key="Enter"),
        of(113, "RUIZ, ANTONIO", d(1993, 1, 5), "oxyCODONE IR", "5 mg", n(20), tablet, "check",
           "Counted twice, 20 and 20. Waits for the pharmacist.", 31, plan="",
           owner="Dr. Lindqvist", origin="erx"),
        of(129, "PEMBERTON, ALICE", d(1966, 12, 1), "semaglutide", "1 mg/0.75 mL", n(3), "mL",
           "rejected", "Rejected 75, prior authorization. F6 to start it.", 44, "", "stop",
           key="F6", plan="Gulf Commercial"),
        of(131, "YAZZIE, ROBERT", d(1981, 5, 23), "insulin glargine", "100 units/mL", n(15),
           "mL", "short", "Short 1 pen; the order comes at 3 PM today.", 52, "", "look"),
        of(99, "DELACROIX, NOÉMIE", d(1990, 8, 17), "sertraline", "50 mg", n(30), tablet,
           "claim", "Sent 4 s ago; fills go on meanwhile.", 58, plan="Gulf Commercial"),
        of(132, "NGUYEN, THERESA", d(1954, 10, 11), "predniSONE", "10 mg", n(21), tablet,
           "waiting", "Shelf D-11; scan the bottle to begin.", 66, origin="phone"),
        of(133, "ABERNATHY, LUIS", d(2001, 6, 9), "buPROPion XL", "150 mg", n(30), tablet,
           "screening", "Being screened.", 71, origin="fax"),
        of(90, "LINDEN, GRACE", d(1947, 3, 3), "gabapentin", "300 mg", n(270), capsule, "ready",
           "Bin B-14, day 9 of 10: goes back tomorrow.", 88, origin="refill"),
    ]  # fmt: skip


def frame(stage: str) -> dict[str, object]:
    """What the frame of every screen needs."""
    worker = SimpleNamespace(
        name="Rosa Ames, CPhT", role="certified technician", station="FILL-2", person_id=7
    )
    counts = [("Intake", 12), ("Entry", 31), ("Screening", 2), ("Rejects", 9), ("Fill", 18),
              ("Check", 14), ("Ready", 143), ("Out of stock", 4), ("Calls", 6)]  # fmt: skip
    slugs = [label.lower().replace(" ", "-") for label, _ in counts]
    return {
        "worker": worker,
        "pharmacy": "Cedar Bend Pharmacy",
        "now": NOW,
        "today": NOW.date(),
        "events_url": "",
        "stage": stage,
        "stages": [
            (str(place), label, f"{slug}.html", count, slug)
            for place, ((label, count), slug) in enumerate(zip(counts, slugs, strict=True), 1)
        ],
        "parties": [("Payer", "up"), ("e-Rx", "up"), ("Monitoring", "slow")],
        "csrf_token": "",
        "csrf_input": "",
    }


def sample() -> dict[str, object]:
    """The facts of the sample screens."""
    return {
        "lines": lines(),
        "problems": problems(),
        "wanted": {"name": "hydrOXYzine HCl", "strength": "25 mg", "form": "tablet",
                   "ndc": "00000-1234-01", "labeler": "Example Labs"},
        "scanned": {"name": "hydrALAZINE HCl", "strength": "25 mg", "form": "tablet",
                    "ndc": "00000-4321-01", "labeler": "Example Labs"},
        "hours": [("8", 14), ("9", 31), ("10", 27), ("11", 9), ("12", 4), ("1", 6), ("2", 11),
                  ("3", 18), ("4", 22), ("5", 12)],
        "stock": [
            StockLine("lisinopril 10 mg", Decimal(24), Decimal(10)),
            StockLine("insulin glargine pen", Decimal(2), Decimal(7)),
            StockLine("amoxicillin 400 mg/5 mL", Decimal(11), Decimal(6)),
        ],
        "temperatures": [Decimal(t) for t in ("4.1", "4.4", "4.0", "5.2", "6.8", "5.0", "4.3")],
        "moves": moves(),
        "deeds": deeds(),
        "who": "Rosa Ames",
    }  # fmt: skip


def problems() -> list[Problem]:
    return [
        Problem("It was written on 10 May 2025 and ended after one year.", "house policy"),
        Problem("No refill is left: 3 of 3 are used.", "21 CFR 1306.22(a)", verified="V1"),
    ]


def moves() -> list[dict[str, object]]:
    rows = [
        (-64, "Receiving", "Shelf C-04", "500", "Invoice 88121", "T. Boone"),
        (-20, "Shelf C-04", "Will-call", "30", "Fill 7000118-00", "Dr. Lindqvist"),
        (-3, "Will-call", "Shelf C-04", "30", "Not picked up in 10 days", "R. Ames"),
    ]
    return [
        {"at": NOW + timedelta(hours=hours), "from_place": out, "to_place": into,
         "lot": "LT4471", "expiry": date(2027, 9, 30), "quantity": Decimal(amount),
         "unit": "tablet", "because": why, "by": by}
        for hours, out, into, amount, why, by in rows
    ]  # fmt: skip


def deeds() -> list[dict[str, object]]:
    rows = [
        (-95, "Came from Dr. Amara Osei by e-prescription", "e-Rx", "send", "", ""),
        (-80, "Typed", "Rosa Ames", "keyboard", "", ""),
        (-79, "Days’ supply", "Rosa Ames", "pencil", "25", "30"),
        (-66, "Sent to Lone Star Part D", "worker", "arrow-up-right", "", ""),
        (-66, "Rejected 79: refill too soon", "Lone Star", "octagon-x", "", ""),
    ]
    return [
        {"at": NOW + timedelta(minutes=at), "says": says, "by": by, "icon_name": mark,
         "before": before, "after": after}
        for at, says, by, mark, before, after in rows
    ]  # fmt: skip


def render() -> dict[str, str]:
    """Every sample page: file name → HTML."""
    made = environment(loader=FileSystemLoader(HERE / "jinja2"))
    pages = {name: f"workbench/gallery/{name}.html" for name in SCREENS}
    pages |= {name: f"workbench/{name}.html" for name in PIECES}
    pages |= {name: f"{name}.html" for name in STANDING}
    pages["refused"] = "workbench/refused.html"
    with timezone.override(ZONE):
        facts = sample()
        return {
            f"{name}.html": made.get_template(path).render(frame(name) | facts)
            for name, path in pages.items()
        }


def main(folder: str) -> int:
    """Write the pages; their style and scripts are those of the house, beside them."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name, html in render().items():
        (place / name).write_text(html, encoding="utf-8")
    return len(list(place.glob("*.html")))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apothecary.config.settings")
    django.setup()
    sys.exit(0 if main(sys.argv[1]) else 1)
