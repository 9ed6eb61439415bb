"""Faxes: every page is shown in its right shape; what cannot be shown is refused at once."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from apothecary.intake.forms import read_picture
from apothecary.intake.pictures import MOST_PAGES, PDF, TALLEST, TIFF, WIDEST, drawn
from apothecary.law.problem import Refused


def pdf(pages: int, *, password: str | None = None, size=letter) -> bytes:
    """A fax as PDF: page n has a black bar at its top that is n tenths of the page wide."""
    held = BytesIO()
    canvas = Canvas(held, pagesize=size, encrypt=password)
    for number in range(1, pages + 1):
        canvas.rect(0, size[1] - 40, size[0] * number / 10, 40, fill=1, stroke=0)
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def tiff(pages: int, *, size=(1728, 1100), dpi=(204, 98), mode="1") -> bytes:
    """A fax as TIFF in group 4, with the oblong dots of its standard resolution."""
    sheets = []
    for number in range(1, pages + 1):
        sheet = Image.new(mode, size, 255 if mode == "L" else 1)
        ImageDraw.Draw(sheet).rectangle((0, 0, size[0] * number // 10, 30), fill=0)
        sheets.append(sheet)
    held = BytesIO()
    packed = "group4" if mode == "1" else None
    sheets[0].save(
        held, "TIFF", save_all=True, append_images=sheets[1:], dpi=dpi, compression=packed
    )
    return held.getvalue()


def shown(kind: str, content: bytes) -> Image.Image:
    """The picture as the browser gets it."""
    raw = drawn(kind, content)
    assert raw.startswith(b"\x89PNG")
    return Image.open(BytesIO(raw)).convert("L")


def bars(picture: Image.Image, pages: int) -> list[int]:
    """How many tenths of the width are black just under the top of each page."""
    height = picture.height // pages
    under = [(0, n * height + 15, picture.width, n * height + 16) for n in range(pages)]
    lines = [picture.crop(box) for box in under]
    return [round(sum(line.histogram()[:128]) * 10 / picture.width) for line in lines]


@pytest.mark.parametrize("pages", [1, 2, 3, MOST_PAGES])
@pytest.mark.parametrize(("make", "kind"), [(pdf, PDF), (tiff, TIFF)])
def test_every_page_is_shown_one_under_the_other_in_its_order(make, kind, pages):
    picture = shown(kind, make(pages))
    assert picture.width == WIDEST
    assert bars(picture, pages) == list(range(1, pages + 1))


def test_a_fax_with_oblong_dots_has_the_shape_of_its_paper():
    picture = shown(TIFF, tiff(1))
    # 1728 dots at 204 an inch are 8.47 inches; 1100 lines at 98 an inch are 11.22.
    assert picture.height / picture.width == pytest.approx(11.22 / 8.47, rel=0.01)


def test_a_page_of_letter_paper_keeps_its_shape():
    picture = shown(PDF, pdf(1))
    assert picture.height / picture.width == pytest.approx(11 / 8.5, rel=0.01)


def test_a_tall_strip_is_drawn_no_taller_than_a_page_is():
    assert shown(PDF, pdf(1, size=(100, 5000))).height <= TALLEST + 1


@pytest.mark.parametrize(
    ("content", "kind"),
    [(pdf(2), PDF), (tiff(2), TIFF), (tiff(1, mode="L"), TIFF)],
    ids=["pdf", "fax", "grey scan"],
)
def test_the_bytes_that_came_are_the_bytes_that_are_kept(content, kind):
    picture = read_picture(content)
    assert (picture.content_type, picture.content) == (kind, content)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize(
    ("content", "says", "code"),
    [
        (pdf(MOST_PAGES + 1), f"{MOST_PAGES + 1} pages", "image-pages"),
        (tiff(MOST_PAGES + 1), f"{MOST_PAGES + 1} pages", "image-pages"),
        (pdf(1, password="not ours"), "locked by a password", "image-broken"),
        (pdf(1)[:60], "cut short", "image-broken"),
        (b"%PDF-1.4 and nothing more", "cannot be read", "image-broken"),
        (tiff(1)[:40], "cannot be read", "image-broken"),
        (tiff(2)[: len(tiff(2)) // 2], "cannot be read", "image-broken"),
        (b"II*\x00 and nothing more", "cannot be read", "image-broken"),
        (b"MM\x00*", "cannot be read", "image-broken"),
        (tiff(1, size=(8000, 6000)), "8000 × 6000 dots", "image-size"),
        (b"GIF89a", "not a PNG, JPEG, PDF or TIFF", "image-kind"),
    ],
)  # fmt: skip
def test_what_could_not_be_shown_is_refused_when_it_comes_in(content, says, code):
    with pytest.raises(Refused) as refusal:
        read_picture(content)
    (problem,) = refusal.value.problems
    assert says in problem.says
    assert (problem.field, problem.code) == ("image", code)
