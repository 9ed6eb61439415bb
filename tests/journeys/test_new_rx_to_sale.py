"""The plain day: what a doctor sends becomes a bottle in the patient's hand."""

from decimal import Decimal

from journeys.books import Books
from journeys.outside import Doctors, PayerDesk
from journeys.people import Somebody


def test_an_electronic_prescription_becomes_a_bottle_in_the_patients_hand(
    doctors: Doctors, tess: Somebody, rita: Somebody, payer: PayerDesk, books: Books
) -> None:
    sent = doctors.prescribe("duloxetine 30", "Hannah Becker")
    arrival = tess.arrival(sent)
    assert (arrival["patient_sure"], arrival["prescriber_sure"]) == ("exact", "exact")
    fill = tess.enters(sent)
    before = tess.on_shelf(fill.ndc)

    fill = tess.waits_for(fill, "waiting")
    (claim,) = payer.requests(fill.rx_number)
    assert claim.code == "B1"
    assert claim.field("C2") == "LS5136805"
    assert claim.field("C1") == "LSH1001"
    assert claim.field("CB") == "BECKER"
    assert claim.field("D7") == sent.order.ndc
    assert Decimal(claim.field("E7")) / 1000 == 60
    assert claim.field("D5").lstrip("0") == "30"
    assert claim.field("DB") == sent.order.npi
    assert payer.states(fill.rx_number) == ["paid"]
    assert fill.copay_usd is not None

    # Sixty capsules come out of two bottles of thirty.
    fill = tess.fills(fill)
    assert (fill.state, fill.turn) == ("check", "pharmacist")
    assert rita.approves(fill).state == "ready"
    assert tess.bins(fill, "b2").bin == "B2"
    sale = tess.sells(fill)
    assert Decimal(sale["total_usd"]) == fill.copay_usd
    assert tess.sees(fill).state == "sold"

    assert books.moves(fill) == [
        ("Shelf", "Will-call", Decimal(60)),
        ("Will-call", "Patient", Decimal(60)),
    ]
    assert tess.on_shelf(fill.ndc) == before - 60
    assert tess.history(fill) == [
        "moved a fill",
        "screened a fill",
        "sent a claim",
        "received a paid claim",
        "started filling",
        "scanned a stock bottle",
        "scanned a stock bottle",
        "counted",
        "printed a label",
        "sent a fill to the pharmacist",
        "approved a fill",
        "put a bag in a bin",
        "sold a fill",
    ]
