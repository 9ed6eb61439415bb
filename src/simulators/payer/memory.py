"""What the payer remembers: claims, learned members, authorizations. SQLite, file or RAM."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_TABLES = """
CREATE TABLE IF NOT EXISTS claims (
    id INTEGER PRIMARY KEY, authorization TEXT NOT NULL UNIQUE, plan TEXT NOT NULL,
    pharmacy TEXT NOT NULL, rx TEXT NOT NULL, fill INTEGER NOT NULL, service_on TEXT NOT NULL,
    ndc TEXT NOT NULL, drug TEXT NOT NULL, cardholder TEXT NOT NULL, person TEXT NOT NULL,
    quantity TEXT NOT NULL, days INTEGER NOT NULL, deductible_usd TEXT NOT NULL,
    print TEXT NOT NULL, pricing TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'paid',
    dispensing TEXT NOT NULL DEFAULT '', intended TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS claims_by_rx ON claims (plan, pharmacy, rx);
CREATE INDEX IF NOT EXISTS claims_by_card ON claims (plan, cardholder, drug);
CREATE TABLE IF NOT EXISTS learned (
    plan TEXT, cardholder TEXT, person TEXT, born_on TEXT,
    PRIMARY KEY (plan, cardholder, person));
CREATE TABLE IF NOT EXISTS approvals (
    plan TEXT, number TEXT, cardholder TEXT, drug TEXT, PRIMARY KEY (plan, number));
"""
_COLUMNS = (
    "authorization, plan, pharmacy, rx, fill, service_on, ndc, drug, cardholder, person, "
    "quantity, days, deductible_usd, print, pricing, state, dispensing, intended"
)


@dataclass(frozen=True)
class PaidClaim:
    """A claim once paid; `drug` is what counts as the same therapy."""

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
    state: str = "paid"
    dispensing: str = ""
    intended: str = ""


class Memory:
    """The payer's claim memory. Each write is committed at once: no answer is forgotten."""

    def __init__(self, path: str = ":memory:") -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(_TABLES)
        known = {row[1] for row in self._db.execute("PRAGMA table_info(claims)")}
        # A file of an earlier version knows no parts.
        for name in ("dispensing", "intended"):
            if name not in known:
                self._db.execute(
                    f"ALTER TABLE claims ADD COLUMN {name} TEXT NOT NULL DEFAULT ''"
                )

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def next_authorization(self, seed: int, service_on: date) -> str:
        """A number never given before; the same seed and history give the same number."""
        (count,) = self._db.execute("SELECT COUNT(*) FROM claims").fetchone()
        return f"{service_on:%y%j}{seed % 1000:03d}{count + 1:07d}"

    def keep(self, claim: PaidClaim) -> None:
        """Remember a claim as paid."""
        values = [getattr(claim, name.strip()) for name in _COLUMNS.split(",")]
        marks = ", ".join("?" * len(values))
        self._db.execute(
            f"INSERT INTO claims ({_COLUMNS}) VALUES ({marks})",  # noqa: S608  constant columns
            [v if isinstance(v, int) else str(v) for v in values],
        )

    def of_prescription(self, plan: str, pharmacy: str, rx: str) -> list[PaidClaim]:
        """Every claim of that prescription number, newest first, reversed ones too."""
        return self._claims("plan = ? AND pharmacy = ? AND rx = ?", plan, pharmacy, rx)

    def of_member(self, plan: str, cardholder: str, person: str) -> list[PaidClaim]:
        """Every claim of one person still paid, newest first."""
        return self._claims(
            "state = 'paid' AND plan = ? AND cardholder = ? AND person = ?",
            plan, cardholder, person,
        )  # fmt: skip

    def everything(self) -> list[PaidClaim]:
        """All claims, newest first."""
        return self._claims("1 = 1")

    def _claims(self, where: str, *values: str) -> list[PaidClaim]:
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM claims WHERE {where} ORDER BY id DESC",  # noqa: S608
            values,
        )
        return [_claim(row) for row in rows]

    def reverse(self, authorization: str) -> None:
        """Mark a claim reversed; it no longer counts for anything but questions about it."""
        self._db.execute(
            "UPDATE claims SET state = 'reversed' WHERE authorization = ?", [authorization]
        )

    def restore(self, authorization: str) -> None:
        """Take a reversal back: a rebill that failed leaves the first claim as it was."""
        self._db.execute(
            "UPDATE claims SET state = 'paid' WHERE authorization = ?", [authorization]
        )

    def birth_date(self, plan: str, cardholder: str, person: str) -> date | None:
        """The birth date a card taught us, if it has claimed before."""
        row = self._db.execute(
            "SELECT born_on FROM learned WHERE plan = ? AND cardholder = ? AND person = ?",
            [plan, cardholder, person],
        ).fetchone()
        return date.fromisoformat(row[0]) if row else None

    def learn(self, plan: str, cardholder: str, person: str, born_on: date) -> None:
        """Enrol somebody by what the first claim said; later ones change nothing."""
        self._db.execute(
            "INSERT OR IGNORE INTO learned VALUES (?, ?, ?, ?)",
            [plan, cardholder, person, born_on.isoformat()],
        )

    def approve(self, plan: str, number: str, cardholder: str, drug: str) -> None:
        """Write down a prior authorization for one card and drug."""
        self._db.execute(
            "INSERT OR REPLACE INTO approvals VALUES (?, ?, ?, ?)",
            [plan, number, cardholder, drug],
        )

    def approvals(self, plan: str, cardholder: str, drug: str) -> list[str]:
        """The authorization numbers on file for that card and ingredient."""
        rows = self._db.execute(
            "SELECT number FROM approvals WHERE plan = ? AND cardholder = ? AND drug = ?",
            [plan, cardholder, drug],
        )
        return [number for (number,) in rows]


def _claim(row: tuple[str, ...]) -> PaidClaim:
    (authorization, plan, pharmacy, rx, fill, service_on, ndc, drug, cardholder, person,
     quantity, days, deductible, fingerprint, pricing, state, dispensing,
     intended) = row  # fmt: skip
    return PaidClaim(
        authorization, plan, pharmacy, rx, int(fill), date.fromisoformat(service_on), ndc, drug,
        cardholder, person, Decimal(quantity), int(days), Decimal(deductible), fingerprint,
        pricing, state, dispensing, intended,
    )  # fmt: skip
