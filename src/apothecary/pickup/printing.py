"""Printing a bag tag: what goes on paper stands in the journal, the screen does not."""

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.pickup.queries import fill_with_patient
from apothecary.pickup.tag_paper import TAG_PAPERS
from apothecary.pickup.tags import tag_of
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker


@transaction.atomic
def print_tag(*, by: Worker, fill_id: int, kind: str) -> bytes:
    """Make the tag of a ready bag for a printer, and write down that it went on paper."""
    by.must(Duty.BIN)
    fill = fill_with_patient(by.pharmacy_id, fill_id)
    if fill is None:
        raise refuse("No such bag here.", code="no-bag")
    if kind not in TAG_PAPERS:
        raise refuse(f"A tag is not printed as {kind!r}.", field="kind", code="tag-kind")
    tag = tag_of(fill, by=by)
    made = TAG_PAPERS[kind].made(tag)
    said = {"kind": kind, "code": tag.payload, "bag": tag.number, "of": tag.bags}
    if tag.bin:
        said["bin"] = tag.bin
    record(by=by, did=Deed.TAG_PRINTED, about=fill, details=said)
    return made
