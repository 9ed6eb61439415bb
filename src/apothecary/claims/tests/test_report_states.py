"""Which answers a report can have, and that nothing else is one: the whole table."""

import pytest

from apothecary.claims.reading import POSSIBLE, Asked, read_answer
from apothecary.claims.tests.test_reading import ON, answer
from apothecary.wires import Malformed

STATUSES = "ABCDFPQRS"
TAKEN = {
    "N1": {"C": True, "Q": True, "R": False},
    "N2": {"A": True, "S": True, "R": False},
    "N3": {"C": True, "Q": True, "R": False},
}


def asked(code: str) -> Asked:
    return Asked(code=code, npi="1234567893", service_on=f"{ON:%Y%m%d}", rx_number="7001234")


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("code", sorted(TAKEN))
def test_each_status_is_an_answer_to_a_report_or_is_none(code, status):
    rejects = ("85",) if status == "R" else ()
    raw = answer(status, code=code, rejects=rejects)
    if status not in TAKEN[code]:
        with pytest.raises(Malformed, match=f"no answer to a {code}"):
            read_answer(raw, asked(code))
        return
    found = read_answer(raw, asked(code))
    assert found.rejected is not TAKEN[code][status]


def test_the_table_of_answers_knows_every_report():
    assert {code: set(POSSIBLE[code]) for code in TAKEN} == {
        code: set(row) for code, row in TAKEN.items()
    }


@pytest.mark.parametrize("code", sorted(TAKEN))
def test_an_answer_about_another_prescription_is_none_of_ours(code):
    status = "A" if code == "N2" else "C"
    raw = answer(status, code=code, rx="7009999")
    with pytest.raises(Malformed, match="field D2"):
        read_answer(raw, asked(code))


@pytest.mark.parametrize(("sent", "came"), [("N1", "N2"), ("N2", "N1"), ("N3", "B1")])
def test_an_answer_to_another_question_is_none_to_this(sent, came):
    raw = answer("R", code=came, rejects=("85",))
    with pytest.raises(Malformed, match="transaction_code"):
        read_answer(raw, asked(sent))
