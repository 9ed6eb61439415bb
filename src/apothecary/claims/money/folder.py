"""The drop folder: what a payer's mailbox program lays there is taken in by itself."""

from datetime import datetime
from pathlib import Path

from apothecary.claims.money.importing import load_path
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker

POSTED, REFUSED = "posted", "refused"


def take_in(pharmacy: Pharmacy, folder: Path, at: datetime, *, limit: int = 20) -> int:
    """Load the files in this pharmacy's part of the folder, oldest name first; how many.

    Each pharmacy has a subfolder by its NCPDP number. A file is moved to ``posted`` or
    ``refused`` when it is done: a crash before that loads it again, and the same bytes are
    posted once. Hidden files are not finished yet.
    """
    own = folder / pharmacy.ncpdp_id
    if not own.is_dir():
        return 0
    found = sorted(one for one in own.iterdir() if one.is_file() and one.name[0] != ".")
    for path in found[:limit]:
        by = system_worker(pharmacy, now=at)
        problem, file = load_path(by=by, path=path)
        move(path, REFUSED if problem else POSTED, number=file.pk if file else 0)
    return len(found[:limit])


def move(path: Path, to: str, *, number: int) -> None:
    """Out of the way, never over another file of that name; 0 is what was too large to keep."""
    beside = path.parent / to
    beside.mkdir(exist_ok=True)
    target = beside / f"{number}-{path.name}"
    while target.exists():
        target = target.with_name(f"{target.name}+")
    path.rename(target)
