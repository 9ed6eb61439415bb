"""A signed electronic C-II comes to a house as it ships, and to one that was audited."""

from urllib.request import Request, urlopen

import pytest

from apothecary.intake.actions.entry import finish_entry
from apothecary.intake.models import Arrival
from apothecary.law.problem import Refused
from apothecary.vault.epcs.opening import turn
from apothecary.vault.epcs.tests.receiver import CII, Receiver, codes, signed_by
from apothecary.vault.epcs.tests.test_receiving import form
from journeys.house import House
from journeys.outside import Doctors
from journeys.people import Somebody, form_of

DRUG = "methylphenidate hydrochloride 10"


def page(house: House, by: Somebody, path: str) -> str:
    token = house.token("worker", by.username)
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/html"}
    with urlopen(Request(f"{house.url}{path}", headers=headers), timeout=30) as answer:  # noqa: S310 loopback
        return str(answer.read().decode())


def test_a_signed_electronic_cii_is_archived_held_and_its_paper_is_entered(
    house: House, doctors: Doctors, tess: Somebody
) -> None:
    posted = doctors.prescribe(DRUG, "Grace Ellison")
    arrival = tess.arrival(posted)
    tess.does(f"/arrivals/{arrival['id']}/take")
    there = f"/arrivals/{arrival['id']}/finish"
    for origin in ("3", "1", "2"):
        refused = tess.tries(there, {"values": form_of(arrival) | {"origin": origin}})
        assert refused.status == 409
        assert "epcs-not-audited" in refused.codes
    screen = page(house, tess, f"/intake/{arrival['id']}/")
    assert "No third party has audited" in screen
    assert "signed paper" in screen
    records = page(house, tess, "/vault/epcs/records/?drug=methylphenidate")
    assert "ELLISON, GRACE" in records
    assert "held" in records
    fill = tess.enters_paper(posted)
    assert tess.waits_for(fill, "waiting", "review")


def test_an_inspector_reads_why_and_what_is_missing_in_one_command_and_one_screen(
    house: House, tess: Somebody
) -> None:
    ran = house.command("inspect", "epcs", "--worker", "tech")
    assert ran.returncode == 0, ran.stderr
    assert "needs an auditor" in ran.stdout
    assert "21 CFR 1311.300" in ran.stdout
    assert "missing" in ran.stdout
    kept = house.command("inspect", "retention", "--worker", "tech")
    assert "21 CFR 1304.04(a)" in kept.stdout
    screen = page(house, tess, "/vault/epcs/")
    assert "disabled" in screen
    assert "needs an auditor" in screen


@pytest.mark.parametrize("spoiled", [False, True])
def test_in_an_audited_house_a_good_signature_passes_and_a_spoiled_one_does_not(
    pharmacy, tmp_path, monkeypatch, settings, spoiled
) -> None:
    settings.DATA = tmp_path
    test_house = Receiver(pharmacy, tmp_path / "trust", tmp_path, monkeypatch)
    with pytest.raises(Refused, match="No third party"):
        turn(by=test_house.boss, on=True, because="no audit yet")
    test_house.open()
    raw = signed_by(test_house.network, CII.xml())
    row = test_house.sends(raw.replace(b"<Value>30<", b"<Value>90<") if spoiled else raw)
    assert row is not None
    entry = Arrival.objects.get(incoming_id=row.incoming_id).pk
    by = test_house.world.technician
    if not spoiled:
        assert finish_entry(by=by, arrival_id=entry, typed=form(test_house)).pk
        return
    assert "epcs-spoiled" in codes(row)
    with pytest.raises(Refused, match="does not fit the message"):
        finish_entry(by=by, arrival_id=entry, typed=form(test_house))
