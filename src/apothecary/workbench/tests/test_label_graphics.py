"""The graphic field of a label: what is packed is unpacked to the same dots."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from apothecary.workbench import label_graphics as graphics


def unpacked(data: str, digits: int) -> list[str]:
    """An independent reader of Zebra's compression, written from the manual's rules."""
    rows: list[str] = []
    row, times = "", 0
    for sign in data:
        if sign == ":":
            rows.append(rows[-1])
        elif sign in ",!":
            rows.append(row.ljust(digits, "0" if sign == "," else "F"))
            row = ""
        elif "G" <= sign <= "Y":
            times += ord(sign) - ord("F")
        elif "g" <= sign <= "z":
            times += (ord(sign) - ord("f")) * 20
        else:
            row += sign * (times or 1)
            times = 0
        if len(row) == digits:
            rows.append(row)
            row = ""
    return rows


ROW = st.text(alphabet="0F8", min_size=8, max_size=8)


@given(st.lists(ROW, min_size=1, max_size=12))
def test_packed_rows_unpack_to_the_same_rows(rows):
    data = graphics.field(rows, 4).decode().split(",", 4)[4]
    assert unpacked(data, 8) == rows


@pytest.mark.parametrize(
    ("times", "packed"),
    [
        (1, "A"),
        (2, "HA"),
        (19, "YA"),
        (20, "gA"),
        (21, "gGA"),
        (45, "hKA"),
        (400, "zA"),
        (419, "zYA"),
        (420, "zYAA"),
        (838, "zYAzYA"),
    ],
)
def test_a_run_is_packed_as_the_manual_says(times, packed):
    assert graphics.repeated("A", times) == packed


def test_white_to_the_end_is_a_comma_black_an_exclamation_mark_the_same_row_a_colon():
    assert graphics.compressed("F0000000", "") == "F,"
    assert graphics.compressed("0FFFFFFF", "") == "0!"
    assert graphics.compressed("0FFFFFFF", "0FFFFFFF") == ":"
    assert graphics.compressed("00000000", "") == ","


def test_the_bits_beyond_the_edge_of_the_picture_stay_white():
    assert graphics.hex_rows(Image.new("1", (12, 1), 0), 2) == ["FFF0"]


def test_white_stretches_are_left_out_and_no_field_is_larger_than_a_small_printer_holds():
    rows = ["00"] * 3 + ["F0"] * 5 + ["00"] + ["0F"]
    assert graphics.bands(rows, 2) == [(3, 5), (5, 7), (7, 8), (9, 10)]
    white = Image.new("1", (812, 609), 1)
    assert graphics.graphics(white) == b""
    black = graphics.graphics(Image.new("1", (1200, 900), 0))
    sizes = [int(size) for size in re.findall(rb"\^GFA,(\d+),", black)]
    assert max(sizes) <= graphics.MOST_BYTES
    assert sum(sizes) == 150 * 900


def test_a_picture_of_greys_is_refused():
    with pytest.raises(ValueError, match="one bit a dot"):
        graphics.graphics(Image.new("L", (8, 8)))
