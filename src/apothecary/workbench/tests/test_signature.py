"""The signature: what a pad sends is drawn again, and what is none is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.workbench.signature import SignatureUnreadable, read_signature, signature_svg

POINT = st.tuples(st.integers(-50, 2000), st.integers(-50, 900))


@given(st.lists(POINT, min_size=8, max_size=200))
def test_every_point_of_the_pen_is_kept(points):
    first, *rest = [f"{x},{y}" for x, y in points]
    pen = read_signature(" ".join(["600x180", f"M{first}", *(f"L{each}" for each in rest)]))
    assert (pen.width, pen.height) == (600, 180)
    assert pen.path.count(" ") == len(points) * 2 - 1


def test_a_signature_is_drawn_in_the_colour_of_the_text():
    svg = signature_svg("600x180 M1,2" + " L3,4" * 9)
    assert 'viewBox="0 0 600 180"' in svg
    assert 'd="M1 2 L3 4' in svg
    assert 'stroke="currentColor"' in svg


def test_what_no_pad_has_sent_breaks_no_page():
    assert "not from a pad" in signature_svg("M1 1L2 2")
    assert "<path" not in signature_svg("<svg onload=alert(1)>")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no signature"),
        ("600x180", "no signature"),
        ("600x180 M1,2 L<script>", "no signature"),
        ("600x180 M1,2" + " L3,4" * 6, "only touched"),
        ("600x180 M1,2" + " L3,4" * 12_000, "too long"),
    ],
)
def test_what_is_no_signature_is_refused_with_the_reason(text, reason):
    with pytest.raises(SignatureUnreadable, match=reason):
        read_signature(text)


def test_eight_points_are_a_stroke():
    assert read_signature("600x180 M1,2" + " L3,4" * 7).path.startswith("M1 2")
