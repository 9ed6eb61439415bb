"""The papers' port: posting, fetching, taking away, verifying, returning, and a bad line."""

import json
import socket
from collections.abc import Iterator
from http.client import RemoteDisconnected
from urllib.error import URLError

import pytest

from simulators.tests.wholesale import DEA, GOOD, ISA, SHORT, Counter, Split, Want
from simulators.tests.wholesale_line import Line, ThreadedWholesalers

JSON = "application/json"


@pytest.fixture
def line() -> Iterator[Line]:
    with ThreadedWholesalers() as found:
        yield found


def test_an_order_goes_in_and_its_papers_come_out(line: Line) -> None:
    assert line.order(Want(GOOD, 2)) == (202, {"state": "taken", "control": "000000001"})
    assert line.office("POST", "/ship", {"house": "caprock", "po": "PO-1"}) == (
        200, {"bottles": 2},
    )  # fmt: skip
    kinds = [one["kind"] for one in line.mailbox()]
    assert kinds == ["997", "855", "856", "epcis", "810"]
    assert Split(line.fetch("caprock", "856")).one("PRF")[1] == "PO-1"
    assert line.mailbox("guadalupe") == []


def test_the_same_interchange_again_is_told_so(line: Line) -> None:
    raw = line.hand.written("caprock", line.hand.body("caprock", [Want(GOOD)]))
    first, _ = line.ask("POST", "/caprock/x12", raw)
    again, said = line.ask("POST", "/caprock/x12", raw)
    assert (first, again) == (202, 200)
    assert json.loads(said) == {"state": "again", "control": "000000001"}


def test_an_interchange_that_cannot_be_taken_says_why(line: Line) -> None:
    raw = line.hand.written("caprock", line.hand.body("caprock", [Want(GOOD)]))
    status, said = line.ask("POST", "/caprock/x12", raw[:-30])
    assert status == 422
    assert "cut off" in json.loads(said)["problem"]
    assert [one["kind"] for one in line.mailbox()] == ["TA1"]


def test_a_paper_stays_until_it_is_taken_away(line: Line) -> None:
    line.order(Want(GOOD))
    first, second = line.mailbox()
    path = f"/caprock/mailbox/{first['sequence']}"
    assert line.ask("GET", path)[0] == 200
    assert line.mailbox() == [first, second]
    assert line.ask("DELETE", path) == (204, b"")
    assert line.mailbox() == [second]
    assert line.ask("DELETE", path)[0] == 204
    assert line.ask("GET", path)[0] == 404


def test_a_paper_tells_its_kind_name_and_size(line: Line) -> None:
    line.order(Want(GOOD))
    first = line.mailbox()[0]
    assert first["media"] == "application/edi-x12"
    assert first["name"] == "caprock-000000001-997.x12"
    assert first["bytes"] == len(line.fetch("caprock", "997"))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/caprock/x12", 405),
        ("PUT", "/caprock/mailbox", 405),
        ("POST", "/caprock/mailbox/1", 405),
        ("GET", "/caprock/mailbox/77", 404),
        ("GET", "/elsewhere/mailbox", 404),
        ("GET", "/caprock", 404),
        ("GET", "/", 404),
        ("GET", "/caprock/manifests", 404),
        ("POST", "/mesquite/x12", 404),
        ("POST", "/mesquite/returns", 404),
        ("GET", "/mesquite/manifests", 405),
        ("GET", "/mesquite/manifests/RA1", 404),
        ("GET", "/caprock/returns/RA1", 404),
        ("POST", "/verify/gtin/1", 405),
        ("GET", "/caprock/x12/more", 404),
    ],
)
def test_what_is_not_there_or_not_done_is_told(
    line: Line, method: str, path: str, status: int
) -> None:
    raw = b"" if method in {"POST", "PUT"} else None
    assert line.ask(method, path, raw)[0] == status


def test_a_body_of_another_kind_is_not_looked_at(line: Line) -> None:
    assert line.ask("POST", "/caprock/x12", b"ISA", media="text/plain")[0] == 415
    assert line.ask("POST", "/caprock/x12", b"ISA", media="application/octet-stream")[0] == 422


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("POST /caprock/x12 HTTP/1.1\r\n\r\n", b"411"),
        ("POST /caprock/x12 HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"411"),
        ("POST /caprock/x12 HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        ("NONSENSE\r\n\r\n", b"404"),
    ],
)
def test_a_request_without_a_sensible_length_is_refused(
    line: Line, head: str, status: bytes
) -> None:
    port = int(line.base.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.sendall(head.encode())
        assert raw.recv(4096).split()[1] == status


def test_a_caller_who_hangs_up_breaks_nothing(line: Line) -> None:
    port = int(line.base.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.sendall(b"POST /caprock/x12 HTTP/1.1\r\nContent-Length: 500\r\n\r\nISA*00")
    assert line.order(Want(GOOD))[0] == 202


def test_a_token_is_asked_for_where_one_is_set() -> None:
    with ThreadedWholesalers(credential="open sesame") as line:
        assert line.ask("GET", "/caprock/mailbox")[0] == 401
        assert line.ask("GET", "/caprock/mailbox", token="open")[0] == 401
        assert line.ask("GET", "/caprock/mailbox", token="open sesame")[0] == 200
        raw = line.hand.written("caprock", line.hand.body("caprock", [Want(GOOD)]))
        assert line.ask("POST", "/caprock/x12", raw)[0] == 401
        assert line.ask("GET", "/caprock/mailbox", token="open sesame")[1] == b'{"papers": []}'


def test_a_package_is_verified_over_the_line(line: Line) -> None:
    line.order(Want(GOOD))
    line.office("POST", "/ship", {})
    _, truth = line.office("GET", "/totes")
    (bottle,) = truth["totes"][0]["packages"]
    exp = bottle["expires_on"][2:].replace("-", "")
    path = f"/verify/gtin/{bottle['gtin']}/lot/{bottle['lot']}/ser/{bottle['serial']}"
    status, said = line.ask("GET", f"{path}?exp={exp}")
    assert (status, json.loads(said)["data"]) == (200, {"verified": True})
    status, said = line.ask("GET", path)
    assert status == 422
    assert "exp=YYMMDD" in json.loads(said)["problem"]


def test_a_manifest_is_taken_and_credited_over_the_line(line: Line) -> None:
    row = {"line": "1", "ndc": GOOD, "lot": "L1", "expires_on": "2026-02-28", "quantity": "90"}
    body = {"dea": DEA, "reference": "M-1", "lines": [row]}
    raw = json.dumps(body).encode()
    status, said = line.ask("POST", "/mesquite/manifests", raw, media=JSON)
    assert status == 201
    number = json.loads(said)["authorization"]
    assert line.office("GET", "/returns") == (200, {"waiting": [number]})
    line.office("POST", "/credits", {})
    credit = json.loads(line.fetch("mesquite", "credit"))
    assert credit["authorization"] == number
    status, said = line.ask("GET", f"/mesquite/manifests/{number}")
    assert json.loads(said)["credit"] == credit
    status, said = line.ask("POST", "/mesquite/manifests", raw, media=JSON)
    assert (status, json.loads(said)["authorization"]) == (201, number)


def test_a_saleable_return_is_taken_over_the_line(line: Line) -> None:
    line.order(Want(GOOD))
    line.office("POST", "/ship", {})
    _, truth = line.office("GET", "/totes")
    (bottle,) = truth["totes"][0]["packages"]
    row = {"line": "1", "ndc": GOOD, "serial": bottle["serial"], "lot": bottle["lot"],
           "expires_on": bottle["expires_on"], "quantity": "90"}  # fmt: skip
    body = {"account": "0012345", "reference": "R-1", "lines": [row]}
    status, said = line.ask("POST", "/caprock/returns", json.dumps(body).encode(), media=JSON)
    assert status == 201
    number = json.loads(said)["authorization"]
    assert line.ask("GET", f"/caprock/returns/{number}")[0] == 200


@pytest.mark.parametrize("path", ["/mesquite/manifests", "/caprock/returns"])
@pytest.mark.parametrize("raw", [b"", b"nonsense", b"[1]", b"{}"])
def test_a_return_that_is_no_json_object_is_refused(line: Line, path: str, raw: bytes) -> None:
    status, said = line.ask("POST", path, raw, media=JSON)
    assert status == 422
    assert json.loads(said)["problem"]


# A bad line


def test_a_dead_line_refuses_callers_until_it_is_mended(line: Line) -> None:
    line.office("POST", "/faults", {"kind": "dead"})
    with pytest.raises(URLError, match="refused"):
        line.mailbox()
    assert line.office("GET", "/health")[1]["up"] is False
    line.office("DELETE", "/faults")
    assert line.mailbox() == []


def test_a_busy_line_takes_nothing(line: Line) -> None:
    line.office("POST", "/faults", {"kind": "busy"})
    raw = line.hand.written("caprock", line.hand.body("caprock", [Want(GOOD)]))
    assert line.ask("POST", "/caprock/x12", raw)[0] == 503
    assert line.mailbox() == []
    assert line.ask("POST", "/caprock/x12", raw)[0] == 202


def test_a_dropped_line_has_taken_the_order_all_the_same(line: Line) -> None:
    line.office("POST", "/faults", {"kind": "drop"})
    raw = line.hand.written("caprock", line.hand.body("caprock", [Want(GOOD)]))
    with pytest.raises(RemoteDisconnected):
        line.ask("POST", "/caprock/x12", raw)
    assert line.ask("POST", "/caprock/x12", raw)[0] == 200
    assert len(line.office("GET", "/orders")[1]["orders"]) == 1


def test_a_slow_line_answers_in_the_end(line: Line) -> None:
    line.office("POST", "/faults", {"kind": "delay", "seconds": 1, "house": "caprock"})
    assert line.mailbox("guadalupe") == []
    assert line.office("GET", "/faults")[1]["faults"]
    assert line.mailbox("caprock") == []
    assert line.office("GET", "/faults")[1]["faults"] == []


def test_orders_of_two_callers_at_once_are_two_orders(line: Line) -> None:
    first = line.hand.written("caprock", line.hand.body("caprock", [Want(GOOD)], po="A"))
    second = line.hand.written("guadalupe", Counter().body("guadalupe", [Want(SHORT)], po="A"))
    assert ISA.encode() in first
    assert line.ask("POST", "/caprock/x12", first)[0] == 202
    assert line.ask("POST", "/guadalupe/x12", second)[0] == 202
    houses = [one["house"] for one in line.office("GET", "/orders")[1]["orders"]]
    assert houses == ["caprock", "guadalupe"]
