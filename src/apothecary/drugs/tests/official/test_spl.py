"""Product labels: looks by characteristic, sections by LOINC; what is no label is refused."""

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from apothecary.drugs.official.files import Piece
from apothecary.drugs.official.spl import LabelRow, read_label, read_labels
from apothecary.drugs.shipped import BadRow

LABEL = Path(__file__).parent.parent / "cuts" / "synthetic" / "label.xml"
TEXT = LABEL.read_text()


def label(text: str = TEXT) -> LabelRow:
    return read_label("label.xml", text.encode())


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return held.getvalue()


def test_a_label_says_its_set_its_version_and_its_day():
    found = label()
    assert (found.set_id[-4:], found.version) == ("aaaa", 3)
    assert (found.title, found.labeler) == ("Made-up warfarin tablets", "Made-Up Pharma LLC")
    assert found.effective_on == date(2026, 1, 15)


def test_a_pill_has_imprint_colour_shape_size_and_score():
    look = label().looks[0]
    assert (look.code, look.product_key, look.part) == ("0093-1721", "0000931721", 0)
    assert (look.imprint, look.colour, look.shape) == ("TEST; 5", "orange", "oval")
    assert (look.size_mm, look.score) == (Decimal("9.5"), 2)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("TEST;5", "TEST; 5"),
        ("TEST", "TEST"),
        ("TEST;;5;", "TEST; 5"),
        (" TEST ; 5 ", "TEST; 5"),
        (";", ""),
        ("", ""),
    ],
)
def test_the_parts_of_an_imprint_are_told_apart_and_an_empty_one_is_none(written, read):
    assert label(TEXT.replace("TEST;5", written)).looks[0].imprint == read


@pytest.mark.parametrize("kind", ["SPLSYMBOL", "SPLFLAVOR", "SPLIMAGE", "SPLCOATING"])
def test_a_characteristic_that_nobody_asks_for_changes_no_look(kind):
    more = (
        f'<subjectOf><characteristic><code code="{kind}"/><value value="x" displayName="y">z'
        "</value></characteristic></subjectOf>"
    )
    first = TEXT.index("<subjectOf>")
    assert label(TEXT[:first] + more + TEXT[first:]).looks == label().looks


def test_the_parts_of_a_kit_look_each_their_own_way():
    _, one, two = label().looks
    assert (one.part, one.colour, one.imprint) == (1, "blue/white", "KIT A")
    assert (two.part, two.colour, two.size_mm, two.score) == (2, "", None, None)


def test_sections_that_are_asked_for_are_kept_with_all_that_is_inside_them():
    found = {section.loinc: section.text for section in label().sections}
    assert found == {
        "34066-1": "This boxed warning is made up.",
        "34073-7": "Made-up interactions. One more.",
    }


BOXED = '<text><paragraph>This boxed warning is <content styleCode="bold">made up</content>.'


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<text><paragraph>H<sub>2</sub>O and m<sup>2</sup>.", "H2O and m2."),
        ("<text><paragraph>One.</paragraph><paragraph>Two.", "One. Two."),
        ("<text><paragraph>One<br/>two.", "One two."),
        (
            "<text><list><item>Liver</item><item>Kidney</item></list><paragraph>",
            "Liver Kidney",
        ),
        (
            "<text><table><tbody><tr><td>5 mg</td><td>30</td></tr></tbody></table><paragraph>",
            "5 mg 30",
        ),
        ("<text><paragraph>Stop <!-- checked by MK --><?editor x?>at once.", "Stop at once."),
        ('<text><paragraph>See <linkHtml href="#a">section 5</linkHtml>.', "See section 5."),
        ("<text><paragraph>5&#160;mg\n\tonce", "5 mg once"),
        (
            "<excerpt><highlight><text>Short form.</text></highlight></excerpt>"
            "<text><paragraph>Long form.",
            "Long form.",
        ),
    ],
)
def test_a_section_reads_as_it_is_printed(written, read):
    assert BOXED in TEXT
    (boxed,) = (
        section for section in label(TEXT.replace(BOXED, written)).sections
        if section.loinc == "34066-1"
    )  # fmt: skip
    assert boxed.text == read


def test_a_label_comes_alone_in_a_zip_or_in_a_zip_of_zips(tmp_path):
    inner = zipped(label__xml=LABEL.read_bytes(), pill__jpg=b"\xff\xd8")
    shapes = {
        "label.xml": LABEL.read_bytes(),
        "one.zip": inner,
        "release.zip": zipped(a__zip=inner, readme__txt=b"no label"),
    }
    for name, content in shapes.items():
        (tmp_path / name).write_bytes(content)
        (found,) = read_labels(Piece(tmp_path / name))
        assert (found.file, found.version) == ("label.xml", 3)


def test_an_archive_that_is_broken_inside_is_refused(tmp_path):
    path = tmp_path / "release.zip"
    path.write_bytes(zipped(a__zip=b"PK no zip at all"))
    with pytest.raises(BadRow, match="cannot be unpacked"):
        list(read_labels(Piece(path)))


@pytest.mark.parametrize(
    ("was", "becomes", "field"),
    [
        ('<setId root="00000000-0000-4000-8000-00000000aaaa"/>', "", "setId"),
        ('root="00000000-0000-4000-8000-00000000aaaa"', f'root="{"a" * 65}"', "setId"),
        ('<versionNumber value="3"/>', '<versionNumber value="three"/>', "versionNumber"),
        ('<versionNumber value="3"/>', "<versionNumber/>", "versionNumber"),
        ('<effectiveTime value="20260115"/>', '<effectiveTime value="2026"/>', "effectiveTime"),
        ('code="0093-1721"', 'code="0093-1721-01"', "code"),
        ('code="0093-1721"', 'code="93"', "code"),
        ('value="9.5"', 'value="large"', "characteristic"),
        ('value="9.5"', 'value="-1"', "characteristic"),
        ("</document>", "", "document"),
        ("<document", "<!DOCTYPE document><document", "document"),
        ('xmlns="urn:hl7-org:v3"', 'xmlns="urn:other"', "document"),
    ],
)
def test_a_document_that_is_no_whole_label_is_refused_by_field(was, becomes, field):
    assert was in TEXT
    with pytest.raises(BadRow) as refused:
        label(TEXT.replace(was, becomes, 1))
    assert (refused.value.file, refused.value.field) == ("label.xml", field)
    assert refused.value.line >= 1


def test_an_entity_is_never_taken_from_outside():
    entity = '<!DOCTYPE document [<!ENTITY x SYSTEM "file:///etc/passwd">]><document'
    with pytest.raises(BadRow, match="document type"):
        label(TEXT.replace("<document", entity, 1))


def test_a_product_under_another_system_of_codes_is_no_drug_of_ours():
    other = TEXT.replace("2.16.840.1.113883.6.69", "2.16.840.1.113883.6.162")
    assert label(other).looks == ()
