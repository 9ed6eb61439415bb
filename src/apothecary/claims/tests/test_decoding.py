"""A message as it is shown: nothing left out, whatever the bytes are."""

from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.building import build_billing
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.claims.decoding import Shown, decoded
from apothecary.claims.tests.test_reading import PRICES, answer


def shown(raw: bytes, title: str) -> dict[str, Shown]:
    part = next(part for part in decoded(raw).parts if part.title == title)
    return {one.id: one for one in part.fields}


def test_a_claim_is_shown_segment_by_segment_with_names_and_values():
    raw = build_billing(BILL)
    assert [part.title for part in decoded(raw).parts] == [
        "Header",
        "Insurance",
        "Patient",
        "Claim",
        "Pricing",
        "Prescriber",
    ]
    claim = shown(raw, "Claim")
    assert claim["E7"].value == "30.000"
    assert claim["DE"].value == "11/20/2026"
    assert shown(raw, "Pricing")["DU"].value == "11.76"
    assert shown(raw, "Header")["D1"].value == "20261123"


def test_an_answer_is_shown_with_its_money():
    raw = answer("P", prices=PRICES)
    assert shown(raw, "Response pricing")["F5"].value == "10.00"
    assert shown(raw, "Response status")["AN"].value == "P"


def test_every_repeat_is_shown():
    raw = answer("R", rejects=("79", "76", "MR"))
    status = next(part for part in decoded(raw).parts if part.title == "Response status")
    assert [one.value for one in status.fields if one.id == "FB"] == ["79", "76", "MR"]


def test_a_value_of_the_wrong_kind_is_shown_as_it_stood():
    raw = (
        answer("P", prices=PRICES).replace(b"F50000100{", b"F5TEN").replace(b"F5100{", b"F5TEN")
    )
    assert b"F5TEN" in raw
    assert shown(raw, "Response pricing")["F5"].value == "TEN"


def test_an_unknown_segment_and_a_private_field_are_shown():
    raw = answer("P", prices=PRICES) + b"\x1e\x1cAMZ9\x1c*!PRIVATE"
    last = decoded(raw).parts[-1]
    assert last.title == "Segment Z9"
    assert [(one.id, one.value) for one in last.fields] == [("*!", "PRIVATE")]


def test_separators_have_pictures_and_each_segment_a_line():
    text = decoded(b"\x02" + answer("P", prices=PRICES) + b"\x03").raw
    assert text.startswith("␂D0B1")
    assert "\n␞␜AM21␜ANP" in text
    assert text.endswith("␃")


def test_garbage_is_shown_with_what_is_wrong():
    found = decoded(b"\x00\x07 who? \xff")
    assert found.parts == []
    assert found.raw == "·· who? ÿ"
    assert "no request or response header" in found.problem


@given(st.binary(max_size=300))
def test_no_bytes_stop_the_page(raw):
    text = decoded(raw).raw
    assert all(char == "\n" or char.isprintable() for char in text)
