"""The bodies of the messages, each read with all its faults."""

from datetime import date

from apothecary.wires.script.look import Look
from apothecary.wires.script.medication import read_medication
from apothecary.wires.script.model import (
    Acknowledgement,
    Allergy,
    Body,
    CancelRx,
    Coverage,
    Leaf,
    Measurement,
    NewRx,
    Prescriber,
    Response,
    Untyped,
)
from apothecary.wires.script.people import (
    read_name,
    read_patient,
    read_pharmacy,
    read_prescriber,
)
from apothecary.wires.script.xml import local_name

_STATUS_CODES = ("000", "001", "002", "003", "005", "010")
_ERROR_CODES = ("600", "601", "602", "700", "900")
_OUTCOMES = (
    "Approved",
    "Denied",
    "DeniedNewPrescriptionToFollow",
    "ApprovedWithChanges",
    "Replace",
    "Validated",
)
_NEW_RX_ORDER = (
    "MessageRequestCode ReturnReceipt RequestReferenceNumber UrgencyIndicatorCode "
    "AllergyOrAdverseEvent BenefitsCoordination Facility Patient Pharmacy Prescriber "
    "Observation MedicationPrescribed Supervisor ProhibitRenewalRequest FollowUpPrescriber"
)
_CANCEL_RX_ORDER = (
    "MessageRequestCode ReturnReceipt RequestReferenceNumber UrgencyIndicatorCode "
    "ChangeOfPrescriptionStatusFlag AllergyOrAdverseEvent BenefitsCoordination Facility "
    "Patient Pharmacy Prescriber Observation MedicationPrescribed Supervisor"
)


def read_body(look: Look, kind: str, *, sent_on: date | None) -> Body:
    """The typed body of a known message."""
    if kind == "NewRx":
        return _new_rx(look, sent_on)
    if kind == "CancelRx":
        return _cancel_rx(look, sent_on)
    if kind == "Status":
        return _acknowledgement(look, _STATUS_CODES)
    if kind == "Error":
        return _acknowledgement(look, _ERROR_CODES)
    if kind == "Verify":
        return _acknowledgement(look.need("VerifyStatus"), _STATUS_CODES)
    if kind in ("CancelRxResponse", "RxRenewalResponse", "RxChangeResponse"):
        return _response(look)
    return Untyped(_rest(look))


def _new_rx(look: Look, sent_on: date | None) -> NewRx:
    _warn_of_shape(look, _NEW_RX_ORDER.split())
    allergies = look.at("AllergyOrAdverseEvent")
    return NewRx(
        patient=read_patient(look, sent_on=sent_on, address_needed=True),
        pharmacy=read_pharmacy(look.at("Pharmacy")),
        prescriber=read_prescriber(look.need("Prescriber")),
        supervisor=_supervisor(look),
        medication=read_medication(look, sent_on=sent_on, full=True),
        coverages=tuple(_coverage(one) for one in look.each("BenefitsCoordination", most=4)),
        allergies=tuple(_allergy(one) for one in allergies.each("Allergies")),
        no_known_allergies=_no_known_allergies(allergies),
        measurements=_measurements(look.at("Observation")),
        urgency=look.text("UrgencyIndicatorCode", of=("S", "X")),
        request_code=look.text("MessageRequestCode"),
        prohibit_renewal=look.text("ProhibitRenewalRequest") in ("true", "1", "Y"),
        rest=_rest(look),
    )


def _cancel_rx(look: Look, sent_on: date | None) -> CancelRx:
    _warn_of_shape(look, _CANCEL_RX_ORDER.split())
    return CancelRx(
        change=look.text("ChangeOfPrescriptionStatusFlag", of=("C", "D")),
        patient=read_patient(look, sent_on=sent_on, address_needed=False),
        pharmacy=read_pharmacy(look.at("Pharmacy")),
        prescriber=read_prescriber(look.need("Prescriber")),
        supervisor=_supervisor(look),
        medication=read_medication(look, sent_on=sent_on, full=False),
        rest=_rest(look),
    )


def _rest(look: Look) -> tuple[Leaf, ...]:
    return tuple(look.leaves())


def _supervisor(look: Look) -> Prescriber | None:
    found = look.at("Supervisor")
    return read_prescriber(found) if found else None


def _warn_of_shape(look: Look, order: list[str]) -> None:
    """Children the standard does not have, or has in another order, are kept and noted."""
    names = [local_name(child) for child in look.children()]
    for name in dict.fromkeys(names):
        if name not in order:
            look.warn(name, "is not part of this message in the standard")
    places = [order.index(name) for name in names if name in order]
    if places != sorted(places):
        look.warn("", "has its parts in another order than the standard")


def _coverage(look: Look) -> Coverage:
    payer = look.at("PayerIdentification")
    holder = look.at("CardHolderName")
    return Coverage(
        bin=payer.text("IINNumber", most=35),
        pcn=payer.text("ProcessorIdentificationNumber", most=35),
        payer_id=payer.text("PayerID", most=35),
        payer_name=look.text("PayerName", most=70),
        cardholder_id=look.text("CardholderID", most=35),
        cardholder_name=read_name(holder, need_first=False) if holder else None,
        group_id=look.text("GroupID", most=35),
        group_name=look.text("GroupName", most=70),
        responsibility=look.text("PayerResponsibilityCode", of=("P", "S", "T", "U", "PP")),
        relationship=look.text("PatientRelationship", of=("1", "2", "3", "4")),
        person_code=look.text("PersonCode", most=3),
        member_id=look.text("PBMMemberID", most=80),
    )


def _allergy(look: Look) -> Allergy:
    drug = look.at("DrugProductCoded")
    return Allergy(
        substance=drug.text("Text"),
        substance_code=drug.text("Code"),
        substance_qualifier=drug.text("Qualifier"),
        event=look.at("AdverseEvent").text("Text"),
        reaction=look.at("ReactionCoded").text("Text"),
        severity=look.at("SeverityCoded").text("Text"),
    )


def _no_known_allergies(look: Look) -> bool:
    stated = look.at("NoKnownAllergies")
    return bool(stated) and stated.own_text() not in ("N", "false", "0")


def _measurements(look: Look) -> tuple[Measurement, ...]:
    found = []
    for one in look.each("Measurement", most=10):
        value = one.number("Value", need=True)
        code = one.text("VitalSign", need=True)
        unit = one.text("UnitOfMeasure", need=True)
        day = one.day("ObservationDate")
        if value is not None:
            found.append(Measurement(code, value, unit, day))
    return tuple(found)


def _acknowledgement(look: Look, codes: tuple[str, ...]) -> Acknowledgement:
    return Acknowledgement(
        code=look.text("Code", need=True, of=codes),
        description_codes=tuple(
            one.own_text() for one in look.each("DescriptionCode", most=10)
        ),
        description=look.text("Description"),
    )


def _response(look: Look) -> Response:
    answer = look.need("Response")
    found = [child for child in answer.children() if local_name(child) in _OUTCOMES]
    outcome = local_name(found[0]) if len(found) == 1 else ""
    if answer and not outcome:
        answer.fault("", f"must hold exactly one of {', '.join(_OUTCOMES)}")
    said = answer.at(outcome) if outcome else Look(None, answer.path, answer.notes)
    return Response(
        outcome=outcome,
        reason_codes=tuple(one.own_text() for one in said.each("ReasonCode", most=10)),
        denial_reason=said.text("DenialReason", most=260),
        note=said.text("Note", most=260),
        reference=said.text("ReferenceNumber", most=35),
        rest=_rest(look),
    )
