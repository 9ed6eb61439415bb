"""The vial label: everything it must say, nothing cut off, its code read back twice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest
import zplkit
import zxingcpp
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from apothecary.law.problem import Refused
from apothecary.workbench import label_layout, labels
from apothecary.workbench.label_content import LabelContent, label_problems, printable

TAPER = " ".join(
    [
        "Take 6 tablets by mouth once daily in the morning with food for 3 days,",
        *(f"then take {n} tablets once daily for 3 days," for n in (5, 4, 3, 2)),
        "then stop. Do not stop earlier without asking your prescriber.",
        "Call if you have black stools.",
    ]
)
CONTENT = LabelContent(
    pharmacy_name="Cedar Bend Pharmacy",
    pharmacy_address="418 Pecan Hollow, Austin TX 78704",
    pharmacy_phone="(512) 555-0142",
    rx_number="7000118",
    fill_number=1,
    filled_on=date(2026, 6, 10),
    written_on=date(2026, 5, 22),
    patient_name="GARCÍA, MARÍA",
    patient_address="77 Juniper Way, Austin TX 78745",
    prescriber_name="Amara Osei MD",
    drug_name="hydrOXYzine HCl",
    strength="25 mg",
    form="tablet",
    labeler="Example Labs",
    ndc="00000-1234-01",
    quantity=Decimal("30.000"),
    unit="tablet",
    directions="Take 1 tablet by mouth every 6 hours as needed for itching.",
    refills_left=2,
    discard_after=date(2027, 6, 10),
    payload="7000118-01",
    generic_for="Atarax",
    lot="LT4471",
    expires_on=date(2028, 1, 31),
    auxiliary=("May cause drowsiness. Do not drive until you know how it affects you.",),
    cautions=("CAUTION: no transfer to another person.",),
    technician="RA",
    pharmacist="AL",
)
SPANISH = replace(
    CONTENT,
    language="es",
    unit_word="tabletas",
    directions="Tome 1 tableta por la boca cada 6 horas según sea necesario para la comezón.",
)
LONG = replace(CONTENT, directions=TAPER)
ALL = pytest.mark.parametrize("content", [CONTENT, SPANISH, LONG], ids=["en", "es", "long"])
BOTH = pytest.mark.parametrize("dpi", [203, 300])


def pages(content, dpi=203):
    document = pypdfium2.PdfDocument(labels.label_pdf(content, dpi))
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()


def printed(content, dpi=203):
    made = zplkit.render(labels.label_zpl(content, dpi), zplkit.Options(dpi=dpi))
    assert made.warnings == []
    rasters = [label.rasterize() for label in made.labels]
    return [Image.frombytes("L", (each.width, each.height), each.pixels) for each in rasters]


def words_on(content):
    """The text of each page as a PDF reader finds it, line ends as spaces."""
    document = pypdfium2.PdfDocument(labels.label_pdf(content))
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def ink_box(picture):
    return ImageChops.invert(picture.convert("L")).getbbox()


@ALL
@BOTH
def test_the_code_is_read_back_from_the_pdf(content, dpi):
    for page in pages(content, dpi):
        assert [code.text for code in zxingcpp.read_barcodes(page)] == ["7000118-01"]


@ALL
@BOTH
def test_the_code_is_read_back_from_the_label_printer(content, dpi):
    for label in printed(content, dpi):
        codes = zxingcpp.read_barcodes(label)
        assert [(code.text, code.format) for code in codes] == [
            ("7000118-01", zxingcpp.BarcodeFormat.DataMatrix)
        ]


@BOTH
def test_every_module_of_the_code_is_a_whole_number_of_printer_dots(dpi):
    matrix = labels.code_matrix(CONTENT.payload)
    side = labels.DOTS_A_MODULE[dpi]
    (label,) = printed(CONTENT, dpi)
    left = labels.dots(label_layout.WIDTH - label_layout.MARGIN, dpi) - len(matrix) * side
    top = labels.dots(label_layout.MARGIN, dpi)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            corner = (left + x * side, top + y * side)
            module = label.crop((*corner, corner[0] + side, corner[1] + side))
            assert module.getextrema() == ((0, 0) if dark else (255, 255))


@pytest.mark.parametrize(
    "element",
    [
        "Cedar Bend Pharmacy",
        "418 Pecan Hollow, Austin TX 78704",
        "(512) 555-0142",
        "Rx 7000118",
        "refill 1",
        "06/10/2026",
        "GARCÍA, MARÍA",
        "hydrOXYzine HCl 25 mg tablet",
        "Example Labs",
        "NDC 00000-1234-01",
        "generic for Atarax",
        "lot LT4471",
        "expires 01/31/2028",
        "Take 1 tablet by mouth every 6 hours as needed for itching.",
        "May cause drowsiness. Do not drive until you know how it affects you.",
        "Qty: 30 tablets",
        "Refills: 2",
        "Discard after: 06/10/2027",
        "Amara Osei MD",
        "written 05/22/2026",
        "CAUTION: no transfer to another person.",
        "filled RA",
        "checked AL",
    ],
)
def test_the_label_says_each_element(element):
    (page,) = words_on(CONTENT)
    assert element in page


def test_a_spanish_label_has_its_fixed_words_and_accents_in_spanish():
    (page,) = words_on(SPANISH)
    for element in ("Cantidad: 30 tabletas", "Resurtidos: 2", "Desechar tras:", "comezón."):
        assert element in page
    assert "Refills" not in page


def test_long_directions_go_on_to_a_second_label_and_lose_no_word():
    first, *others = words_on(LONG)
    assert others
    total = len(others) + 1
    for place, page in enumerate([first, *others], 1):
        assert f"Label {place} of {total}" in page
        assert "GARCÍA, MARÍA" in page
        assert "hydrOXYzine HCl 25 mg tablet" in page
        assert "Discard after: 06/10/2027" in page
    said = " ".join([first, *others])
    for word in TAPER.split():
        assert word in said


def test_a_dose_is_never_parted_between_two_labels():
    parts = label_layout.lay_out(LONG, 20)
    bold = [
        [mark.text for mark in part if isinstance(mark, label_layout.Text) and mark.size == 10]
        for part in parts
    ]
    assert all(
        lines[0].startswith(("Take 6", "then", "Do not", "Call")) for lines in bold if lines
    )


def test_a_number_stays_on_the_line_of_its_word():
    lines = label_layout.wrap(CONTENT.directions, "VeraBd", 13, label_layout.INNER)
    assert lines == ["Take 1 tablet by mouth every", "6 hours as needed for itching."]


def test_directions_for_more_than_four_labels_are_refused_and_not_cut():
    with pytest.raises(Refused, match="4 is the most") as refusal:
        labels.label_pdf(replace(CONTENT, directions=" ".join([TAPER] * 6)))
    assert refusal.value.problems[0].field == "directions"


@pytest.mark.parametrize(
    "crowded",
    [
        {"cautions": ("CAUTION: no transfer to another person.",) * 9},
        {"patient_name": "VON HOHENZOLLERN-SIGMARINGEN " * 6},
        {"pharmacy_address": "Suite 100, 418 Pecan Hollow, Austin TX 78704 " * 8},
    ],
    ids=["cautions", "patient", "address"],
)
def test_a_label_without_room_for_its_directions_is_refused_and_not_overprinted(crowded):
    with pytest.raises(Refused, match="no room for the directions"):
        labels.label_pdf(replace(CONTENT, **crowded))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.text(alphabet="abcdefg hijklmnop 0123456789áéñ,.", min_size=1, max_size=40),
        min_size=1,
        max_size=22,
    ).map(" ".join)
)
def test_whatever_the_directions_nothing_is_lost_and_nothing_leaves_the_paper(text):
    assume(text.strip())
    content = replace(CONTENT, directions=text)
    try:
        parts = label_layout.lay_out(content, 20)
    except Refused:
        reject()
    set_ = [mark for part in parts for mark in part if isinstance(mark, label_layout.Text)]
    letters = "".join("".join(mark.text.split()) for mark in set_ if mark.font == "VeraBd")
    if len(parts) == 1:
        assert "".join(text.split()) in letters
    for mark in set_:
        assert mark.y <= label_layout.HEIGHT - label_layout.MARGIN + 1
        right = mark.x + label_layout.width_of(mark.text, mark.font, mark.size)
        assert right <= label_layout.WIDTH - label_layout.MARGIN + 0.01


@ALL
@BOTH
def test_the_ink_stays_inside_the_margins_on_both_papers(content, dpi):
    edge = labels.dots(label_layout.MARGIN, dpi) - 3
    for picture in printed(content, dpi) + pages(content, dpi):
        left, top, right, bottom = ink_box(picture)
        assert left >= edge
        assert top >= edge
        assert right <= picture.width - edge
        assert bottom <= picture.height - edge


@BOTH
def test_pdf_and_printer_show_the_same_lines_in_the_same_places(dpi):
    (page,), (label,) = pages(CONTENT, dpi), printed(CONTENT, dpi)
    assert abs(page.height - label.height) <= 1
    assert page.width == label.width
    (marks,) = label_layout.lay_out(CONTENT, 20)
    lines = [mark for mark in marks if isinstance(mark, label_layout.Text)]
    assert len(lines) > 12
    for line in lines:
        band = (
            labels.dots(line.x - 1, dpi),
            labels.dots(line.y - line.size / 2, dpi),
            labels.dots(label_layout.WIDTH - 45, dpi),
            labels.dots(line.y, dpi),
        )
        on_page, on_label = ink_box(page.crop(band)), ink_box(label.crop(band))
        assert abs(on_page[0] - on_label[0]) <= 3
        assert abs(on_page[2] - on_label[2]) <= 3 + 0.03 * on_page[2]


def test_the_printer_gets_what_the_label_says_as_remarks():
    zpl = labels.label_zpl(replace(CONTENT, patient_name="O^NEIL~, SÉAN")).decode()
    assert "^FX O NEIL , SÉAN^FS" in zpl
    assert zpl.count("^XA") == zpl.count("^XZ") == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("pharmacy_name", "", "name of the pharmacy"),
        ("pharmacy_address", " ", "address of the pharmacy"),
        ("rx_number", "", "prescription number"),
        ("prescriber_name", "", "prescriber"),
        ("patient_name", "", "patient"),
        ("drug_name", "", "drug"),
        ("ndc", "", "NDC"),
        ("unit", "", "unit"),
        ("directions", "\n", "directions"),
        ("quantity", Decimal(0), "above zero"),
        ("refills_left", -1, "fewer than none"),
        ("discard_after", date(2026, 6, 9), "before the fill"),
        ("payload", "", "1 to 40"),
        ("payload", "x" * 41, "1 to 40"),
        ("payload", "señal", "1 to 40"),
        ("patient_name", "王 WEI", "王"),
        ("auxiliary", ("服用",), "cannot print"),
    ],
)
def test_a_label_that_would_lack_something_is_refused_with_the_field(field, value, says):
    with pytest.raises(Refused, match=says) as refusal:
        labels.label_zpl(replace(CONTENT, **{field: value}))
    assert [problem.field for problem in refusal.value.problems] == [field]


def test_every_reason_is_given_at_once():
    bare = replace(CONTENT, patient_name="", directions="", quantity=Decimal(-1))
    assert {problem.field for problem in label_problems(bare)} == {
        "patient_name",
        "directions",
        "quantity",
    }


@pytest.mark.parametrize("on", [date(2026, 6, 10), date(2026, 6, 11)])
def test_a_discard_date_on_or_after_the_fill_is_taken(on):
    assert label_problems(replace(CONTENT, discard_after=on)) == []


def test_a_payload_of_forty_characters_is_taken_and_read_back():
    content = replace(CONTENT, payload="A1" * 20)
    assert zxingcpp.read_barcodes(printed(content)[0])[0].text == "A1" * 20


def test_a_letter_the_typeface_lacks_is_written_plain_where_that_is_possible():
    assert printable("Nguyễn Łukasz ½") == "Nguyen Łukasz ½"


def test_the_same_label_is_the_same_bytes():
    assert labels.label_pdf(CONTENT) == labels.label_pdf(CONTENT)
    assert labels.label_zpl(CONTENT) == labels.label_zpl(CONTENT)
