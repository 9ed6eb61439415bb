"""Numbers that identify prescribers: what can be judged from the number alone."""

import re
from datetime import date

from apothecary.law.problem import Problem
from apothecary.law.tables import federal

_DEA = re.compile(r"[A-Z][A-Z9][0-9]{7}(-[A-Z0-9]{1,35})?")
_LICENCE = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{0,34}")
_ISSUER = "80840"


def npi_problems(npi: str, *, on: date) -> list[Problem]:
    """Why this is not a well-formed NPI (45 CFR 162.406); none means the form is right."""
    row = federal("NPI-001", on=on)
    if not re.fullmatch(rf"[0-9]{{{row.number()}}}", npi):
        return [
            row.problem(
                f"NPI {npi!r} is not {row.number()} digits.", code="npi-form", field="npi"
            )
        ]
    if npi[0] not in "12":
        return [
            row.problem(f"NPI {npi} does not begin with 1 or 2.", code="npi-start", field="npi")
        ]
    if _luhn_sum(_ISSUER + npi) % 10:
        return [
            row.problem(
                f"The check digit of NPI {npi} is wrong: a digit was mistyped.",
                code="npi-check-digit",
                field="npi",
            )
        ]
    return []


def dea_problems(number: str, *, on: date) -> list[Problem]:
    """Why this is not a well-formed DEA number; none means form and check digit are right.

    A hospital's internal suffix after a hyphen is accepted and not judged.
    """
    row = federal("DEA-181", on=on)
    if not _DEA.fullmatch(number) or len(number.partition("-")[0]) != row.number():
        return [
            row.problem(
                f"DEA number {number!r} is not two characters and seven digits.",
                code="dea-form",
                field="dea",
            )
        ]
    digits = [int(digit) for digit in number[2:9]]
    if (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 != digits[6]:
        return [
            row.problem(
                f"The check digit of DEA number {number} is wrong.",
                code="dea-check-digit",
                field="dea",
            )
        ]
    return []


def dea_surname_hint(number: str, last_name: str) -> str:
    """A hint, never a refusal: the second letter is usually the surname's, or 9; else empty.

    People marry and change names, and a hospital's number carries its own initial.
    """
    initial = last_name.strip()[:1].upper()
    second = number[1:2].upper()
    if not initial or not second or second in ("9", initial):
        return ""
    return (
        f"The second character of DEA number {number} is {second}, "
        f"the surname begins with {initial}."
    )


def licence_problems(
    number: str, state_code: str, expires_on: date | None, *, on: date
) -> list[Problem]:
    """Why this state licence does not stand on that day; the last day itself still counts."""
    problems = []
    if not _LICENCE.fullmatch(number.upper()):
        problems.append(
            Problem(
                f"Licence number {number!r} is not a licence number.",
                code="licence-form",
                field="licence",
            )
        )
    if not re.fullmatch(r"[A-Z]{2}", state_code):
        problems.append(
            Problem(
                f"Licence state {state_code!r} is not a two-letter state code.",
                code="licence-state",
                field="licence_state",
            )
        )
    if expires_on is not None and on > expires_on:
        problems.append(
            Problem(
                f"Licence {number} expired on {expires_on}.",
                code="licence-expired",
                field="licence_expires_on",
            )
        )
    return problems


def _luhn_sum(digits: str) -> int:
    doubled = [
        int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))
    ]
    return sum(value - 9 if value > 9 else value for value in doubled)
