"""What a plan decides about a clean claim: tiers, deductible, limits, refills, reversals."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from simulators.payer.desk import Desk
from simulators.payer.memory import Memory
from simulators.payer.plans import Books
from simulators.payer.wire import read_money
from simulators.tests.counter import Fields, Response, changed, header, written

MEDICAID = {"C2": "123456789", "C1": "BBMED"}
PART_D = {"C2": "1AB2CD3EF45", "C1": "PCND26"}


def ask(desk: Desk, claim: Fields, **head: str) -> Response:
    return Response(desk.answer(written(header(**head), claim)).transmission)


def bill(desk: Desk, **claim_fields: str) -> Response:
    on = claim_fields.pop("on", "20260301")
    return ask(desk, changed({"07": {"DE": on, **claim_fields}}), on=on)


def ndc_of(books: Books, ingredient: str, *, brand: bool = False) -> str:
    return next(
        ndc9 + "01"
        for ndc9, drug in books.drugs.items()
        if drug.ingredient == ingredient and drug.brand == brand
    )


def usd(answer: Response, field_id: str) -> Decimal:
    return read_money(answer.one(field_id))


def priced(cost_usd: str, charge_usd: str) -> dict[str, str]:
    cost, fee, charge = Decimal(cost_usd), Decimal("1.00"), Decimal(charge_usd)
    digits = {"D9": cost, "DC": fee, "DU": cost + fee, "DQ": charge}
    return {
        i: f"{int(v * 100):08d}"[:-1] + "{ABCDEFGHI"[int(v * 100) % 10]
        for i, v in digits.items()
    }


def assert_paid_side_balances(answer: Response) -> None:
    assert usd(answer, "F9") == usd(answer, "F6") + usd(answer, "F7") - usd(answer, "F5")


@pytest.mark.parametrize(
    ("ingredient", "brand", "copay"),
    [
        ("lisinopril", False, "10.00"),
        ("apixaban", True, "35.00"),
        ("atorvastatin", True, "60.00"),
    ],
)
def test_the_commercial_plan_takes_the_copay_of_the_tier(
    desk: Desk, books: Books, ingredient: str, brand: bool, copay: str
) -> None:
    ndc = ndc_of(books, ingredient, brand=brand)
    claim = changed({"07": {"D7": ndc, "E7": "0000060000"}, "11": priced("900.00", "999.00")})
    answer = ask(desk, claim)
    assert_paid_side_balances(answer)
    most = usd(answer, "F6") + usd(answer, "F7")
    assert usd(answer, "F5") == min(Decimal(copay), most)


def test_a_specialty_drug_costs_a_quarter_once_it_is_authorized(
    desk: Desk, books: Books
) -> None:
    claim = changed(
        {"07": {"D7": ndc_of(books, "adalimumab", brand=True), "E7": "0000002000"},
         "11": priced("9000.00", "9900.00")}
    )  # fmt: skip
    refused = ask(desk, claim)
    assert refused.all("FB") == ["75"]
    assert refused.one("8F") == "5125550190"
    desk.memory.approve("lonestar-commercial", "PA77", "XY1234567", "adalimumab")
    wrong = changed({**claim, "07": {**claim["07"], "EU": "01", "EV": "PA78"}})
    assert ask(desk, wrong).all("FB") == ["EV"]
    answer = ask(desk, changed({**claim, "07": {**claim["07"], "EU": "01", "EV": "PA77"}}))
    cost = usd(answer, "F6") + usd(answer, "F7")
    assert usd(answer, "4U") == (cost / 4).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert_paid_side_balances(answer)


def test_medicaid_takes_no_copay_and_no_more_than_34_days(desk: Desk) -> None:
    on_plan = {"bin_number": "999998", "pcn": "TESTMCD"}
    for days, status in [("34", "P"), ("35", "R")]:
        claim = changed({"04": MEDICAID, "07": {"D5": days, "D2": days}})
        answer = ask(desk, claim, **on_plan)
        assert answer.one("AN") == status
        if status == "P":
            assert usd(answer, "F5") == 0
            desk.memory.reverse(answer.one("F3"))
        else:
            assert answer.all("FB") == ["7X"]


def test_part_d_pays_nothing_until_the_deductible_is_met(desk: Desk) -> None:
    on_plan = {"bin_number": "999997", "pcn": "TESTPTD"}
    met = []
    for rx in ("1", "2", "3"):
        claim = changed(
            {"04": PART_D, "07": {"D2": rx, "D7": f"9999900{rx}001"},
             "11": priced("99.10", "500.00")}
        )  # fmt: skip
        answer = ask(desk, claim, **on_plan)
        assert_paid_side_balances(answer)
        met.append((usd(answer, "F5"), usd(answer, "FC")))
    assert met == [
        (Decimal("100.00"), Decimal("100.00")),
        (Decimal("52.00"), Decimal("150.00")),
        (Decimal("2.00"), Decimal("150.00")),
    ]


def test_a_reversed_claim_gives_its_share_of_the_deductible_back(desk: Desk) -> None:
    on_plan = {"bin_number": "999997", "pcn": "TESTPTD"}
    claim = changed(
        {"04": PART_D, "07": {"D7": "99999001001"}, "11": priced("99.10", "500.00")}
    )
    first = ask(desk, claim, **on_plan)
    ask(desk, claim, code="B2", **on_plan)
    again = ask(desk, claim, **on_plan)
    assert (first.one("AN"), again.one("AN")) == ("P", "P")
    assert usd(again, "FC") == Decimal("100.00")
    assert again.one("F3") != first.one("F3")


def test_the_plan_never_pays_above_the_usual_charge(desk: Desk) -> None:
    answer = ask(desk, changed({"07": {"D7": "99999001001"}, "11": priced("50.00", "12.00")}))
    assert usd(answer, "F6") + usd(answer, "F7") == Decimal("12.00")
    assert answer.one("FM") == "4"


def test_an_excluded_drug_is_not_covered(desk: Desk, books: Books) -> None:
    answer = bill(desk, D7=ndc_of(books, "esomeprazole"))
    assert answer.all("FB") == ["70"]
    assert answer.one("FQ") == "USE OMEPRAZOLE OR PANTOPRAZOLE"


@pytest.mark.parametrize(
    ("quantity", "days", "codes"),
    [("0000009000", "30", []), ("0000010000", "30", ["76"]), ("0000010000", "31", [])],
)
def test_the_quantity_limit_counts_per_started_period(
    desk: Desk, books: Books, quantity: str, days: str, codes: list[str]
) -> None:
    answer = bill(desk, D7=ndc_of(books, "sumatriptan"), E7=quantity, D5=days)
    assert answer.all("FB") == codes


def test_schedule_two_needs_the_quantity_prescribed_and_has_no_refill(
    desk: Desk, books: Books
) -> None:
    ndc = ndc_of(books, "oxycodone")
    assert bill(desk, D7=ndc).all("FB") == ["ET"]
    assert bill(desk, D7=ndc, D3="01", ET="0000030000").all("FB") == ["73"]
    assert bill(desk, D7=ndc, ET="0000030000").one("AN") == "P"


@pytest.mark.parametrize(("after", "codes"), [(22, ["79"]), (23, []), (24, [])])
def test_a_refill_is_too_soon_until_three_quarters_are_used(
    desk: Desk, after: int, codes: list[str]
) -> None:
    first = date(2026, 2, 1)
    assert bill(desk, on=f"{first:%Y%m%d}").one("AN") == "P"
    second = bill(desk, D3="01", on=f"{first + timedelta(days=after):%Y%m%d}")
    assert second.all("FB") == codes
    if codes:
        assert second.all("FQ")[-1] == "20260224"
        assert second.all("UH")[-1] == "10"
        assert (second.one("E4"), second.one("FU"), second.one("FV")) == (
            "ER", "20260201", "0000030000",
        )  # fmt: skip


@pytest.mark.parametrize(("code", "status"), [("4", "P"), ("04", "P"), ("2", "R")])
def test_a_lost_supply_overrides_refill_too_soon(desk: Desk, code: str, status: str) -> None:
    bill(desk)
    claim = changed({"07": {"D2": "99", "NX": "1", "DK": code}})
    assert ask(desk, claim).one("AN") == status


def test_another_strength_is_another_therapy(desk: Desk, books: Books) -> None:
    drugs = [
        (ndc9 + "01", d.strength)
        for ndc9, d in books.drugs.items()
        if d.ingredient == "lisinopril"
    ]
    ndc, strength = drugs[0]
    other = next(n for n, s in drugs if s != strength)
    same = next(n for n, s in drugs if s == strength and n != ndc)
    assert bill(desk, D7=ndc, D2="1").one("AN") == "P"
    assert bill(desk, D7=other, D2="2").one("AN") == "P"
    assert bill(desk, D7=same, D2="3").all("FB") == ["79"]


def test_the_same_claim_again_is_a_duplicate_with_the_same_answer(desk: Desk) -> None:
    first, again = bill(desk), bill(desk)
    assert (first.one("AN"), again.one("AN")) == ("P", "D")
    for field_id in ("F3", "F5", "F6", "F7", "F9"):
        assert first.one(field_id) == again.one(field_id)
    assert len(desk.memory.everything()) == 1


def test_another_claim_under_a_paid_number_is_rejected_83(desk: Desk) -> None:
    bill(desk)
    assert bill(desk, E7="0000060000").all("FB") == ["83"]


def test_a_claim_is_reversed_once(desk: Desk) -> None:
    paid = bill(desk)
    first = ask(desk, changed(), code="B2")
    again = ask(desk, changed(), code="B2")
    assert (first.one("AN"), first.one("F3")) == ("A", paid.one("F3"))
    assert (again.one("AN"), again.one("F3")) == ("S", paid.one("F3"))
    assert bill(desk).one("AN") == "P"


@pytest.mark.parametrize(
    ("change", "head"),
    [
        ({"D2": "1"}, {}),
        ({"D3": "01"}, {}),
        ({"D7": "00093310502"}, {}),
        ({}, {"on": "20260228"}),
    ],
)
def test_only_the_very_claim_can_be_reversed(
    desk: Desk, change: dict[str, str], head: dict[str, str]
) -> None:
    bill(desk)
    assert ask(desk, changed({"07": change}), code="B2", **head).all("FB") == ["84"]
    assert desk.memory.everything()[0].state == "paid"


def test_a_reversal_needs_neither_patient_nor_price(desk: Desk) -> None:
    bill(desk)
    bare = changed({}, drop=("01", "11", "03"))
    assert ask(desk, bare, code="B2").one("AN") == "A"


@pytest.mark.parametrize(("day", "status"), [(90, "A"), (91, "R")])
def test_the_reversal_window_closes(books: Books, day: int, status: str) -> None:
    today = [date(2026, 3, 1)]
    desk = Desk(books, Memory(), seed=1, today=lambda: today[0])
    bill(desk)
    today[0] += timedelta(days=day)
    answer = ask(desk, changed(), code="B2")
    assert answer.one("AN") == status
    assert answer.all("FB") == ([] if status == "A" else ["87"])
    desk.memory.close()


@pytest.mark.parametrize(("day", "codes"), [(90, []), (91, ["81"])])
def test_a_claim_grows_too_old(books: Books, day: int, codes: list[str]) -> None:
    today = date(2026, 3, 1) + timedelta(days=day)
    desk = Desk(books, Memory(), seed=1, today=lambda: today)
    assert bill(desk).all("FB") == codes
    desk.memory.close()


def test_a_rebill_replaces_the_claim_and_a_failed_one_leaves_it(desk: Desk) -> None:
    paid = bill(desk)
    failed = ask(desk, changed({"07": {"D5": "91"}}), code="B3")
    assert failed.all("FB") == ["7X"]
    assert desk.memory.everything()[0].state == "paid"
    rebilled = ask(desk, changed({"07": {"E7": "0000060000"}}), code="B3")
    assert rebilled.one("AN") == "P"
    assert rebilled.one("F3") != paid.one("F3")
    assert [c.state for c in desk.memory.everything()] == ["paid", "reversed"]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"01": {"C4": "19790229"}}, ["09"]),
        ({"01": {"C4": "19790228"}}, ["09"]),
        ({"04": {"C3": "02"}}, []),
    ],
)
def test_a_card_once_learned_holds_its_birth_date(
    desk: Desk, change: Fields, codes: list[str]
) -> None:
    bill(desk)
    claim = changed({**change, "07": {"D2": "2", "D7": "99999001001"}})
    assert ask(desk, claim).all("FB") == codes


def test_a_listed_member_must_match_in_every_respect(desk: Desk, books: Books) -> None:
    member = books.members["lonestar-commercial/LS1869953"][0]
    card = {"C2": "LS1869953", "C3": "01"}
    born = f"{member.born_on:%Y%m%d}"
    good = {"04": card, "01": {"C4": born, "CB": member.last_name.upper()}}
    assert ask(desk, changed(good)).one("AN") == "P"
    bad = {"04": {**card, "C3": "05"}, "01": good["01"], "07": {"D2": "3"}}
    assert ask(desk, changed(bad)).all("FB") == ["53"]
    strange = {"04": card, "01": {"C4": "19010101", "CB": "NOBODY"}, "07": {"D2": "4"}}
    assert ask(desk, changed(strange)).all("FB") == ["09", "62"]
    early = changed({**good, "07": {"DE": "20251231", "D2": "5"}})
    assert ask(desk, early, on="20251231").all("FB") == ["67"]


def test_eligibility_is_answered_without_a_claim(desk: Desk) -> None:
    asked = changed(drop=("07", "11", "03"))
    raw = written(header(code="E1"), asked).replace(b"\x1d", b"")
    good = desk.answer(raw)
    assert good.statuses == ["A"]
    bad = desk.answer(raw.replace(b"XY1234567", b"?"))
    assert bad.rejects == [["52"]]


def test_up_to_four_claims_are_answered_in_order(desk: Desk) -> None:
    claims = [changed({"07": {"D2": str(n), "D7": f"9999900{n}001"}}) for n in range(1, 5)]
    claims[2]["07"]["E7"] = "0"
    answer = Response(desk.answer(written(header(count="4"), *claims)).transmission)
    assert [answer.one("AN", n) for n in range(4)] == ["P", "P", "R", "P"]
    assert [answer.one("D2", n) for n in range(4)] == ["1", "2", "3", "4"]
    assert answer.all("FB", 2) == ["E7"]


def test_the_same_seed_and_history_give_the_same_bytes(books: Books) -> None:
    def run() -> list[str]:
        desk = Desk(books, Memory(), seed=5, today=lambda: date(2026, 3, 1))
        answers = [bill(desk, D2=str(n), D7=f"9999900{n}001").text for n in range(1, 6)]
        desk.memory.close()
        return answers

    assert run() == run()
