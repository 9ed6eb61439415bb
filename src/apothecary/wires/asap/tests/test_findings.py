from datetime import date, timedelta

import pytest

from apothecary.wires.asap import USUAL, Overlay, findings, overlay, read, read_overlay
from apothecary.wires.asap.tests.reports import COMPOUND, SINGLE, ZERO, raw

DAY = date(2026, 11, 1)
GROUND = 'cite = "S 1"\nverified = "V1"\neffective_from = 2026-11-01\ndated = "rule"\n'
EVERY = '["4.2", "4.2A", "4.2B", "5.0"]'


def use(name: str, how: str, when: str = "", versions: str = EVERY) -> str:
    condition = f"when = {{ {when} }}\n" if when else ""
    return (
        f'[[element]]\nid = "{name}"\nuse = "{how}"\n{condition}'
        f'versions = {versions}\nsays = "So it is."\n{GROUND}'
    )


def table(*rows: str) -> Overlay:
    return read_overlay('state = "ZZ"\n' + "".join(rows), state="ZZ")


def found(text: str, by: Overlay, on: date = DAY) -> list[str]:
    (one,) = read(raw(text)).transmissions
    return [f"{each.fault.field}: {each.fault.reason}" for each in findings(one, by, on=on)]


def test_a_whole_report_lacks_nothing_of_the_usual() -> None:
    assert found(SINGLE, USUAL) == []
    assert found(COMPOUND, USUAL) == []
    assert found(ZERO, USUAL) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("DOE*JANE", "*JANE", "segment 4 PAT07 (last name)"),
        ("*19800229*", "**", "segment 4 PAT18 (born on)"),
        ("*2001234*", "**", "segment 5 DSP02 (rx number)"),
        ("*30*7*01*", "**7*01*", "segment 5 DSP09 (quantity)"),
        ("*AD1234563*", "**", "segment 6 PRE02 (dea number)"),
        ("*SAMPLE COMMUNITY PHARMACY~", "~", "segment 2 IS02 (source name)"),
    ],
)
def test_an_element_the_usual_export_sends_is_missed(old: str, new: str, fault: str) -> None:
    assert old in SINGLE
    assert found(SINGLE.replace(old, new, 1), USUAL) == [
        f"{fault}: is missing: the VA's export always sends it"
    ]


def test_padding_is_nothing() -> None:
    assert found(SINGLE.replace("DOE*JANE", "   *JANE"), USUAL) == [
        "segment 4 PAT07 (last name): is missing: the VA's export always sends it"
    ]


def test_a_segment_that_is_not_there_is_missed_once() -> None:
    text = SINGLE[: SINGLE.index("PRE*")] + SINGLE[SINGLE.index("AIR*") :]
    assert found(text, USUAL) == [
        "segment 5 DSP: comes without PRE, PRE02 is missing: the VA's export always sends it"
    ]


def test_every_ingredient_is_looked_at() -> None:
    assert found(COMPOUND.replace("*51927102000*", "**"), USUAL) == [
        "segment 8 CDI03 (product id): is missing: the VA's export always sends it"
    ]


@pytest.mark.parametrize(
    ("how", "when", "text", "missing"),
    [
        ("required", "", SINGLE, True),
        ("forbidden", "", SINGLE, False),
        ("situational", "", SINGLE, False),
        ("situational", 'DSP12 = ["05"]', SINGLE, True),
        ("situational", 'DSP12 = ["01", "04"]', SINGLE, False),
        ("situational", 'DSP12 = ["*"]', SINGLE, True),
        ("situational", 'DSP14 = ["*"], DSP12 = ["05"]', SINGLE, True),
        ("situational", 'DSP14 = ["*"], DSP12 = ["01"]', SINGLE, False),
        ("situational", 'PAT20 = ["01"]', SINGLE, True),
        ("situational", 'PAT22 = ["*"]', SINGLE, False),
        ("situational", 'PHA08 = ["MN"]', SINGLE, True),
        ("situational", 'AIR04 = ["06"]', SINGLE, True),
        ("situational", 'AIR04 = ["06"]', COMPOUND, False),
    ],
)
def test_an_element_is_required_where_its_condition_holds(
    how: str, when: str, text: str, missing: bool
) -> None:
    told = found(text, table(use("DSP19", how, when)))
    assert bool(told) is missing
    if missing:
        assert told[0] == "segment 5 DSP19 (rxnorm code): is missing: So it is."


def test_a_condition_may_look_at_the_ingredient_itself() -> None:
    by = table(use("CDI05", "situational", 'CDI02 = ["01"]'))
    text = COMPOUND.replace("*1.2*03~", "*1.2~").replace("CDI*1*01*", "CDI*1*02*")
    text = text.replace("*38779052408*2.4*03~", "*38779052408*2.4~")
    assert found(text, by) == ["segment 8 CDI05 (unit): is missing: So it is."]


def test_a_segment_is_missed_where_the_condition_for_it_holds() -> None:
    by = table(use("AIR05", "situational", 'DSP07 = ["06"]'))
    assert found(COMPOUND, by) == [
        "segment 5 DSP: comes without AIR, AIR05 is missing: So it is."
    ]


def test_a_forbidden_element_must_be_empty() -> None:
    by = table(use("PAT03", "forbidden"))
    assert found(SINGLE, by) == ["segment 4 PAT03 (id number): must be empty: So it is."]
    assert found(COMPOUND, by) == []


def test_elements_of_header_source_and_pharmacy_are_looked_at_once() -> None:
    by = table(use("TH08", "required"), use("IS03", "required"), use("PHA13", "required"))
    assert [one.split(":")[0] for one in found(COMPOUND, by)] == [
        "segment 1 TH08 (routing number)",
        "segment 2 IS03 (message)",
        "segment 3 PHA13 (permit number)",
    ]


def test_a_row_counts_in_its_versions_alone() -> None:
    by = table(use("DSP19", "required", versions='["4.2A", "5.0"]'))
    assert found(SINGLE, by) == []
    assert len(found(COMPOUND, by)) == 2


@pytest.mark.parametrize(
    ("on", "count"), [(DAY - timedelta(days=1), 0), (DAY, 1), (DAY + timedelta(days=1), 1)]
)
def test_a_row_counts_from_its_day_on(on: date, count: int) -> None:
    assert len(found(SINGLE, table(use("DSP19", "required")), on)) == count


def test_a_doubtful_row_never_counts() -> None:
    assert found(SINGLE, table(use("DSP19", "required").replace('"V1"', '"KQ"'))) == []


def test_a_finding_brings_its_citation_and_its_mark() -> None:
    (one,) = read(raw(SINGLE)).transmissions
    (each,) = findings(one, table(use("DSP19", "required")), on=DAY)
    assert (each.ground.cite, each.ground.verified) == ("S 1", "V1")
    assert each.fault.at is not None


def test_a_version_the_programme_does_not_take_is_found() -> None:
    by = table(f'[[accepted]]\nversions = ["4.2B", "5.0"]\n{GROUND}')
    assert found(SINGLE, by) == ["segment 1 TH01 (version): ZZ takes 4.2B, 5.0, is 4.2"]
    assert found(ZERO, by) == []
    assert found(SINGLE, overlay("DC")) == []


def test_a_zero_report_is_held_to_versions_and_zero_reports_alone() -> None:
    by = table(use("PAT12", "required"), use("PHA01", "required"), use("AIR01", "required"))
    assert found(ZERO, by) == []
    by = table(f'[[zero_reports]]\nuse = "forbidden"\n{GROUND}')
    assert found(ZERO, by) == ["segment 5 DSP: is a zero report"]
    assert found(SINGLE, by) == []
    assert found(ZERO, overlay("NY")) == []


def test_a_dispensing_without_a_patient_is_found_too() -> None:
    text = SINGLE[: SINGLE.index("PAT*")] + SINGLE[SINGLE.index("DSP*") :]
    assert found(text, USUAL) == [
        "segment 4 DSP: comes without PAT, PAT07 is missing: the VA's export always sends it"
    ]
