"""A Schedule V drug without prescription: a pharmacist sells it, the bound book shows it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from apothecary.config.tests.world_days import TODAY
from apothecary.law.problem import Refused
from apothecary.pickup.behind_counter.models import CounterRefusal, CounterSale, Kind
from apothecary.pickup.behind_counter.tests.shop import (
    BUYER,
    certified,
    on_shelf,
    sold,
    syrup,
)
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.vault.book.perpetual import book_differences

PLAIN = replace(BUYER, log_number="", signature="")


def codes(world, package, packages, *, key="k", buyer=PLAIN, by=None) -> list[str]:
    try:
        sold(world, package, packages, key=key, buyer=buyer, by=by or world.pharmacist)
    except Refused as refusal:
        return [problem.code for problem in refusal.problems]
    return []


def test_the_pharmacist_sells_it_and_the_bound_book_and_the_perpetual_book_show_it(pharmacy):
    package = syrup(pharmacy)
    sale = sold(pharmacy, package, 2, key="k", buyer=PLAIN, by=pharmacy.pharmacist)
    line = sale.lines.get()
    assert (sale.kind, line.limit, line.quantity) == (Kind.EXEMPT, "other_ml", 120)
    assert sale.by_id == pharmacy.pharmacist.person_id
    assert on_shelf(pharmacy, package) == 600
    assert (
        book_differences(
            pharmacy_id=pharmacy.pharmacy.pk, zone=pharmacy.pharmacy.time_zone, today=TODAY
        )
        == []
    )


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN])
def test_nobody_but_a_pharmacist_sells_it(pharmacy, role):
    package = syrup(pharmacy)
    with pytest.raises(NotAllowed) as turned:
        sold(pharmacy, package, 1, key="k", buyer=PLAIN, by=pharmacy.workers[role])
    assert "21 CFR 1306.26(a)" in {problem.cite for problem in turned.value.problems}
    assert not CounterSale.objects.exists()


@pytest.mark.parametrize(("bottles", "expected"), [(2, []), (3, ["cv-amount"])])
def test_120_ml_is_the_most_within_48_hours(pharmacy, bottles, expected):
    assert codes(pharmacy, syrup(pharmacy), bottles) == expected


@pytest.mark.parametrize(("hours", "expected"), [(47, ["cv-amount"]), (48, []), (49, [])])
def test_sales_of_the_last_48_hours_count_together(pharmacy, hours, expected):
    package = syrup(pharmacy)
    by = pharmacy.pharmacist
    earlier = by.at_time(by.at - timedelta(hours=hours), TODAY - timedelta(days=2))
    assert codes(pharmacy, package, 1, key="one", by=earlier) == []
    assert codes(pharmacy, package, 2, key="two") == expected
    assert CounterRefusal.objects.count() == len(expected)


@pytest.mark.parametrize(
    ("born", "expected"), [(date(2008, 11, 24), ["cv-age"]), (date(2008, 11, 23), [])]
)
def test_a_buyer_is_eighteen(pharmacy, born, expected):
    assert codes(pharmacy, syrup(pharmacy), 1, buyer=replace(PLAIN, born_on=born)) == expected


@pytest.mark.parametrize(("known", "expected"), [(True, []), (False, ["cv-identification"])])
def test_who_is_known_here_need_not_show_a_paper(pharmacy, known, expected):
    bare = replace(PLAIN, id_kind="", id_number="", id_issuer="", id_until=None, known=known)
    assert codes(pharmacy, syrup(pharmacy), 1, buyer=bare) == expected


def test_the_bound_book_has_a_name_and_an_address(pharmacy):
    bare = replace(PLAIN, name="", address="")
    assert codes(pharmacy, syrup(pharmacy), 1, buyer=bare) == [
        "cv-book-no-buyer-name",
        "cv-book-no-buyer-address",
    ]


def test_a_state_of_which_nothing_is_known_is_looked_up_by_the_pharmacist_in_charge(pharmacy):
    package = syrup(pharmacy)
    certified(pharmacy)
    assert codes(pharmacy, package, 1) == ["law-missing-row"]
    assert "TX" in CounterRefusal.objects.get().because
