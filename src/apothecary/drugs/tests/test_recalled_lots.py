"""The lots of a recall: read for certain, or a person is asked; never silently none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.recalled_lots import Reading, lot_key, lots_in, typed_lots

LOT = st.from_regex(r"[A-Z]{0,3}[0-9]{3,8}[A-Z]{0,2}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "lots"),
    [
        ("Lot TEST0200", {"TEST0200"}),
        ("Lot # 544821A, Exp 07/19", {"544821A"}),
        ("Lot#:  M030042P, Exp. 01/2020", {"M030042P"}),
        ("Lot #: 072915, Exp 10/29/2015", {"072915"}),
        ("Lot: TEST0001, TEST0002; Exp. 01/2028", {"TEST0001", "TEST0002"}),
        ("Lot #: a) 10095538, Exp 07/13; b) 10099449, Exp 09/13", {"10095538", "10099449"}),
        ("LOT NP-2406A EXP: JUN 2027", {"NP-2406A"}),
        ("Batch No. B7/22, expiration date 2027-05", {"B7/22"}),
        ("NDC 12345-678-90, Lot 4411, UPC 312345678901", {"4411"}),
        ("Lots 4411 and 4412 exp 31-Mar-2027", {"4411", "4412"}),
        ("lots: 4411 & 4412", {"4411", "4412"}),
        ("LOT4411", {"LOT4411", "4411"}),
    ],
)
def test_lots_that_stand_there_plainly_are_read_for_certain(text, lots):
    read = lots_in(text)
    assert (set(read.lots), read.doubt, read.every) == (lots, "", False)


def test_a_day_without_its_word_is_kept_among_the_lots_since_no_bottle_bears_it():
    read = lots_in("Lot numbers and exp dates: 10108716  31-Mar-2013, 10111510 30-Apr-2013")
    assert read.doubt == ""
    assert {"10108716", "10111510"} <= set(read.lots)


@pytest.mark.parametrize(
    "text",
    [
        "All lots",
        "ALL LOTS within expiry",
        "all unexpired lots",
        "All lots currently on the market.",
        "All lot numbers within their expiration dates",
        "All lots remaining within expiry, NDC 12345-678-90",
        "All batches that have not expired",
    ],
)
def test_all_lots_is_every_lot(text):
    assert lots_in(text) == Reading(every=True)
    assert lots_in(text).names("anything")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "names no lots"),
        ("   ", "names no lots"),
        ("Not available", "NOT"),
        ("Exp 01/2028", "names no lots"),
        ("Lots TEST0100 to TEST0109, Exp 2027-2028", "from TEST0100 to TEST0109"),
        ("Lots 4411 through 4488", "from 4411 to 4488"),
        ("Lots 4411 – 4488", "from 4411 to 4488"),
        ("Lots 24A01-24A45", "24A01-24A45"),
        ("Lots 4411-4488", "4411-4488"),
        ("Lot numbers beginning with 21", "BEGINNING"),
        ("Lot 21***", "not written out"),
        ("Lot 21XX", "not written out"),
        ("Lot 4411, 4412, ...", "not written out"),
        ("All lots except 4411", "EXCEPT"),
        ("All lots made before 01/2026", "MADE"),
        ("Lot 4411 and all other lots", "ALL"),
        ("Lot AB 4411", "AB"),
        ("Lot ABCD", "ABCD"),
        ("Lot 4411, call 1-800-555-0100", "CALL"),
    ],
)
def test_a_text_that_is_not_understood_whole_is_a_doubt_that_says_why(text, named):
    read = lots_in(text)
    assert named in read.doubt
    assert not read.every
    assert read.holds("whatever lot stands here")


def test_a_lot_that_a_doubtful_text_names_is_named_all_the_same():
    read = lots_in("Lots 4411 through 4488")
    assert read.names("4411")
    assert not read.names("4450")
    assert read.holds("4450")


@pytest.mark.parametrize(
    ("lot", "named"),
    [
        ("22A017", True),
        ("22a017", True),
        ("22A-017", True),
        (" 22A017 ", True),
        ("0022A017", True),
        ("22A0170", False),
        ("2A017", False),
        ("122A017", False),
        ("", False),
    ],
)
def test_a_lot_is_the_same_in_small_letters_with_a_dash_and_with_zeros_in_front(lot, named):
    read = lots_in("Lot 22A017, Exp 05/2027")
    assert (read.names(lot), read.holds(lot)) == (named, named)


@pytest.mark.parametrize(
    ("lot", "key"), [("000", "0"), ("", ""), ("--", ""), ("a-1", "A1"), ("ß1", "1")]
)
def test_the_shape_in_which_lots_are_compared(lot, key):
    assert lot_key(lot) == key


@given(st.lists(LOT, min_size=1, max_size=6, unique=True), st.sampled_from([", ", "; ", " "]))
def test_every_lot_of_a_plain_list_is_found_and_no_other(lots, between):
    read = lots_in("Lot #: " + between.join(lots))
    assert not read.doubt
    assert read.keys == {lot_key(lot) for lot in lots}


@given(LOT, st.text(max_size=40))
def test_whatever_else_a_text_says_a_lot_in_it_is_held(lot, around):
    assert lots_in(f"{around} Lot {lot} {around}").holds(lot)


@given(st.text(max_size=60))
def test_no_text_is_read_as_being_about_no_lot_at_all(text):
    read = lots_in(text)
    assert read.every or read.doubt or read.keys


@pytest.mark.parametrize(
    ("text", "lots"),
    [
        ("4411, 4412\n4413", ("4411", "4412", "4413")),
        ("AB 12;AB 12", ("AB 12",)),
        (" ,\n", ()),
    ],
)
def test_a_person_types_lots_by_lines_or_commas_each_kept_as_it_is(text, lots):
    assert typed_lots(text) == lots
