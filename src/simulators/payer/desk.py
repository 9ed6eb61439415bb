"""The payer at work: one request transmission in, one response transmission out."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from simulators.payer import benefit, parts
from simulators.payer.claim import (
    Claim,
    Reject,
    field_rejects,
    header_rejects,
    same_code,
    typed_claim,
    unique,
    value_rejects,
)
from simulators.payer.memory import Memory, PaidClaim
from simulators.payer.plans import Books, Plan
from simulators.payer.wire import (
    Pairs,
    Request,
    Segment,
    SyntaxFault,
    split_request,
    write_money,
    write_quantity,
    write_response,
)

CODES = ("B1", "B2", "B3", "E1")
TEXT_WIDTH = 40


@dataclass
class Answered:
    """A response and what the log shows of it."""

    transmission: str
    request: Request | None
    statuses: list[str]
    rejects: list[list[str]]
    problem: str = ""


@dataclass
class Verdict:
    """The answer to one transaction, before it is laid out in segments."""

    status: str
    authorization: str = ""
    rejects: list[Reject] = field(default_factory=list)
    pricing: Pairs = field(default_factory=list)
    too_soon: PaidClaim | None = None
    next_fill_on: date | None = None
    help_desk: str = ""


class Desk:
    """Answers requests from the books and the memory; `today` is the payer's calendar."""

    def __init__(
        self, books: Books, memory: Memory, *, seed: int, today: Callable[[], date]
    ) -> None:
        self.books, self.memory = books, memory
        self._seed, self._today = seed, today

    def answer(self, raw: bytes, *, forced: str = "") -> Answered:
        """Answer one transmission; a forced code rejects every claim and keeps nothing."""
        try:
            request = split_request(raw)
        except SyntaxFault as fault:
            return self._refused({}, [Reject("R8", "SYNTAX ERROR")], problem=str(fault))
        head_rejects = header_rejects(request, codes=CODES)
        if head_rejects:
            return self._refused(request.header, head_rejects, request=request)
        count = max(1, len(request.claims))
        if forced:
            verdicts = [Verdict("R", rejects=[Reject(forced, "SET BY SIMULATOR")])] * count
        else:
            verdicts = [self._decide(request, claim) for claim in range(count)]
        return self._accepted(request, verdicts)

    def _refused(
        self, header: dict[str, str], rejects: list[Reject], *,
        request: Request | None = None, problem: str = "",
    ) -> Answered:  # fmt: skip
        verdict = Verdict("R", rejects=rejects)
        text = write_response(
            header, accepted=False, shared=[], claims=[[_status_segment(verdict)]]
        )
        return Answered(text, request, ["R"], [[r.code for r in rejects]], problem)

    def _accepted(self, request: Request, verdicts: list[Verdict]) -> Answered:
        groups = []
        for place, verdict in enumerate(verdicts):
            body = request.segment("07", place) if request.claims else None
            groups.append(_segments(verdict, body))
        text = write_response(
            request.header, accepted=True, shared=_shared(request, verdicts), claims=groups
        )
        codes = [[r.code for r in v.rejects] for v in verdicts]
        return Answered(text, request, [v.status for v in verdicts], codes)

    def _decide(self, request: Request, claim: int) -> Verdict:
        plan = benefit.find_plan(self.books, request.header["bin"], request.header["pcn"])
        code = request.header["code"]
        if code == "B2":
            if isinstance(plan, Reject):
                return Verdict("R", rejects=[plan])
            return self._reverse(request, claim, plan)
        if code == "E1":
            return self._eligible(request, plan)
        return self._bill(request, claim, plan, rebill=code == "B3")

    def _eligible(self, request: Request, plan: Plan | Reject) -> Verdict:
        if isinstance(plan, Reject):
            return Verdict("R", rejects=[plan])
        insurance = request.segment("04")
        if insurance is None:
            return Verdict("R", rejects=[Reject("6J", "INSURANCE SEGMENT MISSING")])
        card = insurance.get("C2")
        found = benefit.group_rejects(plan, insurance.get("C1"))
        if not card:
            found.append(Reject("07", "CARDHOLDER ID"))
        elif not self.books.on_card(plan, card) and not self.books.card_is_learnable(
            plan, card
        ):
            found.append(Reject("52", "CARDHOLDER NOT MATCHED"))
        return Verdict("R" if found else "A", rejects=found, help_desk=plan.help_desk)

    def _bill(
        self, request: Request, number: int, plan: Plan | Reject, *, rebill: bool
    ) -> Verdict:
        today = self._today()
        found = [plan] if isinstance(plan, Reject) else []
        found += field_rejects(request, number) + value_rejects(request, number, today=today)
        insurance = request.segment("04")
        if found and insurance and isinstance(plan, Plan):
            found += benefit.group_rejects(plan, insurance.get("C1"))
        if isinstance(plan, Reject) or found:
            desk = "" if isinstance(plan, Reject) else plan.help_desk
            return Verdict("R", rejects=unique(found), help_desk=desk)
        claim = typed_claim(request, number)
        same_rx = self.memory.of_prescription(plan.key, claim.pharmacy, claim.rx_number)
        past = parts.paid_for_the_same(claim, same_rx)
        if past and rebill:
            self.memory.reverse(past.authorization)
        elif past:
            return _duplicate(plan, past, claim)
        verdict = self._adjudicate(plan, claim, parts.partial_of(claim, same_rx))
        if past and verdict.status == "R":
            self.memory.restore(past.authorization)
        return verdict

    def _adjudicate(self, plan: Plan, claim: Claim, partial: PaidClaim | None) -> Verdict:
        strangers = benefit.member_rejects(self.books, self.memory, plan, claim)
        found = strangers + benefit.coverage_rejects(
            self.books, self.memory, plan, claim, today=self._today()
        )
        drug = self.books.therapy(claim.ndc)
        found += parts.completion_rejects(claim, partial, drug)
        earlier = self.memory.of_member(plan.key, claim.cardholder, claim.person)
        others = [past for past in earlier if past != partial]
        soon = None if strangers else benefit.too_soon(plan, claim, others, drug)
        next_on = benefit.next_fill_on(plan, soon) if soon else None
        if next_on:
            found.append(Reject("79", f"REFILL TOO SOON NEXT FILL {next_on:%Y%m%d}"))
        if found:
            return Verdict(
                "R", rejects=unique(found), too_soon=soon, next_fill_on=next_on,
                help_desk=plan.help_desk,
            )  # fmt: skip
        priced = benefit.price(self.books, plan, claim, earlier, partial)
        return self._pay(plan, claim, drug, priced)

    def _pay(self, plan: Plan, claim: Claim, drug: str, priced: benefit.Price) -> Verdict:
        authorization = self.memory.next_authorization(self._seed, claim.service_on)
        pricing = _pricing_pairs(priced)
        self.memory.learn(plan.key, claim.cardholder, claim.person, claim.born_on)
        self.memory.keep(
            PaidClaim(
                authorization=authorization, plan=plan.key, pharmacy=claim.pharmacy,
                rx=claim.rx_number, fill=claim.fill_number, service_on=claim.service_on,
                ndc=claim.ndc, drug=drug, cardholder=claim.cardholder, person=claim.person,
                quantity=claim.quantity, days=claim.days, deductible_usd=priced.deductible,
                print=_fingerprint(claim), pricing=json.dumps(pricing),
                dispensing=claim.dispensing, intended=str(claim.intended or ""),
            )
        )  # fmt: skip
        return Verdict("P", authorization, pricing=pricing, help_desk=plan.help_desk)

    def _reverse(self, request: Request, number: int, plan: Plan) -> Verdict:
        body = request.segment("07", number)
        if body is None:
            return Verdict("R", rejects=[Reject("1Y", "CLAIM SEGMENT MISSING")])
        rx, fill = body.get("D2"), body.get("D3")
        found = [] if rx.isdigit() and int(rx) else [Reject("16", "RX NUMBER")]
        if fill and not fill.isdigit():
            found.append(Reject("17", "FILL NUMBER"))
        if found:
            return Verdict("R", rejects=found, help_desk=plan.help_desk)
        pharmacy = request.header["provider_id"]
        same_rx = self.memory.of_prescription(plan.key, pharmacy, same_code(rx))
        past = [p for p in same_rx if _is_meant(p, body, request.header["service_date"])]
        return self._reversal_of(past, same_rx, plan)

    def _reversal_of(
        self, past: list[PaidClaim], same_rx: list[PaidClaim], plan: Plan
    ) -> Verdict:
        paid = next((p for p in past if p.state == "paid"), None)
        if paid is None and past:
            return Verdict("S", past[0].authorization, help_desk=plan.help_desk)
        if paid is None:
            reject = Reject("84", "NO PAID CLAIM TO REVERSE")
            return Verdict("R", rejects=[reject], help_desk=plan.help_desk)
        if (self._today() - paid.service_on).days > plan.reversal_days:
            reject = Reject("87", f"REVERSAL AFTER {plan.reversal_days} DAYS")
            return Verdict("R", rejects=[reject], help_desk=plan.help_desk)
        found = parts.reversal_rejects(paid, same_rx)
        if found:
            return Verdict("R", rejects=found, help_desk=plan.help_desk)
        self.memory.reverse(paid.authorization)
        return Verdict("A", paid.authorization, help_desk=plan.help_desk)


def _is_meant(past: PaidClaim, body: Segment, service_date: str) -> bool:
    fill, ndc, part = body.get("D3"), body.get("D7"), body.get("HD")
    return (
        f"{past.service_on:%Y%m%d}" == service_date
        and (not fill or int(fill) == past.fill)
        and (not ndc or ndc == past.ndc)
        and (not part or part == past.dispensing)
    )


def _fingerprint(claim: Claim) -> str:
    values = (claim.cardholder, claim.person, claim.service_on, claim.ndc, claim.quantity)
    said = [str(value) for value in (*values, claim.days)]
    # Only of a part, so that what was paid before parts were known is still told apart.
    part = [claim.dispensing, str(claim.intended)] if claim.dispensing else []
    return json.dumps(said + part)


def _duplicate(plan: Plan, past: PaidClaim, claim: Claim) -> Verdict:
    """The same claim again gets the same answer as D; another under its number gets 83."""
    if past.print != _fingerprint(claim) and past.dispensing == claim.dispensing == "P":
        reject = Reject("RB", f"A PARTIAL IS PAID UNDER {past.authorization}")
        return Verdict("R", rejects=[reject], help_desk=plan.help_desk)
    if past.print != _fingerprint(claim):
        reject = Reject("83", f"PAID UNDER {past.authorization}")
        return Verdict("R", rejects=[reject], help_desk=plan.help_desk)
    pricing = [(i, v) for i, v in json.loads(past.pricing)]
    return Verdict("D", past.authorization, pricing=pricing, help_desk=plan.help_desk)


def _pricing_pairs(priced: benefit.Price) -> Pairs:
    optional: list[tuple[str, Decimal]] = [
        ("FC", priced.deductible_so_far),
        ("FD", priced.deductible_left),
        ("FH", priced.deductible),
        ("FI", priced.copay),
        ("4U", priced.coinsurance),
    ]
    return [
        ("F5", write_money(priced.patient_pay)),
        ("F6", write_money(priced.ingredient)),
        ("F7", write_money(priced.fee)),
        ("F9", write_money(priced.total_paid)),
        ("FM", priced.basis),
        *((field_id, write_money(usd)) for field_id, usd in optional if usd),
    ]


def _shared(request: Request, verdicts: list[Verdict]) -> list[Segment]:
    insurance = request.segment("04")
    if insurance is None or all(v.status == "R" for v in verdicts):
        return []
    pairs = [(i, insurance.get(i)) for i in ("C1", "C2") if insurance.get(i)]
    return [Segment("25", pairs)] if pairs else []


def _segments(verdict: Verdict, body: Segment | None) -> list[Segment]:
    out = [_status_segment(verdict)]
    if body is not None:
        echoed = [(i, body.get(i)) for i in ("EM", "D2") if body.get(i)]
        out.append(Segment("22", echoed))
    if verdict.pricing:
        out.append(Segment("23", verdict.pricing))
    if verdict.too_soon:
        past = verdict.too_soon
        day, quantity = f"{past.service_on:%Y%m%d}", write_quantity(past.quantity)
        out.append(
            Segment(
                "24", [("J6", "1"), ("E4", "ER"), ("FS", "1"), ("FU", day), ("FV", quantity)]
            )
        )
    return out


def _status_segment(verdict: Verdict) -> Segment:
    pairs: Pairs = [("AN", verdict.status)]
    if verdict.authorization:
        pairs.append(("F3", verdict.authorization))
    if verdict.rejects:
        pairs.append(("FA", f"{len(verdict.rejects):02d}"))
        pairs += [("FB", reject.code) for reject in verdict.rejects]
        pairs += _message_pairs(verdict)
    if verdict.help_desk:
        pairs += [("7F", "03"), ("8F", verdict.help_desk)]
    return Segment("21", pairs)


def _message_pairs(verdict: Verdict) -> Pairs:
    lines = [reject.text[:TEXT_WIDTH] for reject in verdict.rejects[:9]]
    pairs: Pairs = [("UF", f"{len(lines) + bool(verdict.next_fill_on):02d}")]
    for number, line in enumerate(lines, start=1):
        pairs += [("UH", f"{number:02d}"), ("FQ", line)]
    if verdict.next_fill_on:
        pairs += [("UH", "10"), ("FQ", f"{verdict.next_fill_on:%Y%m%d}")]
    return pairs
