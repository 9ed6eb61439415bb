"""Paper forms that are taken over by their page, and the papers an inspector gets."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.config.tests.world_days import TODAY
from apothecary.staff.duties import Role
from apothecary.vault.orders.models import Form222, Registrant
from apothecary.vault.orders.states import FormState
from apothecary.vault.orders.tests.desk import begun, registrant, sent, written
from apothecary.vault.orders.tests.pages_of_orders import (
    TYPED,
    beside,
    client_of,
    comes,
    text,
)

MOST_QUERIES = 16
DAY = timedelta(days=1)


@pytest.fixture
def tech(pharmacy):
    return client_of(pharmacy)


@pytest.fixture
def boss(pharmacy):
    return client_of(pharmacy, Role.IN_CHARGE)


# The registrant, and paper that is taken over


def test_who_is_in_charge_names_the_registrant_on_the_page(pharmacy, boss, tech):
    person = pharmacy.people[Role.IN_CHARGE]
    assert "Nobody has said who signed the registration" in text(tech.get("/vault/orders/"))
    said = {"person": str(person.pk), "since": str(TODAY + DAY)}
    assert "named then" in beside(boss.post("/vault/orders/registrant", said), "since")
    boss.post("/vault/orders/registrant", said | {"since": str(TODAY)})
    assert Registrant.objects.get().person == person
    assert f"{person.name}, since" in text(tech.get("/vault/orders/"))
    assert tech.post("/vault/orders/registrant", said).status_code == 403


def paper(world, **change):
    return TYPED | {
        "serial": "229999999", "signed_on": str(TODAY - 9 * DAY), "signed_by": "Olivia Owner",
        "signed_as": "registrant", "because": "before we kept them here",
        "ndc-1": world.drugs["oxycodone"].ndc, "packages-1": "3", "came-1": "1",
    } | change  # fmt: skip


def test_a_paper_form_is_read_off_and_stands_on_file(pharmacy, boss):
    registrant(pharmacy)
    assert boss.get("/vault/orders/taken-over").status_code == 200
    boss.post("/vault/orders/taken-over", paper(pharmacy))
    form = Form222.objects.get()
    assert (form.state, form.serial) == (FormState.SENT, "229999999")
    said = text(boss.get(f"/vault/orders/{form.pk}/"))
    assert "1 before it was taken over" in said
    assert "before we kept them here" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"ndc-1": "0000-0000-00"}, "Line 1: NDC 0000-0000-00 is not in the drug file"),
        ({"packages-1": ""}, "Say the packages of line 1"),
        ({"came-1": "9"}, "9 came of 3 packages"),
        ({"came-1": "-1"}, "no whole number"),
        ({"signed_on": ""}, "The day is missing"),
        ({"signed_as": "friend"}, "friend"),
        ({"because": " "}, "why it was not written here"),
    ],
)
def test_what_cannot_be_read_off_is_named_and_the_rest_stays_typed(
    pharmacy, boss, change, says
):
    registrant(pharmacy)
    answer = boss.post("/vault/orders/taken-over", paper(pharmacy, **change))
    assert answer.status_code == 409
    assert says in text(answer)
    assert 'value="229999999"' in answer.content.decode()
    assert not Form222.objects.exists()


# Papers and costs


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_one_form_is_printed_with_every_receipt(pharmacy, tech):
    sent(pharmacy, 3)
    comes(pharmacy, 2)
    paper = tech.get("/vault/inspection/222.csv", {"form": "230000001"})
    titles, line = rows_of(paper)
    assert titles[0] == "Line"
    assert line[1] == "3"
    assert line[5] == "2"
    assert pharmacy.people[Role.PHARMACIST].name in line[6]
    pdf = tech.get("/vault/inspection/222.pdf", {"form": "230000001"})
    assert pdf.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("asked", "says"),
    [("", "Say which form"), ("239999999", "No Form 222 of number '239999999' here")],
)
def test_a_form_that_is_not_here_is_not_printed(pharmacy, tech, asked, says):
    answer = tech.get("/vault/inspection/222.pdf", {"form": asked})
    assert answer.status_code == 409
    assert says in text(answer).replace("&#x27;", "'").replace("&#39;", "'")


@pytest.mark.parametrize(
    ("first", "last", "serials"),
    [
        (0, 0, ["230000001", "230000002"]),
        (-9, -1, []),
        (-9, 0, ["230000001", "230000002"]),
    ],
)
def test_the_forms_of_a_period_are_all_there_void_ones_too(
    pharmacy, tech, boss, first, last, serials
):
    form = sent(pharmacy, 3)
    boss.post(f"/vault/orders/{form.pk}/void", {"because": "torn", "defects": ["altered"]})
    begun(pharmacy, "230000002")
    asked = {"first": str(TODAY + first * DAY), "last": str(TODAY + last * DAY)}
    rows = rows_of(tech.get("/vault/inspection/222s.csv", asked))[1:]
    assert [row[0] for row in rows] == serials
    if rows:
        assert [row[-1] for row in rows] == ["void", "being written"]


def test_the_pages_ask_few_questions_however_many_forms_there_are(pharmacy, tech):
    sent(pharmacy, *[1] * 20)
    comes(pharmacy, 1)
    for number in range(9):
        written(pharmacy, 1, 2, 3, serial=f"2400000{number:02}")
    form = Form222.objects.get(serial="230000001")
    for there in ("/vault/orders/", f"/vault/orders/{form.pk}/"):
        tech.get(there)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert tech.get(there).status_code == 200
        assert len(asked) <= MOST_QUERIES, there
