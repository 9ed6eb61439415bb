"""A package's way as four stations: every mixture of told, come, odd and gone."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from apothecary.purchasing.tracing.history import (
    LONGEST,
    Arrived,
    History,
    Sold,
    drawn,
    short,
    spoken,
)

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
UNTIL = date(2028, 6, 30)
SOLD = Sold(
    gtin="00368180098012", serial="S1", lot="L7", expires_on=UNTIL, name="lisinopril",
    strength="10 mg", form="tablet", ndc="68180098001", maker="Lupin", seller="Plains Drug",
    seller_address="1 Dock St", transaction_on=AT.date(), shipped_at=AT, orders="PO1",
    invoices="", statement="complied", document_id=1, document="D1",
)  # fmt: skip
CAME = Arrived(
    received_id=1, received_at=AT, condition="good", put_away_at=AT, lot_id=1, lot="L7",
    expires_on=UNTIL, wholesaler="Plains Drug", place="Shelf", undone_at=None, held="",
    received_on=AT.date(),
)  # fmt: skip


def way(
    sold: Sold | None = SOLD, came: Arrived | None = CAME, now: str = "Shelf 100"
) -> History:
    return History("00368180098012", "S1", sold, came, now)


def odd(found: History) -> list[bool]:
    return [one.is_odd for one in found.stations()]


def test_a_package_as_it_should_be_has_nothing_to_look_at():
    assert odd(way()) == [False] * 4
    assert [one.says for one in way().stations()] == [
        "Lupin",
        "Plains Drug",
        "as it was told",
        "Shelf 100",
    ]


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({}, False),
        ({"lot": "L8"}, True),
        ({"expires_on": date(2028, 7, 31)}, True),
        ({"expires_on": None}, False),
    ],
)
def test_another_lot_or_expiry_is_odd_and_an_untold_expiry_is_not(change, differs):
    found = way(replace(SOLD, **change))
    assert found.differs is differs
    assert odd(found)[2] is differs


@pytest.mark.parametrize("condition", ["suspect", "no information", "damaged"])
def test_what_was_set_aside_says_as_what(condition):
    station = way(came=replace(CAME, condition=condition)).stations()[2]
    assert (station.says, station.is_odd) == (condition, True)


def test_one_nobody_told_of_is_odd_from_its_maker_on():
    found = way(sold=None)
    assert odd(found)[:2] == [True, True]
    assert found.stations()[1].when == "no transaction information"
    assert not found.differs


@pytest.mark.parametrize("came", [None, replace(CAME, undone_at=AT)])
def test_one_that_never_came_is_nowhere_here(came):
    says = [one.says for one in way(came=came, now="").stations()]
    assert says[2:] == ["not received", "nothing of it is here"]


def test_one_whose_lot_is_held_is_odd_where_it_stands():
    station = way(came=replace(CAME, held="suspect, case 4")).stations()[3]
    assert (station.when, station.is_odd) == ("out of use", True)


def test_one_whose_lot_is_used_up_says_so():
    assert way(now="").stations()[3].says == "nothing of its lot is left here"


def test_a_maker_nobody_names_is_not_supposed():
    assert way(replace(SOLD, maker="")).stations()[0].says == "not told"


def test_the_drawing_says_to_a_reader_what_it_shows():
    found = way(came=replace(CAME, condition="suspect"))
    text = str(drawn(found))
    assert text.count("<rect") == 5
    assert "Our door: suspect, came 2026-11-23 (look)" in text
    assert spoken(found.stations())[0] == "Manufacturer: Lupin, lot L7"


def test_a_name_is_drawn_as_text_and_never_as_markup():
    text = str(drawn(way(replace(SOLD, seller="<b>&Co"))))
    assert "<b>" not in text
    assert "&lt;b&gt;&amp;Co" in text


@pytest.mark.parametrize(
    ("text", "long"), [("", 0), ("x" * LONGEST, LONGEST), ("x" * (LONGEST + 9), LONGEST)]
)
def test_what_does_not_fit_its_box_ends_in_a_sign(text, long):
    assert len(short(text)) == long
    assert short(text).endswith("…") == (len(text) > LONGEST)
