"""Every row of law that binds this pharmacy stands on one paper with its citation."""

from apothecary.law.tables import every_row
from apothecary.staff.models import Pharmacy
from apothecary.vault.law_paper import law_paper, law_row


def test_each_row_of_federal_law_and_of_the_state_is_there_with_its_citation_and_mark(pharmacy):
    paper = law_paper(pharmacy.technician, {})
    shown = {(row[0], row[1]): row for row in paper.rows}
    for table, row in every_row():
        bound = table in {"federal", "policy", "substitution", "TX"} or row.id.startswith("TX_")
        assert ((table, row.id) in shown) is bound, row.id
        if bound:
            assert row.cite in shown[table, row.id]
            assert row.verified in shown[table, row.id]


def test_another_state_is_bound_by_its_own_rows(pharmacy):
    Pharmacy.objects.filter(pk=pharmacy.pharmacy.pk).update(state="DC")
    ids = {row[1] for row in law_paper(pharmacy.technician, {}).rows}
    assert "DC_correct_hours" in ids
    assert "TX_lookup_kinds" not in ids


def test_a_doubtful_row_says_so_by_its_mark():
    table, row = next((table, row) for table, row in every_row() if row.verified == "KQ")
    assert law_row(table, row)[5] == "KQ"


def test_a_row_fills_every_column():
    for table, row in every_row():
        said = law_row(table, row)
        assert len(said) == 7
        assert all(said[place] for place in (0, 1, 2, 4, 5, 6)), row.id
