"""Odd ways of speaking D.0 that real payers and switches have, each a named change.

A dialect changes how an answer is written, never what was decided. Names are data of a plan,
or set for a while by the fault `odd`.
"""

from simulators.payer.wire import RS, Pairs, Segment, write_response

DIALECTS = {
    "no-first-separator": "no RS before the first segment",
    "short-codes": "counts and short codes without their leading zero",
    "dropped-zeros": "amounts and quantities without leading zeros",
    "trailing-etx": "one more ETX after the frame",
    "padded": "values padded with blanks to their full length",
    "private": "private fields and a private segment nobody agreed on",
    "continued": "a long message cut over several lines, joined by UG +",
    "short-header": "the header without the blanks of the provider number",
    "one-more-answer": "the answer to another prescription after the right one",
    "somebody-else": "the answer of another pharmacy's prescription",
    "lower-case": "texts in lower case",
    "reordered": "the status segment after the claim segment",
}
_WIDTHS = {"F3": 20, "D2": 12, "FQ": 40, "8F": 18, "C1": 15, "C2": 20, "FY": 30, "AU": 40}
_COUNTS = frozenset(["FA", "UF", "UH", "4F", "EM", "5C", "6C", "NT"])
_AMOUNTS = frozenset(
    ["F5", "F6", "F7", "F9", "FC", "FD", "FE", "FH", "FI", "FK", "FL", "J5", "NZ", "4U", "UK",
     "MW", "FV", "RA", "RB", "PX", "AT"]
)  # fmt: skip
_TEXTS = frozenset(["FQ", "FY", "AU", "CA", "CB"])
NOTICE = (
    "THIS PAYER LIKES TO SAY A GREAT DEAL MORE THAN FITS INTO ONE LINE OF FORTY LETTERS, "
    "AND GOES ON UNTIL IT IS DONE"
)
ETX_TEXT = "\x03"
STRANGE_RX = "999999999"


def speak(
    dialects: tuple[str, ...], header: dict[str, str], *,
    shared: list[Segment], claims: list[list[Segment]],
) -> str:  # fmt: skip
    """A response transmission, written as those dialects write it."""
    shared = [_segment(one, dialects) for one in shared]
    claims = [[_segment(one, dialects) for one in claim] for claim in claims]
    if "private" in dialects:
        claims = [[*claim, Segment("91", [("#1", "PRIVATE"), ("Z*", "")])] for claim in claims]
    if "reordered" in dialects:
        claims = [sorted(claim, key=lambda s: s.id != "22") for claim in claims]
    if "one-more-answer" in dialects:
        claims = [*claims, [_renumbered(one) for one in claims[-1]]]
    if "somebody-else" in dialects:
        header = {**header, "provider_id": "1234567893"}
        claims = [[_renumbered(one) for one in claim] for claim in claims]
    text = write_response(header, accepted=True, shared=shared, claims=claims)
    return _whole(text, dialects)


def _whole(text: str, dialects: tuple[str, ...]) -> str:
    if "short-header" in dialects:
        text = text[:8] + text[8:23].rstrip() + text[23:]
    if "no-first-separator" in dialects:
        text = text.replace(RS, "", 1)
    if "trailing-etx" in dialects:
        text += ETX_TEXT
    return text


def _segment(segment: Segment, dialects: tuple[str, ...]) -> Segment:
    pairs = list(segment.pairs)
    if "continued" in dialects and segment.id == "21":
        pairs = _continued(pairs)
    if "private" in dialects and segment.id == "21":
        pairs.append(("$7", "HOUSE USE ONLY"))
    for name, change in (
        ("short-codes", _short), ("dropped-zeros", _bare), ("lower-case", _small),
        ("padded", _padded),
    ):  # fmt: skip
        if name in dialects:
            pairs = [(i, change(i, v)) for i, v in pairs]
    return Segment(segment.id, pairs)


def _short(field_id: str, value: str) -> str:
    return value.lstrip("0") or "0" if field_id in _COUNTS else value


def _bare(field_id: str, value: str) -> str:
    return value[:-1].lstrip("0") + value[-1:] if field_id in _AMOUNTS else value


def _small(field_id: str, value: str) -> str:
    return value.lower() if field_id in _TEXTS else value


def _padded(field_id: str, value: str) -> str:
    return value.ljust(_WIDTHS.get(field_id, 0))


def _continued(pairs: Pairs) -> Pairs:
    """The notice in lines of 40 before the messages there are; each but its last has UG +."""
    lines = [NOTICE[at : at + 40] for at in range(0, len(NOTICE), 40)]
    said: Pairs = []
    for number, line in enumerate(lines, start=1):
        said += [("UH", f"{number:02d}"), ("FQ", line)]
        said += [("UG", "+")] if number < len(lines) else []
    before = [p for p in pairs if p[0] not in {"UF", "UH", "FQ", "7F", "8F"}]
    messages = [p for p in pairs if p[0] in {"UH", "FQ"}]
    count = len(lines) + sum(1 for i, _ in messages if i == "UH")
    help_desk = [p for p in pairs if p[0] in {"7F", "8F"}]
    return [*before, ("UF", f"{count:02d}"), *said, *_later(messages, len(lines)), *help_desk]


def _later(messages: Pairs, lines: int) -> Pairs:
    """The messages renumbered behind the notice; qualifier 10 (next fill date) stays itself."""
    return [
        (i, f"{min(int(v) + lines, 9):02d}" if i == "UH" and v != "10" else v)
        for i, v in messages
    ]


def _renumbered(segment: Segment) -> Segment:
    changed = [(i, STRANGE_RX if i == "D2" else v) for i, v in segment.pairs]
    return Segment(segment.id, changed)
