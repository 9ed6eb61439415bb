"""Claims that the payer refuses, and how each comes to be paid."""

from datetime import date, timedelta

from journeys.outside import PayerDesk, Posted
from journeys.people import Fill, Somebody
from journeys.walk import Team


def test_prior_authorization_is_asked_for_granted_typed_and_paid(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    _, fill = entered(team, "rosuvastatin calcium 10", "Rosa Alvarado")
    fill = tess.waits_for(fill, "rejected")
    assert tess.claims(fill)[-1]["codes"] == ["75"]
    assert fill.says.startswith("Rejected 75")
    payer.ask("POST", "/authorizations", {
        "plan": "bluebonnet-medicaid", "number": "88001", "cardholder": "614866264",
        "ingredient": "rosuvastatin",
    })  # fmt: skip
    tess.resubmits(fill, prior_authorization="88001")
    tess.waits_for(fill, "waiting")
    assert payer.requests(fill.rx_number)[-1].field("EV").lstrip("0") == "88001"
    assert payer.states(fill.rx_number) == ["paid"]
    assert tess.history(fill)[-3:] == [
        "resubmitted a claim",
        "sent a claim",
        "received a paid claim",
    ]


def test_a_wrong_person_code_is_corrected_on_the_card_and_stays_there(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    payer.misbehave("reject", code="08", count=1)
    _, fill = entered(team, "atenolol 50", "Ingrid Brandt")
    assert tess.claims(tess.waits_for(fill, "rejected"))[-1]["codes"] == ["08"]
    # A slip of the key: now the payer refuses it on its own account.
    tess.resubmits(fill, person_code="07")
    fill = tess.waits_for(fill, "rejected")
    assert len(tess.claims(fill)) == 2
    assert payer.requests(fill.rx_number)[-1].fault == ""
    assert payer.requests(fill.rx_number)[-1].rejects != [[]]
    tess.resubmits(fill, person_code="01")
    tess.waits_for(fill, "waiting")
    assert [one.field("C3") for one in payer.requests(fill.rx_number)] == ["01", "07", "01"]
    assert tess.claim_states(fill) == [("B1", "rejected"), ("B1", "rejected"), ("B1", "paid")]
    assert payer.states(fill.rx_number) == ["paid"]


def test_too_soon_names_the_day_is_dated_and_goes_out_early_with_a_reason(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    _, first = team.has("hydrochlorothiazide 25", "Wei Chen", until="waiting")
    _, second = entered(team, "hydrochlorothiazide 25", "Wei Chen")
    # The house itself sees the double therapy before the payer does.
    second = tess.waits_for(second, "rejected", "review")
    if second.state == "review":
        team.rita.reviews(second)
        second = tess.waits_for(second, "rejected")
    # What she resolved went to the payer: reason, service and result.
    asked = payer.requests(second.rx_number)[0]
    assert [asked.field(name) for name in ("E4", "E5", "E6")] == ["ID", "M0", "1G"]
    claim = tess.claims(second)[-1]
    assert claim["codes"] == ["79"]
    next_on = date.fromisoformat(claim["next_fill_on"])
    assert next_on > date.today() + timedelta(days=14)  # noqa: DTZ011 any zone's today will do
    path = f"/claims/{claim['id']}/date"
    late = tess.tries(path, {"on": (next_on - timedelta(days=400)).isoformat()})
    assert late.status == 409
    tess.does(path, {"on": next_on.isoformat()})
    dated = tess.sees(second)
    assert dated.state == "rejected"
    assert f"{next_on:%B} {next_on.day}" in dated.says
    tess.resubmits(second, clarification="3")
    tess.waits_for(second, "waiting")
    assert payer.requests(second.rx_number)[-1].field("DK").lstrip("0") == "3"
    assert payer.states(first.rx_number) == payer.states(second.rx_number) == ["paid"]


def test_not_covered_and_the_patient_pays_herself(
    team: Team, tess: Somebody, payer: PayerDesk
) -> None:
    _, fill = entered(team, "esomeprazole 40", "Denise Booker")
    fill = tess.waits_for(fill, "rejected")
    claim = tess.claims(fill)[-1]
    assert claim["codes"] == ["70"]
    tess.does(f"/claims/{claim['id']}/cash")
    tess.waits_for(fill, "waiting")
    assert payer.states(fill.rx_number) == []
    assert "chose to bill the patient" in tess.history(fill)


def entered(team: Team, drug: str, patient: str) -> tuple[Posted, Fill]:
    posted = team.doctors.prescribe(drug, patient)
    return posted, team.tess.enters(posted)
