"""Reports of our own making, for the tests: one chain, three stores, made-up people."""

from dataclasses import replace
from datetime import UTC, date, time
from decimal import Decimal

from apothecary.wires.asap import (
    Additional,
    Dispensed,
    Dispensing,
    Header,
    Ingredient,
    Patient,
    Pharmacy,
    Prescriber,
    Report,
    Source,
    Store,
)

DAY = date(2026, 1, 15)

SINGLE = (
    "TH*4.2*CTL420001*01**20260115*101500*T**~~\r\n"
    "IS*6125550100*SAMPLE COMMUNITY PHARMACY~\r\n"
    "PHA*1234567893*1234567*AB1234563*SAMPLE COMMUNITY PHARMACY*100 MAIN ST**ANYTOWN*MN"
    "*554010000*6125550100*PAT RPH~\r\n"
    "PAT*MN*06*D123456789012****DOE*JANE*Q***200 OAK AVE**ANYTOWN*MN*55401*6125550111"
    "*19800229*F*01*01~\r\n"
    "DSP*00*2001234*20260110*0*20260112*0*01*00406012501*30*7*01*05*00*1234567893*R12345*04"
    "*20260113***ERX-REF-0001*ORD-0001~\r\n"
    "PRE*1234567893*AD1234563**MN55555*SMITH*ALEX**6125550199~\r\n"
    "AIR***MN*06*D999999999999*03*DOE*JOHN*PHARMACIST*PAT*02~\r\n"
    "TP*6~\r\n"
    "TT*CTL420001*9~\r\n"
)
COMPOUND = (
    "TH*4.2A*CTL42A001*01**20260115*101500*T**~~\n"
    "IS*6125550100*SAMPLE COMMUNITY PHARMACY~\n"
    "PHA***AB1234563~\n"
    "PAT*******DOE*JANE****200 OAK AVE**ANYTOWN*MN*55401**19800229*F*01~\n"
    "DSP*00*2001300*20260110*0*20260112*0*06*99999000123*2.4*30*03*05*00~\n"
    "PRE**AD1234563~\n"
    "CDI*1*01*38779052408*2.4*03~\n"
    "CDI*2*01*51927102000*1.2*03~\n"
    "PAT*******DOE*JANE****200 OAK AVE**ANYTOWN*MN*55401**19800229*F*01~\n"
    "DSP*02*2000999*20260110*0*20260112*0*01*00406012501*30*7*01*05*00~\n"
    "PRE**AD1234563~\n"
    "TP*10~\n"
    "TT*CTL42A001*13~\n"
)
ZERO = (
    "TH*4.2B*123456*01**20260108*223000*P**\\\\"
    "IS*6125550100*SAMPLE PHARMACY*#20260101#-#20260107#\\"
    "PHA***AB1234563\\PAT*******REPORT*ZERO\\DSP*****20260107\\PRE*\\CDI*\\AIR*\\"
    "TP*7\\TT*123456*10\\"
)
TAKEN_BACK = "TH*4.2B*CTL9*04**20260115*101500*P**~~TT*CTL9*2~"
ACKNOWLEDGED = (
    "TH*4.2B*ANS1*02*CTL9*20260116*010203*P**~~IS*STATE*PROGRAMME*ALL RECEIVED~TT*ANS1*3~"
)
FAILED = "TH*4.2B*ANS2*03*CTL9*20260116*010203*P**~~IS*STATE*PROGRAMME*NO TT~TT*ANS2*3~"


def raw(text: str) -> bytes:
    return text.encode("latin-1")


def header(version: str = "4.2B") -> Header:
    at = time(10, 15, tzinfo=UTC) if version == "5.0" else time(10, 15)
    return Header(
        version=version,
        control_number="CTL-7",
        transaction_type="01",
        created_on=DAY,
        created_at=at,
        file_type="T",
    )


SOURCE = Source(source_id="6125550100", source_name="SAMPLE CHAIN")
PATIENT = Patient(
    id_state="MN",
    id_kind="06",
    id_number="D123456789012",
    last_name="DOE",
    first_name="JANE",
    address_1="200 OAK AVE",
    city="ANYTOWN",
    state="MN",
    zip_code="55401",
    born_on=date(1980, 2, 29),
    gender="F",
    species="01",
)
DISPENSED = Dispensed(
    reporting_status="00",
    rx_number="2001234",
    written_on=date(2026, 1, 10),
    refills_authorized=0,
    filled_on=date(2026, 1, 12),
    fill_number=0,
    product_kind="01",
    product_id="00406012501",
    quantity=Decimal(30),
    days_supply=7,
    unit="01",
    rx_origin="05",
    part=0,
    payment="04",
    sold_on=date(2026, 1, 13),
)
PRESCRIBER = Prescriber(npi="1234567893", dea_number="AD1234563", last_name="SMITH")
PHARMACY = Pharmacy(npi="1234567893", dea_number="AB1234563", name="SAMPLE", state="MN")
AIR = Additional(relationship="02", last_name="DOE", first_name="JOHN")
RECORD = Dispensing(PATIENT, DISPENSED, PRESCRIBER, (), AIR)
MIXTURE = replace(
    RECORD,
    dispensed=replace(
        DISPENSED, product_kind="06", product_id="99999AB-123", quantity=Decimal("2.4")
    ),
    ingredients=(
        Ingredient(1, "01", "38779052408", Decimal("2.4"), "03"),
        Ingredient(2, "01", "51927102000", Decimal("1.2"), "03"),
    ),
)


def report(*records: Dispensing, version: str = "4.2B") -> Report:
    """A report of one store with these records, or with the usual one."""
    return Report(header(version), SOURCE, (Store(PHARMACY, records or (RECORD,)),))
