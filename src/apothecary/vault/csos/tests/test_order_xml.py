"""What an electronic order says goes out and comes back as it is, or is refused by element."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.vault.csos.order_xml import (
    MOST_BYTES,
    NAMESPACE,
    Item,
    OrderPaper,
    Party,
    parsed,
    read_order,
    write_order,
)
from apothecary.wires.errors import Malformed

ITEM = Item(1, "00406055201", "oxycodone", "5 mg", "tablet", 2, "100 tablets", 3)
PAPER = OrderPaper(
    "26X00000A",
    date(2026, 11, 23),
    Party("Elm Pharmacy", "1 Elm Street", "AB1234563"),
    Party("Plains Wholesale", "1 Depot Road", "PB1111119"),
    (ITEM,),
)
LETTERS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30)
PARTIES = st.builds(Party, LETTERS, LETTERS, LETTERS)


def items(rows: list[tuple[str, int, int]]) -> tuple[Item, ...]:
    return tuple(
        Item(place, "00406055201", name, "5 mg", "tablet", schedule, "100", packages)
        for place, (name, schedule, packages) in enumerate(rows, start=1)
    )


PAPERS = st.builds(
    OrderPaper,
    LETTERS,
    st.dates(),
    PARTIES,
    PARTIES,
    st.lists(
        st.tuples(LETTERS, st.integers(0, 5), st.integers(1, 9_999)), min_size=1, max_size=5
    ).map(items),
)


def again(raw: bytes) -> OrderPaper:
    return read_order(parsed(raw))


@given(PAPERS)
def test_what_is_written_is_read_back(paper: OrderPaper) -> None:
    assert again(write_order(paper)) == paper


def changed(old: str, new: str) -> bytes:
    raw = write_order(PAPER)
    assert old.encode() in raw
    return raw.replace(old.encode(), new.encode(), 1)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (f' xmlns="{NAMESPACE}"', ' xmlns="urn:other"', "document"),
        ("<SignedOn>2026-11-23", "<SignedOn>2026-11-31", "SignedOn"),
        ("<SignedOn>2026-11-23", "<SignedOn>yesterday", "SignedOn"),
        ("<Packages>3<", "<Packages>0<", "Packages"),
        ("<Packages>3<", "<Packages>10000<", "Packages"),
        ("<Packages>3<", "<Packages>-3<", "Packages"),
        ("<Packages>3<", "<Packages>3.0<", "Packages"),
        ("<Packages>3<", "<Packages>\u0663<", "Packages"),
        ("<Packages>3<", f"<Packages>{'3' * 5000}<", "Packages"),
        ("<Packages>3<", "<Packages><a/>3<", "Packages"),
        ("<Schedule>2<", "<Schedule>6<", "Schedule"),
        ('number="1"', 'number="2"', "Items"),
        ("<DEA>AB1234563</DEA>", "", "Purchaser"),
        ("<DEA>AB1234563</DEA>", "<DEA>AB1234563</DEA><DEA>AB1234563</DEA>", "Purchaser"),
        ("<Items>", "<Extra/><Items>", "ControlledSubstanceOrder"),
        ("<NDC>00406055201</NDC>", "<NDC>00406055201</NDC><Note>more</Note>", "Item 1"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused_by_element(
    old: str, new: str, field: str
) -> None:
    with pytest.raises(Malformed) as refusal:
        again(changed(old, new))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not xml",
        b"<a>",
        b"\xff\xfe\x00",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"<a/>" + b" " * MOST_BYTES,
    ],
)
def test_what_is_no_plain_xml_is_no_order(raw: bytes) -> None:
    with pytest.raises(Malformed) as refusal:
        parsed(raw)
    assert refusal.value.field == "document"


def test_an_order_of_nothing_is_none() -> None:
    empty = OrderPaper("26X00000A", PAPER.signed_on, PAPER.purchaser, PAPER.supplier, ())
    with pytest.raises(Malformed, match="0 items"):
        again(write_order(empty))


def test_a_letter_that_xml_cannot_hold_is_refused_by_its_field() -> None:
    bad = Item(1, "0", "oxy\x00codone", "5 mg", "tablet", 2, "100", 1)
    with pytest.raises(Malformed) as refusal:
        write_order(
            OrderPaper("26X1", PAPER.signed_on, PAPER.purchaser, PAPER.supplier, (bad,))
        )
    assert refusal.value.field == "Name"
