"""The pages of electronic controlled prescriptions: what they show, what their buttons do."""

from datetime import timedelta

import pytest

from apothecary.config.tests.world import NOON, TODAY
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.staff.duties import Role
from apothecary.vault.epcs.models import (
    EpcsAudit,
    EpcsChange,
    EpcsClock,
    EpcsIncident,
    EpcsReview,
    EpcsSetting,
)
from apothecary.vault.epcs.requirements import requirements, vouchable
from apothecary.vault.epcs.tests.receiver import CII, REPORTED, YESTERDAY, signed_by
from apothecary.vault.orders.tests.pages_of_orders import client_of, text

AT = "/vault/epcs/"
TYPED = {"auditor": "Avery Auditor", "capacity": "cisa", "report": "R-1",
         "reported_on": REPORTED.isoformat()}  # fmt: skip
TICKED = {f"vouches_{each.key}": "on" for each in vouchable()}


@pytest.fixture
def tech(pharmacy):
    return client_of(pharmacy)


@pytest.fixture
def rph(pharmacy):
    return client_of(pharmacy, Role.PHARMACIST)


@pytest.fixture
def boss(pharmacy):
    return client_of(pharmacy, Role.IN_CHARGE)


def test_the_page_says_that_it_is_disabled_why_and_what_a_certification_asks(house, tech):
    shown = text(tech.get(AT))
    assert "disabled" in shown
    assert "No third party has audited or certified this application yet" in shown
    for each in requirements():
        assert each.says.replace("'", "&#39;") in shown.replace("'", "&#39;"), each.key
    assert "needs an auditor" in shown
    assert "21 CFR 1311.300" in shown
    assert "Turn it on" not in shown


def test_everybody_who_works_here_stands_there_with_their_rights(house, tech):
    shown = text(tech.get(AT))
    assert "Technician S" in shown
    assert "Alter" in shown


def test_the_pharmacist_in_charge_opens_it_by_the_forms_of_the_page(house, boss, rph):
    refused = boss.post(f"{AT}turn", {"on": "yes", "because": "now"})
    assert refused.status_code == 409
    assert "No third party has audited" in text(refused)
    assert boss.post(f"{AT}report", TYPED | TICKED).status_code == 302
    assert rph.post(f"{AT}clock", {"offset_s": "0.02", "source": "NIST"}).status_code == 302
    house.look()
    house.ready_backup()
    assert boss.post(f"{AT}turn", {"on": "yes", "because": "audited"}).status_code == 302
    shown = text(boss.get(AT))
    assert "are taken in as electronic originals" in shown
    assert "Avery Auditor" in shown
    assert boss.post(f"{AT}change", {"changed_on": str(TODAY), "what": "x"}).status_code == 302
    assert EpcsChange.objects.count() == 1
    assert "after its audit" in text(boss.get(AT))
    assert boss.post(f"{AT}turn", {"on": "no", "because": "changed"}).status_code == 302
    assert EpcsSetting.objects.count() == 2


@pytest.mark.parametrize(
    ("there", "typed", "says"),
    [
        ("report", TYPED | {"reported_on": "soon"}, "is no day"),
        ("report", TYPED | {"capacity": ""}, "capacity"),
        ("change", {"changed_on": "", "what": "x"}, "is no day"),
        ("turn", {"on": "yes", "because": ""}, "Say why"),
    ],
)
def test_what_is_typed_wrongly_is_refused_and_nothing_changed(house, boss, there, typed, says):
    answer = boss.post(f"{AT}{there}", typed)
    assert answer.status_code == 409
    assert says in text(answer)
    assert not EpcsAudit.objects.exists()
    assert not EpcsSetting.objects.exists()


@pytest.mark.parametrize("offset", ["", "x", "NaN"])
def test_a_clock_that_is_no_number_is_refused(house, rph, offset):
    answer = rph.post(f"{AT}clock", {"offset_s": offset, "source": "NIST"})
    assert answer.status_code == 409
    assert not EpcsClock.objects.exists()


@pytest.mark.parametrize("there", ["report", "change", "turn", "clock"])
def test_a_technician_is_turned_away_from_every_form(house, tech, there):
    assert tech.post(f"{AT}{there}", TYPED).status_code == 403


def happened(world, deed=Deed.SIGN_IN_FAILED):
    by = world.technician.at_time(NOON - timedelta(days=1), YESTERDAY)
    record(by=by, did=deed, about=("person", 1), details={"name": "tess"})


def test_a_day_is_looked_at_and_signed(house, rph, tech):
    happened(house.world)
    there = f"{AT}trail/{YESTERDAY}/"
    page = rph.get(there)
    shown = text(page)
    assert "1 of 1 events want a look" in shown
    assert "failed to sign in" in shown
    seen = page.content.decode().split('name="seen" value="')[1].split('"')[0]
    assert tech.post(f"{there}sign", {"seen": seen, "because": "x"}).status_code == 403
    mute = rph.post(f"{there}sign", {"seen": seen, "because": ""})
    assert mute.status_code == 409
    assert rph.post(f"{there}sign", {"seen": seen, "because": "a typo"}).status_code == 302
    assert EpcsReview.objects.get().day == YESTERDAY
    assert "Signed by" in text(rph.get(there))
    assert "I looked" not in text(rph.get(there))


def test_unsigned_days_are_shown_until_they_are_signed(house, rph):
    assert "7 days are not signed" in text(rph.get(f"{AT}trail/"))
    assert "7 days unsigned" in text(rph.get(AT))
    house.look()
    assert "6 days are not signed" in text(rph.get(f"{AT}trail/"))


def test_what_came_after_the_signature_is_said(house, rph):
    house.look()
    happened(house.world)
    assert "More was written down since" in text(rph.get(f"{AT}trail/{YESTERDAY}/"))


@pytest.mark.parametrize("day", ["2026-11-24", "never", "2026-99-99"])
def test_a_day_to_come_or_none_has_no_trail(house, rph, day):
    assert rph.get(f"{AT}trail/{day}/").status_code == 404


def test_an_incident_is_written_down_and_both_are_told(house, rph, tech):
    typed = {"found_on": str(TODAY), "what": "A token on a stick."}
    assert tech.post(f"{AT}incidents/write", typed).status_code == 403
    assert rph.post(f"{AT}incidents/write", typed | {"found_on": ""}).status_code == 409
    assert rph.post(f"{AT}incidents/write", typed).status_code == 302
    row = EpcsIncident.objects.get()
    assert "due by 11/24/2026" in text(rph.get(f"{AT}incidents/"))
    there = f"{AT}incidents/{row.pk}/told"
    told = {"whom": "dea", "at": "2026-11-23T11:00", "how": "by telephone"}
    assert tech.post(there, told).status_code == 403
    for wrong in ({"whom": "press"}, {"at": "soon"}, {"how": ""}):
        assert rph.post(there, told | wrong).status_code == 409
    assert rph.post(there, told).status_code == 302
    assert rph.post(there, told | {"whom": "maker"}).status_code == 302
    shown = text(rph.get(f"{AT}incidents/"))
    assert "by telephone" in shown
    assert "not told" not in shown


def test_the_archive_finds_and_shows_a_record_as_it_came(house, tech):
    raw = signed_by(house.doctor, CII.xml())
    row = house.sends(raw)
    assert "Nothing of that kind" in text(tech.get(f"{AT}records/?patient=nobody"))
    found = text(tech.get(f"{AT}records/?patient=doe&sort=patient"))
    assert "SMITH, ALEX" in found
    assert "held" in found
    shown = text(tech.get(f"{AT}records/{row.pk}/"))
    assert "It is not dispensed as it came" in shown
    assert "The bytes are those that were received" in shown
    assert row.sha256 in shown
    assert "11/23/2028" in shown
    assert tech.get(f"{AT}records/999999/").status_code == 404


def test_another_pharmacys_record_is_no_such_thing_here(house):
    row = house.sends(CII.xml())
    assert client_of(house.world).get(f"{AT}records/{row.pk}/").status_code == 200
    assert house.stranger_client().get(f"{AT}records/{row.pk}/").status_code == 404


def test_a_refusal_of_the_search_is_said(house, tech):
    answer = tech.get(f"{AT}records/?sort=price")
    assert answer.status_code == 409
    assert "Records are sorted by" in text(answer)
