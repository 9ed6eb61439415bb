"""A Form 222 is written by technicians and signed by the registrant or by their power."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world_days import TODAY
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.vault.book.attorneys import Revocation, revoke_power
from apothecary.vault.book.models import PowerOfAttorney
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused
from apothecary.vault.orders.models import Form222, Form222Line
from apothecary.vault.orders.registrant import name_registrant, registrant_of
from apothecary.vault.orders.states import MOVES, FormState, SignedAs, move_problems
from apothecary.vault.orders.tests.desk import (
    PLAINS,
    attorney,
    begun,
    elsewhere,
    later,
    line,
    registrant,
    sent,
    signed,
    written,
)
from apothecary.vault.orders.writing import drop_last_line, send_form, sign_form

DAY = timedelta(days=1)


def test_a_form_goes_from_its_first_line_to_the_supplier(pharmacy):
    form = sent(pharmacy, 3, 2)
    assert (form.state, form.signed_as) == (FormState.SENT, SignedAs.REGISTRANT)
    assert (form.signed_on, form.lines_completed) == (TODAY, 2)
    assert form.purchaser_dea == pharmacy.pharmacy.dea
    assert pharmacy.pharmacy.street in form.purchaser_address
    said = list(form.lines.order_by("number").values_list("number", "packages", "item_name"))
    assert said[0] == (1, 3, str(pharmacy.drugs["oxycodone"].product))
    assert said[1][:2] == (2, 2)
    assert deeds("form222", form.pk) == [
        "wrote on a Form 222",
        "wrote on a Form 222",
        "wrote on a Form 222",
        "signed a Form 222",
        "sent a Form 222 to its supplier",
    ]


def test_a_line_shows_size_and_name_as_they_were_that_day(pharmacy):
    first = line(pharmacy, begun(pharmacy))
    assert first.package_size.startswith("100 ")
    assert "oxycodone" in first.item_name.lower()


@pytest.mark.parametrize(
    ("serial", "codes"),
    [
        ("23000000", {"form222-serial": "serial"}),
        ("2300000012", {"form222-serial": "serial"}),
        ("23000000A", {"form222-serial": "serial"}),
        ("٢٣٠٠٠٠٠٠١", {"form222-serial": "serial"}),
        ("", {"form222-serial": "serial"}),
    ],
)
def test_the_number_of_a_form_has_nine_digits(pharmacy, serial, codes):
    assert refused(lambda: begun(pharmacy, serial)) == codes
    assert not Form222.objects.exists()


def test_the_same_number_twice_is_refused_whoever_writes_it(pharmacy):
    begun(pharmacy)
    assert refused(lambda: begun(pharmacy, " 230000001 ")) == {"form222-twice": "serial"}
    assert begun(pharmacy, "230000002").pk
    assert Form222.objects.count() == 2


def test_the_number_of_a_void_form_is_not_used_again(pharmacy):
    from_before = sent(pharmacy)
    Form222.objects.filter(pk=from_before.pk).update(state="void")
    assert refused(lambda: begun(pharmacy)) == {"form222-twice": "serial"}


@pytest.mark.parametrize(
    ("other", "codes"),
    [
        ({"name": " "}, {"missing": "supplier_name"}),
        ({"address": ""}, {"missing": "supplier_address"}),
        ({"name": "x" * 201}, {"too-long": "supplier_name"}),
        ({"dea": ""}, {"dea-form": "dea"}),
        ({"dea": "PB111111"}, {"dea-form": "dea"}),
        ({"dea": "PB1111118"}, {"dea-check-digit": "dea"}),
    ],
)
def test_a_supplier_has_name_address_and_registration(pharmacy, other, codes):
    assert refused(lambda: begun(pharmacy, to=replace(PLAINS, **other))) == codes


def test_nobody_orders_from_themselves(pharmacy):
    own = replace(PLAINS, dea=pharmacy.pharmacy.dea)
    assert refused(lambda: begun(pharmacy, to=own)) == {"own-dea": "supplier_dea"}


@pytest.mark.parametrize("packages", [0, -1, 10_000])
def test_a_line_orders_a_believable_number(pharmacy, packages):
    form = begun(pharmacy)
    assert refused(lambda: line(pharmacy, form, packages)) == {"bad-quantity": "packages"}
    assert line(pharmacy, form, 9_999).packages == 9_999


def test_what_is_not_schedule_ii_is_not_on_a_form(pharmacy):
    form = begun(pharmacy)
    with pytest.raises(Refused) as refusal:
        line(pharmacy, form, drug="lisinopril")
    (problem,) = refusal.value.problems
    assert (problem.code, problem.cite) == ("form222-schedule", "21 CFR 1305.03")
    assert not form.lines.exists()


def test_a_form_has_twenty_lines_and_no_more(pharmacy):
    form = written(pharmacy, *[1] * 20)
    assert refused(lambda: line(pharmacy, form)) == {"form222-full": "lines"}
    drop_last_line(by=pharmacy.technician, form_id=form.pk)
    assert line(pharmacy, form).number == 20


def test_a_form_without_lines_is_not_signed(pharmacy):
    form, boss = begun(pharmacy), registrant(pharmacy)
    act = lambda: sign_form(by=boss, form_id=form.pk, lines_completed=0)  # noqa: E731
    assert {"form222-lines", "form222-no-lines-completed"} == set(refused(act))
    none = lambda: drop_last_line(by=pharmacy.technician, form_id=form.pk)  # noqa: E731
    assert refused(none) == {"no-line": "lines"}


@pytest.mark.parametrize("completed", [1, 3])
def test_the_last_line_completed_is_counted_right_or_the_form_is_not_signed(
    pharmacy, completed
):
    form, boss = written(pharmacy, 1, 1), registrant(pharmacy)
    act = lambda: sign_form(by=boss, form_id=form.pk, lines_completed=completed)  # noqa: E731
    assert refused(act) == {"form222-count": "lines_completed"}
    form.refresh_from_db()
    assert (form.state, form.signed_on) == (FormState.WRITTEN, None)


def test_a_signed_form_is_not_written_on(pharmacy):
    form = signed(pharmacy)
    assert refused(lambda: line(pharmacy, form)) == {"form222-altered": "state"}
    drop = lambda: drop_last_line(by=pharmacy.technician, form_id=form.pk)  # noqa: E731
    assert refused(drop) == {"form222-altered": "state"}
    boss = pharmacy.workers[Role.IN_CHARGE]
    again = lambda: sign_form(by=boss, form_id=form.pk, lines_completed=1)  # noqa: E731
    assert refused(again) == {"form-state": "state"}


# Who signs


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.SYSTEM])
def test_each_role_signs_or_not_by_the_table(pharmacy, role):
    form = written(pharmacy)
    by = pharmacy.workers[role]
    if role in {Role.PHARMACIST, Role.IN_CHARGE}:
        act = lambda: sign_form(by=by, form_id=form.pk, lines_completed=1)  # noqa: E731
        assert refused(act) == {"power-none": "person"}
    else:
        said = not_allowed(lambda: sign_form(by=by, form_id=form.pk, lines_completed=1))
        assert "21 CFR 1305.05" in said
    form.refresh_from_db()
    assert form.signed_by_id is None


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE, Role.ADMINISTRATOR])
def test_who_keeps_no_stock_prepares_no_form(pharmacy, role):
    by = pharmacy.workers[role]
    not_allowed(lambda: begun(pharmacy, by=by))
    form = written(pharmacy)
    not_allowed(lambda: line(pharmacy, form, by=by))
    not_allowed(lambda: drop_last_line(by=by, form_id=form.pk))
    not_allowed(lambda: send_form(by=by, form_id=form.pk, copy_kept=True))


def test_the_holder_of_a_power_signs_and_the_power_is_named(pharmacy):
    form, by = written(pharmacy), attorney(pharmacy)
    sign_form(by=by, form_id=form.pk, lines_completed=1)
    form.refresh_from_db()
    assert (form.signed_as, form.signed_by_name) == (SignedAs.ATTORNEY, by.name)
    assert form.power == PowerOfAttorney.objects.get()


def test_a_power_that_was_revoked_signs_nothing(pharmacy):
    form, by = written(pharmacy), attorney(pharmacy)
    revoke_power(
        by=pharmacy.workers[Role.IN_CHARGE],
        power_id=PowerOfAttorney.objects.get().pk,
        revocation=Revocation(TODAY, "Olivia Owner", "left", "Wanda One", "Will Two"),
    )
    act = lambda: sign_form(by=by, form_id=form.pk, lines_completed=1)  # noqa: E731
    assert refused(act) == {"power-revoked": "revoked_on"}


def test_a_power_covers_the_day_beside_the_signature_too(pharmacy):
    by = attorney(pharmacy, granted_on=TODAY)
    form = written(pharmacy)
    tomorrow = later(by, TODAY + DAY)
    Form222.objects.filter(pk=form.pk).update(written_on=TODAY - DAY)
    act = lambda day: sign_form(  # noqa: E731
        by=tomorrow, form_id=form.pk, lines_completed=1, signed_on=day
    )
    assert refused(lambda: act(TODAY - DAY)) == {"power-too-soon": "granted_on"}
    assert act(TODAY).signed_on == TODAY


def test_the_registrant_is_who_signed_last(pharmacy):
    boss = registrant(pharmacy, since=TODAY - 9 * DAY)
    name_registrant(by=boss, person_id=pharmacy.people[Role.PHARMACIST].pk, since=TODAY)
    for day, who in (
        (TODAY - 10 * DAY, None),
        (TODAY - DAY, boss.person_id),
        (TODAY, pharmacy.pharmacist.person_id),
    ):
        held = registrant_of(pharmacy_id=pharmacy.pharmacy.pk, on=day)
        assert (held.person_id if held else None) == who
    form = written(pharmacy)
    act = lambda: sign_form(by=boss, form_id=form.pk, lines_completed=1)  # noqa: E731
    assert refused(act) == {"power-none": "person"}


def test_only_who_is_in_charge_names_the_registrant(pharmacy):
    by, person = pharmacy.pharmacist, pharmacy.people[Role.PHARMACIST].pk
    not_allowed(lambda: name_registrant(by=by, person_id=person, since=TODAY))
    boss = pharmacy.workers[Role.IN_CHARGE]
    early = lambda: name_registrant(by=boss, person_id=person, since=TODAY + DAY)  # noqa: E731
    assert refused(early) == {"too-soon": "since"}
    strange = lambda: name_registrant(by=boss, person_id=999_999, since=TODAY)  # noqa: E731
    assert refused(strange) == {"no-person": "person"}


# The days, the clock, the copy


@pytest.mark.parametrize(
    ("days", "codes"),
    [(-1, {"form222-antedated": "signed_on"}), (1, {"form222-postdated": "signed_on"})],
)
def test_a_form_is_dated_between_its_first_line_and_today(pharmacy, days, codes):
    form, boss = written(pharmacy), registrant(pharmacy, since=TODAY - 9 * DAY)
    act = lambda: sign_form(  # noqa: E731
        by=boss, form_id=form.pk, lines_completed=1, signed_on=TODAY + days * DAY
    )
    assert refused(act) == codes


def test_a_clock_set_back_signs_nothing(pharmacy):
    form, boss = written(pharmacy), registrant(pharmacy, since=TODAY - 9 * DAY)
    yesterday = later(boss, TODAY - DAY)
    act = lambda: sign_form(by=yesterday, form_id=form.pk, lines_completed=1)  # noqa: E731
    assert refused(act) == {"form222-antedated": "signed_on"}


def test_the_original_goes_out_only_when_a_copy_is_kept(pharmacy):
    form = signed(pharmacy)
    act = lambda: send_form(by=pharmacy.technician, form_id=form.pk, copy_kept=False)  # noqa: E731
    assert refused(act) == {"form222-copy": "copy_kept"}
    form.refresh_from_db()
    assert form.state == FormState.SIGNED


@pytest.mark.parametrize(("days", "goes"), [(59, True), (60, True), (61, False)])
def test_a_form_is_sent_within_sixty_days_of_its_date(pharmacy, days, goes):
    form = signed(pharmacy)
    by = later(pharmacy.technician, TODAY + days * DAY)
    if goes:
        assert send_form(by=by, form_id=form.pk, copy_kept=True).state == FormState.SENT
        return
    act = lambda: send_form(by=by, form_id=form.pk, copy_kept=True)  # noqa: E731
    assert refused(act) == {"form222-expired": "signed_on"}


def test_an_unsigned_form_is_not_sent(pharmacy):
    form = written(pharmacy)
    act = lambda: send_form(by=pharmacy.technician, form_id=form.pk, copy_kept=True)  # noqa: E731
    assert refused(act) == {"form-state": "state"}


# Whose it is, and that it stays


def test_another_pharmacys_form_is_not_there(pharmacy):
    form = written(pharmacy)
    technician, boss = elsewhere(pharmacy, Role.TECHNICIAN), elsewhere(pharmacy, Role.IN_CHARGE)
    none = {"no-form": "form"}
    assert refused(lambda: line(pharmacy, form, by=technician)) == none
    act = lambda: sign_form(by=boss, form_id=form.pk, lines_completed=1)  # noqa: E731
    assert refused(act) == none


@pytest.mark.parametrize(
    "change",
    [
        {"serial": "999999999"}, {"supplier_dea": "PC2222228"}, {"signed_on": None},
        {"lines_completed": 9}, {"signed_by_name": "Somebody Else"},
    ],
)  # fmt: skip
def test_the_database_changes_nothing_on_a_signed_form(pharmacy, change):
    form = signed(pharmacy)
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        Form222.objects.filter(pk=form.pk).update(**change)
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        Form222Line.objects.filter(form=form).update(packages=99)
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        Form222Line.objects.filter(form=form).delete()


@pytest.mark.parametrize("now", list(FormState))
@pytest.mark.parametrize("to", list(FormState))
def test_a_form_moves_only_by_the_table(now, to):
    assert bool(move_problems(now, to)) == (to not in MOVES[now])
    assert not MOVES[FormState.VOID]
    assert not MOVES[FormState.LOST]
    assert not MOVES[FormState.CANCELLED]
