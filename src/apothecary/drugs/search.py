"""Finding a drug: fragments in any order, brand, abbreviation, strength, code, imprint, slips.

A name that begins so comes first; of these what is here or given out often, then what is used
most, then by name. What was typed exactly comes before what was corrected, and what was not
typed so says why it is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from apothecary.drugs.search_alike import alike_in
from apothecary.drugs.search_asking import (
    BY_LABELER,
    Width,
    asked_pieces,
    corrected,
    need,
    warnings,
)
from apothecary.drugs.search_codes import coded, imprinted
from apothecary.drugs.search_errors import SHORTEST_WITH_ONE
from apothecary.drugs.search_hits import Asking, Hit
from apothecary.drugs.search_words import Kind, Piece

MOST = 20
# Fewer exact answers than this, and what may have been meant is shown after them.
FEW = 3
BREADTH = 3
STRENGTHS = 4
MOST_TURNS = 3
# What is as long as this and answers as a code or an imprint is no strength.
CERTAIN = 6


@dataclass(frozen=True, slots=True)
class Found:
    """What answers to a search, in order, and what is to be said about the whole."""

    asked: str
    hits: list[Hit] = field(default_factory=list)
    says: str = ""
    warns: tuple[str, ...] = ()


def find_drugs(asked: str, *, pharmacy_id: int, limit: int = MOST) -> Found:
    """The drugs that answer to what was typed (2 queries mostly, 14 at most).

    A code goes before an imprint, and an imprint typed as one before words; typed in parts it
    is looked for where no words answer. A single letter and a unit alone ask for nothing.
    """
    pieces = asked_pieces(asked)
    hits = coded(asked, pharmacy_id=pharmacy_id, limit=limit)
    if " " not in asked.strip():
        hits += imprinted(asked, pharmacy_id=pharmacy_id, limit=limit)
    if not hits or len(asked) < CERTAIN:
        hits += worded(pieces, pharmacy_id=pharmacy_id, limit=limit)
    if not hits or hits[0].corrected:
        hits = imprinted(asked, pharmacy_id=pharmacy_id, limit=limit) + hits
    once: dict[UUID, Hit] = {}
    for hit in hits:
        once.setdefault(hit.drug_id, hit)
    marked = mark_alike(list(once.values())[:limit])
    return Found(asked, marked, said(marked), warnings(pieces))


def mark_alike(hits: Sequence[Hit]) -> list[Hit]:
    """Each drug of a list with the names in it that it may be taken for."""
    marks = alike_in([f"{hit.name} {hit.brand}" for hit in hits])
    return [
        replace(hit, alike=alike) if alike else hit
        for hit, alike in zip(hits, marks, strict=True)
    ]


def said(hits: Sequence[Hit]) -> str:
    """That nothing was found as typed, and what is shown instead."""
    if not hits or not hits[0].corrected:
        return ""
    read = dict.fromkeys(why for hit in hits for why in hit.why if " for " in why)
    return f"Nothing is written so: showing {', '.join(read)}."


def worded(pieces: Sequence[Piece], *, pharmacy_id: int, limit: int) -> list[Hit]:
    """The drugs that have every piece, read ever wider until something answers."""
    if not pieces:
        return []
    # Of a name alone more is read than is shown: other names follow its many strengths.
    breadth = 1 if any(piece.kind is not Kind.WORD for piece in pieces) else BREADTH
    asking = Asking(pharmacy_id, limit * breadth)
    hits: list[Hit] = []
    questions = [tuple(need(piece, width) for piece in pieces) for width in Width]
    asking.count(questions)
    for question in questions:
        hits = asking.answers(question)
        if hits:
            break
    if any(BY_LABELER in hit.why for hit in hits):
        hits = asking.led_by(hits, [one.text for one in pieces if is_labeler(asking, one)])
    if len(hits) < FEW:
        there = {hit.drug_id for hit in hits}
        slipped = with_slips(asking, pieces, none_yet=not hits)
        hits += [hit for hit in slipped if hit.drug_id not in there]
    return (several_names(hits) if breadth > 1 else hits)[:limit]


def several_names(hits: Sequence[Hit]) -> list[Hit]:
    """While several names answer, a few strengths of each, the commonest; then the rest."""
    by_name: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        by_name.setdefault((hit.name.casefold(), hit.brand.casefold()), []).append(hit)
    few = {
        hit.drug_id
        for each in by_name.values()
        for hit in sorted(each, key=commonness)[:STRENGTHS]
    }
    rest = [hit for hit in hits if hit.drug_id not in few]
    return [hit for hit in hits if hit.drug_id in few] + rest


def commonness(hit: Hit) -> tuple[bool, int, int]:
    """What is here first, then what is given out most here, then what most labelers make."""
    return not hit.on_shelf, -hit.fills, -hit.products


def with_slips(asking: Asking, pieces: Sequence[Piece], *, none_yet: bool) -> list[Hit]:
    """The drugs that have every piece, mistyped words read as what they may have been meant.

    A word nobody knows must be a slip. Where each is known but no drug has them all, one of
    them may be: each in turn. A word that is whole is none while exact answers are there.
    """
    known = turns(asking, pieces, none_yet=none_yet)
    if not known:
        return []
    question = tuple(need(piece, Width.WIDE) for piece in pieces)
    unknown = asking.unmet(question)
    for turn in [unknown] if unknown else known:
        words = {at: asking.meant(pieces[at].text) for at in turn if may_slip(pieces[at])}
        if len(words) < len(turn) or not all(words.values()):
            continue
        meant = tuple(
            corrected(pieces[at].text, words[at]) if at in turn else each
            for at, each in enumerate(question)
        )
        hits = asking.answers(meant)
        if hits:
            return [replace(hit, corrected=True) for hit in hits]
    return []


def turns(asking: Asking, pieces: Sequence[Piece], *, none_yet: bool) -> list[list[int]]:
    """The places of known words that may be slips, one at a time, the longest first."""
    places = [
        at
        for at, piece in enumerate(pieces)
        if may_slip(piece) and (none_yet or not asking.is_whole(piece.text))
    ]
    return [[at] for at in sorted(places, key=lambda at: -len(pieces[at].text))[:MOST_TURNS]]


def is_labeler(asking: Asking, piece: Piece) -> bool:
    """Whether a word answered as a labeler's alone: no drug has it."""
    met = asking.met(need(piece, Width.WIDE)) if piece.kind is Kind.WORD else []
    return bool(met) and all(reading.says == BY_LABELER for reading in met)


def may_slip(piece: Piece) -> bool:
    """Only words are corrected; another number would be another dose."""
    return piece.kind is Kind.WORD and len(piece.text) >= SHORTEST_WITH_ONE
