"""Claims of each kind before a payer that shares no code with the house."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apothecary.claims.building import (
    Administration,
    Authorization,
    Compound,
    Eligibility,
    Ingredient,
    Injury,
    Part,
    build_authorization,
    build_billing,
    build_eligibility,
    build_rebill,
    build_report,
    reversal_of,
    sheet_for,
)
from apothecary.claims.building.tests.at_the_payer import (
    CLOTRIMAZOLE,
    DAY,
    HYDROCORTISONE,
    MODAFINIL,
    OXYCODONE,
    ZOSTER,
    card,
    fill,
    patient,
    sheet_of,
)
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.wires.telecom import answers


@pytest.mark.parametrize(
    "member",
    [
        card("999999", "TESTPCN", "GRP1", "LS8000001"),
        card("999998", "TESTMCD", "BBMED", "680000012"),
        card("999997", "TESTPTD", "PCND26", "9PN8000001AA1"),
        card("999996", "TESTADV", "CAP200", "CR8000001"),
        card("999991", "TESTDSC", "OPEN1", "OPEN80001"),
    ],
)
def test_an_ordinary_claim_is_paid_by_every_payer(line, member):
    found = line.paid(fill(card=member))
    assert found.pricing.balanced


def test_a_trust_that_answers_later_captures_the_claim(line):
    bill = fill(card=card("999990", "TESTCAP", "SRT1", "SR8000001"))
    assert line.bill(bill).status == "C"


@pytest.mark.parametrize("pcn", ["ODDSHORT", "ODDZEROS", "ODDPADDED", "ODDPRIVATE", "ODDETX"])
def test_a_payer_that_speaks_oddly_understands_us(line, pcn):
    bill = fill(card=card("999989", pcn, "ODD1", "OD8000001"))
    assert line.bill(bill).status == "P"


def test_a_schedule_ii_claim_carries_what_was_prescribed_or_is_refused(line):
    bill = fill(ndc11=OXYCODONE, schedule=2, quantity=Decimal(12), days_supply=3)
    assert line.bill(replace(bill, schedule=0)).rejects[0].code == "ET"
    assert line.paid(bill)


def test_two_parts_of_a_fill_are_paid(line):
    part = Part(status="P", quantity_intended=Decimal(30), days_intended=30)
    first = fill(quantity=Decimal(12), days_supply=12, part=part)
    line.paid(first)
    rest = replace(
        part, status="C", completes_number=first.rx_number, completes_on=first.service_on
    )
    line.paid(replace(first, quantity=Decimal(18), days_supply=18, part=rest))


def test_what_was_billed_is_taken_back_once_and_known_the_second_time(line):
    bill = fill()
    line.paid(bill)
    back = reversal_of(build_billing(bill, sheet_of(bill)), sheet_of(bill))
    assert [line.answer(back).status for _ in range(2)] == ["A", "S"]


def test_a_rebill_takes_back_and_bills_anew(line):
    bill = fill()
    line.paid(bill)
    less = replace(bill, quantity=Decimal(15), days_supply=15)
    assert line.answer(build_billing(less, sheet_of(less))).rejects[0].code == "83"
    assert line.answer(build_rebill(less, sheet_of(less))).status == "P"


CREAM = Compound(
    form="03",
    ingredients=(
        Ingredient(
            ndc11=HYDROCORTISONE,
            quantity=Decimal("15.000"),
            cost_usd=Decimal("2.49"),
            basis_of_cost="05",
        ),
        Ingredient(
            ndc11=CLOTRIMAZOLE,
            quantity=Decimal("15.000"),
            cost_usd=Decimal("9.69"),
            basis_of_cost="05",
        ),
    ),
)


def test_a_compound_is_paid_by_its_ingredients(line):
    bill = fill(compound=CREAM, unit="GM", quantity=Decimal(30))
    found = line.paid(bill)
    assert found.pricing.ingredient_cost_paid_usd == Decimal("12.18")
    back = reversal_of(build_billing(bill, sheet_of(bill)), sheet_of(bill))
    assert line.answer(back).status == "A"


def test_an_ingredient_that_is_not_covered_passes_with_clarification_8(line):
    first, _ = CREAM.ingredients
    excluded = Ingredient(
        ndc11=MODAFINIL, quantity=Decimal(1), cost_usd=Decimal("6.80"), basis_of_cost="05"
    )
    made = replace(CREAM, ingredients=(first, excluded))
    bill = fill(compound=made, unit="GM", quantity=Decimal(30))
    refused = line.bill(bill)
    assert (refused.rejects[0].code, refused.rejects[0].occurrence) == ("75", 2)
    paid = line.paid(replace(bill, clarification="8"))
    assert paid.pricing.ingredient_cost_paid_usd == Decimal("2.49")


def test_a_vaccine_and_giving_it_are_paid(line):
    given = Administration(incentive_usd=Decimal("20.00"))
    bill = fill(ndc11=ZOSTER, quantity=Decimal(1), days_supply=1, administration=given)
    response = line.ask(build_billing(bill, sheet_of(bill)))
    assert answers(response)[0].status == "P"
    assert response.transactions[0].value("23", "FL") == Decimal("20.00")


def test_a_340b_drug_is_paid_at_what_it_cost(line):
    bill = fill(clarification="20", acquisition_cost_usd=Decimal("0.42"))
    assert line.paid(bill).pricing.ingredient_cost_paid_usd == Decimal("0.42")
    refused = line.bill(replace(bill, card=card("999996", "TESTADV", "CAP200", "CR8000002")))
    assert refused.rejects[0].code == "8R"


def test_an_injury_at_work_is_paid_by_its_carrier(line):
    hurt = Injury(on=date(2026, 11, 2), reference="WC-77", employer="Oak Mill")
    bill = fill(
        **patient("Campbell", "Tyrone", "1986-02-03", "M", "78640"),
        card=card("999993", "TESTWC", "GPWC", "GP0100001"),
        card_kind="workers compensation",
        injury=hurt,
        ndc11=HYDROCORTISONE,
        unit="GM",
    )
    assert line.paid(bill).pricing.patient_pay_usd == Decimal("0.00")


ASK = Authorization(request_type="1", basis="ME", begins_on=DAY, ends_on=date(2027, 11, 23))


def test_an_authorization_is_asked_for_and_asked_after_until_it_is_given(line):
    bill = fill(ndc11=MODAFINIL, schedule=4, diagnoses=("G47.419",))
    sheet = sheet_of(bill)
    asked = line.answer(build_authorization(bill, ASK, sheet, code="P4"))
    known = Authorization(authorization=asked.authorization)
    given = line.answer(build_authorization(bill, known, sheet, code="P3"))
    assert (asked.status, given.status) == ("A", "A")
    assert given.consent is not None
    line.paid(replace(bill, prior_authorization=given.consent.number))


def test_an_authorization_can_be_asked_for_with_the_bill_and_both_are_taken_back(line):
    bill = fill(ndc11=MODAFINIL, schedule=4)
    sheet = sheet_of(bill)
    raw = build_authorization(bill, ASK, sheet, code="P1")
    paid = line.answer(raw)
    assert paid.status == "P"
    assert paid.consent is not None
    known = Authorization(number=paid.consent.number)
    withdrawal = build_authorization(bill, known, sheet, code="P2")
    assert line.answer(withdrawal).rejects[0].code == "RA"
    assert line.answer(reversal_of(raw, sheet)).status == "A"
    assert [line.answer(withdrawal).status for _ in range(2)] == ["A", "S"]


def test_an_authorization_that_takes_time_is_deferred_and_asked_after_by_its_reference(line):
    bill = fill(
        card=card("999996", "TESTADV", "CAP200", "CR8000003"), ndc11=MODAFINIL, schedule=4
    )
    sheet = sheet_of(bill)
    asked = line.answer(build_authorization(bill, ASK, sheet, code="P4"))
    assert asked.status == "F"
    known = Authorization(authorization=asked.authorization)
    assert line.answer(build_authorization(bill, known, sheet, code="P3")).status == "F"
    assert line.answer(build_authorization(bill, known, sheet, code="P2")).status == "A"


def test_eligibility_is_answered_by_card_and_by_who_somebody_is(line):
    question = Eligibility(
        pharmacy_npi=BILL.pharmacy_npi,
        service_on=DAY,
        bin="999999",
        pcn="TESTPCN",
        card=card("999999", "TESTPCN", "", "LS1152310"),
    )
    by_card = line.ask(build_eligibility(question, sheet_for("999999", "TESTPCN")))
    assert by_card.transmission.raw("25", "C1") == "LSH1001"
    finder = Eligibility(
        pharmacy_npi=BILL.pharmacy_npi,
        service_on=DAY,
        bin="999988",
        pcn="TESTFIND",
        last_name="Kim",
        first_name="Daniel",
        birth_date=date(1968, 3, 17),
        sex="M",
        postal_code="78130",
    )
    by_person = line.ask(build_eligibility(finder, sheet_for("999988", "TESTFIND")))
    assert by_person.transmission.raw("25", "C2") == "LS1152310"


def test_a_report_is_captured_and_taken_back(line):
    bill = fill(card=card("999998", "TESTMCD", "BBMED", "680000022"))
    raw = build_report(bill, sheet_of(bill))
    assert line.answer(raw).status == "C"
    assert line.answer(reversal_of(raw, sheet_of(bill))).status == "A"
