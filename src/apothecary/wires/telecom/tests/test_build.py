from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom import (
    Draft,
    RequestHeader,
    ResponseHeader,
    build_request,
    build_response,
    conformance,
    cut,
    read,
    read_strictly,
)
from apothecary.wires.telecom.tables import VERSIONS, Field
from apothecary.wires.telecom.tests.messages import BILLING, PAID, REJECTED
from apothecary.wires.telecom.values import Value

HEADER = RequestHeader(
    bin="999999",
    transaction_code="B1",
    pcn="TESTPCN",
    service_provider_id="1234567893",
    date_of_service=date(2026, 1, 15),
    software_vendor_certification_id="APOTHECARY",
)
RESPONSE = ResponseHeader(
    transaction_code="B1",
    header_response_status="A",
    service_provider_id="1234567893",
    date_of_service=date(2026, 1, 15),
)
INSURANCE = Draft("04", {"C6": "1", "C3": "01", "C1": "GRP1", "C2": "ABC123456"})
PATIENT = Draft("01", {"CB": "Doe", "CA": "Jane", "C5": "2", "C4": date(1980, 2, 29)})
CLAIM = Draft(
    "07",
    {
        "EM": "1",
        "D2": "7001234",
        "E1": "03",
        "D7": "00093310501",
        "E7": Decimal("30"),
        "D3": "00",
        "D5": 30,
        "D6": "1",
        "D8": "0",
        "DE": date(2026, 1, 15),
        "DF": 3,
        "DJ": "3",
        "28": "EA",
    },
)
PRICING = Draft(
    "11",
    {
        "D9": Decimal("85.00"),
        "DC": Decimal("20.00"),
        "DQ": Decimal("120.50"),
        "DU": Decimal("105.00"),
        "DN": "01",
    },
)
PRESCRIBER = Draft("03", {"EZ": "01", "DB": "1234567893"})


def bill(*drafts: Draft) -> bytes:
    return build_request(
        HEADER, transmission=[INSURANCE, PATIENT], transactions=[[CLAIM, PRICING, *drafts]]
    )


def with_claim(**fields: Value) -> Draft:
    return Draft("07", {**CLAIM.fields, **{name.strip("_"): v for name, v in fields.items()}})


def test_a_billing_from_typed_values_is_the_expected_bytes() -> None:
    assert bill(PRESCRIBER) == BILLING


def test_the_field_table_puts_fields_in_the_order_of_the_standard() -> None:
    shuffled = Draft("07", dict(reversed(list(CLAIM.fields.items()))))
    built = build_request(
        HEADER,
        transmission=[INSURANCE, PATIENT],
        transactions=[[shuffled, PRICING, PRESCRIBER]],
    )
    assert built == BILLING


def test_a_paid_and_a_rejected_response_are_the_expected_bytes() -> None:
    claim = Draft("22", {"EM": "1", "D2": "7001234"})
    paid = [
        Draft("21", {"AN": "P", "F3": "000123456789"}),
        claim,
        Draft(
            "23",
            {
                "F5": Decimal("10"),
                "F6": Decimal("81.5"),
                "F7": Decimal("5"),
                "F9": Decimal("76.5"),
            },
        ),
    ]
    assert build_response(RESPONSE, transactions=[paid]) == PAID
    status = Draft(
        "21",
        {
            "AN": "R",
            "FA": [{"FB": "79"}, {"FB": "76"}],
            "UF": [{"UH": "01", "FQ": "Refill too soon"}],
        },
    )
    assert build_response(RESPONSE, transactions=[[status, claim]]) == REJECTED


def test_a_reversal_carries_only_what_a_reversal_may_carry() -> None:
    header = replace(HEADER, transaction_code="B2")
    claim = Draft(
        "07", {"EM": "1", "D2": "7001234", "E1": "03", "D7": "00093310501", "D3": "00"}
    )
    raw = build_request(header, transmission=[INSURANCE], transactions=[[claim]])
    message = read_strictly(raw)
    assert message.transaction_code == "B2"
    assert message.transactions[0].raw("07", "D2") == "7001234"
    with pytest.raises(Malformed, match="segment 03: does not belong in transaction 1 of B2"):
        build_request(header, transmission=[INSURANCE], transactions=[[claim, PRESCRIBER]])


def test_an_eligibility_request_stands_without_transactions() -> None:
    header = replace(HEADER, transaction_code="E1")
    raw = build_request(header, transmission=[INSURANCE, PATIENT])
    message = read_strictly(raw)
    assert message.transactions == []
    assert message.header["transaction_count"] == "1"
    with pytest.raises(Malformed, match="segment 07: does not belong in transaction 1 of E1"):
        build_request(header, transmission=[INSURANCE], transactions=[[CLAIM]])


def test_a_rebill_is_a_billing_by_another_code() -> None:
    header = replace(HEADER, transaction_code="B3")
    raw = build_request(
        header, transmission=[INSURANCE, PATIENT], transactions=[[CLAIM, PRICING, PRESCRIBER]]
    )
    assert raw == BILLING.replace(b"D0B1", b"D0B3", 1)


def test_groups_inside_groups_are_counted_and_kept_together() -> None:
    other_payers = Draft(
        "05",
        {
            "4C": [
                {
                    "5C": "01",
                    "6C": "03",
                    "7C": "610001",
                    "HB": [
                        {"HC": "07", "DV": Decimal("12.30")},
                        {"HC": "10", "DV": Decimal("0.11")},
                    ],
                },
                {"5C": "02", "5E": [{"6E": "70"}, {"6E": "75"}, {"6E": "7X"}]},
            ]
        },
    )
    message = read_strictly(bill(PRESCRIBER, other_payers))
    segment = message.transactions[0].segment("05")
    assert segment is not None
    assert segment.number("4C") == 2
    first, second = segment.repeats("4C")
    assert first.number("HB") == 2
    assert [one.decimal("DV") for one in first.repeats("HB")] == [
        Decimal("12.30"),
        Decimal("0.11"),
    ]
    assert second.number("5E") == 3
    assert [one.shown("6E") for one in second.repeats("5E")] == ["70", "75", "7X"]


def test_a_running_counter_numbers_each_occurrence() -> None:
    review = Draft("08", {"7E": [{"E4": "DD", "E5": "M0", "E6": "1B"}, {"E4": "HD"}]})
    message = read(bill(PRESCRIBER, review))
    segment = message.transactions[0].segment("08")
    assert segment is not None
    assert segment.fields == (
        ("AM", "08"),
        ("7E", "1"),
        ("E4", "DD"),
        ("E5", "M0"),
        ("E6", "1B"),
        ("7E", "2"),
        ("E4", "HD"),
    )
    assert conformance(message) == []


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        (
            with_claim(D2="1234567890123"),
            "D2 (Prescription/service reference number): may have",
        ),
        (with_claim(E7=30), "field E7 (Quantity dispensed): must be a finite Decimal"),
        (with_claim(E7=Decimal("-1")), "field E7 (Quantity dispensed): must not be below zero"),
        (with_claim(E7=Decimal("0.0001")), "E7 (Quantity dispensed): may have 3 decimals"),
        (with_claim(E7=Decimal("10000000")), "E7 (Quantity dispensed): may have 10 digits"),
        (with_claim(D5=1000), "field D5 (Days supply): may have 3 digits, has 4"),
        (with_claim(D5="30"), "field D5 (Days supply): must be a whole number"),
        (with_claim(DE="20260115"), "field DE (Date prescription written): must be a date"),
        (
            with_claim(DE=datetime(2026, 1, 15, 9, 0)),  # noqa: DTZ001 - refused
            "field DE (Date prescription written): must be a date",
        ),
        (with_claim(ZZ="1"), "segment 07 field ZZ: is not known here"),
        (with_claim(DK="42"), "segment 07 field DK: is not known here"),
        (with_claim(NX=1), "field NX (Submission clarification code count): takes the list"),
        (with_claim(DJ="3\x1d"), "holds a character that the standard cannot carry"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_naming_its_field(
    claim: Draft, fault: str
) -> None:
    with pytest.raises(Malformed) as refused:
        build_request(
            HEADER,
            transmission=[INSURANCE, PATIENT],
            transactions=[[claim, PRICING, PRESCRIBER]],
        )
    assert fault in str(refused.value)


def test_a_list_where_one_value_belongs_is_refused() -> None:
    claim = Draft("07", {**CLAIM.fields, "D3": [{"D3": "00"}]})
    with pytest.raises(Malformed, match=r"D3 \(Fill number\): does not repeat"):
        build_request(HEADER, transmission=[INSURANCE], transactions=[[claim, PRICING]])


def test_every_fault_of_a_request_is_named_at_once() -> None:
    bad = with_claim(D5=1000, DE="x", E7=Decimal("-1"))
    with pytest.raises(Malformed) as refused:
        build_request(
            replace(HEADER, bin="12345", service_provider_id="1" * 16),
            transmission=[INSURANCE, PATIENT, PRICING],
            transactions=[[bad, PRICING, PRESCRIBER]],
        )
    fields = [fault.field for fault in refused.value.faults]
    assert fields == [
        "header bin",
        "header service_provider_id",
        "segment 11",
        "segment 07 field E7 (Quantity dispensed)",
        "segment 07 field D5 (Days supply)",
        "segment 07 field DE (Date prescription written)",
    ]


@pytest.mark.parametrize(
    ("segment", "field"),
    [("04", "C2"), ("01", "C4"), ("07", "D7"), ("07", "E7"), ("11", "DU"), ("03", "DB")],
)
def test_a_billing_without_what_every_payer_needs_is_refused(segment: str, field: str) -> None:
    def without(draft: Draft) -> Draft:
        if draft.segment != segment:
            return draft
        return Draft(segment, {name: v for name, v in draft.fields.items() if name != field})

    with pytest.raises(Malformed, match=f"segment {segment} field {field} .* is missing"):
        build_request(
            HEADER,
            transmission=[without(INSURANCE), without(PATIENT)],
            transactions=[[without(CLAIM), without(PRICING), without(PRESCRIBER)]],
        )


@pytest.mark.parametrize(("count", "fine"), [(0, False), (1, True), (4, True), (5, False)])
def test_a_transmission_holds_one_to_four_claims(count: int, fine: bool) -> None:
    claims = [[CLAIM, PRICING, PRESCRIBER]] * count
    if fine:
        raw = build_request(HEADER, transmission=[INSURANCE, PATIENT], transactions=claims)
        assert read(raw).header["transaction_count"] == str(count)
    else:
        with pytest.raises(Malformed, match=f"transactions: must be 1 to 4, are {count}"):
            build_request(HEADER, transmission=[INSURANCE, PATIENT], transactions=claims)


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (replace(HEADER, version="D1"), "header version: 'D1' is not known"),
        (replace(HEADER, transaction_code="X1"), "transaction_code: 'X1' is none of B1"),
        (replace(HEADER, bin="99999"), "header bin: must be 6 digits"),
        (replace(HEADER, bin="99999A"), "header bin: must be 6 digits"),
        (replace(HEADER, pcn="ELEVENCHARS"), "header pcn: may have 10 characters, has 11"),
        (replace(HEADER, version="F6"), "header bin: must be 8 digits"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(header: RequestHeader, fault: str) -> None:
    with pytest.raises(Malformed) as refused:
        build_request(
            header,
            transmission=[INSURANCE, PATIENT],
            transactions=[[CLAIM, PRICING, PRESCRIBER]],
        )
    assert fault in str(refused.value)


def test_version_f6_takes_the_lengths_of_its_own_column() -> None:
    long_name = Draft("03", {"EZ": "01", "DB": "1234567893", "DR": "A" * 35})
    header = replace(HEADER, bin="61009777", version="F6")
    raw = build_request(
        header, transmission=[INSURANCE, PATIENT], transactions=[[CLAIM, PRICING, long_name]]
    )
    assert read(raw).transactions[0].raw("03", "DR") == "A" * 35
    with pytest.raises(Malformed, match="may have 15 characters, has 35"):
        bill(long_name)


def test_a_long_name_is_cut_only_when_the_caller_says_so() -> None:
    assert cut("CA", "Maximiliana-Josephine") == "Maximiliana-"
    assert cut("CA", "Eleven char and") == "Eleven char"
    with pytest.raises(Malformed, match="Patient first name"):
        build_request(
            HEADER,
            transmission=[INSURANCE, Draft("01", {**PATIENT.fields, "CA": "Maximiliana-J"})],
            transactions=[[CLAIM, PRICING, PRESCRIBER]],
        )


def _value(field: Field) -> st.SearchStrategy[Value]:
    most = 10**field.length - 1
    numbers = st.integers(0, most)
    if field.kind == "money":
        return st.integers(-most, most).map(lambda n: Decimal(n).scaleb(-2))
    if field.kind == "rate":
        return st.integers(-most, most).map(lambda n: Decimal(n).scaleb(-4))
    if field.kind == "quantity":
        return numbers.map(lambda n: Decimal(n).scaleb(-3))
    if field.kind == "digits":
        return numbers
    if field.kind == "date":
        return st.dates()
    text = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9)
    return text.map(lambda t: t.upper()[: field.length])


_FREE = {
    name: field
    for name, field in VERSIONS["D0"].by_segment["07"].items()
    if not field.group and name not in ("SE", "NX")
}
_CLAIMS = st.fixed_dictionaries(
    {name: _value(_FREE[name]) for name in CLAIM.fields},
    optional={name: _value(field) for name, field in _FREE.items() if name not in CLAIM.fields},
)


@given(_CLAIMS)
def test_every_typed_claim_comes_back_as_it_was_built(fields: dict[str, Value]) -> None:
    raw = build_request(
        HEADER,
        transmission=[INSURANCE, PATIENT],
        transactions=[[Draft("07", fields), PRICING, PRESCRIBER]],
    )
    message = read_strictly(raw)
    segment = message.transactions[0].segment("07")
    assert segment is not None
    assert dict(segment.typed()) == {"AM": "07", **fields}
    orders = [_FREE[name].order for name, _ in segment.fields[1:]]
    assert orders == sorted(orders)
