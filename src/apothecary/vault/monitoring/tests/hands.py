"""Sales of controlled drugs, a programme that answers as told, and a day that passes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from apothecary.staff.models import Pharmacy
from apothecary.vault.monitoring.due import Handed, due_record
from apothecary.vault.monitoring.filing import file_due
from apothecary.vault.monitoring.lines import Line
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord
from apothecary.vault.monitoring.rules import closes_at, last_day
from apothecary.vault.monitoring.sending import MonitoringPost
from apothecary.vault.monitoring.tests.test_told import ONE
from apothecary.wires.asap import read
from apothecary.wires.models import Outgoing

if TYPE_CHECKING:  # the world is a plugin of pytest, which wants to import it first
    from apothecary.config.tests.world import World

TOLD = replace(
    ONE,
    dispensed=replace(
        ONE.dispensed,
        written_on=ONE.dispensed.filled_on,
        refills_authorized=0,
        product_kind="01",
        product_id="00406012501",
        sold_at=None,
    ),
)


def sold(
    world: "World", number: str = "7000001", *, at: datetime | None = None
) -> MonitoringRecord:
    """A Schedule II drug that was handed over."""
    by = world.technician
    at = at or by.at
    handed = Handed(
        fill_id=int(number),
        label=f"{number}-0-1",
        drug="oxycodone 5 mg",
        schedule=2,
        state=house(world).state,
        at=at,
        zone=house(world).time_zone,
        told=replace(TOLD, dispensed=replace(TOLD.dispensed, rx_number=number)),
    )
    row = due_record(handed, by=by.at_time(at, by.today))
    row.save()
    return row


def house(world: "World") -> Pharmacy:
    """The pharmacy as it stands now."""
    found: Pharmacy = Pharmacy.objects.get(pk=world.pharmacy.pk)
    return found


def in_state(world: "World", state: str) -> None:
    """The pharmacy stands in another state."""
    Pharmacy.objects.filter(pk=world.pharmacy.pk).update(state=state)


def tonight(world: "World") -> datetime:
    """The next instant at which the day's file is due."""
    zone = ZoneInfo(world.pharmacy.time_zone)
    day = last_day(world.technician.at, zone) + timedelta(days=1)
    return closes_at(day, zone)


def fresh(row: MonitoringRecord) -> MonitoringRecord:
    """The record as it stands now."""
    found: MonitoringRecord = MonitoringRecord.objects.get(pk=row.pk)
    return found


def written(world: "World", at: datetime | None = None) -> MonitoringFile:
    """The one file that is written at that instant."""
    assert file_due(house(world), at or tonight(world)) == 1
    found: MonitoringFile = MonitoringFile.objects.order_by("-id")[0]
    return found


def segments(file: MonitoringFile, name: str) -> list[tuple[str, ...]]:
    """The segments of that id in a file."""
    (told,) = read(bytes(file.raw)).transmissions
    return [one.elements for one in told.segments if one.id == name]


def outgoing(file: MonitoringFile) -> Outgoing:
    """The file's place in the outbox."""
    found: Outgoing = Outgoing.objects.get(key=f"monitoring {file.control}")
    return found


def answer(file: MonitoringFile, *errors: str, kind: str = "02", about: str = "") -> bytes:
    """What a programme says of a file."""
    at = f"{file.made_at:%Y%m%d*%H%M%S}"
    rows = [
        f"TH*4.2B*A{file.pk}*{kind}*{about or file.control}*{at}*P**~",
        "IS*STATE*PROGRAMME*READ",
        *errors,
    ]
    return "".join(f"{row}~" for row in [*rows, f"TT*A{file.pk}*{len(rows) + 1}"]).encode()


class Says:
    """A line whose other end says what it is given, one after the other, the last for ever."""

    def __init__(self, *says: bytes | Exception) -> None:
        self.says, self.heard = list(says), list[tuple[str, bytes]]()

    def tell(self, raw: bytes, *, name: str) -> bytes:
        """Hear a file and say the next thing."""
        self.heard.append((name, raw))
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(said, Exception):
            raise said
        return said


def send(world: "World", line: Line, at: datetime | None = None) -> int:
    """One round of the worker with that line; how many files went."""
    post = MonitoringPost({house(world).state: line})
    return post.send_due(house(world), at or tonight(world))
