"""The way of a Form 222: one table, and the reason where a step is not on it. Pure."""

from enum import StrEnum

from apothecary.law.problem import Problem


class FormState(StrEnum):
    WRITTEN = "being written"
    SIGNED = "signed"
    SENT = "sent"
    FILLED = "filled"
    VOID = "void"
    LOST = "lost"
    CANCELLED = "cancelled"


class SignedAs(StrEnum):
    """In whose right it was signed (21 CFR 1305.05)."""

    REGISTRANT = "registrant"
    ATTORNEY = "holder of a power of attorney"


# Packages taken off again make a filled form a sent one.
MOVES: dict[FormState, frozenset[FormState]] = {
    FormState.WRITTEN: frozenset({FormState.SIGNED, FormState.VOID}),
    FormState.SIGNED: frozenset({FormState.SENT, FormState.VOID}),
    FormState.SENT: frozenset(
        {FormState.FILLED, FormState.VOID, FormState.LOST, FormState.CANCELLED}
    ),
    FormState.FILLED: frozenset({FormState.SENT}),
    FormState.VOID: frozenset(),
    FormState.LOST: frozenset(),
    FormState.CANCELLED: frozenset(),
}
ENDED = frozenset({FormState.VOID, FormState.LOST, FormState.CANCELLED})
LIVE = frozenset(FormState) - ENDED


def move_problems(now: FormState, to: FormState) -> list[Problem]:
    """Why a form may not go from where it is to there."""
    if to in MOVES[now]:
        return []
    says = f"The form is {now.value}: it cannot become {to.value}."
    return [Problem(says, code="form-state", field="state")]
