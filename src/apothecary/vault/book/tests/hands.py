"""Who does what in the tests of the vault, in short."""

from decimal import Decimal

import pytest

from apothecary.config.tests.world import PIN, World
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed, Worker
from apothecary.stock.actions import the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Balance, Lot, Move
from apothecary.vault.book.cases import Found, open_case
from apothecary.vault.book.counting import enter_vault_count, start_vault_count
from apothecary.vault.book.models import DiscrepancyCase, VaultCount
from apothecary.vault.book.policy import Signature
from apothecary.vault.book.rules import Source


def spot(world: World, kind: PlaceKind = PlaceKind.SHELF) -> int:
    return the_place(world.pharmacy.pk, kind).pk


def sign_of(world: World, role: Role, pin: str = PIN) -> Signature:
    """What somebody of this role types at another's work station."""
    return Signature(world.people[role].initials, pin)


def counting(
    world: World, *, by: Worker | None = None, witness: Role = Role.CERTIFIED
) -> VaultCount:
    """A count of the shelf by the technician, watched by the certified one."""
    return start_vault_count(
        by=by or world.technician, place_id=spot(world), signature=sign_of(world, witness)
    )


def counted(world: World, units: str, *, by: Worker | None = None) -> VaultCount:
    """A count whose one line the technician has entered."""
    count = counting(world)
    enter(world, count, units, by=by)
    return count


def enter(world: World, count: VaultCount, units: str, *, by: Worker | None = None):
    return enter_vault_count(
        by=by or world.technician, line_id=count.lines.get().pk, counted=Decimal(units)
    )


def short_case(world: World, units: str = "98", *, lot: Lot | None = None) -> DiscrepancyCase:
    """A case: a hundred by the books, so many counted twice."""
    held = lot or world.receive("oxycodone", "100")
    book = Balance.objects.get(lot=held, place_id=spot(world)).on_hand
    found = Found(spot(world), held.pk, book, Decimal(units), Source.VAULT_COUNT)
    return open_case(by=world.technician, found=found)


def on_hand(world: World, lot: Lot, kind: PlaceKind = PlaceKind.SHELF) -> Decimal:
    return Balance.objects.get(lot=lot, place_id=spot(world, kind)).on_hand


def moves() -> int:
    return Move.objects.count()


def deeds(kind: str, number: int) -> list[str]:
    """What the journal says was done about a record."""
    rows = Entry.objects.filter(about=kind, about_id=number).order_by("id")
    return list(rows.values_list("deed", flat=True))


def refused(act) -> dict[str, str]:
    """The codes and fields of a refusal: code → field."""
    with pytest.raises(Refused) as refusal:
        act()
    return {problem.code: problem.field for problem in refusal.value.problems}


def not_allowed(act) -> str:
    """The sentence with which somebody is turned away, and its citation."""
    with pytest.raises(NotAllowed) as turned:
        act()
    return "; ".join(f"{each.says} [{each.cite}]" for each in turned.value.problems)
