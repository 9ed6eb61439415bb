"""Whole conversations: from the price list to the shelf and back."""

import json
from collections import Counter as Tally
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import biip
import pytest
from lxml import etree

from simulators.tests.wholesale import (
    ALLOCATED,
    COLD,
    DEA,
    GOOD,
    REPLACED,
    REPLACEMENT,
    SCHEDULE_2,
    SHORT,
    Split,
    Want,
    usd,
)
from simulators.tests.wholesale_line import Json, Line, ThreadedWholesalers


@pytest.fixture
def line() -> Iterator[Line]:
    with ThreadedWholesalers() as found:
        yield found


def emptied(line: Line, key: str) -> list[tuple[str, bytes]]:
    """Fetch everything, take it away, and acknowledge each paper that wants it."""
    found, receipts = [], []
    for paper in line.mailbox(key):
        path = f"/{key}/mailbox/{paper['sequence']}"
        status, raw = line.ask("GET", path)
        assert status == 200
        found.append((paper["kind"], raw))
        if paper["kind"] in {"832", "855", "856", "810"}:
            group = Split(raw).one("GS")
            receipts.append([["AK1", group[1], group[6]], ["AK9", "A", "1", "1", "1"]])
        assert line.ask("DELETE", path)[0] == 204
    if receipts:
        raw = line.hand.written(key, *receipts, group="FA", kind="997")
        assert line.ask("POST", f"/{key}/x12", raw)[0] == 202
    return found


def one(papers: list[tuple[str, bytes]], kind: str) -> Split:
    (raw,) = [raw for name, raw in papers if name == kind]
    return Split(raw)


def scanned(line: Line, po: str) -> list[Json]:
    """What hands and scanner find in the totes of an order."""
    _, truth = line.office("GET", f"/totes?po={po}")
    return [package for tote in truth["totes"] for package in tote["packages"]]


def test_low_stock_comes_to_the_shelf_with_a_short_a_substitute_and_a_broken_bottle(
    line: Line,
) -> None:
    # The price list says what a bottle costs.
    line.office("POST", "/catalogues", {"house": "guadalupe"})
    listed = one(emptied(line, "guadalupe"), "832")
    prices = {
        loop[0][5]: next(part[3] for part in loop if part[0] == "CTP" and part[2] == "CON")
        for loop in listed.loops("LIN")
    }
    assert len(prices) == 402
    # An order at those prices; one line can only be short, one is replaced.
    wants = [Want(ndc, count, prices[f"0{ndc}"])
             for ndc, count in ((GOOD, 4), (SHORT, 3), (REPLACED, 1))]  # fmt: skip
    assert line.order(*wants, key="guadalupe", po="PO-88")[0] == 202
    answer = one(emptied(line, "guadalupe"), "855")
    assert [(part[1], part[2]) for part in answer.all("ACK")] == [
        ("IA", "4"), ("IQ", "2"), ("IB", "1"), ("IS", "1"),
    ]  # fmt: skip
    # It ships, and one bottle breaks on the way.
    line.office("POST", "/faults", {"kind": "damaged"})
    assert line.office("POST", "/ship", {"house": "guadalupe", "po": "PO-88"})[1] == {
        "bottles": 7
    }
    papers = emptied(line, "guadalupe")
    assert [kind for kind, _ in papers] == ["856", "epcis", "810"]
    # What hands find is what the notice says, but one of them is broken.
    found = scanned(line, "PO-88")
    assert Tally(package["ndc"] for package in found) == {
        "65162-007-09": 4, "65862-008-01": 2, "59762-1517-1": 1,
    }  # fmt: skip
    assert sum(package["is_damaged"] for package in found) == 1
    notice = one(papers, "856")
    assert sum(int(part[2]) for part in notice.all("SN1")) == len(found)
    # The bill is for what was shipped, at the prices of the answer.
    bill = one(papers, "810")
    assert [part[2] for part in bill.all("IT1")] == ["4", "2", "1"]
    assert [part[4] for part in bill.all("IT1")] == [part[4] for part in answer.all("PO1")]
    # And nobody at the wholesaler misses a receipt.
    said = line.office("GET", "/papers?within=0")[1]
    assert said["overdue"] == []
    assert {paper["kind"] for paper in said["answered"]} == {"832", "855", "856", "810"}


def test_the_tracing_document_lets_every_scan_be_checked(line: Line) -> None:
    line.order(Want(GOOD, 3), Want(COLD, 1), po="PO-9")
    line.office("POST", "/faults", {"kind": "epcis_lot"})
    line.office("POST", "/ship", {})
    (raw,) = [raw for kind, raw in emptied(line, "caprock") if kind == "epcis"]
    root = etree.fromstring(raw)
    told = {}
    for event in root.findall(".//ObjectEvent"):
        lot = event.findtext(".//{urn:epcglobal:cbv:mda}lotNumber")
        for epc in event.findall("epcList/epc"):
            told[str(epc.text).rsplit(".", 1)[1]] = lot
    wrong = []
    for package in scanned(line, "PO-9"):
        message = biip.parse(package["scan"]).gs1_message
        assert message is not None
        values = {element.ai.ai: element.value for element in message.element_strings}
        if told[values["21"]] != values["10"]:
            wrong.append(values["21"])
    assert len(wrong) == 1


def test_goods_that_come_before_their_papers(line: Line) -> None:
    line.office("POST", "/faults", {"kind": "late_856"})
    line.order(Want(GOOD), po="PO-3")
    line.office("POST", "/ship", {})
    assert [kind for kind, _ in emptied(line, "caprock")] == ["997", "855", "epcis", "810"]
    assert len(scanned(line, "PO-3")) == 1
    line.office("POST", "/clock", {"seconds": 86400})
    assert [kind for kind, _ in emptied(line, "caprock")] == ["856"]


def test_a_serial_known_from_elsewhere_is_found_out_by_asking(line: Line) -> None:
    line.office("POST", "/faults", {"kind": "sold_elsewhere"})
    line.order(Want(GOOD, 2), po="PO-4")
    line.office("POST", "/ship", {})
    answers = []
    for package in scanned(line, "PO-4"):
        exp = date.fromisoformat(package["expires_on"]).strftime("%y%m%d")
        path = f"/verify/gtin/{package['gtin']}/lot/{package['lot']}/ser/{package['serial']}"
        answers.append(json.loads(line.ask("GET", f"{path}?exp={exp}")[1])["data"])
    assert answers == [{"verified": False, "additionalInfo": "suspect"}, {"verified": True}]


def test_a_lot_recalled_after_it_was_received(line: Line) -> None:
    line.order(Want(GOOD, 2), po="PO-5")
    line.office("POST", "/ship", {})
    first = scanned(line, "PO-5")[0]
    line.office("POST", "/recalls", {"ndc": first["ndc"], "lots": first["lot"],
                                     "classification": "I"})  # fmt: skip
    (raw,) = [raw for kind, raw in emptied(line, "blanco") if kind == "recall"]
    (notice,) = json.loads(raw)["results"]
    assert notice["classification"] == "Class I"
    assert first["lot"] in notice["code_info"]
    assert first["ndc"] in notice["openfda"]["package_ndc"]


def test_an_outdate_goes_from_the_sweep_to_its_credit(line: Line) -> None:
    rows = [
        {"line": "1", "ndc": GOOD, "lot": "A", "expires_on": "2026-02-28", "quantity": "90"},
        {"line": "2", "ndc": SHORT, "lot": "B", "expires_on": "2026-08-31", "quantity": "37"},
        {"line": "3", "ndc": SCHEDULE_2, "lot": "C", "expires_on": "2026-01-31",
         "quantity": "12"},
        {"line": "4", "ndc": COLD, "lot": "D", "expires_on": "2024-12-31", "quantity": "15"},
    ]  # fmt: skip
    body = {"dea": DEA, "reference": "SWEEP-1", "lines": rows}
    status, said = line.ask("POST", "/mesquite/manifests", json.dumps(body).encode())
    assert status == 201
    answer = json.loads(said)
    taken = {row["line"]: row["because"] for row in answer["lines"]}
    assert [bool(taken[number]) for number in "1234"] == [False, False, True, True]
    line.office("POST", "/faults", {"kind": "credit_short"})
    line.office("POST", "/credits", {})
    (raw,) = [raw for kind, raw in emptied(line, "mesquite") if kind == "credit"]
    credit = json.loads(raw)
    assert [row["line"] for row in credit["lines"]] == ["1", "2"]
    assert {row["state"] for row in credit["lines"]} == {"short"}
    assert [row["counted"] for row in credit["lines"]] == ["45", "18.5"]
    assert Decimal(credit["total_usd"]) > 0


def test_an_allocated_item_is_had_from_another_wholesaler(line: Line) -> None:
    for key, po in (("caprock", "PO-6"), ("guadalupe", "PO-7")):
        line.order(Want(ALLOCATED, 3), key=key, po=po)
        assert one(emptied(line, key), "855").one("ACK")[1:3] == ["IA", "3"]
    assert line.office("POST", "/ship", {}) == (200, {"bottles": 6})
    serials = [package["serial"] for po in ("PO-6", "PO-7") for package in scanned(line, po)]
    assert len(set(serials)) == 6


def test_a_back_order_is_billed_when_it_goes_and_not_before(line: Line) -> None:
    line.order(Want(SHORT, 5), po="PO-8")
    line.office("POST", "/ship", {})
    first = one(emptied(line, "caprock"), "810")
    line.office("POST", "/release", {"house": "caprock", "po": "PO-8"})
    second = one(emptied(line, "caprock"), "810")
    assert [bill.one("IT1")[2] for bill in (first, second)] == ["2", "3"]
    assert first.one("BIG")[2] != second.one("BIG")[2]
    for bill in (first, second):
        goods = sum(Decimal(part[2]) * Decimal(part[4]) for part in bill.all("IT1"))
        fees = sum(usd(part[5]) * {"C": 1, "A": -1}[part[1]] for part in bill.all("SAC"))
        assert usd(bill.one("TDS")[1]) == goods + fees


def test_a_day_on_which_everything_goes_wrong_ends_with_the_truth_in_the_totes(
    line: Line,
) -> None:
    for fault in (
        {"kind": "missing"}, {"kind": "extra"}, {"kind": "expired"}, {"kind": "invoice_sum"},
        {"kind": "twice", "paper": "856"}, {"kind": "cut", "paper": "epcis"},
        {"kind": "wrong_store", "paper": "810"}, {"kind": "no_997"},
    ):  # fmt: skip
        assert line.office("POST", "/faults", fault)[0] == 200
    line.order(Want(GOOD, 3), po="PO-13")
    line.office("POST", "/ship", {})
    kinds = [kind for kind, _ in emptied(line, "caprock")]
    assert kinds == ["855", "856", "856", "epcis", "810"]
    found = scanned(line, "PO-13")
    # Of three, the expired one is missing; a fourth nobody wrote down lies there.
    assert [package["on_papers"] for package in found] == [True, True, False]
    assert all(package["expires_on"] > "2027" for package in found)
    assert line.office("GET", "/faults")[1]["faults"] == []


def test_the_substitute_is_traced_as_what_it_is(line: Line) -> None:
    line.order(Want(REPLACED), po="PO-11")
    line.office("POST", "/ship", {})
    (package,) = scanned(line, "PO-11")
    scan = biip.parse(package["scan"])
    assert scan.gtin is not None
    assert scan.gtin.as_gtin_14()[3:13] == "5976215171"
    assert REPLACEMENT.startswith("59762")
