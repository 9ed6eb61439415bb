"""What the house may correct by itself, and what it must leave to a person. Pure.

A correction changes what the claim says, never what is dispensed or what the patient is told
to take. It needs three things: the payer's sheet allows it by name, the house *knows* the right
value (from an answer of the payer, from a claim it has paid, from the shelf, from directions
that are certain), and it was not tried on this fill before. What a person typed is not
overruled. Where one code of an answer stays open nothing is sent: it would be refused again.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from apothecary.claims.coach.card_causes import FIRST_PERSON, NOT_SAID, same_person
from apothecary.claims.coach.case import HEADER, Case, Member

# Names as payer sheets use them.
PERSON, GROUP, PCN = "person_code", "group_from_eligibility", "pcn"
RELATION, DAYS, SHELF = "relationship", "days_supply", "shelf_ndc"
DATED, OTHER = "refill_too_soon", "other_coverage"
ASKED_FOR_MEMBER = frozenset({"06", "07", "08", "51", "52", "53", "65", "ZZ"})
OF_PCN = frozenset({"04", "1T"})
# How cards number people when nothing else is known: the cardholder first, then the spouse.
USUAL_PERSON = {"1": "01", "2": "02"}
NO_OTHER_COVERAGE = "01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One thing to change before the claim goes out again; ``on`` puts it off to a day."""

    rule: str
    before: str
    after: str
    because: str
    form: Mapping[str, str] = field(default_factory=dict)
    days: int | None = None
    package_id: int | None = None
    on: date | None = None

    @property
    def says(self) -> str:
        """``person_code: 07 → 01, as by the claim it paid on May 3``."""
        return f"{self.rule}: {self.before or 'nothing'} → {self.after}, {self.because}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What binds the house: the sheet's names, what was tried, what a person typed.

    ``typed`` are form fields that a person has changed on a try of this fill.
    """

    allowed: Collection[str]
    done: Collection[str] = ()
    typed: Collection[str] = ()

    def permit(self, rule: str, field_name: str) -> bool:
        """Whether this rule may touch this field now."""
        return rule in self.allowed and rule not in self.done and field_name not in self.typed


def corrections(case: Case, limits: Limits) -> tuple[Correction, ...]:
    """The corrections that answer every code of the reject, or none at all."""
    found: dict[str, Correction] = {}
    for code in case.said.codes:
        one = correction_of(code, case, limits)
        if one is None:
            return ()
        found[one.rule + "".join(one.form)] = one
    if len(found) > 1 and any(one.on for one in found.values()):
        # On its day the other codes would still stand.
        return ()
    return tuple(found.values())


def correction_of(code: str, case: Case, limits: Limits) -> Correction | None:
    """The correction that answers one code, where one is known and permitted."""
    for attempt in _BY_CODE.get(code, ()):
        found = attempt(case, limits)
        if found is not None:
            return found
    return None


def asks_for_member(case: Case, limits: Limits) -> bool:
    """Whether an eligibility inquiry (E1) could find what this reject is about."""
    wanted = set(limits.allowed) - set(limits.done)
    codes = set(case.said.codes)
    about_card = bool({GROUP, PERSON} & wanted) and bool(codes & ASKED_FOR_MEMBER)
    about_pcn = PCN in wanted and bool(codes & OF_PCN) and len(case.known.sheet_pcns) != 1
    return case.known.member is None and (about_card or about_pcn)


def of_person(case: Case, limits: Limits) -> Correction | None:
    """The person code the plan has, else the usual one of the relationship."""
    if not limits.permit(PERSON, "person_code"):
        return None
    sent, member = case.sent.get("04", "C3"), case.person
    if member:
        right, why = member.person_code, f"as {member.how} names it"
    else:
        relation = case.sent.get("04", "C6")
        right, why = USUAL_PERSON.get(relation, ""), "by the relationship to the cardholder"
    if not right or same_person(right, sent):
        return None
    form = {"person_code": right}
    return Correction(rule=PERSON, before=sent, after=right, because=why, form=form)


def of_group(case: Case, limits: Limits) -> Correction | None:
    """The group the plan itself has named for the patient."""
    sent, member = case.sent.get("04", "C1"), case.known.member
    if not limits.permit(GROUP, "group") or member is None:
        return None
    if not member.group or member.group == sent:
        return None
    why, form = f"as {member.how} names it", {"group": member.group}
    return Correction(rule=GROUP, before=sent, after=member.group, because=why, form=form)


def of_holder(case: Case, limits: Limits) -> Correction | None:
    """The member number the plan itself has named for the patient."""
    sent, member = case.sent.get("04", "C2"), case.known.member
    if not limits.permit(GROUP, "cardholder_id") or member is None:
        return None
    if not member.cardholder_id or member.cardholder_id == sent:
        return None
    why, form = f"as {member.how} names it", {"cardholder_id": member.cardholder_id}
    right = member.cardholder_id
    return Correction(rule=GROUP, before=sent, after=right, because=why, form=form)


def of_pcn(case: Case, limits: Limits) -> Correction | None:
    """The one PCN of the payer's sheet; else the one it answered with, if its sheet has it."""
    sent, right = case.sent.get(HEADER, "pcn"), ""
    takes, member = case.known.sheet_pcns, case.known.member
    if len(takes) == 1:
        right, why = takes[0], "the only one on the payer’s sheet"
    elif (
        member is not None
        and same_holder(case, member)
        and member.pcn in (takes or [member.pcn])
    ):
        right, why = member.pcn, f"as {member.how} names it"
    if not limits.permit(PCN, "pcn") or not right or right == sent:
        return None
    return Correction(rule=PCN, before=sent, after=right, because=why, form={"pcn": right})


def same_holder(case: Case, member: Member) -> bool:
    """Whether the answer is about the member number that was sent: else it is another card."""
    return member.cardholder_id in {"", case.sent.get("04", "C2")}


def of_relation(case: Case, limits: Limits) -> Correction | None:
    """The first person on a card is its holder; nobody else's relationship is known by it."""
    sent, person = case.sent.get("04", "C6"), case.sent.get("04", "C3")
    if not limits.permit(RELATION, "relationship") or sent not in NOT_SAID:
        return None
    if not person or (person.lstrip("0") or "0") not in FIRST_PERSON:
        return None
    why, form = f"person code {person} is the cardholder’s", {"relationship": "1"}
    return Correction(rule=RELATION, before=sent, after="1", because=why, form=form)


def of_days(case: Case, limits: Limits) -> Correction | None:
    """The days that quantity and directions come to, unless a pharmacist has looked."""
    sent, proved = case.sent.days, case.known.days_proved
    if not limits.permit(DAYS, "days_supply") or case.known.reviewed:
        return None
    if sent is None or proved is None or proved == sent:
        return None
    why = "as quantity and directions come to"
    return Correction(rule=DAYS, before=str(sent), after=str(proved), because=why, days=proved)


def of_shelf(case: Case, limits: Limits) -> Correction | None:
    """The package of the same product on the shelf, unless a pharmacist has looked."""
    sent, shelf = case.sent.get("07", "D7"), case.known.shelf
    if not limits.permit(SHELF, "package_id") or case.known.reviewed:
        return None
    if shelf is None or shelf.ndc11 == sent:
        return None
    why = "the package of the same product on the shelf"
    return Correction(
        rule=SHELF, before=sent, after=shelf.ndc11, because=why, package_id=shelf.package_id
    )


def of_day(case: Case, limits: Limits) -> Correction | None:
    """The day the payer names; it alone, since other codes would still stand then."""
    on, today = case.said.next_fill_on, case.sent.service_on
    if not limits.permit(DATED, "on") or on is None or today is None or on <= today:
        return None
    because = "the day the payer names"
    return Correction(
        rule=DATED, before=today.isoformat(), after=on.isoformat(), because=because, on=on
    )


def of_other_coverage(case: Case, limits: Limits) -> Correction | None:
    """No other card is on file, and the payer wants that said."""
    sent = case.sent.get("07", "C8")
    if not limits.permit(OTHER, "other_coverage") or case.known.other_cards:
        return None
    if sent.lstrip("0"):
        return None
    why, form = "no other card is on file", {"other_coverage": NO_OTHER_COVERAGE}
    return Correction(rule=OTHER, before=sent, after=NO_OTHER_COVERAGE, because=why, form=form)


Attempt = Callable[[Case, Limits], Correction | None]
_PERSON: tuple[Attempt, ...] = (of_person,)
_NDC: tuple[Attempt, ...] = (of_shelf,)
_BY_CODE: Mapping[str, tuple[Attempt, ...]] = MappingProxyType(
    {
        "04": (of_pcn,),
        "1T": (of_pcn,),
        "06": (of_group,),
        "51": (of_group,),
        "07": (of_holder,),
        "52": (of_holder,),
        "65": (of_holder,),
        "ZZ": (of_holder,),
        "08": _PERSON,
        "53": _PERSON,
        "11": (of_relation,),
        "7J": (of_relation,),
        "13": (of_other_coverage,),
        "19": (of_days,),
        "76": (of_days,),
        "9G": (of_days,),
        "7X": (of_days,),
        "21": _NDC,
        "54": _NDC,
        "55": _NDC,
        "77": _NDC,
        "825": _NDC,
        "79": (of_day,),
    }
)
# Every code that some rule may answer; an answer with any other is a person's.
CORRECTABLE = frozenset(_BY_CODE) | ASKED_FOR_MEMBER
