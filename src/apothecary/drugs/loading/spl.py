"""Product labels into the drug file: what pills look like, and sections that are asked for."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from apothecary.drugs.loading.frame import Kind, Loading, Publication
from apothecary.drugs.loading.merge import Counts, Table
from apothecary.drugs.official.files import NotFound, Piece, Wanted
from apothecary.drugs.official.spl import read_labels
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import LabelSection, Look, ProductLabel

Row = tuple[object, ...]
LABELS = Table(
    model=ProductLabel,
    code=("set_id",),
    values=("version", "title", "labeler", "effective_on"),
    about=("set_id",),
    says=("title",),
)
LOOKS = Table(
    model=Look,
    code=("set_id", "product_key", "part"),
    values=("code", "imprint", "colour", "shape", "size_mm", "score"),
    about=("code",),
    says=("imprint",),
)
SECTIONS = Table(
    model=LabelSection,
    code=("set_id", "loinc", "place"),
    values=("text",),
    about=("set_id",),
    says=("loinc",),
    derived=("text",),
)
# A label that is older than the one on file says nothing any more.
OLDER = """
DELETE FROM {stage} s USING drugs_productlabel t
WHERE t.set_id = s.set_id AND t.version > (
    SELECT n.version FROM stage_productlabel n WHERE n.set_id = s.set_id)
"""
# What a label no longer has is over, though the load is a selection of labels.
OVER = """
UPDATE {target} t SET gone_on = %s, batch_id = %s
WHERE t.gone_on IS NULL AND t.set_id IN (SELECT set_id FROM stage_productlabel)
  AND NOT EXISTS (SELECT FROM {stage} s WHERE {same})
"""


def fill(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill labels, looks and sections; a label that is there twice refuses the load."""
    labels: list[Row] = []
    looks: list[Row] = []
    # Sections are long: they go into the database as they are read.
    loading.stage(SECTIONS, _sections(loading, found, labels, looks))
    if not labels:
        raise NotFound("no label (an XML document) is in it")
    loading.stage(LABELS, labels)
    loading.stage(LOOKS, looks)
    for table in (LOOKS, SECTIONS, LABELS):
        cursor = loading.cursor
        cursor.execute(OLDER.format(stage=f"stage_{table.name}"))
        loading.staged[table.name] -= int(cursor.rowcount)
    over = {table.name: _end(loading, table) for table in (LOOKS, SECTIONS)}
    for table in (LABELS, LOOKS, SECTIONS):
        loading.merge(table)
    for name, gone in over.items():
        loading.tables[name] += gone
        loading.counts += gone


def _sections(
    loading: Loading, found: Mapping[str, Piece], labels: list[Row], looks: list[Row]
) -> Iterator[Row]:
    """The sections of every label; the two lists get the labels and what they describe."""
    seen: set[str] = set()
    line = 0
    for piece in found.values():
        for label in read_labels(piece, tell=loading.tell):
            if label.set_id in seen:
                raise BadRow(label.file, 1, "setId", f"{label.set_id} is there twice")
            seen.add(label.set_id)
            own = label.version, label.title, label.labeler, label.effective_on
            labels.append((len(labels), label.set_id, *own))
            for look in label.looks:
                said = (
                    look.code,
                    look.imprint,
                    look.colour,
                    look.shape,
                    look.size_mm,
                    look.score,
                )
                looks.append((len(looks), label.set_id, look.product_key, look.part, *said))
            for section in label.sections:
                line += 1
                yield line, label.set_id, section.loinc, section.nth, section.text


def _end(loading: Loading, table: Table) -> Counts:
    """Mark what these labels no longer say."""
    names = {
        "target": table.model._meta.db_table,
        "stage": f"stage_{table.name}",
        "same": " AND ".join(f"s.{name} = t.{name}" for name in table.code),
    }
    loading.cursor.execute(OVER.format(**names), [loading.on, loading.batch.pk])
    return Counts(gone=int(loading.cursor.rowcount))


def find(path: Path, _: Mapping[str, Wanted]) -> dict[str, Piece]:
    """One document, one archive, or every document and archive of a folder."""
    if not path.exists():
        raise NotFound(f"{path} does not exist")
    if not path.is_dir():
        return {"labels": Piece(path)}
    inside = [
        each for each in sorted(path.iterdir()) if each.suffix.lower() in {".xml", ".zip"}
    ]
    if not inside:
        raise NotFound(f"{path}: no label in it (*.xml or *.zip)")
    return {each.name: Piece(each) for each in inside}


SPL = Kind(
    publication=Publication(
        key="spl",
        name="Structured product labels (DailyMed)",
        publisher="US National Library of Medicine, by the labelers",
        licence="labels are published by the labelers through the FDA for reuse (mark K)",
    ),
    says="product labels (SPL): one XML, a zip of them, or a folder",
    files={},
    fill=fill,
    # Which labels are loaded is a choice: none is gone because it is not in a folder.
    partial=True,
    find=find,
)
