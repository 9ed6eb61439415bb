"""Causes that lie in the plan's rules: consents, limits, time, safety, what was paid before."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from apothecary.claims.coach.case import Case
from apothecary.claims.coach.drug_causes import preferred
from apothecary.claims.coach.found import (
    NOTHING,
    Found,
    coded,
    day_said,
    day_words,
    plain,
    quoted,
)

# What a payer's limit looks like in its text: MAX QTY 9 PER 30 DAYS, MAX 34 DAYS.
MOST = re.compile(
    r"MAX\w*\W+(?:QTY|QUANTITY|UNITS?|DOSES?)?\D{0,12}?([0-9]+(?:\.[0-9]+)?)"
    r"(?:\D{0,12}?(?:PER|IN|/)\D{0,6}?([0-9]+)\s*(?:-?\s*DAYS?))?",
    re.IGNORECASE,
)
NUMBER_IN_DAYS = re.compile(r"([0-9]+)\s*-?\s*DAYS?|DAYS?\D{0,16}?([0-9]+)", re.IGNORECASE)
UNDER = re.compile(r"(?:UNDER|AUTH\w*|NO\.?|#)\s+([A-Z0-9-]{4,20})", re.IGNORECASE)


def consent_cause(code: str, case: Case) -> Found:
    """75: which drug, and where the payer wants to be asked."""
    drug = case.known.drug or "this drug"
    also = quoted(case.said.text)
    return Found(f"The plan wants to consent to {drug} first; no number was sent.{also}")


def number_cause(code: str, case: Case) -> Found:
    """EV, 3X, 64, PA: the authorization as it was sent."""
    sent = case.sent.get("07", "EV").lstrip("0")
    if not sent:
        return Found("The plan wants the number of its authorization, and none was sent.")
    says = {
        "EV": "is not one the plan has given",
        "3X": "is not one the plan has given",
        "64": "was given for something else than was billed",
        "PA": "is used up",
        "7A": "was given to somebody else",
    }[code]
    return Found(f"Authorization {sent} {says}." + quoted(case.said.text))


def step_cause(code: str, case: Case) -> Found:
    """608: another drug first; which, when the answer says so."""
    cause = f"Another drug has to be tried before {case.known.drug or 'this one'}."
    if case.said.preferred:
        return preferred(cause, case)
    return Found(cause + quoted(case.said.text))


def most_cause(code: str, case: Case) -> Found:
    """76, 9G: the limit in the payer's text beside what was billed."""
    quantity, days = case.sent.quantity("07", "E7"), case.sent.days
    if quantity is None:
        return NOTHING
    billed = f"{plain(quantity)} for {days} days" if days else plain(quantity)
    found = MOST.search(case.said.text)
    if found is None:
        cause = f"{billed} is more than the plan pays." + quoted(case.said.text)
        return Found(cause, "entry", "quantity", "quantity")
    most, per = found.group(1), found.group(2)
    cause = f"{billed} was billed; the plan pays {most}" + (f" per {per} days." if per else ".")
    allowed = most_for(most, per, days)
    return Found(cause, "entry", "quantity", "quantity", allowed)


def most_for(most: str, per: str | None, days: int | None) -> str:
    """How much the limit leaves for these days: 9 per 30 days is 27 for 90."""
    if not per or not int(per) or not days or not most.isdigit():
        return most
    return str(int(most) * -(-days // int(per)))


def days_limit_cause(code: str, case: Case) -> Found:
    """7X, AG, 925 …: the most days in the payer's text beside those billed."""
    days = case.sent.days
    if days is None:
        return NOTHING
    found = NUMBER_IN_DAYS.search(case.said.text)
    most = next((part for part in found.groups() if part), "") if found else ""
    if not most:
        cause = f"{days} days were billed, more than the plan pays at a time."
        return Found(cause + quoted(case.said.text), "entry", "days_supply", "days’ supply")
    cause = f"{days} days were billed; the plan pays {most} at a time."
    return Found(cause, "entry", "days_supply", "days’ supply", most)


def soon_cause(code: str, case: Case) -> Found:
    """79: when it was last filled and when it is paid again."""
    last = next((f for f in case.said.findings if f.previous_fill_on), None)
    before = ""
    if last is not None and last.previous_fill_on is not None:
        amount = f" of {plain(last.previous_quantity)}" if last.previous_quantity else ""
        before = f" after the fill{amount} on {day_words(last.previous_fill_on)}"
    on = case.said.next_fill_on or day_said(case.said.text)
    if on is None:
        cause = f"Too soon{before}, and the answer names no day."
        return Found(cause, "form", "clarification", "reason code (clarification)")
    cause = f"Too soon{before}; the plan pays again from {day_words(on)}."
    return Found(cause, "form", "on", "day to send it", on.isoformat())


def late_cause(code: str, case: Case) -> Found:
    """81: how late, and the code that says why (357-NV)."""
    on = case.sent.service_on
    filled = f" The fill is dated {day_words(on)}." if on else ""
    return Found(f"The plan takes no claims that old without a reason.{filled}"
                 + quoted(case.said.text))  # fmt: skip


def again_cause(code: str, case: Case) -> Found:
    """83, 7V: which claim was paid before."""
    found = UNDER.search(case.said.text)
    under = f" under {found.group(1)}" if found else ""
    number = case.sent.get("07", "D2").lstrip("0")
    return Found(
        f"The payer has paid for {number} before{under}, for other values than these: reverse "
        "that claim, or settle it by phone."
    )


def safety_cause(code: str, case: Case) -> Found:
    """88, DO5, 943: what the payer's safety check found, in words."""
    said = [finding_words(f.reason, f.text) for f in case.said.findings if f.reason or f.text]
    sent = case.sent.get("08", "E4")
    if code == "943":
        found = f": {'; '.join(said)}" if said else ""
        return Found(f"The pharmacy may not override this safety stop{found}."
                     + quoted(case.said.text))  # fmt: skip
    if not said:
        return Found("The plan’s safety check stops it." + quoted(case.said.text))
    cause = f"The plan’s safety check says: {'; '.join(said)}."
    if sent:
        cause += f" The codes sent answer {coded('E4', sent)}."
    first = next((f.reason for f in case.said.findings if f.reason), "")
    return Found(cause, "form", "safety_codes", "safety codes", f"{first} " if first else "")


def finding_words(reason: str, text: str) -> str:
    """``dose too high (HD: max 4 g a day)``."""
    said = "something" if coded("E4", reason) == reason else coded("E4", reason)
    more = f"{reason}: {text}" if reason and text else reason or text
    return f"{said} ({more})"


def opioid_cause(code: str, case: Case) -> Found:
    """922–924: the plan's opioid limit, with its own words."""
    quantity, days = case.sent.quantity("07", "E7"), case.sent.days
    billed = f" {plain(quantity)} for {days} days was billed." if quantity and days else ""
    return Found(f"The opioid dose is above the plan’s limit.{billed}" + quoted(case.said.text))


def day_cause(code: str, case: Case) -> Found:
    """15, 82, 883: the day of the fill."""
    on = case.sent.service_on
    return Found(f"The claim is dated {day_words(on)}, and the plan does not take that day."
                 + quoted(case.said.text)) if on else NOTHING  # fmt: skip


def reason_cause(code: str, case: Case) -> Found:
    """34, 8R: the clarification that was sent."""
    sent = case.sent.get("07", "DK")
    if not sent:
        return Found(
            "The plan wants a reason code, and none was sent." + quoted(case.said.text)
        )
    return Found(f"The plan does not take reason code {sent}." + quoted(case.said.text))


Look = Callable[[str, Case], Found]
LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "75": consent_cause,
        **dict.fromkeys(("EV", "3X", "64", "PA", "7A"), number_cause),
        "608": step_cause,
        **dict.fromkeys(("76", "9G"), most_cause),
        **dict.fromkeys(("7X", "AG", "925", "926", "927"), days_limit_cause),
        "79": soon_cause,
        "81": late_cause,
        **dict.fromkeys(("83", "7V"), again_cause),
        **dict.fromkeys(("88", "DO5", "943"), safety_cause),
        **dict.fromkeys(("922", "923", "924"), opioid_cause),
        **dict.fromkeys(("15", "82", "883"), day_cause),
        **dict.fromkeys(("34", "8R"), reason_cause),
    }
)
