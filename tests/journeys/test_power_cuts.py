"""The power goes: what was done stays done, what was not done goes on."""

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
