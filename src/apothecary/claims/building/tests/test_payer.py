"""Claims of each kind before a payer that shares no code with the house."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from apothecary.claims.building import (
    Administration,
    Authorization,
    Bill,
    Card,
    Compound,
    Coupon,
    Eligibility,
    Ingredient,
    Injury,
    OtherPayer,
    Part,
    Price,
    build_authorization,
    build_billing,
    build_eligibility,
    build_rebill,
    build_report,
    reversal_of,
    sheet_for,
)
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.claims.tests.counter import Payer
from apothecary.wires.telecom import Answer, Message, answers, read

NUMBERS = count(8_100_000)
DAY = date(2026, 11, 23)
LISINOPRIL, METFORMIN = "00591040601", "00591271901"
OXYCODONE, MODAFINIL = "00591269301", "60505252601"
HYDROCORTISONE, CLOTRIMAZOLE, ZOSTER = "00168001531", "00168013315", "58160082311"


@dataclass(frozen=True)
class Line:
    """The payer on its socket, and what it answers."""

    payer: Payer

    def ask(self, raw: bytes) -> Message:
        return read(self.payer.link().ask(raw))

    def answer(self, raw: bytes) -> Answer:
        [found] = answers(self.ask(raw))
        return found

    def bill(self, bill: Bill) -> Answer:
        return self.answer(build_billing(bill, sheet_of(bill)))

    def paid(self, bill: Bill) -> Answer:
        found = self.bill(bill)
        assert (found.status, found.rejects) == ("P", ())
        return found


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    payer = Payer()
    yield Line(payer)
    payer.stop()


def sheet_of(bill: Bill):
    return sheet_for(bill.card.bin, bill.card.pcn)


def card(bin_number: str, pcn: str, group: str, number: str, *, person: str = "01") -> Card:
    return Card(
        bin=bin_number,
        pcn=pcn,
        group=group,
        cardholder_id=number,
        person_code=person,
        relationship="1",
    )


def fill(**change: object) -> Bill:
    """A fill of a member of its own, who has had nothing yet."""
    number = next(NUMBERS)
    member = card("999999", "TESTPCN", "GRP1", f"LS{number}")
    bill = replace(
        BILL,
        rx_number=number,
        card=member,
        ndc11=LISINOPRIL,
        fill_number=0,
        price=Price(
            ingredient_cost_usd=Decimal("9.76"),
            dispensing_fee_usd=Decimal("11.00"),
            usual_and_customary_usd=Decimal("20.76"),
        ),
    )
    return replace(bill, **change)  # type: ignore[arg-type]  # a wrong name raises TypeError here


def patient(last: str, first: str, born: str, sex: str, postal_code: str) -> dict[str, object]:
    return {
        "last_name": last,
        "first_name": first,
        "birth_date": date.fromisoformat(born),
        "sex": sex,
        "postal_code": postal_code,
    }


KIM = patient("Kim", "Daniel", "1968-03-17", "M", "78130")


def heard(place: str, bill: Bill, answer: Answer) -> OtherPayer:
    """The next payer is told what this one answered."""
    if answer.pricing is None:
        codes = tuple(reject.code for reject in answer.rejects)
        return OtherPayer(coverage_type=place, payer_id=bill.card.bin, on=DAY, rejects=codes)
    total, share = answer.pricing.total_paid_usd, answer.pricing.patient_pay_usd
    assert total is not None
    assert share is not None
    return OtherPayer(
        coverage_type=place,
        payer_id=bill.card.bin,
        on=DAY,
        control_number=answer.authorization,
        paid=(("07", total),),
        responsible=(("06", share),),
    )


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


def dear(**change: object) -> Bill:
    """A drug that costs more than a copay."""
    price = Price(
        ingredient_cost_usd=Decimal("86.62"),
        dispensing_fee_usd=Decimal("11.00"),
        usual_and_customary_usd=Decimal("97.62"),
    )
    return replace(fill(**change), ndc11=METFORMIN, price=price)


def split(answer: Answer) -> tuple[Decimal | None, Decimal | None]:
    """What the payer pays, and what it leaves to the patient."""
    assert answer.pricing is not None
    assert answer.pricing.balanced
    return answer.pricing.total_paid_usd, answer.pricing.patient_pay_usd


def test_three_payers_are_billed_one_after_the_other_to_the_cent(line):
    first = dear(**KIM, card=card("999999", "TESTPCN", "LSH1001", "LS1152310"))
    one = line.paid(first)
    assert split(one) == (Decimal("78.37"), Decimal("10.00"))
    second = replace(
        first,
        card=card("999995", "TESTSEC", "MSQ1", "MQ040001"),
        others=(heard("01", first, one),),
    )
    two = line.paid(second)
    # It takes over what the first left to the patient, but for its own copay.
    assert split(two) == (Decimal("7.00"), Decimal("3.00"))
    third = replace(
        first,
        card=card("999994", "TESTTER", "LOA1", "LO040001"),
        others=(*second.others, heard("02", second, two)),
    )
    three = line.paid(third)
    # Its own price, 86.62 and a fee of 7.93, less what the two before it paid.
    assert split(three) == (Decimal("9.18"), Decimal("0.00"))
    back = reversal_of(build_billing(third, sheet_of(third)), sheet_of(third))
    assert line.answer(back).status == "A"


def test_a_payer_asked_out_of_turn_names_who_is_first(line):
    bill = fill(**KIM, card=card("999995", "TESTSEC", "MSQ1", "MQ040001"))
    assert "41" in [reject.code for reject in line.bill(bill).rejects]


def test_a_claim_after_a_refusal_tells_why_it_was_refused(line):
    first = fill(
        **KIM,
        card=card("999999", "TESTPCN", "LSH1001", "LS1152310"),
        ndc11=MODAFINIL,
        schedule=4,
    )
    refused = line.bill(first)
    assert refused.rejects[0].code == "75"
    second = replace(
        first,
        card=card("999995", "TESTSEC", "MSQ1", "MQ040001"),
        others=(heard("01", first, refused),),
    )
    assert b"\x1cC803" in build_billing(second, sheet_of(second))
    assert line.paid(second)


def test_a_coupon_pays_what_the_plan_left_to_the_patient(line):
    first = dear()
    one = line.paid(first)
    assert split(one)[1] == Decimal("10.00")
    paper = replace(
        first,
        card=card("999992", "TESTCPN", "BP2026", "BP80000001"),
        card_kind="coupon",
        coupon=Coupon(kind="01", number="PENNY2026"),
        others=(heard("01", first, one),),
    )
    assert split(line.paid(paper)) == (Decimal("5.00"), Decimal("5.00"))
    assert b"\x1cC808" in build_billing(paper, sheet_of(paper))


def test_a_coupon_that_the_payer_does_not_know_is_read_and_refused(line):
    first = dear()
    one = line.paid(first)
    paper = replace(
        first,
        card=card("999992", "TESTCPN", "BP2026", "BP80000001"),
        coupon=Coupon(kind="01", number="OTHER"),
        others=(heard("01", first, one),),
    )
    assert [reject.code for reject in line.bill(paper).rejects] == ["ME"]


ASK = Authorization(request_type="1", basis="ME", begins_on=DAY, ends_on=date(2027, 11, 23))


def test_an_authorization_is_asked_for_and_asked_after_until_it_is_given(line):
    member = card("999999", "TESTPCN", "GRP1", f"LS{next(NUMBERS)}")
    bill = fill(card=member, ndc11=MODAFINIL, schedule=4, diagnoses=("G47.419",))
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
