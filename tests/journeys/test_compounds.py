"""A compound from its entry to the patient's hand, and one with an ingredient refused."""

import json
from decimal import Decimal
from typing import Any

import pytest

from journeys.books import Books
from journeys.house import wait_until
from journeys.outside import PayerDesk
from journeys.people import Fill, Somebody, datamatrix, form_of
from journeys.walk import Team

CREAM, NUMBING, REFUSED = "0029-1527-25", "0054-3500-49", "0186-5020-31"
UNTIL = "2028-06-30"


@pytest.fixture(scope="module")
def shelf(books: Books) -> int:
    return books.place("Shelf")


def line(ndc: str, quantity: str, unit: str) -> dict[str, str]:
    return {"ndc": ndc, "quantity": quantity, "unit": unit}


def lotion(*lines: dict[str, str], makes: str = "90") -> dict[str, Any]:
    """What the technician types from the doctor's note."""
    whole = {"name": "mupirocin lidocaine lotion", "form": "13", "route": "6064005"}
    return whole | {
        "unit": "GM",
        "makes": makes,
        "beyond_use_days": 14,
        "ingredients": list(lines),
    }


def enters(tess: Somebody, team: Team, patient: str, body: dict[str, Any]) -> Fill:
    """The message named some drug; the note asks for a compound, and that is entered."""
    arrival = tess.arrival(team.doctors.prescribe("naproxen", patient))
    tess.does(f"/arrivals/{arrival['id']}/take")
    made = tess.does("/compounds", body)
    values = form_of(arrival) | {
        "package_id": str(made["package_id"]),
        "quantity": body["makes"],
        "days_supply": "10",
        "refills": "0",
        "directions": "Apply a thin layer to the skin twice daily",
    }
    values |= dict.fromkeys(("quantity_source", "directions_source"), "accepted")
    values |= dict.fromkeys(("days_supply_source", "package_source"), "accepted")
    return Fill.seen(tess.does(f"/arrivals/{arrival['id']}/finish", {"values": values}))


def as_ordered(arrival: dict[str, Any]) -> dict[str, Any]:
    """What the message names, as the technician sends it on: only what is on file by number."""
    sent = json.loads(arrival["sent"]["compound"])
    numbered = [part for part in sent["parts"] if part["ndc"]]
    return {
        "name": arrival["sent"]["drug"],
        "form": "13",
        "route": "6064005",
        "unit": arrival["sent"]["quantity_unit"],
        "makes": arrival["sent"]["quantity"],
        "beyond_use_days": 14,
        "ingredients": [
            line(dashed(part["ndc"]), part["quantity"], part["unit"]) for part in numbered
        ],
    }


def dashed(ndc11: str) -> str:
    """The eleven digits as this house's drug file writes these two."""
    return next(ndc for ndc in (CREAM, NUMBING) if ndc11 == eleven(ndc))


def eleven(ndc: str) -> str:
    labeler, product, package = ndc.split("-")
    return labeler.zfill(5) + product.zfill(4) + package.zfill(2)


def test_a_compound_that_a_doctor_orders_comes_ingredient_by_ingredient_and_is_paid(
    team: Team, tess: Somebody, rita: Somebody, payer: PayerDesk, shelf: int
) -> None:
    for ndc in (CREAM, NUMBING):
        tess.receives(ndc, f"E{ndc[:4]}", 300, place=shelf, until=UNTIL)
    arrival = tess.arrival(team.doctors.compound("mupirocin", "Andre Baptiste"))
    assert arrival["question"] == "A compound. Enter what it is made of."
    assert arrival["package_id"] is None
    tess.does(f"/arrivals/{arrival['id']}/take")
    body = as_ordered(arrival)
    assert [one["quantity"] for one in body["ingredients"]] == ["30", "60"]
    made = tess.does("/compounds", body)
    values = form_of(arrival) | {"package_id": str(made["package_id"])}
    values |= {"package_source": "accepted", "directions_source": "accepted"}
    fill = Fill.seen(tess.does(f"/arrivals/{arrival['id']}/finish", {"values": values}))
    fill = tess.waits_for(fill, "waiting", "review", "rejected")
    if fill.state == "review":
        rita.reviews(fill)
        fill = tess.waits_for(fill, "waiting", "rejected")
    assert fill.state == "waiting", tess.claims(fill)
    claim = payer.requests(fill.rx_number)[-1]
    assert [claim.field(name) for name in ("D6", "EF")] == ["2", "13"]
    assert payer.states(fill.rx_number) == ["paid"]
    tess.does(f"/fills/{fill.id}/cancel", {"because": "only to see what is paid"})
    wait_until(
        lambda: payer.states(fill.rx_number) == ["reversed"],
        what="the claim to be taken back",
        seconds=60,
    )


def bottle(tess: Somebody, ndc: str, *, serial: str = "1") -> str:
    """The bottle of an ingredient, of the lot that is promised."""
    (lot,) = [lot for lot in tess.lots(ndc) if Decimal(lot["promised"]) > 0]
    return datamatrix(ndc, lot["lot"], lot["expires_on"], serial=serial)


def test_a_compound_is_paid_scanned_ingredient_by_ingredient_checked_and_sold(
    team: Team, tess: Somebody, rita: Somebody, payer: PayerDesk, books: Books, shelf: int
) -> None:
    for ndc in (CREAM, NUMBING):
        tess.receives(ndc, f"J{ndc[:4]}", 300, place=shelf, until=UNTIL)
    body = lotion(line(CREAM, "30", "GM"), line(NUMBING, "60", "ML"))
    fill = enters(tess, team, "Andre Baptiste", body)
    fill = tess.waits_for(fill, "waiting", "review", "rejected")
    if fill.state == "review":
        rita.reviews(fill)
        fill = tess.waits_for(fill, "waiting", "rejected")
    assert fill.state == "waiting", tess.claims(fill)
    claim = payer.requests(fill.rx_number)[-1]
    assert [claim.field(name) for name in ("D6", "D7", "EF")] == ["2", "0", "13"]
    assert payer.states(fill.rx_number) == ["paid"]
    assert fill.copay_usd is not None

    path = f"/fills/{fill.id}"
    tess.does(f"{path}/start")
    tess.does(f"{path}/scan", {"code": bottle(tess, CREAM)})
    early = tess.tries(f"{path}/count", {"quantity": "90"})
    assert "bottles-missing" in early.codes
    wrong = tess.does(f"{path}/scan", {"code": datamatrix("0029-1527-22", "X", UNTIL)})
    assert wrong["outcome"] == "wrong"
    tess.does(f"{path}/scans/{wrong['id']}/set-aside", {"because": "smaller tube"})
    tess.does(f"{path}/scan", {"code": bottle(tess, NUMBING)})
    tess.does(f"{path}/count", {"quantity": "90"})
    tess.does(f"{path}/label")
    tess.does(f"{path}/send-to-check")
    assert rita.approves(fill).state == "ready"
    tess.bins(fill, "c1")
    tess.sells(fill)
    assert tess.sees(fill).state == "sold"
    assert sorted(books.moves(fill)) == [
        ("Shelf", "Will-call", Decimal(30)),
        ("Shelf", "Will-call", Decimal(60)),
        ("Will-call", "Patient", Decimal(30)),
        ("Will-call", "Patient", Decimal(60)),
    ]


def test_an_ingredient_the_plan_refuses_is_named_and_the_rest_is_paid_when_asked(
    team: Team, tess: Somebody, rita: Somebody, payer: PayerDesk, shelf: int
) -> None:
    tess.receives(REFUSED, "JREF", 60, place=shelf, until=UNTIL)
    tess.receives(CREAM, "JMORE", 300, place=shelf, until=UNTIL)
    body = lotion(line(CREAM, "30", "GM"), line(REFUSED, "7", "EA"), makes="32")
    fill = enters(tess, team, "Denise Booker", body)
    fill = tess.waits_for(fill, "rejected", "review")
    if fill.state == "review":
        rita.reviews(fill)
        fill = tess.waits_for(fill, "rejected")
    assert fill.state == "rejected"
    # Submission clarification 8: bill what the plan approves, the rest is not asked for.
    tess.resubmits(fill, clarification="8")
    wait_until(
        lambda: payer.states(fill.rx_number) == ["paid"],
        what="the plan to pay for what it covers",
        told=lambda: str(tess.claims(fill)),
    )
    fill = tess.waits_for(fill, "waiting")
    assert fill.copay_usd is not None
    tess.does(f"/fills/{fill.id}/cancel", {"because": "only to see what is paid"})
    wait_until(
        lambda: payer.states(fill.rx_number) == ["reversed"],
        what="the claim to be taken back",
        seconds=60,
    )


def test_what_must_be_sterile_is_refused_at_the_counter_and_nothing_is_entered(
    tess: Somebody, books: Books
) -> None:
    before = books.sizes()
    body = lotion(line(CREAM, "30", "GM"), line(NUMBING, "60", "ML")) | {"route": "54485002"}
    refused = tess.tries("/compounds", body)
    assert refused.fields == ["route"]
    assert "no sterile room" in refused.says
    after = books.sizes()
    for table in ("prescriptions_compound", "drugs_product", "drugs_package"):
        assert after[table] == before[table]


def test_a_nursing_facility_is_on_the_next_claim(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    arrival = tess.arrival(team.doctors.prescribe("montelukast 10", "Ingrid Brandt"))
    tess.does(
        f"/patients/{arrival['patient_id']}/residence",
        {"residence": "03", "place_of_service": "32"},
    )
    tess.does(f"/arrivals/{arrival['id']}/take")
    finished = tess.does(f"/arrivals/{arrival['id']}/finish", {"values": form_of(arrival)})
    fill = Fill.seen(finished)
    wait_until(lambda: bool(payer.requests(fill.rx_number)), what="the claim to be sent")
    claim = payer.requests(fill.rx_number)[-1]
    assert (claim.field("4X"), claim.field("C7")) == ("03", "32")
