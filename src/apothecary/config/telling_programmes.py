"""What the worker tells and asks the state's monitoring programme, and over which line."""

from datetime import datetime
from functools import cache

from apothecary.staff.models import Pharmacy
from apothecary.vault.monitoring.filing import file_due
from apothecary.vault.monitoring.lines import lines_of_installation
from apothecary.vault.monitoring.lookup.sending import HistoryPost, history_lines
from apothecary.vault.monitoring.sending import MonitoringPost


def write_reports(pharmacy: Pharmacy, at: datetime) -> int:
    """Write the files that are due; they wait in the outbox until there is a line."""
    return file_due(pharmacy, at)


def send_reports(pharmacy: Pharmacy, at: datetime) -> int:
    """Send what the outbox holds for the programme."""
    return monitoring_post().send_due(pharmacy, at)


@cache
def monitoring_post() -> MonitoringPost:
    """The lines of `APOTHECARY_MONITORING`, see `vault.monitoring.lines`."""
    return MonitoringPost(lines_of_installation())


def ask_programmes(pharmacy: Pharmacy, at: datetime) -> int:
    """Ask the programme what the outbox holds about patients."""
    return history_post().send_due(pharmacy, at)


@cache
def history_post() -> HistoryPost:
    """The lines of `APOTHECARY_PMP`, see `vault.monitoring.lookup.sending`."""
    return HistoryPost(history_lines())
