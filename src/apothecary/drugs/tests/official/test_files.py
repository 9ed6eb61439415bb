"""Finding and reading the files of a release: plain, packed, in a zip, in a folder."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from apothecary.drugs.loading.kinds import KINDS
from apothecary.drugs.official.files import (
    NotFound,
    Piece,
    Wanted,
    digest,
    pieces,
    silent,
    table_lines,
    text_lines,
)
from apothecary.drugs.official.heads import Head, is_of_another
from apothecary.drugs.shipped import BadRow

WANTED = {
    "product": Wanted(("product.txt", "*product*.txt")),
    "package": Wanted(("*package*.txt",)),
}
TEXT = b"A\tB\r\n1\tx\r\n2\t\xe9\r\n"


def written(folder: Path, name: str, content: bytes = TEXT) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def in_zip(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_dot_", "."), content)
    return path


def test_a_folder_a_zip_and_a_zip_in_a_folder_hold_a_release(tmp_path):
    loose = tmp_path / "loose"
    loose.mkdir()
    written(loose, "product.txt")
    written(loose, "package.txt.gz", gzip.compress(TEXT))
    packed = in_zip(tmp_path / "ndc.ZIP", product_dot_txt=TEXT, package_dot_txt=TEXT)
    around = tmp_path / "around"
    around.mkdir()
    in_zip(around / "ndc.zip", product_dot_txt=TEXT, package_dot_txt=TEXT)
    for path in (loose, packed, around):
        found = pieces(path, WANTED)
        assert [piece.name.removesuffix(".gz") for piece in found.values()] == [
            "product.txt",
            "package.txt",
        ]
        assert digest(found.values()) == digest(pieces(loose, WANTED).values())
        for piece in found.values():
            assert list(text_lines(piece, encoding="cp1252")) == ["A\tB", "1\tx", "2\té"]


def test_one_file_of_a_release_finds_the_others_beside_it(tmp_path):
    path = written(tmp_path, "product.txt")
    written(tmp_path, "package.txt")
    assert pieces(path, WANTED)["package"].name == "package.txt"
    alone = pieces(path, {"product": Wanted(("*.txt",))})
    assert alone["product"].path == path


@pytest.mark.parametrize("ending", [".gz", ".GZ", ".Gz"])
def test_a_packed_file_is_packed_however_its_ending_is_written(tmp_path, ending):
    path = written(tmp_path, f"PRODUCT.TXT{ending}", gzip.compress(TEXT))
    piece = pieces(path, {"product": Wanted(("product.txt",))})["product"]
    assert list(text_lines(piece, encoding="cp1252")) == ["A\tB", "1\tx", "2\té"]


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((), "no product file in it"),
        (("product.txt",), "no package file in it"),
        (("x-product-a.txt", "x-product-b.txt", "package.txt"), "several files could be the"),
    ],
)
def test_a_missing_or_double_file_is_named(tmp_path, names, says):
    for name in names:
        written(tmp_path, name)
    with pytest.raises(NotFound, match=says):
        pieces(tmp_path, WANTED)


def test_the_exact_name_goes_before_a_likeness(tmp_path):
    for name in ("product.txt", "old_product.txt", "package.txt"):
        written(tmp_path, name)
    assert pieces(tmp_path, WANTED)["product"].name == "product.txt"


def test_a_path_that_is_not_there_and_a_broken_zip_are_refused(tmp_path):
    with pytest.raises(NotFound, match="does not exist"):
        pieces(tmp_path / "nowhere", WANTED)
    written(tmp_path, "broken.zip", b"PK nonsense")
    with pytest.raises(NotFound, match="no zip that can be read"):
        pieces(tmp_path, WANTED)


def test_a_packed_file_that_is_cut_off_is_refused_with_its_name(tmp_path):
    packed = gzip.compress(b"line\n" * 50_000)
    piece = Piece(written(tmp_path, "cut.txt.gz", packed[: len(packed) // 2]))
    with pytest.raises(BadRow, match=r"cut.txt.gz line \d+, file: cannot be unpacked"):
        list(text_lines(piece, encoding="utf-8"))
    with pytest.raises(BadRow, match="cannot be unpacked"):
        digest([piece])


def test_a_byte_of_another_encoding_is_refused_with_its_line(tmp_path):
    piece = Piece(written(tmp_path, "a.txt", b"good\nb\x81d\n"))
    with pytest.raises(
        BadRow, match=r"a.txt line 2, line: is not cp1252: byte 0x81 at 2"
    ) as bad:
        list(text_lines(piece, encoding="cp1252"))
    assert bad.value.field == "line"


def test_progress_adds_up_to_the_size_of_the_file(tmp_path):
    content = b"0123456789\n" * 12_345
    for path in (
        written(tmp_path, "plain.txt", content),
        written(tmp_path, "packed.txt.gz", gzip.compress(content)),
        in_zip(tmp_path / "z.zip", plain_dot_txt=content),
    ):
        found = next(iter(pieces(path, {"it": Wanted(("*plain*", "*packed*"))}).values()))
        told: list[int] = []
        assert sum(1 for _ in text_lines(found, encoding="ascii", tell=told.append)) == 12_345
        assert sum(told) == found.size
        assert len(told) > 2


def test_columns_are_found_by_name_in_any_order_and_more_may_follow(tmp_path):
    piece = Piece(written(tmp_path, "t.txt", b"B\tC\tA\r\nx\ty\tz\r\n"))
    lines = list(table_lines(piece, encoding="cp1252", separator="\t", columns=("A", "B")))
    assert [(line.number, line.cells["A"], line.cells["B"]) for line in lines] == [
        (2, "z", "x")
    ]


@pytest.mark.parametrize(
    ("content", "line", "field"),
    [
        (b"A\tC\r\n", 1, "B"),
        (b"", 1, "A"),
        (b"A\tB\tA\r\n", 1, "A"),
        (b"A\tB\r\n1\t2\r\n1\r\n", 3, "line"),
        (b"A\tB\r\n1\t2\t3\r\n", 2, "line"),
        (b"A\tB\r\n\r\n", 2, "line"),
    ],
)
def test_a_header_or_line_that_does_not_fit_is_refused(tmp_path, content, line, field):
    piece = Piece(written(tmp_path, "t.txt", content))
    with pytest.raises(BadRow) as bad:
        list(table_lines(piece, encoding="cp1252", separator="\t", columns=("A", "B")))
    assert (bad.value.file, bad.value.line, bad.value.field) == ("t.txt", line, field)


def test_quotes_are_letters_like_any_other(tmp_path):
    piece = Piece(written(tmp_path, "t.txt", b'A\tB\r\n"one\t5" x\r\n'))
    (line,) = table_lines(piece, encoding="cp1252", separator="\t", columns=("A", "B"))
    assert (line.cells["A"], line.cells["B"]) == ('"one', '5" x')


def test_a_caller_without_a_bar_is_told_nothing():
    tell: Callable[[int], object] = silent
    assert tell(5) is None


BOOK = b"Ingredient~DF;Route~Trade_Name~Applicant~Strength~Appl_Type~Appl_No~TE_Code\r\n"
LISTED = b"PRODUCTID\tPRODUCTNDC\tPRODUCTTYPENAME\tPROPRIETARYNAME\r\n"
PACKED = b"PRODUCTID\tPRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\r\n"


def orange_book(folder: Path) -> Path:
    return in_zip(
        folder / "EOBZIP.zip",
        products_dot_txt=BOOK,
        patent_dot_txt=b"Appl_Type~Appl_No~Product_No~Patent_No\r\n",
    )


def found_for(key: str, path: Path) -> dict[str, str]:
    return {role: piece.name for role, piece in pieces(path, KINDS[key].files).items()}


def test_the_directory_beside_the_orange_book_is_told_from_it_by_its_columns(tmp_path):
    orange_book(tmp_path)
    written(tmp_path, "ndc_product_2026.txt.gz", gzip.compress(LISTED))
    written(tmp_path, "ndc_package_2026.txt", PACKED)
    assert found_for("fda-ndc", tmp_path) == {
        "product": "ndc_product_2026.txt.gz",
        "package": "ndc_package_2026.txt",
    }
    assert found_for("orange-book", tmp_path) == {
        "products": "products.txt",
        "patents": "patent.txt",
    }


def test_a_file_of_another_source_alone_is_named_and_refused(tmp_path):
    path = orange_book(tmp_path)
    with pytest.raises(NotFound, match=r"by its columns products\.txt is of another"):
        found_for("fda-ndc", path)


def test_a_file_with_the_right_name_and_a_strange_beginning_keeps_its_place(tmp_path):
    # Its reader then says what is wrong: an older file beside it must not slip in.
    written(tmp_path, "product.txt", b"")
    written(tmp_path, "old_product.txt", LISTED)
    written(tmp_path, "package.txt.gz", b"no gzip at all")
    written(tmp_path, "old_package.txt", PACKED)
    assert found_for("fda-ndc", tmp_path) == {
        "product": "product.txt",
        "package": "package.txt.gz",
    }


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("fda-ndc", ("product.txt", "package.txt")),
        ("fda-ndc-excluded", ("Products_excluded.txt", "Packages_excluded.txt")),
        ("fda-ndc-unfinished", ("unfinished_product.txt", "unfinished_package.txt")),
    ],
)
def test_three_lists_of_one_layout_in_one_folder_are_told_by_their_names(tmp_path, key, names):
    for listed, packed in (
        ("product.txt", "package.txt"),
        ("Products_excluded.txt", "Packages_excluded.txt"),
        ("unfinished_product.txt", "unfinished_package.txt"),
    ):
        written(tmp_path, listed, LISTED)
        written(tmp_path, packed, PACKED)
    assert found_for(key, tmp_path) == {"product": names[0], "package": names[1]}


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("fda-ndc", ("Products_excluded.txt", "Packages_excluded.txt")),
        ("fda-ndc", ("unfinished_product.txt", "unfinished_package.txt")),
        ("fda-ndc-excluded", ("product.txt", "package.txt")),
        ("fda-ndc-unfinished", ("product.txt", "package.txt")),
    ],
)
def test_no_list_is_loaded_as_another_of_the_same_layout(tmp_path, key, names):
    written(tmp_path, names[0], LISTED)
    written(tmp_path, names[1], PACKED)
    with pytest.raises(NotFound, match="no product file in it"):
        found_for(key, tmp_path)


@pytest.mark.parametrize(
    ("text", "head", "another"),
    [
        (LISTED, Head.LISTINGS, False),
        (LISTED, Head.RATINGS, True),
        (LISTED, Head.PACKAGES, True),
        (BOOK, Head.LISTINGS, True),
        (BOOK, Head.RATINGS, False),
        (BOOK, Head.UNKNOWN, False),
        (b"anything else", Head.LISTINGS, False),
        (b"", Head.LISTINGS, False),
        (b"A title above\nNDC,NADAC_Per_Unit,Effective_Date,Pricing_Unit", Head.PRICES, False),
        (b"NDC,NADAC Per Unit,Effective Date,Pricing Unit", Head.LIMITS, True),
        (b"parent_rxcui,child_rxcui,rel", Head.CONCEPTS, True),
        (b"ndc11,rxcui,tty", Head.CONCEPTS, True),
        (b"ndc11,rxcui,tty", Head.DRUG_CODES, False),
    ],
)
def test_a_beginning_is_of_another_source_only_when_it_is_known(text, head, another):
    assert is_of_another(text.decode(), head) is another
