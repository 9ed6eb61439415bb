"""The day on which the tests' world stands still."""

from datetime import UTC, date, datetime

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
WRITTEN = date(2026, 11, 20)
LONG_GOOD = date(2028, 12, 31)
