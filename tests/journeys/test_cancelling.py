"""Called off: by the doctor's message and by hand, wherever the fill stands."""

from decimal import Decimal

import pytest

from journeys.books import Books
from journeys.house import wait_until
from journeys.outside import Doctors, PayerDesk, Posted
from journeys.people import Fill, Somebody
from journeys.walk import Team

REASON = {"because": "the doctor changed the therapy"}
# Where it stands: drug, two patients, what the payer holds afterwards.
PLACES = {
    "review": ("azithromycin 250", ("Melissa Carver", "Melissa Carver"), []),
    "rejected": ("meloxicam 15", ("Courtney Tate", "Samuel Whitfield"), []),
    "waiting": ("citalopram 20", ("Oscar Villarreal", "Patrick O'Rourke"), ["reversed"]),
    "filling": ("famotidine 20", ("Oscar Villarreal", "Patrick O'Rourke"), ["reversed"]),
    "check": ("finasteride 5", ("Oscar Villarreal", "Patrick O'Rourke"), ["reversed"]),
    "ready": ("tamsulosin", ("Oscar Villarreal", "Patrick O'Rourke"), ["reversed"]),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_fill_is_called_off_wherever_it_stands_and_the_payer_gets_its_money_back(
    place: str, team: Team, tess: Somebody, doctors: Doctors, payer: PayerDesk, books: Books
) -> None:
    drug, (one, other), held = PLACES[place]
    if place == "rejected":
        # One of those that the house never corrects by itself.
        payer.misbehave("reject", code="70", count=2)
    message, by_doctor = brought(team, drug, one, place)
    _, by_hand = brought(team, drug, other, place)
    there = tess.on_shelf(by_hand.ndc) + tess.units(by_hand.ndc, "Will-call")

    answer = doctors.cancel(message)
    assert answer.answer.kind == "cancel-response", answer.reply
    assert b"<Approved>" in answer.reply
    tess.does(f"/fills/{by_hand.id}/cancel", REASON)

    for fill in (by_doctor, by_hand):
        assert tess.sees(fill).state == "cancelled"
        the_payer_comes_to_hold(held, fill, payer)
        assert back_on_the_shelf(books.moves(fill))
    assert tess.on_shelf(by_hand.ndc) == there
    assert tess.units(by_hand.ndc, "Will-call") == 0
    assert tess.tries(f"/fills/{by_hand.id}/cancel", REASON).codes == ["no-such-step"]


def test_what_is_not_entered_yet_is_called_off_in_intake(
    tess: Somebody, doctors: Doctors
) -> None:
    by_doctor = doctors.prescribe("buspirone", "Hector Garza")
    by_hand = doctors.prescribe("buspirone", "Stephen Gilmore")
    assert b"<Approved>" in doctors.cancel(by_doctor).reply
    tess.does(f"/arrivals/{tess.arrival(by_hand)['id']}/cancel", REASON)
    for message in (by_doctor, by_hand):
        assert tess.arrival(message)["state"] == "cancelled"
        arrival = tess.arrival(message)
        refused = tess.tries(f"/arrivals/{arrival['id']}/take")
        assert refused.codes == ["wrong-state"]


def test_a_claim_that_never_left_is_withdrawn_without_a_word(
    team: Team, tess: Somebody, doctors: Doctors, payer: PayerDesk
) -> None:
    payer.misbehave("down")
    message = doctors.prescribe("spironolactone 25", "Wei Chen")
    fill = tess.enters(message)
    tess.waits_for(fill, "claim")
    wait_until(lambda: tess.claims(fill), what="the claim to be written")
    assert b"<Approved>" in doctors.cancel(message).reply
    wait_until(lambda: tess.claim_states(fill) == [("B1", "withdrawn")], what="the claim's end")
    payer.behave()
    assert payer.requests(fill.rx_number) == []


def test_what_is_out_of_stock_is_called_off_too(
    team: Team, tess: Somebody, doctors: Doctors, payer: PayerDesk, books: Books
) -> None:
    message = doctors.prescribe("metronidazole 500", "Nora Fitzgerald")
    (lot, *_) = tess.lots(message.order.ndc)
    shelf, aside = books.place("Shelf"), books.place("Quarantine")
    tess.leaves_on_shelf(lot["ndc"], 0, place=shelf, aside=aside)
    fill = tess.waits_for(tess.enters(message), "short")
    assert b"<Approved>" in doctors.cancel(message).reply
    assert tess.sees(fill).state == "cancelled"
    wait_until(lambda: payer.states(fill.rx_number) == ["reversed"], what="the reversal")


def test_what_has_been_sold_cannot_be_called_off(
    team: Team, tess: Somebody, doctors: Doctors, payer: PayerDesk
) -> None:
    message, fill = team.has("escitalopram 10", "Alejandra Mendez", until="sold")
    answer = doctors.cancel(message)
    assert b"<Denied>" in answer.reply
    assert tess.tries(f"/fills/{fill.id}/cancel", REASON).codes == ["no-such-step"]
    assert tess.sees(fill).state == "sold"
    assert payer.states(fill.rx_number) == ["paid"]


def brought(team: Team, drug: str, patient: str, place: str) -> tuple[Posted, Fill]:
    if place in {"review", "rejected"}:
        message = team.doctors.prescribe(drug, patient)
        return message, team.tess.waits_for(team.tess.enters(message), place)
    return team.has(drug, patient, until=place)


def the_payer_comes_to_hold(held: list[str], fill: Fill, payer: PayerDesk) -> None:
    """Wait until the payer's own books say so."""
    wait_until(
        lambda: payer.states(fill.rx_number) == held,
        what=f"the payer to hold {held}",
        told=lambda: str(payer.states(fill.rx_number)),
    )


def back_on_the_shelf(moves: list[tuple[str, str, Decimal]]) -> bool:
    """Whether nothing moved, or all that moved went the same way back."""
    return not moves or moves[0][:2] == moves[-1][1::-1]
