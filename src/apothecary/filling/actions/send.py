"""Handing the filled vial to the pharmacist, with a picture of it where one is taken."""

from django.db import transaction

from apothecary.filling.actions.hold import fill_in_hand
from apothecary.filling.actions.label import fingerprint_now
from apothecary.filling.back_counts import plain
from apothecary.filling.models import VialPhoto
from apothecary.filling.queries import filling_facts, last_label, reservations, turn_of
from apothecary.filling.rules import check_problems
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.worker import Worker

LARGEST_PHOTO = 4 * 1024 * 1024  # bytes
# A file is what its first bytes say, not what its name says.
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@transaction.atomic
def send_to_check(*, by: Worker, fill_id: int) -> Fill:
    """Send a filled, counted and labelled fill to the pharmacist, or say all it lacks."""
    fill = fill_in_hand(by=by, fill_id=fill_id)
    held = reservations(fill)
    lots = [each.lot for each in held]
    facts, label = filling_facts(fill, held=held), last_label(fill)
    printed = label.content_hash if label else ""
    # Without units promised to it there is nothing a label could be of.
    current = fingerprint_now(fill, label, lots) if label and lots else ""
    refuse_if(check_problems(facts, printed=printed, should_say=current))
    said = {
        "ndc": fill.package.ndc,
        "lots": [number for _, number in facts.reserved],
        "bottles": facts.bottles_scanned,
        "counted": [plain(count) for count in facts.counts],
        "label": printed,
    }
    differs = {lot.number: plain(lot.difference) for lot in facts.left if lot.difference}
    if differs:
        said["left_differs"] = differs
    return advance(fill, FillState.CHECK, by=by, did=Deed.SENT_TO_CHECK, details=said)


@transaction.atomic
def add_photo(*, by: Worker, fill_id: int, image: bytes) -> VialPhoto:
    """Keep a picture of what is in the vial; the last one of a turn is shown at the check."""
    if len(image) > LARGEST_PHOTO:
        says = f"The picture has {len(image) // 1024} KB, at most {LARGEST_PHOTO // 1024}."
        raise refuse(says, field="image", code="photo-large")
    kinds = [kind for start, kind in PICTURES.items() if image.startswith(start)]
    if not kinds:
        raise refuse("The picture is neither JPEG nor PNG.", field="image", code="photo-kind")
    fill = fill_in_hand(by=by, fill_id=fill_id)
    photo = VialPhoto.objects.create(
        pharmacy_id=by.pharmacy_id,
        fill=fill,
        turn=turn_of(fill),
        media_type=kinds[0],
        image=image,
        at=by.at,
        by_id=by.somebody,
    )
    said = {"photo": photo.pk, "bytes": len(image)}
    record(by=by, did=Deed.VIAL_PHOTOGRAPHED, about=fill, details=said)
    return photo
