import pytest

from apothecary.wires import Fault, Malformed, Rejected, Unreachable
from apothecary.wires.errors import malformed


def test_a_refusal_names_field_reason_and_place() -> None:
    error = Malformed("header", "is no header", 12)
    assert (error.field, error.reason, error.at) == ("header", "is no header", 12)
    assert str(error) == "header: is no header (byte 12)"


def test_a_refusal_may_carry_many_faults_and_shows_all_of_them() -> None:
    error = malformed([Fault("a", "is missing"), Fault("b", "is too long", 0)])
    assert error.field == "a"
    assert error.at is None
    assert str(error) == "a: is missing; b: is too long (byte 0)"
    assert len(error.faults) == 2


def test_a_refusal_without_a_fault_cannot_be_made() -> None:
    with pytest.raises(IndexError):
        malformed([])


def test_a_dead_line_and_a_final_no_are_told_apart() -> None:
    assert not issubclass(Unreachable, Rejected)
    assert not issubclass(Rejected, Unreachable)
    assert not issubclass(Malformed, Unreachable | Rejected)
