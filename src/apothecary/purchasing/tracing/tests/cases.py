"""Suspect product of the tests' world: bottles at the door, on the shelf, and a responder."""

import json
from dataclasses import dataclass, field
from datetime import timedelta

from apothecary.purchasing.papers.lines import NoAnswer, NotConnected
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.receiving.shelving import put_away_lot
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tests.yard import FAR, Yard
from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.taking import take_document
from apothecary.purchasing.tracing.tests.seller import GTIN, Told
from apothecary.purchasing.tracing.verifying.rules import Identifier
from apothecary.purchasing.tracing.verifying.sending import VerifyPost
from apothecary.stock.actions import the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Balance

YES = json.dumps({"data": {"verified": True}}).encode()
UNKNOWN = {"verified": False, "verificationFailureReason": "No_match_GTIN_Serial"}
NO = json.dumps({"data": UNKNOWN}).encode()


@dataclass
class Talking:
    """A responder that says what it is told to, or nothing at all."""

    status: int = 200
    body: bytes = YES
    dead: bool = False
    cut: bool = False
    asked: list[bytes] = field(default_factory=list)

    def ask(self, question: bytes) -> tuple[int, bytes]:
        self.asked.append(question)
        if self.dead:
            raise NotConnected("no line")
        if self.cut:
            raise NoAnswer("the line broke")
        return self.status, self.body


def identifier(serial: str = "S1", *, lot: str = "L7", wholesaler_id=None) -> Identifier:
    """A bottle of lisinopril as its code reads."""
    return Identifier(GTIN, serial, lot, FAR, wholesaler_id)


def asks(yard: Yard, responder: Talking, *, after: timedelta = timedelta()) -> int:
    """One round of the worker."""
    post = VerifyPost({yard.wholesaler.code: responder})
    return post.send_due(yard.world.pharmacy, yard.by.at + after)


def told(yard: Yard, *serials: str, lot: str = "L7", instance: str = "D1") -> None:
    """The seller told of these bottles."""
    document = Told(serials=serials, lot=lot, instance=instance)
    assert not take_document(by=yard.by, partner="plains", raw=document.xml()).problem


def shelved(yard: Yard, *serials: str, lot: str = "L7") -> list[ReceivedPackage]:
    """Bottles that came and were put away."""
    receipt = yard.begun(yard.sent(lisinopril=len(serials)))
    rows = [yard.takes_in(receipt, yard.came(serial=one, lot=lot)) for one in serials]
    shelf = the_place(yard.world.pharmacy.pk, PlaceKind.SHELF)
    put_away_lot(by=yard.by, lot_id=rows[0].lot_id, place_id=shelf.pk, key=f"shelf-{lot}")
    for row in rows:
        row.refresh_from_db()
    return rows


def at_the_door(yard: Yard, *, serial: str = "S1", lot: str = "X9") -> SuspectCase:
    """A bottle of another lot than its seller told: set aside, and a case of its own."""
    told(yard, serial)
    receipt = yard.begun(yard.sent(lisinopril=1))
    came = yard.came(serial=serial, lot=lot)
    yard.takes_in(receipt, came, condition=Condition.SUSPECT, because="other lot")
    return SuspectCase.objects.get()


def units(yard: Yard, kind: PlaceKind, lot: str = "L7") -> int:
    """Units of a lot of lisinopril in a kind of place."""
    rows = Balance.objects.filter(
        pharmacy=yard.world.pharmacy,
        lot__number=lot,
        lot__package=yard.world.drugs["lisinopril"],
        place__kind=kind,
    )
    return int(sum(row.on_hand for row in rows))
