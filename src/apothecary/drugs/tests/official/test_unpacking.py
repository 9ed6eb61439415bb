"""Archives as they come down a bad line: unclosed, altered, locked; each refused by name."""

import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.official.files import (
    LONGEST_LINE,
    NotFound,
    Piece,
    Wanted,
    digest,
    pieces,
    table_lines,
    text_lines,
)
from apothecary.drugs.shipped import BadRow

TEXT = b"A\tB\r\n" + b"".join(b"%d\tsome words of a row\r\n" % n for n in range(500))
WANTED = {"it": Wanted(("product.txt",))}
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def archive(folder: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "release.zip"
    with zipfile.ZipFile(path, "w", method) as zipped:
        zipped.writestr("notes.txt", "nothing")
        zipped.writestr("inner/product.txt", TEXT)
    return path


def altered(path: Path, at: int, value: int) -> Path:
    raw = bytearray(path.read_bytes())
    raw[at] = value
    path.write_bytes(bytes(raw))
    return path


def refusal(path: Path) -> BadRow:
    """Both readers of bytes refuse, the digest before a row is read."""
    piece = pieces(path, WANTED)["it"]
    with pytest.raises(BadRow, match="cannot be unpacked") as of_digest:
        digest([piece])
    with pytest.raises(BadRow, match="cannot be unpacked") as of_lines:
        list(text_lines(piece, encoding="ascii"))
    assert of_digest.value.file == of_lines.value.file == piece.name
    assert of_digest.value.field == of_lines.value.field == "file"
    return of_lines.value


def test_a_file_in_a_folder_inside_a_zip_is_found_by_its_own_name(tmp_path):
    piece = pieces(archive(tmp_path), WANTED)["it"]
    assert (piece.name, piece.member) == ("product.txt", "inner/product.txt")
    assert b"\r\n".join(line.encode() for line in text_lines(piece, encoding="ascii")) == (
        TEXT.removesuffix(b"\r\n")
    )


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_zip_that_was_never_closed_is_refused_wherever_it_breaks_off(tmp_path, share):
    path = archive(tmp_path)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(NotFound, match="no zip that can be read"):
        pieces(tmp_path, WANTED)
    with pytest.raises(NotFound, match="no it file in it"):
        pieces(path, WANTED)


def test_a_member_whose_bytes_were_altered_is_refused_by_its_checksum(tmp_path):
    path = archive(tmp_path, zipfile.ZIP_STORED)
    at = path.read_bytes().index(b"some words")
    assert "CRC" in refusal(altered(path, at, ord("S"))).reason


def test_a_member_whose_packing_is_nonsense_is_refused(tmp_path):
    path = archive(tmp_path)
    data = path.read_bytes().rindex(LOCAL) + 30 + len("inner/product.txt")
    refusal(altered(path, data, 0xFF))


def test_a_member_that_does_not_begin_where_the_list_says_is_refused(tmp_path):
    path = archive(tmp_path)
    refusal(altered(path, path.read_bytes().rindex(LOCAL), ord("X")))


def test_a_member_under_a_password_is_refused_and_not_asked_about(tmp_path):
    path = archive(tmp_path)
    raw = path.read_bytes()
    altered(path, raw.rindex(LOCAL) + 6, 1)
    altered(path, raw.rindex(CENTRAL) + 8, 1)
    assert "password" in refusal(path).reason


def test_a_member_packed_in_an_unknown_way_is_refused(tmp_path):
    path = archive(tmp_path)
    raw = path.read_bytes()
    altered(path, raw.rindex(LOCAL) + 8, 97)
    altered(path, raw.rindex(CENTRAL) + 10, 97)
    refusal(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"\x1f\x8b", b"plain words"])
def test_a_gz_that_is_none_is_refused_unless_it_is_empty(tmp_path, content):
    path = tmp_path / "product.txt.gz"
    path.write_bytes(content)
    if not content:
        assert list(text_lines(Piece(path), encoding="ascii")) == []
        return
    with pytest.raises(BadRow, match="cannot be unpacked"):
        list(text_lines(Piece(path), encoding="ascii"))


def test_a_gz_with_an_altered_byte_is_refused_by_its_checksum(tmp_path):
    path = tmp_path / "product.txt.gz"
    path.write_bytes(gzip.compress(TEXT, compresslevel=0))
    altered(path, path.read_bytes().index(b"some words"), ord("S"))
    refusal(path)


def test_one_release_has_one_digest_however_it_is_packed(tmp_path):
    plain, packed = tmp_path / "product.txt", tmp_path / "product.txt.gz"
    plain.write_bytes(TEXT)
    packed.write_bytes(gzip.compress(TEXT))
    zipped = pieces(archive(tmp_path), WANTED)["it"]
    assert digest([Piece(plain)]) == digest([Piece(packed)]) == digest([zipped])
    assert digest([Piece(plain)]) != digest([Piece(plain), Piece(plain)])


def test_a_line_longer_than_any_is_no_line_and_is_refused(tmp_path):
    path = tmp_path / "product.txt"
    path.write_bytes(b"A\tB\r\n1\t" + b"x" * (LONGEST_LINE + 10) + b"\r\n2\ty\r\n")
    rows = table_lines(Piece(path), encoding="ascii", separator="\t", columns=("A", "B"))
    assert len(next(rows).cells["B"]) == LONGEST_LINE - 2
    with pytest.raises(BadRow, match="has 1 cells, the header has 2"):
        next(rows)


WORDS = st.text(st.characters(codec="cp1252", exclude_characters="\t\r\n\0"))


@given(st.lists(st.tuples(WORDS, WORDS), max_size=5), st.booleans())
def test_every_cell_comes_back_as_it_was_written(tmp_path_factory, rows, ended):
    text = "\r\n".join(["A\tB", *("\t".join(row) for row in rows)]) + "\r\n" * ended
    path = tmp_path_factory.mktemp("cells") / "t.txt"
    path.write_bytes(text.encode("cp1252"))
    lines = table_lines(Piece(path), encoding="cp1252", separator="\t", columns=("A", "B"))
    assert [(line.cells["A"], line.cells["B"]) for line in lines] == rows


@given(st.binary(max_size=300))
def test_no_bytes_whatever_raise_anything_but_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "product.txt.gz"
    for each in (content, gzip.compress(content)):
        path.write_bytes(each)
        rows = table_lines(Piece(path), encoding="cp1252", separator="\t", columns=("no-such",))
        with pytest.raises(BadRow, match=r"^product.txt.gz line \d+, (file|line|no-such): "):
            list(rows)
