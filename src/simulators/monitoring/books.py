"""What the programme holds: files by number, dispensings by key, and what they became."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock

from simulators.monitoring.report import (
    NEW,
    VOID,
    BadFile,
    Error,
    File,
    Told,
    missing,
    take_apart,
)

Key = tuple[str, str, str, str]


@dataclass
class Books:
    """One programme. ``refuse`` names DEA numbers of prescribers that it does not know."""

    refuse: set[str] = field(default_factory=set)
    held: dict[Key, Told] = field(default_factory=dict)
    seen: set[Key] = field(default_factory=set)
    answers: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    zeros: list[str] = field(default_factory=list)
    again: int = 0
    lock: Lock = field(default_factory=Lock)
    kept: Path | None = None

    def remember(self, path: Path) -> int:
        """Take again what was taken before the process ended, from then on keep it there."""
        lines = path.read_text().splitlines() if path.is_file() else []
        for line in lines:
            before = json.loads(line)
            self.take(before["raw"].encode("latin-1"), stamp=before["stamp"])
        self.kept = path
        return len(lines)

    def keep_file(self, raw: bytes, stamp: str) -> None:
        """Write a file down before it is answered."""
        if self.kept is not None:
            line = json.dumps({"stamp": stamp, "raw": raw.decode("latin-1")})
            with self.kept.open("a") as held:
                held.write(line + "\n")

    def take(self, raw: bytes, *, stamp: str) -> bytes:
        """The answer to a file; the same file again gets the same answer and does nothing."""
        digest = sha256(raw).hexdigest()
        with self.lock:
            try:
                file = take_apart(raw)
            except BadFile as bad:
                return answer("", "03", stamp, f"NOT TAKEN: {bad}", [])
            before = self.answers.get(file.control)
            if before is not None:
                self.again += 1
                if before[0] == digest:
                    return before[1]
                return answer(file.control, "03", stamp, "NOT TAKEN: NUMBER USED BEFORE", [])
            self.keep_file(raw, stamp)
            said = answer(file.control, "02", stamp, "READ", self.write(file))
            self.answers[file.control] = (digest, said)
            return said

    def write(self, file: File) -> list[Error]:
        """Write each record down or say what is wrong with it."""
        errors = []
        for position, told in enumerate(file.told, 1):
            wrong = missing(told, position) or self.misfits(told, position)
            errors += wrong[:1]
            if told.is_zero:
                self.zeros.append(file.period)
                continue
            self.seen.add(told.key)
            if not wrong:
                self.keep(told)
        return errors

    def keep(self, told: Told) -> None:
        """A good record."""
        if told.does == VOID:
            del self.held[told.key]
        else:
            self.held[told.key] = told

    def misfits(self, told: Told, position: int) -> list[Error]:
        """What does not fit with what is held already."""
        number, key = told.rows["DSP"].at(2), told.key
        if told.is_zero:
            return []
        if told.does == NEW and key in self.held:
            return [Error(position, number, "DSP02", "201", "this dispensing is held already")]
        if told.does == VOID and key not in self.held:
            return [Error(position, number, "DSP02", "202", "no such dispensing is held")]
        if told.does not in (NEW, VOID) and key not in self.seen:
            return [Error(position, number, "DSP02", "203", "no such dispensing was told")]
        if told.does != VOID and told.rows["PRE"].at(2) in self.refuse:
            return [Error(position, number, "PRE02", "401", "the DEA number is not on file")]
        return []

    def history(self, last: str, first: str, born: str) -> list[dict[str, str]]:
        """What is held of a person: name in any case, birth date as YYYYMMDD."""
        wanted = (last.upper(), first.upper(), born)
        rows = []
        with self.lock:
            for told in self.held.values():
                who, what = told.rows["PAT"], told.rows["DSP"]
                if (who.at(7).upper(), who.at(8).upper(), who.at(18)) == wanted:
                    rows.append(
                        {
                            "pharmacy": told.dea,
                            "prescriber": told.rows["PRE"].at(2),
                            "filled_on": what.at(5),
                            "product": what.at(8),
                            "quantity": what.at(9),
                            "days_supply": what.at(10),
                        }
                    )
        return sorted(rows, key=lambda row: row["filled_on"])


def answer(about: str, kind: str, stamp: str, says: str, errors: list[Error]) -> bytes:
    """An acknowledgement (02) or a failure (03), with one segment for each refused record."""
    number = f"R{about or 'UNKNOWN'}"
    rows = [
        f"TH*4.2B*{number}*{kind}*{about}*{stamp[:8]}*{stamp[8:]}*P**~",
        f"IS*STATE*MONITORING PROGRAMME*{says.replace('*', ' ').replace('~', ' ')[:60]}",
        *(
            f"ERR*{one.position}*{one.number}*{one.element}*{one.code}*{one.says}"
            for one in errors
        ),
    ]
    rows.append(f"TT*{number}*{len(rows) + 1}")
    return "".join(f"{row}~\r\n" for row in rows).encode("latin-1")
