"""Schedule II comes in on the form that ordered it, in parts, before two people, in 60 days."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from apothecary.config.tests.world_days import TODAY
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused
from apothecary.vault.orders.arriving import (
    arrival_problems,
    link_arrival,
    undo_arrival,
)
from apothecary.vault.orders.ending import note_endorsed, void_form, void_line
from apothecary.vault.orders.models import Form222Receipt
from apothecary.vault.orders.states import FormState
from apothecary.vault.orders.tests.desk import (
    COAST,
    PLAINS,
    arrived,
    elsewhere,
    later,
    sent,
    signed,
    written,
)

DAY = timedelta(days=1)


def comes(world, packages=1, key="r1", *, by=None, what=None, witness=Role.PHARMACIST):
    return link_arrival(
        by=by or world.technician,
        arrived=what or arrived(world, packages),
        key=key,
        witness_id=world.people[witness].pk,
    )


def codes(world, what, *, by=None):
    with transaction.atomic():
        problems = arrival_problems(by=by or world.technician, arrived=what)
    assert {problem.field for problem in problems} <= {"dea_order"}
    return {problem.code for problem in problems}


def test_a_form_is_filled_in_parts_each_with_its_day(pharmacy):
    form = sent(pharmacy, 3)
    comes(pharmacy, 2, "r1")
    form.refresh_from_db()
    assert form.state == FormState.SENT
    comes(pharmacy, 1, "r2", by=later(pharmacy.technician, TODAY + 9 * DAY))
    form.refresh_from_db()
    assert form.state == FormState.FILLED
    rows = Form222Receipt.objects.order_by("id").values_list("packages", "received_on")
    assert list(rows) == [(2, TODAY), (1, TODAY + 9 * DAY)]
    assert deeds("form222", form.pk)[-2:] == ["received packages on a Form 222"] * 2


@pytest.mark.parametrize(("days", "found"), [(60, set()), (61, {"form222-expired"})])
def test_nothing_comes_in_after_sixty_days(pharmacy, days, found):
    sent(pharmacy)
    by = later(pharmacy.technician, TODAY + days * DAY)
    assert codes(pharmacy, arrived(pharmacy), by=by) == found


def test_a_clock_set_back_before_the_signature_receives_nothing(pharmacy):
    sent(pharmacy)
    by = later(pharmacy.technician, TODAY - DAY)
    assert "form222-postdated" in codes(pharmacy, arrived(pharmacy), by=by)


@pytest.mark.parametrize("number", ["", "230000009", "26X000001", "abc"])
def test_a_number_nobody_wrote_is_unknown(pharmacy, number):
    sent(pharmacy)
    assert codes(pharmacy, arrived(pharmacy, number=number)) == {"dea-order-unknown"}


@pytest.mark.parametrize("number", ["230000009", "", "abc"])
def test_a_house_without_any_form_receives_on_no_number_either(pharmacy, number):
    what = arrived(pharmacy, number=number)
    assert codes(pharmacy, what) == {"dea-order-unknown"}
    assert refused(lambda: comes(pharmacy, what=what)) == {"dea-order-unknown": "dea_order"}
    assert not Form222Receipt.objects.exists()


def test_the_refusal_names_the_number_and_the_law(pharmacy):
    with pytest.raises(Refused) as refusal:
        comes(pharmacy, what=arrived(pharmacy, number="230000009"))
    (problem,) = refusal.value.problems
    assert "'230000009'" in problem.says
    assert problem.cite == "21 CFR 1305.13"


def test_a_form_of_another_pharmacy_is_none_of_ours(pharmacy):
    sent(pharmacy)
    by = elsewhere(pharmacy, Role.TECHNICIAN)
    assert codes(pharmacy, arrived(pharmacy), by=by) == {"dea-order-unknown"}


@pytest.mark.parametrize("make", [written, signed])
def test_nothing_comes_in_on_a_form_that_was_not_sent(pharmacy, make):
    make(pharmacy)
    assert "dea-order-state" in codes(pharmacy, arrived(pharmacy))


def test_nothing_comes_in_on_a_void_form(pharmacy):
    form = sent(pharmacy)
    void_form(by=pharmacy.workers[Role.IN_CHARGE], form_id=form.pk, because="torn")
    assert codes(pharmacy, arrived(pharmacy)) == {"dea-order-state"}


def test_nothing_comes_in_on_a_void_line(pharmacy):
    form = sent(pharmacy, 3)
    other = pharmacy.workers[Role.IN_CHARGE]
    comes(pharmacy)
    void_line(by=other, line_id=form.lines.get().pk, because="no more")
    assert "form222-no-such-line" in codes(pharmacy, arrived(pharmacy))


@pytest.mark.parametrize(
    ("packages", "found"),
    [(0, {"form222-packages"}), (3, set()), (4, {"form222-packages"})],
)
def test_no_more_comes_in_than_was_ordered(pharmacy, packages, found):
    sent(pharmacy, 3)
    assert codes(pharmacy, arrived(pharmacy, packages)) == found


def test_what_came_earlier_counts(pharmacy):
    sent(pharmacy, 3)
    comes(pharmacy, 2)
    assert codes(pharmacy, arrived(pharmacy, 2)) == {"form222-packages"}
    with pytest.raises(Refused):
        comes(pharmacy, 2, "r2")
    assert Form222Receipt.objects.count() == 1


def test_another_item_than_the_ordered_one_is_not_received(pharmacy):
    sent(pharmacy)
    what = arrived(pharmacy, drug="lisinopril")
    assert codes(pharmacy, what) == {"dea-order-item"}


def test_a_full_line_gives_way_to_the_next_of_the_same_item(pharmacy):
    form = sent(pharmacy, 1, 2)
    first, second = form.lines.order_by("number")
    assert comes(pharmacy, 1, "r1").line == first
    assert comes(pharmacy, 1, "r2").line == second


@pytest.mark.parametrize(
    ("dea", "found"),
    [("", set()), (PLAINS.dea, set()), (COAST.dea, {"dea-order-supplier"})],
)
def test_only_the_supplier_of_the_form_fills_it(pharmacy, dea, found):
    sent(pharmacy)
    assert codes(pharmacy, arrived(pharmacy, dea=dea)) == found


def test_who_it_was_passed_on_to_fills_it_and_the_first_no_more(pharmacy):
    form = sent(pharmacy)
    note_endorsed(by=pharmacy.technician, form_id=form.pk, to=COAST, endorsed_on=TODAY)
    assert codes(pharmacy, arrived(pharmacy, dea=COAST.dea)) == set()
    assert codes(pharmacy, arrived(pharmacy, dea=PLAINS.dea)) == {"dea-order-supplier"}


# Two people, once, undone


def test_two_people_receive_and_nobody_is_both(pharmacy):
    sent(pharmacy)
    act = lambda: comes(pharmacy, witness=Role.TECHNICIAN)  # noqa: E731
    assert refused(act) == {"two-people": "initials"}
    alone = lambda: link_arrival(  # noqa: E731
        by=pharmacy.technician, arrived=arrived(pharmacy), key="r1", witness_id=None
    )
    assert refused(alone) == {"two-people": "initials"}
    assert comes(pharmacy).witness_id == pharmacy.people[Role.PHARMACIST].pk


def test_a_clerk_receives_nothing(pharmacy):
    sent(pharmacy)
    not_allowed(lambda: comes(pharmacy, by=pharmacy.clerk))


def test_one_receipt_stands_once_on_the_form(pharmacy):
    sent(pharmacy, 3)
    comes(pharmacy)
    assert refused(lambda: comes(pharmacy)) == {"form222-linked": "dea_order"}
    assert Form222Receipt.objects.count() == 1


def test_what_is_taken_back_leaves_room_again_and_the_row_stays(pharmacy):
    form = sent(pharmacy, 1)
    comes(pharmacy)
    undo_arrival(by=pharmacy.technician, key="r1", because="other tote")
    form.refresh_from_db()
    assert form.state == FormState.SENT
    (row,) = Form222Receipt.objects.all()
    assert (row.undone_because, row.undone_by_id) == (
        "other tote",
        pharmacy.people[Role.TECHNICIAN].pk,
    )
    assert undo_arrival(by=pharmacy.technician, key="r1", because="again") is None
    comes(pharmacy, key="r2")
    form.refresh_from_db()
    assert form.state == FormState.FILLED


@pytest.mark.parametrize("change", [{"packages": 9}, {"key": "x"}, {"witness_id": 7}])
def test_the_database_changes_no_receipt_on_a_form(pharmacy, change):
    sent(pharmacy)
    row = comes(pharmacy)
    rows = Form222Receipt.objects.filter(pk=row.pk)
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        rows.update(**change)
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        rows.delete()


def test_two_people_at_two_totes_do_not_both_fill_the_last_package(town):
    sent(town, 1)
    gate, ends = threading.Barrier(2), []

    def at_a_tote(key):
        stand_in(town.pharmacy.pk)
        try:
            gate.wait(timeout=10)
            comes(town, key=key)
            ends.append("in")
        except Refused as refusal:
            ends.append(refusal.problems[0].code)
        finally:
            connection.close()

    hands = [threading.Thread(target=at_a_tote, args=(f"t{each}",)) for each in (1, 2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(ends) == ["form222-packages", "in"]
    assert Form222Receipt.objects.count() == 1
