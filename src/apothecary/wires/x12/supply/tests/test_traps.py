"""What goes wrong in papers of supply: each fault is named with segment, element and reason."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from apothecary.wires import x12
from apothecary.wires.errors import Malformed
from apothecary.wires.x12 import supply
from apothecary.wires.x12.supply import Lot, Outcome
from apothecary.wires.x12.supply.tests.sets import (
    ANSWER,
    CATALOGUE,
    INVOICE,
    IT1,
    NOTICE,
    ORDER,
    PO1,
    answer,
    catalogue,
    changed,
    invoice,
    notice,
    order,
    transaction,
    whole,
)

READ: dict[str, Callable[[list[str]], supply.Paper]] = {
    "850": order,
    "855": answer,
    "856": notice,
    "810": invoice,
    "832": catalogue,
}
SETS = {"850": ORDER, "855": ANSWER, "856": NOTICE, "810": INVOICE, "832": CATALOGUE}


@pytest.mark.parametrize("kind", SETS)
def test_a_paper_in_order_has_no_fault_and_leaves_nothing_over(kind: str) -> None:
    found = READ[kind](SETS[kind])
    assert (found.faults, found.rest, found.control) == ((), (), "0001")
    assert list(supply.read_papers(whole(kind, SETS[kind]))) == [found]


@pytest.mark.parametrize(
    ("kind", "old", "new", "field", "reason"),
    [
        ("850", "BEG", "BEG*00*NE***20260115", "segment 4 BEG03", "the number of the order"),
        ("850", "BEG", "BEG*00*NE*PO-1**20260230", "segment 4 BEG05", "no day of the calendar"),
        ("850", "BEG", "BEG*00*NE*PO-1", "segment 4 BEG05", "must be the day of the order"),
        (
            "850",
            "PO1",
            "PO1*1**EA**N4*00093310501",
            "segment 6 PO102",
            "a quantity, is missing",
        ),
        ("850", "PO1", "PO1*1*0*EA***N4*00093310501", "segment 6 PO102", "must be above zero"),
        ("850", "PO1", "PO1*1*-2*EA***N4*00093310501", "segment 6 PO102", "must be above zero"),
        ("850", "PO1", "PO1*1*1E9*EA***N4*00093310501", "segment 6 PO102", "a decimal number"),
        ("850", "PO1", "PO1*1*12****N4*00093310501", "segment 6 PO103", "a unit, is missing"),
        (
            "850",
            "PO1",
            "PO1*1*12*EA*-1**N4*00093310501",
            "segment 6 PO104",
            "not be below zero",
        ),
        ("850", "CTT", "CTT*2*12", "segment 7 CTT01", "says '2' lines, counted were 1"),
        ("850", "CTT", "CTT*x", "segment 7 CTT01", "must be a whole number"),
        ("855", "BAK", "BAK*00*AC", "segment 4 BAK03", "the number of the order, is missing"),
        ("855", "ACK", "ACK*IA*-1*EA", "segment 6 ACK02", "must not be below zero"),
        ("855", "ACK", "ACK*IA*many*EA", "segment 6 ACK02", "must be a decimal number"),
        ("856", "BSN", "BSN*00**20260116", "segment 4 BSN02", "number of the shipment"),
        ("856", "HL*2", "HL*2*9*O*1", "segment 7 HL02", "stands below 9, which did not come"),
        ("856", "HL*2", "HL*2*2*O*1", "segment 7 HL02", "stands below 2, which did not come"),
        ("856", "HL*3", "HL*2*1*P*1", "segment 10 HL01", "2 stands twice"),
        ("856", "HL*3", "HL**2*P*1", "segment 10 HL01", "number of the level, is missing"),
        ("856", "SN1", "SN1**-2*EA", "segment 14 SN102", "must not be below zero"),
        ("856", "SN1", "MEA*x", "segment 12 HL", "has LIN but not the other"),
        ("856", "LIN", "MEA*x", "segment 12 HL", "has SN1 but not the other"),
        ("856", "CTT", "CTT*5*2", "segment 17 CTT01", "says '5' levels, counted were 4"),
        ("810", "BIG", "BIG*20260116", "segment 4 BIG02", "number of the invoice, is missing"),
        ("810", "BIG", "BIG*x*INV1", "segment 4 BIG01", "must be a date"),
        ("810", "IT1", "IT1*1*2*EA**DS*VN*7", "segment 5 IT104", "must be a price, is missing"),
        ("810", "TDS", "TDS*9.70", "segment 6 TDS01", "must be a whole number"),
        ("810", "TDS", "TDS", "segment 6 TDS01", "the total in cents, is missing"),
        ("810", "TDS", "CAD*x", "segment 2 GS", "has no total (TDS) behind it"),
        ("810", "CTT", "CTT*3", "segment 7 CTT01", "says '3' lines, counted were 1"),
        ("810", "TDS", "TDS*970~SAC*X*D240***350", "segment 7 SAC01", "must be A"),
        ("832", "BCT", "BCT*PC", "segment 4 BCT02", "number of the catalogue, is missing"),
        ("832", "CTP*WH", "CTP*WH*CON*free", "segment 9 CTP03", "must be a decimal number"),
        ("832", "CTP*WH", "CTP*WH*CON*-1", "segment 9 CTP03", "must not be below zero"),
        ("832", "CTP*WH", "CTP*WH*CON", "segment 9 CTP03", "must be a price, is missing"),
        ("832", "CTT", "CTT*7", "segment 12 CTT01", "says '7' items, counted were 1"),
    ],
)
def test_what_leaves_a_doubt_is_refused(
    kind: str, old: str, new: str, field: str, reason: str
) -> None:
    if field == "segment 2 GS":
        field = "segment 3 ST"
    with pytest.raises(Malformed) as caught:
        READ[kind](changed(SETS[kind], old, *new.split("~")))
    found = {fault.field: fault.reason for fault in caught.value.faults}
    assert reason in found[field]


@pytest.mark.parametrize(
    ("kind", "old", "new", "field", "reason"),
    [
        ("850", "CTT", "CTT*1*13", "segment 7 CTT02", "add up to 13, they make 12"),
        ("850", "PO1", PO1.replace("00093310501", "0093310501"), "segment 6 PO107", "may be"),
        ("850", "PO1", PO1.replace("00093310501", "x"), "segment 6 PO107", "is no drug code"),
        ("850", "REF", "DTM*002*soon", "segment 5 DTM02", "must be a date"),
        ("855", "ACK", "ACK*ZZ*12*EA", "segment 6 ACK01", "is no answer we know: 'ZZ'"),
        ("855", "ACK", "ACK*IA*12*EA*068*x", "segment 6 ACK05", "must be a date"),
        ("855", "ACK", "PID*F****SAME", "segment 5 PO1", "has no answer (ACK) behind it"),
        ("856", "MAN", "MAN*GM*003551540000000019", "segment 11 MAN02", "is no SSCC"),
        ("856", "HL*3", "HL*3*2*Q*1", "segment 10 HL03", "is no level we know: 'Q'"),
        ("856", "BSN", "BSN*00*S*20260116*2930", "segment 4 BSN04", "is no time of the day"),
        ("856", "DTM", "DTM*036*20271330", "segment 16 DTM02", "no day of the calendar"),
        ("810", "TDS", "TDS*970~SAC*C*D240", "segment 7 SAC05", "states no amount"),
        ("832", "LIN", "LIN*1*VN*7*UP*300933105010", "segment 6 LIN05", "is no upc of 12"),
        ("832", "LIN", "LIN*1*VN*7*UP", "segment 6 LIN05", "is missing"),
    ],
)
def test_what_is_odd_is_read_and_named(
    kind: str, old: str, new: str, field: str, reason: str
) -> None:
    found = READ[kind](changed(SETS[kind], old, *new.split("~")))
    named = {fault.field: fault.reason for fault in found.faults}
    assert reason in named[field]


@pytest.mark.parametrize("kind", SETS)
def test_a_paper_that_is_cut_off_is_refused_wherever_it_ends(kind: str) -> None:
    raw = whole(kind, SETS[kind])
    end = raw.index(b"SE*")
    for place in range(raw.index(b"ST*") + 8, end + 4, 3):
        for one in x12.read(raw[:place]).sets():
            with pytest.raises(Malformed, match="cut off"):
                supply.read_paper(one)


@pytest.mark.parametrize("kind", SETS)
def test_a_paper_is_not_taken_for_another(kind: str) -> None:
    other = next(one for one in SETS if one != kind)
    with pytest.raises(Malformed, match=f"must be {kind}, is '{other}'"):
        {
            "850": supply.read_purchase_order,
            "855": supply.read_order_acknowledgement,
            "856": supply.read_ship_notice,
            "810": supply.read_invoice,
            "832": supply.read_catalogue,
        }[kind](transaction(other, SETS[other]))
    with pytest.raises(Malformed, match="behind it"):
        READ[kind](SETS[kind][1:])
    with pytest.raises(Malformed, match="must be one of 810, 832, 850, 855, 856"):
        supply.read_paper(transaction("997", ["AK1*PO*1", "AK9*A*1*1*1"]))


def test_what_nobody_knows_is_kept_where_it_stood() -> None:
    found = order([*ORDER[:2], "FOB*PP", PO1, "SCH*1*EA", "CTT*1*12", "AMT*TT*58.2"])
    kept = [(one.path, one.value.strip()) for one in found.rest]
    assert kept == [
        ("header/FOB", "FOB*PP"),
        ("line 1/SCH", "SCH*1*EA"),
        ("footer/AMT", "AMT*TT*58.2"),
    ]


def test_elements_that_nobody_reads_are_kept_too() -> None:
    found = order(changed(ORDER, "BEG", "BEG*00*NE*PO-1*R9*20260115*C1*AC"))
    assert [(one.path, one.value) for one in found.rest] == [
        ("header/BEG04", "R9"),
        ("header/BEG06", "C1"),
        ("header/BEG07", "AC"),
    ]


@pytest.mark.parametrize(
    ("pair", "ndc"),
    [
        ("N4*00093310501", "00093310501"),
        ("ND*0093-3105-01", "00093310501"),
        ("N4*000093310501", "00093310501"),
        ("N1*0093310501", "00093310501"),
        ("N2*5024204062", "50242004062"),
        ("N3*6057541121", "60575411201"),
        ("ND*0093310501", ""),
        ("N4*100093310501", ""),
        ("N4*0009331050X", ""),
    ],
)
def test_a_drug_code_is_taken_only_where_its_digits_leave_no_doubt(pair: str, ndc: str) -> None:
    found = order(changed(ORDER, "PO1", f"PO1*1*12*EA***{pair}"))
    (line,) = found.lines
    qualifier, value = pair.split("*")
    assert line.product.ndc == ndc
    assert line.product.others == (() if ndc else ((qualifier, value),))
    assert len(found.faults) == (0 if ndc else 1)


def test_an_answer_may_split_a_line() -> None:
    found = answer(
        changed(ANSWER, "ACK", "ACK*IQ*7*EA*068*20260116", "ACK*IB*4*EA", "ACK*IR*1*EA")
    )
    (line,) = found.lines
    assert [one.outcome for one in line.answers] == [
        *(Outcome.CHANGED, Outcome.BACKORDERED, Outcome.REJECTED),
    ]
    assert line.coming == Decimal(7)
    assert line.quantity_of(Outcome.BACKORDERED) == Decimal(4)
    assert (found.supplier_order, found.rejected) == ("SO7", False)


def test_an_answer_without_a_quantity_speaks_of_the_whole_line() -> None:
    (line,) = answer(changed(ANSWER, "ACK", "ACK*IA")).lines
    assert line.coming == Decimal(12)


def test_a_substitute_names_what_comes_instead() -> None:
    text = "ACK*IS*12*EA*068*20260116**N4*00093310505*VN*1234568"
    (line,) = answer(changed(ANSWER, "ACK", text)).lines
    (one,) = line.answers
    assert one.product is not None
    assert (one.outcome, one.product.ndc, one.product.item) == (
        *(Outcome.SUBSTITUTED, "00093310505", "1234568"),
    )
    assert line.product.ndc == "00093310501"


def test_an_order_refused_as_a_whole_has_no_lines() -> None:
    found = answer(["BAK*00*RJ*PO-1*20260115", "CTT*0"])
    assert found.rejected
    assert found.lines == ()


def test_an_item_knows_its_order_its_invoice_and_its_boxes() -> None:
    (line,) = notice(NOTICE).lines()
    assert (line.order_number, line.invoice) == ("PO-1", "INV1")
    assert line.boxes == (("GM", "003551540000000018"),)
    assert line.item.lots == (Lot("L1", date(2027, 6, 30)),)
    ship_to = notice(NOTICE).ship_to
    assert ship_to is not None
    assert ship_to.id == "0012345"


def test_the_number_of_a_box_may_come_with_its_prefix() -> None:
    text = "MAN*GM*00003551540000000018"
    (line,) = notice(changed(NOTICE, "MAN", text)).lines()
    assert line.boxes == (("GM", "003551540000000018"),)
    both = notice(changed(NOTICE, "MAN", "MAN*GM*003551540000000018**CP*1Z9"))
    assert [one.boxes for one in both.lines()] == [
        (("GM", "003551540000000018"), ("CP", "1Z9")),
    ]


def test_a_last_day_too_many_belongs_to_no_lot() -> None:
    found = notice(changed(NOTICE, "DTM", "DTM*036*20270630", "DTM*036*20280630"))
    (line,) = found.lines()
    assert line.item.lots == (Lot("L1"),)
    assert [fault.reason for fault in found.faults] == [
        "1 lots have 2 last days: nobody can say whose"
    ]
    assert len(found.levels[0].children[0].children[0].children[0].days) == 2


def test_lot_and_serial_may_stand_beside_the_product() -> None:
    texts = changed(NOTICE, "LIN", "LIN*1*N4*00093310501*LT*L9*SN*S1*SN*S2")
    (line,) = notice(changed(changed(texts, "REF*LT"), "DTM")).lines()
    assert (line.item.lots, line.item.serials) == ((Lot("L9"),), ("S1", "S2"))


def test_levels_inside_each_other_have_an_end() -> None:
    deep = [f"HL*{number}*{number - 1 or ''}*P*1" for number in range(1, 15)]
    with pytest.raises(Malformed, match="stands 13 deep, at most 12 are read"):
        notice([NOTICE[0], *deep])


@pytest.mark.parametrize(
    ("total", "segments", "says"),
    [
        ("970", [], []),
        ("1320", ["SAC*C*D240***350"], []),
        ("870", ["SAC*A*C310***100"], []),
        ("1040", ["TXI*ST*.7"], []),
        ("970", ["SAC*N*D240***350"], []),
        ("971", [], ["says 9.71, lines, charges and taxes add up to 9.70"]),
        ("-970", [], ["says -9.70, lines, charges and taxes add up to 9.70"]),
        ("", [], None),
    ],
)
def test_a_bill_adds_up_to_the_cent_or_says_why_not(
    total: str, segments: list[str], says: list[str] | None
) -> None:
    texts = changed(INVOICE, "TDS", f"TDS*{total}", *segments)
    if says is None:
        with pytest.raises(Malformed, match="TDS01"):
            invoice(texts)
    else:
        assert [one.reason for one in invoice(texts).differences()] == says


@pytest.mark.parametrize(("total", "adds_up"), [("9", True), ("10", True), ("8", False)])
def test_lines_may_be_rounded_each_or_all_at_once(total: str, adds_up: bool) -> None:
    lines = ["IT1*1*1*EA*.045**VN*1", "IT1*2*1*EA*.045**VN*2"]
    found = invoice([INVOICE[0], *lines, f"TDS*{total}", "CTT*2"])
    assert (found.differences() == []) is adds_up


def test_a_price_for_a_hundred_is_not_taken_for_a_price_of_one() -> None:
    found = invoice(changed(INVOICE, "IT1", IT1.replace("*DS*", "*HP*").replace("4.85", "485")))
    assert found.lines[0].extended == Decimal("9.7")
    assert found.differences() == []


def test_a_catalogue_gives_each_price_its_days_and_kind() -> None:
    (item,) = catalogue(CATALOGUE).items
    contract, cost = item.prices
    assert (contract.kind, contract.trade_class, contract.amount) == (
        *("CON", "WH", Decimal("4.85")),
    )
    assert (contract.effective_on, cost.effective_on) == (date(2026, 1, 1), None)
    assert (item.product.ndc, item.product.upc) == ("00093310501", "300933105019")
    assert item.pack is not None
    assert (item.pack.count, item.pack.size, item.pack.unit) == (
        *(Decimal(1), Decimal(100), "EA"),
    )


@pytest.mark.parametrize(
    ("references", "generic", "schedule"),
    [
        ([], None, ""),
        (["REF*ZG*G"], True, ""),
        (["REF*ZG*B", "REF*ZC*2"], False, "2"),
        (["REF*ZG*?"], None, ""),
    ],
)
def test_whether_an_item_is_generic_is_said_or_unknown(
    references: list[str], generic: bool | None, schedule: str
) -> None:
    pid = "PID*F****AMOXICILLIN 500MG CAP 100"
    (item,) = catalogue(changed(CATALOGUE, "PID", pid, *references)).items
    assert (item.generic, item.schedule) == (generic, schedule)
