"""The forms in which a label leaves the house."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from apothecary.workbench.labels import (
    Dpi,
    LabelContent,
    label_image,
    label_pdf,
    label_zpl,
    prepared,
)

SCREEN_DPI: Dpi = 203
GAP = 12  # dots between two parts of a label on the screen


@dataclass(frozen=True, slots=True)
class Paper:
    """One form: its media type and how it is made."""

    media_type: str
    made: Callable[[LabelContent], bytes]


def label_png(content: LabelContent) -> bytes:
    """The label as it is printed, all its parts below each other, as PNG."""
    matrix, parts = prepared(content, SCREEN_DPI)
    pictures = [label_image(marks, matrix, SCREEN_DPI) for marks in parts]
    high = sum(picture.height + GAP for picture in pictures) - GAP
    sheet = Image.new("1", (pictures[0].width, high), 1)
    top = 0
    for picture in pictures:
        sheet.paste(picture, (0, top))
        top += picture.height + GAP
    held = BytesIO()
    sheet.save(held, "PNG")
    return held.getvalue()


PAPERS = {
    "pdf": Paper("application/pdf", label_pdf),
    "zpl": Paper("application/zpl", label_zpl),
    "png": Paper("image/png", label_png),
}
