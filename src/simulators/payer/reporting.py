"""Reports that pay nothing: information reporting (N1-N3), controlled substances (C1-C3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from simulators.payer.billing import reference_rejects
from simulators.payer.claim import Reject, same_code
from simulators.payer.memory import Memory
from simulators.payer.plans import Plan
from simulators.payer.verdict import Verdict, refused
from simulators.payer.wire import Request, is_number

CODES = ("N1", "N2", "N3", "C1", "C2", "C3")
_TABLE = """
CREATE TABLE IF NOT EXISTS reports (
    id INTEGER PRIMARY KEY, family TEXT NOT NULL, plan TEXT NOT NULL, pharmacy TEXT NOT NULL,
    rx TEXT NOT NULL, fill TEXT NOT NULL, service_on TEXT NOT NULL, ndc TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'captured');
"""


@dataclass(frozen=True)
class Report:
    """One report as it is known: its number and whether it was taken back."""

    number: int
    state: str

    @property
    def reference(self) -> str:
        """The number the pharmacy is given."""
        return f"RPT{self.number:07d}"


class Reporting:
    """Writes reports down: captured once, duplicates told, taken back on request."""

    def __init__(self, memory: Memory, *, today: Callable[[], date]) -> None:
        self._db, self._today = memory.db, today
        self._db.executescript(_TABLE)

    def take(self, request: Request, number: int, plan: Plan) -> Verdict:
        """Answer one report: C first, Q again, A and S for its reversal."""
        body = request.segment("07", number)
        if body is None:
            return refused(plan, Reject("1Y", "CLAIM SEGMENT MISSING"))
        code, ndc = request.header["code"], body.get("D7")
        found = reference_rejects(body)
        if code[1] != "2" and not (is_number(ndc) and len(ndc) == 11):
            found.append(Reject("21", "NDC MUST BE 11 DIGITS"))
        if found:
            return refused(plan, *found)
        key = (
            code[0], plan.key, request.header["provider_id"], same_code(body.get("D2")),
            same_code(body.get("D3")), request.header["service_date"], ndc,
        )  # fmt: skip
        return self._reverse(key, plan) if code[1] == "2" else self._keep(key, code, plan)

    def _keep(self, key: tuple[str, ...], code: str, plan: Plan) -> Verdict:
        known = self._known(key)
        standing = next((one for one in known if one.state == "captured"), None)
        if standing and code[1] == "1":
            return Verdict("Q", standing.reference, help_desk=plan.help_desk)
        if standing:
            self._mark(standing)
        row = self._db.execute(
            "INSERT INTO reports (family, plan, pharmacy, rx, fill, service_on, ndc)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id, state",
            key,
        ).fetchone()
        return Verdict("C", Report(*row).reference, help_desk=plan.help_desk)

    def _reverse(self, key: tuple[str, ...], plan: Plan) -> Verdict:
        known = self._known(key)
        if not known:
            return refused(plan, Reject("84", "NO SUCH REPORT"))
        standing = next((one for one in known if one.state == "captured"), None)
        if standing is None:
            return Verdict("S", known[0].reference, help_desk=plan.help_desk)
        self._mark(standing)
        return Verdict("A", standing.reference, help_desk=plan.help_desk)

    def _known(self, key: tuple[str, ...]) -> list[Report]:
        rows = self._db.execute(
            "SELECT id, state FROM reports WHERE family = ? AND plan = ? AND pharmacy = ?"
            " AND rx = ? AND fill = ? AND service_on = ? AND (? = '' OR ndc = ?)"
            " ORDER BY id DESC",
            [*key, key[-1]],
        )
        return [Report(*row) for row in rows]

    def _mark(self, report: Report) -> None:
        self._db.execute("UPDATE reports SET state = 'reversed' WHERE id = ?", [report.number])
