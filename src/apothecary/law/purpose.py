"""What a controlled prescription is for, who signed it and by which way it was made."""

from dataclasses import dataclass
from datetime import date

from apothecary.law.facts import RxFacts
from apothecary.law.problem import Problem, Refused
from apothecary.law.tables import Row, federal


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeFacts:
    """What was seen and asked about a prescription.

    ``red_flags``: what made somebody doubt, in words; ``resolution``: what the pharmacist
    found, empty while nobody has. ``signed_by``: ``practitioner`` or whoever did. ``ghb``: the
    drug is gamma-hydroxybutyric acid.
    """

    red_flags: tuple[str, ...] = ()
    resolution: str = ""
    for_office_stock: bool = False
    ghb: bool = False
    medical_need: str = ""
    signed_by: str = "practitioner"
    by_telemedicine_alone: bool = False
    printout_of_electronic: bool = False
    reissued_after_failure: bool = False
    says_reissued: bool = True


def purpose_problems(rx: RxFacts, facts: PurposeFacts, *, on: date) -> list[Problem]:
    """Every reason the purpose or the making of the prescription stops it; none means go ahead.

    21 CFR 1306.04, 1306.05(c) and (f), 1307.41, 1311.170; nothing is asked of a prescription
    that is not controlled.
    """
    if not rx.controlled:
        return []
    return [
        *_doubt_problems(facts, on=on),
        *_signer_problems(facts, on=on),
        *_way_problems(facts, on=on),
    ]


def three_day_problems(days_supply: int, *, on: date) -> list[Problem]:
    """Why a practitioner may not dispense so much at one time to relieve withdrawal."""
    row = federal("DEA-190", on=on)
    if 0 < days_supply <= row.number():
        return []
    says = f"One to {row.number()} days' supply may be given at one time, not {days_supply}."
    return [row.problem(says, code="withdrawal-supply", field="days_supply")]


def x_number_needed(*, on: date) -> bool:
    """Whether buprenorphine for opioid use disorder needs a number beside the DEA number."""
    return federal("DEA-013", on=on).yes()


def _doubt_problems(facts: PurposeFacts, *, on: date) -> list[Problem]:
    problems = []
    duty = federal("DEA-003", on=on)
    if duty.yes() and facts.red_flags and not facts.resolution:
        flags = "; ".join(facts.red_flags)
        problems.append(
            duty.problem(
                f"A pharmacist has not resolved yet: {flags}.",
                code="purpose-unresolved",
                field="resolution",
            )
        )
    stock = federal("DEA-004", on=on)
    if stock.yes() and facts.for_office_stock:
        says = "A prescription may not stock a practitioner's office: it is ordered instead."
        problems.append(
            stock.problem(says, code="purpose-office-stock", field="for_office_stock")
        )
    need = federal("DEA-012", on=on)
    if need.yes() and facts.ghb and not facts.medical_need:
        says = "The prescription does not note the medical need."
        problems.append(
            need.problem(says, code="purpose-no-medical-need", field="medical_need")
        )
    return problems


def _signer_problems(facts: PurposeFacts, *, on: date) -> list[Problem]:
    row = federal("DEA-014", on=on)
    if facts.signed_by in row.names():
        return []
    says = f"Signed by {facts.signed_by}: an agent may prepare, the practitioner signs."
    return [row.problem(says, code="purpose-signer", field="signed_by")]


def _way_problems(facts: PurposeFacts, *, on: date) -> list[Problem]:
    problems = []
    if facts.by_telemedicine_alone:
        problems.extend(_telemedicine_problems(on=on))
    printed = federal("DEA-175", on=on)
    if printed.yes() and facts.printout_of_electronic:
        says = "This is the printout of a prescription that was sent electronically."
        problems.append(
            printed.problem(says, code="purpose-printout", field="printout_of_electronic")
        )
    again = federal("DEA-175/reissue", on=on)
    if again.yes() and facts.reissued_after_failure and not facts.says_reissued:
        says = "It replaces one whose transmission failed, and does not say so."
        problems.append(again.problem(says, code="purpose-reissue", field="says_reissued"))
    return problems


def _telemedicine_problems(*, on: date) -> list[Problem]:
    try:
        row: Row = federal("DEA-191", on=on)
    except Refused as doubtful:
        # One reason among others, not the end of the judgement: the pharmacist decides.
        return doubtful.problems
    if row.yes():
        return []
    says = "The prescriber has never seen the patient in person."
    return [row.problem(says, code="purpose-telemedicine", field="by_telemedicine_alone")]
