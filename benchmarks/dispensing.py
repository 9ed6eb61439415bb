"""Create + dispense a second over HTTP, on a year of a store, beside pgbench TPC-B.

One operation is two requests of two people: a technician enters a prescription, a pharmacist
fills and checks it alone; between them the worker screens it. Peer and we alternate on the same
server. ``--quick``: small history and short windows.
"""

import json
import statistics
import sys

from benchmarks.ground.house import House, machine, serving
from benchmarks.ground.peer import Pgbench

CLIENTS = (1, 2, 4, 8)


def window(house: House, town: dict[str, object], plan: dict[str, object]) -> dict[str, object]:
    """One window of load; patients are used up over all windows."""
    drugs = town["drugs"]
    assert isinstance(drugs, list)
    given = {"port": house.port, "drug": drugs[0]} | town | plan
    found: dict[str, object] = house.run("benchmarks.ground.load", given)
    town["patients"] = found.pop("patients")
    return found


def measure(scenario: str, *, quick: bool) -> dict[str, object]:
    """Windows of each number of clients, the peer's between them; medians."""
    seconds, rounds, fills = (3, 1, 2_000) if quick else (7, 3, 60_000)
    figures: dict[str, object] = {"machine": machine()}
    with serving() as house:
        wanted = {"patients": 6_000 if quick else 40_000, "fills": fills, "levels": 0}
        town = house.run("benchmarks.ground.town", wanted)
        peer = Pgbench(house)
        figures["history"] = {"fills": fills, "lots_of_the_hot_drug": 50}
        plan: dict[str, object] = {"scenario": scenario, "seconds": seconds}
        for clients in CLIENTS:
            ours, theirs = [], []
            for _ in range(rounds):
                theirs.append(peer.tps(clients, seconds))
                ours.append(window(house, town, plan | {"clients": clients}))
            tps = statistics.median(theirs)
            rates = sorted(
                (float(str(one["per_s"])), number) for number, one in enumerate(ours)
            )
            rate, middle = rates[len(rates) // 2]
            figures[f"{clients} clients"] = {
                "per_s": rate,
                "lowest": rates[0][0],
                "highest": rates[-1][0],
                "peer_tpcb_tps": round(tps),
                "ratio_percent": round(100 * rate / tps, 1) if tps else None,
                "took": ours[middle]["took"],
            }
        figures["statements"] = house.run("benchmarks.ground.statements", town)
        checked = house.run("benchmarks.ground.checked", {})
        figures["books"] = "balanced" if checked["faults"] == [] else checked["faults"]
        figures["load_after"] = machine()["load_before"]
    return figures


if __name__ == "__main__":
    print(json.dumps(measure("dispense", quick="--quick" in sys.argv)))
