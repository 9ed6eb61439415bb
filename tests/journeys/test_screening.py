"""What must not pass without a pharmacist waits for one, and what she has settled stays so."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from journeys.outside import Doctors, PayerDesk
from journeys.people import Fill, Somebody
from journeys.walk import Team

SETTLED = {"service_code": "M0", "result_code": "1G", "text": "asked the doctor, INR on Monday"}


def findings(who: Somebody, fill: Fill, kind: str = "") -> list[Any]:
    """What was found about a fill, of one kind or of all."""
    return [
        each
        for each in who.reads(f"/fills/{fill.id}/findings")
        if each["kind"] == kind or not kind
    ]


def screened(who: Somebody, fill: Fill) -> Fill:
    """The fill when the house has looked at it."""
    return who.waits_for(fill, "review", "claim", "rejected", "waiting", "short")


def test_what_a_patient_is_allergic_to_is_stopped_and_only_the_pharmacist_lets_it_go_on(
    doctors: Doctors, tess: Somebody, rita: Somebody, payer: PayerDesk
) -> None:
    fill = tess.enters(doctors.prescribe("penicillin V potassium 500", "Walter Abernathy"))
    fill = tess.waits_for(fill, "review")
    assert fill.turn == "pharmacist"
    (finding,) = findings(tess, fill, "allergy")
    assert (finding["severity"], finding["verified"]) == ("stop", "K")
    assert "hives" in finding["says"]
    assert finding["cite"]

    for path in (f"/findings/{finding['id']}/resolve", f"/fills/{fill.id}/review"):
        assert tess.tries(path, SETTLED if "findings" in path else None).status == 403
    assert rita.tries(f"/fills/{fill.id}/review").codes == ["finding-open"]
    assert payer.requests(fill.rx_number) == []

    rita.does(f"/findings/{finding['id']}/resolve", SETTLED)
    rita.does(f"/fills/{fill.id}/review")
    assert tess.waits_for(fill, "waiting", "rejected").turn != "pharmacist"
    claim = payer.requests(fill.rx_number)[0]
    assert (claim.field("E4"), claim.field("E5"), claim.field("E6")) == ("DA", "M0", "1G")


def test_the_same_drug_twice_is_a_duplicate_and_names_the_other(
    team: Team, doctors: Doctors, tess: Somebody
) -> None:
    team.has("lisinopril 10", "Jose Barrera", until="waiting")
    fill = tess.enters(doctors.prescribe("lisinopril 20", "Jose Barrera"))
    tess.waits_for(fill, "review")
    (finding,) = findings(tess, fill, "duplicate ingredient")
    assert finding["severity"] == "pharmacist"
    assert "Already takes lisinopril 10 mg" in finding["says"]


def test_a_schedule_two_drug_that_comes_before_the_last_is_used_up_is_stopped(
    team: Team, doctors: Doctors, tess: Somebody, rita: Somebody
) -> None:
    drug = "acetaminophen 325 MG / hydrocodone bitartrate 5"
    # Two of one day would be a series, of which the second names its first day.
    day_before = (doctors.today - timedelta(days=1)).isoformat()
    order = replace(doctors.order(drug, "Darnell Jackson"), written_on=day_before)
    first = team.brings(tess.enters(doctors.send(order)), until="sold")
    assert first.state == "sold"
    second = tess.enters(doctors.prescribe(drug, "Darnell Jackson"))
    second = tess.waits_for(second, "review")
    (finding,) = findings(tess, second, "early refill")
    assert finding["severity"] == "stop"
    assert "5 days of" in finding["says"]
    assert any("on hand: 5 days" in fact for fact in finding["because"])
    rita.does(f"/fills/{second.id}/back-to-entry", {"because": "too early: ask the doctor"})
    assert tess.sees(second).state == "entry"


def test_an_interaction_is_settled_once_silent_on_the_refill_and_back_when_the_dose_doubles(
    team: Team, doctors: Doctors, tess: Somebody, rita: Somebody
) -> None:
    who = "Carlos Hernandez"
    team.has("metronidazole 500", who, until="sold")
    order = doctors.order("warfarin sodium 5", who)
    first = tess.waits_for(tess.enters(doctors.send(order)), "review")
    (finding,) = findings(tess, first, "interaction")
    assert finding["severity"] == "pharmacist"
    assert "metronidazole" in finding["says"]
    rita.does(f"/findings/{finding['id']}/resolve", SETTLED)
    first = team.brings(first, until="sold")
    assert first.state == "sold"

    refill = Fill.seen(tess.does(f"/prescriptions/{first.rx_id}/refill", {"pay": "cash"}))
    refill = screened(tess, refill)
    assert refill.state != "review", refill.says
    (silent,) = findings(tess, refill, "interaction")
    assert silent["says"] == finding["says"]
    assert silent["resolved_at"] is None
    page = rita.ask("GET", f"/screening/{refill.id}/", api="")
    assert "settled before on the same facts" in page.body
    assert "asked the doctor, INR on Monday" in page.body
    tess.does(f"/fills/{refill.id}/cancel", {"because": "the dose changes"})

    doubled = replace(order, message_id=f"{order.message_id}B", quantity="60")
    doubled = replace(doubled, directions="Take 2 tablets by mouth every evening")
    second = tess.waits_for(tess.enters(doctors.send(doubled)), "review")
    (again,) = findings(tess, second, "interaction")
    assert again["resolved_at"] is None
    assert rita.tries(f"/fills/{second.id}/review").codes[0] == "finding-open"
