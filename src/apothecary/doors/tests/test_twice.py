"""Everything done twice: with a key once, and without one a second click changes nothing."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.db.models import Max
from psycopg import sql

from apothecary.config.tests.world import World, build_world
from apothecary.doors.api.app import api
from apothecary.doors.tests.counter_world import NO_DEED, TWICE
from apothecary.doors.tests.electronic_world import NEEDS_TRUST
from apothecary.doors.tests.program import Program, bodies, codes, order_body
from apothecary.doors.tests.program_world import asks_as, ready_for, shelf
from apothecary.filling.tests import bench
from apothecary.journal.models import Entry
from apothecary.prescriptions.models import Prescription
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in

POSTS = sorted(
    path.removeprefix("/api")
    for path, verbs in api.get_openapi_schema()["paths"].items()
    if "post" in verbs
)
TABLES = """
SELECT c.relname FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'pharmacy_id'
WHERE c.relkind IN ('r', 'p') AND NOT a.attisdropped AND NOT c.relispartition
ORDER BY c.relname
"""
CONTENT = "SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {} t"
# A draft and a calculation are no deeds; the others take a thing that only their own room's
# tests make.
NOT_DONE_HERE = {
    *NO_DEED,
    *NEEDS_TRUST,
    "/arrivals/{arrival_id}/draft",
    "/calculate",
    "/claims/{claim_id}/settled",
    "/returns/brought",
    "/returns/credits/{credit_id}/book",
    *(
        f"/fills/{{fill_id}}/scans/{{scan_id}}/{verb}"
        for verb in ("set-aside", "bottles", "lot")
    ),
}
# What a person may mean twice: a second prescription, call, bottle; a reprint with its reason;
# to say how many are left; a second return or container, another call or note, a line counted
# again, a paper of the next day, what was settled said once more, another line of a form.
MEANT_TWICE = {
    *TWICE,
    "/returns/shipments",
    "/returns/shipments/{shipment_id}/follow-up",
    "/returns/waste",
    "/tracing/cases/{case_id}/forms",
    "/tracing/cases/{case_id}/notes",
    "/tracing/notices",
    "/tracing/size",
    "/vault/discrepancies/{case_id}/note",
    "/vault/inventories/lines/{line_id}/count",
    "/vault/losses/{loss_id}/file",
    "/vault/losses/{loss_id}/judge",
    "/vault/policy",
    "/vault/electronic/{order_id}/lines",
    "/vault/electronic/{order_id}/drop",
    "/vault/orders/{form_id}/lines",
    "/vault/orders/{form_id}/drop",
    "/vault/registrant",
    "/prescriptions",
    "/arrivals",
    "/fills/{fill_id}/scan",
    "/fills/{fill_id}/label",
    "/filling/start",
    "/stock/left",
}


def everything(*, but: str = "") -> dict[str, Any]:
    """All rows of all tables of a pharmacy, as one text a table."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            if but and table.startswith(but):
                continue
            cursor.execute(sql.SQL(CONTENT).format(sql.Identifier(table)))
            found[table] = cursor.fetchone()
    return found


@pytest.fixture(autouse=True)
def line(monkeypatch):
    """The programme can be asked about patients."""
    monkeypatch.setenv("APOTHECARY_PMP", "TX=http://127.0.0.1:9/requests")


def ready(world: World, path: str) -> tuple[Program, str, dict[str, Any]]:
    """A program, an address, and the right body for it, in a world where it would be taken."""
    parts = ready_for(world, path)
    right = bodies(world, place=shelf(world), fill_id=parts.get("fill_id"))
    return Program(world, asks_as(path)), path.format_map(parts), right.get(path, {})


@pytest.mark.parametrize("path", POSTS)
def test_with_a_key_it_is_done_once_and_answered_twice(pharmacy, path):
    program, there, body = ready(pharmacy, path)
    first = program.post(there, body, key="once")
    after = everything()
    again = program.post(there, body, key="once")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert everything() == after


@pytest.mark.parametrize("path", [path for path in POSTS if path not in MEANT_TWICE])
def test_without_a_key_a_second_click_changes_nothing(pharmacy, path):
    program, there, body = ready(pharmacy, path)
    first = program.post(there, body)
    after = everything(but="journal_")
    again = program.post(there, body)
    assert {first.status_code, again.status_code} <= {200, 409}, again.content
    assert everything(but="journal_") == after


@pytest.mark.parametrize("path", [path for path in POSTS if path not in NOT_DONE_HERE])
def test_what_a_program_does_is_written_down_with_who_and_where(pharmacy, path):
    program, there, body = ready(pharmacy, path)
    before = everything(but="journal_")
    last = Entry.objects.aggregate(last=Max("id"))["last"]
    answer = program.post(there, body)
    assert answer.status_code == 200, answer.content
    assert everything(but="journal_") != before
    lines = Entry.objects.filter(id__gt=last)
    assert lines
    somebody = pharmacy.people[asks_as(path)].name
    assert {(line.by_name, line.station) for line in lines} == {(somebody, "api")}


@pytest.mark.django_db(transaction=True)
def test_the_same_key_from_eight_connections_at_once_is_one_prescription():
    world = build_world()
    body, answers = order_body(world), []
    program = Program(world, Role.TECHNICIAN)
    start = threading.Barrier(8)

    def one() -> None:
        start.wait()
        answer = program.post("/prescriptions", body, key="at once")
        answers.append((answer.status_code, answer.content))
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert answers[0][0] == 200
    stand_in(world.pharmacy.pk)
    assert Prescription.objects.count() == 1


@pytest.mark.parametrize(
    ("key", "status"), [("k" * 200, 200), ("k" * 201, 422), (" ", 200), ("Ω", 200)]
)
def test_a_key_is_any_text_of_at_most_200_characters(pharmacy, key, status):
    program = Program(pharmacy, Role.TECHNICIAN)
    answer = program.post("/prescriptions", order_body(pharmacy), key=key)
    assert answer.status_code == status


def test_a_fill_in_anothers_hands_is_not_parted_by_program(pharmacy):
    fill = bench.filling(pharmacy)
    said = {"quantity_now": "10", "because": "short"}
    answer = Program(pharmacy, Role.PHARMACIST).post(f"/fills/{fill.pk}/part", said)
    assert (answer.status_code, codes(answer)) == (409, {"taken"})
    mine = Program(pharmacy, Role.TECHNICIAN).post(f"/fills/{fill.pk}/part", said)
    assert (mine.json()["part"], mine.json()["state"]) == (2, "short")
    assert bench.now(fill).state == FillState.FILLING
