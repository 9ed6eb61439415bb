"""What comes of a call that brought no answer."""

from apothecary.wires import Unreachable


class NotConnected(Unreachable):
    """Nobody took the call: the payer cannot have seen the message."""


class NoAnswer(Unreachable):
    """The message went out and no whole answer came: the payer may have acted on it."""
