"""The answer to one transaction, and its layout in response segments."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from simulators.payer.claim import Reject
from simulators.payer.judges.utilization import Finding
from simulators.payer.plans import Plan
from simulators.payer.wire import Pairs, Request, Segment, write_money, write_quantity

TEXT_WIDTH = 40
MOST_LINES = 9
OWN_PHARMACY, OTHER_PHARMACY = "1", "3"
SAME_PRESCRIBER, OTHER_PRESCRIBER = "1", "2"


@dataclass
class Verdict:
    """The answer to one transaction, before it is laid out in segments."""

    status: str
    authorization: str = ""
    rejects: list[Reject] = field(default_factory=list)
    pricing: Pairs = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    next_fill_on: date | None = None
    help_desk: str = ""
    preferred: Pairs = field(default_factory=list)
    others: Pairs = field(default_factory=list)
    approval: Pairs = field(default_factory=list)
    # Of an eligibility answer: the insurance, the Part D line and the patient found.
    insurance: Pairs = field(default_factory=list)
    medicare: Pairs = field(default_factory=list)
    patient: Pairs = field(default_factory=list)
    # Who asked: tells own earlier fills from those of other pharmacies and prescribers.
    pharmacy: str = ""
    prescriber: str = ""


def refused(plan: Plan | None, *rejects: Reject) -> Verdict:
    """A refusal with the help desk of the plan, when the plan is known."""
    return Verdict("R", rejects=list(rejects), help_desk=plan.help_desk if plan else "")


def preferred_pairs(products: list[tuple[str, str, str]]) -> Pairs:
    """The preferred product group of segment 22: NDC, words, saving as written."""
    if not products:
        return []
    pairs: Pairs = [("9F", str(len(products)))]
    for ndc, words, saving in products:
        pairs += [("AP", "03"), ("AR", ndc)]
        pairs += [("AT", saving)] if saving else []
        pairs += [("AU", words)] if words else []
    return pairs


def shared_segments(request: Request, verdicts: list[Verdict]) -> list[Segment]:
    """What stands before the first transaction: insurance, Part D, patient."""
    out = []
    told = next((v for v in verdicts if v.insurance), None)
    insurance = request.segment("04")
    if told:
        out.append(Segment("25", told.insurance))
    elif insurance is not None and not all(v.status == "R" for v in verdicts):
        pairs = [(i, insurance.get(i)) for i in ("C1", "C2") if insurance.get(i)]
        out += [Segment("25", pairs)] if pairs else []
    for segment_id, pairs in (
        ("27", [p for v in verdicts for p in v.medicare]),
        ("29", [p for v in verdicts for p in v.patient]),
    ):
        out += [Segment(segment_id, pairs)] if pairs else []
    return out


def segments(verdict: Verdict, body: Segment | None) -> list[Segment]:
    """The segments of one transaction, in the standard order."""
    out = [status_segment(verdict)]
    if body is not None:
        echoed = [(i, body.get(i)) for i in ("EM", "D2") if body.get(i)]
        out.append(Segment("22", echoed + verdict.preferred))
    dur = [pair for n, one in enumerate(verdict.findings, 1) for pair in _dur(n, one, verdict)]
    for segment_id, pairs in (
        ("23", verdict.pricing), ("24", dur), ("26", verdict.approval), ("28", verdict.others),
    ):  # fmt: skip
        out += [Segment(segment_id, pairs)] if pairs else []
    return out


def _dur(number: int, finding: Finding, verdict: Verdict) -> Pairs:
    pairs: Pairs = [("J6", str(number)), ("E4", finding.reason), ("FS", finding.significance)]
    past, is_told = finding.past, bool(finding.text)
    if past is not None and is_told:
        own = past.pharmacy == verdict.pharmacy
        pairs.append(("FT", OWN_PHARMACY if own else OTHER_PHARMACY))
    if past is not None:
        pairs.append(("FU", f"{past.service_on:%Y%m%d}"))
        pairs.append(("FV", write_quantity(past.quantity)))
    if is_told:
        pairs.append(("FW", "1"))
    if past is not None and is_told:
        same = past.prescriber == verdict.prescriber
        pairs.append(("FX", SAME_PRESCRIBER if same else OTHER_PRESCRIBER))
    return [*pairs, ("FY", finding.text)] if is_told else pairs


def status_segment(verdict: Verdict) -> Segment:
    """Segment 21: status, numbers, rejects, messages, help desk."""
    pairs: Pairs = [("AN", verdict.status)]
    if verdict.authorization:
        pairs.append(("F3", verdict.authorization))
    if verdict.rejects:
        pairs.append(("FA", f"{len(verdict.rejects):02d}"))
        for reject in verdict.rejects:
            pairs.append(("FB", reject.code))
            pairs += [("4F", f"{reject.occurrence:02d}")] if reject.occurrence else []
        pairs += _message_pairs(verdict)
    if verdict.help_desk:
        pairs += [("7F", "03"), ("8F", verdict.help_desk)]
    return Segment("21", pairs)


def _message_pairs(verdict: Verdict) -> Pairs:
    lines = [reject.text[:TEXT_WIDTH] for reject in verdict.rejects[:MOST_LINES]]
    pairs: Pairs = [("UF", f"{len(lines) + bool(verdict.next_fill_on):02d}")]
    for number, line in enumerate(lines, start=1):
        pairs += [("UH", f"{number:02d}"), ("FQ", line)]
    if verdict.next_fill_on:
        pairs += [("UH", "10"), ("FQ", f"{verdict.next_fill_on:%Y%m%d}")]
    return pairs


def saving_text(usd: Decimal | None) -> str:
    """An amount as written, empty when there is none."""
    return write_money(usd) if usd else ""
