"""Transmissions on a byte stream: STX … ETX around each, cut and glued by the line."""

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom.message import LARGEST_MESSAGE

STX, ETX = b"\x02", b"\x03"


def frame(message: bytes) -> bytes:
    """A transmission ready for the line. Raises Malformed when it holds a framing byte."""
    if STX in message or ETX in message:
        raise Malformed("message", "holds a framing byte (STX or ETX)")
    return STX + message + ETX


class Frames:
    """Collects what arrives and gives back whole transmissions, without their framing.

    Bytes outside a frame are noise and dropped. A frame that never ends is refused.
    """

    def __init__(self, *, largest: int = LARGEST_MESSAGE) -> None:
        self._largest = largest
        self._held = b""

    def feed(self, received: bytes) -> list[bytes]:
        """The transmissions completed by these bytes, in order. Raises Malformed when one grows
        beyond the limit; nothing after that can be trusted, the line must be closed.
        """
        self._held += received
        whole = []
        while (end := self._held.find(ETX)) >= 0:
            before, self._held = self._held[:end], self._held[end + 1 :]
            start = before.rfind(STX)
            if start >= 0:
                whole.append(before[start + 1 :])
        self._held = self._held[max(self._held.rfind(STX), 0) :]
        if not self._held.startswith(STX):
            self._held = b""
        if len(self._held) > self._largest:
            raise Malformed("message", f"grew beyond {self._largest} bytes without an end")
        return whole
