"""Part B payment limits and billing codes of the CMS into the drug file."""

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter

from apothecary.drugs.loading.frame import Kind, Loading, Publication
from apothecary.drugs.loading.merge import Table
from apothecary.drugs.loading.nadac import CMS, PUBLIC
from apothecary.drugs.official.asp import (
    BillingCodeRow,
    LimitRow,
    read_billing_codes,
    read_limits,
)
from apothecary.drugs.official.files import Piece, Wanted
from apothecary.drugs.official.heads import Head
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import BillingCode, PaymentLimit

LIMITS = Table(
    model=PaymentLimit,
    code=("hcpcs",),
    values=("description", "dosage", "limit_usd", "coinsurance_pct", "note"),
    about=("hcpcs",),
    says=("description",),
)
CODES = Table(
    model=BillingCode,
    code=("code", "hcpcs"),
    values=(
        "ndc11",
        "drug",
        "labeler",
        "dosage",
        "size",
        "quantity",
        "units",
        "units_a_package",
    ),
    about=("code",),
    says=("hcpcs", "drug"),
)
Fact = LimitRow | BillingCodeRow


def fill_limits(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill the payment limits of a quarter; a code that is there twice refuses the file."""
    piece = found["limits"]
    _fill(loading, LIMITS, piece, read_limits(piece, tell=loading.tell))


def fill_codes(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill the crosswalk of a quarter; a pair that is there twice refuses the file."""
    piece = found["codes"]
    _fill(loading, CODES, piece, read_billing_codes(piece, tell=loading.tell))


def _fill(loading: Loading, table: Table, piece: Piece, rows: Iterable[Fact]) -> None:
    once = _once(piece.name, table, rows)
    loading.stage(table, map(attrgetter("line", *table.copied), once))
    loading.merge(table)


def _once(file: str, table: Table, rows: Iterable[Fact]) -> Iterator[Fact]:
    key_of = attrgetter(*table.code)
    seen: set[object] = set()
    for row in rows:
        if (key := key_of(row)) in seen:
            raise BadRow(file, row.line, "HCPCS", f"{row.hcpcs} is there twice")
        seen.add(key)
        yield row


ASP = Kind(
    publication=Publication(
        key="cms-asp", name="Part B drug payment limits", publisher=CMS, licence=PUBLIC
    ),
    says="CMS ASP payment limits: the quarter's CSV (the licence of CPT is yours to take)",
    files={
        "limits": Wanted(("*payment*limit*.csv", "*asp*pricing*.csv", "*.csv"), Head.LIMITS)
    },
    fill=fill_limits,
)
CROSSWALK = Kind(
    publication=Publication(
        key="cms-asp-ndc", name="Crosswalk of NDC and HCPCS", publisher=CMS, licence=PUBLIC
    ),
    says="CMS crosswalk of NDC and HCPCS: the quarter's CSV",
    files={
        "codes": Wanted(("*ndc*hcpcs*.csv", "*crosswalk*.csv", "*.csv"), Head.BILLING_CODES)
    },
    fill=fill_codes,
)
