"""Billing and reversal: what becomes of a B1, B2, B3, and of the billing in a P1."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from simulators.payer import cob, parts
from simulators.payer.claim import Claim, Reject, same_code, unique
from simulators.payer.fields import field_rejects, value_rejects
from simulators.payer.judges import members
from simulators.payer.judges.coverage import (
    Case,
    alternatives,
    approvals_for,
    coverage_rejects,
)
from simulators.payer.judges.programs import injury_rejects, program_rejects
from simulators.payer.judges.utilization import (
    Finding,
    conflicts,
    dur_rejects,
    next_fill_on,
    too_soon,
)
from simulators.payer.memory import CAPTURED, PAID, Memory, PaidClaim
from simulators.payer.plans import Books, Plan
from simulators.payer.pricing import Price, price
from simulators.payer.reading import typed_claim
from simulators.payer.verdict import Verdict, preferred_pairs, refused, saving_text
from simulators.payer.wire import Request, Segment, is_number

DUPLICATE_STATUS = {PAID: "D", CAPTURED: "Q"}


class Billing:
    """Decides claims from the books and the memory; `today` is the payer's calendar."""

    def __init__(
        self, books: Books, memory: Memory, *, seed: int, today: Callable[[], date]
    ) -> None:
        self.books, self.memory = books, memory
        self.seed, self.today = seed, today

    def front_desk(self, request: Request, number: int, plan: Plan | Reject) -> list[Reject]:
        """Everything wrong with the fields of a claim; no benefit is looked at yet."""
        found = [plan] if isinstance(plan, Reject) else []
        found += field_rejects(request, number)
        found += value_rejects(request, number, today=self.today())
        if isinstance(plan, Plan):
            found += injury_rejects(plan, request, number)
        insurance = request.segment("04")
        if found and insurance and isinstance(plan, Plan):
            found += members.group_rejects(plan, insurance.get("C1"))
        return unique(found)

    def bill(
        self, request: Request, number: int, plan: Plan | Reject, *, rebill: bool = False
    ) -> Verdict:
        """Decide one claim; a rebill takes back what was paid for it, if it is paid anew."""
        found = self.front_desk(request, number, plan)
        if isinstance(plan, Reject) or found:
            return refused(plan if isinstance(plan, Plan) else None, *found)
        claim = typed_claim(request, number)
        same_rx = self.memory.of_prescription(plan.key, claim.pharmacy, claim.rx_number)
        past = parts.paid_for_the_same(claim, same_rx)
        if past and rebill:
            self.take_back(past)
        elif past:
            return _duplicate(plan, past, claim)
        verdict = self._adjudicate(plan, claim, parts.partial_of(claim, same_rx))
        if past and verdict.status == "R":
            self._restore(past)
        return verdict

    def case_of(self, plan: Plan, claim: Claim) -> Case:
        """The claim before the judges."""
        earlier = self.memory.of_member(plan.key, claim.cardholder, claim.person)
        return Case(self.books, self.memory, plan, claim, earlier, self.today())

    def _adjudicate(self, plan: Plan, claim: Claim, partial: PaidClaim | None) -> Verdict:
        case = self.case_of(plan, claim)
        strangers = members.member_rejects(self.books, self.memory, plan, claim)
        listed = members.listed_member(self.books, plan, claim)
        before = cob.earlier_coverages(self.books, listed, claim)
        drug = self._therapy(claim)
        found = strangers + cob.plan_rejects(plan, claim)
        found += cob.on_file_rejects(self.books, before, claim) + coverage_rejects(case)
        found += program_rejects(self.books, plan, claim)
        found += parts.completion_rejects(claim, partial, drug)
        history = [past for past in case.earlier if past != partial]
        soon = None if strangers else too_soon(plan, claim, history, drug)
        judged = replace(case, earlier=[] if strangers else history)
        dur, findings = dur_rejects(plan, claim, conflicts(judged, soon))
        next_on = next_fill_on(plan, soon) if soon and plan.refill_reject == "79" else None
        if soon and next_on:
            found.append(Reject("79", f"REFILL TOO SOON NEXT FILL {next_on:%Y%m%d}"))
            findings = [Finding("ER", "1", soon), *findings]
        found += dur
        if found:
            return self._refusal(case, unique(found), findings, next_on)
        return self._pay(case, drug, price(case, partial))

    def _refusal(
        self, case: Case, found: list[Reject], findings: list[Finding], next_on: date | None
    ) -> Verdict:
        claim, codes = case.claim, {reject.code for reject in found}
        verdict = refused(case.plan, *found)
        verdict.findings, verdict.next_fill_on = findings, next_on
        verdict.pharmacy, verdict.prescriber = claim.pharmacy, claim.prescriber
        verdict.preferred = preferred_pairs(
            [
                (ndc, words, saving_text(usd))
                for ndc, words, usd in alternatives(case, claim.ndc)
            ]
        )
        member = members.listed_member(self.books, case.plan, claim)
        if "41" in codes:
            before = cob.earlier_coverages(self.books, member, claim)
            verdict.others = cob.coverage_pairs(self.books, before)
        return verdict

    def _therapy(self, claim: Claim) -> str:
        if not claim.ingredients:
            return self.books.therapy(claim.ndc)
        return "compound/" + "+".join(sorted(one.ndc[:9] for one in claim.ingredients))

    def _pay(self, case: Case, drug: str, priced: Price) -> Verdict:
        plan, claim = case.plan, case.claim
        authorization = self.memory.next_authorization(self.seed, claim.service_on)
        pricing = priced.pairs()
        approval = _approval_used(case)
        self.memory.learn(plan.key, claim.cardholder, claim.person, claim.born_on)
        self.memory.keep(
            PaidClaim(
                authorization=authorization, plan=plan.key, pharmacy=claim.pharmacy,
                rx=claim.rx_number, fill=claim.fill_number, service_on=claim.service_on,
                ndc=claim.ndc, drug=drug, cardholder=claim.cardholder, person=claim.person,
                quantity=claim.quantity, days=claim.days, deductible_usd=priced.deductible,
                print=_fingerprint(claim), pricing=json.dumps(pricing),
                state=CAPTURED if plan.captures else PAID,
                dispensing=claim.dispensing, intended=str(claim.intended or ""),
                last_name=claim.last_name, first_name=claim.first_name,
                prescriber=claim.prescriber, gross_usd=claim.gross_usd,
                payer_rank=max((other.rank for other in claim.others), default=0) + 1,
                pa_number=approval,
            )
        )  # fmt: skip
        self.memory.use_approval(plan.key, approval, claim.quantity)
        if plan.captures:
            return Verdict("C", authorization, help_desk=plan.help_desk)
        return Verdict("P", authorization, pricing=pricing, help_desk=plan.help_desk)

    def take_back(self, past: PaidClaim) -> None:
        """Reverse a standing claim, and give its quantity back to its authorization."""
        self.memory.reverse(past.authorization)
        self.memory.use_approval(past.plan, past.pa_number, -past.quantity)

    def _restore(self, past: PaidClaim) -> None:
        self.memory.restore(past.authorization, state=past.state)
        self.memory.use_approval(past.plan, past.pa_number, past.quantity)

    def reverse(self, request: Request, number: int, plan: Plan) -> Verdict:
        """Take one claim back."""
        body = request.segment("07", number)
        if body is None:
            return Verdict("R", rejects=[Reject("1Y", "CLAIM SEGMENT MISSING")])
        found = reference_rejects(body)
        if found:
            return refused(plan, *found)
        pharmacy = request.header["provider_id"]
        same_rx = self.memory.of_prescription(plan.key, pharmacy, same_code(body.get("D2")))
        past = [p for p in same_rx if _is_meant(p, body, request.header["service_date"])]
        return self._reversal_of(past, same_rx, plan)

    def _reversal_of(
        self, past: list[PaidClaim], same_rx: list[PaidClaim], plan: Plan
    ) -> Verdict:
        paid = next((p for p in past if p.stands), None)
        if paid is None and past:
            return Verdict("S", past[0].authorization, help_desk=plan.help_desk)
        if paid is None:
            return refused(plan, Reject("84", "NO PAID CLAIM TO REVERSE"))
        if (self.today() - paid.service_on).days > plan.reversal_days:
            return refused(plan, Reject("87", f"REVERSAL AFTER {plan.reversal_days} DAYS"))
        found = parts.reversal_rejects(paid, same_rx)
        if found:
            return refused(plan, *found)
        self.take_back(paid)
        return Verdict("A", paid.authorization, help_desk=plan.help_desk)


def reference_rejects(body: Segment) -> list[Reject]:
    """The prescription number and fill number of a claim that is only referred to."""
    rx, fill = body.get("D2"), body.get("D3")
    found = [] if is_number(rx) and int(rx) else [Reject("16", "RX NUMBER")]
    if fill and not is_number(fill):
        found.append(Reject("17", "FILL NUMBER"))
    return found


def _is_meant(past: PaidClaim, body: Segment, service_date: str) -> bool:
    fill, ndc, part = body.get("D3"), body.get("D7"), body.get("HD")
    return (
        f"{past.service_on:%Y%m%d}" == service_date
        and (not fill or int(fill) == past.fill)
        and (not ndc or ndc == past.ndc)
        and (not part or part == past.dispensing)
    )


def _approval_used(case: Case) -> str:
    on, quantity = case.claim.service_on, case.claim.quantity
    fitting = [
        one.number
        for one in approvals_for(case, case.claim.ndc)
        if one.stands(on) and one.covers(quantity)
    ]
    if case.claim.pa_number in fitting:
        return case.claim.pa_number
    return fitting[0] if fitting else ""


def _fingerprint(claim: Claim) -> str:
    values = (claim.cardholder, claim.person, claim.service_on, claim.ndc, claim.quantity)
    said = [str(value) for value in (*values, claim.days)]
    # Only of a part, so that what was paid before parts were known is still told apart.
    said += [claim.dispensing, str(claim.intended)] if claim.dispensing else []
    said += [f"{one.ndc} {one.quantity} {one.cost_usd}" for one in claim.ingredients]
    said += [f"{o.rank} {o.bin} {o.paid_usd} {o.share_usd}" for o in claim.others]
    return json.dumps(said)


def _duplicate(plan: Plan, past: PaidClaim, claim: Claim) -> Verdict:
    """The same claim again gets the same answer as D; another under its number gets 83."""
    if past.print != _fingerprint(claim) and past.dispensing == claim.dispensing == "P":
        return refused(plan, Reject("RB", f"A PARTIAL IS PAID UNDER {past.authorization}"))
    if past.print != _fingerprint(claim):
        return refused(plan, Reject("83", f"PAID UNDER {past.authorization}"))
    status = DUPLICATE_STATUS[past.state]
    pricing = [(i, v) for i, v in json.loads(past.pricing)] if status == "D" else []
    return Verdict(status, past.authorization, pricing=pricing, help_desk=plan.help_desk)
