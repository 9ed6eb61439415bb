"""What goes back to be sold on: each package verified with its seller, none held suspect."""

from collections.abc import Sequence

from apothecary.law.problem import Problem
from apothecary.purchasing.tracing.cases.models import SuspectPackage
from apothecary.purchasing.tracing.states import OPEN
from apothecary.purchasing.tracing.verifying.asking import Answer, verify_for_return
from apothecary.purchasing.tracing.verifying.rules import Identifier
from apothecary.returns.shipments.models import ShipmentLine
from apothecary.staff.worker import Worker


def is_suspect(*, by: Worker, lot_id: int) -> bool:
    """Whether units of a lot are held by a case that nobody has decided or ended (1 query)."""
    rows = SuspectPackage.objects.filter(
        pharmacy_id=by.pharmacy_id,
        lot_id=lot_id,
        case__state__in=[one.value for one in OPEN],
    )
    return rows.exists()


def unverified(*, by: Worker, lines: Sequence[ShipmentLine]) -> list[Problem]:
    """Why packages may not go back to be sold yet, each by its serial number.

    What has no answer is asked by this call, and must not be undone by the caller's refusal.
    """
    packages = [identifier(one) for one in lines]
    if not packages:
        return []
    answers = verify_for_return(by=by, packages=packages)
    return [not_yet(one) for one in answers if not one.may_return]


def identifier(line: ShipmentLine) -> Identifier:
    """The product identifier of a line's package."""
    if line.received is None:
        raise LookupError(f"line {line.pk} is saleable and names no package")
    return Identifier(
        gtin=line.received.gtin,
        serial=line.received.serial,
        lot=line.lot.number,
        expires_on=line.lot.expires_on,
        wholesaler_id=line.shipment.wholesaler_id,
    )


def not_yet(answer: Answer) -> Problem:
    """The reason in words."""
    says = f"Serial {answer.identifier.serial}: {answer.says}. It may not go back yet."
    return Problem(says, "FDCA 582(c)(4)(D)", "not-verified", "K", "lines")
