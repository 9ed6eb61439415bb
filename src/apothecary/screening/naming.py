"""What people call a drug or an allergy, found in the shipped tables exactly, never by guess.

A drug is named by brand, generic name, salt, combination, RxCUI or NDC, with or without its
strength and form. Every word of a name must be known: one that is misspelt leaves the drug
unknown, and whoever asked is told so. An NDC is looked up in the starter file, an RxCUI in
RxNorm's prescribable content of the release in ``data/sources.csv``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources.abc import Traversable

from apothecary.drugs.ndc import BadNdc, candidates
from apothecary.drugs.shipped import read_lines
from apothecary.drugs.starter import ProductRow, read_products
from apothecary.screening.naming_forms import FORMS, RELEASES, SALTS, SILENT
from apothecary.screening.rules.facts import AllergyFacts, Content
from apothecary.screening.sources import SHIPPED, read_allergens, read_allergy_classes
from apothecary.screening.strengths import contents_of, one_content

MOST_WORDS = 8
CONNECTORS = frozenset({"and", "with", "w", "/", "+", "&", "-", "plus", "in"})
AMOUNT = re.compile(
    r"\d[\d,.]*(?:[-/]\d[\d,.]*)*\s*(?:%|mcg|mg|g|ml|mls|units?|unt|iu|meq|hr|h|actuat)?"
    r"(?:/(?:\d[\d.]*)?\s*(?:ml|mg|g|hr|h|actuat|spray|puff|dose))?",
    re.IGNORECASE,
)
UNIT = frozenset(("%", "mcg", "mg", "g", "ml", "mls", "unit", "units", "iu", "meq", "hr", "h"))
# An amount with its unit is one word, however it was spaced.
SPACED = re.compile(
    r"(\d[\d,.]*)\s*(mcg|mg|g|meq|units?|unt|iu|%)\b(?:\s*/\s*([\d.]*)\s*(ml|hour|hr|h|actuat)\b)?"
)
NUMBER = re.compile(r"\d[\d,]*\.?\d*")
# An allergy in other words: what stands around the name of the thing.
AROUND = re.compile(r"\b(allergy|allergic|to|intolerance|sensitivity|drug|drugs)\b")


@dataclass(frozen=True, slots=True)
class Named:
    """A drug as somebody called it: its ingredients, and as much as the words said."""

    said: str
    ingredients: tuple[str, ...]
    form_group: str = ""
    dosage_form: str = ""
    strength: str = ""
    contents: tuple[Content, ...] = ()
    schedule: int = 0


@cache
def names() -> dict[str, tuple[str, ...]]:
    """Every name with its ingredients; a word of our own goes before a listed one.

    A key is a name too: some sources know a drug only by its salt.
    """
    found = {}
    for name in ("drug_names.csv.gz", "drug_words.csv"):
        for line in read_lines(SHIPPED, name):
            found[line.text("name")] = line.parts("ingredients")
    for key in {key for keys in found.values() for key in keys}:
        found.setdefault(key.replace("-", " "), (key,))
    return found


@cache
def codes(folder: Traversable = SHIPPED) -> dict[str, tuple[str, ...]]:
    """Every RxCUI with its ingredients."""
    lines = read_lines(folder, "drug_codes.csv.gz")
    return {line.text("rxcui"): line.parts("ingredients") for line in lines}


@cache
def products() -> tuple[dict[tuple[str, str], ProductRow], dict[str, tuple[ProductRow, ...]]]:
    """The products of the starter file by their two segments, and by their ingredients."""
    by_code: dict[tuple[str, str], ProductRow] = {}
    by_key: dict[str, tuple[ProductRow, ...]] = {}
    for row in read_products():
        by_code[row.labeler, row.product] = row
        by_key[row.ingredient_key] = (*by_key.get(row.ingredient_key, ()), row)
    return by_code, by_key


def drug_named(said: str) -> Named | None:
    """The drug of this name, RxCUI or NDC; none where the tables do not know it."""
    text = said.strip()
    if re.fullmatch(r"[\d-]+", text):
        return by_ndc(text) or by_rxcui(text)
    return by_words(text)


def by_ndc(text: str) -> Named | None:
    """The product of an NDC of ten or eleven digits, or of two or three hyphenated segments."""
    by_code, _ = products()
    pieces = text.split("-")
    if len(pieces) == 2:
        found = [by_code[pieces[0], pieces[1]]] if (pieces[0], pieces[1]) in by_code else []
    else:
        try:
            several = candidates("".join(pieces))
        except BadNdc:
            return None
        if len(pieces) == 3:
            exact = [one for one in several if one.hyphenated == text]
            several = tuple(exact) or several
        keys = {(one.labeler, one.product) for one in several}
        found = [by_code[key] for key in sorted(keys) if key in by_code]
    # Ten digits without hyphens may be several drugs: then it is none of them.
    return of_product(text, found[0]) if len(found) == 1 else None


def of_product(said: str, row: ProductRow) -> Named:
    """A product of the file."""
    return Named(
        said=f"{row.name} {row.strength}".strip(),
        ingredients=row.ingredients,
        form_group=row.form_group,
        dosage_form=row.dosage_form,
        strength=row.strength,
        contents=contents_of(row.ingredients, row.strength),
        schedule=row.schedule,
    )


def by_rxcui(text: str) -> Named | None:
    """The drug of an RxCUI; strength and form where the starter file has it."""
    if text not in codes():
        return None
    for row in products()[0].values():
        if text in {row.rxcui_generic, row.rxcui_brand}:
            return of_product(text, row)
    keys = codes()[text]
    return Named(
        " / ".join(key.replace("-", " ") for key in keys), keys, schedule=the_one(keys)
    )


def by_words(text: str) -> Named | None:
    """A drug by its name; every word must be a name, a salt, a form or an amount."""
    brackets = re.sub(r"\s*\[[^\]]*\]\s*$", "", text.lower())
    tokens = list(tokens_of(brackets))
    keys: list[str] = []
    rest: list[str] = []
    at = 0
    while at < len(tokens):
        size = longest_name(tokens, at)
        if size and not (size == 1 and keys and is_salt(tokens, at)):
            name = " ".join(tokens[at : at + size])
            keys += names()[name]
            rest += [
                each for each in tokens[at : at + size] if each in RELEASES or each in FORMS
            ]
            at += size
        elif small_word(tokens[at]) and (keys or not tokens[at].isalpha()):
            rest.append(tokens[at])
            at += 1
        else:
            return None
    if not keys:
        return None
    return with_details(text, tuple(dict.fromkeys(keys)), rest)


def tokens_of(text: str) -> Iterator[str]:
    """The words of a name; where a word with a hyphen or stroke is no name, its parts."""
    whole = " ".join(text.split()).strip(" .,;")
    if whole in names():
        yield from whole.split(" ")
        return
    spaced = re.sub(r"\s+/\s+|[;()#]|,(?!\d)", " ", SPACED.sub(glued, whole))
    for word in spaced.split():
        bare = word.rstrip(".") if word.rstrip(".") in names() else word.strip(".")
        if bare in names() or AMOUNT.fullmatch(bare) or small_word(bare):
            yield bare
        else:
            yield from (part for part in re.split(r"[-/+&]", bare) if part)


def glued(found: re.Match[str]) -> str:
    """``400 mg / 5 ml`` as ``400mg/5ml``."""
    amount, unit, per, of = found.groups()
    return f"{amount}{unit}" + (f"/{per}{of}" if of else "")


def longest_name(tokens: list[str], at: int) -> int:
    """How many words from here on are one name, the longest there is."""
    for size in range(min(MOST_WORDS, len(tokens) - at), 0, -1):
        if " ".join(tokens[at : at + size]) in names():
            return size
    return 0


def is_salt(tokens: list[str], at: int) -> bool:
    """Whether a word that could be a drug stands right behind one, as its salt."""
    return tokens[at] in SALTS and tokens[at - 1] not in CONNECTORS


def small_word(token: str) -> bool:
    """A word that names no drug by itself: an amount, a unit, a form, a salt."""
    return bool(
        token in CONNECTORS
        or token in FORMS
        or token in RELEASES
        or token in SALTS
        or token in SILENT
        or token in UNIT
        or AMOUNT.fullmatch(token)
    )


def with_details(said: str, keys: tuple[str, ...], rest: list[str]) -> Named:
    """The same with form, release and strength, as far as they were said."""
    form = next((FORMS[word] for word in rest if FORMS.get(word)), "")
    release = next((RELEASES[word] for word in rest if word in RELEASES), "")
    contents = typed_contents(keys, rest) or listed_contents(keys, rest, form)
    form = form or ("patch" if any(each.unit == "mcg/h" for each in contents) else "")
    return Named(
        said=" ".join(said.split()),
        ingredients=keys,
        form_group=form,
        dosage_form=release,
        strength=" ".join(word for word in rest if word[0].isdigit() or word in UNIT),
        contents=contents,
        schedule=the_one(keys),
    )


def the_one(keys: Iterable[str]) -> int:
    """The schedule that all products of these ingredients share; else the strictest is none."""
    rows = products()[1].get("+".join(sorted(keys)), ())
    schedules = {row.schedule for row in rows}
    return schedules.pop() if len(schedules) == 1 else 0


def typed_contents(keys: tuple[str, ...], rest: list[str]) -> tuple[Content, ...]:
    """A single ingredient's strength as it was typed: ``500 mg``, ``400 mg/5 ml``."""
    if len(keys) > 1:
        return ()
    text = " ".join(rest)
    found = re.search(
        r"(\d[\d,]*\.?\d*)\s*(mcg|mg|g)\b(?:\s*/\s*(\d[\d.]*)?\s*(ml|hour|hr|h)\b)?", text
    )
    if found is None:
        return ()
    amount, unit, per, of = found.groups()
    written = f"{amount} {unit}" + (f"/{per or 1} {'mL' if of == 'ml' else 'h'}" if of else "")
    content = one_content(keys[0], written)
    return (content,) if content else ()


def listed_contents(keys: tuple[str, ...], rest: list[str], form: str) -> tuple[Content, ...]:
    """A combination's strengths, where the file lists one with just these numbers.

    What is counted goes before what is poured, unless the form was said.
    """
    said = sorted(Decimal(each.replace(",", "")) for each in NUMBER.findall(" ".join(rest)))
    rows = products()[1].get("+".join(sorted(keys)), ())
    for row in sorted(rows, key=lambda row: row.form_group != (form or "tablet")):
        listed = sorted(
            Decimal(each.replace(",", "").split()[0].split("/")[0]) for each in row.strengths
        )
        if said and listed == said and len(row.strengths) == len(row.ingredients):
            return contents_of(row.ingredients, row.strength)
    return ()


@cache
def allergy_words() -> dict[str, AllergyFacts]:
    """Words for classes, then the VA's reactants and the classes themselves."""
    found: dict[str, AllergyFacts] = {}
    for reactant in read_allergens():
        if reactant.ingredient:
            for word in (reactant.name, *reactant.synonyms):
                found[word] = AllergyFacts(word, ingredient=reactant.ingredient)
    for row in read_allergy_classes():
        for word in (row.key, row.key.replace("-", " "), row.says.lower()):
            found[word] = AllergyFacts(word, allergy_class=row.key)
    for line in read_lines(SHIPPED, "allergy_words.csv"):
        word = line.text("word")
        found[word] = AllergyFacts(word, line.maybe("ingredient"), line.maybe("class"))
    return found


def allergies_named(said: str, reaction: str = "", severity: str = "") -> list[AllergyFacts]:
    """What an allergy named so is to: a class, each ingredient of a drug, or a name alone."""
    text = " ".join(AROUND.sub(" ", said.lower()).split()) or said.lower()
    known = allergy_words().get(text)
    if known is not None:
        return [AllergyFacts(said, known.ingredient, known.allergy_class, reaction, severity)]
    drug = by_words(text)
    if drug is None:
        return [AllergyFacts(said, reaction=reaction, severity=severity)]
    return [
        AllergyFacts(said, key, reaction=reaction, severity=severity)
        for key in drug.ingredients
    ]
