"""Prescriptions a second through every rule of law one of them meets in one state, on one core.

The mix is ten prescriptions of Texas: every schedule, written and electronic, first fills and
refills, two of them refused. Each goes through the rules on the first or next fill, purpose,
supply, mandate, label, papers, hand-over, report and keeping. Beside it in the same run: the
same ten in a loop that does nothing, and one look-up in the tables. `--state` asks another
state; `--profile` says where the time goes instead.
"""

import argparse
import cProfile
import json
import pstats
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from apothecary.law.dispensing import hand_over_problems
from apothecary.law.facts import (
    Counselling,
    HandOverFacts,
    Origin,
    PrescriberFacts,
    RxFacts,
)
from apothecary.law.fills import next_fill_problems
from apothecary.law.labels import LabelElement, label_problems
from apothecary.law.mandates import MandateFacts, mandate_problems
from apothecary.law.monitoring import ReportFacts, report_problems
from apothecary.law.papers import PapersFacts, papers_problems
from apothecary.law.problem import Problem
from apothecary.law.purpose import PurposeFacts, purpose_problems
from apothecary.law.retention import prescription_kept_until
from apothecary.law.supply_limits import SupplyFacts, supply_problems
from apothecary.law.tables import federal

ON = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROUNDS = 4000
PRESCRIBER = PrescriberFacts(
    npi="1234567893",
    dea="AB1234563",
    dea_expires_on=date(2027, 1, 31),
    schedules_authorized=frozenset({2, 3, 4, 5}),
    licence="M1234",
    licence_state="TX",
    licence_expires_on=date(2027, 2, 28),
)
SHOWN = frozenset(LabelElement)
PURPOSE, SUPPLY = PurposeFacts(), SupplyFacts()


@dataclass(frozen=True, slots=True)
class Walk:
    """What the rules look at of one prescription on its way."""

    rx: RxFacts
    mandate: MandateFacts
    papers: PapersFacts
    hand_over: HandOverFacts
    report: ReportFacts


def mix(state: str) -> list[Walk]:
    """Ten prescriptions; the last two are refused."""
    plain = RxFacts(
        schedule=0,
        state=state,
        origin=Origin.ELECTRONIC,
        written_on=date(2026, 11, 20),
        quantity=Decimal(30),
        days_supply=30,
        refills_authorized=3,
    )
    written = replace(plain, origin=Origin.WRITTEN)
    again = replace(plain, fills_made=1, quantity_dispensed=Decimal(30))
    c_ii = replace(plain, schedule=2, refills_authorized=0)
    rxs = [
        plain,
        written,
        again,
        replace(again, fills_made=2, quantity_dispensed=Decimal(60)),
        replace(plain, schedule=4),
        replace(again, schedule=4),
        replace(plain, schedule=5),
        c_ii,
        replace(c_ii, origin=Origin.FAX),
        replace(plain, schedule=3, written_on=date(2026, 4, 1)),
    ]
    return [walk(rx) for rx in rxs]


def walk(rx: RxFacts) -> Walk:
    """The facts of the other stations, made from the prescription."""
    return Walk(
        rx=rx,
        mandate=MandateFacts(state=rx.state, schedule=rx.schedule, origin=rx.origin),
        papers=PapersFacts(state=rx.state, oral=True),
        hand_over=HandOverFacts(
            schedule=rx.schedule,
            state=rx.state,
            new_prescription=not rx.fills_made,
            medicaid=False,
            counselling=Counselling.NOT_OFFERED,
            identification_seen=True,
            dispensed_by_pharmacist=True,
        ),
        report=ReportFacts(state=rx.state, schedule=rx.schedule, dispensed_at=AT),
    )


def judged(one: Walk) -> int:
    """How many reasons all rules together have against it."""
    rx = one.rx
    kept = prescription_kept_until(
        ON, state_code=rx.state, controlled=rx.controlled, part_d=False, on=ON
    )
    return (
        len(next_fill_problems(rx, PRESCRIBER, on=ON, house_months=12))
        + len(purpose_problems(rx, PURPOSE, on=ON))
        + len(supply_problems(rx, SUPPLY, on=ON))
        + len(mandate_problems(one.mandate, on=ON))
        + len(label_problems(rx.schedule, rx.state, SHOWN, on=ON))
        + len(papers_problems(one.papers, on=ON))
        + len(hand_over_problems(one.hand_over, on=ON, house_identification=True))
        + len(report_problems(one.report, at=AT, on=ON))
        + isinstance(kept, Problem)
    )


def nothing(one: Walk) -> int:
    """The floor: a call that looks at one thing."""
    return one.rx.schedule


def look_up(one: Walk) -> int:
    """One row of the tables."""
    return federal("DEA-024", on=ON).number() + one.rx.schedule


def per_second(do: Callable[[Walk], int], walks: list[Walk], rounds: int) -> int:
    """A second of one core, the best of five runs: other work on the machine is left out."""
    best = 0
    for _ in range(5):
        began = time.process_time()
        for _ in range(rounds):
            for one in walks:
                do(one)
        spent = time.process_time() - began
        best = max(best, round(rounds * len(walks) / spent))
    return best


def main() -> None:
    """Print one JSON object, or where the time goes."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true")
    asked.add_argument("--profile", action="store_true")
    asked.add_argument("--state", default="TX")
    given = asked.parse_args()
    walks = mix(given.state)
    rounds = ROUNDS // 10 if given.quick else ROUNDS
    if given.profile:
        with cProfile.Profile() as profile:
            for _ in range(rounds // 4):
                for one in walks:
                    judged(one)
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(25)
        return
    figures = {
        "aim": 20_000,
        "every rule of one state": per_second(judged, walks, rounds),
        "reasons found in ten prescriptions": sum(judged(one) for one in walks),
        "one row looked up": per_second(look_up, walks, rounds * 10),
        "floor: an empty loop": per_second(nothing, walks, rounds * 10),
    }
    json.dump({f"prescriptions a second a core, {given.state}": figures}, sys.stdout)


if __name__ == "__main__":
    main()
