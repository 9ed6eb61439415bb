"""The payer's own files: plans, formulary, members, drug file; and its memory."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from simulators.payer.claim import Reject, read_day, same_code
from simulators.payer.judges.members import find_plan
from simulators.payer.judges.utilization import next_fill_on
from simulators.payer.memory import Memory, PaidClaim
from simulators.payer.plans import DATA, Books, Plan, read_books
from simulators.payer.wire import BadValue

PAID = PaidClaim(
    authorization="A1",
    plan="lonestar-commercial",
    pharmacy="2900000110",
    rx="7001",
    fill=0,
    service_on=date(2026, 3, 1),
    ndc="00093310501",
    drug="amoxicillin",
    cardholder="XY1234567",
    person="1",
    quantity=Decimal("30.000"),
    days=30,
    deductible_usd=Decimal("12.34"),
    print="[]",
    pricing="[]",
)


@pytest.fixture
def memory() -> Iterator[Memory]:
    memory = Memory()
    yield memory
    memory.close()


def plan(books: Books, key: str) -> Plan:
    return next(p for p in books.plans if p.key == key)


def test_every_bin_and_pcn_leads_to_one_plan(books: Books) -> None:
    assert [p.bin for p in books.plans[:3]] == ["999999", "999998", "999997"]
    doors = [(p.bin, pcn) for p in books.plans for pcn in p.pcns]
    assert len(set(doors)) == len(doors)
    assert len({p.key for p in books.plans}) == len(books.plans)


def test_every_tier_a_plan_can_reach_has_a_price(books: Books) -> None:
    for one in books.plans:
        tiers = {one.default_tier_generic, one.default_tier_brand}
        tiers |= {r.tier for r in books.rules if r.plan == one.key and r.tier}
        assert tiers <= set(one.copay_usd) | set(one.coinsurance_percent), one.key


def test_every_formulary_line_names_a_plan_and_a_drug_of_the_file(books: Books) -> None:
    ingredients = {drug.ingredient for drug in books.drugs.values()}
    for rule in books.rules:
        assert rule.plan in {p.key for p in books.plans}
        assert rule.ingredient in ingredients or rule.ndc_prefix
        assert set(rule.step_first) <= ingredients
        assert all(books.drug(ndc) for ndc in rule.preferred)
        assert (rule.max_quantity is None) == (rule.per_days is None)


def test_every_listed_card_fits_its_plan(books: Books) -> None:
    for card, members in books.members.items():
        key, cardholder = card.split("/")
        assert books.card_is_learnable(plan(books, key), cardholder), card
        assert len({m.person for m in members}) == len(members), card


def test_the_drug_file_knows_schedules_prices_and_brands(books: Books) -> None:
    drugs = books.drugs.values()
    assert {drug.schedule for drug in drugs} == {0, 2, 3, 4, 5}
    assert all(drug.unit_price_usd > 0 for drug in drugs)
    assert {drug.brand for drug in drugs} == {True, False}
    assert all(len(ndc9) == 9 for ndc9 in books.drugs)


@pytest.mark.parametrize(
    ("bin_number", "pcn", "found"),
    [
        ("999999", "TESTPCN", "lonestar-commercial"),
        ("999998", "TESTMCD", "bluebonnet-medicaid"),
        ("999997", "TESTPTD", "pecan-part-d"),
        ("999999", "TESTMCD", "04"),
        ("999999", "", "04"),
        ("000000", "TESTPCN", "01"),
        ("", "", "01"),
    ],
)
def test_bin_and_pcn_lead_to_the_plan_or_to_the_wrong_one_of_them(
    books: Books, bin_number: str, pcn: str, found: str
) -> None:
    got = find_plan(books, bin_number, pcn)
    assert (got.code if isinstance(got, Reject) else got.key) == found


@pytest.mark.parametrize(
    ("key", "card", "learnable"),
    [
        ("lonestar-commercial", "LS1234567", True),
        ("lonestar-commercial", "ABC123456", True),
        ("lonestar-commercial", "123456789", False),
        ("lonestar-commercial", "LS12345", False),
        ("bluebonnet-medicaid", "123456789", True),
        ("bluebonnet-medicaid", "12345678", False),
        ("pecan-part-d", "1EG4TE5MK73", True),
        ("pecan-part-d", "1EG4-TE5-MK73", False),
    ],
)
def test_only_cards_of_the_plans_pattern_enrol_themselves(
    books: Books, key: str, card: str, learnable: bool
) -> None:
    assert books.card_is_learnable(plan(books, key), card) is learnable
    closed = replace(plan(books, key), learn=False)
    assert not books.card_is_learnable(closed, card)


@pytest.mark.parametrize(
    ("days", "percent", "next_on"),
    [
        (30, 75, date(2026, 3, 24)),
        (30, 100, date(2026, 3, 31)),
        (30, 0, date(2026, 3, 1)),
        (1, 75, date(2026, 3, 2)),
        (7, 75, date(2026, 3, 7)),
        (90, 75, date(2026, 5, 8)),
    ],
)
def test_the_next_fill_date_rounds_used_days_up(
    books: Books, days: int, percent: int, next_on: date
) -> None:
    one = replace(books.plans[0], refill_percent=percent)
    assert next_fill_on(one, replace(PAID, days=days)) == next_on


def test_a_broken_plan_file_is_named(tmp_path: Path) -> None:
    for name in ("formulary.csv", "drugs.csv", "members.csv"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    text = (DATA / "plans.toml").read_text()
    (tmp_path / "plans.toml").write_text(text.replace('pcns = ["TESTPCN"]', 'pcns = "TESTPCN"'))
    with pytest.raises(ValueError, match="'TESTPCN' must be a list"):
        read_books(tmp_path)
    (tmp_path / "plans.toml").write_text(text.replace("max_days = 90", "most_days = 90"))
    with pytest.raises(TypeError, match="most_days"):
        read_books(tmp_path)


@pytest.mark.parametrize(
    ("text", "same"), [("1", "1"), ("01", "1"), ("001", "1"), ("0", "0"), ("00", "0"), ("", "")]
)
def test_short_codes_compare_without_leading_zeros(text: str, same: str) -> None:
    assert same_code(text) == same


@pytest.mark.parametrize(
    "text", ["20260229", "20261301", "2026-3-1", "2026031", "", "٢٠٢٦٠٣٠١"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        read_day(text)


def test_a_leap_day_is_a_day() -> None:
    assert read_day("20240229") == date(2024, 2, 29)


def test_a_kept_claim_comes_back_as_it_was(memory: Memory) -> None:
    memory.keep(PAID)
    assert memory.everything() == [PAID]
    assert memory.of_prescription(PAID.plan, PAID.pharmacy, PAID.rx) == [PAID]
    assert memory.of_member(PAID.plan, PAID.cardholder, PAID.person) == [PAID]


@pytest.mark.parametrize(
    "other",
    [
        {"plan": "pecan-part-d"},
        {"pharmacy": "1234567893"},
        {"rx": "7002"},
    ],
)
def test_claims_of_another_plan_pharmacy_or_number_are_not_mixed_up(
    memory: Memory, other: dict[str, str]
) -> None:
    memory.keep(PAID)
    asked = {"plan": PAID.plan, "pharmacy": PAID.pharmacy, "rx": PAID.rx, **other}
    assert memory.of_prescription(asked["plan"], asked["pharmacy"], asked["rx"]) == []


def test_a_reversed_claim_leaves_the_member_but_not_the_prescription(memory: Memory) -> None:
    memory.keep(PAID)
    memory.reverse("A1")
    assert memory.of_member(PAID.plan, PAID.cardholder, PAID.person) == []
    assert memory.of_prescription(PAID.plan, PAID.pharmacy, PAID.rx)[0].state == "reversed"
    memory.restore("A1")
    assert memory.of_member(PAID.plan, PAID.cardholder, PAID.person) == [PAID]


def test_an_authorization_number_is_never_given_twice(memory: Memory) -> None:
    first = memory.next_authorization(7, PAID.service_on)
    memory.keep(replace(PAID, authorization=first))
    memory.reverse(first)
    assert memory.next_authorization(7, PAID.service_on) != first
    with pytest.raises(sqlite3.IntegrityError):
        memory.keep(replace(PAID, authorization=first))


def test_the_first_birth_date_of_a_card_is_the_one_that_stays(memory: Memory) -> None:
    assert memory.birth_date("p", "c", "1") is None
    memory.learn("p", "c", "1", date(1980, 2, 29))
    memory.learn("p", "c", "1", date(1981, 1, 1))
    assert memory.birth_date("p", "c", "1") == date(1980, 2, 29)
    assert memory.birth_date("p", "c", "2") is None


def test_an_approval_counts_for_its_card_and_drug_alone(memory: Memory) -> None:
    memory.approve("p", "PA1", "c", "adalimumab")
    assert memory.approvals("p", "c", "adalimumab") == ["PA1"]
    assert memory.approvals("p", "other", "adalimumab") == []
    assert memory.approvals("p", "c", "apixaban") == []
    assert memory.approvals("q", "c", "adalimumab") == []


def test_a_memory_file_outlives_its_process(tmp_path: Path) -> None:
    path = str(tmp_path / "memory.sqlite")
    first = Memory(path)
    first.keep(PAID)
    first.learn("p", "c", "1", date(1980, 2, 29))
    first.close()
    second = Memory(path)
    assert second.everything() == [PAID]
    assert second.birth_date("p", "c", "1") == date(1980, 2, 29)
    second.close()
