"""Searches a drug file in every way people do, and in the ways a database offers by itself.

Program: JSON in (the official files, how many searches of a kind), JSON out (the figures). Each
search is made from a drug of the index, the much used ones more often: what somebody types who
wants that drug. `found` is how often a drug of its name is among the answers.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apothecary.drugs.load import load_starter
from apothecary.drugs.loading.fda import DIRECTORY
from apothecary.drugs.loading.frame import load
from apothecary.drugs.search import find_drugs
from apothecary.drugs.search_first import First, put_first
from apothecary.drugs.search_index import refresh
from apothecary.drugs.search_words import parts
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LIMIT = 20
ON_THE_SHELF = 2_000
TABLES = ("searchdrug", "searchproduct", "searchword", "searchnear", "searchlist")
SIZE = """
SELECT count(*), pg_total_relation_size('drugs_{table}') FROM drugs_{table}
"""
# The ways a database offers by itself, on products as the file lists them.
PEERS = """
CREATE TABLE peer AS SELECT id, name, brand, strength, form,
  lower(concat_ws(' ', name, brand, strength, form)) AS said,
  to_tsvector('simple', concat_ws(' ', name, brand, strength, form)) AS marks
FROM drugs_product WHERE in_use;
CREATE INDEX ON peer USING gin (marks);
ANALYZE peer;
"""
TRIGRAMS = """
CREATE INDEX ON peer USING gin (said gin_trgm_ops);
"""
COLUMNS = "SELECT name FROM peer WHERE"
NDC = "SELECT p.name FROM drugs_package k JOIN drugs_product p ON p.id = k.product_id WHERE"
# Of much used drugs more than of others, as at a counter.
DRUGS = """
SELECT d.name, d.strength, d.form, k.ndc10 FROM drugs_searchdrug d
JOIN LATERAL (SELECT ndc10 FROM drugs_package WHERE product_id = d.product_id AND ndc10 <> ''
              ORDER BY ndc LIMIT 1) k ON true
WHERE d.used > 0 OR random() < 0.2 ORDER BY d.id
"""


@dataclass(frozen=True)
class Wanted:
    """A drug somebody wants."""

    name: str
    strength: str
    form: str
    ndc10: str

    @property
    def word(self) -> str:
        """The word of its name that one would type: the longest."""
        return max((word for word in parts(self.name) if word.isalpha()), key=len, default="")

    @property
    def number(self) -> str:
        """Its first number."""
        return next((word for word in parts(self.strength) if word[0].isdigit()), "")


def slip(word: str, by: random.Random) -> str:
    """The word with one slip of the hand."""
    at = by.randrange(len(word) - 1)
    return by.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + by.choice(LETTERS) + word[at:],
            word[:at] + by.choice(LETTERS) + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def fragments(drug: Wanted, by: random.Random) -> str:
    """Pieces of name, strength and form in any order."""
    pieces = [drug.word[:5], drug.number, drug.form[:3]]
    by.shuffle(pieces)
    return " ".join(piece for piece in pieces if piece)


KINDS: dict[str, Callable[[Wanted, random.Random], str]] = {
    "2 letters": lambda drug, by: drug.word[:2],
    "3 letters": lambda drug, by: drug.word[:3],
    "prefix": lambda drug, by: drug.word[: by.randrange(4, 8)],
    "name and number": lambda drug, by: f"{drug.word[:5]} {drug.number}",
    "fragments": fragments,
    "NDC, part": lambda drug, by: drug.ndc10[: by.randrange(4, 9)],
    "NDC, whole": lambda drug, by: drug.ndc10,
    "one slip": lambda drug, by: slip(drug.word, by),
    "one slip and number": lambda drug, by: f"{slip(drug.word, by)} {drug.number}",
    "two slips": lambda drug, by: slip(slip(drug.word, by), by),
}
SLIPS = frozenset(kind for kind in KINDS if "slip" in kind)


Peer = Callable[[str], tuple[str, list[str]]]


def by_like(asked: str) -> tuple[str, list[str]]:
    """Every piece somewhere in the text."""
    if asked.isdigit():
        return f"{NDC} k.ndc10 LIKE %s LIMIT {LIMIT}", [asked + "%"]
    pieces = asked.split()
    where = " AND ".join(["said LIKE %s"] * len(pieces))
    return f"{COLUMNS} {where} ORDER BY name LIMIT {LIMIT}", [f"%{piece}%" for piece in pieces]


def by_words(asked: str) -> tuple[str, list[str]]:
    """Every piece the beginning of a word."""
    if asked.isdigit():
        return by_like(asked)
    query = " & ".join(f"'{piece}':*" for piece in asked.split())
    return f"{COLUMNS} marks @@ %s::tsquery ORDER BY name LIMIT {LIMIT}", [query]


def by_trigrams(asked: str) -> tuple[str, list[str]]:
    """The texts with a word most like it."""
    if asked.isdigit():
        return by_like(asked)
    return f"{COLUMNS} said %%> %s ORDER BY said <->> %s LIMIT {LIMIT}", [asked, asked]


def ours(asked: str, pharmacy: int) -> list[str]:
    """The names that our search answers."""
    hits = find_drugs(asked, pharmacy_id=pharmacy, limit=LIMIT).hits
    return [f"{hit.name} {hit.brand}" for hit in hits]


def at_work() -> float:
    """Milliseconds of processor time of this program and of its database process so far.

    A busy machine makes everybody wait; the work stays the same. The kernel counts it in ns.
    """
    server: Any = connection.connection
    told = Path(f"/proc/{server.info.backend_pid}/schedstat").read_text()
    return time.process_time() * 1_000 + int(told.split()[0]) / 1_000_000


def timed(
    asks: Sequence[tuple[str, Wanted]], answer: Callable[[str], list[str]]
) -> dict[str, float]:
    """Median, 99th percentile and worst wait, processor time in ms, and the share found."""
    took, worked, found = [], [], 0
    for asked, drug in asks:
        before, start = at_work(), time.perf_counter()
        names = answer(asked)
        took.append((time.perf_counter() - start) * 1_000)
        worked.append(at_work() - before)
        found += any(drug.word in name.lower() for name in names)
    took.sort()
    worked.sort()
    return {
        "p50_ms": round(took[len(took) // 2], 2),
        "p99_ms": round(took[int(len(took) * 0.99)], 2),
        "worst_ms": round(took[-1], 2),
        "cpu_ms": round(sum(worked) / len(asks), 2),
        "cpu_p99_ms": round(worked[int(len(worked) * 0.99)], 2),
        "found": round(found / len(asks), 3),
    }


def select_one(_: str) -> list[str]:
    """The least one can ask a database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return [str(one) for (one,) in cursor.fetchall()]


def count_up(_: str) -> list[str]:
    """About a millisecond of work in Python alone."""
    return [str(sum(range(50_000)))]


@contextmanager
def took(figures: dict[str, object], name: str) -> Iterator[None]:
    """How many seconds something took."""
    start = time.perf_counter()
    yield
    figures[name] = round(time.perf_counter() - start, 2)


def fill(files: str, figures: dict[str, object]) -> int:
    """The drug file with its index, and a pharmacy with a shelf; its number."""
    call_command("migrate", verbosity=0)
    at = timezone.now()
    load_starter(at=at)
    figures["file"] = "the shipped starter file: give --files for the whole directory"
    if files:
        figures["file"] = "the whole directory"
        load(DIRECTORY, Path(files), by="a benchmark", at=at)
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE " + ", ".join(f"drugs_{table}" for table in TABLES))
    with took(figures, "index_again_nothing_changed_s" if not files else "index_whole_s"):
        refresh()
    if files:
        with took(figures, "index_again_nothing_changed_s"):
            refresh()
    pharmacy = Pharmacy.objects.create(name="Bench", ncpdp_id="7654321", state="TX")
    stand_in(pharmacy.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT product_id FROM drugs_searchdrug ORDER BY used DESC, place LIMIT %s",
            [ON_THE_SHELF],
        )
        shelf = [First(product, on_shelf=True) for (product,) in cursor.fetchall()]
        put_first(pharmacy_id=pharmacy.pk, these=shelf)
        for table in TABLES:
            cursor.execute(SIZE.format(table=table))
            rows, size = cursor.fetchone() or (0, 0)
            figures[table] = {"rows": rows, "mb": round(size / 2**20, 1)}
    return pharmacy.pk


def peers(steward: str) -> dict[str, Peer]:
    """The peers that this server can have, each with an index of its own."""
    found: dict[str, Peer] = {"LIKE": by_like, "tsvector": by_words}
    with psycopg.connect(steward, autocommit=True) as settled:
        try:
            settled.execute("CREATE EXTENSION pg_trgm")
        except psycopg.errors.UndefinedFile:
            return found
    with connection.cursor() as cursor:
        cursor.execute(TRIGRAMS)
    return found | {"trigrams": by_trigrams}


def main() -> dict[str, object]:
    """Fill, then measure each kind: ours first, then each peer."""
    given = json.load(sys.stdin)
    figures: dict[str, object] = {}
    pharmacy = fill(given["files"], figures)
    with connection.cursor() as cursor:
        cursor.execute(PEERS)
        cursor.execute(DRUGS)
        drugs = [Wanted(*row) for row in cursor.fetchall()]
    beside = peers(given["steward"])
    by = random.Random(2026)
    drugs = [drug for drug in drugs if len(drug.word) >= 8 and drug.number]
    for kind, typed in KINDS.items():
        chosen = by.choices(drugs, k=given["many"])
        asks = [(typed(drug, by), drug) for drug in chosen]
        for asked, _ in asks[:20]:
            ours(asked, pharmacy)
        # How busy the machine is with other things shows in what always takes the same.
        told: dict[str, object] = {
            "SELECT 1": timed(asks, select_one),
            "a millisecond": timed(asks, count_up),
            "ours": timed(asks, lambda asked: ours(asked, pharmacy)),
        }
        for name, write in beside.items():
            if name != "trigrams" or kind in SLIPS:
                told[name] = timed(asks, partial(theirs, write))
        figures[kind] = told
    return figures


def theirs(write: Peer, asked: str) -> list[str]:
    """The names that a peer answers."""
    statement, given = write(asked)
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [str(name) for (name,) in cursor.fetchall()]


if __name__ == "__main__":
    print(json.dumps(main()))
