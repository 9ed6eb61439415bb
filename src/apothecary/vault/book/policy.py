"""What this house asks of its vault beyond the law, and the second person who signs."""

from dataclasses import dataclass

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.staff.actions import sign_step
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.models import VaultPolicy

MOST_CAMERA_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class Signature:
    """Initials and PIN of the second person, as typed."""

    initials: str
    pin: str


@dataclass(frozen=True, slots=True)
class Asks:
    """The policy in force; these defaults where nothing was ever said (mark C)."""

    access_witness: bool = False
    inventory_witness: bool = True
    camera_days: int = 30


def vault_policy(*, pharmacy_id: int) -> Asks:
    """What the house asks now (1 query)."""
    said = VaultPolicy.objects.filter(pharmacy_id=pharmacy_id).order_by("-id").first()
    if said is None:
        return Asks()
    return Asks(said.access_witness, said.inventory_witness, said.camera_days)


@transaction.atomic
def say_policy(*, by: Worker, asks: Asks) -> VaultPolicy:
    """Say what the house asks of its vault from now on."""
    by.must(Duty.SET_POLICY)
    if not 0 <= asks.camera_days <= MOST_CAMERA_DAYS:
        says = f"The cameras keep 0 to {MOST_CAMERA_DAYS} days."
        raise refuse(says, field="camera_days", code="camera-days")
    row = VaultPolicy.objects.create(
        pharmacy_id=by.pharmacy_id,
        access_witness=asks.access_witness,
        inventory_witness=asks.inventory_witness,
        camera_days=asks.camera_days,
        said_at=by.at,
        said_by_id=by.somebody,
    )
    said = {
        "access_witness": asks.access_witness,
        "inventory_witness": asks.inventory_witness,
        "camera_days": asks.camera_days,
    }
    record(by=by, did=Deed.POLICY_CHANGED, about=row, details=said)
    return row


def second_person(*, by: Worker, signature: Signature, duty: Duty) -> Worker:
    """The witness, by initials and PIN of their own; never the one who acts.

    Not within a transaction: a wrong PIN is counted even where the act is refused.
    """
    if not signature.initials.strip():
        raise refuse("A second person signs with initials and PIN.", field="initials")
    witness = sign_step(by=by, initials=signature.initials, pin=signature.pin, duty=duty)
    if witness.person_id == by.person_id:
        says = "The second person is somebody else than you."
        raise refuse(says, field="initials", code="same-person")
    return witness
