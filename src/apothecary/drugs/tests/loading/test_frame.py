"""The frame of every load: whole or not at all, the diff is true, nothing is ever lost."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apothecary.drugs.load import load_starter
from apothecary.drugs.loading.fda import DIRECTORY
from apothecary.drugs.loading.frame import (
    MOST_SHOWN,
    Emptied,
    Kind,
    Loading,
    Publication,
    load,
    nobody,
    source_of,
)
from apothecary.drugs.loading.merge import Counts, Table
from apothecary.drugs.models import Batch, Change, RxLink, Source
from apothecary.drugs.official.files import NotFound, Piece
from apothecary.drugs.search_tables import SearchDrug
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.tests.loading.files import (
    AT,
    CUTS,
    LATER,
    RELEASED,
    load_directory,
    rewritten,
)

pytestmark = pytest.mark.django_db
OURS = Publication(key="ours", name="a list", publisher="the tests", licence="ours")
LINKS = Table(
    model=RxLink, code=("ndc11", "rxcui"), values=("tty",), about=("ndc11",), says=("rxcui",)
)
Facts = Mapping[tuple[str, str], str]


def load_facts(
    facts: Facts,
    *,
    partial: bool = False,
    yields: bool = False,
    key: str = "ours",
    empty_is_meant: bool = True,
):
    """Codes and drugs as a source of their own, without a file."""

    def rows() -> Iterator[tuple[object, ...]]:
        for line, ((ndc11, rxcui), tty) in enumerate(facts.items(), 1):
            yield line, ndc11, rxcui, tty

    def fill(loading: Loading, _: Mapping[str, Piece]) -> None:
        loading.stage(LINKS, rows())
        loading.merge(LINKS)

    kind = Kind(
        publication=Publication(key=key, name=key, publisher="the tests", licence="ours"),
        says="",
        files={},
        fill=fill,
        partial=partial,
        yields=yields,
    )
    return load(kind, None, by="a test", at=LATER, empty_is_meant=empty_is_meant)


def on_file() -> dict[tuple[str, str], str]:
    rows = RxLink.objects.filter(gone_on=None).values_list("ndc11", "rxcui", "tty")
    return {(ndc11, rxcui): tty for ndc11, rxcui, tty in rows}


FACTS = st.dictionaries(
    st.tuples(st.sampled_from(["0" * 11, "1" * 11, "2" * 11]), st.sampled_from("123")),
    st.sampled_from(["SCD", "SBD"]),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(FACTS, min_size=1, max_size=4))
def test_after_any_releases_the_file_says_what_the_last_one_says(releases):
    RxLink.objects.all().delete()
    ids: dict[tuple[str, str], int] = {}
    before: Facts = {}
    for facts in releases:
        counts = load_facts(facts).counts
        assert on_file() == facts
        assert counts.read == len(facts)
        assert counts.gone == len(set(before) - set(facts))
        assert counts.same == len({k for k in facts if before.get(k) == facts[k]})
        assert counts.new + counts.changed + counts.same == counts.read
        for row in RxLink.objects.all():
            key = (row.ndc11, row.rxcui)
            # A row keeps its number for ever, gone and back again.
            assert ids.setdefault(key, row.pk) == row.pk
        assert RxLink.objects.count() == len(ids)
        before = facts


def test_a_release_of_nothing_is_refused_where_something_is_on_file():
    load_facts({("0" * 11, "1"): "SCD", ("1" * 11, "2"): "SCD"})
    with pytest.raises(Emptied, match="no rxlink in it, and 2 on file would be gone"):
        load_facts({}, empty_is_meant=False)
    assert len(on_file()) == 2
    assert load_facts({}, empty_is_meant=True).counts.gone == 2
    # Where all has gone already, nothing is lost by another release of nothing.
    assert load_facts({}, empty_is_meant=False).changed_nothing


def test_a_release_of_nothing_harms_neither_a_new_source_nor_a_selection_nor_another_source():
    assert load_facts({}, empty_is_meant=False).changed_nothing
    load_facts({("0" * 11, "1"): "SCD"}, key="first")
    assert load_facts({}, key="second", empty_is_meant=False).changed_nothing
    assert load_facts({}, key="first", partial=True, empty_is_meant=False).changed_nothing
    assert on_file() == {("0" * 11, "1"): "SCD"}


def test_a_release_with_listings_and_no_package_is_refused_too(tmp_path):
    load_directory()
    path = rewritten(tmp_path, package=lambda cells: False)
    with pytest.raises(Emptied, match=r"no package in it, and \d+ on file would be gone"):
        load_directory(path, at=LATER)
    assert not Change.objects.filter(kind="gone").exists()


def test_what_is_not_in_a_selection_has_not_gone():
    load_facts({("0" * 11, "1"): "SCD", ("1" * 11, "2"): "SCD"})
    report = load_facts({("0" * 11, "1"): "SBD"}, partial=True)
    assert (report.counts.changed, report.counts.gone) == (1, 0)
    assert on_file() == {("0" * 11, "1"): "SBD", ("1" * 11, "2"): "SCD"}


def test_a_source_that_gives_way_says_only_what_no_other_has_said():
    load_facts({("0" * 11, "1"): "SCD"}, key="first")
    report = load_facts(
        {("0" * 11, "1"): "SBD", ("1" * 11, "1"): "SBD"}, yields=True, key="second"
    )
    assert (report.counts.read, report.counts.new, report.counts.same) == (2, 1, 1)
    assert on_file() == {("0" * 11, "1"): "SCD", ("1" * 11, "1"): "SBD"}


def test_one_source_takes_nothing_from_another():
    load_facts({("0" * 11, "1"): "SCD"}, key="first")
    report = load_facts({("1" * 11, "1"): "SCD"}, key="second")
    assert report.counts.gone == 0
    assert set(on_file()) == {("0" * 11, "1"), ("1" * 11, "1")}


def test_counts_add_up_column_by_column():
    assert Counts(1, 2, 3, 4, 5) + Counts(10, 20, 30, 40, 50) == Counts(11, 22, 33, 44, 55)
    assert Counts(read=5, same=5).nothing
    for some in (Counts(new=1), Counts(changed=1), Counts(gone=1)):
        assert not some.nothing


def test_a_source_is_brought_up_to_what_the_house_knows_of_it():
    first = source_of(OURS)
    again = source_of(Publication("ours", "another list", "the tests", "free", 7))
    assert again.pk == first.pk
    source = Source.objects.get(key="ours")
    assert (source.name, source.licence, source.rank) == ("another list", "free", 7)


def test_a_load_that_fails_leaves_neither_source_nor_batch_nor_table(tmp_path):
    path = rewritten(tmp_path)
    (path / "package.txt").write_bytes(b"nothing like it\r\n")
    with pytest.raises(BadRow, match=r"package.txt line 1, PRODUCTID: the header has no such"):
        load_directory(path)
    assert not Source.objects.filter(key="fda-ndc").exists()
    assert not Batch.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'stage_%'")
        assert cursor.fetchone()[0] == 0


def test_a_path_without_the_files_is_refused_before_anything_begins(tmp_path):
    with pytest.raises(NotFound, match="no product file in it"):
        load_directory(tmp_path)
    assert not Source.objects.exists()


def test_progress_is_told_in_bytes_of_the_files_as_stored():
    told: list[int] = []
    load(DIRECTORY, CUTS / "fda", by="a test", at=AT, tell=told.append)
    sizes = [(CUTS / "fda" / name).stat().st_size for name in ("product.txt", "package.txt")]
    assert sum(told) == sum(sizes)


def test_the_caller_who_sees_the_shelves_is_asked_for_gone_packages_only(tmp_path):
    asked: list[Sequence[int]] = []

    def held(packages: Sequence[int]) -> Mapping[int, str]:
        asked.append(packages)
        return {packages[0]: "12 EA on hand"} if packages else {}

    def with_answer(path: Path):
        return load(DIRECTORY, path, by="a test", at=LATER, held=held)

    with_answer(CUTS / "fda")
    assert asked.pop() == []
    keep = lambda cells: cells["PRODUCTNDC"] != "0002-1433"  # noqa: E731
    report = with_answer(rewritten(tmp_path, product=keep, package=keep))
    gone = Change.objects.filter(kind="gone", table="package").values_list("row", flat=True)
    assert [sorted(each) for each in asked] == [sorted(gone)]
    # What is held is told first, whatever else there is.
    assert report.changes[0].held == "12 EA on hand"
    assert [change.held for change in report.changes[1:]].count("") == len(report.changes) - 1
    assert nobody([1, 2]) == {}


def test_the_report_shows_no_more_than_a_screen_but_all_are_kept(tmp_path):
    load_starter(at=AT)
    report = load_directory(at=LATER)
    gone = Change.objects.filter(batch=report.batch_id, kind="gone").count()
    assert gone > 10 * MOST_SHOWN
    assert sum(change.kind == "gone" for change in report.changes) == MOST_SHOWN
    assert report.counts.gone == gone


def test_the_search_index_is_in_step_after_every_load(tmp_path):
    load_directory()
    names = set(SearchDrug.objects.values_list("name", flat=True))
    assert "warfarin sodium" in names
    keep = lambda cells: cells["PRODUCTNDC"] != "0093-1713"  # noqa: E731
    assert load_directory(rewritten(tmp_path, product=keep, package=keep)).counts.gone


def test_the_date_of_a_release_is_what_is_given_else_what_the_files_carry():
    carried = Kind(
        publication=OURS,
        says="",
        files={},
        fill=lambda loading, found: None,
        released=lambda found: date(2020, 2, 2),
    )
    assert load(carried, None, by="a test", at=AT).released_on == date(2020, 2, 2)
    given_ = load(carried, None, by="a test", at=AT, released_on=RELEASED)
    assert given_.released_on == RELEASED
