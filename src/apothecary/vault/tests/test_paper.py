"""Papers of the vault, read back out of the PDF they are printed in."""

import csv
from io import StringIO

import pypdfium2
import pytest

from apothecary.vault.paper import Column, Paper, paper_csv, paper_pdf, parted

COLUMNS = (Column("When", 90), Column("What", 200), Column("Left", 60, right=True))


def paper(rows, *, signatures=(), below=()):
    return Paper(
        title="A paper",
        head=[("Drug", "oxycodone 5 mg tablet")],
        columns=COLUMNS,
        rows=rows,
        below=below,
        signatures=signatures,
    )


def pages_of(made):
    document = pypdfium2.PdfDocument(paper_pdf(made))
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def lefts_of(made, text):
    """How far from the left edge each letter of the first such text begins."""
    document = pypdfium2.PdfDocument(paper_pdf(made))
    try:
        page = document[0].get_textpage()
        index, _ = page.search(text).get_next()
        return [page.get_charbox(index + at) for at in range(len(text))]
    finally:
        document.close()


def test_every_row_stands_on_some_page_once_and_every_page_says_which_it_is():
    rows = [(f"day {n:04d}", "dispensed", str(n)) for n in range(400)]
    pages = pages_of(paper(rows))
    whole = "\n".join(pages)
    assert [whole.count(f"day {n:04d}") for n in range(400)] == [1] * 400
    for number, text in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in text
        assert all(column.title in text for column in COLUMNS)
    assert ["oxycodone 5 mg tablet" in text for text in pages] == [True] + [False] * (
        len(pages) - 1
    )


def test_numbers_end_at_one_line_whatever_their_width():
    made = paper([("a", "b", "7"), ("c", "d", "1,234,567")])
    (short,) = lefts_of(made, "7")[-1:]
    (long,) = lefts_of(made, "1,234,567")[-1:]
    assert short[2] == pytest.approx(long[2], abs=0.1)


def test_a_text_wider_than_its_column_is_broken_and_not_cut():
    words = "taken out of the safe for the count of the night shift and put back in the morning"
    text = pages_of(paper([("a", words, "1")]))[0]
    assert " ".join(text.split()).count("night shift") == 1
    assert all(word in text for word in words.split())


def test_an_empty_paper_has_one_page_with_its_titles():
    (text,) = pages_of(paper([]))
    assert "page 1 of 1" in text
    assert "Left" in text


def test_who_signs_and_what_stands_below_is_on_the_last_page_alone():
    rows = [(f"day {n}", "dispensed", str(n)) for n in range(120)]
    made = paper(rows, below=["Balance 7"], signatures=["Pharmacist", "Witness"])
    *before, last = pages_of(made)
    assert before
    for said in ("Balance 7", "Pharmacist", "Witness"):
        assert said in last
        assert not any(said in text for text in before)


@pytest.mark.parametrize("spare", range(12))
def test_signatures_never_run_off_the_page_whatever_is_left_of_it(spare):
    rows = [("a", "b", "c")] * (30 + spare)
    made = paper(rows, below=["Balance"], signatures=["Pharmacist", "Witness"])
    document = pypdfium2.PdfDocument(paper_pdf(made))
    try:
        page = document[len(document) - 1].get_textpage()
        index, _ = page.search("Witness").get_next()
        assert page.get_charbox(index)[1] > 20
    finally:
        document.close()
    assert sum(len(page) for page in parted(made)) == len(rows)


@pytest.mark.parametrize("cell", ["=1+1", "+7", "@SUM(A1)", "\tx", "\rx"])
def test_no_spreadsheet_takes_a_cell_for_a_formula(cell):
    (_, row) = csv.reader(StringIO(paper_csv(paper([(cell, "b", "c")])), newline=""))
    assert row[0] == f"'{cell}"


def test_a_spreadsheet_reads_back_what_was_written():
    rows = [("2026-11-23", 'said "no", twice', "-1"), ("", "two\nlines", "0.5")]
    read = list(csv.reader(StringIO(paper_csv(paper(rows)), newline="")))
    assert read[0] == ["When", "What", "Left"]
    assert [tuple(row) for row in read[1:]] == rows
