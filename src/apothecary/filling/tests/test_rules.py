"""The house's rules at the counter, without a database: bottles, counts, lots, substitution."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.equivalence import Book, Facts
from apothecary.filling.back_counts import plain
from apothecary.filling.rules import (
    BottleFacts,
    FillingFacts,
    LotFacts,
    ProductFacts,
    bottle_problems,
    check_problems,
    count_problems,
    counted_text,
    label_problems,
    lot_problems,
    slip_problems,
    substitution_problems,
    substitution_steps,
)

TODAY = date(2026, 11, 23)
RIGHT = BottleFacts(right=True, open_slip=False, lot_id=1, bottles=1, says="")
SLIP = BottleFacts(right=False, open_slip=True, lot_id=None, bottles=1, says="Wrong.")
ASIDE = replace(SLIP, open_slip=False)
FACTS = FillingFacts(
    quantity=Decimal(30),
    unit="EA",
    package_quantity=Decimal(100),
    schedule=0,
    reserved=((1, "L1"),),
    bottles=(RIGHT,),
    counts=(Decimal(30),),
)
C2 = replace(FACTS, schedule=2)


def codes(problems) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("quantity", "holds", "lots", "needed"),
    [
        ("1", "100", 1, 1),
        ("99", "100", 1, 1),
        ("100", "100", 1, 1),
        ("100.001", "100", 1, 2),
        ("101", "100", 1, 2),
        ("200", "100", 1, 2),
        ("201", "100", 1, 3),
        ("30", "100", 2, 2),
        ("28.4", "28.4", 1, 1),
        ("28.5", "28.4", 1, 2),
        ("0.001", "10", 1, 1),
    ],
)
def test_as_many_bottles_as_the_quantity_takes_and_one_of_each_lot(
    quantity, holds, lots, needed
):
    facts = replace(
        FACTS,
        quantity=Decimal(quantity),
        package_quantity=Decimal(holds),
        reserved=tuple((lot, f"L{lot}") for lot in range(lots)),
    )
    assert facts.bottles_needed == needed


@given(
    quantity=st.decimals(Decimal("0.001"), Decimal(10_000), places=3),
    holds=st.decimals(Decimal("0.001"), Decimal(1_000), places=3),
)
def test_the_bottles_that_are_needed_hold_the_quantity_and_one_fewer_would_not(quantity, holds):
    needed = replace(FACTS, quantity=quantity, package_quantity=holds).bottles_needed
    assert needed * holds >= quantity
    assert (needed - 1) * holds < quantity


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (FACTS, []),
        (replace(FACTS, bottles=()), ["no-bottle"]),
        (replace(FACTS, bottles=(ASIDE,)), ["no-bottle"]),
        (replace(FACTS, bottles=(ASIDE, RIGHT)), []),
        (replace(FACTS, bottles=(RIGHT, SLIP)), ["open-slip"]),
        (replace(FACTS, bottles=(SLIP, SLIP)), ["open-slip", "open-slip", "no-bottle"]),
        (replace(FACTS, quantity=Decimal(101)), ["bottles-missing"]),
        (replace(FACTS, quantity=Decimal(101), bottles=(replace(RIGHT, bottles=2),)), []),
        (replace(FACTS, quantity=Decimal(101), bottles=(RIGHT, RIGHT)), []),
        (
            replace(FACTS, reserved=((1, "L1"), (2, "L2"))),
            ["bottles-missing", "lot-not-scanned"],
        ),
        (
            replace(FACTS, reserved=((1, "L1"), (2, "L2")), bottles=(RIGHT, RIGHT)),
            ["lot-not-scanned"],
        ),
        (
            replace(
                FACTS,
                reserved=((1, "L1"), (2, "L2")),
                bottles=(RIGHT, replace(RIGHT, lot_id=2)),
            ),
            [],
        ),
        (replace(FACTS, reserved=()), ["not-reserved"]),
    ],
)
def test_what_was_scanned_proves_the_drug_or_says_what_is_missing(facts, expected):
    assert codes(bottle_problems(facts)) == expected


def test_more_bottles_than_needed_are_no_fault():
    assert bottle_problems(replace(FACTS, bottles=(RIGHT,) * 5)) == []


def test_an_open_slip_is_named_in_its_own_words():
    assert slip_problems(replace(FACTS, bottles=(SLIP,)))[0].says.startswith("Wrong. Set that")


@pytest.mark.parametrize(
    ("unit", "needs", "counted", "expected"),
    [
        ("EA", "30", "29", ["count-differs"]),
        ("EA", "30", "30", []),
        ("EA", "30", "30.000", []),
        ("EA", "30", "31", ["count-differs"]),
        ("EA", "30", "0", ["count-zero"]),
        ("EA", "30", "-1", ["count-zero"]),
        ("EA", "30", "29.5", ["count-parts"]),
        ("ML", "2.5", "2.5", []),
        ("ML", "2.5", "2.501", ["count-differs"]),
        ("GM", "28.4", "28.3", ["count-differs"]),
    ],
)
def test_a_count_is_the_quantity_or_none(unit, needs, counted, expected):
    facts = replace(FACTS, unit=unit, quantity=Decimal(needs))
    assert codes(count_problems(facts, Decimal(counted))) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (FACTS, []),
        (replace(FACTS, counts=()), ["not-counted"]),
        (replace(C2, counts=()), ["not-counted"]),
        (C2, ["counted-once"]),
        (replace(C2, counts=(Decimal(30), Decimal(30))), []),
        (replace(C2, schedule=3), []),
    ],
)
def test_a_label_waits_for_the_count_and_for_both_of_schedule_ii(facts, expected):
    assert codes(label_problems(facts)) == expected


@pytest.mark.parametrize(
    ("printed", "should_say", "expected"),
    [
        ("", "a", ["no-label"]),
        ("a", "a", []),
        ("a", "b", ["label-stale"]),
        ("", "", ["no-label"]),
    ],
)
def test_the_pharmacist_gets_a_vial_whose_label_agrees(printed, should_say, expected):
    assert codes(check_problems(FACTS, printed=printed, should_say=should_say)) == expected


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        (TODAY - timedelta(days=1), ["lot-expired"]),
        (TODAY, ["lot-too-short"]),
        (TODAY + timedelta(days=29), ["lot-too-short"]),
        (TODAY + timedelta(days=30), []),
        (TODAY + timedelta(days=31), []),
    ],
)
def test_a_lot_lasts_as_long_as_the_supply(expires, expected):
    lot = LotFacts("L1", expires)
    problems = lot_problems(lot, on=TODAY, good_until=TODAY + timedelta(days=30))
    assert codes(problems) == expected


def test_an_expired_lot_is_refused_with_the_law():
    lot = LotFacts("L1", date(2026, 11, 22), "recall")
    problem = lot_problems(lot, on=TODAY, good_until=TODAY)[0]
    assert "21 CFR 211.137" in problem.cite
    assert "11/22/2026" in problem.says


def test_a_quarantined_lot_is_refused_with_its_reason():
    lot = LotFacts("L1", date(2030, 1, 1), "recall")
    problems = lot_problems(lot, on=TODAY, good_until=TODAY)
    assert codes(problems) == ["lot-quarantined"]
    assert "(recall)" in problems[0].says


LISINOPRIL = Facts(
    ingredients="lisinopril",
    strength="10 mg",
    form="TABLET",
    route="ORAL",
    te_code="AB",
    category="ANDA",
    is_brand=False,
)
WANTED = ProductFacts(("68180", "0980"), "lisinopril 10 mg of Lupin", "", LISINOPRIL)
OFFERED = replace(WANTED, code=("0093", "1111"), says="lisinopril 10 mg of Teva")


def rated(te_code: str, of: ProductFacts = OFFERED) -> ProductFacts:
    return replace(of, drug=replace(of.drug, te_code=te_code))


def other(**facts: Any) -> ProductFacts:
    return replace(OFFERED, drug=replace(LISINOPRIL, **facts))


@pytest.mark.parametrize(
    ("offered", "daw", "expected"),
    [
        (OFFERED, "0", []),
        (OFFERED, "1", ["daw"]),
        (OFFERED, "2", ["daw"]),
        (OFFERED, "3", []),
        (OFFERED, "7", ["daw"]),
        (OFFERED, "9", []),
        (WANTED, "1", []),
        (other(strength="20 mg"), "0", ["other-drug"]),
        (other(form="TABLET, EXTENDED RELEASE"), "0", ["other-drug"]),
        (other(form="TABLET, FILM COATED"), "0", []),
        (other(route="SUBLINGUAL"), "0", ["other-drug"]),
        (other(ingredients="enalapril"), "1", ["daw", "other-drug"]),
        (other(ingredients=""), "0", ["other-drug"]),
        (other(te_code="BX"), "0", ["not-equivalent"]),
        (other(te_code=""), "0", ["not-equivalent"]),
        (other(category="BLA"), "0", ["biologic"]),
    ],
)
def test_an_equivalent_is_the_same_drug_with_the_same_rating(offered, daw, expected):
    assert (
        codes(substitution_problems(WANTED, offered, daw=daw, state="TX", on=TODAY)) == expected
    )


BRAND = replace(WANTED, brand="Prinivil", price_usd=Decimal("20.00"))


@pytest.mark.parametrize(
    ("state", "costs", "expected"),
    [
        ("TX", "20.00", []),
        ("TX", "20.01", ["substitution-dearer"]),
        ("NY", "19.99", []),
        ("NY", "20.00", ["substitution-dearer"]),
        ("NY", None, []),
        ("ZZ", "4.00", ["law-no-substitution"]),
        ("", None, ["law-no-substitution"]),
    ],
)
def test_a_brand_is_given_up_as_the_state_of_the_pharmacy_lets_it(state, costs, expected):
    offered = replace(OFFERED, price_usd=None if costs is None else Decimal(costs))
    found = substitution_problems(BRAND, offered, daw="0", state=state, on=TODAY)
    assert codes(found) == expected


def test_a_state_without_rows_refuses_by_name_and_a_generic_is_not_its_matter():
    (problem,) = substitution_problems(BRAND, OFFERED, daw="0", state="ZZ", on=TODAY)
    assert "ZZ" in problem.says
    assert problem.field == "state"
    assert substitution_problems(WANTED, OFFERED, daw="0", state="ZZ", on=TODAY) == []


def test_a_biologic_for_a_brand_is_refused_by_the_file_and_by_the_state():
    found = substitution_problems(BRAND, other(category="BLA"), daw="0", state="TX", on=TODAY)
    assert codes(found) == ["biologic", "substitution-not-interchangeable"]


@pytest.mark.parametrize(
    ("state", "costs", "first", "compared"),
    [
        ("TX", "4.00", "Ask the patient to choose.", False),
        ("TX", None, "Ask the patient to choose.", True),
        ("NY", "4.00", "Tell the patient.", False),
        ("NY", None, "Tell the patient.", True),
    ],
)
def test_what_the_state_asks_before_a_brand_is_given_up(state, costs, first, compared):
    offered = replace(OFFERED, price_usd=None if costs is None else Decimal(costs))
    found = substitution_steps(BRAND, offered, state=state, on=TODAY)
    assert found[0].says == first
    assert all(step.cite and step.verified for step in found)
    assert ("substitution-price" in codes(found)) == compared


@pytest.mark.parametrize(
    ("wanted", "state"), [(WANTED, "TX"), (BRAND, "ZZ"), (replace(BRAND, brand=""), "NY")]
)
def test_nothing_is_asked_where_no_brand_is_given_up_or_no_row_speaks(wanted, state):
    assert substitution_steps(wanted, OFFERED, state=state, on=TODAY) == []


def test_the_same_brand_of_another_labeler_keeps_to_what_was_wanted():
    brand = replace(WANTED, brand="Prinivil")
    assert (
        substitution_problems(
            brand, replace(OFFERED, brand="Prinivil"), daw="1", state="TX", on=TODAY
        )
        == []
    )
    assert codes(substitution_problems(brand, OFFERED, daw="1", state="TX", on=TODAY)) == [
        "daw"
    ]


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        ("AB1,AB2", "AB2", []),
        ("AB2", "AB1,AB2", []),
        ("AB1,AB2", "AB2,AB3", []),
        ("AB1, AB2", "AB2", []),
        ("AB1,AB2", "AB3", ["not-equivalent"]),
        ("AB1", "AB2", ["not-equivalent"]),
        ("AB", "AB1", ["not-equivalent"]),
        ("AA", "AB", ["not-equivalent"]),
        ("AP", "AP", []),
        ("BX", "BX", ["not-equivalent"]),
        ("BC", "BC", ["not-equivalent"]),
        ("B", "B", ["not-equivalent"]),
        ("AB", "BX", ["not-equivalent"]),
        ("", "", ["not-equivalent"]),
    ],
)
def test_two_products_are_equivalent_by_one_common_rating_beginning_with_a(
    wanted, offered, expected
):
    found = substitution_problems(
        rated(wanted, WANTED), rated(offered), daw="0", state="TX", on=TODAY
    )
    assert codes(found) == expected


def test_a_biologic_is_refused_by_the_law_that_would_have_to_allow_it():
    (problem,) = substitution_problems(
        WANTED, other(category="BLA"), daw="0", state="TX", on=TODAY
    )
    assert problem.cite == "42 USC 262(i)(3)"
    assert problem.says.startswith("lisinopril 10 mg of Teva is a biologic")


def test_two_rows_of_the_orange_book_say_what_is_one_drug_where_both_are_known():
    row = Book("LISINOPRIL", "TABLET;ORAL", "10MG")
    ours = replace(WANTED, drug=replace(LISINOPRIL, book=row))
    theirs = replace(OFFERED, drug=replace(LISINOPRIL, strength="0.01 g", book=row))
    assert substitution_problems(ours, theirs, daw="0", state="TX", on=TODAY) == []
    solution = replace(theirs.drug, book=replace(row, form_route="SOLUTION;ORAL"))
    found = substitution_problems(
        ours, replace(theirs, drug=solution), daw="0", state="TX", on=TODAY
    )
    assert codes(found) == ["other-drug"]


def test_another_package_of_a_product_whose_ingredients_are_unknown_is_no_substitution():
    unknown = replace(WANTED, drug=replace(LISINOPRIL, ingredients="", te_code=""))
    assert substitution_problems(unknown, unknown, daw="1", state="TX", on=TODAY) == []


@pytest.mark.parametrize(
    ("quantity", "text"), [("30.000", "30"), ("28.400", "28.4"), ("100", "100"), ("0.5", "0.5")]
)
def test_a_quantity_has_no_trailing_zero(quantity, text):
    assert plain(Decimal(quantity)) == text


def test_both_counts_are_read_out():
    facts = replace(C2, counts=(Decimal("30.000"), Decimal("30.000")))
    assert counted_text(facts) == "30 and 30"


@pytest.mark.parametrize(("unit", "quantity"), [("EA", "1"), ("ML", "0.5"), ("GM", "1")])
def test_one_unit_or_less_of_what_is_measured_can_be_counted(unit, quantity):
    facts = replace(FACTS, unit=unit, quantity=Decimal(quantity))
    assert count_problems(facts, Decimal(quantity)) == []


@pytest.mark.parametrize(
    ("wanted", "offered", "said"),
    [("AB", "AB2", "AB and AB2"), ("AB", "", "AB and none"), ("", "AB", "none and AB")],
)
def test_what_is_not_rated_equivalent_says_both_ratings(wanted, offered, said):
    (problem,) = substitution_problems(
        rated(wanted, WANTED), rated(offered), daw="0", state="TX", on=TODAY
    )
    assert (problem.code, f"(codes {said})" in problem.says) == ("not-equivalent", True)
    assert problem.cite == "FDA Orange Book, preface 1.7"


def test_the_name_of_a_labeler_ending_in_a_full_stop_ends_no_sentence_twice():
    inc = replace(WANTED, says="lisinopril 10 mg of Lupin Inc.")
    (problem,) = substitution_problems(
        inc, other(strength="20 mg"), daw="0", state="TX", on=TODAY
    )
    assert problem.says.endswith("than lisinopril 10 mg of Lupin Inc.")
