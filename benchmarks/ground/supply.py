"""Papers of a wholesaler and documents of tracing, by rule, for benchmarks and fuzzing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from apothecary.wires import epcis
from apothecary.wires.ndc import check_digit
from apothecary.wires.x12 import supply
from apothecary.wires.x12.remittance import Day, Party, Reference

DAY = date(2026, 1, 15)
AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
PARTIES = (
    Party("BY", "SAMPLE PHARMACY", "11", "AB1234563"),
    Party("ST", "SAMPLE PHARMACY", "92", "0012345", ("100 MAIN ST",), "ANYTOWN", "MN", "55401"),
    Party("SU", "SAMPLE WHOLESALE", "11", "AW1234563"),
)


def envelope(control: int = 1) -> supply.Envelope:
    return supply.Envelope(
        ("ZZ", "PHARMACY"), ("ZZ", "WHOLESALER"), AT.replace(tzinfo=None), control, control
    )


def product(number: int) -> supply.Product:
    """A product of ours: its numbers follow from its place in the list."""
    return supply.Product(
        ndc=f"55154{number % 10**4:04}{number % 90 + 10}",
        item=f"{number:07}",
        description=f"SAMPLOL {number % 90 + 10} MG TAB 100",
    )


def order(lines: int) -> supply.PurchaseOrder:
    return supply.PurchaseOrder(
        number="PO-7",
        ordered_on=DAY,
        lines=tuple(
            supply.OrderLine(str(n), Decimal(n % 9 + 1), "EA", product(n), Decimal("4.85"))
            for n in range(1, lines + 1)
        ),
        account="0012345",
        parties=PARTIES,
        days=(Day("002", DAY),),
    )


def answer(lines: int) -> supply.Acknowledgement:
    """Every third line comes short, the rest of it later."""

    def answers(n: int) -> tuple[supply.Answer, ...]:
        day = Day("068", DAY)
        if n % 3:
            return (supply.Answer("IA", Decimal(n % 9 + 1), "EA", day, product(n)),)
        return (
            supply.Answer("IQ", Decimal(1), "EA", day, product(n)),
            supply.Answer("IB", Decimal(2), "EA", Day("068", DAY + timedelta(5)), product(n)),
        )

    rows = tuple(
        supply.AnsweredLine(str(n), Decimal(n % 9 + 1), "EA", product(n), answers(n))
        for n in range(1, lines + 1)
    )
    return supply.Acknowledgement("PO-7", rows, ordered_on=DAY, parties=PARTIES)


def sscc(number: int) -> str:
    body = f"{355154 * 10**11 + number:017}"
    return body + check_digit(body)


def notice(lines: int) -> supply.ShipNotice:
    """Ten items to a tote."""

    def item(n: int) -> supply.Level:
        lot = supply.Lot(f"L{n}", date(2027, 6, 30))
        shipped = supply.ShippedItem(str(n), product(n), Decimal(2), "EA", lots=(lot,))
        return supply.Level("I", item=shipped)

    totes = tuple(
        supply.Level(
            "P",
            children=tuple(item(n) for n in range(first, min(first + 10, lines + 1))),
            marks=(("GM", sscc(first)),),
        )
        for first in range(1, lines + 1, 10)
    )
    ordered = supply.Level("O", children=totes, order=supply.OrderShipped("PO-7"))
    shipment = supply.Level(
        "S", children=(ordered,), parties=PARTIES, days=(Day("011", DAY), Day("017", DAY))
    )
    return supply.ShipNotice("SHIP-9", DAY, (shipment,))


def invoice(lines: int) -> supply.Invoice:
    rows = tuple(
        supply.InvoiceLine(str(n), Decimal(2), "EA", Decimal("4.85"), product(n))
        for n in range(1, lines + 1)
    )
    fee = supply.Charge("C", "D240", Decimal("3.50"))
    total = Decimal("9.70") * lines + Decimal("3.50")
    return supply.Invoice(
        "INV-1", DAY, rows, total, "PO-7", DAY, charges=(fee,), parties=PARTIES
    )


def catalogue(items: int) -> supply.Catalogue:
    rows = tuple(
        supply.CatalogueItem(
            str(n),
            product(n),
            (
                supply.Price("CON", Decimal("4.85"), unit="EA", days=(Day("007", DAY),)),
                supply.Price("WAC", Decimal("6.1"), unit="EA"),
            ),
            pack=supply.Pack(Decimal(1), Decimal(100), "EA"),
            generic=bool(n % 2),
            references=(Reference("DP", "RX"),),
        )
        for n in range(1, items + 1)
    )
    return supply.Catalogue("CAT-1", rows, parties=PARTIES)


def papers(lines: int) -> list[supply.Paper]:
    """One of each of the five kinds."""
    return [order(lines), answer(lines), notice(lines), invoice(lines), catalogue(lines)]


def written(paper: supply.Paper, how: supply.Dialect = supply.PLAIN) -> bytes:
    return supply.write_interchange([supply.write_paper(paper, how)], envelope(), how)


SELLER, BUYER = "urn:epc:id:sgln:0399999.00001.0", "urn:epc:id:sgln:0388888.00002.0"


def made(cases: list[list[str]]) -> list[epcis.Event]:
    return [
        epcis.Event(
            epcis.Kind.OBJECT,
            AT,
            "-06:00",
            "ADD",
            tuple(case),
            step="commissioning",
            disposition="active",
            read_point=SELLER,
            lot=f"LOT{number}",
            expires_on=date(2027, 6, 30),
        )
        for number, case in enumerate(cases)
    ]


def packed(cases: list[list[str]], names: list[str]) -> list[epcis.Event]:
    return [
        epcis.Event(
            epcis.Kind.AGGREGATION,
            AT + timedelta(hours=1),
            "-06:00",
            "ADD",
            tuple(case),
            name,
            step="packing",
            disposition="in_progress",
            read_point=SELLER,
        )
        for name, case in zip(names, cases, strict=True)
    ]


def shipped(names: list[str]) -> epcis.Event:
    return epcis.Event(
        epcis.Kind.OBJECT,
        AT + timedelta(hours=2),
        "-06:00",
        "OBSERVE",
        tuple(names),
        step="shipping",
        disposition="in_transit",
        read_point=SELLER,
        transactions=(("po", "urn:epcglobal:cbv:bt:0388888000021:PO-7"),),
        sources=(("owning_party", SELLER), ("location", SELLER)),
        destinations=(("owning_party", BUYER), ("location", BUYER)),
    )


def shipment(packages: int) -> epcis.Document:
    """A document as a wholesaler sends it: packages made, packed by ten, shipped."""
    urns = [f"urn:epc:id:sgtin:0355154.0094{n % 90 + 10}.S{n:09}" for n in range(packages)]
    cases = [urns[first : first + 10] for first in range(0, packages, 10)]
    names = [f"urn:epc:id:sscc:0355154.{n:010}" for n in range(len(cases))]
    items = {
        urn[: urn.rindex(".")]: epcis.Item(
            f"urn:epc:idpat:sgtin:{urn.split(':')[-1].rpartition('.')[0]}.*",
            "Samplol",
            "10 mg",
            "TABLET",
            "100 TABLET in 1 BOTTLE",
            "Sample Labs",
        )
        for urn in urns
    }
    return epcis.Document(
        version="1.2",
        created_at=AT,
        events=(*made(cases), *packed(cases, names), shipped(names)),
        sender=epcis.Partner(SELLER, "SGLN"),
        receiver=epcis.Partner(BUYER, "SGLN"),
        instance="D-1",
        statement=epcis.Statement(affirmed=True, notice="We affirm."),
        items=tuple(items.values()),
        places=(
            epcis.Place(SELLER, "Sample Wholesale", ("1 DOCK ST",), "ANYTOWN", "MN", "55401"),
            epcis.Place(BUYER, "Sample Pharmacy", ("100 MAIN ST",), "ANYTOWN", "MN", "55401"),
        ),
    )
