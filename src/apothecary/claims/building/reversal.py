"""Taking back what was sent: read from the bytes of it, since the fill may have changed."""

from apothecary.claims.building.places import Place
from apothecary.claims.building.requests import VENDOR, any_payer
from apothecary.claims.building.segments import Said
from apothecary.claims.building.sheets import Sheet
from apothecary.wires import Malformed
from apothecary.wires.telecom import Draft, Message, RequestHeader, build_request, read
from apothecary.wires.telecom.message import Segment
from apothecary.wires.telecom.tables import REQUEST_PLACES

REVERSED_BY = {"B1": "B2", "B3": "B2", "P1": "B2", "N1": "N2", "N3": "N2"}
KEYS = ("EM", "D2", "E1", "D7", "D3")
CARD = ("C2", "C1")


def reversal_of(billing: bytes, sheet: Sheet | None = None) -> bytes:
    """The bytes that take this claim or report back: same payer, card, day, number, product.

    Beyond these keys it repeats what the payer's sheet asks for. Raises Malformed.
    """
    billed = read(billing)
    code = REVERSED_BY.get(billed.transaction_code)
    if code is None:
        reason = f"{billed.transaction_code!r} is nothing that can be taken back"
        raise Malformed("header transaction_code", reason)
    service_on = billed.service_on
    if service_on is None:
        raise Malformed("header date_of_service", "is missing in the claim to reverse")
    drafts = _drafts(billed, (sheet or any_payer()).reversal)
    places = REQUEST_PLACES[code]
    return build_request(
        RequestHeader(
            bin=billed.header["bin"],
            transaction_code=code,
            pcn=billed.header["pcn"],
            service_provider_id=billed.header["service_provider_id"],
            date_of_service=service_on,
            software_vendor_certification_id=VENDOR,
        ),
        transmission=[drafts[one] for one in places.transmission if one in drafts],
        transactions=[[drafts[one] for one in places.transactions if one in drafts]],
    )


def _drafts(billed: Message, wanted: tuple[Place, ...]) -> dict[str, Draft]:
    if not billed.transactions:
        raise Malformed("message", "holds no claim to reverse")
    body = billed.transactions[0]
    fields: dict[str, dict[str, Said]] = {
        "04": {},
        # The keys are named even when empty, so that a claim without one is refused by field.
        "07": {name: body.raw("07", name) or "" for name in KEYS},
    }
    insured = billed.transmission.segment("04")
    fields["04"] |= {
        name: insured.shown(name) for name in CARD if insured and insured.raw(name)
    }
    # A part and its completion may have number, day and product in common.
    fields["07"] |= {"HD": status} if (status := body.raw("07", "HD")) else {}
    for segment_id, name in wanted:
        segment = body.segment(segment_id) or billed.transmission.segment(segment_id)
        if segment and (said := _repeated(segment, name)):
            fields.setdefault(segment_id, {}).update(said)
    return {name: Draft(name, said) for name, said in fields.items()}


def _repeated(segment: Segment, name: str) -> dict[str, Said]:
    if segment.id == "05":
        return {"4C": [{"5C": one.shown("5C")} for one in segment.repeats("4C")]}
    value = segment.value(name)
    return {} if value in (None, "") else {name: value}
