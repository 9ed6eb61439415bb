"""The back office of the payer, asked over its socket."""

import socket

import pytest

from simulators.tests.counter import TODAY, RunningPayer, changed, header, written


def raw_exchange(payer: RunningPayer, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", payer.admin_port), timeout=5) as link:
        link.sendall(request)
        link.shutdown(socket.SHUT_WR)
        received = b""
        while part := link.recv(65536):
            received += part
        return received


def test_health_tells_port_and_state(payer: RunningPayer) -> None:
    status, health = payer.admin("GET", "/health")
    assert status == 200
    assert (health["up"], health["port"]) == (True, payer.port)


def test_a_payer_that_is_down_says_so(payer: RunningPayer) -> None:
    payer.admin("POST", "/faults", {"kind": "down"})
    assert payer.admin("GET", "/health")[1]["up"] is False
    assert payer.admin("DELETE", "/faults")[1]["up"] is True
    assert payer.admin("GET", "/health")[1]["port"] == payer.port


def test_faults_are_shown_until_they_are_taken_back(payer: RunningPayer) -> None:
    payer.admin("POST", "/faults", {"kind": "delay", "share": 0.5, "seconds": 0.1})
    shown = payer.admin("GET", "/faults")[1]
    assert shown["faults"] == [
        {"kind": "delay", "share": 0.5, "count": None, "seconds": 0.1, "code": "", "bin": ""}
    ]
    assert payer.admin("DELETE", "/faults")[1]["faults"] == []


def test_paid_claims_are_listed_newest_first(payer: RunningPayer) -> None:
    for rx in ("501", "502"):
        change = {"04": {"C2": f"CC0000{rx}"}, "07": {"D2": rx, "D7": f"98765{rx}001"}}
        with payer.till() as till:
            assert till.ask(written(header(), changed(change))).one("AN") == "P"
    claims = payer.admin("GET", "/claims")[1]["claims"]
    assert isinstance(claims, list)
    assert [claim["rx"] for claim in claims[:2]] == ["502", "501"]
    assert claims[0]["quantity"] == "30.000"
    assert claims[0]["state"] == "paid"


def test_the_log_can_be_emptied_without_losing_count(payer: RunningPayer) -> None:
    with payer.till() as till:
        till.ask(b"junk")
    before = payer.admin("GET", "/log")[1]
    last = before["requests"]
    assert isinstance(last, list)
    assert last[-1]["rejects"] == [["R8"]]
    assert "header has 4 of 56" in last[-1]["problem"]
    payer.admin("DELETE", "/log")
    after = payer.admin("GET", "/log")[1]
    assert after["requests"] == []
    assert after["seen"] == before["seen"]


def test_the_calendar_can_be_moved(payer: RunningPayer) -> None:
    raw = written(header(on="20260305"), changed({"04": {"C2": "DD0000001"}}))
    with payer.till() as till:
        assert till.ask(raw).all("FB") == ["15"]
        assert payer.admin("POST", "/today", {"today": "2026-03-05"})[0] == 200
        assert till.ask(raw).one("AN") == "P"
    assert payer.admin("POST", "/today", {"today": TODAY})[1] == {"today": TODAY}


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"GET /health HTTP/1.1\r\n\r\n", b"200"),
        (b"PUT /faults HTTP/1.1\r\n\r\n", b"422"),
        (b"POST /faults HTTP/1.1\r\nContent-Length: 1\r\n\r\n{", b"422"),
        (b"POST /faults HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"422"),
        (b"POST /faults HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", b"422"),
        (b"nonsense\r\n\r\n", b"404"),
    ],
)
def test_any_http_gets_an_answer(
    payer: RunningPayer, request_text: bytes, status: bytes
) -> None:
    assert raw_exchange(payer, request_text).split(b" ")[1] == status


@pytest.mark.parametrize(
    "request_text", [b"", b"GET /hea", b"POST /faults HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"]
)
def test_a_request_cut_short_ends_quietly(payer: RunningPayer, request_text: bytes) -> None:
    assert raw_exchange(payer, request_text) == b""
    assert payer.admin("GET", "/health")[0] == 200
