"""Behind the counter by program: limits, who may, the log, whose pharmacy, bad input."""

from datetime import timedelta
from typing import Any

import pytest

from apothecary.doors.tests.counter_world import BUYER, CERTIFY, NDC, ROOM, SALES
from apothecary.doors.tests.program import Program, codes, fields
from apothecary.pickup.behind_counter.models import (
    CounterCertificate,
    CounterRefusal,
    CounterSale,
)
from apothecary.pickup.behind_counter.tests.shop import (
    certified,
    on_shelf,
    received,
    sold,
    stands,
    syrup,
)
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in

SYRUP = "99999-002-01"


@pytest.fixture
def shelf(pharmacy):
    certified(pharmacy)
    return received(pharmacy, stands(NDC))


@pytest.fixture
def tess(pharmacy, shelf) -> Program:
    return Program(pharmacy, Role.TECHNICIAN)


def stranger_of(pharmacy, program: Program) -> Program:
    """The same program, asking as somebody of the other pharmacy."""
    return program.become(Person.objects.get(pk=pharmacy.stranger.person_id))


def body(packages: int = 24, *, key: str = "k1", ndc: str = NDC, **buyer: Any) -> Any:
    lines = [{"ndc": ndc, "packages": packages}]
    return {"key": key, "lines": lines, "buyer": BUYER | buyer}


def test_a_sale_by_program_stands_in_the_log_of_its_period(pharmacy, tess, shelf):
    made = tess.post(SALES, body()).json()
    assert (made["buyer"], made["grams_base"]) == ("Jane A. Doe", "0.589846")
    assert made["shown"] == "driver licence, 1234-5678, TX"
    (line,) = made["lines"]
    assert (line["packages"], line["lots"], line["name"]) == (24, "P1", "pseudoephedrine 30 mg")
    assert "signature" not in made
    assert on_shelf(pharmacy, shelf) == 476
    assert tess.get(f"{SALES}/{made['id']}").json() == made
    assert tess.get(SALES).json() == [made]
    for days, there in (
        ("first=2026-11-23&last=2026-11-23", 1),
        ("first=2026-11-24&last=2026-11-30", 0),
        ("first=2026-11-01&last=2026-11-22", 0),
    ):
        assert len(tess.get(f"{SALES}?{days}").json()) == there


def test_what_stands_there_says_its_base_and_what_cannot_be_counted_says_why(pharmacy, tess):
    received(pharmacy, stands("99999-009-01", substances="PSEUDOEPHEDRINE TANNATE"))
    by_ndc = {item["ndc"]: item for item in tess.get("/counter/items").json()}
    assert (by_ndc[NDC]["grams_base"], by_ndc[NDC]["packages"]) == ("0.024577", 500)
    assert by_ndc[NDC]["problems"] == []
    (problem,) = by_ndc["99999-009-01"]["problems"]
    assert problem["code"] == "pse-salt"


def test_what_a_buyer_may_still_have_is_asked_by_name_or_by_paper(pharmacy, tess, shelf):
    sold(pharmacy, shelf, 90, key="one")
    named = {"name": "jane doe", "born_on": "1980-02-29"}
    shown = {"name": "", "id_kind": "driver licence", "id_number": "12345678"}
    for who in (named, shown):
        answer = tess.post(ROOM, who).json()
        assert (answer["today_grams"], answer["left_grams"]) == ("2.211921", "1.388079")
        assert (answer["days"], answer["sales"]) == (30, 1)
    nobody = tess.post(ROOM, {"name": "Jane Doe"})
    assert (nobody.status_code, fields(nobody)) == (409, {"name"})


def test_the_second_half_of_a_split_sale_is_told_the_grams_that_are_left(pharmacy, tess):
    assert tess.post(SALES, body(90)).status_code == 200
    other = Program(pharmacy, Role.CERTIFIED)
    refused = other.post(SALES, body(90, key="k2", name="JANE DOE"))
    assert (refused.status_code, codes(refused)) == (409, {"pse-day", "pse-state-day"})
    assert "1.388079 g are left" in refused.content.decode()
    (row,) = tess.get("/counter/refusals").json()
    assert (row["buyer"], row["asked"]) == ("JANE DOE", f'{{"{NDC}": 90}}')
    assert tess.get("/counter/refusals?last=2026-11-22").json() == []
    assert other.post(SALES, body(56, key="k3")).status_code == 200


@pytest.mark.parametrize(("ago", "sells"), [(30, True), (29, False)])
def test_thirty_days_count_by_program_as_at_the_register(pharmacy, tess, shelf, ago, sells):
    # 86 tablets are 2.1 g: four times are 8.4 g, and the fifth would pass 9 g.
    for number, days in enumerate((ago, 3, 2, 1)):
        sold(pharmacy, shelf, 86, key=f"e{number}", ago=days)
    answer = tess.post(SALES, body(86))
    assert (answer.status_code == 200) is sells
    if not sells:
        assert codes(answer) == {"pse-month", "pse-state-month"}
        assert CounterSale.objects.count() == 4


def test_two_lines_of_one_product_are_one_amount(pharmacy, tess):
    lines = [{"ndc": NDC, "packages": 80}, {"ndc": NDC, "packages": 80}]
    twice = tess.post(SALES, body() | {"lines": lines})
    # 160 of a product are more than a sale has of it, whatever the limit in grams.
    assert (twice.status_code, codes(twice)) == (409, {"bad-quantity"})
    lines = [{"ndc": NDC, "packages": 40}, {"ndc": "99999000101", "packages": 8}]
    (line,) = tess.post(SALES, body() | {"lines": lines}).json()["lines"]
    assert line["packages"] == 48


def test_schedule_v_is_sold_by_a_pharmacist_and_stands_in_the_bound_book(pharmacy, tess):
    syrup(pharmacy)
    refused = tess.post(SALES, body(1, ndc=SYRUP))
    assert (refused.status_code, codes(refused)) == (403, {"duty-sell_exempt"})
    rita = Program(pharmacy, Role.PHARMACIST)
    assert rita.post(SALES, body(1, ndc=SYRUP)).json()["kind"] == "exempt"


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE, Role.ADMINISTRATOR])
def test_who_was_not_trained_neither_sells_nor_reads_who_bought(pharmacy, shelf, role):
    program = Program(pharmacy, role)
    assert program.post(SALES, body()).status_code == 403
    assert program.post(ROOM, BUYER).status_code == 403
    for path in (SALES, f"{SALES}/1", "/counter/items", "/counter/store", "/counter/refusals"):
        assert program.get(path).status_code == 403
    assert not CounterSale.objects.exists()


def test_another_pharmacy_reads_none_of_our_buyers(pharmacy, tess):
    made = tess.post(SALES, body()).json()
    stranger_of(pharmacy, tess)
    assert tess.get(SALES).json() == []
    refused = tess.get(f"{SALES}/{made['id']}")
    assert (refused.status_code, codes(refused)) == (409, {"no-sale"})
    assert tess.post(ROOM, BUYER).json()["today_grams"] in ("0", 0)
    stand_in(pharmacy.pharmacy.pk)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": ""}, "key"),
        ({"lines": []}, "lines"),
        ({"lines": [{"ndc": NDC, "packages": 0}]}, "lines.0.packages"),
        ({"lines": [{"ndc": NDC, "packages": 100}]}, "lines.0.packages"),
        ({"lines": [{"ndc": "00000-000-00", "packages": 1}]}, "ndc"),
        ({"buyer": BUYER | {"id_kind": "library card"}}, "id_kind"),
        ({"buyer": BUYER | {"born_on": "yesterday"}}, "buyer.born_on"),
        ({"buyer": BUYER | {"born_on": None}}, "born_on"),
        ({"buyer": BUYER | {"id_until": "2026-11-22"}}, "id_until"),
        ({"buyer": BUYER | {"address": "x" * 201}}, "buyer.address"),
        ({"buyer": BUYER | {"signature": ""}}, "signature"),
    ],
)
def test_bad_input_is_refused_by_its_field_and_sells_nothing(tess, wrong, field):
    answer = tess.post(SALES, body() | wrong)
    assert answer.status_code in {409, 422}
    assert field in fields(answer)
    assert not CounterSale.objects.exists()


def test_a_clock_set_back_sells_nothing_and_is_kept_as_a_refusal(pharmacy, tess, shelf):
    ahead = pharmacy.technician.at + timedelta(minutes=3)
    by = pharmacy.technician.at_time(ahead, pharmacy.technician.today)
    sold(pharmacy, shelf, 1, key="one", by=by)
    refused = tess.post(SALES, body(1))
    assert (refused.status_code, codes(refused)) == (409, {"counter-clock"})
    assert "set the clock right first" in CounterRefusal.objects.get().because


def test_the_store_says_whether_it_may_sell_and_what_its_state_asks(pharmacy):
    tess = Program(pharmacy, Role.TECHNICIAN)
    bare = tess.get("/counter/store").json()
    assert (bare["number"], bare["certified_on"]) == ("", None)
    assert [problem["code"] for problem in bare["problems"]] == ["pse-certification"]
    in_charge = Program(pharmacy, Role.IN_CHARGE)
    given = {"number": "SC-2", "certified_on": "2026-11-01", "trained_on": "2026-10-30"}
    assert in_charge.post(CERTIFY, given).status_code == 200
    store = tess.get("/counter/store").json()
    assert (store["number"], store["problems"], store["unknown"]) == ("SC-2", [], [])
    assert any("486.014" in row["cite"] for row in store["state"])


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.PHARMACIST, Role.ADMINISTRATOR])
def test_the_certificate_is_the_pharmacist_in_charges_own(pharmacy, role):
    given = {"number": "SC-2", "certified_on": "2026-11-01", "trained_on": "2026-10-30"}
    assert Program(pharmacy, role).post(CERTIFY, given).status_code == 403
    assert not CounterCertificate.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"certified_on": "2026-11-24"}, 409, "certified_on"),
        ({"trained_on": "2026-11-02"}, 409, "trained_on"),
        ({"number": " "}, 409, "number"),
        ({"certified_on": "soon"}, 422, "certified_on"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused_by_field(pharmacy, wrong, status, field):
    given = {"number": "SC-2", "certified_on": "2026-11-01", "trained_on": "2026-10-30"}
    answer = Program(pharmacy, Role.IN_CHARGE).post(CERTIFY, given | wrong)
    assert (answer.status_code, fields(answer)) == (status, {field})


@pytest.mark.parametrize(
    ("days", "field"),
    [("first=soon", "first"), ("first=2026-11-24&last=2026-11-23", "last")],
)
def test_a_period_that_cannot_be_is_refused_by_field(tess, days, field):
    for path in (SALES, "/counter/refusals"):
        answer = tess.get(f"{path}?{days}")
        assert (answer.status_code, fields(answer)) == (409, {field})
