"""Ordering C-II on paper: what a Form 222 shows, how long it is good, what makes it void.

One sheet since 30 October 2021 (21 CFR part 1305, 84 FR 51368). A defect is never corrected:
the form is void and another is written.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from apothecary.law.calendar_days import days_after
from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words, missing_problems
from apothecary.law.tables import federal


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLine:
    """One line of the form; ``packages`` ordered, ``received`` so far."""

    number: int
    packages: int
    shown: frozenset[str]
    received: int = 0
    void: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFacts:
    """A Form 222 as it lies there.

    ``shown``: elements of the head, signature and date among them. ``defects``: what somebody
    sees on the paper, by the names of row DEA-105. ``signer_may_order``: the registrant or the
    holder of a living power of attorney.
    """

    shown: frozenset[str]
    lines: tuple[FormLine, ...]
    lines_completed: int
    signed_on: date | None
    signer_may_order: bool
    defects: frozenset[str] = frozenset()
    sheets: int = 1
    copy_kept: bool = True
    void: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormReceipt:
    """Packages of one line that came on a day; ``shown``: what was written beside the line."""

    line: int
    packages: int
    received_on: date
    shown: frozenset[str]


def form_problems(form: FormFacts, *, on: date) -> list[Problem]:
    """Every reason this form may not be sent or filled on that day; none means go ahead."""
    return [
        *_paper_problems(form, on=on),
        *_head_problems(form, on=on),
        *_line_problems(form, on=on),
        *_time_problems(form, on=on),
    ]


def form_receipt_problems(form: FormFacts, receipt: FormReceipt, *, on: date) -> list[Problem]:
    """Why these packages may not be received on this form (21 CFR 1305.13)."""
    beside = federal("DEA-103", on=on)
    problems = _time_problems(form, on=receipt.received_on)
    if form.void:
        problems.append(_void(on=on))
    if receipt.received_on > on:
        says = f"The receipt is dated {receipt.received_on}, which is still to come."
        problems.append(beside.problem(says, code="form222-receipt-ahead", field="received_on"))
    problems.extend(
        missing_problems(
            beside, receipt.shown, what=f"Line {receipt.line}", code="form222-receipt"
        )
    )
    line = next((each for each in form.lines if each.number == receipt.line), None)
    if line is None or line.void:
        says = f"The form has no line {receipt.line} that is not void."
        return [*problems, beside.problem(says, code="form222-no-such-line", field="line")]
    total = line.received + receipt.packages
    if receipt.packages <= 0 or total > line.packages:
        says = (
            f"Line {line.number}: {receipt.packages} packages beside {line.received} received "
            f"earlier; {line.packages} were ordered."
        )
        problems.append(beside.problem(says, code="form222-packages", field="packages"))
    return problems


def form_good_until(signed_on: date, *, on: date) -> date:
    """The last day on which an order signed on that day is filled, in part or whole."""
    return days_after(signed_on, federal("DEA-104", on=on).number())


def lost_form_problems(stated: AbstractSet[str], *, new_form: bool, on: date) -> list[Problem]:
    """What is missing when a form was lost on its way to the supplier (21 CFR 1305.16)."""
    row = federal("DEA-106", on=on)
    problems = missing_problems(row, stated, what="The statement", code="form222-lost")
    if not new_form:
        says = "The statement goes with a new form."
        problems.append(row.problem(says, code="form222-lost-new-form", field="new_form"))
    return problems


def _paper_problems(form: FormFacts, *, on: date) -> list[Problem]:
    problems = []
    sheets = federal("DEA-100", on=on)
    if form.sheets != sheets.number():
        says = f"The form has {form.sheets} sheets; only the form of one sheet is good."
        problems.append(sheets.problem(says, code="form222-sheets", field="sheets"))
    row = federal("DEA-105", on=on)
    problems.extend(
        row.problem(
            f"The form is {in_words(defect)}: it is void and a new one is written.",
            code=f"form222-{defect}",
            field="defects",
        )
        for defect in row.names()
        if defect in form.defects
    )
    if form.void:
        problems.append(_void(on=on))
    return problems


def _head_problems(form: FormFacts, *, on: date) -> list[Problem]:
    head, signed = federal("DEA-101/form", on=on), federal("DEA-102", on=on)
    problems = [
        *missing_problems(head, form.shown, what="The form", code="form222"),
        *missing_problems(signed, form.shown, what="The form", code="form222"),
    ]
    if not form.signer_may_order:
        says = "Neither the registrant nor the holder of a power of attorney signed it."
        problems.append(signed.problem(says, code="form222-signer", field="signer_may_order"))
    copy = federal("DEA-103/copy", on=on)
    if copy.yes() and not form.copy_kept:
        says = "Keep a copy before the original goes to the supplier."
        problems.append(copy.problem(says, code="form222-copy", field="copy_kept"))
    return problems


def _line_problems(form: FormFacts, *, on: date) -> list[Problem]:
    most, shows = federal("DEA-101", on=on), federal("DEA-101/line", on=on)
    problems = []
    if not 0 < len(form.lines) <= most.number():
        says = f"The form has {len(form.lines)} lines; it holds 1 to {most.number()}."
        problems.append(most.problem(says, code="form222-lines", field="lines"))
    if form.lines_completed != len(form.lines):
        says = f"It says {form.lines_completed} lines were completed; {len(form.lines)} were."
        problems.append(most.problem(says, code="form222-count", field="lines_completed"))
    if [line.number for line in form.lines] != list(range(1, len(form.lines) + 1)):
        says = "Each line is used once, in the order of its number."
        problems.append(most.problem(says, code="form222-numbers", field="lines"))
    for line in form.lines:
        what = f"Line {line.number}"
        problems.extend(missing_problems(shows, line.shown, what=what, code="form222-line"))
        if line.packages <= 0:
            says = f"{what} orders {line.packages} packages: it must be above zero."
            problems.append(shows.problem(says, code="form222-nothing", field="packages"))
    return problems


def _time_problems(form: FormFacts, *, on: date) -> list[Problem]:
    if form.signed_on is None:
        return []
    row = federal("DEA-104", on=on)
    last = form_good_until(form.signed_on, on=on)
    if form.signed_on > on:
        says = f"The form is dated {form.signed_on}, which is still to come."
        return [row.problem(says, code="form222-postdated", field="signed_on")]
    if on <= last:
        return []
    says = f"The form of {form.signed_on} was good until {last}: what is open on it is void."
    return [row.problem(says, code="form222-expired", field="signed_on")]


def _void(*, on: date) -> Problem:
    says = "The form is void."
    return federal("DEA-105", on=on).problem(says, code="form222-void", field="void")
