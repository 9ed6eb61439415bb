"""What is chosen, typed and signed at the check, read into typed values."""

from dataclasses import dataclass

from django.http import QueryDict

from apothecary.law.problem import refuse
from apothecary.verification.actions import Signature
from apothecary.verification.reasons import REASONS, Reason

# N is left out: it is the key of "nothing wrong".
REASON_KEYS = "ABCDEFGHIJKL"


@dataclass(frozen=True, slots=True)
class SentBack:
    """A reason with its words, and whose PIN signs it."""

    reason_code: str
    text: str
    signature: Signature | None


def read_signature(typed: QueryDict) -> Signature | None:
    """The initials and PIN of who signs, or none: then whoever is signed in answers for it."""
    initials, pin = typed.get("initials", "").strip(), typed.get("pin", "")
    return Signature(initials, pin) if initials or pin else None


def read_approval(typed: QueryDict) -> Signature | None:
    """The signature of an approval; with a reason to send it back it is none."""
    reason = REASONS.get(typed.get("reason_code", ""))
    if reason is not None:
        says = f"“{reason.says.capitalize()}” is chosen: F12 sends it back, N takes it away."
        raise refuse(says, field="reason_code", code="reason-chosen")
    return read_signature(typed)


def read_sent_back(typed: QueryDict) -> SentBack:
    """The reason as chosen; the action says when there is none."""
    text = " ".join(typed.get("text", "").split())
    return SentBack(typed.get("reason_code", ""), text, read_signature(typed))


def reason_options() -> list[tuple[Reason, str]]:
    """Every reason with its letter."""
    return list(zip(REASONS.values(), REASON_KEYS, strict=True))
