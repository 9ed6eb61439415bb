"""A text as it was sent, its spelling made even, cut into words.

Every pattern is bounded: no text, however long or strange, takes more than linear time.
"""

import html
import re
import unicodedata

# Marks an hour of the day in the even text: §0830 is half past eight in the morning.
CLOCK = "§"
# Keeps a number and its unit together where the rules below would part them.
JOINT = "·"
_KEPT = re.compile(r"(?<=\d)(?=[a-z])")
_SIGNS = {
    "½": " 1/2 ",
    "¼": " 1/4 ",
    "¾": " 3/4 ",
    "⅓": " 1/3 ",
    "⅔": " 2/3 ",
    "⅛": " 1/8 ",
    "–": "-",
    "—": " - ",
    "‐": "-",
    "‑": "-",
    "−": "-",
    "×": " x ",
    "µ": "u",
    "μ": "u",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "≤": " <= ",
    "≥": " >= ",
    "•": ". ",
    "…": " . ",
    CLOCK: " ",
    JOINT: " ",
}
_UNITS = r"hours?|hrs?|h|days?|d|weeks?|wks?|w|months?|mon?|minutes?|mins?"
_PERIOD_NAME = {"h": "hours", "d": "days", "w": "weeks", "m": "months"}
_EVERY = re.compile(
    rf"\bq\s{{0,2}}(\d{{1,3}})(?:\s?(?:{_UNITS})?\s?(?:-|to|or|/)\s?q?\s?(\d{{1,3}}))?"
    rf"\s{{0,2}}({_UNITS})\b"
)
_BEFORE_EVERY = re.compile(r"\b(po|sl|pr|pv|im|sq|sc|tabs?|caps?|puffs?|ml)q(?=\d)")
_GLUED_EVERY = re.compile(
    r"q(\d{1,2})(?:(?:-|to)(\d{1,2}))?(hours|hour|hrs|hr|h|days|day|weeks|wks|wk)"
    r"(?=prn|x\d|for|ac|wa|as|and|while|po|sl)"
)
_CODES = "qd|qod|bid|tid|qid|qhs|qam|qpm|hs|am|pm|daily|weekly"
_STRENGTH_UNIT = r"mg|mcg|ug|g|gm|gram|units?|u|meq|ml|mls"
_BASE = (
    r"\d{0,4}(?:\.\d{1,3})?\s?(?:mls?|actuations?|act|puffs?|inhalations?|inh|sprays?|hours?"
    r"|hrs?|h|24\s?h(?:ou)?rs?|24h|tablets?|tabs?|capsules?|caps?|patch|vial)"
)
_STRENGTH = re.compile(
    rf"(?<![\d.])(\d{{1,6}}(?:\.\d{{1,4}})?|\.\d{{1,4}})\s?({_STRENGTH_UNIT})\s?/\s?({_BASE})\b"
)
_WAY_AFTER = r"(?=(?:po|sl|pr|pv)(?:\W|$|qd|qod|bid|tid|qid|q\d|qhs|qam|qpm))"
# Each with a sign without which it cannot fit: most texts have few of them.
_EVEN: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (sign, re.compile(pattern), plain)
    for sign, pattern, plain in (
        (".", r"\b([a-z])\. ?([a-z])\.(?: ?([a-z])\.)?(?=\W|$)", r"\1\2\3 "),
        ("(", r"(?<!eye)(?<!ear)\((?:s|es|ies)\)", ""),
        ("(", r"\(s/p\)", ""),
        (",", r"(\d),(\d{3})\b", r"\1\2"),
        # Pain of 4-6/10 is a scale, not four to six tenths.
        ("/", r"\b(\d)\s?(?:-|to)\s?(\d{1,2}) ?/ ?10\b", r" \1 to \2 "),
        ("/", r"(\d)\s?-\s?(\d{1,4}/\d)", r"\1 \2"),
        ("/", r"\bon\s?/\s?(?=\d)", "on and "),
        ("glass", r"\bglass \(?8 ?(?:oz|ounces?)\.?\)? (?:of )?water", "glass of water"),
        ("%", r"\b(\d{1,3}(?:\.\d{1,3})?)\s?%", r" strength:\1" + JOINT + "% "),
        ("kg", r"(?:mg|mcg|units?|ml)\s?/\s?kg\b", " per-kg "),
        ("/", r"/\s?24\s?-?(?:hours?|hrs?|h)\b(?:\s?period)?", " /day "),
        ("-", r"(\d)\s?-\s?(?=\d|\.\d)", r"\1 to "),
        ("-", r"(\d)-(?=[a-z])", r"\1 "),
        ("", r"(\d)\s?(?:st|nd|rd|th)\b", r"\1th "),
        # 1tpobid: count, form and way run together.
        ("p", rf"\b(?:t\s?)?(\d{{1,2}})t{_WAY_AFTER}",
         r"\1 tablet "),
        ("p", rf"\b(?:t\s?)?(\d{{1,2}})c{_WAY_AFTER}",
         r"\1 capsule "),
        ("p", r"\b(\d+)p(?=\s{1,2}(?:po\s{1,2})?inh)", r"\1 puff "),
        ("t", r"\b(?:t\s?)?(\d{1,2})(?: (\d/\d))?\s?t(?=\W|$)(?!')", r"\1 \2 tablet "),
        ("t", r"\bt\s?(\d{1,2})(?=\W|$)", r" take \1 "),
        ("t", r"\btk?\s{1,2}(\d{1,2})\s{1,2}ts?(?=\W|$)", r"\1 tablet "),
        ("t", r"\btk?\s{1,2}(\d{1,2})\s{1,2}cs?(?=\W|$)", r"\1 capsule "),
        ("c", r"\b(?:t\s?)?(\d{1,2})c(?=\W|$)", r"\1 capsule "),
        ("x", r"\b([1-9])\s?x\s?/?\s?(?:an?\s|per\s)?d(?:ay|aily)?\b", r"\1 times daily"),
        ("x", r"\b([1-9])\s?x\s?/?\s?(?:an?\s|per\s)?w(?:k|eek|eekly)\b",
         r"\1 times weekly"),
        ("x", rf"\b({_CODES})\s?x\s?(?=\d)", r"\1 x "),
        ("x", r"(^|[\s(,;])x\s?(?=\d)", r"\1 x "),
        ("*", r"\*\s?(?=\d)", " * "),
        ("/", r"(\d)\s?/\s?(day|d|week|wk|month|mo|24)\b", r"\1 /\2"),
        ("/", r"\b([a-z]{1,20})\s?/\s?(day|week|month|24)\b", r"\1 /\2"),
        ("", r"(\d)(?=(?!th\b)[a-z])", r"\1 "),
    )
)  # fmt: skip
# "Mixed in 4 to 8 ounces of water": an amount of water is no dose.
_MIXED = re.compile(
    r"\b(?:(?:mix(?:ed)?|dissolved?|diluted?|stirred?) ?(?:in|with|into)|in|into) "
    r"(\d{1,3})(?: ?(?:-|to|or) ?(\d{1,3}))? ?(oz|ounces?|fl oz|ml|mls) (?:of )?"
    r"((?:water|juice|liquid|fluid|milk|beverage)(?: or (?:juice|water|milk))?)\b"
)
# What is mixed "with 8 ounces of water" is mixed in it; a tablet with water is not.
_WITH_FLUID = re.compile(
    r"\bwith (?=\d{1,3}(?: ?(?:-|to|or) ?\d{1,3})? ?(?:oz|ounces?|mls?)\b)"
)
_MIXED_SPANISH = re.compile(
    r"\ben (\d{1,3})(?: a (\d{1,3}))? (onzas?|ml) de (agua o jugo|agua|jugo|leche|liquido)\b"
)
_FLUID = {
    "agua": "water",
    "jugo": "juice",
    "leche": "milk",
    "liquido": "liquid",
    "agua o jugo": "water or juice",
}
_MERIDIEM = re.compile(
    r"(\bat\s{1,2}|@\s?|\baround\s|\babout\s|\ba\slas?\s)?\b(\d{1,2})(:\d\d)?(\s?)(a|p)\.?\s?m?\b\.?"
)
_MILITARY = re.compile(
    r"(\bat\s{1,2}|@\s?|\baround\s)?(?<![\d.,/§])([01]\d|2[0-3]):?([0-5]\d)\b(\s?(?:hours|hrs|h)\b)?"
)
_NEXT_CLOCK = re.compile(
    rf"({CLOCK}\d{{4}}\s{{0,2}}(?:,|and|&|/|or)?\s{{0,2}}(?:and\s)?)(\d{{1,2}})(:\d\d)?"
    r"\s?(?:o'clock )?([ap])m?\b\.?"
)
_NEXT_MILITARY = re.compile(
    rf"({CLOCK}\d{{4}}\s{{0,2}}(?:,|and|&|/)?\s{{0,2}}(?:and\s)?)([01]\d|2[0-3]):?([0-5]\d)\b"
)
_SPLIT = re.compile(
    rf"{CLOCK}\d{{4}}|(?:strength|mixed):\S{{1,60}}|\d+/\d+|\d*\.\d+|\d+th\b|\d+|/[a-z0-9]+"
    r"|[a-z][a-z'&/+-]*[a-z]|[a-z]|<=|>=|[,;.()*&#<>-]|\S"
)
_CLOCKS_IN_A_LIST = 6
_NOON = 12


def split(text: str) -> list[str]:
    """The words of a text in lower case, numbers and signs apart, in the order they stand."""
    return _SPLIT.findall(even(text))


def even(text: str) -> str:
    """The text with the many spellings of one thing made one."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _without_signs(text)).replace("⁄", "/")
    if "&" in text or "<" in text:
        text = re.sub(r"</?(?:br|p|div|b|i|li|ul|span)\s?/?>", " ", html.unescape(text))
        text = text.replace("\xa0", " ")
    plain = " ".join(text.casefold().split())
    plain = plain.replace("suppository(ies)", "suppositories")
    if any(sign.isdigit() for sign in plain):
        plain = _clocks(plain)
        if "mix" in plain or "dissolve" in plain:
            plain = _WITH_FLUID.sub("in ", plain)
        plain = _MIXED_SPANISH.sub(_mixed, _MIXED.sub(_mixed, plain))
        plain = _STRENGTH.sub(_strength, plain)
        plain = _BEFORE_EVERY.sub(r"\1 q", plain)
        plain = _EVERY.sub(_spell_out, plain)
        plain = _GLUED_EVERY.sub(_spell_out, plain)
    for sign, pattern, simple in _EVEN:
        if sign in plain:
            plain = pattern.sub(simple, plain)
    return plain


def _mixed(match: re.Match[str]) -> str:
    low, high, unit, fluid = match.groups()
    amount = f"{low}_to_{high}" if high else low
    name = "mL" if unit.startswith("ml") else "ounces"
    english = _FLUID.get(fluid, fluid)
    return f" mixed:{amount}_{name}_of_{english.replace(' ', '_')} "


def _strength(match: re.Match[str]) -> str:
    """A concentration; but 4 g/24 hours is the most of a day unless a patch gives it."""
    amount, unit, base = match.groups()
    if base.startswith("24") and "patch" not in match.string:
        return match[0]
    return f" strength:{amount}{JOINT}{unit}/{_KEPT.sub(JOINT, base.replace(' ', ''))} "


def _without_signs(text: str) -> str:
    for sign, plain in _SIGNS.items():
        if sign in text:
            text = text.replace(sign, plain)
    return text


def _spell_out(match: re.Match[str]) -> str:
    low, high, unit = match.groups()
    name = "minutes" if unit.startswith("mi") else _PERIOD_NAME[unit[0]]
    return f" every {low} {name} " if high is None else f" every {low} to {high} {name} "


def _clocks(text: str) -> str:
    """Hours of the day, where they can be nothing else: "2 am 1 pm" may be doses."""
    text = _MERIDIEM.sub(_meridiem, text)
    if "0" in text:
        text = _MILITARY.sub(_military, text)
    for _ in range(_CLOCKS_IN_A_LIST):
        if CLOCK not in text:
            break
        before = text
        text = _NEXT_CLOCK.sub(_next_clock, text, count=1)
        text = _NEXT_MILITARY.sub(r"\1" + CLOCK + r"\2\3 ", text, count=1)
        if text == before:
            break
    return text


def _meridiem(match: re.Match[str]) -> str:
    before, hour, minutes, space, half = match.groups()
    whole = match[0]
    if not before and not minutes and space:
        # "2 am 1 pm": doses or hours? Never taken for a dose, asked unless a clock leads.
        clock = whole.rstrip(". ").endswith("m") and 1 <= int(hour) <= _NOON
        return f"{hour} o'clock {half}m " if clock else whole
    if not whole.rstrip(". ").endswith("m") and not before:
        return whole
    return _clock(int(hour), minutes, half) or whole


def _next_clock(match: re.Match[str]) -> str:
    before, hour, minutes, half = match.groups()
    clock = _clock(int(hour), minutes, half)
    return f"{before}{clock}" if clock else match[0]


def _clock(hour: int, minutes: str | None, half: str) -> str:
    if not 1 <= hour <= _NOON:
        return ""
    whole = hour % 12 + (12 if half == "p" else 0)
    return f" {CLOCK}{whole:02d}{(minutes or ':00')[1:]} "


def _military(match: re.Match[str]) -> str:
    before, hour, minutes, hours = match.groups()
    sure = before or hours or ":" in match[0] or hour.startswith("0")
    return f" {CLOCK}{hour}{minutes} " if sure else match[0]
