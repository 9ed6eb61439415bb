"""NCPDP Telecommunication D.0 as bytes: framing on the link, splitting, building.

Framing is this link's own choice: STX (0x02), one transmission, ETX (0x03). TCP may cut or
glue these anywhere, so frames are found by their marks alone. Bytes outside a frame are
line noise: counted and dropped. Field ids are kept as they came, in order, repeats kept.
"""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property

STX, ETX = b"\x02", b"\x03"
FS, GS, RS = "\x1c", "\x1d", "\x1e"
MAX_FRAME_BYTES = 64 * 1024
REQUEST_HEADER_CHARS = 56

_HEADER_LAYOUT = (
    ("bin", 6), ("version", 2), ("code", 2), ("pcn", 10), ("count", 1),
    ("provider_qualifier", 2), ("provider_id", 15), ("service_date", 8), ("vendor", 10),
)  # fmt: skip
_POSITIVE, _NEGATIVE = "{ABCDEFGHI", "}JKLMNOPQR"


class FrameTooLong(Exception):
    """The other side sent more than one frame may hold without an ETX."""


class SyntaxFault(Exception):
    """The frame is not a D.0 request; the text says what is wrong and where."""


class BadValue(ValueError):
    """A field's text is not what its kind allows."""


def is_number(text: str) -> bool:
    """Whether it is digits 0 to 9 and nothing else; other alphabets' digits are none here."""
    return text.isascii() and text.isdigit()


class Framer:
    """Collects TCP segments and gives out whole transmissions, without STX and ETX."""

    def __init__(self) -> None:
        self._held = b""
        self._inside = False
        self.noise_bytes = 0

    def feed(self, segment: bytes) -> list[bytes]:
        """Every transmission completed by this segment, oldest first."""
        frames: list[bytes] = []
        rest = segment
        while rest:
            rest = self._take_body(rest, frames) if self._inside else self._seek_start(rest)
        return frames

    def _seek_start(self, rest: bytes) -> bytes:
        noise, mark, after = rest.partition(STX)
        self.noise_bytes += len(noise)
        self._inside = bool(mark)
        return after

    def _take_body(self, rest: bytes, frames: list[bytes]) -> bytes:
        body, mark, after = rest.partition(ETX)
        self._held += body
        if len(self._held) > MAX_FRAME_BYTES:
            raise FrameTooLong(f"more than {MAX_FRAME_BYTES} bytes without ETX")
        if mark:
            frames.append(self._held)
            self._held, self._inside = b"", False
        return after


def frame(transmission: str) -> bytes:
    """One transmission as it goes on the link."""
    return STX + transmission.encode("latin-1") + ETX


Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Segment:
    """One segment: its id (the AM value) and its fields in the order they came."""

    id: str
    pairs: Pairs

    def get(self, field_id: str) -> str:
        """The first value under that id without padding, or an empty text."""
        return self._first.get(field_id, "")

    @cached_property
    def _first(self) -> dict[str, str]:
        return {i: v.strip() for i, v in reversed(self.pairs)}

    def all(self, field_id: str) -> list[str]:
        """Every value under that id, in order."""
        return [v.strip() for i, v in self.pairs if i == field_id]

    def has(self, field_id: str) -> bool:
        """Whether the field was sent at all, be it empty."""
        return any(i == field_id for i, _ in self.pairs)


@dataclass(frozen=True)
class Request:
    """A split request: padded header values, transmission segments, then one list a claim."""

    header: dict[str, str]
    shared: list[Segment]
    claims: list[list[Segment]] = field(default_factory=list)
    raw: bytes = b""

    def segment(self, segment_id: str, claim: int | None = None) -> Segment | None:
        """A segment of that claim, or of the transmission when no claim is named."""
        where = self.shared
        if claim is not None:
            where = self.claims[claim] if claim < len(self.claims) else []
        return next((s for s in where if s.id == segment_id), None)

    def as_json(self) -> dict[str, object]:
        """The decoded request for the log: nothing left out, order kept."""
        return {
            "header": self.header,
            "segments": [{"id": s.id, "fields": s.pairs} for s in self.shared],
            "transactions": [
                [{"id": s.id, "fields": s.pairs} for s in claim] for claim in self.claims
            ],
        }


def split_request(raw: bytes) -> Request:
    """Split one transmission strictly, or raise SyntaxFault naming the place."""
    text = raw.decode("latin-1")
    if len(text) < REQUEST_HEADER_CHARS:
        raise SyntaxFault(f"header has {len(text)} of {REQUEST_HEADER_CHARS} characters")
    head, body = text[:REQUEST_HEADER_CHARS], text[REQUEST_HEADER_CHARS:]
    if any(mark in head for mark in (FS, GS, RS)):
        raise SyntaxFault("separator inside the fixed header")
    header, at = {}, 0
    for name, width in _HEADER_LAYOUT:
        header[name] = head[at : at + width].strip()
        at += width
    groups = body.split(GS)
    claims = [_segments(group) for group in groups[1:]]
    return Request(header, _segments(groups[0]), claims, raw)


def _segments(group: str) -> list[Segment]:
    before, *parts = group.split(RS)
    if before:
        raise SyntaxFault("text before the first segment separator")
    return [_segment(part) for part in parts]


def _segment(part: str) -> Segment:
    before, *fields = part.split(FS)
    if before or not fields or fields[0][:2] != "AM":
        raise SyntaxFault("a segment does not begin with its AM field")
    if any(len(one) < 2 for one in fields):
        raise SyntaxFault("a field is shorter than its own id")
    return Segment(fields[0][2:].strip(), [(one[:2], one[2:]) for one in fields[1:]])


def read_money(text: str) -> Decimal:
    """Dollars from a signed overpunch amount, two implied decimals; strict about its sign."""
    digits, last = text[:-1], text[-1:]
    if last and last in _POSITIVE:
        sign, unit = "", _POSITIVE.index(last)
    elif last and last in _NEGATIVE:
        sign, unit = "-", _NEGATIVE.index(last)
    else:
        raise BadValue(f"{text!r} has no overpunched last digit")
    if digits and not is_number(digits):
        raise BadValue(f"{text!r} is not an amount")
    return (Decimal(f"{sign}{digits}{unit}") / 100).quantize(Decimal("0.01"))


def write_money(usd: Decimal) -> str:
    """Dollars as a signed overpunch amount, eight digits wide."""
    cents = int((usd * 100).to_integral_exact())
    digits = f"{abs(cents):08d}"
    if len(digits) > 8:
        raise BadValue(f"{usd} does not fit eight digits")
    return digits[:-1] + (_NEGATIVE if cents < 0 else _POSITIVE)[int(digits[-1])]


def read_quantity(text: str) -> Decimal:
    """A quantity with three implied decimals."""
    if not is_number(text) or len(text) > 10:
        raise BadValue(f"{text!r} is not a quantity")
    try:
        return (Decimal(text) / 1000).quantize(Decimal("0.001"))
    except InvalidOperation as error:
        raise BadValue(f"{text!r} is not a quantity") from error


def write_quantity(quantity: Decimal) -> str:
    """A quantity with three implied decimals, ten digits wide."""
    return f"{int((quantity * 1000).to_integral_exact()):010d}"


def write_response(
    header: dict[str, str],
    *,
    accepted: bool,
    shared: list[Segment],
    claims: list[list[Segment]],
) -> str:
    """A response transmission whose header answers that request header."""
    count = header.get("count", "") or "1"
    provider = header.get("provider_id", "")[:15]
    head = (
        f"{'D0':2}{header.get('code', '')[:2]:2}{count[:1]}{'A' if accepted else 'R'}"
        f"{header.get('provider_qualifier', '')[:2]:2}{provider:15}"
        f"{header.get('service_date', '')[:8]:8}"
    )
    groups = [_written(shared), *(GS + _written(claim) for claim in claims)]
    return head + "".join(groups)


def _written(segments: list[Segment]) -> str:
    return "".join(
        f"{RS}{FS}AM{one.id}" + "".join(f"{FS}{i}{v}" for i, v in one.pairs) for one in segments
    )
