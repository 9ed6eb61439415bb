"""Misbehaviour on demand: what the line, the papers and the totes do on a bad day."""

from dataclasses import asdict, dataclass

LINE_KINDS = {
    "dead": "refuse callers until DELETE /faults",
    "delay": "answer a caller after `seconds` (default 2)",
    "drop": "take what is posted, then close the connection without answering",
    "busy": "answer 503 and take nothing",
}
PAPER_KINDS = {
    "late_997": "the 997 waits `seconds` (default 3600)",
    "no_997": "no 997 at all",
    "late_855": "the 855 waits `seconds` (default 3600)",
    "late_856": "the 856 waits `seconds` (default 86400): the goods come first",
    "twice": "the paper (`paper`=855, 856, 810, 832, epcis) waits two times",
    "cut": "the paper (`paper`) ends in the middle",
    "wrong_count": "SE01 of the paper (`paper`) is one too many",
    "wrong_store": "the paper (`paper`) names another store as ship-to",
    "invoice_sum": "TDS is a dollar more than the lines and charges",
    "invoice_price": "the invoice's first line costs ten percent more than acknowledged",
    "invoice_extra": "the invoice bills one package more than shipped",
    "unknown_drug": "the 832 has an item whose NDC nobody lists",
    "no_epcis": "no EPCIS document",
    "no_statement": "the EPCIS document has no transaction statement",
    "epcis_lot": "the EPCIS document has another lot than the first bottle bears",
}
TOTE_KINDS = {
    "missing": "the first bottle is on the papers and not in the tote",
    "extra": "a bottle too many lies in the tote",
    "damaged": "the first bottle is broken",
    "wrong_item": "the first bottle is another drug than on the papers",
    "sold_elsewhere": "the first bottle's serial was sold to another store",
    "recalled": "the first bottle's lot is under recall (notice after `seconds`)",
    "expired": "the first bottle's lot has expired",
    "short_dated": "the first bottle's lot expires at the end of next month",
    "csos_partial": "half of each item of an electronic order goes out, the rest waits",
    "warm": "a cold tote arrives at 12.4 °C",
    "credit_short": "the reverse distributor or the wholesaler credits half",
    "credit_denied": "the reverse distributor or the wholesaler credits nothing",
}
KINDS = {**LINE_KINDS, **PAPER_KINDS, **TOTE_KINDS}
PAPERS = ("855", "856", "810", "832", "epcis")
NAMED = frozenset({"twice", "cut", "wrong_count", "wrong_store"})
_SECONDS = {"delay": 2, "late_997": 3600, "late_855": 3600, "late_856": 86400}
MOST_SECONDS = 90 * 86400


class BadFault(ValueError):
    """A fault that cannot be set; the text names the part that is wrong."""


@dataclass
class Fault:
    """One way to misbehave, the next `count` times it can; 0 is for ever.

    With a `house` only that wholesaler is struck, with a `paper` only that kind of paper.
    """

    kind: str
    house: str = ""
    paper: str = ""
    seconds: int = 0
    count: int = 1


class Faults:
    """The faults now set."""

    def __init__(self) -> None:
        self._set: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set one more; earlier ones go first."""
        self._set.append(fault)

    def clear(self) -> None:
        """Behave again."""
        self._set.clear()

    def now(self) -> list[dict[str, object]]:
        """What is set and not used up."""
        return [asdict(one) for one in self._set]

    def take(self, kind: str, *, house: str = "", paper: str = "") -> Fault | None:
        """The fault of that kind for this occasion, if any; a counted one is used up by it."""
        for fault in self._set:
            here = fault.house in {"", house} and fault.paper in {"", paper}
            if fault.kind == kind and here:
                fault.count -= 1
                if fault.count == 0:
                    self._set.remove(fault)
                return fault
        return None

    def seconds(self, kind: str, *, house: str) -> int:
        """How long to wait for it; 0 when it is not set."""
        fault = self.take(kind, house=house)
        return fault.seconds if fault else 0


def read_fault(values: dict[str, object], *, houses: tuple[str, ...]) -> Fault:
    """A fault from the words of the back office or the command line, or BadFault."""
    unknown = set(values) - {"kind", "house", "paper", "seconds", "count"}
    if unknown:
        raise BadFault(f"{', '.join(sorted(unknown))}: not part of a fault")
    kind, house = str(values.get("kind", "")), str(values.get("house", ""))
    paper = str(values.get("paper", ""))
    if kind not in KINDS:
        raise BadFault(f"kind: {kind!r} is none of {', '.join(KINDS)}")
    if house and (house not in houses or kind == "dead"):
        known = "the line is one for all" if kind == "dead" else f"none of {', '.join(houses)}"
        raise BadFault(f"house: {house!r}: {known}")
    if (kind in NAMED) != (paper in PAPERS):
        raise BadFault(
            f"paper: {kind} needs {'one of ' + ', '.join(PAPERS) if kind in NAMED else 'none'}"
        )
    if kind in {"wrong_count", "wrong_store"} and paper == "epcis":
        raise BadFault(f"paper: {kind} is for X12 papers")
    seconds = _whole(values, "seconds", _SECONDS.get(kind, 0), most=MOST_SECONDS)
    count = _whole(values, "count", 1, most=1_000_000)
    return Fault(kind, house, paper, seconds, count)


def read_fault_text(text: str, *, houses: tuple[str, ...]) -> Fault:
    """The command line's form: `twice:paper=856,house=caprock`."""
    kind, _, rest = text.partition(":")
    values: dict[str, object] = {"kind": kind}
    for part in rest.split(",") if rest else []:
        name, mark, value = part.partition("=")
        if not mark:
            raise BadFault(f"{part!r} is not name=value")
        values[name] = value
    return read_fault(values, houses=houses)


def _whole(values: dict[str, object], name: str, default: int, *, most: int) -> int:
    text = str(values.get(name, default))
    if not (text.isascii() and text.isdigit()) or int(text) > most:
        raise BadFault(f"{name}: must be a whole number up to {most}")
    return int(text)
