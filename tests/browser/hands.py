"""Two hands at a work station: keys and scans, counted; no mouse but for the signature."""

from dataclasses import dataclass, field

from playwright.sync_api import Keyboard, Page

from apothecary.workbench.tests.unhurried import HAND_MS, calm

PATIENCE_MS = 20_000
# A wedge scanner leaves about five milliseconds between two keys.
WEDGE_MS = 3


@dataclass
class Tally:
    """What one task took."""

    keys: int = 0
    scans: int = 0
    strokes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.keys} keys, {self.scans} scans ({' '.join(self.strokes)})"


class Hands:
    """Everything goes through the keyboard, as at a real counter."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tally = Tally()

    def begin(self) -> None:
        """Start counting a new task."""
        self.tally = Tally()

    def press(self, key: str) -> None:
        """Strike one key."""
        self.tally.keys += 1
        self.tally.strokes.append(key)
        self.page.keyboard.press(key)
        self.page.wait_for_timeout(HAND_MS)

    def write(self, text: str) -> None:
        """Type at the speed of a person; each character is a key."""
        self.tally.keys += len(text)
        self.tally.strokes.append(text)
        self.page.keyboard.type(text)

    def scan(self, code: str) -> None:
        """The scanner types the code in a burst and ends it with Enter."""
        self.tally.scans += 1
        self.tally.strokes.append("scan")
        calm(self.page)
        Keyboard.type(self.page.keyboard, code, delay=WEDGE_MS)
        Keyboard.press(self.page.keyboard, "Enter")

    def sign(self) -> None:
        """The patient signs on the pad: the one stroke that is no key."""
        box = self.page.locator("[data-sign] canvas").bounding_box()
        assert box is not None, "no signature pad on the page"
        x, y = box["x"] + 20, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(1, 12):
            self.page.mouse.move(x + 14 * step, y + (12 if step % 2 else -12))
        self.page.mouse.up()

    def arrives(self, path: str) -> None:
        """Wait until the page stands at an address."""
        self.page.wait_for_url(f"**{path}")

    def at_stage(self, stage: str) -> None:
        """Wait until the list of a stage is the one shown."""
        self.page.wait_for_selector(f"nav.stages [aria-current=page] [data-stage={stage}]")

    def sees(self, text: str) -> None:
        """Wait until something on the page says so."""
        self.page.get_by_text(text).first.wait_for()
