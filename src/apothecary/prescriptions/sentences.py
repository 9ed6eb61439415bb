"""Where it is, why it waits, whose turn, which key: one sentence, for staff and patient."""

from dataclasses import dataclass

from apothecary.prescriptions.states import FillState


@dataclass(frozen=True, slots=True)
class WhereFacts:
    """What the sentence is made of."""

    state: FillState
    because: str = ""
    owner: str = ""
    bin: str = ""
    waiter: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """The sentence for the staff, the same for the patient, whose turn it is, the next key."""

    staff: str
    patient: str
    turn: str
    key: str


TECHNICIAN, PHARMACIST, HOUSE, NOBODY = "technician", "pharmacist", "Apothecary", ""

# state: staff sentence (with the reason in it where there is one), patient sentence, turn, key
SAID = {
    FillState.ENTRY: (
        "In entry{colon}: F10 when it is right.",
        "We are entering your prescription.",
        TECHNICIAN,
        "F10",
    ),
    FillState.SCREENING: (
        "Being screened: it moves on by itself.",
        "We are checking your prescription against your record.",
        HOUSE,
        "",
    ),
    FillState.REVIEW: (
        "Waits for the pharmacist{colon}: F10 to review.",
        "The pharmacist is looking at your prescription.",
        PHARMACIST,
        "F10",
    ),
    FillState.CLAIM: (
        "The claim is out{colon}: it moves on with the answer.",
        "We are asking your insurance.",
        HOUSE,
        "",
    ),
    FillState.REJECTED: (
        "Rejected{space}: F6 to work it.",
        "Your insurance has a question; we are working on it.",
        TECHNICIAN,
        "F6",
    ),
    FillState.WAITING: (
        "Ready to fill: scan its number or F10 to start.",
        "Your prescription is about to be filled.",
        TECHNICIAN,
        "F10",
    ),
    FillState.SHORT: (
        "Out of stock{colon}: F10 when it has come.",
        "We are waiting for the medicine to come in.",
        TECHNICIAN,
        "F10",
    ),
    FillState.FILLING: (
        "Being filled{by}: scan the bottle.",
        "Your prescription is being filled.",
        TECHNICIAN,
        "scan",
    ),
    FillState.CHECK: (
        "Waits for the pharmacist's check: F10 to approve.",
        "The pharmacist is checking your medicine.",
        PHARMACIST,
        "F10",
    ),
    FillState.READY: (
        "Ready{bin}: scan the bag to sell it.",
        "Your prescription is ready to be picked up.",
        TECHNICIAN,
        "F9",
    ),
    FillState.SOLD: ("Sold.", "You have picked it up.", NOBODY, ""),
    FillState.RETURNED: (
        "Returned to stock{colon}.",
        "It was put back because it was not picked up; we can fill it again.",
        NOBODY,
        "",
    ),
    FillState.CANCELLED: ("Cancelled{colon}.", "It was cancelled.", NOBODY, ""),
}


def where_it_is(facts: WhereFacts) -> Where:
    """One sentence about a fill; every state has one."""
    staff, patient, turn, key = SAID[facts.state]
    parts = {
        "colon": f" ({facts.because})" if facts.because else "",
        "space": f" {facts.because}" if facts.because else "",
        "by": f" by {facts.owner}" if facts.owner else "",
        "bin": f" in bin {facts.bin}" if facts.bin else ", not in a bin yet",
    }
    said = staff.format(**parts)
    return Where(staff=said, patient=patient, turn=turn, key=key)
