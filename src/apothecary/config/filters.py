"""Filters: one JSON object a line on stdin, one a line on stdout, in order, never stopping."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

# A line longer than this is no request but an accident; it is refused, not read to its end.
LONGEST_LINE = 1_000_000
Answer = Callable[[dict[str, object]], Mapping[str, object]]


def answers(lines: Iterable[bytes], answer: Answer) -> Iterator[str]:
    """One line of JSON for every line that holds something; a bad one gets its reason.

    `answer` is pure and refuses bad fields itself with ``{"id", "error"}``. A number with a
    point reaches it as Decimal.
    """
    for line in lines:
        if line.strip():
            yield json.dumps(_one(line, answer), ensure_ascii=False)


def _one(line: bytes, answer: Answer) -> Mapping[str, object]:
    if len(line) > LONGEST_LINE:
        return _refused(f"the line is longer than {LONGEST_LINE} bytes")
    try:
        asked = json.loads(line, parse_float=Decimal)  # 2.5 mL stays 2.5
    except UnicodeDecodeError:
        return _refused("the line is not UTF-8")
    except (json.JSONDecodeError, RecursionError) as why:
        return _refused(f"the line is no JSON: {why}")
    except (ValueError, ArithmeticError):
        # Python reads no integer of thousands of digits, and no exponent of that size.
        return _refused("the line holds a number that is too long to be read")
    if not isinstance(asked, dict):
        return _refused("the line holds no JSON object")
    return answer(asked)


def _refused(says: str) -> dict[str, object]:
    return {"id": None, "error": says}
