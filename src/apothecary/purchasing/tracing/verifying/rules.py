"""What may be asked of a responder, and what its answer says. Pure.

The question is a path of GS1 elements, as lightweight verification messaging writes it:
``gtin/GTIN/lot/LOT/ser/SERIAL?exp=YYMMDD``. The answer is JSON: ``data.verified`` is true or
false, ``verificationFailureReason`` says why not, ``additionalInfo`` what else is known.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from apothecary.drugs.ndc import check_digit
from apothecary.law.problem import Problem
from apothecary.purchasing.tracing.states import Verdict

# A manufacturer answers within 24 hours; whoever answers for it is given as long.
CITE_ANSWER, MARK_ANSWER = "FDCA 582(b)(4)(C)", "K"
ANSWER_WITHIN = timedelta(hours=24)
GTIN_DIGITS, LONGEST_ELEMENT, LONGEST_SAID = 14, 20, 400
OK, REFUSALS = 200, range(400, 500)
REASONS = {
    "No_match_GTIN": "no such product was made",
    "No_match_GTIN_Serial": "no package of that serial number was made",
    "No_match_GTIN_Serial_Lot": "that package was made in another lot",
    "No_match_GTIN_Serial_Expiry": "that package was made with another expiry",
    "No_match_GTIN_Serial_Lot_Expiry": "that package was made with another lot and expiry",
}


@dataclass(frozen=True, slots=True)
class Identifier:
    """A product identifier as it stands on a package (FDCA 581(14)); GTIN of 14 digits.

    ``wholesaler_id`` says whose responder is asked; without it that of whoever sold it to us.
    """

    gtin: str
    serial: str
    lot: str
    expires_on: date
    wholesaler_id: int | None = None

    def __str__(self) -> str:
        return f"GTIN {self.gtin} serial {self.serial}"


def identifier_problems(asked: Identifier) -> list[Problem]:
    """Why nobody can be asked about this identifier; each missing or impossible part."""
    problems = []
    if not is_gtin(asked.gtin):
        says = f"{asked.gtin[:20]!r} is no GTIN of {GTIN_DIGITS} digits."
        problems.append(Problem(says, field="gtin", code="bad-gtin"))
    for name, label, value in (
        ("serial", "serial number", asked.serial),
        ("lot", "lot number", asked.lot),
    ):
        if not (0 < len(value) <= LONGEST_ELEMENT and value.isascii() and value.isprintable()):
            says = f"A {label} has 1 to {LONGEST_ELEMENT} plain characters."
            problems.append(Problem(says, field=name, code=f"bad-{name}"))
    return problems


def is_gtin(text: str) -> bool:
    """Fourteen digits, the last of which checks the others."""
    whole = len(text) == GTIN_DIGITS and text.isascii() and text.isdigit()
    return whole and check_digit(text[:-1]) == text[-1]


def question(asked: Identifier) -> bytes:
    """The path that is asked. ValueError for an identifier that has problems."""
    if identifier_problems(asked):
        raise ValueError(f"{asked} cannot be asked about")
    lot, serial = quote(asked.lot, safe=""), quote(asked.serial, safe="")
    path = f"gtin/{asked.gtin}/lot/{lot}/ser/{serial}?exp={asked.expires_on:%y%m%d}"
    return path.encode("ascii")


def read_answer(status: int, body: bytes) -> tuple[Verdict, str]:
    """What a responder says, in a word and in words; nothing is supposed.

    ``status`` is that of HTTP. What is neither yes nor no is unclear, a 4xx is a refusal.
    """
    if status in REFUSALS:
        return Verdict.REFUSED, f"the responder refused the question ({status} {said(body)})"
    try:
        data = json.loads(body)["data"]
        verified = data["verified"]
        reason = data.get("verificationFailureReason", "")
        more = data.get("additionalInfo", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Verdict.UNCLEAR, f"the answer cannot be read ({status} {said(body)})"
    texts = isinstance(reason, str) and isinstance(more, str)
    if status != OK or not isinstance(verified, bool) or not texts:
        return Verdict.UNCLEAR, f"the answer cannot be read ({status} {said(body)})"
    if verified and reason:
        return Verdict.UNCLEAR, f"the answer contradicts itself: verified, and {reason[:200]}"
    beside = f"; it also says: {more[:200]}" if more else ""
    if verified:
        return Verdict.VERIFIED, f"verified{beside}"
    why = REASONS.get(reason, reason[:200] or "no reason given")
    return Verdict.NOT_VERIFIED, f"not verified: {why}{beside}"


def said(body: bytes) -> str:
    """The beginning of an answer as text that can be shown and kept."""
    text = body[:LONGEST_SAID].decode("utf-8", "replace").replace("\0", " ")
    return " ".join(text.split()) or "nothing"
