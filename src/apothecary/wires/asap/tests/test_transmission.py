import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.asap.segments import cut
from apothecary.wires.asap.tests.reports import (
    ACKNOWLEDGED,
    COMPOUND,
    FAILED,
    SINGLE,
    TAKEN_BACK,
    ZERO,
    raw,
)
from apothecary.wires.asap.transmission import (
    RawStore,
    Transmission,
    raw_stores,
    read,
    split_transmissions,
)
from apothecary.wires.errors import Malformed

EVERY = [SINGLE, COMPOUND, ZERO, TAKEN_BACK, ACKNOWLEDGED, FAILED]


def one(text: str) -> Transmission:
    (found,) = read(raw(text)).transmissions
    return found


def ids(store: RawStore) -> list[list[str]]:
    return [
        [
            each.id
            for each in (
                record.patient,
                record.dispensed,
                *record.prescribers,
                *record.ingredients,
                *record.additional,
                *record.others,
            )
            if each is not None
        ]
        for record in store.dispensings
    ]


def test_a_transmission_tells_what_it_is() -> None:
    found = one(SINGLE)
    assert found.version.code == "4.2"
    assert found.control == "CTL420001"
    assert found.transaction_type == "01"
    assert found.is_test
    assert found.source is not None
    assert found.source[2] == "SAMPLE COMMUNITY PHARMACY"
    assert found.trailer is not None
    assert found.trailer[2] == "9"


def test_a_blank_transaction_type_is_a_report() -> None:
    assert one(SINGLE.replace("*01**2026", "***2026")).transaction_type == "01"


def test_production_is_no_test() -> None:
    assert not one(ZERO).is_test


def test_what_is_missing_is_none() -> None:
    found = one("TH*4.2*C1*01**20260115*101500*T**~~")
    assert found.source is None
    assert found.trailer is None
    assert list(found.stores()) == []


@pytest.mark.parametrize("code", ["4.1", "4.0", "3", "", "4.2C", "5"])
def test_an_unknown_version_is_refused_where_it_is_asked_for(code: str) -> None:
    found = one(SINGLE.replace("TH*4.2*", f"TH*{code}*"))
    assert len(found.segments) == 9
    with pytest.raises(
        Malformed, match=r"TH01 \(version\): must be one of 4.2, 4.2A, 4.2B, 5.0"
    ):
        _ = found.version


def test_one_dispensing_holds_all_its_segments() -> None:
    (store,) = one(SINGLE).stores()
    assert store.header is not None
    assert store.header.id == "TH"
    assert store.pharmacy[3] == "AB1234563"
    assert store.trailer is not None
    assert store.trailer[1] == "6"
    assert ids(store) == [["PAT", "DSP", "PRE", "AIR"]]
    assert store.others == ()


def test_a_compound_brings_each_of_its_ingredients() -> None:
    (store,) = one(COMPOUND).stores()
    assert ids(store) == [["PAT", "DSP", "PRE", "CDI", "CDI"], ["PAT", "DSP", "PRE"]]
    assert [each[3] for each in store.dispensings[0].ingredients] == [
        "38779052408",
        "51927102000",
    ]


def test_a_dispensing_without_a_patient_of_its_own_belongs_to_the_last_one() -> None:
    text = SINGLE.replace("TP*6~", "DSP*00*77~\r\nPRE**AD1234563~\r\nTP*8~")
    (store,) = one(text).stores()
    first, second = store.dispensings
    assert second.patient is first.patient
    assert second.dispensed[2] == "77"


def test_a_dispensing_before_any_patient_has_none() -> None:
    text = SINGLE.replace("PAT*MN", "ZZZ*MN")
    (store,) = one(text).stores()
    assert store.dispensings[0].patient is None
    assert [each.id for each in store.others] == ["ZZZ"]


def test_an_unknown_segment_is_kept_within_its_dispensing() -> None:
    text = SINGLE.replace("AIR***", "ZZ9*OWN*DATA~\r\nAIR***")
    (store,) = one(text).stores()
    assert ids(store) == [["PAT", "DSP", "PRE", "AIR", "ZZ9"]]
    assert store.dispensings[0].others[0].elements == ("ZZ9", "OWN", "DATA")


def test_a_patient_of_one_store_is_nobody_in_the_next() -> None:
    second = "PHA***AB1234563~DSP*00*5~TP*3~TT"
    stores = list(one(SINGLE.replace("TT", second)).stores())
    assert [len(each.dispensings) for each in stores] == [1, 1]
    assert stores[1].dispensings[0].patient is None


@pytest.mark.parametrize(
    ("text", "trailers"),
    [
        ("PHA***A~PAT*X~DSP*00~TP*4~PHA***B~TP*2~TT*C*9~", [True, True]),
        ("PHA***A~PAT*X~DSP*00~PHA***B~TP*2~TT*C*9~", [False, True]),
        ("PHA***A~PAT*X~DSP*00~TT*C*9~", [False]),
        ("PHA***A~PAT*X~DSP*00", [False]),
    ],
)
def test_a_store_ends_at_its_trailer_or_where_another_thing_begins(
    text: str, trailers: list[bool]
) -> None:
    found = one("TH*4.2*C*01**20260115*101500*T**~~IS*A*B~" + text)
    assert [each.trailer is not None for each in found.stores()] == trailers


def test_stores_come_one_by_one_from_a_stream_of_many_transmissions() -> None:
    blocks = [SINGLE, COMPOUND, ZERO]
    found = list(raw_stores(cut(blocks)))
    assert [each.header[2] if each.header else "" for each in found] == [
        "CTL420001",
        "CTL42A001",
        "123456",
    ]
    assert [len(each.dispensings) for each in found] == [1, 2, 1]


def test_a_store_cut_off_by_a_new_header_does_not_take_it_for_its_own() -> None:
    cut_off = SINGLE[: SINGLE.index("TP*")]
    first, second = raw_stores(cut([cut_off, COMPOUND]))
    assert first.trailer is None
    assert [one.others for one in first.dispensings] == [()]
    assert first.header is not None
    assert second.header is not None
    assert (first.header[2], second.header[2]) == ("CTL420001", "CTL42A001")


def test_each_dispensing_belongs_to_the_patient_named_last() -> None:
    text = COMPOUND.replace("DOE*JANE", "ROE*RICHARD", 1)
    (store,) = one(text).stores()
    patients = [record.patient for record in store.dispensings]
    assert [each[7] for each in patients if each] == ["ROE", "DOE"]


def test_a_store_without_a_header_says_so() -> None:
    segments = one(SINGLE).segments[2:]
    (store,) = raw_stores(segments)
    assert store.header is None


def test_a_file_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apothecary.wires.asap.transmission.LARGEST_FILE", 99)
    with pytest.raises(Malformed, match="file: has 100 bytes, at most 99 are read"):
        read(b" " * 100)


def test_blank_text_behind_the_last_transmission_is_its_tail() -> None:
    file = read(raw(SINGLE + "\x1a"))
    assert file.tail == "\r\n\x1a"
    assert file.to_bytes() == raw(SINGLE + "\x1a")


def test_a_file_of_many_is_split_at_its_headers() -> None:
    found = list(split_transmissions(raw("".join(EVERY))))
    assert len(found) == len(EVERY)
    assert b"".join(found) == raw("".join(EVERY))
    assert [read(each).transmissions[0].control for each in found] == [
        "CTL420001",
        "CTL42A001",
        "123456",
        "CTL9",
        "ANS1",
        "ANS2",
    ]


def test_what_is_no_transmission_comes_as_a_piece_of_its_own() -> None:
    good, bad = raw(SINGLE.rstrip()), b"TH*4.2*C"
    found = list(split_transmissions(good + bad))
    assert found == [good, bad]
    assert list(split_transmissions(b"nothing of the kind")) == [b"nothing of the kind"]
    assert list(split_transmissions(b"")) == []


@given(st.lists(st.sampled_from(EVERY), max_size=3), st.binary(max_size=60))
def test_pieces_join_to_the_file(texts: list[str], tail: bytes) -> None:
    whole = raw("".join(texts)) + tail
    assert b"".join(split_transmissions(whole)) == whole
