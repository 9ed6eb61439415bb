"""Asking the index: a question is estimated by the vocabulary, then put the cheaper way.

Few drugs are expected: the index of marks names them, and they are sorted. Many are: the drugs
are walked in their order (most used first) until enough answer. Both give the same list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import connection

from apothecary.drugs.search_alike import Alike, tall
from apothecary.drugs.search_asking import (
    Leaf,
    Need,
    Question,
    Reading,
    drugs_of,
    expected,
    leaves_of,
    named,
    rarest,
    reasons,
    written,
)
from apothecary.drugs.search_errors import LONGEST_START, asked_neighbours, nearest
from apothecary.drugs.search_lists import DEPTH
from apothecary.drugs.search_statements import FEW, LISTED, LISTED_AND_REST, MANY
from apothecary.drugs.search_tables import SearchProduct
from apothecary.drugs.search_words import parts
from apothecary.drugs.strengths import in_order_of_name

MOST_CORRECTIONS = 4
# Of the candidates for a mistyped word so many are measured, the most used ones.
MEASURED = 150

NOT_HERE = (None, 0, False, "")
# So many drugs are sorted with what is here of each; of more only the first are looked at.
SORTED_AT_ONCE = 300
OF_LABELER = """
SELECT DISTINCT ON (s.drug_id) s.drug_id, p.id, p.labeler FROM drugs_searchproduct s
JOIN drugs_product p ON p.id = s.product_id
WHERE s.drug_id = ANY(%(drugs)s::uuid[]) AND p.labeler ~* ALL(%(labelers)s::text[])
ORDER BY s.drug_id, p.gone_on IS NOT NULL, p.id
"""
COUNTS = """
SELECT a.n, coalesce((SELECT sum(w.drugs) FROM drugs_searchword w
                      WHERE w.word >= a.mark AND w.word < a.after), 0)::bigint,
  EXISTS (SELECT FROM drugs_searchlist l WHERE l.leaf = a.listed_as)
FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY
  AS a (mark, after, listed_as, n)
UNION ALL SELECT 0, greatest(reltuples, 0)::bigint, false FROM pg_class
WHERE oid = 'drugs_searchdrug'::regclass ORDER BY 1
"""
# Words that begin as the typed one does, but for slips; or that are shorter, and wholly so.
CANDIDATES = """
SELECT w.word, w.used FROM drugs_searchnear n
JOIN drugs_searchword w ON w.word >= n.start AND w.word < n.start || '{'
WHERE n.rest = ANY(%(rest)s::text[]) AND (length(n.start) = %(length)s
  OR (length(n.start) BETWEEN %(length)s - 2 AND %(length)s - 1 AND w.word = n.start))
GROUP BY w.word, w.used ORDER BY w.used DESC, w.word LIMIT %(most)s
"""


Given = Sequence[list[str]] | Mapping[str, str | int | bool | list[str] | list[int]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A drug that answers. ``product_id`` is the product to open: here, else the cheapest.

    ``why`` tells what was not typed so (an abbreviation, a labeler, a correction); ``alike``
    the names in the same list it may be taken for; ``ndc`` the code that was asked for.
    """

    drug_id: UUID
    product_id: int
    name: str
    brand: str
    strength: str
    form: str
    route: str
    schedule: int
    labeler: str
    labelers: int
    products: int
    fills: int = 0
    on_shelf: bool = False
    why: tuple[str, ...] = ()
    corrected: bool = False
    alike: tuple[Alike, ...] = ()
    ndc: str = ""

    @property
    def called(self) -> str:
        """What it is called, look-alikes in tall letters: Prinivil (lisinopril)."""
        if self.brand and parts(self.brand)[:1] == parts(self.name)[:1]:
            return tall(self.brand)
        return f"{tall(self.brand)} ({tall(self.name)})" if self.brand else tall(self.name)

    @property
    def says(self) -> str:
        """Drug, strength and form in one line."""
        return f"{self.called} {self.strength} {self.form}"


def asked(statement: str, given: Given) -> list[tuple[Any, ...]]:
    """The rows of a statement (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


@dataclass(slots=True)
class Asking:
    """The questions of one search: for which pharmacy, how many answers, what was counted."""

    pharmacy_id: int
    limit: int
    counts: dict[Leaf, int] = field(default_factory=dict)
    listed: set[Leaf] = field(default_factory=set)
    all: int = 0

    def count(self, questions: Iterable[Question]) -> None:
        """Look up in the vocabulary what has not been looked up yet (1 query, or none)."""
        leaves = dict.fromkeys(leaf for each in questions for leaf in leaves_of(each))
        new = [leaf for leaf in leaves if leaf not in self.counts]
        if not new:
            return
        marks, after = [leaf.mark for leaf in new], [leaf.after for leaf in new]
        given = [marks, after, [leaf.listed_as for leaf in new]]
        (_, everything, _), *rows = asked(COUNTS, given)
        self.all = max(everything, *(many for _, many, _ in rows))
        for leaf, (_, many, listed) in zip(new, rows, strict=True):
            self.counts[leaf] = many
            self.listed |= {leaf} if listed else set()

    def unmet(self, question: Question) -> list[int]:
        """The places of the needs that nothing in the vocabulary meets."""
        self.count([question])
        return [at for at, each in enumerate(question) if not drugs_of(each, self.counts)]

    def met(self, each: Need) -> list[Reading]:
        """The readings of a need that something in the vocabulary meets."""
        self.count([(each,)])
        return [one for one in each if all(self.counts[leaf] for leaf in one.leaves)]

    def answers(self, question: Question) -> list[Hit]:
        """The drugs that meet every need (1 or 2 queries; none where a need is unmet)."""
        if self.unmet(question):
            return []
        given = self.given(question)
        if expected(question, self.counts, self.all) <= SORTED_AT_ONCE:
            return hits(asked(FEW, given), question)
        lists, rest = self.lists_of(question)
        if not lists or self.limit > DEPTH:
            return hits(asked(MANY, given), question)
        given |= {"lists": [leaf.listed_as for leaf in lists], "rare": written((rest,))}
        return hits(asked(LISTED_AND_REST if rest else LISTED, given), question)

    def lists_of(self, question: Question) -> tuple[list[Leaf], Need]:
        """Of a question of one need the leaves that are listed, and the readings that are not.

        What a name begins with has lists of its own, of which nothing may be missed.
        """
        readings = (*question[0], *named(question)) if len(question) == 1 else ()
        listed, rest = [], []
        for one in readings:
            if len(one.leaves) == 1 and one.leaves[0] in self.listed:
                listed.append(one.leaves[0])
            elif all(self.counts[leaf] for leaf in one.leaves):
                rest.append(one)
        return listed, tuple(rest)

    def given(self, question: Question) -> dict[str, str | int | bool | list[str]]:
        """What a statement is told of a question."""
        return {
            "whole": written(question),
            "rare": written(rarest(question, self.counts)),
            "begins": written((named(question),)),
            "pharmacy": self.pharmacy_id,
            "limit": self.limit,
            "reasons": any(one.says for each in question for one in each),
        }

    def led_by(self, found: list[Hit], labelers: Sequence[str]) -> list[Hit]:
        """Each drug as the product of the labeler that was asked for (1 query)."""
        given: Given = {
            "drugs": [str(one.drug_id) for one in found],
            "labelers": [rf"\m{labeler}" for labeler in labelers],
        }
        theirs = {drug_id: rest for drug_id, *rest in asked(OF_LABELER, given)}
        return [
            replace(one, product_id=theirs[one.drug_id][0], labeler=theirs[one.drug_id][1])
            if one.drug_id in theirs
            else one
            for one in found
        ]

    def is_whole(self, word: str) -> bool:
        """Whether a word that was asked for is one of the vocabulary, and not a beginning."""
        return self.counts.get(Leaf(word), 0) > 0

    def meant(self, typed: str) -> list[str]:
        """What a mistyped word may have been meant to be, nearest first (1 query)."""
        given: Given = {
            "rest": asked_neighbours(typed),
            "length": min(len(typed), LONGEST_START),
            "most": MEASURED,
        }
        return nearest(typed, asked(CANDIDATES, given), most=MOST_CORRECTIONS)


def hits(rows: Iterable[Sequence[Any]], question: Question) -> list[Hit]:
    """Rows of the index as what answers, each with why; what is here names its own product."""
    found = []
    for row in rows:
        # Where no reading says anything, no marks were fetched.
        why = tuple(one.says for one in reasons(question, row[11])) if row[11] else ()
        leads, fills, on_shelf, labeler = row[13:] or NOT_HERE
        if leads is None:
            found.append(drug(row, product_id=row[1], labeler=row[8], why=why))
        else:
            here = fills, on_shelf
            found.append(drug(row, product_id=leads, labeler=labeler, why=why, here=here))
    return found


def products_of(drug_ids: Iterable[UUID]) -> dict[int, UUID]:
    """Every product of these drugs, with the drug it is (1 query)."""
    rows = SearchProduct.objects.filter(drug_id__in=list(drug_ids))
    return dict(rows.values_list("product_id", "drug_id"))


def drug(
    row: Sequence[Any],
    *,
    product_id: int,
    labeler: str,
    why: tuple[str, ...],
    here: tuple[int, bool] = (0, False),
    ndc: str = "",
) -> Hit:
    """The columns of `DRUG` as a hit."""
    name, brand, strength, form, route, schedule, _, labelers, products = row[2:11]
    return Hit(
        drug_id=row[0],
        product_id=product_id,
        name=name,
        brand=brand,
        strength=in_order_of_name(strength, name=name, ingredient_key=row[12] or ""),
        form=form,
        route=route,
        schedule=schedule,
        labeler=labeler,
        labelers=labelers,
        products=products,
        fills=here[0],
        on_shelf=here[1],
        why=why,
        ndc=ndc,
    )
