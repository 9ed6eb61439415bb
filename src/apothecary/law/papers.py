"""What goes with a fill besides its label, and what is screened before it."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from apothecary.law.problem import Problem
from apothecary.law.recorded import missing_problems
from apothecary.law.tables import Row, federal, state


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersFacts:
    """A fill as it is packed.

    ``exempt_as``: one of the exempt kinds of row CPSC-1700, or empty. ``opted_out``: patient
    or prescriber asked for a plain closure.
    """

    state: str
    oral: bool
    child_resistant: bool = True
    exempt_as: str = ""
    opted_out: bool = False
    has_medication_guide: bool = False
    guide_given: bool = False
    side_effects_statement: bool = True
    reads_english: bool = True
    label_translated: bool = False


def papers_problems(facts: PapersFacts, *, on: date) -> list[Problem]:
    """Every paper or closure this fill lacks; none means it may be packed.

    16 CFR 1700.14-.15, 21 CFR 208.24, 21 CFR 209.10-.11, and the state on translation.
    """
    return [
        *_closure_problems(facts, on=on),
        *_leaflet_problems(facts, on=on),
        *_language_problems(facts, on=on),
    ]


def screen_problems(screened: AbstractSet[str], *, on: date) -> list[Problem]:
    """Which screens of a prospective review were not made (42 USC 1396r-8(g))."""
    row = federal("OBRA-90/screens", on=on)
    return missing_problems(row, screened, what="The review", code="review")


def _closure_problems(facts: PapersFacts, *, on: date) -> list[Problem]:
    row = federal("CPSC-1700", on=on)
    free = facts.opted_out or facts.exempt_as in row.names()
    if facts.child_resistant or not facts.oral or free:
        return []
    says = "A drug taken by mouth needs a child-resistant closure; nobody asked for another."
    return [row.problem(says, code="papers-closure", field="child_resistant")]


def _leaflet_problems(facts: PapersFacts, *, on: date) -> list[Problem]:
    problems = []
    guide = federal("FDA-208", on=on)
    if guide.yes() and facts.has_medication_guide and not facts.guide_given:
        says = "The drug's Medication Guide is not with the fill."
        problems.append(guide.problem(says, code="papers-guide", field="guide_given"))
    effects = federal("FDA-209", on=on)
    if effects.yes() and not facts.side_effects_statement:
        says = "The side effects statement is not with the fill."
        problems.append(
            effects.problem(says, code="papers-side-effects", field="side_effects_statement")
        )
    return problems


def _language_problems(facts: PapersFacts, *, on: date) -> list[Problem]:
    if facts.reads_english or facts.label_translated:
        return []
    row = state(facts.state, "translated_labels", on=on)
    if isinstance(row, Row) and row.yes():
        says = "The patient does not read English and the label is not translated."
        return [row.problem(says, code="papers-language", field="label_translated")]
    return []
