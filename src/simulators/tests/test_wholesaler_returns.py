"""Goods that go back: what is taken, what is credited, and why a line is not."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from simulators.tests.wholesale import COLD, DEA, GOOD, SCHEDULE_2, SHORT, TODAY, Counter, Want
from simulators.wholesaler.records import Package, Return
from simulators.wholesaler.returning import BadReturn

Json = dict[str, Any]


@pytest.fixture
def counter() -> Counter:
    found = Counter()
    found.shipped(Want(GOOD, 3), Want(COLD, 1), Want(SHORT, 1))
    return found


def package(bottle: Package, counter: Counter, **changes: str) -> Json:
    """A line of a saleable return for that bottle, with fields of `**changes` set otherwise."""
    return {
        "line": changes.pop("line", bottle.serial), "ndc": counter.shop.item(bottle.ndc).ndc11,
        "serial": bottle.serial, "lot": bottle.lot, "expires_on": bottle.expires_on,
        "quantity": str(counter.shop.item(bottle.ndc).quantity), **changes,
    }  # fmt: skip


def plain(counter: Counter) -> list[Package]:
    """The bottles that may come back."""
    return [one for one in counter.bottles() if one.ndc == "65162-007-09"]


def saleable(counter: Counter, *lines: Json, reference: str = "R-1", key: str = "caprock",
             account: str = "0012345") -> Json:  # fmt: skip
    body: dict[str, object] = {"account": account, "reference": reference, "lines": list(lines)}
    return counter.yard.returning.saleable(counter.house(key), body)


def outdate(ndc11: str = GOOD, days: int = -10, **changes: str) -> Json:
    """A line of a manifest that expired so many days ago, fields of `**changes` otherwise."""
    last = (TODAY + timedelta(days=days)).isoformat()
    return {"line": "1", "ndc": ndc11, "lot": "L1", "expires_on": last, "quantity": "45",
            **changes}  # fmt: skip


def manifest(counter: Counter, *lines: Json, reference: str = "M-1", dea: str = DEA) -> Json:
    body: dict[str, object] = {"dea": dea, "reference": reference, "lines": list(lines)}
    return counter.yard.returning.manifest(body)


def because(answer: Json) -> list[str]:
    return [one["because"] for one in answer["lines"]]


def credit(counter: Counter, key: str) -> Json:
    for one in counter.yard.returning.open_ones():
        counter.yard.returning.credit(one)
    (paper,) = counter.waiting("credit", key)
    found: Json = json.loads(paper.body)
    return found


# To the wholesaler


def test_a_whole_package_bought_here_may_come_back(counter: Counter) -> None:
    answer = saleable(counter, package(plain(counter)[0], counter))
    assert answer["authorization"] == "RA000001"
    assert [one["approved"] for one in answer["lines"]] == [True]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"serial": "1"}, "not sold by us"),
        ({"ndc": "99999999999"}, "not sold by us"),
        ({"lot": "Z"}, "another lot"),
        ({"expires_on": "2027-01-01"}, "another expiry"),
        ({"quantity": "12"}, "opened"),
    ],
)
def test_a_package_that_does_not_fit_is_not_taken(
    counter: Counter, changes: dict[str, str], words: str
) -> None:
    answer = saleable(counter, package(plain(counter)[0], counter, **changes))
    assert words in because(answer)[0]
    assert answer["authorization"] == ""
    assert counter.shop.memory.rows(Return) == []


def test_refrigerated_goods_do_not_come_back(counter: Counter) -> None:
    cold = next(one for one in counter.bottles() if one.ndc == "0169-3303-12")
    assert "refrigerated" in because(saleable(counter, package(cold, counter)))[0]


def test_a_package_sold_to_another_account_or_house_is_not_taken(counter: Counter) -> None:
    line = package(plain(counter)[0], counter)
    assert "account" in because(saleable(counter, line, account="0012345B"))[0]
    answer = saleable(counter, line, key="guadalupe", account="770045")
    assert "not sold by us" in because(answer)[0]


def test_a_package_comes_back_only_once(counter: Counter) -> None:
    line = package(plain(counter)[0], counter)
    saleable(counter, line)
    assert "came back before" in because(saleable(counter, line, reference="R-2"))[0]


def test_a_package_named_twice_comes_back_once(counter: Counter) -> None:
    bottle = plain(counter)[0]
    lines = (package(bottle, counter, line="1"), package(bottle, counter, line="2"))
    answer = saleable(counter, *lines)
    assert because(answer) == ["", "is named twice"]


def test_good_and_bad_lines_are_answered_each_by_itself(counter: Counter) -> None:
    good, other = plain(counter)[0], plain(counter)[1]
    bad = package(other, counter, quantity="1")
    answer = saleable(counter, package(good, counter), bad)
    assert [one["approved"] for one in answer["lines"]] == [True, False]
    assert [one["line"] for one in answer["lines"]] == [good.serial, other.serial]


@pytest.mark.parametrize(("days", "taken"), [(179, False), (180, True), (181, True)])
def test_what_is_sold_on_must_last_half_a_year(
    counter: Counter, days: int, *, taken: bool
) -> None:
    bottle = plain(counter)[0]
    last = date.fromisoformat(bottle.expires_on)
    counter.shop.clock.begin(last - timedelta(days=days))
    answer = saleable(counter, package(bottle, counter))
    assert [one["approved"] for one in answer["lines"]] == [taken]


def test_a_saleable_return_is_credited_at_what_it_costs(counter: Counter) -> None:
    saleable(counter, package(plain(counter)[0], counter),
             package(plain(counter)[1], counter))  # fmt: skip
    price = Decimal(counter.paper("855").one("PO1")[4])
    said = credit(counter, "caprock")
    assert Decimal(said["total_usd"]) == 2 * price
    assert said["reference"] == "R-1"
    assert {one["state"] for one in said["lines"]} == {"full"}


# To the reverse distributor


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-366, "expired more than"), (-365, ""), (-1, ""), (0, ""), (183, ""),
        (184, "expires in more"),
    ],
)  # fmt: skip
def test_outdates_are_taken_from_half_a_year_before_to_a_year_after(
    counter: Counter, days: int, words: str
) -> None:
    said = because(manifest(counter, outdate(days=days)))[0]
    assert words in said
    assert bool(said) == bool(words)


def test_schedule_ii_goes_back_on_a_form_222_only(counter: Counter) -> None:
    said = manifest(counter, outdate(SCHEDULE_2))
    assert "1305.03" in because(said)[0]
    good = manifest(counter, outdate(SCHEDULE_2, form_222="250001234"), reference="M-2")
    assert because(good) == [""]


def test_a_product_nobody_knows_is_not_taken(counter: Counter) -> None:
    assert "no product" in because(manifest(counter, outdate("99999999999")))[0]


def test_part_of_a_bottle_is_credited_in_part(counter: Counter) -> None:
    manifest(counter, outdate(GOOD, quantity="45"))
    said = credit(counter, "mesquite")
    item = counter.shop.item("65162-007-09")
    assert item.quantity == 90
    assert Decimal(said["total_usd"]) == (item.price_usd / 2).quantize(Decimal("0.01"))
    (line,) = said["lines"]
    assert (line["counted"], line["state"], line["because"]) == ("45", "full", "")


@pytest.mark.parametrize(
    ("kind", "state", "share"),
    [("credit_short", "short", "0.5"), ("credit_denied", "denied", "0")],
)
def test_a_credit_may_be_short_or_denied(
    counter: Counter, kind: str, state: str, share: str
) -> None:
    counter.fault(kind, house="mesquite")
    manifest(counter, outdate(GOOD, quantity="90"))
    said = credit(counter, "mesquite")
    (line,) = said["lines"]
    assert line["state"] == state
    assert line["because"]
    item = counter.shop.item("65162-007-09")
    expected = (item.price_usd * Decimal(share)).quantize(Decimal("0.01"))
    assert Decimal(said["total_usd"]) == expected == Decimal(line["credited_usd"])


def test_a_credit_adds_up_over_its_lines(counter: Counter) -> None:
    manifest(counter, outdate(GOOD), outdate(SHORT, line="2"), outdate(COLD, line="3"))
    said = credit(counter, "mesquite")
    parts = sum((Decimal(one["credited_usd"]) for one in said["lines"]), Decimal(0))
    assert Decimal(said["total_usd"]) == parts > 0
    assert [one["line"] for one in said["lines"]] == ["1", "2", "3"]


def test_a_line_that_was_not_taken_is_not_credited(counter: Counter) -> None:
    manifest(counter, outdate(GOOD), outdate(SHORT, days=400, line="2"))
    assert [one["line"] for one in credit(counter, "mesquite")["lines"]] == ["1"]


def test_a_credit_comes_once(counter: Counter) -> None:
    manifest(counter, outdate())
    credit(counter, "mesquite")
    assert counter.yard.returning.open_ones() == []
    assert len(counter.waiting("credit", "mesquite")) == 1


def test_a_return_can_be_looked_up_before_and_after_its_credit(counter: Counter) -> None:
    number = manifest(counter, outdate())["authorization"]
    before = counter.yard.returning.find(number)
    assert before == {"authorization": number, "reference": "M-1", "credit": None}
    said = credit(counter, "mesquite")
    after = counter.yard.returning.find(number)
    assert after is not None
    assert after["credit"] == said
    assert counter.yard.returning.find("RA999999") is None


# What is refused


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "lines"),
        ({"lines": []}, "lines"),
        ({"lines": "all of it"}, "lines"),
        ({"lines": ["one"]}, r"lines\[1\]"),
        ({"lines": [outdate()], "reference": "M"}, "dea"),
        ({"lines": [outdate()], "dea": DEA}, "reference"),
        ({"lines": [outdate()], "dea": "FL9000023", "reference": "M"}, "no customer"),
        ({"lines": [outdate(ndc="")], "dea": DEA, "reference": "M"}, "ndc"),
        ({"lines": [outdate(lot="")], "dea": DEA, "reference": "M"}, "lot"),
        ({"lines": [outdate(quantity="0")], "dea": DEA, "reference": "M"}, "quantity"),
        ({"lines": [outdate(quantity="-3")], "dea": DEA, "reference": "M"}, "quantity"),
        ({"lines": [outdate(quantity="NaN")], "dea": DEA, "reference": "M"}, "quantity"),
        ({"lines": [outdate(quantity="some")], "dea": DEA, "reference": "M"}, r"lines\[1\]"),
        ({"lines": [outdate(expires_on="soon")], "dea": DEA, "reference": "M"}, r"lines\[1\]"),
        ({"lines": [outdate(), outdate()], "dea": DEA, "reference": "M"}, "same number"),
        ({"lines": [outdate(line=str(n)) for n in range(501)], "dea": DEA}, "lines"),
    ],
)
def test_a_return_that_cannot_be_read_is_refused_by_its_field(
    counter: Counter, body: dict[str, object], field: str
) -> None:
    with pytest.raises(BadReturn, match=field):
        counter.yard.returning.manifest(body)
    assert counter.shop.memory.rows(Return) == []


def test_a_reference_is_good_only_once(counter: Counter) -> None:
    manifest(counter, outdate())
    with pytest.raises(BadReturn, match="'M-1' was used before"):
        manifest(counter, outdate(SHORT))
    assert len(counter.shop.memory.rows(Return)) == 1


def test_the_same_manifest_sent_again_is_the_same_return(counter: Counter) -> None:
    lines = (outdate(), outdate(line="2", days=-400))
    first = manifest(counter, *lines)
    again = manifest(counter, *lines)
    assert again["authorization"] == first["authorization"] != ""
    assert [one["approved"] for one in again["lines"]] == [True, False]
    assert len(counter.shop.memory.rows(Return)) == 1


def test_the_same_saleable_return_sent_again_does_not_come_back_twice(
    counter: Counter,
) -> None:
    line = package(plain(counter)[0], counter)
    assert saleable(counter, line) == saleable(counter, line)
    assert [one.returned for one in plain(counter)[:2]] == [1, 0]


def test_an_account_of_nobody_is_refused(counter: Counter) -> None:
    with pytest.raises(BadReturn, match="account"):
        saleable(counter, package(plain(counter)[0], counter), account="1")


def test_a_refused_return_marks_no_package(counter: Counter) -> None:
    line = package(plain(counter)[0], counter)
    saleable(counter, line)
    other = package(plain(counter)[1], counter)
    with pytest.raises(BadReturn, match="used before"):
        saleable(counter, other)
    assert [one.returned for one in plain(counter)[:2]] == [1, 0]
