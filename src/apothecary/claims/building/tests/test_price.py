"""What is asked for: the sum is always computed, whatever was asked for what."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.building import (
    Administration,
    Bill,
    Compound,
    Ingredient,
    Price,
    build_billing,
    price_of,
    sheet_problems,
)
from apothecary.claims.building.tests.payers import ANY, CURIOUS, one, said, sheet
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.law.problem import Refused
from apothecary.wires.telecom import Value

MONEY = st.decimals("0", "9999.99", places=2)
CREAM = Compound(
    form="03",
    ingredients=(
        Ingredient(
            ndc11="00168001531",
            quantity=Decimal("15.000"),
            cost_usd=Decimal("4.11"),
            basis_of_cost="05",
        ),
        Ingredient(
            ndc11="00168005431",
            quantity=Decimal("15.000"),
            cost_usd=Decimal("9.02"),
            basis_of_cost="05",
        ),
    ),
)
PRICE = Price(
    ingredient_cost_usd=Decimal("8.50"),
    dispensing_fee_usd=Decimal("2.00"),
    usual_and_customary_usd=Decimal("12.05"),
)


def asked(bill: Bill) -> dict[str, list[Value | None]]:
    """The pricing segment as it went out."""
    fields = said(build_billing(bill, CURIOUS))
    return {name[3:]: list(values) for name, values in fields.items() if name[:3] == "11."}


@pytest.mark.parametrize(
    ("change", "field", "sent", "gross"),
    [
        ({}, "BE", None, "10.50"),
        ({"professional_fee_usd": Decimal("4.00")}, "BE", ["4.00"], "14.50"),
        ({"flat_tax_usd": Decimal("0.30")}, "HA", ["0.30"], "10.80"),
        ({"percentage_tax_usd": Decimal("0.72")}, "GE", ["0.72"], "11.22"),
        ({"other_amounts": (("01", Decimal("5.00")),)}, "H9", ["5.00"], "15.50"),
        (
            {"other_amounts": (("01", Decimal("5.00")), ("09", Decimal("0.25")))},
            "H9",
            ["5.00", "0.25"],
            "15.75",
        ),
    ],
)
def test_each_amount_asked_for_stands_by_itself_and_in_the_sum(change, field, sent, gross):
    fields = asked(replace(BILL, price=replace(PRICE, **change)))
    assert fields.get(field) == (sent and [Decimal(amount) for amount in sent])
    assert fields["DU"] == [Decimal(gross)]


def test_an_other_amount_says_what_it_is_for():
    price = replace(PRICE, other_amounts=(("01", Decimal("5.00")), ("09", Decimal("0.25"))))
    fields = asked(replace(BILL, price=price))
    assert fields["H8"] == ["01", "09"]
    assert fields["H7"] == [2]


def test_a_tax_by_percent_says_its_rate_and_what_it_is_taken_of():
    price = replace(
        PRICE,
        percentage_tax_usd=Decimal("0.72"),
        tax_percent=Decimal("6.85"),
        tax_basis="02",
    )
    fields = asked(replace(BILL, price=price))
    assert (fields["HE"], fields["JE"]) == ([Decimal("6.8500")], ["02"])


@pytest.mark.parametrize("paid", [None, Decimal("0.00"), Decimal("5.00")])
def test_what_the_patient_has_paid_is_told_when_it_is_known_and_never_asked_for(paid):
    fields = asked(replace(BILL, price=PRICE, patient_paid_usd=paid))
    assert fields.get("DX") == (None if paid is None else [paid])
    assert fields["DU"] == [Decimal("10.50")]


def test_giving_a_vaccine_is_asked_for_beside_the_vaccine():
    given_here = replace(
        BILL, price=PRICE, administration=Administration(incentive_usd=Decimal("20.00"))
    )
    fields = said(build_billing(given_here))
    assert fields["11.E3"] == [Decimal("20.00")]
    assert fields["11.DU"] == [Decimal("30.50")]
    assert [fields[f"08.{name}"] for name in ("E4", "E5", "E6")] == [["PH"], ["MA"], ["3N"]]


def test_a_vaccine_given_for_nothing_asks_for_nothing_and_still_says_that_it_was_given():
    free = replace(BILL, administration=Administration(incentive_usd=Decimal("0.00")))
    fields = said(build_billing(free))
    assert "11.E3" not in fields
    assert fields["08.E5"] == ["MA"]


@pytest.mark.parametrize(
    ("codes", "basis", "cost", "gross"),
    [
        ({"clarification": "20"}, "08", "3.10", "5.10"),
        ({"clarifications": ("20",)}, "08", "3.10", "5.10"),
        ({"clarification": "5", "clarifications": ("20",)}, "08", "3.10", "5.10"),
        ({"clarification": "2"}, "07", "8.50", "10.50"),
        ({}, "07", "8.50", "10.50"),
    ],
)
def test_a_340b_drug_is_asked_for_at_what_it_cost_us(codes, basis, cost, gross):
    bill = replace(BILL, price=PRICE, acquisition_cost_usd=Decimal("3.10"), **codes)
    fields = asked(bill)
    sums = [Decimal(cost), Decimal("2.00"), Decimal(gross)]
    assert [fields[name] for name in ("D9", "DC", "DU")] == [[amount] for amount in sums]
    assert fields["DN"] == [basis]
    assert fields["DQ"] == [Decimal("12.05")]


def test_a_340b_claim_without_the_cost_is_not_written():
    with pytest.raises(Refused) as refusal:
        build_billing(replace(BILL, clarification="20"))
    [problem] = refusal.value.problems
    assert problem.field == "acquisition_cost_usd"


def test_a_basis_of_cost_that_somebody_chose_is_sent():
    assert asked(replace(BILL, basis_of_cost="05"))["DN"] == ["05"]


def test_the_cost_of_a_compound_is_the_sum_of_its_ingredients():
    fields = asked(replace(BILL, price=PRICE, compound=CREAM, unit="GM"))
    assert fields["D9"] == [Decimal("13.13")]
    assert fields["DU"] == [Decimal("15.13")]


@given(
    st.builds(
        Price,
        ingredient_cost_usd=MONEY,
        dispensing_fee_usd=MONEY,
        usual_and_customary_usd=MONEY,
        professional_fee_usd=MONEY,
        other_amounts=st.lists(
            st.tuples(st.sampled_from(["01", "02", "09"]), MONEY), max_size=3
        ).map(tuple),
        flat_tax_usd=MONEY,
        percentage_tax_usd=MONEY,
    ),
    st.none() | MONEY.map(lambda fee: Administration(incentive_usd=fee)),
)
def test_gross_due_balances_on_the_wire(price, administration):
    fields = asked(replace(BILL, price=price, administration=administration))
    total = Decimal(0)
    for name in ("D9", "DC", "BE", "E3", "H9", "HA", "GE"):
        for amount in fields.get(name, []):
            assert isinstance(amount, Decimal)
            total += amount
    assert fields["DU"] == [total]
    assert replace(BILL, price=price, administration=administration).gross_due_usd == total


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": price_of(price_usd=Decimal("-1.00"), fee_usd=Decimal("0.00"))}, "price"),
        ({"price": replace(PRICE, professional_fee_usd=Decimal("-0.01"))}, "price"),
        ({"price": replace(PRICE, flat_tax_usd=Decimal("-0.01"))}, "price"),
        ({"price": replace(PRICE, percentage_tax_usd=Decimal("-0.01"))}, "price"),
        ({"price": replace(PRICE, other_amounts=(("01", Decimal("-0.01")),))}, "price"),
        ({"administration": Administration(incentive_usd=Decimal("-0.01"))}, "administration"),
    ],
)
def test_nothing_is_asked_for_that_is_less_than_nothing(change, field):
    problems = sheet_problems(replace(BILL, **change), ANY)
    assert {problem.field for problem in problems} == {field}


@pytest.mark.parametrize(
    ("change", "field", "amount"),
    [
        ({"price": replace(PRICE, professional_fee_usd=Decimal("4.00"))}, "11.BE", "4.00"),
        ({"price": replace(PRICE, flat_tax_usd=Decimal("0.30"))}, "11.HA", "0.30"),
        ({"price": replace(PRICE, percentage_tax_usd=Decimal("0.72"))}, "11.GE", "0.72"),
        ({"price": replace(PRICE, other_amounts=(("01", Decimal("5.00")),))}, "11.H9", "5.00"),
        ({"administration": Administration(incentive_usd=Decimal("20.00"))}, "11.E3", "20.00"),
    ],
)
def test_money_a_payer_forbids_is_told_and_never_left_out_silently(change, field, amount):
    stern = sheet(f'[[forbidden]]\nfields = ["{field}"]\ncite = "sheet, page 4"\n')
    [problem] = sheet_problems(replace(BILL, **change), stern)
    assert problem.code == "sheet-money"
    assert amount in problem.says
    assert field[3:] in problem.says
    assert problem.cite == "sheet, page 4"
    assert sheet_problems(BILL, stern) == []


def test_the_gross_due_of_an_ordinary_bill_is_that_of_its_price():
    assert BILL.gross_due_usd == BILL.price.gross_due_usd == Decimal("11.76")
    assert one(build_billing(BILL), "11.DU") == Decimal("11.76")
