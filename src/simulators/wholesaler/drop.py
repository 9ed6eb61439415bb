"""The folder pair of a wholesaler that has no web: files in, files out, whole or not at all.

`FOLDER/<house>/in` is for the pharmacy's papers, `out` for the wholesaler's. A file being
written begins with a dot; renaming it makes it a paper. A taken one goes to `taken`, a refused
one to `refused`, with the reason beside it.
"""

from pathlib import Path

from simulators.wholesaler.desk import REFUSED
from simulators.wholesaler.houses import House
from simulators.wholesaler.yard import Yard

DROP = "drop"


class Drop:
    """The folders of every house whose line is a drop."""

    def __init__(self, yard: Yard, folder: Path) -> None:
        self._yard, self._folder = yard, folder
        self._houses = [one for one in yard.shop.trade.houses if one.line == DROP]
        for house in self._houses:
            for name in ("in", "out", "taken", "refused"):
                (folder / house.key / name).mkdir(parents=True, exist_ok=True)

    def work(self) -> None:
        """Take what lies in `in`, lay out what waits."""
        for house in self._houses:
            top = self._folder / house.key
            for path in sorted((top / "in").iterdir()):
                if path.is_file() and not path.name.startswith("."):
                    self._take(house, top, path)
            self._lay_out(house, top / "out")

    def _take(self, house: House, top: Path, path: Path) -> None:
        receipt = self._yard.take(house, path.read_bytes(), by=path.name)
        where = top / ("refused" if receipt.state == REFUSED else "taken")
        if receipt.says:
            (where / f"{path.name}.reason").write_text(f"{receipt.says}\n")
        path.replace(where / path.name)

    def _lay_out(self, house: House, out: Path) -> None:
        for paper in self._yard.post.waiting(house.key):
            whole, part = out / paper.name, out / f".{paper.name}"
            part.write_bytes(paper.body)
            part.replace(whole)
            self._yard.post.take_away(paper)
