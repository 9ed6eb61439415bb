"""Identifiers of packages, boxes, places: the same key whatever way it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.epcis import Epc, digital_link, epc_uri, read_epc
from apothecary.wires.errors import Malformed
from apothecary.wires.ndc import check_digit

ALLOWED = st.from_regex(r"[!-\"%-?A-Z_a-z]{1,20}", fullmatch=True)


@pytest.mark.parametrize(
    ("uri", "epc"),
    [
        (
            "urn:epc:id:sgtin:030001.0012345.S1",
            Epc("sgtin", "00300010123455", "S1", prefix_digits=6),
        ),
        (
            "urn:epc:id:sgtin:030001.5012345.S1",
            Epc("sgtin", "50300010123450", "S1", prefix_digits=6),
        ),
        (
            "urn:epc:idpat:sgtin:0350242.004062.*",
            Epc("gtin", "00350242040624", prefix_digits=7),
        ),
        (
            "urn:epc:class:lgtin:0350242.004062.L%2F1",
            Epc("lgtin", "00350242040624", lot="L/1", prefix_digits=7),
        ),
        (
            "urn:epc:id:sscc:0355154.1000000017",
            Epc("sscc", "103551540000000176", prefix_digits=7),
        ),
        ("https://id.gs1.org/01/00350242040624/10/L1/21/S%2F1",
         Epc("sgtin", "00350242040624", "S/1", "L1")),
        ("https://example.org/a/b/01/350242040624?17=270630", Epc("gtin", "00350242040624")),
        ("https://id.gs1.org/01/00350242040624/10/L1",
         Epc("lgtin", "00350242040624", lot="L1")),
    ],
)  # fmt: skip
def test_an_identifier_is_read_as_its_key(uri: str, epc: Epc) -> None:
    assert read_epc(uri) == epc


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("", "is no identifier we know"),
        ("urn:epc:id:grai:0355154.0000.1", "is no identifier we know"),
        ("urn:epc:id:sgtin:0355154.00944.S1", "has 7 and 5 digits, together must be 13"),
        ("urn:epc:id:sgtin:03551.00944999.S1", "has 5 and 8 digits"),
        ("urn:epc:id:sgtin:0355154.009449", "a part too few or too many"),
        ("urn:epc:id:sscc:0355154.0000000017.1", "a part too few or too many"),
        ("urn:epc:class:sgtin:0355154.009449.L", "does not belong into class"),
        ("urn:epc:id:lgtin:0355154.009449.L", "does not belong into id"),
        ("urn:epc:idpat:sgtin:0355154.009449.1", "a pattern must end with"),
        ("urn:epc:id:sgtin:0355154.009449.S%201", "other characters or length"),
        ("urn:epc:id:sgtin:0355154.009449." + "9" * 21, "other characters or length"),
        ("urn:epc:id:sgtin:0355154.009449.\u00e9", "other characters or length"),
        ("https://id.gs1.org/01/00350242040625/21/S1", "with their check digit"),
        ("https://id.gs1.org/00/0035502", "with their check digit"),
        ("urn:epc:id:sgtin:" + "1" * 400, "at most 300 are read"),
    ],
)
def test_what_is_no_identifier_is_refused(uri: str, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_epc(uri)
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("uri", "ndc10", "labeler_digits"),
    [
        ("urn:epc:id:sgtin:030001.0012345.S1", "0001012345", 4),
        ("urn:epc:id:sgtin:0350242.004062.S1", "5024204062", 5),
        ("https://id.gs1.org/01/00350242040624", "5024204062", None),
        ("urn:epc:id:sgtin:0614141.107346.S1", "", None),
        ("urn:epc:id:sscc:0355154.0000000017", "", None),
    ],
)
def test_a_drug_code_is_known_by_its_labeler_where_the_prefix_tells(
    uri: str, ndc10: str, labeler_digits: int | None
) -> None:
    found = read_epc(uri)
    assert (found.ndc10, found.labeler_digits) == (ndc10, labeler_digits)


def keys(count: int) -> st.SearchStrategy[str]:
    body = st.from_regex(rf"[0-9]{{{count - 1}}}", fullmatch=True)
    return body.map(lambda text: text + check_digit(text))


EPCS = st.one_of(
    st.builds(Epc, st.just("sgtin"), keys(14), ALLOWED, prefix_digits=st.integers(6, 12)),
    st.builds(Epc, st.just("lgtin"), keys(14), lot=ALLOWED, prefix_digits=st.integers(6, 12)),
    st.builds(Epc, st.just("gtin"), keys(14), prefix_digits=st.integers(6, 12)),
    st.builds(Epc, st.just("sscc"), keys(18), prefix_digits=st.integers(6, 12)),
    st.builds(Epc, st.just("sgln"), keys(13), ALLOWED, prefix_digits=st.integers(6, 12)),
    st.builds(Epc, st.just("pgln"), keys(13), prefix_digits=st.integers(6, 12)),
)


@given(EPCS)
def test_what_is_written_as_a_urn_or_a_link_is_read_as_the_same(epc: Epc) -> None:
    assert read_epc(epc_uri(epc)) == epc
    link = read_epc(digital_link(epc))
    assert (link.scheme, link.key, link.serial, link.lot) == (
        *(epc.scheme, epc.key, epc.serial, epc.lot),
    )


@pytest.mark.parametrize(
    ("epc", "reason"),
    [
        (Epc("sgtin", "00350242040624", "S1"), "needs its company prefix"),
        (Epc("sgtin", "00350242040625", "S1", prefix_digits=7), "with their check digit"),
        (Epc("sgtin", "00350242040624", prefix_digits=7), "needs a serial, lot or extension"),
        (Epc("sscc", "12", prefix_digits=7), "with their check digit"),
    ],
)
def test_an_identifier_that_would_not_be_read_is_not_written(epc: Epc, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        epc_uri(epc)
