"""What a payer's answer means for an authorization, whichever way it came. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apothecary.claims.authorization.states import AuthorizationState
from apothecary.wires.script.authorization_model import (
    APPROVED,
    CANCEL,
    DENIED,
    OPEN,
    Verdict,
)
from apothecary.wires.telecom import Answer, reject_meaning

S = AuthorizationState
# Rejects of a request that say how it stands, and not that the request was wrong.
REFUSED_FOR_GOOD = frozenset({"3Y"})
NOT_NEEDED, IN_PROCESS, STANDS_ALREADY = "3R", "3W", "3T"
# Reasons for which a payer closes an electronic request (list CLQ of SCRIPT).
CLOSED_AS = {
    "CC": (S.CANCELLED, "the plan needs no authorization for it: send the claim again"),
    "CG": (S.DEFERRED, "the plan has such a request already and decides it"),
    "CF": (S.DRAFT, "such a request is approved already: ask the plan for its number"),
    "CY": (S.DENIED, "such a request was denied already"),
    "DE": (S.DENIED, "the plan has denied it"),
    "FM": (S.DENIED, "the plan does not cover it, with authorization or without"),
    "BX": (S.DRAFT, "the plan takes no electronic request for it: ask another way"),
}
CLOSED_WITHOUT = (S.DRAFT, "the plan closed the request without saying why: ask another way")
# A word of letters and digits that looks like a payer's number: REQ0000017, PA12345.
REFERENCE = re.compile(r"\b[A-Z]{1,5}[0-9]{5,12}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where the authorization goes, and everything the payer gave with it."""

    to: AuthorizationState
    says: str = ""
    codes: tuple[str, ...] = ()
    reference: str = ""
    number: str = ""
    from_on: date | None = None
    until_on: date | None = None
    quantity: Decimal | None = None
    usd: Decimal | None = None
    refills: int | None = None
    deadline_at: datetime | None = None
    questions: bool = False
    appeals: bool = False


def outcome_of_answer(answer: Answer) -> Outcome:
    """What the answer to a request (P4) or an inquiry (P3) means."""
    says = "; ".join(answer.messages)
    codes = tuple(one.code for one in answer.rejects)
    if answer.rejected:
        return refused_on_the_line(answer, codes, says)
    if answer.undecided or answer.consent is None or not answer.consent.number:
        waits = says or "the payer has it and decides later"
        return Outcome(to=S.DEFERRED, says=waits, reference=answer.authorization)
    given = answer.consent
    return Outcome(
        to=S.APPROVED,
        says=says,
        reference=answer.authorization,
        number=given.number,
        from_on=given.from_on,
        until_on=given.until_on,
        quantity=given.quantity,
        usd=given.usd,
        refills=given.refills,
    )


def refused_on_the_line(answer: Answer, codes: tuple[str, ...], says: str) -> Outcome:
    """A reject to a request: how it stands, or what is wrong with the request."""
    words = "; ".join(f"{code}: {reject_meaning(code).says}" for code in codes)
    said = f"{words} ({says})" if says else words
    if REFUSED_FOR_GOOD.intersection(codes):
        return Outcome(to=S.DENIED, says=said, codes=codes, reference=answer.authorization)
    if NOT_NEEDED in codes:
        return Outcome(to=S.CANCELLED, says=said, codes=codes)
    if IN_PROCESS in codes:
        named = REFERENCE.findall(says)
        found = answer.authorization or (named[0] if len(set(named)) == 1 else "")
        return Outcome(to=S.DEFERRED, says=said, codes=codes, reference=found)
    if STANDS_ALREADY in codes:
        said += " Write its number down."
    return Outcome(to=S.DRAFT, says=said, codes=codes)


def outcome_of_withdrawal(answer: Answer, *, had_number: bool) -> Outcome:
    """What the answer to a withdrawal (P2) means: it is gone, or the payer keeps it."""
    if not answer.rejected:
        return Outcome(to=S.CANCELLED, says="; ".join(answer.messages))
    kept = refused_on_the_line(
        answer, tuple(one.code for one in answer.rejects), "; ".join(answer.messages)
    )
    back = S.APPROVED if had_number else S.DEFERRED
    return Outcome(to=back, says=kept.says, codes=kept.codes)


def outcome_of_verdict(verdict: Verdict, *, had_number: bool = False) -> Outcome:
    """What an electronic response means."""
    if verdict.step == CANCEL:
        kept = S.APPROVED if had_number else S.DEFERRED
        to = S.CANCELLED if verdict.status == APPROVED else kept
        return Outcome(to=to, says=words_of(verdict), codes=verdict.reason_codes)
    if verdict.status == APPROVED:
        return Outcome(
            to=S.APPROVED,
            says=verdict.note,
            reference=verdict.case_id,
            number=verdict.number,
            from_on=verdict.from_on,
            until_on=verdict.until_on,
            quantity=verdict.quantity,
            refills=verdict.refills,
        )
    if verdict.status == OPEN:
        asks = verdict.questions is not None
        return Outcome(
            to=S.QUESTIONED if asks else S.DEFERRED,
            says=words_of(verdict),
            reference=verdict.case_id,
            deadline_at=verdict.deadline,
            questions=asks,
        )
    if verdict.status == DENIED:
        return Outcome(
            to=S.DENIED,
            says=words_of(verdict),
            codes=verdict.reason_codes,
            reference=verdict.case_id,
            appeals=verdict.appeals,
        )
    return closed(verdict)


def closed(verdict: Verdict) -> Outcome:
    """A request that the payer put away: by its reason it is settled, or asked another way."""
    known = [CLOSED_AS[code] for code in verdict.reason_codes if code in CLOSED_AS]
    to, says = known[0] if known else CLOSED_WITHOUT
    said = f"{says} ({verdict.note})" if verdict.note else says
    return Outcome(to=to, says=said, codes=verdict.reason_codes, reference=verdict.case_id)


def words_of(verdict: Verdict) -> str:
    """What the payer wrote, in its own words."""
    return "; ".join(text for text in (verdict.reason, verdict.note) if text)
