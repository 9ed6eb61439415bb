"""The reject coach: what a refusal means, what to change, what to say. Pure.

No rows, clock or settings: messages and what the house knows go in, advice comes out.
"""

from apothecary.claims.coach.advice import Advice, advise, leading
from apothecary.claims.coach.case import (
    Case,
    Known,
    Member,
    Said,
    Sent,
    ShelfPackage,
    said_in,
    sent_in,
)
from apothecary.claims.coach.safe import Correction, Limits, asks_for_member, corrections
from apothecary.claims.coach.tries import Change, changed_between

__all__ = [
    "Advice",
    "Case",
    "Change",
    "Correction",
    "Known",
    "Limits",
    "Member",
    "Said",
    "Sent",
    "ShelfPackage",
    "advise",
    "asks_for_member",
    "changed_between",
    "corrections",
    "leading",
    "said_in",
    "sent_in",
]
