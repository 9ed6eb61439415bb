"""Packages, cases and notifications that stand where each endpoint would take them."""

from base64 import b64encode
from typing import Any

from apothecary.config.tests.world import World
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tests.yard import Yard, yard_of
from apothecary.purchasing.tracing.cases.deciding import add_note, call_illegitimate
from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.cases.opening import Suspicion, suspect_lot
from apothecary.purchasing.tracing.cases.standing import carry_in
from apothecary.purchasing.tracing.cases.telling import (
    Said,
    note_disposed,
    told_fda,
    told_partner,
    write_form,
)
from apothecary.purchasing.tracing.size import say_size
from apothecary.purchasing.tracing.states import FormKind, Grounds
from apothecary.purchasing.tracing.tests.cases import identifier, shelved, told
from apothecary.purchasing.tracing.tests.seller import GTIN, Told
from apothecary.purchasing.tracing.verifying.asking import ask
from apothecary.staff.duties import Role
from apothecary.stock.actions import move_stock, the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Lot

CASE = "/tracing/cases/{case_id}"
BECAUSE = {"because": "because"}
SIZE = "/tracing/size"
SAID = Said(event="no such serial", why_over="destroyed")


def of_tracing(world: World, path: str) -> dict[str, object]:
    """The parts of an address, each of a thing that stands where it must."""
    yard, verb = yard_of(world), path.rsplit("/", 1)[-1]
    if "{received_id}" in path:
        return {"received_id": waiting_package(world, yard)}
    if path == "/tracing/hold":
        shelved(yard, "S1")
        return {}
    told(yard, "S1", "S2")
    if "{verification_id}" in path:
        return {"verification_id": ask(by=yard.by, asked=identifier()).pk}
    if "{form_id}" in path or "{notice_id}" in path or "{case_id}" in path:
        return a_case(world, yard, verb if "{case_id}" in path else "told")
    return {}


def waiting_package(world: World, yard: Yard) -> int:
    """A package without its information, of a pharmacy that needs it."""
    say_size(by=world.workers[Role.IN_CHARGE], size="larger", evidence="payroll")
    receipt = yard.begun(yard.sent(lisinopril=1))
    came = yard.came(serial="S9")
    return yard.takes_in(receipt, came, condition=Condition.NO_INFORMATION).pk


def a_case(world: World, yard: Yard, verb: str) -> dict[str, object]:
    """A case as far as an act of this name needs it."""
    by, lot_id = world.pharmacist, shelved(yard, "S1", "S2")[0].lot_id
    case = suspect_lot(by=yard.by, lot_id=lot_id, suspicion=Suspicion(says="the seal"))
    add_note(by=yard.by, case_id=case.pk, says="called Kim")
    if verb in {"notes", "sample", "carry", "clear", "illegitimate", "{case_id}"}:
        return {"case_id": case.pk}
    call_illegitimate(by=by, case_id=case.pk, grounds=Grounds.STOLEN, because="no such serial")
    form = write_form(by=by, case_id=case.pk, kind=FormKind.INITIAL, said=SAID)
    notice = case.notices.get()
    parts: dict[str, object] = {
        "case_id": case.pk,
        "form_id": form.pk,
        "notice_id": notice.pk,
    }
    if verb in {"forms", "incident", "told"}:
        return parts
    told_fda(by=by, form_id=form.pk, how="portal", incident="I-7")
    told_partner(by=by, notice_id=notice.pk, how="Kim")
    destroyed(world, case)
    if verb == "end":
        note_disposed(by=by, case_id=case.pk, sample="5 tablets")
        last = write_form(by=by, case_id=case.pk, kind=FormKind.TERMINATION, said=SAID)
        told_fda(by=by, form_id=last.pk, how="portal")
    return parts


def destroyed(world: World, case: SuspectCase) -> None:
    """All of it leaves by the books."""
    carry_in(by=world.pharmacist, case_id=case.pk, key="in")
    of = world.pharmacy.pk
    move_stock(
        by=world.pharmacist,
        lot_id=Lot.objects.get(number="L7").pk,
        from_place=the_place(of, PlaceKind.QUARANTINE).pk,
        to_place=the_place(of, PlaceKind.WASTE).pk,
        quantity=world.drugs["lisinopril"].quantity * 2,
        because="illegitimate",
        key="out",
    )


def tracing_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """A right body for each endpoint of tracing that takes one, every field said."""
    ndc = world.drugs["lisinopril"].ndc if world else ""
    lot = Lot.objects.order_by("-pk").first() if world else None
    suspect = {"says": "the seal", "reference": "N-1", "wholesaler_id": None}
    raw = Told(serials=("S7",), instance="D7").xml()
    return {
        "/tracing/documents": {
            "partner": "plains", "base64": b64encode(raw).decode(), "name": "d.xml"},
        "/tracing/received/{received_id}/waive": BECAUSE | {"exemption": "fluid"},
        SIZE: {"size": "small", "evidence": "payroll"},
        "/tracing/verifications": {
            "code": "", "gtin": GTIN, "serial": "S1", "lot": "L7", "expires_on": "2028-06-30",
            "wholesaler_id": None},
        "/tracing/hold": suspect | {
            "source": "seen by us", "received_id": None, "lot_id": lot.pk if lot else 1},
        "/tracing/notices": suspect | {
            "source": "notice of the FDA", "ndc": ndc, "lots": ["L7"]},
        f"{CASE}/notes": {"says": "called Kim"},
        f"{CASE}/carry": {"key": "k1"},
        f"{CASE}/clear": BECAUSE,
        f"{CASE}/illegitimate": BECAUSE | {"grounds": "stolen"},
        f"{CASE}/forms": {
            "kind": "initial notification", "event": "no such serial", "why_over": "over",
            "quantity": "200 tablets", "elsewhere": "none"},
        f"{CASE}/incident": {"incident": "I-7"},
        f"{CASE}/disposed": {"sample": "5 tablets", "sample_units": "0"},
        f"{CASE}/end": BECAUSE,
        "/tracing/forms/{form_id}/told": {"how": "portal", "incident": "I-7"},
        "/tracing/partners/{notice_id}/told": {"how": "Kim"},
    }  # fmt: skip
