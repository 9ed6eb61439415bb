"""The bytes of a billing and of its reversal, field by field."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.building import (
    Bill,
    Card,
    Part,
    Price,
    billing_problems,
    build_billing,
    price_of,
    reversal_of,
    wire_text,
)
from apothecary.wires import Malformed
from apothecary.wires.telecom import Message, conformance, read

CENTS = st.decimals("0", "9999.99", places=2)
BILL = Bill(
    pharmacy_npi="1234567893",
    service_on=date(2026, 11, 23),
    card=Card(
        bin="999999",
        pcn="TESTPCN",
        group="GRP1",
        cardholder_id="ABC123456",
        person_code="01",
        relationship="1",
    ),
    last_name="Núñez-O’Brien",
    first_name="María",
    birth_date=date(1961, 4, 2),
    sex="F",
    street="200 Oak Ave",
    city="Anytown",
    state="TX",
    postal_code="78701-1234",
    rx_number=7_001_234,
    fill_number=1,
    ndc11="68180098001",
    unit="EA",
    quantity=Decimal("30.000"),
    days_supply=30,
    daw="0",
    written_on=date(2026, 11, 20),
    refills=3,
    origin="3",
    schedule=0,
    quantity_prescribed=Decimal("30.000"),
    prescriber_npi="1234567893",
    prescriber_last_name="Smith",
    price=price_of(price_usd=Decimal("11.76"), fee_usd=Decimal("11.00")),
)


def written(bill: Bill) -> Message:
    return read(build_billing(bill))


def field(message: Message, segment: str, name: str) -> object:
    for group in (message.transmission, *message.transactions):
        found = group.segment(segment)
        if found:
            return found.value(name)
    return None


def test_a_billing_conforms_and_says_who_asks_whom():
    message = written(BILL)
    assert conformance(message) == []
    assert message.header == {
        "bin": "999999",
        "version": "D0",
        "transaction_code": "B1",
        "pcn": "TESTPCN",
        "transaction_count": "1",
        "service_provider_id_qualifier": "01",
        "service_provider_id": "1234567893",
        "date_of_service": "20261123",
        "software_vendor_certification_id": "APOTHECARY",
    }


@pytest.mark.parametrize(
    ("segment", "name", "value"),
    [
        ("04", "C2", "ABC123456"),
        ("04", "C1", "GRP1"),
        ("04", "C3", "01"),
        ("04", "C6", "1"),
        ("01", "C4", date(1961, 4, 2)),
        ("01", "C5", "2"),
        ("01", "CA", "MARIA"),
        ("01", "CB", "NUNEZ-O'BRIEN"),
        ("01", "CP", "787011234"),
        ("07", "EM", "1"),
        ("07", "D2", "7001234"),
        ("07", "E1", "03"),
        ("07", "D7", "68180098001"),
        ("07", "E7", Decimal("30.000")),
        ("07", "D3", "01"),
        ("07", "D5", 30),
        ("07", "D6", "1"),
        ("07", "D8", "0"),
        ("07", "DE", date(2026, 11, 20)),
        ("07", "DF", 3),
        ("07", "DJ", "3"),
        ("07", "28", "EA"),
        ("07", "ET", None),
        ("07", "EV", None),
        ("07", "HD", None),
        ("11", "D9", Decimal("0.76")),
        ("11", "DC", Decimal("11.00")),
        ("11", "DQ", Decimal("11.76")),
        ("11", "DU", Decimal("11.76")),
        ("11", "DN", "07"),
        ("03", "EZ", "01"),
        ("03", "DB", "1234567893"),
        ("03", "DR", "SMITH"),
        ("08", "E4", None),
    ],
)
def test_a_billing_carries_each_field(segment, name, value):
    assert field(written(BILL), segment, name) == value


@pytest.mark.parametrize(
    ("schedule", "prescribed"), [(0, None), (2, Decimal("60.000")), (3, None), (5, None)]
)
def test_the_quantity_prescribed_stands_on_schedule_ii_claims(schedule, prescribed):
    bill = replace(BILL, schedule=schedule, quantity_prescribed=Decimal(60))
    assert field(written(bill), "07", "ET") == prescribed


@pytest.mark.parametrize("status", ["P", "C"])
def test_a_part_says_what_was_intended(status):
    part = Part(status=status, quantity_intended=Decimal(30), days_intended=30)
    message = written(replace(BILL, quantity=Decimal(12), days_supply=12, part=part))
    assert conformance(message) == []
    said = [field(message, "07", name) for name in ("HD", "HF", "HG", "E7", "D5")]
    assert said == [status, Decimal(30), 30, Decimal(12), 12]


def test_a_completion_names_number_and_day_of_the_part_it_completes():
    part = Part(
        status="C",
        quantity_intended=Decimal(30),
        days_intended=30,
        completes_number=7000123,
        completes_on=date(2026, 11, 20),
    )
    message = written(replace(BILL, quantity=Decimal(18), days_supply=18, part=part))
    assert conformance(message) == []
    assert field(message, "07", "EN") == "7000123"
    assert field(message, "07", "EP") == date(2026, 11, 20)


@pytest.mark.parametrize("status", ["P", "C"])
def test_the_reversal_of_a_part_says_which_it_takes_back(status):
    part = Part(status=status, quantity_intended=Decimal(30), days_intended=30)
    billing = build_billing(replace(BILL, quantity=Decimal(12), days_supply=12, part=part))
    assert field(read(reversal_of(billing)), "07", "HD") == status


def test_the_reversal_of_a_whole_fill_says_nothing_of_parts():
    assert field(read(reversal_of(build_billing(BILL))), "07", "HD") is None


def test_what_a_technician_adds_for_the_payer_stands_in_the_claim():
    bill = replace(
        BILL,
        clarification="5",
        prior_authorization="pa123",
        safety=(("DD", "M0", "1G"), ("TD", "P0", "1B")),
    )
    message = written(bill)
    assert conformance(message) == []
    assert field(message, "07", "DK") == "5"
    assert field(message, "07", "NX") == 1
    assert [field(message, "07", name) for name in ("EU", "EV")] == ["1", "PA123"]
    segment = message.transactions[0].segment("08")
    assert segment is not None
    assert [name for name, _ in segment.fields] == ["AM", *["7E", "E4", "E5", "E6"] * 2]
    assert segment.all("E4") == ["DD", "TD"]


@pytest.mark.parametrize(("sex", "code"), [("M", "1"), ("F", "2"), ("U", "0"), ("", "0")])
def test_sex_is_coded_and_what_is_not_known_is_zero(sex, code):
    assert field(written(replace(BILL, sex=sex)), "01", "C5") == code


def test_an_empty_group_and_person_are_left_out():
    card = replace(BILL.card, group="", person_code="", pcn="")
    message = written(replace(BILL, card=card))
    assert conformance(message) == []
    assert field(message, "04", "C1") is None
    assert field(message, "04", "C3") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Núñez-O’Brien", "NUNEZ-O'BRIEN"),
        ("Łukasz", " UKASZ"),
        ("a\x1cb\x03", "A B "),
        ("李", " "),
    ],
)
def test_letters_a_claim_cannot_carry_are_folded_or_blank(text, said):
    assert wire_text(text) == said


@given(st.text())
def test_no_text_of_a_person_can_break_the_message(text):
    assert all(" " <= char <= "~" for char in wire_text(text))
    bill = replace(BILL, last_name=text, first_name=text, street=text, city=text)
    assert conformance(written(bill)) == []


@given(CENTS, CENTS)
def test_gross_due_is_cost_plus_fee_and_never_above_the_cash_price(price, fee):
    asked = price_of(price_usd=price, fee_usd=fee)
    assert asked.gross_due_usd == asked.usual_and_customary_usd == price
    assert asked.ingredient_cost_usd >= 0
    assert asked.dispensing_fee_usd <= fee


def test_the_parts_of_a_price_are_never_typed_as_a_sum():
    price = Price(
        ingredient_cost_usd=Decimal("8.50"),
        dispensing_fee_usd=Decimal("2.00"),
        usual_and_customary_usd=Decimal("12.05"),
    )
    assert price.gross_due_usd == Decimal("10.50")


@pytest.mark.parametrize(
    ("change", "field_named"),
    [
        ({"ndc11": "6" * 20}, "D7"),
        ({"daw": "10"}, "D8"),
        ({"quantity": Decimal("-1")}, "E7"),
        ({"days_supply": 1000}, "D5"),
        ({"rx_number": 10**13}, "D2"),
    ],
)
def test_a_value_that_no_claim_can_carry_is_refused_by_field(change, field_named):
    with pytest.raises(Malformed) as refusal:
        build_billing(replace(BILL, **change))
    problems = billing_problems(refusal.value)
    assert [problem.code for problem in problems] == ["claim-unwritable"]
    assert field_named in problems[0].field


def test_every_fault_of_a_claim_is_told_at_once():
    bad = replace(BILL, card=replace(BILL.card, bin="12345"), daw="10")
    with pytest.raises(Malformed) as refusal:
        build_billing(bad)
    assert len(billing_problems(refusal.value)) == 2


def test_a_reversal_names_the_claim_by_the_keys_it_was_billed_with():
    billed = build_billing(replace(BILL, prior_authorization="PA1"))
    message = read(reversal_of(billed))
    assert conformance(message) == []
    head = read(billed).header | {"transaction_code": "B2"}
    assert message.header == head
    body = message.transactions[0].segment("07")
    assert body is not None
    assert [name for name, _ in body.fields] == ["AM", "EM", "D2", "E1", "D7", "D3"]
    assert (body.shown("D2"), body.shown("D7"), body.shown("D3")) == (
        "7001234",
        "68180098001",
        "01",
    )
    assert field(message, "04", "C2") == "ABC123456"
