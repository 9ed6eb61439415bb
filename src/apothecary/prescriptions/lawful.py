"""From a prescription on file to what the law asks of what it carries."""

from datetime import date

from apothecary.law.carried import CarriedFacts, carried_problems, refusals
from apothecary.law.mandates import MandateFacts
from apothecary.law.problem import Problem
from apothecary.law.purpose import PurposeFacts
from apothecary.law.signers import SignerFacts, kind_of
from apothecary.law.supply_limits import SupplyFacts
from apothecary.prescriptions.carried import AcutePain, MadeAs
from apothecary.prescriptions.emergency.rules import Taken
from apothecary.prescriptions.emergency.taking import (
    emergency_mending_problems,
    emergency_taking_problems,
    write_order_down,
)
from apothecary.prescriptions.models import LAW_ORIGIN, Dispensed, Origin, Prescription
from apothecary.prescriptions.series import cii_series_problems

# What the acts that enter and mend ask of the law beside the rules on filling.
__all__ = [
    "Taken",
    "carried_facts",
    "carried_refusals",
    "cii_series_problems",
    "emergency_mending_problems",
    "emergency_taking_problems",
    "purpose_of",
    "write_order_down",
]

# Every salt of gamma-hydroxybutyric acid that is sold carries this word in its name.
GHB = "oxybate"
AGENT = "agent"


def carried_facts(
    rx: Prescription,
    *,
    state: str,
    drug: str,
    opioid: bool = False,
    part_d: bool = False,
    days_left: int = 0,
) -> CarriedFacts:
    """What the law looks at; ``state`` is the pharmacy's, ``drug`` the product's name.

    Whether it is an opioid, who pays and how many days are left, screening knows and entry does
    not: entry judges without them, review with them.
    """
    prescriber = rx.prescriber
    return CarriedFacts(
        mandate=MandateFacts(
            state=state,
            schedule=rx.schedule,
            origin=LAW_ORIGIN[Origin(rx.origin)],
            opioid=opioid,
            part_d=part_d,
            exception=rx.mandate_exception,
        ),
        purpose=purpose_of(rx, drug),
        signer=SignerFacts(
            kind=kind_of(prescriber.credential),
            state=prescriber.state or prescriber.licence_state or state,
            dea=prescriber.dea,
        ),
        supply=SupplyFacts(
            condition_code=rx.condition_code,
            opioid=opioid,
            acute=rx.acute_pain != AcutePain.NO,
            exception=rx.acute_pain == AcutePain.EXCEPTION,
            days_left=days_left,
        ),
    )


def purpose_of(rx: Prescription, drug: str) -> PurposeFacts:
    """What was seen and asked; a doubt is resolved at review, where the answer is kept."""
    made = rx.made_as
    return PurposeFacts(
        red_flags=(rx.doubt.rstrip("."),) if rx.doubt else (),
        for_office_stock=made == MadeAs.OFFICE,
        ghb=GHB in drug.lower(),
        medical_need=rx.diagnosis or rx.note,
        signed_by=AGENT if made == MadeAs.AGENT else "practitioner",
        by_telemedicine_alone=made == MadeAs.TELEMEDICINE,
        printout_of_electronic=made == MadeAs.PRINTOUT,
        reissued_after_failure=made in {MadeAs.REISSUED, MadeAs.REISSUED_SILENT},
        says_reissued=made != MadeAs.REISSUED_SILENT,
    )


# Where a rule says what it looked at, the form says what was typed.
_TYPED_AS = {
    **dict.fromkeys(
        ("for_office_stock", "signed_by", "printout_of_electronic", "says_reissued"), "made_as"
    ),
    "medical_need": "diagnosis",
}


def carried_refusals(rx: Prescription, *, state: str, on: date) -> list[Problem]:
    """Why it may not be entered with what it carries; each problem names the field typed."""
    rx_facts = rx.facts(state=state, dispensed=Dispensed())
    facts = carried_facts(rx, state=state, drug=rx.package.product.name)
    found = refusals(carried_problems(rx_facts, facts, on=on))
    return [
        Problem(one.says, one.cite, one.code, one.verified, _TYPED_AS.get(one.field, one.field))
        for one in found
    ]
