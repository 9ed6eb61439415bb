"""What a suspect case must say before it goes on, and by when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apothecary.law.problem import Problem
from apothecary.purchasing.tracing.states import CaseState, FormKind, Source, Verdict

# FDA and immediate trading partners are told within 24 hours of the determination.
CITE_TELL, MARK_TELL = "FDCA 582(d)(4)(B)(ii)", "V1"
TELL_WITHIN = timedelta(hours=24)
# A notification that was received: identify, quarantine, investigate; consult before it ends.
CITE_NOTICE, MARK_NOTICE = "FDCA 582(d)(4)(B)(ii)", "V1"
CITE_INVESTIGATE, MARK_INVESTIGATE = "FDCA 582(d)(4)(A)", "V2"
CITE_DISPOSE, MARK_DISPOSE = "FDCA 582(d)(4)(B)(i)", "K"
LONGEST, LONGEST_SHORT, MOST_LOTS = 4_000, 200, 200
NOTIFIERS = frozenset({Source.PARTNER, Source.FDA})


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of a case when somebody decides on it.

    ``verdicts`` is the last word on each identifier; ``notes`` counts what people found out.
    """

    state: CaseState
    notes: int
    verdicts: tuple[tuple[str, Verdict], ...] = ()


def says_problems(says: str, *, field: str = "says") -> list[Problem]:
    """Why this is no sentence anybody can act on or read out later."""
    if not says.strip():
        return [Problem("Say what was seen, found or done.", field=field, code="no-reason")]
    if len(says) > LONGEST:
        too_long = f"At most {LONGEST:,} characters."
        return [Problem(too_long, field=field, code="too-long")]
    return []


def short_problems(text: str, *, field: str, missing: str) -> list[Problem]:
    """Why this is no short name or number; ``missing`` is said where there is none."""
    if not text.strip():
        return [Problem(missing, field=field, code="missing")]
    if len(text) > LONGEST_SHORT:
        return [Problem(f"At most {LONGEST_SHORT} characters.", field=field, code="too-long")]
    return []


def notice_problems(source: Source, reference: str, lots: Sequence[str]) -> list[Problem]:
    """Why this is no notice one can act on."""
    problems = []
    if source not in NOTIFIERS:
        says = "A notice comes from the FDA or from a trading partner."
        problems.append(Problem(says, CITE_NOTICE, "bad-source", MARK_NOTICE, "source"))
    if len(reference) > LONGEST_SHORT:
        says = f"At most {LONGEST_SHORT} characters."
        problems.append(Problem(says, field="reference", code="too-long"))
    if len(lots) > MOST_LOTS or any(len(one) > LONGEST_SHORT for one in lots):
        says = f"At most {MOST_LOTS} lots of {LONGEST_SHORT} characters."
        problems.append(Problem(says, field="lots", code="too-many"))
    return problems


def step_problems(state: CaseState, wanted: frozenset[CaseState], what: str) -> list[Problem]:
    """Why a case in that state does not go on so."""
    if state in wanted:
        return []
    known = " or ".join(sorted(one.value for one in wanted))
    says = f"The case is {state.value}: {what} when it is {known}."
    return [Problem(says, code="wrong-state")]


def clear_problems(found: Findings) -> list[Problem]:
    """Why suspect product may not be called fit: nobody looked, or a responder says no."""
    problems = step_problems(found.state, frozenset({CaseState.HELD}), "it can be cleared")
    answered = [one for _, one in found.verdicts if one is Verdict.VERIFIED]
    if not found.notes and not answered:
        says = "Nothing was found out yet: verify packages, or write down what was learned."
        problems.append(Problem(says, CITE_INVESTIGATE, "not-investigated", MARK_INVESTIGATE))
    for identifier, verdict in found.verdicts:
        if verdict is Verdict.NOT_VERIFIED:
            says = f"{identifier} was not verified: it cannot be cleared."
            problems.append(Problem(says, CITE_INVESTIGATE, "not-verified", MARK_INVESTIGATE))
    return problems


def form_problems(kind: FormKind, state: CaseState, *, incident: str) -> list[Problem]:
    """Why that notification cannot be written now."""
    past = frozenset({CaseState.ILLEGITIMATE, CaseState.NOTIFIED, CaseState.DISPOSED})
    if kind is FormKind.INITIAL:
        return step_problems(
            state, frozenset({CaseState.ILLEGITIMATE}), "the FDA is notified first"
        )
    wanted = past if kind is FormKind.FOLLOW_UP else frozenset({CaseState.DISPOSED})
    problems = step_problems(state, wanted, f"a {kind.value} is written")
    if not incident:
        says = f"A {kind.value} names the incident number the FDA gave: none is known."
        problems.append(Problem(says, CITE_TELL, "no-incident", MARK_TELL, "incident"))
    return problems


def disposal_problems(*, left_units: str, sample: str) -> list[Problem]:
    """Why the product is not disposed of: units still stand here, or no sample was kept.

    ``left_units`` names what stands where beside the sample; empty when nothing does.
    """
    problems = []
    if left_units:
        says = f"Units still stand here: {left_units}. Dispose of them in the books first."
        problems.append(Problem(says, CITE_DISPOSE, "still-here", MARK_DISPOSE))
    problems += short_problems(
        sample, field="sample", missing="Say which sample was kept, and where it is."
    )
    return problems


def hours_left(tell_by: datetime, *, at: datetime) -> int:
    """Whole hours until everybody must have been told; below zero when it is too late."""
    return (tell_by - at) // timedelta(hours=1)
