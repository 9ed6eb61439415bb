from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.build import Draft, Element, GroupDraft, Row, SetDraft, build
from apothecary.wires.x12.conformance import conformance, read_strictly
from apothecary.wires.x12.interchange import FUNCTIONAL, read
from apothecary.wires.x12.segments import Delimiters

AT = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
BODY: list[Row] = [
    ("BEG", "00", "NE", "PO-1", "", "20260115"),
    ("PO1", "1", "12", "EA", "4.85", "", "N4", "00093310501"),
    ("CTT", "1", "12"),
]
DRAFT = Draft(
    sender=("ZZ", "PHARM1234567"),
    receiver=("ZZ", "WHOLESALER01"),
    at=AT,
    control=901,
    groups=[GroupDraft([SetDraft("850", BODY)], 901, "004010")],
    version="00401",
    usage="T",
    delimiters=Delimiters(component=">"),
    newline="\n",
)

WRITTEN = b"""\
ISA*00*          *00*          *ZZ*PHARM1234567   *ZZ*WHOLESALER01   *260115*0800*U*00401*\
000000901*0*T*>~
GS*PO*PHARM1234567*WHOLESALER01*20260115*0800*901*X*004010~
ST*850*0001~
BEG*00*NE*PO-1**20260115~
PO1*1*12*EA*4.85**N4*00093310501~
CTT*1*12~
SE*5*0001~
GE*1*901~
IEA*1*000000901~
"""


def with_body(*rows: Row) -> Draft:
    return replace(DRAFT, groups=[GroupDraft([SetDraft("850", rows)], 901, "004010")])


def test_an_order_is_written_as_the_wholesalers_guide_shows_it() -> None:
    assert build(DRAFT) == WRITTEN


def test_what_is_written_is_in_order() -> None:
    assert conformance(read(build(DRAFT))) == []


def test_counts_and_control_numbers_come_by_themselves() -> None:
    two = [SetDraft("850", BODY), SetDraft("850", BODY, control="7777")]
    groups = [GroupDraft(two, 5, "004010"), GroupDraft([SetDraft("997", [])], 6, "004010")]
    file = read_strictly(build(replace(DRAFT, groups=groups)))
    assert [(one.kind, one.control) for one in file.sets()] == [
        ("850", "0001"),
        ("850", "7777"),
        ("997", "0001"),
    ]
    assert [one.functional for one in file.interchanges[0].groups] == ["PO", "FA"]


def test_the_convention_stands_in_the_header_of_the_set() -> None:
    sets = [SetDraft("835", [("LX", "1")], "005010X221A1")]
    groups = [GroupDraft(sets, 1, "005010X221A1")]
    draft = replace(
        DRAFT, groups=groups, version="00501", delimiters=Delimiters("*", ":", "~", "^")
    )
    assert b"ST*835*0001*005010X221A1~" in build(draft)
    (one,) = read(build(draft)).interchanges
    assert one.delimiters.repetition == "^"


def test_an_old_version_is_written_without_a_repetition_separator() -> None:
    raw = build(replace(DRAFT, delimiters=Delimiters("*", ">", "~", "^")))
    assert raw == WRITTEN


def test_empty_elements_at_the_end_are_left_out_and_those_between_kept() -> None:
    raw = build(with_body(("REF", "IA", "", ""), ("PID", "F", "", "", "", "TEXT"), ("LX",)))
    assert b"REF*IA~\nPID*F****TEXT~\nLX~\n" in raw


def test_components_are_joined_and_empty_ones_at_the_end_left_out() -> None:
    raw = build(with_body(("SVC", ("N4", "00093310501", "", ""), "10"), ("SVC", ("", ""), "1")))
    assert b"SVC*N4>00093310501*10~\nSVC**1~\n" in raw


def test_a_group_may_name_partners_of_its_own() -> None:
    groups = [GroupDraft([SetDraft("850", BODY)], 1, "004010", "BRANCH1", "DEPOT2")]
    assert b"GS*PO*BRANCH1*DEPOT2*" in build(replace(DRAFT, groups=groups))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"control": 0}, "interchange control number: must be between 1 and 999999999, is 0"),
        ({"control": 1_000_000_000}, "interchange control number: must be between"),
        ({"sender": ("ZZZ", "A")}, "sender qualifier: must have two characters"),
        ({"sender": ("ZZ", "A" * 16)}, "sender id: must have 1 to 15 characters"),
        ({"receiver": ("ZZ", " ")}, "receiver id: must have 1 to 15 characters"),
        ({"receiver": ("ZZ", "A*B")}, "ISA08: holds a separator"),
        ({"version": "4010"}, "version: must be five digits"),
        ({"version": "00501"}, "version 00501 needs a repetition separator"),
        ({"delimiters": Delimiters("*", "*")}, "two separators are the same"),
        ({"delimiters": Delimiters("A")}, "the element separator is 'A'"),
        ({"delimiters": Delimiters("||")}, r"the element separator is '\|\|'"),
        ({"groups": [GroupDraft([], 1, "004010")]}, "holds none"),
        ({"groups": [GroupDraft([SetDraft("867", [])], 1, "004010")]}, "holds 867"),
        (
            {"groups": [GroupDraft([SetDraft("850", []), SetDraft("810", [])], 1, "004010")]},
            "must hold sets of one known functional group, holds 810, 850",
        ),
        (
            {"groups": [GroupDraft([SetDraft("850", [])], 0, "004010")]},
            "group control number: must be between",
        ),
        (
            {"groups": [GroupDraft([SetDraft("850", [], control="1")], 1, "004010")]},
            "set control number: must have 4 to 9 characters",
        ),
    ],
)
def test_an_envelope_that_does_not_fit_is_refused_by_name(
    change: dict[str, object], fault: str
) -> None:
    with pytest.raises(Malformed, match=fault):
        build(replace(DRAFT, **change))  # type: ignore[arg-type]  # the cases name real fields


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("N1", "BY", "A*B"), r"N102: holds a separator '\*': 'A\*B'"),
        (("N1", "BY", "A~B"), "N102: holds a separator '~'"),
        (("N1", "BY", "A>B"), "N102: holds a separator '>'"),
        (("SVC", ("N4", "1>2")), "SVC01: holds a separator '>'"),
        (("N1", "BY", "A\nB"), "N102: holds a character that X12 cannot carry"),
        (("N1", "BY", "A\x00"), "N102: holds a character that X12 cannot carry"),
        (("N1", "BY", "Łódź"), "N102: holds a character that X12 cannot carry"),
        (("n1", "BY"), "segment: 'n1' is no segment id"),
        (("LONG", "BY"), "segment: 'LONG' is no segment id"),
        ((("N1", "X"), "BY"), "is no segment id"),
        ((), "segment: '' is no segment id"),
    ],
)
def test_a_segment_that_would_break_the_file_is_refused_by_name(row: Row, fault: str) -> None:
    with pytest.raises(Malformed, match=fault):
        build(with_body(row))


_LETTERS = st.text(
    st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="*>~"), max_size=12
)
_ELEMENTS: st.SearchStrategy[Element] = st.one_of(
    _LETTERS, st.lists(_LETTERS, min_size=1, max_size=3).map(tuple)
)
_ROWS: st.SearchStrategy[Row] = st.builds(
    lambda name, elements: (name, *elements),
    st.from_regex("[A-Z][A-Z0-9]{1,2}", fullmatch=True).filter(
        lambda name: name not in ("ISA", "IEA", "GS", "GE", "ST", "SE", "TA1")
    ),
    st.lists(_ELEMENTS, max_size=6),
)


def plain(row: Row) -> list[str]:
    """A row as its elements stand on the wire."""
    parts = [one if isinstance(one, str) else ">".join(one).rstrip(">") for one in row]
    while parts[-1] == "":
        parts.pop()
    return parts


@given(
    st.lists(st.lists(_ROWS, max_size=5), max_size=3),
    st.sampled_from(["", "\n", "\r\n"]),
    st.sampled_from(sorted(FUNCTIONAL)),
)
def test_whatever_is_written_is_read_again_and_in_order(
    bodies: list[list[Row]], newline: str, kind: str
) -> None:
    sets = [SetDraft(kind, body) for body in bodies]
    groups = [GroupDraft(sets, 1, "004010")] if sets else []
    draft = replace(DRAFT, groups=groups, newline=newline)  # type: ignore[arg-type]  # sampled
    file = read_strictly(build(draft))
    read_again = [[list(one.elements) for one in part.body] for part in file.sets()]
    assert read_again == [[plain(row) for row in body] for body in bodies]


def test_every_functional_group_is_one_of_two_letters() -> None:
    assert {kind: code for kind, code in FUNCTIONAL.items() if len(code) != 2} == {}
    assert FUNCTIONAL["835"] == "HP"
    assert FUNCTIONAL["850"] == "PO"
