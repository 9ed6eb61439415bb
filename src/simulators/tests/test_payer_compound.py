"""Compounds: every ingredient counted, priced and judged; what is not covered is left out."""

from decimal import Decimal

import pytest

from simulators.payer.desk import Desk
from simulators.payer.plans import Books
from simulators.tests.counter import (
    Fields,
    Response,
    changed,
    header,
    money,
    priced,
    said,
    written,
)

# Hydrocortisone powder is not in the drug file; gabapentin and naproxen are.
GABAPENTIN, NAPROXEN, ESOMEPRAZOLE = "45963055611", "00093100601", "00093645156"
PREGABALIN, UNKNOWN = "00071101468", "99999001001"
BODY = {"D6": "2", "D7": "0", "E1": "00", "E7": "0000060000"}
CAPROCK = {"bin_number": "999996", "pcn": "TESTADV"}
CARD = {"C2": "CR7654321", "C1": "CAP200"}


def part(ndc: str, cost: str = "4.00", quantity: str = "0000010000") -> str:
    return f"RE=03 TE={ndc} ED={quantity} EE={money(cost)} UE=01"


def mixture(*parts: str, count: str = "") -> bytes:
    return said("10", f"EF=03 EG=2 EC={count or f'{len(parts):02d}'} " + " ".join(parts))


def bill(
    desk: Desk, segment: bytes, body: dict[str, str] | None = None, *, cost: str = "8.00",
    head: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    whole: Fields = {"07": {**BODY, **(body or {})}, **priced(cost)}
    if head:
        whole["04"] = CARD
    raw = written(header(**(head or {})), changed(whole)) + segment
    return Response(desk.answer(raw).transmission)


GOOD = mixture(part(GABAPENTIN), part(NAPROXEN))


def test_a_compound_is_paid_ingredient_by_ingredient(desk: Desk, books: Books) -> None:
    answer = bill(desk, GOOD)
    assert answer.one("AN") == "P"
    cent = Decimal("0.01")
    each = [books.drugs[ndc[:9]].unit_price_usd * 10 for ndc in (GABAPENTIN, NAPROXEN)]
    allowed = sum((min(Decimal("4.00"), usd.quantize(cent)) for usd in each), Decimal(0))
    assert answer.usd("F6") == allowed
    assert answer.usd("F9") == answer.usd("F6") + answer.usd("F7") - answer.usd("F5")


def test_the_same_compound_again_is_a_duplicate_and_another_one_is_not(desk: Desk) -> None:
    assert [bill(desk, GOOD).one("AN") for _ in range(2)] == ["P", "D"]
    other = mixture(part(GABAPENTIN), part(UNKNOWN))
    assert bill(desk, other).all("FB") == ["83"]


def test_the_same_ingredients_too_soon_are_the_same_drug(desk: Desk) -> None:
    bill(desk, GOOD)
    turned = mixture(part(NAPROXEN), part(GABAPENTIN))
    assert bill(desk, turned, {"D2": "99"}).all("FB") == ["79"]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"D7": GABAPENTIN}, ["8G"]),
        ({"E1": "03"}, ["E1"]),
        ({"D7": "00000000000", "E1": "03"}, ["E1", "8G"]),
        ({"D6": "1", "D7": GABAPENTIN, "E1": "03"}, ["8D"]),
    ],
)
def test_the_product_of_a_compound_is_a_single_zero(
    desk: Desk, body: dict[str, str], codes: list[str]
) -> None:
    assert bill(desk, GOOD, body).all("FB") == codes


@pytest.mark.parametrize(
    ("segment", "codes", "places"),
    [
        (mixture(part(GABAPENTIN), part(NAPROXEN), count="03"), ["P3"], []),
        (mixture(part(GABAPENTIN), part(NAPROXEN), count="X"), ["EC"], []),
        (mixture(part(GABAPENTIN, "8.00")), ["7Z"], []),
        (mixture(part(GABAPENTIN), part(GABAPENTIN)), ["9Z"], []),
        (mixture(part(GABAPENTIN), part("1234")), ["TE"], ["02"]),
        (mixture(part(GABAPENTIN, quantity="0"), part(NAPROXEN)), ["ED"], ["01"]),
        (mixture(part(GABAPENTIN), part(NAPROXEN).replace("UE=01", "")), ["UE"], ["02"]),
        (mixture(part(GABAPENTIN).replace("RE=03", "RE=01"), part(NAPROXEN)), ["RE"], ["01"]),
        (mixture(part(GABAPENTIN), part(NAPROXEN, "-4.00")), ["617"], ["02"]),
        (mixture(part(GABAPENTIN), part(NAPROXEN, "4.01")), ["8M"], []),
        (GOOD.replace(b"EF03", b"EF99"), ["EF"], []),
        (GOOD.replace(b"EG2", b"EG9"), ["EG"], []),
        (GOOD.replace(b"EE" + money("4.00").encode(), b"EE4.00", 1), ["EE"], ["01"]),
        (b"", ["6T"], []),
    ],
)
def test_a_bad_ingredient_is_refused_by_its_field_and_place(
    desk: Desk, segment: bytes, codes: list[str], places: list[str]
) -> None:
    answer = bill(desk, segment)
    assert (answer.all("FB"), answer.all("4F")) == (codes, places)
    assert desk.memory.everything() == []


def test_a_compound_travels_alone(desk: Desk) -> None:
    other = changed({"07": {"D2": "8"}})
    raw = written(header(count="2"), other, changed({"07": BODY, **priced("8.00")})) + GOOD
    answer = Response(desk.answer(raw).transmission)
    assert (answer.one("AN", 0), answer.all("FB", 1)) == ("P", ["1W"])


def test_an_ingredient_that_is_not_covered_is_named_by_its_place(desk: Desk) -> None:
    answer = bill(desk, mixture(part(GABAPENTIN), part(ESOMEPRAZOLE)))
    assert (answer.all("FB"), answer.all("4F")) == (["70"], ["02"])


def test_clarification_eight_pays_the_covered_ingredients_alone(desk: Desk) -> None:
    segment = mixture(part(GABAPENTIN), part(ESOMEPRAZOLE))
    answer = bill(desk, segment, {"NX": "1", "DK": "8"})
    assert answer.one("AN") == "P"
    assert answer.usd("F6") <= Decimal("4.00")


def test_without_one_covered_ingredient_no_clarification_helps(desk: Desk) -> None:
    segment = mixture(part(ESOMEPRAZOLE), part("00186504031"))
    answer = bill(desk, segment, {"NX": "1", "DK": "8"})
    assert answer.all("FB") == ["70", "70", "8A"]
    assert answer.all("4F") == ["01", "02"]


def test_an_ingredient_that_needs_authorization_holds_the_compound(desk: Desk) -> None:
    segment = mixture(part(GABAPENTIN), part(PREGABALIN))
    assert bill(desk, segment, head=CAPROCK).all("FB") == ["75"]
    desk.memory.approve("caprock-advantage", "PA1", "CR7654321", "pregabalin")
    assert bill(desk, segment, head=CAPROCK).one("AN") == "P"


def test_a_closed_plan_refuses_an_unknown_ingredient(desk: Desk) -> None:
    segment = mixture(part(GABAPENTIN), part(UNKNOWN))
    assert bill(desk, segment, head=CAPROCK).all("FB") == ["54"]
    assert bill(desk, segment).one("AN") == "P"
