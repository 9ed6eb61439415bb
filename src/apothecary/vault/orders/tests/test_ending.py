"""A Form 222 that is not filled: void, lost, cancelled, passed on. It stays on file."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from apothecary.config.tests.world_days import TODAY
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused
from apothecary.vault.orders.arriving import link_arrival
from apothecary.vault.orders.ending import (
    Lost,
    cancel_form,
    kept_until,
    note_endorsed,
    state_lost,
    void_form,
    void_line,
)
from apothecary.vault.orders.models import Form222
from apothecary.vault.orders.states import FormState
from apothecary.vault.orders.tests.desk import (
    COAST,
    PLAINS,
    arrived,
    begun,
    elsewhere,
    later,
    sent,
    signed,
    written,
)

DAY = timedelta(days=1)


def boss(world):
    return world.workers[Role.IN_CHARGE]


def voided(world, form, *, defects=(), because="coffee on it", by=None):
    return void_form(by=by or boss(world), form_id=form.pk, because=because, defects=defects)


def comes(world, packages=1, key="r1", *, by=None, number="230000001"):
    return link_arrival(
        by=by or world.technician,
        arrived=arrived(world, packages, number=number),
        key=key,
        witness_id=world.people[Role.PHARMACIST].pk,
    )


def lost(world, form, new, *, by=None, **other):
    said = replace(
        Lost(
            not_received=True, because="the post lost it", new_form_id=new.pk if new else None
        ),
        **other,
    )
    return state_lost(by=by or boss(world), form_id=form.pk, lost=said)


# Void


@pytest.mark.parametrize("defect", ["incomplete", "illegible", "altered", "erased"])
def test_a_form_with_a_defect_is_void_by_its_name_and_stays(pharmacy, defect):
    form = voided(pharmacy, sent(pharmacy), defects=(defect,))
    form.refresh_from_db()
    assert (form.state, form.defects) == (FormState.VOID, defect)
    assert (form.ended_on, form.ended_because) == (TODAY, "coffee on it")
    assert deeds("form222", form.pk)[-1] == "made a Form 222 or a line of it void"


def test_a_defect_the_law_does_not_name_is_none(pharmacy):
    form = sent(pharmacy)
    with pytest.raises(Refused) as refusal:
        voided(pharmacy, form, defects=("crumpled",))
    (problem,) = refusal.value.problems
    assert (problem.code, problem.cite) == ("form222-defect", "21 CFR 1305.15")
    assert refused(lambda: voided(pharmacy, form, because=" ")) == {"missing": "because"}
    form.refresh_from_db()
    assert form.state == FormState.SENT


@pytest.mark.parametrize("make", [written, signed, sent])
def test_a_form_is_void_at_any_step_and_only_once(pharmacy, make):
    form = make(pharmacy)
    voided(pharmacy, form)
    assert refused(lambda: voided(pharmacy, form)) == {"form-state": "state"}


def test_a_form_on_which_something_came_is_not_void_as_a_whole(pharmacy):
    form = sent(pharmacy, 3, 2)
    comes(pharmacy)
    assert refused(lambda: voided(pharmacy, form)) == {"form222-came": "form"}


def test_a_line_is_void_and_the_rest_of_the_form_goes_on(pharmacy):
    form = sent(pharmacy, 3, 2)
    first, second = form.lines.order_by("number")
    void_line(by=boss(pharmacy), line_id=first.pk, because="not made any more")
    form.refresh_from_db()
    assert form.state == FormState.SENT
    again = lambda: void_line(by=boss(pharmacy), line_id=first.pk, because="x")  # noqa: E731
    assert refused(again) == {"form222-line-void": "line"}
    comes(pharmacy, 2)
    form.refresh_from_db()
    assert form.state == FormState.FILLED
    assert second.receipts.get().packages == 2


def test_a_form_whose_every_line_is_void_is_void(pharmacy):
    form = sent(pharmacy, 3, 2)
    for each in form.lines.order_by("number"):
        void_line(by=boss(pharmacy), line_id=each.pk, because="out of stock")
    form.refresh_from_db()
    assert (form.state, form.ended_because) == (FormState.VOID, "every line is void")


def test_what_is_open_of_a_line_is_void_and_what_came_stays(pharmacy):
    form = sent(pharmacy, 3)
    comes(pharmacy, 2)
    void_line(by=boss(pharmacy), line_id=form.lines.get().pk, because="no more comes")
    form.refresh_from_db()
    assert form.state == FormState.FILLED
    assert form.lines.get().receipts.get().packages == 2


def test_lines_of_a_form_nobody_signed_are_not_made_void(pharmacy):
    form = written(pharmacy)
    act = lambda: void_line(by=boss(pharmacy), line_id=form.lines.get().pk, because="x")  # noqa: E731
    assert refused(act) == {"form-state": "state"}
    none = lambda: void_line(by=boss(pharmacy), line_id=999_999, because="x")  # noqa: E731
    assert refused(none) == {"no-line": "line"}


# Cancelled


def test_what_is_open_of_a_form_is_cancelled_and_what_came_stays(pharmacy):
    form = sent(pharmacy, 3)
    comes(pharmacy, 2)
    cancel_form(by=boss(pharmacy), form_id=form.pk, because="ordered elsewhere")
    form.refresh_from_db()
    assert form.state == FormState.CANCELLED
    assert refused(lambda: comes(pharmacy, key="r2")) == {"dea-order-state": "dea_order"}
    assert form.lines.get().receipts.count() == 1


def test_only_what_the_supplier_has_is_cancelled(pharmacy):
    form = signed(pharmacy)
    act = lambda: cancel_form(by=boss(pharmacy), form_id=form.pk, because="x")  # noqa: E731
    assert refused(act) == {"form-state": "state"}


# Lost


def test_a_lost_form_is_stated_with_a_new_one_in_its_place(pharmacy):
    form, new = sent(pharmacy), signed(pharmacy, serial="230000002")
    lost(pharmacy, form, new)
    form.refresh_from_db()
    assert (form.state, form.replaced_by) == (FormState.LOST, new)
    assert new.replaces == form
    assert refused(lambda: comes(pharmacy)) == {"dea-order-state": "dea_order"}


@pytest.mark.parametrize(
    ("other", "codes"),
    [
        ({"not_received": False}, {"form222-lost-no-not-received": "not_received"}),
        ({"new_form_id": None}, {"form222-lost-new-form": "new_form"}),
        ({"because": ""}, {"missing": "because"}),
        ({"new_form_id": 999_999}, {"no-form": "form"}),
    ],
)
def test_a_statement_of_loss_that_lacks_something_is_refused(pharmacy, other, codes):
    form, new = sent(pharmacy), written(pharmacy, serial="230000002")
    assert refused(lambda: lost(pharmacy, form, new, **other)) == codes
    form.refresh_from_db()
    assert form.state == FormState.SENT


def test_a_new_form_stands_for_one_lost_form(pharmacy):
    one, other = sent(pharmacy), sent(pharmacy, serial="230000003")
    new = written(pharmacy, serial="230000002")
    assert refused(lambda: lost(pharmacy, one, one)) == {"form222-not-new": "new_form"}
    lost(pharmacy, one, new)
    assert refused(lambda: lost(pharmacy, other, new)) == {"form222-not-new": "new_form"}
    void = voided(pharmacy, written(pharmacy, serial="230000004"))
    assert refused(lambda: lost(pharmacy, other, void)) == {"form222-not-new": "new_form"}


def test_a_form_on_which_something_came_is_not_lost(pharmacy):
    form, new = sent(pharmacy), written(pharmacy, serial="230000002")
    comes(pharmacy)
    assert refused(lambda: lost(pharmacy, form, new)) == {"form222-came": "form"}


# Passed on


def test_a_form_that_was_passed_on_is_filled_by_the_other_supplier(pharmacy):
    form = sent(pharmacy)
    note_endorsed(by=pharmacy.technician, form_id=form.pk, to=COAST, endorsed_on=TODAY)
    form.refresh_from_db()
    assert (form.supplier, form.filled_by_dea) == (COAST.name, COAST.dea)
    assert form.supplier_name == PLAINS.name
    again = lambda: note_endorsed(  # noqa: E731
        by=pharmacy.technician, form_id=form.pk, to=COAST, endorsed_on=TODAY
    )
    assert refused(again) == {"form222-endorsed": "to"}


@pytest.mark.parametrize(
    ("to", "days", "codes"),
    [
        (replace(COAST, name=""), 0, {"missing": "supplier_name"}),
        (PLAINS, 0, {"own-dea": "supplier_dea"}),
        (COAST, -1, {"bad-day": "endorsed_on"}),
        (COAST, 1, {"bad-day": "endorsed_on"}),
        (replace(COAST, dea="PC2222229"), 0, {"dea-check-digit": "dea"}),
    ],
)
def test_a_form_is_passed_on_to_another_registrant_on_a_possible_day(pharmacy, to, days, codes):
    form = sent(pharmacy)
    act = lambda: note_endorsed(  # noqa: E731
        by=pharmacy.technician, form_id=form.pk, to=to, endorsed_on=TODAY + days * DAY
    )
    assert refused(act) == codes


def test_what_has_begun_to_come_is_not_passed_on(pharmacy):
    form = sent(pharmacy)
    act = lambda: note_endorsed(  # noqa: E731
        by=pharmacy.technician, form_id=form.pk, to=COAST, endorsed_on=TODAY
    )
    comes(pharmacy)
    assert refused(act) == {"form222-came": "form"}
    other = signed(pharmacy, serial="230000002")
    unsent = lambda: note_endorsed(  # noqa: E731
        by=pharmacy.technician, form_id=other.pk, to=COAST, endorsed_on=TODAY
    )
    assert refused(unsent) == {"form-state": "state"}


# Who may, whose, how long


@pytest.mark.parametrize("role", [Role.CLERK, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN])
def test_a_technician_ends_no_form(pharmacy, role):
    form, by = sent(pharmacy), pharmacy.workers[role]
    line_id = form.lines.get().pk
    not_allowed(lambda: voided(pharmacy, form, by=by))
    not_allowed(lambda: void_line(by=by, line_id=line_id, because="x"))
    not_allowed(lambda: cancel_form(by=by, form_id=form.pk, because="x"))
    not_allowed(lambda: lost(pharmacy, form, None, by=by))
    form.refresh_from_db()
    assert form.state == FormState.SENT


def test_another_pharmacy_ends_nothing_of_ours(pharmacy):
    form, by = sent(pharmacy), elsewhere(pharmacy, Role.IN_CHARGE)
    line_id, none = form.lines.get().pk, {"no-form": "form"}
    assert refused(lambda: voided(pharmacy, form, by=by)) == none
    assert refused(lambda: cancel_form(by=by, form_id=form.pk, because="x")) == none
    assert refused(lambda: lost(pharmacy, form, None, by=by)) == none
    act = lambda: void_line(by=by, line_id=line_id, because="x")  # noqa: E731
    assert refused(act) == {"no-line": "line"}


def test_a_form_is_kept_two_years_from_its_last_act(pharmacy):
    form = sent(pharmacy)
    assert kept_until(form, on=TODAY) == date(TODAY.year + 2, TODAY.month, TODAY.day)
    comes(pharmacy, by=later(pharmacy.technician, TODAY + 9 * DAY))
    last = TODAY + 9 * DAY
    assert kept_until(form, on=TODAY) == date(last.year + 2, last.month, last.day)
    unsigned = begun(pharmacy, "230000005")
    assert kept_until(unsigned, on=TODAY) == date(TODAY.year + 2, TODAY.month, TODAY.day)
    assert Form222.objects.count() == 2
