"""RxNorm into the drug file: names, parts, codes; then what it says of the products there."""

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter

from apothecary.drugs.loading.frame import Kind, Loading, Publication
from apothecary.drugs.loading.merge import Table
from apothecary.drugs.loading.recheck import recheck
from apothecary.drugs.models import RxLink, RxName, RxPart
from apothecary.drugs.official.files import Piece, Wanted
from apothecary.drugs.official.heads import Head
from apothecary.drugs.official.rxnorm import (
    LinkRow,
    NameRow,
    PartRow,
    read_links,
    read_names,
    read_parts,
)

Fact = NameRow | PartRow | LinkRow

NAMES = Table(
    model=RxName,
    code=("rxcui", "tty"),
    values=("name", "unii"),
    about=("rxcui",),
    says=("tty", "name"),
)
PARTS = Table(
    model=RxPart,
    code=("child", "parent", "rel"),
    values=(),
    about=("parent", "child"),
    says=("rel",),
)
LINKS = Table(
    model=RxLink, code=("ndc11", "rxcui"), values=("tty",), about=("ndc11",), says=("rxcui",)
)
NOTICE = (
    "SAB=RXNORM, public domain. This product uses publicly available data courtesy of the U.S."
    " National Library of Medicine (NLM), National Institutes of Health, Department of Health"
    " and Human Services; NLM is not responsible for the product and does not endorse or"
    " recommend this or any other product."
)


def fill(loading: Loading, found: Mapping[str, Piece]) -> None:
    """Fill the three tables and apply them to the listings."""
    kinds: dict[str, str] = {}
    names = _remembering(read_names(found["names"], tell=loading.tell), kinds)
    parts = read_parts(found["parts"], kinds, tell=loading.tell)
    links = read_links(found["codes"], kinds, tell=loading.tell)
    every: tuple[tuple[Table, Iterator[Fact]], ...]
    every = ((NAMES, names), (PARTS, parts), (LINKS, links))
    for table, rows in every:
        loading.stage(table, map(attrgetter("line", *table.copied), _once(table, rows)))
        loading.merge(table)
    recheck(loading)


def _once(table: Table, rows: Iterable[Fact]) -> Iterator[Fact]:
    """One fact may stand in several lines of the library's files: a synonym, a second atom."""
    code = attrgetter(*table.code)
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        if code(row) not in seen:
            seen.add(code(row))
            yield row


def _remembering(rows: Iterator[NameRow], kinds: dict[str, str]) -> Iterator[NameRow]:
    for row in rows:
        kinds[row.rxcui] = row.tty
        yield row


RXNORM = Kind(
    publication=Publication(
        key="rxnorm",
        name="RxNorm, current prescribable content",
        publisher="US National Library of Medicine",
        licence=NOTICE,
    ),
    says="RxNorm: folder or zip with RXNCONSO, RXNREL and RXNSAT",
    files={
        "names": Wanted(("rxnconso.rrf", "*concepts*.csv"), Head.CONCEPTS),
        "parts": Wanted(("rxnrel.rrf", "*edges*.csv"), Head.EDGES),
        "codes": Wanted(("rxnsat.rrf", "*ndc*.csv"), Head.DRUG_CODES),
    },
    fill=fill,
)
