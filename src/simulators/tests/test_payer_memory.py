"""What the payer must not forget or take twice: order, rebills, older files, awkward texts."""

import sqlite3
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.payer.memory import Memory, PaidClaim
from simulators.tests.test_payer_books import PAID

OLD_TABLE = """
CREATE TABLE claims (
    id INTEGER PRIMARY KEY, authorization TEXT NOT NULL UNIQUE, plan TEXT NOT NULL,
    pharmacy TEXT NOT NULL, rx TEXT NOT NULL, fill INTEGER NOT NULL, service_on TEXT NOT NULL,
    ndc TEXT NOT NULL, drug TEXT NOT NULL, cardholder TEXT NOT NULL, person TEXT NOT NULL,
    quantity TEXT NOT NULL, days INTEGER NOT NULL, deductible_usd TEXT NOT NULL,
    print TEXT NOT NULL, pricing TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'paid')
"""


def numbered(*numbers: int) -> list[PaidClaim]:
    return [replace(PAID, authorization=f"A{n}", fill=n) for n in numbers]


def numbers(claims: list[PaidClaim]) -> list[str]:
    return [claim.authorization for claim in claims]


def test_claims_are_told_newest_first_whatever_their_numbers() -> None:
    memory = Memory()
    for claim in numbered(2, 3, 1):
        memory.keep(claim)
    assert numbers(memory.everything()) == ["A1", "A3", "A2"]
    assert numbers(memory.of_prescription(PAID.plan, PAID.pharmacy, PAID.rx)) == [
        "A1", "A3", "A2"]  # fmt: skip


def test_one_authorization_is_not_kept_twice() -> None:
    memory = Memory()
    memory.keep(PAID)
    with pytest.raises(sqlite3.IntegrityError):
        memory.keep(replace(PAID, rx="7002"))
    assert memory.everything() == [PAID]


def test_a_reversal_taken_back_leaves_the_claim_as_it_was() -> None:
    memory = Memory()
    for claim in numbered(1, 2):
        memory.keep(claim)
    memory.reverse("A1")
    assert [claim.state for claim in memory.everything()] == ["paid", "reversed"]
    assert numbers(memory.of_member(PAID.plan, PAID.cardholder, PAID.person)) == ["A2"]
    memory.restore("A1")
    assert memory.everything() == numbered(1, 2)[::-1]


@pytest.mark.parametrize("verb", ["reverse", "restore"])
def test_a_number_nobody_was_given_changes_nothing(verb: str) -> None:
    memory = Memory()
    memory.keep(PAID)
    getattr(memory, verb)("A9")
    assert memory.everything() == [PAID]


def test_a_file_from_before_parts_is_read_and_goes_on_with_them(tmp_path: Path) -> None:
    path = str(tmp_path / "payer.sqlite")
    old = sqlite3.connect(path)
    old.execute(OLD_TABLE)
    old.execute(
        "INSERT INTO claims VALUES (1, 'A1', ?, ?, ?, 0, '2026-03-01',"
        " ?, ?, ?, ?, ?, 30, ?, '[]', '[]', 'paid')",
        [PAID.plan, PAID.pharmacy, PAID.rx, PAID.ndc, PAID.drug, PAID.cardholder, PAID.person,
         str(PAID.quantity), str(PAID.deductible_usd)],
    )  # fmt: skip
    old.commit()
    old.close()
    memory = Memory(path)
    assert memory.everything() == [PAID]
    part = replace(PAID, authorization="A2", dispensing="P", intended="30")
    memory.keep(part)
    memory.close()
    again = Memory(path)
    assert again.everything() == [part, PAID]
    again.close()


def test_a_prior_authorization_given_again_is_for_its_new_drug_alone() -> None:
    memory = Memory()
    memory.approve("plan", "PA1", "card", "amoxicillin")
    memory.approve("plan", "PA1", "card", "warfarin")
    memory.approve("plan", "PA2", "card", "warfarin")
    assert memory.approvals("plan", "card", "amoxicillin") == []
    assert sorted(memory.approvals("plan", "card", "warfarin")) == ["PA1", "PA2"]
    assert memory.approvals("other", "card", "warfarin") == []


@pytest.mark.parametrize(
    ("day", "seed", "start"),
    [
        (date(2026, 1, 1), 1, "26001001"),
        (date(2026, 12, 31), 999, "26365999"),
        (date(2028, 12, 31), 1000, "28366000"),
    ],
)
def test_an_authorization_says_its_day_and_seed_and_then_counts(
    day: date, seed: int, start: str
) -> None:
    memory = Memory()
    assert memory.next_authorization(seed, day) == f"{start}0000001"
    memory.keep(PAID)
    assert memory.next_authorization(seed, day) == f"{start}0000002"


@given(
    st.decimals(min_value=0, max_value=99999, places=3),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30),
)
def test_no_digit_and_no_letter_is_lost(quantity: Decimal, text: str) -> None:
    memory = Memory()
    claim = replace(PAID, quantity=quantity, cardholder=text, rx=text, pricing=text)
    memory.keep(claim)
    assert memory.everything() == [claim]
    assert memory.of_prescription(PAID.plan, PAID.pharmacy, text) == [claim]
    memory.close()
