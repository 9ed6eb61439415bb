"""The payer's web link: one claim a request, credentials, its own certificate, bad days."""

import base64
import http.client
import socket
import ssl
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from simulators.payer.web import make_certificate
from simulators.tests.counter import Response, RunningPayer, changed, header, written

OCTETS = "application/octet-stream"
numbers = count(1)


@pytest.fixture(scope="module")
def web_payer() -> Iterator[RunningPayer]:
    payer = RunningPayer("--web-port", "0", "--credential", "s3cret")
    yield payer
    payer.stop()


@pytest.fixture
def calm(web_payer: RunningPayer) -> Iterator[RunningPayer]:
    yield web_payer
    web_payer.admin("DELETE", "/faults")


def fresh_claim() -> bytes:
    number = next(numbers)
    change = {
        "04": {"C2": f"WW{number:07d}"},
        "07": {"D2": str(9000 + number), "D7": f"99999{number:04d}01"},
    }
    return written(header(), changed(change))


def post(
    payer: RunningPayer, body: bytes, *, path: str = "/claims", method: str = "POST",
    kind: str = OCTETS, authorization: str = "Bearer s3cret", timeout: float = 5,
    context: ssl.SSLContext | None = None,
) -> tuple[int, bytes]:  # fmt: skip
    url = urlsplit(payer.web)
    assert url.hostname is not None
    link: http.client.HTTPConnection
    if url.scheme == "https":
        link = http.client.HTTPSConnection(
            url.hostname, url.port, timeout=timeout, context=context
        )
    else:
        link = http.client.HTTPConnection(url.hostname, url.port, timeout=timeout)
    try:
        fields = {"Content-Type": kind, "Authorization": authorization}
        link.request(method, path, body, {k: v for k, v in fields.items() if v})
        reply = link.getresponse()
        return reply.status, reply.read()
    finally:
        link.close()


def test_a_claim_posted_is_paid_and_posted_again_is_a_duplicate(calm: RunningPayer) -> None:
    raw = fresh_claim()
    answers = [post(calm, raw) for _ in range(2)]
    assert [status for status, _ in answers] == [200, 200]
    assert [Response(b.decode("latin-1")).one("AN") for _, b in answers] == ["P", "D"]


def test_both_links_lead_to_the_same_memory(calm: RunningPayer) -> None:
    raw = fresh_claim()
    with calm.till() as till:
        assert till.ask(raw).one("AN") == "P"
    assert Response(post(calm, raw)[1].decode("latin-1")).one("AN") == "D"


def test_a_framed_body_is_understood_as_well(calm: RunningPayer) -> None:
    status, body = post(calm, b"\x02" + fresh_claim() + b"\x03")
    assert (status, Response(body.decode("latin-1")).one("AN")) == (200, "P")


def test_what_is_no_claim_is_answered_with_a_reject_and_not_an_error(
    calm: RunningPayer,
) -> None:
    status, body = post(calm, b"nonsense")
    assert (status, Response(body.decode("latin-1")).all("FB")) == (200, ["R8"])


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("Bearer s3cret", 200),
        ("bearer s3cret", 200),
        ("Basic " + base64.b64encode(b"store:s3cret").decode(), 200),
        ("Basic " + base64.b64encode(b"store:wrong").decode(), 401),
        ("Basic !!!", 401),
        ("Bearer wrong", 401),
        ("Bearer s3cr\xe9t", 401),
        ("Digest s3cret", 401),
        ("", 401),
    ],
)
def test_only_the_credential_opens_the_link(
    calm: RunningPayer, authorization: str, status: int
) -> None:
    before = calm.admin("GET", "/health")[1]["seen"]
    assert post(calm, fresh_claim(), authorization=authorization)[0] == status
    seen = calm.admin("GET", "/health")[1]["seen"]
    assert seen == (int(str(before)) + (status == 200))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"path": "/claim"}, 404),
        ({"path": "/"}, 404),
        ({"method": "PUT"}, 405),
        ({"method": "GET"}, 405),
        ({"kind": "text/plain"}, 415),
        ({"kind": ""}, 415),
    ],
)
def test_other_requests_are_refused_by_the_right_status(
    calm: RunningPayer, change: dict[str, str], status: int
) -> None:
    asked = {"path": "/claims", "method": "POST", "kind": OCTETS, **change}
    got, _ = post(
        calm, fresh_claim(), path=asked["path"], method=asked["method"], kind=asked["kind"]
    )
    assert got == status


@pytest.mark.parametrize(
    ("line", "status"),
    [(b"", b"411"), (b"Content-Length: x\r\n", b"411"), (b"Content-Length: 99999\r\n", b"413")],
)
def test_a_body_of_no_known_or_too_great_length_is_refused(
    calm: RunningPayer, line: bytes, status: bytes
) -> None:
    url = urlsplit(calm.web)
    with socket.create_connection((url.hostname, url.port), timeout=5) as link:
        link.sendall(
            b"POST /claims HTTP/1.1\r\nAuthorization: Bearer s3cret\r\n"
            b"Content-Type: application/octet-stream\r\n" + line + b"\r\n"
        )
        assert link.recv(4096).split(b" ")[1] == status


def test_a_caller_who_hangs_up_in_the_middle_harms_nobody(calm: RunningPayer) -> None:
    url = urlsplit(calm.web)
    for part in (b"", b"POST /cla", b"POST /claims HTTP/1.1\r\nContent-Length: 9\r\n\r\n1"):
        with socket.create_connection((url.hostname, url.port), timeout=5) as link:
            link.sendall(part)
    assert post(calm, fresh_claim())[0] == 200


@pytest.mark.parametrize("kind", ["drop", "cut"])
def test_a_lost_answer_is_found_again_as_a_duplicate(calm: RunningPayer, kind: str) -> None:
    calm.admin("POST", "/faults", {"kind": kind, "count": 1})
    raw = fresh_claim()
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        post(calm, raw)
    assert Response(post(calm, raw)[1].decode("latin-1")).one("AN") == "D"


def test_a_silent_payer_leaves_the_caller_waiting(calm: RunningPayer) -> None:
    calm.admin("POST", "/faults", {"kind": "silent", "count": 1})
    with pytest.raises(TimeoutError):
        post(calm, fresh_claim(), timeout=0.3)


def test_garbage_and_rejects_come_over_the_web_as_well(calm: RunningPayer) -> None:
    calm.admin("POST", "/faults", {"kind": "garbage", "count": 1})
    calm.admin("POST", "/faults", {"kind": "reject", "code": "92", "count": 1})
    assert not post(calm, fresh_claim())[1].startswith(b"D0")
    assert Response(post(calm, fresh_claim())[1].decode("latin-1")).all("FB") == ["92"]


def test_a_payer_that_is_down_is_unavailable_on_the_web(calm: RunningPayer) -> None:
    calm.admin("POST", "/faults", {"kind": "down"})
    assert post(calm, fresh_claim())[0] == 503
    calm.admin("DELETE", "/faults")
    assert post(calm, fresh_claim())[0] == 200


def test_over_tls_the_certificate_made_at_the_start_is_the_one_to_trust(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "tls"
    payer = RunningPayer("--web-port", "0", "--tls", str(folder))
    try:
        assert payer.web.startswith("https://")
        context = ssl.create_default_context(cafile=str(folder / "payer.crt"))
        status, body = post(payer, fresh_claim(), authorization="", context=context)
        assert (status, Response(body.decode("latin-1")).one("AN")) == (200, "P")
        with pytest.raises(ssl.SSLCertVerificationError):
            post(payer, fresh_claim(), context=ssl.create_default_context())
    finally:
        payer.stop()


def test_a_certificate_is_made_once_and_its_key_is_nobody_elses(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    first = make_certificate(tmp_path, now=now).read_bytes()
    assert make_certificate(tmp_path, now=now).read_bytes() == first
    assert stat.S_IMODE((tmp_path / "payer.key").stat().st_mode) == 0o600
    (tmp_path / "payer.key").unlink()
    assert make_certificate(tmp_path, now=now).read_bytes() != first
