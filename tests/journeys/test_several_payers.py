"""Several payers for one prescription, over the wire, to the cent and back again."""

from decimal import Decimal
from typing import Any

from journeys.house import wait_until
from journeys.outside import PayerDesk
from journeys.people import Fill, Somebody
from journeys.walk import Team

PART_D_MEMBER = "Robert Dixon"
UNTIL_TODAY = {"starts_on": "2026-01-01"}
SUPPLEMENT = {"bin": "999995", "pcn": "TESTSEC", "group": "MSQ1", "plan_name": "Mesquite"}
ASSISTANCE = {"bin": "999994", "pcn": "TESTTER", "group": "LOA1", "plan_name": "Live Oak"}
COPAY_CARD = {"bin": "999992", "pcn": "TESTCPN", "group": "BP2026", "plan_name": "Penny",
              "kind": "coupon"}  # fmt: skip
COMPENSATION = {"bin": "999993", "pcn": "TESTWC", "group": "GPWC", "plan_name": "Gulf Prairie",
                "kind": "workers compensation", "injured_on": "2026-11-02",
                "claim_reference": "GP-77", "employer": "Hill Country Mill"}  # fmt: skip


def patient_of(tess: Somebody, fill: Fill) -> int:
    return int(tess.reads(f"/fills/{fill.id}")["patient_id"])


def shows(tess: Somebody, patient: int, card: dict[str, str], number: str) -> Any:
    """The patient hands over a card."""
    typed = card | UNTIL_TODAY | {"cardholder_id": number, "person_code": "01"}
    return tess.does(f"/patients/{patient}/cards", typed)


def known(tess: Somebody, team: Team, patient: str) -> int:
    """The number of a patient of the demo, from a fill that is called off again."""
    fill = tess.enters(team.doctors.prescribe("montelukast 10", patient), pay="cash")
    number = patient_of(tess, fill)
    tess.does(f"/fills/{fill.id}/cancel", {"because": "only asked for the number"})
    return number


def billings(tess: Somebody, fill: Fill) -> list[Any]:
    return [claim for claim in tess.claims(fill) if claim["kind"] == "B1"]


def paid_by(tess: Somebody, fill: Fill) -> list[tuple[int, Decimal, Decimal]]:
    """Each paid billing: which payer, what it pays, what it leaves to the patient."""
    return [
        (claim["payer"], Decimal(claim["paid_usd"]), Decimal(claim["copay_usd"]))
        for claim in billings(tess, fill)
        if claim["state"] == "paid"
    ]


def test_three_payers_share_a_prescription_to_the_cent_and_take_it_back_from_the_last(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    kim = known(tess, team, "Daniel Kim")
    shows(tess, kim, SUPPLEMENT, "MQ040001")
    shows(tess, kim, ASSISTANCE, "LO040001")
    fill = tess.enters(team.doctors.prescribe("rosuvastatin", "Daniel Kim"))
    fill = tess.waits_for(fill, "waiting", "review")
    (first, second, third) = paid_by(tess, fill)
    assert [payer_number for payer_number, _, _ in (first, second, third)] == [1, 2, 3]
    # The second pays out of what the first left, the third what it allows beyond both; nobody
    # pays more than was asked, and the patient what is left at the end.
    assert first[2] - second[1] == second[2] > 0
    asked = {Decimal(claim["submitted_usd"]) for claim in billings(tess, fill)}
    assert asked == {max(asked)}
    assert first[1] + second[1] + third[1] + third[2] <= max(asked)
    assert third[2] < second[2]
    assert fill.copay_usd == third[2]
    assert payer.states(fill.rx_number) == ["paid", "paid", "paid"]
    tess.does(f"/fills/{fill.id}/cancel", {"because": "the doctor took it back"})
    wait_until(
        lambda: payer.states(fill.rx_number) == ["reversed"] * 3,
        what="all three payers to have taken it back",
        told=lambda: str(tess.claims(fill)),
    )
    reversals = [one for one in tess.claims(fill) if one["kind"] == "B2"]
    assert [one["payer"] for one in reversals] == [3, 2, 1]


def test_a_part_d_plan_is_told_what_others_paid_and_told_again_when_they_take_it_back(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    member = known(tess, team, PART_D_MEMBER)
    shows(tess, member, ASSISTANCE, "LO040077")
    fill = tess.enters(team.doctors.prescribe("rosuvastatin", PART_D_MEMBER))
    fill = tess.waits_for(fill, "waiting", "review")
    first, second = paid_by(tess, fill)
    assert (first[0], second[0]) == (1, 2)
    wait_until(
        lambda: [one.code for one in payer.reports(fill.rx_number)] == ["N1"],
        what="the plan to be told",
        told=lambda: str(tess.claims(fill)),
    )
    (told,) = payer.reports(fill.rx_number)
    assert told.rejects == [[]]
    assert told.service_on == payer.requests(fill.rx_number)[0].service_on
    tess.does(f"/fills/{fill.id}/cancel", {"because": "the doctor took it back"})
    wait_until(
        lambda: [one.code for one in payer.reports(fill.rx_number)] == ["N1", "N2"],
        what="the plan to be told that the other has its money back",
        told=lambda: str(tess.claims(fill)),
    )


def test_a_copay_card_lowers_what_the_patient_pays_and_stays_out_beside_medicaid(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    orourke = known(tess, team, "Patrick O'Rourke")
    card = shows(tess, orourke, COPAY_CARD, "BP00000001")
    fill = tess.enters(team.doctors.prescribe("esomeprazole", "Patrick O'Rourke"))
    fill = tess.waits_for(fill, "waiting", "rejected", "review")
    if fill.state == "rejected":
        # The plan does not cover it: the card alone is asked.
        tess.does(f"/fills/{fill.id}/payers", {"coverage_ids": [card["id"]]})
        fill = tess.waits_for(fill, "waiting", "review", "rejected")
    told = billings(tess, fill)
    assert told[-1]["plan_name"] == "Penny"
    flores = known(tess, team, "Ana Flores")
    coupon = shows(tess, flores, COPAY_CARD, "BP00000002")
    other = tess.enters(team.doctors.prescribe("simvastatin 20", "Ana Flores"))
    cards = [one["id"] for one in tess.reads(f"/patients/{flores}/cards")]
    refused = tess.tries(f"/fills/{other.id}/payers", {"coverage_ids": cards})
    assert "payers-coupon" in refused.codes
    other = tess.waits_for(other, "waiting", "review")
    assert coupon["id"] not in {claim["plan_name"] for claim in billings(tess, other)}
    assert "Penny" not in {claim["plan_name"] for claim in billings(tess, other)}


def test_an_injury_at_work_is_billed_to_the_carrier_when_somebody_chooses_it(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    campbell = known(tess, team, "Tyrone Campbell")
    card = shows(tess, campbell, COMPENSATION, "GP0100001")
    fill = tess.enters(team.doctors.prescribe("naproxen", "Tyrone Campbell"))
    fill = tess.waits_for(fill, "waiting", "review")
    assert [claim["plan_name"] for claim in billings(tess, fill)] != ["Gulf Prairie"]
    tess.does(f"/fills/{fill.id}/payers", {"coverage_ids": [card["id"]]})
    wait_until(
        lambda: (
            billings(tess, fill)[-1]["state"] == "paid"
            and billings(tess, fill)[-1]["plan_name"] == "Gulf Prairie"
        ),
        what="the carrier to pay",
        told=lambda: str(tess.claims(fill)),
    )
    assert payer.states(fill.rx_number).count("paid") == 1
    assert tess.sees(fill).copay_usd == Decimal(billings(tess, fill)[-1]["copay_usd"])


def test_a_patient_without_a_card_is_found_by_name_and_billed_to_what_was_found(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    fill = tess.enters(team.doctors.prescribe("lisinopril 10", "Julio Esparza"), pay="cash")
    fill = tess.waits_for(fill, "waiting", "review")
    esparza = patient_of(tess, fill)
    tess.does(f"/patients/{esparza}/ask", {"bin": "999988", "pcn": "TESTFIND"})
    wait_until(
        lambda: tess.reads(f"/patients/{esparza}/inquiries")[0]["state"] != "out",
        what="the finder to answer",
    )
    (asked,) = tess.reads(f"/patients/{esparza}/inquiries")
    assert (asked["state"], asked["other_bins"]) == ("found", ["999996"])
    card = tess.does(f"/inquiries/{asked['id']}/take/1")
    assert (card["bin"], card["cardholder_id"]) == ("999996", "CR0240001")
    tess.does(f"/fills/{fill.id}/payers", {"coverage_ids": [card["id"]]})
    wait_until(
        lambda: [claim["state"] for claim in billings(tess, fill)] == ["paid"],
        what="the plan that was found to pay",
        told=lambda: str(tess.claims(fill)),
    )
    assert tess.sees(fill).copay_usd is not None
