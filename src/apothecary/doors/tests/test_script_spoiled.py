"""POST /script: whatever a partner sends is kept, answered in SCRIPT, and breaks nothing."""

import base64
import threading
from dataclasses import fields
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from lxml import etree

from apothecary.config.tests.world import build_world
from apothecary.doors.tests.test_script import BEARER, FRESH, TOKEN, make_partner
from apothecary.intake.models import Arrival
from apothecary.intake.tests.messages import Rx
from apothecary.staff.signon import stand_in
from apothecary.wires.models import Incoming

SPOILED = (
    *("", " ", "-1", "0", "1E400", "NaN", "sNaN", "-Infinity", "9" * 30, "9" * 5000),
    *("0001-01-01", "9999-12-31", "9999-12-31T23:59:59.9Z", "2026-02-30", "²", "٣", "½"),
    *("Ω\u202e𝔘e\u0301", "x" * 100_000, "a|b^c~d&amp;e\\f", "&#27;[2J", "&#0;", "&#xD800;"),
    *("%s{{x}}", "&lt;script&gt;", "<!-- c -->", "<a/>", "]]>", "<![CDATA[<x>]]>", "&bomb;"),
)
TEXTS = [field.name for field in fields(Rx) if field.type in {"str", str}]
BOMB = (
    b"<!DOCTYPE Message ["
    + b"".join(
        b'<!ENTITY %c "%s">' % (97 + n, b"&%c;" % (96 + n) * 10 if n else b"ha" * 10)
        for n in range(9)
    )
    + b"]><Message "
)
OUTSIDE = b'<!DOCTYPE Message [<!ENTITY a SYSTEM "file:///etc/passwd">]><Message '


@pytest.fixture
def house(pharmacy):
    make_partner(pharmacy)
    return pharmacy


def send(raw: bytes, headers: dict[str, str] = BEARER, kind: str = "application/xml") -> Any:
    client = Client()
    client.raise_request_exception = False
    return client.post("/script", data=raw, content_type=kind, headers=headers)


def code(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    (inner,) = etree.fromstring(answer.content).iterfind("Body/*")
    return str(inner.tag)


@pytest.mark.parametrize("name", TEXTS)
def test_no_field_of_a_message_however_spoiled_breaks_the_door(house, name):
    wrong = []
    for number, value in enumerate(SPOILED):
        own = {"message_id": f"M{number}", "order_number": f"P{number}"}
        raw = Rx(**(FRESH | own | {name: value})).xml()
        answer = send(raw)
        kept = answer.status_code == 200 and Incoming.objects.filter(raw=raw).exists()
        if not kept or code(answer) not in {"Status", "Error", "Verify"}:
            wrong.append((value[:40], answer.status_code))
    assert wrong == []


@pytest.mark.parametrize(
    "raw",
    [
        Rx(**FRESH, sender="a\0b").xml(),
        Rx(**FRESH).xml().replace(b"MSG0001", b"MSG\x000001"),
        Rx(**FRESH).xml().replace(b"MSG0001", b"MSG\xff\xfe1"),
        Rx(**FRESH).xml().replace(b"Jane", b"\xe9\xff"),
        Rx(**FRESH).xml().replace(b"UTF-8", b"latin-1"),
        Rx(**FRESH).xml().replace(b"UTF-8", b"ebcdic-of-mars"),
        Rx(**FRESH).xml().decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        b"\xef\xbb\xbf" + Rx(**FRESH).xml(),
        Rx(**FRESH).xml() + b"\n\n",
        Rx(**FRESH).xml() * 2,
        Rx(**FRESH).xml().replace(b"<Message ", BOMB, 1).replace(b"Jane", b"&i;"),
        Rx(**FRESH).xml().replace(b"<Message ", OUTSIDE, 1).replace(b"Jane", b"&a;"),
        b"<Message>" * 5000,
        b"<Message>" * 5000 + b"</Message>" * 5000,
        b"\0" * 1000,
    ],
    ids=range(15),
)
def test_bytes_of_every_kind_are_kept_as_they_came_and_answered(house, raw):
    assert code(send(raw)) in {"Status", "Error"}
    assert bytes(Incoming.objects.get().raw) == raw
    arrivals = Arrival.objects.filter(sent__contains="root:")
    assert not arrivals


@pytest.mark.parametrize(
    "kind",
    ["text/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "application/json", ""],
)  # fmt: skip
def test_the_bytes_count_whatever_the_sender_calls_them(house, kind):
    raw = Rx(**FRESH).xml()
    assert code(send(raw, kind=kind)) == "Status"
    assert bytes(Incoming.objects.get().raw) == raw


def test_a_body_beyond_eight_megabytes_is_turned_away_and_not_kept(house):
    answer = send(b"<Message>" + b" " * (8 * 1024 * 1024) + b"</Message>")
    assert answer.status_code in {400, 413}
    stand_in(house.pharmacy.pk)
    assert not Incoming.objects.exists()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer   {TOKEN} ", 200),
        (f"BASIC {base64.b64encode(f':{TOKEN}'.encode()).decode()}", 200),
        (f"Basic {base64.b64encode(f'a:b:{TOKEN}'.encode()).decode()}", 401),
        (f"Basic {base64.b64encode(TOKEN.encode()).decode()}", 401),
        ("Basic " + "A" * 100_000, 401),
        ("Basic \xff\xfe", 401),
        ("Basic //8=", 401),
        ("Bearer \xff", 401),
        ("Bearer " + "x" * 100_000, 401),
        (f"Bearer {TOKEN}\t{TOKEN}", 401),
        (TOKEN, 401),
        ("Bearer", 401),
        (f"Token {TOKEN}", 401),
    ],
)
def test_a_credential_is_whole_or_none(house, header, status):
    answer = send(Rx(**FRESH).xml(), {"Authorization": header})
    assert answer.status_code == status


def test_a_workers_token_opens_no_partners_door_and_the_other_way_round(house):
    page = Client(headers=BEARER).get("/api/fills")
    assert page.status_code == 401


def test_the_same_number_with_another_prescription_is_refused_and_kept(house):
    """Else the second patient's prescription would be answered as taken and be lost."""
    first = Rx(**FRESH).xml()
    assert code(send(first)) == "Status"
    other = Rx(**FRESH, quantity="60").xml()
    answer = send(other)
    assert code(answer) == "Error"
    assert b"MSG0001" in answer.content
    assert Arrival.objects.count() == 1
    assert {bytes(each.raw) for each in Incoming.objects.all()} == {first, other}


def test_the_same_message_sent_again_later_is_the_same_message(house):
    first = send(Rx(**FRESH).xml())
    again = send(Rx(**(FRESH | {"sent_at": "2026-11-23T18:00:00.0Z"})).xml())
    assert first.content == again.content
    assert Arrival.objects.count() == Incoming.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_prescriptions_under_one_number_at_once_are_one_arrival_and_one_error():
    world = build_world()
    make_partner(world)
    raws = [Rx(**FRESH, quantity=quantity).xml() for quantity in ("30", "60") * 4]
    tags: list[str] = []
    start = threading.Barrier(len(raws))

    def one(raw: bytes) -> None:
        start.wait()
        tags.append(code(send(raw)))
        connection.close()

    threads = [threading.Thread(target=one, args=(raw,)) for raw in raws]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stand_in(world.pharmacy.pk)
    assert sorted(tags) == ["Error"] * 4 + ["Status"] * 4
    assert Arrival.objects.count() == 1
    assert Incoming.objects.count() == 2
