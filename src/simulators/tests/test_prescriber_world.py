"""The prescriber's own files, and the mailbox it posts to."""

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from simulators.check_digits import dea_is_valid, npi_is_valid
from simulators.prescriber.order import may_write
from simulators.prescriber.post import BadAddress, Mailbox, Reply, Unreachable
from simulators.prescriber.world import DATA, World, read_world

FILES = (
    "people.csv",
    "prescribers.csv",
    "drugs.csv",
    "pharmacy.csv",
    "compounds.csv",
    "compound_parts.csv",
)


@pytest.fixture(scope="module")
def world() -> World:
    return read_world()


@contextmanager
def answering(raw: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads one request and sends these very bytes."""
    got: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        link, _ = listener.accept()
        with link:
            request = b""
            while b"<end/>" not in request:
                request += link.recv(65536)
            got.append(request)
            link.sendall(raw)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/script", got
    thread.join(5)
    listener.close()


def post(url: str, *, timeout: float = 5.0) -> Reply:
    return asyncio.run(Mailbox(url, token="t", timeout=timeout).post(b"<end/>"))


def test_most_patients_are_known_some_new_and_two_share_a_name(world: World) -> None:
    standing = [person.standing for person in world.people]
    assert standing.count("known") >= 50
    assert standing.count("new") == 8
    assert standing.count("double") == 2


def test_new_patients_are_nobody_the_pharmacy_knows(world: World) -> None:
    def names(standing: str) -> set[tuple[str, str, date]]:
        return {
            (p.last_name, p.first_name, p.born_on)
            for p in world.people
            if p.standing == standing
        }

    assert names("new") & (names("known") | names("double")) == set()


def test_all_telephones_are_of_the_range_for_fiction(world: World) -> None:
    phones = [p.phone for p in world.people if p.phone]
    phones += [p.phone for p in world.prescribers] + [world.pharmacy.phone]
    assert {phone[3:8] for phone in phones} == {"55501"}
    assert {len(phone) for phone in phones} == {10}


def test_every_card_is_whole_or_absent(world: World) -> None:
    for person in world.people:
        card = person.card
        parts = [card.payer, card.bin, card.pcn, card.group, card.card, card.relationship]
        assert all(parts) or not any(parts), person


def test_every_schedule_has_a_writer_and_one_prescriber_has_none(world: World) -> None:
    for schedule in "2345":
        assert any(schedule in p.schedules for p in world.prescribers)
    assert [p.specialty for p in world.prescribers if not p.dea] == ["Optometry"]


def test_every_prescriber_has_numbers_that_check(world: World) -> None:
    assert all(npi_is_valid(p.npi) for p in world.prescribers)
    assert all(dea_is_valid(p.dea) for p in world.prescribers if p.dea)
    assert all(p.dea for p in world.prescribers if p.schedules)
    assert npi_is_valid(world.pharmacy.npi)


def test_every_drug_line_is_sound_and_somebody_may_write_it(world: World) -> None:
    units = {"C48542", "C48480", "C28254", "C48155", "C64933"}
    for line in world.lines:
        assert re.fullmatch(r"[0-9]{11}", line.ndc), line
        assert line.quantity > 0, line
        assert 0 < line.days <= 90, line
        assert 0 <= line.refills <= 11, line
        assert line.unit_code in units, line
        assert len(line.description) <= 105, line
        assert any(may_write(p, line) for p in world.prescribers), line
    assert len(world.lines) >= 120


def test_no_line_gives_more_refills_than_its_schedule_allows(world: World) -> None:
    most = {0: 11, 2: 0, 3: 5, 4: 5, 5: 5}
    assert [line for line in world.lines if line.refills > most[line.schedule]] == []
    assert {line.schedule for line in world.lines} == {0, 2, 3, 4, 5}


def test_liquids_inhalers_insulin_and_eye_drops_are_among_the_lines(world: World) -> None:
    directions = " ".join(line.directions for line in world.lines)
    for word in (
        "mL by mouth",
        "puffs",
        "units under the skin",
        "drop in",
        "patch",
        "thin layer",
    ):
        assert word in directions


@pytest.mark.parametrize(("on", "age"), [((2026, 2, 28), 45), ((2026, 3, 1), 46)])
def test_someone_born_on_a_leap_day_ages_on_the_first_of_march(
    world: World, on: tuple[int, int, int], age: int
) -> None:
    person = next(p for p in world.people if (p.born_on.month, p.born_on.day) == (2, 29))
    expected = on[0] - person.born_on.year - (1 if on[1] == 2 else 0)
    assert person.age(date(*on)) == expected
    assert expected - age == 1980 - person.born_on.year


@pytest.mark.parametrize(
    ("schedules", "schedule", "may"),
    [("345", 2, False), ("345", 3, True), ("2345", 2, True), ("", 4, False), ("", 0, True)],
)
def test_nobody_writes_above_their_schedules(
    world: World, schedules: str, schedule: int, may: bool
) -> None:
    doctor = next(p for p in world.prescribers if p.specialty == "Family medicine")
    line = replace(world.lines[0], schedule=schedule)
    assert may_write(replace(doctor, schedules=schedules), line) is may


@pytest.mark.parametrize(
    ("specialty", "suits", "may"),
    [
        ("Optometry", "eye", True),
        ("Optometry", "adult", False),
        ("Pediatrics", "child", True),
        ("Pediatrics", "adult", False),
        ("Cardiology", "adult", True),
        ("Cardiology", "child", False),
        ("Dentistry", "eye", False),
    ],
)
def test_a_specialty_keeps_to_its_patients(
    world: World, specialty: str, suits: str, may: bool
) -> None:
    doctor = replace(world.prescribers[0], specialty=specialty)
    assert may_write(doctor, replace(world.lines[0], schedule=0, suits=suits)) is may


@pytest.mark.parametrize(
    ("name", "column", "bad", "says"),
    [
        ("people.csv", "born_on", "1980-02-30", "day"),
        ("drugs.csv", "days", "ten", "ten"),
        ("compounds.csv", "days", "ten", "ten"),
    ],
)
def test_a_broken_file_does_not_pass_in_silence(
    tmp_path: Path, name: str, column: str, bad: str, says: str
) -> None:
    for file in FILES:
        (tmp_path / file).write_bytes((DATA / file).read_bytes())
    head, first, *rest = (tmp_path / name).read_text().splitlines()
    values = first.split(",")
    values[head.split(",").index(column)] = bad
    (tmp_path / name).write_text("\n".join([head, ",".join(values), *rest]))
    with pytest.raises(ValueError, match=says):
        read_world(tmp_path)


def test_weights_are_exact_numbers(world: World) -> None:
    weights = [p.weight_kg for p in world.people if p.weight_kg is not None]
    assert weights
    assert all(isinstance(w, Decimal) and 2 < w < 200 for w in weights)


def test_a_post_carries_length_type_and_credential() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as (url, got):
        assert post(url) == Reply(200, b"ok")
    head = got[0].split(b"\r\n")
    assert head[0] == b"POST /script HTTP/1.1"
    assert b"Content-Length: 6" in head
    assert b"Content-Type: application/xml" in head
    assert b"Authorization: Bearer t" in head


@pytest.mark.parametrize(
    ("raw", "reply"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nto the end", Reply(200, b"to the end")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Reply(204, b"")),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            Reply(200, b"abcde"),
        ),
        (b"HTTP/1.1 422 X\r\nContent-Length: 3\r\n\r\nbad", Reply(422, b"bad")),
        (b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", Reply(500, b"")),
    ],
)
def test_any_form_of_http_answer_is_read(raw: bytes, reply: Reply) -> None:
    with answering(raw) as (url, _):
        assert post(url) == reply


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 429 Busy\r\n\r\n",
        b"HTTP/1.1 502 Gateway\r\n\r\n",
        b"HTTP/1.1 503 Down\r\n\r\n",
        b"HTTP/1.1 504 Late\r\n\r\n",
    ],
)
def test_no_answer_or_a_busy_one_means_unreachable(raw: bytes) -> None:
    with answering(raw) as (url, _), pytest.raises(Unreachable):
        post(url)


def test_a_closed_port_means_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable):
        post(f"http://127.0.0.1:{port}/script")


def test_silence_means_unreachable_after_the_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Unreachable, match="TimeoutError"):
            post(f"http://127.0.0.1:{port}/script", timeout=0.1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Mailbox("ftp://127.0.0.1/", token="t"),
        lambda: Mailbox("/script", token="t"),
        lambda: Mailbox("http:///script", token="t"),
    ],
)
def test_an_address_must_be_http_with_a_host(make: Callable[[], Mailbox]) -> None:
    with pytest.raises(BadAddress):
        make()
