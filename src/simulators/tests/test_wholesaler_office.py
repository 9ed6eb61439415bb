"""The back office: the truth in the totes, papers without receipts, time, and refusals."""

import json
from collections.abc import Iterator

import biip
import pytest

from simulators.tests.wholesale import (
    COLD,
    GOOD,
    NO_DAY,
    SHORT,
    Split,
    Want,
)
from simulators.tests.wholesale_line import Json, Line, ThreadedWholesalers


@pytest.fixture
def line() -> Iterator[Line]:
    with ThreadedWholesalers() as found:
        yield found


def totes(line: Line, path: str = "/totes") -> list[Json]:
    found: list[Json] = line.office("GET", path)[1]["totes"]
    return found


def shipped(line: Line, *wants: Want, key: str = "caprock", po: str = "PO-1") -> None:
    assert line.order(*wants, key=key, po=po)[0] == 202
    status, _ = line.office("POST", "/ship", {"house": key, "po": po})
    assert status == 200


def refused(line: Line, method: str, path: str, body: object = None) -> str:
    status, said = line.office(method, path, body)
    assert status == 422, said
    return str(said["problem"])


def test_health_tells_who_is_there_and_what_time_it_is(line: Line) -> None:
    line.order(Want(GOOD))
    status, said = line.office("GET", "/health")
    assert status == 200
    assert said["up"] is True
    assert said["wholesalers"] == ["caprock", "guadalupe", "blanco", "mesquite"]
    assert said["taken"] == 1
    assert said["now"].startswith("2026-03-02T12:0")


def test_each_tote_shows_what_a_hand_would_scan(line: Line) -> None:
    shipped(line, Want(GOOD, 2), Want(COLD), Want(NO_DAY))
    found = totes(line)
    assert [len(one["packages"]) for one in found] == [1, 3]
    assert [one["arrived_c"] for one in found] == ["4.1", "21.0"]
    for tote in found:
        label = biip.parse(tote["scan"])
        assert label.sscc is not None
        assert label.sscc.value == tote["sscc"]
        for package in tote["packages"]:
            scanned = biip.parse(package["scan"])
            assert scanned.gtin is not None
            assert scanned.gtin.as_gtin_14() == package["gtin"]
            assert scanned.gs1_message is not None
            last = scanned.gs1_message.element_strings.filter(ai="17")[0].date
            assert last is not None
            assert last.isoformat() == package["expires_on"]


def test_the_truth_may_be_asked_by_house_and_order(line: Line) -> None:
    shipped(line, Want(GOOD), po="A")
    shipped(line, Want(GOOD), po="B")
    shipped(line, Want(GOOD), po="A", key="guadalupe")
    assert len(totes(line)) == 3
    assert [one["po"] for one in totes(line, "/totes?house=caprock")] == ["A", "B"]
    assert [one["house"] for one in totes(line, "/totes?po=A")] == ["caprock", "guadalupe"]
    assert totes(line, "/totes?house=blanco") == []


def test_the_truth_leaves_out_what_is_missing_and_shows_what_nobody_wrote(line: Line) -> None:
    for kind in ("missing", "extra"):
        line.office("POST", "/faults", {"kind": kind})
    shipped(line, Want(GOOD, 2))
    (tote,) = totes(line)
    assert [one["on_papers"] for one in tote["packages"]] == [True, False]
    assert Split(line.fetch("caprock", "856")).one("SN1")[2] == "2"


def test_totes_are_on_the_way_until_they_arrive(line: Line) -> None:
    shipped(line, Want(GOOD))
    assert [one["state"] for one in totes(line)] == ["arrived"]


def test_papers_without_a_receipt_in_time_are_named(line: Line) -> None:
    shipped(line, Want(GOOD))
    assert line.office("GET", "/papers")[1]["overdue"] == []
    line.office("POST", "/clock", {"seconds": 86401})
    late = line.office("GET", "/papers")[1]["overdue"]
    assert [one["kind"] for one in late] == ["855", "856", "810"]
    assert {one["po"] for one in late} == {"PO-1"}


def test_a_receipt_takes_a_paper_off_the_list(line: Line) -> None:
    shipped(line, Want(GOOD))
    number = Split(line.fetch("caprock", "810")).one("GS")[6]
    body = [["AK1", "IN", number], ["AK9", "R", "1", "1", "0"]]
    raw = line.hand.written("caprock", body, group="FA", kind="997")
    assert line.ask("POST", "/caprock/x12", raw)[0] == 202
    said = line.office("GET", "/papers?within=0")[1]
    assert [one["kind"] for one in said["overdue"]] == ["855", "856"]
    assert [(one["kind"], one["answer"]) for one in said["answered"]] == [("810", "R")]


def test_receipts_and_tracing_documents_are_not_waited_for(line: Line) -> None:
    shipped(line, Want(GOOD))
    kinds = {one["kind"] for one in line.office("GET", "/papers?within=0")[1]["overdue"]}
    assert kinds == {"855", "856", "810"}


def test_orders_show_what_went_and_what_waits(line: Line) -> None:
    shipped(line, Want(SHORT, 5))
    (order,) = line.office("GET", "/orders")[1]["orders"]
    (one,) = order["lines"]
    assert (order["po"], order["state"]) == ("PO-1", "shipped")
    assert (one["wanted"], one["sent"], one["back"], one["ready"]) == (5, 2, 3, 0)
    assert line.office("POST", "/release", {"house": "caprock", "po": "PO-1"}) == (
        200, {"bottles": 3},
    )  # fmt: skip


def test_all_open_orders_may_ship_at_one_word(line: Line) -> None:
    line.order(Want(GOOD, 2), po="A")
    line.order(Want(GOOD, 3), po="B", key="guadalupe")
    assert line.office("POST", "/ship", {}) == (200, {"bottles": 5})
    assert line.office("POST", "/ship", {}) == (200, {"bottles": 0})


def test_the_clock_moves_forward_only(line: Line) -> None:
    line.office("POST", "/clock", {"today": "2026-04-01"})
    assert line.office("GET", "/health")[1]["now"].startswith("2026-04-01T12:0")
    assert "not set back" in refused(line, "POST", "/clock", {"today": "2026-03-31"})


def test_the_catalogue_tells_prices_by_account_and_behaviour(line: Line) -> None:
    items = line.office("GET", "/catalogue?house=caprock")[1]["items"]
    assert len(items) == 402
    one = next(item for item in items if item["ndc"] == "65862-008-01")
    assert one["behaviour"] == "short:2"
    assert one["item"].startswith("1")
    assert set(one["prices_usd"]) == {"0012345", "0012345B"}


def test_price_lists_are_sent_on_request(line: Line) -> None:
    assert line.office("POST", "/catalogues", {"house": "guadalupe"}) == (200, {"items": 402})
    assert Split(line.fetch("guadalupe", "832")).one("BCT") == ["BCT", "PS", "GUA00001"]


def test_a_recall_is_begun_on_request(line: Line) -> None:
    asked = {"ndc": "65162-007-09", "lots": "A1 B2", "classification": "I", "reason": "GLASS"}
    status, said = line.office("POST", "/recalls", asked)
    assert status == 200
    assert json.loads(line.fetch("blanco", "recall")) == said
    assert line.office("GET", "/recalls")[1]["recalls"] == [said]


@pytest.mark.parametrize(
    ("method", "path", "body", "part"),
    [
        ("POST", "/ship", {"house": "elsewhere", "po": "A"}, "house"),
        ("POST", "/ship", {"house": "caprock", "po": "A"}, "po"),
        ("POST", "/release", {"house": "caprock"}, "po"),
        ("POST", "/catalogues", {}, "house"),
        ("GET", "/catalogue", None, "house"),
        ("POST", "/recalls", {"ndc": "65162000709", "lots": "A"}, "hyphens"),
        ("POST", "/recalls", {"ndc": "65162-007-09"}, "lots"),
        ("POST", "/recalls", {"ndc": "65162-007-09", "lots": "A", "classification": "IV"},
         "classification"),
        ("POST", "/clock", {"seconds": -1}, "seconds"),
        ("POST", "/clock", {"seconds": "soon"}, "seconds"),
        ("POST", "/clock", {"today": "tomorrow"}, "today"),
        ("GET", "/papers?within=x", None, "within"),
        ("POST", "/faults", {"kind": "sulk"}, "kind"),
        ("PUT", "/faults", {}, "only GET, POST and DELETE"),
        ("POST", "/ship", ["a"], "object"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_by_its_part(
    line: Line, method: str, path: str, body: object, part: str
) -> None:
    assert part in refused(line, method, path, body)


def test_a_body_that_is_no_json_is_refused(line: Line) -> None:
    status, said = line.ask("POST", "/ship", b"{", base=line.admin_base)
    assert (status, "body" in json.loads(said)["problem"]) == (422, True)


def test_what_is_not_there_is_told(line: Line) -> None:
    status, said = line.office("GET", "/secrets")
    assert (status, said) == (404, {"problem": "GET /secrets is not here"})


def test_everything_that_was_handed_in_is_written_down(line: Line) -> None:
    line.order(Want(GOOD))
    line.ask("POST", "/caprock/x12", b"HELLO")
    log = line.office("GET", "/log")[1]["taken"]
    assert [(one["state"], one["by"]) for one in log] == [("taken", "web"), ("refused", "web")]
    assert log[1]["raw"] == "HELLO"
    assert "ISA" in log[1]["says"]


def test_the_faults_that_can_be_asked_for_are_listed(line: Line) -> None:
    line.office("POST", "/faults", {"kind": "twice", "paper": "810", "count": 2})
    said = line.office("GET", "/faults")[1]
    assert said["faults"][0]["paper"] == "810"
    assert {"dead", "twice", "damaged", "credit_denied"} <= set(said["kinds"])
    assert line.office("DELETE", "/faults")[1]["faults"] == []
