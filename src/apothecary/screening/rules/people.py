"""Who the patient is: age, pregnancy, breast-feeding, diseases, kidneys."""

import re
from collections.abc import Iterator
from functools import lru_cache

from apothecary.screening.limits import AgeRule, ConditionName, StateRule
from apothecary.screening.rules.facts import Case, PatientFacts
from apothecary.screening.rules.found import NOTE, STOP, Found, fingerprint, not_screened
from apothecary.screening.rules.tables import tables

PREGNANT, LACTATING = "pregnant", "lactating"
KIND = {PREGNANT: "pregnancy", LACTATING: "lactation"}
# In which years of life a pregnancy that nobody has asked about is asked about (house rule).
MAY_BE_PREGNANT = range(12, 56)
# Words beside a condition that say the patient has it not.
NOT_SO = re.compile(r"\b(no|not|denies|negative|without|never|family history|ruled out)\b")


def conditions_of(patient: PatientFacts) -> dict[str, str]:
    """The conditions that rules know, each with the words or code it was said in."""
    found: dict[str, str] = {}
    for said in patient.conditions:
        for key in meant_by(said):
            found.setdefault(key, said)
    return found


@lru_cache(maxsize=4096)
def meant_by(said: str) -> tuple[str, ...]:
    """The conditions that a code, or plain words, name; a denial names none."""
    word = " ".join(said.lower().replace("_", " ").split())
    code = said.strip().upper()
    dotted = code if "." in code or len(code) <= 3 else f"{code[:3]}.{code[3:]}"
    if is_code(dotted):
        return tuple(row.key for row in tables().conditions if dotted.startswith(row.codes))
    if NOT_SO.search(word):
        return ()
    return tuple(row.key for row in tables().conditions if names(row, word))


def names(row: ConditionName, said: str) -> bool:
    """Whether one of the words of a condition stands whole in what was said."""
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) for word in row.words)


def is_code(text: str) -> bool:
    """Whether it looks like an ICD-10-CM code: a letter, a digit, and so on."""
    return bool(re.fullmatch(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?", text))


def unknown_conditions(case: Case) -> Iterator[Found]:
    """A condition that no table knows was not screened: said once, as a note."""
    if not any(key in tables().states for key in case.new.ingredients):
        return
    for said in case.patient.conditions:
        if not meant_by(said) and not is_code(said.strip().upper()):
            says = f"No table knows the condition “{said}”: not screened for it."
            yield not_screened(case.new, says, f"condition: {said}")


def age_findings(case: Case) -> Iterator[Found]:
    """What is not for children, or better not for older adults."""
    rows = {id(row): row for key in case.new.ingredients for row in tables().ages.get(key, ())}
    if case.new.local or not rows:
        return
    if case.age is None:
        yield not_screened(case.new, "No birth date is on file: not screened for age.", "age")
        return
    for row in rows.values():
        if in_range(row, case.age):
            yield by_age(case, row, case.age)


def in_range(row: AgeRule, age: int) -> bool:
    """Whether the rule is about this age."""
    old = row.age_from is not None and age >= row.age_from
    return old or (row.age_under is not None and age < row.age_under)


def by_age(case: Case, row: AgeRule, age: int) -> Found:
    """A finding about age."""
    return Found(
        kind="age",
        severity=row.aim.grade,
        says=f"{case.new.name} at {age} years. {row.aim.says}",
        because=(f"new: {case.new.name}", f"age: {age} years"),
        origin=row.aim.origin,
        clears="Another drug, or the prescriber's word that it is meant.",
        fingerprint=fingerprint("age", case.new, row.aim.key, row.aim.says),
    )


def state_findings(case: Case) -> Iterator[Found]:
    """What is not good in the patient's conditions; a pregnancy nobody has asked about."""
    rows = {
        id(row): row for key in case.new.ingredients for row in tables().states.get(key, ())
    }
    if not rows or (case.new.local and not any(by_touch(row) for row in rows.values())):
        return
    conditions = conditions_of(case.patient)
    for row in rows.values():
        if row.condition in conditions:
            yield in_state(case, row, conditions[row.condition])
    if PREGNANT not in conditions and might_be_pregnant(case):
        asked = [row for row in rows.values() if row.ask]
        if asked:
            says = f"Nobody has said whether the patient is pregnant. {asked[0].aim.says}"
            yield not_screened(case.new, says, "pregnancy: not on file")


def by_touch(row: StateRule) -> bool:
    """Whether it is so dangerous to the unborn that even a cream is said."""
    return row.condition == PREGNANT and row.aim.grade == STOP


def might_be_pregnant(case: Case) -> bool:
    """A woman of an age to be pregnant of whom nothing is known."""
    return case.patient.sex == "F" and case.age is not None and case.age in MAY_BE_PREGNANT


def in_state(case: Case, row: StateRule, said: str) -> Found:
    """A finding about a condition."""
    kind = KIND.get(row.condition, "condition")
    spoken = {each.key: each.says for each in tables().conditions}
    grade = NOTE if case.new.local and row.aim.grade != STOP else row.aim.grade
    return Found(
        kind=kind,
        severity=grade,
        says=f"{case.new.name} with {spoken[row.condition]}. {row.aim.says}",
        because=(f"new: {case.new.name}", f"condition: {said}"),
        origin=row.aim.origin,
        clears="Another drug, a correction of the record, or the prescriber's word.",
        fingerprint=fingerprint(kind, case.new, row.condition, row.aim.key),
    )
