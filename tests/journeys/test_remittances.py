"""The payer's money arrives at the house by itself, and is on the books to the cent."""

from decimal import Decimal

from journeys.house import wait_until
from journeys.outside import PayerDesk
from journeys.people import Fill, Somebody
from journeys.walk import Team


def open_claims(tess: Somebody, fill: Fill) -> list[Decimal]:
    """What is open of a fill's claims."""
    rows = tess.reads("/money/open")
    return [Decimal(row["open_usd"]) for row in rows if row["fill_id"] == fill.id]


def test_a_sold_fill_is_paid_by_the_remittance_that_the_payer_lays_down(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    fill = team.has("montelukast 10", "Jose Barrera", until="ready")[1]
    tess.bins(fill)
    tess.sells(fill)
    (claim,) = tess.claims(fill)
    assert open_claims(tess, fill) == [Decimal(claim["paid_usd"])]
    made = payer.ask("POST", "/remittances", {})
    # The file is kept with a reason first, and posted after: it is in when it has no reason.
    wait_until(
        lambda: (
            (made["name"], "")
            in {(row["name"], row["problem"]) for row in tess.reads("/money/files")}
        ),
        what="the remittance to be posted",
        seconds=60,
    )
    assert open_claims(tess, fill) == []
    newest = tess.reads("/money/files")[0]
    assert newest["name"] == made["name"]
    assert newest["problem"] == ""
    lines = [
        line
        for one in newest["remittances"]
        for line in tess.reads(f"/money/remittances/{one['id']}")["lines"]
    ]
    (ours,) = [line for line in lines if line["claim_id"] == claim["id"]]
    assert Decimal(ours["usd"]) - Decimal(ours["fee_usd"]) == Decimal(claim["paid_usd"])


def test_a_payer_that_pays_five_dollars_short_is_named_and_its_loss_is_no_technicians(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    fill = team.has("atorvastatin calcium 20", "Jose Barrera", until="ready")[1]
    tess.bins(fill)
    tess.sells(fill)
    known = {row["id"] for row in tess.reads("/money/differences")}
    payer.ask("POST", "/remittances", {"fault": "short"})
    wait_until(
        lambda: {row["id"] for row in tess.reads("/money/differences")} - known,
        what="the difference to be named",
        seconds=60,
    )
    (new,) = [row for row in tess.reads("/money/differences") if row["id"] not in known]
    assert (new["kind"], new["usd"]) == ("paid short", "5.00")
    there = f"/money/differences/{new['id']}"
    assert tess.tries(f"{there}/accept", {"because": "never mind"}).status == 409
    assert tess.tries(f"{there}/write-off", {"because": "never mind"}).status == 403
    said = {"because": "told the help desk, Kim"}
    assert tess.does(f"{there}/dispute", said)["because"] == said["because"]
