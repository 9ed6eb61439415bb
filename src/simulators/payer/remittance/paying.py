"""What is paid with the next remittance: claims since the last, reversals, fees, take-backs."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from simulators.payer.memory import CAPTURED, PAID, REVERSED, Memory, PaidClaim
from simulators.payer.plans import Books, Plan
from simulators.payer.remittance.x12 import (
    REVERSAL,
    Adjustment,
    ClaimLine,
    Payment,
    Withheld,
    amount,
    write_file,
)
from simulators.payer.wire import read_money

NOTHING, CENT, SHORT = Decimal("0.00"), Decimal("0.01"), Decimal("5.00")
SENDER = "SAMPLEPAYER"
# PLB reasons: processing fee, adjustment by contract, overpayment taken back, balance forward.
FEE, BY_CONTRACT, TAKEN_BACK, FORWARD = "AH", "CS", "WO", "FB"
FAULTS = {
    "short": "the first claim is paid five dollars less than was answered",
    "missing": "the first claim is left out and never paid",
    "unknown": "a claim is paid that nobody sent",
    "unbalanced": "BPR says a dollar more than the claims come to",
    "cut": "the file ends in the middle",
}
STRANGER = "999999999"
_TABLES = """
CREATE TABLE IF NOT EXISTS remitted (authorization TEXT, event TEXT, remittance INTEGER,
    PRIMARY KEY (authorization, event));
CREATE TABLE IF NOT EXISTS takebacks (id INTEGER PRIMARY KEY, plan TEXT, pharmacy TEXT,
    authorization TEXT, usd TEXT, remittance INTEGER);
CREATE TABLE IF NOT EXISTS forwards (plan TEXT, pharmacy TEXT, usd TEXT,
    PRIMARY KEY (plan, pharmacy));
CREATE TABLE IF NOT EXISTS remittances (number INTEGER PRIMARY KEY, made_at TEXT, name TEXT,
    x12 TEXT, payments TEXT);
"""


# A paid claim that no remittance names, or a reversed one whose payment none has taken back.
_NEWS = """
SELECT 1 FROM claims c
LEFT JOIN remitted paid ON paid.authorization = c.authorization AND paid.event = :paid
LEFT JOIN remitted back ON back.authorization = c.authorization AND back.event = :back
WHERE c.state = :paid AND paid.event IS NULL
   OR c.state = :back AND paid.event IS NOT NULL AND back.event IS NULL
LIMIT 1
"""


class BadRemittance(ValueError):
    """What was asked of the remittance desk cannot be done; the text names the part."""


@dataclass(frozen=True)
class Remittance:
    """A file as it was sent."""

    number: int
    name: str
    x12: str
    payments: list[dict[str, object]]


class Remitting:
    """The payer's accounts: pays once what stands, takes back once what was reversed."""

    def __init__(self, books: Books, memory: Memory, *, folder: Path | None = None) -> None:
        self._books, self._memory, self._folder = books, memory, folder
        self._db = memory.db
        self._db.executescript(_TABLES)

    def remit(self, at: datetime, *, fault: str = "", plan: str = "") -> Remittance:
        """Pay everything not paid yet, of one plan or of all, and write the file."""
        if fault and fault not in FAULTS:
            raise BadRemittance(f"fault: {fault!r} is none of {', '.join(FAULTS)}")
        plans = [p for p in self._books.plans if plan in {"", p.key}]
        if not plans:
            raise BadRemittance(f"plan: {plan!r} is not one of ours")
        (last,) = self._db.execute("SELECT MAX(number) FROM remittances").fetchone()
        number = (last or 0) + 1
        with self._memory.together():
            payments = [payment for one in plans for payment in self._payments(one, number)]
        text = write_file(_spoilt(payments, fault), number=number, at=at, sender=SENDER)
        if fault == "unbalanced" and payments:
            text = _with_a_dollar_more(text, payments[0])
        text = text[: len(text) * 2 // 3] if fault == "cut" else text
        return self._written(Remittance(number, f"835-{at:%Y%m%d}-{number:05d}.x12", text,
                                        [_told(p) for p in payments]), at)  # fmt: skip

    def remit_due(self, at: datetime) -> Remittance | None:
        """Pay when something was decided since the last payment; else nothing is written."""
        news = self._db.execute(_NEWS, {"paid": PAID, "back": REVERSED}).fetchone()
        return self.remit(at) if news else None

    def _written(self, made: Remittance, at: datetime) -> Remittance:
        self._db.execute(
            "INSERT INTO remittances VALUES (?, ?, ?, ?, ?)",
            [made.number, at.isoformat(), made.name, made.x12, json.dumps(made.payments)],
        )
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Appears whole or not at all: who watches the folder never reads half a file.
            draft = self._folder / f".{made.name}"
            draft.write_text(made.x12, encoding="ascii")
            draft.rename(self._folder / made.name)
        return made

    def sent(self) -> list[Remittance]:
        """Every file so far, oldest first."""
        rows = self._db.execute(
            "SELECT number, name, x12, payments FROM remittances ORDER BY number"
        )
        return [Remittance(n, name, x12, json.loads(told)) for n, name, x12, told in rows]

    def take_back(self, authorization: str, usd: Decimal) -> None:
        """An audit's finding: that much of a paid claim is kept back from the next payment."""
        claims = {claim.authorization: claim for claim in self._memory.everything()}
        claim = claims.get(authorization)
        if claim is None:
            raise BadRemittance(f"authorization: {authorization!r} is not known")
        if usd <= 0:
            raise BadRemittance("amount_usd: must be above zero")
        self._db.execute(
            "INSERT INTO takebacks (plan, pharmacy, authorization, usd) VALUES (?, ?, ?, ?)",
            [claim.plan, claim.pharmacy, authorization, str(usd)],
        )

    def _payments(self, plan: Plan, number: int) -> list[Payment]:
        """One payment for each pharmacy to which there is something to say."""
        by_pharmacy: dict[str, list[PaidClaim]] = {}
        for claim in reversed(self._memory.of_plan(plan.key)):
            by_pharmacy.setdefault(claim.pharmacy, []).append(claim)
        found = [self._payment(plan, p, by_pharmacy[p], number) for p in sorted(by_pharmacy)]
        return [payment for payment in found if payment is not None]

    def _payment(
        self, plan: Plan, pharmacy: str, claims: list[PaidClaim], number: int
    ) -> Payment | None:
        lines = [line for claim in claims for line in self._lines(plan, claim, number)]
        withheld = _fees(plan, lines) + self._card_fees(claims, lines)
        withheld += self._takebacks(plan, pharmacy, number)
        withheld += self._forward(plan, pharmacy)
        if not lines and not withheld:
            return None
        payment = Payment(
            plan.name, plan.help_desk, f"1999{plan.bin}", pharmacy,
            f"{plan.bin}{number:07d}", tuple(lines), tuple(withheld),
        )  # fmt: skip
        return self._carried(plan, payment)

    def _lines(self, plan: Plan, claim: PaidClaim, number: int) -> list[ClaimLine]:
        """What this remittance says of a claim: paid, taken back, or nothing new."""
        if claim.state == CAPTURED:
            self._memory.mark(claim.authorization, PAID)
        told = self._told_of(claim)
        if claim.state != REVERSED and PAID not in told:
            self._tell(claim, PAID, number)
            return [claim_line(plan, claim)]
        if claim.state == REVERSED and PAID in told and REVERSED not in told:
            self._tell(claim, REVERSED, number)
            return [turned(claim_line(plan, claim))]
        return []

    def _told_of(self, claim: PaidClaim) -> set[str]:
        rows = self._db.execute(
            "SELECT event FROM remitted WHERE authorization = ?", [claim.authorization]
        )
        return {event for (event,) in rows}

    def _tell(self, claim: PaidClaim, event: str, number: int) -> None:
        self._db.execute(
            "INSERT INTO remitted VALUES (?, ?, ?)", [claim.authorization, event, number]
        )

    def _card_fees(self, claims: list[PaidClaim], lines: list[ClaimLine]) -> list[Withheld]:
        """What a discount card takes of each claim: kept back, it is no part of the claim."""
        fees = {claim.authorization: _amounts(claim).get("NZ", NOTHING) for claim in claims}
        total = sum(
            (fees[x.control_number] * (-1 if x.status == REVERSAL else 1) for x in lines),
            NOTHING,
        )
        return [Withheld(FEE, "CARDFEE", total)] if total else []

    def _takebacks(self, plan: Plan, pharmacy: str, number: int) -> list[Withheld]:
        rows = self._db.execute(
            "SELECT id, authorization, usd FROM takebacks"
            " WHERE plan = ? AND pharmacy = ? AND remittance IS NULL ORDER BY id",
            [plan.key, pharmacy],
        ).fetchall()
        self._db.executemany(
            "UPDATE takebacks SET remittance = ? WHERE id = ?",
            [(number, row[0]) for row in rows],
        )
        return [Withheld(TAKEN_BACK, auth, Decimal(usd)) for _, auth, usd in rows]

    def _forward(self, plan: Plan, pharmacy: str) -> list[Withheld]:
        row = self._db.execute(
            "DELETE FROM forwards WHERE plan = ? AND pharmacy = ? RETURNING usd",
            [plan.key, pharmacy],
        ).fetchone()
        return [Withheld(FORWARD, "FORWARD", Decimal(row[0]))] if row else []

    def _carried(self, plan: Plan, payment: Payment) -> Payment:
        """A payment is never below nothing: what is owed goes on the next one (FB)."""
        if payment.total_usd >= 0:
            return payment
        owed = -payment.total_usd
        self._db.execute(
            "INSERT INTO forwards VALUES (?, ?, ?)", [plan.key, payment.pharmacy, str(owed)]
        )
        return replace(
            payment, withheld=(*payment.withheld, Withheld(FORWARD, "FORWARD", -owed))
        )


def _amounts(claim: PaidClaim) -> dict[str, Decimal]:
    told = [(i, v) for i, v in json.loads(claim.pricing) if i not in {"FM", "MU", "MV", "MW"}]
    return {field_id: read_money(value) for field_id, value in told}


def claim_line(plan: Plan, claim: PaidClaim) -> ClaimLine:
    """A paid claim as a CLP: charge = paid + every adjustment, to the cent."""
    usd = _amounts(claim)
    card_fee = usd.get("NZ", NOTHING)
    paid, patient = usd["F9"] + card_fee, usd["F5"] - card_fee
    deductible, coinsurance = usd.get("FH", NOTHING), usd.get("4U", NOTHING)
    others = usd.get("J5", NOTHING)
    contract = claim.gross_usd - paid - patient - others
    adjustments = [
        Adjustment("CO", "45", contract),
        Adjustment("PR", "1", deductible),
        Adjustment("PR", "2", coinsurance),
        Adjustment("PR", "3", patient - deductible - coinsurance),
        Adjustment("OA", "23", others),
    ]
    return ClaimLine(
        rx=claim.rx, status=str(min(claim.payer_rank, 3)), charge_usd=claim.gross_usd,
        paid_usd=paid, patient_usd=patient, control_number=claim.authorization,
        plan_type=plan.plan_type, last_name=claim.last_name, first_name=claim.first_name,
        cardholder=claim.cardholder, ndc=claim.ndc, quantity=claim.quantity,
        served_on=f"{claim.service_on:%Y%m%d}",
        adjustments=tuple(one for one in adjustments if one.usd),
    )  # fmt: skip


def turned(line: ClaimLine) -> ClaimLine:
    """The reversal of a claim line: every sign the other way."""
    return replace(
        line, status=REVERSAL, charge_usd=-line.charge_usd, paid_usd=-line.paid_usd,
        patient_usd=-line.patient_usd,
        adjustments=tuple(replace(one, usd=-one.usd) for one in line.adjustments),
    )  # fmt: skip


def _fees(plan: Plan, lines: list[ClaimLine]) -> list[Withheld]:
    found = []
    count = sum(1 for line in lines if line.status != REVERSAL)
    if count and plan.transaction_fee_usd:
        found.append(Withheld(FEE, "TRANSACTIONS", plan.transaction_fee_usd * count))
    paid = sum((line.paid_usd for line in lines), NOTHING)
    kept = (paid * plan.withheld_percent / 100).quantize(CENT, ROUND_HALF_UP)
    return [*found, Withheld(BY_CONTRACT, "NETWORK", kept)] if kept else found


def _told(payment: Payment) -> dict[str, object]:
    """As the back office shows it: what the payer meant, whatever the file says."""
    return {
        "plan": payment.plan_name, "pharmacy": payment.pharmacy, "trace": payment.trace,
        "amount_usd": str(payment.total_usd),
        "claims": [
            {"rx": line.rx, "authorization": line.control_number, "status": line.status,
             "paid_usd": str(line.paid_usd)}
            for line in payment.lines
        ],
        "withheld": [
            {"reason": one.reason, "reference": one.reference, "usd": str(one.usd)}
            for one in payment.withheld
        ],
    }  # fmt: skip


def _spoilt(payments: list[Payment], fault: str) -> list[Payment]:
    if fault not in {"short", "missing", "unknown"}:
        return payments
    place = next((n for n, payment in enumerate(payments) if payment.lines), None)
    if place is None:
        return payments
    first, *rest = payments[place].lines
    if fault == "unknown":
        lines = [first, *rest, replace(first, rx=STRANGER, control_number=STRANGER)]
    elif fault == "missing":
        lines = rest
    else:
        lines = [_short(first), *rest]
    spoilt = replace(payments[place], lines=tuple(lines))
    return [*payments[:place], spoilt, *payments[place + 1 :]]


def _short(line: ClaimLine) -> ClaimLine:
    kept = [one for one in line.adjustments if one.reason != "45"]
    contract = sum((one.usd for one in line.adjustments if one.reason == "45"), SHORT)
    return replace(
        line, paid_usd=line.paid_usd - SHORT,
        adjustments=(Adjustment("CO", "45", contract), *kept),
    )  # fmt: skip


def _with_a_dollar_more(text: str, payment: Payment) -> str:
    right, wrong = payment.total_usd, payment.total_usd + 1
    mark = "BPR*I*" if right else "BPR*H*"
    return text.replace(f"{mark}{amount(right)}*", f"{mark}{amount(wrong)}*", 1)
