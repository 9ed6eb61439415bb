"""What the label of a dispensed drug must show."""

from collections.abc import Set as AbstractSet
from datetime import date
from enum import StrEnum

from apothecary.law.facts import CONTROLLED
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal, state

_CAUTIONED = frozenset({2, 3, 4})


class LabelElement(StrEnum):
    """Something a label shows. Directions and cautions count as shown when there are none."""

    PHARMACY_NAME = "pharmacy_name"
    PHARMACY_ADDRESS = "pharmacy_address"
    RX_NUMBER = "rx_number"
    DATE_FILLED = "date_filled"
    PRESCRIBER_NAME = "prescriber_name"
    PATIENT_NAME = "patient_name"
    DIRECTIONS = "directions"
    CAUTIONS = "cautions"
    TRANSFER_CAUTION = "transfer_caution"
    STATE_STATEMENT = "state_statement"


_BY_NAME = {element.value: element for element in LabelElement}


def required_label_elements(
    schedule: int, state_code: str, *, on: date
) -> dict[LabelElement, Row]:
    """Each element the label must show, and the row that asks for it.

    21 USC 353(b)(2) for every prescription drug; 21 CFR 1306.14 and 1306.24 for controlled
    ones; the transfer caution of 21 CFR 290.5 for C-II to C-IV; the state's statement where it
    has one.
    """
    base = federal("FDCA-503", on=on)
    needed = {_BY_NAME[name]: base for name in base.names()}
    if schedule not in CONTROLLED:
        return needed
    special = federal("DEA-070", on=on)
    needed.update({_BY_NAME[name]: special for name in special.names()})
    if schedule in _CAUTIONED:
        needed[LabelElement.TRANSFER_CAUTION] = federal("DEA-071", on=on)
    own = state(state_code, "controlled_label_statement", on=on)
    if isinstance(own, Row):
        needed[LabelElement.STATE_STATEMENT] = own
    return needed


def label_statements(schedule: int, state_code: str, *, on: date) -> list[str]:
    """The sentences the law wants word for word on this label, in the order to print them."""
    needed = required_label_elements(schedule, state_code, on=on)
    wanted = (LabelElement.TRANSFER_CAUTION, LabelElement.STATE_STATEMENT)
    return [needed[element].text() for element in wanted if element in needed]


def label_problems(
    schedule: int, state_code: str, shown: AbstractSet[LabelElement], *, on: date
) -> list[Problem]:
    """Every required element the label does not show; none means it may be printed."""
    needed = required_label_elements(schedule, state_code, on=on)
    return [
        row.problem(
            f"The label does not show the {element.value.replace('_', ' ')}.",
            code=f"label-no-{element.value.replace('_', '-')}",
            field=element.value,
        )
        for element, row in needed.items()
        if element not in shown
    ]
