"""How many calls may be out at once, to everybody and to each party, and who rests. Pure.

A lane is one line to one party. A party that is slow or dead holds up its own lane only: it
has a few calls at once, after a failure one, after the next none until its rest is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
A_SECOND = timedelta(seconds=1)
# One failure may be an accident of one call; the second in a row says that nobody is there.
ACCIDENTS = 1


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: doubling from five seconds to five minutes."""
    if tries < 1:
        return FIRST_WAIT
    # Six doublings pass the longest wait; beyond that the power would only grow.
    return min(FIRST_WAIT * (1 << min(tries - 1, 6)), LONGEST_WAIT)


@dataclass(slots=True)
class Lane:
    """One line: calls that are out, failures in a row, and how often it failed ever."""

    out: int = 0
    failures: int = 0
    turn: int = 0
    rests_until: datetime | None = None
    left_at: list[datetime] = field(default_factory=list)


@dataclass(slots=True)
class Lanes:
    """Every line that was used: ``per_lane`` calls on one and ``at_once`` in all, at most.

    ``per_second`` says by lane how many calls a party takes in a second; others take any.
    """

    per_lane: int = 4
    at_once: int = 16
    per_second: Mapping[str, int] = field(default_factory=dict)
    _lanes: dict[str, Lane] = field(default_factory=dict)

    @property
    def out(self) -> int:
        """Calls that are out now."""
        return sum(lane.out for lane in self._lanes.values())

    @property
    def free(self) -> int:
        """How many more calls may go out in all."""
        return max(0, self.at_once - self.out)

    def room(self, at: datetime) -> dict[str, int]:
        """How many more calls each known lane may have now; others have ``per_lane``."""
        names = {*self._lanes, *self.per_second}
        return {name: self._room_of(name, at) for name in names}

    def _room_of(self, name: str, at: datetime) -> int:
        lane = self._lanes.setdefault(name, Lane())
        if lane.rests_until is not None and at < lane.rests_until:
            return 0
        # After a failure one call is sent ahead to see whether somebody is there again.
        room = (1 if lane.failures else self.per_lane) - lane.out
        most = self.per_second.get(name)
        if most is not None:
            lane.left_at = [left for left in lane.left_at if at - left < A_SECOND]
            room = min(room, most - len(lane.left_at))
        return max(0, room)

    def leaves(self, name: str, at: datetime) -> int:
        """A call goes out on a lane; the turn in which it left, for its return."""
        lane = self._lanes.setdefault(name, Lane())
        lane.out += 1
        if name in self.per_second:
            lane.left_at.append(at)
        return lane.turn

    def answered(self, name: str) -> None:
        """A call came back with an answer: somebody is there, whatever was before."""
        lane = self._lanes.setdefault(name, Lane())
        lane.out = max(0, lane.out - 1)
        lane.failures, lane.rests_until = 0, None

    def failed(self, name: str, *, turn: int, at: datetime) -> None:
        """A call that left in a turn came to nothing.

        Calls that were out together fail together: only the first of them ends the turn.
        """
        lane = self._lanes.setdefault(name, Lane())
        lane.out = max(0, lane.out - 1)
        if turn != lane.turn:
            return
        lane.turn, lane.failures = lane.turn + 1, lane.failures + 1
        if lane.failures > ACCIDENTS:
            lane.rests_until = at + wait_after(lane.failures - ACCIDENTS)

    def rests_until(self, name: str, at: datetime) -> datetime | None:
        """When a lane that rests now may be tried again; None when it may be used."""
        lane = self._lanes.get(name)
        if lane is None or lane.rests_until is None or lane.rests_until <= at:
            return None
        return lane.rests_until
