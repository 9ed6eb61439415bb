"""The lines to wholesalers: addresses that are none, folders that fail, mailboxes that lie."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest

from apothecary.purchasing.papers.lines import (
    FolderLine,
    NoAnswer,
    NotConnected,
    Waiting,
    WebLine,
    line_to,
    lines_to,
    media_of,
)
from apothecary.wires.errors import Rejected, Unreachable

# Addresses


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://example.test/x", "open line"),
        ("ftp://example.test/x", "no address"),
        ("file:relative", "no address"),
        ("https:///nowhere", "no address"),
        ("https://me:secret@example.test/x", "no secret"),
        ("caprock", "no address"),
        ("", "no address"),
    ],
)
def test_an_address_that_is_none_is_refused_in_words_and_its_secret_is_not_repeated(
    address, says
):
    with pytest.raises(ValueError, match=says) as refusal:
        line_to(address)
    assert "secret@" not in str(refusal.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_plain_http_goes_to_this_machine_alone(host):
    assert isinstance(line_to(f"http://{host}:9/x"), WebLine)


def test_lines_are_told_apart_by_the_code_of_the_wholesaler(tmp_path):
    said = f"caprock=https://example.test/x, lone=file:{tmp_path}"
    lines = lines_to(said, tokens="caprock=t1")
    caprock, lone = lines["caprock"], lines["lone"]
    assert isinstance(caprock, WebLine)
    assert isinstance(lone, FolderLine)
    assert (caprock.token, lone.folder) == ("t1", tmp_path)
    assert "t1" not in repr(caprock)
    assert lines_to("") == {}


@pytest.mark.parametrize(
    "said", ["caprock", "caprock=", "=https://x.test", "a=file:/x,a=file:/y"]
)
def test_a_list_of_lines_with_a_hole_or_a_second_line_is_refused(said):
    with pytest.raises(ValueError, match=r"is not followed by|second line"):
        lines_to(said)


# Folders


@pytest.fixture
def folder(tmp_path) -> FolderLine:
    (tmp_path / "out").mkdir()
    return FolderLine(tmp_path)


def test_the_same_file_laid_down_twice_lies_there_once(folder):
    for _ in range(2):
        folder.send(b"ISA", name="000000007.x12")
    assert [one.name for one in (folder.folder / "in").iterdir()] == ["000000007.x12"]
    assert (folder.folder / "in" / "000000007.x12").read_bytes() == b"ISA"


def test_a_file_that_is_still_being_written_is_not_seen(folder):
    for name in (".half.x12", "b.x12", "a.x12"):
        (folder.folder / "out" / name).write_bytes(b"ISA")
    (folder.folder / "out" / "deeper").mkdir()
    assert [one.name for one in folder.waiting()] == ["a.x12", "b.x12"]


def test_what_was_taken_is_kept_and_never_written_over(folder):
    one = Waiting("a.x12", "a.x12")
    for content in (b"first", b"second"):
        (folder.folder / "out" / "a.x12").write_bytes(content)
        folder.done(one)
    kept = sorted((folder.folder / "kept").iterdir())
    assert [path.read_bytes() for path in kept] == [b"first", b"second"]


def test_a_folder_that_is_not_there_is_no_line_rather_than_an_empty_mailbox(tmp_path):
    line = FolderLine(tmp_path / "nowhere")
    with pytest.raises(NotConnected, match="no folder out"):
        line.waiting()
    one = Waiting("a", "a")
    for act in (line.fetch, line.done):
        with pytest.raises(Unreachable):
            act(one)


def test_a_file_where_a_folder_should_be_sends_nothing(tmp_path):
    (tmp_path / "in").write_text("in the way")
    with pytest.raises(NotConnected):
        FolderLine(tmp_path).send(b"ISA", name="a.x12")


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("a.x12", "application/edi-x12"),
        ("a.xml", "application/xml"),
        ("A.XML", "application/xml"),
        ("a.json", "application/json"),
        ("a", "application/edi-x12"),
        ("", "application/edi-x12"),
    ],
)
def test_a_file_is_what_its_name_ends_in(name, media):
    assert media_of(name) == media


@pytest.mark.parametrize(
    ("media", "x12"),
    [
        ("application/edi-x12", True),
        ("application/EDI-X12; charset=latin-1", True),
        ("", True),
        ("text/plain", True),
        ("application/json", False),
        ("application/xml", False),
    ],
)
def test_what_lies_in_a_mailbox_is_x12_by_its_kind(media, x12):
    assert Waiting("1", "1", media).is_x12 is x12


# The web


class Box(http.server.BaseHTTPRequestHandler):
    """A wholesaler that answers as it is told."""

    status: ClassVar[int] = 200
    body: ClassVar[bytes] = b""
    promised: ClassVar[int | None] = None
    asked: ClassVar[list[tuple[str, str, str]]] = []

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        Box.asked.append((self.command, self.path, self.headers.get("Authorization", "")))
        self.send_response(Box.status)
        self.send_header("Content-Length", str(Box.promised or len(Box.body)))
        self.end_headers()
        self.wfile.write(Box.body)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 theirs

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 theirs
        """Nothing to the terminal."""


@pytest.fixture
def box() -> Iterator[WebLine]:
    Box.status, Box.body, Box.promised, Box.asked = 200, b"", None, []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Box) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield WebLine(f"http://127.0.0.1:{server.server_port}/caprock/", token="t1")
        server.shutdown()


def test_an_order_is_posted_with_the_token_and_its_receipt_comes_back(box):
    Box.body = b"ISA*997"
    assert box.send(b"ISA", name="7") == b"ISA*997"
    assert Box.asked == [("POST", "/caprock/x12", "Bearer t1")]


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 500, 502, 503, 504])
def test_a_call_nobody_took_is_tried_again(box, status):
    Box.status = status
    with pytest.raises(NotConnected, match=str(status)):
        box.send(b"ISA", name="7")


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
def test_a_message_that_was_refused_is_not_tried_again(box, status):
    Box.status, Box.body = status, b"no such account"
    with pytest.raises(Rejected, match="no such account"):
        box.send(b"ISA", name="7")


def test_an_answer_that_is_cut_off_is_no_answer(box):
    Box.body, Box.promised = b"ISA*9", 5_000
    with pytest.raises(NoAnswer):
        box.send(b"ISA", name="7")


def test_nobody_at_the_other_end_is_not_connected():
    with pytest.raises(NotConnected):
        WebLine("http://127.0.0.1:9/x").waiting()


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"papers": 7}', b'{"papers": [7]}', b'{"papers": [{"name": "x"}]}'],
)
def test_a_list_that_cannot_be_read_is_no_answer_and_no_empty_mailbox(box, body):
    Box.body = body
    with pytest.raises(NoAnswer, match=r"cannot be read|no answer|broke"):
        box.waiting()


def test_an_id_that_would_ask_for_something_else_is_left_where_it_is(box):
    papers = [{"sequence": one, "name": "n"} for one in ("7", "../../x", "a?b", "", "٧", "8b")]
    Box.body = json.dumps({"papers": papers}).encode()
    assert [one.id for one in box.waiting()] == ["7", "8b"]


@pytest.mark.parametrize(
    ("status", "gone"), [(200, True), (204, True), (404, True), (500, False)]
)
def test_what_is_gone_from_the_mailbox_already_is_as_good_as_taken(box, status, gone):
    Box.status = status
    one = Waiting("7", "n")
    if gone:
        box.done(one)
    else:
        with pytest.raises(NoAnswer):
            box.done(one)
    assert Box.asked == [("DELETE", "/caprock/mailbox/7", "Bearer t1")]
