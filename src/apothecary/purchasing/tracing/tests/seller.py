"""What a seller tells of bottles of lisinopril, as a document for tests."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from apothecary.drugs.ndc import Ndc
from apothecary.purchasing.tests.yard import FAR
from apothecary.wires.epcis import (
    Document,
    Epc,
    Event,
    Item,
    Kind,
    Place,
    Statement,
    epc_uri,
    write_json,
    write_xml,
)

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SELLER_GLN = "urn:epc:id:sgln:0399999.00001.0"
BUYER_GLN = "urn:epc:id:sgln:0388888.00002.0"
SELLER = Place(SELLER_GLN, "Plains Drug", ("1 Dock St",), "Anytown", "TX", "75001", "US")
BUYER = Place(BUYER_GLN, "A Pharmacy", ("100 Main St",), "Austin", "TX", "78701", "US")
NDC = "68180-0980-1"
GTIN = Ndc.parse(NDC).gtin14()
AFFIRMED = Statement(affirmed=True, notice="The seller complied with FDCA 581(27).")


@dataclass(frozen=True, slots=True)
class Told:
    """A document to be written; what a test does not change is in order."""

    serials: tuple[str, ...] = ("S1", "S2")
    instance: str = "D1"
    lot: str = "L7"
    expires_on: date | None = FAR
    buyer: Place = BUYER
    statement: Statement | None = AFFIRMED
    po: str = ""
    ndc: str = NDC

    def document(self) -> Document:
        """The bottles made, then sold to us."""
        bottles = tuple(sgtin(one) for one in self.serials)
        made = Event(
            Kind.OBJECT,
            AT,
            "+00:00",
            "ADD",
            bottles,
            step="commissioning",
            disposition="active",
            lot=self.lot,
            expires_on=self.expires_on,
        )
        sold = replace(
            made,
            action="OBSERVE",
            step="shipping",
            disposition="in_transit",
            lot="",
            expires_on=None,
            transactions=(("po", self.po),) if self.po else (),
            sources=(("owning_party", SELLER.id),),
            destinations=(("owning_party", self.buyer.id),),
        )
        item = Item(
            f"urn:epc:idpat:sgtin:{bottles[0].removeprefix('urn:epc:id:sgtin:').rpartition('.')[0]}.*",
            "lisinopril",
            "10 mg",
            "tablet",
            "100 tablets",
            ndc_sent=self.ndc,
            ndc_kind="US_FDA_NDC",
        )
        return Document(
            "1.2",
            AT,
            (made, sold),
            instance=self.instance,
            sent_at=AT,
            statement=self.statement,
            items=(item,),
            places=(SELLER, self.buyer),
        )

    def xml(self) -> bytes:
        return write_xml(self.document())

    def json(self) -> bytes:
        return write_json(replace(self.document(), version="2.0"))


def sgtin(serial: str) -> str:
    """A bottle by its serial number."""
    return epc_uri(Epc("sgtin", GTIN, serial, prefix_digits=7))
