"""Waste containers: the right waste, through the ledger, out of the house within their year."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apothecary.law.problem import Refused
from apothecary.law.waste import Seen, Stream, Trait, Way
from apothecary.returns.disposal.containers import (
    close_container,
    copy_back,
    discard,
    hand_over,
    open_container,
)
from apothecary.returns.disposal.models import Discarded, HandOver, WasteContainer
from apothecary.returns.disposal.queries import containers, hand_overs
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.queries import book_faults

READ = Seen(read=True)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


def opened(room, stream=Stream.OTHER):
    return open_container(by=room.by, stream=stream, stands="back room")


def thrown(room, row, lot, **changes):
    said = {
        "by": room.by,
        "container_id": row.pk,
        "lot_id": lot.pk,
        "place_id": room.quarantine.pk,
        "seen": READ,
        "because": "expired",
        "key": f"t{row.pk}-{lot.pk}",
    }
    return discard(**(said | changes))


def test_expired_tablets_go_from_quarantine_to_waste_and_the_books_agree(room):
    row, lot = opened(room), room.pulled()
    found = thrown(room, row, lot)
    assert (found.quantity, found.codes) == (Decimal(90), "")
    assert (room.at(PlaceKind.QUARANTINE), room.at(PlaceKind.WASTE)) == (0, 90)
    assert book_faults(pharmacy_id=room.by.pharmacy_id) == []


def test_the_same_key_throws_away_once(room):
    row, lot = opened(room), room.pulled()
    first = thrown(room, row, lot, quantity=Decimal(10))
    assert thrown(room, row, lot, quantity=Decimal(10)) == first
    assert (Discarded.objects.count(), room.at(PlaceKind.WASTE)) == (1, 10)


def test_warfarin_goes_into_the_hazardous_container_with_its_code(room):
    lot = room.pulled("warfarin")
    with pytest.raises(Refused) as refused:
        thrown(room, opened(room), lot)
    assert codes(refused) == ["waste-wrong-stream"]
    assert "(P001)" in str(refused.value)
    found = thrown(room, opened(room, Stream.HAZARDOUS), lot)
    assert found.codes == "P001"
    assert room.at(PlaceKind.WASTE, "warfarin") == 90


def test_a_trait_that_was_read_makes_anything_hazardous(room):
    row, lot = opened(room, Stream.HAZARDOUS), room.pulled()
    seen = Seen(read=True, traits=frozenset({Trait.IGNITABLE, Trait.MERCURY}))
    assert thrown(room, row, lot, seen=seen).codes == "D001 D009"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seen": Seen()}, "waste-not-read"),
        ({"way": Way.SEWER}, "waste-sewer"),
        ({"because": " "}, "missing"),
        ({"because": "x" * 201}, "too-long"),
        ({"quantity": Decimal(0)}, "bad-quantity"),
        ({"quantity": Decimal(91)}, "too-many"),
    ],
)
def test_what_may_not_be_thrown_away_so_stays_where_it_is(room, changes, code):
    row, lot = opened(room), room.pulled()
    with pytest.raises(Refused) as refused:
        thrown(room, row, lot, **changes)
    assert codes(refused) == [code]
    assert (room.at(PlaceKind.QUARANTINE), room.at(PlaceKind.WASTE)) == (90, 0)
    assert Discarded.objects.count() == 0


def test_nothing_hazardous_goes_down_a_drain_by_the_law_of_every_state(room):
    row, lot = opened(room, Stream.HAZARDOUS), room.pulled("warfarin")
    with pytest.raises(Refused) as refused:
        thrown(room, row, lot, way=Way.SEWER)
    assert refused.value.problems[0].cite == "40 CFR 266.505"


def test_controlled_drugs_go_into_no_container(room):
    lot = room.pulled("oxycodone")
    with pytest.raises(Refused) as refused:
        thrown(room, opened(room), lot)
    assert codes(refused) == ["waste-controlled"]
    with pytest.raises(Refused) as refused:
        opened(room, Stream.CONTROLLED)
    assert codes(refused) == ["no-container"]
    assert room.at(PlaceKind.WASTE, "oxycodone") == 0


def test_what_a_patient_will_fetch_is_not_thrown_away(room, pharmacy):
    lot = room.pulled()
    row = opened(room)
    with pytest.raises(Refused) as refused:
        thrown(room, row, lot, place_id=room.place(PlaceKind.WASTE).pk)
    assert codes(refused) == ["no-balance"]


@pytest.mark.parametrize("stream", [Stream.HAZARDOUS, Stream.CREDITABLE])
def test_the_year_of_hazardous_waste_begins_when_its_container_is_opened(room, stream):
    row = opened(room, stream)
    assert row.leaves_by == room.by.today.replace(year=room.by.today.year + 1)


def test_after_its_year_nothing_more_goes_in(room):
    row, lot = opened(room, Stream.HAZARDOUS), room.pulled("warfarin")
    for days, good in ((366, False), (365, True)):
        later = room.by.at_time(room.by.at, room.by.today + timedelta(days=days))
        if good:
            assert thrown(room, row, lot, by=later, quantity=Decimal(1), key="y").quantity == 1
            continue
        with pytest.raises(Refused) as refused:
            thrown(room, row, lot, by=later, quantity=Decimal(1), key="y")
        assert codes(refused) == ["waste-overdue"]


def test_a_closed_container_takes_nothing_more_and_is_closed_once(room):
    row, lot = opened(room), room.pulled()
    assert close_container(by=room.by, container_id=row.pk).closed_at == room.by.at
    with pytest.raises(Refused) as refused:
        thrown(room, row, lot)
    assert codes(refused) == ["waste-closed"]
    with pytest.raises(Refused) as refused:
        close_container(by=room.by, container_id=row.pk)
    assert codes(refused) == ["waste-closed"]


def gone(room, *rows, manifest="M1", hauler="Hill Haulers"):
    return hand_over(
        by=room.by,
        container_ids=[one.pk for one in rows],
        hauler=hauler,
        manifest=manifest,
    )


def test_closed_containers_go_with_the_hauler_under_one_manifest(room):
    rows = [opened(room), opened(room, Stream.HAZARDOUS)]
    for row in rows:
        close_container(by=room.by, container_id=row.pk)
    given = gone(room, *rows)
    assert given.copy_by == room.by.today + timedelta(days=60)
    assert containers(pharmacy_id=room.by.pharmacy_id, today=room.by.today) == []
    (shown,) = hand_overs(pharmacy_id=room.by.pharmacy_id)
    assert (shown, shown.containers.count()) == (given, 2)
    with pytest.raises(Refused) as refused:
        gone(room, rows[0], manifest="M2")
    assert codes(refused) == ["waste-state"]


def test_harmless_waste_needs_no_copy_back(room):
    row = opened(room)
    close_container(by=room.by, container_id=row.pk)
    assert gone(room, row).copy_by is None


@pytest.mark.parametrize(
    ("manifest", "hauler", "found"),
    [("", "Hill", ["bad-manifest"]), ("M1", " ", ["missing"])],
)
def test_a_hand_over_without_number_or_hauler_is_refused(room, manifest, hauler, found):
    row = opened(room)
    close_container(by=room.by, container_id=row.pk)
    with pytest.raises(Refused) as refused:
        gone(room, row, manifest=manifest, hauler=hauler)
    assert codes(refused) == found
    assert HandOver.objects.count() == 0


def test_an_open_container_and_a_used_manifest_are_refused(room):
    row, other = opened(room), opened(room)
    with pytest.raises(Refused) as refused:
        gone(room, row)
    assert "still open" in str(refused.value)
    for one in (row, other):
        close_container(by=room.by, container_id=one.pk)
    gone(room, row)
    with pytest.raises(Refused) as refused:
        gone(room, other)
    assert codes(refused) == ["manifest-used"]
    with pytest.raises(Refused) as refused:
        gone(room)
    assert codes(refused) == ["no-containers"]


@pytest.mark.parametrize(("days", "good"), [(-1, False), (0, True), (1, False)])
def test_the_signed_copy_comes_back_once_and_not_before_it_went(room, days, good):
    row = opened(room, Stream.HAZARDOUS)
    close_container(by=room.by, container_id=row.pk)
    given = gone(room, row)
    on = room.by.today + timedelta(days=days)
    if not good:
        with pytest.raises(Refused) as refused:
            copy_back(by=room.by, hand_over_id=given.pk, on=on)
        assert codes(refused) == ["bad-day"]
        return
    assert copy_back(by=room.by, hand_over_id=given.pk, on=on).copy_on == on
    with pytest.raises(Refused) as refused:
        copy_back(by=room.by, hand_over_id=given.pk, on=on)
    assert codes(refused) == ["copy-here"]


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_who_may_not_manage_stock_throws_nothing_away(room, role):
    by, row, lot = room.world.workers[role], opened(room), room.pulled()
    for act in (
        lambda: open_container(by=by, stream=Stream.OTHER, stands="x"),
        lambda: thrown(room, row, lot, by=by),
        lambda: close_container(by=by, container_id=row.pk),
        lambda: hand_over(by=by, container_ids=[row.pk], hauler="x", manifest="1"),
        lambda: copy_back(by=by, hand_over_id=1, on=by.today),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_another_pharmacys_container_is_not_there(room, pharmacy):
    row, lot, by = opened(room), room.pulled(), pharmacy.stranger
    for act in (
        lambda: thrown(room, row, lot, by=by),
        lambda: close_container(by=by, container_id=row.pk),
        lambda: hand_over(by=by, container_ids=[row.pk], hauler="x", manifest="1"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert codes(refused) == ["no-container"]
    with pytest.raises(Refused) as refused:
        copy_back(by=by, hand_over_id=987_654, on=by.today)
    assert codes(refused) == ["no-manifest"]


def test_containers_are_numbered_in_turn_and_say_where_they_stand(room):
    assert [str(opened(room)) for _ in range(2)] == ["W0001", "W0002"]
    with pytest.raises(Refused) as refused:
        open_container(by=room.by, stream=Stream.OTHER, stands=" ")
    assert codes(refused) == ["missing"]
    assert WasteContainer.objects.count() == 2


def test_what_was_thrown_away_stays_as_it_was_written_down(room):
    found = thrown(room, opened(room), room.pulled())
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        Discarded.objects.filter(pk=found.pk).update(quantity=1)
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        found.delete()
