"""What a strict order desk refuses, and where its 997 says the fault lies."""

from decimal import Decimal

import pytest

from simulators.tests.wholesale import (
    COLD,
    DEA,
    GOOD,
    ISA,
    SCHEDULE_4,
    Counter,
    Elements,
    Split,
    Want,
)
from simulators.wholesaler.records import Sold

HOUSES = ["caprock", "guadalupe", "blanco"]
BODY = [Want(GOOD, 2, "3.10"), Want(COLD, 1)]


@pytest.fixture
def counter() -> Counter:
    return Counter()


def answer(counter: Counter, key: str = "caprock") -> Split:
    return counter.paper("997", key)


def changed(body: list[Elements], start: list[str], place: int, value: str) -> list[Elements]:
    """The body with one element of the segment that begins so set otherwise."""
    made = [list(one) for one in body]
    found = next(one for one in made if one[: len(start)] == start)
    found += [""] * (place + 1 - len(found))
    found[place] = value
    return made


def without(body: list[Elements], *start: str) -> list[Elements]:
    return [one for one in body if one[: len(start)] != list(start)]


@pytest.mark.parametrize("key", HOUSES)
def test_a_good_order_is_accepted_in_every_dialect(counter: Counter, key: str) -> None:
    assert counter.order(*BODY, key=key).state == "taken"
    said = answer(counter, key)
    assert said.one("AK1") == ["AK1", "PO", "1"]
    assert said.one("AK2") == ["AK2", "850", "0001"]
    assert said.one("AK5") == ["AK5", "A"]
    assert said.one("AK9") == ["AK9", "A", "1", "1", "1"]
    assert counter.sold(key).po == "PO-1"


@pytest.mark.parametrize("key", HOUSES)
def test_an_ndc_in_the_dialects_own_shape_is_taken_as_well(counter: Counter, key: str) -> None:
    written = counter.house(key).dialect.ndc(GOOD)
    assert counter.order(Want(written, 1), key=key).state == "taken"
    assert answer(counter, key).has("AK5", "A")


@pytest.mark.parametrize(
    ("start", "place", "value", "position", "reference", "code"),
    [
        (["BEG"], 1, "05", 2, "353", "7"),
        (["BEG"], 2, "RL", 2, "92", "7"),
        (["BEG"], 3, "", 2, "324", "1"),
        (["BEG"], 3, "P" * 23, 2, "324", "7"),
        (["BEG"], 5, "", 2, "373", "1"),
        (["BEG"], 5, "20260231", 2, "373", "8"),
        (["BEG"], 5, "260302", 2, "373", "8"),
        (["REF", "IA"], 2, "0099999", 3, "127", "7"),
        (["N1", "BY"], 4, "FL9000023", 4, "67", "7"),
        (["N1", "ST"], 3, "11", 5, "66", "7"),
        (["N1", "ST"], 4, "0099999", 5, "67", "7"),
        (["PO1", "1"], 1, "", 6, "350", "1"),
        (["PO1", "2"], 1, "1", 7, "350", "7"),
        (["PO1", "1"], 2, "", 6, "330", "1"),
        (["PO1", "1"], 2, "0", 6, "330", "6"),
        (["PO1", "1"], 2, "-3", 6, "330", "6"),
        (["PO1", "1"], 2, "1.5", 6, "330", "6"),
        (["PO1", "1"], 2, "10000", 6, "330", "6"),
        (["PO1", "1"], 3, "KG", 6, "355", "7"),
        (["PO1", "1"], 4, "cheap", 6, "212", "6"),
        (["PO1", "1"], 4, "-1", 6, "212", "6"),
        (["PO1", "1"], 4, "NaN", 6, "212", "6"),
        (["PO1", "1"], 6, "ND", 6, "235", "7"),
        (["PO1", "1"], 6, "", 6, "235", "1"),
        (["PO1", "1"], 7, "6516200070", 6, "234", "6"),
        (["PO1", "1"], 7, "65162-0007-09", 6, "234", "6"),
        (["CTT"], 1, "3", 8, "354", "7"),
        (["CTT"], 2, "4", 8, "347", "7"),
    ],
)
def test_a_bad_element_is_named_with_its_segment_place_and_reason(
    counter: Counter, start: list[str], place: int, value: str, position: int, reference: str,
    code: str,
) -> None:  # fmt: skip
    body = changed(counter.body("caprock", BODY), start, place, value)
    assert counter.send(counter.written("caprock", body)).state == "taken"
    said = answer(counter)
    assert said.one("AK3") == ["AK3", start[0], str(position), "", "8"]
    assert said.one("AK4")[:4] == ["AK4", str(place), reference, code]
    assert said.one("AK4")[4:] == ([value] if value else [])
    assert said.one("AK5") == ["AK5", "R", "5"]
    assert said.one("AK9") == ["AK9", "R", "1", "1", "0"]
    assert counter.shop.memory.rows(Sold) == []
    assert counter.papers("855") == []


def test_every_flaw_of_an_order_comes_at_once(counter: Counter) -> None:
    body = changed(counter.body("caprock", BODY), ["BEG"], 2, "RL")
    body = changed(body, ["REF", "IA"], 2, "0")
    body = changed(body, ["PO1", "1"], 3, "KG")
    counter.send(counter.written("caprock", body))
    found = [one[1] for one in answer(counter).all("AK3")]
    assert found == ["BEG", "REF", "PO1", "CTT", "CTT"][: len(found)]
    assert {"BEG", "REF", "PO1"} <= set(found)


@pytest.mark.parametrize(
    ("start", "segment"),
    [(["BEG"], "BEG"), (["REF", "IA"], "REF"), (["N1", "ST"], "N1"), (["PO1"], "PO1")],
)
def test_a_segment_that_must_be_there_is_missed_by_name(
    counter: Counter, start: list[str], segment: str
) -> None:
    counter.send(counter.written("caprock", without(counter.body("caprock", BODY), *start)))
    said = answer(counter)
    assert [one for one in said.all("AK3") if one[1] == segment and one[4] == "3"]
    assert said.has("AK5", "R")
    assert counter.shop.memory.rows(Sold) == []


def test_a_segment_nobody_knows_is_named(counter: Counter) -> None:
    body = counter.body("caprock", BODY)
    counter.send(counter.written("caprock", [*body[:2], ["ZZZ", "1"], *body[2:]]))
    assert answer(counter).one("AK3") == ["AK3", "ZZZ", "4", "", "1"]


def test_a_controlled_line_needs_the_buyers_dea_number(counter: Counter) -> None:
    body = changed(counter.body("caprock", [Want(SCHEDULE_4)]), ["N1", "BY"], 3, "92")
    counter.send(counter.written("caprock", body))
    said = answer(counter)
    assert said.one("AK3") == ["AK3", "N1", "4", "", "8"]
    assert said.one("AK4") == ["AK4", "4", "67", "2"]


def test_what_is_not_controlled_is_sold_without_a_dea_number(counter: Counter) -> None:
    body = without(counter.body("caprock", [Want(GOOD)]), "N1", "BY")
    counter.send(counter.written("caprock", body))
    assert answer(counter).has("AK5", "A")


def test_a_controlled_line_with_the_right_dea_number_is_sold(counter: Counter) -> None:
    body = counter.body("caprock", [Want(SCHEDULE_4)])
    assert ["N1", "BY", "PECAN", "11", DEA] in body
    counter.send(counter.written("caprock", body))
    assert answer(counter).has("AK5", "A")


def test_an_order_number_is_good_only_once(counter: Counter) -> None:
    counter.order(Want(GOOD), po="PO-7")
    counter.order(Want(GOOD, 5), po="PO-7")
    first, second = counter.papers("997")
    assert first.has("AK5", "A")
    assert second.one("AK4") == ["AK4", "3", "324", "7", "PO-7"]
    assert len(counter.shop.memory.rows(Sold)) == 1


def test_the_same_order_number_may_be_used_at_another_wholesaler(counter: Counter) -> None:
    counter.order(Want(GOOD), po="PO-7")
    counter.order(Want(GOOD), po="PO-7", key="guadalupe")
    assert answer(counter, "guadalupe").has("AK5", "A")


def test_two_sets_of_a_group_with_one_order_number_are_one_order(counter: Counter) -> None:
    body = counter.body("caprock", [Want(GOOD)])
    counter.send(counter.written("caprock", body, body))
    said = answer(counter)
    assert [one[1] for one in said.all("AK5")] == ["A", "R"]
    assert said.one("AK9") == ["AK9", "P", "2", "2", "1"]
    assert len(counter.shop.memory.rows(Sold)) == 1


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        (b"SE*10*", b"SE*11*", ["4"]),
        (b"SE*10*0001", b"SE*10*0002", ["3"]),
        (b"SE*10*0001", b"SE*11*0002", ["3", "4"]),
    ],
)
def test_wrong_counts_and_control_numbers_of_a_set_are_refused(
    counter: Counter, old: bytes, new: bytes, codes: list[str]
) -> None:
    raw = counter.written("caprock", counter.body("caprock", BODY))
    count = len(counter.body("caprock", BODY)) + 2
    old = old.replace(b"10", str(count).encode())
    new = new.replace(b"10", str(count).encode()).replace(b"11", str(count + 1).encode())
    assert old in raw
    counter.send(raw.replace(old, new))
    assert answer(counter).one("AK5") == ["AK5", "R", *codes]
    assert counter.shop.memory.rows(Sold) == []


@pytest.mark.parametrize(
    ("old", "new", "code"), [(b"GE*1*1", b"GE*2*1", "5"), (b"GE*1*1", b"GE*1*9", "4")]
)
def test_a_group_with_a_wrong_end_is_refused_as_a_whole(
    counter: Counter, old: bytes, new: bytes, code: str
) -> None:
    raw = counter.written("caprock", counter.body("caprock", BODY))
    counter.send(raw.replace(old, new))
    assert answer(counter).one("AK9") == ["AK9", "R", "1", "1", "0", code]
    assert counter.shop.memory.rows(Sold) == []


@pytest.mark.parametrize(("group", "kind"), [("PO", "860"), ("IN", "810"), ("RA", "820")])
def test_a_paper_the_desk_does_not_take_is_refused_as_not_supported(
    counter: Counter, group: str, kind: str
) -> None:
    body = counter.body("caprock", BODY)
    counter.send(counter.written("caprock", body, group=group, kind=kind))
    said = answer(counter)
    assert said.one("AK1")[1] == group
    assert said.one("AK5") == ["AK5", "R", "1"]


def test_the_same_interchange_again_changes_nothing(counter: Counter) -> None:
    raw = counter.written("caprock", counter.body("caprock", BODY))
    assert counter.send(raw).state == "taken"
    assert counter.send(raw).state == "again"
    assert len(counter.papers("997")) == 1
    assert len(counter.papers("855")) == 1
    assert len(counter.shop.memory.rows(Sold)) == 1


def test_another_interchange_under_a_used_number_is_refused(counter: Counter) -> None:
    first = counter.written("caprock", counter.body("caprock", BODY), control=5)
    other = counter.written("caprock", counter.body("caprock", BODY, po="PO-2"), control=5)
    counter.send(first)
    receipt = counter.send(other)
    assert receipt.state == "refused"
    assert "ISA13" in receipt.says
    assert counter.paper("TA1").one("TA1")[4:] == ["R", "025"]
    assert [one.po for one in counter.shop.memory.rows(Sold)] == ["PO-1"]


@pytest.mark.parametrize(
    ("sender", "receiver", "note"),
    [("NOBODY", "", "006"), (ISA, "GUADALUPE", "008")],
)
def test_an_interchange_from_or_for_somebody_else_is_refused(
    counter: Counter, sender: str, receiver: str, note: str
) -> None:
    raw = counter.written(
        "caprock", counter.body("caprock", BODY), sender=sender, receiver=receiver
    )
    assert counter.send(raw).state == "refused"
    said = counter.paper("TA1")
    assert said.one("TA1")[1] == "000000001"
    assert said.one("TA1")[4:] == ["R", note]
    assert counter.shop.memory.rows(Sold) == []


def test_an_interchange_that_is_cut_off_is_refused_and_may_come_whole_later(
    counter: Counter,
) -> None:
    raw = counter.written("caprock", counter.body("caprock", BODY))
    receipt = counter.send(raw[: len(raw) // 2])
    assert (receipt.state, receipt.control) == ("refused", "000000001")
    assert counter.paper("TA1").one("TA1")[4:] == ["R", "023"]
    assert counter.send(raw).state == "taken"


def test_what_is_no_interchange_at_all_is_refused_without_a_receipt(counter: Counter) -> None:
    receipt = counter.send(b"PLEASE SEND TWO BOTTLES")
    assert receipt.state == "refused"
    assert "ISA" in receipt.says
    assert counter.yard.post.waiting("caprock") == []


def test_the_account_of_a_house_without_a_reference_is_the_ship_to(counter: Counter) -> None:
    body = changed(counter.body("guadalupe", [Want(GOOD)]), ["N1", "ST"], 4, "123")
    counter.send(counter.written("guadalupe", body), "guadalupe")
    said = answer(counter, "guadalupe")
    assert said.one("AK3")[1] == "N1"
    assert said.one("AK4") == ["AK4", "4", "67", "7", "123"]


def test_the_340b_account_buys_at_its_own_price(counter: Counter) -> None:
    body = changed(counter.body("caprock", [Want(GOOD)]), ["REF", "IA"], 2, "0012345B")
    body = changed(body, ["N1", "ST"], 4, "0012345B")
    counter.send(counter.written("caprock", body))
    discounted = Decimal(counter.paper("855").one("PO1")[4])
    other = Counter()
    other.order(Want(GOOD))
    assert discounted < Decimal(other.paper("855").one("PO1")[4])
    assert counter.sold().account == "0012345B"


def test_a_receipt_for_our_papers_is_noted(counter: Counter) -> None:
    counter.order(Want(GOOD))
    (paper,) = counter.waiting("855")
    body = [["AK1", "PR", paper.control], ["AK2", "855", "0001"], ["AK5", "A"],
            ["AK9", "A", "1", "1", "1"]]  # fmt: skip
    counter.send(counter.written("caprock", body, group="FA", kind="997"))
    (paper,) = counter.waiting("855")
    assert paper.answer == "A"
    # A receipt is not answered by another one.
    assert len(counter.waiting("997")) == 1


@pytest.mark.parametrize("status", ["A", "R", "E"])
def test_an_interchange_receipt_is_noted_too(counter: Counter, status: str) -> None:
    counter.order(Want(GOOD))
    (paper,) = counter.waiting("855")
    ta1 = f"TA1*{int(paper.control):09}*260302*0900*{status}*000~"
    raw = counter.written("caprock").replace(b"IEA*1*", ta1.encode() + b"IEA*0*")
    start, end = raw.index(b"GS*"), raw.index(b"TA1*")
    assert counter.send(raw[:start] + raw[end:]).state == "taken"
    assert [one.answer for one in counter.waiting("855")] == [status]


def test_a_receipt_for_a_paper_nobody_sent_changes_nothing(counter: Counter) -> None:
    counter.order(Want(GOOD))
    body = [["AK1", "PR", "999"], ["AK9", "A", "1", "1", "1"]]
    assert (
        counter.send(counter.written("caprock", body, group="FA", kind="997")).state == "taken"
    )
    assert [one.answer for one in counter.waiting("855")] == [""]
