"""The screen of sources: what is loaded, how old it is, and what the last load changed."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apothecary.drugs.load import load_starter
from apothecary.drugs.models import Batch, Change, Package
from apothecary.drugs.source_queries import (
    OLD_DAYS,
    age_says,
    changes_of,
    inside_starter,
    is_old,
    releases,
)
from apothecary.drugs.tests.loading.files import AT, LATER, load_directory, rewritten
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role

DAY = date(2026, 3, 2)


def page(pharmacy, query: str = "") -> str:
    person = pharmacy.people[Role.TECHNICIAN]
    token = worker_token(person=person, station="x", at=timezone.now())
    client = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    answer = client.get(f"/drugs/sources/{query}")
    assert answer.status_code == (404 if "9999" in query or "x" in query else 200)
    return answer.content.decode()


@pytest.mark.parametrize(
    ("released_on", "says", "old"),
    [
        (None, "its date was not given", True),
        (DAY, "of today", False),
        (DAY - timedelta(1), "1 day old", False),
        (DAY - timedelta(59), "59 days old", False),
        (DAY - timedelta(60), "2 months old", False),
        (DAY - timedelta(OLD_DAYS), "3 months old", False),
        (DAY - timedelta(OLD_DAYS + 1), "3 months old", True),
        (DAY - timedelta(729), "24 months old", True),
        (DAY - timedelta(730), "2 years old", True),
        (date(2015, 6, 17), "10 years old", True),
        (DAY + timedelta(1), "dated ahead", False),
    ],
)
def test_an_old_release_says_how_old_it_is(released_on, says, old):
    assert age_says(released_on, on=DAY) == says
    assert is_old(released_on, on=DAY) is old


def test_the_prices_of_the_starter_file_are_said_to_be_of_2015():
    (prices,) = (each for each in inside_starter(on=DAY) if "price_usd" in each.used_for)
    assert (prices.released_on, prices.old) == (date(2015, 6, 17), True)
    assert prices.age == "10 years old"


@pytest.mark.django_db
def test_of_each_source_the_last_batch_is_shown_first_in_rank_first(tmp_path):
    load_starter(at=AT)
    load_directory(at=AT)
    load_directory(
        rewritten(tmp_path, product=lambda c: c["PRODUCTNDC"] != "0002-1434",
                  package=lambda c: c["PRODUCTNDC"] != "0002-1434"),
        at=LATER,
    )  # fmt: skip
    found = releases(on=LATER.date())
    assert [each.batch.source.key for each in found if each.batch] == ["fda-ndc", "starter"]
    assert found[0].batch is not None
    assert found[0].batch.pk == max(Batch.objects.values_list("pk", flat=True))
    assert found[0].age == "7 years old"


@pytest.mark.django_db
def test_what_is_held_comes_before_what_is_gone_and_that_before_what_changed():
    batch = Batch.objects.get(pk=load_directory(at=AT).batch_id or 0)
    for about, kind, held in (
        ("3", "changed", ""),
        ("1", "gone", ""),
        ("2", "gone", "20 EA on hand"),
        ("0", "back", ""),
    ):
        Change.objects.create(
            batch=batch, kind=kind, table="package", row=1, about=about, held=held
        )
    assert [change.about for change in changes_of(batch)] == ["2", "1", "0", "3"]
    assert [change.about for change in changes_of(batch, most=3)] == ["2", "1", "0"]
    assert [change.about for change in changes_of(batch, most=1)] == ["2"]


def test_the_screen_names_each_source_with_date_batch_age_and_counts(pharmacy, tmp_path):
    report = load_directory(at=AT)
    said = page(pharmacy)
    assert "National Drug Code Directory" in said
    assert "7 years old" in said
    assert f"batch {report.batch_id}" in said
    assert "157" in said
    assert "the world of the tests" in said
    assert "inside the starter file" in said.lower()


def test_the_screen_shows_what_was_and_what_is_and_why_something_stays(pharmacy, tmp_path):
    def other_firm(cells: dict[str, str]) -> bool:
        if cells["PRODUCTNDC"] == "0002-1433":
            cells["LABELERNAME"] = "Another Firm <b>"
        return cells["PRODUCTNDC"] != "0002-1434"

    load_directory(at=AT)
    keep = lambda cells: cells["PRODUCTNDC"] != "0002-1434"  # noqa: E731
    path = rewritten(tmp_path, product=other_firm, package=keep)
    report = load_directory(path, at=LATER)
    Change.objects.filter(batch=report.batch_id, about="0002-1434-80").update(
        held="4 ML on hand at Corner Pharmacy"
    )
    said = page(pharmacy, f"?batch={report.batch_id}")
    assert "Eli Lilly and Company → Another Firm &lt;b&gt;" in said
    assert "4 ML on hand at Corner Pharmacy" in said
    assert Package.objects.get(ndc="0002-1434-80").gone_on == LATER.date()


@pytest.mark.parametrize("query", ["?batch=9999", "?batch=x"])
def test_a_batch_that_is_not_there_is_not_found(pharmacy, query):
    page(pharmacy, query)


def test_the_screen_asks_the_database_no_more_than_it_says(
    pharmacy, django_assert_max_num_queries
):
    load_directory(at=AT)
    with django_assert_max_num_queries(4):
        found = releases(on=DAY)
        batch = found[0].batch
        assert batch is not None
        changes_of(batch)
