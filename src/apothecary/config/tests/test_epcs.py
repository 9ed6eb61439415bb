"""What was dispensed on an electronic controlled prescription stands beside its record."""

import pytest

from apothecary.config import telling  # noqa: F401 puts papers and tellers on their lists
from apothecary.config.telling_epcs import dispensed
from apothecary.intake.actions.entry import finish_entry
from apothecary.intake.models import Arrival
from apothecary.law.problem import Refused
from apothecary.pickup.models import Sale, SaleLine
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.vault.epcs.archive import dispensed_on
from apothecary.vault.epcs.tests.receiver import CII, YESTERDAY, Receiver, signed_by
from apothecary.vault.epcs.tests.test_receiving import form
from apothecary.vault.inspection import printed
from apothecary.verification.models import Check, Outcome


@pytest.fixture
def house(pharmacy, tmp_path, monkeypatch, settings):
    settings.DATA = tmp_path
    return Receiver(pharmacy, tmp_path / "trust", tmp_path, monkeypatch)


def paper(house, key, kind="csv", **said):
    return printed(by=house.world.technician, key=key, kind=kind, said=said).decode()


@pytest.fixture
def entered(house):
    """A good signature came in, and its prescription was entered."""
    house.open()
    row = house.sends(signed_by(house.network, CII.xml()))
    arrival = Arrival.objects.get(incoming_id=row.incoming_id)
    fill = finish_entry(by=house.world.technician, arrival_id=arrival.pk, typed=form(house))
    return row, fill


def hand_over(house, fill):
    world = house.world
    Check.objects.create(
        pharmacy=world.pharmacy, fill=fill, by=world.people[Role.PHARMACIST],
        at=world.system.at, outcome=Outcome.APPROVED,
    )  # fmt: skip
    sale = Sale.objects.create(
        pharmacy=world.pharmacy, patient=world.patient, at=world.system.at,
        by=world.people[Role.TECHNICIAN], receiver="Jane Doe", total_usd=0,
    )  # fmt: skip
    SaleLine.objects.create(pharmacy=world.pharmacy, sale=sale, fill=fill, paid_usd=0)


def test_quantity_day_and_pharmacist_stand_beside_the_record(house, entered):
    row, fill = entered
    assert dispensed([row.incoming_id]) == {}
    hand_over(house, fill)
    (said,) = dispensed_on([row.incoming_id])[row.incoming_id]
    assert said == f"30 on 11/23/2026, {house.world.people[Role.PHARMACIST].name}"
    assert said in paper(house, "epcs-records")


def test_a_part_says_that_it_is_one(house, entered):
    row, fill = entered
    type(fill).objects.filter(pk=fill.pk).update(part=2, quantity="10.5")
    hand_over(house, type(fill).objects.get(pk=fill.pk))
    (said,) = dispensed([row.incoming_id])[row.incoming_id]
    assert said.startswith("10.5 on 11/23/2026, part 2")


def test_inspect_epcs_lists_what_is_missing_with_its_citation(house):
    found = paper(house, "epcs")
    assert found.count("needs an auditor") == 4
    assert "missing" in found
    assert "21 CFR 1311.205(b)(4)(i)-(iv)" in found
    made = printed(by=house.world.technician, key="epcs", kind="pdf", said={})
    assert made[:4] == b"%PDF"


@pytest.mark.parametrize(("name", "there"), [("doe", True), ("OXY", True), ("zz", False)])
def test_records_are_printed_by_the_beginning_of_a_name(house, name, there):
    house.sends(CII.xml())
    assert ("DOE, JANE" in paper(house, "epcs-records", name=name)) is there


def test_the_trail_of_a_day_is_printed_with_who_signed_it(house):
    house.look()
    assert "When,Kind" in paper(house, "epcs-trail", day=str(YESTERDAY))
    with pytest.raises(Refused) as refusal:
        paper(house, "epcs-trail")
    assert refusal.value.problems[0].field == "day"
    with pytest.raises(NotAllowed):
        printed(by=house.world.clerk, key="epcs-trail", kind="csv", said={"day": "2026-11-22"})
