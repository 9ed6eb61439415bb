"""One request of each kind, written out by hand: the builder must give these bytes.

People, cards and amounts are made up. ``|`` is a field, ``~`` a segment, ``^`` a transaction.
"""

from datetime import date
from decimal import Decimal

import pytest

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom import (
    Draft,
    RequestHeader,
    build_request,
    read,
    read_strictly,
)
from apothecary.wires.telecom.tests.messages import wire

ON, BORN = date(2026, 1, 15), date(1980, 2, 29)
CARD = Draft("04", {"C2": "ABC123456"})
PATIENT = Draft("01", {"C4": BORN, "C5": "2"})


def asked(code: str, *, version: str = "D0") -> RequestHeader:
    return RequestHeader(
        bin="999999" if version == "D0" else "99999977",
        transaction_code=code,
        pcn="TESTPCN",
        service_provider_id="1234567893",
        date_of_service=ON,
        version=version,
    )


def head(code: str, count: int = 1) -> str:
    return f"999999D0{code}TESTPCN   {count}011234567893     20260115          "


REQUESTS = {
    "E1, is the patient covered?": (
        wire(head("E1"), "~|AM04|C2ABC123456~|AM01|C419800229|C52|CP78201"),
        asked("E1"),
        [CARD, Draft("01", {"C4": BORN, "C5": "2", "CP": "78201"})],
        [],
    ),
    "B2, take it back": (
        wire(head("B2"), "~|AM04|C2ABC123456^~|AM07|EM1|D27001234|E103|D700093310501|D300"),
        asked("B2"),
        [CARD],
        [
            [
                Draft(
                    "07",
                    {"D3": "00", "D7": "00093310501", "E1": "03", "D2": "7001234", "EM": "1"},
                )
            ]
        ],
    ),
    "B2, two at once": (
        wire(head("B2", 2), "~|AM04|C2ABC123456^~|AM07|EM1|D21^~|AM07|EM1|D22"),
        asked("B2"),
        [CARD],
        [[Draft("07", {"EM": "1", "D2": "1"})], [Draft("07", {"EM": "1", "D2": "2"})]],
    ),
    "P1, ask and bill in one, with a diagnosis": (
        wire(
            head("P1"),
            "~|AM04|C2ABC123456~|AM01|C419800229|C52^~|AM07|EM1|D27001234",
            "~|AM12|PA1|PB20260115|PC20270114|PDME|PPSTEP THERAPY FAILED",
            "~|AM13|VE1|WE02|DOM069",
        ),
        asked("P1"),
        [CARD, PATIENT],
        [
            [
                Draft("07", {"EM": "1", "D2": "7001234"}),
                Draft(
                    "12",
                    {
                        "PA": "1",
                        "PB": ON,
                        "PC": date(2027, 1, 14),
                        "PD": "ME",
                        "PP": "Step therapy failed",
                    },
                ),
                Draft("13", {"VE": [{"WE": "02", "DO": "M069"}]}),
            ]
        ],
    ),
    "P2, take the authorization back": (
        wire(head("P2"), "~|AM04|C2ABC123456^~|AM12|PY12345678901|F3A77"),
        asked("P2"),
        [CARD],
        [[Draft("12", {"PY": "12345678901", "F3": "A77"})]],
    ),
    "P3, how far is it?": (
        wire(head("P3"), "~|AM04|C2ABC123456^~|AM12|PA2|PY12345678901"),
        asked("P3"),
        [CARD],
        [[Draft("12", {"PY": "12345678901", "PA": "2"})]],
    ),
    "P4, ask without billing": (
        wire(
            head("P4"),
            "~|AM04|C2ABC123456~|AM01|C419800229|C52^~|AM07|EM1|D27001234~|AM12|PA1",
            "~|AM03|EZ01|DB1234567893",
        ),
        asked("P4"),
        [CARD, PATIENT],
        [
            [
                Draft("07", {"EM": "1", "D2": "7001234"}),
                Draft("12", {"PA": "1"}),
                Draft("03", {"EZ": "01", "DB": "1234567893"}),
            ]
        ],
    ),
    "S1, a service with its reason": (
        wire(
            head("S1"),
            "~|AM04|C2ABC123456~|AM01|C419800229|C52^~|AM07|EM2|D27001235|E106|D70",
            "~|AM11|BE0000250{~|AM08|7E1|E4MS|E5MR|E63A|8E12",
        ),
        asked("S1"),
        [CARD, PATIENT],
        [
            [
                Draft("07", {"EM": "2", "D2": "7001235", "E1": "06", "D7": "0"}),
                Draft("11", {"BE": Decimal("25.00")}),
                Draft("08", {"7E": [{"E4": "MS", "E5": "MR", "E6": "3A", "8E": "12"}]}),
            ]
        ],
    ),
    "S2, the service back": (
        wire(head("S2"), "~|AM04|C2ABC123456^~|AM07|EM2|D27001235"),
        asked("S2"),
        [CARD],
        [[Draft("07", {"EM": "2", "D2": "7001235"})]],
    ),
    "N1, what another payer paid": (
        wire(
            head("N1"),
            "~|AM04|C2ABC123456|N5M1^~|AM07|EM1|D27001234|E70000030000|C82~|AM11|DX0000100{",
        ),
        asked("N1"),
        [Draft("04", {"N5": "M1", "C2": "ABC123456"})],
        [
            [
                Draft("07", {"EM": "1", "D2": "7001234", "E7": Decimal(30), "C8": "2"}),
                Draft("11", {"DX": Decimal("10.00")}),
            ]
        ],
    ),
    "C1, a controlled substance left the shelf": (
        wire(
            head("C1"),
            "~|AM01|C419800229|C52|CAJANE|CBDOE^~|AM07|EM1|D27001236|D5010|ET0000040000|EK55",
            "~|AM02|EY07|E91234567~|AM03|EZ12|DBAB1234563",
        ),
        asked("C1"),
        [Draft("01", {"C4": BORN, "C5": "2", "CB": "Doe", "CA": "Jane"})],
        [
            [
                Draft(
                    "07",
                    {"EM": "1", "D2": "7001236", "D5": 10, "ET": Decimal(40), "EK": "55"},
                ),
                Draft("02", {"EY": "07", "E9": "1234567"}),
                Draft("03", {"EZ": "12", "DB": "AB1234563"}),
            ]
        ],
    ),
    "D1, what would be paid for a compound?": (
        wire(
            head("D1"),
            "~|AM04|C2ABC123456^~|AM07|EM1|D27001237|E100|D70|D62",
            "~|AM10|EF03|EG2|EC02|RE03|TE00093310501|ED0000015000|EE0000123D|UE01|2G01|2HU1",
            "|RE03|TE00093310502|ED0000000500|EE0000000A",
        ),
        asked("D1"),
        [CARD],
        [
            [
                Draft("07", {"EM": "1", "D2": "7001237", "E1": "00", "D7": "0", "D6": "2"}),
                Draft(
                    "10",
                    {
                        "EF": "03",
                        "EG": "2",
                        "EC": [
                            {
                                "RE": "03",
                                "TE": "00093310501",
                                "ED": Decimal(15),
                                "EE": Decimal("12.34"),
                                "UE": "01",
                                "2G": [{"2H": "U1"}],
                            },
                            {
                                "RE": "03",
                                "TE": "00093310502",
                                "ED": Decimal("0.5"),
                                "EE": Decimal("0.01"),
                            },
                        ],
                    },
                ),
            ]
        ],
    ),
    "B2 in version F6, issuer of eight digits": (
        wire(
            "99999977F6B2TESTPCN   1011234567893     20260115          ",
            "~|AM04|C2ABC123456^~|AM07|EM1|D27001234|K5", "T" * 30,
        ),
        asked("B2", version="F6"),
        [CARD],
        [[Draft("07", {"EM": "1", "D2": "7001234", "K5": "T" * 30})]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_built_as_it_is_written_out_here(name: str) -> None:
    raw, header, transmission, transactions = REQUESTS[name]
    assert build_request(header, transmission=transmission, transactions=transactions) == raw
    assert read_strictly(raw).to_bytes() == raw


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_with_a_segment_of_a_response_is_refused(name: str) -> None:
    _, header, transmission, transactions = REQUESTS[name]
    wrong = [*transmission, Draft("25", {"C1": "GRP1"})]
    with pytest.raises(Malformed, match="segment 25: does not stand before the claims"):
        build_request(header, transmission=wrong, transactions=transactions)


def test_a_compound_is_read_ingredient_by_ingredient() -> None:
    raw = REQUESTS["D1, what would be paid for a compound?"][0]
    compound = read(raw).transactions[0].segment("10")
    assert compound is not None
    first, second = compound.repeats("EC")
    assert (first.shown("TE"), first.decimal("ED"), first.decimal("EE")) == (
        "00093310501",
        Decimal("15.000"),
        Decimal("12.34"),
    )
    assert first.all("2H") == ["U1"]
    assert (second.decimal("ED"), second.decimal("EE")) == (Decimal("0.500"), Decimal("0.01"))
    assert second.all("2H") == []
