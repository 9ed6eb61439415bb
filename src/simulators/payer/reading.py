"""A request that the front desk let through, as typed claim values."""

from decimal import Decimal

from simulators.payer import cob, compound
from simulators.payer.claim import (
    ZERO,
    Claim,
    Intervention,
    day_or_none,
    read_day,
    same_code,
)
from simulators.payer.wire import (
    BadValue,
    Request,
    Segment,
    read_money,
    read_quantity,
)

NOTHING = Segment("", [])


def interventions(segment: Segment | None) -> tuple[Intervention, ...]:
    """The groups of a DUR/PPS segment; each begins with its counter (7E)."""
    groups: list[dict[str, str]] = []
    for field_id, value in segment.pairs if segment else []:
        if field_id == "7E":
            groups.append({})
        elif groups:
            groups[-1][field_id] = value.strip()
    return tuple(
        Intervention(group.get("E4", ""), group.get("E5", ""), group.get("E6", ""))
        for group in groups
    )


def typed_claim(request: Request, claim: int) -> Claim:
    """The typed values of a B1 that has no rejects so far.

    A request for authorization alone (P4) has no price: its amounts are then zero.
    """
    insurance, patient = _need(request.segment("04")), _need(request.segment("01"))
    body = _need(request.segment("07", claim))
    pricing = request.segment("11", claim) or NOTHING
    prescriber = _need(request.segment("03", claim))
    prescribed, refills = body.get("ET"), body.get("DF")
    return Claim(
        bin=request.header["bin"],
        pcn=request.header["pcn"],
        pharmacy=request.header["provider_id"],
        service_on=read_day(request.header["service_date"]),
        group=insurance.get("C1"),
        cardholder=insurance.get("C2"),
        person=same_code(insurance.get("C3")),
        born_on=read_day(patient.get("C4")),
        last_name=patient.get("CB"),
        rx_number=same_code(body.get("D2")),
        fill_number=int(body.get("D3")),
        ndc=body.get("D7"),
        quantity=read_quantity(body.get("E7")),
        quantity_prescribed=read_quantity(prescribed) if prescribed else None,
        days=int(body.get("D5")),
        daw=body.get("D8"),
        refills=int(refills) if refills else None,
        origin=body.get("DJ"),
        prescriber=prescriber.get("DB"),
        override_codes=tuple(same_code(v) for v in body.all("DK")),
        pa_number=body.get("EV"),
        ingredient_cost_usd=_usd(pricing, "D9"),
        usual_usd=_usd(pricing, "DQ"),
        gross_usd=_usd(pricing, "DU"),
        dispensing=body.get("HD"),
        intended=read_quantity(body.get("HF")) if body.get("HF") else None,
        associated_rx=same_code(body.get("EN")),
        associated_on=day_or_none(body.get("EP")),
        sex=patient.get("C5"),
        first_name=patient.get("CA"),
        relationship=insurance.get("C6"),
        basis=pricing.get("DN"),
        incentive_usd=_usd(pricing, "E3"),
        other_coverage=body.get("C8"),
        others=cob.other_payers(request.segment("05", claim)),
        ingredients=compound.ingredients(request.segment("10", claim)),
        interventions=interventions(request.segment("08", claim)),
        diagnoses=tuple((request.segment("13", claim) or NOTHING).all("DO")),
        coupon=(request.segment("09", claim) or NOTHING).get("ME"),
        prescriber_name=prescriber.get("DR"),
    )


def _usd(pricing: Segment, field_id: str) -> Decimal:
    return read_money(pricing.get(field_id)) if pricing.get(field_id) else ZERO


def _need(segment: Segment | None) -> Segment:
    if segment is None:
        raise BadValue("a required segment is missing")
    return segment
