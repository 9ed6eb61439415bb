"""What has arrived and is not yet a prescription, as lines of the queue beside the fills."""

from decimal import Decimal

from apothecary.config.ways import page_url
from apothecary.intake.models import Arrival
from apothecary.intake.queries import arrival_line
from apothecary.prescriptions.queries import QueueLine


def queue_line_of(arrival: Arrival) -> QueueLine:
    """One arrival as a line; what nobody has read yet is a quantity of none."""
    line = arrival_line(arrival, url=page_url("intake:entry", arrival.pk))
    return QueueLine(
        id=f"a{line.id}",
        url=line.url,
        patient=line.patient,
        born=line.born,
        drug=line.drug,
        strength=line.strength,
        amount=line.amount or Decimal(0),
        unit=line.unit,
        state="entry",
        says=line.waits.brief,
        due_at=line.due_at,
        waiter=line.waiter,
        tone=line.waits.tone,
        origin=line.origin,
        plan=line.plan,
        key=line.waits.key,
        owner=line.owner,
    )
