"""Releases to load: the cut of the directory, whole, short of listings, or changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from apothecary.drugs.loading.fda import DIRECTORY
from apothecary.drugs.loading.frame import Kind, Report, load
from apothecary.drugs.loading.rxnorm import RXNORM

CUTS = Path(__file__).parents[1] / "cuts"
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
LATER = datetime(2026, 6, 2, 15, tzinfo=UTC)
RELEASED = date(2019, 5, 1)
Cells = dict[str, str]


def load_directory(
    path: Path = CUTS / "fda", *, at: datetime = AT, kind: Kind = DIRECTORY, dry: bool = False
) -> Report:
    """The FDA's directory from a path."""
    return load(kind, path, by="a test", at=at, released_on=RELEASED, dry_run=dry)


def load_rxnorm(folder: str = "rxnorm", *, at: datetime = AT) -> Report:
    """RxNorm in one of its two layouts."""
    return load(RXNORM, CUTS / folder, by="a test", at=at, released_on=date(2025, 10, 6))


def rewritten(
    tmp_path: Path,
    *,
    product: Callable[[Cells], bool] = lambda _: True,
    package: Callable[[Cells], bool] = lambda _: True,
) -> Path:
    """A release made of the cut: each function may change the cells, and says what stays."""
    for name, change in (("product.txt", product), ("package.txt", package)):
        header, *lines = (CUTS / "fda" / name).read_bytes().decode("cp1252").split("\r\n")
        columns = header.split("\t")
        kept = []
        for line in filter(None, lines):
            cells = dict(zip(columns, line.split("\t"), strict=True))
            if change(cells):
                kept.append("\t".join(cells.values()))
        written = "\r\n".join([header, *kept, ""])
        (tmp_path / name).write_bytes(written.encode("cp1252"))
    return tmp_path
