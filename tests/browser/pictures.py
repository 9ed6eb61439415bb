"""Take the pictures of the documentation: `PYTHONPATH=src:tests python -m browser.pictures`."""

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

from browser.chromium import (
    COUNTER,
    FOUND,
    NONE_FOUND,
    WIDE,
    chromium,
    seated,
    settled,
    work_station,
)
from browser.scene import SCREENS, set_scene
from journeys.house import running_house

FOLDER = Path(__file__).parents[2] / "docs/pictures"
LARGEST_BYTES = 200_000
COLOURS = 255


def small(raw: bytes) -> bytes:
    """The picture with a palette that keeps rare colours: red is red, and a clone is quick."""
    held = BytesIO()
    picture = Image.open(BytesIO(raw)).convert("RGB")
    few = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(held, "PNG", optimize=True)
    return held.getvalue()


def main() -> int:
    """A house, a busy hour, one picture a screen."""
    if FOUND is None:
        print(NONE_FOUND, file=sys.stderr)  # noqa: T201 the answer of a command
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_house() as house, chromium() as browser:
        scene = set_scene(house)
        for screen in SCREENS:
            size = WIDE if screen.wide else COUNTER
            context = work_station(browser, house, size=size)
            page = seated(context, house, screen.who) if screen.who else context.new_page()
            page.goto(screen.path(scene))
            settled(page)
            picture = small(page.screenshot())
            assert len(picture) <= LARGEST_BYTES, f"{screen.name}: {len(picture)} bytes"
            (FOLDER / f"{screen.name}.png").write_bytes(picture)
            context.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
