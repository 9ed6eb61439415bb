"""What was lost, how it ends, and where a loss may go from where it stands."""

from enum import StrEnum


class Kind(StrEnum):
    """What happened, as far as it is known. A shortage nobody explains is a loss."""

    THEFT = "theft"
    LOSS = "loss"
    TRANSIT = "loss in transit"
    BREAKAGE = "breakage"
    SPILLAGE = "spillage"


# What is seen by two and written down: no loss (21 CFR 1301.76(b), row DEA-125/apart).
APART = frozenset({Kind.BREAKAGE, Kind.SPILLAGE})


class State(StrEnum):
    """The life of a loss."""

    DISCOVERED = "discovered"
    NOTICED = "notice given"
    REPORTED = "reported on Form 106"
    CLOSED = "closed"


MAY_BECOME = {
    State.DISCOVERED: frozenset({State.NOTICED, State.CLOSED}),
    State.NOTICED: frozenset({State.REPORTED, State.CLOSED}),
    # An amendment is another version of the form, and opens what was closed.
    State.REPORTED: frozenset({State.REPORTED, State.CLOSED}),
    State.CLOSED: frozenset({State.REPORTED}),
}


class Outcome(StrEnum):
    """How a loss ended."""

    OPEN = ""
    REPORTED = "reported"
    NOT_SIGNIFICANT = "found not significant"
    SUPPLIER = "the supplier's to report"
    WITNESSED = "written down by two"
    NOTHING = "nothing was missing"
    WITHDRAWN = "notice taken back"


class Way(StrEnum):
    """How a notice went out; the rule wants it in writing."""

    FAX = "fax"
    MAIL = "mail"
    EMAIL = "e-mail"
    HAND = "by hand"


class Purpose(StrEnum):
    """What a notice says."""

    LOSS = "theft or loss"
    NO_LOSS = "no theft or loss after all"


class Manner(StrEnum):
    """How it was taken or lost, in the words a report of theft or loss asks for."""

    BREAK_IN = "break-in"
    ROBBERY = "armed robbery"
    EMPLOYEE = "employee"
    CUSTOMER = "customer"
    TRANSIT = "in transit"
    OTHER = "other"
