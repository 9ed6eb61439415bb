"""Is this package one that was really made? And what is under recall."""

import json
from dataclasses import replace

import pytest

from simulators.tests.wholesale import GOOD, NO_DAY, SHORT, Counter, Want
from simulators.wholesaler.records import Package
from simulators.wholesaler.verifying import Identifier

HOUSES = ["caprock", "guadalupe", "blanco"]


@pytest.fixture
def counter() -> Counter:
    found = Counter()
    found.shipped(Want(GOOD, 3), Want(SHORT, 1), Want(NO_DAY, 1))
    return found


def identifier(bottle: Package) -> Identifier:
    return Identifier(bottle.gtin, bottle.serial, bottle.lot, bottle.symbol_expiry)


def asked(counter: Counter, one: Identifier) -> dict[str, object]:
    data = counter.yard.verifying.answer(one)["data"]
    assert isinstance(data, dict)
    return data


def test_every_bottle_that_was_packed_is_verified(counter: Counter) -> None:
    for bottle in counter.bottles():
        assert asked(counter, identifier(bottle)) == {"verified": True}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gtin": "00312345678906"}, "No_match_GTIN"),
        ({"serial": "1"}, "No_match_GTIN_Serial"),
        ({"lot": "ZZZ"}, "No_match_GTIN_Serial_Lot"),
        ({"expires": "300101"}, "No_match_GTIN_Serial_Expiry"),
        ({"lot": "ZZZ", "expires": "300101"}, "No_match_GTIN_Serial_Lot_Expiry"),
    ],
)
def test_what_does_not_fit_is_told_by_its_part(
    counter: Counter, changes: dict[str, str], reason: str
) -> None:
    wrong = replace(identifier(counter.bottles()[0]), **changes)
    assert asked(counter, wrong) == {"verified": False, "verificationFailureReason": reason}


def test_a_serial_of_another_product_is_no_match(counter: Counter) -> None:
    first, other = counter.bottles()[0], counter.bottles()[3]
    assert first.gtin != other.gtin
    mixed = replace(identifier(first), serial=other.serial)
    assert asked(counter, mixed)["verificationFailureReason"] == "No_match_GTIN_Serial"


def test_a_serial_sold_to_another_store_is_suspect() -> None:
    counter = Counter()
    counter.fault("sold_elsewhere")
    counter.shipped(Want(GOOD, 2))
    bad, good = counter.bottles()
    assert asked(counter, identifier(bad)) == {"verified": False, "additionalInfo": "suspect"}
    assert asked(counter, identifier(good)) == {"verified": True}


def test_a_lot_under_recall_is_verified_and_said_to_be_recalled(counter: Counter) -> None:
    first = counter.bottles()[0]
    item = counter.shop.item(first.ndc)
    counter.yard.recalls.begin(item, [first.lot])
    told = asked(counter, identifier(first))
    assert told == {"verified": True, "additionalInfo": "recalled"}
    assert asked(counter, identifier(counter.bottles()[3])) == {"verified": True}


def test_an_expiry_without_a_day_is_asked_as_it_is_printed(counter: Counter) -> None:
    bottle = counter.bottles()[4]
    assert bottle.symbol_expiry.endswith("00")
    assert asked(counter, identifier(bottle)) == {"verified": True}
    spelt = bottle.expires_on[2:].replace("-", "")
    assert not asked(counter, replace(identifier(bottle), expires=spelt))["verified"]


def test_an_answer_says_who_answers_and_when(counter: Counter) -> None:
    said = counter.yard.verifying.answer(identifier(counter.bottles()[0]))
    assert said["responderGLN"] == "0614141001019"
    assert str(said["verificationTimestamp"]).startswith("2026-03-02T")


# Recall notices


def notices(counter: Counter, key: str = "caprock") -> list[dict[str, str]]:
    found = []
    for paper in counter.waiting("recall", key):
        body = json.loads(paper.body)
        assert body["meta"]["results"]["total"] == len(body["results"]) == 1
        found.append(body["results"][0])
    return found


@pytest.mark.parametrize("key", HOUSES)
def test_every_customer_of_every_house_gets_the_notice(counter: Counter, key: str) -> None:
    item = counter.shop.item("65162-007-09")
    counter.yard.recalls.begin(item, ["A1", "B2"], classification="I", reason="GLASS")
    (said,) = notices(counter, key)
    assert said["classification"] == "Class I"
    assert said["code_info"] == "Lot #: A1, Lot #: B2"
    assert said["reason_for_recall"] == "GLASS"
    assert said["recall_number"] == "D-0001-2026"


def test_a_notice_has_the_fields_of_an_enforcement_report(counter: Counter) -> None:
    item = counter.shop.item("65162-007-09")
    counter.yard.recalls.begin(item, ["A1"])
    (said,) = notices(counter)
    assert "NDC 65162-007-09" in said["product_description"]
    assert item.name in said["product_description"]
    assert said["recalling_firm"] == item.labeler
    assert said["recall_initiation_date"] == "20260301"
    assert said["report_date"] == "20260302"
    assert said["status"] == "Ongoing"
    assert json.dumps(said["openfda"], sort_keys=True) == (
        '{"package_ndc": ["65162-007-09"], "product_ndc": ["65162-007"]}'
    )


def test_a_recall_is_of_its_ndc_and_lots_alone(counter: Counter) -> None:
    recalls = counter.yard.recalls
    recalls.begin(counter.shop.item("65162-007-09"), ["A1", "B2"])
    assert recalls.of("65162-007-09", "A1")
    assert recalls.of("65162-007-09", "B2")
    assert not recalls.of("65162-007-09", "A")
    assert not recalls.of("65162-008-09", "A1")


def test_notices_are_numbered_and_listed(counter: Counter) -> None:
    recalls = counter.yard.recalls
    for lot in ("A1", "B2"):
        recalls.begin(counter.shop.item("65162-007-09"), [lot])
    every = [json.dumps(one) for one in recalls.notices()]
    assert "D-0001-2026" in every[0]
    assert "D-0002-2026" in every[1]
    assert len(every) == 2


def test_a_notice_may_wait(counter: Counter) -> None:
    counter.yard.recalls.begin(counter.shop.item("65162-007-09"), ["A1"], wait=3600)
    assert notices(counter) == []
    counter.shop.clock.advance(3601)
    assert len(notices(counter)) == 1
