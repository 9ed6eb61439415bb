"""How long the controlled book and the biennial inventory of a year's store take.

A store that dispenses 1,000 controlled fills of one drug a month and keeps 400 controlled lots.
Beside each figure the bare question to the database, its floor. ``--quick``: a tenth of it.
"""

import json
import sys

from benchmarks.ground.house import House, machine, serving

POSTED = """
WITH posted AS (
    INSERT INTO stock_posting (pharmacy_id, key, happened_at, recorded_at)
    SELECT {pharmacy}, format('vault bench %s %s', {lot}, i),
           now() - make_interval(mins => ((525600.0 * i) / {many})::int), now()
    FROM generate_series(1, {many}) AS i RETURNING id
)
INSERT INTO stock_move (pharmacy_id, posting_id, from_place_id, to_place_id, lot_id, quantity,
    reason)
SELECT {pharmacy}, id, CASE WHEN id % 2 = 0 THEN {supplier} ELSE {shelf} END,
    CASE WHEN id % 2 = 0 THEN {shelf} ELSE {supplier} END, {lot}, 1, 'received' FROM posted
"""
MANY = 24_000


def grow(house: House, town: dict[str, object], lot: int, many: int) -> None:
    """A year of one drug: so many moves in and out, the last one an hour ago."""
    facts = {name: town[name] for name in ("pharmacy", "shelf", "supplier")}
    house.ask(POSTED.format(lot=lot, many=many, **facts))
    house.ask("VACUUM ANALYZE stock_move, stock_posting, stock_balance, stock_lot")


def measure(*, quick: bool) -> dict[str, object]:
    """Milliseconds of a page, of a whole year on paper, and of an inventory."""
    many = MANY // 10 if quick else MANY
    figures: dict[str, object] = {"machine": machine(), "moves of the drug": many}
    with serving() as house:
        town = house.run(
            "benchmarks.ground.town", {"patients": 12_000, "fills": 0, "levels": 1}
        )
        lot = town["drugs"][1]["lots"][0]
        grow(house, town, lot, many)
        figures |= house.run("benchmarks.ground.vaulted", {"lot": lot})
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(quick="--quick" in sys.argv)))
