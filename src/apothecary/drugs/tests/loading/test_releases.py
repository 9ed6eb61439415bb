"""Releases one after another: gone and back, changed and same, and which listing is in use."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from time import monotonic, sleep

import pytest
from django.db import connection, transaction

from apothecary.drugs.loading.fda import EXCLUDED, UNFINISHED
from apothecary.drugs.loading.frame import Report
from apothecary.drugs.models import Batch, Change, Ingredient, Package, Product, Source
from apothecary.drugs.search_tables import SearchDrug, SearchProduct
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.tests.loading.files import AT, LATER
from apothecary.drugs.tests.loading.releases import Cells, drug, pack, release

pytestmark = pytest.mark.django_db
FIRST, SECOND = "0143-1267_a", "0143-1267_b"
STILL = LATER + timedelta(days=90)


def everything() -> list[object]:
    managers = (
        *(Source.objects, Batch.objects, Change.objects, Ingredient.objects),
        *(Product.every, Package.every, SearchDrug.objects, SearchProduct.objects),
    )
    return [list(manager.order_by("pk").values_list()) for manager in managers]


def kinds(report: Report) -> list[tuple[str, str]]:
    return [(change.kind, change.table) for change in report.changes]


def used() -> list[str]:
    rows = Product.every.filter(in_use=True).order_by("listing")
    return [row.listing for row in rows]


# Gone, back, changed, same


def test_what_is_gone_keeps_the_day_it_went_and_comes_back_as_the_same_row(tmp_path):
    both = [drug(), drug("50458-586_a")]
    packs = [pack(), pack("50458-586_a")]
    release(tmp_path, both, packs)
    before = Product.objects.get(listing=FIRST).pk
    release(tmp_path, both[1:], packs[1:], at=LATER)
    report = release(
        tmp_path, [drug("50458-586_a", LABELERNAME="B")], packs[1:], at=LATER + timedelta(1)
    )
    assert kinds(report) == [("changed", "product")]
    assert Product.objects.get(pk=before).gone_on == LATER.date()
    report = release(tmp_path, [drug(), drug("50458-586_a", LABELERNAME="B")], packs, at=STILL)
    assert sorted(kinds(report)) == [("back", "package"), ("back", "product")]
    back = Product.objects.get(listing=FIRST)
    assert (back.pk, back.gone_on, back.batch_id) == (before, None, report.batch_id)


def test_what_comes_back_changed_shows_what_changed_while_it_was_away(tmp_path):
    release(tmp_path, [drug()], [pack()])
    release(tmp_path, [drug("50458-586_a")], [pack("50458-586_a")], at=LATER)
    report = release(tmp_path, [drug(LABELERNAME="Another")], [pack()], at=STILL)
    (back,) = [c for c in report.changes if (c.kind, c.table) == ("back", "product")]
    assert back.fields == {"labeler": ["A Firm", "Another"]}


def test_changed_and_then_the_same_is_one_change_and_one_batch_more(tmp_path):
    release(tmp_path, [drug()], [pack()])
    changed = [drug(LABELERNAME="Another")]
    assert release(tmp_path, changed, [pack()], at=LATER).counts.changed == 1
    before = everything()
    again = release(tmp_path, changed, [pack()], at=STILL)
    assert (again.changed_nothing, again.counts.same) == (True, 2)
    assert everything() == before


def test_changed_and_changed_back_are_two_changes_that_undo_each_other(tmp_path):
    release(tmp_path, [drug()], [pack()])
    there = release(tmp_path, [drug(LABELERNAME="Another")], [pack()], at=LATER)
    back = release(tmp_path, [drug()], [pack()], at=STILL)
    (was,), (now,) = there.changes, back.changes
    assert was.fields["labeler"] == list(reversed(now.fields["labeler"]))
    assert Product.objects.get().labeler == "A Firm"


def test_a_release_of_headers_alone_marks_everything_and_removes_nothing(tmp_path):
    release(tmp_path, [drug()], [pack()])
    rows = set(Product.every.values_list("pk")), set(Package.every.values_list("pk"))
    report = release(tmp_path, [], [], at=LATER)
    assert (report.counts.read, report.counts.gone) == (0, 2)
    assert (set(Product.every.values_list("pk")), set(Package.every.values_list("pk"))) == rows
    assert Package.objects.get().gone_on == LATER.date()


def test_a_package_that_alone_left_its_listing_is_gone_alone(tmp_path):
    release(tmp_path, [drug()], [pack(), pack(last="10")])
    report = release(tmp_path, [drug()], [pack()], at=LATER)
    assert kinds(report) == [("gone", "package")]
    assert report.changes[0].says.startswith("lisinopril 10 mg tablet: ")
    assert Product.objects.get().gone_on is None


# Which of two listings of one code is in use


@pytest.mark.parametrize(
    ("first", "second", "used_now"),
    [
        ({}, {}, FIRST),  # alike in everything: the row that was there first
        ({"ENDMARKETINGDATE": "20300101"}, {}, SECOND),
        ({}, {"ENDMARKETINGDATE": "20300101"}, FIRST),
        (
            {"LISTING_RECORD_CERTIFIED_THROUGH": "20191231"},
            {"LISTING_RECORD_CERTIFIED_THROUGH": "20201231"},
            SECOND,
        ),
        ({"LISTING_RECORD_CERTIFIED_THROUGH": "20191231"}, {}, FIRST),
        ({"STARTMARKETINGDATE": "20100101"}, {"STARTMARKETINGDATE": "20180101"}, SECOND),
        ({}, {"STARTMARKETINGDATE": "20180101"}, SECOND),
        # The end of marketing weighs more than a certificate, a certificate than a start.
        (
            {"ENDMARKETINGDATE": "20300101", "LISTING_RECORD_CERTIFIED_THROUGH": "20201231"},
            {"LISTING_RECORD_CERTIFIED_THROUGH": "20191231"},
            SECOND,
        ),
        (
            {"LISTING_RECORD_CERTIFIED_THROUGH": "20201231", "STARTMARKETINGDATE": "20100101"},
            {"LISTING_RECORD_CERTIFIED_THROUGH": "20191231", "STARTMARKETINGDATE": "20180101"},
            FIRST,
        ),
    ],
)
def test_of_two_listings_that_are_one_drug_the_better_is_in_use(
    tmp_path, first: Cells, second: Cells, used_now
):
    release(
        tmp_path,
        [drug(FIRST, **first), drug(SECOND, **second)],
        [pack(FIRST, "01"), pack(SECOND, "10")],
    )
    assert used() == [used_now]
    listing = Package.objects.values_list("product__listing", flat=True)
    assert set(listing) == {used_now}
    assert len(listing) == 2


def test_the_better_listing_of_a_later_release_takes_over_the_packages(tmp_path):
    release(tmp_path, [drug()], [pack()])
    bottle = Package.objects.get()
    newer = drug(SECOND, LISTING_RECORD_CERTIFIED_THROUGH="20301231")
    release(tmp_path, [drug(), newer], [pack(), pack(SECOND, "10")], at=LATER)
    assert used() == [SECOND]
    bottle.refresh_from_db()
    assert (bottle.listing, bottle.product.listing) == (FIRST, SECOND)


def test_a_listing_that_ends_gives_way_and_takes_it_back_when_it_does_not(tmp_path):
    better = {"LISTING_RECORD_CERTIFIED_THROUGH": "20301231"}
    packs = [pack(FIRST), pack(SECOND, "10")]
    release(tmp_path, [drug(FIRST, **better), drug(SECOND)], packs)
    assert used() == [FIRST]
    ended = drug(FIRST, ENDMARKETINGDATE="20260401", **better)
    release(tmp_path, [ended, drug(SECOND)], packs, at=LATER)
    assert used() == [SECOND]
    release(tmp_path, [drug(FIRST, **better), drug(SECOND)], packs, at=STILL)
    assert used() == [FIRST]


@pytest.mark.parametrize(
    "other",
    [
        {"ACTIVE_NUMERATOR_STRENGTH": "20"},
        {"DOSAGEFORMNAME": "CAPSULE"},
        {"ROUTENAME": "SUBLINGUAL"},
        {"SUBSTANCENAME": "ENALAPRIL MALEATE"},
    ],
)
def test_listings_of_one_code_that_differ_as_drugs_are_used_side_by_side(tmp_path, other):
    release(tmp_path, [drug(), drug(SECOND, **other)], [pack(), pack(SECOND, "10")])
    assert used() == [FIRST, SECOND]
    for package in Package.objects.all():
        assert package.product.listing == package.listing


@pytest.mark.parametrize(
    "other",
    [
        {"SUBSTANCENAME": "LISINOPRIL DIHYDRATE"},
        {"ACTIVE_NUMERATOR_STRENGTH": "10.0"},
        {"LABELERNAME": "Another Firm"},
        {"PROPRIETARYNAME": "Prinivil"},
    ],
)
def test_a_salt_a_trailing_zero_a_firm_or_a_name_makes_no_other_drug(tmp_path, other):
    release(tmp_path, [drug(), drug(SECOND, **other)], [pack(), pack(SECOND, "10")])
    assert len(used()) == 1


@pytest.mark.parametrize("kind", [UNFINISHED, EXCLUDED])
def test_a_source_of_higher_rank_stands_behind_until_the_directory_lets_go(tmp_path, kind):
    better = drug(SECOND, LISTING_RECORD_CERTIFIED_THROUGH="20301231")
    release(tmp_path, [better], [pack(SECOND)], kind=kind)
    release(tmp_path, [drug()], [pack()], at=LATER)
    assert used() == [FIRST]
    release(tmp_path, [], [], at=STILL)
    assert used() == [SECOND]


# Dry and broken


def test_a_dry_run_of_a_first_release_leaves_not_even_its_source(tmp_path):
    before = everything()
    report = release(tmp_path, [drug()], [pack()], dry=True)
    assert (report.counts.new, report.batch_id, report.dry_run) == (2, None, True)
    assert everything() == before
    assert not Source.objects.filter(key="fda-ndc").exists()


def test_a_dry_run_counts_what_the_load_then_does(tmp_path):
    release(tmp_path, [drug(), drug("50458-586_a")], [pack(), pack("50458-586_a")])
    then = [drug(LABELERNAME="Another"), drug("50458-587_a")], [pack(), pack("50458-587_a")]
    shown = release(tmp_path, *then, at=LATER, dry=True)
    done = release(tmp_path, *then, at=LATER)
    assert (shown.counts, shown.tables) == (done.counts, done.tables)
    assert kinds(shown) == kinds(done)
    assert done.counts.new == done.counts.gone == 2


def drugs_with(place: int, **cells: str) -> list[Cells]:
    rows = [drug(f"0143-{number}_a", LABELERNAME="Another") for number in range(1000, 1009)]
    rows[place] |= cells
    return rows


@pytest.mark.parametrize("place", [0, 4, 8])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("PRODUCTNDC", "01431267"),
        ("DEASCHEDULE", "9"),
        ("STARTMARKETINGDATE", "20261301"),
        ("ACTIVE_NUMERATOR_STRENGTH", "ten"),
        ("ACTIVE_INGRED_UNIT", "mg/1; mg/1"),
    ],
)
def test_a_broken_row_anywhere_changes_nothing_at_all(tmp_path, place, field, value):
    packs = [pack(f"0143-{number}_a") for number in range(1000, 1009)]
    release(tmp_path, [drug(f"0143-{number}_a") for number in range(1000, 1009)], packs)
    before = everything()
    with pytest.raises(BadRow) as bad:
        release(tmp_path, drugs_with(place, **{field: value}), packs, at=LATER)
    assert (bad.value.file, bad.value.line, bad.value.field) == (
        "product.txt",
        place + 2,
        field,
    )
    assert everything() == before


def test_a_broken_package_takes_back_the_products_read_before_it(tmp_path):
    release(tmp_path, [drug()], [pack()])
    before = everything()
    with pytest.raises(BadRow, match=r"package.txt line 3, NDCPACKAGECODE"):
        release(
            tmp_path,
            [drug(LABELERNAME="Another")],
            [pack(), pack(NDCPACKAGECODE="0143-1267-x1")],
            at=LATER,
        )
    assert everything() == before


def test_a_release_is_loaded_after_a_broken_one_as_if_that_had_not_been(tmp_path):
    with pytest.raises(BadRow):
        release(tmp_path, [drug(DEASCHEDULE="9")], [pack()])
    assert release(tmp_path, [drug()], [pack()]).counts.new == 2


# Facts of a row, seen in the file


def test_labelers_of_six_digits_have_twelve_digits_and_no_shorter_form(tmp_path):
    release(tmp_path, [drug("123456-789_a")], [pack("123456-789_a", "12")])
    found = Package.objects.get()
    assert (found.ndc, found.ndc12) == ("123456-789-12", "123456078912")
    assert (found.ndc10, found.ndc11) == ("", "")


def test_both_ways_of_parting_levels_are_one_content(tmp_path):
    """Older releases part them by >, newer ones by /: the shelf must not notice."""
    older = "10 BLISTER PACK in 1 CARTON (0143-1267-01)  > 10 TABLET in 1 BLISTER PACK"
    newer = older.replace(">", "/")
    release(tmp_path, [drug()], [pack(PACKAGEDESCRIPTION=older)])
    before = Package.objects.get()
    release(tmp_path, [drug()], [pack(PACKAGEDESCRIPTION=newer)], at=LATER)
    after = Package.objects.get()
    assert after.pk == before.pk
    assert after.quantity == before.quantity == Decimal(100)
    assert (after.unit, after.inner_count) == (before.unit, before.inner_count) == ("EA", 10)


def test_the_unit_of_a_shelf_stays_as_long_as_the_description_does(tmp_path):
    release(tmp_path, [drug()], [pack()])
    Package.objects.update(quantity=Decimal(1), unit="GM", unit_source="price")
    release(tmp_path, [drug(LABELERNAME="Another")], [pack()], at=LATER)
    assert Package.objects.get().unit == "GM"
    anew = pack(PACKAGEDESCRIPTION="90 TABLET in 1 BOTTLE (0143-1267-01) ")
    release(tmp_path, [drug(LABELERNAME="Another")], [anew], at=STILL)
    found = Package.objects.get()
    assert (found.quantity, found.unit) == (Decimal(90), "EA")


def test_a_substance_that_was_corrected_is_joined_anew_and_the_old_join_goes(tmp_path):
    release(tmp_path, [drug()], [pack()])
    release(tmp_path, [drug(SUBSTANCENAME="ENALAPRIL MALEATE")], [pack()], at=LATER)
    found = Product.objects.get()
    assert set(found.ingredients.values_list("key", flat=True)) == {"enalapril"}
    assert Ingredient.objects.filter(key="lisinopril").exists()


def test_the_stricter_schedule_of_the_law_wins_and_the_diff_says_by_whom(tmp_path):
    oxycodone = drug(SUBSTANCENAME="OXYCODONE HYDROCHLORIDE", DEASCHEDULE="CII")
    release(tmp_path, [oxycodone], [pack()])
    found = Product.objects.get()
    assert (found.schedule, found.schedule_source) == (2, "listing")
    report = release(tmp_path, [oxycodone | {"DEASCHEDULE": "CIV"}], [pack()], at=LATER)
    found.refresh_from_db()
    assert (found.schedule, found.schedule_source) == (2, "21-cfr-1308")
    (change,) = report.changes
    assert change.fields == {"schedule_source": ["listing", "21-cfr-1308"]}


def test_a_labeler_stricter_than_the_law_is_taken_at_its_word(tmp_path):
    release(tmp_path, [drug(DEASCHEDULE="CII")], [pack()])
    found = Product.objects.get()
    assert (found.schedule, found.schedule_source) == (2, "listing")


# Two at once


LOCK = "hashtext('apothecary.drugs.load')"
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


def within(seconds: int, so: Callable[[], bool]) -> bool:
    end = monotonic() + seconds
    while not (reached := so()) and monotonic() < end:
        sleep(0.02)
    return reached


@pytest.mark.django_db(transaction=True)
def test_a_second_load_waits_for_the_first_and_then_sees_what_it_did(tmp_path):
    def apart() -> Report:
        try:
            return release(tmp_path, [drug()], [pack()])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
            second = threads.submit(apart)
            assert within(20, lambda: waiting() == 1)
            assert not second.done()
        assert second.result(20).counts.new == 2
    assert release(tmp_path, [drug()], [pack()], at=LATER).changed_nothing


@pytest.mark.django_db(transaction=True)
def test_two_loads_of_one_release_at_once_are_one_batch(tmp_path):
    release(tmp_path, [], [], at=datetime(2026, 1, 1, tzinfo=UTC))

    def apart(number: int) -> Report:
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            return release(folder, [drug()], [pack()])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        reports = list(threads.map(apart, range(2)))
    assert sorted(report.counts.new for report in reports) == [0, 2]
    assert Product.every.count() == Package.every.count() == 1
    assert Product.objects.get().batch.loaded_at.date() == date(2026, 3, 2) == AT.date()
