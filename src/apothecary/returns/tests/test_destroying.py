"""Controlled drugs are destroyed before two people of the house, and the record says so."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world import PIN
from apothecary.law.problem import Refused
from apothecary.returns.disposal.destroying import (
    How,
    Item,
    destroy,
    destroy_before,
    record_of,
)
from apothecary.returns.disposal.models import DestroyedLine, Destruction
from apothecary.returns.disposal.paper import form41_pdf
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Posting
from apothecary.stock.queries import book_faults


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


@pytest.fixture
def oxycodone(room):
    """Ninety expired tablets in quarantine."""
    lot = room.pulled("oxycodone")
    return Item(lot.pk, room.quarantine.pk, Decimal(90))


def how(room, **changes) -> How:
    usual = How(
        place="pharmacy",
        method="chemical digestion, then burnt at a permitted unit",
        destroyed_on=room.by.today,
        key="d1",
    )
    return replace(usual, **changes)


def technician(room) -> str:
    return room.world.technician.initials


def done(room, *items, role=Role.PHARMACIST, initials=None, pin=PIN, **changes):
    return destroy(
        by=room.world.workers[role],
        items=items,
        how=how(room, **changes),
        initials=technician(room) if initials is None else initials,
        pin=pin,
    )


def test_two_people_destroy_and_ledger_and_record_agree(room, oxycodone):
    row = done(room, oxycodone)
    assert (str(row), row.by_name, row.witness_name) == (
        "D0001",
        room.world.pharmacist.name,
        room.world.technician.name,
    )
    assert row.kept_until == room.by.today.replace(year=room.by.today.year + 2)
    assert (
        room.at(PlaceKind.QUARANTINE, "oxycodone"),
        room.at(PlaceKind.WASTE, "oxycodone"),
    ) == (
        0,
        90,
    )
    posting = Posting.objects.get(key=f"destroyed-{row.pk}")
    assert posting.witness_id == room.world.technician.person_id
    assert book_faults(pharmacy_id=room.by.pharmacy_id) == []


def test_one_witness_is_refused_and_nothing_is_destroyed(room, oxycodone):
    with pytest.raises(Refused) as refused:
        done(room, oxycodone, initials=" ")
    assert codes(refused) == ["too-few-witnesses"]
    assert refused.value.problems[0].cite == "21 CFR 1317.95; 1304.21(e)"
    assert room.at(PlaceKind.QUARANTINE, "oxycodone") == 90
    assert Destruction.objects.count() == 0


def test_nobody_is_their_own_witness(room, oxycodone):
    with pytest.raises(Refused):
        done(room, oxycodone, initials=room.world.pharmacist.initials)
    with pytest.raises(Refused) as refused:
        destroy_before(
            by=room.world.pharmacist,
            items=[oxycodone],
            how=how(room),
            witness=room.world.pharmacist,
        )
    assert codes(refused) == ["too-few-witnesses"]
    assert Destruction.objects.count() == 0


def test_a_wrong_pin_is_no_witness(room, oxycodone):
    with pytest.raises(Refused):
        done(room, oxycodone, pin="0000")
    assert Destruction.objects.count() == 0


def test_a_clerk_is_no_witness(room, oxycodone):
    with pytest.raises(NotAllowed):
        done(room, oxycodone, initials=room.world.clerk.initials)
    assert Destruction.objects.count() == 0


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.PHARMACIST, Role.IN_CHARGE, Role.SYSTEM})
)
def test_only_a_pharmacist_destroys_controlled_drugs(room, oxycodone, role):
    with pytest.raises(NotAllowed):
        done(room, oxycodone, role=role)
    assert room.at(PlaceKind.WASTE, "oxycodone") == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"method": " "}, "no-method"),
        ({"method": "flushed down the toilet"}, "retrievable"),
        ({"place": ""}, "no-place"),
        ({"days": 1}, "not-yet"),
    ],
)
def test_what_the_record_lacks_is_refused_by_name(room, oxycodone, changes, code):
    days = changes.pop("days", 0)
    changes = {"destroyed_on": room.by.today + timedelta(days=days)} | changes
    with pytest.raises(Refused) as refused:
        done(room, oxycodone, **changes)
    assert codes(refused) == [code]
    assert room.at(PlaceKind.QUARANTINE, "oxycodone") == 90


@pytest.mark.parametrize(
    ("quantity", "code"), [("0", "no-quantity"), ("91", "too-many"), ("-1", "no-quantity")]
)
def test_no_more_is_destroyed_than_is_there(room, oxycodone, quantity, code):
    with pytest.raises(Refused) as refused:
        done(room, replace(oxycodone, quantity=Decimal(quantity)))
    assert code in codes(refused)


def test_what_is_not_controlled_goes_into_a_container(room):
    lot = room.pulled()
    with pytest.raises(Refused) as refused:
        done(room, Item(lot.pk, room.quarantine.pk, Decimal(1)))
    assert codes(refused) == ["not-controlled"]


def test_a_record_has_lines_and_each_lot_once(room, oxycodone):
    with pytest.raises(Refused) as refused:
        done(room)
    assert codes(refused) == ["no-lines"]
    with pytest.raises(Refused) as refused:
        done(room, oxycodone, oxycodone)
    assert codes(refused) == ["named-twice"]


def test_another_pharmacys_lot_is_not_there(room, oxycodone):
    with pytest.raises(Refused) as refused:
        destroy_before(
            by=room.world.stranger, items=[oxycodone], how=how(room), witness=room.by
        )
    assert codes(refused) == ["no-balance"]


def test_the_same_form_sent_twice_is_one_record(room, oxycodone):
    part = replace(oxycodone, quantity=Decimal(30))
    assert done(room, part) == done(room, part)
    assert (Destruction.objects.count(), room.at(PlaceKind.WASTE, "oxycodone")) == (1, 30)
    assert str(done(room, part, key="d2")) == "D0002"


def test_the_record_is_read_back_as_it_was_and_printed(room, oxycodone):
    row = done(room, replace(oxycodone, quantity=Decimal(45)))
    form = record_of(row, room.world.pharmacy)
    (line,) = form.lines
    assert (line.schedule, line.quantity, line.lot) == (2, Decimal(45), "L1")
    assert [one.title for one in form.witnesses] == ["pharmacist", "technician"]
    paper = form41_pdf(form, number=str(row), kept_until=row.kept_until)
    assert paper.startswith(b"%PDF")
    assert paper == form41_pdf(form, number=str(row), kept_until=row.kept_until)


def test_the_record_can_be_neither_changed_nor_deleted(room, oxycodone):
    row = done(room, oxycodone)
    for act in (
        lambda: Destruction.objects.filter(pk=row.pk).update(method="x"),
        lambda: DestroyedLine.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            act()
