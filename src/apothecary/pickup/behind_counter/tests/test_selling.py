"""The sale: within the limits, to one buyer by whatever register, and never half."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.pickup.behind_counter.models import (
    CounterCertificate,
    CounterLine,
    CounterRefusal,
    CounterSale,
    IdKind,
    Kind,
)
from apothecary.pickup.behind_counter.selling import sell_behind_counter
from apothecary.pickup.behind_counter.tests.shop import (
    BUYER,
    certified,
    in_state,
    on_shelf,
    received,
    sold,
    stands,
    tablets,
    with_buyer,
)
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import quarantine_lot
from apothecary.stock.models import Lot, Move
from apothecary.stock.queries import book_faults

NOBODY_ELSE = replace(
    BUYER, name="John Roe", born_on=date(1975, 5, 5), id_number="999", log_number="N-2"
)


def refused(world, package, packages, *, key="k", buyer=BUYER, by=None, ago=0) -> list[str]:
    before = (CounterSale.objects.count(), on_shelf(world, package))
    with pytest.raises(Refused) as refusal:
        sold(world, package, packages, key=key, buyer=buyer, by=by, ago=ago)
    assert (CounterSale.objects.count(), on_shelf(world, package)) == before
    return [problem.code for problem in refusal.value.problems]


def test_a_technician_sells_and_the_log_the_ledger_and_the_journal_show_it(pharmacy):
    package = tablets(pharmacy)
    sale = sold(pharmacy, package, 24, key="k")
    assert (sale.buyer, sale.address) == (BUYER.name, BUYER.address)
    assert (sale.at, sale.sold_on, sale.kind) == (NOON, TODAY, Kind.LISTED)
    assert sale.grams_base == Decimal("0.589846")
    assert (sale.id_kind, sale.id_number, sale.id_issuer) == (IdKind.DRIVER, "1234-5678", "TX")
    assert sale.by_id == pharmacy.technician.person_id
    line = sale.lines.get()
    assert (line.package, line.packages, line.quantity, line.lots) == (package, 24, 24, "P1")
    assert (on_shelf(pharmacy, package), with_buyer(pharmacy, package)) == (476, 24)
    entry = Entry.objects.get(deed=Deed.COUNTER_SOLD.value)
    assert entry.about_id == sale.pk
    assert "Doe" not in entry.details
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE, Role.ADMINISTRATOR])
def test_who_is_not_trained_for_it_does_not_sell(pharmacy, role):
    package = tablets(pharmacy)
    with pytest.raises(NotAllowed):
        sold(pharmacy, package, 1, key="k", by=pharmacy.workers[role])
    assert not CounterSale.objects.exists()


@pytest.mark.parametrize(
    ("packages", "expected"), [(145, []), (146, []), (147, ["pse-day", "pse-state-day"])]
)
def test_one_buyer_gets_146_tablets_of_30_mg_a_day(pharmacy, packages, expected):
    package = tablets(pharmacy)
    got = []
    for number, part in enumerate((99, packages - 99)):
        try:
            sold(pharmacy, package, part, key=f"k{number}")
        except Refused as refusal:
            got = [problem.code for problem in refusal.problems]
    assert got == expected


def test_a_purchase_split_over_two_registers_counts_as_one(pharmacy):
    package = tablets(pharmacy)
    sold(pharmacy, package, 90, key="one")
    other = replace(pharmacy.workers[Role.CERTIFIED], station="counter 2")
    assert refused(pharmacy, package, 60, key="two", by=other) == ["pse-day", "pse-state-day"]
    sold(pharmacy, package, 56, key="three", by=other)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "JANE DOE"},
        {"id_number": "12345678"},
        {"id_kind": IdKind.PASSPORT, "id_number": "P77"},
        {"name": "Jane Smith", "born_on": date(1981, 1, 1)},
    ],
    ids=["other spelling", "other spacing", "another paper", "another name, same paper"],
)
def test_neither_another_spelling_nor_another_paper_makes_another_buyer(pharmacy, changes):
    package = tablets(pharmacy)
    sold(pharmacy, package, 90, key="one")
    again = replace(BUYER, **changes)
    assert "pse-day" in refused(pharmacy, package, 60, key="two", buyer=again)


def test_somebody_else_is_counted_for_themselves(pharmacy):
    package = tablets(pharmacy)
    sold(pharmacy, package, 90, key="one")
    sold(pharmacy, package, 90, key="two", buyer=NOBODY_ELSE)
    assert CounterSale.objects.count() == 2


@pytest.mark.parametrize(("ago", "expected"), [(30, True), (29, False), (28, False)])
def test_the_thirtieth_day_back_is_free_again(pharmacy, ago, expected):
    package = tablets(pharmacy)
    # 86 tablets are 2.1 g: four times are 8.4 g, and the fifth would pass 9 g.
    for number, days in enumerate((ago, 3, 2, 1)):
        sold(pharmacy, package, 86, key=f"k{number}", ago=days)
    if expected:
        sold(pharmacy, package, 86, key="now")
    else:
        assert refused(pharmacy, package, 86, key="now") == ["pse-month", "pse-state-month"]


def test_what_was_refused_is_kept_with_its_reasons_and_who_asked(pharmacy):
    package = tablets(pharmacy)
    sold(pharmacy, package, 99, key="one")
    refused(pharmacy, package, 99, key="two")
    row = CounterRefusal.objects.get()
    assert (row.buyer, row.born_on, row.id_number) == (
        BUYER.name,
        BUYER.born_on,
        BUYER.id_number,
    )
    assert row.asked == f'{{"{package.ndc}": 99}}'
    assert "at most 3.6 g may be sold to one buyer" in row.because
    assert Entry.objects.filter(deed=Deed.COUNTER_REFUSED.value).count() == 1


def test_a_form_that_is_not_finished_is_asked_again_and_not_kept(pharmacy):
    package = tablets(pharmacy)
    assert refused(pharmacy, package, 1, buyer=replace(BUYER, signature="")) == ["signature"]
    bare = replace(BUYER, name="", address="", log_number="")
    assert refused(pharmacy, package, 1, buyer=bare) == [
        "pse-log-no-buyer-name",
        "pse-log-no-buyer-address",
        "pse-state-log",
    ]
    assert not CounterRefusal.objects.exists()


def test_without_identification_nothing_is_sold_and_it_is_kept(pharmacy):
    package = tablets(pharmacy)
    bare = replace(BUYER, id_kind="", id_number="", id_issuer="", id_until=None)
    assert refused(pharmacy, package, 1, buyer=bare) == ["pse-identification"]
    assert CounterRefusal.objects.count() == 1


@pytest.mark.parametrize("kind", ["library card", "Driver Licence", "x" * 500])
def test_a_paper_that_no_state_issued_with_a_photograph_is_not_taken(pharmacy, kind):
    package = tablets(pharmacy)
    shown = replace(BUYER, id_kind=kind)
    assert refused(pharmacy, package, 1, buyer=shown) == ["id-kind"]
    assert CounterRefusal.objects.get().because == "Such a paper is not taken."


def test_an_expired_identification_proves_nothing(pharmacy):
    package = tablets(pharmacy)
    old = replace(BUYER, id_until=TODAY - timedelta(days=1))
    assert refused(pharmacy, package, 1, buyer=old) == ["id-expired"]
    assert CounterRefusal.objects.count() == 1


@pytest.mark.parametrize(
    ("certified_on", "expected"),
    [
        (date(2025, 11, 23), ["pse-certification"]),
        (date(2025, 11, 24), []),
        (TODAY, []),
    ],
)
def test_a_store_sells_within_a_year_of_its_certificate(pharmacy, certified_on, expected):
    package = received(pharmacy, stands("99999-001-01"))
    certified(pharmacy, on=certified_on)
    if expected:
        assert refused(pharmacy, package, 1) == expected
    else:
        assert sold(pharmacy, package, 1, key="k").pk


def test_a_store_that_never_certified_itself_sells_nothing(pharmacy):
    package = received(pharmacy, stands("99999-001-01"))
    assert refused(pharmacy, package, 1) == ["pse-certification"]


def test_a_state_with_a_stricter_limit_is_followed(pharmacy):
    package = tablets(pharmacy)
    by = in_state(pharmacy.technician, "IL")
    assert refused(pharmacy, package, 3, by=by) == ["pse-state-packages"]
    assert sold(pharmacy, package, 2, key="k", by=by).pk


def test_a_state_that_nobody_knows_says_so_until_the_pharmacist_in_charge_has_looked(pharmacy):
    package = tablets(pharmacy)
    by = in_state(pharmacy.technician, "VT")
    assert refused(pharmacy, package, 1, by=by) == ["law-unknown-state"]
    certified(pharmacy, listed_word="Nothing beyond federal law: board letter of 06/01/2026.")
    assert sold(pharmacy, package, 1, key="k", by=by).pk
    sold(pharmacy, package, 99, key="l", by=by)
    assert refused(pharmacy, package, 99, key="m", by=by) == ["pse-day"]


def test_too_young_for_the_state(pharmacy):
    package = tablets(pharmacy)
    for born, expected in (
        (date(2010, 11, 24), ["pse-state-age"]),
        (date(2010, 11, 23), []),
    ):
        young = replace(BUYER, born_on=born, name="Amy Poe", id_number=str(born))
        if expected:
            assert refused(pharmacy, package, 1, buyer=young) == expected
        else:
            assert sold(pharmacy, package, 1, key="k", buyer=young).pk


def test_a_clock_set_back_sells_nothing(pharmacy):
    package = tablets(pharmacy)
    sold(pharmacy, package, 1, key="one")
    back = pharmacy.technician.at_time(NOON - timedelta(hours=1), TODAY)
    assert refused(pharmacy, package, 1, key="two", by=back) == ["counter-clock"]
    yesterday = pharmacy.technician.at_time(NOON - timedelta(days=1), TODAY - timedelta(days=1))
    assert refused(pharmacy, package, 1, key="three", by=yesterday) == ["counter-clock"]


def test_the_same_form_sent_twice_sells_once(pharmacy):
    package = tablets(pharmacy)
    first = sold(pharmacy, package, 24, key="k")
    assert sold(pharmacy, package, 24, key="k").pk == first.pk
    assert on_shelf(pharmacy, package) == 476


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({}, "missing"),
        ({1: 0}, "bad-quantity"),
        ({1: 100}, "bad-quantity"),
        ({999_999: 1}, "no-package"),
    ],
)
def test_what_is_asked_for_is_whole_packages_of_the_drug_file(pharmacy, wanted, code):
    by = pharmacy.technician
    with pytest.raises(Refused) as refusal:
        sell_behind_counter(by=by, wanted=wanted, buyer=BUYER, key="k")
    (problem,) = refusal.value.problems
    assert (problem.code, problem.field) == (code, "packages")


@pytest.mark.parametrize("key", ["", " ", "k" * 81])
def test_a_sale_has_a_key_of_its_own(pharmacy, key):
    package = tablets(pharmacy)
    assert refused(pharmacy, package, 1, key=key) == ["missing"]


def test_what_does_not_stand_behind_the_counter_is_not_sold_here(pharmacy):
    certified(pharmacy)
    package = stands("99999-009-01", key="loratadine", substances="LORATADINE")
    assert refused(pharmacy, received(pharmacy, package), 1) == ["not-behind"]


def test_a_salt_that_nobody_knows_is_refused_by_name(pharmacy):
    certified(pharmacy)
    package = stands("99999-009-01", substances="PSEUDOEPHEDRINE TANNATE")
    received(pharmacy, package)
    assert refused(pharmacy, package, 1) == ["pse-salt"]
    assert "tannate" in CounterRefusal.objects.get().because


def test_more_than_there_is_is_not_sold_in_part(pharmacy):
    package = tablets(pharmacy, units="5")
    assert refused(pharmacy, package, 6) == ["not-there"]


def test_what_expires_first_goes_first_and_what_expired_or_is_quarantined_does_not(pharmacy):
    package = tablets(pharmacy, units="5")
    received(pharmacy, package, "5", lot="P0", until=TODAY)
    received(pharmacy, package, "5", lot="BAD", until=TODAY + timedelta(days=5))
    quarantine_lot(
        by=pharmacy.technician, lot_id=Lot.objects.get(number="BAD").pk, because="torn"
    )
    sale = sold(pharmacy, package, 7, key="k")
    assert sale.lines.get().lots == "P0, P1"
    moves = Move.objects.filter(posting__key="counter-sale-k").order_by("id")
    assert [(move.lot.number, move.quantity) for move in moves] == [("P0", 5), ("P1", 2)]
    tomorrow = pharmacy.technician.at_time(NOON + timedelta(days=1), TODAY + timedelta(days=1))
    assert refused(pharmacy, package, 4, key="l", by=tomorrow) == ["not-there"]


def test_the_other_pharmacys_sales_and_certificate_are_not_seen(pharmacy):
    package = tablets(pharmacy)
    stand_in(pharmacy.other.pk)
    with pytest.raises(Refused) as refusal:
        sell_behind_counter(by=pharmacy.stranger, wanted={package.pk: 1}, buyer=BUYER, key="k")
    assert [problem.code for problem in refusal.value.problems] == ["pse-certification"]


@pytest.mark.parametrize(
    "table", [CounterSale, CounterLine, CounterRefusal, CounterCertificate]
)
def test_the_log_is_not_changed_and_nothing_is_taken_out_of_it(pharmacy, table):
    package = tablets(pharmacy)
    sold(pharmacy, package, 99, key="one")
    refused(pharmacy, package, 99, key="two")
    row = table.objects.first()
    mine = table.objects.filter(pk=row.pk)
    for act in (row.save, lambda: mine._raw_delete("default")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
