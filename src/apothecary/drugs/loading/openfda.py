"""openFDA's recalls and shortages into the drug file, as published."""

from collections.abc import Iterator, Mapping
from datetime import date
from operator import attrgetter

from apothecary.drugs.loading.frame import Kind, Loading, Publication
from apothecary.drugs.loading.merge import Table
from apothecary.drugs.official.enforcement import RecallRow, read_recalls
from apothecary.drugs.official.files import Piece, Wanted
from apothecary.drugs.official.json_rows import updated_on
from apothecary.drugs.official.shortages import read_shortages
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import Recall, RecallCode, Shortage

FDA = "US Food and Drug Administration (openFDA)"
LICENCE = "US Government work, public domain; openFDA asks not to rely on it for medical care"
RECALLS = Table(
    model=Recall,
    code=("number",),
    values=(
        *("recall_class", "status", "firm", "product", "lots", "reason", "distribution"),
        *("initiated_on", "reported_on", "ended_on"),
    ),
    about=("number",),
    says=("firm", "status"),
)
CODES = Table(
    model=RecallCode,
    code=("number", "place", "code"),
    values=("product_key", "package"),
    about=("number",),
    says=("place", "code"),
)
SHORTAGES = Table(
    model=Shortage,
    code=("package_ndc", "generic_name", "company", "presentation"),
    values=(
        *("product_key", "package", "status", "availability", "reason", "note", "posted_on"),
        *("updated_on", "discontinued_on"),
    ),
    about=("package_ndc",),
    says=("generic_name", "company"),
)
# One file of one is the whole data set; a query's answer has another name and is a selection.
WHOLE = "0001-of-0001.json"


def fill_recalls(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill recalls and the codes they are about; a number that is there twice refuses.

    A recall is never gone: the FDA ends it by its status, and an answer of openFDA to a query
    is a selection.
    """
    piece = found["recalls"]
    codes: list[tuple[object, ...]] = []
    rows = _once(piece.name, read_recalls(piece, tell=loading.tell), codes)
    loading.stage(RECALLS, map(attrgetter("line", *RECALLS.copied), rows))
    loading.stage(CODES, codes)
    loading.merge(RECALLS)
    loading.merge(CODES)


def _once(
    file: str, rows: Iterator[RecallRow], codes: list[tuple[object, ...]]
) -> Iterator[RecallRow]:
    seen: set[str] = set()
    for row in rows:
        if row.number in seen:
            raise BadRow(file, row.line, "recall_number", f"{row.number} is there twice")
        seen.add(row.number)
        for place, found in (("listed", row.listed), ("named", row.named)):
            for each in found:
                key = row.number, place, each.code
                codes.append((len(codes), *key, each.product_key, each.package))
        yield row


def fill_shortages(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill the shortages; what left the whole data set is over, what left a query is not."""
    piece = found["shortages"]
    loading.batch.partial = not piece.name.endswith(WHOLE)
    rows = read_shortages(piece, tell=loading.tell)
    loading.stage(SHORTAGES, map(attrgetter("line", *SHORTAGES.copied), rows))
    loading.merge(SHORTAGES)


def released(found: Mapping[str, Piece]) -> date | None:
    """The day openFDA last updated the data set, as its meta block says."""
    (piece,) = found.values()
    return updated_on(piece)


ENFORCEMENT = Kind(
    publication=Publication(
        key="openfda-enforcement",
        name="Enforcement reports: recalls of drugs",
        publisher=FDA,
        licence=LICENCE,
    ),
    says="openFDA drug enforcement reports (recalls): zip or JSON",
    files={"recalls": Wanted(("*enforcement*.json", "*.json"))},
    fill=fill_recalls,
    partial=True,
    released=released,
)
SHORTAGE = Kind(
    publication=Publication(
        key="openfda-shortages",
        name="Drug shortages",
        publisher=FDA,
        licence=LICENCE,
    ),
    says="openFDA drug shortages: zip or JSON",
    files={"shortages": Wanted(("*shortage*.json", "*.json"))},
    fill=fill_shortages,
    released=released,
)
