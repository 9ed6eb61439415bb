"""The payer's bytes back: header, segments and fields as the layout tables give them."""

import pytest

from simulators.payer.desk import Desk
from simulators.payer.wire import FS, GS, RS
from simulators.tests.counter import PHARMACY, Response, changed, header, written

HEAD = f"D0B11A01{PHARMACY:15}20260301"


def answer(desk: Desk, raw: bytes) -> str:
    return desk.answer(raw).transmission


def lay_out(*segments: str) -> str:
    """Segments written as `21 AN=P F3=1`, spaces in values as underscores."""
    out = ""
    for segment in segments:
        segment_id, *fields = segment.split()
        out += f"{RS}{FS}AM{segment_id}"
        out += "".join(FS + one.replace("=", "", 1).replace("_", " ") for one in fields)
    return out


def test_a_paid_claim_byte_for_byte(desk: Desk) -> None:
    assert answer(desk, written(header(), changed())) == (
        HEAD
        + lay_out("25 C1=LSH1001 C2=XY1234567")
        + GS
        + lay_out(
            "21 AN=P F3=260600070000001 7F=03 8F=5125550190",
            "22 EM=1 D2=7001234",
            "23 F5=0000100{ F6=0000850{ F7=0000017E F9=0000767E FM=1 FI=0000100{",
        )
    )


def test_a_repeated_claim_byte_for_byte(desk: Desk) -> None:
    raw = written(header(), changed())
    first = answer(desk, raw)
    assert answer(desk, raw) == first.replace(f"{FS}ANP", f"{FS}AND")


def test_a_rejected_claim_byte_for_byte(desk: Desk) -> None:
    bad = changed({"07": {"D5": "000"}, "11": {"DU": "0001050A"}})
    assert answer(desk, written(header(), bad)) == (
        HEAD
        + GS
        + lay_out(
            "21 AN=R FA=02 FB=19 FB=R9 UF=02 UH=01 FQ=DAYS_SUPPLY UH=02"
            " FQ=GROSS_DUE_105.01_IS_NOT_THE_SUM_105.00 7F=03 8F=5125550190",
            "22 EM=1 D2=7001234",
        )
    )


def test_a_refill_too_soon_byte_for_byte(desk: Desk) -> None:
    answer(desk, written(header(), changed()))
    assert answer(desk, written(header(), changed({"07": {"D2": "2"}}))) == (
        HEAD
        + GS
        + lay_out(
            "21 AN=R FA=01 FB=79 UF=02 UH=01 FQ=REFILL_TOO_SOON_NEXT_FILL_20260324"
            " UH=10 FQ=20260324 7F=03 8F=5125550190",
            "22 EM=1 D2=2",
            "24 J6=1 E4=ER FS=1 FU=20260301 FV=0000030000",
        )
    )


def test_a_reversal_byte_for_byte(desk: Desk) -> None:
    answer(desk, written(header(), changed()))
    bare = changed({}, drop=("01", "11", "03"))
    assert answer(desk, written(header(code="B2"), bare)) == (
        HEAD.replace("B1", "B2")
        + lay_out("25 C1=LSH1001 C2=XY1234567")
        + GS
        + lay_out("21 AN=A F3=260600070000001 7F=03 8F=5125550190", "22 EM=1 D2=7001234")
    )


def test_a_refused_header_byte_for_byte(desk: Desk) -> None:
    assert answer(desk, written(header(code="Z9"), changed())) == (
        HEAD.replace("B1", "Z9").replace("1A01", "1R01")
        + GS
        + lay_out("21 AN=R FA=01 FB=03 UF=01 UH=01 FQ=TRANSACTION_CODE_NOT_SUPPORTED")
    )


@pytest.mark.parametrize("raw", [b"", b"\xff" * 10, b"D0", header().encode()[:55]])
def test_a_header_is_always_31_characters(desk: Desk, raw: bytes) -> None:
    text = answer(desk, raw)
    assert text.index(GS) == 31
    assert text[:8] == "D0  1R  "


def test_a_forced_reject_touches_every_claim_and_nothing_is_kept(desk: Desk) -> None:
    claims = [changed({"07": {"D2": str(n)}}) for n in (1, 2)]
    text = desk.answer(written(header(count="2"), *claims), forced="92").transmission
    response = Response(text)
    assert [response.all("FB", n) for n in (0, 1)] == [["92"], ["92"]]
    assert [response.one("D2", n) for n in (0, 1)] == ["1", "2"]
    assert desk.memory.everything() == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"07": {"EM": "01"}}, "P"),
        ({"07": {"D2": "000007001234"}}, "P"),
        ({"07": {"E7": "30000"}}, "P"),
        ({"07": {"D5": "30"}}, "P"),
        ({"07": {"D3": "0"}}, "P"),
        ({"04": {"C3": "1"}}, "P"),
        ({"04": {"C3": "001"}}, "P"),
        ({"04": {"C2": "XY1234567   "}}, "P"),
        ({"01": {"C5": "0"}}, "P"),
        ({"03": {"EZ": "1"}}, "P"),
        ({"11": {"D9": "850{", "DC": "200{", "DU": "1050{"}}, "P"),
    ],
)
def test_trimmed_and_padded_values_mean_the_same(
    desk: Desk, sent: dict[str, dict[str, str]], status: str
) -> None:
    first = Response(answer(desk, written(header(), changed(sent))))
    assert first.one("AN") == status
    plain = Response(answer(desk, written(header(), changed())))
    assert plain.one("AN") == "D"


def test_claim_segments_may_come_in_any_order(desk: Desk) -> None:
    claim = changed()
    turned = {segment: claim[segment] for segment in ("04", "01", "03", "11", "07")}
    assert Response(answer(desk, written(header(), turned))).one("AN") == "P"
