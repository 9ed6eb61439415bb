"""Whatever a request says, the payer answers it: no text in any field ends the conversation."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.payer.desk import CODES, Desk
from simulators.payer.memory import Memory
from simulators.payer.plans import Books
from simulators.tests.counter import FS_BYTE, Response, changed, header, money, said, written

FULL = (
    written(header(bin_number="999996", pcn="TESTADV"), changed({
        "04": {"C2": "CR7654321", "C1": "CAP200", "C3": "01"},
        "07": {"D7": "00071101468", "C8": "8", "NX": "1", "DK": "3", "EU": "1", "EV": "PA1",
               "HD": "", "HF": "0000060000", "HG": "030", "ET": "0000030000"},
    }))
    + said("05", f"4C=1 5C=01 6C=03 7C=999999 E8=20260301 HB=1 HC=07 DV={money('9.00')} 5E=01"
                 f" 6E=70 NR=01 NP=06 NQ={money('4.00')} MU=1 MV=01 MW={money('1.00')}")
    + said("06", "DY=20260215 CF=EMPLOYER DZ=GP1")
    + said("08", "7E=1 E4=TD E5=M0 E6=1G 8E=11")
    + said("09", "KE=01 ME=PENNY2026 NE=0000100{")
    + said("12", "PA=1 PB=20260301 PC=20260901 PD=ME F3=REQ0000001 PY=PA0000001")
    + said("13", "VE=1 WE=02 DO=G62.9")
)  # fmt: skip
COMPOUND = (
    written(header(), changed({"07": {"D6": "2", "D7": "0", "E1": "00"},
                               "11": {"D9": money("8.00"), "DU": money("28.00")}}))
    + said("10", f"EF=03 EG=2 EC=02 RE=03 TE=45963055611 ED=10000 EE={money('4.00')} UE=01"
                 f" RE=03 TE=00093100601 ED=10000 EE={money('4.00')} UE=01")
)  # fmt: skip
texts = st.one_of(
    st.sampled_from(["", "0", "9" * 8, "9" * 10, "9999999I", "999999999I", "9999999R", "-1",
                     "20260229", "99991231", "00000000", "AA", "\xff", " " * 40, "REQ0000001"]),
    st.text(st.characters(max_codepoint=255, exclude_characters="\x1c\x1d\x1e"), max_size=24),
)  # fmt: skip


def with_field(raw: bytes, place: int, value: str) -> bytes:
    """The same transmission with one field's value replaced, segment marks left alone."""
    parts = raw.split(FS_BYTE)
    spots = [n for n, part in enumerate(parts) if n and not part.startswith(b"AM")]
    at = spots[place % len(spots)]
    tail = next((mark for mark in (b"\x1d\x1e", b"\x1e") if parts[at].endswith(mark)), b"")
    parts[at] = parts[at][:2] + value.encode("latin-1") + tail
    return FS_BYTE.join(parts)


def with_code(raw: bytes, code: str) -> bytes:
    return raw[:8] + code.encode() + raw[10:]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from([FULL, COMPOUND]), st.sampled_from(CODES),
    st.lists(st.tuples(st.integers(0, 80), texts), min_size=1, max_size=3),
    st.sampled_from(["999996TESTADV   ", "999995TESTSEC   ", "999994TESTTER   ",
                     "999993TESTWC    ", "999992TESTCPN   ", "999988TESTFIND  "]),
)  # fmt: skip
def test_any_text_in_any_field_of_any_transaction_is_answered(
    books: Books, raw: bytes, code: str, changes: list[tuple[int, str]], door: str
) -> None:
    memory = Memory()
    desk = Desk(books, memory, seed=1, today=lambda: date(2026, 3, 1), now=lambda: 99.0)
    whole = with_code(raw, code)
    whole = door[:6].encode() + whole[6:10] + door[6:].encode() + whole[20:]
    for place, value in changes:
        whole = with_field(whole, place, value)
    for _ in range(2):
        answer = desk.answer(whole)
        assert answer.transmission.startswith("D0")
        assert all(status in "ABCDFPQRS" for status in answer.statuses)
        response = Response(answer.transmission)
        for claim in range(len(response.claims)):
            count = response.one("FA", claim)
            assert not count or int(count) == len(response.all("FB", claim))
    memory.close()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("raw", [FULL, COMPOUND])
def test_a_request_cut_at_any_segment_is_answered(desk: Desk, raw: bytes, code: str) -> None:
    whole = with_code(raw, code)
    for at in [n for n, byte in enumerate(whole) if byte in b"\x1c\x1d\x1e"]:
        assert desk.answer(whole[:at]).transmission[5] in "AR"


@pytest.mark.parametrize("share", ["9999999I", "999999999I"])
def test_a_share_beyond_what_an_amount_can_say_is_refused(desk: Desk, share: str) -> None:
    others = said("05", f"4C=1 5C=01 6C=03 7C=999999 E8=20260301 NR=01 NP=06 NQ={share}")
    card = {"C2": "MQ999999", "C1": "MSQ1"}
    raw = written(
        header(bin_number="999995", pcn="TESTSEC"), changed({"04": card, "07": {"C8": "8"}})
    )
    answer = Response(desk.answer(raw + others).transmission)
    assert answer.all("FB") == ([] if share == "9999999I" else ["NQ"])


@pytest.mark.parametrize("digit", ["\xb2", "\xb9"])
@pytest.mark.parametrize(
    ("field_id", "code"), [("D2", "16"), ("D3", "17"), ("D5", "19"), ("DF", "29"), ("E7", "E7")]
)
def test_a_superscript_is_no_digit(desk: Desk, digit: str, field_id: str, code: str) -> None:
    raw = written(header(), changed({"07": {field_id: digit}}))
    assert Response(desk.answer(raw).transmission).all("FB") == [code]
