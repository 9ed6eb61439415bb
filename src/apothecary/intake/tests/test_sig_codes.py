"""A pharmacy's own sig codes: kept by whoever runs it, written down, read at entry."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.intake.actions.entry import finish_entry, take
from apothecary.intake.actions.sig_codes import (
    add_sig_code,
    change_sig_code,
    retire_sig_code,
)
from apothecary.intake.models import SigCode
from apothecary.intake.sig_codes import MOST_CODES, codes_of, lines_of, preview
from apothecary.intake.tests.messages import Rx
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff.duties import Duty, Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed

KEEPERS = (Role.IN_CHARGE, Role.ADMINISTRATOR)
OTHERS = [role for role in Role if role not in {*KEEPERS, Role.SYSTEM}]
WORDS = "take 1 tablet by mouth once daily with food"


@pytest.fixture
def keeper(pharmacy):
    return pharmacy.workers[Role.IN_CHARGE]


def written() -> list[dict[str, object]]:
    rows = Entry.objects.filter(deed=Deed.POLICY_CHANGED, about="sigcode").order_by("pk")
    return [json.loads(row.details) for row in rows]


def says(refusal: Refused) -> list[tuple[str, str]]:
    return [(problem.field, problem.says) for problem in refusal.problems]


@pytest.mark.parametrize("role", KEEPERS)
def test_whoever_runs_the_place_keeps_a_code_and_it_is_written_down(pharmacy, role):
    by = pharmacy.workers[role]
    row = add_sig_code(by=by, code=" T1WFD ", means=f" {WORDS} ")
    assert (row.code, row.means, row.retired_at) == ("t1wfd", WORDS, None)
    assert codes_of(by.pharmacy_id).written_out("T1WFD") == WORDS
    assert written() == [{"sig_code": "t1wfd", "was": "", "means": WORDS, "confirmed": []}]


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_keeps_changes_or_retires_a_code(pharmacy, keeper, role):
    row = add_sig_code(by=keeper, code="t1wfd", means=WORDS)
    by = pharmacy.workers[role]
    for act in (
        lambda: add_sig_code(by=by, code="zz9", means=WORDS),
        lambda: change_sig_code(by=by, sig_code_id=row.pk, means="with food"),
        lambda: retire_sig_code(by=by, sig_code_id=row.pk),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.duty is Duty.KEEP_SIG_CODES
    assert SigCode.objects.values_list("means", "retired_at").get() == (WORDS, None)
    assert len(written()) == 1


@pytest.mark.parametrize(
    ("code", "means", "field"),
    [
        ("", WORDS, "code"),
        ("t 1", WORDS, "code"),
        ("t1wfd", "", "means"),
        ("t1wfd", "take 1 zzyzx daily", "means"),
        ("bid", WORDS, "code"),
        ("qd", WORDS, "code"),
    ],
)
def test_what_cannot_be_a_code_is_refused_and_nothing_is_kept(keeper, code, means, field):
    with pytest.raises(Refused) as refused:
        add_sig_code(by=keeper, code=code, means=means)
    assert {name for name, _ in says(refused.value)} == {field}
    assert not SigCode.objects.exists()
    assert written() == []


def test_an_error_prone_abbreviation_is_refused_with_its_source_until_confirmed(keeper):
    with pytest.raises(Refused) as refused:
        add_sig_code(by=keeper, code="QD", means=WORDS)
    (problem,) = refused.value.problems
    assert problem.says == "QD is on the list of error-prone abbreviations."
    assert "ISMP" in problem.cite
    add_sig_code(by=keeper, code="QD", means=WORDS, confirmed=True)
    assert written()[0]["confirmed"] == [problem.says]


def test_a_shipped_code_is_shadowed_only_when_somebody_confirms_it(keeper):
    with pytest.raises(Refused, match="BID is read already"):
        add_sig_code(by=keeper, code="bid", means="twice daily with food")
    add_sig_code(by=keeper, code="bid", means="twice daily with food", confirmed=True)
    assert codes_of(keeper.pharmacy_id).written_out("1 tab BID") == (
        "1 tab twice daily with food"
    )


def test_no_confirmation_lets_a_word_in_that_is_not_understood(keeper):
    with pytest.raises(Refused, match="'zzyzx' is not understood"):
        add_sig_code(by=keeper, code="t1wfd", means="zzyzx", confirmed=True)


def test_a_code_that_is_kept_is_not_kept_twice(keeper):
    add_sig_code(by=keeper, code="t1wfd", means=WORDS)
    with pytest.raises(Refused, match="T1WFD is kept already"):
        add_sig_code(by=keeper, code="T1WFD", means="with food")
    assert SigCode.objects.get().means == WORDS
    assert len(written()) == 1


def test_a_code_is_changed_with_what_it_was(keeper):
    row = add_sig_code(by=keeper, code="t1wfd", means=WORDS)
    change_sig_code(by=keeper, sig_code_id=row.pk, means="with food")
    assert codes_of(keeper.pharmacy_id).written_out("t1wfd") == "with food"
    assert written()[-1] == {
        "sig_code": "t1wfd",
        "was": WORDS,
        "means": "with food",
        "confirmed": [],
    }
    change_sig_code(by=keeper, sig_code_id=row.pk, means=" with food ")
    assert len(written()) == 2


def test_a_change_to_what_is_not_understood_changes_nothing(keeper):
    row = add_sig_code(by=keeper, code="t1wfd", means=WORDS)
    with pytest.raises(Refused):
        change_sig_code(by=keeper, sig_code_id=row.pk, means="zzyzx")
    assert codes_of(keeper.pharmacy_id).written_out("t1wfd") == WORDS


def test_a_retired_code_is_read_no_longer_and_may_be_taken_up_again(keeper):
    row = add_sig_code(by=keeper, code="t1wfd", means=WORDS)
    retire_sig_code(by=keeper, sig_code_id=row.pk)
    assert codes_of(keeper.pharmacy_id).written_out("t1wfd") == "t1wfd"
    assert written()[-1]["means"] == ""
    with pytest.raises(Refused, match="was retired already"):
        retire_sig_code(by=keeper, sig_code_id=row.pk)
    with pytest.raises(Refused, match="was retired already"):
        change_sig_code(by=keeper, sig_code_id=row.pk, means="with food")
    again = add_sig_code(by=keeper, code="t1wfd", means="with food")
    assert (again.pk, again.retired_at) == (row.pk, None)
    assert written()[-1]["was"] == WORDS
    assert len(written()) == 3


def test_a_code_of_another_pharmacy_is_neither_read_nor_changed(pharmacy, keeper):
    row = add_sig_code(by=keeper, code="t1wfd", means=WORDS)
    with pytest.raises(Refused, match="No such sig code"):
        change_sig_code(by=keeper, sig_code_id=row.pk + 1, means="with food")
    stand_in(pharmacy.other.pk)
    assert len(codes_of(pharmacy.other.pk)) == 0
    assert lines_of(keeper.pharmacy_id) == []
    stand_in(keeper.pharmacy_id)
    assert len(codes_of(keeper.pharmacy_id)) == 1


def test_a_pharmacy_keeps_no_more_codes_than_can_be_looked_through(keeper):
    SigCode.objects.bulk_create(
        SigCode(pharmacy_id=keeper.pharmacy_id, code=f"z{n}q", means="x", changed_at=keeper.at)
        for n in range(MOST_CODES)
    )
    with pytest.raises(Refused, match="at most 500 codes"):
        add_sig_code(by=keeper, code="t1wfd", means=WORDS)


def test_the_codes_cost_one_question(keeper):
    add_sig_code(by=keeper, code="t1wfd", means=WORDS)
    with CaptureQueriesContext(connection) as seen:
        assert len(codes_of(keeper.pharmacy_id)) == 1
    assert len(seen) == 1


def test_the_list_shows_what_is_in_use_first_with_its_english(keeper):
    retired = add_sig_code(by=keeper, code="zzq", means="with food")
    retire_sig_code(by=keeper, sig_code_id=retired.pk)
    add_sig_code(by=keeper, code="t1wfd", means=WORDS)
    found = [(line.row.code, line.english) for line in lines_of(keeper.pharmacy_id)]
    assert found[0] == ("t1wfd", "Take 1 tablet by mouth once daily with food.")
    assert found[1][0] == "zzq"


def test_a_preview_says_what_a_code_makes_and_what_stands_against_it():
    shown = preview("QD", WORDS)
    assert shown.read.english() == "Take 1 tablet by mouth once daily with food."
    assert [problem.field for problem in shown.confirmable] == ["code"]
    assert shown.refused == []
    assert [problem.field for problem in preview("q", "").refused] == ["code", "means"]


def test_a_prescription_typed_with_a_code_gets_the_words_on_its_label(
    pharmacy, keeper, arrive, form
):
    add_sig_code(by=keeper, code="t1wfd", means=WORDS)
    pharmacy.receive("lisinopril", "100")
    arrival = arrive(Rx())
    technician = pharmacy.workers[Role.TECHNICIAN]
    take(by=technician, arrival_id=arrival.pk)
    fill = finish_entry(
        by=technician, arrival_id=arrival.pk, typed=form | {"directions": "T1WFD"}
    )
    rx = fill.prescription
    assert rx.directions == "Take 1 tablet by mouth once daily with food."
    assert rx.directions_spanish.startswith("Tome 1 tableta")
