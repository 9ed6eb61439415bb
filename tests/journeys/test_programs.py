"""A vaccine billed and given, and a drug bought under 340B: from the message to the ledger."""

from decimal import Decimal

import pytest

from journeys.books import Books
from journeys.house import wait_until
from journeys.outside import SYRINGE, PayerDesk
from journeys.people import Fill, Somebody, datamatrix, sale_of
from journeys.walk import Team

TABLET = "naproxen"
UNTIL = "2028-06-30"


def goes_on(tess: Somebody, rita: Somebody, fill: Fill, *states: str) -> Fill:
    """By itself, or past the pharmacist who looks at what was typed."""
    fill = tess.waits_for(fill, "review", *states)
    if fill.state == "review":
        rita.reviews(fill)
        fill = tess.waits_for(fill, *states)
    return fill


@pytest.fixture(scope="module")
def fridge(books: Books) -> int:
    return books.place("Fridge")


def test_a_vaccine_is_billed_with_its_fee_and_not_sold_before_somebody_gave_it(
    team: Team, tess: Somebody, rita: Somebody, payer: PayerDesk, books: Books, fridge: int
) -> None:
    tess.receives(SYRINGE, "HB1", 5, place=fridge, until=UNTIL)
    posted = team.doctors.dose("Andre Baptiste")
    fill = tess.enters(
        posted,
        administration_usd="25.00",
        price_usd="75.00",
        directions_source="accepted",
        days_supply_source="accepted",
        quantity_source="accepted",
    )
    fill = goes_on(tess, rita, fill, "waiting", "rejected")
    assert fill.state == "waiting", tess.claims(fill)
    claim = payer.requests(fill.rx_number)[-1]
    assert (claim.field("D7"), claim.field("E5")) == ("58160082134", "MA")
    assert claim.field("E3") == "0000250{"
    assert payer.states(fill.rx_number) == ["paid"]
    assert fill.copay_usd == 0

    path = f"/fills/{fill.id}"
    early = rita.tries(f"{path}/vaccine", {"site": "LD", "route": "IM"})
    assert early.codes == ["wrong-state"]
    fill = tess.fills(fill)
    assert rita.approves(fill).state == "ready"
    tess.bins(fill, "v1")
    unsold = tess.tries("/sales", sale_of(fill))
    assert unsold.codes == ["not-given"]
    assert tess.ask("POST", f"{path}/vaccine", {"site": "LD", "route": "IM"}).status == 403
    wrong = rita.tries(f"{path}/vaccine", {"site": "NS", "route": "IM"})
    assert wrong.fields == ["site"]
    given = rita.does(f"{path}/vaccine", {"site": "LD", "route": "IM"})
    assert (given["lot"], given["site"]) == ("HB1", "LD")
    assert rita.tries(f"{path}/vaccine", {"site": "RD", "route": "IM"}).codes == [
        "given-already"
    ]
    tess.sells(fill)
    assert tess.sees(fill).state == "sold"
    assert sorted(books.moves(fill)) == [
        ("Fridge", "Will-call", Decimal(1)),
        ("Will-call", "Patient", Decimal(1)),
    ]
    assert "gave a vaccine" in tess.history(fill)


def test_a_dose_that_nobody_gives_is_called_off_and_the_plan_gets_its_money_back(
    team: Team, tess: Somebody, rita: Somebody, payer: PayerDesk, fridge: int
) -> None:
    tess.receives(SYRINGE, "HB2", 5, place=fridge, until=UNTIL)
    posted = team.doctors.dose("Hannah Becker")
    fill = tess.enters(posted, administration_usd="25.00", price_usd="75.00")
    fill = goes_on(tess, rita, fill, "waiting", "rejected")
    tess.does(f"/fills/{fill.id}/cancel", {"because": "the patient left"})
    wait_until(
        lambda: payer.states(fill.rx_number) == ["reversed"],
        what="the plan to take the claim back",
        told=lambda: str(tess.claims(fill)),
    )


def test_a_drug_bought_under_340b_waits_for_340b_stock_and_takes_that_alone(
    team: Team, tess: Somebody, rita: Somebody, payer: PayerDesk, books: Books
) -> None:
    posted = team.doctors.prescribe(TABLET, "Andre Baptiste")
    fill = tess.enters(posted, cost_340b_usd="0.30", because_340b="a patient of the clinic")
    own = tess.on_shelf(fill.ndc)
    assert own >= fill.quantity
    fill = goes_on(tess, rita, fill, "short", "waiting", "rejected")
    assert fill.state == "short", tess.claims(fill)
    assert "0 of 340B stock on hand" in fill.says
    claim = payer.requests(fill.rx_number)[-1]
    assert (claim.field("DK"), claim.field("DN")) == ("20", "08")
    place = rita.does(
        "/stock/places", {"name": "340B shelf", "kind": "shelf", "programme": "340b"}
    )
    tess.receives(fill.ndc, "D340", 100, place=place, until=UNTIL)
    path = f"/fills/{fill.id}"
    assert tess.does(f"{path}/try-stock")["state"] == "waiting"
    tess.does(f"{path}/start")
    own_lot = next(one for one in tess.lots(fill.ndc) if one["places"].get("Shelf"))
    wrong = tess.tries(
        f"{path}/scan", {"code": datamatrix(fill.ndc, own_lot["lot"], own_lot["expires_on"])}
    )
    assert "340B" in wrong.says
    fill = tess.finishes_filling(fill)
    assert rita.approves(fill).state == "ready"
    tess.bins(fill, "b1")
    tess.sells(fill)
    assert sorted(books.moves(fill)) == [
        ("340B shelf", "Will-call", fill.quantity),
        ("Will-call", "Patient", fill.quantity),
    ]
    assert tess.on_shelf(fill.ndc) == own
