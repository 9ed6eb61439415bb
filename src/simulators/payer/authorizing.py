"""Prior authorization over the claims line: P1 ask and bill, P4 ask, P3 how is it, P2 withdraw.

A request is first deferred (F) under a reference; some time later, by the plan's own pace or by
its back office, it is decided. Segment 12 comes in, segment 26 goes out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from simulators.payer.billing import Billing
from simulators.payer.claim import Claim, Reject, day_or_none, unique
from simulators.payer.cob import MOST_USD
from simulators.payer.fields import field_rejects, value_rejects
from simulators.payer.judges import members
from simulators.payer.judges.coverage import Case, approvals_for
from simulators.payer.plans import Plan, Rule
from simulators.payer.pricing import price
from simulators.payer.reading import typed_claim
from simulators.payer.verdict import Verdict, refused
from simulators.payer.wire import (
    Pairs,
    Request,
    Segment,
    split_request,
    write_money,
    write_quantity,
)

APPROVE, DENY, WITHDRAWN, OPEN = "approved", "denied", "withdrawn", "open"
NO_PRICE = frozenset(["11"])
RENEWAL = "2"
MOST_QUANTITY = Decimal("9999999.999")
_TABLE = """
CREATE TABLE IF NOT EXISTS authorizations (
    id INTEGER PRIMARY KEY, plan TEXT NOT NULL, pharmacy TEXT NOT NULL,
    cardholder TEXT NOT NULL, drug TEXT NOT NULL, code TEXT NOT NULL, raw BLOB NOT NULL,
    asked_on TEXT NOT NULL,
    decides_at REAL NOT NULL, fitting TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open',
    number TEXT NOT NULL DEFAULT '', until_on TEXT NOT NULL DEFAULT '',
    quantity TEXT NOT NULL, usd TEXT NOT NULL);
"""
_COLUMNS = (
    "id, plan, pharmacy, cardholder, drug, code, raw, asked_on, decides_at, fitting, state,"
    " number, until_on, quantity, usd"
)


@dataclass(frozen=True)
class Asked:
    """One request: what was asked for, what fits the plan's criteria, how it stands."""

    id: int
    plan: str
    pharmacy: str
    cardholder: str
    drug: str
    code: str
    raw: bytes
    asked_on: str
    decides_at: float
    fitting: str
    state: str
    number: str
    until_on: str
    quantity: str
    usd: str

    @property
    def reference(self) -> str:
        """The number under which the pharmacy asks for the decision."""
        return f"REQ{self.id:07d}"

    def as_json(self) -> dict[str, object]:
        """As the back office shows it."""
        return {
            "reference": self.reference, "plan": self.plan, "cardholder": self.cardholder,
            "ingredient": self.drug, "code": self.code, "state": self.state,
            "number": self.number, "until": self.until_on, "fits": self.fitting == APPROVE,
        }  # fmt: skip


class Authorizing:
    """Keeps requests and decides them; `now` is the payer's watch in seconds."""

    def __init__(self, billing: Billing, *, now: Callable[[], float]) -> None:
        self._billing, self._now = billing, now
        self._db = billing.memory.db
        self._db.executescript(_TABLE)

    def answer(self, request: Request, number: int, plan: Plan) -> Verdict:
        """Answer one P1, P2, P3 or P4."""
        code = request.header["code"]
        if code in {"P1", "P4"}:
            return self._ask(request, number, plan)
        segment = request.segment("12") or request.segment("12", number)
        if segment is None:
            return refused(plan, Reject("6Q", "PRIOR AUTHORIZATION SEGMENT"))
        asked = self._meant(plan, segment)
        if asked is None:
            return refused(plan, Reject("3X", "AUTHORIZATION NOT FOUND"))
        return self._withdraw(asked, plan) if code == "P2" else self._inquire(asked, plan)

    def _ask(self, request: Request, number: int, plan: Plan) -> Verdict:
        billing, code = self._billing, request.header["code"]
        today = billing.today()
        if code == "P1":
            found = billing.front_desk(request, number, plan)
        else:
            found = field_rejects(request, number, without=NO_PRICE)
            found += value_rejects(request, number, today=today)
        segment = request.segment("12", number)
        found += _segment_rejects(segment) if segment else [Reject("6Q", "SEGMENT 12 MISSING")]
        if found or segment is None:
            return refused(plan, *unique(found))
        claim = typed_claim(request, number)
        strangers = members.member_rejects(billing.books, billing.memory, plan, claim)
        if strangers:
            return refused(plan, *unique(strangers))
        return self._consider(request, plan, claim, is_renewal=segment.get("PA") == RENEWAL)

    def _consider(
        self, request: Request, plan: Plan, claim: Claim, *, is_renewal: bool
    ) -> Verdict:
        case = self._billing.case_of(plan, claim)
        rule = self._billing.books.rule(plan, claim.ndc)
        if rule is None or not (rule.prior_authorization or rule.max_quantity):
            if rule is not None and not rule.covered:
                return refused(plan, Reject(rule.code, rule.says or "PLAN EXCLUSION"))
            return refused(plan, Reject("3R", "NO AUTHORIZATION IS NEEDED"))
        on_file = [
            one for one in approvals_for(case, claim.ndc) if one.stands(claim.service_on)
        ]
        if on_file and not is_renewal:
            return refused(plan, Reject("3T", f"ACTIVE {on_file[0].number}"))
        drug = self._billing.books.drug(claim.ndc)
        ingredient = drug.ingredient if drug else claim.ndc[:9]
        for other in self.all():
            same = (other.plan, other.cardholder, other.drug)
            if other.state == OPEN and same == (plan.key, claim.cardholder, ingredient):
                return refused(plan, Reject("3W", f"IN PROCESS {other.reference}"))
        asked = self._write_down(request, case, rule, ingredient)
        return self._inquire(asked, plan)

    def _write_down(self, request: Request, case: Case, rule: Rule, ingredient: str) -> Asked:
        claim, plan = case.claim, case.plan
        needs = rule.pa_needs
        told = [code.replace(".", "") for code in claim.diagnoses]
        fits = not needs or any(code.startswith(need) for code in told for need in needs)
        usd = price(case).total_paid if claim.gross_usd else Decimal("0.00")
        fills = (claim.refills or 0) + 1
        row = self._db.execute(
            "INSERT INTO authorizations (plan, pharmacy, cardholder, drug, code, raw, asked_on,"
            " decides_at, fitting, quantity, usd) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " RETURNING id",
            [plan.key, claim.pharmacy, claim.cardholder, ingredient, request.header["code"],
             request.raw, f"{self._billing.today():%Y%m%d}",
             self._now() + plan.decides_after_seconds, APPROVE if fits else DENY,
             str(min(claim.quantity * fills, MOST_QUANTITY)), str(min(usd * fills, MOST_USD))],
        ).fetchone()  # fmt: skip
        return self._one(int(row[0]))

    def _inquire(self, asked: Asked, plan: Plan) -> Verdict:
        if asked.state == OPEN and self._now() >= asked.decides_at:
            asked = self.decide(asked.reference, asked.fitting)
        if asked.state == OPEN:
            return Verdict("F", asked.reference, help_desk=plan.help_desk)
        if asked.state != APPROVE:
            why = "CRITERIA NOT MET" if asked.state == DENY else "WITHDRAWN"
            verdict = refused(plan, Reject("3Y", f"AUTHORIZATION DENIED {why}"))
            verdict.authorization = asked.reference
            return verdict
        verdict = Verdict("A", asked.reference, help_desk=plan.help_desk)
        if asked.code == "P1":
            # The billing that came with the request is decided now; asked again it is a D.
            verdict = self._billing.bill(split_request(asked.raw), 0, plan)
        verdict.approval = self._approval_pairs(asked)
        return verdict

    def _approval_pairs(self, asked: Asked) -> Pairs:
        used = self._billing.memory.paid_under(asked.plan, asked.number)
        pairs: Pairs = [
            ("PR", asked.asked_on), ("PS", asked.asked_on),
            ("PT", asked.until_on), ("RA", write_quantity(Decimal(asked.quantity))),
        ]  # fmt: skip
        usd = Decimal(asked.usd)
        pairs += [("RB", write_money(usd))] if usd else []
        return [*pairs, ("PX", write_quantity(used)), ("PY", asked.number)]

    def _withdraw(self, asked: Asked, plan: Plan) -> Verdict:
        if asked.state == WITHDRAWN:
            return Verdict("S", asked.reference, help_desk=plan.help_desk)
        if asked.number and self._billing.memory.paid_under(plan.key, asked.number):
            return refused(plan, Reject("RA", "REVERSE WHAT WAS PAID UNDER IT FIRST"))
        self._set(asked, state=WITHDRAWN, number=asked.number, until_on=asked.until_on)
        self._billing.memory.withdraw_approval(plan.key, asked.number)
        return Verdict("A", asked.reference, help_desk=plan.help_desk)

    def decide(self, reference: str, decision: str) -> Asked:
        """Approve or deny an open request; KeyError when no open one has that reference."""
        asked = next(one for one in self.all() if one.reference == reference)
        if asked.state != OPEN:
            raise KeyError(reference)
        if decision != APPROVE:
            return self._set(asked, state=DENY, number="", until_on="")
        from_on = day_or_none(asked.asked_on)
        until_on = (from_on or date.min) + timedelta(days=self._days_of(asked))
        number = f"PA{asked.id:07d}"
        self._billing.memory.approve(
            asked.plan, number, asked.cardholder, asked.drug, from_on=from_on,
            until_on=until_on, quantity=Decimal(asked.quantity),
        )  # fmt: skip
        return self._set(asked, state=APPROVE, number=number, until_on=f"{until_on:%Y%m%d}")

    def _days_of(self, asked: Asked) -> int:
        rules = self._billing.books.rules
        fitting = (
            r.pa_days for r in rules if (r.plan, r.ingredient) == (asked.plan, asked.drug)
        )
        return next(fitting, 365)

    def _set(self, asked: Asked, *, state: str, number: str, until_on: str) -> Asked:
        self._db.execute(
            "UPDATE authorizations SET state = ?, number = ?, until_on = ? WHERE id = ?",
            [state, number, until_on, asked.id],
        )
        return self._one(asked.id)

    def _one(self, number: int) -> Asked:
        return next(one for one in self.all() if one.id == number)

    def all(self) -> list[Asked]:
        """Every request, oldest first."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM authorizations ORDER BY id")  # noqa: S608
        return [Asked(*row) for row in rows]

    def _meant(self, plan: Plan, segment: Segment) -> Asked | None:
        reference, number = segment.get("F3"), segment.get("PY")
        for asked in reversed(self.all()):
            named = (reference and asked.reference == reference) or (
                number and asked.number == number
            )
            if asked.plan == plan.key and named:
                return asked
        return None


def _segment_rejects(segment: Segment) -> list[Reject]:
    found = []
    if segment.get("PA") not in {"1", "2", "3"}:
        found.append(Reject("3A", "REQUEST TYPE"))
    begins, ends = day_or_none(segment.get("PB")), day_or_none(segment.get("PC"))
    if begins is None:
        found.append(Reject("3B", "REQUEST PERIOD BEGIN"))
    if ends is None or (begins is not None and ends < begins):
        found.append(Reject("3C", "REQUEST PERIOD END"))
    if segment.get("PD") not in {"ME", "PR", "PL"}:
        found.append(Reject("3D", "BASIS OF REQUEST"))
    return found
