"""The payer is down, slow, silent, says it twice, or says nothing that can be read."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from journeys.house import wait_until
from journeys.outside import PayerDesk
from journeys.people import Somebody
from journeys.walk import Team


def test_with_the_payer_down_filling_goes_on_and_the_claim_is_paid_when_it_is_up(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    payer.misbehave("down")
    fill = tess.enters(team.doctors.prescribe("amlodipine besylate 5", "Hannah Becker"))
    fill = tess.waits_for(fill, "claim")
    wait_until(lambda: tess.claims(fill), what="the claim to be written")
    claim = tess.claims(fill)[0]
    assert claim["state"] == "out"
    payer.behave()
    fill = tess.waits_for(fill, "waiting")
    assert fill.copay_usd is not None
    assert payer.states(fill.rx_number) == ["paid"]
    assert tess.claim_states(fill) == [("B1", "paid")]


@pytest.mark.parametrize(
    ("fault", "asked"), [("garbage", 2), ("cut", 2), ("drop", 2), ("twice", 1)]
)
def test_an_answer_that_cannot_be_read_is_asked_for_again_and_paid_once(
    fault: str, asked: int, team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    patients = {"garbage": "Wei Chen", "cut": "Kimberly Dawson", "drop": "Andre Baptiste",
                "twice": "Tyrone Campbell"}  # fmt: skip
    payer.misbehave(fault, count=1)
    fill = tess.enters(team.doctors.prescribe("allopurinol", patients[fault]))
    fill = tess.waits_for(fill, "waiting")
    assert tess.claim_states(fill) == [("B1", "paid")]
    assert len(payer.requests(fill.rx_number)) == asked
    assert payer.states(fill.rx_number) == ["paid"]
    assert (
        tess.claims(fill)[0]["authorization"] == payer.held(fill.rx_number)[0]["authorization"]
    )


def test_nobody_waits_for_a_payer_that_is_silent(
    team: Team, tess: Somebody, rita: Somebody, payer: PayerDesk
) -> None:
    payer.misbehave("silent", count=1)
    silent = tess.enters(team.doctors.prescribe("donepezil", "Samuel Whitfield"))
    silent = tess.waits_for(silent, "claim")
    # Meanwhile somebody without a plan is served from the message to the sale.
    cash = tess.enters(team.doctors.prescribe("montelukast 10", "Teresa Ibarra"), pay="cash")
    cash = team.brings(cash, until="sold")
    assert (cash.state, tess.claims(cash)) == ("sold", [])
    assert tess.sees(silent).state == "claim"
    # The line is cut before anybody's patience is at its end.
    payer.misbehave("down")
    payer.behave()
    silent = tess.waits_for(silent, "waiting")
    # His second plan was asked as well, once, for what the first left.
    assert payer.states(silent.rx_number) == ["paid", "paid"]
    assert [one.fault for one in payer.requests(silent.rx_number)] == ["silent", "", ""]


def test_a_late_answer_is_still_that_claims_answer(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    payer.misbehave("delay", count=1, seconds=3)
    slow = tess.enters(team.doctors.prescribe("simvastatin 20", "Linh Nguyen"))
    quick = tess.enters(team.doctors.prescribe("simvastatin 20", "Erik Jensen"))
    for fill in (slow, quick):
        paid = tess.waits_for(fill, "waiting")
        (held,) = payer.held(paid.rx_number)
        (claim,) = tess.claims(paid)
        assert claim["authorization"] == held["authorization"]
        assert Decimal(claim["copay_usd"]) == paid.copay_usd


MEDICAID = "999998"


def test_one_silent_payer_holds_up_nobody_elses_claims(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    payer.misbehave("silent", bin=MEDICAID)
    patients = ("Jose Barrera", "Marta Barrera", "Lucia Cantu", "Rosa Alvarado")
    orders = [team.doctors.prescribe("omeprazole 20", patient) for patient in patients]
    silent = [tess.enters(order) for order in orders]
    for fill in silent:
        arrived = partial(payer.requests, fill.rx_number)
        wait_until(arrived, what="the claim to arrive")
    commercial = tess.enters(team.doctors.prescribe("omeprazole 20", "Melissa Carver"))
    commercial = tess.waits_for(commercial, "waiting")
    (claim,) = tess.claims(commercial)
    took = datetime.fromisoformat(claim["answered_at"]) - datetime.fromisoformat(
        claim["made_at"]
    )
    assert took < timedelta(seconds=2)
    assert {tess.sees(fill).state for fill in silent} == {"claim"}

    # The payer's line is cut and comes back: the silent ones are asked again, and paid once.
    payer.misbehave("down")
    payer.behave()
    for fill in silent:
        paid = tess.waits_for(fill, "waiting")
        assert payer.states(paid.rx_number) == ["paid"]
        assert [one.fault for one in payer.requests(paid.rx_number)] == ["silent", ""]
