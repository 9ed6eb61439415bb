"""The exact cause behind a code: what was sent, beside what the payer and the house know."""

from datetime import date
from decimal import Decimal

import pytest

from apothecary.claims.coach import Known, Member, Said, ShelfPackage, advise
from apothecary.claims.coach.drug_causes import money, npi_checks
from apothecary.claims.coach.found import day_said, plain
from apothecary.claims.coach.tests.cases import case, soon
from apothecary.wires.telecom import Finding, Reject
from apothecary.wires.telecom.answers import Insured, OtherCoverage, Preferred

INSURANCE, CLAIM, PATIENT = "04", "07", "01"

# code, fields sent otherwise, the payer's text, what the cause says, the field
CASES: list[tuple[str, dict[tuple[str, str], str], str, str, str]] = [
    ("01", {}, "", "BIN 999999 is not one", "bin"),
    ("04", {}, "", "PCN TESTPCN was sent; compare it", "pcn"),
    ("04", {("header", "pcn"): ""}, "", "No PCN was sent", "pcn"),
    ("06", {(INSURANCE, "C1"): ""}, "", "No group was sent", "group"),
    ("51", {(INSURANCE, "C1"): "ZZZ"}, "", "Group ZZZ is not known", "group"),
    ("07", {(INSURANCE, "C2"): "ABC 123"}, "", "was sent with a space in it", "cardholder_id"),
    ("07", {(INSURANCE, "C2"): "AB-12.3"}, "", "with - and . in it", "cardholder_id"),
    ("07", {(INSURANCE, "C2"): ""}, "", "No cardholder number was sent", "cardholder_id"),
    ("07", {}, "", "ABC123456 has not the shape", "cardholder_id"),
    ("08", {(INSURANCE, "C3"): ""}, "", "No person code was sent", "person_code"),
    ("53", {(INSURANCE, "C3"): "1"}, "", "Person code 1 is nobody’s on this card",
     "person_code"),
    ("53", {(INSURANCE, "C3"): "07"}, "", "relationship says cardholder", "person_code"),
    ("52", {}, "", "The plan has no member number ABC123456", "cardholder_id"),
    ("52", {(INSURANCE, "C3"): "02"}, "", "person code 02 is somebody else’s", "person_code"),
    ("52", {(INSURANCE, "C6"): "3"}, "", "says child, and person code 01 is the cardholder’s",
     "person_code"),
    ("09", {}, "", "another birth date than April 2, 1961", "birth_date"),
    ("09", {(PATIENT, "C4"): ""}, "", "No birth date was sent", "birth_date"),
    ("10", {}, "", "another sex than female", "sex"),
    ("10", {(PATIENT, "C5"): "0"}, "", "did not say the patient’s sex", "sex"),
    ("11", {(INSURANCE, "C6"): ""}, "", "did not say what the patient is", "relationship"),
    ("11", {(INSURANCE, "C6"): "4"}, "", "does not take other", "relationship"),
    ("13", {}, "", "not known; no other card is on file", "other_coverage"),
    ("7K", {(CLAIM, "C8"): "02"}, "", "other coverage exists, it paid", "other_coverage"),
    ("15", {}, "", "dated November 23, 2026", "on"),
    ("17", {(CLAIM, "D3"): "03"}, "", "This is refill 3 of a prescription with 2", "refills"),
    ("73", {}, "", "no refills of this; this is the first fill", "refills"),
    ("19", {(CLAIM, "D5"): ""}, "", "No days’ supply was sent", "days_supply"),
    ("19", {}, "", "30 days were billed; the plan takes it in another", "days_supply"),
    ("21", {}, "", "NDC 68180098001 is not one that this plan takes", "package_id"),
    ("77", {}, "", "out of trade by the plan’s file", "package_id"),
    ("22", {(CLAIM, "D8"): "1"}, "", "DAW 1, prescriber forbids a substitute", "daw"),
    ("22", {(CLAIM, "D8"): ""}, "", "No product selection code", "daw"),
    ("606", {}, "BRAND", "DAW 0 (no product was asked for) was sent. The payer", "daw"),
    ("25", {("03", "DB"): "2910000036"}, "", "its check digit is wrong", "prescriber_id"),
    ("25", {}, "", "NPI 2910000035 is refused by the plan", "prescriber_id"),
    ("25", {("03", "DB"): ""}, "", "No prescriber’s number", "prescriber_id"),
    ("71", {}, "", "of somebody this plan does not pay for", "prescriber_id"),
    ("E7", {(CLAIM, "E7"): "8500", (CLAIM, "28"): "GM"}, "", "8.5 GM was sent", "quantity"),
    ("28", {}, "", "dated November 20, 2026; the fill is dated November 23", "written_on"),
    ("33", {(CLAIM, "DJ"): ""}, "", "did not say how the prescription came", "origin"),
    ("33", {}, "", "does not take electronic as the origin", "origin"),
    ("ET", {}, "", "The quantity prescribed was not sent", "quantity"),
    ("ET", {(CLAIM, "ET"): "90000"}, "", "was sent as 90", "quantity"),
    ("39", {}, "", "wants a diagnosis, and none was sent", "diagnosis"),
    ("80", {("13", "DO"): "E119"}, "", "with diagnosis E119", "diagnosis"),
    ("R9", {}, "GROSS DUE IS NOT THE SUM", "cost $100.10, gross due $117.60", "price_usd"),
    ("40", {}, "", "has no contract with this pharmacy", "because"),
    ("60", {}, "", "Born April 2, 1961, the patient is not of the age", "birth_date"),
    ("66", {}, "", "is older than the plan allows: 65 years", "birth_date"),
    ("61", {}, "", "one sex only; female sex was sent", "sex"),
    ("62", {}, "", "NUNEZ-O'BRIEN, MARIA was sent under ABC123456", "last_name"),
    ("65", {}, "", "does not cover the holder of ABC123456", "cardholder_id"),
    ("67", {}, "COVERAGE BEGINS 20270101", "begins on January 1, 2027", "coverage"),
    ("69", {}, "COVERAGE ENDED 20260930", "ended on September 30, 2026", "cardholder_id"),
    ("68", {}, "", "This card’s coverage ran out, and the fill is dated", "cardholder_id"),
    ("41", {}, "BILL OTHER CARRIER", "does not say which. The payer says: BILL OTHER",
     "coverage"),
    ("70", {}, "USE OMEPRAZOLE", "does not pay for lisinopril 10 mg. The payer says: USE",
     "package_id"),
    ("75", {}, "CALL 5125550190", "consent to lisinopril 10 mg first", "prior_authorization"),
    ("EV", {}, "", "wants the number of its authorization", "prior_authorization"),
    ("EV", {(CLAIM, "EV"): "00088001"}, "", "Authorization 88001 is not one",
     "prior_authorization"),
    ("PA", {(CLAIM, "EV"): "88001"}, "", "is used up", "prior_authorization"),
    ("608", {}, "TRY ATORVASTATIN FIRST", "tried before lisinopril 10 mg. The payer says: TRY",
     "prior_authorization"),
    ("76", {}, "MAX QTY 9 PER 30 DAYS", "30 for 30 days was billed; the plan pays 9 per 30",
     "quantity"),
    ("76", {}, "LIMIT EXCEEDED", "is more than the plan pays. The payer says: LIMIT",
     "quantity"),
    ("9G", {}, "MAXIMUM QUANTITY IS 15", "the plan pays 15.", "quantity"),
    ("7X", {(CLAIM, "D5"): "90"}, "MAX DAYS SUPPLY 34", "90 days were billed; the plan pays 34",
     "days_supply"),
    ("AG", {}, "14 DAY LIMIT", "the plan pays 14 at a time", "days_supply"),
    ("925", {}, "", "more than the plan pays at a time", "days_supply"),
    ("78", {}, "MAX 100.00", "highest price is passed: cost $100.10", "quantity"),
    ("81", {}, "CLAIM OLDER THAN 90 DAYS", "no claims that old without a reason",
     "delay_reason"),
    ("83", {}, "PAID UNDER 261123000042", "paid for 7000001 before under 261123000042",
     "because"),
    ("34", {(CLAIM, "DK"): "5"}, "", "does not take reason code 5", "clarification"),
    ("8R", {}, "", "wants a reason code, and none", "clarification"),
    ("922", {}, "MME 120", "opioid dose is above the plan’s limit. 30 for 30 days",
     "safety_codes"),
    ("943", {}, "CALL PLAN", "may not override this safety stop", "prior_authorization"),
    ("88", {}, "", "The plan’s safety check stops it", "safety_codes"),
    ("05", {}, "", "our number 1234567893", "npi"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "fields", "text", "says", "field"), CASES)
def test_the_cause_names_the_fact_and_the_one_field(code, fields, text, says, field):
    advice = advise(case(code, fields=fields, messages=(text,) if text else ()))[0]
    assert says in advice.cause
    assert advice.field == field


def member(**values: str) -> Known:
    return Known(reviewed=False, member=Member("the claim it paid on May 3", **values))


@pytest.mark.parametrize(
    ("code", "known", "says", "field", "fill_in"),
    [
        ("06", member(group="GRP9"), "names group GRP9", "group", "GRP9"),
        ("51", member(group="GRP1"), "Group GRP1 is not known", "group", ""),
        ("53", member(person_code="02"), "the claim it paid on May 3 names 02", "person_code",
         "02"),
        ("08", member(person_code="01"), "Person code 01 is not one this plan takes",
         "person_code",
         ""),
        ("52", member(cardholder_id="XYZ1"), "names XYZ1", "cardholder_id", "XYZ1"),
        ("65", member(cardholder_id="XYZ1"), "names XYZ1", "cardholder_id", "XYZ1"),
        ("65", member(cardholder_id="ABC123456"), "does not cover", "cardholder_id", ""),
        ("ZZ", member(cardholder_id="XYZ1"), "names XYZ1", "cardholder_id", "XYZ1"),
        ("04", Known(sheet_pcns=("OTHER",)), "this payer takes OTHER", "pcn", "OTHER"),
        ("04", Known(sheet_pcns=("A", "B")), "this payer takes A or B", "pcn", ""),
        ("04", Known(sheet_pcns=("TESTPCN",)), "compare it with the card", "pcn", ""),
        ("19", Known(days_proved=90), "30 days were billed; quantity and directions come to 90",
         "days_supply", "90"),
        ("19", Known(days_proved=30), "30 days were billed and the directions agree",
         "days_supply", ""),
        ("54", Known(shelf=ShelfPackage(7, "68180098003")), "lies on the shelf as 68180098003",
         "package_id", "68180098003"),
        ("13", Known(other_cards=1), "one more good card is on file", "other_coverage", ""),
        ("7M", Known(other_cards=2), "2 more good cards are on file", "other_coverage", ""),
        ("56", Known(prescriber="Lee, Ann"), "NPI 2910000035 of Lee, Ann is not in the plan’s",
         "prescriber_id", ""),
    ],
)  # fmt: skip
def test_what_the_house_knows_makes_the_cause_exact(code, known, says, field, fill_in):
    advice = advise(case(code, known=known))[0]
    assert says in advice.cause
    assert (advice.field, advice.fill_in) == (field, fill_in)


def test_no_other_card_on_file_is_offered_as_the_other_coverage_code():
    assert advise(case("13", known=Known()))[0].fill_in == "01"
    assert advise(case("7M", known=Known()))[0].fill_in == ""
    assert advise(case("13", fields={(CLAIM, "C8"): "02"}, known=Known()))[0].fill_in == ""


def test_the_clean_number_is_offered_where_only_marks_are_wrong():
    advice = advise(case("07", fields={(INSURANCE, "C2"): "AB-12 3"}))[0]
    assert advice.fill_in == "AB123"


def test_too_soon_names_the_fill_before_and_the_day():
    said = soon(date(2026, 12, 14), last_on=date(2026, 11, 14))
    advice = advise(case(said=said))[0]
    assert advice.cause == (
        "Too soon after the fill of 30 on November 14, 2026; the plan pays again from "
        "December 14, 2026."
    )
    assert (advice.field, advice.fill_in) == ("on", "2026-12-14")


def test_too_soon_reads_the_day_from_the_text_where_the_field_for_it_is_missing():
    advice = advise(case("79", messages=("NEXT FILL 12/14/2026",)))[0]
    assert (advice.field, advice.fill_in) == ("on", "2026-12-14")


def test_a_safety_reject_says_what_was_found_in_words_and_begins_the_codes():
    finding = Finding("HD", "1", "MAX 4 G A DAY", None, None)
    said = Said(rejects=(Reject("88"),), findings=(finding,))
    advice = advise(case(said=said))[0]
    assert "says: dose too high (HD: MAX 4 G A DAY)" in advice.cause
    assert advice.fill_in == "HD "
    again = advise(case(said=said, fields={("08", "E4"): "TD"}))[0]
    assert "The codes sent answer two drugs of one therapeutic class" in again.cause


def test_an_unknown_finding_of_the_payer_is_shown_with_its_own_words():
    finding = Finding("QQ", "", "SEE PLAN", None, None)
    advice = advise(case(said=Said(rejects=(Reject("88"),), findings=(finding,))))[0]
    assert "something (QQ: SEE PLAN)" in advice.cause


@pytest.mark.parametrize("code", ["70", "606", "608", "MR"])
def test_the_products_the_payer_names_lead_back_to_entry_with_the_first_of_them(code):
    named = (
        Preferred("03", "00093721410", "OMEPRAZOLE 20 MG", None, Decimal("10.00")),
        Preferred("03", "00093721510", "", None, None),
    )
    said = Said(rejects=(Reject(code),), preferred=named)
    advice = advise(case(said=said))[0]
    assert "It names OMEPRAZOLE 20 MG and 00093721510 instead" in advice.cause
    assert (advice.place, advice.field, advice.fill_in) == (
        *("entry", "package_id"),
        "00093721410",
    )


def test_the_other_payers_card_is_read_out_whole():
    other = OtherCoverage(
        "01", "999998", "TESTMCD", "614866264", "BBMED", "01", "1", "", None, None
    )
    said = Said(rejects=(Reject("41"),), other_coverages=(other,))
    assert (
        "BIN 999998, PCN TESTMCD, number 614866264, group BBMED, person 01"
        in advise(case(said=said))[0].cause
    )


def test_the_name_the_plan_has_stands_beside_the_name_that_was_sent():
    said = Said(rejects=(Reject("62"),), insured=Insured(last_name="NUNEZ"))
    assert "the plan has NUNEZ" in advise(case(said=said))[0].cause


@pytest.mark.parametrize(
    ("most", "days", "allowed"),
    [
        ("9", "30", "9"),
        ("9", "31", "18"),
        ("9", "60", "18"),
        ("9", "90", "27"),
        ("9", "1", "9"),
    ],
)
def test_a_limit_per_days_is_counted_in_whole_periods(most, days, allowed):
    fields = {(CLAIM, "D5"): days, (CLAIM, "E7"): "99000"}
    text = f"MAX QTY {most} PER 30 DAYS"
    assert advise(case("76", fields=fields, messages=(text,)))[0].fill_in == allowed


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("1234567893", True), ("1234567890", False), ("2910000035", True),
        ("291000003", False), ("29100000351", False), ("291000003X", False), ("", False),
    ],
)  # fmt: skip
def test_the_check_digit_of_an_npi(number, right):
    assert npi_checks(number) is right


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1176{", "$117.60"),
        ("1176F", "$117.66"),
        ("{", "{"),
        ("11.76", "11.76"),
        ("5A", "$0.51"),
    ],
)
def test_amounts_of_the_wire_are_read_as_dollars_or_left_as_they_are(text, shown):
    assert money(text) == shown


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("NEXT FILL 20261214", date(2026, 12, 14)), ("2026-12-14", date(2026, 12, 14)),
        ("ON 12/4/2026", date(2026, 12, 4)), ("20261399", None), ("120261214", None),
        ("13/40/2026", None), ("", None),
    ],
)  # fmt: skip
def test_days_in_a_payers_text(text, day):
    assert day_said(text) == day


@pytest.mark.parametrize(
    ("quantity", "shown"),
    [("30.000", "30"), ("8.500", "8.5"), ("0.125", "0.125"), ("100", "100"), ("1E+2", "100")],
)
def test_quantities_are_written_without_zeros_that_say_nothing(quantity, shown):
    assert plain(Decimal(quantity)) == shown
