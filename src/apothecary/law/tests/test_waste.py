"""What waste a drug is: each code, each ban, each clock on the day before, on and after."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law import form41, waste
from apothecary.law.problem import Refused
from apothecary.law.tables import DATED, MARKS, Row, read_table
from apothecary.law.waste import (
    REGULATED,
    Container,
    Seen,
    Stream,
    Trait,
    Verdict,
    WasteDrug,
    Way,
    codes_in_force,
    confirm_due,
    copy_due,
    disposal_problems,
    is_creditable,
    leaves_by,
    questions,
    row_in,
    sewer_problems,
    standing_rows,
    waste_row,
    waste_stream,
    waste_table,
)

ON = date(2026, 11, 23)
READ = Seen(read=True)
PLAIN = WasteDrug(name="lisinopril", ingredients=frozenset({"lisinopril"}))
ROWS = [row for rows in waste_table().values() for row in rows]
BY_NAME = [row for row in ROWS if row.unit in {"ingredients", "bases"}]


def drug(
    *keys: str,
    substances: tuple[str, ...] = (),
    form: str = "tablet",
    schedule: int = 0,
    hazardous: bool | None = False,
    prescription_only: bool = True,
    expires_on: date | None = ON,
) -> WasteDrug:
    return WasteDrug(
        name="+".join(keys),
        ingredients=frozenset(keys),
        substances=frozenset(substances),
        form=form,
        schedule=schedule,
        hazardous=hazardous,
        prescription_only=prescription_only,
        expires_on=expires_on,
    )


def labels(given_: WasteDrug, seen: Seen = READ) -> str:
    return waste_stream(given_, seen, on=ON).labels


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_every_row_of_waste_is_cited_dated_marked_and_said_in_a_sentence(row: Row) -> None:
    assert len(row.cite) > 5
    assert row.verified in MARKS
    assert row.dated in DATED
    assert row.says.endswith(".")
    assert row.says[0].isupper()
    assert not isinstance(row.value, float)
    assert row.unit or isinstance(row.value, bool)


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_every_row_answers_from_its_first_day_and_not_the_day_before(row: Row) -> None:
    assert waste_row(row.id, on=row.effective_from) == row
    with pytest.raises(Refused) as refused:
        waste_row(row.id, on=row.effective_from - timedelta(days=1))
    assert refused.value.problems[0].code == "law-missing-row"
    assert repr(row.id) in refused.value.problems[0].says


def test_every_row_of_waste_is_read_by_a_rule() -> None:
    rules = "".join(
        Path(module.__file__ or "").read_text("utf-8") for module in (waste, form41)
    )
    coded = set(codes_in_force(waste_table(), on=ON))
    above = {"form222_distributor", "invoice_schedules"}
    unread = {row.id for row in ROWS if f'"{row.id}"' not in rules} - coded - above
    assert unread == set()


@pytest.mark.parametrize(
    ("row", "key"),
    [(row, key) for row in BY_NAME for key in row.names()],
    ids=[f"{row.id}-{key}" for row in BY_NAME for key in row.names()],
)
def test_each_listed_drug_bears_its_code_as_sole_active_ingredient(row: Row, key: str) -> None:
    seen = replace(READ, weak_warfarin=row.id == "U248")
    one = waste_stream(drug(key), seen, on=ON)
    two = waste_stream(drug(key, "lisinopril"), seen, on=ON)
    if row.id == "P081":
        assert (one.labels, one.notes[0].code) == ("", "waste-not-p081")
    else:
        assert (one.labels, one.stream) == (row.id, Stream.HAZARDOUS)
        assert one.acute == row.id.startswith("P")
    assert (two.labels, two.stream) == ("", Stream.OTHER)


TRAITS = {
    Trait.IGNITABLE: "D001",
    Trait.CORROSIVE: "D002",
    Trait.MERCURY: "D009",
    Trait.SELENIUM: "D010",
    Trait.SILVER: "D011",
    Trait.CRESOL: "D024",
}


@pytest.mark.parametrize("trait", list(Trait))
def test_each_trait_that_a_person_reads_makes_any_drug_hazardous(trait: Trait) -> None:
    found = waste_stream(PLAIN, Seen(read=True, traits=frozenset({trait})), on=ON)
    assert (found.stream, found.labels) == (Stream.HAZARDOUS, TRAITS[trait])
    assert not found.acute


def test_several_codes_stand_in_the_order_of_the_manifest() -> None:
    every = Seen(read=True, traits=frozenset(Trait))
    assert labels(drug("warfarin"), every) == "P001 D001 D002 D009 D010 D011 D024"


@pytest.mark.parametrize(
    ("key", "substance", "code"),
    [
        ("epinephrine", "epinephrine", "P042"),
        ("epinephrine", "epinephrine bitartrate", ""),
        ("phentermine", "phentermine", "P046"),
        ("phentermine", "phentermine hydrochloride", ""),
        ("warfarin", "warfarin sodium", "P001"),
        ("physostigmine", "physostigmine", "P204"),
        ("physostigmine-salicylate", "physostigmine salicylate", "P188"),
    ],
)
def test_a_salt_is_listed_only_where_its_row_says_so(
    key: str, substance: str, code: str
) -> None:
    assert labels(drug(key, substances=(substance,))) == code


def test_epinephrine_whose_salt_nobody_knows_is_taken_as_the_base() -> None:
    assert labels(drug("epinephrine")) == "P042"


@pytest.mark.parametrize(("weak", "code"), [(False, "P001"), (True, "U248")])
def test_warfarin_is_acute_unless_a_person_says_it_is_weak(weak: bool, code: str) -> None:
    found = waste_stream(drug("warfarin"), replace(READ, weak_warfarin=weak), on=ON)
    assert (found.labels, found.acute) == (code, not weak)


@pytest.mark.parametrize(
    ("form", "prescription_only", "adopted", "code"),
    [
        ("gum, chewing", False, True, ""),
        ("PATCH, extended release", False, True, ""),
        ("lozenge", False, True, ""),
        ("inhalant", False, True, "P075"),
        ("gum", True, True, "P075"),
        ("gum", False, False, "P075"),
        ("gum", False, None, "P075"),
    ],
)
def test_only_otc_nicotine_in_a_state_that_took_the_change_over_is_off_the_list(
    form: str, prescription_only: bool, adopted: bool | None, code: str
) -> None:
    asked = drug("nicotine", form=form, prescription_only=prescription_only)
    found = waste_stream(asked, replace(READ, adopted=adopted), on=ON)
    assert found.labels == code
    assert [one.code for one in found.notes] == ([] if code else ["waste-not-p075"])
    assert code or found.notes[0].verified == "V1"


@pytest.mark.parametrize(
    ("days", "stream"),
    [
        (-365, Stream.CREDITABLE),
        (364, Stream.CREDITABLE),
        (365, Stream.CREDITABLE),
        (366, Stream.HAZARDOUS),
    ],
)
def test_an_undispensed_hazardous_drug_is_creditable_until_a_year_after_expiry(
    days: int, stream: Stream
) -> None:
    asked = drug("chlorambucil", expires_on=ON - timedelta(days=days))
    assert waste_stream(asked, replace(READ, original=True), on=ON).stream is stream
    assert waste_stream(asked, READ, on=ON).stream is Stream.HAZARDOUS


def test_without_an_expiry_nothing_is_creditable() -> None:
    assert not is_creditable(None, on=ON)
    asked = drug("chlorambucil", expires_on=None)
    assert waste_stream(asked, replace(READ, original=True), on=ON).stream is Stream.HAZARDOUS


def test_a_controlled_drug_goes_by_form_41_whatever_else_it_is() -> None:
    assert waste_stream(drug("oxycodone", schedule=2), READ, on=ON) == Verdict(
        Stream.CONTROLLED
    )
    both = waste_stream(drug("chloral", schedule=4), READ, on=ON)
    assert (both.stream, both.labels) == (Stream.CONTROLLED, "U034")
    assert [one.cite for one in both.notes] == ["40 CFR 266.506"]


@pytest.mark.parametrize(
    ("hazardous", "seen", "stream", "note"),
    [
        (False, READ, Stream.OTHER, []),
        (False, replace(READ, sharp=True), Stream.SHARPS, []),
        (True, READ, Stream.HAZARDOUS, ["waste-hazard"]),
        (None, READ, Stream.HAZARDOUS, ["waste-hazard"]),
        (False, replace(READ, empty=True), Stream.OTHER, ["waste-empty"]),
        (False, replace(READ, empty=True, sharp=True), Stream.SHARPS, ["waste-empty"]),
        (True, replace(READ, empty=True), Stream.TRACE, ["waste-empty"]),
        (None, replace(READ, empty=True, sharp=True), Stream.TRACE, ["waste-empty"]),
    ],
)
def test_traces_and_more_than_traces_of_a_hazardous_drug_are_kept_apart(
    hazardous: bool | None, seen: Seen, stream: Stream, note: list[str]
) -> None:
    found = waste_stream(drug("methotrexate", hazardous=hazardous), seen, on=ON)
    assert (found.stream, [one.code for one in found.notes]) == (stream, note)


def test_an_unknown_hazard_is_never_called_harmless_and_says_by_what_mark() -> None:
    found = waste_stream(drug("newdrug", hazardous=None), READ, on=ON)
    assert found.notes[0].verified == "C"
    assert "nobody knows" in found.notes[0].says


def test_an_empty_bottle_of_a_listed_drug_bears_no_code() -> None:
    assert labels(drug("warfarin"), replace(READ, empty=True)) == ""


STREAMS = st.sampled_from(list(Stream))


@given(STREAMS, st.booleans())
def test_nothing_ever_goes_down_a_drain(stream: Stream, coded: bool) -> None:
    codes = (waste_row("P001", on=ON),) if coded else ()
    verdict = Verdict(stream, codes)
    found = disposal_problems(verdict, READ, None, way=Way.SEWER, on=ON)
    assert found == sewer_problems(verdict, on=ON)
    assert [one.code for one in found] == ["waste-sewer"]
    regulated = coded or stream in REGULATED
    assert found[0].cite == ("40 CFR 266.505" if regulated else "practice of the field")
    assert found[0].verified == ("V1" if regulated else "C")


def box(stream: Stream, *, started: date = ON, closed: bool = False) -> Container:
    return Container(stream=stream, started_on=started, closed=closed)


def reasons(verdict: Verdict, seen: Seen, into: Container | None) -> list[str]:
    found = disposal_problems(verdict, seen, into, way=Way.CONTAINER, on=ON)
    return [one.code for one in found]


@pytest.mark.parametrize("has", [one for one in Stream if one is not Stream.CONTROLLED])
@pytest.mark.parametrize("into", list(Stream))
def test_waste_goes_only_into_a_container_of_its_own_stream(has: Stream, into: Stream) -> None:
    found = reasons(Verdict(has), READ, box(into))
    assert found == ([] if has is into else ["waste-wrong-stream"])


def test_a_wrong_container_is_refused_with_both_streams_and_the_code_named() -> None:
    verdict = waste_stream(drug("warfarin"), READ, on=ON)
    (one,) = disposal_problems(verdict, READ, box(Stream.OTHER), way=Way.CONTAINER, on=ON)
    assert "hazardous waste (P001)" in one.says
    assert "non-hazardous" in one.says
    assert one.field == "container"


def test_nothing_goes_into_a_container_before_somebody_has_read_the_label() -> None:
    assert reasons(Verdict(Stream.OTHER), Seen(), box(Stream.OTHER)) == ["waste-not-read"]


def test_a_controlled_drug_goes_into_no_container() -> None:
    found = reasons(Verdict(Stream.CONTROLLED), READ, box(Stream.CONTROLLED))
    assert found == ["waste-controlled"]


def test_without_a_container_the_right_one_is_named() -> None:
    assert reasons(Verdict(Stream.TRACE), READ, None) == ["waste-no-container"]


def test_every_reason_stands_at_once() -> None:
    old = box(Stream.HAZARDOUS, started=date(2025, 11, 22), closed=True)
    found = reasons(Verdict(Stream.OTHER), Seen(), old)
    assert found == ["waste-not-read", "waste-wrong-stream", "waste-closed", "waste-overdue"]


@pytest.mark.parametrize(
    ("started", "codes"),
    [
        (date(2025, 11, 22), ["waste-overdue"]),
        (date(2025, 11, 23), []),
        (date(2025, 11, 24), []),
    ],
)
def test_a_hazardous_container_takes_waste_for_a_year(started: date, codes: list[str]) -> None:
    assert (
        reasons(Verdict(Stream.HAZARDOUS), READ, box(Stream.HAZARDOUS, started=started))
        == codes
    )


@pytest.mark.parametrize("stream", list(Stream))
def test_only_regulated_containers_have_a_clock(stream: Stream) -> None:
    due = leaves_by(box(stream, started=date(2024, 2, 29)), on=ON)
    assert due == (date(2025, 2, 28) if stream in REGULATED else None)


def test_the_copy_of_a_manifest_is_due_in_sixty_days_and_the_confirmation_in_35() -> None:
    assert copy_due(date(2026, 1, 1), on=ON) == date(2026, 3, 2)
    assert confirm_due(date(2026, 1, 1), on=ON) == date(2026, 2, 5)


def test_a_doubtful_row_is_no_row_and_its_code_is_borne_by_nothing(tmp_path: Path) -> None:
    row = """
[[row]]
id = "P999"
says = "Doubtful."
value = ["lisinopril"]
unit = "ingredients"
cite = "40 CFR 261.33"
verified = "KQ"
effective_from = 2000-01-01
dated = "table"
"""
    path = tmp_path / "waste.toml"
    path.write_text(row)
    table = read_table(path)
    assert codes_in_force(table, on=ON) == {}
    with pytest.raises(Refused) as refused:
        row_in(table, "P999", on=ON)
    assert "P999" in str(refused.value)


def test_a_person_is_asked_each_trait_and_of_warfarin_how_strong_it_is() -> None:
    assert len(questions(PLAIN, on=ON)) == len(Trait)
    assert questions(drug("warfarin"), on=ON)[-1] == "Holds at most 0.3 percent of warfarin."


def test_what_a_place_owes_beside_its_containers_is_read_out_with_its_marks() -> None:
    found = {row.id: (row.value, row.verified) for row in standing_rows(on=ON)}
    assert found["notify_days"] == (60, "K")
    assert found["record_years"] == (3, "K")
    assert found["small_generator"] == (100, "K")
    assert found["label"] == ("Hazardous Waste Pharmaceuticals", "K")
