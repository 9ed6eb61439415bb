"""The monitoring programme of the box: what it takes, refuses, holds and gives out."""

import http.client
import json
import threading
from collections.abc import Iterator

import pytest

from simulators.monitoring.books import Books
from simulators.monitoring.report import BadFile, take_apart
from simulators.monitoring.web import Desk, server

STAMP = "20260116010203"
PAT = "PAT*******DOE*JANE****200 OAK AVE**ANYTOWN*MN*55401**19800229*F*01"


def dispensing(number: str = "7001", *, does: str = "00", dea: str = "AD1234563") -> list[str]:
    """The segments of one good record."""
    dispensed = f"DSP*{does}*{number}*20260110*0*20260112*0*01*00406012501*30*7*01*05*00"
    return [PAT, dispensed, f"PRE**{dea}"]


def file_of(*told: list[str], control: str = "C1", message: str = "") -> bytes:
    """A whole file of these records, its counts right."""
    inner = [row for one in told for row in one]
    rows = [
        f"TH*4.2B*{control}*01**20260115*101500*P**~",
        f"IS*6125550100*SAMPLE*{message}",
        "PHA***AB1234563",
        *inner,
        f"TP*{len(inner) + 2}",
    ]
    return "".join(f"{row}~" for row in [*rows, f"TT*{control}*{len(rows) + 1}"]).encode()


def said(books: Books, raw: bytes) -> list[list[str]]:
    """The segments of the answer."""
    text = books.take(raw, stamp=STAMP).decode().replace("\r\n", "")
    return [piece.split("*") for piece in text.split("~") if piece]


def errors(books: Books, raw: bytes) -> list[list[str]]:
    """What was said to be wrong with single records."""
    rows = said(books, raw)
    assert rows[0][3] == "02"
    assert rows[-1][2] == str(len(rows))
    return [row[1:5] for row in rows if row[0] == "ERR"]


def test_a_good_file_is_read_and_its_dispensings_are_held() -> None:
    books = Books()
    assert errors(books, file_of(dispensing(), dispensing("7002"))) == []
    assert len(books.held) == 2


def test_the_same_file_again_gets_the_same_answer_and_is_held_once() -> None:
    books, raw = Books(), file_of(dispensing())
    assert books.take(raw, stamp=STAMP) == books.take(raw, stamp="20270101000000")
    assert (len(books.held), books.again) == (1, 1)


def test_another_file_of_the_same_number_is_not_taken() -> None:
    books = Books()
    books.take(file_of(dispensing()), stamp=STAMP)
    assert said(books, file_of(dispensing("7002")))[0][3] == "03"
    assert len(books.held) == 1


def test_a_dispensing_told_twice_as_new_is_refused() -> None:
    books = Books()
    books.take(file_of(dispensing()), stamp=STAMP)
    assert errors(books, file_of(dispensing(), control="C2")) == [["1", "7001", "DSP02", "201"]]


def test_a_void_takes_away_what_is_held_and_nothing_else() -> None:
    books = Books()
    books.take(file_of(dispensing()), stamp=STAMP)
    void = file_of(dispensing("7002", does="02"), control="C2")
    assert errors(books, void) == [["1", "7002", "DSP02", "202"]]
    assert errors(books, file_of(dispensing(does="02"), control="C3")) == []
    assert not books.held


def test_a_refused_record_is_revised_and_one_never_told_is_not() -> None:
    books = Books({"AD1234563"})
    assert errors(books, file_of(dispensing())) == [["1", "7001", "PRE02", "401"]]
    again = dispensing(does="01", dea="BD1234565")
    assert errors(books, file_of(again, control="C2")) == []
    other = dispensing("7009", does="01", dea="BD1234565")
    assert errors(books, file_of(other, control="C3")) == [["1", "7009", "DSP02", "203"]]


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        ("*DOE*", "**", "PAT07"), ("*19800229*", "**", "PAT18"), ("*20260110*", "**", "DSP03"),
        ("*00406012501*", "**", "DSP08"), ("*30*7*", "**7*", "DSP09"),
        ("PRE**AD1234563", "PRE*", "PRE02"),
    ],
)  # fmt: skip
def test_a_missing_element_is_named(old: str, new: str, element: str) -> None:
    raw = file_of(dispensing()).decode()
    assert old in raw
    books = Books()
    assert errors(books, raw.replace(old, new, 1).encode())[0][2] == element
    assert not books.held


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("TT*C1*8", "TT*C1*9", "segments"), ("TT*C1", "TT*C2", "no trailer"),
        ("TP*5", "TP*6", "TP01"), ("*C1*01*", "*C1*04*", "TH03"), ("TH*", "XX*", "TH"),
    ],
)  # fmt: skip
def test_a_file_that_miscounts_is_not_taken(old: str, new: str, says: str) -> None:
    raw = file_of(dispensing()).decode()
    assert old in raw
    with pytest.raises(BadFile, match=says):
        take_apart(raw.replace(old, new, 1).encode())


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_a_file_cut_short_is_never_taken(cut: int) -> None:
    assert said(Books(), file_of(dispensing())[:cut])[0][3] == "03"


def test_a_report_of_nothing_is_kept_with_its_period() -> None:
    books = Books()
    zero = ["PAT*******REPORT*ZERO", "DSP*****20260107", "PRE*", "CDI*", "AIR*"]
    assert errors(books, file_of(zero, message="#20260101#-#20260107#")) == []
    assert books.zeros == ["#20260101#-#20260107#"]


@pytest.fixture
def desk() -> Iterator[tuple[Desk, int]]:
    """A programme on a real socket."""
    made = Desk(Books(), token="t")
    with server(made, "127.0.0.1", 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield made, running.server_port
        running.shutdown()


def ask(
    port: int, method: str, path: str, body: bytes = b"", token: str = "t"
) -> tuple[int, bytes]:
    """One call; status and body."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request(method, path, body, {"Authorization": f"Bearer {token}"})
    reply = line.getresponse()
    found = reply.status, reply.read()
    line.close()
    return found


def test_over_its_line_it_takes_reports_and_gives_a_history(desk: tuple[Desk, int]) -> None:
    status, body = ask(desk[1], "POST", "/TX", file_of(dispensing()))
    assert (status, body[:3]) == (200, b"TH*")
    status, body = ask(desk[1], "GET", "/history?last=doe&first=jane&born=19800229")
    (fill,) = json.loads(body)["fills"]
    assert (fill["prescriber"], fill["quantity"]) == ("AD1234563", "30")
    status, body = ask(desk[1], "GET", "/history?last=doe&first=jane&born=19800228")
    assert json.loads(body) == {"fills": []}
    assert ask(desk[1], "GET", "/office", token="x")[0] == 401


def test_a_fault_is_had_once_and_a_lost_answer_has_been_acted_on(
    desk: tuple[Desk, int],
) -> None:
    books, port, raw = desk[0].books, desk[1], file_of(dispensing())
    assert ask(port, "POST", "/office/faults", b'["down", "refuse", "lost"]')[0] == 200
    assert ask(port, "POST", "/TX", raw)[0] == 500
    assert ask(port, "POST", "/TX", raw)[0] == 422
    assert not books.held
    with pytest.raises(http.client.RemoteDisconnected):
        ask(port, "POST", "/TX", raw)
    assert len(books.held) == 1
    assert ask(port, "POST", "/TX", raw)[0] == 200
    assert (len(books.held), books.again) == (1, 1)


@pytest.mark.parametrize("body", [b"{", b'{"a": 1}', b'["sulk"]'])
def test_a_fault_it_does_not_know_is_refused(desk: tuple[Desk, int], body: bytes) -> None:
    assert ask(desk[1], "POST", "/office/faults", body)[0] == 422
    assert desk[0].faults == []
