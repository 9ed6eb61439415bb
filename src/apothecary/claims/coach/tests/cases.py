"""Refused claims for the tests: what went out and came back, field by field."""

from datetime import date
from decimal import Decimal

from apothecary.claims.building import Bill, Card, build_billing, price_of
from apothecary.claims.coach import Case, Known, Said, Sent
from apothecary.wires.telecom import Draft, Finding, Reject, ResponseHeader, build_response

ON = date(2026, 11, 23)
SENT = {
    ("header", "bin"): "999999",
    ("header", "pcn"): "TESTPCN",
    ("header", "service_provider_id"): "1234567893",
    ("01", "C4"): "19610402",
    ("01", "C5"): "2",
    ("01", "CA"): "MARIA",
    ("01", "CB"): "NUNEZ-O'BRIEN",
    ("03", "DB"): "2910000035",
    ("04", "C1"): "GRP1",
    ("04", "C2"): "ABC123456",
    ("04", "C3"): "01",
    ("04", "C6"): "1",
    ("07", "D2"): "7000001",
    ("07", "D3"): "00",
    ("07", "D5"): "30",
    ("07", "D7"): "68180098001",
    ("07", "D8"): "0",
    ("07", "DE"): "20261120",
    ("07", "DF"): "02",
    ("07", "DJ"): "3",
    ("07", "E7"): "30000",
    ("07", "28"): "EA",
    ("11", "D9"): "1001{",
    ("11", "DU"): "1176{",
}
Fields = dict[tuple[str, str], str]


def sent(fields: Fields | None = None, *, on: date | None = ON) -> Sent:
    """A clean claim with some fields otherwise; an empty value is a field that was not sent."""
    every = SENT | (fields or {})
    return Sent({place: text for place, text in every.items() if text}, on)


def case(
    *codes: str,
    fields: Fields | None = None,
    messages: tuple[str, ...] = (),
    known: Known | None = None,
    said: Said | None = None,
) -> Case:
    """A claim refused with these codes."""
    answer = said or Said(rejects=tuple(Reject(code) for code in codes), messages=messages)
    return Case(sent(fields), answer, known or Known(reviewed=False, drug="lisinopril 10 mg"))


def soon(day: date | None, *, last_on: date | None = None) -> Said:
    """Too soon, with the day and the fill before it where the payer names them."""
    finding = Finding("ER", "1", "", last_on, Decimal(30)) if last_on else None
    return Said(
        rejects=(Reject("79"),),
        next_fill_on=day,
        findings=(finding,) if finding else (),
    )


def request(
    *,
    person: str = "01",
    group: str = "GRP1",
    days: int = 30,
    clarification: str = "",
    pcn: str = "TESTPCN",
) -> bytes:
    """A billing as it goes out."""
    bill = Bill(
        pharmacy_npi="1234567893",
        service_on=ON,
        card=Card(
            bin="999999",
            pcn=pcn,
            group=group,
            cardholder_id="ABC123456",
            person_code=person,
            relationship="1",
        ),
        last_name="Doe",
        first_name="Jane",
        birth_date=date(1961, 4, 2),
        sex="F",
        street="200 Oak Ave",
        city="Anytown",
        state="TX",
        postal_code="78701",
        rx_number=7_000_001,
        fill_number=0,
        ndc11="68180098001",
        unit="EA",
        quantity=Decimal(30),
        days_supply=days,
        daw="0",
        written_on=ON,
        refills=2,
        origin="3",
        schedule=0,
        quantity_prescribed=Decimal(30),
        prescriber_npi="2910000035",
        prescriber_last_name="Lee",
        price=price_of(price_usd=Decimal("11.76"), fee_usd=Decimal("11.00")),
        clarification=clarification,
    )
    return build_billing(bill)


def response(status: Draft, *others: Draft) -> bytes:
    """An answer that refuses."""
    head = ResponseHeader(
        transaction_code="B1",
        header_response_status="A",
        service_provider_id="1234567893",
        date_of_service=ON,
    )
    return build_response(head, transmission=[], transactions=[[status, *others]])
