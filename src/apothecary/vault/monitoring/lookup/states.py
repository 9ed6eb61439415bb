"""Where a look-up of a patient stands."""

from enum import StrEnum


class LookUpState(StrEnum):
    ASKED = "asked"
    FOUND = "found"
    # The programme holds nothing about the person: that is an answer too.
    NOTHING = "nothing found"
    # It holds several people of that name and day: somebody says which.
    SEVERAL = "several people"
    FAILED = "no answer to be had"


ANSWERED = (LookUpState.FOUND, LookUpState.NOTHING)
MAY_ASK_AGAIN = (LookUpState.FAILED, *ANSWERED)
