"""Tracing documents by a wholesaler's folder, beside papers of X12 and what is neither."""

import pytest

from apothecary.purchasing.papers.lines import FolderLine
from apothecary.purchasing.papers.sending import fetch_from
from apothecary.purchasing.tracing.models import TracedPackage, TracingDocument
from apothecary.purchasing.tracing.tests.seller import Told


@pytest.fixture
def line(tmp_path) -> FolderLine:
    (tmp_path / "out").mkdir()
    return FolderLine(tmp_path)


def lies(line, name):
    return (line.folder / "out" / name).exists()


@pytest.mark.parametrize(("name", "syntax"), [("a.xml", "xml"), ("a.json", "json")])
def test_a_tracing_document_is_taken_out_of_the_mailbox_into_the_house(
    yard, line, name, syntax
):
    (line.folder / "out" / name).write_bytes(getattr(Told(), syntax)())
    by = yard.world.system
    assert fetch_from(line, yard.wholesaler, by=by) == 1
    assert not lies(line, name)
    assert TracedPackage.objects.count() == 2
    assert fetch_from(line, yard.wholesaler, by=by) == 0


def test_one_that_is_cut_off_is_kept_with_its_reason_and_stops_nothing(yard, line):
    (line.folder / "out" / "a.xml").write_bytes(Told().xml()[:700])
    (line.folder / "out" / "b.xml").write_bytes(Told().xml())
    assert fetch_from(line, yard.wholesaler, by=yard.world.system) == 2
    assert [bool(one.problem) for one in TracingDocument.objects.order_by("pk")] == [
        True,
        False,
    ]
    assert TracedPackage.objects.count() == 2


def test_what_is_neither_order_paper_nor_tracing_stays_for_others(yard, line):
    (line.folder / "out" / "recall.json").write_bytes(b'{"recall": "R-1"}')
    assert fetch_from(line, yard.wholesaler, by=yard.world.system) == 0
    assert lies(line, "recall.json")
    assert not TracingDocument.objects.exists()
