"""What people type about recalls, read into typed values or refused by field."""

import re
from datetime import date
from enum import StrEnum
from typing import TypeVar

from django.http import QueryDict

from apothecary.drugs.barcode import package_of
from apothecary.drugs.recalled_lots import typed_lots
from apothecary.law.problem import Problem, Refused, refuse, refuse_if
from apothecary.returns.recalls.rules import Typed
from apothecary.returns.recalls.states import Depth, Kind
from apothecary.returns.recalls.working import Meant
from apothecary.stock.forms import parse_day, read_code

LONGEST_LINE, LONGEST_TEXT, MOST_CODES = 300, 4_000, 100
Choice = TypeVar("Choice", bound=StrEnum)


def line(typed: QueryDict, name: str, *, longest: int = LONGEST_LINE) -> str:
    """What somebody typed into a field; too long is refused, never cut."""
    said = typed.get(name, "").strip()
    if len(said) > longest:
        says = f"That is {len(said)} characters; {longest} is the most."
        raise refuse(says, code="too-long", field=name)
    return said


def choice(typed: QueryDict, name: str, of: type[Choice]) -> Choice:
    """One of a closed list, or a refusal by field."""
    said = typed.get(name, "").strip()
    try:
        return of(said)
    except ValueError as bad:
        raise refuse(f"{said[:40]!r} is no {name}.", code="bad-choice", field=name) from bad


def day(typed: QueryDict, name: str) -> date | None:
    """A day, or none where nothing was typed."""
    said = typed.get(name, "").strip()
    found = parse_day(said)
    if said and found is None:
        raise refuse(f"{said[:40]!r} is no date.", code="bad-day", field=name)
    return found


def packages_typed(text: str) -> frozenset[int]:
    """The packages of NDCs by lines, blanks or commas; every one that is unknown is named."""
    codes = [one for one in re.split(r"[\s,;]+", text.strip()) if one]
    if len(codes) > MOST_CODES:
        says = f"{len(codes)} codes are more than {MOST_CODES}."
        raise refuse(says, code="too-many", field="ndc")
    found, problems = set(), []
    for code in codes:
        try:
            found.add(package_of(read_code(code)).pk)
        except Refused as refusal:
            says = f"{code[:30]}: {refusal.problems[0].says}"
            problems.append(Problem(says, field="ndc", code="bad-ndc"))
    refuse_if(problems)
    return frozenset(found)


def read_notice(typed: QueryDict) -> tuple[Typed, frozenset[int], str]:
    """A notice off a letter, its packages, and what the firm asks to be done."""
    packages = packages_typed(typed.get("ndc", ""))
    every = typed.get("every_lot", "") == "yes"
    notice = Typed(
        number=line(typed, "number", longest=60),
        kind=choice(typed, "kind", Kind),
        recall_class=line(typed, "recall_class", longest=10),
        depth=choice(typed, "depth", Depth),
        firm=line(typed, "firm"),
        product=line(typed, "product"),
        reason=line(typed, "reason", longest=1_000),
        packages=len(packages),
        lots=typed_lots(line(typed, "lots", longest=LONGEST_TEXT)),
        every_lot=every,
        issued_on=day(typed, "issued_on"),
        reply_by=day(typed, "reply_by"),
        patients_since=day(typed, "patients_since"),
    )
    return notice, packages, line(typed, "instructions", longest=LONGEST_TEXT)


def read_meant(typed: QueryDict) -> Meant:
    """Which lots a notice is about: those ticked and those typed."""
    ticked = tuple(one.strip() for one in typed.getlist("lot") if one.strip())
    lots = (*ticked, *typed_lots(line(typed, "lots", longest=LONGEST_TEXT)))
    return Meant(
        lots=tuple(dict.fromkeys(lots)),
        every_lot=typed.get("every_lot", "") == "yes",
        because=line(typed, "because", longest=1_000),
    )
