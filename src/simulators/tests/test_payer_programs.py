"""Programs with rules of their own: injuries, 340B, vaccines, cards, captures, reports."""

from datetime import date
from decimal import Decimal

import pytest

from simulators.payer.desk import Desk
from simulators.payer.memory import Memory
from simulators.payer.plans import Books
from simulators.tests.counter import (
    Fields,
    Response,
    changed,
    header,
    money,
    priced,
    said,
    written,
)

NAPROXEN, OXYCODONE, LISINOPRIL = "00093100601", "47781026301", "00591040801"
SHINGRIX, TACROLIMUS = "58160082311", "00378204601"
CAMPBELL: Fields = {
    "04": {"C2": "GP0100001", "C1": "GPWC", "C3": ""},
    "01": {"C4": "19860203", "C5": "1", "CA": "TYRONE", "CB": "CAMPBELL"},
}
INJURY = "DY=20260215 CF=SAMPLE_ROOFING_CO CR=GULF DZ=GP26000417"
PART_D = {"C2": "1AB2CD3EF45", "C1": "PCND26"}
HEADS = {
    "injury": {"bin_number": "999993", "pcn": "TESTWC"},
    "part-d": {"bin_number": "999997", "pcn": "TESTPTD"},
    "coupon": {"bin_number": "999992", "pcn": "TESTCPN"},
    "discount": {"bin_number": "999991", "pcn": "TESTDSC"},
    "capture": {"bin_number": "999990", "pcn": "TESTCAP"},
    "caprock": {"bin_number": "999996", "pcn": "TESTADV"},
    "first": {},
}


def ask(
    desk: Desk, where: str, change: Fields, *more: bytes, code: str = "B1", on: str = "20260301"
) -> Response:
    whole: Fields = {**priced("85.00"), **change}
    whole["07"] = {"DE": on, **change.get("07", {})}
    raw = written(header(code=code, on=on, **HEADS[where]), changed(whole)) + b"".join(more)
    return Response(desk.answer(raw).transmission)


def injured(desk: Desk, *more: bytes, **body: str) -> Response:
    return ask(desk, "injury", {**CAMPBELL, "07": {"D7": NAPROXEN, **body}}, *more)


def test_a_workers_claim_is_paid_without_a_share(desk: Desk) -> None:
    answer = injured(desk, said("06", INJURY))
    assert answer.one("AN") == "P"
    assert answer.usd("F5") == 0


def test_a_workers_claim_without_its_injury_is_refused(desk: Desk) -> None:
    assert injured(desk).all("FB") == ["6R"]


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        (INJURY.replace("DY=20260215", ""), ["DY"]),
        (INJURY.replace("20260215", "20260229"), ["DY"]),
        (INJURY.replace("20260215", "20260301"), []),
        (INJURY.replace("20260215", "20260302"), ["DY"]),
        (INJURY.replace("CF=SAMPLE_ROOFING_CO", ""), ["CF"]),
        (INJURY.replace("DZ=GP26000417", ""), ["DZ"]),
        ("CR=GULF", ["DY", "CF", "DZ"]),
    ],
)
def test_an_injury_has_its_day_its_employer_and_its_number(
    desk: Desk, fields: str, codes: list[str]
) -> None:
    assert injured(desk, said("06", fields)).all("FB") == codes


def test_the_adjuster_covers_what_the_injury_needs(desk: Desk) -> None:
    segment = said("06", INJURY)
    assert injured(desk, segment, D7=LISINOPRIL).all("FB") == ["70"]
    strong = {"D7": OXYCODONE, "ET": "0000030000", "D2": "2"}
    assert injured(desk, segment, **strong).all("FB") == ["830"]


def test_other_plans_ask_for_no_injury(desk: Desk) -> None:
    assert ask(desk, "first", {"07": {"D7": NAPROXEN}}).one("AN") == "P"


@pytest.mark.parametrize(
    ("where", "scc", "basis", "codes"),
    [
        ("first", "20", "08", []),
        ("first", "20", "01", ["DN"]),
        ("first", "", "08", ["34"]),
        ("first", "", "01", []),
        ("caprock", "20", "08", ["8R"]),
    ],
)
def test_340b_stock_says_so_twice_or_not_at_all(
    desk: Desk, where: str, scc: str, basis: str, codes: list[str]
) -> None:
    body = {"D7": NAPROXEN, **({"NX": "1", "DK": scc} if scc else {})}
    change: Fields = {"07": body, "11": {**priced("9.00")["11"], "DN": basis}}
    change["04"] = {"C2": "CR7654321", "C1": "CAP200"} if where == "caprock" else {}
    assert ask(desk, where, change).all("FB") == codes


def test_340b_stock_is_paid_at_what_it_cost(desk: Desk) -> None:
    body = {"D7": NAPROXEN, "NX": "1", "DK": "20"}
    change: Fields = {"07": body, "11": {**priced("900.00")["11"], "DN": "08"}}
    assert ask(desk, "first", change).usd("F6") == Decimal("900.00")


def vaccine(desk: Desk, *more: bytes, fee: str = "25.00", where: str = "part-d") -> Response:
    pricing = priced("180.00", more=fee)["11"]
    pricing["E3"] = money(fee)
    change: Fields = {"07": {"D7": SHINGRIX, "E7": "0000001000", "D5": "1"}, "11": pricing}
    if where == "part-d":
        change["04"] = PART_D
    return ask(desk, where, change, *more)


GIVEN = said("08", "7E=1 E4=PH E5=MA E6=3N 8E=11")


def test_a_vaccine_given_is_paid_with_its_fee_and_costs_the_patient_nothing(
    desk: Desk,
) -> None:
    answer = vaccine(desk, GIVEN)
    assert answer.one("AN") == "P"
    assert (answer.usd("FL"), answer.usd("F5")) == (Decimal("22.00"), 0)
    assert answer.usd("F9") == answer.usd("F6") + answer.usd("F7") + answer.usd("FL")


def test_a_fee_below_the_plans_is_paid_as_asked(desk: Desk) -> None:
    assert vaccine(desk, GIVEN, fee="15.00").usd("FL") == Decimal("15.00")


def test_a_fee_for_giving_needs_the_service_and_the_service_needs_a_fee(desk: Desk) -> None:
    assert vaccine(desk).all("FB") == ["R0"]
    assert vaccine(desk, GIVEN, fee="0.00").all("FB") == ["P0"]


def test_no_fee_for_giving_is_paid_with_a_tablet(desk: Desk) -> None:
    pricing = {**priced("9.00", more="20.00")["11"], "E3": money("20.00")}
    change: Fields = {"07": {"D7": NAPROXEN}, "11": pricing}
    assert ask(desk, "first", change, GIVEN).all("FB") == ["E3"]


def test_a_transplant_drug_may_belong_to_part_b_until_the_plan_says_otherwise(
    desk: Desk,
) -> None:
    change: Fields = {"04": PART_D, "07": {"D7": TACROLIMUS}}
    assert ask(desk, "part-d", change).all("FB") == ["A6"]
    desk.memory.approve("pecan-part-d", "PAB", PART_D["C2"], "tacrolimus")
    assert ask(desk, "part-d", change).one("AN") == "P"


def coupon(
    desk: Desk, *, share: str, bin_number: str = "999999", more: bytes = b""
) -> Response:
    others = said(
        "05",
        f"4C=1 5C=01 6C=03 7C={bin_number} E8=20260301 HB=1 HC=07 DV={money('400.00')}"
        f" NR=01 NP=06 NQ={money(share)}",
    )
    card = {"C2": "BP12345678", "C1": "BP2026", "C3": ""}
    change: Fields = {"04": card, "07": {"D7": "00025152531", "C8": "8"}}
    return ask(desk, "coupon", change, others, more)


@pytest.mark.parametrize(
    ("share", "patient", "helped"),
    [
        ("60.00", "5.00", "55.00"),
        ("5.00", "5.00", "0.00"),
        ("3.00", "3.00", "0.00"),
        ("155.00", "5.00", "150.00"),
        ("200.00", "50.00", "150.00"),
    ],
)
def test_a_copay_card_takes_over_the_share_down_to_five_dollars_and_up_to_its_most(
    desk: Desk, share: str, patient: str, helped: str
) -> None:
    answer = coupon(desk, share=share)
    assert (answer.usd("F5"), answer.usd("F9")) == (Decimal(patient), Decimal(helped))


@pytest.mark.parametrize("bin_number", ["999998", "999997"])
def test_a_copay_card_is_refused_beside_a_government_program(
    desk: Desk, bin_number: str
) -> None:
    answer = coupon(desk, share="60.00", bin_number=bin_number)
    assert (answer.all("FB"), answer.one("4F")) == (["PX"], "01")


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ("KE=01 ME=PENNY2026 NE=0000100{", []),
        ("KE=01 ME=PENNY2025 NE=0000100{", ["ME"]),
        ("KE=07 ME=PENNY2026", ["KE"]),
        ("KE=01", ["ME"]),
        ("KE=01 ME=PENNY2026 NE=0000100}", ["NE"]),
    ],
)
def test_a_coupon_is_refused_by_its_field(desk: Desk, fields: str, codes: list[str]) -> None:
    assert coupon(desk, share="60.00", more=said("09", fields)).all("FB") == codes


def test_with_a_discount_card_the_patient_pays_all_and_the_pharmacy_a_fee(desk: Desk) -> None:
    card = {"C2": "SAVE123", "C1": "OPEN1", "C3": ""}
    answer = ask(desk, "discount", {"04": card, "07": {"D7": NAPROXEN}})
    assert answer.usd("NZ") == Decimal("1.50")
    assert answer.usd("F5") == answer.usd("F6") + answer.usd("F7") + Decimal("1.50")
    assert answer.usd("F9") == Decimal("-1.50")


def captured(desk: Desk, code: str = "B1") -> Response:
    return ask(desk, "capture", {"04": {"C2": "SR1234567", "C1": "SRT1"}}, code=code)


def test_a_captured_claim_tells_no_price_and_is_told_again_as_q(desk: Desk) -> None:
    first, again = captured(desk), captured(desk)
    assert (first.one("AN"), again.one("AN")) == ("C", "Q")
    assert first.one("F3") == again.one("F3")
    assert first.all("F9") == again.all("F9") == []


def test_a_captured_claim_is_taken_back_like_a_paid_one(desk: Desk) -> None:
    captured(desk)
    assert [captured(desk, "B2").one("AN") for _ in range(2)] == ["A", "S"]
    assert captured(desk).one("AN") == "C"


def test_a_failed_rebill_leaves_a_captured_claim_captured(desk: Desk) -> None:
    captured(desk)
    change: Fields = {"04": {"C2": "SR1234567", "C1": "SRT1"}, "07": {"D5": "91"}}
    assert ask(desk, "capture", change, code="B3").all("FB") == ["7X"]
    assert [claim.state for claim in desk.memory.everything()] == ["captured"]


@pytest.mark.parametrize("family", ["N", "C"])
def test_a_report_is_captured_once_told_again_and_taken_back_once(
    desk: Desk, family: str
) -> None:
    def report(number: str, **body: str) -> Response:
        return ask(desk, "part-d", {"04": PART_D, "07": body}, code=f"{family}{number}")

    assert [report("1").one("AN") for _ in range(2)] == ["C", "Q"]
    assert report("1", D3="01").one("AN") == "C"
    first = report("1").one("F3")
    rebilled = report("3")
    assert rebilled.one("AN") == "C"
    assert rebilled.one("F3") != first
    assert [report("2").one("AN") for _ in range(2)] == ["A", "S"]
    assert report("2", D2="404").all("FB") == ["84"]
    assert desk.memory.everything() == []


@pytest.mark.parametrize(
    ("body", "code"), [({"D2": "X"}, "16"), ({"D3": "X"}, "17"), ({"D7": "1"}, "21")]
)
def test_a_bad_report_is_refused_by_its_field(
    desk: Desk, body: dict[str, str], code: str
) -> None:
    assert ask(desk, "part-d", {"04": PART_D, "07": body}, code="N1").all("FB") == [code]


def test_part_d_tells_the_stage_each_dollar_falls_into(books: Books) -> None:
    memory = Memory()
    desk = Desk(books, memory, seed=1, today=lambda: date(2026, 3, 1))
    stages = []
    for number, cost in enumerate(("149.10", "99.10"), start=1):
        change: Fields = {
            "04": PART_D, "07": {"D2": str(number), "D7": f"9999900{number}001"},
            **priced(cost),
        }  # fmt: skip
        answer = ask(desk, "part-d", change)
        told = [(group["MV"], group["MW"]) for group in answer.groups("MV")]
        stages.append(told)
        assert answer.one("MU") == str(len(told))
    assert stages == [
        [("01", money("150.00"))],
        [("02", money("100.00"))],
    ]
    memory.close()


@pytest.mark.parametrize(
    ("spent", "told", "share"),
    [
        ("2099.00", [("02", "50.00"), ("04", "50.00")], "1.00"),
        ("2100.00", [("04", "100.00")], "0.00"),
        ("2098.00", [("02", "100.00")], "2.00"),
    ],
)
def test_a_claim_may_pass_from_the_initial_stage_into_the_catastrophic_one(
    books: Books, spent: str, told: list[tuple[str, str]], share: str
) -> None:
    memory = Memory()
    desk = Desk(books, memory, seed=1, today=lambda: date(2026, 3, 1))
    # The deductible first, then one claim whose share is all that was spent.
    ask(
        desk,
        "part-d",
        {"04": PART_D, "07": {"D2": "1", "D7": "99999001001"}, **priced("149.10")},
    )
    old = memory.everything()[0]
    pricing = old.pricing.replace(money("150.00"), money(spent), 1)
    memory.db.execute("UPDATE claims SET pricing = ?", [pricing])
    change: Fields = {"04": PART_D, "07": {"D2": "2", "D7": "99999002001"}, **priced("99.10")}
    answer = ask(desk, "part-d", change)
    assert [(g["MV"], g["MW"]) for g in answer.groups("MV")] == [
        (stage, money(usd)) for stage, usd in told
    ]
    assert answer.usd("F5") == Decimal(share)
    memory.close()
