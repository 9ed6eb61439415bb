import re
from datetime import date
from decimal import Decimal

import pytest

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.conformance import read_strictly
from apothecary.wires.x12.interchange import read
from apothecary.wires.x12.remittance import (
    Adjustment,
    Amount,
    Contact,
    Count,
    Day,
    Person,
    Product,
    Reference,
    Remark,
    Remittance,
    Rest,
)
from apothecary.wires.x12.remittance_reader import VERSIONS, read_remittance, read_remittances
from apothecary.wires.x12.tests.papers import (
    Advice,
    group,
    interchange,
    order,
    paper,
    simple_claim,
)

Row = list[str]


def remittance(body: list[Row], *, version: str = "005010X221A1") -> Remittance:
    sets = group([paper("835", body)], functional="HP", version=version)
    return read_remittance(next(read_strictly(interchange([sets])).sets()))


def with_rows(*rows: Row, behind: str, advice: Advice | None = None) -> Remittance:
    """A good remittance with rows put behind the first of that id."""
    body = (advice or Advice([simple_claim()])).body()
    place = next(n for n, row in enumerate(body) if row[0] == behind) + 1
    return remittance([*body[:place], *rows, *body[place:]])


def instead(old: str, new: Row) -> Remittance:
    """A good remittance with the first segment of that id replaced."""
    body = Advice([simple_claim()]).body()
    place = next(n for n, row in enumerate(body) if row[0] == old)
    return remittance([*body[:place], *([new] if new else []), *body[place + 1 :]])


GOOD = remittance(Advice([simple_claim()], [("CS", "FEE1", 25)]).body())


def test_the_payment_is_read_as_it_will_stand_on_the_bank_statement() -> None:
    payment = GOOD.payment
    assert (payment.amount, payment.direction, payment.method) == (Decimal("34.75"), "C", "ACH")
    assert (payment.handling, payment.format, payment.on) == ("I", "CCP", date(2026, 1, 20))
    assert (payment.payer_bank, payment.payer_account) == ("021000021", "111")
    assert (payment.payee_bank, payment.payee_account) == ("031000053", "222")
    assert (payment.payer_id, payment.segment) == ("1512345678", 4)
    assert (GOOD.trace.number, GOOD.trace.payer_id, GOOD.trace.kind) == (
        "EFT4711",
        "1512345678",
        "1",
    )
    assert (GOOD.produced_on, GOOD.control) == (date(2026, 1, 18), "0001")
    assert GOOD.references == (Reference("EV", "7654321"),)


def test_payer_and_payee_are_read_with_address_numbers_and_help_desk() -> None:
    payer, payee = GOOD.payer, GOOD.payee
    assert payer is not None
    assert (payer.name, payer.id_qualifier, payer.id) == ("SAMPLE PAYER", "XV", "12345")
    assert payer.address == ("1 MAIN STREET", "SUITE 2")
    assert (payer.city, payer.state, payer.postal_code) == ("ALBANY", "NY", "12201")
    assert payer.contacts == (Contact("BL", "HELP DESK", (("TE", "8005550100"),)),)
    assert payee is not None
    assert (payee.id_qualifier, payee.id) == ("XX", "1234567893")
    assert payee.references == (Reference("D3", "0012345"),)
    assert (payee.address, payee.city) == ((), "")


def test_a_claim_is_read_with_its_line_and_every_reason() -> None:
    (claim,) = GOOD.claims
    assert (claim.id, claim.status, claim.plan, claim.payer_control) == (
        "RX100",
        "1",
        "13",
        "ICN1",
    )
    assert (claim.charge, claim.paid) == (Decimal(50), Decimal(35))
    assert claim.patient_responsibility == Decimal(5)
    assert (claim.batch, claim.segment, claim.is_reversal) == ("1", 15, False)
    assert claim.person("QC") == Person("QC", "1", "DOE", "JANE", "", "", "MI", "MEMBER1")
    assert claim.person("IL") is None
    (line,) = claim.lines
    assert (line.ndc, line.product) == ("00093310501", Product("N4", "00093310501"))
    assert (line.charge, line.paid, line.units_paid) == (Decimal(50), Decimal(35), Decimal(30))
    assert line.adjustments == (
        Adjustment("CO", "45", Decimal(10), None, 19),
        Adjustment("PR", "3", Decimal(5), None, 20),
    )
    assert line.served_on == claim.served_on == date(2026, 1, 10)
    assert (line.submitted, line.units_submitted) == (None, None)


def test_a_provider_adjustment_is_read_with_its_reference() -> None:
    (one,) = GOOD.provider_adjustments
    assert (one.reason, one.reference, one.amount) == ("CS", "FEE1", Decimal("0.25"))
    assert (one.provider, one.fiscal_on, one.segment) == (
        "1234567893",
        date(2026, 12, 31),
        21,
    )
    assert (GOOD.claims_paid, GOOD.adjusted) == (Decimal(35), Decimal("0.25"))


def test_what_a_payment_has_no_name_for_is_kept_with_its_path() -> None:
    assert GOOD.rest == (
        Rest("header/BPR06", 4, "01"),
        Rest("header/BPR08", 4, "DA"),
        Rest("header/BPR12", 4, "01"),
        Rest("header/BPR14", 4, "DA"),
    )
    assert GOOD.faults == ()


def test_one_cas_holds_up_to_six_reasons() -> None:
    reasons = [part for n in range(1, 7) for part in (str(n), str(n), "")]
    claim = instead("CAS", ["CAS", "CO", *reasons[:-1], "2"]).claims[0]
    found = [one for one in claim.lines[0].adjustments if one.group == "CO"]
    assert [(one.reason, one.amount) for one in found] == [
        (str(n), Decimal(n)) for n in range(1, 7)
    ]
    assert [one.quantity for one in found] == [None] * 5 + [Decimal(2)]


def test_a_claim_may_have_adjustments_of_its_own_and_no_line() -> None:
    body = Advice([simple_claim()]).body()
    start = next(n for n, row in enumerate(body) if row[0] == "NM1")
    (claim,) = remittance([*body[: start + 1], ["CAS", "CO", "45", "15"]]).claims
    assert claim.lines == ()
    assert [one.reason for one in claim.adjustments] == ["45"]
    assert list(claim.every_adjustment) == list(claim.adjustments)
    assert claim.served_on is None


def test_details_belong_to_the_line_once_a_line_has_begun() -> None:
    rows = [
        ["REF", "CE", "PLAN"],
        ["DTM", "232", "20260109"],
        ["DTM", "050", "20260111"],
        ["PER", "CX", "CLAIMS", "TE", "8005550101", "EX", "12"],
        ["AMT", "AU", "50"],
        ["QTY", "CA", "3"],
        ["NM1", "82", "2", "SAMPLE PHARMACY", "", "", "", "", "XX", "1234567893"],
    ]
    more = [["REF", "6R", "LINE1"], ["AMT", "B6", "40.5"], ["QTY", "ZK", "1.5"]]
    more += [["LQ", "HE", "N1"], ["LQ", "RX", "70"]]
    body = Advice([simple_claim()]).body()
    place = next(n for n, row in enumerate(body) if row[0] == "NM1") + 1
    (claim,) = remittance([*body[:place], *rows, *body[place:], *more]).claims
    assert claim.references == (Reference("CE", "PLAN"),)
    assert claim.days == (Day("232", date(2026, 1, 9)), Day("050", date(2026, 1, 11)))
    assert claim.contacts == (Contact("CX", "CLAIMS", (("TE", "8005550101"), ("EX", "12"))),)
    assert (claim.amounts, claim.counts) == (
        (Amount("AU", Decimal(50)),),
        (Count("CA", Decimal(3)),),
    )
    provider = claim.person("82")
    assert provider is not None
    assert (provider.entity, provider.name, provider.id) == (
        "2",
        "SAMPLE PHARMACY",
        "1234567893",
    )
    (line,) = claim.lines
    assert line.references == (Reference("6R", "LINE1"),)
    assert line.amounts == (Amount("B6", Decimal("40.5")),)
    assert line.counts == (Count("ZK", Decimal("1.5")),)
    assert line.remarks == (Remark("HE", "N1"), Remark("RX", "70"))


def test_the_prescription_is_found_by_its_own_reference_when_it_is_sent() -> None:
    assert GOOD.claims[0].rx_number == "RX100"
    own = with_rows(["REF", "XZ", "7001234"], behind="NM1")
    assert own.claims[0].rx_number == "7001234"
    of_the_line = with_rows(["REF", "XZ", "7009999"], behind="SVC")
    assert of_the_line.claims[0].rx_number == "7009999"


@pytest.mark.parametrize(
    ("composite", "ndc"),
    [
        ("N4:00093310501", "00093310501"),
        ("N4:00093-3105-01", "00093310501"),
        ("N4:0009331050", ""),
        ("N4:0009331050X", ""),
        ("HC:99070", ""),
    ],
)
def test_an_ndc_is_eleven_digits_under_its_qualifier(composite: str, ndc: str) -> None:
    found = instead("SVC", ["SVC", composite, "50", "35"]).claims[0].lines[0]
    assert found.ndc == ndc


def test_what_was_billed_may_differ_from_what_was_paid() -> None:
    row = ["SVC", "HC:J1885:RT:59", "50", "35", "0250", "2", "N4:00093310501:::::A DRUG", "3"]
    line = instead("SVC", row).claims[0].lines[0]
    assert line.product == Product("HC", "J1885", ("RT", "59"))
    assert line.submitted == Product("N4", "00093310501", (), "A DRUG")
    assert (line.revenue_code, line.units_paid, line.units_submitted) == (
        "0250",
        Decimal(2),
        Decimal(3),
    )


@pytest.mark.parametrize(
    ("row", "behind", "path", "value"),
    [
        (["CUR", "PR", "USD"], "TRN", "header/CUR", "CUR*PR*USD"),
        (["RDM", "OL", "SITE"], "PER", "party PR/RDM", "RDM*OL*SITE"),
        (["TS3", "1234567893", "01"], "LX", "batch 1/TS3", "TS3*1234567893*01"),
        (["MOA", "", "", "MA01"], "NM1", "claim 1/MOA", "MOA***MA01"),
        (["LQ", "HE", "N1"], "NM1", "claim 1/LQ", "LQ*HE*N1"),
        (["NM1", "QC", "1", "ROE"], "SVC", "claim 1/line 1/NM1", "NM1*QC*1*ROE"),
        (["ZZZ", "1"], "SVC", "claim 1/line 1/ZZZ", "ZZZ*1"),
        (["N1", "PR", "AGAIN"], "SVC", "claim 1/line 1/N1", "N1*PR*AGAIN"),
        (["REF", "EV", "9", "", "X:Y"], "TRN", "header/REF04", "X:Y"),
        (["DTM", "405", "20260118", "0800"], "TRN", "header/DTM03", "0800"),
        (["NM1", "74", "1", "DOE", "", "", "DR"], "NM1", "claim 1/NM106", "DR"),
        (["AMT", "AU", "1", "C"], "NM1", "claim 1/AMT03", "C"),
    ],
)
def test_what_has_no_name_is_kept_where_it_stood(
    row: Row, behind: str, path: str, value: str
) -> None:
    found = with_rows(row, behind=behind)
    (left,) = [one for one in found.rest if "BPR" not in one.path]
    assert (left.path, left.value.strip()) == (path, value)


def test_elements_beyond_those_of_the_convention_are_kept() -> None:
    row = ["CLP", "RX100", "1", "50", "35", "5", "13", "ICN1", "01", "1", "", "DRG7", "0.5"]
    found = instead("CLP", row)
    assert found.claims[0].facility == "01"
    assert found.claims[0].frequency == "1"
    assert [(one.path, one.value) for one in found.rest[4:]] == [
        ("claim 1/CLP11", "DRG7"),
        ("claim 1/CLP12", "0.5"),
    ]
    odd = instead("SVC", ["SVC", "N4:00093310501:A:B:C:D:E:LAST", "50", "35"])
    assert odd.claims[0].lines[0].product.description == "E"
    assert odd.rest[4] == Rest("claim 1/line 1/SVC01-08", 17, "LAST")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("CLP", ["CLP", "RX1", "1", "x", "35", "5"], "segment 15 CLP03: must be a decimal"),
        ("CLP", ["CLP", "RX1", "1", "", "35", "5"], "segment 15 CLP03: must be an amount, is"),
        ("CLP", ["CLP", "RX1", "1", "50"], "segment 15 CLP04: must be an amount, is missing"),
        ("CLP", ["CLP", "RX1", "1", "50", "1e2"], "segment 15 CLP04: must be a decimal"),
        ("CLP", ["CLP", "RX1", "1", "50", "35", "?"], "segment 15 CLP05: must be a decimal"),
        ("SVC", ["SVC", "N4:00093310501", "50"], "segment 17 SVC03: must be an amount"),
        ("SVC", ["SVC", "N4:00093310501", "5,0", "35"], "segment 17 SVC02: must be a decimal"),
        ("SVC", ["SVC", "N4:1", "1", "1", "", "a"], "segment 17 SVC05: must be a decimal"),
        ("CAS", ["CAS", "CO", "45", ""], "segment 19 CAS03: must be an amount, is missing"),
        ("CAS", ["CAS", "CO", "45", "1", "", "", "2"], None),
        ("CAS", ["CAS", "CO", "45", "1", "", "3"], "segment 19 CAS06: must be an amount"),
        ("BPR", ["BPR", "I", "", "C"], "segment 4 BPR02: must be an amount, is missing"),
        ("BPR", ["BPR", "I", "1", ""], r"segment 4 BPR03: must be C \(credit\) or D"),
        ("BPR", [], "segment 3 ST: has no payment BPR behind it"),
        ("TRN", [], "segment 3 ST: has no trace TRN behind it"),
        ("TRN", ["TRN", "1"], "segment 5 TRN02: is missing"),
        ("CLP", [], "segment 16 SVC: stands outside of any claim"),
    ],
)
def test_an_amount_that_cannot_be_read_refuses_the_whole_by_place(
    old: str, new: Row, fault: str | None
) -> None:
    if fault is None:
        assert len(instead(old, new).claims[0].lines[0].adjustments) == 3
        return
    with pytest.raises(Malformed, match=fault):
        instead(old, new)


def test_a_provider_adjustment_without_an_amount_refuses_the_whole() -> None:
    with pytest.raises(Malformed, match="segment 22 PLB04: must be an amount, is missing"):
        remittance([*Advice([simple_claim()]).body(), *[["LX", "2"]],
                    ["PLB", "1234567893", "20261231", "CS"]])  # fmt: skip


def test_all_faults_are_told_at_once() -> None:
    body = Advice([simple_claim(), simple_claim("RX200")]).body()
    for row in body:
        if row[0] == "CLP":
            row[3] = "bad"
    with pytest.raises(Malformed) as refused:
        remittance(body)
    assert [one.field for one in refused.value.faults] == [
        "segment 15 CLP03",
        "segment 21 CLP03",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault", "rest"),
    [
        ("DTM", ["DTM", "405", "20260230"], "segment 7 DTM02: is no day of the calendar",
         "DTM*405*20260230"),
        ("CLP", ["CLP", "RX1", "7", "50", "35", "5"],
         "segment 15 CLP02: is no known status: '7'", None),
        ("CLP", ["CLP", "", "1", "50", "35", "5"], "segment 15 CLP01: is missing", None),
        ("SVC", ["SVC", "N4", "50", "35"], "segment 17 SVC01: names no product: 'N4'", None),
        ("SVC", ["SVC", "", "50", "35"], "segment 17 SVC01: names no product: ''", None),
        ("N1", [], "segment 3 ST: names no payer", None),
        ("CAS", ["CAS", "CO"], "segment 19 CAS: adjusts nothing", "CAS*CO"),
        ("LX", ["TRN", "1", "X"], None, "TRN*1*X"),
    ],
)  # fmt: skip
def test_what_is_odd_but_leaves_no_doubt_about_money_is_named_and_read(
    old: str, new: Row, fault: str | None, rest: str | None
) -> None:
    found = instead(old, new)
    if fault is not None:
        assert re.search(fault, " ".join(map(str, found.faults)))
    if rest is not None:
        assert rest in [one.value.strip() for one in found.rest]


def test_a_provider_adjustment_of_nothing_is_named_and_kept() -> None:
    found = remittance([*Advice([simple_claim()]).body(), ["PLB", "1234567893", "20261231"]])
    assert found.provider_adjustments == ()
    assert [one.reason for one in found.faults] == ["adjusts nothing"]
    assert found.rest[-1].value.strip() == "PLB*1234567893*20261231"


def test_a_day_of_payment_that_is_none_is_kept_as_sent() -> None:
    body = Advice([simple_claim()]).body()
    body[0][-1] = "20260199"
    found = remittance(body)
    assert found.payment.on is None
    assert Rest("header/BPR16", 4, "20260199") in found.rest


def test_a_second_payment_or_party_does_not_replace_the_first() -> None:
    found = with_rows(["BPR", "I", "999", "C"], ["BPR", "I", "998", "C"], behind="BPR")
    assert found.payment.amount == Decimal(35)
    assert [one.value.strip() for one in found.rest if one.path == "header/BPR"] == [
        "BPR*I*999*C",
        "BPR*I*998*C",
    ]
    twice = with_rows(["N1", "PR", "OTHER"], ["N3", "2 SIDE STREET"], behind="PER")
    assert twice.payer is not None
    assert twice.payer.name == "SAMPLE PAYER"
    assert [one.value.strip() for one in twice.rest if "party" in one.path] == [
        "N1*PR*OTHER",
        "N3*2 SIDE STREET",
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_known_version_is_read_without_a_fault(version: str) -> None:
    assert remittance(Advice([simple_claim()]).body(), version=version).faults == ()


def test_another_version_is_read_and_named() -> None:
    found = remittance(Advice([simple_claim()]).body(), version="006020X322")
    (fault,) = found.faults
    assert fault.field == "segment 3 ST03"
    assert fault.reason == "is read as 005010X221A1, says '006020X322'"


def test_a_wrong_count_of_segments_is_named() -> None:
    raw = Advice([simple_claim()]).raw().replace(b"SE*19*", b"SE*20*")
    (found,) = read_remittances(read(raw).sets())
    (fault,) = found.faults
    assert (fault.field, fault.at) == ("segment 21 SE01", raw.index(b"SE*20"))
    assert fault.reason == "says '20' segments, counted were 19"


def test_another_paper_is_no_remittance() -> None:
    with pytest.raises(Malformed, match="segment 3 ST01: must be 835, is '850'"):
        read_remittance(next(read(order()).sets()))
