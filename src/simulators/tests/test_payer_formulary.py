"""What a strict plan covers: steps, ages, sexes, brands; and what it offers instead."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from simulators.payer.desk import Desk
from simulators.payer.judges.members import age_on
from simulators.payer.memory import Memory
from simulators.payer.plans import Books, Plan
from simulators.tests.counter import Fields, Response, changed, header, priced, written

ROSUVASTATIN, ATORVASTATIN, SIMVASTATIN = "00310075190", "55111012290", "16729000510"
LISINOPRIL_BRAND, LISINOPRIL = "00006020754", "00591040801"
LEVOTHYROXINE_BRAND, LEVOTHYROXINE = "00074455211", "00378180310"
FINASTERIDE, ESOMEPRAZOLE = "16729009001", "00093645156"
SUMATRIPTAN, SITAGLIPTIN, METFORMIN = "00378563159", "00006027731", "00591271960"
CARD = {"C2": "CR7654321", "C1": "CAP200"}


def claim_for(ndc: str, change: Fields | None = None, **body: str) -> Fields:
    whole: Fields = {"04": CARD, "07": {"D7": ndc, **body}, **priced("700.00")}
    for segment, pairs in (change or {}).items():
        whole[segment] = {**whole.get(segment, {}), **pairs}
    return changed(whole)


def bill(desk: Desk, ndc: str, change: Fields | None = None, **body: str) -> Response:
    on = body.pop("on", "20260301")
    raw = written(
        header(bin_number="999996", pcn="TESTADV", on=on),
        claim_for(ndc, change, **{"DE": on, **body}),
    )
    return Response(desk.answer(raw).transmission)


def codes(desk: Desk, ndc: str, change: Fields | None = None, **body: str) -> list[str]:
    return bill(desk, ndc, change, **body).all("FB")


def test_a_second_line_drug_waits_for_the_first_line_drug_and_is_then_paid(desk: Desk) -> None:
    assert codes(desk, ROSUVASTATIN, D2="1") == ["608"]
    assert bill(desk, SIMVASTATIN, D2="2", on="20260101").one("AN") == "P"
    assert bill(desk, ROSUVASTATIN, D2="1").one("AN") == "P"


def test_a_first_line_drug_taken_back_is_no_step(desk: Desk) -> None:
    paid = bill(desk, METFORMIN, D2="2", on="20260101")
    desk.memory.reverse(paid.one("F3"))
    assert codes(desk, SITAGLIPTIN, D2="1") == ["608"]


def test_the_step_says_which_drugs_come_first_and_offers_one(desk: Desk) -> None:
    answer = bill(desk, ROSUVASTATIN)
    assert answer.one("FQ") == "FIRST ATORVASTATIN OR SIMVASTATIN"
    (offered,) = answer.groups("AP")
    assert (offered["AP"], offered["AR"]) == ("03", ATORVASTATIN)
    assert answer.one("9F") == "1"
    assert "ATORVASTATIN" in offered["AU"]


def test_the_saving_of_a_preferred_product_is_the_difference_of_copays(desk: Desk) -> None:
    assert bill(desk, ROSUVASTATIN).usd("AT") == Decimal("25.00")


def test_an_excluded_product_offers_covered_ones_without_a_saving(desk: Desk) -> None:
    answer = bill(desk, ESOMEPRAZOLE)
    assert answer.all("FB") == ["70"]
    assert [group["AR"] for group in answer.groups("AP")] == ["60505006500", "65862056090"]
    assert answer.all("AT") == []


@pytest.mark.parametrize(
    ("ingredient", "code"),
    [("ranitidine", "77"), ("linaclotide", "MR"), ("esomeprazole", "70")],
)
def test_what_is_not_covered_says_why_by_its_own_code(
    desk: Desk, books: Books, ingredient: str, code: str
) -> None:
    ndc = next(n for n, d in books.drugs.items() if d.ingredient == ingredient) + "01"
    assert codes(desk, ndc) == [code]


def test_a_product_not_in_the_drug_file_is_not_matched(desk: Desk) -> None:
    assert codes(desk, "99999001001") == ["54"]


@pytest.mark.parametrize(
    ("cost", "found"), [("9999.99", []), ("10000.00", ["78"])]
)  # fmt: skip
def test_a_cost_above_the_plans_maximum_is_refused(
    desk: Desk, cost: str, found: list[str]
) -> None:
    assert codes(desk, LISINOPRIL, priced(cost, usual="20000.00")) == found


@pytest.mark.parametrize(
    ("born", "found"),
    [("19900302", []), ("19900301", ["60"]), ("19800101", ["60"]), ("20200101", [])],
)
def test_a_drug_covered_to_an_age_is_refused_from_the_birthday_after(
    desk: Desk, books: Books, born: str, found: list[str]
) -> None:
    ndc = next(n for n, d in books.drugs.items() if d.ingredient == "tretinoin") + "01"
    assert codes(desk, ndc, {"01": {"C4": born}}, D8="1") == found


@pytest.mark.parametrize(
    ("sex", "found"), [("1", []), ("2", ["61"]), ("0", []), ("3", [])]
)  # fmt: skip
def test_a_drug_for_men_is_refused_to_women_and_to_nobody_unknown(
    desk: Desk, sex: str, found: list[str]
) -> None:
    assert codes(desk, FINASTERIDE, {"01": {"C5": sex}}) == found


@pytest.mark.parametrize(
    ("born", "relationship", "found"),
    [
        ("20000302", "3", []),
        ("20000301", "3", ["66"]),
        ("20000301", "1", []),
        ("20000301", "2", []),
    ],
)
def test_a_child_is_covered_until_the_twenty_sixth_birthday(
    desk: Desk, born: str, relationship: str, found: list[str]
) -> None:
    change = {"01": {"C4": born}, "04": {"C6": relationship}}
    assert codes(desk, LISINOPRIL, change) == found


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2000, 3, 1), date(2026, 2, 28), 25),
        (date(2000, 3, 1), date(2026, 3, 1), 26),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(2026, 3, 1), date(2026, 3, 1), 0),
    ],
)
def test_age_is_counted_in_whole_years(born: date, day: date, years: int) -> None:
    assert age_on(born, day) == years


@pytest.mark.parametrize(
    ("daw", "found"),
    [("0", ["22"]), ("3", ["22"]), ("1", []), ("2", []), ("4", []), ("5", []), ("9", [])],
)
def test_a_brand_with_a_generic_needs_a_reason_the_plan_takes(
    desk: Desk, daw: str, found: list[str]
) -> None:
    assert codes(desk, LISINOPRIL_BRAND, D8=daw) == found


def test_the_wish_for_a_brand_costs_the_difference_to_the_generic(
    desk: Desk, books: Books
) -> None:
    answer = bill(desk, LISINOPRIL_BRAND, D8="2")
    brand = books.drug(LISINOPRIL_BRAND)
    assert brand is not None
    generic = books.generics_of(brand)[0]
    cent = Decimal("0.01")
    dear = (brand.unit_price_usd * 30).quantize(cent)
    cheap = (generic.unit_price_usd * 30).quantize(cent)
    assert answer.usd("UK") == dear - cheap
    assert answer.usd("F5") == answer.usd("UK") + answer.usd("FI")
    assert answer.usd("F9") == answer.usd("F6") + answer.usd("F7") - answer.usd("F5")


def test_a_brand_by_order_of_the_prescriber_costs_no_difference(desk: Desk) -> None:
    assert bill(desk, LISINOPRIL_BRAND, D8="1").all("UK") == []


def test_a_brand_given_as_generic_is_paid_as_a_generic(desk: Desk) -> None:
    as_generic = bill(desk, LISINOPRIL_BRAND, D8="5", D2="1")
    generic = bill(desk, LISINOPRIL, {"04": {"C2": "CR1111111"}}, D2="2")
    assert as_generic.usd("F6") <= generic.usd("F6")
    assert as_generic.all("UK") == []


def test_a_plan_that_wants_the_brand_refuses_its_generic(desk: Desk) -> None:
    assert codes(desk, LEVOTHYROXINE, D2="1") == ["606"]
    assert bill(desk, LEVOTHYROXINE_BRAND, D2="2", D8="9").one("AN") == "P"
    assert codes(desk, LEVOTHYROXINE_BRAND, {"04": {"C2": "CR2222222"}}, D2="3") == []


def test_a_brand_without_a_generic_needs_no_reason(desk: Desk, books: Books) -> None:
    alone = next(
        n for n, d in books.drugs.items() if d.ingredient == "apixaban" and d.brand
    )  # fmt: skip
    assert not books.has_generic(alone + "01")
    assert codes(desk, alone + "01") == []


def test_what_the_plan_leaves_open_no_other_plan_judges(desk: Desk) -> None:
    for number, ndc in enumerate((ROSUVASTATIN, LEVOTHYROXINE, LISINOPRIL_BRAND), start=1):
        claim = changed({"07": {"D7": ndc, "D2": str(number)}, **priced("99.00")})
        assert Response(desk.answer(written(header(), claim)).transmission).one("AN") == "P"


def desk_of(books: Books, memory: Memory, change: Callable[[Plan], Plan]) -> Desk:
    """The strict plan with some limits set otherwise."""
    plans = tuple(change(p) if p.key == "caprock-advantage" else p for p in books.plans)
    changed_books = replace(books, plans=plans)
    return Desk(changed_books, memory, seed=1, today=lambda: date(2026, 3, 1))


def test_the_out_of_pocket_maximum_ends_the_patients_share(books: Books) -> None:
    memory = Memory()
    ten_dollars = {
        ndc[:9]: replace(books.drugs[ndc[:9]], unit_price_usd=Decimal("10.00"))
        for ndc in (LISINOPRIL, METFORMIN, SUMATRIPTAN)
    }
    dear = replace(books, drugs={**books.drugs, **ten_dollars})
    desk = desk_of(dear, memory, lambda p: replace(p, out_of_pocket_usd=Decimal("15.00")))
    price: Fields = {**priced("99.00"), "07": {"E7": "0000009000"}}
    shares = [
        bill(desk, ndc, price, D2=str(number)).usd("F5")
        for number, ndc in enumerate((LISINOPRIL, METFORMIN, SUMATRIPTAN), start=1)
    ]
    assert shares == [Decimal("10.00"), Decimal("5.00"), Decimal("0.00")]
    memory.close()


def test_beyond_the_yearly_benefit_the_patient_pays(books: Books) -> None:
    memory = Memory()
    desk = desk_of(books, memory, lambda p: replace(p, benefit_usd=Decimal("3.00")))
    first = bill(desk, ATORVASTATIN, D2="1", E7="0000090000", D5="90")
    assert first.usd("F9") == Decimal("3.00")
    assert first.usd("FK") > 0
    assert first.usd("F5") == first.usd("FI") + first.usd("FK")
    second = bill(desk, METFORMIN, D2="2")
    assert second.usd("F9") == 0
    memory.close()
