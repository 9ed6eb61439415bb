"""A file of a payer sheet as a typed sheet, or every reason why it is none."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from apothecary.claims.building.places import FACT_OF, SEGMENTS, Place
from apothecary.claims.building.sheets.sheet import (
    COB_METHODS,
    CONDITIONS,
    CORRECTIONS,
    Sheet,
    Wish,
)
from apothecary.wires.errors import Fault, Malformed, malformed
from apothecary.wires.telecom.tables import BILLING_NEEDS, REQUEST_PLACES

# A sheet without anything, on which the sheet of what every payer takes is laid.
BLANK = Sheet(
    key="", name="", source="", bins=(), pcns=(), help_desk="", pa_phone="", pa_fax="",
    takes=frozenset(), required=(), forbidden=(), sent_when_known=(), cob="none", parts=False,
    compounds=False, file_within_days=0, days_supply_max=0, corrections=frozenset(),
    throttle_per_second=0, answer_seconds=0, reversal=(),
)  # fmt: skip
BIN, PCN, PHONE = "[0-9]{6}([0-9]{2})?", "[ -~]{1,10}", "([0-9]{10})?"
MOST = {
    "file_within_days": 3650,
    "days_supply_max": 365,
    "throttle_per_second": 1000,
    "answer_seconds": 120,
}
WISHES = ("required", "forbidden", "sent_when_known")
WISH_KEYS = frozenset(["fields", "because", "cite", "when"])
# Reversals repeat whole fields only; of the other payers, which they were.
OTHER_PAYERS = ("05", "5C")


def read_sheet(file: str, text: str, *, base: Sheet) -> Sheet:
    """The sheet in that text, laid over ``base``; ``file`` names it in refusals.

    What the text does not say is the base's; wishes are added to the base's. Raises Malformed
    with every fault at once: the file and its key, and the reason.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(file, f"is not TOML: {error}") from None
    reading = _Reading(file, data)
    sheet = reading.sheet(replace(base, key=file.rsplit("/", 1)[-1].removesuffix(".toml")))
    if reading.faults:
        raise malformed(reading.faults)
    return sheet


@dataclass
class _Reading:
    """One file, and what was found wrong with it so far."""

    file: str
    data: Mapping[str, object]
    faults: list[Fault] = field(default_factory=list)

    def sheet(self, base: Sheet) -> Sheet:
        allowed = {*Sheet.__dataclass_fields__} - {"key", "carried"}
        for key in self.data.keys() - allowed:
            self.fault(key, "is not a key of a payer sheet")
        found = replace(
            base,
            name=self.text("name", "[ -~]{1,60}", base.name),
            source=self.text("source", "[ -~]*", base.source),
            bins=self.texts("bins", BIN, base.bins),
            pcns=self.texts("pcns", PCN, base.pcns),
            help_desk=self.text("help_desk", PHONE, base.help_desk),
            pa_phone=self.text("pa_phone", PHONE, base.pa_phone),
            pa_fax=self.text("pa_fax", PHONE, base.pa_fax),
            takes=self.names("takes", frozenset(REQUEST_PLACES), base.takes),
            required=base.required + self.wishes("required"),
            forbidden=base.forbidden + self.wishes("forbidden"),
            sent_when_known=base.sent_when_known + self.wishes("sent_when_known"),
            cob=self.text("cob", "|".join(COB_METHODS), base.cob),
            parts=self.truth("parts", base.parts),
            compounds=self.truth("compounds", base.compounds),
            file_within_days=self.whole("file_within_days", base.file_within_days),
            days_supply_max=self.whole("days_supply_max", base.days_supply_max),
            corrections=self.names("corrections", CORRECTIONS, base.corrections),
            throttle_per_second=self.whole("throttle_per_second", base.throttle_per_second),
            answer_seconds=self.whole("answer_seconds", base.answer_seconds),
            reversal=self.repeated(base.reversal),
        )
        if "name" not in self.data:
            self.fault("name", "is missing")
        self.contradictions(found)
        return found

    def fault(self, key: str, reason: str) -> None:
        self.faults.append(Fault(f"{self.file} {key}", reason))

    def text(self, key: str, pattern: str, otherwise: str) -> str:
        value = self.data.get(key, otherwise)
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        if key in self.data:
            self.fault(key, f"must be text like {pattern}, is {value!r}")
        return otherwise

    def texts(self, key: str, pattern: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        value = self.data.get(key, list(otherwise))
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.fault(key, f"must be a list of texts, is {value!r}")
            return otherwise
        for one in value:
            if not re.fullmatch(pattern, one):
                self.fault(key, f"holds {one!r}, which is not like {pattern}")
        return tuple(value)

    def names(
        self, key: str, known: frozenset[str], otherwise: frozenset[str]
    ) -> frozenset[str]:
        said = frozenset(self.texts(key, ".*", tuple(otherwise)))
        for name in sorted(said - known):
            self.fault(key, f"holds {name!r}, which is none of {', '.join(sorted(known))}")
        return said & known

    def truth(self, key: str, otherwise: bool) -> bool:
        value = self.data.get(key, otherwise)
        if isinstance(value, bool):
            return value
        self.fault(key, f"must be true or false, is {value!r}")
        return otherwise

    def whole(self, key: str, otherwise: int) -> int:
        value = self.data.get(key, otherwise)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST[key]:
            return value
        self.fault(key, f"must be a whole number from 0 to {MOST[key]}, is {value!r}")
        return otherwise

    def wishes(self, key: str) -> tuple[Wish, ...]:
        entries = self.data.get(key, [])
        if not isinstance(entries, list):
            self.fault(key, f"must be a list of [[{key}]] entries")
            return ()
        found: list[Wish] = []
        for number, entry in enumerate(entries, start=1):
            found += self.wish(f"{key} {number}", entry)
        return tuple(found)

    def wish(self, where: str, entry: object) -> list[Wish]:
        if not isinstance(entry, dict):
            self.fault(where, "must be a table with its fields")
            return []
        for key in sorted(entry.keys() - WISH_KEYS):
            self.fault(f"{where} {key}", f"is none of {', '.join(sorted(WISH_KEYS))}")
        said = {key: entry.get(key, "") for key in ("because", "cite", "when")}
        for key, value in said.items():
            if not isinstance(value, str):
                self.fault(f"{where} {key}", f"must be text, is {value!r}")
        when = said["when"]
        if when and when not in CONDITIONS:
            self.fault(f"{where} when", f"{when!r} is none of {', '.join(CONDITIONS)}")
        if when and not where.startswith("required"):
            self.fault(f"{where} when", "stands only with what is required")
        return [
            Wish(
                segment=place[0],
                field=place[1],
                because=str(said["because"]),
                cite=str(said["cite"]),
                when=str(when),
            )
            for place in self.places(f"{where} fields", entry.get("fields"))
        ]

    def places(self, where: str, said: object) -> list[Place]:
        if not isinstance(said, list) or not said:
            self.fault(where, 'must be a list like ["01.4X", "13"]')
            return []
        found = []
        for one in said:
            segment, _, name = str(one).partition(".")
            if (segment, name) in FACT_OF or (segment in SEGMENTS and not name):
                found.append((segment, name))
            else:
                self.fault(where, f"{one!r} is no field that a claim of ours can say")
        return found

    def repeated(self, otherwise: tuple[Place, ...]) -> tuple[Place, ...]:
        if "reversal" not in self.data:
            return otherwise
        found = self.places("reversal", self.data["reversal"] or ["?"])
        carried = REQUEST_PLACES["B2"]
        for segment, name in found:
            if segment not in (*carried.transmission, *carried.transactions) or not name:
                self.fault("reversal", f"{segment}.{name} is no field of a reversal")
            elif segment == "05" and (segment, name) != OTHER_PAYERS:
                self.fault("reversal", f"of segment 05 only 5C is repeated, not {name}")
        return tuple(found)

    def contradictions(self, sheet: Sheet) -> None:
        for segment, fields in BILLING_NEEDS.items():
            for name in fields:
                if sheet.forbids((segment, name)):
                    self.fault("forbidden", f"{segment}.{name}: no claim goes without it")
        for wish in sheet.required:
            if sheet.forbids(wish.place):
                at = ".".join(part for part in wish.place if part)
                self.fault("required", f"{at} is forbidden by the same sheet")


def same_payer(sheets: Sequence[Sheet]) -> list[Fault]:
    """Sheets of one folder that claim the same BIN and PCN."""
    faults, seen = [], dict[Place, str]()
    for sheet in sheets:
        for one in sheet.bins:
            for pcn in sheet.pcns or ("",):
                first = seen.setdefault((one, pcn), sheet.key)
                if first != sheet.key:
                    reason = f"BIN {one} PCN {pcn or '(all)'} is also in {first}.toml"
                    faults.append(Fault(f"{sheet.key}.toml bins", reason))
    return faults
