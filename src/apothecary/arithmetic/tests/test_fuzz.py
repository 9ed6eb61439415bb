"""Random and spoiled requests: an answer with its unit or a reason with its field; no crash.

The same generator runs a million times in `benchmarks/fuzz_calculations.py`.
"""

import json

from apothecary.arithmetic.tests.fuzzing import faults, requests

COUNT = 6_000


def test_no_request_breaks_the_filter_and_no_number_is_without_its_unit() -> None:
    assert faults(requests(COUNT, seed=3)) == []


def test_the_generator_reaches_answers_and_refusals_of_every_calculation() -> None:
    """Otherwise the test above would prove little."""
    seen: dict[str, set[bool]] = {}
    assert faults(requests(COUNT, seed=4), seen=seen) == []
    assert len(seen) == 161
    assert sum(outcomes == {True, False} for outcomes in seen.values()) >= 159


def test_the_same_seed_asks_the_same() -> None:
    first, second = (json.dumps([*requests(50, seed=9)], default=str) for _ in range(2))
    assert first == second
    assert first != json.dumps([*requests(50, seed=10)], default=str)


def test_the_judge_sees_a_fault_when_there_is_one() -> None:
    def silent(_: dict[str, object]) -> dict[str, object]:
        return {"id": 1, "value": 3, "unit": "", "working": []}

    def broken(_: dict[str, object]) -> dict[str, object]:
        raise ZeroDivisionError

    asked = {"id": 1, "calculation": "A01", "inputs": {"C": 1}}
    assert faults([asked], filter_=silent)
    assert faults([asked], filter_=broken)
    assert faults([asked]) == []
