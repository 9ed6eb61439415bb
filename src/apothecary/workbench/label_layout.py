"""Where everything on a vial label stands: one layout, painted as PDF and as printer dots.

Lengths are points (1/72 inch) from the upper left corner of a label 4 inches wide and 3 high.
The order is patient, drug, directions: what a patient must find is largest and together
(16 CCR 1707.5 asks for it in that order and at 12 points; we keep to it everywhere).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from apothecary.law.problem import refuse
from apothecary.workbench.label_content import (
    BOLD,
    FILES,
    FONTS,
    REGULAR,
    LabelContent,
    LabelWords,
    printable,
    words_for,
)

WIDTH = 288
HEIGHT = 216
MARGIN = 10
INNER = WIDTH - 2 * MARGIN
# Printers hint letters to whole dots, which can widen a line a little beyond its outline.
SAFETY = 1.02
LEADING = 1.22
DIRECTION_SIZES = (13, 12, 11, 10)
SMALL = 7
MOST_PARTS = 4
# Where directions may be parted between two labels: after a sentence, or before "then".
CLAUSE_END = re.compile(r"(?<=[.;]) +|(?<=,) +(?=then\b|luego\b|después\b|and then\b)")


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; ``y`` is its base line."""

    x: float
    y: float
    size: float
    text: str
    font: str = REGULAR


@dataclass(frozen=True, slots=True)
class Rule:
    x: float
    y: float
    width: float
    thickness: float = 0.7


@dataclass(frozen=True, slots=True)
class Code:
    """The place of the code: its upper right corner."""

    right: float
    top: float


Mark = Text | Rule | Code


@lru_cache(maxsize=1)
def load_fonts() -> None:
    """Register the two faces that reportlab ships (Bitstream Vera, free to embed)."""
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(FONTS / file)))


def width_of(text: str, font: str, size: float) -> float:
    """The width in points a line needs on paper, with the allowance for hinting."""
    load_fonts()
    return float(pdfmetrics.stringWidth(text, font, size)) * SAFETY


def wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """Break at spaces; a word wider than the line is broken by letters, never cut off.

    A number stays with the word after it: "every 6" at a line's end reads as a dose.
    """
    lines: list[str] = []
    line = ""
    for word in tied(text, font, size, width):
        longer = f"{line} {word}".strip()
        if width_of(longer, font, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = broken(word, font, size, width)
        lines += full
    return [*lines, line] if line else lines


def tied(text: str, font: str, size: float, width: float) -> list[str]:
    """The words, a number and its word being one wherever they fit a line together."""
    words: list[str] = []
    for word in text.split():
        before = words[-1] if words else ""
        both = f"{before} {word}"
        if before[:1].isdigit() and " " not in before and width_of(both, font, size) <= width:
            words[-1] = both
        else:
            words.append(word)
    return words


def broken(word: str, font: str, size: float, width: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and width_of(pieces[-1] + letter, font, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


class Flow:
    """Lines set one under the other from a top edge."""

    def __init__(self, top: float) -> None:
        self.y = top
        self.marks: list[Mark] = []

    def line(self, text: str, size: float, font: str = REGULAR) -> None:
        self.y += size * LEADING
        self.marks.append(Text(MARGIN, self.y - size * 0.26, size, text, font))

    def block(self, text: str, size: float, font: str = REGULAR, width: float = INNER) -> None:
        for line in wrap(printable(text), font, size, width):
            self.line(line, size, font)

    def rule(self) -> None:
        self.y += 3
        self.marks.append(Rule(MARGIN, self.y, INNER))
        self.y += 1

    def gap(self, points: float) -> None:
        self.y += points


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A line of the part that may run over to a second label."""

    text: str
    size: float
    font: str


# Lines that belong together: a clause of the directions, one warning.
Clause = list[BodyLine]


def lay_out(content: LabelContent, code_size: float) -> list[list[Mark]]:
    """The marks of each label part, the first being the main label.

    The directions shrink from 13 to 10 points; what still does not fit goes on to a further
    part that repeats who and what. Refuses beyond four parts.
    """
    words = words_for(content.language)
    top = head(content, words, code_size)
    room = HEIGHT - MARGIN - top.y - foot(content, words, 0).y - 2
    if room < (DIRECTION_SIZES[-1] + SMALL) * LEADING:
        says = "Names, addresses and cautions leave no room for the directions on the label."
        raise refuse(says, code="label-full", field="cautions")
    parts = divided(content, room)
    if len(parts) > MOST_PARTS:
        says = (
            f"The directions need {len(parts)} labels; {MOST_PARTS} is the most. Use a leaflet."
        )
        raise refuse(says, code="label-too-long", field="directions")
    return [
        part_marks(content, words, code_size, body=part, place=place, parts=len(parts))
        for place, part in enumerate(parts, 1)
    ]


def divided(content: LabelContent, room: float) -> list[list[BodyLine]]:
    """The body in one part at the largest size that fits, else clause by clause in several."""
    for size in DIRECTION_SIZES:
        body = [
            line for clause in body_of(content, [content.directions], size) for line in clause
        ]
        if height_of(body) <= room:
            return [body]
    clauses = CLAUSE_END.split(content.directions)
    return split(body_of(content, clauses, DIRECTION_SIZES[-1]), room - SMALL * LEADING)


def part_marks(
    content: LabelContent,
    words: LabelWords,
    code_size: float,
    *,
    body: Sequence[BodyLine],
    place: int,
    parts: int,
) -> list[Mark]:
    flow = head(content, words, code_size)
    bottom = foot(content, words, HEIGHT - MARGIN - foot(content, words, 0).y)
    if parts == 1:
        spare = HEIGHT - MARGIN - flow.y - foot(content, words, 0).y - height_of(body)
        flow.gap(min(spare / 3, 8))
    for line in body:
        flow.line(line.text, line.size, line.font)
    if parts > 1:
        flow.line(words.part.format(place, parts), SMALL, BOLD)
    return [*flow.marks, *bottom.marks, Code(WIDTH - MARGIN, MARGIN)]


def head(content: LabelContent, words: LabelWords, code_size: float) -> Flow:
    """Who dispenses, which prescription, for whom, what."""
    flow = Flow(MARGIN - 2)
    beside = INNER - code_size - 8
    flow.block(content.pharmacy_name, 9.5, BOLD, beside)
    flow.block(f"{content.pharmacy_address} · {content.pharmacy_phone}", SMALL, width=beside)
    fill = words.refill.format(content.fill_number) if content.fill_number else words.first
    number = f"Rx {content.rx_number} · {fill} · {content.filled_on:%m/%d/%Y}"
    flow.block(number, 8.5, BOLD, beside)
    flow.y = max(flow.y, MARGIN + code_size + 1)
    flow.rule()
    flow.block(content.patient_name, 13, BOLD)
    flow.block(content.patient_address, SMALL)
    flow.gap(1)
    flow.block(f"{content.drug_name} {content.strength} {content.form}".strip(), 12, BOLD)
    flow.block(" · ".join(product_facts(content, words)), SMALL)
    flow.gap(2)
    return flow


def product_facts(content: LabelContent, words: LabelWords) -> list[str]:
    # A compound has no NDC; its own number says so by its letters.
    code = f"NDC {content.ndc}" if content.ndc[:1].isdigit() else content.ndc
    facts = [content.labeler, code]
    if content.generic_for:
        facts.append(words.generic.format(content.generic_for))
    if content.lot:
        facts.append(words.lot.format(content.lot))
    if content.expires_on:
        facts.append(words.expires.format(f"{content.expires_on:%m/%d/%Y}"))
    return facts


def body_of(content: LabelContent, directions: Sequence[str], size: float) -> list[Clause]:
    """The directions in bold, then what goes with them: warnings, each for itself."""
    clauses = [lines_of(text, BOLD, size) for text in directions]
    return clauses + [lines_of(f"• {text}", REGULAR, 8) for text in content.auxiliary]


def lines_of(text: str, font: str, size: float) -> Clause:
    return [BodyLine(line, size, font) for line in wrap(printable(text), font, size, INNER)]


def foot(content: LabelContent, words: LabelWords, top: float) -> Flow:
    """How much, until when, by whom; the cautions the law asks for."""
    flow = Flow(top)
    flow.rule()
    flow.block(
        f"{words.quantity} {content.quantity_text} · {words.refills} {content.refills_left} · "
        f"{words.discard} {content.discard_after:%m/%d/%Y}",
        8.5,
        BOLD,
    )
    who = [f"{words.prescriber} {content.prescriber_name}"]
    who.append(words.written.format(f"{content.written_on:%m/%d/%Y}"))
    if content.technician:
        who.append(words.filled.format(content.technician))
    if content.pharmacist:
        who.append(words.checked.format(content.pharmacist))
    flow.block(" · ".join(who), SMALL)
    for caution in content.cautions:
        flow.block(caution, SMALL, BOLD)
    return flow


def height_of(lines: Sequence[BodyLine]) -> float:
    return sum(line.size * LEADING for line in lines)


def split(clauses: Sequence[Clause], room: float) -> list[list[BodyLine]]:
    """Fill the parts with whole clauses; one that is longer than a label is split by lines."""
    parts: list[list[BodyLine]] = [[]]
    for clause in clauses:
        pieces = [clause] if height_of(clause) <= room else [[line] for line in clause]
        for piece in pieces:
            if parts[-1] and height_of([*parts[-1], *piece]) > room:
                parts.append([])
            parts[-1] += piece
    return parts
