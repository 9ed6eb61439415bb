"""Coordination of benefits: what a claim says of other payers, and what is wrong with it.

Segment 05 holds one group a payer, each begun by its coverage type (5C): who it was, when, what
it paid (HC/DV), refused (6E) and left to the patient (NP/NQ). 308-C8 sums it up in one digit.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from simulators.payer.claim import (
    ZERO,
    Claim,
    OtherPayer,
    Reject,
    day_or_none,
    money_or_none,
    same_code,
)
from simulators.payer.plans import Books, Member, Plan
from simulators.payer.wire import Pairs, Segment

MOST_PAYERS = 9
# What an amount of eight digits can say.
MOST_USD = Decimal("999999.99")
PAID_QUALIFIERS = frozenset([f"{n:02d}" for n in range(1, 13)] + ["98", "99"])
SHARE_QUALIFIERS = frozenset(f"{n:02d}" for n in range(1, 14))
WHOLE_SHARE = "06"
SPEAKS_OF_OTHERS = frozenset("2348")
_STARTS_GROUP = {"HC": "DV", "NP": "NQ", "MV": "MW"}


@dataclass
class _Told:
    """One payer's group as it was sent: its single fields, and its repeated ones in order."""

    singles: dict[str, str] = field(default_factory=dict)
    repeats: dict[str, list[str]] = field(default_factory=dict)

    def take(self, field_id: str, value: str) -> None:
        """Sort one field in."""
        if field_id in {"HC", "DV", "6E", "NP", "NQ", "MV", "MW"}:
            self.repeats.setdefault(field_id, []).append(value.strip())
        else:
            self.singles[field_id] = value.strip()

    def all(self, field_id: str) -> list[str]:
        """Every value of a repeated field."""
        return self.repeats.get(field_id, [])

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """Qualifier and amount together."""
        return list(zip(self.all(name), self.all(_STARTS_GROUP[name]), strict=False))


def _told(segment: Segment) -> list[_Told]:
    groups: list[_Told] = []
    for field_id, value in segment.pairs:
        if field_id == "5C":
            groups.append(_Told())
        if groups:
            groups[-1].take(field_id, value)
    return groups


def other_payers(segment: Segment | None) -> tuple[OtherPayer, ...]:
    """The payers a clean segment 05 tells of, in the order it tells them."""
    return tuple(_payer(told) for told in _told(segment)) if segment else ()


def _payer(told: _Told) -> OtherPayer:
    return OtherPayer(
        rank=int(told.singles["5C"]),
        bin=told.singles.get("7C", ""),
        on=day_or_none(told.singles.get("E8", "")),
        paid_usd=sum((money_or_none(v) or ZERO for _, v in told.pairs("HC")), ZERO),
        says_paid=bool(told.all("DV")),
        share_usd=sum((money_or_none(v) or ZERO for _, v in told.pairs("NP")), ZERO),
        says_share=bool(told.all("NQ")),
        rejects=tuple(told.all("6E")),
    )


def segment_rejects(segment: Segment, *, today: date) -> list[Reject]:
    """Every field of segment 05 that is missing, malformed or does not match its count.

    The occurrence of a reject is the place of the payer's group, from one.
    """
    groups = _told(segment)
    found = []
    count = segment.get("4C")
    if not re.fullmatch(r"[1-9]", count):
        found.append(Reject("4C", "COUNT OF OTHER PAYERS"))
    elif int(count) != len(groups):
        found.append(Reject("P4", f"COUNT SAYS {count}, {len(groups)} PAYERS FOUND"))
    ranks = [told.singles["5C"] for told in groups]
    if len(set(ranks)) != len(ranks):
        found.append(Reject("5C", "TWO PAYERS OF ONE RANK"))
    for place, told in enumerate(groups, start=1):
        for code, text in _group_faults(told, today):
            found.append(Reject(code, text, occurrence=place))
    return found


def _group_faults(told: _Told, today: date) -> list[tuple[str, str]]:
    found = []
    rank = told.singles["5C"]
    if not re.fullmatch(r"0?[1-9]", rank) or int(rank) > MOST_PAYERS:
        found.append(("5C", "COVERAGE TYPE 01 TO 09"))
    if told.singles.get("6C", "") != "03":
        found.append(("7Q" if told.singles.get("6C") else "6C", "OTHER PAYER ID IS A BIN (03)"))
    if not re.fullmatch(r"[0-9]{6}", told.singles.get("7C", "")):
        found.append(("7C", "OTHER PAYER BIN"))
    decided = day_or_none(told.singles.get("E8", ""))
    if decided is None:
        found.append(("E8", "OTHER PAYER DATE"))
    elif decided > today:
        found.append(("9J", "OTHER PAYER DATE IN THE FUTURE"))
    return found + _amount_faults(told) + _reject_faults(told)


def _amount_faults(told: _Told) -> list[tuple[str, str]]:
    found = []
    for count, name, mismatch, known in (
        ("HB", "HC", "SF", PAID_QUALIFIERS),
        ("NR", "NP", "SH", SHARE_QUALIFIERS),
        ("MU", "MV", "MX", None),
    ):
        amounts = told.all(_STARTS_GROUP[name])
        if not amounts and not told.all(name) and count not in told.singles:
            continue
        said = told.singles.get(count, "")
        if not re.fullmatch(r"[0-9]{1,2}", said):
            found.append((count, "COUNT OF AMOUNTS"))
        elif int(said) != len(amounts) or len(told.all(name)) != len(amounts):
            found.append((mismatch, f"COUNT SAYS {said}, {len(amounts)} AMOUNTS FOUND"))
        for qualifier, amount in told.pairs(name):
            found += _one_amount(name, qualifier, amount, known)
    for name in ("HC", "NP"):
        if sum((abs(money_or_none(v) or ZERO) for _, v in told.pairs(name)), ZERO) > MOST_USD:
            found.append((_STARTS_GROUP[name], "AMOUNT TOO LARGE"))
    shares = told.all("NP")
    if WHOLE_SHARE in shares and len(shares) > 1:
        found.append(("NP", "06 IS THE WHOLE, IT STANDS ALONE"))
    return found


def _one_amount(
    name: str, qualifier: str, amount: str, known: frozenset[str] | None
) -> list[tuple[str, str]]:
    found = []
    if known is not None and qualifier not in known:
        found.append((name, f"QUALIFIER {qualifier}"))
    usd = money_or_none(amount)
    if usd is None:
        found.append((_STARTS_GROUP[name], "AMOUNT"))
    elif usd < 0 and name == "HC":
        found.append(("8V", "NEGATIVE AMOUNT PAID"))
    elif usd < 0:
        found.append((_STARTS_GROUP[name], "NEGATIVE AMOUNT"))
    return found


def _reject_faults(told: _Told) -> list[tuple[str, str]]:
    codes = told.all("6E")
    said = told.singles.get("5E", "")
    if not codes and not said:
        return []
    if not re.fullmatch(r"[0-9]{1,2}", said):
        return [("5E", "COUNT OF REJECTS")]
    if int(said) != len(codes):
        return [("R2", f"COUNT SAYS {said}, {len(codes)} CODES FOUND")]
    return [("6E", "REJECT CODE") for c in codes if not re.fullmatch(r"[0-9A-Z]{1,3}", c)]


def coverage_code_rejects(code: str, segment: Segment | None) -> list[Reject]:
    """Whether 308-C8 and segment 05 say the same. `code` is without its leading zero."""
    if code not in SPEAKS_OF_OTHERS:
        if segment is None:
            return []
        return [Reject("557", "OTHER PAYERS NAMED, C8 KNOWS OF NONE")]
    if segment is None:
        return [Reject("6G", "OTHER PAYERS SEGMENT NEEDED")]
    payers = _told(segment)
    paid = any(money_or_none(v) for told in payers for v in told.all("DV"))
    judged: dict[str, Callable[[], bool]] = {
        "2": lambda: paid,
        "3": lambda: not paid,
        "4": lambda: not paid,
    }
    if code in judged and not judged[code]():
        return [Reject("7K", "C8 DOES NOT MATCH THE AMOUNTS PAID")]
    if code == "3" and not any(told.all("6E") for told in payers):
        return [Reject("6E", "C8 3 NEEDS THE OTHER PAYERS REJECT")]
    if code == "8" and not any(told.all("NQ") for told in payers):
        return [Reject("NQ", "C8 8 NEEDS THE PATIENTS SHARE")]
    return []


def plan_rejects(plan: Plan, claim: Claim) -> list[Reject]:
    """What this plan asks of a coordinated claim, whoever the member is."""
    code = same_code(claim.other_coverage)
    if code not in SPEAKS_OF_OTHERS:
        if plan.cob_only:
            return [Reject("41", "THIS CARD PAYS AFTER ANOTHER PAYER")]
        return []
    found = []
    if code == "8" and plan.cob != "responsibility":
        found.append(Reject("13", "C8 8 NOT TAKEN, SEND WHAT WAS PAID"))
    told_all = all(payer.says_share for payer in claim.others if not payer.rejects)
    if plan.cob == "responsibility" and code in {"2", "4", "8"} and not told_all:
        found.append(Reject("NR", "PATIENT RESPONSIBILITY NEEDED"))
    for place, payer in enumerate(claim.others, start=1):
        if payer.bin in plan.refuses_bins:
            text = "NOT BESIDE A GOVERNMENT PROGRAM"
            found.append(Reject("PX", text, occurrence=place))
    return found


def earlier_coverages(books: Books, member: Member | None, claim: Claim) -> list[Member]:
    """The listed coverages of this person that are asked before this card."""
    if member is None:
        return []
    every = books.coverages(member, claim.service_on)
    return [other for other in every if other.rank < member.rank]


def on_file_rejects(books: Books, before: list[Member], claim: Claim) -> list[Reject]:
    """Bill them first (41), or what was billed is not what is on file (7M, MK)."""
    if not before:
        return []
    billed = {payer.bin for payer in claim.others}
    missing = [member for member in before if books.plan(member.plan).bin not in billed]
    if not missing:
        return []
    found = [Reject("41", f"BILL {books.plan(missing[0].plan).name[:30].upper()} FIRST")]
    if same_code(claim.other_coverage) == "1":
        found.append(Reject("7M", "OTHER COVERAGE IS ON FILE"))
    if claim.others:
        found.append(Reject("MK", "BILLED BIN IS NOT THE ONE ON FILE"))
    return found


def coverage_pairs(books: Books, members: list[Member]) -> Pairs:
    """Segment 28: the coverages on file, the first payer first."""
    if not members:
        return []
    pairs: Pairs = [("NT", str(len(members)))]
    for member in members:
        plan = books.plan(member.plan)
        pairs += [
            ("5C", f"{member.rank:02d}"), ("6C", "03"), ("7C", plan.bin),
            ("MH", plan.pcns[0]), ("NU", member.cardholder),
            ("MJ", member.group or plan.groups[0]), ("UV", f"{int(member.person):02d}"),
            ("UB", plan.help_desk), ("UW", member.relationship),
        ]  # fmt: skip
        for field_id, day in (("UX", member.covered_from), ("UY", member.covered_until)):
            if day:
                pairs.append((field_id, f"{day:%Y%m%d}"))
    return pairs


@dataclass(frozen=True)
class Share:
    """How a later payer splits: what others paid, what the patient is left, in dollars."""

    ingredient: Decimal
    recognized: Decimal
    patient_pay: Decimal


def split(
    plan: Plan, claim: Claim, *, ingredient: Decimal, fee: Decimal, own_share: Decimal
) -> Share:
    """Split an allowed cost after other payers. Always paid = ingredient + fee - J5 - F5.

    A plan that pays the patient's responsibility follows the last payer's word even where its
    own price is lower; one that counts payments owes what they leave of its own price.
    """
    if plan.cob == "responsibility":
        owed = max(claim.others, key=lambda payer: payer.rank).share_usd
        cost = max(ingredient, owed - fee)
        share = min(own_share, owed)
        if plan.most_help_usd is not None:
            share = max(share, owed - plan.most_help_usd)
        return Share(cost, cost + fee - owed, share)
    recognized = min(sum((payer.paid_usd for payer in claim.others), ZERO), ingredient + fee)
    return Share(ingredient, recognized, min(own_share, ingredient + fee - recognized))
