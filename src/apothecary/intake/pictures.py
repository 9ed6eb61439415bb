"""What a browser cannot show by itself: a fax as PDF or TIFF becomes one picture of all pages.

The bytes that came are kept as they are; the picture is drawn from them whenever it is looked
at. The pages stand one under the other, so that nothing is overlooked on a second one.
"""

import threading
from io import BytesIO

import pypdfium2
from PIL import Image, ImageSequence, UnidentifiedImageError

from apothecary.law.problem import Refused, refuse

PDF, TIFF = "application/pdf", "image/tiff"
DRAWN = frozenset({PDF, TIFF})
MOST_PAGES = 10
# 150 dots an inch on letter paper: small print of a fax stays readable.
WIDEST, TALLEST = 1275, 2100
MOST_PIXELS = 40_000_000
# Sixteen shades, as a fax needs no more: a third of the bytes of two hundred and fifty-six.
FEW_GREYS = [level // 16 * 17 for level in range(256)]
# PDFium keeps one state for the whole process.
_PDFIUM = threading.Lock()


def check_pages(kind: str, content: bytes) -> None:
    """Refuse what cannot be drawn: not readable, locked by a password, or too much."""
    pages_of(kind, content)


def drawn(kind: str, content: bytes) -> bytes:
    """All pages as one PNG, in shades of grey, in the order they came."""
    pages = pages_of(kind, content)
    sheet = Image.new("L", (WIDEST, sum(page.height for page in pages)), 255)
    top = 0
    for page in pages:
        sheet.paste(page, ((WIDEST - page.width) // 2, top))
        top += page.height
    held = BytesIO()
    sheet.point(FEW_GREYS).save(held, "PNG")
    return held.getvalue()


def pages_of(kind: str, content: bytes) -> list[Image.Image]:
    """Each page in grey, at most `WIDEST` × `TALLEST`. Raises Refused, field `image`."""
    return pdf_pages(content) if kind == PDF else tiff_pages(content)


def pdf_pages(content: bytes) -> list[Image.Image]:
    """The pages of a PDF."""
    try:
        with _PDFIUM, pypdfium2.PdfDocument(content) as held:
            count = len(held)
            if count > MOST_PAGES or not count:
                raise too_many(count)
            return [pdf_page(page) for page in held]
    except pypdfium2.PdfiumError as error:
        raise unreadable("PDF") from error


def pdf_page(page: pypdfium2.PdfPage) -> Image.Image:
    """One page in grey, as large as a page is drawn."""
    scale = min(WIDEST / page.get_width(), TALLEST / page.get_height())
    drawn_page: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return drawn_page.convert("L")


def tiff_pages(content: bytes) -> list[Image.Image]:
    """The pages of a TIFF; a fax with oblong dots is drawn with square ones."""
    try:
        with Image.open(BytesIO(content), formats=["TIFF"]) as held:
            count = getattr(held, "n_frames", 1)
            if count > MOST_PAGES:
                raise too_many(count)
            return [fitted(page) for page in ImageSequence.Iterator(held)]
    # A damaged directory of tags ends in any of these.
    except (UnidentifiedImageError, OSError, ValueError, TypeError, SyntaxError) as error:
        raise unreadable("TIFF") from error


def fitted(page: Image.Image) -> Image.Image:
    """One page in grey, its dots square, no larger than a page is drawn."""
    if page.width * page.height > MOST_PIXELS:
        says = f"A page has {page.width} × {page.height} dots; that is no page of paper."
        raise refuse(says, field="image", code="image-size")
    across, down = (each or 1 for each in page.info.get("dpi", (1, 1)))
    height = page.height * across / down
    scale = min(WIDEST / page.width, TALLEST / height, 1)
    size = (max(1, round(page.width * scale)), max(1, round(height * scale)))
    return page.convert("L").resize(size)


def too_many(count: int) -> Refused:
    """A file that is no prescription."""
    says = f"The file has {count} pages; a prescription has 1 to {MOST_PAGES}."
    return refuse(says, field="image", code="image-pages")


def unreadable(word: str) -> Refused:
    """A file that names its kind and is not of it."""
    says = f"The {word} cannot be read: it is damaged, cut short or locked by a password."
    return refuse(says, field="image", code="image-broken")
