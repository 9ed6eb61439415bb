"""Misbehaviour: each kind does what it says, once, where it was asked for, and nothing else."""

import json
from datetime import date

import pytest

from simulators.tests.wholesale import COLD, GOOD, SHORT, TODAY, Counter, Split, Want, usd
from simulators.wholesaler.faults import (
    KINDS,
    NAMED,
    BadFault,
    Faults,
    read_fault,
    read_fault_text,
)
from simulators.wholesaler.records import Tote
from simulators.wholesaler.x12 import Unreadable, read

HOUSES = ("caprock", "guadalupe", "blanco", "mesquite")


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({}, "kind"),
        ({"kind": "sulk"}, "kind"),
        ({"kind": "damaged", "house": "elsewhere"}, "house"),
        ({"kind": "twice"}, "paper"),
        ({"kind": "twice", "paper": "850"}, "paper"),
        ({"kind": "damaged", "paper": "856"}, "paper"),
        ({"kind": "wrong_store", "paper": "epcis"}, "paper"),
        ({"kind": "wrong_count", "paper": "epcis"}, "paper"),
        ({"kind": "delay", "seconds": "soon"}, "seconds"),
        ({"kind": "delay", "seconds": -1}, "seconds"),
        ({"kind": "delay", "seconds": 10**9}, "seconds"),
        ({"kind": "damaged", "count": "often"}, "count"),
        ({"kind": "damaged", "colour": "red"}, "colour"),
        ({"kind": "dead", "house": "caprock"}, "one for all"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_by_its_part(
    values: dict[str, object], part: str
) -> None:
    with pytest.raises(BadFault, match=part):
        read_fault(values, houses=HOUSES)


def test_every_kind_can_be_set() -> None:
    for kind in KINDS:
        values: dict[str, object] = {"kind": kind}
        if kind in NAMED:
            values["paper"] = "856"
        assert read_fault(values, houses=HOUSES).kind == kind


def test_the_command_lines_form_means_the_same() -> None:
    fault = read_fault_text("twice:paper=810,house=blanco,count=3", houses=HOUSES)
    assert (fault.kind, fault.paper, fault.house, fault.count) == ("twice", "810", "blanco", 3)
    assert read_fault_text("damaged", houses=HOUSES).count == 1


def test_a_part_without_a_value_is_refused() -> None:
    with pytest.raises(BadFault, match="name=value"):
        read_fault_text("twice:paper", houses=HOUSES)


def test_waiting_times_have_a_default_of_their_own() -> None:
    seconds = {kind: read_fault({"kind": kind}, houses=HOUSES).seconds
               for kind in ("delay", "late_997", "late_856", "damaged")}  # fmt: skip
    assert seconds == {"delay": 2, "late_997": 3600, "late_856": 86400, "damaged": 0}


def test_a_fault_is_used_up_by_its_count() -> None:
    faults = Faults()
    faults.add(read_fault({"kind": "damaged", "count": 2}, houses=HOUSES))
    assert [bool(faults.take("damaged")) for _ in range(3)] == [True, True, False]
    assert faults.now() == []


def test_a_fault_without_a_count_stays() -> None:
    faults = Faults()
    faults.add(read_fault({"kind": "damaged", "count": 0}, houses=HOUSES))
    assert all(faults.take("damaged") for _ in range(50))
    faults.clear()
    assert faults.take("damaged") is None


@pytest.mark.parametrize(
    ("house", "paper", "strikes"),
    [("caprock", "856", True), ("caprock", "810", False), ("blanco", "856", False)],
)
def test_a_fault_strikes_only_its_house_and_paper(
    house: str, paper: str, strikes: bool
) -> None:
    faults = Faults()
    values: dict[str, object] = {"kind": "twice", "house": "caprock", "paper": "856"}
    faults.add(read_fault(values, houses=HOUSES))
    assert bool(faults.take("twice", house=house, paper=paper)) == strikes


# The papers


@pytest.mark.parametrize("paper", ["855", "856", "810", "epcis"])
def test_a_paper_may_come_twice_with_the_same_bytes(counter: Counter, paper: str) -> None:
    counter.fault("twice", paper=paper)
    counter.shipped(Want(GOOD))
    first, second = counter.waiting(paper)
    assert first.body == second.body
    assert first.id != second.id
    others = {"855", "856", "810", "epcis"} - {paper}
    assert [len(counter.waiting(one)) for one in others] == [1, 1, 1]


@pytest.mark.parametrize("paper", ["855", "856", "810"])
def test_a_paper_may_be_cut_off_in_the_middle(counter: Counter, paper: str) -> None:
    counter.fault("cut", paper=paper)
    counter.shipped(Want(GOOD))
    (found,) = counter.waiting(paper)
    with pytest.raises(Unreadable):
        read(found.body)


def test_a_tracing_document_may_be_cut_off_in_the_middle(counter: Counter) -> None:
    counter.fault("cut", paper="epcis")
    counter.shipped(Want(GOOD), key="guadalupe")
    (found,) = counter.waiting("epcis", "guadalupe")
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(found.body)


@pytest.mark.parametrize("paper", ["855", "856", "810"])
def test_a_paper_may_miscount_its_segments(counter: Counter, paper: str) -> None:
    counter.fault("wrong_count", paper=paper)
    counter.shipped(Want(GOOD))
    (found,) = counter.waiting(paper)
    (group,) = read(found.body).groups
    assert group.sets[0].problems == ["4"]


@pytest.mark.parametrize("paper", ["855", "856", "810"])
def test_a_paper_may_be_for_another_store(counter: Counter, paper: str) -> None:
    counter.fault("wrong_store", paper=paper)
    counter.shipped(Want(GOOD))
    stores = {kind: counter.paper(kind).one("N1", "ST")[4] for kind in ("855", "856", "810")}
    assert {kind for kind, store in stores.items() if store == "0099999"} == {paper}


def test_a_price_list_may_be_for_another_store(counter: Counter) -> None:
    counter.fault("wrong_store", house="guadalupe", paper="832")
    counter.yard.send_catalogues(counter.house("guadalupe"))
    assert counter.paper("832", "guadalupe").one("N1", "ST")[4] == "0099999"


def test_an_invoice_may_be_a_dollar_more_than_its_parts(counter: Counter) -> None:
    right, wrong = Counter(), counter
    wrong.fault("invoice_sum")
    right.shipped(Want(GOOD, 2))
    wrong.shipped(Want(GOOD, 2))
    good, bad = right.paper("810"), wrong.paper("810")
    assert usd(bad.one("TDS")[1]) == usd(good.one("TDS")[1]) + 1
    assert bad.all("IT1") == good.all("IT1")


def test_an_invoice_may_bill_more_than_was_acknowledged(counter: Counter) -> None:
    counter.fault("invoice_price")
    counter.shipped(Want(COLD, 2))
    said, answered = counter.paper("810"), counter.paper("855")
    assert said.one("IT1")[4] == "441.28"
    assert answered.one("PO1")[4] == "401.16"


def test_an_invoice_may_bill_a_bottle_that_was_not_shipped(counter: Counter) -> None:
    counter.fault("invoice_extra")
    counter.shipped(Want(GOOD, 2))
    assert counter.paper("810").one("IT1")[2] == "3"
    assert counter.paper("856").one("SN1")[2] == "2"
    assert len(counter.bottles()) == 2


@pytest.mark.parametrize(
    ("kind", "paper", "seconds"),
    [("late_997", "997", 3600), ("late_855", "855", 3600), ("late_856", "856", 86400)],
)
def test_a_paper_may_be_late(counter: Counter, kind: str, paper: str, seconds: int) -> None:
    counter.fault(kind)
    counter.shipped(Want(GOOD))
    assert counter.waiting(paper) == []
    assert len(counter.waiting("810")) == 1
    counter.shop.clock.advance(seconds - 5)
    assert counter.waiting(paper) == []
    counter.shop.clock.advance(5)
    assert len(counter.waiting(paper)) == 1


def test_a_receipt_may_never_come_and_the_order_goes_on(counter: Counter) -> None:
    counter.fault("no_997")
    counter.shipped(Want(GOOD))
    assert counter.waiting("997") == []
    assert len(counter.waiting("855")) == 1


# The totes


def _present(counter: Counter) -> list[tuple[str, int, int]]:
    """NDC, whether it is there, whether the papers tell it."""
    return [(one.ndc, one.present, one.on_papers) for one in counter.bottles()]


def _told(counter: Counter) -> int:
    return sum(int(one[2]) for one in counter.paper("856").all("SN1"))


NDC = "65162-007-09"


@pytest.mark.parametrize(
    ("kind", "there", "told"),
    [("missing", 2, 3), ("extra", 4, 3), ("wrong_item", 3, 3), ("damaged", 3, 3)],
)
def test_hands_find_other_than_the_papers_tell(
    counter: Counter, kind: str, there: int, told: int
) -> None:
    counter.fault(kind)
    counter.shipped(Want(GOOD, 3))
    assert sum(present for _, present, _ in _present(counter)) == there
    assert _told(counter) == told
    epcs = counter.waiting("epcis")[0].body.count(b"urn:epc:id:sgtin:")
    # Each package is told when it is made and when it is packed.
    assert epcs == 2 * told


def test_a_wrong_bottle_lies_where_the_right_one_should(counter: Counter) -> None:
    counter.fault("wrong_item")
    counter.shipped(Want(GOOD, 2))
    (missing, _, stray) = counter.bottles()
    assert (missing.ndc, missing.present, missing.on_papers) == (NDC, 0, 1)
    assert (stray.present, stray.on_papers, stray.tote) == (1, 0, missing.tote)
    assert stray.ndc != NDC


def test_a_broken_bottle_is_marked(counter: Counter) -> None:
    counter.fault("damaged")
    counter.shipped(Want(GOOD, 2))
    assert [one.is_damaged for one in counter.bottles()] == [1, 0]


@pytest.mark.parametrize(
    ("kind", "last"), [("expired", date(2026, 2, 28)), ("short_dated", date(2026, 4, 30))]
)
def test_a_lot_may_be_old(counter: Counter, kind: str, last: date) -> None:
    counter.fault(kind)
    counter.shipped(Want(GOOD, 2))
    old, good = counter.bottles()
    assert date.fromisoformat(old.expires_on) == last
    assert date.fromisoformat(good.expires_on) > TODAY
    assert old.lot != good.lot
    # The papers tell it honestly: it is the pharmacy that must look.
    assert [one[2] for one in counter.paper("856").all("DTM") if one[1] == "036"] == [
        last.strftime("%Y%m%d"), date.fromisoformat(good.expires_on).strftime("%Y%m%d"),
    ]  # fmt: skip


def test_a_cold_tote_may_arrive_warm_and_others_do_not_care(counter: Counter) -> None:
    counter.fault("warm")
    counter.shipped(Want(GOOD), Want(COLD))
    assert {one.arrived_c for one in counter.shop.memory.rows(Tote)} == {"12.4", "21.0"}


def test_a_serial_may_have_been_sold_to_another_store(counter: Counter) -> None:
    counter.fault("sold_elsewhere")
    counter.shipped(Want(GOOD, 2))
    assert [one.sold_to for one in counter.bottles()] == ["0099999", ""]


def test_a_lot_may_be_under_recall_with_its_notice(counter: Counter) -> None:
    counter.fault("recalled", seconds=60)
    counter.shipped(Want(GOOD, 2))
    assert counter.waiting("recall") == []
    counter.shop.clock.advance(61)
    (notice,) = counter.waiting("recall")
    assert counter.bottles()[0].lot in notice.body.decode()


def test_faults_of_one_shipment_do_not_reach_the_next(counter: Counter) -> None:
    for kind in ("missing", "damaged", "extra"):
        counter.fault(kind)
    counter.shipped(Want(GOOD, 2), po="PO-1")
    before = len(counter.bottles())
    counter.shipped(Want(SHORT, 2), po="PO-2")
    after = counter.bottles()[before:]
    assert [(one.present, one.is_damaged, one.on_papers) for one in after] == [(1, 0, 1)] * 2


def test_two_faults_may_strike_the_same_shipment(counter: Counter) -> None:
    counter.fault("wrong_store", paper="856")
    counter.fault("twice", paper="856")
    counter.shipped(Want(GOOD))
    first, second = (Split(one.body) for one in counter.waiting("856"))
    assert first.one("N1", "ST")[4] == second.one("N1", "ST")[4] == "0099999"
