"""The doctors' office: composes the next message and remembers what it sent."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

from simulators.prescriber.flaws import EITHER, FLAWS, Setting
from simulators.prescriber.judge import Expectation
from simulators.prescriber.order import Order, choose, compounded
from simulators.prescriber.script import cancelrx, newrx
from simulators.prescriber.world import World

# Central Standard Time all year: never a day ahead of a pharmacy in Texas.
_OFFICE_ZONE = timezone(timedelta(hours=-6))
_UNREADABLE = frozenset(["malformed", "entities"])
FOLLOW_UPS = ("repeat", "cancel")
KINDS = ("newrx", "compound", *FOLLOW_UPS, *FLAWS)


@dataclass(frozen=True)
class Draft:
    """One message ready to post."""

    kind: str
    order: Order
    raw: bytes
    expected: Expectation


class Practice:
    """Same seed, same run name and day: the same messages in the same order."""

    def __init__(self, world: World, *, seed: int, run: str, today: date | None = None) -> None:
        self._world, self._run, self._fixed = world, run, today
        self._random = Random(f"practice/{seed}")
        self._count = 0
        self._accepted: list[Draft] = []

    def today(self) -> date:
        """The date the office writes on prescriptions."""
        return self._fixed or datetime.now(_OFFICE_ZONE).date()

    def next_kind(self, flawed: float) -> str:
        """Plain, or with that probability one of the flaws and follow-ups, all alike."""
        if self._random.random() >= flawed:
            return "newrx"
        return self._random.choice([*FOLLOW_UPS, *FLAWS])

    def compose(self, kind: str) -> Draft:
        """The next message of that kind; follow-ups with nothing to follow become plain."""
        order = self._fresh_order()
        if kind in FOLLOW_UPS and self._accepted:
            return self._follow_up(kind, order)
        if kind == "compound":
            wanted = compounded(order, self._world, self._random, on=self.today())
            return _draft(kind, wanted, newrx(wanted), frozenset(["status"]))
        if kind == "newrx" or kind in FOLLOW_UPS:
            return _draft("newrx", order, newrx(order), frozenset(["status"]))
        flaw = FLAWS[kind]
        spoiled, raw = flaw.written(order, Setting(self._world, self._random, self.today()))
        return _draft(kind, spoiled, raw, flaw.right)

    def accepted(self, draft: Draft) -> None:
        """The house took it; it may be repeated or cancelled later."""
        if draft.kind == "newrx":
            self._accepted.append(draft)

    def _fresh_order(self) -> Order:
        self._count += 1
        return choose(
            self._world,
            self._random,
            message_id=f"SIM{self._run}{self._count:07d}",
            sent_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.0Z",
            on=self.today(),
        )

    def _follow_up(self, kind: str, order: Order) -> Draft:
        earlier = self._random.choice(self._accepted)
        if kind == "repeat":
            return replace(
                earlier, kind="repeat", expected=replace(earlier.expected, right=EITHER)
            )
        self._accepted.remove(earlier)
        cancel = replace(
            earlier.order,
            message_id=order.message_id,
            sent_at=order.sent_at,
            relates_to=earlier.order.message_id,
        )
        right = frozenset(["cancel-response", "status"])
        return _draft("cancel", cancel, cancelrx(cancel), right)


def _draft(kind: str, order: Order, raw: bytes, right: frozenset[str]) -> Draft:
    expected = Expectation(
        message_id=order.message_id,
        sent_from=order.prescriber.npi,
        sent_to=order.pharmacy.ncpdp_id,
        right=right,
        readable=kind not in _UNREADABLE,
    )
    return Draft(kind, order, raw, expected)
