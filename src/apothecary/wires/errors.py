"""What can go wrong between the house and the outside: bad bytes, a dead line, a final no."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a message: which field, why, and at which byte when known."""

    field: str
    reason: str
    at: int | None = None

    def __str__(self) -> str:
        where = "" if self.at is None else f" (byte {self.at})"
        return f"{self.field}: {self.reason}{where}"


class Malformed(Exception):
    """Bytes or values that are not a message of this format. The caller keeps the bytes.

    ``faults`` holds every fault found, never none; ``field``, ``reason`` and ``at`` are those
    of the first one.
    """

    def __init__(self, field: str, reason: str, at: int | None = None) -> None:
        self.faults: tuple[Fault, ...] = (Fault(field, reason, at),)
        super().__init__(str(self.faults[0]))

    @property
    def field(self) -> str:
        return self.faults[0].field

    @property
    def reason(self) -> str:
        return self.faults[0].reason

    @property
    def at(self) -> int | None:
        return self.faults[0].at

    def __str__(self) -> str:
        return "; ".join(str(fault) for fault in self.faults)


def malformed(faults: Sequence[Fault]) -> Malformed:
    """One refusal that carries all faults, to be raised by the caller; needs at least one."""
    first = faults[0]
    error = Malformed(first.field, first.reason, first.at)
    error.faults = tuple(faults)
    return error


class Unreachable(Exception):
    """The other side could not be reached or did not answer in time: try again later."""


class Rejected(Exception):
    """The other side understood and said no for good: trying again changes nothing."""
