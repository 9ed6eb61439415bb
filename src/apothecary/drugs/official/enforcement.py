"""openFDA enforcement reports: recalls of drugs, one record a recalled product.

Address: download.open.fda.gov/drug/enforcement, or api.fda.gov/drug/enforcement.json. The codes
a recall is about stand in two places that do not always agree, and both are kept apart: the
``openfda`` block, which openFDA adds, and the firm's own words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from apothecary.drugs.official.files import Piece, Tell, silent
from apothecary.drugs.official.json_rows import Record, json_records
from apothecary.drugs.official.written_codes import Written, code_of, codes_in

CLASSES = {"Class I": "I", "Class II": "II", "Class III": "III", "Not Yet Classified": ""}
# The FDA writes D-0123-2026 or D-12345-001.
LONGEST_NUMBER = 30
STATUSES = ("Ongoing", "Completed", "Terminated", "Pending")


@dataclass(frozen=True, slots=True)
class RecallRow:
    """A recall of one product. ``recall_class`` is I, II, III or empty while there is none.

    ``lots`` is the firm's text of lots and expiries; ``listed`` are the codes of the openFDA
    block, ``named`` those written in the description and among the lots.
    """

    line: int
    number: str
    recall_class: str
    status: str
    firm: str
    product: str
    lots: str
    reason: str
    distribution: str
    initiated_on: date | None
    reported_on: date
    ended_on: date | None
    listed: tuple[Written, ...]
    named: tuple[Written, ...]


def read_recalls(piece: Piece, *, tell: Tell = silent) -> Iterator[RecallRow]:
    """Every recall of a drug, in the order of the file. Raises BadRow."""
    return map(recall_row, json_records(piece, tell=tell))


def recall_row(record: Record) -> RecallRow:
    """One recall out of its record. Raises BadRow."""
    product, lots = record.text("product_description"), record.maybe("code_info")
    more, number = record.maybe("more_code_info"), record.text("recall_number")
    if len(number) > LONGEST_NUMBER:
        raise record.bad("recall_number", f"has more than {LONGEST_NUMBER} characters")
    return RecallRow(
        line=record.line,
        number=number,
        recall_class=CLASSES[record.one_of("classification", tuple(CLASSES))],
        status=record.one_of("status", STATUSES),
        firm=record.text("recalling_firm"),
        product=product,
        lots=f"{lots} {more}".strip(),
        reason=record.text("reason_for_recall"),
        distribution=record.maybe("distribution_pattern"),
        initiated_on=_day(record, "recall_initiation_date"),
        reported_on=_must(record, "report_date"),
        ended_on=_day(record, "termination_date"),
        listed=_listed(record),
        named=codes_in(f"{product} {lots} {more}"),
    )


def _listed(record: Record) -> tuple[Written, ...]:
    block = record.block("openfda")
    found: dict[Written, None] = {}
    for field in ("package_ndc", "product_ndc"):
        for code in block.texts(field):
            written = code_of(code)
            if written is None:
                raise record.bad(f"openfda.{field}", f"{code!r} is no NDC")
            found[written] = None
    return tuple(found)


def _day(record: Record, field: str) -> date | None:
    return _must(record, field) if record.maybe(field) else None


def _must(record: Record, field: str) -> date:
    """Eight digits, year first."""
    cell = record.text(field)
    try:
        if len(cell) != 8:
            raise ValueError("expected eight digits")
        return date(int(cell[:4]), int(cell[4:6]), int(cell[6:]))
    except ValueError as why:
        raise record.bad(field, f"{cell!r} is no date: {why}") from None
