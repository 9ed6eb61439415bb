"""What a programme wants of a report beyond the standard: one table of data for each state.

``states/XX.toml`` holds what was read about that state's programme, each row with its
citation, its dates and its mark (V1 official text read, V2 secondary source, K unverified, KQ
doubtful and disabled, C convention). A state without a table is refused by its name, never
assumed to be like another: its guide is read first and given to ``read_overlay``. ``USUAL`` is
no state's law: it is what the VA's own export is set up to send, for whoever wants to look at a
report before a guide is at hand. When a report is due is law, not form, and not told here.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from apothecary.wires.asap.tables import SEGMENT_NAMES, VERSIONS, version
from apothecary.wires.errors import Malformed

MARKS = ("V1", "V2", "K", "KQ", "C")
DATED = ("rule", "text", "table")
USES = ("required", "forbidden", "situational")
Usage = Literal["required", "forbidden", "situational"]
_STATE = re.compile("[A-Z]{2}")
_ELEMENT = re.compile("(?:TH|IS|PHA|PAT|DSP|PRE|CDI|AIR)[0-9]{2}")
_LARGEST = 200_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where a row comes from. ``effective_from`` and ``effective_to`` are both inclusive;
    ``dated`` says whether the first is the rule's own day, that of the text that was read, or
    merely the day from which this table answers.
    """

    cite: str
    verified: str
    effective_from: date
    dated: str
    effective_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether the row counts on that day; a doubtful one (KQ) never does."""
        return (
            self.verified != "KQ"
            and self.effective_from <= on
            and (self.effective_to is None or on <= self.effective_to)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How one element is used. ``situational`` with ``when`` is required where each of those
    elements has one of those values (``*`` any value) and says nothing elsewhere; without
    ``when`` a person decides. ``versions`` are those it is said of.
    """

    element: str
    use: Usage
    when: Mapping[str, tuple[str, ...]]
    versions: tuple[str, ...]
    says: str
    ground: Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The versions a programme takes."""

    versions: tuple[str, ...]
    ground: Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroReports:
    """Whether days without a dispensing are reported; None of this row: nothing was read."""

    use: Literal["required", "forbidden"]
    ground: Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """What one programme wants of a file."""

    state: str
    accepted: tuple[Accepted, ...] = ()
    zero_reports: tuple[ZeroReports, ...] = ()
    uses: tuple[Use, ...] = ()

    def wants_zero_reports(self, *, on: date) -> ZeroReports | None:
        """The row on zero reports in force on that day; None where nothing was read of it,
        which is no permission to leave them out.
        """
        return next((one for one in self.zero_reports if one.ground.in_force(on)), None)


def overlay(state: str) -> Overlay:
    """The table of a state by its two letters. Raises Malformed naming a state without one."""
    if state not in installed():
        raise Malformed(
            "state", f"no table of its monitoring programme is installed for {state!r}"
        )
    text = (files(__package__) / "states" / f"{state}.toml").read_text(encoding="utf-8")
    return read_overlay(text, state=state)


@cache
def installed() -> tuple[str, ...]:
    """The states that come with a table."""
    names = [one.name for one in (files(__package__) / "states").iterdir()]
    return tuple(sorted(name[:2] for name in names if name.endswith(".toml")))


class _Table:
    """A table of an overlay: each key is of its type or refused with its name."""

    def __init__(self, name: str, held: object) -> None:
        if not isinstance(held, dict):
            raise Malformed(name, "must be a table")
        self.name = name
        self._held = dict(held)

    def text(self, key: str, *, among: Sequence[str] = ()) -> str:
        value = self._held.pop(key, None)
        if not isinstance(value, str) or not value or (among and value not in among):
            wanted = f"one of {', '.join(among)}" if among else "text"
            raise Malformed(f"{self.name}.{key}", f"must be {wanted}, is {value!r}")
        return value

    def texts(self, key: str, *, among: Sequence[str] = ()) -> tuple[str, ...]:
        value = self._held.pop(key, None)
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(one, str) and (not among or one in among) for one in value)
        ):
            wanted = f" of {', '.join(among)}" if among else ""
            raise Malformed(f"{self.name}.{key}", f"must be a list{wanted}, is {value!r}")
        return tuple(value)

    def day(self, key: str, *, wanted: bool) -> date | None:
        value = self._held.pop(key, None)
        if type(value) is date or (value is None and not wanted):
            return value
        raise Malformed(f"{self.name}.{key}", f"must be a date, is {value!r}")

    def rows(self, key: str) -> list["_Table"]:
        value = self._held.pop(key, [])
        if not isinstance(value, list):
            raise Malformed(f"{self.name}.{key}", "must be a list of tables")
        return [_Table(f"{self.name}.{key}[{n}]", one) for n, one in enumerate(value)]

    def table(self, key: str) -> "_Table | None":
        return _Table(f"{self.name}.{key}", self._held.pop(key)) if key in self._held else None

    def keys_held(self) -> list[str]:
        return list(self._held)

    def end(self) -> None:
        """Refuse what nobody asked for: a slip in a name would go unseen."""
        if self._held:
            raise Malformed(f"{self.name}.{min(self._held)}", "is no key of an overlay")


def read_overlay(text: str, *, state: str) -> Overlay:
    """A table from its TOML. Raises Malformed naming the key at fault."""
    if _STATE.fullmatch(state) is None:
        raise Malformed("state", f"must be two letters, is {state!r}")
    if len(text) > _LARGEST:
        raise Malformed(state, f"has {len(text)} characters, at most {_LARGEST} are read")
    try:
        whole = _Table(state, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Malformed(state, f"is no TOML: {error}") from None
    if (told := whole.text("state")) != state:
        raise Malformed(f"{state}.state", f"must be {state}, is {told}")
    found = Overlay(
        state=state,
        accepted=tuple(_accepted(one) for one in whole.rows("accepted")),
        zero_reports=tuple(_zero_reports(one) for one in whole.rows("zero_reports")),
        uses=tuple(_use(one) for one in whole.rows("element")),
    )
    whole.end()
    return found


def _ground(table: _Table) -> Ground:
    first = table.day("effective_from", wanted=True)
    last = table.day("effective_to", wanted=False)
    found = Ground(
        cite=table.text("cite"),
        verified=table.text("verified", among=MARKS),
        effective_from=cast(date, first),
        dated=table.text("dated", among=DATED),
        effective_to=last,
    )
    table.end()
    return found


def _accepted(table: _Table) -> Accepted:
    return Accepted(versions=table.texts("versions", among=VERSIONS), ground=_ground(table))


def _zero_reports(table: _Table) -> ZeroReports:
    use = table.text("use", among=USES[:2])
    return ZeroReports(use=cast(Literal["required", "forbidden"], use), ground=_ground(table))


def _use(table: _Table) -> Use:
    name = _known(table.text("id"), f"{table.name}.id")
    use = cast(Usage, table.text("use", among=USES))
    when: dict[str, tuple[str, ...]] = {}
    if (conditions := table.table("when")) is not None:
        if use != "situational":
            raise Malformed(f"{table.name}.when", f"has no meaning where the use is {use}")
        for key in conditions.keys_held():
            when[_known(key, f"{table.name}.when.{key}")] = conditions.texts(key)
    return Use(
        element=name,
        use=use,
        when=when,
        versions=table.texts("versions", among=VERSIONS),
        says=table.text("says"),
        ground=_ground(table),
    )


def _known(name: str, field: str) -> str:
    """The id of an element that at least the last version has."""
    if _ELEMENT.fullmatch(name) is None or not any(version(v).element(name) for v in VERSIONS):
        raise Malformed(field, f"is no element we know: {name!r}")
    return name


def _usual() -> Overlay:
    """What the VA's export is set up to send: a convention of one sender, nobody's law.

    It has no required AIR: only in 5.0 does it want the names of who took a drug away, and a
    drug that was mailed was taken away by nobody.
    """
    ground = Ground(
        cite="VA outpatient pharmacy, export to state programmes: record definitions",
        verified="C",
        effective_from=date(2026, 1, 1),
        dated="table",
    )
    uses = []
    for name in SEGMENT_NAMES:
        if name in ("AIR", "TP", "TT"):
            continue
        for place in range(1, len(version(VERSIONS[-1]).elements[name]) + 1):
            wanted = [(code, version(code).element(f"{name}{place:02}")) for code in VERSIONS]
            codes = tuple(code for code, one in wanted if one and one.required)
            if codes:
                uses.append(
                    Use(
                        element=f"{name}{place:02}",
                        use="required",
                        when={},
                        versions=codes,
                        says="the VA's export always sends it",
                        ground=ground,
                    )
                )
    return Overlay(state="usual", uses=tuple(uses))


USUAL = _usual()
