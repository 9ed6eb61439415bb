"""After another payer: who said what, by the method the next one wants."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apothecary.claims.building import (
    Bill,
    OtherPayer,
    build_billing,
    other_coverage_of,
    sheet_problems,
)
from apothecary.claims.building.tests.payers import ANY, CURIOUS, one, said, sheet
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.wires.telecom import read_strictly

DAY = date(2026, 11, 23)
PAID = OtherPayer(
    coverage_type="01",
    payer_id="999999",
    on=DAY,
    control_number="icn1",
    paid=(("07", Decimal("41.50")), ("01", Decimal("2.00"))),
    responsible=(("05", Decimal("10.00")), ("01", Decimal("3.00"))),
    stages=(("02", Decimal("54.50")),),
)
NOTHING_PAID = replace(
    PAID, paid=(("07", Decimal("0.00")),), responsible=(("06", Decimal("54.50")),)
)
REFUSED = OtherPayer(coverage_type="02", payer_id="999998", on=DAY, rejects=("70", "75"))


def billed(*others: OtherPayer, other_coverage: str = "") -> Bill:
    return replace(BILL, others=others, other_coverage=other_coverage)


def cob(method: str):
    return sheet(f'cob = "{method}"\n')


def test_a_payer_before_this_one_is_named_with_its_day_and_its_number():
    fields = said(build_billing(billed(PAID)))
    assert fields["05.4C"] == [1]
    told = [fields[f"05.{name}"] for name in ("5C", "6C", "7C", "E8", "A7")]
    assert told == [["01"], ["03"], ["999999"], [DAY], ["ICN1"]]
    assert (fields["05.MV"], fields["05.MW"]) == (["02"], [Decimal("54.50")])


@pytest.mark.parametrize(
    ("method", "paid", "shares"),
    [
        ("payment", ["41.50", "2.00"], None),
        ("responsibility", None, ["10.00", "3.00"]),
        ("both", ["41.50", "2.00"], ["10.00", "3.00"]),
    ],
)
def test_the_sheet_says_whether_payments_or_the_patients_shares_are_told(method, paid, shares):
    fields = said(build_billing(billed(PAID), cob(method)))
    assert fields.get("05.DV") == (paid and [Decimal(amount) for amount in paid])
    assert fields.get("05.NQ") == (shares and [Decimal(amount) for amount in shares])


def test_amounts_stand_beside_their_qualifiers_under_their_counts():
    fields = said(build_billing(billed(PAID), cob("both")))
    assert (fields["05.HB"], fields["05.HC"]) == ([2], ["07", "01"])
    assert (fields["05.NR"], fields["05.NP"]) == ([2], ["05", "01"])
    assert fields["05.MU"] == [1]


def test_a_payer_who_refused_is_named_with_why_and_with_no_amounts():
    fields = said(build_billing(billed(REFUSED), cob("both")))
    assert (fields["05.5E"], fields["05.6E"]) == ([2], ["70", "75"])
    assert not {"05.HB", "05.NR"} & fields.keys()


def test_three_payers_stand_in_their_order_each_with_its_own():
    third = replace(PAID, coverage_type="03", payer_id="999997", stages=())
    raw = build_billing(billed(PAID, REFUSED, third), cob("payment"))
    segment = read_strictly(raw).transactions[0].segment("05")
    assert segment is not None
    first, second, last = segment.repeats("4C")
    assert [one.shown("5C") for one in (first, second, last)] == ["01", "02", "03"]
    assert [one.all("6E") for one in (first, second, last)] == [[], ["70", "75"], []]
    assert [one.raw("HB") for one in (first, second, last)] == ["2", None, "2"]
    assert [one.raw("MU") for one in (first, second, last)] == ["1", None, None]


@pytest.mark.parametrize(
    ("others", "method", "code"),
    [
        ((PAID,), "payment", "02"),
        ((PAID,), "both", "02"),
        ((PAID,), "responsibility", "08"),
        ((NOTHING_PAID,), "payment", "04"),
        ((NOTHING_PAID,), "responsibility", "08"),
        ((REFUSED,), "payment", "03"),
        ((REFUSED,), "responsibility", "03"),
        ((PAID, REFUSED), "payment", "02"),
        ((NOTHING_PAID, REFUSED), "payment", "04"),
        ((), "payment", ""),
    ],
)
def test_other_coverage_follows_from_what_the_others_answered(others, method, code):
    bill = billed(*others)
    assert other_coverage_of(bill, cob(method)) == code
    assert (one(build_billing(bill, cob(method)), "07.C8") or "") == code


def test_other_coverage_that_somebody_chose_stands():
    assert other_coverage_of(billed(PAID, other_coverage="04"), ANY) == "04"


@pytest.mark.parametrize("code", ["2", "02", "03", "4", "04", "08"])
def test_a_code_that_speaks_of_another_payer_needs_its_answer(code):
    [problem] = sheet_problems(billed(other_coverage=code), ANY)
    assert problem.field == "other_coverage"
    assert "308-C8" in problem.says


@pytest.mark.parametrize("code", ["0", "00", "1", "01"])
def test_a_code_that_denies_other_payers_does_not_go_with_one(code):
    [problem] = sheet_problems(billed(PAID, other_coverage=code), ANY)
    assert problem.field == "other_coverage"
    assert sheet_problems(billed(other_coverage=code), ANY) == []


@pytest.mark.parametrize(
    ("others", "method", "said_of_it"),
    [
        ((replace(REFUSED, paid=(("07", Decimal("1.00")),)),), "payment", "not both"),
        ((replace(REFUSED, responsible=(("06", Decimal("1.00")),)),), "payment", "not both"),
        ((replace(PAID, paid=()),), "payment", "431-DV"),
        ((replace(PAID, paid=()),), "both", "431-DV"),
        ((replace(PAID, responsible=()),), "responsibility", "352-NQ"),
        ((PAID, PAID), "payment", "338-5C"),
        ((PAID,), "none", "not billed after another payer"),
    ],
)
def test_what_does_not_fit_between_payers_is_told(others, method, said_of_it):
    [problem] = sheet_problems(billed(*others), cob(method))
    assert said_of_it in problem.says
    assert (problem.field, problem.code) == ("others", "claim-coordination")


def test_the_method_decides_which_amounts_must_be_known():
    assert sheet_problems(billed(replace(PAID, paid=())), cob("responsibility")) == []
    assert sheet_problems(billed(replace(PAID, responsible=())), cob("payment")) == []


def test_a_claim_names_at_most_nine_payers_before():
    ten = tuple(replace(PAID, coverage_type=f"{place:02d}") for place in range(1, 11))
    [problem] = sheet_problems(billed(*ten), ANY)
    assert "at most 9" in problem.says
    assert one(build_billing(billed(*ten[:9])), "05.4C") == 9


def test_a_payer_of_the_first_place_is_told_nothing_of_others():
    fields = said(build_billing(BILL, CURIOUS))
    assert "07.C8" not in fields
    assert not [name for name in fields if name.startswith("05.")]
