"""Whatever a program sends: a clear refusal by name, nothing changed, never a fault of ours."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from apothecary.doors.api.app import api
from apothecary.doors.api.said import Sent, characters_problem
from apothecary.doors.tests.covering import covering
from apothecary.doors.tests.program import Program, bodies, fields
from apothecary.doors.tests.program_world import asks_as, ready_for, shelf
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.staff.duties import Role

BODIES = sorted(bodies())
# A try with a wrong PIN counts, and is written down, although it is refused.
REFUSALS = {
    Deed.REFUSED_DUTY.value,
    Deed.REFUSED_BY_RULE.value,
    Deed.SIGN_IN_FAILED.value,
    Deed.LOCKED_OUT.value,
}
# A scan or a file that cannot be read is kept and written down, since it was made.
KEPT_ALL_THE_SAME = {"/fills/{fill_id}/scan", "/money/files"}
HOLE = '"@@"'
# JSON texts, so that what no Python value can say is said too. A field that may hold any text
# takes some of them; none may break the house.
SPOILED = {
    "null": "null",
    "yes": "true",
    "an empty list": "[]",
    "an empty object": "{}",
    "an empty text": '""',
    "blanks": '"   "',
    "minus one": "-1",
    "nought": "0",
    "a small fraction": "0.0001",
    "beyond a bigint": "9223372036854775808",
    "beyond all": "9" * 400,
    "beyond what Python reads": "9" * 5000,
    "the same as text": '"' + "9" * 5000 + '"',
    "a huge exponent": "1e400",
    "no number as text": '"NaN"',
    "a signal as text": '"sNaN"',
    "infinity as text": '"-Infinity"',
    "a huge exponent as text": '"1E+999999"',
    "the first day of all": '"0001-01-01"',
    "the last day of all": '"9999-12-31"',
    "all kinds of letters": json.dumps("Ω\u202e𝔘e\u0301"),
    "an escape": '"\\u001b[2J\\u0007\\r\\n"',
    "markup": '"<script>alert(1)</script>^XZ%s{{x}}"',
    "a million letters": json.dumps("x" * 1_000_000),
    "a list in a list": "[" * 900 + "]" * 900,
}
# So many of them a field, in turn over fields and endpoints; all of them with the long profile.
EACH = 4
# What no field takes, whatever it is for: each field of each endpoint is asked with all of it.
NEVER = {
    "NUL": '"\\u0000"',
    "NUL within": '"a\\u0000b"',
    "half a character": '"\\ud800"',
    "NaN": "NaN",
    "Infinity": "Infinity",
    "too deep": "[" * 5_000 + "]" * 5_000,
}


def spoilt(body: dict[str, Any], by: str) -> Iterator[str]:
    """The body as often as it has fields, each time with another one spoiled."""
    for name, value in body.items():
        if isinstance(value, dict):
            for inner in spoilt(value, by):
                yield json.dumps(body | {name: "@@"}).replace(HOLE, inner)
            continue
        yield json.dumps(body | {name: "@@"}).replace(HOLE, by)
        if isinstance(value, list):
            yield json.dumps(body | {name: ["@@"]}).replace(HOLE, by)


class Knocker:
    """Sends bodies to one endpoint of a world in which it would take the right one."""

    def __init__(self, world, path: str) -> None:
        parts = ready_for(world, path)
        self.body = bodies(world, place=shelf(world), fill_id=parts.get("fill_id"))[path]
        self.path = path.format_map(parts)
        self.program = Program(world, asks_as(path))
        self.program.client.raise_request_exception = False

    def send(self, body: object) -> tuple[int, int, Any]:
        """The status, how much was written down, and the answer; nothing of it stays."""
        with transaction.atomic():
            before = deeds()
            answer = self.program.post(self.path, body)
            # A fault leaves a connection on which nothing can be asked any more.
            wrote = 0 if answer.status_code >= 500 else deeds() - before
            transaction.set_rollback(True)
        return answer.status_code, wrote, answer


def deeds() -> int:
    return Entry.objects.exclude(deed__in=REFUSALS).count()


@pytest.mark.parametrize("path", BODIES)
def test_no_field_however_spoiled_breaks_the_house(pharmacy, path, thorough):
    knocker = Knocker(pharmacy, path)
    each = len(SPOILED) if thorough else EACH
    spots = range(len(list(spoilt(knocker.body, "0"))))
    pairs = set(covering(spots, list(SPOILED), each=each, start=BODIES.index(path)))
    wrong = []
    for name, by in SPOILED.items():
        for spot, body in enumerate(spoilt(knocker.body, by)):
            if (spot, name) not in pairs:
                continue
            status, wrote, _ = knocker.send(body)
            may_write = status == 200 or path in KEPT_ALL_THE_SAME
            if status not in {200, 409, 422} or (wrote and not may_write):
                wrong.append((name, body[:200], status, wrote))
    assert wrong == []


@pytest.mark.parametrize("path", BODIES)
def test_what_no_table_can_hold_is_refused_by_the_fields_name(pharmacy, path):
    knocker = Knocker(pharmacy, path)
    wrong = []
    for name, by in NEVER.items():
        for body in spoilt(knocker.body, by):
            status, wrote, answer = knocker.send(body)
            if status != 422 or wrote or "" in fields(answer):
                wrong.append((name, body[:200], status, wrote))
    assert wrong == []


@pytest.mark.parametrize("path", BODIES)
def test_the_right_body_is_not_refused_for_its_shape(pharmacy, path):
    """Otherwise the tests above would prove nothing."""
    knocker = Knocker(pharmacy, path)
    status, _, answer = knocker.send(knocker.body)
    assert status in {200, 409}, answer.content
    assert (
        not any(place.startswith(path) for place in fields(answer)) if status == 409 else True
    )


def test_every_endpoint_that_takes_a_body_is_spoiled_here():
    described = api.get_openapi_schema()["paths"]
    taking = {
        path.removeprefix("/api")
        for path, verbs in described.items()
        if "requestBody" in verbs.get("post", {})
    }
    assert taking == set(BODIES)


def test_every_body_is_read_with_the_same_care():
    careful = {each.__name__ for each in everything_under(Sent)}
    described = api.get_openapi_schema()["components"]["schemas"]
    assert {name for name in described if name.endswith("In")} == careful


def everything_under(base: type) -> Iterator[type]:
    each: type
    for each in base.__subclasses__():
        yield each
        yield from everything_under(each)


@pytest.mark.parametrize(
    "raw", [b"{", b"null", b"[]", b'"x"', b"\xff\xfe{", b"{}" * 9, b'{"because": "\xff"}']
)
def test_bytes_that_are_no_body_are_bad_input(pharmacy, raw):
    knocker = Knocker(pharmacy, "/fills/{fill_id}/cancel")
    status, wrote, answer = knocker.send(raw)
    assert (status, wrote) == (422, 0), answer.content
    assert fields(answer) <= {"body", "because"}


@pytest.mark.parametrize(
    ("name", "value", "fine"),
    [("refills", True, False), ("refills", 1, True), ("written_on", 0, False),
     ("written_on", "2026-11-20", True), ("quantity", True, False), ("quantity", 30.5, True),
     ("waiter", False, True), ("written_on", "1899-12-31", False),
     ("written_on", "2200-01-01", False)],
)  # fmt: skip
def test_one_kind_of_value_is_not_guessed_from_another(pharmacy, name, value, fine):
    knocker = Knocker(pharmacy, "/prescriptions")
    status, _, answer = knocker.send(knocker.body | {name: value})
    assert (status != 422) == fine
    assert fine or fields(answer) == {name}


@pytest.mark.parametrize("part", ["0", "-1", str(2**63), "9" * 30, "1.5", "x", "%00", "１"])
@pytest.mark.parametrize("verb", ["", "/start", "/cancel", "/findings", "/label.pdf"])
def test_an_id_that_no_row_can_have_is_refused(pharmacy, part, verb):
    program = Program(pharmacy, Role.PHARMACIST)
    path = f"/fills/{part}{verb}"
    read = verb in {"", "/findings", "/label.pdf"}
    answer = program.get(path) if read else program.post(path, {"because": "because"})
    assert answer.status_code in {404, 409, 422}, answer.content


@pytest.mark.parametrize(
    "path",
    ["/fills?state=%00", "/fills?limit=0", "/fills?limit=99999999999999999999",
     "/arrivals?message_id=%00", "/arrivals?message_id=" + "x" * 5000, "/claims?state=%00",
     f"/claims?fill_id={2**63}", "/stock/lots?ndc=%00", "/journal/fi%00ll/1",
     f"/journal/fill/{2**63}"],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_is_bad_input(pharmacy, path):
    assert Program(pharmacy, Role.PHARMACIST).get(path).status_code == 422


def test_deep_values_are_looked_through_without_climbing():
    deep: object = "a\0b"
    for _ in range(100_000):
        deep = [deep, {"k": "fine"}]
    assert "NUL" in characters_problem(deep)
    assert characters_problem({"a\0": 1})
    assert characters_problem({"a": ["Ω𝔘", 1, None]}) == ""
