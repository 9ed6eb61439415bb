"""openFDA's array of results, read record by record from any piece of the file."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.drugs.official import json_rows
from apothecary.drugs.official.files import Piece
from apothecary.drugs.official.json_rows import Record, json_records, updated_on
from apothecary.drugs.shipped import BadRow

META = '{"meta": {"last_updated": "2026-03-11", "results": {"skip": 0, "total": 2}}, '


def written(folder: Path, text: str) -> Piece:
    path = folder / "records.json"
    path.write_bytes(text.encode())
    return Piece(path)


def read(folder: Path, text: str) -> list[tuple[int, dict[str, object]]]:
    return [(each.line, dict(each.cells)) for each in json_records(written(folder, text))]


@pytest.fixture(params=[1, 7, 1 << 18])
def piecewise(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the file in very small pieces as well."""
    monkeypatch.setattr(json_rows, "AT_ONCE", request.param)


@pytest.mark.usefixtures("piecewise")
def test_records_come_one_by_one_with_the_line_they_begin_in(tmp_path):
    text = META + '"results": [\n{"a": "é]",\n "b": [1, 2.50]},\n\n {"a": null}\n]}'
    assert read(tmp_path, text) == [(2, {"a": "é]", "b": [1, "2.50"]}), (5, {"a": None})]


@pytest.mark.usefixtures("piecewise")
def test_an_empty_array_has_no_record(tmp_path):
    assert read(tmp_path, META + '"results": []}') == []


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "no such array"),
        ('{"results": {"a": 1}}', 1, "no such array"),
        ('{"error": {"code": "NOT_FOUND"}}', 1, "no such array"),
        (META + '"results": [\n{"a": 1},\n{"b": ', 3, "breaks off"),
        (META + '"results": [\n{"a": 1}', 2, "breaks off"),
        (META + '"results": [\n{"a": 1},\n7]}', 3, "expected an object, got int"),
        (META + '"results": [' + "[" * 100_000, 1, "breaks off"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_by_its_line(tmp_path, text, line, reason):
    with pytest.raises(BadRow, match=reason) as refused:
        read(tmp_path, text)
    assert (refused.value.line, refused.value.field) == (line, "results")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "records.json"
    path.write_bytes(META.encode() + b'"results": [{"a": "\xff"}]}')
    with pytest.raises(BadRow, match="is not UTF-8"):
        list(json_records(Piece(path)))


def test_a_zip_is_read_without_unpacking_it_and_a_broken_one_is_refused(tmp_path):
    path = tmp_path / "records.json.zip"
    body = META + '"results": [{"a": "' + "x" * 200_000 + '"}]}'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("records.json", body)
    assert [
        len(str(each.cells["a"])) for each in json_records(Piece(path, "records.json"))
    ] == [200_000]
    damaged = bytearray(path.read_bytes())
    damaged[60] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(BadRow, match="cannot be unpacked"):
        list(json_records(Piece(path, "records.json")))


def test_the_day_of_the_data_is_that_of_the_meta_block_alone(tmp_path):
    assert updated_on(written(tmp_path, META + '"results": []}')) == date(2026, 3, 11)
    late = '{"results": [{"last_updated": "2020-01-01"}]}'
    assert updated_on(written(tmp_path, late)) is None


@pytest.mark.parametrize(
    ("cells", "field", "call"),
    [
        ({"a": 1}, "a", "maybe"),
        ({"a": ["x"]}, "a", "maybe"),
        ({"a": "x\x00y"}, "a", "maybe"),
        ({"a": " "}, "a", "text"),
        ({}, "a", "text"),
        ({"a": {"b": 1}}, "a", "texts"),
        ({"a": [1]}, "a", "texts"),
        ({"a": "x"}, "a", "block"),
    ],
)
def test_a_field_of_another_kind_is_refused_by_name(cells, field, call):
    record = Record("records.json", 4, cells)
    with pytest.raises(BadRow) as refused:
        getattr(record, call)(field)
    assert (refused.value.line, refused.value.field) == (4, field)


def test_a_field_that_is_missing_is_empty_where_it_may_be():
    record = Record("records.json", 4, {"a": " two\n words ", "b": "one"})
    assert (record.maybe("a"), record.maybe("none")) == ("two words", "")
    assert (record.texts("b"), record.texts("none")) == (("one",), ())
    assert record.block("none").cells == {}
    with pytest.raises(BadRow, match="'one' is none of"):
        record.one_of("b", ("two",))


@contextmanager
def small_pieces(many: int) -> Iterator[None]:
    before = json_rows.AT_ONCE
    json_rows.AT_ONCE = many
    try:
        yield
    finally:
        json_rows.AT_ONCE = before


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=40)
@given(st.lists(st.dictionaries(TEXTS, TEXTS, max_size=3), max_size=4), st.integers(1, 50))
def test_what_json_wrote_is_read_again_in_pieces_of_any_size(tmp_path_factory, rows, many):
    folder = tmp_path_factory.mktemp("json")
    text = json.dumps({"meta": {}, "results": rows}, ensure_ascii=False, indent=1)
    with small_pieces(many):
        assert [cells for _, cells in read(folder, text)] == rows
