from dataclasses import replace
from datetime import date

import pytest

from apothecary.law import tables, transfers
from apothecary.law.facts import Origin, RxFacts
from apothecary.law.problem import Problem, Refused
from apothecary.law.tables import Row, federal
from apothecary.law.tests.cases import ON, an_rx, asks_for_exactly, codes, filled
from apothecary.law.transfers import (
    TransferFacts,
    transfer_problems,
    transferred_in_problems,
    transferred_out_problems,
)

CONDITIONS = frozenset({"stays_electronic", "contents_unaltered", "patient_asked"})
UNFILLED = TransferFacts(conditions=CONDITIONS, state_confirmed=True)
REFILLS = TransferFacts()


def with_refills(schedule: int, *, state: str = "TX") -> RxFacts:
    return filled(an_rx(schedule, state=state), fills=1, authorized=3)


@pytest.mark.parametrize("schedule", [3, 4, 5])
@pytest.mark.parametrize(
    ("made", "shared", "expected"),
    [
        (0, False, []),
        (1, False, ["transfer-again"]),
        (2, False, ["transfer-again"]),
        (0, True, []),
        (1, True, []),
        (5, True, []),
    ],
)
def test_refills_are_transferred_once_unless_both_share_a_real_time_database(
    schedule: int, made: int, shared: bool, expected: list[str]
) -> None:
    facts = replace(REFILLS, transfers_made=made, shared_database=shared)
    problems = transfer_problems(with_refills(schedule), facts, on=ON)
    assert codes(problems) == expected
    assert all(problem.cite == "21 CFR 1306.25(a)" for problem in problems)


def test_a_prescription_without_refills_left_has_nothing_to_transfer() -> None:
    rx = filled(an_rx(4), fills=4, authorized=3)
    assert codes(transfer_problems(rx, REFILLS, on=ON)) == ["transfer-no-refills"]


def test_a_filled_c_ii_has_no_refills_to_transfer() -> None:
    rx = filled(an_rx(2), fills=1, authorized=0)
    problems = transfer_problems(rx, UNFILLED, on=ON)
    assert codes(problems) == ["transfer-c-ii-filled"]
    assert problems[0].cite == "21 CFR 1306.12(a)"


@pytest.mark.parametrize("schedule", [2, 3, 4, 5])
@pytest.mark.parametrize(("made", "expected"), [(0, []), (1, ["transfer-again"])])
def test_an_unfilled_electronic_prescription_is_transferred_once_for_its_first_fill(
    schedule: int, made: int, expected: list[str]
) -> None:
    facts = replace(UNFILLED, transfers_made=made)
    problems = transfer_problems(an_rx(schedule), facts, on=ON)
    assert codes(problems) == expected
    assert all("1306.08" in problem.cite for problem in problems)


def test_a_shared_database_does_not_let_an_unfilled_prescription_go_twice() -> None:
    facts = replace(UNFILLED, transfers_made=1, shared_database=True)
    assert codes(transfer_problems(an_rx(3), facts, on=ON)) == ["transfer-again"]


@pytest.mark.parametrize("origin", [Origin.WRITTEN, Origin.PHONE, Origin.FAX, Origin.TRANSFER])
def test_an_unfilled_prescription_that_is_not_electronic_stays_where_it_is(
    origin: Origin,
) -> None:
    problems = transfer_problems(an_rx(4, origin=origin), UNFILLED, on=ON)
    assert codes(problems) == ["transfer-not-electronic"]


def test_an_electronic_transfer_stays_electronic_unaltered_and_is_the_patients_wish() -> None:
    asks_for_exactly(
        lambda held: transfer_problems(an_rx(2), replace(UNFILLED, conditions=held), on=ON),
        "stays_electronic",
        "contents_unaltered",
        "patient_asked",
    )


@pytest.mark.parametrize("state", ["TX", "VT"])
def test_a_state_that_says_nothing_of_electronic_transfers_is_named(state: str) -> None:
    facts = replace(UNFILLED, state_confirmed=False)
    (problem,) = transfer_problems(an_rx(2, state=state), facts, on=ON)
    assert problem.code == ("law-missing-row" if state == "TX" else "law-unknown-state")
    assert state in problem.says


@pytest.mark.parametrize(("allows", "expected"), [(True, []), (False, ["transfer-state"])])
def test_a_state_that_has_spoken_is_taken_at_its_word(
    monkeypatch: pytest.MonkeyPatch, allows: bool, expected: list[str]
) -> None:
    word = replace(federal("DEA-175", on=ON), id="electronic_transfer_permitted", value=allows)
    monkeypatch.setattr(tables, "states", lambda: {"TX": {word.id: (word,)}})
    facts = replace(UNFILLED, state_confirmed=False)
    assert codes(transfer_problems(an_rx(2), facts, on=ON)) == expected


@pytest.mark.parametrize(
    ("pharmacists", "expected"),
    [(0, ["transfer-pharmacists"]), (1, ["transfer-pharmacists"]), (2, []), (3, [])],
)
def test_two_licensed_pharmacists_speak_about_a_controlled_prescription(
    pharmacists: int, expected: list[str]
) -> None:
    facts = replace(REFILLS, pharmacists=pharmacists, certified_technicians=2)
    assert codes(transfer_problems(with_refills(4, state="CA"), facts, on=ON)) == expected


@pytest.mark.parametrize("schedule", [2, 3, 4, 5])
def test_the_remainder_of_a_part_fill_is_never_transferred(schedule: int) -> None:
    facts = replace(UNFILLED, part_open=True)
    assert codes(transfer_problems(an_rx(schedule), facts, on=ON)) == ["transfer-part"]


def test_all_reasons_against_a_transfer_are_told_at_once() -> None:
    facts = TransferFacts(transfers_made=1, pharmacists=1, part_open=True)
    rx = filled(an_rx(4), fills=4, authorized=3)
    assert codes(transfer_problems(rx, facts, on=ON)) == [
        "transfer-pharmacists",
        "transfer-part",
        "transfer-again",
        "transfer-no-refills",
    ]


@pytest.mark.parametrize(
    ("state", "pharmacists", "technicians", "expected"),
    [
        ("TX", 2, 0, []),
        ("TX", 1, 1, ["transfer-speakers"]),
        ("TX", 1, 0, ["transfer-speakers"]),
        ("CA", 1, 1, []),
        ("CA", 0, 2, []),
        ("CA", 0, 1, ["transfer-speakers"]),
    ],
)
def test_a_certified_technician_transfers_what_is_not_controlled_where_the_state_says_so(
    state: str, pharmacists: int, technicians: int, expected: list[str]
) -> None:
    facts = replace(
        REFILLS, pharmacists=pharmacists, certified_technicians=technicians, transfers_made=4
    )
    assert codes(transfer_problems(with_refills(0, state=state), facts, on=ON)) == expected


def test_first_fill_transfers_begin_with_the_rule_of_august_2023() -> None:
    with pytest.raises(Refused):
        transfer_problems(an_rx(3), UNFILLED, on=date(2023, 8, 27))
    assert transfer_problems(an_rx(3), UNFILLED, on=date(2023, 8, 28)) == []
    assert transfer_problems(an_rx(3), UNFILLED, on=date(2023, 8, 29)) == []


def test_the_transferring_pharmacy_voids_and_says_to_whom_it_gave() -> None:
    asks_for_exactly(
        lambda shown: transferred_out_problems(shown, on=ON),
        "void_mark",
        "receiving_pharmacy_name",
        "receiving_pharmacy_address",
        "receiving_pharmacy_dea",
        "receiving_pharmacist",
        "transferred_on",
        "transferring_pharmacist",
    )


def test_the_receiving_pharmacy_says_from_whom_it_came_and_what_is_left() -> None:
    asks_for_exactly(
        lambda shown: transferred_in_problems(shown, on=ON),
        "transfer_mark",
        "written_on",
        "refills_originally",
        "first_filled_on",
        "refills_left",
        "fill_dates_and_places",
        "transferring_pharmacy_name",
        "transferring_pharmacy_address",
        "transferring_pharmacy_dea",
        "transferring_rx_number",
        "transferring_pharmacist",
    )


def test_would_the_law_let_a_remainder_go_it_would_go(monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(row_id: str, *, on: date) -> Row | Problem:
        row = federal(row_id, on=on)
        return replace(row, value=True) if row_id == "DEA-035" else row

    monkeypatch.setattr(transfers, "federal", changed)
    assert transfer_problems(an_rx(3), replace(UNFILLED, part_open=True), on=ON) == []
