"""A Form 222 of paper is taken over by who may sign one, as it lies there, and once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world_days import TODAY
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused
from apothecary.vault.orders.arriving import arrival_problems, link_arrival
from apothecary.vault.orders.models import Form222, Form222Line
from apothecary.vault.orders.states import FormState, SignedAs
from apothecary.vault.orders.taking_over import PaperForm, PaperLine, take_over_form
from apothecary.vault.orders.tests.desk import (
    PLAINS,
    arrived,
    attorney,
    begun,
    elsewhere,
    registrant,
)

DAY = timedelta(days=1)


@pytest.fixture
def boss(pharmacy):
    return registrant(pharmacy, since=TODAY - 90 * DAY)


def paper(world, *lines, **other):
    """A form of ten days ago with one line of three packages, unless said otherwise."""
    package = world.drugs["oxycodone"].pk
    given = PaperForm(
        serial="229999999",
        supplier=PLAINS,
        signed_on=TODAY - 10 * DAY,
        signed_by="Olivia Owner",
        signed_as=SignedAs.REGISTRANT,
        lines=lines or (PaperLine(package, 3),),
    )
    return replace(given, **other)


def taken(world, by, *lines, because="written before we kept them here", **other):
    return take_over_form(by=by, paper=paper(world, *lines, **other), because=because)


def line_of(world, packages=3, came_before=0, drug="oxycodone"):
    return PaperLine(world.drugs[drug].pk, packages, came_before)


def test_a_form_of_paper_stands_here_as_it_lies_there_and_is_received_on(pharmacy, boss):
    form = taken(pharmacy, boss, line_of(pharmacy, 3, 1), line_of(pharmacy, 2))
    form.refresh_from_db()
    assert (form.state, form.signed_on) == (FormState.SENT, TODAY - 10 * DAY)
    assert (form.signed_by_name, form.signed_as) == ("Olivia Owner", SignedAs.REGISTRANT)
    assert (form.signed_by_id, form.lines_completed) == (None, 2)
    assert (form.taken_over_on, form.taken_over_by_id) == (TODAY, boss.person_id)
    assert form.taken_over_because == "written before we kept them here"
    assert deeds("form222", form.pk) == ["took over a paper Form 222"]
    came = arrived(pharmacy, 2, number="229999999")
    link_arrival(
        by=pharmacy.technician, arrived=came, key="r1", witness_id=pharmacy.pharmacist.person_id
    )
    line = Form222Line.objects.get(form=form, number=1)
    assert list(line.receipts.values_list("packages", flat=True)) == [2]


def test_what_had_come_before_leaves_room_for_the_rest_alone(pharmacy, boss):
    taken(pharmacy, boss, line_of(pharmacy, 3, 2))
    for packages, found in ((1, set()), (2, {"form222-packages"})):
        what = arrived(pharmacy, packages, number="229999999")
        with transaction.atomic():
            problems = arrival_problems(by=pharmacy.technician, arrived=what)
        assert {each.code for each in problems} == found


@pytest.mark.parametrize("came_before", [-1, 4])
def test_no_more_had_come_than_was_ordered(pharmacy, boss, came_before):
    act = lambda: taken(pharmacy, boss, line_of(pharmacy, 3, came_before))  # noqa: E731
    assert refused(act) == {"form222-packages": "came_before"}
    assert not Form222.objects.exists()


def test_a_form_on_which_everything_has_come_stays_in_its_file(pharmacy, boss):
    act = lambda: taken(pharmacy, boss, line_of(pharmacy, 3, 3))  # noqa: E731
    assert refused(act) == {"form222-nothing-open": "lines"}
    assert not Form222.objects.exists()


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (-1, {"form222-postdated": "signed_on"}),
        (0, None),
        (60, None),
        (61, {"form222-expired": "signed_on"}),
    ],
)
def test_it_is_taken_over_within_its_sixty_days(pharmacy, boss, days, found):
    act = lambda: taken(pharmacy, boss, signed_on=TODAY - days * DAY)  # noqa: E731
    if found:
        assert refused(act) == found
        assert not Form222.objects.exists()
    else:
        assert act().signed_on == TODAY - days * DAY


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({"serial": "22999999"}, {"form222-serial": "serial"}),
        ({"signed_by": " "}, {"missing": "signed_by"}),
        ({"because": ""}, {"missing": "because"}),
        ({"because": "x" * 201}, {"too-long": "because"}),
        ({"supplier": replace(PLAINS, dea="PB1111118")}, {"dea-check-digit": "dea"}),
        ({"supplier": replace(PLAINS, name="")}, {"missing": "supplier_name"}),
    ],
)
def test_what_is_missing_on_it_is_named_and_nothing_is_kept(pharmacy, boss, other, found):
    assert refused(lambda: taken(pharmacy, boss, **other)) == found
    assert not Form222.objects.exists()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ((1, "lisinopril"), {"form222-schedule": "package"}),
        ((0, "oxycodone"), {"bad-quantity": "packages"}),
        ((10_000, "oxycodone"), {"bad-quantity": "packages"}),
    ],
)
def test_its_lines_are_what_a_form_can_order(pharmacy, boss, line, found):
    packages, drug = line
    act = lambda: taken(pharmacy, boss, line_of(pharmacy, packages, drug=drug))  # noqa: E731
    assert refused(act) == found


def test_a_package_the_drug_file_lacks_is_on_no_form(pharmacy, boss):
    act = lambda: taken(pharmacy, boss, PaperLine(999_999, 1))  # noqa: E731
    assert refused(act) == {"no-package": "package"}


@pytest.mark.parametrize("many", [20, 21])
def test_it_has_at_most_twenty_lines(pharmacy, boss, many):
    lines = [line_of(pharmacy, 1)] * many
    if many == 20:
        assert taken(pharmacy, boss, *lines).lines.count() == 20
    else:
        assert refused(lambda: taken(pharmacy, boss, *lines)) == {"form222-lines": "lines"}


def test_a_form_without_lines_is_none(pharmacy, boss):
    codes = set(refused(lambda: taken(pharmacy, boss, lines=())))
    assert "form222-lines" in codes


def test_a_number_that_stands_here_is_not_taken_over_again(pharmacy, boss):
    begun(pharmacy, "229999999")
    assert refused(lambda: taken(pharmacy, boss)) == {"form222-twice": "serial"}
    assert Form222.objects.count() == 1


def test_only_who_may_sign_a_form_takes_one_over(pharmacy):
    said = not_allowed(lambda: taken(pharmacy, pharmacy.technician))
    assert "21 CFR 1305.05" in said
    nobody = lambda: taken(pharmacy, pharmacy.pharmacist)  # noqa: E731
    assert refused(nobody) == {"power-none": "person"}
    assert not Form222.objects.exists()
    assert taken(pharmacy, attorney(pharmacy)).state == FormState.SENT


def test_what_another_pharmacy_takes_over_is_received_there_alone(pharmacy, boss):
    taken(pharmacy, boss)
    by = elsewhere(pharmacy, Role.TECHNICIAN)
    what = arrived(pharmacy, number="229999999")
    with transaction.atomic():
        problems = arrival_problems(by=by, arrived=what)
    assert [each.code for each in problems] == ["dea-order-unknown"]


@pytest.mark.parametrize(
    "change",
    [{"taken_over_on": TODAY}, {"taken_over_because": "else"}, {"taken_over_by_id": 1}],
)
def test_the_database_lets_nobody_say_later_that_a_form_was_taken_over(pharmacy, boss, change):
    form = taken(pharmacy, boss)
    later = {"taken_over_on": TODAY - DAY} if "taken_over_on" in change else change
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        Form222.objects.filter(pk=form.pk).update(**later)
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        Form222Line.objects.filter(form=form).update(void_on=TODAY, came_before=2)


def test_a_refused_line_leaves_the_number_free(pharmacy, boss):
    with pytest.raises(Refused):
        taken(pharmacy, boss, line_of(pharmacy, 3, 9))
    assert taken(pharmacy, boss).serial == "229999999"
