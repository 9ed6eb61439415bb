"""Misbehaviour on demand: what a payer, a switch or a line does on a bad day."""

from dataclasses import dataclass
from random import Random

from simulators.payer.dialects import DIALECTS
from simulators.payer.wire import is_number

KINDS = {
    "delay": "answer after `seconds`",
    "late": "answer after `seconds`, past any client time-out (default 60)",
    "drop": "decide the claim, then close the connection without answering",
    "silent": "decide the claim and never answer, leaving the connection open",
    "twice": "send the answer two times",
    "garbage": "send random bytes in a frame instead of the answer",
    "cut": "send the first half of the answer and close the connection",
    "reject": "reject with `code` and remember nothing",
    "odd": "answer in the `dialect` named",
}
_DEFAULT_SECONDS = {"delay": 2.0, "late": 60.0}


class BadFault(ValueError):
    """A fault that cannot be set; the text names the part that is wrong."""


@dataclass
class Fault:
    """One way to misbehave: for the next `count` requests, or for a `share` of all of them.

    With a `bin` only requests to that payer are struck: one behind a switch may be ill alone.
    """

    kind: str
    share: float = 1.0
    count: int | None = None
    seconds: float = 0.0
    code: str = ""
    bin: str = ""
    dialect: str = ""

    def as_json(self) -> dict[str, object]:
        """As the admin page shows it."""
        odd: dict[str, object] = {"dialect": self.dialect} if self.dialect else {}
        return {
            **odd,
            "kind": self.kind,
            "share": self.share,
            "count": self.count,
            "seconds": self.seconds,
            "code": self.code,
            "bin": self.bin,
        }


class Faults:
    """The faults now set. Draws come from the seed: one for each fault a request concerns."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"faults/{seed}")
        self._set: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set one more; earlier ones go first."""
        self._set.append(fault)

    def clear(self) -> None:
        """Behave again."""
        self._set.clear()

    def now(self) -> list[Fault]:
        """What is set and not used up."""
        return list(self._set)

    def strike(self, bin_number: str = "") -> Fault | None:
        """The fault for this request, if any; a counted one is used up by it."""
        struck = None
        for fault in self._set:
            if fault.bin not in {"", bin_number}:
                continue
            hits = self._random.random() < fault.share
            if hits and struck is None:
                struck = fault
        if struck and struck.count is not None:
            struck.count -= 1
            if struck.count <= 0:
                self._set.remove(struck)
        return struck

    def garbage(self) -> str:
        """Bytes that are no transmission; none of them is STX or ETX."""
        return "".join(chr(self._random.randrange(4, 256)) for _ in range(64))


def read_fault(values: dict[str, object]) -> Fault:
    """A fault from the words of the admin page or the command line, or BadFault."""
    unknown = set(values) - {"kind", "share", "count", "seconds", "code", "bin", "dialect"}
    if unknown:
        raise BadFault(f"{', '.join(sorted(unknown))}: not part of a fault")
    kind = str(values.get("kind", ""))
    if kind not in KINDS:
        raise BadFault(f"kind: {kind!r} is none of {', '.join(KINDS)}, down")
    share = _number(values, "share", 1.0)
    if not 0.0 < share <= 1.0:
        raise BadFault("share: must be above 0 and at most 1")
    count = _number(values, "count", 0.0)
    if count < 0 or count != int(count):
        raise BadFault("count: must be a whole number")
    seconds = _number(values, "seconds", _DEFAULT_SECONDS.get(kind, 0.0))
    if not 0.0 <= seconds <= 3600.0:
        raise BadFault("seconds: must lie between 0 and 3600")
    code = str(values.get("code", ""))
    if kind == "reject" and not (1 <= len(code) <= 3 and code.isalnum()):
        raise BadFault("code: a reject needs a code of 1 to 3 letters or digits")
    bin_number = str(values.get("bin", ""))
    if bin_number and not (len(bin_number) == 6 and is_number(bin_number)):
        raise BadFault("bin: six digits")
    dialect = str(values.get("dialect", ""))
    if (kind == "odd") != (dialect in DIALECTS):
        raise BadFault(f"dialect: an odd answer needs one of {', '.join(DIALECTS)}")
    return Fault(kind, share, int(count) or None, seconds, code.upper(), bin_number, dialect)


def read_fault_text(text: str) -> Fault:
    """The command line's form: `delay:share=0.1,seconds=3` or `reject:code=79,count=2`."""
    kind, _, rest = text.partition(":")
    values: dict[str, object] = {"kind": kind}
    for part in rest.split(",") if rest else []:
        name, mark, value = part.partition("=")
        if not mark:
            raise BadFault(f"{part!r} is not name=value")
        values[name] = value
    return read_fault(values)


def _number(values: dict[str, object], name: str, default: float) -> float:
    try:
        return float(str(values.get(name, default)))
    except ValueError as error:
        raise BadFault(f"{name}: {values[name]!r} is not a number") from error
