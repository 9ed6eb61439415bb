"""What does not go straight: sent back, owed, out of stock, never picked up."""

from decimal import Decimal

from journeys.books import Books
from journeys.house import wait_until
from journeys.outside import PayerDesk, Posted
from journeys.people import Fill, Somebody, form_of, sale_of
from journeys.walk import Team

FAR = "2030-06-30"


def test_a_wrong_count_goes_back_to_filling_and_is_proved_anew(
    team: Team, tess: Somebody, rita: Somebody, payer: PayerDesk, books: Books
) -> None:
    _, fill = team.has("carvedilol 6.25", "Tyrone Campbell", until="check")
    back = rita.sends_back(fill, "wrong-count")
    assert back.state == "filling"
    tess.does(f"/fills/{fill.id}/start")
    # What was scanned before it came back proves nothing now.
    refused = tess.tries(f"/fills/{fill.id}/send-to-check")
    assert "no-bottle" in refused.codes
    fill = tess.finishes_filling(fill)
    rita.approves(fill)
    tess.bins(fill)
    tess.sells(fill)
    assert payer.states(fill.rx_number) == ["paid"]
    assert [move[2] for move in books.moves(fill)] == [fill.quantity, fill.quantity]
    assert "sent a fill back" in tess.history(fill)


def test_wrong_directions_go_back_to_entry_and_are_billed_anew(
    team: Team, tess: Somebody, rita: Somebody, payer: PayerDesk, books: Books
) -> None:
    posted, fill = team.has("furosemide 40", "Kimberly Dawson", until="check")
    before = tess.on_shelf(fill.ndc)
    assert rita.sends_back(fill, "directions").state == "entry"
    values = form_of(tess.arrival(posted))
    values |= {"directions": "Take 1 tablet by mouth every morning with water"}
    tess.does(f"/fills/{fill.id}/correct", {"values": values})
    fill = team.brings(fill, until="sold")
    assert fill.state == "sold"
    assert tess.claim_states(fill)[-1] == ("B1", "paid")
    assert payer.states(fill.rx_number)[-1] == "paid"
    assert payer.states(fill.rx_number).count("paid") == 1
    assert [move[:2] for move in books.moves(fill)] == [
        ("Shelf", "Will-call"),
        ("Will-call", "Patient"),
    ]
    assert tess.on_shelf(fill.ndc) == before - fill.quantity
    done = tess.reads(f"/journal/prescription/{fill.rx_id}")
    assert "corrected a prescription" in [line["deed"] for line in done]


def test_a_part_is_given_and_the_balance_comes_with_the_next_delivery(
    team: Team, tess: Somebody, rita: Somebody, payer: PayerDesk, books: Books
) -> None:
    shelf = books.place("Shelf")
    posted = team.doctors.prescribe("lamotrigine 100", "Darnell Jackson")
    ndc = package_of(tess, posted)
    tess.leaves_on_shelf(ndc, 40, place=shelf, aside=books.place("Quarantine"))
    fill = tess.waits_for(tess.enters(posted), "short")
    assert "needs 60, 40 on hand" in fill.says
    (whole,) = tess.claims(fill)
    owed = tess.does(f"/fills/{fill.id}/part", {"quantity_now": "40", "because": "short"})
    assert (owed["state"], Decimal(owed["quantity"])) == ("short", Decimal(20))
    part = team.brings(tess.sees(fill), until="ready")
    part = tess.billed(part, "P")
    tess.sells(part)
    still = tess.tries(f"/fills/{owed['id']}/try-stock")
    assert still.codes == ["short"]

    tess.receives(ndc, "NEW1", 100, place=shelf, until=FAR)
    tess.does(f"/fills/{owed['id']}/try-stock")
    balance = team.brings(tess.waits_for(Fill.seen(owed), "waiting"), until="ready")
    balance = tess.billed(balance, "C")
    sale = tess.sells(balance)
    # What the part was too cheap for of the copay is paid with the balance, and no more.
    copays = (part.copay_usd or 0) + Decimal(sale["total_usd"])
    assert copays == Decimal(whole["copay_usd"])
    given = [move[2] for of in (part, balance) for move in books.moves(of)]
    assert given == [40, 40, 20, 20]
    assert payer.parts(part.rx_number) == [
        ("", 60, "reversed"),
        ("P", 40, "paid"),
        ("C", 20, "paid"),
    ]


def test_a_schedule_ii_part_and_its_balance_are_paid_together_what_the_whole_was(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    _, fill = team.has("methylphenidate hydrochloride 10", "Courtney Tate", until="waiting")
    (whole,) = tess.claims(fill)
    owed = tess.gives_part(fill, "45", reason="short")
    part = tess.billed(team.brings(tess.sees(fill), until="ready"), "P")
    tess.sells(part)
    tess.does(f"/fills/{owed.id}/try-stock")
    balance = tess.billed(team.brings(tess.waits_for(owed, "waiting"), until="ready"), "C")
    tess.sells(balance)

    assert payer.parts(fill.rx_number) == [
        ("", 60, "reversed"),
        ("P", 45, "paid"),
        ("C", 15, "paid"),
    ]
    first, rest = tess.claims(part)[-1], tess.claims(balance)[-1]
    for name in ("submitted_usd", "paid_usd", "copay_usd"):
        assert Decimal(first[name]) + Decimal(rest[name]) == Decimal(whole[name]), name
    asked = payer.requests(fill.rx_number)
    assert [one.code for one in asked] == ["B1", "B2", "B1", "B1"]
    # 460-ET on every C-II claim (45 CFR 162.1102); the completion names its part.
    assert {one.field("ET") for one in asked if one.code == "B1"} == {"0000060000"}
    assert asked[3].field("EN") == str(fill.rx_number)
    assert asked[3].field("EP") == asked[2].service_on


def test_out_of_stock_waits_and_goes_on_when_the_delivery_has_come(
    team: Team, tess: Somebody, rita: Somebody, books: Books, payer: PayerDesk
) -> None:
    shelf = books.place("Shelf")
    posted = team.doctors.prescribe("glipizide 5", "Linh Nguyen")
    ndc = package_of(tess, posted)
    tess.leaves_on_shelf(ndc, 0, place=shelf, aside=books.place("Quarantine"))
    fill = tess.waits_for(tess.enters(posted), "short")
    assert fill.says.startswith("Out of stock")
    assert tess.tries(f"/fills/{fill.id}/try-stock").codes == ["short"]
    tess.receives(ndc, "G77", 100, place=shelf, until=FAR)
    tess.does(f"/fills/{fill.id}/try-stock")
    fill = team.brings(fill, until="sold")
    assert tess.units(ndc, "Shelf") == 70
    assert payer.states(fill.rx_number) == ["paid"]


def test_a_bag_nobody_fetched_goes_back_to_the_shelf_and_its_claim_is_reversed(
    team: Team, tess: Somebody, payer: PayerDesk, books: Books
) -> None:
    _, fill = team.has("pantoprazole 40", "Brenda Lawson", until="ready")
    before = tess.on_shelf(fill.ndc)
    tess.bins(fill)
    tess.does(f"/fills/{fill.id}/return-to-stock", {"because": "not picked up for ten days"})
    assert tess.sees(fill).state == "returned"
    wait_until(
        lambda: payer.states(fill.rx_number) == ["reversed"], what="the payer to be told"
    )
    assert tess.on_shelf(fill.ndc) == before + fill.quantity
    assert [move[:2] for move in books.moves(fill)] == [
        ("Shelf", "Will-call"),
        ("Will-call", "Shelf"),
    ]
    assert tess.tries("/sales", sale_of(fill)).codes == ["wrong-state"]
    again = tess.does(f"/prescriptions/{fill.rx_id}/refill")
    assert again["state"] == "screening"


def package_of(tess: Somebody, posted: Posted) -> str:
    """The hyphenated code of the package that was prescribed."""
    arrival = tess.arrival(posted)
    assert arrival["package_id"]
    digits = posted.order.ndc
    # The shipped shelf knows every package under both forms of its number.
    return str(tess.lots(digits)[0]["ndc"])
