"""Who and what a message means: how well what was sent agrees with what is on file. Pure.

A match is ``exact`` only where nothing sent contradicts it and nobody else fits: everything
below that is a question for a person, never a guess taken silently.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apothecary.intake.models import Sure
from apothecary.patients.rules import fold

SHORTEST_NICKNAME = 3
STRENGTH = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(mg|mcg|g|ml|units?|meq|%)(?![a-z])", re.I)
MILLIGRAMS = {"mcg": Decimal("0.001"), "mg": Decimal(1), "g": Decimal(1000)}
WORD = re.compile(r"[a-z]{4,}")
# Words of a drug description that name a form or a salt, not the drug.
NO_NAME = frozenset(
    {
        *("oral", "tablet", "capsule", "solution", "suspension", "injection", "injectable"),
        *("extended", "delayed", "release", "coated", "film", "topical", "cream", "ointment"),
        *("hour", "actuat", "acid", "sodium", "potassium", "calcium", "hydrochloride"),
        *("sulfate", "tartrate", "succinate", "besylate", "maleate", "phosphate", "acetate"),
    }
)


@dataclass(frozen=True, slots=True)
class SentPatient:
    """The patient as the message names them; absent text is empty."""

    last_name: str
    first_name: str
    born_on: date | None
    sex: str = ""
    street: str = ""
    postal_code: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A patient on file, as far as a match looks at them."""

    id: int
    folded: str
    born_on: date
    sex: str
    street: str
    postal_code: str
    phone: str


@dataclass(frozen=True, slots=True)
class Match:
    """What was found: how sure, whom, and in words why. ``others`` are all that fit."""

    sure: Sure
    id: int | None = None
    why: str = ""
    others: tuple[int, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Agreement:
    """What agrees and what differs between a sent and a known patient."""

    id: int
    agrees: tuple[str, ...]
    differs: tuple[str, ...]

    @property
    def same_person(self) -> bool:
        """Name and birth date are the same, letter by letter."""
        return {"name", "birth date"} <= set(self.agrees)

    @property
    def may_be(self) -> bool:
        """Close enough to ask: a nickname, or a slip in one of name and birth date."""
        where = {"address", "phone"} & set(self.agrees)
        if {"last name", "birth date"} <= set(self.agrees):
            return "first name alike" in self.agrees or bool(where)
        return "name" in self.agrees and bool(where)

    @property
    def lives_there(self) -> bool:
        return bool({"address", "phone"} & set(self.agrees))

    @property
    def contradicted(self) -> bool:
        """The sex differs, or neither the address nor the phone sent is the one on file."""
        return "sex" in self.differs or (bool(self.differs) and not self.lives_there)

    def words(self) -> str:
        """The agreement in words."""
        said = f"{', '.join(self.agrees)} agree" if self.agrees else ""
        if self.differs:
            said += f"; {', '.join(self.differs)} differ"
        return said.capitalize().removeprefix("; ")


def compare(sent: SentPatient, known: KnownPatient) -> Agreement:
    """What agrees and what differs; what was not sent or is not on file does neither."""
    last, _, first = known.folded.partition(",")
    sent_last, sent_first = fold(sent.last_name), fold(sent.first_name)
    agrees, differs = [], []
    if (sent_last, sent_first) == (last, first):
        agrees += ["name"]
    elif sent_last == last:
        alike = first_names_alike(sent_first, first)
        agrees += ["last name", *(["first name alike"] if alike else [])]
        differs += ["first name"]
    else:
        differs += ["name"]
    pairs = (
        ("birth date", sent.born_on, known.born_on),
        ("sex", sent.sex if sent.sex != "U" else "", known.sex if known.sex != "U" else ""),
        (
            "address",
            address_key(sent.street, sent.postal_code),
            address_key(known.street, known.postal_code),
        ),
        ("phone", sent.phone, known.phone),
    )
    for name, here, there in pairs:
        if here and there:
            (agrees if here == there else differs).append(name)
    return Agreement(known.id, tuple(agrees), tuple(differs))


def first_names_alike(one: str, other: str) -> bool:
    """Whether two folded first names may be one: Dan and Daniel, Ana and Ana Maria."""
    short, long = sorted((one, other), key=len)
    return len(short) >= SHORTEST_NICKNAME and long.startswith(short)


def address_key(street: str, postal_code: str) -> str:
    """House number, first street word and ZIP code; empty when there is no street."""
    words = fold(street).split()
    return " ".join([*words[:2], postal_code[:5]]) if words and postal_code else ""


def match_patient(sent: SentPatient, known: Sequence[KnownPatient]) -> Match:
    """The one patient meant, or the question to ask."""
    if sent.born_on is None:
        return Match(Sure.NONE, why="No birth date was sent.")
    compared = [compare(sent, one) for one in known]
    same = [one for one in compared if one.same_person]
    if len(same) == 1:
        sure = Sure.LIKELY if same[0].contradicted else Sure.EXACT
        return Match(sure, same[0].id, same[0].words(), (same[0].id,))
    if same:
        return among_namesakes(same)
    maybe = [one for one in compared if one.may_be]
    ids = tuple(one.id for one in maybe)
    if len(maybe) == 1:
        return Match(Sure.LIKELY, maybe[0].id, maybe[0].words(), ids)
    if maybe:
        return Match(Sure.SEVERAL, None, f"{len(maybe)} patients may be meant.", ids)
    return Match(Sure.NONE, why="Nobody on file has this name and birth date.")


def among_namesakes(same: Sequence[Agreement]) -> Match:
    """Two people of one name and birth date: address or phone may point, a person decides."""
    ids = tuple(one.id for one in same)
    there = [one for one in same if one.lives_there]
    why = f"{len(same)} patients have this name and birth date"
    if len(there) == 1:
        return Match(Sure.LIKELY, there[0].id, f"{why}; {there[0].words()}.", ids)
    return Match(Sure.SEVERAL, None, f"{why}.", ids)


@dataclass(frozen=True, slots=True)
class KnownDrug:
    """A package on file, with what of it can be given now."""

    id: int
    ndc11: str
    name: str
    brand: str
    ingredient_key: str
    strength: str
    form: str
    route: str
    te_code: str
    rxcui: str
    schedule: int
    price_usd: Decimal | None = None
    free: Decimal = Decimal(0)
    gone: bool = False

    @property
    def kind(self) -> tuple[str, str, str, str]:
        """What makes two packages the same drug."""
        return (self.ingredient_key, self.strength, self.form, self.route)


@dataclass(frozen=True, slots=True)
class SentDrug:
    """The drug as the message names it."""

    description: str
    ndc11: str = ""
    rxcui: str = ""
    quantity: Decimal = Decimal(0)
    substitution: bool = True


def strengths(text: str) -> frozenset[tuple[Decimal, str]]:
    """The amounts in a drug's words, micrograms and grams told in milligrams."""
    found = set()
    for amount, unit in STRENGTH.findall(text):
        value, lower = Decimal(amount.replace(",", "")), unit.lower().removesuffix("s")
        factor = MILLIGRAMS.get(lower)
        found.add(
            ((value * factor).normalize(), "mg") if factor else (value.normalize(), lower)
        )
    return frozenset(found)


def name_words(text: str) -> frozenset[str]:
    """The words of a description that name the drug; a drug may be a salt and nothing else."""
    words = frozenset(WORD.findall(fold(text)))
    return words - NO_NAME or words


def names_drug(description: str, drug: KnownDrug) -> bool:
    """Whether the words sent can mean this drug: a shared name, and no other strength."""
    theirs = name_words(f"{drug.name} {drug.brand} {drug.ingredient_key.replace('-', ' ')}")
    if not name_words(description) & theirs:
        return False
    here, there = strengths(description), strengths(drug.strength)
    return not here or not there or bool(here & there)


def equivalents(of: KnownDrug, known: Sequence[KnownDrug]) -> list[KnownDrug]:
    """What may be given in its place: same drug, strength, form and route, rated A alike.

    AB1 stands in for AB1, not for AB2. The most on hand comes first, then the cheapest.
    """
    rated = te_ratings(of.te_code)
    fits = [
        one
        for one in known
        if one.kind == of.kind
        and (one.ndc11[:9] == of.ndc11[:9] or rated & te_ratings(one.te_code))
        and (not one.gone or one.free > 0)
    ]
    return sorted(fits, key=by_hand_and_price)


def te_ratings(code: str) -> frozenset[str]:
    """The A ratings of an equivalence code such as ``AB1,AB2``."""
    return frozenset(part.strip() for part in code.split(",") if part.strip().startswith("A"))


def by_hand_and_price(drug: KnownDrug) -> tuple[Decimal, Decimal, str]:
    """Order of choice: on hand, price, code; without a price last."""
    price = drug.price_usd if drug.price_usd is not None else Decimal(10**9)
    return (-drug.free, price, drug.ndc11)


def match_drug(sent: SentDrug, known: Sequence[KnownDrug]) -> Match:
    """The package to give, or the question to ask. ``known`` holds all that may be meant."""
    by_ndc = [one for one in known if sent.ndc11 and one.ndc11 == sent.ndc11]
    by_rxnorm = [one for one in known if sent.rxcui and one.rxcui == sent.rxcui]
    if len(by_ndc) == 1:
        return product_choice(sent, by_ndc[0], known, how="NDC")
    if by_rxnorm and len({one.kind for one in by_rxnorm}) == 1:
        best = min(by_rxnorm, key=by_hand_and_price)
        return product_choice(sent, best, known, how="RxNorm code")
    return match_by_words(sent, known)


def match_by_words(sent: SentDrug, known: Sequence[KnownDrug]) -> Match:
    """By the description alone: never certain."""
    wanted = strengths(sent.description)
    named = [
        one
        for one in known
        if names_drug(sent.description, one) and wanted & strengths(one.strength)
    ]
    kinds = {one.kind for one in named}
    if len(kinds) == 1:
        best = min(named, key=by_hand_and_price)
        return Match(Sure.LIKELY, best.id, "Only its words name it.", (best.id,))
    if named:
        ids = tuple(one.id for one in sorted(named, key=by_hand_and_price))
        return Match(Sure.SEVERAL, None, f"{len(kinds)} drugs have these words.", ids)
    return Match(Sure.NONE, why="No drug on file has this code or these words.")


def product_choice(
    sent: SentDrug, drug: KnownDrug, known: Sequence[KnownDrug], *, how: str
) -> Match:
    """The product to take for a drug that is known: what was sent, or what is on hand."""
    if not names_drug(sent.description, drug):
        why = f"The {how} is {drug.name} {drug.strength}, the words say {sent.description}."
        return Match(Sure.SEVERAL, None, why, (drug.id,))
    alike = equivalents(drug, known)
    ids = tuple(one.id for one in alike)
    enough = [one for one in alike if one.free >= sent.quantity]
    if drug.free >= sent.quantity or not sent.substitution or not enough:
        words = f"{how} agrees; {drug.free.normalize():f} on hand."
        return Match(Sure.EXACT, drug.id, words, ids)
    best = enough[0]
    label = best.brand or best.name
    words = f"{how} sent is not on hand; {best.free.normalize():f} of {label} {best.ndc11} are."
    return Match(Sure.LIKELY, best.id, words, ids)


@dataclass(frozen=True, slots=True)
class KnownPrescriber:
    """A prescriber on file."""

    id: int
    npi: str
    last_name: str
    first_name: str


def match_prescriber(npi: str, last_name: str, known: Sequence[KnownPrescriber]) -> Match:
    """By NPI; a name that differs under the same number is a question."""
    for one in known:
        if one.npi == npi:
            if fold(one.last_name) == fold(last_name):
                return Match(Sure.EXACT, one.id, "NPI and name agree", (one.id,))
            why = f"NPI agrees; the name on file is {one.last_name}, {one.first_name}"
            return Match(Sure.LIKELY, one.id, why, (one.id,))
    return Match(Sure.NONE, why="Nobody on file has this NPI.")
