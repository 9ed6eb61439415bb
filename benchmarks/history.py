"""How long a dispense takes after 0, 10⁴, 10⁵, 10⁶ earlier moves of its lot: it must be flat.

One client, one lot for each length of history, on a house without other history. The moves are
receipts and returns of one unit, posted in bulk with their balances. ``--quick``: up to 10⁴.
"""

import json
import sys

from benchmarks.dispensing import window
from benchmarks.ground.house import House, machine, serving

LEVELS = (0, 10_000, 100_000, 1_000_000)
MOVES = """
WITH posted AS (
    INSERT INTO stock_posting (pharmacy_id, key, happened_at, recorded_at)
    SELECT {pharmacy}, format('history %s %s', {lot}, i), now(), now()
    FROM generate_series(1, {many}) AS i RETURNING id
)
INSERT INTO stock_move (pharmacy_id, posting_id, from_place_id, to_place_id, lot_id, quantity,
    reason)
SELECT {pharmacy}, id, CASE WHEN id % 2 = 0 THEN {supplier} ELSE {shelf} END,
    CASE WHEN id % 2 = 0 THEN {shelf} ELSE {supplier} END, {lot}, 1, 'history' FROM posted
"""
BALANCES = """
UPDATE stock_balance b SET on_hand = n.net FROM (
    SELECT place, sum(quantity) AS net FROM (
        SELECT to_place_id AS place, quantity FROM stock_move WHERE lot_id = {lot}
        UNION ALL SELECT from_place_id, -quantity FROM stock_move WHERE lot_id = {lot}) sides
    GROUP BY place) n
WHERE b.lot_id = {lot} AND b.place_id = n.place
"""


def grow(house: House, town: dict[str, object], lot: int, many: int) -> None:
    """Give one lot a past of so many moves."""
    facts = {name: town[name] for name in ("pharmacy", "shelf", "supplier")}
    house.ask(MOVES.format(lot=lot, many=many, **facts))
    house.ask(BALANCES.format(lot=lot))
    house.ask("VACUUM ANALYZE stock_move, stock_posting, stock_balance")


def measure(*, quick: bool) -> dict[str, object]:
    """Median and 99th percentile of a dispense at each length of history."""
    levels = LEVELS[:2] if quick else LEVELS
    figures: dict[str, object] = {"machine": machine()}
    medians = []
    with serving() as house:
        wanted = {"patients": 12_000, "fills": 0, "levels": len(levels)}
        town = house.run("benchmarks.ground.town", wanted)
        drugs = town["drugs"][1:]
        for drug, many in zip(drugs, levels, strict=True):
            if many:
                grow(house, town, drug["lots"][0], many)
        plan: dict[str, object] = {"scenario": "dispense", "clients": 1}
        plan["seconds"] = 3 if quick else 10
        window(house, town, plan | {"seconds": 2, "drug": town["drugs"][0]})
        for drug, many in zip(drugs, levels, strict=True):
            found = window(house, town, plan | {"drug": drug})
            took = found["took"]
            assert isinstance(took, dict)
            figures[f"{many:,} moves before"] = took["dispense"]
            medians.append(took["dispense"]["p50_ms"])
        figures["slowest_to_first"] = round(max(medians) / medians[0], 2)
        checked = house.run("benchmarks.ground.checked", {})
        figures["books"] = "balanced" if checked["faults"] == [] else checked["faults"]
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(quick="--quick" in sys.argv)))
