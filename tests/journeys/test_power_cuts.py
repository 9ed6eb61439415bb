"""The power goes: what was done stays done, what was not done goes on."""

import time

from journeys.books import Books
from journeys.house import House, wait_until
from journeys.outside import PayerDesk
from journeys.people import Somebody
from journeys.walk import Team


def test_killed_pages_and_worker_come_back_and_the_prescription_goes_on(
    house: House, team: Team, tess: Somebody, rita: Somebody, payer: PayerDesk, books: Books
) -> None:
    _, fill = team.has("gabapentin 300", "Erik Jensen", until="filling")
    scan = tess.does(f"/fills/{fill.id}/scan", {"code": tess.bottle(fill, serial="S0")})

    house.kill("web")
    wait_until(house.ready, what="the pages to be back", seconds=60, told=house.said)
    assert tess.sees(fill).state == "filling"
    again = tess.does(f"/fills/{fill.id}/scan", {"code": tess.bottle(fill, serial="S0")})
    assert again["id"] == scan["id"]
    fill = tess.finishes_filling(fill)

    second = team.doctors.prescribe("oxybutynin", "Grace Ellison")
    house.kill("worker")
    entered = tess.enters(second)
    wait_until(lambda: house.pids("worker"), what="the worker to be back", seconds=60)
    entered = tess.waits_for(entered, "waiting")
    assert payer.states(entered.rx_number) == ["paid"]
    assert tess.history(entered).count("sent a claim") == 1

    rita.approves(fill)
    tess.sells(fill)
    assert [move[2] for move in books.moves(fill)] == [fill.quantity, fill.quantity]


def test_a_killed_database_comes_back_with_everything_that_was_answered(
    house: House, team: Team, tess: Somebody, rita: Somebody, books: Books
) -> None:
    _, fill = team.has("trazodone", "Grace Ellison", until="check")
    house.kill_database()
    wait_until(house.ready, what="the house to be back", seconds=90, told=house.said)
    assert tess.sees(fill).state == "check"
    rita.approves(fill)
    tess.sells(fill)
    assert tess.sees(fill).state == "sold"


def test_a_claim_that_was_out_when_the_worker_died_is_asked_again_and_paid_once(
    house: House, team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    # A plan with a deductible: paid twice, it would be used up twice.
    payer.misbehave("silent", count=1)
    fill = tess.enters(team.doctors.prescribe("finasteride", "Walter Abernathy"))
    wait_until(lambda: payer.requests(fill.rx_number), what="the claim to arrive")
    decided = payer.held(fill.rx_number)
    house.kill("worker")
    killed_at = time.monotonic()
    paid = tess.waits_for(fill, "waiting")
    # The lease alone would hold it for a minute and a half; the dead sender's lock is gone.
    assert time.monotonic() - killed_at < 20
    assert payer.held(fill.rx_number) == decided
    first, again = payer.requests(fill.rx_number)
    assert (first.fault, again.fault) == ("silent", "")
    assert (first.entry["statuses"], again.entry["statuses"]) == (["P"], ["D"])
    assert first.entry["raw"] == again.entry["raw"]
    (claim,) = tess.claims(paid)
    assert (claim["state"], claim["authorization"]) == ("paid", decided[0]["authorization"])
    assert tess.history(paid).count("received a paid claim") == 1


def test_a_fill_called_off_while_the_worker_was_dead_is_taken_back_at_the_payer(
    house: House, team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    payer.misbehave("silent", count=1)
    fill = tess.enters(team.doctors.prescribe("pravastatin", "Robert Dixon"))
    wait_until(lambda: payer.requests(fill.rx_number), what="the claim to arrive")
    house.kill("worker")
    tess.does(f"/fills/{fill.id}/cancel", {"because": "the patient changed her mind"})
    wait_until(
        lambda: payer.states(fill.rx_number) == ["reversed"], what="the payer to be told"
    )
    statuses = [one.entry["statuses"] for one in payer.requests(fill.rx_number)]
    assert statuses == [["P"], ["D"], ["A"]]
    wait_until(
        lambda: tess.claim_states(fill) == [("B1", "reversed"), ("B2", "approved")],
        what="the answer to the reversal",
    )
    assert tess.sees(fill).state == "cancelled"
