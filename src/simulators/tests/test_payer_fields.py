"""What a payer refuses at the front desk: each bad field with its own reject code."""

import pytest

from simulators.payer.desk import Answered, Desk
from simulators.tests.counter import Fields, Response, changed, header, written


def ask(desk: Desk, claim: Fields, *, head: str | None = None) -> Response:
    answered: Answered = desk.answer(written(head or header(), claim))
    return Response(answered.transmission)


def codes(desk: Desk, claim: Fields, *, head: str | None = None) -> list[str]:
    return ask(desk, claim, head=head).all("FB")


def test_a_clean_claim_is_paid_and_its_amounts_add_up(desk: Desk) -> None:
    answer = ask(desk, changed())
    assert (answer.header_status, answer.one("AN")) == ("A", "P")
    assert answer.one("D2") == "7001234"
    assert answer.one("F3")
    assert answer.all("FB") == []


@pytest.mark.parametrize(
    ("segment", "field_id", "value", "code"),
    [
        ("04", "C2", "", "07"),
        ("04", "C2", "X" * 21, "07"),
        ("04", "C1", "", "06"),
        ("04", "C1", "OTHER", "51"),
        ("04", "C3", "", "08"),
        ("04", "C3", "AB", "08"),
        ("04", "C6", "7", "11"),
        ("04", "C2", "?", "07"),
        ("04", "C2", "NOCARD", "52"),
        ("01", "C4", "", "09"),
        ("01", "C4", "19800230", "09"),
        ("01", "C4", "20260302", "09"),
        ("01", "C5", "X", "10"),
        ("01", "CB", "A" * 16, "CB"),
        ("07", "EM", "2", "EM"),
        ("07", "D2", "", "16"),
        ("07", "D2", "0000000", "16"),
        ("07", "D2", "RX12", "16"),
        ("07", "E1", "01", "E1"),
        ("07", "D7", "0009331050", "21"),
        ("07", "D7", "000933105011", "21"),
        ("07", "D7", "00000000000", "21"),
        ("07", "D7", "00093-3105-", "21"),
        ("07", "E7", "0000000000", "E7"),
        ("07", "E7", "-000030000", "E7"),
        ("07", "E7", "30.0", "E7"),
        ("07", "D3", "", "17"),
        ("07", "D3", "A", "17"),
        ("07", "D5", "000", "19"),
        ("07", "D5", "366", "19"),
        ("07", "D5", "3O", "19"),
        ("07", "D6", "9", "20"),
        ("07", "D6", "2", "6T"),
        ("07", "D8", "", "22"),
        ("07", "D8", "X", "22"),
        ("07", "DE", "", "28"),
        ("07", "DE", "20260302", "28"),
        ("07", "DE", "20261301", "28"),
        ("07", "DF", "AA", "29"),
        ("07", "D3", "04", "7W"),
        ("07", "DJ", "9", "33"),
        ("07", "28", "TB", "26"),
        ("07", "D5", "091", "7X"),
        ("11", "D9", "", "23"),
        ("11", "D9", "00000850", "23"),
        ("11", "D9", "0000850}", "23"),
        ("11", "DC", "XX", "DC"),
        ("11", "DQ", "", "DQ"),
        ("11", "DU", "", "DU"),
        ("11", "DU", "ID", "DU"),
        ("11", "DU", "0001050A", "R9"),
        ("11", "DN", "", "DN"),
        ("03", "EZ", "12", "EZ"),
        ("03", "DB", "1234567890", "25"),
        ("03", "DB", "", "25"),
        ("03", "DB", "AB1234563", "25"),
    ],
)
def test_a_bad_field_is_rejected_with_its_own_code_and_nothing_is_paid(
    desk: Desk, segment: str, field_id: str, value: str, code: str
) -> None:
    assert codes(desk, changed({segment: {field_id: value}})) == [code]
    assert desk.memory.everything() == []


@pytest.mark.parametrize(
    ("segment", "code"), [("04", "6J"), ("01", "6K"), ("11", "6P"), ("03", "6N"), ("07", "1Y")]
)
def test_a_missing_segment_is_named_by_its_own_code(
    desk: Desk, segment: str, code: str
) -> None:
    assert codes(desk, changed(drop=(segment,))) == [code]


def test_all_that_is_wrong_is_told_at_once(desk: Desk) -> None:
    claim = changed(
        {
            "04": {"C2": "", "C1": "OTHER"},
            "07": {"D7": "1", "E7": "0", "D5": "0"},
            "03": {"DB": "1234567890"},
            "11": {"DU": "0001050A"},
        }
    )
    answer = ask(desk, claim)
    assert sorted(answer.all("FB")) == sorted(["07", "21", "E7", "19", "25", "R9", "51"])
    assert answer.one("FA") == "07"
    assert answer.one("UF") == "07"
    assert all(len(line) <= 40 for line in answer.all("FQ"))


def test_gross_amount_due_counts_every_submitted_part(desk: Desk) -> None:
    parts = {"H7": "1", "H8": "01", "H9": "0000010{", "GE": "0000002{", "DU": "0001062{"}
    assert ask(desk, changed({"11": parts})).one("AN") == "P"
    assert codes(desk, changed({"07": {"D2": "2"}, "11": {**parts, "DU": "0001050{"}})) == [
        "R9"
    ]


def test_a_field_that_may_not_repeat_is_rejected(desk: Desk) -> None:
    raw = written(header(), changed()).replace(b"\x1cD7", b"\x1cD31\x1cD7")
    assert Response(desk.answer(raw).transmission).all("FB") == ["P9"]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (header(version="51"), "02"),
        (header(code="Z9"), "03"),
        (header(count="2"), "A9"),
        (header(count="5"), "A9"),
        (header(provider="2900000111"), "05"),
        (header(provider="", qualifier="07"), "05"),
        (header(qualifier="99"), "B2"),
    ],
)
def test_a_bad_header_is_refused_whole(desk: Desk, head: str, code: str) -> None:
    answer = ask(desk, changed(), head=head)
    assert answer.header_status == "R"
    assert answer.all("FB") == [code]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (header(bin_number="123456"), "01"),
        (header(pcn="OTHER"), "04"),
        (header(pcn=""), "04"),
        (header(on="20260302"), "15"),
        (header(on="20260230"), "15"),
        (header(on=""), "15"),
    ],
)
def test_a_bad_plan_or_service_date_is_a_reject_of_the_claim(
    desk: Desk, head: str, code: str
) -> None:
    answer = ask(desk, changed(), head=head)
    assert answer.header_status == "A"
    assert answer.all("FB") == [code]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"short",
        header().encode() + b"no separator",
        header().encode() + b"\x1e\x1cC2NOSEGMENT",
        header().encode() + b"\x1e\x1cAM04\x1cC",
        (header()[:20] + "\x1c" + header()[21:]).encode(),
    ],
)
def test_what_is_no_transmission_is_a_syntax_error(desk: Desk, raw: bytes) -> None:
    answered = desk.answer(raw)
    assert Response(answered.transmission).all("FB") == ["R8"]
    assert answered.problem


def test_a_truncation_at_any_byte_is_answered_and_never_paid(desk: Desk) -> None:
    whole = written(header(), changed())
    for length in range(len(whole) - len("1234567893")):
        assert Response(desk.answer(whole[:length]).transmission).one("AN") == "R"
    assert desk.memory.everything() == []
