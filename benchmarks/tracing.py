"""An inspector's request on a year of serial numbers, and taking in a document of ten thousand.

Four hundred thousand packages in forty documents, one product with a fifth of all. The aim is
every answer within two seconds (the law gives two business days). ``--quick``: nine documents
of one thousand. Run ``python -m benchmarks.tracing``.
"""

import json
import sys

from benchmarks.ground.house import machine, serving

AIM = {"answer_ms": "below 2000", "statements_an_answer": 3}


def measure(*, quick: bool) -> dict[str, object]:
    """Taking in, and each kind of question."""
    given = (
        {"documents": 9, "packages": 1_000} if quick else {"documents": 40, "packages": 10_000}
    )
    with serving() as house:
        house.run("benchmarks.ground.town", {"patients": 10, "fills": 100, "levels": 0})
        took = house.run("benchmarks.ground.tracing_year", given)
    return {"machine": machine(), "aim": AIM, **took}


if __name__ == "__main__":
    print(json.dumps(measure(quick="--quick" in sys.argv)))
