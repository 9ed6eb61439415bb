"""What is asked of a payer beside a claim: consent, eligibility, a rebill, a report."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apothecary.claims.building import (
    Authorization,
    Eligibility,
    OtherPayer,
    Representative,
    build_authorization,
    build_billing,
    build_eligibility,
    build_rebill,
    build_report,
    sheet_problems,
)
from apothecary.claims.building.tests.payers import ANY, CURIOUS, said, sheet
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.claims.building.tests.test_price import CREAM
from apothecary.law.problem import Refused
from apothecary.wires.telecom import read_strictly

ASK = Authorization(
    request_type="1",
    basis="ME",
    begins_on=date(2026, 11, 23),
    ends_on=date(2027, 11, 23),
    representative=Representative(
        first_name="Ann",
        last_name="Núñez",
        street="1 Elm St",
        city="Anytown",
        state="TX",
        postal_code="78701-1234",
    ),
    supporting_text="Tried metformin, stomach upset.",
)
KNOWN = Authorization(number="pa0012345", authorization="icn9")
QUESTION = Eligibility(
    pharmacy_npi="1234567893", service_on=date(2026, 11, 23), bin="999999", pcn="TESTPCN"
)
PERSON = replace(
    QUESTION,
    last_name="Núñez",
    first_name="María",
    birth_date=date(1961, 4, 2),
    sex="F",
    postal_code="78701-1234",
)


def segments(raw: bytes) -> list[str]:
    return [segment.id for group in read_strictly(raw).groups for segment in group]


def test_a_rebill_says_what_a_billing_says_under_its_own_code():
    billing, rebill = build_billing(BILL), build_rebill(BILL)
    assert read_strictly(rebill).transaction_code == "B3"
    assert said(rebill) == said(billing)


def test_an_authorization_is_asked_for_with_the_billing():
    raw = build_authorization(BILL, ASK, CURIOUS, code="P1")
    message = read_strictly(raw)
    assert message.transaction_code == "P1"
    assert segments(raw) == ["04", "01", "07", "11", "12", "03"]
    fields = said(raw)
    told = [fields[f"12.{name}"] for name in ("PA", "PB", "PC", "PD")]
    assert told == [["1"], [date(2026, 11, 23)], [date(2027, 11, 23)], ["ME"]]
    assert fields["12.PP"] == ["TRIED METFORMIN, STOMACH UPSET."]
    assert fields["11.DU"] == [BILL.gross_due_usd]


def test_who_asks_for_the_patient_is_named():
    fields = said(build_authorization(BILL, ASK, CURIOUS, code="P1"))
    told = [fields[f"12.{name}"][0] for name in ("PE", "PF", "PG", "PH", "PJ", "PK")]
    assert told == ["ANN", "NUNEZ", "1 ELM ST", "ANYTOWN", "TX", "787011234"]


def test_an_authorization_alone_is_asked_for_without_a_price():
    raw = build_authorization(replace(BILL, diagnoses=("E11.9",)), ASK, CURIOUS, code="P4")
    assert segments(raw) == ["04", "01", "07", "12", "03", "13"]


@pytest.mark.parametrize("code", ["P2", "P3"])
def test_one_that_was_asked_for_is_named_by_its_number_and_the_card(code):
    raw = build_authorization(BILL, KNOWN, CURIOUS, code=code)
    assert segments(raw) == ["04", "12"]
    fields = said(raw)
    assert (fields["12.PY"], fields["12.F3"]) == (["PA0012345"], ["ICN9"])
    assert fields["04.C2"] == ["ABC123456"]


@pytest.mark.parametrize("code", ["P2", "P3"])
def test_without_a_number_nobody_knows_which_one_is_meant(code):
    with pytest.raises(Refused) as refusal:
        build_authorization(BILL, ASK, CURIOUS, code=code)
    assert refusal.value.problems[0].field == "authorization"


@pytest.mark.parametrize("code", ["P1", "P4"])
@pytest.mark.parametrize(
    ("missing", "said_of_it"),
    [
        ({"request_type": ""}, "498-PA"),
        ({"begins_on": None}, "498-PB"),
        ({"ends_on": None}, "498-PC"),
        ({"basis": ""}, "498-PD"),
    ],
)
def test_a_request_says_its_kind_its_days_and_its_reason(code, missing, said_of_it):
    with pytest.raises(Refused) as refusal:
        build_authorization(BILL, replace(ASK, **missing), CURIOUS, code=code)
    [problem] = refusal.value.problems
    assert said_of_it in problem.says
    assert problem.field == "authorization"


@pytest.mark.parametrize("code", ["P1", "P2", "P3", "P4"])
def test_a_payer_that_gives_no_authorizations_by_wire_is_not_asked(code):
    with pytest.raises(Refused) as refusal:
        build_authorization(BILL, replace(ASK, number="1"), ANY, code=code)
    assert [problem.code for problem in refusal.value.problems] == ["sheet-transaction"]


def test_only_the_four_codes_ask_for_an_authorization():
    with pytest.raises(ValueError, match="B1"):
        build_authorization(BILL, ASK, CURIOUS, code="B1")


def test_asking_after_a_consent_needs_nothing_of_the_drug():
    nothing_of_it = replace(BILL, compound=replace(CREAM, ingredients=()))
    raw = build_authorization(nothing_of_it, KNOWN, CURIOUS, code="P3")
    assert segments(raw) == ["04", "12"]
    assert sheet_problems(nothing_of_it, CURIOUS, code="P3") == []


def test_a_field_of_a_request_that_the_payer_forbids_is_left_out():
    stern = sheet('takes = ["P1"]\n[[forbidden]]\nfields = ["12.PP"]\n')
    assert "12.PP" not in said(build_authorization(BILL, ASK, stern, code="P1"))


def test_eligibility_is_asked_by_card():
    raw = build_eligibility(replace(QUESTION, card=BILL.card))
    message = read_strictly(raw)
    assert message.transaction_code == "E1"
    assert message.transactions == []
    fields = said(raw)
    told = [fields[f"04.{name}"][0] for name in ("C2", "C1", "C3", "C6")]
    assert told == ["ABC123456", "GRP1", "01", "1"]


def test_eligibility_is_asked_by_the_patients_data_alone():
    fields = said(build_eligibility(PERSON))
    told = [fields[f"01.{name}"][0] for name in ("C4", "C5", "CA", "CB", "CP")]
    assert told == [date(1961, 4, 2), "2", "MARIA", "NUNEZ", "787011234"]
    assert [name for name in fields if name.startswith("04.")] == ["04.AM"]


def test_a_card_and_a_patient_can_be_asked_about_together():
    fields = said(build_eligibility(replace(PERSON, card=BILL.card)))
    assert fields["01.CB"] == ["NUNEZ"]
    assert fields["04.C2"] == ["ABC123456"]


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"last_name": ""}, "last_name"),
        ({"first_name": ""}, "first_name"),
        ({"birth_date": None}, "birth_date"),
        ({"postal_code": ""}, "postal_code"),
    ],
)
def test_a_patient_without_a_card_is_known_by_name_birth_date_and_zip(missing, field):
    with pytest.raises(Refused) as refusal:
        build_eligibility(replace(PERSON, **missing))
    [problem] = refusal.value.problems
    assert problem.field == field
    assert field.replace("_", " ") in problem.says


def test_a_payer_that_answers_no_questions_of_eligibility_is_not_asked():
    with pytest.raises(Refused) as refusal:
        build_eligibility(PERSON, sheet('takes = ["B1"]\n'))
    assert [problem.code for problem in refusal.value.problems] == ["sheet-transaction"]


def test_a_report_tells_what_was_dispensed_and_names_no_other_payer():
    other = OtherPayer(
        coverage_type="01",
        payer_id="999999",
        on=date(2026, 11, 23),
        paid=(("07", Decimal("1.00")),),
    )
    raw = build_report(replace(BILL, others=(other,)), CURIOUS)
    assert read_strictly(raw).transaction_code == "N1"
    assert segments(raw) == ["04", "01", "07", "11", "03"]


def test_what_a_payer_wants_in_a_claim_is_not_wanted_where_the_segment_has_no_place():
    wants = sheet('takes = ["B1", "N1", "P4"]\n[[required]]\nfields = ["05.A7", "11.DX"]\n')
    assert len(sheet_problems(BILL, wants)) == 2
    assert [p.field for p in sheet_problems(BILL, wants, code="N1")] == ["patient_paid_usd"]
    assert sheet_problems(BILL, wants, code="P4") == []
