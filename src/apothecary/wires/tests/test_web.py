"""A post to a party outside: what each answer means, and what is no line."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from apothecary.wires.errors import Rejected
from apothecary.wires.web import (
    Custom,
    Naming,
    NoAnswer,
    NotConnected,
    Post,
    lines_named,
    pairs,
    web_address,
)

CUSTOM = Custom(
    party="the party", media="text/x-word", largest=16, at_fault=frozenset({400, 422})
)
NAMING = Naming(valid=str.isupper, key="a name", address="a party", sends="words")


class Party(BaseHTTPRequestHandler):
    """Answers with the status its path names, and keeps what it was sent."""

    heard: list[tuple[str, str | None, str | None, bytes]] = []

    def do_POST(self):
        size = int(self.headers["Content-Length"])
        said = self.rfile.read(size)
        self.heard.append(
            (self.path, self.headers["Content-Type"], self.headers["Authorization"], said)
        )
        _, status, length, body = self.path.split("/")
        self.send_response(int(status))
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *said):
        """Say nothing."""


@pytest.fixture(scope="module")
def address():
    with HTTPServer(("127.0.0.1", 0), Party) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("status", [200, 201, 202])
def test_an_answer_of_one_that_took_it_is_the_body(address, status):
    assert Post(f"{address}/{status}/4/took").post(b"word", CUSTOM) == b"took"


def test_bytes_kind_and_token_arrive_as_they_are(address):
    Party.heard.clear()
    Post(f"{address}/200/2/ok", "secret").post(b"\x00\xff", CUSTOM)
    Post(f"{address}/200/2/ok").post(b"", CUSTOM)
    assert Party.heard == [
        ("/200/2/ok", "text/x-word", "Bearer secret", b"\x00\xff"),
        ("/200/2/ok", "text/x-word", None, b""),
    ]


@pytest.mark.parametrize("status", [400, 422])
def test_what_is_at_fault_is_not_sent_again(address, status):
    with pytest.raises(Rejected, match=f"the party refused what was sent: {status} bad"):
        Post(f"{address}/{status}/3/bad").post(b"word", CUSTOM)


@pytest.mark.parametrize("status", [401, 404, 409, 429, 500, 503])
def test_any_other_status_is_a_call_that_was_not_taken_and_is_tried_again(address, status):
    with pytest.raises(NotConnected, match=f"the party did not take the call: {status} no"):
        Post(f"{address}/{status}/2/no").post(b"word", CUSTOM)


def test_a_refusal_is_kept_no_longer_than_a_person_reads(address):
    custom = Custom(party="it", media="x", largest=2_000, at_fault=frozenset({400}))
    with pytest.raises(Rejected) as refusal:
        Post(f"{address}/400/900/{'n' * 900}").post(b"", custom)
    assert str(refusal.value) == f"it refused what was sent: 400 {'n' * 500}"


def test_an_answer_as_long_as_it_may_be_is_taken_and_one_byte_more_is_none(address):
    assert Post(f"{address}/200/16/{'a' * 16}").post(b"", CUSTOM) == b"a" * 16
    with pytest.raises(NoAnswer, match="cut off or too long"):
        Post(f"{address}/200/17/{'a' * 17}").post(b"", CUSTOM)


def test_an_answer_that_breaks_off_is_no_answer_for_it_may_have_arrived(address):
    with pytest.raises(NoAnswer):
        Post(f"{address}/200/12/half").post(b"word", CUSTOM)


def test_where_nobody_listens_nothing_has_arrived():
    with pytest.raises(NotConnected, match=r"no line to 127\.0\.0\.1:9"):
        Post("http://127.0.0.1:9/").post(b"word", CUSTOM)


def test_a_token_is_never_in_what_is_printed():
    assert "secret" not in repr(Post("https://a", "secret"))


def test_lines_are_named_in_order_with_their_tokens_and_the_authority():
    made = lines_named(
        " A=https://a , B=https://b,", NAMING, post_at, tokens="B=t", ca_file="/ca"
    )
    assert list(made.items()) == [
        ("A", Post("https://a", "", "/ca")),
        ("B", Post("https://b", "t", "/ca")),
    ]


def post_at(address, *, token, ca_file):
    return Post(web_address(address, NAMING), token, ca_file)


def test_a_second_line_under_one_name_is_named():
    with pytest.raises(ValueError, match="'A' has a second line"):
        lines_named("A=https://a,A=https://b", NAMING, post_at)


@pytest.mark.parametrize("text", ["a=https://a", "=https://a", "A", "A=", "A=x,b=y"])
def test_what_is_no_pair_is_named(text):
    with pytest.raises(ValueError, match="is not a name followed by = and a value"):
        pairs(text, NAMING)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ftp://a", "no address of a party"),
        ("https://", "no address of a party"),
        ("a", "no address of a party"),
        ("http://a.example/x", "would send words over an open line"),
        ("https://me@a.example/", "no secret"),
        ("https://:pw@a.example/", "no secret"),
    ],
)
def test_what_is_no_address_is_named(address, says):
    with pytest.raises(ValueError, match=says):
        web_address(address, NAMING)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_plain_http_is_for_this_machine_alone(host):
    assert web_address(f"http://{host}:8/x", NAMING) == f"http://{host}:8/x"
