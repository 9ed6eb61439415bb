"""What a programme sends back in the same form: an acknowledgement, or an error in receiving.

It is about a file as a whole. What was wrong with single records comes in each programme's own
form, which no source of ours describes: those are kept by the caller as they came.
"""

from dataclasses import dataclass
from datetime import date, time

from apothecary.wires.asap.reading import read_header
from apothecary.wires.asap.transmission import Transmission
from apothecary.wires.errors import Malformed

ACKNOWLEDGED, FAILED = "02", "03"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one file. ``received`` is False for an error in receiving. ``control`` is
    the answer's own number; ``responds_to`` is TH04, empty where the programme left it out:
    such an answer must not be taken for that of any file. ``said`` is the message of IS;
    ``rest`` are segments between header and trailer other than IS, raw.
    """

    received: bool
    control: str
    responds_to: str
    created_on: date | None
    created_at: time | None
    said: str
    rest: tuple[tuple[str, ...], ...]

    def is_about(self, control: str) -> bool:
        """Whether it answers the file of that TH02. That TH04 repeats it is read from the name
        of TH04 (mark D), to be checked with each programme.
        """
        return bool(control) and self.responds_to == control


def is_answer(transmission: Transmission) -> bool:
    """Whether a transmission answers one of ours, and is no report."""
    return transmission.transaction_type in (ACKNOWLEDGED, FAILED)


def read_answer(transmission: Transmission) -> Answer:
    """An acknowledgement or error, typed. Raises Malformed when it is neither, or ill-typed."""
    kind = transmission.transaction_type
    if not is_answer(transmission):
        reason = f"must be {ACKNOWLEDGED} or {FAILED} in an answer, is {kind!r}"
        raise Malformed("TH03 (transaction type)", reason, transmission.header.at)
    header = read_header(transmission.header)
    source = transmission.source
    return Answer(
        received=kind == ACKNOWLEDGED,
        control=header.control_number,
        responds_to=header.response_id,
        created_on=header.created_on,
        created_at=header.created_at,
        said=source[3].strip() if source else "",
        rest=tuple(
            one.elements for one in transmission.segments if one.id not in ("TH", "IS", "TT")
        ),
    )
