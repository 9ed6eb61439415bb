"""The tag on a bag: its code read back, nothing cut off, nothing of the medicine on it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pypdfium2
import pytest
import zplkit
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from apothecary.law.problem import Refused
from apothecary.pickup.actions import bin_bag
from apothecary.pickup.queries import scanned_fill
from apothecary.pickup.tag_paper import lay_out, marked, tag_pdf, tag_zpl
from apothecary.pickup.tags import BagTag, tag_of
from apothecary.pickup.tests.counter import BUDGET, asked, controlled, signed_in, strangers
from apothecary.prescriptions.actions import start_refill
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.workbench.label_layout import HEIGHT, MARGIN, WIDTH, Text, width_of
from apothecary.workbench.labels import Dpi

TAG = BagTag(
    name="DOE, J.",
    number=1,
    bags=2,
    cold="refrigerator",
    counselling=True,
    ready_on=date(2026, 11, 23),
    back_on=date(2026, 12, 3),
    bin="B-14",
    payload="BAG4711",
)
NAMES = ["DOE, J.", "NÚÑEZ-O'BRIEN, M.", "J. D.", "WOLFESCHLEGELSTEINHAUSENBERGERDORFF, H."]
BOTH = pytest.mark.parametrize("dpi", [203, 300])


def page_of(tag: BagTag, dpi: Dpi = 203) -> Image.Image:
    document = pypdfium2.PdfDocument(tag_pdf(tag, dpi))
    try:
        assert len(document) == 1
        return document[0].render(scale=dpi / 72).to_pil().convert("L")
    finally:
        document.close()


def printed(tag: BagTag, dpi: Dpi = 203) -> Image.Image:
    made = zplkit.render(tag_zpl(tag, dpi), zplkit.Options(dpi=dpi))
    assert made.warnings == []
    raster = made.labels[0].rasterize()
    return Image.frombytes("L", (raster.width, raster.height), raster.pixels)


def words_on(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(document[0].get_textpage().get_text_range().split())
    finally:
        document.close()


@BOTH
@pytest.mark.parametrize("name", NAMES)
def test_the_code_is_read_back_from_pdf_and_label_printer(name, dpi):
    tag = replace(TAG, name=name)
    for picture in (page_of(tag, dpi), printed(tag, dpi)):
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == ["BAG4711"]


def test_the_code_on_the_tag_leads_back_to_its_bag(pharmacy, ready):
    picture = printed(tag_of(ready, by=pharmacy.technician))
    (code,) = zxingcpp.read_barcodes(picture)
    assert scanned_fill(pharmacy.pharmacy.pk, code.text).pk == ready.pk


def test_the_tag_says_who_how_many_where_and_what_to_think_of():
    words = words_on(tag_pdf(TAG))
    for said in ("DOE, J.", "BAG 1 OF 2", "BIN B-14", "KEEP IN THE FRIDGE", "COUNSELLING DUE",
                 "ready 11/23/2026", "goes back 12/03/2026", "BAG4711"):  # fmt: skip
        assert said in words


@pytest.mark.parametrize(
    ("changes", "marks"),
    [
        ({"cold": "", "counselling": False, "bin": ""}, []),
        ({"cold": "refrigerator", "counselling": False, "bin": ""}, ["KEEP IN THE FRIDGE"]),
        ({"cold": "freezer", "counselling": False, "bin": ""}, ["KEEP IN THE FREEZER"]),
        ({"cold": "", "counselling": True, "bin": ""}, ["COUNSELLING DUE"]),
        ({"cold": "", "counselling": False, "bin": "A1"}, ["BIN A1"]),
    ],
)
def test_a_mark_stands_on_the_tag_only_where_it_is_true(changes, marks):
    assert list(marked(replace(TAG, **changes))) == marks


@BOTH
def test_the_printer_draws_what_the_pdf_shows(dpi):
    assert printed(TAG, dpi).size == (4 * dpi, 3 * dpi)
    for picture in (page_of(TAG, dpi), printed(TAG, dpi)):
        ink = ImageChops.invert(picture).getbbox()
        assert ink is not None
        left, top, right, bottom = ink
        edge = MARGIN * dpi // 72 - 6
        assert left >= edge
        assert top >= edge
        assert picture.width - right >= edge
        assert picture.height - bottom >= 0


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="latin-1", categories=["Lu"]), min_size=1, max_size=60),
    st.integers(1, 99),
)
def test_no_name_is_cut_off_or_runs_into_the_code(name, bags):
    code_size = 24
    marks = lay_out(replace(TAG, name=name, bags=bags), code_size)
    lines = [mark for mark in marks if isinstance(mark, Text)]
    named = [line for line in lines if line.y < lines[-1].y and "BAG" not in line.text]
    assert "".join(line.text for line in lines).startswith(name)
    for line in lines:
        assert line.x + width_of(line.text, line.font, line.size) <= WIDTH - MARGIN + 0.5
        assert line.y <= HEIGHT - MARGIN
    for line in named:
        if line.y - line.size < MARGIN + code_size and line.text in name:
            right = line.x + width_of(line.text, line.font, line.size)
            assert right <= WIDTH - MARGIN - code_size


@pytest.mark.parametrize(("name", "code"), [("王, 小", "tag-letters"), ("W" * 200, "tag-full")])
def test_a_name_the_tag_cannot_carry_is_refused_and_said(name, code):
    for made in (tag_pdf, tag_zpl):
        with pytest.raises(Refused, match="by hand") as refusal:
            made(replace(TAG, name=name))
        assert [problem.code for problem in refusal.value.problems] == [code]


def test_a_caret_in_a_name_commands_no_printer():
    zpl = tag_zpl(replace(TAG, name="DOE^XZ~JA, J."))
    assert zpl.count(b"^XZ") == 1
    assert b"~JA" not in zpl


def test_the_same_tag_is_the_same_bytes():
    assert {tag_pdf(TAG) for _ in range(2)} == {tag_pdf(TAG)}
    assert tag_zpl(TAG) == tag_zpl(TAG)


def test_nothing_on_the_tag_says_what_is_in_the_bag_or_tells_strangers_more(pharmacy):
    fill = controlled(pharmacy)
    words = words_on(tag_pdf(tag_of(fill, by=pharmacy.technician))).lower()
    assert "doe, j." in words
    product = fill.package.product
    for hidden in ("jane", "1980", product.name, product.strength, product.labeler, "c-ii",
                   str(fill.prescription.number), fill.package.ndc):  # fmt: skip
        assert hidden.lower() not in words


def test_each_bag_of_a_patient_is_counted_among_those_that_wait(pharmacy, ready):
    assert (tag_of(ready, by=pharmacy.technician).bags) == 1
    cold = pharmacy.stocked("insulin", until=FillState.READY)
    first, second = (tag_of(fill, by=pharmacy.technician) for fill in (ready, cold))
    assert [(tag.number, tag.bags) for tag in (first, second)] == [(1, 2), (2, 2)]
    assert (first.cold, second.cold) == ("", "refrigerator")


def test_counselling_is_due_for_a_new_prescription_and_not_for_its_refill(pharmacy, ready):
    assert tag_of(ready, by=pharmacy.technician).counselling
    Fill.objects.filter(pk=ready.pk).update(state=FillState.SOLD)
    by = pharmacy.technician
    refill = start_refill(by=by, prescription_id=ready.prescription_id, pay="cash")
    again = pharmacy.walk(refill, until=FillState.READY)
    assert not tag_of(again, by=by).counselling


def test_the_days_on_the_tag_are_the_pharmacys(pharmacy, ready):
    # Half past eleven at night in Chicago is the next day in Greenwich.
    night = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    Fill.objects.filter(pk=ready.pk).update(state_since=night)
    ready.refresh_from_db()
    tag = tag_of(ready, by=pharmacy.technician)
    days = timedelta(days=pharmacy.pharmacy.return_to_stock_days)
    assert (tag.ready_on, tag.back_on) == (date(2026, 11, 23), date(2026, 11, 23) + days)


@pytest.mark.parametrize("until", [FillState.CHECK, FillState.SOLD])
def test_what_is_no_ready_bag_has_no_tag(pharmacy, tech, until):
    fill = pharmacy.stocked(until=until)
    with pytest.raises(Refused, match="not in ready"):
        tag_of(fill, by=pharmacy.technician)
    assert tech.get(f"/pickup/bag/{fill.pk}/tag").status_code == 409
    assert tech.post(f"/pickup/bag/{fill.pk}/tag/pdf").status_code == 409


def test_the_picture_on_the_screen_is_what_the_printer_prints(tech, ready, pharmacy):
    shown = Image.open(BytesIO(tech.get(f"/pickup/bag/{ready.pk}/tag").content))
    paper = printed(tag_of(ready, by=pharmacy.technician))
    black = [
        picture.convert("L").point(lambda dot: 255 * (dot > 127)) for picture in (shown, paper)
    ]
    assert ImageChops.difference(*black).getbbox() is None


def test_no_other_form_no_other_pharmacy_and_no_one_without_the_duty_gets_a_tag(
    pharmacy, tech, ready
):
    path = f"/pickup/bag/{ready.pk}/tag"
    assert tech.post(f"{path}/html").status_code == 404
    # The administrator keeps the accounts and handles no bags.
    keeper = signed_in(pharmacy.people[Role.ADMINISTRATOR])
    assert (keeper.get(path).status_code, keeper.post(f"{path}/pdf").status_code) == (403, 403)
    stand_in(pharmacy.other.pk)
    stranger = signed_in(strangers(pharmacy))
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}/pdf").status_code == 404


def test_the_tag_is_offered_where_the_bag_gets_its_bin(pharmacy, tech, ready):
    page, statements = asked(tech, f"/pickup/bag/{ready.pk}/bin")
    for said in (f"/pickup/bag/{ready.pk}/tag/pdf", 'data-key="Ctrl+P"', "tag/zpl", 'tag" alt'):
        assert said in page
    assert statements <= BUDGET
    bin_bag(by=pharmacy.technician, fill_id=ready.pk, bin_name="B-14")
    ready.refresh_from_db()
    assert "BIN B-14" in words_on(tag_pdf(tag_of(ready, by=pharmacy.technician)))


def test_a_bag_that_is_sold_is_offered_no_tag(pharmacy, tech):
    sold = pharmacy.stocked(until=FillState.SOLD)
    page, _ = asked(tech, f"/pickup/bag/{sold.pk}/bin")
    assert "tag/pdf" not in page
