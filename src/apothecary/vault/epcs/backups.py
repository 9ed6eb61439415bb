"""When the last backup ended well: a line in the data folder, without the database."""

from datetime import UTC, datetime
from pathlib import Path

BACKED_UP = "backed-up-at"


def write_backed_up(data: Path, *, at: datetime) -> None:
    """Say when the last backup ended well."""
    (data / BACKED_UP).write_text(f"{at.astimezone(UTC).isoformat()}\n")


def backed_up_at(data: Path) -> datetime | None:
    """When that was; none where there was none, or the line says no instant."""
    try:
        at = datetime.fromisoformat((data / BACKED_UP).read_text().strip())
    except (OSError, ValueError):
        return None
    return at if at.tzinfo is not None else None
