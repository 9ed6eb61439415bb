"""One order for a child with a card and a controlled drug, and one paid in cash."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from simulators.prescriber.order import Order
from simulators.prescriber.world import (
    Address,
    Card,
    DrugLine,
    Person,
    Pharmacy,
    Prescriber,
)

HOME = Address("1 Elm Road", "Apt 2", "Kyle", "TX", "78640")
CLINIC = Address("2 Oak Road", "", "Buda", "TX", "78610")
STORE = Address("3 Ash Road", "", "San Marcos", "TX", "78666")
CARD = Card("Sample Health", "999999", "TESTPCN", "G1", "LS1234567", "02", "3")
CHILD = Person(
    last_name="O'Neil",
    first_name="Mia",
    middle_name="R",
    suffix="",
    born_on=date(2019, 3, 30),
    sex="F",
    language="es",
    address=HOME,
    phone="5125550100",
    weight_kg=Decimal("18.40"),
    card=CARD,
    standing="known",
)
DOCTOR = Prescriber(
    last_name="Huang",
    first_name="Grace",
    middle_name="",
    specialty="Pediatrics",
    npi="1234567893",
    dea="AB1234563",
    schedules="2345",
    license="TX1",
    address=CLINIC,
    phone="5125550163",
    fax="5125550178",
)
LINE = DrugLine(
    ndc="00093310501",
    rxcui="308191",
    rxcui_kind="SCD",
    description="a <liquid> & more",
    schedule=4,
    unit_code="C28254",
    directions="Give 5 mL by mouth once daily",
    quantity=Decimal("150"),
    days=30,
    refills=1,
    suits="child",
)
ORDER = Order(
    message_id="M1",
    order_number="P1",
    sent_at="2026-03-02T15:00:00.0Z",
    person=CHILD,
    prescriber=DOCTOR,
    pharmacy=Pharmacy("Pecan Street", "2900000110", "9999991", STORE, "5125550199"),
    line=LINE,
    ndc=LINE.ndc,
    rxcui=LINE.rxcui,
    description=LINE.description,
    directions=LINE.directions,
    quantity="150",
    days="30",
    refills="1",
    written_on="2026-03-02",
    born_on="2019-03-30",
    npi=DOCTOR.npi,
    dea=DOCTOR.dea,
    generic_allowed=False,
)
CASH_CARD = Card("", "", "", "", "", "", "")
ADULT_LINE = replace(LINE, schedule=0, suits="adult")
CASH = replace(
    ORDER,
    person=replace(CHILD, card=CASH_CARD, language="en", phone="", middle_name=""),
    line=ADULT_LINE,
    rxcui="",
    dea="",
    generic_allowed=True,
)

ROOT = """<?xml version='1.0' encoding='UTF-8'?>
<Message DatatypesVersion="20170715" TransportVersion="20170715" \
TransactionDomain="SCRIPT" TransactionVersion="20170715" StructuresVersion="20170715" \
ECLVersion="20170715">
"""
