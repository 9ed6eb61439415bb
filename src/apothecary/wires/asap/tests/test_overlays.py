from datetime import date, timedelta

import pytest

from apothecary.wires.asap import USUAL, installed, overlay, read_overlay
from apothecary.wires.asap.overlays import DATED, MARKS, Ground
from apothecary.wires.asap.tables import VERSIONS, version
from apothecary.wires.errors import Malformed

DAY = date(2026, 11, 1)
GROUND = """
cite = "Sample Code 12-3"
verified = "V1"
effective_from = 2026-11-01
dated = "rule"
"""
WHOLE = f"""
state = "ZZ"

[[accepted]]
versions = ["4.2B", "5.0"]
{GROUND}
[[zero_reports]]
use = "forbidden"
{GROUND}
[[element]]
id = "DSP17"
use = "required"
versions = ["4.2B", "5.0"]
says = "The day of sale is reported."
{GROUND}
[[element]]
id = "AIR05"
use = "situational"
when = {{ AIR04 = ["06", "02"], DSP12 = ["*"] }}
versions = ["4.2B"]
says = "The ID of who takes the drug is reported where one was shown."
{GROUND}
"""


def refused(text: str, state: str = "ZZ") -> str:
    with pytest.raises(Malformed) as bad:
        read_overlay(text, state=state)
    return str(bad.value)


def test_a_table_is_read_whole() -> None:
    found = read_overlay(WHOLE, state="ZZ")
    assert found.state == "ZZ"
    assert found.accepted[0].versions == ("4.2B", "5.0")
    assert found.zero_reports[0].use == "forbidden"
    first, second = found.uses
    assert (first.element, first.use, first.when) == ("DSP17", "required", {})
    assert second.when == {"AIR04": ("06", "02"), "DSP12": ("*",)}
    assert second.ground == Ground(
        cite="Sample Code 12-3", verified="V1", effective_from=DAY, dated="rule"
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('state = "ZZ"', "", "ZZ.state: must be text, is None"),
        ('state = "ZZ"', 'state = "YY"', "ZZ.state: must be ZZ, is YY"),
        ('["4.2B", "5.0"]', '["4.1"]', "ZZ.accepted[0].versions: must be a list of 4.2, 4.2A"),
        ('["4.2B", "5.0"]', "[]", "ZZ.accepted[0].versions: must be a list of"),
        ('["4.2B", "5.0"]', '"5.0"', "ZZ.accepted[0].versions: must be a list of"),
        ('"forbidden"', '"situational"', "ZZ.zero_reports[0].use: must be one of required"),
        (
            '"forbidden"',
            '"maybe"',
            "ZZ.zero_reports[0].use: must be one of required, forbidden",
        ),
        ('cite = "Sample Code 12-3"', "", "ZZ.accepted[0].cite: must be text, is None"),
        ('cite = "Sample Code 12-3"', 'cite = ""', "ZZ.accepted[0].cite: must be text, is ''"),
        ('"V1"', '"V9"', "ZZ.accepted[0].verified: must be one of V1, V2, K, KQ, C, is 'V9'"),
        ('"rule"', '"felt"', "ZZ.accepted[0].dated: must be one of rule, text, table"),
        ("2026-11-01", '"2026-11-01"', "effective_from: must be a date, is '2026-11-01'"),
        ("2026-11-01", "2026-11-01T00:00:00", "effective_from: must be a date"),
        ("effective_from = 2026-11-01", "", "effective_from: must be a date, is None"),
        ('dated = "rule"', 'dated = "rule"\nnote = "x"', "accepted[0].note: is no key of an"),
        ('"DSP17"', '"DSP99"', "ZZ.element[0].id: is no element we know: 'DSP99'"),
        ('"DSP17"', '"dsp17"', "ZZ.element[0].id: is no element we know"),
        ('"DSP17"', '"TT01"', "ZZ.element[0].id: is no element we know"),
        ('"required"', '"wanted"', "ZZ.element[0].use: must be one of required, forbidden"),
        ('"situational"', '"required"', "ZZ.element[1].when: has no meaning where the use is"),
        ("AIR04 = ", "AIR4 = ", "ZZ.element[1].when.AIR4: is no element we know: 'AIR4'"),
        ('["06", "02"]', '"06"', "ZZ.element[1].when.AIR04: must be a list"),
        ("says = ", "sais = ", "ZZ.element[0].says: must be text, is None"),
        ("[[element]]", "[element]", "is no TOML"),
        ("[[accepted]]", "[[acepted]]", "ZZ.acepted: is no key of an overlay"),
        ("[[accepted]]", "accepted = 5\n[[x]]", "ZZ.accepted: must be a list of tables"),
        ("[[accepted]]", "accepted = [5]\n[[x]]", "ZZ.accepted[0]: must be a table"),
        ("[[accepted]]", "=", "is no TOML"),
    ],
)
def test_a_table_with_a_slip_is_refused_naming_the_key(old: str, new: str, fault: str) -> None:
    assert old in WHOLE
    assert fault in refused(WHOLE.replace(old, new, 1))


@pytest.mark.parametrize("state", ["", "zz", "Z", "ZZZ", "../NY", "N1"])
def test_a_state_is_two_letters(state: str) -> None:
    assert refused(WHOLE, state) == f"state: must be two letters, is {state!r}"


def test_a_table_beyond_all_measure_is_refused() -> None:
    assert "at most 200000 are read" in refused(WHOLE + "#" * 200_000)


@pytest.mark.parametrize("state", ["MN", "TX", "zz", "", "../states/NY"])
def test_a_state_without_a_table_is_refused_by_its_name(state: str) -> None:
    with pytest.raises(Malformed, match=f"is installed for {state!r}"):
        overlay(state)


def test_each_installed_table_can_be_read_and_says_where_it_comes_from() -> None:
    assert installed() == ("DC", "NY")
    for state in installed():
        found = overlay(state)
        grounds = [one.ground for one in found.accepted + found.zero_reports]
        grounds += [one.ground for one in found.uses]
        assert grounds
        for ground in grounds:
            assert ground.cite
            assert ground.verified in MARKS
            assert ground.dated in DATED


def test_dc_takes_4_2_and_later() -> None:
    (row,) = overlay("DC").accepted
    assert row.versions == VERSIONS
    assert (row.ground.cite, row.ground.verified) == ("17 DCMR 10303", "V1")
    assert overlay("DC").wants_zero_reports(on=DAY) is None


def test_new_york_wants_zero_reports_by_a_row_nobody_verified() -> None:
    row = overlay("NY").wants_zero_reports(on=DAY)
    assert row is not None
    assert row.use == "required"
    assert row.ground.verified == "K"
    assert overlay("NY").wants_zero_reports(on=DAY - timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("verified", "last", "on", "counts"),
    [
        ("V1", None, DAY - timedelta(days=1), False),
        ("V1", None, DAY, True),
        ("V1", None, DAY + timedelta(days=9999), True),
        ("V1", DAY, DAY, True),
        ("V1", DAY, DAY + timedelta(days=1), False),
        ("K", None, DAY, True),
        ("KQ", None, DAY, False),
    ],
)
def test_a_row_counts_from_its_first_to_its_last_day_unless_it_is_doubtful(
    verified: str, last: date | None, on: date, counts: bool
) -> None:
    row = Ground(
        cite="x", verified=verified, effective_from=DAY, effective_to=last, dated="rule"
    )
    assert row.in_force(on) is counts


def test_the_usual_table_is_a_convention_and_no_law() -> None:
    assert USUAL.state == "usual"
    assert {one.ground.verified for one in USUAL.uses} == {"C"}
    assert {one.use for one in USUAL.uses} == {"required"}
    assert USUAL.accepted == ()
    assert USUAL.wants_zero_reports(on=DAY) is None


@pytest.mark.parametrize(
    ("name", "versions"),
    [
        ("DSP01", ("4.2A", "4.2B", "5.0")),
        ("DSP02", VERSIONS),
        ("DSP08", ("4.2", "4.2A", "4.2B")),
        ("PRE02", VERSIONS),
        ("PAT07", VERSIONS),
        ("PAT13", None),
        ("PAT15", ("5.0",)),
        ("CDI04", VERSIONS),
        ("DSP17", None),
        ("AIR07", None),
        ("PHA03", None),
    ],
)
def test_the_usual_table_wants_what_the_export_always_sends(
    name: str, versions: tuple[str, ...] | None
) -> None:
    found = {one.element: one.versions for one in USUAL.uses}
    assert found.get(name) == versions


def test_the_usual_table_names_elements_that_its_versions_have() -> None:
    for one in USUAL.uses:
        assert all(version(code).element(one.element) for code in one.versions), one.element
