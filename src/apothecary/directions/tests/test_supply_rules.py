"""The tables of days' supply: every row has a source or says that it has none."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from apothecary.directions import supply_rules
from apothecary.directions.package_text import content_of
from apothecary.directions.supply_rules import (
    enabled_facts,
    fraction,
    product_fact,
    product_facts,
    rule_of,
    rules,
)
from apothecary.directions.working import Line, Working, amount

ROW = {
    "rule": "DS-EYE-OPEN",
    "item": "",
    "says": "",
    "name": "xalatan",
    "device": "",
    "fact": "days_after_opening",
    "value": "42",
    "unit": "day",
    "cite": "somewhere",
    "as_of": "2026-11",
    "verified": "V2",
}


# Said to people, and by other rooms: nothing is reckoned with them here.
STATEMENTS = {"DS-SENT", "DS-BOTTLE", "DS-DROP-PRODUCT", "DS-EYE-OPEN", "DS-PEN-TRUE",
              "DS-EARLY"}  # fmt: skip


def test_every_rule_is_used_or_known_to_be_a_statement() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(supply_rules.__file__).parent.glob("*.py")
    )
    used = {name for name in rules() if f"{name}" in code}
    by_product = {fact.rule.id for fact in product_facts()}
    assert set(rules()) - used - by_product <= STATEMENTS
    assert not used & {"DS-SENT", "DS-BOTTLE", "DS-EARLY"}


def test_every_rule_has_a_mark_and_the_month_it_was_read() -> None:
    for rule in rules().values():
        assert rule.verified in {"V1", "V2", "K", "KQ", "C"}, rule.id
        assert rule.as_of == "2026-11"
        assert rule.says
        assert rule.item


def test_only_what_nobody_verified_is_without_a_source() -> None:
    without = {rule.id for rule in rules().values() if not rule.cite}
    assert without == {"DS-INSULIN-OPEN", "DS-PUFF", "DS-SPRAY", "DS-PATCH", "DS-PILL-PACK"}
    assert all(rules()[name].verified == "K" for name in without)
    facts = [fact.rule for fact in product_facts()]
    assert all(rule.cite or rule.verified == "K" for rule in facts)


def test_a_number_of_a_rule_has_its_unit() -> None:
    for rule in rules().values():
        assert (rule.value is None) == (rule.unit == ""), rule.id


def test_a_doubtful_row_is_switched_off() -> None:
    assert not rule_of({**ROW, "verified": "KQ"}).enabled
    assert rule_of({**ROW, "verified": "K"}).enabled
    rows = [{**ROW, "verified": "KQ"}, {**ROW, "value": "28"}]
    assert [fact.value for fact in enabled_facts(rows)] == [28]


def test_a_proof_that_rests_on_a_doubtful_rule_is_barred_and_says_so() -> None:
    doubtful = replace(rules()["DS-PUFF"], verified="KQ")
    work = Working(table={"DS-PUFF": doubtful})
    work.say("200 puffs", "DS-PUFF")
    assert work.barred
    assert work.lines == [
        Line("inhalers: the rule DS-PUFF is doubtful and switched off.", doubtful)
    ]


def test_a_rule_that_does_not_exist_is_an_error_and_no_default() -> None:
    with pytest.raises(KeyError):
        Working().say("so many", "DS-NONE")
    with pytest.raises(ValueError, match="DS-CALC has no number"):
        Working().value("DS-CALC")


def test_a_convention_is_said_once_and_arithmetic_each_time() -> None:
    work = Working()
    for _ in range(2):
        work.say("2 tablets a day", "DS-COUNT")
        work.say("2 × 5 days = 10")
        work.doubt("look")
    assert [line.says for line in work.lines] == [
        "2 tablets a day",
        "2 × 5 days = 10",
        "2 × 5 days = 10",
    ]
    assert work.doubts == ["look"]


@pytest.mark.parametrize(
    ("name", "device", "value"),
    [
        ("Xalatan latanoprost", "", 42),
        ("latanoprost", "", None),
        ("Rocklatan", "", 42),
        ("insulin glargine 300 unit/mL", "pen", 56),
        ("insulin glargine 3000 unit/mL", "pen", 28),
        ("Insulin Glargine 100 unit/mL", "pen", 28),
        ("Humulin N", "pen", 14),
        ("Humulin N", "vial", None),
        ("humulin novel", "pen", None),
        ("insulin", "", 28),
    ],
)
def test_a_fact_fits_only_the_product_whose_words_it_names(
    name: str, device: str, value: int | None
) -> None:
    found = product_fact("days_after_opening", name=name, device=device)
    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("20", Fraction(20)), ("0.5", Fraction(1, 2)), ("81/2.5", Fraction(162, 5))],
)
def test_numbers_of_the_tables_are_exact(text: str, value: Fraction | None) -> None:
    assert fraction(text) == value


@pytest.mark.parametrize(
    ("text", "each", "unit", "container", "containers", "doses"),
    [
        ("100 TABLET in 1 BOTTLE", 100, "TABLET", "BOTTLE", 1, None),
        ("5 SYRINGE in 1 CARTON > 3 mL in 1 SYRINGE", 3, "mL", "SYRINGE", 5, None),
        ("4 SYRINGE in 1 CARTON > .5 mL in 1 SYRINGE", "1/2", "mL", "SYRINGE", 4, None),
        ("1 INHALER in 1 CARTON (0093-3174-31)  > 200 AEROSOL, METERED in 1 INHALER",
         200, "AEROSOL, METERED", "INHALER", 1, 200),
        ("1 INHALER in 1 CARTON > 30 POWDER in 1 INHALER", 30, "POWDER", "INHALER", 1, 30),
        ("30 PACKET in 1 CARTON > 4 POWDER in 1 PACKET", 4, "POWDER", "PACKET", 30, None),
        ("6 CONTAINER in 1 BOX > 1 SPRAY in 1 CONTAINER", 1, "SPRAY", "CONTAINER", 6, 6),
        ("4 POUCH in 1 CARTON > 15 VIAL, SINGLE-USE in 1 POUCH > .2 mL in 1 VIAL, SINGLE-USE",
         "1/5", "mL", "VIAL, SINGLE-USE", 60, None),
    ],
)  # fmt: skip
def test_a_package_description_is_read_from_the_outside_in(
    text: str, each: int | str, unit: str, container: str, containers: int, doses: int | None
) -> None:
    found = content_of(text)
    assert found is not None
    assert (found.amount, found.unit) == (Fraction(each), unit)
    assert (found.container, found.containers) == (container, containers)
    assert found.doses == doses


@pytest.mark.parametrize(
    "text",
    ["", "1 KIT", "100 TABLET", "1 KIT in 1 CARTON * 3 TABLET in 1 BOX", "0 mL in 1 VIAL",
     "1 mL in 0 VIAL", "x mL in 1 VIAL", "1 BOX in 0 CARTON > 3 mL in 1 VIAL"],
)  # fmt: skip
def test_a_package_that_cannot_be_read_holds_nothing_known(text: str) -> None:
    assert content_of(text) is None


def test_a_quantity_in_a_line_has_four_decimals_at_most() -> None:
    assert [amount(Fraction(*x)) for x in ((1, 3), (1, 2), (30, 1), (1, 99999))] == [
        "0.3333",
        "0.5",
        "30",
        "0",
    ]
