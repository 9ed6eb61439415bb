"""Answers of each kind, written out by hand: the builder must give these bytes.

People, cards and amounts are made up. ``|`` is a field, ``~`` a segment, ``^`` a transaction.
"""

from datetime import date
from decimal import Decimal

import pytest

from apothecary.wires.telecom import (
    Draft,
    ResponseHeader,
    answers,
    build_response,
    read,
    read_strictly,
)
from apothecary.wires.telecom.tests.messages import wire

ON = date(2026, 1, 15)


def answered(code: str, status: str = "A") -> ResponseHeader:
    return ResponseHeader(code, status, "1234567893", ON)


def answer_head(code: str, count: int = 1, status: str = "A") -> str:
    return f"D0{code}{count}{status}011234567893     20260115"


RESPONSES = {
    "E1, yes, and these are the cards": (
        wire(
            answer_head("E1"),
            "~|AM20|F4PART D FOUND~|AM25|C1GRP1|J703|J8999999~|AM27|UR01|U1S5884|U6001",
            "^~|AM21|ANA|F3E1OK~|AM28|NT2|5C01|6C03|7C999999|MHPCN1|NUABC123456",
            "|5C02|6C03|7C888888|UV01|UX20260101",
        ),
        answered("E1"),
        [
            Draft("20", {"F4": "Part D found"}),
            Draft("25", {"C1": "GRP1", "J7": "03", "J8": "999999"}),
            Draft("27", {"UR": "01", "U1": "S5884", "U6": "001"}),
        ],
        [
            [
                Draft("21", {"AN": "A", "F3": "E1OK"}),
                Draft(
                    "28",
                    {
                        "NT": [
                            {
                                "5C": "01",
                                "6C": "03",
                                "7C": "999999",
                                "MH": "PCN1",
                                "NU": "ABC123456",
                            },
                            {
                                "5C": "02",
                                "6C": "03",
                                "7C": "888888",
                                "UV": "01",
                                "UX": date(2026, 1, 1),
                            },
                        ]
                    },
                ),
            ]
        ],
    ),
    "B1, paid, with a warning and a stage": (
        wire(
            answer_head("B1"),
            "^~|AM21|ANP|F3000123456789|5F1|6F005|UF02|UH01|FQTHE PATIENT |UG+|UH02|FQPAYS TEN",
            "~|AM22|EM1|D27001234|9F1|AP03|AR00093310502|AS0000500{",
            "~|AM23|F50000100{|F60000815{|F70000050{|J21|J399|J40000010}|F90000755{",
            "|MU1|MV02|MW0000755{~|AM24|J61|E4TD|FS2|FV0000030000",
        ),
        answered("B1"),
        [],
        [
            [
                Draft(
                    "21",
                    {
                        "AN": "P",
                        "F3": "000123456789",
                        "5F": [{"6F": "005"}],
                        "UF": [
                            {"UH": "01", "FQ": "The patient ", "UG": "+"},
                            {"UH": "02", "FQ": "pays ten"},
                        ],
                    },
                ),
                Draft(
                    "22",
                    {
                        "EM": "1",
                        "D2": "7001234",
                        "9F": [{"AP": "03", "AR": "00093310502", "AS": Decimal(50)}],
                    },
                ),
                Draft(
                    "23",
                    {
                        "F5": Decimal(10),
                        "F6": Decimal("81.50"),
                        "F7": Decimal(5),
                        "J2": [{"J3": "99", "J4": Decimal(-1)}],
                        "F9": Decimal("75.50"),
                        "MU": [{"MV": "02", "MW": Decimal("75.50")}],
                    },
                ),
                Draft("24", {"J6": [{"E4": "TD", "FS": "2", "FV": Decimal(30)}]}),
            ]
        ],
    ),
    "B2, two taken back, one not": (
        wire(
            answer_head("B2", 3),
            "^~|AM21|ANA~|AM22|EM1|D21^~|AM21|ANS~|AM22|EM1|D22^~|AM21|ANR|FA01|FB87~|AM22|EM1|D23",
        ),
        answered("B2"),
        [],
        [
            [Draft("21", {"AN": "A"}), Draft("22", {"EM": "1", "D2": "1"})],
            [Draft("21", {"AN": "S"}), Draft("22", {"EM": "1", "D2": "2"})],
            [
                Draft("21", {"AN": "R", "FA": [{"FB": "87"}]}),
                Draft("22", {"EM": "1", "D2": "3"}),
            ],
        ],
    ),
    "P4, allowed for a year": (
        wire(
            answer_head("P4"),
            "^~|AM21|ANA~|AM26|PR20260115|PS20260115|PT20270114|RA0000360000|PW11|PY12345678901",
        ),
        answered("P4"),
        [],
        [
            [
                Draft("21", {"AN": "A"}),
                Draft(
                    "26",
                    {
                        "PR": ON,
                        "PS": ON,
                        "PT": date(2027, 1, 14),
                        "RA": Decimal(360),
                        "PW": 11,
                        "PY": "12345678901",
                    },
                ),
            ]
        ],
    ),
    "C1, noted": (
        wire(answer_head("C1"), "^~|AM21|ANC~|AM22|EM1|D27001236"),
        answered("C1"),
        [],
        [[Draft("21", {"AN": "C"}), Draft("22", {"EM": "1", "D2": "7001236"})]],
    ),
    "B1, refused before any claim was looked at": (
        wire(answer_head("B1", status="R"), "~|AM20|F4UNKNOWN PCN"),
        answered("B1", "R"),
        [Draft("20", {"F4": "Unknown PCN"})],
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_is_built_as_it_is_written_out_here(name: str) -> None:
    raw, header, transmission, transactions = RESPONSES[name]
    assert build_response(header, transmission=transmission, transactions=transactions) == raw
    assert read_strictly(raw).to_bytes() == raw
    assert len(answers(read(raw))) == max(len(transactions), 1)


def test_what_the_payer_said_is_read_in_full() -> None:
    (paid,) = answers(read(RESPONSES["B1, paid, with a warning and a stage"][0]))
    assert (paid.status, paid.authorization) == ("P", "000123456789")
    assert paid.messages == ("THE PATIENT PAYS TEN",)
    assert paid.pricing is not None
    assert paid.pricing.total_paid_usd == Decimal("75.50")
    assert paid.pricing.balanced
    assert [one.reason for one in paid.findings] == ["TD"]
    back = answers(read(RESPONSES["B2, two taken back, one not"][0]))
    assert [(one.status, one.rx_number) for one in back] == [("A", "1"), ("S", "2"), ("R", "3")]
    assert [one.code for one in back[2].rejects] == ["87"]
    (refused,) = answers(read(RESPONSES["B1, refused before any claim was looked at"][0]))
    assert refused.rejected
    assert refused.messages == ("UNKNOWN PCN",)
    assert refused.rejects == ()
