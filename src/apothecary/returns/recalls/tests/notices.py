"""Notices of the tests' world, told by whoever a test wants."""

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from apothecary.drugs.recalled_lots import lots_in
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.returns.recalls.models import Recall, RecallHit
from apothecary.returns.recalls.rules import Typed
from apothecary.returns.recalls.states import Depth, Kind, Source
from apothecary.returns.recalls.taking import Notice, take_notice
from apothecary.stock.models import Lot

if TYPE_CHECKING:  # the world is a plugin of pytest, which wants to import it first
    from apothecary.config.tests.world import World

NUMBER, DRUG = "D-0001-2026", "lisinopril"


def notice(
    world: "World", lots_text: str = "Lot L1", *, recall_class: str = "II",
    number: str = NUMBER, drug: str = DRUG, depth: Depth | None = None,
    reply_by: date | None = None,
) -> Notice:  # fmt: skip
    """A recall of one drug as a wholesaler's mailbox brings it."""
    return Notice(
        number=number,
        source=Source.WHOLESALER,
        recall_class=recall_class,
        depth=depth,
        firm="Plains Pharma Inc.",
        product=f"{drug} tablets",
        reason="Failed dissolution specifications",
        lots_text=lots_text,
        reading=lots_in(lots_text),
        packages=frozenset({world.drugs[drug].pk}),
        issued_on=world.system.today,
        reply_by=reply_by,
    )


def take(
    world: "World", lots_text: str = "Lot L1", *, recall_class: str = "II",
    number: str = NUMBER, drug: str = DRUG, depth: Depth | None = None,
    reply_by: date | None = None,
) -> Recall:  # fmt: skip
    """The same, taken in by the house."""
    told = notice(
        world, lots_text, recall_class=recall_class, number=number, drug=drug, depth=depth,
        reply_by=reply_by,
    )  # fmt: skip
    return take_notice(by=world.system, notice=told)


def typed(**changes: Any) -> Typed:
    """A notice as somebody types it off a letter; **changes are fields that differ."""
    given: dict[str, Any] = {
        "number": "LETTER-7",
        "kind": Kind.RECALL,
        "recall_class": "II",
        "depth": Depth.PHARMACY,
        "firm": "Plains Pharma Inc.",
        "product": "Lisinopril tablets 10 mg",
        "reason": "A bottle held another tablet",
        "packages": 1,
        "lots": ("L1",),
        "every_lot": False,
    }
    return Typed(**given | changes)


def paper(*rows: dict[str, object]) -> bytes:
    """A paper of a mailbox in the shape of the agency's reports."""
    return json.dumps({"meta": {}, "results": list(rows)}).encode()


def told(ndc: str, lots_text: str = "Lot #: L1", **changes: object) -> dict[str, object]:
    """One notice of such a paper."""
    row: dict[str, object] = {
        "recall_number": NUMBER,
        "status": "Ongoing",
        "classification": "Class II",
        "product_type": "Drugs",
        "recalling_firm": "Plains Pharma Inc.",
        "product_description": f"A tablet, Rx only, NDC {ndc}",
        "code_info": lots_text,
        "reason_for_recall": "Failed dissolution specifications",
        "recall_initiation_date": "20261122",
        "report_date": "20261123",
        "openfda": {"product_ndc": [ndc.rsplit("-", 1)[0]], "package_ndc": [ndc]},
    }
    return row | changes


def another(world: "World", *, until: FillState, patient: Any = None) -> Fill:
    """A further fill of the drug, walked to a state with what is on the shelf."""
    order = world.order(DRUG, patient=patient)
    return world.walk(enter_prescription(by=world.technician, order=order), until=until)


def hits(recall: Recall) -> list[RecallHit]:
    """Its work list, in the order it was listed."""
    rows = RecallHit.objects.filter(recall=recall).select_related("place", "lot", "fill")
    return list(rows.order_by("pk"))


def state_of(lot: Lot) -> tuple[str, str]:
    """Whether a lot is in use, and why not."""
    lot.refresh_from_db()
    return lot.state, lot.because
