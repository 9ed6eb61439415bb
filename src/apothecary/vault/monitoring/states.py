"""Where a record and a file for a monitoring programme stand."""

from enum import StrEnum


class Told(StrEnum):
    """What a record does at the programme."""

    NEW = "new"
    REVISED = "revised"
    VOID = "void"


class RecordState(StrEnum):
    DUE = "due"
    FILED = "filed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    # It cannot be written, or the file it was in was refused: a person mends it or lets it go.
    HELD = "held"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class FileState(StrEnum):
    SENT = "to send or sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    # The programme answered in a form that nobody has told us.
    UNCLEAR = "answer not understood"


class FileKind(StrEnum):
    DAILY = "daily"
    ZERO = "zero"
    AT_ONCE = "at once"


WANTS_HANDS = (RecordState.REJECTED, RecordState.HELD)
# Nothing was written to the programme yet, or it is not with it: mended where it stands.
AT_HOME = (RecordState.DUE, RecordState.HELD)
MAY_MEND = (*AT_HOME, RecordState.REJECTED, RecordState.ACCEPTED)
