"""The choice of pairs leaves out neither a field nor a value."""

from hypothesis import given
from hypothesis import strategies as st

from apothecary.doors.tests.covering import covering

NUMBERS = st.integers(0, 40)


@given(NUMBERS.filter(bool), NUMBERS.filter(bool), NUMBERS.filter(bool), NUMBERS)
def test_every_value_meets_a_field_and_every_field_several(fields, values, each, start):
    pairs = covering(range(fields), range(values), each=each, start=start)
    assert len(set(pairs)) == len(pairs)
    assert {value for _, value in pairs} == set(range(values))
    for field in range(fields):
        assert sum(one == field for one, _ in pairs) >= min(each, values)


def test_the_same_field_meets_other_values_on_the_next_page():
    pages = [covering(["quantity"] * 9, range(14), each=4, start=start) for start in range(14)]
    assert {value for page in pages for value in [page[0][1]]} == set(range(14))


def test_with_as_many_as_there_are_all_meet_all():
    assert len(covering("abc", range(5), each=5, start=3)) == 15


def test_a_page_without_fields_has_nothing_to_spoil():
    assert covering([], range(5), each=2, start=0) == []
