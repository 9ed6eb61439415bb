"""Structured product labels (SPL, HL7 XML) as DailyMed publishes them: what a pill looks like,
and the sections a pharmacist asks for.

Alone, zipped with its pictures, or thousands of such zips in one archive. What a pill looks
like stands beside each product as characteristics (SPLIMPRINT, SPLCOLOR …), sections are known
by LOINC; the labelers wrote both, and no agency has checked how a pill looks.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lxml import etree

from apothecary.drugs.official.files import Piece, Tell, silent
from apothecary.drugs.official.written_codes import code_of
from apothecary.drugs.shipped import BadRow

HL7 = "{urn:hl7-org:v3}"
NDC_SYSTEM = "2.16.840.1.113883.6.69"
# Marks inside a sentence: what stands in them belongs to the word before and behind.
WITHIN_WORDS = frozenset({"content", "sub", "sup", "linkHtml"})
# A set id is a UUID of 36 characters.
LONGEST_ID = 64
# The longest labels have some five megabytes.
LARGEST = 32 << 20
# LOINC codes of the sections that are kept (mark K but for 34073-7).
SECTIONS = {
    "34066-1": "boxed warning",
    "34067-9": "indications",
    "34070-3": "contraindications",
    "34073-7": "drug interactions",
    "34071-1": "warnings",
    "43685-7": "warnings and precautions",
    "34069-5": "how supplied",
    "44425-7": "storage and handling",
}


@dataclass(frozen=True, slots=True)
class LookRow:
    """What a product or a part of a kit looks like. ``score`` is into how many pieces it is
    scored to break; two colours are joined by a stroke, parts of an imprint by semicolons.
    """

    code: str
    product_key: str
    part: int
    imprint: str
    colour: str
    shape: str
    size_mm: Decimal | None
    score: int | None


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section of a label: its text without markup; ``nth`` counts those of one LOINC."""

    loinc: str
    nth: int
    text: str


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label in one version. ``file`` is the document it stood in."""

    file: str
    set_id: str
    version: int
    title: str
    labeler: str
    effective_on: date
    looks: tuple[LookRow, ...]
    sections: tuple[SectionRow, ...]


def read_labels(piece: Piece, *, tell: Tell = silent) -> Iterator[LabelRow]:
    """Every label of a file or archive; pictures and other members are no labels.

    Raises BadRow naming the document, and where its XML breaks the line.
    """
    for name, raw in _documents(piece, tell):
        yield read_label(name, raw)


def _documents(piece: Piece, tell: Tell) -> Iterator[tuple[str, bytes]]:
    try:
        if not zipfile.is_zipfile(piece.path):
            with piece.opened() as (raw, _):
                yield piece.name, raw.read(LARGEST + 1)
            tell(piece.size)
            return
        with zipfile.ZipFile(piece.path) as archive:
            for info in archive.infolist():
                yield from _inside(info.filename, archive.open(info).read(LARGEST + 1))
                tell(info.compress_size)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as why:
        raise BadRow(piece.name, 0, "file", f"cannot be unpacked: {why}") from why


def _inside(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    kind = Path(name).suffix.lower()
    if kind == ".xml":
        yield Path(name).name, raw
    elif kind == ".zip":
        with zipfile.ZipFile(io.BytesIO(raw)) as inner:
            for info in inner.infolist():
                if info.filename.lower().endswith(".xml"):
                    yield Path(info.filename).name, inner.open(info).read(LARGEST + 1)


def read_label(file: str, raw: bytes) -> LabelRow:
    """One document as a label. Raises BadRow; entities and document types are refused."""
    root = _root(file, raw)
    set_id = _must(file, root, "setId", "root")
    if len(set_id) > LONGEST_ID:
        raise BadRow(file, 1, "setId", f"has more than {LONGEST_ID} characters")
    return LabelRow(
        file=file,
        set_id=set_id,
        version=_version(file, root),
        title=_text(root.find(f"{HL7}title")),
        labeler=_text(root.find(f".//{HL7}author//{HL7}representedOrganization/{HL7}name")),
        effective_on=_day(file, _must(file, root, "effectiveTime", "value")),
        looks=tuple(_looks(file, root)),
        sections=tuple(_sections(root)),
    )


def _root(file: str, raw: bytes) -> etree._Element:
    if len(raw) > LARGEST:
        raise BadRow(file, 1, "document", f"has more than {LARGEST:,} bytes")
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        # Between the words of a section stand notes of the labeler's editor.
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as why:
        says = f"is not well-formed XML: {why.msg}"
        raise BadRow(file, why.lineno or 1, "document", says) from None
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise BadRow(file, 1, "document", "has a document type, which is refused")
    if root.tag != f"{HL7}document":
        raise BadRow(file, 1, "document", f"is no label but {root.tag!r}")
    return root


def _must(file: str, root: etree._Element, name: str, attribute: str) -> str:
    found = root.find(f"{HL7}{name}")
    value = found.get(attribute, "").strip() if found is not None else ""
    if not value:
        at = _line(root if found is None else found)
        raise BadRow(file, at, name, f"has no {attribute}")
    return value


def _version(file: str, root: etree._Element) -> int:
    said = _must(file, root, "versionNumber", "value")
    if not (said.isascii() and said.isdigit() and 0 < len(said) < 9):
        raise BadRow(file, 1, "versionNumber", f"{said!r} is no number of a version")
    return int(said)


def _day(file: str, said: str) -> date:
    try:
        return date(int(said[:4]), int(said[4:6]), int(said[6:8]))
    except ValueError as why:
        raise BadRow(file, 1, "effectiveTime", f"{said!r} is no date: {why}") from None


def _looks(file: str, root: etree._Element) -> Iterator[LookRow]:
    for outer in root.iterfind(f".//{HL7}subject/{HL7}manufacturedProduct"):
        inner = outer.find(f"{HL7}manufacturedProduct")
        code = inner.find(f"{HL7}code") if inner is not None else None
        if inner is None or code is None or code.get("codeSystem") != NDC_SYSTEM:
            continue
        written = code_of(code.get("code", ""))
        if written is None or written.package:
            says = f"{code.get('code')!r} is no product code"
            raise BadRow(file, _line(code), "code", says)
        parts = list(inner.iterfind(f"{HL7}part"))
        for nth, holder in enumerate(parts or [outer], 1 if parts else 0):
            yield _look(file, holder, written.code, written.product_key, nth)


def _look(file: str, holder: etree._Element, code: str, key: str, part: int) -> LookRow:
    said: dict[str, list[etree._Element]] = {}
    for each in holder.iterfind(f"{HL7}subjectOf/{HL7}characteristic"):
        kind, value = each.find(f"{HL7}code"), each.find(f"{HL7}value")
        if kind is not None and value is not None:
            said.setdefault(kind.get("code", ""), []).append(value)
    size = _number(file, said.get("SPLSIZE", []))
    score = _number(file, said.get("SPLSCORE", []))
    imprint = ";".join(_text(value) for value in said.get("SPLIMPRINT", []))
    return LookRow(
        code=code,
        product_key=key,
        part=part,
        imprint="; ".join(word.strip() for word in imprint.split(";") if word.strip()),
        colour=_named(said.get("SPLCOLOR", [])),
        shape=_named(said.get("SPLSHAPE", [])),
        size_mm=size,
        score=int(score) if score is not None and score == int(score) else None,
    )


def _named(values: list[etree._Element]) -> str:
    names = [value.get("displayName", "").strip().lower() for value in values]
    return "/".join(dict.fromkeys(name for name in names if name))


def _number(file: str, values: list[etree._Element]) -> Decimal | None:
    """The value of the first; a null flavour is none."""
    said = values[0].get("value", "") if values else ""
    if not said:
        return None
    try:
        value = Decimal(said)
    except InvalidOperation:
        value = Decimal("NaN")
    if not (value.is_finite() and 0 <= value < 1000):
        says = f"{said!r} is no size or score"
        raise BadRow(file, _line(values[0]), "characteristic", says)
    return value


def _sections(root: etree._Element) -> Iterator[SectionRow]:
    counted: dict[str, int] = {}
    for section in root.iterfind(f".//{HL7}section"):
        code = section.find(f"{HL7}code")
        loinc = code.get("code", "") if code is not None else ""
        own = [each for each in section.iterfind(f".//{HL7}text") if not _is_excerpt(each)]
        text = " ".join(map(_text, own)).strip()
        if loinc in SECTIONS and text:
            counted[loinc] = counted.get(loinc, 0) + 1
            yield SectionRow(loinc, counted[loinc], text)


def _is_excerpt(element: etree._Element) -> bool:
    """Whether it is the short form for the label's first page, which says all of it again."""
    return next(element.iterancestors(f"{HL7}excerpt"), None) is not None


def _line(element: etree._Element) -> int:
    """The line of a document where an element begins, as far as the parser kept it."""
    return int(getattr(element, "sourceline", None) or 1)


def _text(element: etree._Element | None) -> str:
    """All words in an element with single blanks between them; a paragraph ends a word."""
    if element is None:
        return ""
    found = []
    for event, each in etree.iterwalk(element, events=("start", "end")):
        blank = "" if etree.QName(each).localname in WITHIN_WORDS else " "
        behind = "" if each is element else each.tail
        found += [blank, (each.text if event == "start" else behind) or ""]
    return " ".join("".join(found).split())
