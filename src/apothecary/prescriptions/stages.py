"""The stages of the way as the left side of the workstation shows them, with their digits."""

from dataclasses import dataclass

from apothecary.prescriptions.states import FillState


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: the digit that chooses it and the states of a fill that stand in it."""

    digit: str
    slug: str
    label: str
    states: tuple[FillState, ...]


# What has arrived and is not yet a prescription is counted under the first two by intake.
STAGES = (
    Stage("1", "intake", "Intake", ()),
    Stage("2", "entry", "Entry", (FillState.ENTRY,)),
    Stage("3", "screening", "Screening", (FillState.SCREENING, FillState.REVIEW)),
    Stage("4", "rejects", "Rejects", (FillState.REJECTED,)),
    Stage("5", "fill", "Fill", (FillState.WAITING, FillState.FILLING)),
    Stage("6", "check", "Check", (FillState.CHECK,)),
    Stage("7", "ready", "Ready", (FillState.READY,)),
    Stage("8", "short", "Out of stock", (FillState.SHORT,)),
    # 9 is kept for the calls. What the payer has is nobody's turn and needs no key.
    Stage("", "payer", "Payer", (FillState.CLAIM,)),
)
BY_SLUG = {stage.slug: stage for stage in STAGES}
STAGE_OF = {state: stage for stage in STAGES for state in stage.states}
