"""What the payer remembers: claims, learned members, authorizations. SQLite, file or RAM."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

_TABLES = """
CREATE TABLE IF NOT EXISTS claims (
    id INTEGER PRIMARY KEY, authorization TEXT NOT NULL UNIQUE, plan TEXT NOT NULL,
    pharmacy TEXT NOT NULL, rx TEXT NOT NULL, fill INTEGER NOT NULL, service_on TEXT NOT NULL,
    ndc TEXT NOT NULL, drug TEXT NOT NULL, cardholder TEXT NOT NULL, person TEXT NOT NULL,
    quantity TEXT NOT NULL, days INTEGER NOT NULL, deductible_usd TEXT NOT NULL,
    print TEXT NOT NULL, pricing TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'paid');
CREATE INDEX IF NOT EXISTS claims_by_rx ON claims (plan, pharmacy, rx);
CREATE INDEX IF NOT EXISTS claims_by_card ON claims (plan, cardholder, drug);
CREATE TABLE IF NOT EXISTS learned (
    plan TEXT, cardholder TEXT, person TEXT, born_on TEXT,
    PRIMARY KEY (plan, cardholder, person));
CREATE TABLE IF NOT EXISTS approvals (
    plan TEXT, number TEXT, cardholder TEXT, drug TEXT, PRIMARY KEY (plan, number));
"""
# Columns that files of earlier versions do not have yet.
_ADDED = {
    "claims": {
        "dispensing": "''", "intended": "''", "last_name": "''", "first_name": "''",
        "prescriber": "''", "gross_usd": "'0.00'", "payer_rank": "1", "pa_number": "''",
    },
    "approvals": {
        "from_on": "''", "until_on": "''", "quantity": "''", "used": "'0'",
    },
}  # fmt: skip
PAID, CAPTURED, REVERSED = "paid", "captured", "reversed"


@dataclass(frozen=True)
class PaidClaim:
    """A claim once paid, or captured to be paid later; `drug` is what counts as same therapy.

    `payer_rank` is the place of this payer among the payers of the claim, 1 for the first.
    """

    authorization: str
    plan: str
    pharmacy: str
    rx: str
    fill: int
    service_on: date
    ndc: str
    drug: str
    cardholder: str
    person: str
    quantity: Decimal
    days: int
    deductible_usd: Decimal
    print: str
    pricing: str
    state: str = PAID
    dispensing: str = ""
    intended: str = ""
    last_name: str = ""
    first_name: str = ""
    prescriber: str = ""
    gross_usd: Decimal = Decimal("0.00")
    payer_rank: int = 1
    pa_number: str = ""

    @property
    def stands(self) -> bool:
        """Whether it counts: paid or to be paid, and not taken back."""
        return self.state != REVERSED


@dataclass(frozen=True)
class Approval:
    """A prior authorization of one card and ingredient; no day or quantity means no limit."""

    number: str
    from_on: date | None = None
    until_on: date | None = None
    quantity: Decimal | None = None
    used: Decimal = Decimal(0)

    def stands(self, on: date) -> bool:
        """Whether the day lies within it."""
        began = self.from_on is None or self.from_on <= on
        return began and (self.until_on is None or on <= self.until_on)

    def covers(self, quantity: Decimal) -> bool:
        """Whether that much is still left of what was authorized."""
        return self.quantity is None or self.used + quantity <= self.quantity


_COLUMNS = tuple(one.name for one in fields(PaidClaim))
_LISTED = ", ".join(_COLUMNS)


class Memory:
    """The payer's claim memory. Each write is committed at once: no answer is forgotten."""

    def __init__(self, path: str = ":memory:") -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        # Safe against the end of the process; only a power cut could take the last answers.
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.executescript(_TABLES)
        for table, columns in _ADDED.items():
            known = {row[1] for row in self.db.execute(f"PRAGMA table_info({table})")}
            for name, default in columns.items():
                if name not in known:
                    self.db.execute(
                        f"ALTER TABLE {table} ADD COLUMN {name} TEXT NOT NULL DEFAULT {default}"
                    )

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """All writes of one transaction on the wire, in one commit or none."""
        self.db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def next_authorization(self, seed: int, service_on: date) -> str:
        """A number never given before; the same seed and history give the same number."""
        (last,) = self.db.execute("SELECT MAX(id) FROM claims").fetchone()
        return f"{service_on:%y%j}{seed % 1000:03d}{(last or 0) + 1:07d}"

    def keep(self, claim: PaidClaim) -> None:
        """Remember a claim as paid."""
        values = [getattr(claim, name) for name in _COLUMNS]
        marks = ", ".join("?" * len(values))
        self.db.execute(
            f"INSERT INTO claims ({_LISTED}) VALUES ({marks})",  # noqa: S608  constant columns
            [v if isinstance(v, int) else str(v) for v in values],
        )

    def of_prescription(self, plan: str, pharmacy: str, rx: str) -> list[PaidClaim]:
        """Every claim of that prescription number, newest first, reversed ones too."""
        return self._claims("plan = ? AND pharmacy = ? AND rx = ?", plan, pharmacy, rx)

    def of_member(self, plan: str, cardholder: str, person: str) -> list[PaidClaim]:
        """Every claim of one person still standing, newest first."""
        return self._claims(
            "state <> 'reversed' AND plan = ? AND cardholder = ? AND person = ?",
            plan, cardholder, person,
        )  # fmt: skip

    def of_plan(self, plan: str) -> list[PaidClaim]:
        """Every claim of a plan, newest first, reversed ones too."""
        return self._claims("plan = ?", plan)

    def paid_under(self, plan: str, number: str) -> Decimal:
        """The quantity that stands paid under one authorization number."""
        rows = self.db.execute(
            "SELECT quantity FROM claims"
            " WHERE plan = ? AND pa_number = ? AND state <> 'reversed'",
            [plan, number],
        )
        return sum((Decimal(quantity) for (quantity,) in rows), Decimal(0))

    def everything(self) -> list[PaidClaim]:
        """All claims, newest first."""
        return self._claims("1 = 1")

    def _claims(self, where: str, *values: str) -> list[PaidClaim]:
        rows = self.db.execute(
            f"SELECT {_LISTED} FROM claims WHERE {where} ORDER BY id DESC",  # noqa: S608
            values,
        )
        return [_claim(row) for row in rows]

    def reverse(self, authorization: str) -> None:
        """Mark a claim reversed; it no longer counts for anything but questions about it."""
        self.mark(authorization, REVERSED)

    def restore(self, authorization: str, *, state: str = PAID) -> None:
        """Take a reversal back: a rebill that failed leaves the first claim as it was."""
        self.mark(authorization, state)

    def mark(self, authorization: str, state: str) -> None:
        """Give a claim its state."""
        self.db.execute(
            "UPDATE claims SET state = ? WHERE authorization = ?", [state, authorization]
        )

    def birth_date(self, plan: str, cardholder: str, person: str) -> date | None:
        """The birth date a card taught us, if it has claimed before."""
        row = self.db.execute(
            "SELECT born_on FROM learned WHERE plan = ? AND cardholder = ? AND person = ?",
            [plan, cardholder, person],
        ).fetchone()
        return date.fromisoformat(row[0]) if row else None

    def learn(self, plan: str, cardholder: str, person: str, born_on: date) -> None:
        """Enrol somebody by what the first claim said; later ones change nothing."""
        self.db.execute(
            "INSERT OR IGNORE INTO learned VALUES (?, ?, ?, ?)",
            [plan, cardholder, person, born_on.isoformat()],
        )

    def approve(
        self, plan: str, number: str, cardholder: str, drug: str, *,
        from_on: date | None = None, until_on: date | None = None,
        quantity: Decimal | None = None,
    ) -> None:  # fmt: skip
        """Write down a prior authorization for one card and drug, without limits if none."""
        self.db.execute(
            "INSERT OR REPLACE INTO approvals"
            " (plan, number, cardholder, drug, from_on, until_on, quantity, used)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, '0')",
            [plan, number, cardholder, drug, str(from_on or ""), str(until_on or ""),
             "" if quantity is None else str(quantity)],
        )  # fmt: skip

    def approvals(self, plan: str, cardholder: str, drug: str) -> list[str]:
        """The authorization numbers on file for that card and ingredient."""
        return [one.number for one in self.approvals_on(plan, cardholder, drug)]

    def approvals_on(self, plan: str, cardholder: str, drug: str) -> list[Approval]:
        """The authorizations on file for that card and ingredient, ended ones too."""
        rows = self.db.execute(
            "SELECT number, from_on, until_on, quantity, used FROM approvals"
            " WHERE plan = ? AND cardholder = ? AND drug = ? ORDER BY rowid",
            [plan, cardholder, drug],
        )
        return [
            Approval(
                number, _day(begins), _day(ends),
                Decimal(quantity) if quantity else None, Decimal(used),
            )
            for number, begins, ends, quantity, used in rows
        ]  # fmt: skip

    def use_approval(self, plan: str, number: str, quantity: Decimal) -> None:
        """Count a quantity against an authorization, if any; a negative one gives it back."""
        if not number:
            return
        row = self.db.execute(
            "SELECT used FROM approvals WHERE plan = ? AND number = ?", [plan, number]
        ).fetchone()
        if row:
            self.db.execute(
                "UPDATE approvals SET used = ? WHERE plan = ? AND number = ?",
                [str(Decimal(row[0]) + quantity), plan, number],
            )

    def withdraw_approval(self, plan: str, number: str) -> None:
        """Take an authorization off the file."""
        self.db.execute("DELETE FROM approvals WHERE plan = ? AND number = ?", [plan, number])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _claim(row: tuple[str, ...]) -> PaidClaim:
    said = dict(zip(_COLUMNS, row, strict=True))
    return PaidClaim(
        authorization=said["authorization"], plan=said["plan"], pharmacy=said["pharmacy"],
        rx=said["rx"], fill=int(said["fill"]),
        service_on=date.fromisoformat(said["service_on"]), ndc=said["ndc"],
        drug=said["drug"], cardholder=said["cardholder"],
        person=said["person"], quantity=Decimal(said["quantity"]), days=int(said["days"]),
        deductible_usd=Decimal(said["deductible_usd"]), print=said["print"],
        pricing=said["pricing"], state=said["state"], dispensing=said["dispensing"],
        intended=said["intended"], last_name=said["last_name"], first_name=said["first_name"],
        prescriber=said["prescriber"], gross_usd=Decimal(said["gross_usd"]),
        payer_rank=int(said["payer_rank"]), pa_number=said["pa_number"],
    )  # fmt: skip
