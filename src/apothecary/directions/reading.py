"""Reading a direction: tokens in, typed steps and open questions out.

Each token has a letter (``words.LETTER``); a construct of the sig language is a pattern over
those letters. At every place the first pattern that fits is taken; what fits none becomes a
question.
"""

import re

from apothecary.directions import acts, cycles, limits, remarks
from apothecary.directions.acts import Act
from apothecary.directions.completing import complete
from apothecary.directions.direction import Directions
from apothecary.directions.draft import Draft
from apothecary.directions.medicine import Medicine, medicine_of
from apothecary.directions.site_codes import SiteCodes
from apothecary.directions.tokens import Token, tokens, without_noise
from apothecary.directions.words import plain_spanish, spanish_lexicon

# As many characters as the directions of an electronic prescription may have.
LONGEST = 1000
# Words that are Spanish and no English; two of them make a text Spanish.
_SPANISH = re.compile(
    r"\b(?:tom[ae]r?|tableta|tabletas|pastillas?|capsulas?|cada|veces|vez|dia|dias|horas|boca"
    r"|por|via|con|una|un|al|segun|aplicar?|aplique|inyect\w{1,3}|inhal(?:e|ar)|gotas?|noche|introduzca"
    r"|administre|disuelva|coloque|mastique|meses|semanas?|en|la|los|de|el|despues|antes"
    r"|manana|durante|acostarse|media|unidades|poner|ponga|use|usar|ojo|piel)\b"
)
_SPANISH_SURE = re.compile(
    r"\b(?:cada|veces|dia|dias|boca|tabletas?|capsulas?|gotas?|una|unidades|acostarse|piel"
    r"|pastillas?|comidas?|diari[ao]|manana|noche|lunes|martes|miercoles|jueves|viernes"
    r"|sabados?|domingos?)\b"
)

# A day of the week with its article says it alone.
_SPANISH_DAY = re.compile(
    r"\b(?:los|el|cada) (?:lunes|martes|miercoles|jueves|viernes|sabados?|domingos?)\b"
)


def read_directions(
    text: str, *, form: str = "", drug: str = "", codes: SiteCodes | None = None
) -> Directions:
    """Read a direction as a prescriber typed it: codes, plain English or Spanish, or a mixture.

    ``form`` is the product's dosage form, ``drug`` its name and strength as written; both only
    settle what the text leaves open (1 what, which eye drop, how many tablets are 25 mg) and
    are never read as directions. ``codes`` are a site's own.
    """
    typed = codes.written_out(text) if codes is not None else text
    if len(typed) > LONGEST:
        return Directions(text=text, questions=(f"More than {LONGEST} characters: shorter?",))
    product = medicine_of(drug, form)
    draft = Draft(form=product.form, drug=drug.strip())
    read = without_noise(_tokens(typed, product))
    read = remarks.without_notes(draft, remarks.without_scale(draft, read))
    _walk(draft, read)
    return complete(draft, text, product)


def _tokens(text: str, product: Medicine) -> list[Token]:
    plain = plain_spanish(text) if _may_be_spanish(text) else ""
    if plain:
        return tokens(plain, ignore=product.names, known=spanish_lexicon())
    return tokens(text, ignore=product.names)


def _may_be_spanish(text: str) -> bool:
    plain = plain_spanish(text)
    found = set(_SPANISH.findall(plain))
    sure = len(found) >= 2 and _SPANISH_SURE.search(plain) is not None
    return sure or _SPANISH_DAY.search(plain) is not None


def _walk(draft: Draft, read: list[Token]) -> None:
    letters = "".join(token.letter for token in read)
    place = 0
    while place < len(read):
        length, act = _first_fit(letters, place, draft)
        first = read[place].kind
        draft.joined = first in ("and", "then") or draft.joined
        act(draft, read[place : place + length])
        draft.joined = first in ("and", "then", "verb") and draft.joined
        place += length


def expand(code_text: str, *, form: str = "", language: str = "english") -> str:
    """A code such as ``1 tab po bid`` in plain words; ValueError for an unknown language."""
    directions = read_directions(code_text, form=form)
    if language == "english":
        return directions.english()
    if language == "spanish":
        return directions.spanish()
    raise ValueError(f"language: {language!r} is neither english nor spanish")


def _first_fit(letters: str, place: int, draft: Draft) -> tuple[int, Act]:
    for pattern, act, needs in _BY_LETTER.get(letters[place], ()):
        if needs and not getattr(draft, needs):
            continue
        found = pattern.match(letters, place)
        if found is not None:
            return found.end() - place, act
    return 1, acts.unknown


_RATE = "(?:Q|EP|EoP|ENP|EhP)"
_REASON = "(?:[GX](?:[&r/]?[GX]){0,7}J?(?:>NU?)?(?:NrN(?![UPT]))?)"
_AFTER_DOSE = "(?=[RFEOAWCKDLYlfJhB.H/]|$)"
_HOW_OFTEN = "(?:xN|O|u?NT|uNd|N)"
_LONG_SPAN = "(?:Q|[iE]?N?P)"
_TABLE: tuple[tuple[str, Act, str], ...] = (
    (r"NN", acts.two_numbers, ""),
    *((pattern, cycles.on_and_off, "") for pattern in cycles.ON_AND_OFF),
    *((pattern, cycles.of_cycle, "") for pattern in cycles.OF_CYCLE),
    (r"t(?:[Ei]N?P)?2?(?=\.|$)", cycles.again, "paused"),
    (r"NP2", cycles.again, "paused"),
    (r"N2", cycles.so_many, "paused"),
    (r"[fx]N2", cycles.so_many, "paused"),
    (r"2", cycles.again, "paused"),
    (r"NP0", cycles.off_alone, ""),
    (r"0", cycles.off_alone, ""),
    (r"4(?:>?[fui]?NP|NU?(?=E)|EN?P|[>fuXrz0])*", acts.taper, ""),
    (r"3", acts.place_too, ""),
    (r"R[&/]R", acts.two_places, ""),
    (r"5NP", cycles.remove_after, ""),
    (rf"u?N(?:rN)?T{_RATE}", acts.times_per, ""),
    (rf"u?O(?:rO)?T?{_RATE}", acts.times_per, ""),
    (r"OF", acts.once_frequency, ""),
    (r"NT", acts.times_only, ""),
    (r"EN(?:rN)?P", acts.interval, ""),
    (r"E[oh]P", acts.interval, ""),
    (r"EoW", acts.every_other, ""),
    (r"EP", acts.interval, ""),
    (r"E(?=[YW])", acts.passed, ""),
    (r"[FQ][r/][FQ]", acts.frequency, ""),
    (r"F", acts.frequency, ""),
    (rf"M(?:N|O)d{_LONG_SPAN}?", limits.most, ""),
    (rf"MNU?d?{_LONG_SPAN}", limits.most, ""),
    (r"MNU?", limits.most, ""),
    (r"MQNU?d?", limits.most, ""),
    (r"M(?=d?Q?N)", acts.passed, ""),
    (rf"uNd{_LONG_SPAN}", limits.most, ""),
    (r"uNd", acts.doses, ""),
    (r"uNU(?:Q|iN?P)", limits.most, ""),
    (r"uNP", acts.duration, ""),
    (r"uNU", limits.up_to_pieces, "settled"),
    (r"u(?=NU)", acts.passed, ""),
    (r"[fx]?NPs", acts.passed, ""),
    (r"[fx]N(?:rN)?P", acts.duration, ""),
    (r"fuNP", acts.duration, ""),
    (r"[fx]Nd", acts.doses, ""),
    (r"qN[U]?", acts.passed, ""),
    (r"q", acts.passed, ""),
    (r"k[xq]?N?", acts.passed, ""),
    (r"Nk", acts.passed, ""),
    (r"xN", acts.single, ""),
    (r"x(?!N)", acts.star, ""),
    (r"[LB]N(?:[r&]N)?I", acts.days, ""),
    (r"[LB]N(?:[r&]N)?", acts.days, ""),
    (r"hP", acts.days, ""),
    (r"l", acts.days, ""),
    (r"PN(?:[r&]N)?I", acts.days, ""),
    (r"PN(?:[r&]N)?(?![UPTd])", acts.days, ""),
    (
        rf"t{_HOW_OFTEN}?(?:[iE]N(?:rN)?P|EP|iP|iQ|Q)[Ab]?{_HOW_OFTEN}?[Ab]?",
        limits.repeat,
        "",
    ),
    (r"t", limits.repeat, ""),
    (r"N(?:rN)?P(?=[W])W", acts.before_or_after, ""),
    (r"N(?:rN)?U?vNU?(?:EoP|F|Q)?", acts.alternate, ""),
    (r"vN(?:rN)?U?&NU?(?:EoP|F|Q)?", acts.alternate, ""),
    (r"NUrNU", acts.dose, ""),
    (r"N(?:rN)?Uy", acts.total, ""),
    (r"N(?:rN)?U", acts.dose, ""),
    (r"N(?:rN)?Q", acts.dose_and_rate, ""),
    (r"NPj", acts.later, ""),
    (r"NPc", acts.spaced, ""),
    (r"NPH(?=\.|$)", acts.later, ""),
    (r"NP", acts.duration, "timed"),
    (r"N(?:rN)?(?=R?[WCLlhYB])", acts.dose, "settled"),
    (rf"N(?:rN)?{_AFTER_DOSE}", acts.dose, "going_on"),
    (rf"N(?:rN)?{_AFTER_DOSE}", acts.bare_dose, ""),
    (rf"A(?:f?{_REASON})?", remarks.as_needed, ""),
    (rf"[fp]{_REASON}", remarks.purpose, ""),
    (r"f(?=A)", acts.passed, ""),
    (r"OW", acts.once, ""),
    (r"O", acts.once, ""),
    (r"K", acts.single, ""),
    (r"Q", acts.per, ""),
    (r"V", acts.verb, ""),
    (r"U", acts.unit_alone, ""),
    (r"R", lambda draft, read: draft.route(read[0].value, read[0].text), ""),
    (r"J", acts.site, ""),
    (r"W", acts.when, ""),
    (r"C", acts.clock, ""),
    (r"Y(?:r?Y)+", acts.weekdays, ""),
    (r"Y", acts.weekdays, ""),
    (r"w", lambda draft, _read: draft.other_days(), ""),
    (r"eNU?Y(?:&?Y)*", acts.except_days, ""),
    (r"eY(?:&?Y)*", acts.except_days, ""),
    (r"D", lambda draft, _read: draft.directed(), ""),
    (r"H", lambda draft, _read: draft.then(), ""),
    (r"n", acts.drug, ""),
    (r"S", acts.strength, ""),
    (r"m", lambda draft, read: draft.note(read[0].value or read[0].text), ""),
    (r"\?", acts.ask_word, ""),
    (r"r(?=[VOQFERWAD])", acts.dash, ""),
    (r"[.&,/y]", acts.passed, ""),
)


def _starts(pattern: str) -> str:
    """The letters a pattern can begin with: one, or some in brackets, perhaps optional."""
    first = re.match(r"\\(.)|\[(.+?)\]|(.)", pattern)
    if first is None:
        return ""
    letters = next(group for group in first.groups() if group)
    rest = pattern[first.end() :]
    return letters + _starts(rest[1:]) if rest.startswith("?") else letters


def _by_letter() -> dict[str, list[tuple[re.Pattern[str], Act, str]]]:
    """The patterns that can begin with a letter, in the order of the table."""
    found: dict[str, list[tuple[re.Pattern[str], Act, str]]] = {}
    for pattern, act, needs in _TABLE:
        for letter in _starts(pattern):
            found.setdefault(letter, []).append((re.compile(pattern), act, needs))
    return found


_BY_LETTER = _by_letter()
