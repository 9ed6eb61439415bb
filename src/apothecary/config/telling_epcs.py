"""What was dispensed on an electronic controlled prescription: told to its archive below."""

from collections.abc import Mapping, Sequence

from apothecary.config import kept
from apothecary.intake.models import Arrival
from apothecary.pickup.models import SaleLine
from apothecary.prescriptions import rescheduling
from apothecary.vault.epcs import papers  # noqa: F401 puts its papers on the list
from apothecary.vault.epcs.archive import tell_dispensed
from apothecary.vault.keeping import papers as of_keeping  # noqa: F401 its paper
from apothecary.verification.models import Check, Outcome

__all__ = ["kept", "rescheduling"]


def dispensed(incoming_ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """Each fill handed over on these messages: how much, when, who answered for it (3)."""
    rows = Arrival.objects.filter(incoming_id__in=incoming_ids, prescription__isnull=False)
    of_rx = dict(rows.values_list("prescription_id", "incoming_id"))
    lines = SaleLine.objects.filter(fill__prescription_id__in=of_rx)
    sold = list(lines.select_related("fill", "sale").order_by("sale__at", "id"))
    checks = Check.objects.filter(
        fill_id__in=[line.fill_id for line in sold], outcome=Outcome.APPROVED
    )
    by = {each.fill_id: each.by.name for each in checks.select_related("by").order_by("id")}
    found: dict[int, list[str]] = {}
    for line in sold:
        incoming = of_rx[line.fill.prescription_id]
        amount = f"{line.fill.quantity.normalize():f}"
        who = by.get(line.fill_id, "nobody on record")
        part = f", part {line.fill.part}" if line.fill.part > 1 else ""
        found.setdefault(incoming, []).append(
            f"{amount} on {line.sale.at:%m/%d/%Y}{part}, {who}"
        )
    return found


tell_dispensed("pickup", dispensed)
