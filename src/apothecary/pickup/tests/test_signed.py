"""What counts as a signature: strokes that a hand drew on the pad, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law.problem import Refused
from apothecary.pickup.actions import sell
from apothecary.pickup.models import Sale
from apothecary.pickup.rules import NARROWEST_PX, SHORTEST_PX, signature_problems
from apothecary.pickup.tests.counter import SIGNED, stored
from apothecary.pickup.tests.test_sell import JANE
from apothecary.prescriptions.states import FillState

CORNERS = (0, 0), (600, 0), (600, 180), (0, 180)


def drawn(points: list[tuple[int, int]], pad: str = "600x180") -> str:
    """One stroke through the points."""
    (x, y), *rest = points
    return " ".join([pad, f"M{x},{y}", *(f"L{to_x},{to_y}" for to_x, to_y in rest)])


def zigzag(width: int, height: int, *, points: int = 9, left: int = 100) -> str:
    """A pen that goes up and down by ``height`` while it moves ``width`` to the right."""
    steps = [(left + width * n // (points - 1), 90 + height * (n % 2)) for n in range(points)]
    return drawn(steps)


def says(text: str) -> str:
    return " ".join(problem.says for problem in signature_problems(text))


def test_a_name_drawn_on_the_pad_is_a_signature():
    assert signature_problems(SIGNED) == []


@pytest.mark.parametrize(
    "text",
    ["", " ", "signed", "Jane Doe", "M1 1L2 2", "600x180", "<svg onload=alert(1)>", "null"],
)
def test_a_word_instead_of_strokes_is_no_signature(text):
    assert says(text) == "There is no signature on the pad."


def test_a_refused_signature_names_its_field_and_is_one_reason():
    for text in ("", drawn([(10, 10)] * 9), zigzag(400, 40, left=900)):
        assert [problem.field for problem in signature_problems(text)] == ["signature"]


@pytest.mark.parametrize(
    ("length", "taken"),
    [(SHORTEST_PX - 1, False), (SHORTEST_PX, True), (SHORTEST_PX + 1, True)],
)
def test_a_stroke_of_less_than_forty_pixels_is_a_slip_of_the_pen(length, taken):
    straight = [(100 + min(n * 6, length), 90) for n in range(9)]
    assert straight[-1][0] - 100 == length
    assert (says(drawn(straight)) == "") is taken


@pytest.mark.parametrize(
    ("wide", "taken"),
    [(NARROWEST_PX - 1, False), (NARROWEST_PX, True), (NARROWEST_PX + 1, True)],
)
def test_a_pen_that_only_goes_up_and_down_writes_no_name(wide, taken):
    assert ("too short" in says(zigzag(wide, 30))) is not taken


@pytest.mark.parametrize(("beside", "taken"), [(4, True), (5, True), (6, False)])
def test_at_least_half_of_the_points_lie_on_the_pad(beside, taken):
    points = [(20 * n, 60 + 20 * (n % 2)) for n in range(10 - beside)]
    points += [(20 * n, 181 + n) for n in range(10 - beside, 10)]
    assert ("beside the pad" in says(drawn(points))) is not taken


def test_the_edge_of_the_pad_is_the_pad():
    assert signature_problems(drawn([*CORNERS, *CORNERS])) == []


def test_the_way_of_the_pen_above_the_pad_is_no_ink():
    dots = " ".join(f"M{n * 60},90" for n in range(9))
    assert "too short" in says(f"600x180 {dots}")


def test_a_path_whose_first_point_is_drawn_to_is_read_from_there():
    assert signature_problems(SIGNED.replace(" M", " L", 1)) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 600), st.integers(0, 180)),
        min_size=8,
        max_size=60,
        unique=True,
    )
)
def test_whatever_is_drawn_wide_enough_on_the_pad_is_taken(points):
    wide = max(x for x, _ in points) - min(x for x, _ in points)
    # A stroke is at least as long as it is wide.
    if wide >= SHORTEST_PX:
        assert signature_problems(drawn(points)) == []


@given(st.text(alphabet="MLx0123456789, -.", max_size=60))
def test_no_text_breaks_the_reading(text):
    assert len(signature_problems(text)) <= 1


@pytest.mark.parametrize("signature", ["Jane Doe", drawn([(5, 5)] * 9), zigzag(3, 2)])
def test_without_a_drawn_signature_nothing_is_sold(pharmacy, signature):
    fill = pharmacy.stocked(until=FillState.READY)
    with pytest.raises(Refused) as refusal:
        sell(
            by=pharmacy.technician,
            fill_ids=[fill.pk],
            receiver=replace(JANE, signature=signature),
        )
    assert [problem.code for problem in refusal.value.problems] == ["signature"]
    assert stored(fill).state == FillState.READY
    assert not Sale.objects.exists()
