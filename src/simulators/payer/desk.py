"""The payer at work: one request transmission in, one response transmission out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from simulators.payer import reporting
from simulators.payer.authorizing import Authorizing
from simulators.payer.billing import Billing
from simulators.payer.claim import Reject
from simulators.payer.dialects import speak
from simulators.payer.eligibility import eligible
from simulators.payer.fields import header_rejects
from simulators.payer.judges.members import find_plan
from simulators.payer.memory import Memory
from simulators.payer.plans import Books, Plan
from simulators.payer.reporting import Reporting
from simulators.payer.verdict import Verdict, refused, segments, shared_segments, status_segment
from simulators.payer.wire import Request, SyntaxFault, split_request, write_response

CODES = ("B1", "B2", "B3", "E1", "P1", "P2", "P3", "P4", *reporting.CODES)
AUTHORIZATION_CODES = frozenset(["P1", "P2", "P3", "P4"])


@dataclass
class Answered:
    """A response and what the log shows of it."""

    transmission: str
    request: Request | None
    statuses: list[str]
    rejects: list[list[str]]
    problem: str = ""
    dialect: tuple[str, ...] = field(default=())


def no_watch() -> float:
    """A watch that stands still: what is to be decided later waits for the back office."""
    return 0.0


class Desk:
    """Answers requests from the books and the memory; `today` is the payer's calendar."""

    def __init__(
        self, books: Books, memory: Memory, *, seed: int, today: Callable[[], date],
        now: Callable[[], float] = no_watch,
    ) -> None:  # fmt: skip
        self.books, self.memory = books, memory
        self.billing = Billing(books, memory, seed=seed, today=today)
        self.authorizing = Authorizing(self.billing, now=now)
        self._reporting = Reporting(memory, today=today)

    def answer(self, raw: bytes, *, forced: str = "", dialect: str = "") -> Answered:
        """Answer one transmission; a forced code rejects every claim and keeps nothing.

        A ``dialect`` is spoken on top of the plan's own.
        """
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
            with self.memory.together():
                verdicts = [self._decide(request, claim) for claim in range(count)]
        return self._accepted(request, verdicts, dialect)

    def _refused(
        self, header: dict[str, str], rejects: list[Reject], *,
        request: Request | None = None, problem: str = "",
    ) -> Answered:  # fmt: skip
        verdict = Verdict("R", rejects=rejects)
        text = write_response(
            header, accepted=False, shared=[], claims=[[status_segment(verdict)]]
        )
        return Answered(text, request, ["R"], [[r.code for r in rejects]], problem)

    def _accepted(self, request: Request, verdicts: list[Verdict], dialect: str) -> Answered:
        groups = []
        for place, verdict in enumerate(verdicts):
            body = request.segment("07", place) if request.claims else None
            groups.append(segments(verdict, body))
        shared = shared_segments(request, verdicts)
        plan = find_plan(self.books, request.header["bin"], request.header["pcn"])
        spoken = plan.dialect if isinstance(plan, Plan) else ()
        spoken += (dialect,) if dialect else ()
        text = speak(spoken, request.header, shared=shared, claims=groups)
        codes = [[r.code for r in v.rejects] for v in verdicts]
        return Answered(text, request, [v.status for v in verdicts], codes, dialect=spoken)

    def _decide(self, request: Request, number: int) -> Verdict:
        plan = find_plan(self.books, request.header["bin"], request.header["pcn"])
        code = request.header["code"]
        if code in {"B1", "B3"}:
            return self.billing.bill(request, number, _biller(plan), rebill=code == "B3")
        if isinstance(plan, Reject):
            return refused(None, plan)
        if code == "B2":
            return self.billing.reverse(request, number, plan)
        if code == "E1":
            return eligible(self.books, request, plan)
        if code in AUTHORIZATION_CODES:
            return self.authorizing.answer(request, number, plan)
        return self._reporting.take(request, number, plan)


def _biller(plan: Plan | Reject) -> Plan | Reject:
    """A finder of coverage pays nothing: its PCN is wrong for a claim."""
    if isinstance(plan, Plan) and plan.kind == "finder":
        return Reject("04", "THIS PCN ANSWERS ELIGIBILITY ONLY")
    return plan
