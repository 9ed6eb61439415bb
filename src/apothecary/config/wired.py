"""`apothecary wire`: messages between bytes and JSON, one or a stream of them."""

import json
from collections.abc import Iterator

from apothecary.wires.command import DIALECTS, decode, encode, split_stream
from apothecary.wires.errors import Malformed


def wired(
    form: str, way: str, raw: bytes, *, stream: bool, dialect: str = DIALECTS[0]
) -> Iterator[bytes]:
    """What is to be printed, piece by piece.

    ``dialect`` is how the sender of an X12 paper of supply writes; it is only for reading.
    One message that cannot be read raises Malformed. In a stream it is answered in its place,
    `{"error": ...}`, and the others go on.
    """
    if dialect != DIALECTS[0] and (way == "encode" or form != "x12"):
        raise Malformed("dialect", "goes with x12 decode: encode writes the segments as given")
    if not stream:
        if way == "decode":
            yield printed(decode(form, raw, dialect=dialect))
        else:
            yield encode(form, loaded(raw))
        return
    pieces = split_stream(form, raw) if way == "decode" else iter(raw.splitlines())
    for number, piece in enumerate(pieces, start=1):
        try:
            if way == "decode":
                yield printed(decode(form, piece, dialect=dialect))
            else:
                yield encode(form, loaded(piece))
        except Malformed as bad:
            if way == "encode":
                raise Malformed(bad.field, f"line {number}: {bad.reason}") from bad
            yield printed({"error": str(bad), "field": bad.field, "number": number})


def printed(message: dict[str, object]) -> bytes:
    """One JSON object on a line of its own."""
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"


def loaded(raw: bytes) -> dict[str, object]:
    """The JSON object of a line, or what is wrong with it."""
    try:
        found = json.loads(raw)
    except ValueError as error:
        raise Malformed("json", f"not JSON: {error}") from error
    if not isinstance(found, dict):
        raise Malformed("json", "not a JSON object")
    return found
