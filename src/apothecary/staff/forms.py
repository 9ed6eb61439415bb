"""What people type at the door and on the list of people, read into typed values."""

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.dateparse import parse_date

from apothecary.law.problem import Problem, refuse_if
from apothecary.staff.duties import LICENCE_OF, Role

LONGEST_STATION = 40
LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to be taken on, as typed; ``licence_until`` only where the role needs one."""

    username: str
    name: str
    initials: str
    role: Role
    password: str
    pin: str
    licence_number: str
    licence_kind: str
    licence_until: date | None


def station_name(typed: str) -> str:
    """The name of a work station as it is written in the journal."""
    return " ".join(typed.split())[:LONGEST_STATION]


def read_newcomer(typed: QueryDict) -> Newcomer:
    """The newcomer, or a refusal that names every field at fault."""
    until = day_or_none(typed.get("licence_until", ""))
    refuse_if(newcomer_problems(typed, until))
    role = Role(typed.get("role", ""))
    return Newcomer(
        username=typed.get("username", "").strip(),
        name=" ".join(typed.get("name", "").split()),
        initials=typed.get("initials", ""),
        role=role,
        password=typed.get("password", ""),
        pin=typed.get("pin", "").strip(),
        licence_number=typed.get("licence_number", "").strip(),
        licence_kind=LICENCE_OF.get(role, ""),
        licence_until=until,
    )


def newcomer_problems(typed: QueryDict, until: date | None) -> list[Problem]:
    """What is missing or unreadable."""
    problems = [
        Problem(f"The {label} is missing.", field=field)
        for field, label in (
            ("username", "user name"),
            ("name", "name"),
            ("initials", "initials"),
            ("password", "password"),
            ("pin", "PIN"),
        )
        if not typed.get(field, "").strip()
    ]
    role = typed.get("role", "")
    if role not in set(Role):
        return [*problems, Problem(f"{role!r} is no role.", field="role")]
    if Role(role) in LICENCE_OF:
        if not typed.get("licence_number", "").strip():
            says = f"A {role} works under a licence: its number is missing."
            problems.append(Problem(says, field="licence_number"))
        if until is None:
            says = "The last day of the licence is missing or no date."
            problems.append(Problem(says, field="licence_until"))
    return problems


def day_or_none(typed: str) -> date | None:
    """A day as the browser's date field sends it (2026-11-22), or none."""
    try:
        return parse_date(typed.strip())
    except ValueError:
        return None


def row_number(typed: str) -> int:
    """The number of a row as a page sends it back; 0, which is no row, for anything else."""
    plain = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER
    return int(typed) if plain else 0
