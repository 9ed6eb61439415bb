"""What the house looks at on a Form 222 beside the law of its fields. Pure.

Marks: that the number has nine digits is common knowledge of the form (K); lengths are the
house's own (C).
"""

from apothecary.law.problem import Problem

DIGITS = 9
MOST_PACKAGES = 9_999
LONGEST = 200
# As many lines as a form has can be read off it (row DEA-101).
LINES_TYPED = 20
CITE_NUMBER = "21 CFR 1305.11(d)"


def serial_problems(serial: str) -> list[Problem]:
    """Why this is not the number printed on a Form 222."""
    if serial.isascii() and serial.isdigit() and len(serial) == DIGITS:
        return []
    says = f"The number of a Form 222 has {DIGITS} digits: {serial!r} has not."
    return [Problem(says, CITE_NUMBER, "form222-serial", "K", "serial")]


def text_problems(field: str, text: str, *, what: str) -> list[Problem]:
    """Why this is no name, address or reason."""
    if not text.strip():
        return [Problem(f"Say {what}.", code="missing", field=field)]
    if len(text) > LONGEST:
        return [Problem(f"At most {LONGEST} letters.", code="too-long", field=field)]
    return []


def packages_problems(packages: int) -> list[Problem]:
    """Why so many packages cannot be written on a line."""
    if 0 < packages <= MOST_PACKAGES:
        return []
    says = f"{packages} packages are not possible: 1 to {MOST_PACKAGES:,}."
    return [Problem(says, code="bad-quantity", field="packages")]
