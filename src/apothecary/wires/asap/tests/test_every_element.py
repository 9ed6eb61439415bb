"""Each element of each version by itself: written, read, and held to its length."""

from dataclasses import replace
from datetime import UTC, date, time
from decimal import Decimal

import pytest

from apothecary.wires.asap import (
    VERSIONS,
    Report,
    Store,
    conformance,
    read,
    read_report,
    version,
    write,
)
from apothecary.wires.asap.tables import Element
from apothecary.wires.asap.tests.reports import (
    AIR,
    DISPENSED,
    MIXTURE,
    PATIENT,
    PHARMACY,
    PRESCRIBER,
    RECORD,
    SOURCE,
    header,
)
from apothecary.wires.errors import Malformed

BODY = ("IS", "PHA", "PAT", "DSP", "PRE", "CDI", "AIR")
# What the rules of a dispensing decide, and what others therefore cannot say freely.
RULED = ("DSP01", "DSP07", "DSP08", "DSP09", "CDI01", "CDI02", "CDI03", "CDI04")


def every(code: str) -> list[Element]:
    rows = [version(code).elements[name] for name in BODY]
    return [one for row in rows for one in row if one and one.id not in RULED]


def longest(element: Element, code: str) -> object:
    """A value that fills its element to the last character."""
    length = element.length
    if element.codes:
        return min(version(code).codes[element.codes])
    values: dict[str, object] = {
        "text": "X" * length,
        "digits": "9" * length,
        "number": 10**length - 1,
        "part": 99,
        "decimal": Decimal("9" * length),
        "date": date(2026, 12, 31),
        "time": time(23, 59, 59),
        "utc": time(23, 59, 59, tzinfo=UTC),
    }
    return values[element.kind]


def beyond(element: Element) -> object:
    """A value one character too long; None where the kind allows no such thing."""
    length = element.length + 1
    values: dict[str, object] = {
        "text": "X" * length,
        "digits": "9" * length,
        "number": 10**element.length,
        "part": 100,
        "decimal": Decimal("9" * length),
    }
    return None if element.codes else values.get(element.kind)


def told(element: Element, value: object, code: str) -> Report:
    """A report in which that element says that value."""
    own = {element.key: value}
    source, pharmacy, record = SOURCE, PHARMACY, RECORD
    match element.segment:
        case "IS":
            source = replace(SOURCE, **own)  # type: ignore[arg-type]  # a key of that record
        case "PHA":
            pharmacy = replace(PHARMACY, **own)  # type: ignore[arg-type]  # the same
        case "PAT":
            record = replace(RECORD, patient=replace(PATIENT, **own))  # type: ignore[arg-type]  # the same
        case "DSP":
            record = replace(RECORD, dispensed=replace(DISPENSED, **own))  # type: ignore[arg-type]  # the same
        case "PRE":
            record = replace(RECORD, prescriber=replace(PRESCRIBER, **own))  # type: ignore[arg-type]  # the same
        case "AIR":
            record = replace(RECORD, additional=replace(AIR, **own))  # type: ignore[arg-type]  # the same
        case "CDI":
            first, second = MIXTURE.ingredients
            second = replace(second, **own)  # type: ignore[arg-type]  # the same
            record = replace(MIXTURE, ingredients=(first, second))
    return Report(header(code), source, (Store(pharmacy, (record,)),))


def refusal(report: Report) -> str:
    with pytest.raises(Malformed) as refused:
        write(report)
    (fault,) = refused.value.faults
    return f"{fault.field}: {fault.reason}"


@pytest.mark.parametrize("code", VERSIONS)
def test_each_element_holds_a_value_of_its_full_length(code: str) -> None:
    for element in every(code):
        report = told(element, longest(element, code), code)
        (one,) = read(write(report)).transmissions
        assert conformance(one) == [], element
        assert read_report(one).stores == report.stores, element
        assert read_report(one).source == report.source, element


@pytest.mark.parametrize("code", VERSIONS)
def test_each_element_refuses_a_value_one_character_longer(code: str) -> None:
    for element in every(code):
        value = beyond(element)
        if value is not None:
            found = refusal(told(element, value, code))
            assert element.name in found, element
            wanted = f"may have {element.length} characters, has {element.length + 1}"
            assert wanted in found, element


@pytest.mark.parametrize("code", VERSIONS)
def test_each_element_of_a_longer_value_is_named_when_it_is_read(code: str) -> None:
    for element in every(code):
        value = beyond(element)
        if value is None or element.kind == "part":
            continue
        told_so = "" if element.kind == "text" else "9"
        mark = (told_so or "X") * element.length
        (one,) = read(write(told(element, longest(element, code), code))).transmissions
        text = one.to_bytes().decode()
        assert mark in text, element
        longer = text.replace(mark, mark + mark[0], 1)
        (again,) = read(longer.encode()).transmissions
        assert any("characters, has" in each.reason for each in conformance(again)), element


@pytest.mark.parametrize("code", VERSIONS)
def test_each_code_of_a_version_is_taken_and_no_other(code: str) -> None:
    for element in every(code):
        if not element.codes:
            continue
        for known in version(code).codes[element.codes]:
            assert write(told(element, known, code)), (element, known)
        unknown = "Z" * element.length
        found = refusal(told(element, unknown, code))
        assert found.endswith(f"is none of its codes in {code}: {unknown!r}"), element


def test_an_element_of_a_later_version_is_refused_by_name_in_an_earlier_one() -> None:
    seen = 0
    for newer in VERSIONS[1:]:
        for element in every(newer):
            for older in VERSIONS[: VERSIONS.index(newer)]:
                if version(older).element(element.id) is None:
                    value = longest(element, newer)
                    found = refusal(told(element, value, older))
                    assert found.endswith(f"is no element of {older}"), (element, older)
                    assert element.name in found
                    seen += 1
    assert seen > 150


@pytest.mark.parametrize(
    ("segment", "added"),
    [
        ("IS", "04 05"),
        ("PHA", "14 15"),
        ("PAT", "24 25 26 27 28 29"),
        ("DSP", "26 27 28 29 30 31 32 33 34 35 36"),
        ("PRE", "11 12 13 14 15"),
        ("CDI", "06"),
        ("AIR", "12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32"),
    ],
)
def test_5_0_added_these_elements(segment: str, added: str) -> None:
    old, new = version("4.2B"), version("5.0")
    places = range(1, len(new.elements[segment]) + 1)
    names = [f"{segment}{place:02}" for place in places]
    found = [one[-2:] for one in names if new.element(one) and not old.element(one)]
    assert found == added.split()


def test_5_0_withdrew_one_element() -> None:
    old, new = version("4.2B"), version("5.0")
    gone = [
        one.id
        for row in old.elements.values()
        for one in row
        if one and new.element(one.id) is None
    ]
    assert gone == ["AIR11"]
