"""A record refused, one held, and a file without an answer, where each endpoint takes it."""

from typing import Any

from apothecary.config.tests.world import World
from apothecary.vault.monitoring.answering import take_answer
from apothecary.vault.monitoring.mending import doubt_told
from apothecary.vault.monitoring.models import MonitoringRecord
from apothecary.vault.monitoring.states import RecordState
from apothecary.vault.monitoring.tests.hands import answer, outgoing, sold, written

BECAUSE = {"because": "because"}
RECORD, FILE = "/monitoring/records/{record_id}", "/monitoring/files/{file_id}"


def of_monitoring(world: World, path: str) -> dict[str, object]:
    """The parts of an address, each of a thing that stands where it must."""
    row = sold(world)
    file = written(world)
    if "{file_id}" in path:
        return {"file_id": file.pk}
    error = "ERR*1*7000001*PRE02*401*not on file"
    take_answer(by=world.technician, outgoing_id=outgoing(file).pk, raw=answer(file, error))
    if path.endswith("/release"):
        MonitoringRecord.objects.filter(pk=row.pk).update(state=RecordState.HELD.value)
    if path.endswith("/stands"):
        doubt_told(by=world.technician, fill_id=row.fill_id, doubt="30 came back")
    return {"record_id": row.pk}


def monitoring_bodies() -> dict[str, dict[str, Any]]:
    """A right body for each, every field said."""
    return {
        f"{RECORD}/mend": BECAUSE | {"element": "PRE02", "value": "BS1234563"},
        f"{RECORD}/take-back": BECAUSE,
        f"{RECORD}/release": BECAUSE,
        f"{RECORD}/stands": BECAUSE,
        f"{FILE}/received": BECAUSE,
        f"{FILE}/refused": BECAUSE,
    }
