"""Papers of supply written by hand, segment by segment; no code of the house writes them."""

from apothecary.wires.x12 import supply
from apothecary.wires.x12.interchange import FUNCTIONAL, TransactionSet, read
from apothecary.wires.x12.tests.papers import Dialect, Row, group, interchange, paper

ENVELOPE = Dialect(component=">", repetition="U", version="00401")
PO1 = "PO1*1*12*EA*4.85**N4*00093310501*VN*1234567"
ORDER = ["BEG*00*NE*PO-1**20260115", "REF*IA*0012345", PO1, "CTT*1*12"]
ANSWER = [
    "BAK*00*AC*PO-1*20260115****SO7*20260115",
    PO1,
    "ACK*IA*12*EA*068*20260116",
    "CTT*1*12",
]
IT1 = "IT1*1*2*EA*4.85*DS*N4*00093310501*VN*1234567"
INVOICE = ["BIG*20260116*INV1*20260115*PO-1", IT1, "TDS*970", "CTT*1"]
NOTICE = [
    "BSN*00*SHIP9*20260116*0930*0001",
    "HL*1**S*1",
    "N1*ST*SAMPLE PHARMACY*92*0012345",
    "HL*2*1*O*1",
    "PRF*PO-1",
    "REF*IV*INV1",
    "HL*3*2*P*1",
    "MAN*GM*003551540000000018",
    "HL*4*3*I*0",
    "LIN*1*N4*00093310501*VN*1234567",
    "SN1**2*EA",
    "REF*LT*L1",
    "DTM*036*20270630",
    "CTT*4*2",
]
CATALOGUE = [
    "BCT*PC*CAT1",
    "DTM*007*20260101",
    "LIN*1*N4*00093310501*VN*1234567*UP*300933105019",
    "PID*F****AMOXICILLIN 500MG CAP 100",
    "PO4*1*100*EA",
    "CTP*WH*CON*4.85**EA",
    "DTM*007*20260101",
    "CTP**WAC*6.1",
    "CTT*1",
]


def rows(texts: list[str]) -> list[Row]:
    return [text.split("*") for text in texts]


def whole(kind: str, texts: list[str]) -> bytes:
    """A paper in its envelope, all counts right."""
    one = group([paper(kind, rows(texts))], functional=FUNCTIONAL[kind])
    return interchange([one], ENVELOPE)


def transaction(kind: str, texts: list[str]) -> TransactionSet:
    return next(read(whole(kind, texts)).sets())


def changed(texts: list[str], old: str, *new: str) -> list[str]:
    """The segments with the one that begins so replaced, or left out."""
    place = next(place for place, text in enumerate(texts) if text.startswith(old))
    return [*texts[:place], *new, *texts[place + 1 :]]


def order(texts: list[str]) -> supply.PurchaseOrder:
    return supply.read_purchase_order(transaction("850", texts))


def answer(texts: list[str]) -> supply.Acknowledgement:
    return supply.read_order_acknowledgement(transaction("855", texts))


def notice(texts: list[str]) -> supply.ShipNotice:
    return supply.read_ship_notice(transaction("856", texts))


def invoice(texts: list[str]) -> supply.Invoice:
    return supply.read_invoice(transaction("810", texts))


def catalogue(texts: list[str]) -> supply.Catalogue:
    return supply.read_catalogue(transaction("832", texts))
