"""Recalls and shortages of openFDA: our own rows in its layout, and what refuses a file."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from apothecary.drugs.official.enforcement import RecallRow, read_recalls
from apothecary.drugs.official.files import Piece
from apothecary.drugs.official.shortages import ShortageRow, read_shortages
from apothecary.drugs.shipped import BadRow

CUTS = Path(__file__).parent.parent / "cuts" / "synthetic"
RECALLS = CUTS / "drug-enforcement-0001-of-0001.json"
SHORTAGES = CUTS / "drug-shortages-0001-of-0001.json"


def changed(folder: Path, source: Path, **change: object) -> Piece:
    body: dict[str, Any] = json.loads(source.read_text())
    body["results"][0] |= change
    path = folder / "records.json"
    path.write_text(json.dumps(body))
    return Piece(path)


def recalls() -> list[RecallRow]:
    return list(read_recalls(Piece(RECALLS)))


def shortages() -> list[ShortageRow]:
    return list(read_shortages(Piece(SHORTAGES)))


def test_a_recall_says_its_class_its_reason_its_lots_and_its_dates():
    row = recalls()[0]
    assert (row.number, row.recall_class, row.status) == ("D-0001-2026", "I", "Ongoing")
    assert row.reason.startswith("Label mix-up")
    assert row.lots == "Lot: TEST0001, TEST0002; Exp. 01/2028"
    assert (row.initiated_on, row.reported_on) == (date(2026, 2, 20), date(2026, 3, 11))
    assert row.ended_on is None


def test_the_codes_of_the_block_and_those_in_the_text_are_two_relations():
    first, second, third, last = recalls()
    assert [code.code for code in first.listed] == ["68180-980-01", "68180-980-03", "68180-980"]
    assert [code.code for code in first.named] == ["68180-980-01"]
    assert (second.listed, [code.code for code in second.named]) == ((), ["0093-1721"])
    assert third.ended_on == date(2026, 3, 5)
    assert (last.recall_class, last.listed, last.named) == ("", (), ())


def test_what_the_firm_adds_later_counts_as_lots_and_codes(tmp_path):
    piece = changed(tmp_path, RECALLS, more_code_info="Lot TEST0003, NDC 0093-1713-01")
    row = next(read_recalls(piece))
    assert row.lots.endswith("Exp. 01/2028 Lot TEST0003, NDC 0093-1713-01")
    assert "0093-1713-01" in [code.code for code in row.named]


@pytest.mark.parametrize(
    ("change", "listed", "named"),
    [
        ({"code_info": "NDC 0093-1721-10, lot 7"}, 3, ["68180-980-01", "0093-1721-10"]),
        ({"product_description": "Tablets", "code_info": "all lots"}, 3, []),
        ({"product_description": "Tablets", "code_info": "Lot 68180-980-0133"}, 3, []),
        ({"openfda": {}}, 0, ["68180-980-01"]),
        ({"openfda": {"package_ndc": ["68180-980-01"] * 2}}, 1, ["68180-980-01"]),
    ],
)
def test_a_code_among_the_lots_is_named_and_what_the_block_lists_stays_apart(
    tmp_path, change, listed, named
):
    row = next(read_recalls(changed(tmp_path, RECALLS, **change)))
    assert len(row.listed) == listed
    assert [code.code for code in row.named] == named


@pytest.mark.parametrize(
    ("said", "read_as"),
    [("Class I", "I"), ("Class II", "II"), ("Class III", "III"), ("Not Yet Classified", "")],
)
def test_each_class_of_a_recall_and_the_want_of_one_are_read(tmp_path, said, read_as):
    row = next(read_recalls(changed(tmp_path, RECALLS, classification=said)))
    assert row.recall_class == read_as


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"recall_number": ""}, "recall_number"),
        ({"recall_number": "D-" + "1" * 29}, "recall_number"),
        ({"classification": "Class IV"}, "classification"),
        ({"classification": None}, "classification"),
        ({"status": "Lost"}, "status"),
        ({"report_date": "03/11/2026"}, "report_date"),
        ({"report_date": ""}, "report_date"),
        ({"recall_initiation_date": "20260231"}, "recall_initiation_date"),
        ({"termination_date": "never"}, "termination_date"),
        ({"reason_for_recall": ""}, "reason_for_recall"),
        ({"product_description": 7}, "product_description"),
        ({"openfda": []}, "openfda"),
        ({"openfda": {"product_ndc": ["68180"]}}, "openfda.product_ndc"),
        ({"openfda": {"package_ndc": [68180]}}, "package_ndc"),
    ],
)
def test_a_recall_that_cannot_be_read_refuses_the_file(tmp_path, change, field):
    with pytest.raises(BadRow) as refused:
        list(read_recalls(changed(tmp_path, RECALLS, **change)))
    assert (refused.value.file, refused.value.field) == ("records.json", field)


def test_a_shortage_says_what_the_company_says_with_its_dates():
    first, second, third, last = shortages()
    assert (first.product_key, first.package, first.status) == ("0681800980", "01", "Current")
    assert (first.posted_on, first.updated_on) == (date(2026, 1, 12), date(2026, 3, 2))
    assert (second.status, second.discontinued_on) == ("To Be Discontinued", date(2026, 6, 30))
    assert second.note.startswith("Made up")
    assert third.status == "Resolved"
    assert (last.package_ndc, last.product_key, last.updated_on) == ("", "", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"package_ndc": "68180"}, "package_ndc"),
        ({"generic_name": ""}, "generic_name"),
        ({"status": "current"}, "status"),
        ({"update_date": "2/30/2026"}, "update_date"),
        ({"initial_posting_date": "soon"}, "initial_posting_date"),
        ({"discontinued_date": ["06/30/2026"]}, "discontinued_date"),
    ],
)
def test_a_shortage_that_cannot_be_read_refuses_the_file(tmp_path, change, field):
    with pytest.raises(BadRow) as refused:
        list(read_shortages(changed(tmp_path, SHORTAGES, **change)))
    assert refused.value.field == field


def test_the_rows_say_that_they_are_of_our_own_making():
    for path in (RECALLS, SHORTAGES):
        assert "made up" in json.loads(path.read_text())["meta"]["disclaimer"]
