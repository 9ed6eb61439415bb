"""Sending what is due to the payers, each on a line of its own, and taking the answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Thread
from types import MappingProxyType
from typing import Protocol

from django.db import DatabaseError, InterfaceError

from apothecary.claims import answering, eligibility, told
from apothecary.claims.answering import note_no_line
from apothecary.claims.authorization import answering as authorizing
from apothecary.claims.authorization.outgoing import ABOUT as AUTHORIZATION
from apothecary.claims.failures import NoAnswer, NotConnected
from apothecary.claims.link import Routes
from apothecary.claims.rules import LEASE
from apothecary.claims.submitting import PARTY
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.wires.lanes import Lanes
from apothecary.wires.outbox import Holder, Share, Taken, free_abandoned, put_off, take_due


class TakesAnswer(Protocol):
    """Keeps an answer raw and acts on it, once."""

    def __call__(self, *, by: Worker, outgoing_id: int, raw: bytes) -> None: ...


class NotesDoubt(Protocol):
    """It may have arrived, and no answer came."""

    def __call__(self, *, by: Worker, outgoing_id: int, says: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Taker:
    """Who acts on what comes back about one kind of question, or on nothing coming back."""

    answer: TakesAnswer
    doubt: NotesDoubt


# By what the row in the outbox is about. A kind that is not here is a fault of the house.
TAKERS: Mapping[str, Taker] = MappingProxyType(
    {
        "fill": Taker(answering.take_answer, answering.note_doubt),
        eligibility.ABOUT: Taker(eligibility.take_answer, eligibility.note_doubt),
        told.ABOUT: Taker(told.take_answer, told.note_doubt),
        AUTHORIZATION: Taker(authorizing.take_answer, authorizing.note_doubt),
    }
)
# How long a round listens when everything it could do is done and calls are still out.
LISTEN_MS = 50


@dataclass(frozen=True, slots=True)
class Call:
    """One question on its way: whose, which, and in which turn of its lane."""

    pharmacy_id: int
    taken: Taken
    turn: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of a call: an answer, or why there is none."""

    call: Call
    answer: bytes | None = None
    failure: NotConnected | NoAnswer | None = None


@dataclass(slots=True)
class Exchanges:
    """The calls that are out, over all pharmacies, and what came back and waits to be noted.

    The threads talk to payers and to nothing else; whoever asks for a round writes. A thread
    ends with the process: what it had on the line is asked again by the next sender.
    """

    routes: Routes
    lanes: Lanes = field(default_factory=Lanes)
    holder: Holder = field(default_factory=Holder)
    _out: dict[int, int] = field(default_factory=dict)
    _back: SimpleQueue[Exchange] = field(default_factory=SimpleQueue)
    _heard: dict[int, list[Exchange]] = field(default_factory=dict)

    def send_due(self, pharmacy: Pharmacy, at: datetime, *, listen_ms: int = LISTEN_MS) -> int:
        """Note what has come back, and call what is due; how much there was to do.

        For the worker's loop; the connection stands in this pharmacy. Waits for nobody beyond
        ``listen_ms``. No transaction is open while a payer thinks, and each answer is
        acted on as it comes, in a transaction of its own.
        """
        by = system_worker(pharmacy, now=at)
        self.holder.hold()
        self.listen(0, at=at)
        done = self.note_heard(by=by) + self.call_due(by=by)
        if not done and self.out_for(pharmacy.pk):
            self.listen(listen_ms, at=at)
            self.note_heard(by=by)
            return 1
        return done

    def out_for(self, pharmacy_id: int) -> int:
        """How many calls of a pharmacy are out or not noted yet."""
        return self._out.get(pharmacy_id, 0)

    def call_due(self, *, by: Worker) -> int:
        """Take what is due and has a free line, and call each in a thread; how many."""
        at = by.at
        free_abandoned(pharmacy_id=by.pharmacy_id, party=PARTY, holder=self.holder, at=at)
        share = Share(
            limit=self.lanes.free, per_lane=self.lanes.per_lane, room=self.lanes.room(at)
        )
        if not share.limit:
            return 0
        found = take_due(
            pharmacy_id=by.pharmacy_id,
            party=PARTY,
            holder=self.holder,
            at=at,
            until=at + LEASE,
            share=share,
        )
        for taken in found:
            self._out[by.pharmacy_id] = self.out_for(by.pharmacy_id) + 1
            call = Call(by.pharmacy_id, taken, self.lanes.leaves(taken.lane, at))
            Thread(target=self.exchange, args=(call,), daemon=True).start()
        return len(found)

    def exchange(self, call: Call) -> None:
        """One question, one answer or the reason why not."""
        try:
            answer = self.routes.ask(call.taken.lane, call.taken.raw)
            self._back.put(Exchange(call, answer=answer))
        except (NotConnected, NoAnswer) as failure:
            self._back.put(Exchange(call, failure=failure))
        except Exception as fault:  # noqa: BLE001 the edge of a wire: its lane must come free
            self._back.put(Exchange(call, failure=NoAnswer(f"the line failed ({fault!r})")))

    def listen(self, wait_ms: int, *, at: datetime) -> None:
        """Sort what has come back by pharmacy, waiting so long for the first."""
        try:
            came = (
                self._back.get(timeout=wait_ms / 1000) if wait_ms else self._back.get_nowait()
            )
            while True:
                self.hear(came, at=at)
                came = self._back.get_nowait()
        except Empty:
            return

    def hear(self, came: Exchange, *, at: datetime) -> None:
        """A lane has one call less, and is known to be alive or not."""
        call = came.call
        self._heard.setdefault(call.pharmacy_id, []).append(came)
        if came.failure is None:
            self.lanes.answered(call.taken.lane)
        else:
            self.lanes.failed(call.taken.lane, turn=call.turn, at=at)

    def note_heard(self, *, by: Worker) -> int:
        """Act on what came back for this pharmacy; how many.

        With the database gone it is kept for the next round. What fails otherwise is left to
        its lease, so that one answer nobody can act on does not stand before all others.
        """
        heard, noted = self._heard.get(by.pharmacy_id, []), 0
        while heard:
            try:
                self.note(heard[0], by=by)
            except (DatabaseError, InterfaceError):
                raise
            except Exception:
                self.forget(heard.pop(0))
                raise
            self.forget(heard.pop(0))
            noted += 1
        return noted

    def forget(self, noted: Exchange) -> None:
        """It is written: the call is no longer out."""
        self._out[noted.call.pharmacy_id] -= 1

    def note(self, came: Exchange, *, by: Worker) -> None:
        """Act on one answer, or on its absence; a lane that rests puts off the rest of it."""
        taken, says = came.call.taken, str(came.failure or "")
        taker = TAKERS[taken.about]
        if came.answer is not None:
            taker.answer(by=by, outgoing_id=taken.outgoing_id, raw=came.answer)
            return
        if isinstance(came.failure, NotConnected):
            note_no_line(
                by=by,
                outgoing_id=taken.outgoing_id,
                before=taken.before,
                says=says,
                tries=taken.tries,
            )
        else:
            taker.doubt(by=by, outgoing_id=taken.outgoing_id, says=says)
        until = self.lanes.rests_until(taken.lane, by.at)
        if until is not None:
            put_off(
                pharmacy_id=by.pharmacy_id,
                party=PARTY,
                lane=taken.lane,
                at=by.at,
                until=until,
                says=says,
            )
