"""Transmissions as they stand: TH … TT, the pharmacies in it and what each dispensed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from apothecary.wires.asap.segments import Cutter, Segment
from apothecary.wires.asap.tables import Version, version
from apothecary.wires.errors import Malformed

LARGEST_FILE = 256 * 1024 * 1024  # bytes; a larger one is streamed

_DETAIL = frozenset(("DSP", "PRE", "CDI", "AIR"))


@dataclass(frozen=True, slots=True)
class RawDispensing:
    """The segments of one dispensing. ``patient`` is the last one named before it, nobody when
    there is none; ``others`` are segments we do not know that stand within it.
    """

    patient: Segment | None
    dispensed: Segment
    prescribers: tuple[Segment, ...]
    ingredients: tuple[Segment, ...]
    additional: tuple[Segment, ...]
    others: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class RawStore:
    """One pharmacy, PHA … TP, and the header it came under, nobody's when a file begins amiss;
    ``others`` stand in it but belong to none of its dispensings.
    """

    header: Segment | None
    pharmacy: Segment
    dispensings: tuple[RawDispensing, ...]
    trailer: Segment | None
    others: tuple[Segment, ...]


class Transmission:
    """The segments of one transmission, TH first, as they stood; nothing of it is lost."""

    __slots__ = ("segments",)

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)

    @property
    def header(self) -> Segment:
        return self.segments[0]

    @property
    def version(self) -> Version:
        """By TH01. Raises Malformed when it is none that we know."""
        return version(self.header[1].strip())

    @property
    def control(self) -> str:
        """TH02, the sender's number of this transmission."""
        return self.header[2].strip()

    @property
    def transaction_type(self) -> str:
        """TH03: 01 or nothing is a report, 02 an acknowledgement, 03 an error, 04 a file taken
        back.
        """
        return self.header[3].strip() or "01"

    @property
    def is_test(self) -> bool:
        return self.header[7].strip() == "T"

    @property
    def source(self) -> Segment | None:
        return next((one for one in self.segments if one.id == "IS"), None)

    @property
    def trailer(self) -> Segment | None:
        return next((one for one in reversed(self.segments) if one.id == "TT"), None)

    def stores(self) -> Iterator[RawStore]:
        """The pharmacies in order; what stands outside of them is left out."""
        return raw_stores(self.segments)

    def to_bytes(self) -> bytes:
        """The bytes as they stood."""
        return "".join([one.text + one.end for one in self.segments]).encode("latin-1")


@dataclass(frozen=True, slots=True)
class File:
    """The transmissions of a file; ``tail`` is blank text after the last."""

    transmissions: tuple[Transmission, ...]
    tail: str

    def to_bytes(self) -> bytes:
        return b"".join(one.to_bytes() for one in self.transmissions) + self.tail.encode(
            "latin-1"
        )


class _Gathering:
    """Puts the segments of one pharmacy together."""

    def __init__(self, header: Segment | None, pharmacy: Segment) -> None:
        self._header = header
        self._pharmacy = pharmacy
        self._dispensings: list[RawDispensing] = []
        self._others: list[Segment] = []
        self._patient: Segment | None = None
        self._open: dict[str, list[Segment]] | None = None

    def take(self, segment: Segment) -> None:
        name = segment.id
        if name == "PAT":
            self._close()
            self._patient = segment
        elif name == "DSP":
            self._close()
            self._open = {"DSP": [segment], "PRE": [], "CDI": [], "AIR": [], "": []}
        elif self._open is None:
            self._others.append(segment)
        else:
            self._open[name if name in _DETAIL else ""].append(segment)

    def end(self, trailer: Segment | None) -> RawStore:
        self._close()
        return RawStore(
            self._header,
            self._pharmacy,
            tuple(self._dispensings),
            trailer,
            tuple(self._others),
        )

    def _close(self) -> None:
        if self._open is not None:
            held = self._open
            self._dispensings.append(
                RawDispensing(
                    self._patient,
                    held["DSP"][0],
                    tuple(held["PRE"]),
                    tuple(held["CDI"]),
                    tuple(held["AIR"]),
                    tuple(held[""]),
                )
            )
        self._open = None


def raw_stores(segments: Iterable[Segment]) -> Iterator[RawStore]:
    """The pharmacies of a run of segments, in the memory of one of them.

    A pharmacy ends at its TP, at the next PHA, at TT or at a new TH.
    """
    gathering: _Gathering | None = None
    header: Segment | None = None
    for segment in segments:
        name = segment.id
        if gathering is not None and name in ("TP", "PHA", "TT", "TH"):
            yield gathering.end(segment if name == "TP" else None)
            gathering = None
        if name == "PHA":
            gathering = _Gathering(header, segment)
        elif name == "TH":
            header = segment
        elif gathering is not None:
            gathering.take(segment)
    if gathering is not None:
        yield gathering.end(None)


def read(raw: bytes) -> File:
    """Read a file of one or more transmissions, leniently; ``conformance`` says what is wrong.

    Raises Malformed when a header cannot be made out, for without it no separator is known.
    """
    if len(raw) > LARGEST_FILE:
        raise Malformed("file", f"has {len(raw)} bytes, at most {LARGEST_FILE} are read")
    cutter = Cutter()
    segments = cutter.feed(raw.decode("latin-1"))
    last, tail = cutter.close()
    segments += last
    starts = [place for place, one in enumerate(segments) if one.number == 1]
    edges = pairwise([*starts, len(segments)])
    return File(tuple(Transmission(segments[start:end]) for start, end in edges), tail)


def split_transmissions(raw: bytes) -> Iterator[bytes]:
    """The bytes of each transmission of a file; joined they are the file again.

    Never refuses: what is no transmission comes as one piece, to be refused when it is read.
    """
    text = raw.decode("latin-1")
    cutter = Cutter()
    bad_at: list[int] = []
    try:
        segments = cutter.feed(text)
        segments += cutter.close()[0]
    except Malformed as bad:
        bad_at = [bad.at or 0]
        segments = Cutter().feed(text[: bad_at[0]])
    starts = {0, *(one.at for one in segments if one.number == 1), *bad_at}
    for start, end in pairwise([*sorted(starts), len(raw)]):
        if start < end:
            yield raw[start:end]
