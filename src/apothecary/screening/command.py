"""The filter ``apothecary screen``: one line in, one line out, over the shipped tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from numbers import Real

from apothecary.screening.naming import Named, allergies_named, drug_named
from apothecary.screening.rules.facts import AllergyFacts, Case, DrugFacts, PatientFacts, Use
from apothecary.screening.rules.found import Found
from apothecary.screening.rules.house import screen
from apothecary.screening.strengths import use_of

Answer = dict[str, object]
MOST = Decimal(10_000_000)
MOST_LISTED = 1_000
LONGEST_TEXT = 500
SEXES = {"m": "M", "male": "M", "f": "F", "female": "F", "": "", "u": "", "unknown": ""}
LISTS = ("allergies", "conditions", "current")


class Wrong(ValueError):
    """A field that cannot be read, and why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, read."""

    case: Case | None
    unknown: tuple[str, ...]


def answer(line: Mapping[str, object], *, on: date) -> Answer:
    """Answer one request of the contract, for the day ``on`` (the age goes by it).

    A drug that no table knows is listed in ``unknown``. Bad input gives ``{"id", "error"}``
    naming the field and the reason; nothing is raised.
    """
    key = line.get("id")
    name = key if isinstance(key, (str, int)) and not isinstance(key, bool) else None
    try:
        asked = read(line, on=on)
    except Wrong as why:
        return {"id": name, "error": str(why)}
    found = screen(asked.case) if asked.case else []
    return {
        "id": name,
        "findings": [as_json(each) for each in found],
        "unknown": list(asked.unknown),
    }


def as_json(found: Found) -> Answer:
    """A finding in the fields of the contract, and where it comes from."""
    return {
        "kind": found.kind,
        "severity": found.severity,
        "says": found.says,
        "cite": found.origin.cite,
        "source_on": found.origin.on.isoformat(),
        "verified": found.origin.verified,
        "because": list(found.because),
        "clears": found.clears,
    }


def read(line: Mapping[str, object], *, on: date) -> Asked:
    """A request as a case; none where the new drug itself is unknown. Raises Wrong."""
    patient = line.get("patient", {})
    if not isinstance(patient, dict):
        raise Wrong("patient: is no object")
    lists = {field: texts(patient, field) for field in LISTS}
    new_text = text_of(line, "new")
    if not new_text:
        raise Wrong("new: the drug is missing")
    unknown: list[str] = []
    current = []
    for said in lists["current"]:
        named = drug_named(said)
        if named is None:
            unknown.append(said)
        current.append(drug(said, named))
    sig = text_of(line, "sig")
    new = new_drug(new_text, sig, number(line, "quantity"), days(line))
    if not new.ingredients:
        unknown.insert(0, new_text)
    facts = PatientFacts(
        born_on=born(patient, on=on),
        sex=sex(patient),
        weight_kg=number(patient, "weight_kg"),
        conditions=tuple(lists["conditions"]),
        allergies=allergies(lists["allergies"]),
        current=tuple(current),
    )
    return Asked(Case(new, facts, on), tuple(dict.fromkeys(unknown)))


def drug(said: str, named: Named | None) -> DrugFacts:
    """A drug the patient takes; one no table knows has no ingredients."""
    if named is None:
        return DrugFacts(said, (), "", "")
    return DrugFacts(
        name=said if any(letter.isalpha() for letter in said) else named.said,
        ingredients=named.ingredients,
        form_group=named.form_group,
        dosage_form=named.dosage_form,
        strength=named.strength,
        contents=named.contents,
        schedule=named.schedule,
    )


def new_drug(
    said: str, sig: str, quantity: Decimal | None, days_supply: int | None
) -> DrugFacts:
    """The new drug with its directions, quantity and days' supply, as far as they were said."""
    named = drug_named(said)
    facts = drug(said, named)
    if named is None:
        return facts
    a_day = quantity / days_supply if quantity and days_supply else Decimal(0)
    use = use_of(sig, facts.form_group.replace("-", " "), facts.name) if sig else Use()
    return DrugFacts(
        name=facts.name,
        ingredients=facts.ingredients,
        form_group=facts.form_group,
        dosage_form=facts.dosage_form,
        strength=facts.strength,
        quantity_a_day=a_day,
        contents=facts.contents,
        use=use,
        days_supply=days_supply or 0,
        schedule=facts.schedule,
    )


def allergies(said: list[str]) -> tuple[AllergyFacts, ...]:
    """Each allergy as the tables know it."""
    none = {"none", "nka", "nkda", "no known allergies", "no known drug allergies"}
    asked = [each for each in said if each.lower().strip(" .") not in none]
    return tuple(one for each in asked for one in allergies_named(*parted(each)))


def parted(said: str) -> tuple[str, str]:
    """``penicillin (hives)`` as the thing and how it showed."""
    thing, bracket, reaction = said.partition("(")
    return (thing.strip(), reaction.strip(" )")) if bracket and thing.strip() else (said, "")


def text_of(fields: Mapping[str, object], field: str) -> str:
    """A text that may be missing; a code may be a whole number."""
    value = fields.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is not None and not isinstance(value, str):
        raise Wrong(f"{field}: {value!r} is no text")
    if value is not None and len(value) > LONGEST_TEXT:
        raise Wrong(f"{field}: is longer than {LONGEST_TEXT} characters")
    return (value or "").strip()


def texts(fields: Mapping[str, object], field: str) -> list[str]:
    """A list of texts that may be missing; empty ones are nothing."""
    value = fields.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Wrong(f"patient.{field}: is no list")
    if len(value) > MOST_LISTED:
        raise Wrong(f"patient.{field}: has more than {MOST_LISTED} entries")
    read_ones = [text_of({f"patient.{field}": each}, f"patient.{field}") for each in value]
    return [each for each in read_ones if each]


def number(fields: Mapping[str, object], field: str) -> Decimal | None:
    """A number above zero, through its text so that 2.5 stays 2.5."""
    raw = fields.get(field)
    if raw is None:
        return None
    says = f"{field}: {raw!r} is not a number above zero and below {MOST}"
    if isinstance(raw, bool) or not isinstance(raw, (Real, str, Decimal)):
        raise Wrong(says)
    try:
        value = Decimal(str(raw).strip())
    except InvalidOperation:
        raise Wrong(says) from None
    if not value.is_finite() or not 0 < value < MOST:
        raise Wrong(says)
    return value


def days(line: Mapping[str, object]) -> int | None:
    """The days' supply: whole days."""
    value = number(line, "days_supply")
    if value is not None and value != int(value):
        raise Wrong(f"days_supply: {value} is no whole number of days")
    return None if value is None else int(value)


def born(patient: Mapping[str, object], *, on: date) -> date | None:
    """The birth date, which is not to come."""
    text = text_of(patient, "birth_date")
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Wrong(f"birth_date: {text!r} is no date like 1980-02-29") from None
    if found > on:
        raise Wrong(f"birth_date: {text} is still to come")
    return found


def sex(patient: Mapping[str, object]) -> str:
    """M, F or unknown."""
    said = text_of(patient, "sex").lower()
    if said not in SEXES:
        raise Wrong(f"sex: {said!r} is neither male nor female nor unknown")
    return SEXES[said]
