"""Eligibility (E1): by card, or by who somebody is when there is no card."""

from datetime import date

from simulators.payer.claim import Reject, day_or_none, same_code
from simulators.payer.cob import coverage_pairs
from simulators.payer.judges.members import letters
from simulators.payer.plans import Books, Member, Plan
from simulators.payer.verdict import Verdict, refused
from simulators.payer.wire import Pairs, Request, Segment

PRIMARY_CODES = {1: "1", 2: "2", 3: "3"}


def eligible(books: Books, request: Request, plan: Plan) -> Verdict:
    """Answer one E1: the coverage found with card, group and the others on file, or why not.

    The answer repairs a claim: a wrong or missing group is no reject here, the right one is
    told (25), and every coverage on file with its person code (28), this plan's own included.
    """
    insurance = request.segment("04")
    if insurance is None:
        return Verdict("R", rejects=[Reject("6J", "INSURANCE SEGMENT MISSING")])
    served = day_or_none(request.header["service_date"])
    if served is None:
        return refused(plan, Reject("15", "DATE OF SERVICE"))
    if insurance.get("C2"):
        return _by_card(books, request, plan, insurance, served)
    return _by_person(books, request, plan, served)


def _by_card(
    books: Books, request: Request, plan: Plan, insurance: Segment, served: date
) -> Verdict:
    card = insurance.get("C2")
    listed = books.on_card(plan, card)
    if not listed:
        if not books.card_is_learnable(plan, card):
            return refused(plan, Reject("52", "CARDHOLDER NOT MATCHED"))
        # Enrolled by its first claim: nothing is known yet but the plan itself.
        found = _accepted(plan)
        found.insurance = [("C1", insurance.get("C1") or plan.groups[0]), ("C2", card)]
        return found
    fitting = _same_person(listed, request.segment("01"))
    if len(fitting) > 1:
        person = same_code(insurance.get("C3"))
        fitting = [m for m in fitting if m.person == person] or fitting
    if len(fitting) != 1:
        code, text = ("MS", "MORE THAN ONE ON THIS CARD") if fitting else ("53", "PERSON")
        return refused(plan, Reject(code, text))
    return _found(books, plan, fitting[0], served)


def _by_person(books: Books, request: Request, plan: Plan, served: date) -> Verdict:
    patient = request.segment("01")
    if patient is None:
        return refused(plan, Reject("07", "CARDHOLDER ID OR PATIENT NEEDED"))
    found = []
    if not patient.get("CB"):
        found.append(Reject("CB", "LAST NAME"))
    if day_or_none(patient.get("C4")) is None:
        found.append(Reject("09", "DATE OF BIRTH"))
    if found:
        return refused(plan, *found)
    ours = [m for m in books.everybody() if plan.kind == "finder" or m.plan == plan.key]
    fitting = _same_person(tuple(ours), patient)
    humans = {(m.first_name, m.last_name, m.born_on, m.postal_code) for m in fitting}
    if not humans:
        return refused(plan, Reject("N1", "NO PATIENT FOUND"))
    if len(humans) > 1:
        return refused(plan, Reject("MS", "MORE THAN ONE FOUND, GIVE ZIP AND SEX"))
    return _found(books, plan, min(fitting, key=lambda m: m.rank), served)


def _same_person(listed: tuple[Member, ...], patient: Segment | None) -> list[Member]:
    """Who fits everything that was said of the patient; what was not said fits all."""
    if patient is None:
        return list(listed)
    born = day_or_none(patient.get("C4"))
    last, first = letters(patient.get("CB")), letters(patient.get("CA"))
    sex = {"1": "M", "2": "F"}.get(patient.get("C5"), "")
    postal = patient.get("CP")[:5]
    return [
        m
        for m in listed
        if (born is None or m.born_on == born)
        and (not last or letters(m.last_name[:15]) == last)
        and (not first or letters(m.first_name[:12]) == first)
        and (not sex or m.sex in {sex, "U"})
        and (not postal or m.postal_code == postal)
    ]


def _found(books: Books, plan: Plan, member: Member, served: date) -> Verdict:
    if not member.is_covered(served):
        began = member.covered_from is None or member.covered_from <= served
        reject = Reject("69", "COVERAGE ENDED") if began else Reject("67", "BEFORE COVERAGE")
        return refused(plan, reject)
    own = books.plan(member.plan)
    verdict = _accepted(plan)
    verdict.insurance = [("C1", member.group or own.groups[0]), ("C2", member.cardholder)]
    every = books.coverages(member, served)
    verdict.others = coverage_pairs(books, every)
    verdict.medicare = _medicare_pairs(books, every)
    verdict.patient = [
        ("CA", member.first_name[:12].upper()), ("CB", member.last_name[:15].upper()),
        ("C4", f"{member.born_on:%Y%m%d}"),
    ]  # fmt: skip
    return verdict


def _medicare_pairs(books: Books, every: list[Member]) -> Pairs:
    part_d = [m for m in every if books.plan(m.plan).kind == "part-d"]
    if not part_d:
        return []
    pairs: Pairs = [("UR", PRIMARY_CODES.get(part_d[0].rank, "9"))]
    return [*pairs, ("U6", books.plan(part_d[0].plan).pcns[0])]


def _accepted(plan: Plan) -> Verdict:
    return Verdict("A", help_desk=plan.help_desk)
