"""Why a pharmacist sends a fill back: coded, so that slips can be counted without blame."""

from dataclasses import dataclass

from apothecary.prescriptions.states import FillState


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with its code, its words, and the stage it sends the fill back to."""

    code: str
    says: str
    to: FillState


REASONS = {
    reason.code: reason
    for reason in (
        Reason("wrong-drug", "wrong drug or strength in the vial", FillState.FILLING),
        Reason("wrong-count", "wrong count", FillState.FILLING),
        Reason("label", "label unreadable, damaged or wrong", FillState.FILLING),
        Reason("package", "wrong container or cap", FillState.FILLING),
        Reason("damaged", "damaged or expiring product", FillState.FILLING),
        Reason("patient", "wrong patient entered", FillState.ENTRY),
        Reason("prescriber", "wrong prescriber entered", FillState.ENTRY),
        Reason("drug-entered", "wrong drug entered", FillState.ENTRY),
        Reason("directions", "directions entered wrongly", FillState.ENTRY),
        Reason("quantity", "quantity or days' supply entered wrongly", FillState.ENTRY),
        Reason("refills", "refills or dates entered wrongly", FillState.ENTRY),
        Reason("clarify", "to be clarified with the prescriber", FillState.ENTRY),
    )
}
